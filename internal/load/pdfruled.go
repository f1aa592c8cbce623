package load

import (
	"cmp"
	"math"
	"slices"

	"bronwijzer/internal/pdf"
)

// A table with borders says itself what its cells are: the rules that cross each
// other make a grid, and where one is missing two cells are one. Tables without
// them are read by their white space (pdftable.go).

const (
	// ruleSlack is how far two rules are apart at most that touch, or that lie
	// on one edge, in points.
	ruleSlack = 3
	// maxRuledRows and maxRuledColumns bound a grid.
	maxRuledRows    = 400
	maxRuledColumns = 40
)

// ruledTable is a table whose borders are drawn.
type ruledTable struct {
	page int
	// xs and ys are the edges of its columns and rows.
	xs, ys []float64
	// anchors has, for each row and column, the cell that is there: the first row
	// and column that it takes.
	anchors [][]gridPlace
	// cells are the lines of text of each cell.
	cells map[gridPlace][]pdfLine
}

type gridPlace struct{ row, col int }

// takeTables finds the tables of a page that have borders, and tells the words
// in them so.
func takeTables(page int, words []pdfWord, rules []pdf.Rule) {
	for _, group := range crossing(rules) {
		t := ruledTableOf(group)
		if t == nil {
			continue
		}
		t.page = page
		var inside []int
		in := make(map[gridPlace][]pdfWord)
		for i := range words {
			if at, ok := t.placeOf(&words[i]); ok && words[i].table == nil {
				inside = append(inside, i)
				in[at] = append(in[at], words[i])
			}
		}
		if !t.holds(in) {
			continue
		}
		t.cells = make(map[gridPlace][]pdfLine, len(in))
		for at, cell := range in {
			t.cells[at] = linesOfWords(cell)
		}
		for _, i := range inside {
			words[i].table = t
		}
	}
}

// crossing puts rules in groups that touch each other.
func crossing(rules []pdf.Rule) [][]pdf.Rule {
	group := make([]int, len(rules))
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	for i, a := range rules {
		for j, b := range rules[:i] {
			if a.X0 <= b.X1+ruleSlack && b.X0 <= a.X1+ruleSlack && a.Y0 <= b.Y1+ruleSlack && b.Y0 <= a.Y1+ruleSlack {
				group[find(i)] = find(j)
			}
		}
	}
	at := make(map[int]int)
	var out [][]pdf.Rule
	for i, r := range rules {
		g, ok := at[find(i)]
		if !ok {
			g = len(out)
			at[find(i)] = g
			out = append(out, nil)
		}
		out[g] = append(out[g], r)
	}
	return out
}

// ruledTableOf makes a grid of rules that touch each other; nil when they don't
// divide anything in rows and columns.
func ruledTableOf(rules []pdf.Rule) *ruledTable {
	var xs, ys []float64
	upright, level := 0, 0
	for _, r := range rules {
		// The ends of rules are edges too: a table may be open at its sides.
		xs, ys = append(xs, r.X0, r.X1), append(ys, r.Y0, r.Y1)
		if r.Level() {
			level++
		} else {
			upright++
		}
	}
	t := &ruledTable{xs: edgesIn(xs), ys: edgesIn(ys)}
	rows, columns := len(t.ys)-1, len(t.xs)-1
	if upright == 0 || level == 0 || rows < 2 || columns < 2 || rows > maxRuledRows || columns > maxRuledColumns {
		return nil
	}
	t.join(rules)
	return t
}

// join finds out which places of the grid are one cell: those with no rule
// between them.
func (t *ruledTable) join(rules []pdf.Rule) {
	rows, columns := len(t.ys)-1, len(t.xs)-1
	// walled and floored say that a rule stands left of a place, or lies above it.
	walled, floored := make(map[gridPlace]bool), make(map[gridPlace]bool)
	for _, r := range rules {
		if r.Level() {
			row := nearest(t.ys, r.Y0)
			for col := range columns {
				mid := (t.xs[col] + t.xs[col+1]) / 2
				floored[gridPlace{row, col}] = floored[gridPlace{row, col}] || r.X0 < mid && mid < r.X1
			}
			continue
		}
		col := nearest(t.xs, r.X0)
		for row := range rows {
			mid := (t.ys[row] + t.ys[row+1]) / 2
			walled[gridPlace{row, col}] = walled[gridPlace{row, col}] || r.Y0 < mid && mid < r.Y1
		}
	}
	for row := range rows {
		t.anchors = append(t.anchors, make([]gridPlace, columns))
		for col := range columns {
			at := gridPlace{row, col}
			switch {
			case row > 0 && !floored[at]:
				t.anchors[row][col] = t.anchors[row-1][col]
			case col > 0 && !walled[at]:
				t.anchors[row][col] = t.anchors[row][col-1]
			default:
				t.anchors[row][col] = at
			}
		}
	}
}

// edgesIn are the edges that places lie on.
func edgesIn(at []float64) []float64 {
	slices.Sort(at)
	var out []float64
	for _, x := range at {
		if n := len(out); n == 0 || x-out[n-1] > ruleSlack {
			out = append(out, x)
		}
	}
	return out
}

// nearest is the index of the edge that is nearest to x.
func nearest(edges []float64, x float64) int {
	best := 0
	for i, e := range edges {
		if math.Abs(e-x) < math.Abs(edges[best]-x) {
			best = i
		}
	}
	return best
}

// placeOf returns the cell that a word stands in.
func (t *ruledTable) placeOf(w *pdfWord) (at gridPlace, ok bool) {
	// The middle of its small letters; a baseline may touch the border.
	row := slices.IndexFunc(t.ys, func(y float64) bool { return y > w.Y-0.25*w.Size })
	col := slices.IndexFunc(t.xs, func(x float64) bool { return x > (w.X0+w.X1)/2 })
	if row <= 0 || col <= 0 {
		return at, false
	}
	return t.anchors[row-1][col-1], true
}

// holds reports whether the words of cells are those of a table: two rows at
// least have two cells, and nothing runs through a border. Prose that borders lay
// out isn't one.
func (t *ruledTable) holds(in map[gridPlace][]pdfWord) bool {
	filled := make(map[int]int)
	words, across := 0, 0
	for at, cell := range in {
		filled[at.row]++
		size := 0
		for _, w := range cell {
			size += len(w.Text) + 1
			words++
			if w.X0 < t.xs[at.col]-ruleSlack || w.X1 > t.right(at)+ruleSlack {
				across++
			}
		}
		if size > maxCell {
			return false
		}
	}
	rows := 0
	for _, n := range filled {
		if n > 1 {
			rows++
		}
	}
	return rows > 1 && across*20 <= words
}

// line is the place of a table in the lines of its column: one line, however
// many the table has.
func (t *ruledTable) line(words []pdfWord) pdfLine {
	l := pdfLine{words: words, table: t, x0: t.xs[0], x1: t.xs[len(t.xs)-1], y: words[0].Y}
	sizes := make(map[float64]int)
	for _, w := range words {
		l.y = min(l.y, w.Y)
		sizes[math.Round(w.Size*4)/4] += len(w.Text)
	}
	l.size = commonest(sizes)
	return l
}

// segmentsOfTables makes one segment of each table, and returns the words that
// stand in none.
func segmentsOfTables(words []pdfWord) (tables []segment, loose []pdfWord) {
	at := make(map[*ruledTable]int)
	for _, w := range words {
		t := w.table
		if t == nil {
			loose = append(loose, w)
			continue
		}
		i, ok := at[t]
		if !ok {
			i = len(tables)
			at[t] = i
			tables = append(tables, segment{x0: t.xs[0], x1: t.xs[len(t.xs)-1], y: w.Y, order: w.order})
		}
		s := &tables[i]
		s.words = append(s.words, w)
		s.y = min(s.y, w.Y)
	}
	return tables, loose
}

// linesOfColumn puts the words of a column on lines, a table on one.
func linesOfColumn(words []pdfWord) []pdfLine {
	var loose []pdfWord
	var tables []*ruledTable
	in := make(map[*ruledTable][]pdfWord)
	for _, w := range words {
		if w.table == nil {
			loose = append(loose, w)
			continue
		}
		if in[w.table] == nil {
			tables = append(tables, w.table)
		}
		in[w.table] = append(in[w.table], w)
	}
	lines := linesOfWords(loose)
	for _, t := range tables {
		lines = append(lines, t.line(in[t]))
	}
	slices.SortStableFunc(lines, func(a, b pdfLine) int { return cmp.Compare(a.y, b.y) })
	return lines
}

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
