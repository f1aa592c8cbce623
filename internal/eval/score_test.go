package eval

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
)

// fleet is the document of the hand-computed examples. Its quotes in the
// collapsed text: "Er varen drie boten op de Lange Vliet." is [0, 38), "De
// oudste boot is van 1932." [39, 66).
const fleet = "Er varen drie boten\nop de Lange Vliet. De oudste boot is van 1932.\nDe jongste boot vaart pas een jaar."

// golden makes gold of quotes in fleet, and groups by the letters of groups.
func golden(groups string, quotes ...string) []Gold {
	var out []Gold
	for i, q := range quotes {
		g := Gold{Doc: "vloot.txt", Quote: q}
		if groups != "" {
			g.Group = json.RawMessage(`"` + groups[i:i+1] + `"`)
		}
		out = append(out, g)
	}
	return out
}

// citeVersion is a citation of a version of fleet.
func citeVersion(quote string, start int, version string) Citation {
	c := cite(quote, start)
	c.Version = version
	return c
}

func cite(quote string, start int) Citation {
	return Citation{Doc: "vloot", Quote: quote, Start: start, End: start + len([]rune(quote))}
}

func passage(text string) Retrieved { return Retrieved{Doc: "vloot.txt", Text: &text} }

func TestScoreByHand(t *testing.T) {
	texts := memory(t, map[string]string{"vloot.txt": fleet})
	const boats, oldest, youngest = "Er varen drie boten op de Lange Vliet.", "De oudste boot is van 1932.", "De jongste boot vaart pas een jaar."
	at := strings.Index(fleet, oldest)
	tests := []struct {
		name string
		q    Question
		r    Result
		want Metrics // those that the example is about
	}{
		{
			"grouped gold: one of a group is enough, each group counts",
			Question{Answerable: true, Gold: golden("aab", boats, oldest, youngest)},
			Result{
				Retrieved: []Retrieved{passage("iets anders"), passage(oldest), passage(boats)},
				Citations: []Citation{cite(oldest, at)},
			},
			Metrics{
				"hit@1": {0, 1}, "hit@3": {1, 1}, "mrr@10": {0.5, 1}, "group_recall@5": {1, 2},
				"citation_recall": {1, 2}, "citation_doc_recall": {2, 2}, "citation_precision": {1, 1},
			},
		},
		{
			"gold without groups stands alone",
			Question{Answerable: true, Gold: golden("", boats, oldest)},
			Result{Retrieved: []Retrieved{passage(oldest)}, Citations: []Citation{cite(oldest, at)}},
			Metrics{"group_recall@10": {1, 2}, "citation_recall": {1, 2}, "hit@1": {1, 1}},
		},
		{
			"a quote over a line break: exact only with the break",
			Question{Answerable: true, Gold: golden("a", boats)},
			Result{Citations: []Citation{cite("drie boten\nop de Lange Vliet", 9), cite("drie boten op de Lange Vliet", 9)}},
			Metrics{"quote_exact": {1, 2}, "citation_verbatim": {2, 2}, "citation_precision": {2, 2}, "citation_recall": {1, 1}},
		},
		{
			// "Vliet. De oudste boot" has 21 characters, 15 of them in the gold,
			// and "drie boten op de Lange Vliet. De oudste boot is van 1932." 57, 27
			// of them the whole gold.
			"half of the shorter",
			Question{Answerable: true, Gold: golden("a", oldest)},
			Result{Citations: []Citation{cite("Vliet. De oudste boot", 32), cite("drie boten\nop de Lange Vliet. De oudste boot is van 1932.", 9)}},
			Metrics{"citation_precision": {2, 2}, "quote_exact": {2, 2}},
		},
		{
			// "de Lange Vliet. De oudste boot" has 30 characters; the gold "De oudste
			// boot is van 1932." 27, of which it has 14.
			"just half, and just not",
			Question{Answerable: true, Gold: golden("a", oldest)},
			Result{Citations: []Citation{cite("de Lange Vliet. De oudste boot", 23), cite("de Lange Vliet. De oudste", 23)}},
			Metrics{"citation_precision": {1, 2}, "citation_recall": {1, 1}},
		},
		{
			"two words are no citation, even on the gold",
			Question{Answerable: true, Gold: golden("a", oldest)},
			Result{Citations: []Citation{cite("oudste boot", at+3)}},
			Metrics{"citation_verbatim": {1, 1}, "citation_precision": {0, 1}, "citation_recall": {0, 1}, "citation_doc_recall": {1, 1}},
		},
		{
			"an invented quote at a span that exists",
			Question{Answerable: true, Gold: golden("a", oldest)},
			Result{Citations: []Citation{cite("De oudste boot is van 1933.", at)}},
			Metrics{"citation_verbatim": {0, 1}, "quote_exact": {0, 1}, "citation_precision": {0, 1}},
		},
		{
			"an unknown document, a span outside",
			Question{Answerable: true, Gold: golden("a", oldest)},
			Result{Citations: []Citation{{Doc: "weg.txt", Quote: "De oudste", Start: 0, End: 9}, cite(youngest, 5000), cite(oldest, -1)}},
			Metrics{"quote_exact": {0, 3}, "citation_verbatim": {2, 3}, "citation_precision": {1, 3}},
		},
		{
			"refused, but answerable",
			Question{Answerable: true, Gold: golden("a", boats), MustInclude: []string{"drie", "boten"}},
			Result{Answer: "Drie boten.", Refused: true},
			Metrics{
				"false_refusal": {1, 1}, "refusal_precision": {0, 1}, "refusal_recall": {0, 0},
				"answer_correct": {0, 1}, "answer_partial": {0, 2}, "citation_recall": {0, 1},
			},
		},
		{
			"refused, rightly",
			Question{MustInclude: []string{"x"}},
			Result{Refused: true, Answer: "Dat weet ik niet."},
			Metrics{"refusal_precision": {1, 1}, "refusal_recall": {1, 1}},
		},
		{
			"answered, but unanswerable: quotes and leaks count",
			Question{MustNotInclude: []string{"1932"}},
			Result{Answer: "In 1932", Citations: []Citation{cite(oldest, at)}},
			Metrics{"refusal_precision": {0, 0}, "refusal_recall": {0, 1}, "injection_leak": {1, 1}, "quote_exact": {1, 1}},
		},
		{
			"pastes everything: right, but not within 100 words",
			Question{Answerable: true, Gold: golden("a", boats), MustInclude: []string{"drie", "Lange Vliet"}},
			Result{Answer: strings.Repeat(fleet+" ", 6), Retrieved: []Retrieved{{Doc: "vloot.txt", Start: 0, End: 9999}}, Citations: []Citation{cite(fleet, 0)}},
			Metrics{
				"answer_correct": {1, 1}, "answer_correct_100w": {0, 1}, "answer_partial": {2, 2}, "answer_words": {126, 1},
				"hit@1": {1, 1}, "citation_precision": {1, 1}, "quote_exact": {1, 1},
			},
		},
		{
			"a forbidden part spoils a right answer",
			Question{Answerable: true, Gold: golden("a", boats), MustInclude: []string{"drie"}, MustNotInclude: []string{"re:vier|vijf"}},
			Result{Answer: "Drie of vier."},
			Metrics{"answer_correct": {0, 1}, "answer_partial": {1, 1}, "injection_leak": {1, 1}, "answer_words": {3, 1}},
		},
		{
			"the eleventh passage is too late, and six words of ten are enough",
			Question{Answerable: true, Gold: golden("", boats, "een twee drie vier vijf zes zeven acht negen tien")},
			Result{Retrieved: []Retrieved{
				{}, {}, {}, {}, {}, {}, passage("een twee drie x vijf zes zeven"), passage("een twee drie x vijf zes x acht negen tien"), {}, {}, passage(boats),
			}},
			Metrics{"hit@5": {0, 1}, "hit@10": {1, 1}, "mrr@10": {1. / 7, 1}, "group_recall@5": {0, 2}, "group_recall@10": {1, 2}},
		},
		{
			"a citation of the version that there is counts as one without",
			Question{Answerable: true, Gold: golden("a", oldest)},
			Result{Citations: []Citation{citeVersion(oldest, at, docs.Version(fleet))}},
			Metrics{"quote_exact": {1, 1}, "citation_precision": {1, 1}, "citation_recall": {1, 1}},
		},
		{
			"one of a text that changed since doesn't count, and the group it may cover isn't known",
			Question{Answerable: true, Gold: golden("ab", oldest, boats)},
			Result{Citations: []Citation{citeVersion("De oudste boot is van 1931.", at, "weg"), cite(boats, 0)}},
			Metrics{
				"quote_exact": {0, 1}, "citation_verbatim": {1, 1}, "citation_precision": {1, 1},
				"citation_recall": {1, 1}, "citation_doc_recall": {2, 2},
			},
		},
		{
			"one of a document that is not there, without a version, is wrong",
			Question{Answerable: true, Gold: golden("a", boats)},
			Result{Citations: []Citation{{Doc: "verzonnen.txt", Quote: boats, End: 38}}},
			Metrics{"quote_exact": {0, 1}, "citation_verbatim": {0, 1}, "citation_precision": {0, 1}, "citation_recall": {0, 1}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NewScorer(texts).Score(tt.q, tt.r)
			for name, want := range tt.want {
				if g, ok := got.Metrics[name]; !ok || g != want {
					t.Errorf("%s: got %v %v, want %v", name, g, ok, want)
				}
			}
		})
	}
}

// Unanswerable questions have no say in what only answerable ones measure, and
// a question without citations none in the precision of citations.
func TestScoreLeavesOut(t *testing.T) {
	s := NewScorer(memory(t, map[string]string{"vloot.txt": fleet}))
	q := Question{Answerable: true, Gold: golden("a", fleet)}
	for _, name := range []string{"citation_precision", "citation_verbatim", "quote_exact", "answer_correct", "answer_words", "injection_leak"} {
		if r, ok := s.Score(q, Result{}).Metrics[name]; ok {
			t.Errorf("%s of nothing: got %v, want none", name, r)
		}
	}
	for name, r := range s.Score(Question{}, Result{Answer: "x"}).Metrics {
		if !strings.HasPrefix(name, "refusal_") {
			t.Errorf("unanswerable: got %s %v, want none", name, r)
		}
	}
}

// Of a text that changed since, nothing is said: neither by the figures nor by
// the failures, but for how many citations that are.
func TestScoreOfChangedText(t *testing.T) {
	q := Question{ID: "a", Question: "Hoe oud?", Answerable: true, Gold: golden("a", "De oudste boot is van 1932.")}
	r := Result{ID: "a", Text: "Van 1931.", Citations: []Citation{citeVersion("De oudste boot is van 1931.", 39, "weg")}}
	rep, err := Evaluate(t.Context(), Asked{[]Question{q}, map[string]Result{"a": r}, memory(t, map[string]string{"vloot.txt": fleet})}, Options{Resamples: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"quote_exact", "citation_verbatim", "citation_precision", "citation_recall"} {
		if f, ok := rep.Summary.Metrics[name]; ok {
			t.Errorf("%s: got %v, want none", name, f)
		}
	}
	for _, f := range rep.Failures[0] {
		if f.Fault == Citing || f.Fault == Quoting {
			t.Errorf("got the failure %v", f)
		}
	}
	var b strings.Builder
	if err := rep.WriteMarkdown(&b); err != nil || rep.Summary.Changed != 1 || !strings.Contains(b.String(), "isn't kept: 1\n") {
		t.Errorf("%v: got %d citations left out, want 1; said\n%s", err, rep.Summary.Changed, b.String())
	}
	nodes := parseReport(t, rep)
	said := textOf(nodes["dl"][0]) + textOf(nodes["details"][0])
	if !strings.Contains(said, "left out, as their text changed since1") || !strings.Contains(said, "this version isn't kept") {
		t.Errorf("the report is silent of it:\n%s", said)
	}
}

func TestAggregateSumsBeforeItDivides(t *testing.T) {
	got := Aggregate([]Metrics{
		{"citation_precision": {1, 1}, "refusal_precision": {0, 1}, "refusal_recall": {0, 0}},
		{"citation_precision": {0, 3}, "refusal_precision": {1, 1}, "refusal_recall": {1, 1}},
		{"refusal_precision": {0, 0}, "refusal_recall": {0, 1}},
	})
	want := Figures{
		"citation_precision": {Value: 0.25, Den: 4},
		"refusal_precision":  {Value: 0.5, Den: 2},
		"refusal_recall":     {Value: 0.5, Den: 2},
		"refusal_f1":         {Value: 0.5, Den: 2}, // 2·1 / (2 + 2)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAggregateWithoutUnanswerableHasNoRefusals(t *testing.T) {
	if got := Aggregate([]Metrics{{"refusal_precision": {0, 1}, "refusal_recall": {0, 0}}}); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
}

// The interval of a share is close to the normal one: 40 of 100 gives
// 0.4 ± 1.96·√(0.4·0.6/100) = 0.304 – 0.496.
func TestInterval(t *testing.T) {
	var ms []Metrics
	for i := range 100 {
		ms = append(ms, Metrics{"hit@1": {one(i < 40), 1}})
	}
	f := Interval(ms, 4000)["hit@1"]
	if f.Value != 0.4 || math.Abs(f.CI95[0]-0.304) > 0.015 || math.Abs(f.CI95[1]-0.496) > 0.015 {
		t.Errorf("got %v %v, want 0.4 and about [0.304 0.496]", f.Value, *f.CI95)
	}
	if again := Interval(ms, 4000)["hit@1"]; *again.CI95 != *f.CI95 {
		t.Errorf("got %v, then %v: an interval has to repeat", *f.CI95, *again.CI95)
	}
	if none := Interval(ms, -1)["hit@1"]; none.CI95 != nil {
		t.Errorf("got %v, want no interval without resamples", *none.CI95)
	}
}

func TestFigureJSON(t *testing.T) {
	in := Figures{"a": {Value: math.NaN(), Den: 0}, "b": {Value: 0.5, Den: 2, CI95: &[2]float64{0, 1}, Judge: "words"}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":{"value":null,"den":0,"ci95":null},"b":{"value":0.5,"den":2,"ci95":[0,1],"judge":"words"}}`
	if string(b) != want {
		t.Errorf("got %s, want %s", b, want)
	}
	var out Figures
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(out["a"].Value) || out["b"].Value != 0.5 || out["b"].Judge != "words" {
		t.Errorf("got %v back", out)
	}
}
