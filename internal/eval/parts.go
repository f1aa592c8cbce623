package eval

import (
	"cmp"
	"maps"
	"slices"
)

// Part holds the figures of some of the questions.
type Part struct {
	Name    string  `json:"name"`
	N       int     `json:"n"`
	Figures Figures `json:"metrics"`
}

// ByType splits scores by type of question, in order of name; "(none)" has
// those without one. Both slices go together.
func ByType(qs []Question, scores []Score) []Part {
	return split(qs, scores, func(q *Question) []string { return []string{cmp.Or(q.Type, "(none)")} })
}

// ByDocument splits scores by the documents of the gold, in order of name; a
// question with gold in two counts in both, "(no gold)" has those without.
func ByDocument(qs []Question, scores []Score) []Part {
	return split(qs, scores, func(q *Question) []string {
		if len(q.Gold) == 0 {
			return []string{"(no gold)"}
		}
		docs := make(map[string]bool)
		for _, g := range q.Gold {
			docs[g.Doc] = true
		}
		return slices.Collect(maps.Keys(docs))
	})
}

func split(qs []Question, scores []Score, names func(*Question) []string) []Part {
	parts := make(map[string][]Metrics)
	for i := range qs {
		for _, name := range names(&qs[i]) {
			parts[name] = append(parts[name], scores[i].Metrics)
		}
	}
	var out []Part
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		out = append(out, Part{Name: name, N: len(parts[name]), Figures: Aggregate(parts[name])})
	}
	return out
}

// Latency summarises the time to a whole answer, in milliseconds.
type Latency struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// Latencies takes the elements n/2 and 0.95 n of the sorted times; zero when
// none was measured.
func Latencies(scores []Score) Latency {
	var ms []float64
	for _, s := range scores {
		if s.Latency > 0 {
			ms = append(ms, s.Latency)
		}
	}
	n := len(ms)
	if n == 0 {
		return Latency{}
	}
	slices.Sort(ms)
	return Latency{N: n, P50: ms[n/2], P95: ms[int(0.95*float64(n))], Max: ms[n-1]}
}

func metricsOf(scores []Score) []Metrics {
	out := make([]Metrics, len(scores))
	for i, s := range scores {
		out[i] = s.Metrics
	}
	return out
}
