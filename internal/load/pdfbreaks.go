package load

import (
	"math"
	"strings"
)

const (
	// spaced is how far lines are apart at least, beside the usual, where white
	// space was set between them.
	spaced = 1.25
	// headingSize is what a heading measures at least beside the body.
	headingSize = 1.08
	// narrow is the width of a column, in sizes of its font, in which text doesn't run.
	narrow = 13
)

// pitchAt is the usual distance of lines of a line's size.
func (l *pdfLayout) pitchAt(line *pdfLine) float64 {
	if p := l.pitch[math.Round(line.size)]; p > 0 {
		return p
	}
	return 1.2 * line.size
}

// gapAbove reports whether white space was set above a line.
func (l *pdfLayout) gapAbove(line *pdfLine) bool {
	return !line.first && line.above > spaced*max(l.pitchAt(line), line.size)
}

// breaks reports whether line b begins a block of its own behind open.
func (l *pdfLayout) breaks(open []pdfLine, b *pdfLine) bool {
	a := &open[len(open)-1]
	before, next := a.text(), b.text()
	m := markOf(next)
	switch {
	case math.Abs(a.size-b.size) > 0.06*a.size:
		return true
	case m.bullet:
		return true
	case b.first:
		return l.breaksAtBorder(a, b)
	case l.gapAbove(b) || b.above < 0.3*b.size:
		return true
	case endsBroken(before):
		return false
	case b.size >= headingSize*l.body:
		return m.end > 0 || namedMark.MatchString(next)
	}
	stop, short := isStop(lastRune(before)), l.short(a, b)
	open1 := !stop && !endsColon(before)
	switch {
	case a.bold != b.bold && (short || stop):
		return true
	case m.end > 0 && !m.weak && (short || !open1):
		return true
	case l.indents(open, b) && !open1:
		return true
	case open1 && b.right-b.left < narrow*b.size && !startsSmall(next) && !smallWords[lastWord(before)]:
		return true // an address
	case short && open1 && (startsSmall(next) || smallWords[lastWord(before)]):
		return false
	}
	return short
}

func endsColon(s string) bool {
	r := lastRune(s)
	return r == ':' || r == ';'
}

// breaksAtBorder decides on the first line of a column or page. It goes on with
// what was open unless that was finished: its last line isn't full, or b begins
// something else.
func (l *pdfLayout) breaksAtBorder(a, b *pdfLine) bool {
	before, next := a.text(), b.text()
	switch {
	case a.bold != b.bold || a.size >= headingSize*l.body:
		return true
	case endsBroken(before):
		return false
	case startsSmall(next) && !isStop(lastRune(before)):
		return false
	}
	return endsColon(before) || markOf(next).end > 0 || l.short(a, b) || b.x0 > b.left+0.7*b.size
}

// short reports whether line a ends before it was full: the first word of b
// would still have had a place on it.
func (l *pdfLayout) short(a, b *pdfLine) bool {
	right := a.right
	if math.IsInf(right, 1) {
		right = l.right
	}
	first := &b.words[0]
	width := first.X1 - first.X0
	for i := 1; i < len(b.words) && b.words[i].Glued; i++ {
		width = b.words[i].X1 - first.X0
	}
	if text := strings.TrimSpace(first.Text); strings.Contains(text[1:], "-") {
		width *= float64(strings.IndexByte(text[1:], '-')+1) / float64(len(text)) // it may break there
	}
	return a.x1+0.3*a.size+width < right-0.2*a.size
}

// indents reports whether line b stands further in, or out, than the line above
// it, as the first line of a paragraph or what follows a list does. The second
// line of an entry, which stands below its text, and that of a paragraph with an
// indent don't count.
func (l *pdfLayout) indents(open []pdfLine, b *pdfLine) bool {
	a := &open[len(open)-1]
	in := b.x0 - a.x0
	if math.Abs(in) < 0.7*b.size {
		return false
	}
	if len(open) > 1 {
		return true
	}
	marked := markOf(a.text()).end > 0
	return in > 0 && !marked || in < 0 && marked
}

// grid adds a table that is known by its white space.
func (l *pdfLayout) grid(g *pdfGrid) {
	first := &g.lines[0]
	gap := first.first || l.gapAbove(first)
	if g.isContents() {
		for i := range g.lines {
			l.blocks = append(l.blocks, pdfBlock{text: g.lines[i].text(), page: g.lines[i].page, size: g.lines[i].size, gap: gap && i == 0, aside: true})
		}
		return
	}
	l.table(g.rows(l.words), first.size, gap)
}

// table adds the rows of a table, their header before them.
func (l *pdfLayout) table(rows []pdfRow, size float64, gap bool) {
	header := ""
	if hasHeader(rows) {
		header = rows[0].text()
		l.blocks = append(l.blocks, pdfBlock{text: header, page: rows[0].page, size: size, gap: gap, aside: true})
		rows = rows[1:]
	}
	for i := range rows {
		l.blocks = append(l.blocks, pdfBlock{
			text: rows[i].text(), page: rows[i].page, size: size,
			gap: gap && header == "" && i == 0, row: true, header: header,
		})
	}
}
