package eval

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/record"
)

// shelf is a Prober over texts in memory. Whoever asks gets the first line of
// the collection that has the question's first word, and a refusal where none
// has; a stubborn shelf answers from the unchanged collection.
type shelf struct {
	docs     map[string]string
	stubborn bool
}

func (s shelf) Ask(_ context.Context, q Question) (record.Answer, error) {
	word, _, _ := strings.Cut(q.Question, " ")
	for _, doc := range []string{"a.txt", "b.txt"} {
		start := 0
		for line := range strings.Lines(s.docs[doc]) {
			length := len([]rune(line))
			if quote := strings.TrimSuffix(line, "\n"); strings.Contains(line, word) {
				return record.Answer{Text: quote + " [1]", Citations: []record.Citation{
					{Number: 1, DocumentID: doc, Quote: quote, Start: start, End: start + len([]rune(quote))},
				}}, nil
			}
			start += length
		}
	}
	return record.Answer{Status: record.Refused, Text: "Dat staat er niet."}, nil
}

func (s shelf) changed(doc, text string, ask func(Asker) error) error {
	if s.stubborn {
		return ask(s)
	}
	docs := map[string]string{"a.txt": s.docs["a.txt"], "b.txt": s.docs["b.txt"], doc: text}
	return ask(shelf{docs: docs})
}

func (s shelf) Without(_ context.Context, docs []string, ask func(Asker) error) error {
	return s.changed(docs[0], "", ask)
}

func (s shelf) Replaced(_ context.Context, r Replacement, ask func(Asker) error) error {
	runes := []rune(s.docs[r.Doc])
	return s.changed(r.Doc, string(slices.Concat(runes[:r.Start], []rune(r.Text), runes[r.End:])), ask)
}

func TestProbes(t *testing.T) {
	docs := map[string]string{
		"a.txt": "De coöperatie telt 87 leden.\nDe brug kostte 1.580 euro3.\nHet veer vaart in 2022 en 2022.\n",
		"b.txt": "De coöperatie is groot.\n",
	}
	qs := []Question{{ID: "leden", Question: "coöperatie leden?"}, {ID: "brug", Question: "brug?"}, {ID: "brug2", Question: "brug kostte?"}, {ID: "veer", Question: "veer vaart?"}, {ID: "tram", Question: "tram?"}}
	texts := memory(t, docs)
	for _, stubborn := range []bool{false, true} {
		s := shelf{docs: docs, stubborn: stubborn}
		results, err := Run(t.Context(), s, qs, Config{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		probes, err := RunProbes(t.Context(), s, Asked{qs, results, texts}, func(done, total int) { seen = done })
		if err != nil || seen != len(qs) {
			t.Fatalf("got %v after %d questions", err, seen)
		}
		rep, err := Evaluate(t.Context(), Asked{qs, results, texts}, Options{Probes: probes, Resamples: -1})
		if err != nil {
			t.Fatal(err)
		}
		want := Figures{"probe_removal": {Value: 1, Den: 3}, "probe_number": {Value: 1, Den: 1}}
		if stubborn {
			want = Figures{"probe_removal": {Value: 0, Den: 3}, "probe_number": {Value: 0, Den: 1}}
		}
		got := Figures{"probe_removal": rep.Summary.Metrics["probe_removal"], "probe_number": rep.Summary.Metrics["probe_number"]}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("stubborn %v (-want +got):\n%s", stubborn, d)
		}
		number := probes[1]
		if number.Old != "87" || number.New != "88" || !strings.Contains(number.Answer, map[bool]string{false: "88", true: "87"}[stubborn]) {
			t.Errorf("stubborn %v: got %+v", stubborn, number)
		}
		// 1.580 and euro3 aren't plain numbers, 2022 stands twice.
		for _, i := range []int{3, 5} {
			if probes[i].Kind != Number || probes[i].Skipped == "" {
				t.Errorf("got %+v, want it skipped", probes[i])
			}
		}
		failed := slices.ContainsFunc(rep.Failures[0], func(f Failure) bool { return f.Fault == Unfaithful })
		if failed != stubborn {
			t.Errorf("stubborn %v: got failures %v", stubborn, rep.Failures[0])
		}
	}
}

func TestNumbers(t *testing.T) {
	text := []rune("87 euro, 1.580 en 58,5 of 12-23; é5 5e jaar3 (2022). 7, 8")
	var got []string
	for _, n := range numbers(text) {
		got = append(got, string(text[n.start:n.end]))
	}
	if d := cmp.Diff([]string{"87", "12", "23", "2022", "7", "8"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOtherNumber(t *testing.T) {
	tests := []struct {
		text   string
		number int
		want   string
	}{
		{"in 2022", 2022, "2023"},
		{"in 2022 en 2023", 2022, "2024"},
		{"99", 99, "100"},
		{"7 8 19", 8, "10"}, // 9 stands in 19
	}
	for _, tt := range tests {
		if got := otherNumber(tt.text, tt.number); got != tt.want {
			t.Errorf("otherNumber(%q, %d): got %s, want %s", tt.text, tt.number, got, tt.want)
		}
	}
}
