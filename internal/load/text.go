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
	doc := docs.Document{Text: text, Blocks: assemble(text, inferred(text, 0), dutch.Plain)}
	if len(doc.Blocks) > 0 {
		first, _ := doc.Blocks[0].Span.Slice(text)
		doc.Title = shorten(dutch.Plain(first), maxTitle)
	}
	for _, b := range doc.Blocks {
		if b.Kind == docs.Paragraph {
			break // a heading from here on is that of a section
		}
		if b.Kind == docs.Heading {
			doc.Title = b.Section[0]
			break
		}
	}
	return doc, nil
}

// inferred returns the pieces of the plain text that begins at body.
func inferred(text string, body int) []piece {
	lines := linesOf(text, body)
	g := grouper{text: text, lines: lines, wrap: wrappingOf(text, lines)}
	c := classifier{text: text, wrapped: g.wrap != wrapping{}}
	for _, gr := range g.groups() {
		c.groups = append(c.groups, c.describe(gr))
	}
	c.classify()
	return c.pieces()
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
	// cells is a row of a table.
	cells
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
	case g.table.from != g.table.to:
		d.shape = cells
	case g.mark.bullet:
		d.shape = entry
	case isFormal(s, g.runes, words):
		d.shape = formal
	case g.lines > maxHeadingLines || g.runes > maxHeadingRunes || words > maxHeadingWords:
		d.shape = prose
	case last == ':' && words > 1:
		d.shape = leadIn
	case isStop(last) && !c.question(s, last, words):
		d.shape = prose
	case last == ',' && !startsSmall(s) && words <= 10:
		d.shape = formal
	case strings.HasSuffix(s, "|"):
		d.shape = formal // what is left of a table that laid out a page
	case last == ',' || last == ';' || startsSmall(s) && g.mark.end == 0:
		d.shape = prose
	case len(dutch.Sentences(s)) > 1 && g.mark.end == 0:
		d.shape = prose // a heading has no border of sentences inside
	default:
		d.shape = title
	}
	if (d.shape == prose || d.shape == leadIn) && g.mark.end > 0 && !g.mark.weak {
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

// headLine is a line of a letter head or of page furniture by how it begins: a
// parliamentary file, "Nr. 184 BRIEF VAN …", an addressee, a label.
var headLine = regexp.MustCompile(`(?i)^(?:\d{2} ?\d{3}(?: [IVX]+)?(?:[ ,]|$)|nr\. ?\d+|vergaderjaar|` +
	`aan de (?:voorzitter|minister|staatssecretaris|leden|heer|raad|colleges)|gepubliceerd op|laatst (?:gewijzigd|bijgewerkt)|` +
	`datum\b|betreft\b|(?:ons |uw )?kenmerk\b|pagina \d+)`)

// addressLine is a line of an address.
var addressLine = regexp.MustCompile(`(?i)^(?:postbus \d|tel(?:efoon)?[.: ]|e-mail:|www\.|https?://\S+$)|^\S+@\S+$|\b\d{4} ?[A-Z]{2}\b {1,2}\p{Lu}`)

// dateLine is a date with at most a place before it: "Den Haag, 18 november
// 2020".
var dateLine = regexp.MustCompile(`^(?:[\p{Lu}'’][\p{L}'’ -]{1,30}, )?(?:\d{1,2} )?\p{Ll}{3,9} \d{4}$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$`)

// labelled is a line that begins with what it tells: "Datum: 3 mei".
var labelled = regexp.MustCompile(`^\p{Lu}[\p{L} -]{1,30}: ?\S`)

// isFormal reports whether a line is no heading and no prose by its words: part
// of a letter head or an address, a date, labels, a long line in capitals.
func isFormal(s string, runes, words int) bool {
	if runes > 2*maxHeadingRunes || isStop(lastRune(s)) {
		return false
	}
	if isCapitals(s) && words > maxCapitals || labelled.MatchString(s) && strings.Count(s, ": ") > 1 && !isRemark(s) {
		return true
	}
	return words <= 8 && (addressLine.MatchString(s) || dateLine.MatchString(s)) || words <= 15 && headLine.MatchString(s)
}

// isRemark reports whether a line with colons speaks to the reader ("Zie ook: …",
// "Let op: …") or leads in what follows, and so is no row of labels.
func isRemark(s string) bool {
	label, _, _ := strings.Cut(dutch.Fold(s), ":")
	return lastRune(s) == ':' || strings.HasPrefix(label, "zie ") || plainTitles[bareLetters(label)]
}

// classify decides what every group is. Prose, entries and rows are what they
// look like; short lines are judged by what stands around them. Those before
// the first prose are the head of a letter or page, with its title; those behind
// the last are its foot; between them most are headings.
func (c *classifier) classify() {
	c.entries()
	c.contents()
	c.labels()
	for i := 0; i < len(c.groups); {
		g := &c.groups[i]
		if !c.isShort(i) {
			switch g.shape {
			case entry:
				g.kind = docs.Item
			case cells:
				g.kind = docs.Row
			}
			i++
			continue
		}
		end := i
		for c.isShort(end) {
			end++
		}
		if i == 0 {
			i = c.name(end)
		}
		c.short(i, end)
		i = end
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

// labels finds lines such as "Agendapunt: 4B" that stand among their like. One
// alone may be a heading ("Toezegging: vrije voeten").
func (c *classifier) labels() {
	before := false
	for i := range c.groups {
		g := &c.groups[i]
		label := g.mark.end == 0 && c.isShort(i) && labelled.MatchString(c.at(i))
		if label && before {
			g.shape, c.groups[i-1].shape = formal, formal
		}
		before = label
	}
}

// contentsLine is a line of a table of contents with dots before the page.
var contentsLine = regexp.MustCompile(`(?:\.{4,}|…{2,}|(?:\. ){4,})\s*\d{1,3}$`)

// pageNumber is a number at the end of a line.
var pageNumber = regexp.MustCompile(`\p{L}[ \t]+\d{1,3}$`)

// contents drops tables of contents: lines with dots before a page number, or
// three in a row that begin and end with a number. They repeat the headings, and
// would be found in their place.
func (c *classifier) contents() {
	for i := 0; i < len(c.groups); {
		end := i
		for end < len(c.groups) && c.groups[end].mark.depth > 0 && c.groups[end].runes <= maxHeadingRunes && pageNumber.MatchString(c.at(end)) {
			end++
		}
		for j := i; j < end && end-i > 2; j++ {
			c.groups[j].shape, c.groups[j].drop = formal, true
		}
		if i == end {
			if g := c.groups[i]; g.runes <= maxHeadingRunes && contentsLine.MatchString(c.at(i)) {
				c.groups[i].shape, c.groups[i].drop = formal, true
			}
			end++
		}
		i = end
	}
}

// name takes the first short line before groups[:end] that isn't formal for the
// title of the text, and returns where the lines behind it begin.
func (c *classifier) name(end int) int {
	for i := range end {
		g := &c.groups[i]
		if g.shape == title && !isChrome(c.at(i)) {
			g.kind, g.level = docs.Heading, titleLevel
			c.title = dutch.Fold(c.at(i))
			return i + 1
		}
		c.line(i)
	}
	return end
}

// line makes group i a line, or nothing if it is page furniture.
func (c *classifier) line(i int) {
	c.groups[i].kind = docs.Line
	c.groups[i].drop = c.groups[i].drop || isChrome(c.at(i))
}

// short decides on the short lines groups[a:b], backwards from what stands
// behind them. Empty lines cut them into clusters.
//
// A heading has something below it: prose, or a cluster of lines such as an
// address. Up to two in a row are headings, one below the other; of more in one
// cluster only the last is, right above the prose. Those with a number are all
// headings, and a repeated title is the title again. Everything else is a line.
func (c *classifier) short(a, b int) {
	allowed := 0
	if b < len(c.groups) {
		allowed = 2
	}
	for b > a {
		from := b - 1
		for from > a && !c.groups[from].gap {
			from--
		}
		if b-from > 2 {
			allowed = min(allowed, c.touching(b))
		}
		headings := 0
		for i := b - 1; i >= from; i-- {
			if c.heading(i, allowed > 0) {
				allowed--
				headings++
			}
		}
		if headings < b-from && b-from > 1 || c.groups[from].shape == formal {
			allowed = 2
		}
		b = from
	}
}

// touching is 1 if group i follows without an empty line, else 0.
func (c *classifier) touching(i int) int {
	if i < len(c.groups) && !c.groups[i].gap {
		return 1
	}
	return 0
}

// heading decides on one short line, and reports whether it is a heading that
// has something below it. allowed says that it may be one without a number.
func (c *classifier) heading(i int, allowed bool) bool {
	g := &c.groups[i]
	switch {
	case g.shape == title && c.title != "" && dutch.Fold(c.at(i)) == c.title:
		g.kind, g.level = docs.Heading, titleLevel
		return false
	case g.shape == title && (allowed || g.mark.depth > 0):
		g.kind, g.level = docs.Heading, 1
		return true
	}
	c.line(i)
	return false
}

// pieces turns what was found into pieces. A bullet or number before an entry
// stays outside its span. The last line of a heading, when it is a remark of
// three words or more in brackets, is a line of its own: it names who does it or
// where, which a reader asks for, and a heading is never cited.
func (c *classifier) pieces() []piece {
	var out []piece
	for i, g := range c.groups {
		p := piece{kind: g.kind, from: g.from, to: g.to, level: g.level, header: c.text[g.table.from:g.table.to]}
		switch {
		case g.drop:
			continue
		case g.kind == docs.Item:
			p.from += g.mark.end
		case g.kind == docs.Row:
			p.from, p.to = cellsOf(c.text, p.from, p.to)
		case i > 0 && c.signs(i-1, i):
			out[len(out)-1].to = p.to
			continue
		case g.kind == docs.Heading && g.tail > 0 && countWords(c.text[g.tail:g.to]) > 2:
			p.to = g.tail
			out = append(out, p)
			p = piece{kind: docs.Line, from: g.tail, to: g.to}
		}
		out = append(out, p)
	}
	return out
}

// signs reports whether lines i and j are an office and the name of who holds
// it: "De Minister van Buitenlandse Zaken," and "H.G.J. Bruins Slot". Only
// together do they say something.
func (c *classifier) signs(i, j int) bool {
	a, b := c.groups[i], c.groups[j]
	return a.kind == docs.Line && b.kind == docs.Line && !a.drop && strings.HasSuffix(c.at(i), ",") && !strings.HasSuffix(c.at(j), ",")
}
