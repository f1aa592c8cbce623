package ingest

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
)

// BenchmarkStart measures a start: 10,000 passages and their sentences, with
// vectors of 384 numbers, from the store into the indexes. The passages are made
// from the corpus by swapping words, so that no two are alike.
func BenchmarkStart(b *testing.B) {
	const passages, dim = 10_000, 384
	dir := filepath.Join(b.TempDir(), "map")
	writeFiles(b, dir, reworded(b, 130))
	for _, bc := range []struct {
		name     string
		embedder llm.Embedder
	}{{"words", nil}, {"vectors", &embedder{name: "fake", dim: dim}}} {
		b.Run(bc.name, func(b *testing.B) {
			st := openStore(b, b.TempDir())
			g, err := New(slog.New(slog.DiscardHandler), st, nil, bc.embedder, Config{Count: words, Batch: 1000})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := g.Run(b.Context(), []Root{{Dir: dir}}, nil); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				var vectors index.Vectors
				if bc.embedder != nil {
					vectors = index.NewChromem(dim)
				}
				c := index.NewCollection(vectors, dim)
				g.index = c
				if err := g.Fill(b.Context(), nil); err != nil {
					b.Fatal(err)
				}
				err := c.Read(func(v index.View) error {
					b.ReportMetric(float64(v.Len()), "passages")
					if v.Len() < passages {
						return fmt.Errorf("got %d passages, want %d", v.Len(), passages)
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// reworded makes n times the corpus, each time with other words exchanged.
func reworded(tb testing.TB, n int) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob("../../corpus/*.txt")
	if err != nil || len(paths) == 0 {
		tb.Fatal(paths, err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	files := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		vocabulary := strings.Fields(string(text))
		for i := range n {
			lines := strings.Split(string(text), "\n")
			for j, line := range lines {
				words := strings.Split(line, " ")
				for k := range words {
					if random.IntN(6) == 0 && strings.TrimSpace(words[k]) != "" {
						words[k] = vocabulary[random.IntN(len(vocabulary))]
					}
				}
				lines[j] = strings.Join(words, " ")
			}
			files[fmt.Sprintf("%03d/%s", i, filepath.Base(path))] = strings.Join(lines, "\n")
		}
	}
	return files
}
