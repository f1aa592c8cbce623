package eval

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limit is what a metric has to reach. For a metric that is better when it is
// lower (false_refusal, injection_leak, answer_words) it is the most, for
// the others the least.
type Limit struct {
	Metric string
	Value  float64
}

// ParseLimits reads "citation_precision=0.9,hit@5=0.8". Names that no metric
// has are errors.
func ParseLimits(s string) ([]Limit, error) {
	var out []Limit
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, number, ok := strings.Cut(part, "=")
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if !ok || err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("limit %q: want metric=number", part)
		}
		name = strings.TrimSpace(name)
		if !slices.Contains(order, name) {
			return nil, fmt.Errorf("limit %q: no such metric; there are %s", part, strings.Join(order, ", "))
		}
		out = append(out, Limit{name, v})
	}
	return out, nil
}

// Broken returns a sentence for each limit that the figures don't keep.
func Broken(limits []Limit, f Figures) []string {
	var out []string
	for _, l := range limits {
		if m := l.broken(f); m != "" {
			out = append(out, m)
		}
	}
	return out
}

// broken says how the figures break the limit; nothing when they keep it. A
// metric that the run has no value for doesn't.
func (l Limit) broken(f Figures) string {
	fig, ok := f[l.Metric]
	switch {
	case !ok || math.IsNaN(fig.Value):
		return fmt.Sprintf("%s has no value, want %g", l.Metric, l.Value)
	case lessIsBetter(l.Metric) && fig.Value > l.Value, !lessIsBetter(l.Metric) && fig.Value < l.Value:
		return fmt.Sprintf("%s is %.3f, want %s %g", l.Metric, fig.Value, l.bound(), l.Value)
	}
	return ""
}

// bound says which side of the value is right.
func (l Limit) bound() string {
	if lessIsBetter(l.Metric) {
		return "at most"
	}
	return "at least"
}
