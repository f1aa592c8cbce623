package load

import (
	"regexp"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// How far a tag that closes is looked for behind the one that opens, in bytes.
const (
	maxHTMLHeading = 1000
	maxHTMLRow     = 20_000
)

// mdUnread are elements in Markdown that hold nothing to read.
var mdUnread = dutch.WordSet(`audio canvas iframe math noscript object script select style svg template video`)

// mdProps finds the title that a JSX component is given, which the page prints
// above what stands in it.
var mdProps = regexp.MustCompile(`\s(?:title|label|heading|titel)=(?:"([^"]*)"|'([^']*)')`)

// markup handles a tag or comment in the line text[from:to] that divides text.
// ok says that there is one; then the next line begins at after, and what stands
// between from and upTo is a line by itself, unless it is empty. Tags that stand
// in a line of text, and any between code ticks, are left to it.
func (r *markdownReader) markup(from, to int) (upTo, after int, ok bool) {
	code := false
	for i := from; i < to; i++ {
		switch c := r.text[i]; {
		case c == '`':
			code = !code && strings.IndexByte(r.text[i+1:to], '`') >= 0
		case code || c != '<' && c != '{':
		default:
			if end := r.divider(i, from, to); end > i {
				if i > from {
					return i, i, true
				}
				return from, end, true
			}
		}
	}
	return 0, 0, false
}

// divider returns the end of the tag or comment at i, if it divides text, else
// i. One that begins the line has its effect at once.
func (r *markdownReader) divider(i, from, to int) int {
	first := i == from
	rest := r.text[i:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		return r.commentEnd(i, to, first, "-->")
	case strings.HasPrefix(rest, "{/*"):
		return r.commentEnd(i, to, first, "*/}")
	}
	name, end := dutch.Tag(r.text, i)
	if end == i {
		return i
	}
	if dutch.IsInlineTag(name) {
		if first && end > to {
			return end // it begins the line and fills it
		}
		return i
	}
	if first {
		return r.element(name, i, end)
	}
	return end
}

// commentEnd returns the end of the comment at i. One in the middle of a line is
// part of it.
func (r *markdownReader) commentEnd(i, to int, first bool, mark string) int {
	end := r.past(i, mark)
	if end == i || !first && end <= to {
		return i
	}
	if first {
		r.marked = true
		r.endBlock()
	}
	return end
}

// element does what the tag at text[from:to], which divides text, says, and
// returns where reading goes on.
func (r *markdownReader) element(name string, from, to int) int {
	r.marked = true
	lower := strings.ToLower(name)
	if r.term && (lower == "/dt" || lower == "dd") {
		return to // a term and what it means are one entry
	}
	r.endBlock()
	if name == "" || name[0] >= 'A' && name[0] <= 'Z' || len(name) > 1 && name[0] == '/' && name[1] <= 'Z' {
		r.component(name, from, to)
		return to
	}
	switch {
	case mdUnread[lower]:
		if end := r.past(to, "</"+lower+">"); end > to && !strings.HasSuffix(r.text[from:to], "/>") {
			return end
		}
	case len(lower) == 2 && lower[0] == 'h' && '1' <= lower[1] && lower[1] <= '6':
		return r.htmlHeading(lower, to, int(lower[1]-'0'))
	case lower == "summary":
		return r.htmlHeading(lower, to, noteLevel)
	case lower == "/details":
		r.emit(piece{closes: true, level: noteLevel})
	case lower == "tr":
		return r.htmlRow(to)
	case lower == "table":
		r.header = ""
	case lower == "li" || lower == "dd":
		r.entry = true
	case lower == "dt":
		r.entry, r.term = true, true
	}
	return to
}

// component handles a JSX component: one that holds something and has a title is
// a section with that heading.
func (r *markdownReader) component(name string, from, to int) {
	if name == "" || name[0] == '/' {
		if n := len(r.titled); n > 0 && len(name) > 1 && r.titled[n-1] == name[1:] {
			r.titled = r.titled[:n-1]
			r.emit(piece{closes: true, level: noteLevel})
		}
		return
	}
	m := mdProps.FindStringSubmatchIndex(r.text[from:to])
	if m == nil || strings.HasSuffix(r.text[from:to], "/>") {
		return
	}
	at := 2
	if m[2] < 0 {
		at = 4
	}
	r.titled = append(r.titled, name)
	r.emit(piece{kind: docs.Heading, from: from + m[at], to: from + m[at+1], level: noteLevel})
}

// htmlHeading emits what stands before the closing tag as a heading.
func (r *markdownReader) htmlHeading(name string, from, level int) int {
	rest := r.text[from:min(len(r.text), from+maxHTMLHeading)]
	n := strings.Index(rest, "</"+name)
	if n < 0 {
		return from
	}
	r.emit(piece{kind: docs.Heading, from: from, to: from + n, level: level})
	if tail := strings.IndexByte(rest[n:], '>'); tail >= 0 {
		return from + n + tail + 1
	}
	return from + len(rest)
}

// htmlRow emits the row of a table that begins at from. A first row of headers
// names the columns; a row of one cell is a paragraph.
func (r *markdownReader) htmlRow(from int) int {
	rest := r.text[from:min(len(r.text), from+maxHTMLRow)]
	n := strings.Index(rest, "</tr")
	if n < 0 {
		return from
	}
	row := rest[:n]
	cells, heads := strings.Count(row, "<td"), strings.Count(row, "<th")
	switch {
	case cells+heads < 2:
		return from
	case cells == 0 && r.header == "":
		r.header = row
	default:
		r.emit(piece{kind: docs.Row, from: from, to: from + n, header: r.header})
	}
	return from + n
}
