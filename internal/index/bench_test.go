package index_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/index/indextest"
	"bronwijzer/internal/llm"
)

// The size that the figures are for.
const (
	benchPassages    = 10_000
	benchPerDocument = 50
	benchDim         = 384
	benchWords       = 130 // a passage of 200 tokens
	benchSentences   = 7
)

const benchQuestion = "Hoeveel slachtoffers van mensenhandel zijn er volgens de slachtoffermonitor in 2018 bij de opsporingsdiensten gemeld?"

// everything is for a reader who sees all, as View.Filter makes it where nothing
// is limited.
var everything = docs.Filter{Reader: docs.Reader{All: true}}

// reworded makes distinct passages out of the corpus: three words in ten are
// replaced by others, one in twenty by a new compound, numbers by other numbers.
// It is the same on every run.
func reworded(tb testing.TB) []index.Change {
	tb.Helper()
	words := indextest.CorpusWords(tb)
	r := rand.New(rand.NewPCG(1, 2))
	changes := make([]index.Change, benchPassages/benchPerDocument)
	for i := range changes {
		d := &docs.Document{ID: fmt.Sprintf("doc_%03d", i), Meta: docs.Meta{Title: indextest.Rewrite(r, words, 8), Kind: "kamerbrief"}}
		changes[i].DocumentID = d.ID
		for n := range benchPerDocument {
			p := docs.Passage{
				ID: fmt.Sprintf("pas_%03d_%02d", i, n), DocumentID: d.ID, Ordinal: n,
				Section: []string{indextest.Rewrite(r, words, 3)}, Plain: indextest.Rewrite(r, words, benchWords),
				Sentences: make([]docs.Sentence, benchSentences),
			}
			e := index.Entry{Document: d, Passage: p, Vector: direction(r), Sentences: make([]llm.Vector, benchSentences)}
			for s := range e.Sentences {
				e.Sentences[s] = direction(r)
			}
			changes[i].Add = append(changes[i].Add, e)
		}
	}
	return changes
}

func direction(r *rand.Rand) llm.Vector {
	v := make(llm.Vector, benchDim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

func sequence(changes []index.Change) iter.Seq2[index.Change, error] {
	return func(yield func(index.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func loaded(tb testing.TB) *index.Collection {
	tb.Helper()
	c := index.NewCollection(index.NewChromem(benchDim), benchDim)
	if err := c.Load(tb.Context(), sequence(reworded(tb))); err != nil {
		tb.Fatal(err)
	}
	return c
}

// BenchmarkLoad measures filling the indexes at start.
func BenchmarkLoad(b *testing.B) {
	changes := reworded(b)
	for b.Loop() {
		c := index.NewCollection(index.NewChromem(benchDim), benchDim)
		if err := c.Load(b.Context(), sequence(changes)); err != nil {
			b.Fatal(err)
		}
		err := c.Read(func(v index.View) error {
			_, err := v.Words().Search(b.Context(), benchQuestion, 50, everything)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSearch measures what one question asks of the indexes, and each part
// of it.
func BenchmarkSearch(b *testing.B) {
	err := loaded(b).Read(func(v index.View) error {
		steps, err := searchSteps(b, v)
		if err != nil {
			return err
		}
		b.Run("all", func(b *testing.B) { benchAll(b, steps) })
		for _, s := range steps {
			b.Run(s.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := s.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// step is one call that a retrieval makes.
type step struct {
	name string
	do   func() error
}

func benchAll(b *testing.B, steps []step) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		for _, s := range steps {
			if err := s.do(); err != nil {
				b.Fatal(err)
			}
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e6, "ms-p50")
}

// searchSteps are the calls for one question: 50 candidates from either index,
// every score for all of them, and the sentences of 30 passages.
func searchSteps(b *testing.B, v index.View) ([]step, error) {
	b.Helper()
	ctx := b.Context()
	query := direction(rand.New(rand.NewPCG(3, 4)))
	words, err := v.Words().Search(ctx, benchQuestion, 50, everything)
	if err != nil {
		return nil, err
	}
	vectors, err := v.Vectors().Search(ctx, query, 50, everything)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, h := range append(words, vectors...) {
		ids = append(ids, h.ID)
	}
	texts := make([]string, 30*benchSentences)
	for i := range texts {
		p, d, _ := v.Passage(ids[i%len(ids)])
		texts[i] = d.Title + " " + p.Section[0] + " " + p.Plain[:len(p.Plain)/benchSentences]
	}
	return []step{
		{"words-search", func() error { _, err := v.Words().Search(ctx, benchQuestion, 50, everything); return err }},
		{"words-score", func() error { _, err := v.Words().Score(ctx, benchQuestion, ids, everything.Reader); return err }},
		{"vectors-search", func() error { _, err := v.Vectors().Search(ctx, query, 50, everything); return err }},
		{"vectors-score", func() error { _, err := v.Vectors().Score(ctx, query, ids, everything.Reader); return err }},
		{"grams-score", func() error { _, err := v.Grams().Score(ctx, benchQuestion, ids, everything.Reader); return err }},
		{"grams-texts", func() error { v.Grams().ScoreTexts(benchQuestion, texts, everything.Reader); return nil }},
		{"sentences-score", func() error { _, err := v.Sentences().Score(ctx, query, ids); return err }},
	}, nil
}
