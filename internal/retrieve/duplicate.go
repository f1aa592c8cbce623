package retrieve

import (
	"hash/maphash"
	"slices"
	"strings"

	"bronwijzer/internal/dutch"
)

const (
	// shingleWords is the length of a shingle.
	shingleWords = 4
	// duplicateShare of the shorter text's shingles in the other makes two
	// passages near-duplicates.
	duplicateShare = 0.9
)

// shingles are the hashes of a text's runs of words, ascending: what two texts
// share of them is how alike they are (Broder, On the resemblance and
// containment of documents, 1997).
type shingles []uint64

func newShingles(seed maphash.Seed, text string) shingles {
	words := strings.Fields(dutch.Fold(text))
	var out shingles
	for i := 0; i < max(1, len(words)-shingleWords+1); i++ {
		out = append(out, maphash.String(seed, strings.Join(words[i:min(len(words), i+shingleWords)], " ")))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// duplicates reports whether nearly all of the shorter text stands in the other
// and they are of about the same length.
func (a shingles) duplicates(b shingles) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if float64(len(a)) < duplicateShare*float64(len(b)) {
		return false
	}
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return float64(shared) >= duplicateShare*float64(len(a))
}
