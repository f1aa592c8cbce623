package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/philippgille/chromem-go"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
)

// Chromem is Vectors in memory, on chromem-go, which compares the query with
// every vector.
//
// The library takes in and gives out what it shouldn't, so this type stands
// guard: no vector of another dimension, without direction or with something
// infinite in it gets in (the first breaks every later query, the others its
// ranking); nothing is shared with the caller; k is cut to what there is, since
// more is an error there; equal scores, which come back in random order, are
// ordered by id; a query whose context ended, for which the library returns what
// it had found so far, is an error.
//
// Filters are richer than the library's. A filtered search therefore rates what
// passes by itself, in the same arithmetic and so with the same scores.
type Chromem struct {
	dim int

	mu      sync.RWMutex
	vectors *chromem.Collection
	byID    map[string]located
}

var _ Vectors = (*Chromem)(nil)

// located is a vector and whose it is. The library holds on to the same
// numbers, so they exist once.
type located struct {
	vector llm.Vector
	owner  *owner
}

// NewChromem returns an empty index for vectors of dim numbers, dim at least 1.
func NewChromem(dim int) *Chromem {
	return &Chromem{dim: dim, vectors: newUnembedded(), byID: make(map[string]located)}
}

// newUnembedded makes a collection that never embeds: without a function of
// ours the library would send texts to a service.
func newUnembedded() *chromem.Collection {
	refuse := func(context.Context, string) ([]float32, error) {
		return nil, errors.New("vectors are made elsewhere")
	}
	c, err := chromem.NewDB().CreateCollection("passages", nil, refuse)
	if err != nil {
		panic("unreachable: only a collection without a name is refused: " + err.Error())
	}
	return c
}

// Len is the number of passages.
func (x *Chromem) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byID)
}

// Apply makes a change visible as a whole, or fails and changes nothing.
func (x *Chromem) Apply(ctx context.Context, c Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := check(c); err != nil {
		return err
	}
	shared := make(owners)
	added := make([]located, len(c.Add))
	for i := range c.Add {
		v, err := unit(c.Add[i].Vector, x.dim)
		if err != nil {
			return fmt.Errorf("index passage %s: %w", c.Add[i].Passage.ID, err)
		}
		added[i] = located{vector: v, owner: shared.of(c.Add[i].Document)}
	}

	x.mu.Lock()
	defer x.mu.Unlock()
	// What was checked above can't fail any more, and must not be left half
	// done because the caller goes away.
	ctx = context.WithoutCancel(ctx)
	for _, id := range c.Remove {
		if err := x.remove(ctx, id); err != nil {
			return err
		}
	}
	for i := range c.Add {
		id := strings.Clone(c.Add[i].Passage.ID)
		if err := x.vectors.AddDocument(ctx, chromem.Document{ID: id, Embedding: added[i].vector}); err != nil {
			return fmt.Errorf("index passage %s: %w", id, err)
		}
		x.byID[id] = added[i]
	}
	return nil
}

func (x *Chromem) remove(ctx context.Context, id string) error {
	if _, ok := x.byID[id]; !ok {
		return nil
	}
	// Both conditions nil: an empty one that isn't would match everything.
	if err := x.vectors.Delete(ctx, nil, nil, id); err != nil {
		return fmt.Errorf("remove passage %s: %w", id, err)
	}
	delete(x.byID, id)
	return nil
}

// Search returns the k passages nearest to the query.
func (x *Chromem) Search(ctx context.Context, query llm.Vector, k int, f docs.Filter) ([]Hit, error) {
	q, err := unit(query, x.dim)
	if err != nil {
		return nil, fmt.Errorf("search vectors: query: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if k = min(k, len(x.byID)); k <= 0 {
		return nil, ctx.Err()
	}
	if f.Empty() && f.Reader.All {
		return x.nearest(ctx, q, k)
	}
	return x.nearestOf(ctx, q, k, f)
}

// spare is how many results nearest asks for beyond k.
const spare = 8

// nearest asks the library. Which of several passages with equal scores it
// leaves out at the end of its list is chance, so the list has to reach beyond
// those that are as good as the k-th.
func (x *Chromem) nearest(ctx context.Context, q llm.Vector, k int) ([]Hit, error) {
	for n := k + spare; ; n *= 2 {
		n = min(n, len(x.byID))
		results, err := x.vectors.QueryEmbedding(ctx, q, n, nil, nil)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("search vectors: %w", err)
		}
		hits := make([]Hit, len(results))
		for i, r := range results {
			hits[i] = Hit{ID: r.ID, Score: cosine(r.Similarity)}
		}
		slices.SortFunc(hits, compareHits)
		if n == len(x.byID) || hits[n-1].Score < hits[k-1].Score {
			return hits[:k:k], nil
		}
	}
}

// nearestOf rates what passes the filter.
func (x *Chromem) nearestOf(ctx context.Context, q llm.Vector, k int, f docs.Filter) ([]Hit, error) {
	best := top{k: k}
	g := newGate(f)
	for id, v := range x.byID {
		if g.pass(v.owner) {
			best.add(Hit{ID: id, Score: cosine(dotInOrder(q, v.vector))})
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("search vectors: %w", err)
	}
	return slices.Clip(best.cut()), nil
}

// Score rates the passages with these ids.
func (x *Chromem) Score(ctx context.Context, query llm.Vector, ids []string, r docs.Reader) ([]float64, error) {
	q, err := unit(query, x.dim)
	if err != nil {
		return nil, fmt.Errorf("score vectors: query: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("score vectors: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	scores := make([]float64, len(ids))
	for i, id := range ids {
		scores[i] = -1
		if v, ok := x.byID[id]; ok && r.May(v.owner.meta.Groups) {
			scores[i] = cosine(dotInOrder(q, v.vector))
		}
	}
	return scores, nil
}

// dotInOrder adds up one product after the other, as the library does, so that
// both come to the same bits.
func dotInOrder(a, b llm.Vector) float32 {
	var sum float32
	b = b[:len(a)]
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
