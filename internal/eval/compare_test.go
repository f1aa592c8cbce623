package eval

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shares makes a run of n questions of which the first good hit.
func shares(n, good int) *Scored {
	rep := &Scored{}
	for i := range n {
		rep.Questions = append(rep.Questions, Question{ID: string(rune('a' + i))})
		rep.Scores = append(rep.Scores, Score{Metrics: Metrics{"hit@1": {one(i < good), 1}, "false_refusal": {one(i >= good), 1}}})
		var f []Failure
		if i >= good {
			f = []Failure{{Retrieval, "x"}, {Retrieval, "y"}}
		}
		rep.Failures = append(rep.Failures, f)
	}
	return rep
}

func TestCompare(t *testing.T) {
	before, after := shares(20, 5), shares(20, 15)
	after.Failures[0] = []Failure{{Citing, "z"}}
	before.Questions[19].Question = "anders" // not the same question any more
	c := Compare(before, after, 1000)
	if c.N != 19 {
		t.Errorf("got %d questions, want the 19 that are the same", c.N)
	}
	if len(c.Flips) != 11 || !c.Flips[0].Worse || c.Flips[0].Fault != Citing {
		t.Errorf("got flips %+v, want one for worse, then ten for better", c.Flips)
	}
	for _, d := range c.Deltas {
		// Ten of 19 questions differ, all in one direction.
		if !d.Better() || d.Worse() || math.Abs(math.Abs(d.After-d.Before)-10./19) > 1e-12 || d.CI95[0]*d.CI95[1] <= 0 {
			t.Errorf("%s: got %+v, want a significant improvement of 10/19", d.Metric, d)
		}
	}
	for _, d := range Compare(after, before, 1000).Deltas {
		if d.Better() || !d.Worse() {
			t.Errorf("%s: got %+v, want it worse", d.Metric, d)
		}
	}
	for _, d := range Compare(after, after, 100).Deltas {
		if d.P != 1 || d.CI95 != [2]float64{} {
			t.Errorf("%s: got %+v, want no difference to itself", d.Metric, d)
		}
	}
}

// The bootstrap is paired: two runs that differ in one question of many have a
// narrow interval, however much the questions differ among themselves.
func TestCompareIsPaired(t *testing.T) {
	for _, d := range Compare(shares(20, 10), shares(20, 11), 1000).Deltas {
		if width := d.CI95[1] - d.CI95[0]; width > 0.2 {
			t.Errorf("%s: got an interval of %.2f, want at most 0.20", d.Metric, width)
		}
		if d.Better() || d.Worse() {
			t.Errorf("%s: got %+v, want one question not to be significant", d.Metric, d)
		}
	}
}

func TestCompareNothingInCommon(t *testing.T) {
	if c := Compare(&Scored{}, shares(3, 1), 10); c.N != 0 || len(c.Deltas) != 0 || len(c.Flips) != 0 {
		t.Errorf("got %+v, want nothing", c)
	}
}

func TestLimits(t *testing.T) {
	limits, err := ParseLimits("citation_precision=0.9, false_refusal=0.1,hit@5=0.5,")
	if err != nil {
		t.Fatal(err)
	}
	want := []Limit{{"citation_precision", 0.9}, {"false_refusal", 0.1}, {"hit@5", 0.5}}
	if d := cmp.Diff(want, limits); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	kept := Figures{"citation_precision": {Value: 0.9}, "false_refusal": {Value: 0.1}, "hit@5": {Value: 1}}
	if got := Broken(limits, kept); len(got) != 0 {
		t.Errorf("got %q, want all kept", got)
	}
	broken := Figures{"citation_precision": {Value: 0.89}, "false_refusal": {Value: 0.2}}
	wantBroken := []string{
		"citation_precision is 0.890, want at least 0.9", "false_refusal is 0.200, want at most 0.1", "hit@5 has no value, want 0.5",
	}
	if d := cmp.Diff(wantBroken, Broken(limits, broken)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := Broken(limits[:1], Figures{"citation_precision": {Value: math.NaN()}}); len(got) != 1 {
		t.Errorf("no value: got %q, want it broken", got)
	}
	for _, bad := range []string{"hit@5", "hit@5=", "hit@5=veel", "hit@5=NaN", "hit@7=0.5"} {
		if _, err := ParseLimits(bad); err == nil {
			t.Errorf("%s: got no error", bad)
		}
	}
}
