package indextest

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
)

// dim is the dimension of the vectors in the tests.
const dim = 3

// vectorOf gives each word of a test text a direction of its own.
func vectorOf(text string) llm.Vector {
	v := make(llm.Vector, dim)
	for i, word := range []string{apple, pear, cherry} {
		v[i] = float32(strings.Count(text, word))
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / math.Sqrt(sum))
	}
	return v
}

type vectorSearcher struct{ index.Vectors }

func (s vectorSearcher) search(ctx context.Context, text string, k int, f docs.Filter) ([]index.Hit, error) {
	return s.Search(ctx, vectorOf(text), k, f)
}

func (s vectorSearcher) score(ctx context.Context, text string, ids []string, r docs.Reader) ([]float64, error) {
	return s.Score(ctx, vectorOf(text), ids, r)
}

func (s vectorSearcher) apply(ctx context.Context, c index.Change) error { return s.Apply(ctx, c) }
func (s vectorSearcher) size() int                                       { return s.Len() }
func (s vectorSearcher) unknown() float64                                { return -1 }

// Vectors checks an implementation of index.Vectors. The function given makes
// an empty one for vectors of dim numbers.
func Vectors(t *testing.T, newIndex func(t *testing.T, dim int) index.Vectors) {
	t.Helper()
	both(t, func(t *testing.T) searcher {
		t.Helper()
		return vectorSearcher{newIndex(t, dim)}
	})
	t.Run("bad vectors", func(t *testing.T) { vectorSuite{t, newIndex(t, dim)}.testBadVectors() })
	t.Run("bad queries", func(t *testing.T) { vectorSuite{t, newIndex(t, dim)}.testBadQueries() })
	t.Run("cosines", func(t *testing.T) { vectorSuite{t, newIndex(t, dim)}.testCosines() })
}

// vectorSuite is one test of vectors, empty at first.
type vectorSuite struct {
	*testing.T
	x index.Vectors
}

func badVectors() map[string]llm.Vector {
	return map[string]llm.Vector{
		"missing":   nil,
		"too short": {1, 0},
		"too long":  {1, 0, 0, 0},
		"zero":      {0, 0, 0},
		"NaN":       {1, float32(math.NaN()), 0},
		"infinite":  {1, 0, float32(math.Inf(-1))},
	}
}

func (t vectorSuite) testBadVectors() {
	x := t.x
	s := vectorSearcher{x}
	d := document("d")
	add(t, s, entry(d, "p1", apple))
	for name, v := range badVectors() {
		bad := entry(d, "p3", pear)
		bad.Vector = v
		change := index.Change{DocumentID: "d", Remove: []string{"p1"}, Add: []index.Entry{entry(d, "p2", apple), bad}}
		if err := x.Apply(t.Context(), change); err == nil {
			t.Errorf("%s: got no error", name)
		}
		wantIDs(t, s, apple, 5, "p1")
	}
}

func (t vectorSuite) testBadQueries() {
	x := t.x
	add(t, vectorSearcher{x}, entry(document("d"), "p1", apple))
	for name, v := range badVectors() {
		if hits, err := x.Search(t.Context(), v, 1, docs.Filter{}); err == nil {
			t.Errorf("Search, %s: got %v and no error", name, hits)
		}
		if scores, err := x.Score(t.Context(), v, []string{"p1"}, docs.Reader{}); err == nil {
			t.Errorf("Score, %s: got %v and no error", name, scores)
		}
	}
}

// testCosines checks the scores themselves, also of vectors and queries that
// aren't of unit length, and that rounding keeps them in [-1, 1].
func (t vectorSuite) testCosines() {
	x := t.x
	d := document("d")
	for id, v := range map[string]llm.Vector{
		"same": {0.1, 0.2, 0.3}, "longer": {10, 20, 30}, "opposite": {-1, -2, -3}, "across": {3, 0, -1}, "near": {1, 2, 2},
	} {
		e := entry(d, id, apple)
		e.Vector = v
		add(t, vectorSearcher{x}, e)
	}
	query := llm.Vector{7, 14, 21}
	hits, err := x.Search(t.Context(), query, 5, docs.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"longer": 1, "same": 1, "near": 11 / math.Sqrt(14*9), "across": 0, "opposite": -1}
	got := make(map[string]float64)
	for _, h := range hits {
		got[h.ID] = h.Score
		if h.Score < -1 || h.Score > 1 {
			t.Errorf("%s: score %v is outside [-1, 1]", h.ID, h.Score)
		}
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Errorf("cosines (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"near", "across", "opposite"}, ids(hits[2:])); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
