package retrieve

import (
	"cmp"
	"math"
	"slices"
)

// minMax maps scores onto [0, 1] over the candidates, so that legs with other
// ranges can be added (min-max normalisation; Fox and Shaw, 1994). Where all
// are equal they tell nothing apart, and each becomes 0.
func minMax(scores []float64) []float64 {
	out := make([]float64, len(scores))
	if len(scores) == 0 {
		return out
	}
	low, high := slices.Min(scores), slices.Max(scores)
	if span := high - low; span > 0 && !math.IsInf(span, 0) {
		for i, s := range scores {
			out[i] = (s - low) / span
		}
	}
	return out
}

// leg is one column of scores and its weight in a sum.
type leg struct {
	weight float64
	scores []float64
}

// sum adds up legs, row by row.
func sum(n int, legs ...leg) []float64 {
	out := make([]float64, n)
	for _, l := range legs {
		if l.weight == 0 {
			continue
		}
		for i, s := range l.scores {
			out[i] += l.weight * s
		}
	}
	return out
}

// order returns the indices of scores, highest first; equal scores in the order
// of less, so that a ranking never depends on how candidates were found.
func order(scores []float64, less func(i, j int) int) []int {
	out := make([]int, len(scores))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(i, j int) int {
		return cmp.Or(cmp.Compare(scores[j], scores[i]), less(i, j))
	})
	return out
}
