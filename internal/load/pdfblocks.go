package load

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"bronwijzer/internal/pdf"
)

// pdfBlock is a paragraph, heading, entry or row, with what it looks like.
type pdfBlock struct {
	text string
	page int // that it begins on
	// turns are the places in text where the lines of other pages begin.
	turns []pageMark
	// lines counts the lines that it was set in.
	lines int
	size  float64
	bold  bool
	x0    float64 // of its first line
	// gap says that white space stands before it.
	gap bool
	// row says that it is a row of a table, with its header; aside that it is in
	// the text but in no block: the header itself, or a table of contents.
	row, aside bool
	header     string
}

// pageMark is a place in a text, in bytes, where what stands on a page begins.
type pageMark struct{ at, page int }

// pdfLayout is what the pages of a document were found to be.
type pdfLayout struct {
	columns [][]pdfLine
	// body is the size of most of its text, right the edge of its full lines.
	body, right float64
	pitch       map[float64]float64
	words       vocabulary
	// blocks are its text, notes its footnotes.
	blocks, notes []pdfBlock
}

// layoutOf finds lines, columns, paragraphs and footnotes of a document.
func layoutOf(file *pdf.Document) *pdfLayout {
	pages := make([][]pdfLine, len(file.Pages))
	heights := make([]float64, len(file.Pages))
	for i, p := range file.Pages {
		pages[i], heights[i] = linesOfWords(levelled(p.Words)), p.Height
	}
	dropFurniture(pages, heights)
	l := &pdfLayout{words: make(vocabulary)}
	for i, lines := range pages {
		l.addPage(i+1, lines, file.Pages[i].Rules)
	}
	l.measure()
	var body []pdfLine
	for _, lines := range l.columns {
		body = append(body, l.splitNotes(lines, heights[lines[0].page-1])...)
	}
	l.paragraphs(body)
	return l
}

// addPage divides what is left of a page into columns.
func (l *pdfLayout) addPage(page int, lines []pdfLine, rules []pdf.Rule) {
	var words []pdfWord
	for _, line := range lines {
		words = append(words, line.words...)
	}
	takeTables(page, words, rules)
	for _, c := range columnsOf(inOrder(words)) {
		lines := linesOfColumn(c.words)
		left, right := lines[0].x0, lines[0].x1
		for _, line := range lines {
			left, right = min(left, line.x0), max(right, line.x1)
		}
		if c.wide {
			right = math.Inf(1) // that of all wide lines, once it is known
		}
		for i := range lines {
			lines[i].page, lines[i].left, lines[i].right, lines[i].first = page, left, right, i == 0
			if i > 0 {
				lines[i].above = lines[i].y - lines[i-1].y
			}
			for _, text := range lines[i].texts() {
				l.words.read(text)
			}
		}
		l.columns = append(l.columns, lines)
	}
}

// measure finds the size of the body, the edge of wide lines and the distance of
// lines.
func (l *pdfLayout) measure() {
	sizes := make(map[float64]int)
	for _, lines := range l.columns {
		for _, line := range lines {
			sizes[line.size] += len(line.words)
		}
	}
	l.body = commonest(sizes)
	for _, lines := range l.columns {
		for _, line := range lines {
			if math.IsInf(line.right, 1) && line.size == l.body && line.table == nil {
				l.right = max(l.right, line.x1)
			}
		}
	}
	l.pitch = pitchOf(l.columns)
}

// noteText is the beginning of a footnote whose number isn't raised.
var noteText = regexp.MustCompile(`^(\d{1,3})(?:[.)]?[ \x{A0}]\S|\p{Lu})`)

// noteSize is what a footnote's text measures at most beside the body.
const noteSize = 0.93

// splitNotes takes the footnotes from the end of a column, and returns the rest.
func (l *pdfLayout) splitNotes(lines []pdfLine, height float64) []pdfLine {
	from := len(lines)
	for i := range lines {
		if lines[i].y > 0.3*height && l.startsNote(&lines[i]) && l.allNotes(lines[i:]) {
			from = i
			break
		}
	}
	for from > 0 && len(l.notes) > 0 && l.isSmall(&lines[from-1]) && !isStop(lastRune(l.notes[len(l.notes)-1].text)) {
		from-- // the rest of a note of the page before
	}
	for i := from; i < len(lines); i++ {
		line := &lines[i]
		if len(l.notes) == 0 || l.startsNote(line) {
			l.notes = append(l.notes, pdfBlock{text: line.text(), page: line.page, size: line.size})
			continue
		}
		last := &l.notes[len(l.notes)-1]
		last.text = l.words.join(last.text, line.text())
	}
	return lines[:from]
}

func (l *pdfLayout) isSmall(line *pdfLine) bool {
	return line.size < noteSize*l.body && line.table == nil
}

// startsNote reports whether a line begins a footnote: with a raised number, or
// in small print with the number that comes next.
func (l *pdfLayout) startsNote(line *pdfLine) bool {
	if line.table != nil {
		return false
	}
	if line.words[0].raised && raisesNote(&line.words[0], "") {
		return true
	}
	m := noteText.FindStringSubmatch(line.text())
	if m == nil || !l.isSmall(line) {
		return false
	}
	n, _ := strconv.Atoi(m[1])
	before := 0
	if len(l.notes) > 0 {
		before, _ = strconv.Atoi(noteNumber(l.notes[len(l.notes)-1].text))
	}
	return n == before+1 || n == 1
}

func noteNumber(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}

// allNotes reports whether lines are no larger than the first of them.
func (l *pdfLayout) allNotes(lines []pdfLine) bool {
	for _, line := range lines {
		if line.size > lines[0].size+0.3 || line.size > l.body || line.table != nil {
			return false
		}
	}
	return true
}

// paragraphs joins lines into blocks.
func (l *pdfLayout) paragraphs(lines []pdfLine) {
	var open []pdfLine
	flush := func() {
		if len(open) > 0 {
			l.blocks = append(l.blocks, l.block(open))
			open = nil
		}
	}
	for i := 0; i < len(lines); i++ {
		if lines[i].table != nil {
			flush()
			i += l.ruled(lines[i:]) - 1
			continue
		}
		if g := gridAt(lines[i:], l.pitchAt(&lines[i])); g != nil {
			flush()
			l.grid(g)
			i += len(g.lines) - 1
			continue
		}
		if len(open) > 0 && l.breaks(open, &lines[i]) {
			flush()
		}
		open = append(open, lines[i])
	}
	flush()
	for i := range l.blocks {
		l.blocks[i].gap = l.blocks[i].gap || i == 0
	}
}

// block makes one block of lines.
func (l *pdfLayout) block(lines []pdfLine) pdfBlock {
	b := pdfBlock{page: lines[0].page, lines: len(lines), bold: true, size: lines[0].size, x0: lines[0].x0, gap: lines[0].first || l.gapAbove(&lines[0])}
	for i := range lines {
		text := lines[i].text()
		b.text = l.words.join(b.text, text)
		if i > 0 && lines[i].page != lines[i-1].page {
			b.turns = append(b.turns, pageMark{len(b.text) - len(text), lines[i].page})
		}
		b.bold = b.bold && lines[i].bold
	}
	b.text = strings.TrimRight(b.text, string(pdf.Hyphen))
	return b
}
