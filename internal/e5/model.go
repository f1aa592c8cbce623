package e5

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"bronwijzer/internal/e5/unigram"
	"bronwijzer/internal/llm"
)

// Model is multilingual-e5-small for Dutch and English. It is safe for
// concurrent use.
type Model struct {
	*weights
	kernels
	passes sync.Pool // of *pass
}

var _ llm.Embedder = (*Model)(nil)

// New opens the embedded model and takes the fastest kernels that this
// processor has. It fails only if the model file is damaged.
func New() (*Model, error) {
	w, err := open(modelFile)
	if err != nil {
		return nil, err
	}
	return newModel(w, available()[0]), nil
}

func newModel(w *weights, k kernels) *Model {
	m := &Model{weights: w, kernels: k}
	m.passes.New = func() any { return &pass{weights: w, kernels: k} }
	return m
}

// Model returns the name, version and checksum of the model file. Which kernels
// run isn't part of it: they give the same vectors.
func (m *Model) Model() string { return m.weights.name }

// Dim returns 384.
func (m *Model) Dim() int { return width }

// Kernels names the implementation that runs: "avx512vnni", "avx2" or
// "portable".
func (m *Model) Kernels() string { return m.kernels.name }

// window is a part of a text that fits the model.
type window struct {
	text   int     // index of the text
	ids    []int32 // with Begin and End
	vector []float32
}

// Embed implements llm.Embedder. A text of more than 512 tokens is cut into
// windows, and its vector is their mean, weighted by length. A text alone is
// computed by all cores, several are divided over them.
func (m *Model) Embed(ctx context.Context, kind llm.Kind, texts []string) ([]llm.Vector, error) {
	var windows []window
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
		}
		windows = append(windows, m.windows(i, prefix(kind)+text)...)
	}
	if err := m.encodeAll(ctx, windows); err != nil {
		return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	vectors := make([]llm.Vector, len(texts))
	for _, w := range windows {
		if vectors[w.text] == nil {
			vectors[w.text] = w.vector
			continue
		}
		for i, v := range w.vector {
			vectors[w.text][i] += v
		}
	}
	for _, v := range vectors {
		toUnit(v)
	}
	return vectors, nil
}

// prefix is what the model was trained to see before a text of the kind.
func prefix(kind llm.Kind) string {
	if kind == llm.Query {
		return "query: "
	}
	return "passage: "
}

// windows cuts a text. Only its first window has the prefix.
func (m *Model) windows(i int, text string) []window {
	var out []window
	pieces := m.tokeniser.Encode(nil, text)
	for part := range slices.Chunk(pieces, maxTokens-2) {
		ids := make([]int32, 0, len(part)+2)
		ids = append(ids, unigram.Begin)
		ids = append(ids, part...)
		ids = append(ids, unigram.End)
		out = append(out, window{text: i, ids: ids})
	}
	return out
}

// encodeAll computes the vectors of all windows. Workers take the next one when
// they are done, longest first, so that all are done at about the same time.
func (m *Model) encodeAll(ctx context.Context, windows []window) error {
	order := make([]*window, len(windows))
	for i := range windows {
		order[i] = &windows[i]
	}
	slices.SortStableFunc(order, func(a, b *window) int { return len(b.ids) - len(a.ids) })

	cores := runtime.GOMAXPROCS(0)
	team := max(1, cores/max(1, len(order)))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(cores, len(order)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(order) {
					return
				}
				m.encode(ctx, order[i], team)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

// encode computes the vector of a window: the mean of its tokens, times the
// number of its pieces. It leaves it undone when ctx ends.
func (m *Model) encode(ctx context.Context, w *window, team int) {
	p := m.passes.Get().(*pass)
	p.start(ctx, w.ids, team)
	if p.run() {
		w.vector = make([]float32, width)
		p.mean(w.vector, float32(len(w.ids)-2))
	}
	m.passes.Put(p)
}

// toUnit scales v to length 1.
func toUnit(v llm.Vector) {
	var sum float64
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= scale
	}
}
