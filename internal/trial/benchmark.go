package trial

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/eval"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/retrieve"
)

// batch is how many texts go to the embedder at a time, about.
const batch = 64

// Benchmark is a collection made of a benchmark's passages, each a document of
// its own, cut and embedded as any other document is.
type Benchmark struct {
	Collection *index.Collection
	Embedder   llm.Embedder // nil without one
	// Count is the length of a text in tokens.
	Count func(string) int
	Chunk chunk.Config
	// Progress is called with the number of passages taken in so far; it may be
	// nil.
	Progress func(passages int)
}

// Load takes passages in as they come and keeps none of them but in the
// collection. It stops at the first error.
func (b Benchmark) Load(ctx context.Context, passages iter.Seq2[eval.BEIRPassage, error]) error {
	return b.Collection.Load(ctx, func(yield func(index.Change, error) bool) {
		var waiting []index.Change
		texts, done := 0, 0
		flush := func() bool {
			err := b.embed(ctx, waiting)
			for _, c := range waiting {
				if !yield(c, err) {
					return false
				}
			}
			done += len(waiting)
			waiting, texts = waiting[:0], 0
			if b.Progress != nil {
				b.Progress(done)
			}
			return true
		}
		for p, err := range passages {
			if err != nil {
				yield(index.Change{}, err)
				return
			}
			c := b.change(p)
			waiting = append(waiting, c)
			for i := range c.Add {
				texts += 1 + len(c.Add[i].Passage.Sentences)
			}
			if texts >= batch && !flush() {
				return
			}
		}
		flush()
	})
}

// change is a passage of the benchmark, not embedded yet.
func (b Benchmark) change(p eval.BEIRPassage) index.Change {
	doc := docs.Document{ID: p.ID, Meta: docs.Meta{Title: p.Title}, Text: p.Text, Version: docs.Version(p.Text)}
	doc.Blocks = []docs.Block{{Kind: docs.Paragraph, Span: docs.Span{End: docs.Characters(p.Text)}}}
	head := doc
	head.Text, head.Blocks = "", nil
	c := index.Change{DocumentID: p.ID}
	for _, piece := range chunk.Split(&doc, b.Count, b.Chunk) {
		c.Add = append(c.Add, index.Entry{Document: &head, Passage: piece})
	}
	return c
}

// embed fills in the vectors of changes.
func (b Benchmark) embed(ctx context.Context, changes []index.Change) error {
	if b.Embedder == nil {
		return nil
	}
	var texts []string
	for _, c := range changes {
		for _, e := range c.Add {
			texts = append(texts, index.PassageInput(e.Document, &e.Passage))
			for i := range e.Passage.Sentences {
				texts = append(texts, index.SentenceInput(e.Document, &e.Passage, &e.Passage.Sentences[i]))
			}
		}
	}
	vectors, err := b.Embedder.Embed(ctx, llm.Passage, texts)
	if err != nil {
		return fmt.Errorf("embed passages: %w", err)
	}
	for _, c := range changes {
		for i := range c.Add {
			n := 1 + len(c.Add[i].Passage.Sentences)
			c.Add[i].Vector, c.Add[i].Sentences = vectors[0], vectors[1:n:n]
			vectors = vectors[n:]
		}
	}
	return nil
}

// Searcher searches a collection for whole documents.
type Searcher struct{ Retriever *retrieve.Retriever }

var _ eval.Searcher = Searcher{}

// Search implements eval.Searcher. A document that was cut into pieces stands
// where its best piece does; the search goes deeper until there are k documents.
func (s Searcher) Search(ctx context.Context, query string, k int) ([]string, error) {
	for pieces := k; ; pieces *= 2 {
		found, err := s.Retriever.Retrieve(ctx, retrieve.Query{Text: query, K: pieces})
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, p := range found.Passages {
			if !slices.Contains(ids, p.DocumentID) {
				ids = append(ids, p.DocumentID)
			}
		}
		if len(ids) >= k || len(found.Passages) < pieces {
			return ids[:min(k, len(ids))], nil
		}
	}
}
