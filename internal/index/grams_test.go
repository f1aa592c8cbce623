package index_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
)

func grams(tb testing.TB, texts ...string) *index.Grams {
	tb.Helper()
	x := index.NewGrams()
	if err := x.Apply(tb.Context(), change(texts...)); err != nil {
		tb.Fatal(err)
	}
	return x
}

// ranked orders a, b, c, … by their scores; those with 0 are left out.
func ranked(tb testing.TB, x *index.Grams, query string) string {
	tb.Helper()
	ids := strings.Split("abcdefgh"[:x.Len()], "")
	scores, err := x.Score(tb.Context(), query, ids, docs.Reader{})
	if err != nil {
		tb.Fatal(err)
	}
	var hits []index.Hit
	for i, s := range scores {
		if s > 0 {
			hits = append(hits, index.Hit{ID: ids[i], Score: s})
		}
	}
	slices.SortStableFunc(hits, func(a, b index.Hit) int {
		if a.Score > b.Score {
			return -1
		}
		return 1
	})
	var b strings.Builder
	for _, h := range hits {
		b.WriteString(h.ID)
	}
	return b.String()
}

func TestGrams(t *testing.T) {
	tests := []struct {
		name  string
		texts []string
		query string
		want  string
	}{
		{"typing error", []string{"financiële injectie", "regio"}, "finaciele injektie", "a"},
		{"inside a compound", []string{"het boerderijonderzoek", "regio"}, "onderzoeken", "a"},
		{"short words", []string{"de AI-wet", "of de EU"}, "EU", "b"},
		{"one letter", []string{"artikel x", "artikel 3"}, "x", "a"},
		{"whole word before part", []string{"onderzoekers", "onderzoek", "zoeklicht"}, "onderzoek", "bac"},
		{"other scripts", []string{"Ελλάδα", "Украина", "漢字"}, "украина", "b"},
		{"stop words", []string{"wat is het", "regio"}, "wat is het", ""},
		{"nothing", []string{"regio", ""}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ranked(t, grams(t, tt.texts...), tt.query); got != tt.want {
				t.Errorf("%q ranks %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

// TestGramsScoreTexts: a text scores as the passage with the same text does.
func TestGramsScoreTexts(t *testing.T) {
	texts := []string{"zorg voor slachtoffers", "de regio van de gemeenten, ook de grote gemeenten", ""}
	x := grams(t, texts...)
	query := "zorg in grote gemeenten"
	want, err := x.Score(t.Context(), query, []string{"a", "b", "c"}, docs.Reader{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, x.ScoreTexts(query, texts, docs.Reader{})); diff != "" {
		t.Errorf("scores (-passages +texts):\n%s", diff)
	}
}

func TestGramsCoverage(t *testing.T) {
	x := grams(t, "slachtoffers van mensenhandel", "de regio")
	for _, tt := range []struct {
		query, id string
		low, high float64
	}{
		{"Wie zijn de slachtoffers van mensenhandel?", "a", 1, 1},
		{"slachtoffers", "b", 0, 0},
		{"slachtoffers in Zwitserland", "a", 0.2, 0.6},
		{"wie?", "a", 0, 0},
		{"slachtoffers", "unknown", 0, 0},
	} {
		got, err := x.Coverage(t.Context(), tt.query, tt.id, docs.Reader{})
		if err != nil || got < tt.low || got > tt.high {
			t.Errorf("Coverage(%q, %s): got %v, %v; want between %v and %v", tt.query, tt.id, got, err, tt.low, tt.high)
		}
	}
	if got := grams(t).ScoreTexts("zorg", []string{"zorg"}, docs.Reader{}); math.IsNaN(got[0]) || math.IsInf(got[0], 0) {
		t.Errorf("a text scores %v against an empty index", got[0])
	}
}

// TestGramsChanges: after any detour the scores are those of a fresh index.
func TestGramsChanges(t *testing.T) {
	x := grams(t, "oud", "ouder", "oudst")
	steps := []index.Change{
		{Remove: []string{"c", "unknown"}},
		change("zorg", "regio"),
		{Remove: []string{"a"}},
		change("zorg voor slachtoffers"),
	}
	for i, c := range steps {
		if err := x.Apply(t.Context(), c); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	fresh := grams(t, "zorg voor slachtoffers", "regio")
	for _, query := range []string{"zorg", "regio", "oud", "slachtoffer"} {
		got, err := x.Score(t.Context(), query, []string{"a", "b", "c"}, docs.Reader{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := fresh.Score(t.Context(), query, []string{"a", "b", "c"}, docs.Reader{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-fresh +changed):\n%s", query, diff)
		}
	}
}

func TestGramsRefuses(t *testing.T) {
	x := grams(t, "zorg")
	bad := change("anders", "nog iets")
	bad.Add[1].Document = nil
	if err := x.Apply(t.Context(), bad); err == nil {
		t.Error("a passage without a document: got no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Apply(ctx, change("anders")); !errors.Is(err, context.Canceled) {
		t.Errorf("Apply: got %v, want %v", err, context.Canceled)
	}
	if _, err := x.Score(ctx, "zorg", []string{"a"}, docs.Reader{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Score: got %v, want %v", err, context.Canceled)
	}
	if _, err := x.Coverage(ctx, "zorg", "a", docs.Reader{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Coverage: got %v, want %v", err, context.Canceled)
	}
	if got := ranked(t, x, "zorg anders"); got != "a" {
		t.Errorf("after refused changes: ranks %q, want %q", got, "a")
	}
}

// FuzzGrams holds scores and coverage to their ranges, for any two texts.
func FuzzGrams(f *testing.F) {
	f.Add("zorg", "de zorg")
	f.Add("é", "ééé\xff")
	f.Fuzz(func(t *testing.T, query, text string) {
		x := index.NewGrams()
		d := &docs.Document{ID: "d"}
		c := index.Change{Add: []index.Entry{{Document: d, Passage: docs.Passage{ID: "p", Plain: text}}}}
		if err := x.Apply(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		scores, err := x.Score(t.Context(), query, []string{"p"}, docs.Reader{})
		if err != nil {
			t.Fatal(err)
		}
		coverage, err := x.Coverage(t.Context(), query, "p", docs.Reader{})
		if err != nil {
			t.Fatal(err)
		}
		if s := scores[0]; s < 0 || math.IsNaN(s) || math.IsInf(s, 0) || coverage < 0 || coverage > 1 || (s > 0) != (coverage > 0) {
			t.Fatalf("%q in %q: score %v, coverage %v", query, text, s, coverage)
		}
	})
}
