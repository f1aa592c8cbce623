package load

import (
	"cmp"
	"math"
	"slices"
)

// Columns are found by the white space between them. A gutter is a strip that
// no word crosses, with at least two lines on either side at the same height.
// Tables and forms have such strips too; but a page draws them row by row, and
// columns one after the other. So what counts is how often the drawing changes
// sides. A page that is drawn line by line across its columns, as some scanners
// do, is known by columns that are filled with text to their edges, and by changing
// sides with nearly every line; a row of a table whose cells have lines of their
// own does so once.

const (
	// gutter is the least white space between two columns, in points.
	gutter = 6
	// maxColumns is how often a page is divided.
	maxColumns = 4
	// maxCandidates is how many places are tried for a gutter.
	maxCandidates = 12
)

// segment is a run of words drawn one after the other on one line, or a table
// with borders.
type segment struct {
	words     []pdfWord
	x0, x1, y float64
	order     int
}

// segmentsOf cuts words at the ends of lines and at wide gaps.
func segmentsOf(words []pdfWord) []segment {
	out, words := segmentsOfTables(words)
	wide := 0.0
	for i, w := range words {
		goesOn := i > 0 && w.goesOn(&words[i-1])
		if !goesOn {
			wide = wideInLine(words[i:])
		}
		if i > 0 {
			last := &words[i-1]
			if w.raised || last.raised || goesOn && w.X0-last.X1 < wide {
				s := &out[len(out)-1]
				s.words = append(s.words, w)
				s.x0, s.x1 = min(s.x0, w.X0), max(s.x1, w.X1)
				continue
			}
		}
		out = append(out, segment{words: []pdfWord{w}, x0: w.X0, x1: w.X1, y: w.Y, order: w.order})
	}
	return out
}

// goesOn reports whether w stands on the line of the word drawn before it, and
// not left of it.
func (w *pdfWord) goesOn(last *pdfWord) bool {
	return math.Abs(w.Y-last.Y) < 0.3*w.Size && w.X0-last.X1 > -w.Size
}

// wideInLine is the least gap that divides the line with which words begin.
func wideInLine(words []pdfWord) float64 {
	var gaps []float64
	for i := 1; i < len(words) && words[i].goesOn(&words[i-1]); i++ {
		if !words[i].Glued && !words[i].raised && !words[i-1].raised {
			gaps = append(gaps, words[i].X0-words[i-1].X1)
		}
	}
	return wideGap(gaps, 1.2*words[0].Size, words[0].Size)
}

// column is a part of a page that is read before or after the others.
type column struct {
	words []pdfWord
	// wide says that it is as wide as the page.
	wide bool
}

// columnsOf divides the words of a page into columns, in the order of reading.
func columnsOf(words []pdfWord) []column {
	return divide(segmentsOf(words), maxColumns, true)
}

// divide divides segments at their best gutter, and the parts again.
func divide(segs []segment, depth int, wide bool) []column {
	if len(segs) == 0 {
		return nil
	}
	var best split
	if depth > 1 {
		best = bestSplit(segs)
	}
	if len(best.bands) == 0 {
		return []column{{wordsOf(segs), wide}}
	}
	var out []column
	slices.SortStableFunc(segs, func(a, b segment) int { return cmp.Compare(a.y, b.y) })
	at := 0
	for _, band := range best.bands {
		out = append(out, undivided(segs[at:band.from], wide)...)
		var left, right []segment
		for _, s := range segs[band.from:band.to] {
			if s.x0 < best.x-2 {
				left = append(left, s)
			} else {
				right = append(right, s)
			}
		}
		byOrder := func(a, b segment) int { return a.order - b.order }
		slices.SortFunc(left, byOrder)
		slices.SortFunc(right, byOrder)
		out = append(out, divide(left, depth-1, false)...)
		out = append(out, divide(right, depth-1, false)...)
		at = band.to
	}
	return append(out, undivided(segs[at:], wide)...)
}

func undivided(segs []segment, wide bool) []column {
	if len(segs) == 0 {
		return nil
	}
	return []column{{wordsOf(segs), wide}}
}

func wordsOf(segs []segment) []pdfWord {
	segs = slices.Clone(segs)
	slices.SortFunc(segs, func(a, b segment) int { return a.order - b.order })
	var words []pdfWord
	for _, s := range segs {
		words = append(words, s.words...)
	}
	return words
}

// split is a gutter: where the columns right of it begin, and which segments, in
// order of height, stand left and right of it.
type split struct {
	x     float64
	bands []band
	lines int
}

type band struct{ from, to int }

// bestSplit finds the gutter with the most lines beside it.
func bestSplit(segs []segment) split {
	left, right := segs[0].x0, segs[0].x1
	for _, s := range segs {
		left, right = min(left, s.x0), max(right, s.x1)
	}
	counts := make(map[float64]int)
	for _, s := range segs {
		if s.x0 > left+0.15*(right-left) {
			counts[math.Round(s.x0)]++
		}
	}
	edges := make([]float64, 0, len(counts))
	for x := range counts {
		edges = append(edges, x)
	}
	slices.SortFunc(edges, func(a, b float64) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	byHeight := slices.Clone(segs)
	slices.SortStableFunc(byHeight, func(a, b segment) int { return cmp.Compare(a.y, b.y) })
	var best split
	for _, x := range edges[:min(len(edges), maxCandidates)] {
		if counts[x]+counts[x-1]+counts[x+1] < 2 {
			continue
		}
		if s := splitAt(byHeight, x); s.lines > best.lines {
			best = s
		}
	}
	return best
}

// splitAt finds the bands of a page, its segments in order of height, that have
// columns left and right of x.
func splitAt(segs []segment, x float64) split {
	s := split{x: x}
	for i := 0; i < len(segs); {
		j := i
		for j < len(segs) && !(segs[j].x0 < x-2 && segs[j].x1 > x-gutter) {
			j++
		}
		if n := columnLines(segs[i:j], x); n > 0 {
			s.bands = append(s.bands, band{i, j})
			s.lines += n
		}
		i = j + 1
	}
	return s
}

// columnLines returns how many lines the shorter of two columns has that segs,
// none of which crosses x, make beside each other; 0 when they make none.
func columnLines(segs []segment, x float64) int {
	var left, right side
	switches := 0
	byOrder := slices.Clone(segs)
	slices.SortFunc(byOrder, func(a, b segment) int { return a.order - b.order })
	for i, s := range byOrder {
		inLeft := s.x0 < x-2
		if inLeft {
			left.add(&s)
		} else {
			right.add(&s)
		}
		if i > 0 && inLeft != (byOrder[i-1].x0 < x-2) {
			switches++
		}
	}
	n := min(left.lines, right.lines)
	shared := min(left.bottom, right.bottom) - max(left.top, right.top)
	beside := shared >= 0.4*min(left.bottom-left.top, right.bottom-right.top)
	if n < 2 || !beside || left.x1-left.x0 < 40 || right.x1-right.x0 < 40 {
		return 0
	}
	acrossLines := switches*3 >= 2*(left.lines+right.lines)
	if switches <= 2 || n >= 5 && acrossLines && left.filled() && right.filled() {
		return n
	}
	return 0
}

// side sums up what stands on one side of a gutter.
type side struct {
	lines               int
	x0, x1, top, bottom float64
	width               float64 // of all lines together
}

func (s *side) add(seg *segment) {
	if s.lines == 0 {
		s.x0, s.x1, s.top, s.bottom = seg.x0, seg.x1, seg.y, seg.y
	}
	s.lines++
	s.x0, s.x1 = min(s.x0, seg.x0), max(s.x1, seg.x1)
	s.top, s.bottom = min(s.top, seg.y), max(s.bottom, seg.y)
	s.width += seg.x1 - seg.x0
}

// filled reports whether the lines of a side mostly reach its edge.
func (s *side) filled() bool { return s.width > 0.75*float64(s.lines)*(s.x1-s.x0) }
