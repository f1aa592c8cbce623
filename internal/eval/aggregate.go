package eval

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Figure is the value of a metric over a set.
type Figure struct {
	// Value is Num/Den of the summed ratios; NaN where Den is 0.
	Value float64
	// Den is what is divided by: questions, citations, gold groups or entries.
	Den int
	// CI95 is the 95 % interval; nil where none was computed.
	CI95 *[2]float64
	// Judge names who judged, for a metric that rests on a judgement.
	Judge string
}

// MarshalJSON writes {"value", "den", "ci95"}, with null for what isn't there,
// and "judge" where there is one.
func (f Figure) MarshalJSON() ([]byte, error) {
	v := struct {
		Value *float64    `json:"value"`
		Den   int         `json:"den"`
		CI95  *[2]float64 `json:"ci95"`
		Judge string      `json:"judge,omitempty"`
	}{Den: f.Den, CI95: f.CI95, Judge: f.Judge}
	if !math.IsNaN(f.Value) {
		v.Value = &f.Value
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Figure) UnmarshalJSON(b []byte) error {
	var v struct {
		Value *float64    `json:"value"`
		Den   int         `json:"den"`
		CI95  *[2]float64 `json:"ci95"`
		Judge string      `json:"judge"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*f = Figure{Value: math.NaN(), Den: v.Den, CI95: v.CI95, Judge: v.Judge}
	if v.Value != nil {
		f.Value = *v.Value
	}
	return nil
}

// Figures are the metrics of a set by name.
type Figures map[string]Figure

// metricAt names a metric at a rank: "hit@5".
func metricAt(name string, k int) string { return name + "@" + strconv.Itoa(k) }

// Aggregate sums the ratios of the questions and divides. A metric that no
// question says anything about is absent; so are those of refusal when no
// question is unanswerable.
func Aggregate(ms []Metrics) Figures {
	sums := make(map[string]Ratio)
	for _, m := range ms {
		for name, r := range m {
			s := sums[name]
			sums[name] = Ratio{s.Num + r.Num, s.Den + r.Den}
		}
	}
	return figures(sums)
}

// figures divides sums. The F1 of refusals is made of the sums of the other
// two: 2tp / (tp+fp + tp+fn).
func figures(sums map[string]Ratio) Figures {
	out := make(Figures)
	precision, recall := sums["refusal_precision"], sums["refusal_recall"]
	for name, r := range sums {
		refusal := name == "refusal_precision" || name == "refusal_recall"
		if refusal && recall.Den == 0 || !refusal && r.Den == 0 {
			continue
		}
		out[name] = Figure{Value: r.Num / r.Den, Den: int(r.Den)}
	}
	if recall.Den > 0 {
		out["refusal_f1"] = Figure{Value: 2 * recall.Num / (precision.Den + recall.Den), Den: int(recall.Den)}
	}
	return out
}

// Interval adds 95 % intervals to what Aggregate returns: percentile bootstrap
// over questions (Efron & Tibshirani, An Introduction to the Bootstrap, 1993,
// ch. 13) with this many resamples. The same input gives the same intervals.
func Interval(ms []Metrics, resamples int) Figures {
	out := Aggregate(ms)
	for name, values := range bootstrap(ms, resamples) {
		if f, ok := out[name]; ok {
			lo, hi := percentiles(values)
			f.CI95 = &[2]float64{lo, hi}
			out[name] = f
		}
	}
	return out
}

// percentiles are the 2.5th and the 97.5th of values, which it sorts.
func percentiles(values []float64) (lo, hi float64) {
	slices.Sort(values)
	last := float64(len(values) - 1)
	return values[int(0.025*last)], values[int(math.Ceil(0.975*last))]
}

// bootstrap returns the value of each metric in every resample in which it has
// one.
func bootstrap(ms []Metrics, resamples int) map[string][]float64 {
	out := make(map[string][]float64)
	if len(ms) == 0 {
		return out
	}
	rng := newRand()
	t := newTable(ms)
	for range resamples {
		for name, f := range t.resample(rng) {
			if !math.IsNaN(f.Value) {
				out[name] = append(out[name], f.Value)
			}
		}
	}
	return out
}

// table holds metrics as rows of questions and columns of metrics: adding up
// maps takes twenty times as long.
type table struct {
	names []string
	rows  [][]Ratio
}

func newTable(ms []Metrics) table {
	all := make(map[string]bool)
	for _, m := range ms {
		for name := range m {
			all[name] = true
		}
	}
	t := table{names: slices.Sorted(maps.Keys(all)), rows: make([][]Ratio, len(ms))}
	for i, m := range ms {
		t.rows[i] = make([]Ratio, len(t.names))
		for j, name := range t.names {
			t.rows[i][j] = m[name]
		}
	}
	return t
}

// resample draws as many rows as there are, with replacement.
func (t table) resample(rng *rand.Rand) Figures {
	sums := make([]Ratio, len(t.names))
	for range t.rows {
		for j, r := range t.rows[rng.IntN(len(t.rows))] {
			sums[j] = Ratio{sums[j].Num + r.Num, sums[j].Den + r.Den}
		}
	}
	named := make(map[string]Ratio, len(sums))
	for j, name := range t.names {
		named[name] = sums[j]
	}
	return figures(named)
}

// newRand is seeded with a constant, so that a run can be repeated.
func newRand() *rand.Rand { return rand.New(rand.NewPCG(20221122, 7)) }
