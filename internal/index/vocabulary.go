package index

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"bronwijzer/internal/dutch"
)

// vocabulary holds the words of all passages and what they have to do with each
// other. Adding and dropping needs a writer's lock; clauses a reader's.
type vocabulary struct {
	words map[string]*word

	// The tables depend on the set of words alone and are made anew, by the
	// first query after that set changed. Keeping splits of compounds in the
	// postings would be faster still, but what a word splits into changes with
	// the words that come later.
	mu     sync.Mutex
	tables *tables
}

// word is a word as texts spell it, folded.
type word struct {
	text     string
	stem     string // itself for a number
	number   bool
	postings []posting // by slot
}

// posting says how often a word stands in a passage.
type posting struct {
	slot, count int32
}

// tables say which words belong together.
type tables struct {
	forms     map[string][]*word // by stem
	compounds map[string][]*word // by the stem of a part
}

func newVocabulary() *vocabulary {
	return &vocabulary{words: make(map[string]*word)}
}

// word finds a word or makes it.
func (v *vocabulary) word(text string) *word {
	if w := v.words[text]; w != nil {
		return w
	}
	w := &word{text: strings.Clone(text), number: text[0] >= '0' && text[0] <= '9'}
	w.stem = w.text
	if !w.number {
		w.stem = dutch.Stem(w.text)
	}
	v.words[w.text] = w
	v.tables = nil
	return w
}

// add keeps postings in order; nearly always p comes last.
func (w *word) add(p posting) {
	n := len(w.postings)
	if n == 0 || w.postings[n-1].slot < p.slot {
		w.postings = append(w.postings, p)
		return
	}
	i, _ := w.find(p.slot)
	w.postings = slices.Insert(w.postings, i, p)
}

func (w *word) find(slot int32) (int, bool) {
	return slices.BinarySearchFunc(w.postings, slot, func(p posting, slot int32) int {
		return cmp.Compare(p.slot, slot)
	})
}

// drop takes a passage out of a word's postings, and the word out with its last
// one.
func (v *vocabulary) drop(text string, slot int32) {
	w := v.words[text]
	if i, ok := w.find(slot); ok {
		w.postings = slices.Delete(w.postings, i, i+1)
	}
	if len(w.postings) == 0 {
		delete(v.words, text)
		v.tables = nil
	}
}

// current returns the tables of the vocabulary as it is.
func (v *vocabulary) current() *tables {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.tables == nil {
		v.tables = v.makeTables()
	}
	return v.tables
}

func (v *vocabulary) makeTables() *tables {
	t := &tables{forms: make(map[string][]*word, len(v.words)), compounds: make(map[string][]*word)}
	for _, w := range v.words {
		t.forms[w.stem] = append(t.forms[w.stem], w)
	}
	for _, w := range v.words {
		if w.number {
			continue
		}
		for _, part := range v.split(t, w.text) {
			stem := dutch.Stem(part)
			if list := t.compounds[stem]; len(list) == 0 || list[len(list)-1] != w {
				t.compounds[stem] = append(list, w)
			}
		}
	}
	return t
}

// split takes a compound apart into words of the collection. A stem will do: of
// "slachtoffers" it is the "slachtoffer" that compounds are made with.
func (v *vocabulary) split(t *tables, text string) []string {
	return dutch.SplitCompound(text, func(part string) bool {
		return v.words[part] != nil || len(t.forms[part]) > 0
	})
}

// clause is one thing that a query asks for: words that count as one.
type clause struct {
	weight  float64
	members []member
}

// member is a word of a clause; weight is in (0, 1].
type member struct {
	word   *word
	weight float64
}

// clauses turns a query into clauses: one for each word in it that isn't a stop
// word, and one of less weight for each part of a compound. A stem is asked for
// once.
func (v *vocabulary) clauses(query string) []clause {
	t := v.current()
	var list []clause
	asked := make(map[string]bool)
	ask := func(text string, number bool, weight float64) {
		stem := text
		if !number {
			stem = dutch.Stem(text)
		}
		if asked[stem] {
			return
		}
		asked[stem] = true
		if members := t.members(stem); len(members) > 0 {
			list = append(list, clause{weight: weight, members: members})
		}
	}
	terms := dutch.Terms(query)
	for _, term := range terms {
		if !term.Stop && !term.Alt {
			ask(term.Text, term.Number, 1)
		}
	}
	for _, term := range terms {
		if term.Stop {
			continue
		}
		if term.Alt {
			ask(term.Text, term.Number, partWeight)
		}
		for _, part := range v.split(t, term.Text) {
			ask(part, false, partWeight)
		}
	}
	return list
}

// members are the forms of a word and the compounds that it is a part of.
func (t *tables) members(stem string) []member {
	members := make([]member, 0, len(t.forms[stem])+len(t.compounds[stem]))
	for _, w := range t.forms[stem] {
		members = append(members, member{word: w, weight: 1})
	}
	for _, w := range t.compounds[stem] {
		if w.stem != stem {
			members = append(members, member{word: w, weight: compoundWeight})
		}
	}
	return members
}

// rarity is the inverse document frequency of what n of total passages have:
// Robertson and Spärck Jones' weight with 1 added inside the logarithm, which
// keeps it above 0 for what more than half of the passages have.
func rarity(total, n int) float64 {
	return math.Log(1 + (float64(total)-float64(n)+0.5)/(float64(n)+0.5))
}
