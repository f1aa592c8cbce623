package index_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/index/indextest"
)

func TestBM25(t *testing.T) {
	indextest.Words(t, func(*testing.T) index.Words { return index.NewBM25() })
}

// change makes one document out of texts; the passages are called a, b, c, …
func change(texts ...string) index.Change {
	d := &docs.Document{ID: "d"}
	c := index.Change{DocumentID: d.ID}
	for i, text := range texts {
		p := docs.Passage{ID: string(rune('a' + i)), DocumentID: d.ID, Plain: text}
		c.Add = append(c.Add, index.Entry{Document: d, Passage: p})
	}
	return c
}

// found lists the ids that a search finds, best first.
func found(tb testing.TB, x index.Words, query string) string {
	tb.Helper()
	hits, err := x.Search(tb.Context(), query, 100, docs.Filter{})
	if err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	for _, h := range hits {
		b.WriteString(h.ID)
	}
	return b.String()
}

func TestBM25Dutch(t *testing.T) {
	tests := []struct {
		name  string
		texts []string
		query string
		want  string
	}{
		{"case and diacritics", []string{"de Coördinatie", "iets"}, "COORDINATIE", "a"},
		{"stem", []string{"alle organisaties", "iets"}, "welke organisatie", "a"},
		{"stop words find nothing", []string{"wat is dat", "iets"}, "wat is dat?", ""},
		{"organisation written like a stop word", []string{"het gaat om geld", "het OM vervolgt"}, "Wat doet het OM?", "b"},
		{"part of a compound", []string{"het mensenhandelbeleid", "iets", "mensenhandel"}, "beleid", "a"},
		{"compound in the question", []string{"de monitor", "over het slachtoffer", "iets"}, "slachtoffermonitor", "ab"},
		{"whole compound before its parts", []string{"monitor en slachtoffer", "de slachtoffermonitor", "iets"}, "slachtoffermonitor", "ba"},
		{"number however it is written", []string{"17,4 procent", "174 procent"}, "17.4", "a"},
		{"thousands", []string{"10 000 euro", "1000 euro"}, "10.000", "a"},
		{"dossier", []string{"kamerstuk 28 638, nr. 184", "kamerstuk 28"}, "28638", "a"},
		{"year inside a period", []string{"in 2014-2018", "in 2019"}, "2018", "a"},
		{"glued footnote", []string{"het jaar3 en december 201916", "iets"}, "jaar 2019", "a"},
		{"hyphen or not", []string{"programma-coördinatie", "iets"}, "programmacoördinatie", "a"},
		{"English question", []string{"the programme", "het project Escape"}, "What is the project?", "b"},
		{"rare word counts more", []string{"aanpak", "aanpak", "aanpak vizier", "vizier"}, "aanpak vizier", "cdab"},
		{"shorter passage first", []string{"zorg voor meisjes en jongens in de regio", "zorg"}, "zorg", "ba"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := index.NewBM25()
			if err := x.Apply(t.Context(), change(tt.texts...)); err != nil {
				t.Fatal(err)
			}
			if got := found(t, x, tt.query); got != tt.want {
				t.Errorf("%q finds %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

// TestBM25VocabularyChanges: what a compound splits into follows the words that
// the collection has at the moment.
func TestBM25VocabularyChanges(t *testing.T) {
	x := index.NewBM25()
	apply := func(c index.Change) {
		t.Helper()
		if err := x.Apply(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	apply(change("de boerderijcontrole"))
	if got := found(t, x, "controle"); got != "" {
		t.Errorf("nothing says that controle is a word, but it found %q", got)
	}
	d := &docs.Document{ID: "e"}
	apply(index.Change{Add: []index.Entry{{Document: d, Passage: docs.Passage{ID: "z", Plain: "een boerderij en een controle"}}}})
	if got := found(t, x, "controle"); got != "za" {
		t.Errorf("found %q, want %q", got, "za")
	}
	apply(index.Change{Remove: []string{"z"}})
	if got := found(t, x, "controle"); got != "" {
		t.Errorf("after the word went away: found %q, want nothing", got)
	}
}

// TestBM25Formula computes one score by hand.
func TestBM25Formula(t *testing.T) {
	x := index.NewBM25()
	if err := x.Apply(t.Context(), change("zorg zorg regio", "regio")); err != nil {
		t.Fatal(err)
	}
	got, err := x.Score(t.Context(), "zorg", []string{"a", "b"}, docs.Reader{})
	if err != nil {
		t.Fatal(err)
	}
	// N = 2, df = 1: idf = ln(1 + 1.5/1.5). tf = 2, length 3 of 2 on average:
	// 2·2.2 / (2 + 1.2·(0.25 + 0.75·3/2)).
	want := []string{fmt.Sprintf("%.9f", 0.6931471805599453*4.4/(2+1.2*1.375)), "0.000000000"}
	if diff := cmp.Diff(want, []string{fmt.Sprintf("%.9f", got[0]), fmt.Sprintf("%.9f", got[1])}); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
}
