package indextest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
)

// testReaders compares an index in which some documents are limited to groups
// with one that has only those which a reader may see: for every reader, query and
// filter the same hits and the same bits, also while documents come, go, and
// change their groups.
func testReaders(t *testing.T, newIndex func(t *testing.T) searcher) {
	t.Helper()
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(7, seed))
		mixed := shelved{T: t, newIndex: newIndex, x: newIndex(t), held: make(map[string]index.Change)}
		for round := range 12 {
			mixed.change(randomDocument(r, fmt.Sprintf("d%d", r.IntN(9))))
			if round%4 == 3 {
				mixed.change(index.Change{DocumentID: fmt.Sprintf("d%d", r.IntN(9))})
			}
			if round%3 == 2 {
				for range 4 {
					mixed.compare(randomReader(r), randomText(r), randomFilter(r))
				}
			}
		}
	}
}

// shelved is an index and what it was told, by document.
type shelved struct {
	*testing.T
	newIndex func(t *testing.T) searcher
	x        searcher
	held     map[string]index.Change
}

// change replaces a document.
func (s *shelved) change(c index.Change) {
	s.Helper()
	for _, e := range s.held[c.DocumentID].Add {
		c.Remove = append(c.Remove, e.Passage.ID)
	}
	if err := s.x.apply(s.Context(), c); err != nil {
		s.Fatal(err)
	}
	s.held[c.DocumentID] = c
}

// compare asks for a reader, and asks an index that holds just what they may see.
func (s *shelved) compare(reader docs.Reader, query string, f docs.Filter) {
	s.Helper()
	alone := s.newIndex(s.T)
	var asked, visible []string
	for _, c := range s.held {
		for _, e := range c.Add {
			asked = append(asked, e.Passage.ID)
			if reader.May(e.Document.Groups) {
				add(s, alone, e)
				visible = append(visible, e.Passage.ID)
			}
		}
	}
	slices.Sort(asked)
	f.Reader = reader
	for _, k := range []int{3, 1000} {
		got, err := s.x.search(s.Context(), query, k, f)
		if err != nil {
			s.Fatal(err)
		}
		want, err := alone.search(s.Context(), query, k, f)
		if err != nil {
			s.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Fatalf("reader %+v, query %q, filter %+v, k %d: %d of %d passages visible (-alone +mixed):\n%s",
				reader, query, f, k, len(visible), len(asked), diff)
		}
	}
	got, err := s.x.score(s.Context(), query, asked, reader)
	if err != nil {
		s.Fatal(err)
	}
	want, err := alone.score(s.Context(), query, asked, reader)
	if err != nil {
		s.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Fatalf("reader %+v, query %q: scores (-alone +mixed):\n%s", reader, query, diff)
	}
}

// randomDocument has words that belong together in ways that only the whole
// vocabulary tells: forms, compounds and their parts.
func randomDocument(r *rand.Rand, id string) index.Change {
	d := document(id)
	d.Groups = [][]string{nil, nil, {"a"}, {"b"}, {"b", "a"}, {"a", "b"}, {"c"}}[r.IntN(7)]
	d.Kind = []string{"brief", "rapport"}[r.IntN(2)]
	d.Title = randomText(r)
	c := index.Change{DocumentID: id}
	for i := range r.IntN(6) {
		c.Add = append(c.Add, entry(d, fmt.Sprintf("%s-%d", id, i), randomText(r)))
	}
	return c
}

func randomText(r *rand.Rand) string {
	words := []string{[]string{apple, pear, cherry}[r.IntN(3)]}
	for range r.IntN(12) {
		words = append(words, testWords[r.IntN(len(testWords))])
	}
	return strings.Join(words, " ")
}

func randomReader(r *rand.Rand) docs.Reader {
	return []docs.Reader{
		{}, {Groups: []string{"a"}}, {Groups: []string{"b", "x"}}, {Groups: []string{"c", "a"}}, {Groups: []string{"a", "b", "c"}}, {All: true},
	}[r.IntN(6)]
}

func randomFilter(r *rand.Rand) docs.Filter {
	return []docs.Filter{{}, {}, {Kinds: []string{"brief"}}, {Documents: []string{"d1", "d2", "d3"}}}[r.IntN(4)]
}
