package load

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"bronwijzer/internal/pdf"
)

// pdfRow is a row of a table.
type pdfRow struct {
	cells []string
	bold  bool
	page  int
	// wrapped says that a cell has more than one line, title that the first takes
	// all columns.
	wrapped, title bool
}

// put gives a cell its text, which was set in so many lines. A bar divides cells,
// so one in a cell is written as a slash.
func (r *pdfRow) put(col int, text string, lines int) {
	r.cells[col] = strings.ReplaceAll(text, "|", "/")
	r.wrapped = r.wrapped || lines > 1
}

func (r *pdfRow) text() string {
	cells := make([]string, len(r.cells))
	for i, c := range r.cells {
		cells[i] = strings.TrimRight(c, string(pdf.Hyphen))
	}
	return strings.Join(cells, " | ")
}

// hasHeader reports whether the first of rows names their columns: it is bold
// and others aren't, or has no digits where others have, or has labels where
// others have text that fills lines.
func hasHeader(rows []pdfRow) bool {
	if len(rows) < 2 {
		return false
	}
	first, others := &rows[0], len(rows)-1
	bold, digits, wrapped := 0, 0, 0
	for _, r := range rows[1:] {
		if r.bold {
			bold++
		}
		if strings.ContainsAny(r.text(), "0123456789") {
			digits++
		}
		if r.wrapped {
			wrapped++
		}
	}
	filled, labels := 0, true
	for _, c := range first.cells {
		if c != "" {
			filled++
			labels = labels && countWords(c) <= maxLabel && !isStop(lastRune(c)) && !startsSmall(c)
		}
	}
	switch {
	case filled+1 < len(first.cells):
		return false
	case first.bold && bold*2 < others:
		return true
	case others < 2 || strings.ContainsAny(first.text(), "0123456789"):
		return false
	}
	return float64(digits) >= math.Ceil(0.75*float64(others)) || labels && !first.wrapped && wrapped*2 > others
}

// divide tells which lines begin a row, and ends the table with the last row that
// has more than one cell.
func (g *pdfGrid) divide() {
	apart := g.rowGap()
	end, more := 0, false // more says that the row at hand has cells beside its first
	g.begins = make([]bool, len(g.lines))
	for i, cells := range g.cells {
		g.begins[i] = i == 0 || g.gap(i) >= apart || math.IsInf(apart, 1) && !g.goesOn(i)
		if g.begins[i] {
			more = false
		}
		if more = more || g.columnOf(cells[0]) != g.columnOf(cells[len(cells)-1]); more {
			end = i + 1
		}
	}
	g.lines, g.cells, g.begins = g.lines[:end], g.cells[:end], g.begins[:end]
}

// gap is how far line i is below the one above it.
func (g *pdfGrid) gap(i int) float64 { return g.lines[i].y - g.lines[i-1].y }

// gapSlack is how much the gaps between lines of one kind differ at most, in
// points: a border is half a point, and some programs draw none but leave its
// room.
const gapSlack = 0.3

// rowGap is the least gap above a row, where the lines of a cell are closer
// together than rows are; else it is infinite.
func (g *pdfGrid) rowGap() float64 {
	least := math.Inf(1)
	for i := 1; i < len(g.lines); i++ {
		least = min(least, g.gap(i))
	}
	close, sure, wide := 0, 0, 0
	for i := 1; i < len(g.lines); i++ {
		switch {
		case g.gap(i) <= least+gapSlack:
			close++
			switch {
			case g.follows(i):
				sure++
			case g.counts(i) || g.ended(i):
				return math.Inf(1)
			}
		case g.columnOf(g.cells[i][0]) > 0:
			return math.Inf(1)
		default:
			wide++
		}
	}
	if wide == 0 || sure == 0 || sure*2 < close || least > rowPitch*g.lines[0].size {
		return math.Inf(1)
	}
	return least + gapSlack
}

// counts reports whether line i has a number below a number, as no cell has that
// goes on.
func (g *pdfGrid) counts(i int) bool {
	return slices.ContainsFunc(g.cells[i], func(c pdfCell) bool {
		above := g.above(i, c)
		return above != nil && isAmount(above.text) && isAmount(c.text)
	})
}

// above is the cell of the line above line i that stands above c, or nil.
func (g *pdfGrid) above(i int, c pdfCell) *pdfCell {
	col := g.columnOf(c)
	at := slices.IndexFunc(g.cells[i-1], func(a pdfCell) bool { return g.columnOf(a) == col })
	if at < 0 {
		return nil
	}
	return &g.cells[i-1][at]
}

// goesOn reports whether line i goes on with the row above it, whatever the gap
// between them says: a single word above it may be a cell of its own.
func (g *pdfGrid) goesOn(i int) bool {
	if !g.follows(i) {
		return false
	}
	first := g.cells[i][0]
	if g.columnOf(first) > 0 {
		return true
	}
	above := g.above(i, first)
	return countWords(above.text) > 1 || endsBroken(above.text)
}

// follows reports whether line i may go on with the row above it: its first cell
// is empty, or goes on in the midst of a sentence, and no cell above had place for
// more.
func (g *pdfGrid) follows(i int) bool {
	if g.gap(i) > rowPitch*g.lines[i].size || g.counts(i) {
		return false
	}
	first := &g.cells[i][0]
	return g.columnOf(*first) > 0 || !g.ended(i) && runsOn(g.above(i, *first).text, first.text)
}

// ended reports whether a cell of line i has none above it that was full.
func (g *pdfGrid) ended(i int) bool {
	return slices.ContainsFunc(g.cells[i], func(c pdfCell) bool {
		above := g.above(i, c)
		return above == nil || !g.isFull(above, &c, g.lines[i].size)
	})
}

// runsOn reports whether line b of a cell is in the midst of what line a says.
func runsOn(a, b string) bool {
	return startsSmall(b) || endsBroken(a) || smallWords[lastWord(a)]
}

// isFull reports whether the first word of cell next had no place behind cell c.
func (g *pdfGrid) isFull(c, next *pdfCell, size float64) bool {
	if endsBroken(c.text) {
		return true
	}
	part := float64(utf8.RuneCountInString(firstWord(next.text))) / float64(max(1, utf8.RuneCountInString(next.text)))
	return c.x1+0.2*size+part*(next.x1-next.x0) > g.columns[g.columnOf(*c)].x1
}
