package load

import (
	"slices"
	"strings"
	"unicode/utf8"

	"bronwijzer/internal/docs"
)

// piece is a block whose place is still counted in bytes. Readers emit pieces
// in order.
type piece struct {
	kind     docs.BlockKind
	from, to int
	// level of a Heading: 1 is the outermost section. titleLevel is the title
	// of the whole document.
	level int
	// closes says that this is no block: sections of this level and deeper end.
	closes bool
	// header of the table that a Row belongs to.
	header string
	// page that it begins on, from 1; 0 where there are none.
	page int
	// turns are the places where each of the pages after that begins.
	turns []int
	// name is what a Heading is called in paths, if not what its text says.
	name string
}

// titleLevel marks the title of the document, which heads no section: it is
// known for the whole document already, and would stand in every path.
const titleLevel = 0

// heading is an open section.
type heading struct {
	level int
	text  string
}

// assemble turns pieces into blocks: counts their places in code points, in one
// walk over the text, and gives each its path of headings. Pieces without a
// letter or digit ("-", "***") and page furniture are left out, paragraphs that
// are a date or an address by themselves become lines. plain makes the words
// of a path out of the raw text of a heading.
func assemble(text string, pieces []piece, plain func(string) string) []docs.Block {
	var blocks []docs.Block
	var open []heading
	var section []string
	count := counter{text: text}
	for _, p := range pieces {
		if p.kind == docs.Heading && p.level != titleLevel || p.closes {
			open = slices.DeleteFunc(open, func(h heading) bool { return h.level >= p.level })
			section = headings(open)
		}
		if p.closes {
			continue
		}
		p.from, p.to = trim(text, p.from, p.to)
		if p.kind == docs.Line {
			p.to = p.from + len(strings.TrimRight(text[p.from:p.to], " -–"))
		}
		s := text[p.from:p.to]
		if !hasWord(s) || p.kind != docs.Heading && p.kind != docs.Row && isChrome(s) || strings.ContainsAny(s, "<{[") && !hasWord(plain(s)) {
			continue
		}
		if p.kind == docs.Paragraph && isFormal(s, len(s), countWords(s)) {
			p.kind = docs.Line
		}
		b := docs.Block{Kind: p.kind, Header: p.header, Section: section, Page: p.page}
		if len(b.Header) > maxHeader {
			b.Header = ""
		}
		b.Span.Start = count.to(p.from)
		for _, turn := range p.turns {
			b.Turns = append(b.Turns, count.to(min(max(turn, p.from), p.to)))
		}
		b.Span.End = count.to(p.to)
		if p.kind == docs.Heading {
			title := p.name
			if title == "" {
				title = plain(text[p.from:p.to])
			}
			b.Section = append(slices.Clone(section), title)
			if p.level != titleLevel {
				open = append(open, heading{p.level, title})
				section = b.Section
			}
		}
		blocks = append(blocks, b)
	}
	return blocks
}

func headings(open []heading) []string {
	var path []string
	for _, h := range open {
		path = append(path, h.text)
	}
	return path
}

// counter converts ascending byte offsets into code points.
type counter struct {
	text         string
	bytes, runes int
}

// to returns the code point at byte offset i, which is no smaller than before.
func (c *counter) to(i int) int {
	c.runes += utf8.RuneCountInString(c.text[c.bytes:i])
	c.bytes = i
	return c.runes
}

// maxTitle is how much of a line serves as a title, in code points.
const maxTitle = 100

// titleOf is what a document with these blocks is called that doesn't say so
// itself: its first heading, if nothing stands before it, or its first line. It
// is empty when there are no blocks.
func titleOf(text string, blocks []docs.Block, plain func(string) string) string {
	for _, kind := range []docs.BlockKind{docs.Heading, docs.Line, docs.Paragraph, docs.Item, docs.Row} {
		for _, b := range blocks {
			if b.Kind != kind || kind != docs.Heading && b.Span.Start > blocks[0].Span.Start {
				continue
			}
			if kind == docs.Heading {
				return b.Section[len(b.Section)-1]
			}
			s, _ := b.Span.Slice(text)
			return shorten(plain(s), maxTitle)
		}
	}
	return ""
}

// shorten cuts s at a space so that it has at most n code points.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	s = string([]rune(s)[:n-1])
	if i := strings.LastIndexByte(s, ' '); i > n/2 {
		s = s[:i]
	}
	return strings.TrimRight(s, " ,;:.-–") + "…"
}
