package eval

// coverage is the share of the gold words that stand in common runs of at least
// three words (fewer when the gold is shorter), in [0, 1]. The runs are the
// matching blocks of Ratcliff and Obershelp's gestalt pattern matching (1988):
// the longest common run, the earliest one at a tie, and then the same on both
// sides of it.
func coverage(gold, passage []string) float64 {
	if len(gold) == 0 || len(passage) == 0 {
		return 0
	}
	m := blocks{a: gold, b: passage, at: make(map[string][]int)}
	for j, w := range passage {
		m.at[w] = append(m.at[w], j)
	}
	return float64(m.sum(window{0, len(gold), 0, len(passage)}, min(3, len(gold)))) / float64(len(gold))
}

// blocks finds common runs of a and b; at holds where each word of b stands.
type blocks struct {
	a, b []string
	at   map[string][]int
}

// window is a stretch of a, [alo, ahi), and one of b, [blo, bhi).
type window struct{ alo, ahi, blo, bhi int }

// sum adds the lengths of the matching blocks of at least need words. Two
// blocks never touch, as the longer would have taken in the other, so none have
// to be joined.
func (m *blocks) sum(w window, need int) int {
	i, j, size := m.longest(w)
	if size == 0 {
		return 0
	}
	n := m.sum(window{w.alo, i, w.blo, j}, need) + m.sum(window{i + size, w.ahi, j + size, w.bhi}, need)
	if size >= need {
		n += size
	}
	return n
}

// longest returns the longest run that the two stretches share: where it begins
// in a and b, and its length. At a tie it is the one that begins first in a,
// then in b.
func (m *blocks) longest(w window) (i, j, size int) {
	i, j = w.alo, w.blo
	lengths := make(map[int]int) // of the run that ends at this place of b
	for x := w.alo; x < w.ahi; x++ {
		next := make(map[int]int)
		for _, y := range m.at[m.a[x]] {
			if y < w.blo || y >= w.bhi {
				continue
			}
			k := lengths[y-1] + 1
			next[y] = k
			if k > size {
				i, j, size = x-k+1, y-k+1, k
			}
		}
		lengths = next
	}
	return i, j, size
}
