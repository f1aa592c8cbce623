package index

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"bronwijzer/internal/llm"
)

// Sentences rates the sentences of passages by the cosine of their vectors with
// the query's. It doesn't search: sentences matter only in passages that were
// found.
//
// The vectors of one passage lie behind each other in one slice of their own.
// One matrix for all would be no faster, since only the rows of some passages
// are read, and would have to be copied to grow and cleaned up behind replaced
// documents.
//
// Safe for concurrent use.
type Sentences struct {
	dim int

	mu   sync.RWMutex
	byID map[string][]float32 // rows of dim numbers
	rows int
}

// NewSentences returns an empty index for vectors of dim numbers, dim at least
// 1.
func NewSentences(dim int) *Sentences {
	return &Sentences{dim: dim, byID: make(map[string][]float32)}
}

// Len is the number of sentences.
func (x *Sentences) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.rows
}

// Apply makes a change visible as a whole, or fails and changes nothing. Every
// passage has to come with a vector for each of its sentences.
func (x *Sentences) Apply(ctx context.Context, c Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := check(c); err != nil {
		return err
	}
	matrices, err := x.prepare(c)
	if err != nil {
		return err
	}
	x.commit(c, matrices)
	return nil
}

// prepare makes the matrices of a change; it needs no lock.
func (x *Sentences) prepare(c Change) ([][]float32, error) {
	matrices := make([][]float32, len(c.Add))
	for i := range c.Add {
		e := &c.Add[i]
		if len(e.Sentences) != len(e.Passage.Sentences) {
			return nil, fmt.Errorf("index passage %s: %d vectors for %d sentences",
				e.Passage.ID, len(e.Sentences), len(e.Passage.Sentences))
		}
		m := make(llm.Vector, 0, len(e.Sentences)*x.dim)
		for n, v := range e.Sentences {
			var err error
			if m, err = appendUnit(m, v, x.dim); err != nil {
				return nil, fmt.Errorf("index passage %s: sentence %d: %w", e.Passage.ID, n, err)
			}
		}
		matrices[i] = m
	}
	return matrices, nil
}

// commit takes prepared matrices in, in the order of c.Add. It can't fail.
func (x *Sentences) commit(c Change, matrices [][]float32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range c.Remove {
		x.put(id, nil)
	}
	for i := range c.Add {
		x.put(strings.Clone(c.Add[i].Passage.ID), matrices[i])
	}
}

func (x *Sentences) put(id string, m []float32) {
	x.rows += (len(m) - len(x.byID[id])) / x.dim
	if len(m) == 0 {
		delete(x.byID, id)
		return
	}
	x.byID[id] = m
}

// Score returns, for each id, the cosine of the query with each sentence of that
// passage, in their order: in [-1, 1]; nil for an unknown id.
func (x *Sentences) Score(ctx context.Context, query llm.Vector, ids []string) ([][]float64, error) {
	q, err := unit(query, x.dim)
	if err != nil {
		return nil, fmt.Errorf("score sentences: query: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	scores := make([][]float64, len(ids))
	for i, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("score sentences: %w", err)
		}
		m := x.byID[id]
		for ; len(m) > 0; m = m[x.dim:] {
			scores[i] = append(scores[i], cosine(dot(q, m[:x.dim])))
		}
	}
	return scores, nil
}

// Vectors returns the vectors of the sentences of a passage, in their order; nil
// for an unknown id. They are the index's own and must not be changed.
func (x *Sentences) Vectors(id string) []llm.Vector {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []llm.Vector
	for m := x.byID[id]; len(m) > 0; m = m[x.dim:] {
		out = append(out, m[:x.dim:x.dim])
	}
	return out
}

// dot is the dot product of two vectors of one length. Eight sums at a time,
// since one alone waits for each addition before the next.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= 8 && len(b) >= 8 {
		x, y := (*[8]float32)(a), (*[8]float32)(b)
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		s4 += x[4] * y[4]
		s5 += x[5] * y[5]
		s6 += x[6] * y[6]
		s7 += x[7] * y[7]
		a, b = a[8:], b[8:]
	}
	for i := range min(len(a), len(b)) {
		s0 += a[i] * b[i]
	}
	return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
}
