package load

import (
	"encoding/xml"
	"strings"

	"bronwijzer/internal/docs"
)

// paragraph reads a paragraph or heading.
func (r *odtReader) paragraph(e xml.StartElement) {
	r.para = odtPara{}
	style := r.styles.of("paragraph", xmlAttr(e, "style-name"))
	if style.hidden != on {
		r.inlines(runFormat{bold: style.bold == on})
	}
	r.spend(1, 0)
	b := flowBlock{text: string(r.para.line), bold: !r.para.plain}
	level := style.heading
	if tag(e) == "text:h" {
		level = max(1, number(xmlAttr(e, "outline-level")))
	}
	words := countWords(b.text)
	lead := r.lead(style, tag(e) == "text:h", level)
	switch {
	case style.contents:
		b.text = ""
	case style.title && words <= maxStyledHeading:
		b.kind, b.level = docs.Heading, titleLevel
	case level > 0 && level < 10 && words <= maxStyledHeading:
		b.kind, b.level = docs.Heading, level
		if hasWord(lead) {
			b.text = lead + b.text
		}
	case lead != "":
		b.entry(lead)
	case r.tables == 0 && r.list.depth == 0 && b.bold && words > 0 && isBoldHeading(b.text):
		b.kind, b.level = docs.Heading, boldLevel
	}
	r.flow.add(b)
	r.addBoxes()
}

// addBoxes adds what stood in the text boxes of the paragraph.
func (r *odtReader) addBoxes() {
	for _, b := range r.para.boxes {
		r.flow.add(b)
	}
	r.para.boxes = nil
}

// lead is what stands before a paragraph: in a list, or by the numbers of
// headings.
func (r *odtReader) lead(style odtStyle, heading bool, level int) string {
	if r.list.depth > 0 {
		if !r.list.lead {
			return ""
		}
		r.list.lead = false
		list := r.list.style
		if list == "" {
			list = style.list
		}
		if s := r.styles.numbers.next(list, r.list.level); s != "" || r.styles.numbers.lists[list] != nil {
			return s
		}
		return "- "
	}
	if heading {
		return r.styles.numbers.next(outlineList, level-1)
	}
	return ""
}

// inlines reads what stands in a paragraph.
func (r *odtReader) inlines(f runFormat) {
	for tok := range r.x.nodes() {
		switch t := tok.(type) {
		case xml.CharData:
			r.text(string(t), f)
		case xml.StartElement:
			r.inline(t, f)
		}
	}
}

// inline reads one element of a paragraph. Fields are read as what they show.
func (r *odtReader) inline(e xml.StartElement, f runFormat) {
	switch t := tag(e); t {
	case "text:s", "text:tab":
		r.text(" ", f)
	case "text:line-break":
		r.text("\n", f)
	case "text:span":
		style := r.styles.of("text", xmlAttr(e, "style-name"))
		f.bold = style.bold == on || f.bold && style.bold == unset
		f.raised = f.raised || style.raised
		if style.hidden != on {
			r.inlines(f)
		}
	case "text:note":
		r.note(xmlAttr(e, "note-class"))
	case "text:ruby":
		for e := range r.x.children() {
			if tag(e) == "text:ruby-base" {
				r.inlines(f)
			}
		}
	case "text:hidden-text", "text:hidden-paragraph", "text:placeholder", "text:script", "text:sequence-decls":
	default:
		switch {
		case strings.HasPrefix(t, "text:"):
			r.inlines(f)
		case strings.HasPrefix(t, "draw:"):
			r.drawing(e)
		}
	}
}

// text adds to the paragraph. Soft hyphens show nothing; where a line of the XML
// ends there is a space.
func (r *odtReader) text(s string, f runFormat) {
	if strings.Contains(s, "\u00ad") {
		s = strings.ReplaceAll(s, "\u00ad", "")
	}
	if f.raised {
		s = raise(s)
	}
	r.para.plain = r.para.plain || !f.bold && hasWord(s)
	r.para.line = append(r.para.line, s...)
	r.spend(0, len(s))
}

// note reads a note apart.
func (r *odtReader) note(class string) {
	kind := 0
	if class == "endnote" {
		kind = 1
	}
	for e := range r.x.children() {
		if tag(e) == "text:note-body" {
			r.notes[kind] = append(r.notes[kind], r.aside(r.blocks))
		}
	}
}

// drawing looks for text boxes in a drawing.
func (r *odtReader) drawing(e xml.StartElement) {
	if tag(e) == "draw:text-box" {
		boxes := r.aside(r.blocks)
		r.para.boxes = append(r.para.boxes, boxes...)
		return
	}
	for inner := range r.x.children() {
		if strings.HasPrefix(tag(inner), "draw:") {
			r.drawing(inner)
		}
	}
}
