package load

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

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
	front := frontMatter(text)
	r := markdownReader{text: text}
	for at := front.body; at < len(text); {
		at = r.line(at)
	}
	r.endBlock()
	if !r.marked {
		r.pieces = inferred(text, front.body)
	}
	doc := docs.Document{Meta: front.meta, Text: text}
	markTitle(r.pieces, text, front.meta.Title)
	body := assemble(text, r.pieces, dutch.PlainMarkdown)
	if doc.Title == "" {
		doc.Title = titleOf(text, body, dutch.PlainMarkdown)
	}
	if doc.Title == "" {
		doc.Title = fileTitle(name) // and not the name of a field of the front matter
	}
	doc.Blocks = append(assemble(text, front.pieces(text), dutch.PlainMarkdown), body...)
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
	mdFence    = regexp.MustCompile("^(```+|~~~+)[ \t]*\\{?\\.?([\\w+#-]*)")
	mdHeading  = regexp.MustCompile(`^(#{1,6})(?:[ \t]+|$)`)
	mdTight    = regexp.MustCompile(`^(#{1,6})[^\s#]`)
	mdTail     = regexp.MustCompile(`(?:[ \t]+#+)?[ \t]*(?:\{:?[ \t]*(?:[#.]|data-|[\w-]+=)[^{}]*\})?[ \t]*$`)
	mdUnder    = regexp.MustCompile(`^(=+|-+)[ \t]*$`)
	mdRule     = regexp.MustCompile(`^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	mdItem     = regexp.MustCompile(`^(?:[-*+•▪‣◦]|\d{1,9}[.)])[ \t\x{A0}]+(?:\[[ xX]\][ \t]+)?`)
	mdQuote    = regexp.MustCompile(`^(?:>[ \t]?)+`)
	mdTableBar = regexp.MustCompile(`^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
	mdLinkDef  = regexp.MustCompile(`^\[[^\]^][^\]]*\]:[ \t]*\S+`)
	mdFootnote = regexp.MustCompile(`^\[\^[^\]]+\]:[ \t]*`)
	mdPicture  = regexp.MustCompile(`^(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?(?:\{[^{}]*\})?[ \t]*)+$`)
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
	// marked says that the file marks its headings, code, admonitions or elements.
	marked bool
	// notes are the admonitions that are open, options says that the last line
	// opened one and its options may follow.
	notes   []note
	options bool
	// titled are the names of the JSX components that are open and have a heading.
	titled []string
	// entry says that the next text is one of a list, term that it began with what
	// a definition list explains.
	entry, term bool
}

// lineEnd returns the end of the line at i, and where the next one begins.
func lineEnd(text string, i int) (end, next int) {
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n, i + n + 1
	}
	return len(text), len(text)
}

// line reads the line at i, or the rest of one behind a tag, and what it opens as
// far as that isn't to be read line by line. It returns where the next begins.
func (r *markdownReader) line(i int) int {
	end, next := lineEnd(r.text, i)
	from, to := trim(r.text, i, end)
	indent := from - i
	if i == 0 || r.text[i-1] == '\n' {
		marks := mdQuote.FindString(r.text[from:to])
		from, to = trim(r.text, from+len(marks), to)
		r.quoted(strings.Count(marks, ">"))
		if from == to {
			r.endBlock()
			return next
		}
		r.leaveNotes(indent)
	}
	if from == to {
		return next // behind a tag
	}
	if r.inTable {
		if strings.Contains(r.text[from:to], "|") {
			r.row(from, to)
			return next
		}
		r.inTable = false
	}
	if upTo, after, ok := r.markup(from, to); ok {
		if upTo == from {
			return after
		}
		from, to = trim(r.text, from, upTo)
		next = after
	}
	return r.whole(from, to, indent, next)
}

// quoted notes how many quote marks a line has.
func (r *markdownReader) quoted(quote int) {
	if quote == r.quote {
		return
	}
	r.endBlock()
	r.quote = quote
	r.leaveNotes(1 << 20)
}

// whole reads a line without tags that divide it.
func (r *markdownReader) whole(from, to, indent, next int) int {
	s := r.text[from:to]
	if strings.HasSuffix(s, ":::") && !strings.HasPrefix(s, ":::") {
		_, end := trim(r.text, from, from+len(strings.TrimRight(s, ":")))
		after := r.whole(from, end, indent, next)
		r.closeNote()
		return after
	}
	if r.note(s, from, indent, next) {
		return next
	}
	if after, ok := r.skipped(s, next); ok {
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

// skipped handles what is not read line by line or not at all: code, pictures,
// definitions of links, rules, and what [notText] knows.
func (r *markdownReader) skipped(s string, next int) (after int, ok bool) {
	if m := mdFence.FindStringSubmatch(s); m != nil && (m[1][0] == '~' || !strings.Contains(s[len(m[1]):], "`")) {
		r.endBlock()
		r.marked = true
		return r.code(m[1], strings.ToLower(m[2]), next), true
	}
	if mdLinkDef.MatchString(s) || mdPicture.MatchString(s) || mdRule.MatchString(s) && !r.underlined(s) {
		r.endBlock()
		return next, true
	}
	return r.notText(s, next)
}

// past returns the end of the next mark behind from, or from if there is none.
func (r *markdownReader) past(from int, mark string) int {
	if r.missing[mark] {
		return from
	}
	n := strings.Index(r.text[from:], mark)
	if n < 0 {
		if r.missing == nil {
			r.missing = make(map[string]bool)
		}
		r.missing[mark] = true
		return from
	}
	return from + n + len(mark)
}

// leaf handles headings.
func (r *markdownReader) leaf(s string, from, to int) bool {
	if m := mdHeading.FindStringSubmatch(s); m != nil {
		r.heading(from+len(m[0]), to, len(m[1]))
		return true
	}
	if m := mdTight.FindStringSubmatch(s); m != nil && r.tight(s, len(m[1])) {
		r.heading(from+len(m[1]), to, len(m[1]))
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

func (r *markdownReader) heading(from, to, level int) {
	r.endBlock()
	r.marked = true
	to -= len(mdTail.FindString(r.text[from:to]))
	r.emit(piece{kind: docs.Heading, from: from, to: to, level: level})
}

// tight reports whether a line is a heading that lacks the space behind its
// signs. A single sign is one only at the beginning of the file: elsewhere it may
// be a topic ("#WeAreOpen") or a number ("#1").
func (r *markdownReader) tight(s string, signs int) bool {
	first, _ := utf8.DecodeRuneInString(s[signs:])
	if signs == 1 {
		return unicode.IsUpper(first) && len(r.pieces) == 0 && r.open.to == 0
	}
	return r.open.to == 0 && (unicode.IsLetter(first) || unicode.IsDigit(first)) && countWords(s) <= maxHeadingWords
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

func (r *markdownReader) emit(p piece) { r.pieces = append(r.pieces, p) }
