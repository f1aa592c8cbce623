package eval

import (
	"cmp"
	"math"
	"slices"
)

// Comparison tells what changed from an earlier run, on the questions that both
// have.
type Comparison struct {
	N      int
	Deltas []Delta
	Flips  []Flip
}

// Delta is the change of one metric.
type Delta struct {
	Metric        string
	Before, After float64
	// CI95 is the interval of the difference After-Before, by a bootstrap that
	// draws the same questions for both runs (paired; Koehn, EMNLP 2004).
	CI95 [2]float64
	// P is the two-sided achieved significance level: twice the share of the
	// resamples in which the difference vanishes or has the other sign, with one
	// added to both counts (Davison & Hinkley, Bootstrap Methods, 1997, ch. 4),
	// at most 1.
	P float64
}

// Better and Worse say that the change is significant at the 5 % level.
func (d Delta) Better() bool { return d.P < 0.05 && (d.After > d.Before) != lessIsBetter(d.Metric) }

// Worse is as Better.
func (d Delta) Worse() bool { return d.P < 0.05 && !d.Better() }

// Flip is a question with a fault that it had not before, or no longer has.
type Flip struct {
	ID, Question string
	Fault        Fault
	// Worse is set when the fault is new.
	Worse bool
	// Message is that of the failure, now or before.
	Message string
}

// Compare compares two runs on the same set. Neither is changed; the caller puts
// the comparison in the report it belongs to.
func Compare(before, after *Scored, resamples int) *Comparison {
	at := make(map[string]int)
	for i := range before.Questions {
		at[before.Questions[i].ID] = i
	}
	c := &Comparison{}
	var olds, news []Metrics
	for i := range after.Questions {
		q := &after.Questions[i]
		j, ok := at[q.ID]
		if !ok || before.Questions[j].Question != q.Question {
			continue
		}
		c.N++
		olds, news = append(olds, before.Scores[j].Metrics), append(news, after.Scores[i].Metrics)
		c.Flips = append(c.Flips, flips(q, before.Failures[j], after.Failures[i])...)
	}
	slices.SortStableFunc(c.Flips, func(a, b Flip) int { return -cmp.Compare(one(a.Worse), one(b.Worse)) })
	c.Deltas = deltas(olds, news, resamples)
	return c
}

func flips(q *Question, before, after []Failure) []Flip {
	var out []Flip
	add := func(from, to []Failure, worse bool) {
		for i, f := range to {
			same := func(g Failure) bool { return g.Fault == f.Fault }
			if !slices.ContainsFunc(from, same) && !slices.ContainsFunc(to[:i], same) {
				out = append(out, Flip{q.ID, q.Question, f.Fault, worse, f.Message})
			}
		}
	}
	add(before, after, true)
	add(after, before, false)
	return out
}

// deltas bootstraps the differences; olds and news are of the same questions.
func deltas(olds, news []Metrics, resamples int) []Delta {
	before, after := Aggregate(olds), Aggregate(news)
	diffs := make(map[string][]float64)
	if len(olds) > 0 {
		a, b := newTable(olds), newTable(news)
		r1, r2 := newRand(), newRand() // in step, so that both draw the same questions
		for range resamples {
			f, g := a.resample(r1), b.resample(r2)
			for name := range f {
				if d := g[name].Value - f[name].Value; !math.IsNaN(d) && g[name].Den > 0 {
					diffs[name] = append(diffs[name], d)
				}
			}
		}
	}
	var out []Delta
	for _, name := range before.Names() {
		d := Delta{Metric: name, Before: before[name].Value, After: after[name].Value}
		if _, ok := after[name]; !ok || len(diffs[name]) == 0 || math.IsNaN(d.After-d.Before) {
			continue
		}
		d.P = significance(diffs[name], d.After-d.Before)
		d.CI95[0], d.CI95[1] = percentiles(diffs[name])
		out = append(out, d)
	}
	return out
}

// significance is Delta.P.
func significance(diffs []float64, observed float64) float64 {
	against := 0
	for _, d := range diffs {
		if observed == 0 || d*observed <= 0 {
			against++
		}
	}
	return min(1, 2*float64(against+1)/float64(len(diffs)+1))
}
