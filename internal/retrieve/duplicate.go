package retrieve

import (
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

// outline is what tells whether two texts say the same: the hashes of their
// runs of words (Broder, On the resemblance and containment of documents,
// 1997), and their numbers. The report of one year may repeat that of another
// word for word, but for the figures that it is asked for.
type outline struct {
	shingles []uint64 // ascending, each once
	numbers  uint64   // a hash of all of them, in order
}

func newOutline(text string) outline {
	words := strings.Fields(dutch.Fold(text))
	hashes := make([]uint64, len(words))
	o := outline{numbers: fnvOffset}
	for i, w := range words {
		hashes[i] = fnvOffset
		number := false
		for _, c := range []byte(w) {
			hashes[i] = mix(hashes[i], uint64(c))
			number = number || '0' <= c && c <= '9'
		}
		if number {
			o.numbers = mix(o.numbers, hashes[i])
		}
	}
	o.shingles = make([]uint64, max(1, len(words)-shingleWords+1))
	for i := range o.shingles {
		o.shingles[i] = fnvOffset
		for _, h := range hashes[i:min(len(words), i+shingleWords)] {
			o.shingles[i] = mix(o.shingles[i], h)
		}
	}
	slices.Sort(o.shingles)
	o.shingles = slices.Compact(o.shingles)
	return o
}

// fnvOffset and mix are FNV-1a (Fowler, Noll and Vo), which, unlike the hashes
// of the runtime, gives the same in every process.
const fnvOffset = 14695981039346656037

func mix(hash, value uint64) uint64 { return (hash ^ value) * 1099511628211 }

// duplicates reports whether the texts have the same numbers, are of about the
// same length, and nearly all of the shorter one stands in the other.
func (o outline) duplicates(other outline) bool {
	a, b := o.shingles, other.shingles
	if len(a) > len(b) {
		a, b = b, a
	}
	if o.numbers != other.numbers || float64(len(a)) < duplicateShare*float64(len(b)) {
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
