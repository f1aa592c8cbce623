package load

import (
	"regexp"
	"strings"
	"unicode"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// readText reads a plain text. It has no markup, so its structure is inferred
// from the shape of its lines; every rule says what it takes for granted.
func readText(name string, data []byte) (docs.Document, error) {
	text, err := decode(data)
	if err != nil {
		return docs.Document{}, &Error{Path: name, Reason: NotText, Err: err}
	}
	lines := linesOf(text)
	g := grouper{text: text, lines: lines, wrap: wrappingOf(text, lines)}
	c := classifier{text: text, wrapped: g.wrap != wrapping{}}
	for _, gr := range g.groups() {
		c.groups = append(c.groups, c.describe(gr))
	}
	c.classify()
	return docs.Document{Text: text, Blocks: assemble(text, c.pieces(), dutch.Plain)}, nil
}

// shape is what a group looks like by itself.
type shape int

const (
	// prose is sentences.
	prose shape = iota
	// leadIn is a sentence that ends in a colon.
	leadIn
	// entry is an entry of a list.
	entry
	// title is a short line without a stop: it may be a heading.
	title
	// formal is a line that is never a heading and no prose: an address, a
	// salutation, a date.
	formal
)

// described is a group, what it looks like and what it was found to be.
type described struct {
	group
	shape shape
	kind  docs.BlockKind
	level int
	drop  bool
}

// classifier finds out what the groups of a text are.
type classifier struct {
	text    string
	wrapped bool
	groups  []described
	title   string
}

// Bounds of a heading. The longest headings in letters to parliament and on
// government pages have some 20 words; two wrapped lines are as far as one goes.
const (
	maxHeadingWords = 25
	maxHeadingRunes = 200
	maxHeadingLines = 2
	// A heading in capitals is short; a line of more is the title of a letter.
	maxCapitals = 6
)

func (c *classifier) describe(g group) described {
	s := c.text[g.from:g.to]
	d := described{group: g}
	last, words := lastRune(s), countWords(s)
	switch {
	case g.mark.bullet:
		d.shape = entry
	case formalLine.MatchString(s) && words <= 8 || isDate(s) || isCapitals(s) && words > maxCapitals && !isStop(last):
		d.shape = formal
	case g.lines > maxHeadingLines || g.runes > maxHeadingRunes || words > maxHeadingWords:
		d.shape = prose
	case last == ':' && words > 1:
		d.shape = leadIn
	case isStop(last) && !c.question(s, last, words):
		d.shape = prose
	case last == ',' && !startsSmall(s) && words <= 10:
		d.shape = formal
	case last == ',' || last == ';' || startsSmall(s) && g.mark.end == 0:
		d.shape = prose
	default:
		d.shape = title
	}
	if d.shape != title && d.shape != formal && g.mark.end > 0 && !g.mark.weak {
		d.shape = entry
	}
	return d
}

// question reports whether s is a question short enough for a heading. In a
// hard-wrapped text it may be the end of a paragraph just as well, so there it
// never is.
func (c *classifier) question(s string, last rune, words int) bool {
	return last == '?' && words <= 12 && !c.wrapped && unicode.IsUpper(firstRune(s)) && strings.Count(s, "?") == 1
}

// formalLine are lines of letter heads, addresses and page furniture.
var formalLine = regexp.MustCompile(`(?i)^(?:\d{2} ?\d{3}(?: [IVX]+)?(?:[ ,]|$)|nr\. ?\d+|aan de (?:voorzitter|minister|staatssecretaris|leden|heer|raad|colleges)|` +
	`datum\b|betreft\b|ons kenmerk|uw kenmerk|kenmerk\b|postbus \d|gepubliceerd op|laatst (?:gewijzigd|bijgewerkt)|pagina \d+|` +
	`vergaderjaar|tel(?:efoon)?[.: ]|e-mail:|www\.|https?://\S+$)|^\S+@\S+$|\b\d{4} ?[A-Z]{2}\b {1,2}\p{Lu}`)

// datePattern is a date with at most a place before it: "Den Haag, 18 november
// 2020".
var datePattern = regexp.MustCompile(`^(?:[\p{Lu}'’][\p{L}'’ -]{1,30}, )?(?:\d{1,2} )?\p{Ll}{3,9} \d{4}$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$`)

func isDate(s string) bool { return datePattern.MatchString(s) }

// classify decides what every group is. Short lines are judged by what stands
// around them: before the first prose they are the head of a letter or page,
// behind the last one its foot, and between they are headings.
func (c *classifier) classify() {
	first, last := len(c.groups), -1
	c.entries()
	for i := range c.groups {
		if s := c.groups[i].shape; s == prose || s == leadIn || s == entry {
			first, last = min(first, i), i
		}
	}
	c.headOf(min(first, len(c.groups)))
	for i := first; i <= last; {
		if c.isShort(i) {
			end := i
			for c.isShort(end) {
				end++
			}
			c.between(i, end)
			i = end
			continue
		}
		if c.groups[i].shape == entry {
			c.groups[i].kind = docs.Item
		}
		i++
	}
	for i := max(last+1, first); i < len(c.groups); i++ {
		c.groups[i].kind = docs.Line
		c.groups[i].drop = isChrome(c.at(i))
	}
	c.levels()
}

func (c *classifier) at(i int) string { return c.text[c.groups[i].from:c.groups[i].to] }

func (c *classifier) isShort(i int) bool {
	return i < len(c.groups) && (c.groups[i].shape == title || c.groups[i].shape == formal)
}

// entries tells numbered entries of a list from numbered headings. Both may be
// short lines without a stop; but headings have text between them, while entries
// of one kind follow each other.
func (c *classifier) entries() {
	for i := range c.groups {
		g := &c.groups[i]
		if g.shape != title || g.mark.end == 0 || g.mark.weak {
			continue
		}
		if c.sameList(i, i-1) || c.sameList(i, i+1) {
			g.shape = entry
		}
	}
}

func (c *classifier) sameList(i, j int) bool {
	if j < 0 || j >= len(c.groups) {
		return false
	}
	a, b := c.groups[i], c.groups[j]
	return b.mark.end > 0 && a.mark.style == b.mark.style && a.mark.depth == b.mark.depth
}

// headOf decides on the short lines before the first prose, groups[:end]: the
// first is the title, the last may head the prose, numbered ones are headings,
// and the rest is the head of a letter. A repeated title is the title again.
func (c *classifier) headOf(end int) {
	for i := range end {
		g := &c.groups[i]
		same := c.title != "" && dutch.Fold(c.at(i)) == c.title
		switch {
		case g.shape == title && (c.title == "" || same):
			g.kind, g.level = docs.Heading, titleLevel
			c.title = dutch.Fold(c.at(i))
		case g.shape == title && end < len(c.groups) && (i == end-1 || g.mark.depth > 0):
			g.kind, g.level = docs.Heading, 1
		default:
			g.kind = docs.Line
			g.drop = isChrome(c.at(i))
		}
	}
}

// between decides on short lines groups[a:b] with prose on both sides. Up to two
// in a row are headings, one below the other; of more only the last and those
// with a number, for more is an address or a menu.
func (c *classifier) between(a, b int) {
	for i := a; i < b; i++ {
		g := &c.groups[i]
		switch {
		case g.shape == title && dutch.Fold(c.at(i)) == c.title:
			g.kind, g.level = docs.Heading, titleLevel
		case g.shape == title && (b-a <= 2 || i == b-1 || g.mark.depth > 0):
			g.kind, g.level = docs.Heading, 1
		default:
			g.kind = docs.Line
			g.drop = isChrome(c.at(i))
		}
	}
}

// pieces turns what was found into pieces. A bullet or number before an entry
// stays outside its span. The last line of a heading, when it is a remark of
// three words or more in brackets, is a line of its own: it names who does it or
// where, which a reader asks for, and a heading is never cited.
func (c *classifier) pieces() []piece {
	var out []piece
	for _, g := range c.groups {
		p := piece{kind: g.kind, from: g.from, to: g.to, level: g.level}
		switch {
		case g.drop:
			continue
		case g.kind == docs.Item:
			p.from += g.mark.end
		case g.kind == docs.Heading && g.tail > 0 && countWords(c.text[g.tail:g.to]) > 2:
			p.to = g.tail
			out = append(out, p)
			p = piece{kind: docs.Line, from: g.tail, to: g.to}
		}
		out = append(out, p)
	}
	return out
}

// chrome is what web pages print around their text.
var chrome = wordSet(`contact cookies delen deel deeldezepagina disclaimer facebook home instagram kopieerlink
	leesmeer linkedin menu meerweten naarboven navigatie onderdeelvan overdezesite print printdezepagina privacy
	privacystatement rss sitemap sluiten sluit steunons terug terugnaarboven toegankelijkheid toegankelijkheidsverklaring twitter
	volgons volgonsop volgonsook whatsapp wijwordengesteunddoor x youtube zoeken zoek`)

// isChrome reports whether a short line outside the prose is page furniture.
func isChrome(s string) bool {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
	return chrome[bare]
}
