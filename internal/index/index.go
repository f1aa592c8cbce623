// Package index finds passages: by meaning (Vectors, on chromem-go), by words
// (Words, BM25 over Dutch terms) and by pieces of words (Grams, BM25 over
// character 4-grams). Sentences rates the sentences of what was found, and
// Collection joins them all with the passages themselves, so that a request
// works on one snapshot.
//
// An index is a cache: it is filled from the store at start and never the only
// place where something is kept. Nothing here assumes that an index can't fail
// or is local. Which scores weigh how much is package retrieve's affair. The
// same passages and the same query give the same bits, whatever came before, and
// whatever else there is that the reader may not see.
//
// What it costs with 10,000 passages of 200 tokens, on one core of a server
// (BenchmarkSearch, BenchmarkLoad): chromem-go 9 ms, nearly all of it adding up
// products one by one; words 0.7 ms; for 100 candidates 4-grams 0.2 ms, vectors
// 0.1 ms and all their sentences 0.3 ms; 4-grams of a sentence 7 µs. Filling
// takes 1 s of processor time on two cores. The first query by words after a
// change looks for compounds anew, about 1 µs for each word of the vocabulary; the
// first for readers of the same part of the documents makes tables of their own,
// about 2 µs a word.
package index

import (
	"context"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
)

// Entry is one passage as the indexes take it in. They copy what they keep.
type Entry struct {
	Document *docs.Document // Text and Blocks may be empty
	Passage  docs.Passage
	// Vector is the passage's embedding; nil when there is no embedder.
	Vector llm.Vector
	// Sentences are the embeddings of Passage.Sentences, in their order; nil
	// when there is no embedder.
	Sentences []llm.Vector
}

// Change replaces what an index knows of one document. The ids in Remove that
// aren't also in Add go; an Entry whose id is known already replaces it.
type Change struct {
	DocumentID string
	Remove     []string
	Add        []Entry
}

// Hit is a passage and its score. Higher is better; scores of different
// indexes or queries aren't comparable.
type Hit struct {
	ID    string
	Score float64
}

// Vectors finds passages by the cosine of their vector with the query's. Scores
// are in [-1, 1]. What a reader may not see isn't there for them: every result is,
// to the last bit, that of an index which holds only the passages of documents that
// the reader may see. Safe for concurrent use; package indextest checks all of
// this.
type Vectors interface {
	// Search returns the k best passages among those that pass the filter, best
	// first, ties by id; all of them when there are fewer than k, none when k is
	// below 1. A query of another dimension, without length or that isn't finite
	// is an error. When ctx has ended it returns its error.
	Search(ctx context.Context, query llm.Vector, k int, f docs.Filter) ([]Hit, error)
	// Score rates the passages with these ids for a reader, in their order; an
	// unknown id gets -1.
	Score(ctx context.Context, query llm.Vector, ids []string, r docs.Reader) ([]float64, error)
	// Apply makes a change visible as a whole, or fails and changes nothing. It
	// refuses an Entry without id or Document, an id twice in Add, and vectors
	// that Search would refuse. Removing what isn't there is no error.
	Apply(ctx context.Context, c Change) error
	// Len is the number of passages.
	Len() int
}

// Words finds passages by the words they share with the query, in title,
// headings or text. Scores are 0 or more, 0 where nothing is shared, and don't
// depend on the order in which passages were added. How common a word is may
// count, but only among the passages that the reader may see: what they may not
// isn't there for them, as with Vectors. The rest of a filter leaves scores as they
// are. Safe for concurrent use; package indextest checks all of this.
type Words interface {
	// Search is as Vectors.Search, but leaves out passages that score 0.
	Search(ctx context.Context, query string, k int, f docs.Filter) ([]Hit, error)
	// Score rates the passages with these ids for a reader, in their order; an
	// unknown id gets 0.
	Score(ctx context.Context, query string, ids []string, r docs.Reader) ([]float64, error)
	// Apply and Len are as those of Vectors.
	Apply(ctx context.Context, c Change) error
	Len() int
}
