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
	forms map[string][]*word // by stem
	// known counts why a piece of a compound is taken for a word: it is one, or
	// the stem of some. Of "slachtoffers" it is the "slachtoffer" that compounds
	// are made with.
	known map[string]int

	// What a word splits into changes with the words that come later, so splits
	// are no part of the postings. They follow from the set of words alone, and
	// are made anew by the first query after that set changed.
	mu        sync.Mutex
	compounds map[string][]*word // by the stem of a part; nil when out of date
}

// word is a word as texts spell it, folded.
type word struct {
	text     string
	stem     string    // itself for a number
	postings []posting // by slot
}

// posting says how often a word stands in a passage.
type posting struct {
	slot, count int32
}

func newVocabulary() *vocabulary {
	return &vocabulary{
		words: make(map[string]*word), forms: make(map[string][]*word), known: make(map[string]int),
	}
}

// word finds a word or makes it.
func (v *vocabulary) word(text string) *word {
	if w := v.words[text]; w != nil {
		return w
	}
	w := &word{text: strings.Clone(text)}
	w.stem = w.text
	if text[0] < '0' || text[0] > '9' {
		w.stem = dutch.Stem(w.text)
	}
	v.enter(w)
	return w
}

func (v *vocabulary) enter(w *word) {
	v.words[w.text] = w
	v.forms[w.stem] = append(v.forms[w.stem], w)
	v.known[w.text]++
	v.known[w.stem]++
	v.compounds = nil
}

// in is the vocabulary of the passages that are visible. It shares the words,
// with all their postings, and is right until the next change.
func (v *vocabulary) in(visible []bool) *vocabulary {
	part := newVocabulary()
	for _, w := range v.words {
		if slices.ContainsFunc(w.postings, func(p posting) bool { return visible[p.slot] }) {
			part.enter(w)
		}
	}
	return part
}

// forget takes a word out that no passage has any more.
func (v *vocabulary) forget(w *word) {
	delete(v.words, w.text)
	forms := v.forms[w.stem]
	if i := slices.Index(forms, w); len(forms) > 1 {
		v.forms[w.stem] = slices.Delete(forms, i, i+1)
	} else {
		delete(v.forms, w.stem)
	}
	for _, text := range []string{w.text, w.stem} {
		if v.known[text]--; v.known[text] == 0 {
			delete(v.known, text)
		}
	}
	v.compounds = nil
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
		v.forget(w)
	}
}

// current returns the compounds of the vocabulary as it is.
func (v *vocabulary) current() map[string][]*word {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.compounds != nil {
		return v.compounds
	}
	v.compounds = make(map[string][]*word)
	for _, w := range v.words {
		for _, part := range v.split(w.text) {
			stem := v.stem(part)
			if list := v.compounds[stem]; len(list) == 0 || list[len(list)-1] != w {
				v.compounds[stem] = append(list, w)
			}
		}
	}
	return v.compounds
}

// stem is dutch.Stem, looked up where it can be.
func (v *vocabulary) stem(text string) string {
	if w := v.words[text]; w != nil {
		return w.stem
	}
	return dutch.Stem(text)
}

// split takes a compound apart into words of the collection.
func (v *vocabulary) split(text string) []string {
	return dutch.SplitCompound(text, func(part string) bool { return v.known[part] > 0 })
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
	compounds := v.current()
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
		if members := join(stem, v.forms[stem], compounds[stem]); len(members) > 0 {
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
		for _, part := range v.split(term.Text) {
			ask(part, false, partWeight)
		}
	}
	return list
}

// join makes one clause of the forms of a word and the compounds it is a part
// of.
func join(stem string, forms, compounds []*word) []member {
	members := make([]member, 0, len(forms)+len(compounds))
	for _, w := range forms {
		members = append(members, member{word: w, weight: 1})
	}
	for _, w := range compounds {
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
