package indextest

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
)

// The plainest implementations there can be: lists that every search goes
// through. They show that the suite asks for nothing but the contract.

func TestVectors(t *testing.T) {
	Vectors(t, func(_ *testing.T, dim int) index.Vectors { return &listVectors{dim: dim} })
}

func TestWords(t *testing.T) {
	Words(t, func(*testing.T) index.Words { return &listWords{} })
}

// list keeps entries by id.
type list struct {
	mu      sync.RWMutex
	entries map[string]index.Entry
}

func (l *list) Len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.entries)
}

func (l *list) apply(ctx context.Context, c index.Change, valid func(index.Entry) error) error {
	added := make(map[string]index.Entry)
	for _, e := range c.Add {
		if _, twice := added[e.Passage.ID]; twice || e.Passage.ID == "" || e.Document == nil {
			return errors.New("bad entry")
		}
		if err := valid(e); err != nil {
			return err
		}
		d := *e.Document
		e.Document, e.Vector = &d, slices.Clone(e.Vector)
		added[e.Passage.ID] = e
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.entries == nil {
		l.entries = make(map[string]index.Entry)
	}
	for _, id := range c.Remove {
		delete(l.entries, id)
	}
	for id, e := range added {
		l.entries[id] = e
	}
	return nil
}

func (l *list) best(k int, f docs.Filter, score func(index.Entry) (float64, bool)) []index.Hit {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var hits []index.Hit
	for id, e := range l.entries {
		if s, ok := score(e); ok && f.Match(e.Document.ID, &e.Document.Meta) {
			hits = append(hits, index.Hit{ID: id, Score: s})
		}
	}
	slices.SortFunc(hits, func(a, b index.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return hits[:max(0, min(k, len(hits)))]
}

type listVectors struct {
	list
	dim int
}

func (x *listVectors) check(v llm.Vector) error {
	if l := length(v); len(v) != x.dim || l == 0 || math.IsNaN(l) || math.IsInf(l, 0) {
		return errors.New("bad vector")
	}
	return nil
}

func length(v llm.Vector) float64 { return math.Sqrt(product(v, v)) }

func product(a, b llm.Vector) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func cosine(a, b llm.Vector) float64 {
	return max(-1, min(1, product(a, b)/length(a)/length(b)))
}

func (x *listVectors) Apply(ctx context.Context, c index.Change) error {
	return x.apply(ctx, c, func(e index.Entry) error { return x.check(e.Vector) })
}

func (x *listVectors) Search(ctx context.Context, q llm.Vector, k int, f docs.Filter) ([]index.Hit, error) {
	if err := cmp.Or(x.check(q), ctx.Err()); err != nil {
		return nil, err
	}
	return x.best(k, f, func(e index.Entry) (float64, bool) { return cosine(q, e.Vector), true }), nil
}

func (x *listVectors) Score(ctx context.Context, q llm.Vector, ids []string, r docs.Reader) ([]float64, error) {
	if err := cmp.Or(x.check(q), ctx.Err()); err != nil {
		return nil, err
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	scores := make([]float64, len(ids))
	for i, id := range ids {
		scores[i] = -1
		if e, ok := x.entries[id]; ok && r.May(e.Document.Groups) {
			scores[i] = cosine(q, e.Vector)
		}
	}
	return scores, nil
}

// listWords scores by the share of a passage's words that are in the query.
type listWords struct{ list }

func share(query string, e index.Entry) float64 {
	text := strings.Join(append(slices.Clone(e.Passage.Section), e.Document.Title, e.Passage.Plain), " ")
	words, found := strings.Fields(text), 0
	for _, w := range words {
		if slices.Contains(strings.Fields(query), w) {
			found++
		}
	}
	return float64(found) / max(1, float64(len(words)))
}

func (x *listWords) Apply(ctx context.Context, c index.Change) error {
	return x.apply(ctx, c, func(index.Entry) error { return nil })
}

func (x *listWords) Search(ctx context.Context, q string, k int, f docs.Filter) ([]index.Hit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return x.best(k, f, func(e index.Entry) (float64, bool) { s := share(q, e); return s, s > 0 }), nil
}

func (x *listWords) Score(ctx context.Context, q string, ids []string, r docs.Reader) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	scores := make([]float64, len(ids))
	for i, id := range ids {
		if e, ok := x.entries[id]; ok && r.May(e.Document.Groups) {
			scores[i] = share(q, e)
		}
	}
	return scores, nil
}
