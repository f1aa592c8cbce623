package index_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/index/indextest"
	"bronwijzer/internal/llm"
)

func TestChromem(t *testing.T) {
	indextest.Vectors(t, func(_ *testing.T, dim int) index.Vectors { return index.NewChromem(dim) })
}

// TestChromemAgainstBruteForce compares searches over random vectors, some of
// them twice in the collection, with going through all.
func TestChromemAgainstBruteForce(t *testing.T) {
	const n, dim = 300, 24
	r := rand.New(rand.NewPCG(7, 8))
	random := func() llm.Vector {
		v := make(llm.Vector, dim)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	d := &docs.Document{ID: "d"}
	c := index.Change{DocumentID: d.ID}
	for i := range n {
		v := random()
		if i%3 == 0 && i > 0 {
			v = slices.Clone(c.Add[r.IntN(i)].Vector)
		}
		c.Add = append(c.Add, index.Entry{Document: d, Passage: docs.Passage{ID: string(rune('一' + (i*101)%n))}, Vector: v})
	}
	x := index.NewChromem(dim)
	if err := x.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		query, k := random(), 1+r.IntN(n)
		want := slices.Clone(c.Add)
		slices.SortFunc(want, func(a, b index.Entry) int {
			x, y := cosine(query, a.Vector), cosine(query, b.Vector)
			if math.Abs(x-y) < 1e-6 {
				return cmp.Compare(a.Passage.ID, b.Passage.ID)
			}
			return cmp.Compare(y, x)
		})
		got, err := x.Search(t.Context(), query, k, docs.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != k {
			t.Fatalf("k %d: got %d hits", k, len(got))
		}
		for i, h := range got {
			w := cosine(query, want[i].Vector)
			if math.Abs(h.Score-w) > 1e-5 {
				t.Fatalf("k %d, place %d: score %v, want %v", k, i, h.Score, w)
			}
			if h.ID != want[i].Passage.ID && math.Abs(cosine(query, want[i].Vector)-h.Score) > 1e-5 {
				t.Fatalf("k %d, place %d: got %s, want %s", k, i, h.ID, want[i].Passage.ID)
			}
		}
	}
}

func cosine(a, b llm.Vector) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}
