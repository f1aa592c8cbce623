package eval

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// spansOf finds statements in a text, in code points.
func spansOf(text string, statements ...string) []record.Span {
	var out []record.Span
	for _, s := range statements {
		i := strings.Index(text, s)
		start := len([]rune(text[:i]))
		out = append(out, record.Span{Start: start, End: start + len([]rune(s))})
	}
	return out
}

func TestStatements(t *testing.T) {
	text := "Dit is wat er staat:\n- Één boot is rood. [1][2]\n- De andere is groen. [2]\nDat is mooi! Vindt u niet? 3 is genoeg."
	r := Result{Text: text, Citations: []Citation{
		{Number: 1, AnswerSpans: spansOf(text, "Één boot is rood.")},
		{Number: 2, AnswerSpans: append(spansOf(text, "De andere is groen.", "Één boot is rood."), record.Span{Start: 5, End: 5000}, record.Span{Start: 4, End: 4})},
	}}
	want := []Statement{
		{Text: "Één boot is rood.", Citations: []int{0, 1}},
		{Text: "De andere is groen.", Citations: []int{1}},
		{Text: "Dat is mooi!"},
		{Text: "Vindt u niet? 3 is genoeg."},
	}
	if d := cmp.Diff(want, Statements(&r)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// has is a Judge that finds every word of a statement in the evidence.
type has struct{ asked int }

func (*has) Name() string { return "has" }

func (h *has) Supports(ctx context.Context, claims []Claim) ([]bool, error) {
	h.asked += len(claims)
	return WordJudge(1).Supports(ctx, claims)
}

func TestSupport(t *testing.T) {
	text := "Rode boten varen. Groene boten liggen. Witte boten zinken. Niets."
	first, second, third := spansOf(text, "Rode boten varen.")[0], spansOf(text, "Groene boten liggen.")[0], spansOf(text, "Witte boten zinken.")[0]
	r := Result{ID: "a", Text: text, Citations: []Citation{
		{Quote: "Rode boten varen", AnswerSpans: []record.Span{first, second}},
		{Quote: "er zijn boten", AnswerSpans: []record.Span{first}},      // the first does without it
		{Quote: "Groene dingen", AnswerSpans: []record.Span{second}},     // needed for half of it
		{Quote: "boten liggen vaak", AnswerSpans: []record.Span{second}}, // the other half
		{Quote: "Zwarte boten", AnswerSpans: []record.Span{third}},
	}}
	s := Score{Metrics: Metrics{}}
	j := &has{}
	if err := Support(t.Context(), j, &r, &s); err != nil {
		t.Fatal(err)
	}
	// Supported: the first and the second of four statements. Needed: the first
	// citation for the first statement, the third and fourth for the second.
	want := Metrics{"support_recall": {2, 4}, "support_precision": {3, 6}}
	if d := cmp.Diff(want, s.Metrics); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if want := (1 + 2*2) + (1 + 2*3) + 1; j.asked != want {
		t.Errorf("got %d claims, want %d", j.asked, want)
	}
}

func TestSupportLeavesRefusalsAlone(t *testing.T) {
	for _, r := range []Result{{Text: "Nee, dat niet.", Refused: true}, {Answer: "zonder tekst"}, {Text: "…"}} {
		s := Score{Metrics: Metrics{}}
		if err := Support(t.Context(), WordJudge(1), &r, &s); err != nil || len(s.Metrics) > 0 {
			t.Errorf("%+v: got %v %v, want nothing", r, s.Metrics, err)
		}
	}
}

func TestWordJudge(t *testing.T) {
	tests := []struct {
		statement, evidence string
		want                bool
	}{
		{"De brug kost vier miljoen.", "vier miljoen kost de nieuwe brug", true},
		{"De brug kost vijf miljoen.", "vier miljoen kost de nieuwe brug", true}, // three of four
		{"De tunnel kost vijf miljoen.", "vier miljoen kost de nieuwe brug", false},
		{"De brug kost 5 miljoen.", "vier miljoen kost de nieuwe brug", false}, // every number
		{"Ja, in mei.", "Dat is zo. Ja, in mei.", true},
		{"Ja, in mei.", "Nee, in mei.", false},
	}
	for _, tt := range tests {
		got, err := WordJudge(0.75).Supports(t.Context(), []Claim{{tt.evidence, tt.statement}})
		if err != nil || got[0] != tt.want {
			t.Errorf("%q by %q: got %v %v, want %v", tt.statement, tt.evidence, got, err, tt.want)
		}
	}
}

// axes embeds a text on the axis that its first letter names.
type axes struct{ llm.Embedder }

func (axes) Model() string { return "axes" }

func (axes) Embed(_ context.Context, _ llm.Kind, texts []string) ([]llm.Vector, error) {
	out := make([]llm.Vector, len(texts))
	for i, s := range texts {
		out[i] = make(llm.Vector, 26)
		out[i][s[0]-'a'] = 1
	}
	return out, nil
}

func TestEmbedJudge(t *testing.T) {
	j := EmbedJudge{Embedder: axes{}, Threshold: 0.8}
	got, err := j.Supports(t.Context(), []Claim{{"appel", "aap"}, {"appel", "beer"}})
	if err != nil || !got[0] || got[1] {
		t.Errorf("got %v %v, want [true false]", got, err)
	}
	if j.Name() != "axes 0.80" {
		t.Errorf("got the name %q", j.Name())
	}
}

// parrot generates the same answer to everything.
type parrot struct {
	answer string
	err    error
}

func (parrot) Model() string { return "papegaai" }

func (p parrot) Generate(_ context.Context, _ llm.Request, emit func(string) error) (llm.Usage, error) {
	for _, r := range p.answer {
		if err := emit(string(r)); err != nil {
			return llm.Usage{}, err
		}
	}
	return llm.Usage{}, p.err
}

func TestModelJudge(t *testing.T) {
	for answer, want := range map[string]bool{"Ja.": true, " ja, want": true, "Nee": false, "Jawel": false, "": false} {
		got, err := ModelJudge{parrot{answer, llm.ErrLength}}.Supports(t.Context(), []Claim{{"x", "y"}})
		if err != nil || got[0] != want {
			t.Errorf("%q: got %v %v, want %v", answer, got, err, want)
		}
	}
	if _, err := (ModelJudge{parrot{"ja", llm.ErrUnavailable}}).Supports(t.Context(), []Claim{{"x", "y"}}); !errors.Is(err, llm.ErrUnavailable) {
		t.Errorf("got %v, want the model's error", err)
	}
}

func TestJudgeIsNamedBesideItsFigures(t *testing.T) {
	rep := evaluate(t, perfect(testFolder(t)), Options{Judge: WordJudge(0.5), Resamples: -1})
	for name, f := range rep.Summary.Metrics {
		if judged := strings.HasPrefix(name, "support_"); judged != (f.Judge == "words 0.50") {
			t.Errorf("%s: got the judge %q", name, f.Judge)
		}
	}
	if f, ok := rep.Summary.Metrics["support_recall"]; !ok || f.Den != 11 {
		t.Errorf("support_recall: got %+v, want one statement for each of 11 answers", f)
	}
}
