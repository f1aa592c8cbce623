package llmtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"bronwijzer/internal/llm"
)

// TestEmbedder checks that e keeps the contract of llm.Embedder.
func TestEmbedder(t *testing.T, e llm.Embedder) {
	t.Helper()
	if e.Model() == "" || e.Dim() <= 0 {
		t.Fatalf("Model %q, Dim %d: want a name and more than 0", e.Model(), e.Dim())
	}
	tests := []struct {
		name string
		run  func(suite)
	}{
		{"empty batch", suite.testEmptyBatch},
		{"any text", suite.testAnyText},
		{"order", suite.testOrder},
		{"result is the caller's", suite.testOwnership},
		{"cancellation", suite.testCancellation},
		{"concurrency", suite.testConcurrency},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(suite{t, e}) })
	}
}

// suite is one test of an embedder.
type suite struct {
	*testing.T
	e llm.Embedder
}

func embed(tb testing.TB, e llm.Embedder, kind llm.Kind, texts ...string) []llm.Vector {
	tb.Helper()
	vectors, err := e.Embed(tb.Context(), kind, texts)
	if err != nil {
		tb.Fatalf("embed %d texts: %v", len(texts), err)
	}
	if len(vectors) != len(texts) {
		tb.Fatalf("got %d vectors for %d texts", len(vectors), len(texts))
	}
	return vectors
}

func (t suite) testEmptyBatch() {
	e := t.e
	embed(t, e, llm.Passage)
	embed(t, e, llm.Query)
}

func (t suite) testAnyText() {
	e := t.e
	texts := []string{"", " ", "\n\x00", "\xff\xfe kapot", "é € “ 😀", "ĳ", strings.Repeat("mensenhandel ", 400), strings.Repeat("x", 2000)}
	for _, kind := range []llm.Kind{llm.Passage, llm.Query} {
		for i, v := range embed(t, e, kind, texts...) {
			if problem := notUnit(v, e.Dim()); problem != "" {
				t.Errorf("kind %d, text %.20q: %s", kind, texts[i], problem)
			}
		}
	}
}

// notUnit says why v is no unit vector of dim numbers.
func notUnit(v llm.Vector, dim int) string {
	if len(v) != dim {
		return fmt.Sprintf("%d dimensions, want %d", len(v), dim)
	}
	// Anything not finite makes the length not finite either.
	if n := math.Sqrt(dot(v, v)); !(math.Abs(n-1) <= 1e-3) {
		return fmt.Sprintf("length %v, want 1", n)
	}
	return ""
}

func dot(a, b llm.Vector) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// sample makes texts that no embedder should take for one another.
func sample(n int) []string {
	words := strings.Fields("mensenhandel gemeente begroting fietspad ziekenhuis onderwijs waterschap belasting landbouw spoorlijn")
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%s %s nummer %d", words[i%len(words)], words[(i/len(words)+i+1)%len(words)], i)
	}
	return texts
}

// testOrder compares every vector of a batch that is larger than any request
// with the vector of its text alone.
func (t suite) testOrder() {
	e := t.e
	texts := sample(70)
	batch := embed(t, e, llm.Passage, texts...)
	for i := 0; i < len(texts); i += 9 {
		alone := embed(t, e, llm.Passage, texts[i])[0]
		best := 0
		for j := range batch {
			if dot(alone, batch[j]) > dot(alone, batch[best]) {
				best = j
			}
		}
		if best != i || dot(alone, batch[i]) < 0.999 {
			t.Errorf("text %d: cosine %.4f with its own place in the batch, nearest is place %d", i, dot(alone, batch[i]), best)
		}
	}
}

func (t suite) testOwnership() {
	e := t.e
	texts := sample(2)
	first := embed(t, e, llm.Query, texts...)
	want := append(llm.Vector(nil), first[1]...)
	clear(first[0])
	if problem := notUnit(embed(t, e, llm.Query, texts...)[0], e.Dim()); problem != "" {
		t.Errorf("after the caller cleared an earlier vector: %s", problem)
	}
	if dot(first[1], want) < 0.999 {
		t.Error("clearing one vector changed another")
	}
}

func (t suite) testCancellation() {
	e := t.e
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Embed(ctx, llm.Passage, sample(3)); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func (t suite) testConcurrency() {
	e := t.e
	texts := sample(4)
	want := embed(t, e, llm.Query, texts...)
	var wg sync.WaitGroup
	for i := range texts {
		wg.Go(func() {
			got, err := e.Embed(t.Context(), llm.Query, []string{texts[i]})
			if err != nil {
				t.Errorf("text %d: %v", i, err)
			} else if dot(got[0], want[i]) < 0.999 {
				t.Errorf("text %d: cosine %.4f with what it gave before", i, dot(got[0], want[i]))
			}
		})
	}
	wg.Wait()
}
