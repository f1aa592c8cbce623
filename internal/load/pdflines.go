package load

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"bronwijzer/internal/dutch"
	"bronwijzer/internal/pdf"
)

// pdfWord is a word on a page.
type pdfWord struct {
	pdf.Word
	// raised says that it stands above the line that it belongs to, whose size and
	// baseline it was given.
	raised bool
	// order is its place in what the page draws.
	order int
	// table is the table with borders that it stands in, or nil.
	table *ruledTable
}

// pdfLine is words on one baseline.
type pdfLine struct {
	words []pdfWord
	x0, x1, y,
	size float64
	// bold says that all its words are.
	bold bool
	page int // from 1
	// left and right are the edges of the column that it stands in, above is how
	// far the line above it there is; first says that there is none.
	left, right, above float64
	first              bool
	// table is the table with borders that stands here, or nil; words are then
	// those of the table, in no order.
	table *ruledTable
}

// scriptSize is what a raised or lowered character measures at most beside its
// neighbours: superscripts are set at 58 to 83 percent.
const scriptSize = 0.85

// levelled puts what is raised or lowered on the line that it belongs to.
func levelled(words []pdf.Word) []pdfWord {
	out := make([]pdfWord, len(words))
	for i, w := range words {
		out[i] = pdfWord{Word: w, order: i}
	}
	for i := range out {
		if i > 0 && out[i].scriptOf(&out[i-1]) {
			continue
		}
		if i+1 < len(out) {
			out[i].scriptOf(&out[i+1])
		}
	}
	return out
}

// scriptOf reports whether w is a superscript or subscript beside the word to,
// and if so puts it on its line.
func (w *pdfWord) scriptOf(to *pdfWord) bool {
	gap := max(w.X0-to.X1, to.X0-w.X1)
	rise := to.Y - w.Y
	if w.Size >= scriptSize*to.Size || gap > to.Size || math.Abs(rise) > 0.7*to.Size {
		return false
	}
	w.raised = to.raised || rise > 0.1*to.Size
	w.Y, w.Size = to.Y, to.Size
	return true
}

// linesOfWords puts words on lines, top to bottom, and the words of each from
// left to right.
func linesOfWords(words []pdfWord) []pdfLine {
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b pdfWord) int { return cmp.Compare(a.Y, b.Y) })
	var lines []pdfLine
	for _, w := range words {
		n := len(lines)
		if n == 0 || w.Y-lines[n-1].y > 0.25*max(w.Size, lines[n-1].size) {
			lines = append(lines, pdfLine{y: w.Y})
			n++
		}
		l := &lines[n-1]
		l.words = append(l.words, w)
		l.size = max(l.size, w.Size)
	}
	for i := range lines {
		lines[i].measure()
	}
	return lines
}

// measure orders the words of a line and notes what they have in common.
func (l *pdfLine) measure() {
	slices.SortStableFunc(l.words, func(a, b pdfWord) int { return cmp.Compare(a.X0, b.X0) })
	l.x0, l.x1, l.bold = l.words[0].X0, l.words[0].X1, true
	sizes := make(map[float64]int)
	for _, w := range l.words {
		l.x1 = max(l.x1, w.X1)
		l.bold = l.bold && (w.Bold || w.raised || !hasWord(w.Text))
		sizes[math.Round(w.Size*4)/4] += len(w.Text)
	}
	l.size = commonest(sizes)
}

// commonest returns the key with the highest count; of several, the largest.
func commonest(counts map[float64]int) float64 {
	best, most := 0.0, 0
	for key, n := range counts {
		if n > most || n == most && key > best {
			best, most = key, n
		}
	}
	return best
}

// text is the line as a reader reads it. The number of a footnote is left out
// behind a word, where it would end up inside a sentence; at the beginning of a
// line it stays, for that is the note.
func (l *pdfLine) text() string {
	var b strings.Builder
	dropped := false
	for i, w := range l.words {
		if i > 0 && raisesNote(&w, l.words[i-1].Text) {
			dropped = true
			continue
		}
		spaced := i > 0 && (!w.Glued || raisesNote(&l.words[i-1], ""))
		if dropped {
			spaced = !strings.ContainsAny(w.Text[:1], ".,;:!?)")
		}
		if spaced && b.Len() > 0 {
			b.WriteByte(' ')
		}
		dropped = false
		text := w.Text
		if i+1 < len(l.words) || strings.IndexRune(text, pdf.Hyphen) < len(text)-2 {
			body := strings.TrimSuffix(text, string(pdf.Hyphen))
			tail := text[len(body):]
			if i+1 < len(l.words) {
				tail = strings.ReplaceAll(tail, string(pdf.Hyphen), "-")
			}
			text = strings.ReplaceAll(body, string(pdf.Hyphen), "-") + tail
		}
		b.WriteString(text)
	}
	return b.String()
}

// texts are the lines of text in a line: one, or those of the cells of a table.
func (l *pdfLine) texts() []string {
	if l.table == nil {
		return []string{l.text()}
	}
	var out []string
	for _, lines := range l.table.cells {
		for i := range lines {
			out = append(out, lines[i].text())
		}
	}
	return out
}

func startsWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) == 0
}

// units are measures that have a raised 2 or 3 which is no footnote.
var units = dutch.WordSet(`m km cm mm dm`)

// raisesNote reports whether a word is the number or sign of a footnote: raised,
// and nothing but up to three digits, letters of a list of notes aside.
func raisesNote(w *pdfWord, before string) bool {
	if !w.raised || units[strings.ToLower(before)] {
		return false
	}
	mark := strings.Trim(w.Text, "(),[]")
	return mark != "" && len(mark) <= 3 && strings.Trim(mark, "0123456789*†‡") == ""
}

// pitchOf is the usual distance of two lines of one size below each other, by
// size; sizes are rounded to whole points.
func pitchOf(columns [][]pdfLine) map[float64]float64 {
	counts := make(map[float64]map[float64]int)
	for _, lines := range columns {
		for i := 1; i < len(lines); i++ {
			a, b := &lines[i-1], &lines[i]
			size := math.Round(b.size)
			if math.Round(a.size) != size || b.y-a.y > 2.5*size {
				continue
			}
			if counts[size] == nil {
				counts[size] = make(map[float64]int)
			}
			counts[size][math.Round((b.y-a.y)*2)/2]++
		}
	}
	pitch := make(map[float64]float64, len(counts))
	for size, c := range counts {
		pitch[size] = commonest(c)
	}
	return pitch
}

// inOrder puts words back into the order in which the page draws them.
func inOrder(words []pdfWord) []pdfWord {
	slices.SortFunc(words, func(a, b pdfWord) int { return a.order - b.order })
	return words
}
