package load

import (
	"regexp"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// readMarkdown reads Markdown line by line: CommonMark's blocks, tables, front
// matter, and admonitions as GitHub and static site generators write them. The
// text is stored as it is, so no library that renders it would do: what counts
// here is where in the file a block stands. A file without a heading is read as
// a plain text: programs that save web pages often write lists and tables as
// Markdown and headings as bare lines.
func readMarkdown(name string, data []byte) (docs.Document, error) {
	text, err := decode(data)
	if err != nil {
		return docs.Document{}, &Error{Path: name, Reason: NotText, Err: err}
	}
	meta, body := frontMatter(text)
	r := markdownReader{text: text}
	for at := body; at < len(text); {
		at = r.line(at)
	}
	r.endBlock()
	if !r.marked {
		r.pieces = inferred(text, body)
	}
	doc := docs.Document{Meta: meta, Text: text}
	markTitle(r.pieces, text, meta.Title)
	doc.Blocks = assemble(text, r.pieces, dutch.PlainMarkdown)
	return doc, nil
}

// markTitle makes the heading that names the whole document its title: the first
// one, if it is the only one of the first level or says what the front matter
// says.
func markTitle(pieces []piece, text, title string) {
	first, tops := -1, 0
	for i, p := range pieces {
		if p.kind != docs.Heading || p.closes {
			continue
		}
		if first < 0 {
			first = i
		}
		if p.level == 1 {
			tops++
		}
	}
	if first < 0 {
		return
	}
	p := &pieces[first]
	same := dutch.Fold(dutch.PlainMarkdown(text[p.from:p.to])) == dutch.Fold(title)
	if p.level == 1 && tops == 1 || same {
		p.level = titleLevel
	}
}

// The lines that begin, end or are something in Markdown.
var (
	mdFence    = regexp.MustCompile("^(```+|~~~+)")
	mdHeading  = regexp.MustCompile(`^(#{1,6})(?:[ \t]+|$)`)
	mdTail     = regexp.MustCompile(`(?:[ \t]+#+)?[ \t]*(?:\{[#.:][^{}]*\})?[ \t]*$`)
	mdUnder    = regexp.MustCompile(`^(=+|-+)[ \t]*$`)
	mdRule     = regexp.MustCompile(`^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	mdItem     = regexp.MustCompile(`^(?:[-*+•▪‣◦]|\d{1,9}[.)])[ \t\x{A0}]+(?:\[[ xX]\][ \t]+)?`)
	mdQuote    = regexp.MustCompile(`^(?:>[ \t]?)+`)
	mdNote     = regexp.MustCompile(`^\[![A-Za-z]+\]`)
	mdColons   = regexp.MustCompile(`^:::`)
	mdTableBar = regexp.MustCompile(`^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
	mdLinkDef  = regexp.MustCompile(`^\[[^\]^][^\]]*\]:[ \t]*\S+`)
	mdFootnote = regexp.MustCompile(`^\[\^[^\]]+\]:[ \t]*`)
	mdPicture  = regexp.MustCompile(`^(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?[ \t]*)+$`)
	mdTags     = regexp.MustCompile(`^(?:</?[A-Za-z][^<>]*>[ \t]*)+$`)
	mdRaw      = regexp.MustCompile(`(?i)^<(script|style|svg|template)\b`)
	mdBold     = regexp.MustCompile(`^(?:\*\*|__)([^*_]+)(?:\*\*|__):?$`)
)

// boldLevel is the level of a line in bold that serves as a heading: below any
// real one.
const boldLevel = 7

// markdownReader collects the pieces of a Markdown file.
type markdownReader struct {
	text   string
	pieces []piece
	// open is the block that the next line may go on with; to is 0 when there is
	// none. lines counts its lines.
	open  piece
	lines int
	// quote is the number of quote marks before the last line.
	quote int
	// header of the table whose rows follow; inTable says that there is one.
	header  string
	inTable bool
	// missing has the closing marks that don't come any more, so that each is
	// looked for in vain only once.
	missing map[string]bool
	// marked says that the file marks its headings, code or admonitions.
	marked bool
}

// lineEnd returns the end of the line at i, and where the next one begins.
func lineEnd(text string, i int) (end, next int) {
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n, i + n + 1
	}
	return len(text), len(text)
}

// line reads the line at i, and what it opens as far as that isn't to be read
// line by line. It returns where the next one begins.
func (r *markdownReader) line(i int) int {
	end, next := lineEnd(r.text, i)
	from, to := trim(r.text, i, end)
	marks := mdQuote.FindString(r.text[from:to])
	from, to = trim(r.text, from+len(marks), to)
	s := r.text[from:to]
	if quote := strings.Count(marks, ">"); quote != r.quote {
		r.endBlock()
		r.quote = quote
	}
	if s == "" {
		r.endBlock()
		return next
	}
	if r.inTable {
		if strings.Contains(s, "|") {
			r.row(from, to)
			return next
		}
		r.inTable = false
	}
	if after, ok := r.skipped(s, from, next); ok {
		return after
	}
	if r.leaf(s, from, to) {
		return next
	}
	if after, ok := r.table(s, from, to, next); ok {
		return after
	}
	r.textLine(s, from, to)
	return next
}

// skipped handles what is not read line by line or not at all: code, comments,
// raw markup, pictures, definitions of links, rules, marks of admonitions.
func (r *markdownReader) skipped(s string, from, next int) (after int, ok bool) {
	if fence := mdFence.FindString(s); fence != "" {
		r.endBlock()
		r.marked = true
		return r.code(fence, next), true
	}
	if strings.HasPrefix(s, "<!--") {
		r.endBlock()
		return r.past(from, next, "-->"), true
	}
	if m := mdRaw.FindStringSubmatch(s); m != nil {
		r.endBlock()
		return r.past(from, next, "</"+strings.ToLower(m[1])+">"), true
	}
	if mdColons.MatchString(s) || mdNote.MatchString(s) {
		r.marked = true
	}
	if mdColons.MatchString(s) || mdNote.MatchString(s) || mdLinkDef.MatchString(s) || mdPicture.MatchString(s) ||
		mdTags.MatchString(s) || mdRule.MatchString(s) && !r.underlined(s) {
		r.endBlock()
		return next, true
	}
	return 0, false
}

// past returns the beginning of the line behind the next mark, or next if there
// is none.
func (r *markdownReader) past(from, next int, mark string) int {
	if r.missing[mark] {
		return next
	}
	n := strings.Index(r.text[from:], mark)
	if n < 0 {
		if r.missing == nil {
			r.missing = make(map[string]bool)
		}
		r.missing[mark] = true
		return next
	}
	_, after := lineEnd(r.text, from+n)
	return after
}

// code takes the lines up to the closing fence as one block that is no prose.
func (r *markdownReader) code(fence string, i int) int {
	from := i
	for i < len(r.text) {
		end, next := lineEnd(r.text, i)
		s := strings.TrimSpace(r.text[i:end])
		if strings.HasPrefix(s, fence) && strings.Trim(s, fence[:1]) == "" {
			r.emit(piece{kind: docs.Line, from: from, to: i})
			return next
		}
		i = next
	}
	r.emit(piece{kind: docs.Line, from: from, to: i})
	return i
}

// leaf handles headings.
func (r *markdownReader) leaf(s string, from, to int) bool {
	if m := mdHeading.FindStringSubmatch(s); m != nil {
		r.endBlock()
		r.marked = true
		to -= len(mdTail.FindString(r.text[from+len(m[0]) : to]))
		r.emit(piece{kind: docs.Heading, from: from + len(m[0]), to: to, level: len(m[1])})
		return true
	}
	if r.underlined(s) {
		r.marked = true
		r.open.kind, r.open.level = docs.Heading, 2
		if s[0] == '=' {
			r.open.level = 1
		}
		r.endBlock()
		return true
	}
	return false
}

// underlined reports whether s makes a heading of the lines above it.
func (r *markdownReader) underlined(s string) bool {
	return r.open.to > 0 && r.open.kind == docs.Paragraph && r.lines <= maxHeadingLines && mdUnder.MatchString(s)
}

// table recognises a table by the line of dashes below its header.
func (r *markdownReader) table(s string, from, to, next int) (after int, ok bool) {
	if !strings.Contains(s, "|") || next >= len(r.text) {
		return 0, false
	}
	end, after := lineEnd(r.text, next)
	dashes := strings.TrimSpace(r.text[next:end])
	dashes = strings.TrimSpace(dashes[len(mdQuote.FindString(dashes)):])
	if !strings.Contains(dashes, "-") || !mdTableBar.MatchString(dashes) {
		return 0, false
	}
	r.endBlock()
	from, to = cellsOf(r.text, from, to)
	r.header, r.inTable = r.text[from:to], true
	return after, true
}

func (r *markdownReader) row(from, to int) {
	from, to = cellsOf(r.text, from, to)
	r.emit(piece{kind: docs.Row, from: from, to: to, header: r.header})
}

// cellsOf leaves out the bars at both ends of a row.
func cellsOf(text string, from, to int) (int, int) {
	if from < to && text[from] == '|' {
		from++
	}
	if from < to && text[to-1] == '|' && !strings.HasSuffix(text[from:to], `\|`) {
		to--
	}
	return trim(text, from, to)
}

// textLine begins an entry or paragraph, or goes on with the open one.
func (r *markdownReader) textLine(s string, from, to int) {
	// Only a first number breaks off a paragraph: "in\n2020. Dat was" has none.
	if m := mdItem.FindString(s); m != "" && (r.open.to == 0 || r.open.kind == docs.Item || !isNumber(m) || m[0] == '1') {
		r.endBlock()
		r.open, r.lines = piece{kind: docs.Item, from: from + len(m), to: to}, 1
		return
	}
	if r.open.to > 0 {
		r.open.to = to
		r.lines++
		return
	}
	from += len(mdFootnote.FindString(s))
	r.open, r.lines = piece{kind: docs.Paragraph, from: from, to: to}, 1
}

func isNumber(mark string) bool { return '0' <= mark[0] && mark[0] <= '9' }

// endBlock closes the open block and ends a table. A paragraph that is one short
// line in bold is a heading in all but name.
func (r *markdownReader) endBlock() {
	r.inTable = false
	if r.open.to == 0 {
		return
	}
	p := r.open
	r.open = piece{}
	if m := mdBold.FindStringSubmatch(r.text[p.from:p.to]); m != nil && p.kind == docs.Paragraph &&
		countWords(m[1]) <= 12 && !isStop(lastRune(m[1])) && lastRune(m[1]) != ':' {
		p.kind, p.level = docs.Heading, boldLevel
		p.from += strings.Index(r.text[p.from:p.to], m[1])
		p.to = p.from + len(m[1])
	}
	r.emit(p)
}

func (r *markdownReader) emit(p piece) { r.pieces = append(r.pieces, p) }
