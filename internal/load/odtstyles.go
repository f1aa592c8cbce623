package load

import (
	"cmp"
	"encoding/xml"
	"strconv"
	"strings"
)

// outlineList is what the numbers of headings are called among the lists. No
// list style has that name: it isn't one in XML.
const outlineList = "\x00outline"

// odtStyle is what a style makes of a paragraph or a stretch of text.
type odtStyle struct {
	// heading is the level of a heading, 0 for none.
	heading         int
	title, contents bool
	list            string
	bold, hidden    toggle
	raised          bool
}

type odtStyleDef struct {
	odtStyle
	base string
}

// odtStyles are the styles of a file, by family and name.
type odtStyles struct {
	defs     map[[2]string]odtStyleDef
	resolved map[[2]string]odtStyle
	numbers  *wordNumbers
	language string
}

func newODTStyles() *odtStyles {
	return &odtStyles{
		defs: make(map[[2]string]odtStyleDef), resolved: make(map[[2]string]odtStyle),
		numbers: &wordNumbers{abstracts: make(map[string]*[levels]listLevel), lists: make(map[string]*wordList), counts: make(map[string]*listCount)},
	}
}

// read reads styles: those of the file, or those that a program made up for
// what has no style of its own.
func (s *odtStyles) read(x *xmlReader) {
	for e := range x.children() {
		switch tag(e) {
		case "style:style":
			s.style(x, e)
		case "style:default-style":
			for p := range x.children() {
				if lang, country := xmlAttr(p, "language"), xmlAttr(p, "country"); tag(p) == "style:text-properties" && lang != "" && lang != "none" {
					s.language = strings.TrimSuffix(lang+"-"+country, "-")
				}
			}
		case "text:list-style":
			s.listStyle(x, xmlAttr(e, "name"))
		case "text:outline-style":
			s.listStyle(x, outlineList)
		}
	}
}

func (s *odtStyles) style(x *xmlReader, e xml.StartElement) {
	d := odtStyleDef{base: xmlAttr(e, "parent-style-name")}
	d.list = xmlAttr(e, "list-style-name")
	name := xmlAttr(e, "name")
	for _, n := range []string{name, xmlAttr(e, "display-name")} {
		n = strings.ReplaceAll(n, "_20_", " ")
		d.title = d.title || titleStyle.MatchString(n)
		d.contents = d.contents || contentsStyle.MatchString(n)
	}
	d.heading = number(xmlAttr(e, "default-outline-level"))
	for p := range x.children() {
		if tag(p) != "style:text-properties" {
			continue
		}
		for _, a := range p.Attr {
			switch a.Name.Local {
			case "font-weight":
				d.bold = off
				if a.Value == "bold" || number(a.Value) >= 600 {
					d.bold = on
				}
			case "display":
				d.hidden = off
				if a.Value == "none" {
					d.hidden = on
				}
			case "text-position":
				up, _, _ := strings.Cut(a.Value, " ")
				d.raised = up == "super" || number(strings.TrimSuffix(up, "%")) > 0
			}
		}
	}
	s.defs[[2]string{xmlAttr(e, "family"), name}] = d
}

// of returns a style with what it rests on taken in.
func (s *odtStyles) of(family, name string) odtStyle {
	key := [2]string{family, name}
	if done, ok := s.resolved[key]; ok {
		return done
	}
	d, ok := s.defs[key]
	if !ok {
		return odtStyle{}
	}
	out := d.odtStyle
	for range maxStyles {
		// A style that a program made up has the name of the one it changes
		// above it; so for a title as well.
		if d, ok = s.defs[[2]string{family, d.base}]; !ok {
			break
		}
		out.heading = cmp.Or(out.heading, d.heading)
		out.list = cmp.Or(out.list, d.list)
		out.bold = cmp.Or(out.bold, d.bold)
		out.hidden = cmp.Or(out.hidden, d.hidden)
		out.title = out.title || d.title
		out.contents = out.contents || d.contents
		out.raised = out.raised || d.raised
	}
	s.resolved[key] = out
	return out
}

// odtFormats are the formats of numbers by the names of ECMA-376.
var odtFormats = map[string]string{"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}

// listStyle reads how the levels of a list are numbered.
func (s *odtStyles) listStyle(x *xmlReader, name string) {
	a := new([levels]listLevel)
	for e := range x.children() {
		level := number(xmlAttr(e, "level")) - 1
		if level < 0 || level >= levels {
			continue
		}
		l := listLevel{start: 1, format: "bullet", known: true}
		if t := tag(e); t == "text:list-level-style-number" || t == "text:outline-level-style" {
			l.format = odtFormats[xmlAttr(e, "num-format")]
			if start := xmlAttr(e, "start-value"); start != "" {
				l.start = number(start)
			}
			l.text = levelText(e, level)
		}
		a[level] = l
	}
	s.numbers.abstracts[name] = a
	s.numbers.lists[name] = newWordList(name)
}

// levelText writes how a level is numbered as Word does: "%1.%2.".
func levelText(e xml.StartElement, level int) string {
	if xmlAttr(e, "num-format") == "" {
		return ""
	}
	if s := xmlAttr(e, "num-list-format"); s != "" {
		// LibreOffice writes "%1%.%2%." there.
		for i := 1; i <= levels; i++ {
			n := "%" + strconv.Itoa(i)
			s = strings.ReplaceAll(s, n+"%", n)
		}
		return shorten(s, maxTitle)
	}
	shown := min(max(1, number(xmlAttr(e, "display-levels"))), level+1)
	var numbers []string
	for i := level + 1 - shown; i <= level; i++ {
		numbers = append(numbers, "%"+strconv.Itoa(i+1))
	}
	return shorten(xmlAttr(e, "num-prefix")+strings.Join(numbers, ".")+xmlAttr(e, "num-suffix"), maxTitle)
}
