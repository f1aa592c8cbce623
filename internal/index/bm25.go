package index

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// The parameters of BM25 (S. Robertson and H. Zaragoza, The Probabilistic
// Relevance Framework: BM25 and Beyond, 2009): k1 bounds what a repeated word
// adds, b how much a long passage pays. Both are the paper's usual values.
const (
	k1 = 1.2
	b  = 0.75
)

// What counts for less than a word itself. Both are powers of 1/2, so that sums
// of occurrences are exact in any order. Between 1/4 and 1 they made no
// difference on our questions.
const (
	compoundWeight = 0.5 // a compound in the text that the word is a part of
	partWeight     = 0.5 // a part of a compound, or another reading, in the query
)

// BM25 is Words in memory.
//
// Its postings hold the words as the texts spell them. What belongs together,
// the forms of a word and the compounds it is a part of, is looked up for each
// query in tables that follow from the current vocabulary alone; see
// vocabulary. So the order in which documents came plays no part.
//
// Who may not see every passage has tables of the words in those that they may;
// see edition.
type BM25 struct {
	mu       sync.RWMutex
	vocab    *vocabulary
	slots    []sheet // by slot; a free one has no id
	byID     map[string]int32
	free     []int32
	shelves  shelves
	editions editions
	pool     sync.Pool // of *scratch
}

var _ Words = (*BM25)(nil)

// sheet is what BM25 keeps of a passage.
type sheet struct {
	id     string
	owner  *owner
	shelf  *shelf
	length int32 // in terms
	words  []occurrence
}

// occurrence says how often a passage has a word.
type occurrence struct {
	text  string
	count int32
}

// NewBM25 returns an empty index.
func NewBM25() *BM25 {
	return &BM25{vocab: newVocabulary(), byID: make(map[string]int32)}
}

// Len is the number of passages.
func (x *BM25) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byID)
}

// Apply makes a change visible as a whole, or fails and changes nothing.
func (x *BM25) Apply(ctx context.Context, c Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := check(c); err != nil {
		return err
	}
	x.commit(c, prepareSheets(c, c.read()))
	return nil
}

// prepareSheets counts the words of a change, whose terms were read; it needs no
// lock.
func prepareSheets(c Change, terms [][]dutch.Term) []sheet {
	shared := make(owners)
	sheets := make([]sheet, len(c.Add))
	for i := range c.Add {
		sheets[i] = sheet{
			id:     strings.Clone(c.Add[i].Passage.ID),
			owner:  shared.of(c.Add[i].Document),
			length: int32(len(terms[i])),
			words:  count(terms[i]),
		}
	}
	return sheets
}

func count(terms []dutch.Term) []occurrence {
	words := make([]occurrence, 0, len(terms))
	at := make(map[string]int, len(terms))
	for i := range terms {
		text := terms[i].Text
		n, ok := at[text]
		if !ok {
			n = len(words)
			at[text] = n
			words = append(words, occurrence{text: text})
		}
		words[n].count++
	}
	return words
}

// commit takes prepared sheets in. It can't fail.
func (x *BM25) commit(c Change, sheets []sheet) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.editions.clear()
	for _, id := range c.Remove {
		x.remove(id)
	}
	for i := range sheets {
		x.remove(sheets[i].id)
	}
	for i := range sheets {
		x.add(sheets[i])
	}
}

func (x *BM25) add(s sheet) {
	var slot int32
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
	} else {
		slot = int32(len(x.slots))
		x.slots = append(x.slots, sheet{})
	}
	for i := range s.words {
		w := x.vocab.word(s.words[i].text)
		s.words[i].text = w.text // lets go of the passage's text
		w.add(posting{slot: slot, count: s.words[i].count})
	}
	s.shelf = x.shelves.put(s.owner.meta.Groups, s.length)
	x.slots[slot] = s
	x.byID[s.id] = slot
}

func (x *BM25) remove(id string) {
	slot, ok := x.byID[id]
	if !ok {
		return
	}
	for _, o := range x.slots[slot].words {
		x.vocab.drop(o.text, slot)
	}
	x.shelves.take(x.slots[slot].shelf, x.slots[slot].length)
	x.slots[slot] = sheet{}
	x.free = append(x.free, slot)
	delete(x.byID, id)
}

// Search returns the k best passages that share a word with the query.
func (x *BM25) Search(ctx context.Context, query string, k int, f docs.Filter) ([]Hit, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.scratch()
	defer x.pool.Put(s)
	if err := x.score(ctx, query, x.readBy(f.Reader), s); err != nil {
		return nil, fmt.Errorf("search words: %w", err)
	}
	if k <= 0 {
		return nil, nil
	}
	best := top{k: k}
	g := newGate(f)
	for slot, score := range s.scores {
		if score > 0 && g.pass(x.slots[slot].owner) {
			best.add(Hit{ID: x.slots[slot].id, Score: score})
		}
	}
	return slices.Clip(best.cut()), nil
}

// Score rates the passages with these ids.
func (x *BM25) Score(ctx context.Context, query string, ids []string, r docs.Reader) ([]float64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.scratch()
	defer x.pool.Put(s)
	if err := x.score(ctx, query, x.readBy(r), s); err != nil {
		return nil, fmt.Errorf("score words: %w", err)
	}
	scores := make([]float64, len(ids))
	for i, id := range ids {
		if slot, ok := x.byID[id]; ok {
			scores[i] = s.scores[slot]
		}
	}
	return scores, nil
}

// reading is what a reader sees of the index.
type reading struct {
	vocab    *vocabulary
	visible  []bool // by slot; nil for all
	passages int
	mean     float64 // length of a passage
}

// whole reports whether a reader sees every passage.
func (x *BM25) whole(r docs.Reader) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, whole := x.shelves.seenBy(r)
	return whole
}

func (x *BM25) readBy(r docs.Reader) reading {
	seen, whole := x.shelves.seenBy(r)
	passages, length := seen.size()
	all := reading{vocab: x.vocab, passages: passages, mean: mean(passages, length)}
	if whole {
		return all
	}
	e := x.editions.of(seen)
	e.once.Do(func() {
		e.visible = make([]bool, len(x.slots))
		for slot := range x.slots {
			e.visible[slot] = slices.Contains(seen, x.slots[slot].shelf)
		}
		e.vocab = x.vocab.in(e.visible)
	})
	all.vocab, all.visible = e.vocab, e.visible
	return all
}

// scratch is room for one query: a number for each slot.
type scratch struct {
	scores  []float64 // the result
	weights []float64 // of one clause; all 0 between two
	touched []int32   // where weights isn't 0
}

func (x *BM25) scratch() *scratch {
	s, _ := x.pool.Get().(*scratch)
	if s == nil || cap(s.scores) < len(x.slots) {
		n := len(x.slots) + len(x.slots)/8
		s = &scratch{scores: make([]float64, n), weights: make([]float64, n)}
	}
	s.scores = s.scores[:len(x.slots)]
	clear(s.scores)
	return s
}

// score fills s.scores with the BM25 score of every passage that the reading
// has. Clauses come in the order of the query, so that every sum is made in the
// same order.
func (x *BM25) score(ctx context.Context, query string, r reading, s *scratch) error {
	if r.passages == 0 {
		return ctx.Err()
	}
	for _, c := range r.vocab.clauses(query) {
		if err := ctx.Err(); err != nil {
			return err
		}
		x.scoreClause(c, r, s)
	}
	return ctx.Err()
}

// scoreClause adds one clause. All words of the clause count as one: their
// weighted occurrences are added up before BM25 bounds them, and it is the
// number of passages with any of them that says how rare the clause is.
func (x *BM25) scoreClause(c clause, r reading, s *scratch) {
	s.touched = s.touched[:0]
	for _, m := range c.members {
		for _, p := range m.word.postings {
			if r.visible != nil && !r.visible[p.slot] {
				continue
			}
			if s.weights[p.slot] == 0 {
				s.touched = append(s.touched, p.slot)
			}
			s.weights[p.slot] += m.weight * float64(p.count)
		}
	}
	idf := c.weight * rarity(r.passages, len(s.touched))
	for _, slot := range s.touched {
		tf := s.weights[slot]
		norm := k1 * (1 - b + b*float64(x.slots[slot].length)/r.mean)
		s.scores[slot] += idf * tf * (k1 + 1) / (tf + norm)
		s.weights[slot] = 0
	}
}
