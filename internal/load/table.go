package load

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/docs"
)

// Bounds on tables.
const (
	// maxGridColumns is how many columns cells are spread over.
	maxGridColumns = 200
	// maxCell is the longest text of a cell, in bytes, with which a row is still
	// read as a row. Longer ones are prose that a table lays out.
	maxCell = 1200
	// maxRepeat is the longest text, in bytes, that is said again for every row or
	// column that a cell takes.
	maxRepeat = 120
	// maxHeader is the longest header, in bytes. It is read with every row, so
	// without a bound a table could be made to cost the square of its size.
	maxHeader = 4 << 10
)

// rawCell is a cell of a table as its file has it.
type rawCell struct {
	text string
	// blocks is what the cell holds, where that is known.
	blocks []flowBlock
	// cols and rows are how many columns and rows it takes; 0 is one.
	cols, rows int
	// joined says that it goes on with the cell above.
	joined bool
	// bold says that all its text is in bold, or made to stand out by the style of
	// the table.
	bold bool
}

// rawRow is a row of a table as its file has it.
type rawRow struct {
	cells []rawCell
	// head says that it names the columns.
	head bool
}

// spreader gives the cells of a table their columns.
type spreader struct {
	// above is the text of the last cell of each column, left how many rows more
	// it takes.
	above []string
	left  []int
}

// row returns the texts of a row by column. A short text is said again in every
// row that its cell takes, and with head in every column.
func (g *spreader) row(cells []rawCell, head bool) []string {
	var out []string
	put := func(text string, rows int) {
		i := len(out)
		for len(g.above) <= i {
			g.above, g.left = append(g.above, ""), append(g.left, 0)
		}
		g.above[i], g.left[i] = text, rows
		if len(text) > maxRepeat {
			g.above[i] = ""
		}
		out = append(out, text)
	}
	taken := func() {
		for i := len(out); i < len(g.left) && g.left[i] > 0; i = len(out) {
			put(g.above[i], g.left[i]-1)
		}
	}
	for _, c := range cells {
		taken()
		text := c.text
		if i := len(out); c.joined && i < len(g.above) {
			text = g.above[i]
		}
		for i := range max(1, min(c.cols, maxGridColumns-len(out))) {
			if i > 0 && (!head || len(text) > maxRepeat) {
				text = ""
			}
			put(text, max(0, c.rows-1))
		}
	}
	taken()
	return out
}

// table adds the rows of a table. Each Row carries the names of its columns,
// and one after another the rows are lines of the text, their header above them.
// One that only lays out (it has a single column) is added as the blocks in it,
// and so is a row whose cells are prose.
func (f *flow) table(rows []rawRow) error {
	titles := titleRows(rows)
	for _, row := range rows[:titles] {
		title := row.cells[0]
		if len(title.blocks) == 0 && hasWord(title.text) {
			title.blocks = []flowBlock{{text: title.text}}
		}
		f.cells([]rawCell{title})
	}
	rows = rows[titles:]
	heads := headRows(rows)
	guessed := heads == 0 && guessHeader(rows)
	if guessed {
		heads = 1
	}
	var g spreader
	var names []string
	header := ""
	for i, row := range rows {
		cells := g.row(row.cells, i < heads)
		if err := f.spend(max(0, len(cells)-len(row.cells)), 0); err != nil {
			return err
		}
		b := flowBlock{kind: docs.Row, text: joinCells(cells), header: header}
		if i < heads {
			names = addNames(names, cells)
			header = joinCells(names)
			b.aside, b.header = !guessed, ""
		}
		switch {
		case len(cells) < 2 || laidOut(row.cells):
			f.cells(row.cells)
		case hasWord(b.text):
			if err := f.spend(1, len(b.text)); err != nil {
				return err
			}
			f.add(b)
		}
	}
	return nil
}

// cells adds what stands in the cells of a row that isn't read as one.
func (f *flow) cells(cells []rawCell) {
	for _, c := range cells {
		for _, b := range c.blocks {
			f.add(b)
		}
	}
}

// laidOut reports whether a row only lays out what stands in its cells: prose,
// headings, or a table of their own.
func laidOut(cells []rawCell) bool {
	for _, c := range cells {
		if len(c.text) > maxCell && len(c.blocks) > 0 {
			return true
		}
		for _, b := range c.blocks {
			if b.kind == docs.Row || b.kind == docs.Heading {
				return true
			}
		}
	}
	return false
}

// joinCells writes cells on a line. A bar divides them, so one in a cell is
// written as a slash.
func joinCells(cells []string) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.ReplaceAll(strings.Join(strings.Fields(c), " "), "|", "/")
	}
	return strings.Join(out, " | ")
}

// addNames adds a row of a header to the names of the columns above it.
func addNames(names, cells []string) []string {
	for i, c := range cells {
		switch {
		case i >= len(names):
			names = append(names, c)
		case c != "" && !strings.HasSuffix(names[i], c):
			names[i] = strings.TrimSpace(names[i] + " " + c)
		}
	}
	return names
}

// titleRows counts the rows at the top of a table that have a single cell, beside
// the columns below it: a title. One that says it names the columns is none.
func titleRows(rows []rawRow) int {
	if len(rows) > 1 && len(rows[0].cells) == 1 && len(rows[1].cells) > 1 && !rows[0].head && rows[0].cells[0].rows < 2 {
		return 1
	}
	return 0
}

// headRows counts the rows at the top that name the columns. Where nothing is
// below them there are none.
func headRows(rows []rawRow) int {
	n := 0
	for n < len(rows) && rows[n].head {
		n++
	}
	if n == len(rows) {
		return 0
	}
	return n
}

// maxLabel is the most words that the name of a column has.
const maxLabel = 8

// guessHeader reports whether the first row of a table that doesn't say so
// names its columns: all its cells but the first have a short text, and are in
// bold, or one stands above nothing but numbers. It stays a row as well, for the
// guess may be wrong.
func guessHeader(rows []rawRow) bool {
	if len(rows) < 3 || len(rows[0].cells) < 2 {
		return false
	}
	first := rows[0].cells
	bold, numbers := true, false
	for i, c := range first {
		if c.text == "" && i == 0 {
			continue
		}
		if !hasWord(c.text) || countWords(c.text) > maxLabel || isStop(lastRune(c.text)) {
			return false
		}
		bold = bold && c.bold
		numbers = numbers || !isAmount(c.text) && i > 0 && onlyAmounts(rows[1:], i, len(first))
	}
	return numbers || bold && !allBold(rows[1].cells)
}

func allBold(cells []rawCell) bool {
	for _, c := range cells {
		if hasWord(c.text) && !c.bold {
			return false
		}
	}
	return true
}

// onlyAmounts reports whether column i of rows with as many cells as the first
// has nothing but numbers, two at least.
func onlyAmounts(rows []rawRow, i, columns int) bool {
	n := 0
	for _, row := range rows {
		if len(row.cells) != columns || !hasWord(row.cells[i].text) {
			continue
		}
		if !isAmount(row.cells[i].text) {
			return false
		}
		n++
	}
	return n > 1
}

// isAmount reports whether a cell holds a number, with a sign of money or a
// unit at most.
func isAmount(s string) bool {
	s = strings.TrimLeft(s, "€$<>≤≥±+-–~ \u00a0")
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(r) && countWords(s) <= 3
}

// fill makes the text of a cell from its blocks.
func (c *rawCell) fill() {
	var b strings.Builder
	c.bold = true
	for _, block := range c.blocks {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(block.lead + block.text)
		c.bold = c.bold && block.bold
	}
	c.text = b.String()
}
