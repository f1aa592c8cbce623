package unigram

import (
	"cmp"
	"errors"
	"slices"
)

// Trie holds the pieces by their bytes. Its nodes are numbered level by level
// (breadth first), so that the children of a node stand next to each other and
// two bytes and a bit describe a node; see [Packed]. Pieces are numbered in the
// order of their nodes, from FirstPiece.
type Trie struct {
	labels string   // the byte that leads to the node; the root's is unused
	first  []uint32 // the node's first child; its last is before the next node's first
	ids    []int32  // the piece that ends at the node, or -1
}

// Packed is a trie as it is stored.
type Packed struct {
	Labels string // by node: the byte that leads to it
	Counts string // by node: the number of its children
	Ends   string // by node, eight to a byte, lowest bit first: 1 where a piece ends
}

const root uint32 = 0

var errTrie = errors.New("unpack trie: counts don't match the number of nodes")

// Unpack returns the trie and the number of pieces in it.
func Unpack(p Packed) (Trie, int, error) {
	n := len(p.Labels)
	if n == 0 || len(p.Counts) != n || len(p.Ends) != (n+7)/8 {
		return Trie{}, 0, errTrie
	}
	t := Trie{labels: p.Labels, first: make([]uint32, n+1), ids: make([]int32, n)}
	next, id := uint32(1), FirstPiece
	for i := range n {
		t.first[i] = next
		next += uint32(p.Counts[i])
		t.ids[i] = -1
		if p.Ends[i/8]>>(i%8)&1 == 1 {
			t.ids[i] = id
			id++
		}
	}
	t.first[n] = next
	if int(next) != n {
		return Trie{}, 0, errTrie
	}
	return t, int(id - FirstPiece), nil
}

// child returns the node that c leads to from node n.
func (t *Trie) child(n uint32, c byte) (uint32, bool) {
	lo, hi := t.first[n], t.first[n+1]
	for hi-lo > 8 {
		mid := (lo + hi) / 2
		if t.labels[mid] <= c {
			lo = mid
		} else {
			hi = mid
		}
	}
	for ; lo < hi; lo++ {
		if t.labels[lo] == c {
			return lo, true
		}
	}
	return 0, false
}

// Pack builds the trie of the pieces, none of which may be empty. It returns
// them in the order in which the trie numbers them.
func Pack(pieces []string) (Packed, []string) {
	sorted := slices.Clone(pieces)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)

	// A node is the run of sorted pieces that share its first depth bytes.
	type run struct{ lo, hi, depth int }
	var labels, counts, ends []byte
	var order []string
	queue := []run{{0, len(sorted), 0}}
	labels = append(labels, 0)
	for i := 0; i < len(queue); i++ {
		r := queue[i]
		if i%8 == 0 {
			ends = append(ends, 0)
		}
		if r.lo < r.hi && len(sorted[r.lo]) == r.depth { // the shortest sorts first
			ends[i/8] |= 1 << (i % 8)
			order = append(order, sorted[r.lo])
			r.lo++
		}
		children := 0
		for lo := r.lo; lo < r.hi; children++ {
			c := sorted[lo][r.depth]
			n, _ := slices.BinarySearchFunc(sorted[lo:r.hi], c, func(s string, c byte) int {
				return cmp.Or(cmp.Compare(s[r.depth], c), -1)
			})
			labels = append(labels, c)
			queue = append(queue, run{lo, lo + n, r.depth + 1})
			lo += n
		}
		counts = append(counts, byte(children))
	}
	return Packed{string(labels), string(counts), string(ends)}, order
}
