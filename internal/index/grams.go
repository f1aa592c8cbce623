package index

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// Grams rates passages by the pieces of words they share with a query: BM25
// over the character 4-grams of folded words. That forgives typing errors and
// inflection, and reaches inside compounds. It doesn't search: 4-grams of
// everything would be five times the postings of the words, and rating the
// candidates of the other indexes gave the same ranking.
//
// Safe for concurrent use.
type Grams struct {
	mu      sync.RWMutex
	byID    map[string]gramSheet
	shelves shelves // lengths in grams
}

// gram is four characters of a word that has a space on either side: 7 bits
// each when they are ASCII, else a hash with the highest bit set. A hash that
// two grams share costs a little precision.
type gram uint32

const gramSize = 4

// gramSheet holds the grams of one passage, ascending, each with its count
// (at most 255: BM25 hardly tells more apart). Two flat slices take 5 bytes a
// gram where a slice of pairs takes 8.
type gramSheet struct {
	grams  []gram
	counts []uint8
	length int32
	shelf  *shelf
}

// NewGrams returns an empty index.
func NewGrams() *Grams {
	return &Grams{byID: make(map[string]gramSheet)}
}

// Len is the number of passages.
func (x *Grams) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byID)
}

// Apply makes a change visible as a whole, or fails and changes nothing.
func (x *Grams) Apply(ctx context.Context, c Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := check(c); err != nil {
		return err
	}
	x.commit(c, prepareGrams(c.read()))
	return nil
}

// prepareGrams counts the grams of passages whose terms were read; it needs no
// lock.
func prepareGrams(terms [][]dutch.Term) []gramSheet {
	sheets := make([]gramSheet, len(terms))
	var all []gram
	for i := range terms {
		all = all[:0]
		for _, t := range terms[i] {
			all = appendWord(all, t.Text)
		}
		sheets[i] = newGramSheet(all)
	}
	return sheets
}

// newGramSheet counts grams; it sorts all.
func newGramSheet(all []gram) gramSheet {
	slices.Sort(all)
	distinct := 0
	for i := range all {
		if i == 0 || all[i] != all[i-1] {
			distinct++
		}
	}
	s := gramSheet{
		grams:  make([]gram, 0, distinct),
		counts: make([]uint8, 0, distinct),
		length: int32(len(all)),
	}
	for i, g := range all {
		n := len(s.grams)
		if i == 0 || g != all[i-1] {
			s.grams, s.counts = append(s.grams, g), append(s.counts, 1)
		} else if s.counts[n-1] < 255 {
			s.counts[n-1]++
		}
	}
	return s
}

// commit takes prepared sheets in, in the order of c.Add. It can't fail.
func (x *Grams) commit(c Change, sheets []gramSheet) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range c.Remove {
		x.remove(id)
	}
	for i := range sheets {
		id := strings.Clone(c.Add[i].Passage.ID)
		x.remove(id)
		s := sheets[i]
		s.shelf = x.shelves.put(c.Add[i].Document.Groups, s.length)
		if s.shelf.df == nil {
			s.shelf.df = make(map[gram]int32)
		}
		for _, g := range s.grams {
			s.shelf.df[g]++
		}
		x.byID[id] = s
	}
}

func (x *Grams) remove(id string) {
	s, ok := x.byID[id]
	if !ok {
		return
	}
	delete(x.byID, id)
	x.shelves.take(s.shelf, s.length)
	for _, g := range s.grams {
		if s.shelf.df[g]--; s.shelf.df[g] == 0 {
			delete(s.shelf.df, g)
		}
	}
}

// Score rates the passages with these ids, in their order: 0 or more, 0 for an
// unknown id and where nothing is shared. For the reader it is, to the last bit,
// as if what they may not see weren't there; that holds for all of Grams.
func (x *Grams) Score(ctx context.Context, query string, ids []string, r docs.Reader) ([]float64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	q := x.query(query, r)
	scores := make([]float64, len(ids))
	for i, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("score grams: %w", err)
		}
		s := q.sheet(x, id)
		norm := q.norm(s.length)
		for j, g := range q.grams {
			if at, ok := slices.BinarySearch(s.grams, g); ok {
				scores[i] += saturate(q.rarity[j], float64(s.counts[at]), norm)
			}
		}
	}
	return scores, nil
}

// ScoreTexts rates texts that needn't be in the index, in their order, with the
// index's own statistics, as far as the reader may see. They are on the scale of
// Score.
func (x *Grams) ScoreTexts(query string, texts []string, r docs.Reader) []float64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	q := x.query(query, r)
	scores := make([]float64, len(texts))
	counts := make([]int32, len(q.grams))
	var all []gram
	var terms []dutch.Term
	for i, text := range texts {
		terms = dutch.AppendTerms(terms[:0], text)
		all = appendGrams(all[:0], terms)
		clear(counts)
		for _, g := range all {
			if !q.maybe(g) {
				continue
			}
			if at, ok := slices.BinarySearch(q.grams, g); ok {
				counts[at]++
			}
		}
		norm := q.norm(int32(len(all)))
		for j, n := range counts {
			if n > 0 {
				scores[i] += saturate(q.rarity[j], float64(n), norm)
			}
		}
	}
	return scores
}

// Coverage is the share of the query's grams that a passage has, each weighted
// by its rarity: in [0, 1], 0 for an unknown id or a query without grams. A gram
// that no passage has weighs most: a query about something else covers little.
func (x *Grams) Coverage(ctx context.Context, query, id string, r docs.Reader) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("coverage of grams: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	q := x.query(query, r)
	s := q.sheet(x, id)
	var found, all float64
	for j, g := range q.grams {
		all += q.rarity[j]
		if _, ok := slices.BinarySearch(s.grams, g); ok {
			found += q.rarity[j]
		}
	}
	if all == 0 {
		return 0, nil
	}
	return found / all, nil
}

// gramQuery holds the distinct grams of a query, ascending, and their rarity, for
// one reader.
type gramQuery struct {
	grams  []gram
	rarity []float64
	bloom  [64]uint64
	seen   shelves
	mean   float64 // length of a passage
}

func (x *Grams) query(text string, r docs.Reader) *gramQuery {
	grams := appendGrams(nil, dutch.Terms(text))
	slices.Sort(grams)
	q := &gramQuery{grams: slices.Compact(grams)}
	q.seen, _ = x.shelves.seenBy(r)
	passages, length := q.seen.size()
	q.mean = mean(passages, length)
	q.rarity = make([]float64, len(q.grams))
	for i, g := range q.grams {
		n := int32(0)
		for _, s := range q.seen {
			n += s.df[g]
		}
		q.rarity[i] = rarity(passages, int(n))
		h := bloomBit(g)
		q.bloom[h>>6] |= 1 << (h & 63)
	}
	return q
}

// maybe is false for nearly all grams that the query hasn't: one look at 512
// bytes instead of a search.
func (q *gramQuery) maybe(g gram) bool {
	h := bloomBit(g)
	return q.bloom[h>>6]&(1<<(h&63)) != 0
}

// bloomBit spreads a gram over 12 bits (Fibonacci hashing).
func bloomBit(g gram) uint32 { return uint32(g) * 2654435769 >> 20 }

// norm is BM25's denominator beside the count, for a text of this many grams.
func (q *gramQuery) norm(length int32) float64 {
	return k1 * (1 - b + b*float64(length)/q.mean)
}

// sheet is that of a passage; empty for one that the reader doesn't see.
func (q *gramQuery) sheet(x *Grams, id string) gramSheet {
	s := x.byID[id]
	if !slices.Contains(q.seen, s.shelf) {
		return gramSheet{}
	}
	return s
}

func saturate(rarity, count, norm float64) float64 {
	return rarity * count * (k1 + 1) / (count + norm)
}

// appendGrams adds the grams of every reading of every word that isn't a stop
// word. A word of one letter with its spaces is a gram of three.
func appendGrams(grams []gram, terms []dutch.Term) []gram {
	for _, t := range terms {
		if !t.Stop {
			grams = appendWord(grams, t.Text)
		}
	}
	return grams
}

func appendWord(grams []gram, word string) []gram {
	const mask = 1<<(7*gramSize) - 1
	before := len(grams)
	packed := gram(' ')
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return appendWide(grams[:before], word)
		}
		packed = packed<<7 | gram(word[i])
		if i >= gramSize-2 {
			grams = append(grams, packed&mask)
		}
	}
	return append(grams, (packed<<7|' ')&mask)
}

// appendWide is appendWord for words that aren't ASCII after folding. A gram of
// four ASCII characters is packed here too, so that both meet.
func appendWide(grams []gram, word string) []gram {
	runes := []rune(" " + word + " ")
	for i := 0; i+gramSize <= len(runes) || i == 0; i++ {
		var packed, hash gram
		hash = 2166136261
		wide := false
		for _, r := range runes[i:min(i+gramSize, len(runes))] {
			packed = packed<<7 | gram(r)
			hash = (hash ^ gram(r)) * 16777619
			wide = wide || r >= utf8.RuneSelf
		}
		if wide {
			packed = hash | 1<<31
		}
		grams = append(grams, packed)
	}
	return grams
}
