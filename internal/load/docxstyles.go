package load

import (
	"cmp"
	"regexp"
	"strings"
)

// toggle is a property that is on, off, or left to the style below.
type toggle int8

const (
	unset toggle = iota
	on
	off
)

// wordStyle is what a style makes of a paragraph or a run.
type wordStyle struct {
	// heading is the level of a heading, 1 to 9; 10 is text, and 0 doesn't say.
	heading int
	// title and contents say that it is for the title of the document, or for a
	// table of contents.
	title, contents bool
	numID, level    string
	bold, hidden    toggle
	// firstRow says that the first row of a table is made to stand out.
	firstRow bool
}

// styleDef is a style as the file has it.
type styleDef struct {
	wordStyle
	base string
}

// wordStyles are the styles of a file.
type wordStyles struct {
	defs map[string]styleDef
	// resolved has the styles with those that they rest on taken in.
	resolved map[string]wordStyle
	// normal is the id of the style of a paragraph that has none.
	normal string
	// language is what the text is in: "nl-NL"; "" where that isn't said.
	language string
}

// Names of styles: Word writes them in English in every language, LibreOffice and
// others in their own; ids are in that of the program.
var (
	headingStyle  = regexp.MustCompile(`(?i)^(?:heading|kop|titre|überschrift)[ _]*([1-9])(?:\D|$)`)
	titleStyle    = regexp.MustCompile(`(?i)^(?:title|titel|documenttitel|document title)$`)
	contentsStyle = regexp.MustCompile(`(?i)^(?:(?:toc|inhopg|inhoudsopgave|contents|index)[ _]*(?:\d|heading$)|kop *van *inhoudsopgave|table of figures|lijst *met *afbeeldingen|inhoudsopgave$)`)
)

// readWordStyles reads the part with the styles, if there is one.
func readWordStyles(c *container, name string) (*wordStyles, error) {
	s := &wordStyles{defs: make(map[string]styleDef), resolved: make(map[string]wordStyle)}
	err := c.optional(name, func(x *xmlReader) {
		for root := range x.children() {
			if tag(root) != "w:styles" {
				continue
			}
			for e := range x.children() {
				switch tag(e) {
				case "w:style":
					s.read(x, e)
				case "w:docDefaults":
					s.defaults(x)
				}
			}
		}
	})
	return s, err
}

// defaults looks for the language of the document.
func (s *wordStyles) defaults(x *xmlReader) {
	for e := range x.children() {
		switch tag(e) {
		case "w:lang":
			s.language = xmlAttr(e, "val")
		case "w:rPrDefault", "w:rPr":
			s.defaults(x)
		}
	}
}

// read reads one style.
func (s *wordStyles) read(x *xmlReader, style wordElement) {
	id := xmlAttr(style, "styleId")
	d := styleDef{}
	d.named(id)
	if xmlAttr(style, "type") == "paragraph" && xmlAttr(style, "default") != "" && isDefault(style) {
		s.normal = id
	}
	for e := range x.children() {
		switch tag(e) {
		case "w:name":
			d.named(xmlAttr(e, "val"))
		case "w:basedOn":
			d.base = xmlAttr(e, "val")
		case "w:pPr":
			d.paragraph(x)
		case "w:tblStylePr":
			stands := standsOut(x)
			d.firstRow = d.firstRow || stands && xmlAttr(e, "type") == "firstRow"
		case "w:rPr":
			for p := range x.children() {
				switch tag(p) {
				case "w:b":
					d.bold = toggled(p)
				case "w:vanish":
					d.hidden = toggled(p)
				}
			}
		}
	}
	s.defs[id] = d
}

// standsOut reports whether the properties of a part of a table put it in bold,
// or on a colour.
func standsOut(x *xmlReader) bool {
	found := false
	for e := range x.children() {
		switch tag(e) {
		case "w:rPr", "w:tcPr":
			for p := range x.children() {
				bold := tag(p) == "w:b" && isOn(p)
				shaded := tag(p) == "w:shd" && xmlAttr(p, "fill") != "" && xmlAttr(p, "fill") != "auto"
				found = found || bold || shaded
			}
		}
	}
	return found
}

func isDefault(style wordElement) bool {
	v := xmlAttr(style, "default")
	return v == "1" || v == "true" || v == "on"
}

// paragraph reads the properties that a style gives to paragraphs. A level that
// its name says goes before one of the outline.
func (d *styleDef) paragraph(x *xmlReader) {
	for p := range x.children() {
		switch tag(p) {
		case "w:outlineLvl":
			if d.heading == 0 {
				d.heading = min(number(xmlAttr(p, "val"))+1, 10)
			}
		case "w:numPr":
			r := wordReader{x: x}
			d.numID, d.level = r.numbering()
		}
	}
}

// named takes from a name or id what it says.
func (d *styleDef) named(name string) {
	if m := headingStyle.FindStringSubmatch(name); m != nil {
		d.heading = int(m[1][0] - '0')
	}
	d.title = d.title || titleStyle.MatchString(name)
	d.contents = d.contents || contentsStyle.MatchString(strings.TrimSpace(name))
}

func toggled(e wordElement) toggle {
	if isOn(e) {
		return on
	}
	return off
}

// maxStyles is how many styles may rest on each other.
const maxStyles = 40

// of returns a style with what it rests on taken in; an empty or unknown id is
// that of the normal paragraph.
func (s *wordStyles) of(id string) wordStyle {
	if _, ok := s.defs[id]; !ok {
		id = s.normal
	}
	if done, ok := s.resolved[id]; ok {
		return done
	}
	out := s.defs[id].wordStyle
	at := s.defs[id].base
	for range maxStyles {
		d, ok := s.defs[at]
		if !ok {
			break
		}
		out.rest(d.wordStyle)
		at = d.base
	}
	s.resolved[id] = out
	return out
}

// rest takes in what a style below says and this one doesn't. A title is one
// only by its own name: a subtitle may rest on it.
func (w *wordStyle) rest(below wordStyle) {
	w.heading = cmp.Or(w.heading, below.heading)
	w.contents = w.contents || below.contents
	w.numID = cmp.Or(w.numID, below.numID)
	w.level = cmp.Or(w.level, below.level)
	w.bold = cmp.Or(w.bold, below.bold)
	w.hidden = cmp.Or(w.hidden, below.hidden)
	w.firstRow = w.firstRow || below.firstRow
}
