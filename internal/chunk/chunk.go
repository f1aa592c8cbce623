// Package chunk cuts a document into passages, which are retrieved, and their
// sentences, which are cited.
//
// It reads structure (the blocks of the document) and sentence borders (package
// dutch) and decides nothing about meaning. Its invariants: a passage is a run of
// whole units of one section; every Passage and Sentence is an exact span of the
// stored text; no passage lies inside another; the same document and
// configuration give the same passages.
package chunk

import (
	"slices"

	"bronwijzer/internal/docs"
)

// Version changes whenever the same document could be cut otherwise than before.
const Version = "6"

// DefaultTokens is the length of a passage when Config doesn't say: long enough
// for five to eight sentences of policy prose, short enough to be about one
// thing.
const DefaultTokens = 200

// Config says how to cut. Its zero value works.
type Config struct {
	// Tokens is the most that the Plain of a passage may count; 0 is
	// DefaultTokens. A single sentence that is longer is a passage by itself.
	Tokens int
}

// Split cuts doc into passages, in order. count gives the length of a text in
// tokens; no single sentence that it is called with is longer than MaxRunes.
//
// A passage holds as many whole sentences of one section as fit, and begins
// with the last sentence of the one before where both that and what follows fit:
// so a sentence that leans on its neighbour has it somewhere. Entries of a list
// and rows of a table are units as sentences are; a lead-in that ends in a colon
// stays with its list if the two fit. Lines that are no prose (letter heads,
// signatures) have passages of their own.
//
// What has fewer than three words is joined to its neighbour, or is left in the
// passage without being a Sentence. A stretch of nothing else gives a passage
// without Sentences if it ends in a full stop, and none otherwise ("Contact").
// But every entry of a list can be cited, however short: a list that is shown
// without some of its entries says something else.
func Split(doc *docs.Document, count func(string) int, cfg Config) []docs.Passage {
	if cfg.Tokens <= 0 {
		cfg.Tokens = DefaultTokens
	}
	c := cutter{units: unitsOf(doc), count: count, budget: cfg.Tokens}
	var passages []docs.Passage
	for from := 0; from < len(c.units); {
		to := from + 1
		for to < len(c.units) && c.units[to].run == c.units[from].run {
			to++
		}
		passages = append(passages, c.cut(doc, from, to)...)
		from = to
	}
	number(passages)
	for i := range passages {
		passages[i].Ordinal = i
	}
	return passages
}

// number counts the sentences of a document in order of Start, then of End.
func number(passages []docs.Passage) {
	var spans []docs.Span
	for _, p := range passages {
		for _, s := range p.Sentences {
			spans = append(spans, s.Span)
		}
	}
	slices.SortFunc(spans, compareSpans)
	spans = slices.Compact(spans)
	for _, p := range passages {
		for i := range p.Sentences {
			p.Sentences[i].N, _ = slices.BinarySearchFunc(spans, p.Sentences[i].Span, compareSpans)
		}
	}
}

func compareSpans(a, b docs.Span) int {
	if a.Start != b.Start {
		return a.Start - b.Start
	}
	return a.End - b.End
}
