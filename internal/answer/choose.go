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
	// maxSentences and maxWords bound an answer; the best sentence is taken
	// whatever its length.
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
	by := numbered(found)
	found.Sentences = slices.DeleteFunc(slices.Clone(found.Sentences), func(s retrieve.Sentence) bool {
		return leadsIn(s.Sentence) && len(by.items(found, s)) == 0
	})
	if len(found.Sentences) == 0 {
		return nil
	}
	chosen := []retrieve.Sentence{found.Sentences[0]}
	words := wordCount(chosen[0])
	for len(chosen) < maxSentences {
		next, ok := best(found, chosen, maxWords-words)
		if !ok {
			break
		}
		chosen = append(chosen, next)
		words += wordCount(next)
	}
	chosen = withItems(found, by, withAntecedents(found, chosen))
	rank := documentRank(found, chosen)
	slices.SortStableFunc(chosen, func(a, b retrieve.Sentence) int {
		da, db := found.Pool[a.Passage].DocumentID, found.Pool[b.Passage].DocumentID
		if da != db {
			return rank[da] - rank[db]
		}
		return a.N - b.N
	})
	return merge(found, chosen)
}

// best is the sentence to add, if there is one: not overlapping what is chosen,
// at most room words long, and close enough to the best.
func best(found retrieve.Result, chosen []retrieve.Sentence, room int) (retrieve.Sentence, bool) {
	floor := found.Sentences[0].Score - reach
	var next retrieve.Sentence
	top, ok := floor, false
	for _, s := range found.Sentences {
		if s.Score+besides < top {
			break // sorted: nothing after it can win
		}
		if wordCount(s) > room || slices.ContainsFunc(chosen, func(c retrieve.Sentence) bool { return overlap(found, s, c) }) {
			continue
		}
		score := s.Score
		if slices.ContainsFunc(chosen, func(c retrieve.Sentence) bool { return adjacent(found, s, c) }) {
			score += besides
		}
		if score > top {
			next, top, ok = s, score, true
		}
	}
	return next, ok
}

func wordCount(s retrieve.Sentence) int { return len(strings.Fields(s.Plain)) }

func sameDocument(found retrieve.Result, a, b retrieve.Sentence) bool {
	return found.Pool[a.Passage].DocumentID == found.Pool[b.Passage].DocumentID
}

func overlap(found retrieve.Result, a, b retrieve.Sentence) bool {
	return sameDocument(found, a, b) && a.Span.Overlaps(b.Span)
}

// adjacent reports whether two sentences follow each other in one passage.
func adjacent(found retrieve.Result, a, b retrieve.Sentence) bool {
	if d := a.N - b.N; d != 1 && d != -1 || !sameDocument(found, a, b) {
		return false
	}
	span := docs.Span{Start: min(a.Span.Start, b.Span.Start), End: max(a.Span.End, b.Span.End)}
	_, ok := holding(found, span, a, b)
	return ok
}

// withAntecedents adds, to each sentence that points back ("Dit is …", "Hij
// …"), the one before it.
func withAntecedents(found retrieve.Result, chosen []retrieve.Sentence) []retrieve.Sentence {
	for _, s := range slices.Clone(chosen) {
		if !pointsBack(s.Plain) {
			continue
		}
		before, ok := previous(found.Pool[s.Passage].Passage, s.Sentence)
		if !ok {
			continue
		}
		add := retrieve.Sentence{Sentence: before, Passage: s.Passage, Score: s.Score}
		if !slices.ContainsFunc(chosen, func(c retrieve.Sentence) bool { return overlap(found, add, c) }) {
			chosen = append(chosen, add)
		}
	}
	return chosen
}

// previous is the sentence of prose before s in the passage.
func previous(p docs.Passage, s docs.Sentence) (docs.Sentence, bool) {
	for _, other := range slices.Backward(p.Sentences) {
		if other.Kind == docs.Prose && other.Span.End <= s.Span.Start {
			return other, true
		}
	}
	return docs.Sentence{}, false
}

// backward are first words with which a sentence leans on the one before it.
var backward = map[string]bool{
	"dit": true, "dat": true, "deze": true, "die": true, "hij": true, "zij": true, "ze": true, "hiervan": true,
	"daarvan": true, "hierbij": true, "daarbij": true, "hiermee": true, "daarmee": true, "hierin": true, "daarin": true,
	"hierdoor": true, "daardoor": true, "hiervoor": true, "daarvoor": true, "daarom": true, "hierover": true,
}

func pointsBack(sentence string) bool {
	first, _, _ := strings.Cut(sentence, " ")
	return backward[strings.ToLower(strings.Trim(first, "‘’“”\"'(«,"))]
}

// documentRank is the place of each document among the chosen sentences.
func documentRank(found retrieve.Result, chosen []retrieve.Sentence) map[string]int {
	rank := map[string]int{}
	for _, s := range chosen {
		id := found.Pool[s.Passage].DocumentID
		if _, ok := rank[id]; !ok {
			rank[id] = len(rank)
		}
	}
	return rank
}

// merge makes one statement of sentences that follow each other in a passage.
func merge(found retrieve.Result, chosen []retrieve.Sentence) []statement {
	var out []statement
	for i, s := range chosen {
		next := statement{source: source(found.Pool[s.Passage]), sentences: []docs.Sentence{s.Sentence}}
		if i > 0 && s.N == chosen[i-1].N+1 && sameDocument(found, s, chosen[i-1]) {
			last := &out[len(out)-1]
			if p, ok := holding(found, docs.Span{Start: last.span().Start, End: s.Span.End}, chosen[i-1], s); ok {
				last.source = source(found.Pool[p])
				last.sentences = append(last.sentences, s.Sentence)
				continue
			}
			next.goesOn = s.Kind == docs.ListItem
		}
		out = append(out, next)
	}
	return out
}

// holding is a passage of one of the sentences that holds the span.
func holding(found retrieve.Result, span docs.Span, sentences ...retrieve.Sentence) (int, bool) {
	for _, s := range sentences {
		if found.Pool[s.Passage].Span.Contains(span) {
			return s.Passage, true
		}
	}
	return 0, false
}

func source(p retrieve.Passage) cite.Source {
	return cite.Source{Document: p.Document, Passage: p.Passage}
}
