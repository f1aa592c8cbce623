// Package indextest checks that an implementation of index.Vectors or
// index.Words keeps its contract. It is for tests alone; each implementation
// calls Vectors or Words from one of its own.
package indextest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
)

// searcher is what both interfaces have in common, with the query bound to what
// it is made of in a test.
type searcher interface {
	search(ctx context.Context, text string, k int, f docs.Filter) ([]index.Hit, error)
	score(ctx context.Context, text string, ids []string, r docs.Reader) ([]float64, error)
	apply(ctx context.Context, c index.Change) error
	size() int
	// unknown is the score of an id that isn't there.
	unknown() float64
}

// The words that test passages and queries are made of.
const (
	apple  = "appel"
	pear   = "peer"
	cherry = "kers"
)

// entry makes a passage of document d that says text.
func entry(d *docs.Document, id, text string) index.Entry {
	return index.Entry{
		Document: d,
		Passage:  docs.Passage{ID: id, DocumentID: d.ID, Text: text, Plain: text},
		Vector:   vectorOf(text),
	}
}

func document(id string) *docs.Document { return &docs.Document{ID: id} }

// add applies one change of entries.
func add(tb testing.TB, x searcher, entries ...index.Entry) {
	tb.Helper()
	if err := x.apply(tb.Context(), index.Change{DocumentID: "d", Add: entries}); err != nil {
		tb.Fatalf("apply: %v", err)
	}
}

func search(tb testing.TB, x searcher, text string, k int) []index.Hit {
	tb.Helper()
	hits, err := x.search(tb.Context(), text, k, docs.Filter{})
	if err != nil {
		tb.Fatalf("search %q: %v", text, err)
	}
	return hits
}

func ids(hits []index.Hit) []string {
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.ID
	}
	return out
}

// wantIDs searches and compares the ids in order.
func wantIDs(tb testing.TB, x searcher, text string, k int, want ...string) {
	tb.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, ids(search(tb, x, text, k))); diff != "" {
		tb.Errorf("search %q, k %d (-want +got):\n%s", text, k, diff)
	}
}

// suite is one test of an index that is empty at first.
type suite struct {
	*testing.T
	x searcher
}

// both runs the tests that hold for either interface.
func both(t *testing.T, newIndex func(t *testing.T) searcher) {
	t.Helper()
	tests := []struct {
		name string
		run  func(suite)
	}{
		{"empty", suite.testEmpty},
		{"k", suite.testK},
		{"ties", suite.testTies},
		{"replace", suite.testReplace},
		{"invalid change", suite.testInvalidChange},
		{"filters before ranking", suite.testFilters},
		{"score is search's score", suite.testScore},
		{"mutation by the caller", suite.testMutation},
		{"cancellation", suite.testCancellation},
		{"changes are seen whole", suite.testWhole},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(suite{t, newIndex(t)}) })
	}
	t.Run("readers", func(t *testing.T) { testReaders(t, newIndex) })
}

func (t suite) testEmpty() {
	x := t.x
	if n := x.size(); n != 0 {
		t.Errorf("Len of an empty index: got %d, want 0", n)
	}
	wantIDs(t, x, apple, 5)
	scores, err := x.score(t.Context(), apple, []string{"p"}, docs.Reader{})
	if err != nil || len(scores) != 1 || scores[0] != x.unknown() {
		t.Errorf("Score of an unknown id: got %v, %v; want [%v]", scores, err, x.unknown())
	}
	if scores, err := x.score(t.Context(), apple, nil, docs.Reader{}); err != nil || len(scores) != 0 {
		t.Errorf("Score of no ids: got %v, %v", scores, err)
	}
	if err := x.apply(t.Context(), index.Change{DocumentID: "d", Remove: []string{"p"}}); err != nil {
		t.Errorf("removing what isn't there: %v", err)
	}
	if err := x.apply(t.Context(), index.Change{DocumentID: "d"}); err != nil {
		t.Errorf("an empty change: %v", err)
	}
}

func (t suite) testK() {
	x := t.x
	d := document("d")
	add(t, x, entry(d, "p1", apple), entry(d, "p2", apple+" "+pear), entry(d, "p3", apple+" "+pear+" "+cherry))
	if n := x.size(); n != 3 {
		t.Errorf("Len: got %d, want 3", n)
	}
	all := ids(search(t, x, apple, 3))
	for k, want := range map[int][]string{-1: {}, 0: {}, 1: all[:1], 2: all[:2], 4: all, 1000: all} {
		wantIDs(t, x, apple, k, want...)
	}
	if all[0] != "p1" {
		t.Errorf("best for %q: got %s, want p1", apple, all[0])
	}
}

// testTies has more passages of one score than any over-fetching would reach.
func (t suite) testTies() {
	x := t.x
	d := document("d")
	var entries []index.Entry
	var want []string
	for i := range 100 {
		want = append(want, fmt.Sprintf("p%03d", i))
		entries = append(entries, entry(d, fmt.Sprintf("p%03d", (i*37)%100), apple+" "+pear))
	}
	add(t, x, entries...)
	add(t, x, entry(d, "q", apple))
	for range 5 {
		wantIDs(t, x, apple, 31, append([]string{"q"}, want[:30]...)...)
	}
}

func (t suite) testReplace() {
	x := t.x
	d := document("d")
	add(t, x, entry(d, "p1", apple), entry(d, "p2", pear))
	change := index.Change{DocumentID: "d", Remove: []string{"p1", "p2"}, Add: []index.Entry{entry(d, "p2", apple), entry(d, "p3", pear)}}
	if err := x.apply(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, x, apple, 1, "p2")
	wantIDs(t, x, pear, 1, "p3")
	if n := x.size(); n != 2 {
		t.Errorf("Len after replacing: got %d, want 2", n)
	}
	add(t, x, entry(d, "p2", pear)) // known already: replaces
	add(t, x, entry(d, "p1", apple))
	wantIDs(t, x, apple, 1, "p1")
	wantIDs(t, x, pear, 2, "p2", "p3")
	if err := x.apply(t.Context(), index.Change{DocumentID: "d", Remove: []string{"p1", "p2", "p3", "p3"}}); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, x, apple, 5)
	if n := x.size(); n != 0 {
		t.Errorf("Len after removing all: got %d, want 0", n)
	}
}

// testInvalidChange checks that a change with something wrong in it does
// nothing at all, not even what is right in it.
func (t suite) testInvalidChange() {
	x := t.x
	d := document("d")
	add(t, x, entry(d, "p1", apple))
	noDocument := entry(d, "p3", pear)
	noDocument.Document = nil
	for name, bad := range map[string]index.Entry{
		"no id":       entry(d, "", pear),
		"no document": noDocument,
		"twice":       entry(d, "p2", cherry),
	} {
		change := index.Change{DocumentID: "d", Remove: []string{"p1"}, Add: []index.Entry{entry(d, "p2", apple), bad}}
		if err := x.apply(t.Context(), change); err == nil {
			t.Errorf("%s: got no error", name)
		}
		wantIDs(t, x, apple, 5, "p1")
	}
}

func (t suite) testFilters() {
	x := t.x
	near := &docs.Document{ID: "near", Meta: docs.Meta{Kind: "brief", Publisher: "JenV", Date: "2020-01-01"}}
	far := &docs.Document{ID: "far", Meta: docs.Meta{Kind: "Rapport", Publisher: "CKM", Date: "2021-06-30"}}
	for i := range 50 {
		add(t, x, entry(near, fmt.Sprintf("n%02d", i), apple))
	}
	add(t, x, entry(far, "f", apple+" "+pear+" "+cherry))
	for _, f := range []docs.Filter{
		{Documents: []string{"far", "other"}},
		{Kinds: []string{"rapport"}},
		{Publishers: []string{"ckm"}},
		{From: "2021-06-30"},
		{From: "2021-01-01", To: "2021-06-30", Kinds: []string{"rapport"}},
	} {
		hits, err := x.search(t.Context(), apple, 3, f)
		if err != nil {
			t.Fatalf("filter %+v: %v", f, err)
		}
		if diff := cmp.Diff([]string{"f"}, ids(hits)); diff != "" {
			t.Errorf("filter %+v (-want +got):\n%s", f, diff)
		}
	}
	for _, f := range []docs.Filter{{Documents: []string{"none"}}, {From: "2022-01-01"}, {To: "2019-12-31"}} {
		if hits, err := x.search(t.Context(), apple, 3, f); err != nil || len(hits) != 0 {
			t.Errorf("filter %+v: got %v, %v; want nothing", f, hits, err)
		}
	}
	hits, err := x.search(t.Context(), apple, 2, docs.Filter{Documents: []string{"near"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"n00", "n01"}, ids(hits)); diff != "" {
		t.Errorf("filter with ties (-want +got):\n%s", diff)
	}
}

func (t suite) testScore() {
	x := t.x
	d := document("d")
	add(t, x, entry(d, "p1", apple), entry(d, "p2", apple+" "+pear), entry(d, "p3", pear+" "+cherry))
	query := apple + " " + pear
	for _, f := range []docs.Filter{{}, {Documents: []string{"d"}}} {
		hits, err := x.search(t.Context(), query, 3, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) != 3 {
			t.Fatalf("got %d hits, want 3", len(hits))
		}
		asked := append(ids(hits), "unknown", hits[0].ID)
		scores, err := x.score(t.Context(), query, asked, f.Reader)
		if err != nil {
			t.Fatal(err)
		}
		want := []float64{hits[0].Score, hits[1].Score, hits[2].Score, x.unknown(), hits[0].Score}
		if diff := cmp.Diff(want, scores); diff != "" {
			t.Errorf("filter %+v: scores of %v (-search +score):\n%s", f, asked, diff)
		}
	}
}

func (t suite) testMutation() {
	x := t.x
	d := &docs.Document{ID: "d", Meta: docs.Meta{Kind: "brief"}}
	e := entry(d, "p1", apple)
	change := index.Change{DocumentID: "d", Add: []index.Entry{e, entry(d, "p2", pear)}}
	if err := x.apply(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	before := search(t, x, apple, 1)
	clear(e.Vector)
	d.Kind, d.ID = "anders", "anders"
	clear(change.Add)
	search(t, x, apple, 1)[0] = index.Hit{}
	hits, err := x.search(t.Context(), apple, 1, docs.Filter{Kinds: []string{"brief"}, Documents: []string{"d"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, hits); diff != "" {
		t.Errorf("after the caller changed what was handed over (-before +after):\n%s", diff)
	}
}

func (t suite) testCancellation() {
	x := t.x
	d := document("d")
	add(t, x, entry(d, "p1", apple))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, f := range []docs.Filter{{}, {Documents: []string{"d"}}} {
		if _, err := x.search(ctx, apple, 1, f); !errors.Is(err, context.Canceled) {
			t.Errorf("Search, filter %+v: got error %v, want %v", f, err, context.Canceled)
		}
	}
	if _, err := x.score(ctx, apple, []string{"p1"}, docs.Reader{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Score: got error %v, want %v", err, context.Canceled)
	}
	change := index.Change{DocumentID: "d", Remove: []string{"p1"}, Add: []index.Entry{entry(d, "p2", apple)}}
	if err := x.apply(ctx, change); !errors.Is(err, context.Canceled) {
		t.Errorf("Apply: got error %v, want %v", err, context.Canceled)
	}
	wantIDs(t, x, apple, 5, "p1")
}

// testWhole replaces a document again and again while others search: every
// result has to come from one version.
func (t suite) testWhole() {
	x := t.x
	const passages, versions = 8, 40
	d := document("d")
	version := func(v int) index.Change {
		c := index.Change{DocumentID: "d"}
		for i := range passages {
			if v > 0 {
				c.Remove = append(c.Remove, fmt.Sprintf("v%d-%d", v-1, i))
			}
			c.Add = append(c.Add, entry(d, fmt.Sprintf("v%d-%d", v, i), apple))
		}
		return c
	}
	if err := x.apply(t.Context(), version(0)); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				hits, err := x.search(t.Context(), apple, 2*passages, docs.Filter{})
				if err != nil {
					t.Errorf("search: %v", err)
					return
				}
				if problem := mixed(ids(hits), passages); problem != "" {
					t.Error(problem)
					return
				}
			}
		})
	}
	for v := 1; v < versions; v++ {
		if err := x.apply(t.Context(), version(v)); err != nil {
			t.Errorf("apply: %v", err)
		}
	}
	close(done)
	readers.Wait()
}

// mixed says what is wrong with ids that should be all passages of one version.
func mixed(ids []string, passages int) string {
	if len(ids) != passages {
		return fmt.Sprintf("%d passages found, want the %d of one version: %v", len(ids), passages, ids)
	}
	var first, v, n int
	for i, id := range ids {
		if _, err := fmt.Sscanf(id, "v%d-%d", &v, &n); err != nil {
			return fmt.Sprintf("unexpected id %q", id)
		}
		if i == 0 {
			first = v
		}
		if v != first {
			return fmt.Sprintf("two versions at once: %v", ids)
		}
	}
	return ""
}
