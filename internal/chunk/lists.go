package chunk

import (
	"strings"

	"bronwijzer/internal/docs"
)

// maxListWords is the longest list that is a unit by itself. More than that is
// no answer but a page; its entries are units all the same.
const maxListWords = 90

// list is a run of units that is cited as a whole: units[from:to].
type list struct {
	from, to int
}

// listsOf finds the lists of a stretch, in order, without overlap. With a
// lead-in that ends in a colon a list is that and its entries. Without, entries
// are units enough by themselves, unless none of them has words enough: then as
// many as fit are a list together.
func listsOf(units []unit) []list {
	var out []list
	for i := 0; i < len(units); {
		from, to := i, i
		if leadsIn(units, i) {
			to++
		}
		led := to > from
		for to < len(units) && units[to].kind == docs.ListItem {
			to++
		}
		switch {
		case to == from:
			to++
		case led && wordsOf(units[from:to]) <= maxListWords:
			out = append(out, list{from, to})
		case !led && allShort(units[from:to]):
			out = append(out, runs(units, from, to)...)
		}
		i = to
	}
	return out
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

// runs cuts short entries into lists of at most maxListWords.
func runs(units []unit, from, to int) []list {
	var out []list
	for from < to {
		end := from + 1
		n := units[from].words
		for end < to && n+units[end].words <= maxListWords {
			n += units[end].words
			end++
		}
		if n >= minWords {
			out = append(out, list{from, end})
		}
		from = end
	}
	return out
}
