package cite_test

import (
	"slices"
	"testing"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/e5"
	"bronwijzer/internal/llm"
)

// BenchmarkCheck checks sentences against ten passages whose sentences are
// embedded: what a sentence costs after its end was seen.
func BenchmarkCheck(b *testing.B) {
	model, err := e5.New()
	if err != nil {
		b.Fatal(err)
	}
	c, pairs := readCollection(b), readPairs(b, "pairs.jsonl")
	for _, with := range []struct {
		name     string
		embedder llm.Embedder
	}{{"words", nil}, {"meaning", model}} {
		b.Run(with.name, func(b *testing.B) {
			var sources []cite.Source
			for _, document := range c.names()[2:] {
				for at := 0; at < 21; at += 7 {
					sources = append(sources, c.source(document, at, at+7))
				}
			}
			checker := cite.NewChecker(with.embedder, "", append(sources, c.around(pairs[0])))
			if err := checker.Prepare(b.Context()); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if _, err := checker.Check(b.Context(), pairs[i%len(pairs)].Sentence, []int{len(sources)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkNewChecker reads ten passages.
func BenchmarkNewChecker(b *testing.B) {
	c := readCollection(b)
	var sources []cite.Source
	for at := 0; at < 70; at += 7 {
		sources = append(sources, c.source(slices.Max(c.names()), at, at+7))
	}
	for b.Loop() {
		cite.NewChecker(nil, "", sources)
	}
}
