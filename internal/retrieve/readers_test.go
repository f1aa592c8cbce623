package retrieve_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/index/indextest"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/retrieve"
)

// TestHiddenDocumentsLeaveNoTrace: for a reader, a collection of which they may
// see a part gives what that part alone gives, whole Results to the last bit:
// passages, sentences, scores, evidence and counts.
func TestHiddenDocumentsLeaveNoTrace(t *testing.T) {
	words := indextest.CorpusWords(t)
	empty, hidden := 0, 0
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(11, seed))
		e := llm.Embedder(embedder)
		if seed%2 == 1 {
			e = nil
		}
		var all []index.Change
		for i := range 3 + r.IntN(9) {
			all = append(all, limitedChange(t, r, e, words, fmt.Sprintf("doc-%d", i)))
		}
		mixed := collectionFor(t, e, all...)
		for range 6 {
			reader := docs.Reader{Groups: [][]string{nil, {"a"}, {"b"}, {"a", "b"}, {"x"}}[r.IntN(5)]}
			visible := slices.DeleteFunc(slices.Clone(all), func(c index.Change) bool { return !reader.May(c.Add[0].Document.Groups) })
			alone := collectionFor(t, e, visible...)
			q := retrieve.Query{Text: indextest.Rewrite(r, words, 1+r.IntN(9)), K: 1 + r.IntN(12), Filter: docs.Filter{Reader: reader}}
			if r.IntN(3) == 0 {
				q.Filter.Documents = []string{"doc-0", "doc-2", "doc-5"}
			}
			want := find(t, alone, e, q)
			if diff := cmp.Diff(want, find(t, mixed, e, q)); diff != "" {
				t.Fatalf("seed %d, reader %v, %q (-alone +mixed):\n%s", seed, reader.Groups, q.Text, diff)
			}
			if len(want.Pool) == 0 {
				empty++
			}
			hidden += len(all) - len(visible)
		}
	}
	if hidden == 0 || empty == 0 {
		t.Errorf("%d documents were hidden, %d searches found nothing: the test tests too little", hidden, empty)
	}
}

// limitedChange makes a document of the corpus's words, limited to groups or not.
func limitedChange(tb testing.TB, r *rand.Rand, e llm.Embedder, words []string, id string) index.Change {
	tb.Helper()
	texts := make([]string, 1+r.IntN(4))
	for i := range texts {
		for range 1 + r.IntN(3) {
			texts[i] += indextest.Rewrite(r, words, 4+r.IntN(20)) + ". "
		}
	}
	c := change(tb, e, id, texts...)
	d := *c.Add[0].Document
	d.Title = indextest.Rewrite(r, words, 3)
	d.Groups = [][]string{nil, {"a"}, {"b"}, {"b", "a"}}[r.IntN(4)]
	for i := range c.Add {
		c.Add[i].Document = &d
	}
	return c
}

func collectionFor(tb testing.TB, e llm.Embedder, changes ...index.Change) *index.Collection {
	tb.Helper()
	if e != nil {
		return collection(tb, changes...)
	}
	c := index.NewCollection(nil, 0)
	apply(tb, c, changes...)
	return c
}
