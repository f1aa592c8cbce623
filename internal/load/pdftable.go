package load

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// pdfCell is a run of words of a line, with wide gaps around it.
type pdfCell struct {
	x0, x1 float64
	text   string
	bold   bool
}

// cellsOfLine cuts a line at gaps that are wider than those between its words.
func cellsOfLine(l *pdfLine) []pdfCell {
	var gaps []float64
	for i := 1; i < len(l.words); i++ {
		if !l.words[i].Glued {
			gaps = append(gaps, l.words[i].X0-l.words[i-1].X1)
		}
	}
	wide := wideGap(gaps, 0.9*l.size, l.size)
	return l.cut(func(i int) bool { return l.words[i].X0-l.words[i-1].X1 >= wide })
}

// cellsAt cuts a line where columns are known to begin, at gaps that may be narrow
// but are wider than any other in it. It returns nil if there are none such.
func cellsAt(l *pdfLine, columns []pdfCell) []pdfCell {
	begins := func(i int) bool {
		return slices.ContainsFunc(columns, func(c pdfCell) bool { return math.Abs(c.x0-l.words[i].X0) < 1 })
	}
	inside, between := 0.0, math.Inf(1)
	for i := 1; i < len(l.words); i++ {
		gap := l.words[i].X0 - l.words[i-1].X1
		switch {
		case l.words[i].Glued:
		case begins(i):
			between = min(between, gap)
		default:
			inside = max(inside, gap)
		}
	}
	if between < 1.2*inside || math.IsInf(between, 1) {
		return nil
	}
	return l.cut(begins)
}

// cut cuts a line before the words that at says.
func (l *pdfLine) cut(at func(i int) bool) []pdfCell {
	var cells []pdfCell
	from := 0
	for i := 1; i <= len(l.words); i++ {
		if i < len(l.words) && (l.words[i].Glued || !at(i)) {
			continue
		}
		part := pdfLine{words: l.words[from:i]}
		part.measure()
		cells = append(cells, pdfCell{part.x0, part.x1, part.text(), part.bold})
		from = i
	}
	return cells
}

// wideGap is the least gap that divides a line whose words have the given gaps:
// one of at least least. A line that is stretched to the edges of a narrow column
// has nothing but such gaps, and all are about as wide; they divide it only when
// they are wider than stretching makes them.
func wideGap(gaps []float64, least, size float64) float64 {
	if len(gaps) < 2 {
		return least
	}
	narrow := slices.Min(gaps)
	if narrow >= least && slices.Max(gaps) > 1.5*narrow {
		return least
	}
	return max(least, min(2.2*narrow, 2.5*size))
}

// rowPitch is how far the lines of one row are apart at most, in sizes of its
// font.
const rowPitch = 1.45

// pdfGrid is a run of lines whose cells stand below each other.
type pdfGrid struct {
	lines   []pdfLine
	cells   [][]pdfCell
	columns []pdfCell // the width of each
	// begins says which lines begin a row; the others go on with the one above.
	begins []bool
}

// gridAt returns the table that begins with lines[0], or nil. It goes on as long
// as the cells of a line leave white the strips between its columns.
func gridAt(lines []pdfLine, pitch float64) *pdfGrid {
	first := cellsOfLine(&lines[0])
	if len(first) < 2 {
		return nil
	}
	g := &pdfGrid{columns: slices.Clone(first)}
	widest := 0.0 // of the gaps so far
	for i := range lines {
		cells := cellsOfLine(&lines[i])
		if i > 0 {
			gap := lines[i].y - lines[i-1].y
			if lines[i].table != nil || lines[i].first || gap > 3*max(pitch, lines[i].size) || i > 2 && g.leaves(cells, gap, widest) {
				break
			}
			widest = max(widest, gap)
		}
		columns, ok := fit(g.columns, cells)
		if !ok && i > 1 {
			cells = cellsAt(&lines[i], g.columns)
			columns, ok = fit(g.columns, cells)
		}
		if !ok || len(cells) == 0 {
			break
		}
		g.columns = columns
		g.lines, g.cells = append(g.lines, lines[i]), append(g.cells, cells)
	}
	g.divide()
	if !g.isTable() {
		return nil
	}
	return g
}

// leaves reports whether a line of one cell is no part of a table any more: it
// is set apart, or begins left of its columns.
func (g *pdfGrid) leaves(cells []pdfCell, gap, widest float64) bool {
	return len(cells) == 1 && g.columnOf(cells[0]) == 0 &&
		(gap > spaced*widest || cells[0].x0 < g.columns[0].x0-g.lines[0].size)
}

// fit adds a line's cells to the columns of a table. It fails when they don't
// leave the columns apart.
func fit(columns, cells []pdfCell) ([]pdfCell, bool) {
	out := slices.Clone(columns)
	for _, c := range cells {
		in := -1
		for i, col := range out {
			if c.x0 < col.x1+2 && c.x1 > col.x0-2 {
				if in >= 0 {
					return nil, false
				}
				in = i
			}
		}
		switch {
		case in >= 0:
			out[in].x0, out[in].x1 = min(out[in].x0, c.x0), max(out[in].x1, c.x1)
		case len(cells) > 1:
			at := slices.IndexFunc(out, func(col pdfCell) bool { return col.x0 > c.x0 })
			if at < 0 {
				at = len(out)
			}
			out = slices.Insert(out, at, c)
		default:
			return nil, false
		}
	}
	return out, len(out) > 1
}

// isTable tells tables from lists with marks that stand apart, and from a line
// or two that happen to have gaps.
func (g *pdfGrid) isTable() bool {
	rows, full, marks := 0, 0, 0
	for i, cells := range g.cells {
		if !g.begins[i] {
			continue
		}
		rows++
		if len(cells) > 1 {
			full++
		}
		if markOf(cells[0].text+" x").end > 0 && len(cells) == 2 {
			marks++
		}
	}
	return full*2 >= rows && (full > 2 || full == 2 && len(g.columns) > 2) && marks*2 < full
}

// isContents reports whether a table is one of contents: its last column has
// nothing but page numbers that don't fall.
func (g *pdfGrid) isContents() bool {
	last, before := len(g.columns)-1, 0
	numbers := 0
	for _, cells := range g.cells {
		c := cells[len(cells)-1]
		n, err := strconv.Atoi(strings.TrimLeft(c.text, ". "))
		if g.columnOf(c) != last || len(cells) < 2 {
			continue // the first line of an entry
		}
		if err != nil || n < before || n > 2000 {
			return false
		}
		before = n
		numbers++
	}
	return numbers > 2 && len(g.columns) < 4 && !strings.ContainsAny(g.cells[0][0].text, "0123456789") || numbers > 5 && before > numbers/2
}

func (g *pdfGrid) columnOf(c pdfCell) int {
	for i, col := range g.columns {
		if c.x0 < col.x1+2 && c.x1 > col.x0-2 {
			return i
		}
	}
	return len(g.columns) - 1
}

// rows returns the rows of a table.
func (g *pdfGrid) rows(v vocabulary) (rows []pdfRow) {
	for i, cells := range g.cells {
		if g.begins[i] {
			rows = append(rows, pdfRow{cells: make([]string, len(g.columns)), bold: true, page: g.lines[i].page})
		}
		row := &rows[len(rows)-1]
		for _, c := range cells {
			col := g.columnOf(c)
			lines := 1
			if row.cells[col] != "" {
				lines++
			}
			row.put(col, v.join(row.cells[col], c.text), lines)
			row.bold = row.bold && c.bold
		}
	}
	return rows
}
