// Package llmtest holds fakes of the interfaces in llm and the checks that any
// implementation of them has to pass. It is for tests alone.
package llmtest

import (
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"

	"bronwijzer/internal/llm"
)

// Embedder is a deterministic embedder without a model: a text's vector is the
// sum of a random direction for each of its words, so texts that share words
// are close and others nearly at right angles. The zero value has 64
// dimensions.
type Embedder struct {
	// Dimension is the length of the vectors; 0 means 64.
	Dimension int
	// Name is what Model returns; empty means "fake".
	Name string
}

var _ llm.Embedder = Embedder{}

// Model names the fake.
func (e Embedder) Model() string {
	if e.Name == "" {
		return "fake"
	}
	return e.Name
}

// Dim is the length of every vector.
func (e Embedder) Dim() int {
	if e.Dimension == 0 {
		return 64
	}
	return e.Dimension
}

// Embed returns one vector for each text. A text without words has a direction
// of its own.
func (e Embedder) Embed(ctx context.Context, _ llm.Kind, texts []string) ([]llm.Vector, error) {
	vectors := make([]llm.Vector, len(texts))
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		vectors[i] = e.vector(text)
	}
	return vectors, ctx.Err()
}

func (e Embedder) vector(text string) llm.Vector {
	sum := make([]float64, e.Dim())
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(" \t\r\n.,;:?!()[]\"'‘’“”", r)
	})
	if len(words) == 0 {
		words = []string{""}
	}
	for _, w := range words {
		h := fnv.New64a()
		h.Write([]byte(w))
		r := rand.New(rand.NewPCG(h.Sum64(), 0))
		for i := range sum {
			sum[i] += r.NormFloat64()
		}
	}
	var square float64
	for _, x := range sum {
		square += x * x
	}
	v := make(llm.Vector, len(sum))
	for i, x := range sum {
		v[i] = float32(x / math.Sqrt(square))
	}
	return v
}

// FailingEmbedder is an Embedder whose Embed returns Err.
type FailingEmbedder struct {
	Embedder
	Err error
}

var _ llm.Embedder = FailingEmbedder{}

// Embed fails, also for no texts.
func (e FailingEmbedder) Embed(context.Context, llm.Kind, []string) ([]llm.Vector, error) {
	return nil, e.Err
}

// BlockingEmbedder is an Embedder whose Embed reports on Started, when that
// isn't nil, and then waits until ctx ends.
type BlockingEmbedder struct {
	Embedder
	Started chan<- struct{}
}

var _ llm.Embedder = BlockingEmbedder{}

// Embed blocks until ctx ends and returns its error.
func (e BlockingEmbedder) Embed(ctx context.Context, _ llm.Kind, _ []string) ([]llm.Vector, error) {
	if e.Started != nil {
		select {
		case e.Started <- struct{}{}:
		case <-ctx.Done():
		}
	}
	<-ctx.Done()
	return nil, ctx.Err()
}
