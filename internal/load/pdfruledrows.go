package load

import (
	"math"
	"slices"
)

// rows returns the rows of a table that have text.
func (t *ruledTable) rows(v vocabulary) []pdfRow {
	var rows []pdfRow
	for i := range t.anchors {
		n := t.stacked(i)
		for k := range n {
			if row, ok := t.row(gridLine{i, k, n}, v); ok {
				rows = append(rows, row)
			}
		}
	}
	return withoutEmpty(rows, len(t.xs)-1)
}

// gridLine is a row, or one line of those that are stacked in one.
type gridLine struct{ row, line, lines int }

// row returns a row, and whether it has text of its own: that of a cell which
// takes several rows is said again in each, if it is short.
func (t *ruledTable) row(at gridLine, v vocabulary) (row pdfRow, ok bool) {
	columns := len(t.xs) - 1
	anchors := t.anchors[at.row]
	row = pdfRow{cells: make([]string, columns), bold: true, page: t.page, title: anchors[columns-1] == gridPlace{at.row, 0}}
	for col, cell := range anchors {
		lines, own := t.cells[cell], cell.row == at.row
		if cell.col != col || len(lines) == 0 {
			continue
		}
		if own && at.lines > 1 {
			lines = lines[at.line : at.line+1]
		}
		text := ""
		for _, line := range lines {
			text = v.join(text, line.text())
			row.bold = row.bold && (line.bold || !own)
		}
		if own || len(text) <= maxRepeat {
			row.put(col, text, len(lines))
		}
		ok = ok || own
	}
	return row, ok
}

// stacked counts the rows that stand in one without a rule between them: as many
// as its cells have lines, if all have as many, at the same heights, and no line
// is one that a full line made necessary.
func (t *ruledTable) stacked(row int) int {
	var columns []int
	for col, at := range t.anchors[row] {
		if at == (gridPlace{row, col}) && len(t.cells[at]) > 0 {
			columns = append(columns, col)
		}
	}
	if len(columns) < 2 {
		return 1
	}
	first := t.cells[gridPlace{row, columns[0]}]
	for i := range first {
		ended := i == 0 // some cell had place for more
		for _, col := range columns {
			lines := t.cells[gridPlace{row, col}]
			switch {
			case len(lines) != len(first) || math.Abs(lines[i].y-first[i].y) > 0.2*lines[i].size:
				return 1
			case i > 0 && runsOn(lines[i-1].text(), lines[i].text()):
				return 1
			case i > 0:
				ended = ended || t.hasPlace(row, col, &lines[i-1], &lines[i])
			}
		}
		if !ended {
			return 1
		}
	}
	return len(first)
}

// hasPlace reports whether the first word of line next of a cell would have had a
// place on line l, on whichever side that has room.
func (t *ruledTable) hasPlace(row, col int, l, next *pdfLine) bool {
	left, right := l.x0-t.xs[col], t.right(gridPlace{row, col})-l.x1
	padding := min(left, right, l.size)
	width := next.words[0].X1 - next.words[0].X0
	return 0.3*l.size+width < left+right-2*padding
}

// right is the edge right of a cell.
func (t *ruledTable) right(at gridPlace) float64 {
	col := at.col + 1
	for col < len(t.xs)-1 && t.anchors[at.row][col] == at {
		col++
	}
	return t.xs[col]
}

// withoutEmpty drops the columns that have no text in any row, as double borders
// make them.
func withoutEmpty(rows []pdfRow, columns int) []pdfRow {
	for col := columns - 1; col >= 0; col-- {
		if slices.ContainsFunc(rows, func(r pdfRow) bool { return r.cells[col] != "" }) {
			continue
		}
		for i := range rows {
			rows[i].cells = slices.Delete(rows[i].cells, col, col+1)
		}
	}
	return rows
}

// goesOn reports whether a table goes on with one at the end of the page before.
func (t *ruledTable) goesOn(before *ruledTable) bool {
	return t.page == before.page+1 && slices.EqualFunc(t.xs, before.xs, func(a, b float64) bool { return math.Abs(a-b) < 2*ruleSlack })
}

// sameColumns reports whether rows have as many columns as others.
func sameColumns(a, b []pdfRow) bool {
	return len(a) == 0 || len(b) == 0 || len(a[0].cells) == len(b[0].cells)
}

// ruled adds the table that lines begin with and what it goes on with, and
// returns how many lines that are.
func (l *pdfLayout) ruled(lines []pdfLine) int {
	var rows []pdfRow
	n := 0
	for ; n < len(lines) && lines[n].table != nil; n++ {
		more := lines[n].table.rows(l.words)
		if n > 0 {
			if !lines[n].first || !lines[n].table.goesOn(lines[n-1].table) || !sameColumns(rows, more) {
				break
			}
			if len(more) > 0 && len(rows) > 0 && more[0].text() == rows[0].text() {
				more = more[1:] // its header again
			}
		}
		rows = append(rows, more...)
	}
	first := &lines[0]
	gap := first.first || l.gapAbove(first)
	if len(rows) > 1 && rows[0].title {
		l.blocks = append(l.blocks, pdfBlock{
			text: rows[0].cells[0], page: rows[0].page, lines: 1, size: first.size, bold: rows[0].bold, x0: first.x0, gap: gap,
		})
		rows, gap = rows[1:], false
	}
	l.table(rows, first.size, gap)
	return n
}
