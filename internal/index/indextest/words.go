package indextest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
)

type wordSearcher struct{ index.Words }

func (s wordSearcher) search(ctx context.Context, text string, k int, f docs.Filter) ([]index.Hit, error) {
	return s.Search(ctx, text, k, f)
}

func (s wordSearcher) score(ctx context.Context, text string, ids []string, r docs.Reader) ([]float64, error) {
	return s.Score(ctx, text, ids, r)
}

func (s wordSearcher) apply(ctx context.Context, c index.Change) error { return s.Apply(ctx, c) }
func (s wordSearcher) size() int                                       { return s.Len() }
func (s wordSearcher) unknown() float64                                { return 0 }

// Words checks an implementation of index.Words. The function given makes an
// empty one.
func Words(t *testing.T, newIndex func(t *testing.T) index.Words) {
	t.Helper()
	both(t, func(t *testing.T) searcher {
		t.Helper()
		return wordSearcher{newIndex(t)}
	})
	t.Run("nothing shared", func(t *testing.T) { wordSuite{t, newIndex}.testNothingShared() })
	t.Run("title and headings", func(t *testing.T) { wordSuite{t, newIndex}.testTitle() })
	t.Run("order of adding", func(t *testing.T) { wordSuite{t, newIndex}.testOrderOfAdding() })
}

// wordSuite is one test of words.
type wordSuite struct {
	*testing.T
	newIndex func(*testing.T) index.Words
}

func (t wordSuite) testNothingShared() {
	s := wordSearcher{t.newIndex(t.T)}
	d := document("d")
	add(t, s, entry(d, "p1", apple), entry(d, "p2", pear), entry(d, "p3", ""))
	wantIDs(t, s, apple, 5, "p1")
	wantIDs(t, s, cherry, 5)
	wantIDs(t, s, "", 5)
	wantIDs(t, s, "\xff?!", 5)
	scores, err := s.Score(t.Context(), apple, []string{"p2", "p1", "p3"}, docs.Reader{})
	if err != nil {
		t.Fatal(err)
	}
	if scores[0] != 0 || scores[1] <= 0 || scores[2] != 0 {
		t.Errorf("scores %v: want only the second above 0", scores)
	}
}

func (t wordSuite) testTitle() {
	s := wordSearcher{t.newIndex(t.T)}
	titled := &docs.Document{ID: "titled", Meta: docs.Meta{Title: apple}}
	e := entry(document("headed"), "p2", "iets anders")
	e.Passage.Section = []string{"hoofdstuk", pear}
	add(t, s, entry(titled, "p1", "iets anders"), e)
	wantIDs(t, s, apple, 5, "p1")
	wantIDs(t, s, pear, 5, "p2")
}

// testOrderOfAdding builds the same collection all at once, one passage at a
// time in random orders, and with detours. Every one has to give the same
// scores to the last bit.
func (t wordSuite) testOrderOfAdding() {
	r := rand.New(rand.NewPCG(5, 6))
	entries := randomEntries(r, 60)
	queries := []string{"mensenhandel", "beleid", "mensenhandelbeleid", "opsporingsdiensten", "de dienst", "monitor slachtoffer 2018"}
	ask := func(x index.Words) [][]index.Hit {
		var all [][]index.Hit
		for _, q := range queries {
			all = append(all, search(t, wordSearcher{x}, q, 50))
		}
		return all
	}
	whole := t.newIndex(t.T)
	add(t, wordSearcher{whole}, entries...)
	want := ask(whole)
	for round := range 4 {
		x := wordSearcher{t.newIndex(t.T)}
		for i, n := range r.Perm(len(entries)) {
			add(t, x, entries[n])
			if i%7 == 0 { // something that comes, is searched for and goes
				detour := entry(document("detour"), "detour", fmt.Sprintf("mensen handel dienst%d politieliaison", i))
				add(t, x, detour)
				search(t, x, "politie", 5)
				if err := x.apply(t.Context(), index.Change{Remove: []string{"detour"}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if diff := cmp.Diff(want, ask(x)); diff != "" {
			t.Fatalf("round %d (-at once +one by one):\n%s", round, diff)
		}
	}
}

// testWords belong together: forms of one word, compounds and their parts.
var testWords = strings.Fields("mensen handel mensenhandel beleid mensenhandelbeleid slachtoffer slachtoffers monitor slachtoffermonitor " +
	"politie politieliaisons liaison opsporing opsporingsdienst diensten dienst 2018 2014-2018 aanpak gemeenten gemeente")

func randomEntries(r *rand.Rand, n int) []index.Entry {
	entries := make([]index.Entry, n)
	for i := range entries {
		d := document(fmt.Sprintf("d%d", i/6))
		d.Title = testWords[r.IntN(len(testWords))]
		var text []string
		for range 3 + r.IntN(20) {
			text = append(text, testWords[r.IntN(len(testWords))])
		}
		entries[i] = entry(d, fmt.Sprintf("p%02d", i), strings.Join(text, " "))
		entries[i].Vector = nil
	}
	return entries
}
