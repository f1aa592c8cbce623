package answer

import (
	"slices"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/retrieve"
)

const (
	// maxItems bounds how many entries of a list an answer takes.
	maxItems = 12
	// longItem is from how many words on an entry with a title of its own
	// ("Bewustwording: meer mensen moeten …") is shown by that title.
	longItem = 15
)

// numbers finds the sentences of the pool by their place in a document.
type numbers map[string]map[int]retrieve.Sentence

func numbered(found retrieve.Result) numbers {
	by := numbers{}
	for i, p := range found.Pool {
		if by[p.DocumentID] == nil {
			by[p.DocumentID] = map[int]retrieve.Sentence{}
		}
		for _, s := range p.Sentences {
			if _, ok := by[p.DocumentID][s.N]; !ok {
				by[p.DocumentID][s.N] = retrieve.Sentence{Sentence: s, Passage: i}
			}
		}
	}
	return by
}

// leadsIn reports whether a sentence only announces what follows it.
func leadsIn(s docs.Sentence) bool { return s.Kind != docs.List && strings.HasSuffix(s.Plain, ":") }

// items are the entries that follow a lead-in, as far as the pool holds them.
// The list may run on into other passages.
func (by numbers) items(found retrieve.Result, lead retrieve.Sentence) []retrieve.Sentence {
	var out []retrieve.Sentence
	document := by[found.Pool[lead.Passage].DocumentID]
	for n := lead.N + 1; len(out) < maxItems; n++ {
		s, ok := document[n]
		if ok && s.Kind == docs.List {
			continue
		}
		if !ok || s.Kind != docs.ListItem {
			break
		}
		s.Score = lead.Score
		out = append(out, s)
	}
	return out
}

// withItems adds to each lead-in the entries of its list. A long entry is shown
// by its title, so that a whole list fits; the quote is the whole entry.
func (c *choice) withItems(sentences []retrieve.Sentence) []retrieve.Sentence {
	for _, lead := range slices.Clone(sentences) {
		if !leadsIn(lead.Sentence) {
			continue
		}
		for _, item := range c.by.items(c.found, lead) {
			item.Plain = short(item.Plain)
			if !slices.ContainsFunc(sentences, func(had retrieve.Sentence) bool { return c.same(item, had) }) {
				sentences = append(sentences, item)
			}
		}
	}
	return sentences
}

// short is an entry's title where it has one and is long, else the entry.
func short(item string) string {
	title, rest, ok := strings.Cut(item, ":")
	if ok && len(strings.Fields(item)) >= longItem && len(strings.Fields(title)) < longItem && strings.HasPrefix(rest, " ") {
		return title
	}
	return item
}
