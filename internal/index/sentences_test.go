package index_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
)

// TestSentences compares the scores with plain cosines, in a dimension that
// isn't a multiple of what the dot product does at a time.
func TestSentences(t *testing.T) {
	const dim = 27
	r := rand.New(rand.NewPCG(9, 10))
	random := func() llm.Vector {
		v := make(llm.Vector, dim)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	c := change("een", "twee", "drie")
	for i := range c.Add {
		c.Add[i].Passage.Sentences = make([]docs.Sentence, i) // the first has none
		for range i {
			c.Add[i].Sentences = append(c.Add[i].Sentences, random())
		}
	}
	x := index.NewSentences(dim)
	if err := x.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	query := random()
	check := func(ids ...string) {
		t.Helper()
		got, err := x.Score(t.Context(), query, ids)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range ids {
			var want []llm.Vector
			if n := int(id[0] - 'a'); n < len(c.Add) {
				want = c.Add[n].Sentences
			}
			vectors := x.Vectors(id)
			if len(got[i]) != len(want) || len(vectors) != len(want) {
				t.Fatalf("%s: %d scores and %d vectors, want %d", id, len(got[i]), len(vectors), len(want))
			}
			for n, v := range want {
				if math.Abs(got[i][n]-cosine(query, v)) > 1e-5 {
					t.Errorf("%s, sentence %d: got %v, want %v", id, n, got[i][n], cosine(query, v))
				}
				if got := cosine(vectors[n], v); got < 0.9999 {
					t.Errorf("%s, vector %d: cosine %v with what was added", id, n, got)
				}
			}
		}
	}
	check("c", "a", "z", "b", "c")
	if n := x.Len(); n != 3 {
		t.Errorf("Len: got %d, want 3", n)
	}
	if err := x.Apply(t.Context(), index.Change{Remove: []string{"b", "unknown"}}); err != nil {
		t.Fatal(err)
	}
	c.Add[1].Sentences = nil
	check("b", "c")
	if n := x.Len(); n != 2 {
		t.Errorf("Len after removing: got %d, want 2", n)
	}
}

func TestSentencesRefuses(t *testing.T) {
	x := index.NewSentences(2)
	good := withVectors(change("een"))
	if err := x.Apply(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]llm.Vector{"short": {1}, "zero": {0, 0}, "infinite": {1, float32(math.Inf(1))}} {
		bad := withVectors(change("twee", "drie"))
		bad.Add[1].Sentences[0] = v
		if err := x.Apply(t.Context(), bad); err == nil {
			t.Errorf("Apply, %s: got no error", name)
		}
		if _, err := x.Score(t.Context(), v, []string{"a"}); err == nil {
			t.Errorf("Score, %s: got no error", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Apply(ctx, good); !errors.Is(err, context.Canceled) {
		t.Errorf("Apply: got %v, want %v", err, context.Canceled)
	}
	if _, err := x.Score(ctx, llm.Vector{1, 0}, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Score: got %v, want %v", err, context.Canceled)
	}
	if n := x.Len(); n != 1 {
		t.Errorf("Len: got %d, want 1", n)
	}
}
