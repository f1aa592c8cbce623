package answer

import (
	"slices"
	"strings"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/retrieve"
)

// How much an extractive answer says.
const (
	// maxSentences is how many sentences are chosen for what they say, without
	// their company. maxWords bounds all of it; the best sentence is taken
	// whatever its length, and so is the list that it announces.
	maxSentences = 3
	maxWords     = 100
	// reach is how far below the best sentence another may score.
	reach = 0.3
	// besides is added to a sentence that follows or precedes a chosen one.
	besides = 0.4
)

// choose picks the sentences that answer best and puts them in an order that
// reads well: the document of the best one first, and within a document as
// they stand there.
func choose(found retrieve.Result) []statement {
	c := &choice{found: found, by: numbered(found)}
	for range maxSentences {
		next, ok := c.best()
		if !ok {
			break
		}
		c.take(next)
	}
	rank := c.documentRank()
	slices.SortStableFunc(c.chosen, func(a, b retrieve.Sentence) int {
		if da, db := c.document(a), c.document(b); da != db {
			return rank[da] - rank[db]
		}
		return a.N - b.N
	})
	return c.merge()
}

// choice is an answer in the making.
type choice struct {
	found  retrieve.Result
	by     numbers
	chosen []retrieve.Sentence
	words  int
	floor  float64 // that others have to exceed, once the best is chosen
}

func (c *choice) document(s retrieve.Sentence) string { return c.found.Pool[s.Passage].DocumentID }

// best is the sentence to add, if there is one: it says something new, there is
// room for it and its company, and it comes close enough to the first.
func (c *choice) best() (retrieve.Sentence, bool) {
	var next retrieve.Sentence
	top, ok := c.floor, false
	for _, s := range c.found.Sentences {
		if len(c.chosen) > 0 && s.Score+besides < top {
			break // sorted: nothing after it can win
		}
		if leadsIn(s.Sentence) && len(c.by.items(c.found, s)) == 0 || c.said(s) || c.outdated(s) {
			continue
		}
		if len(c.chosen) == 0 {
			return s, true
		}
		score := s.Score
		if s.Kind != docs.List && slices.ContainsFunc(c.chosen, func(other retrieve.Sentence) bool { return c.adjacent(s, other) }) {
			score += besides
		}
		if score > top && c.words+wordCount(c.company(s)) <= maxWords {
			next, top, ok = s, score, true
		}
	}
	return next, ok
}

// take adds a sentence and its company.
func (c *choice) take(s retrieve.Sentence) {
	company := c.company(s)
	if len(c.chosen) == 0 {
		c.floor = s.Score - reach
		if c.words+wordCount(company) > maxWords {
			company = c.withItems([]retrieve.Sentence{s}) // what it points back at has no room
		}
	}
	for _, other := range company {
		if at := slices.IndexFunc(c.chosen, func(had retrieve.Sentence) bool { return c.same(other, had) }); at >= 0 {
			c.chosen[at].Plain = other.Plain // as the other entries of its list
			continue
		}
		c.chosen = append(c.chosen, other)
	}
	c.words = wordCount(c.chosen)
}

// said reports whether the answer has the sentence, or its words, already.
func (c *choice) said(s retrieve.Sentence) bool {
	return c.overlapsChosen(s) || slices.ContainsFunc(c.chosen, func(had retrieve.Sentence) bool {
		return strings.EqualFold(had.Plain, s.Plain)
	})
}

// outdated reports whether a superseded document says what the answer has from
// one that holds, but for a word or a figure: beside each other, the two would
// read as if both were so.
func (c *choice) outdated(s retrieve.Sentence) bool {
	if !c.found.Pool[s.Passage].Superseded {
		return false
	}
	words := strings.Fields(strings.ToLower(s.Plain))
	return slices.ContainsFunc(c.chosen, func(had retrieve.Sentence) bool {
		if c.found.Pool[had.Passage].Superseded {
			return false
		}
		other, shared := strings.Fields(strings.ToLower(had.Plain)), 0
		for _, w := range words {
			if slices.Contains(other, w) {
				shared++
			}
		}
		return shared*4 >= len(words)*3
	})
}

func (c *choice) overlapsChosen(s retrieve.Sentence) bool {
	return slices.ContainsFunc(c.chosen, func(had retrieve.Sentence) bool {
		return c.document(s) == c.document(had) && s.Span.Overlaps(had.Span)
	})
}

func (c *choice) same(a, b retrieve.Sentence) bool {
	return a.N == b.N && c.document(a) == c.document(b)
}

func wordCount(sentences []retrieve.Sentence) int {
	n := 0
	for _, s := range sentences {
		n += len(strings.Fields(s.Plain))
	}
	return n
}

// adjacent reports whether two sentences follow each other in one passage.
func (c *choice) adjacent(a, b retrieve.Sentence) bool {
	if !c.follows(a, b) && !c.follows(b, a) {
		return false
	}
	_, ok := c.holding(docs.Span{Start: min(a.Span.Start, b.Span.Start), End: max(a.Span.End, b.Span.End)}, a, b)
	return ok
}

// follows reports whether b is what comes after a in its document. Between them
// are at most lists that overlap one of them, or their parts.
func (c *choice) follows(a, b retrieve.Sentence) bool {
	if c.document(a) != c.document(b) || b.Span.Start < a.Span.End {
		return false
	}
	for n := a.N + 1; n < b.N; n++ {
		between, ok := c.by[c.document(a)][n]
		if !ok || !between.Span.Overlaps(a.Span) && !between.Span.Overlaps(b.Span) {
			return false
		}
	}
	return true
}

// holding is a passage of one of the sentences that holds the span.
func (c *choice) holding(span docs.Span, sentences ...retrieve.Sentence) (int, bool) {
	for _, s := range sentences {
		if c.found.Pool[s.Passage].Span.Contains(span) {
			return s.Passage, true
		}
	}
	return 0, false
}

// documentRank is the place of each document among the chosen sentences.
func (c *choice) documentRank() map[string]int {
	rank := map[string]int{}
	for _, s := range c.chosen {
		if _, ok := rank[c.document(s)]; !ok {
			rank[c.document(s)] = len(rank)
		}
	}
	return rank
}

// merge makes one statement of sentences that follow each other in a passage.
func (c *choice) merge() []statement {
	var out []statement
	for i, s := range c.chosen {
		next := statement{source: source(c.found.Pool[s.Passage]), sentences: []docs.Sentence{s.Sentence}}
		if i > 0 && c.follows(c.chosen[i-1], s) {
			last := &out[len(out)-1]
			if p, ok := c.holding(docs.Span{Start: last.span().Start, End: s.Span.End}, c.chosen[i-1], s); ok {
				last.source = source(c.found.Pool[p])
				last.sentences = append(last.sentences, s.Sentence)
				continue
			}
			next.goesOn = s.Kind == last.sentences[len(last.sentences)-1].Kind || s.Kind == docs.ListItem
		}
		out = append(out, next)
	}
	return out
}

func source(p retrieve.Passage) cite.Source {
	return cite.Source{Document: p.Document, Passage: p.Passage, Superseded: p.Superseded}
}
