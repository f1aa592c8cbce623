// Package retrieve turns a question into ranked passages and ranked sentences.
//
// Words and vectors find candidates, every leg scores all of them, and a
// weighted sum of normalised scores ranks them; then the sentences of the best
// passages are ranked the same way, since they are what gets cited, and the
// best sentence of a passage lifts it. The package holds no state between
// questions and doesn't decide whether to answer: it hands over Evidence. Its
// invariant: the same documents and question give the same Result, however the
// collection came about, and as if documents that the reader may not see weren't
// there.
package retrieve

import (
	"context"
	"fmt"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// Query is what is searched for.
type Query struct {
	Text   string
	Filter docs.Filter
	// K is how many passages are wanted, at least 1.
	K int
}

// Passage is a retrieved passage.
type Passage struct {
	docs.Passage
	Document *docs.Document // Text and Blocks are empty
	// Vectors are those of Sentences, nil without an embedder; they must not be
	// changed.
	Vectors []llm.Vector
	// Superseded says that another document, which the reader may see, takes the
	// place of this one.
	Superseded bool
	// Score orders the passages of one Result, higher is better; Scores are its
	// parts, each in [0, 1].
	Score  float64
	Scores record.Scores
}

// Sentence is a ranked sentence of a retrieved passage.
type Sentence struct {
	docs.Sentence
	// Passage is its index in Result.Pool.
	Passage int
	// Score orders the sentences of one Result, higher is better. 1 is the span
	// of a single leg over the pool.
	Score float64
	// Cosine is that of the question with the sentence; 0 without an embedder.
	Cosine float64
}

// Evidence says how well the collection speaks to the question; package answer
// weighs it. Its figures are in [0, 1].
type Evidence struct {
	// Known reports whether any passage shares a word with the question, in
	// whatever form. A model of meaning places any string near something; one
	// without a known word is most likely no question at all.
	Known bool
	// Cosine is the mean of the question's with the three best sentences; 0
	// without an embedder, and with one whose cosines mean something else than
	// those of the e5 models, which package answer knows.
	Cosine float64
	// Coverage is the share of the question's character 4-grams, weighted by
	// their rarity, that the best passage holds.
	Coverage float64
	// Named is the share of the question's numbers and names that the passages
	// of the five best sentences hold; 1 when it has none.
	Named float64
}

// Result is what was found, on one state of the collection.
type Result struct {
	// Passages are the K best, best first, near-duplicates left out.
	Passages []Passage
	// Pool are the passages that Sentences come from, best first; it begins as
	// Passages does.
	Pool []Passage
	// Sentences are ranked over the whole pool, best first, each once.
	Sentences []Sentence
	Evidence  Evidence
	// Documents is the number of documents that the filter lets through.
	Documents int
}

// Retriever searches a collection. It is safe for concurrent use.
type Retriever struct {
	collection *index.Collection
	embedder   llm.Embedder // nil without one
	weights    Weights
}

// New returns a Retriever. The embedder has to be the one that made the
// collection's vectors; nil where there are none.
func New(c *index.Collection, embedder llm.Embedder, w Weights) *Retriever {
	return &Retriever{collection: c, embedder: embedder, weights: w}
}

// Retrieve ranks passages and sentences for a query. A collection in which
// nothing fits gives an empty Result.
func (r *Retriever) Retrieve(ctx context.Context, q Query) (Result, error) {
	var vector llm.Vector
	if r.embedder != nil {
		vectors, err := r.embedder.Embed(ctx, llm.Query, []string{q.Text})
		if err != nil {
			return Result{}, fmt.Errorf("embed question: %w", err)
		}
		vector = vectors[0]
	}
	return r.RetrieveVector(ctx, q, vector)
}

// RetrieveVector is Retrieve for a question that is embedded already; nil when
// there is no embedder.
func (r *Retriever) RetrieveVector(ctx context.Context, q Query, vector llm.Vector) (Result, error) {
	var found Result
	err := r.collection.Read(func(view index.View) error {
		q.Filter = view.Filter(q.Filter)
		s := search{ctx: ctx, view: view, query: q, vector: vector, weights: r.weights, judged: ofE5(r.embedder)}
		var err error
		found, err = s.run()
		return err
	})
	if err != nil {
		return Result{}, fmt.Errorf("retrieve: %w", err)
	}
	return found, nil
}

// ofE5 reports whether an embedder is of the e5 family, by its name. Trained
// alike (Wang and others, Text Embeddings by Weakly-Supervised Contrastive
// Pre-training, 2022), they have their cosines in one narrow band; 0.6, with
// other models as good as it gets, would be a miss.
func ofE5(e llm.Embedder) bool {
	return e != nil && strings.Contains(strings.ToLower(e.Model()), "e5")
}
