package load

import (
	"cmp"
	"math"
	"slices"
	"strings"

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
		t.cells = make(map[gridPlace][]pdfLine, len(in))
		for at, cell := range in {
			t.cells[at] = linesOfWords(cell)
		}
		if !t.holds() {
			continue
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

// holds reports whether what stands in cells is a table: two rows at least have
// two cells, nothing runs through a border, and nothing stands apart within a
// cell, as the numbers along a drawing do. Prose that borders lay out isn't one.
func (t *ruledTable) holds() bool {
	filled := make(map[int]int)
	words, across, lines, gapped := 0, 0, 0, 0
	for at, cell := range t.cells {
		filled[at.row]++
		size := 0
		for i := range cell {
			lines++
			if len(cellsOfLine(&cell[i])) > 1 && !strings.HasPrefix(cell[i].words[0].Text, "€") {
				gapped++
			}
			for _, w := range cell[i].words {
				size += len(w.Text) + 1
				words++
				if w.X0 < t.xs[at.col]-ruleSlack || w.X1 > t.right(at)+ruleSlack {
					across++
				}
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
	if len(filled) == 2 && t.listed() {
		return false
	}
	return rows > 1 && across*20 <= words && gapped*5 <= lines
}

// listed reports whether a cell of the first column has lines that end before
// they are full: with no rules but those around a header they are rows.
func (t *ruledTable) listed() bool {
	for at, lines := range t.cells {
		for i := 1; i < len(lines) && at.col == 0; i++ {
			if !runsOn(lines[i-1].text(), lines[i].text()) && t.hasPlace(at.row, 0, &lines[i-1], &lines[i]) {
				return true
			}
		}
	}
	return false
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
