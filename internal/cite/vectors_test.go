package cite_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"math"
	"os"
	"sync"
	"testing"

	"bronwijzer/internal/e5"
	"bronwijzer/internal/llm"
)

// vectorFile has what the built-in model makes of the texts of the pairs, so that
// the tests needn't run it. -update adds those that are missing.
const vectorFile = "testdata/vectors.gob.gz"

// kept is an embedder that knows the vectors of vectorFile: numbers of 8 bits,
// which moves a cosine by less than 0.001.
type kept struct {
	mu    sync.Mutex
	known map[[8]byte][]int8
	model llm.Embedder // nil unless the file is being written
}

var _ llm.Embedder = (*kept)(nil)

// embedder returns the kept vectors. With -update it asks the model for those
// that are missing, and writes the file when the test ends.
func embedder(tb testing.TB) *kept {
	tb.Helper()
	k := &kept{known: map[[8]byte][]int8{}}
	raw, err := os.ReadFile(vectorFile)
	if err != nil && !*update {
		tb.Fatal(err)
	}
	if err == nil {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			tb.Fatal(err)
		}
		if err := gob.NewDecoder(z).Decode(&k.known); err != nil {
			tb.Fatal(err)
		}
	}
	if *update {
		if k.model, err = e5.New(); err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { k.write(tb) })
	}
	return k
}

func (k *kept) write(tb testing.TB) {
	tb.Helper()
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		tb.Fatal(err)
	}
	if err := gob.NewEncoder(z).Encode(k.known); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, buf.Bytes(), 0o644); err != nil {
		tb.Fatal(err)
	}
}

func (k *kept) Model() string { return "kept" }
func (k *kept) Dim() int      { return 384 }

func (k *kept) Embed(ctx context.Context, kind llm.Kind, texts []string) ([]llm.Vector, error) {
	out := make([]llm.Vector, len(texts))
	for i, text := range texts {
		small, err := k.vector(ctx, kind, text)
		if err != nil {
			return nil, err
		}
		length := 0.0
		for _, v := range small {
			length += float64(v) * float64(v)
		}
		out[i] = make(llm.Vector, len(small))
		for j, v := range small {
			out[i][j] = float32(float64(v) / math.Sqrt(length))
		}
	}
	return out, nil
}

// scale is what a number of a vector is multiplied by; hardly one is above 0.25.
const scale = 508

func (k *kept) vector(ctx context.Context, kind llm.Kind, text string) ([]int8, error) {
	sum := sha256.Sum256([]byte(fmt.Sprint(kind, text)))
	key := [8]byte(sum[:])
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known[key] != nil {
		return k.known[key], nil
	}
	if k.model == nil {
		return nil, fmt.Errorf("no vector of %q: run the tests with -update", text)
	}
	v, err := k.model.Embed(ctx, kind, []string{text})
	if err != nil {
		return nil, err
	}
	small := make([]int8, len(v[0]))
	for i, f := range v[0] {
		small[i] = int8(math.Round(float64(max(-127, min(127, f*scale)))))
	}
	k.known[key] = small
	return small, nil
}
