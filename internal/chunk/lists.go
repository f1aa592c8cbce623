package chunk

import (
	"strings"

	"bronwijzer/internal/docs"
)

// maxListWords is the longest list that is a unit by itself, if it also fits
// into a passage. More than that is no answer but a page; its entries are units
// all the same.
const maxListWords = 90

// list is a run of units that is cited as a whole: units[from:to].
type list struct {
	from, to int
}

// listsOf finds the lists of a stretch, in order, without overlap. With a
// lead-in that ends in a colon a list is that and its entries; at the beginning
// of a stretch the heading leads in. Entries behind anything else are units
// enough by themselves, unless none of them has words enough: then as many as
// fit are a list together. It marks the entries that can be cited.
func (p *packer) listsOf() []list {
	units := p.units
	var out []list
	for i := 0; i < len(units); {
		from, to := i, i
		if leadsIn(units, i) {
			to++
		}
		led := to > from || from == 0
		for to < len(units) && units[to].kind == docs.ListItem {
			to++
		}
		p.mark(from, to)
		switch {
		case to == from:
			to++
		case led && to-from > 1 && wordsOf(units[from:to]) <= maxListWords && p.sum(from, to) <= p.budget:
			out = append(out, list{from, to})
		case allShort(units[from:to]):
			out = append(out, p.runs(from, to)...)
		}
		i = to
	}
	return out
}

// mark notes which of the units are entries of a list, unless all of it has
// fewer words than a sentence ("Home", "Contact").
func (p *packer) mark(from, to int) {
	if wordsOf(p.units[from:to]) < minWords {
		return
	}
	for i := from; i < to; i++ {
		p.units[i].listed = p.units[i].lead != ""
	}
}

// leadsIn reports whether unit i is a sentence that ends in a colon and has an
// entry behind it.
func leadsIn(units []unit, i int) bool {
	return units[i].kind == docs.Prose && strings.HasSuffix(units[i].plain, ":") &&
		i+1 < len(units) && units[i+1].kind == docs.ListItem
}

func wordsOf(units []unit) int {
	n := 0
	for _, u := range units {
		n += u.words
	}
	return n
}

func allShort(units []unit) bool {
	for _, u := range units {
		if u.words >= minWords {
			return false
		}
	}
	return true
}

// runs cuts short entries into lists of at most maxListWords that fit into a
// passage.
func (p *packer) runs(from, to int) []list {
	var out []list
	for from < to {
		end := from + 1
		words, tokens := p.units[from].words, p.tokens[from]
		for end < to && words+p.units[end].words <= maxListWords && tokens+p.tokens[end] <= p.budget {
			words += p.units[end].words
			tokens += p.tokens[end]
			end++
		}
		if words >= minWords {
			out = append(out, list{from, end})
		}
		from = end
	}
	return out
}
