package chunk

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

const (
	// minWords is what a sentence of its own has at least.
	minWords = 3
	// MaxRunes is the longest that a sentence may be, in code points: about what
	// fits into the 512 tokens of the usual embedding models. Real sentences
	// don't reach it; a table without line ends or a file without stops does. It
	// is cut at the last mark or space before that.
	MaxRunes = 2000
)

// unit is the smallest thing that passages are made of: a sentence, an entry, a
// row, a line. Places are counted in bytes and in code points.
type unit struct {
	kind     docs.SentenceKind
	from, to int
	span     docs.Span
	plain    string
	// lead is what the reader sees before an entry: "- ", "1. ".
	lead string
	// column is that of the cell of its row that the unit begins in, from 0.
	column int
	words  int
	// listed says that the unit is an entry of a list with words enough.
	listed bool
	// block is the index of the first block of the unit, run that of the stretch
	// without a section border in it.
	block, run int
	// heading is where the headings begin that stand right above the unit.
	heading place
}

// place is a point of the text, in bytes and in code points.
type place struct {
	bytes, runes int
	known        bool
}

// maker makes units of the blocks of a document.
type maker struct {
	doc   *docs.Document
	plain func(string) string
	// sentences cuts running prose.
	sentences func(string) []string
	units     []unit
	// bytes and runes are the same place in the text.
	bytes, runes int
	// ones counts the entries so far of a list whose numbers are all 1, as
	// Markdown allows; onesAt is the block of the last of them.
	ones, onesAt int
}

// unitsOf cuts every block of the document, in one walk over its text.
func unitsOf(doc *docs.Document) []unit {
	m := maker{doc: doc, plain: dutch.Plain, sentences: dutch.Sentences, onesAt: -2}
	if ext := strings.ToLower(path.Ext(doc.Path)); ext == ".md" || ext == ".markdown" {
		m.plain, m.sentences = dutch.PlainMarkdown, dutch.SentencesMarkdown
	}
	run := 0
	var heading place
	for i, b := range doc.Blocks {
		if i > 0 && m.border(i) {
			run++
		}
		if b.Kind != docs.Heading {
			m.block(i, run, heading)
			heading = place{}
		} else if heading == (place{}) {
			heading = place{bytes: m.seek(b.Span.Start), runes: b.Span.Start, known: true}
		}
	}
	return m.join()
}

// border reports whether no passage may go on from block i-1 to i.
func (m *maker) border(i int) bool {
	a, b := m.doc.Blocks[i-1], m.doc.Blocks[i]
	return a.Kind == docs.Heading || (a.Kind == docs.Line) != (b.Kind == docs.Line) ||
		(a.Kind == docs.Row) != (b.Kind == docs.Row) || !slices.Equal(a.Section, b.Section)
}

// seek moves to a code point at or behind the present place and returns its
// byte offset.
func (m *maker) seek(to int) int {
	for m.runes < to {
		_, size := utf8.DecodeRuneInString(m.doc.Text[m.bytes:])
		m.bytes += size
		m.runes++
	}
	return m.bytes
}

// block adds the units of block i, the first of which stands below heading.
func (m *maker) block(i, run int, heading place) {
	b := m.doc.Blocks[i]
	from := m.seek(b.Span.Start)
	runes := b.Span.Start
	to := m.seek(b.Span.End)
	u := unit{block: i, run: run, heading: heading}
	pieces := []string{m.doc.Text[from:to]}
	switch b.Kind {
	case docs.Item:
		u.kind, u.lead = docs.ListItem, m.renumber(i, m.lead(from))
		if words(pieces[0]) > maxListWords {
			pieces = m.sentences(pieces[0]) // an entry that is a paragraph
		}
	case docs.Row:
		u.kind = docs.TableRow
	case docs.Line:
		u.kind = docs.Fragment
	default:
		pieces = m.sentences(pieces[0])
	}
	for _, p := range pieces {
		for _, part := range parts(p) {
			u.from, u.to = from, from+len(strings.TrimRightFunc(part, unicode.IsSpace))
			u.span.Start = runes
			u.span.End = runes + utf8.RuneCountInString(m.doc.Text[u.from:u.to])
			if u.to > u.from && m.add(u) {
				u.heading = place{}
			}
			from += len(part)
			runes += utf8.RuneCountInString(part)
			u.lead = ""
			u.column += strings.Count(part, "|") - strings.Count(part, `\|`)
		}
	}
}

// add completes a unit and adds it, unless a reader would see nothing of it.
func (m *maker) add(u unit) bool {
	raw := m.doc.Text[u.from:u.to]
	if u.kind == docs.TableRow {
		u.plain = row(raw, cells(m.doc.Blocks[u.block].Header), u.column, m.plain)
	} else {
		u.plain = m.plain(raw)
	}
	if u.plain == "" {
		return false
	}
	u.words = words(u.plain)
	m.units = append(m.units, u)
	return true
}

// numbered is the number or letter before an entry.
var numbered = regexp.MustCompile(`^\(?(?:\d{1,3}(?:\.\d{1,3})*[A-Za-z]?|[A-Za-z]|[ivxIVX]{2,5})[.)]{0,2}$`)

// lead returns what stands before an entry on its line, as a reader should see
// it: a number stays, any other sign is a dash.
func (m *maker) lead(from int) string {
	before := m.doc.Text[max(0, from-16):from]
	before = strings.TrimSpace(before[strings.LastIndexByte(before, '\n')+1:])
	if numbered.MatchString(before) {
		return before + " "
	}
	return "- "
}

// renumber counts a list on in which every number is 1. lead is that of block i.
func (m *maker) renumber(i int, lead string) string {
	if lead != "1. " && lead != "1) " {
		return lead
	}
	if m.onesAt != i-1 {
		m.ones = 0
	}
	m.ones++
	m.onesAt = i
	return strconv.Itoa(m.ones) + lead[1:]
}

// join joins a unit of fewer than three words to its neighbour: to the sentence
// before it in the same block, else to the one after it, if that is of the same
// kind and stretch. Entries and rows stay as they are.
func (m *maker) join() []unit {
	var out []unit
	for _, u := range m.units {
		if n := len(out) - 1; n >= 0 && m.joinable(out[n], u) {
			out[n] = m.joined(out[n], u)
			continue
		}
		out = append(out, u)
	}
	return out
}

func (m *maker) joinable(a, b unit) bool {
	if a.run != b.run || a.kind != b.kind || a.kind != docs.Prose && a.kind != docs.Fragment {
		return false
	}
	if b.span.End-a.span.Start > MaxRunes || a.block != b.block && words(m.plain(m.doc.Text[a.to:b.from])) > 0 {
		return false // too long, or something that is not read stands between
	}
	return a.words < minWords || b.words < minWords && a.block == b.block
}

func (m *maker) joined(a, b unit) unit {
	a.to, a.span.End = b.to, b.span.End
	a.plain = m.plain(m.doc.Text[a.from:a.to])
	a.words = words(a.plain)
	a.block = b.block
	return a
}

// parts cuts a sentence that is longer than MaxRunes: at the last semicolon or
// comma in its last third, else at the last space there, else where it must.
func parts(s string) []string {
	var out []string
	for len(s) > MaxRunes && utf8.RuneCountInString(s) > MaxRunes {
		end := 0
		for range MaxRunes {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
		from := end * 2 / 3
		for from < end && !utf8.RuneStart(s[from]) {
			from++
		}
		if i := strings.LastIndexAny(s[from:end-1], ";,"); i >= 0 {
			end = from + i + 1
		} else if i := strings.LastIndexAny(s[from:end-1], " \n\t"); i >= 0 {
			end = from + i + 1
		}
		end += len(s[end:]) - len(strings.TrimLeftFunc(s[end:], unicode.IsSpace))
		out = append(out, s[:end])
		s = s[end:]
	}
	if s != "" {
		out = append(out, s)
	}
	return out
}

// words counts the words of s: what has a letter, a digit or a sign of money in
// it and no white space, so that "kost € 83,87" has three.
func words(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if strings.IndexFunc(w, func(r rune) bool { return unicode.In(r, unicode.L, unicode.Nd, unicode.Sc) }) >= 0 {
			n++
		}
	}
	return n
}

// row reads a row of a table out with the names of its columns: "Jaar: 2019;
// Aantal: 12". Its cells are divided by bars; "\|" is a bar in a cell. The first
// cell is that of column, more than 0 in a row that had to be cut. A cell that is
// empty or a dash is passed over, and so is the name of a column that has none.
func row(raw string, names []string, column int, plain func(string) string) string {
	names = names[min(column, len(names)):]
	var b strings.Builder
	for i, cell := range cells(raw) {
		if cell = plain(cell); strings.Trim(cell, "-–—") == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		if i < len(names) {
			if name := plain(names[i]); name != "" && name != cell {
				b.WriteString(strings.TrimRight(name, ":") + ": ")
			}
		}
		b.WriteString(cell)
	}
	return b.String()
}

// tagCell is the tag that a cell of a table in HTML begins with.
var tagCell = regexp.MustCompile(`(?i)<t[dh](?:\s[^<>]*)?>`)

// cells cuts a row at its bars, or at its tags.
func cells(row string) []string {
	if row == "" {
		return nil
	}
	if tagCell.MatchString(row) {
		return tagCell.Split(row, -1)[1:]
	}
	const bar = "\x00"
	out := strings.Split(strings.ReplaceAll(row, `\|`, bar), "|")
	for i := range out {
		out[i] = strings.ReplaceAll(strings.TrimSpace(out[i]), bar, "|")
	}
	return out
}
