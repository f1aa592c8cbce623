package load

import (
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"bronwijzer/internal/docs"
)

// wordElement is an element of a Word file.
type wordElement = xml.StartElement

var errNoBody = errors.New("no body in it")

// wordPara is a paragraph that is being read.
type wordPara struct {
	line []byte
	// style is the id of its style; numID and level its place in a list, where it
	// says so itself.
	style        string
	numID, level string
	// outline is its level as a heading, 1 to 9; 0 where it doesn't say.
	outline int
	// deleted says that its end was deleted: it goes on in the next one.
	deleted bool
	// plain says that some of its text isn't in bold.
	plain bool
	// open says that it is one at all.
	open bool
	// boxes are the blocks of the text boxes in it.
	boxes []flowBlock
}

// paragraph reads a paragraph.
func (r *wordReader) paragraph() {
	before := r.para
	r.para = wordPara{open: true, line: before.line, plain: before.plain, boxes: before.boxes}
	for e := range r.x.children() {
		if tag(e) == "w:pPr" {
			r.properties()
			continue
		}
		r.inline(e)
	}
	if !r.para.deleted {
		r.endParagraph()
	}
	r.spend(1, 0)
}

// properties reads what a paragraph says of itself.
func (r *wordReader) properties() {
	p := &r.para
	for e := range r.x.children() {
		switch tag(e) {
		case "w:pStyle":
			p.style = xmlAttr(e, "val")
		case "w:outlineLvl":
			p.outline = number(xmlAttr(e, "val")) + 1
		case "w:numPr":
			p.numID, p.level = r.numbering()
		case "w:rPr":
			for e := range r.x.children() {
				if t := tag(e); t == "w:del" || t == "w:moveFrom" {
					p.deleted = true
				}
			}
		}
	}
}

// numbering reads to which list something belongs.
func (r *wordReader) numbering() (numID, level string) {
	for e := range r.x.children() {
		switch tag(e) {
		case "w:numId":
			numID = xmlAttr(e, "val")
		case "w:ilvl":
			level = xmlAttr(e, "val")
		}
	}
	return numID, level
}

// inline reads what stands in a paragraph. What isn't named here is not read:
// what was deleted or moved away, marks, remarks.
func (r *wordReader) inline(e wordElement) {
	switch t := tag(e); t {
	case "w:r":
		r.run()
	case "w:hyperlink", "w:ins", "w:moveTo", "w:smartTag", "w:customXml", "w:dir", "w:bdo":
		r.inlines()
	case "w:fldSimple":
		if !isContents(xmlAttr(e, "instr")) {
			r.inlines()
		}
	case "w:sdt":
		r.control(r.inline)
	case "mc:AlternateContent":
		r.alternative(r.inline)
	case "m:t":
		r.text(r.x.text(), false)
	default:
		if strings.HasPrefix(t, "m:") && !strings.HasSuffix(t, "Pr") {
			r.inlines()
		}
	}
}

func (r *wordReader) inlines() {
	for e := range r.x.children() {
		r.inline(e)
	}
}

// runFormat is how a run of text looks, as far as that matters.
type runFormat struct {
	hidden, bold, raised bool
}

// run reads a run: text of one format.
func (r *wordReader) run() {
	format := runFormat{bold: r.styles.of(r.para.style).bold == on}
	for e := range r.x.children() {
		if tag(e) == "w:rPr" {
			format = r.format(format)
			continue
		}
		r.runPart(e, format)
	}
}

// format reads the properties of a run.
func (r *wordReader) format(f runFormat) runFormat {
	for e := range r.x.children() {
		switch tag(e) {
		case "w:rStyle":
			s := r.styles.of(xmlAttr(e, "val"))
			f.hidden = f.hidden || s.hidden == on
			f.bold = f.bold || s.bold == on
		case "w:vanish":
			f.hidden = isOn(e)
		case "w:b":
			f.bold = isOn(e)
		case "w:vertAlign":
			f.raised = xmlAttr(e, "val") == "superscript"
		}
	}
	return f
}

// runPart reads one element of a run.
func (r *wordReader) runPart(e wordElement, f runFormat) {
	if f.hidden && tag(e) != "w:fldChar" && tag(e) != "w:instrText" {
		return
	}
	switch tag(e) {
	case "w:t":
		s := r.x.text()
		if f.raised {
			s = raise(s)
		}
		r.text(s, f.bold)
	case "w:tab", "w:ptab":
		r.text(" ", f.bold)
	case "w:br", "w:cr":
		r.text("\n", f.bold)
	case "w:noBreakHyphen":
		r.text("-", f.bold)
	case "w:sym":
		r.text(symbol(xmlAttr(e, "font"), xmlAttr(e, "char")), f.bold)
	case "w:fldChar":
		r.field(xmlAttr(e, "fldCharType"))
	case "w:instrText":
		r.instruction(r.x.text())
	case "w:footnoteReference", "w:endnoteReference":
		if r.shows() {
			r.cited = append(r.cited, wordNote{strings.TrimSuffix(e.Name.Local, "Reference"), xmlAttr(e, "id")})
		}
	case "w:ruby":
		for e := range r.x.children() {
			if tag(e) == "w:rubyBase" {
				r.inlines()
			}
		}
	case "mc:AlternateContent":
		r.alternative(func(e wordElement) { r.runPart(e, f) })
	case "w:drawing", "w:pict", "w:object":
		r.drawing()
	}
}

// drawing looks for text boxes in a drawing. A box in a box is part of it.
func (r *wordReader) drawing() {
	for e := range r.x.children() {
		switch tag(e) {
		case "w:txbxContent":
			boxes := r.aside(r.blocks)
			r.para.boxes = append(r.para.boxes, boxes...)
		case "mc:AlternateContent":
			r.alternative(func(wordElement) { r.drawing() })
		default:
			r.drawing()
		}
	}
}

// shows reports whether text at hand is what a reader sees: no instruction of a
// field, and no table of contents.
func (r *wordReader) shows() bool {
	n := len(r.fields)
	return n == 0 || r.fields[n-1].result && r.fields[n-1].shown
}

// field reads a mark of a field: where it begins, where what it shows begins, and
// where it ends.
func (r *wordReader) field(mark string) {
	n := len(r.fields)
	switch {
	case mark == "begin" && n == maxDepth:
		r.x.fail(&Error{Reason: TooDeep, Err: errDepth})
	case mark == "begin":
		r.fields = append(r.fields, wordField{shown: r.shows()})
	case mark == "separate" && n > 0:
		f := &r.fields[n-1]
		f.result = true
		f.shown = f.shown && !isContents(f.instruction)
	case mark == "end" && n > 0:
		r.fields = r.fields[:n-1]
	}
}

// instruction adds to what the field at hand does.
func (r *wordReader) instruction(s string) {
	if n := len(r.fields); n > 0 && len(r.fields[n-1].instruction) < 16 {
		r.fields[n-1].instruction += s[:min(len(s), 64)]
	}
}

// isContents reports whether a field shows a table of contents or an index.
func isContents(instruction string) bool {
	switch strings.ToUpper(firstWord(strings.TrimSpace(instruction))) {
	case "TOC", "INDEX", "TOA", "RD":
		return true
	}
	return false
}

// text adds to the paragraph. Soft hyphens show nothing.
func (r *wordReader) text(s string, bold bool) {
	if !r.shows() {
		return
	}
	if strings.Contains(s, "\u00ad") {
		s = strings.ReplaceAll(s, "\u00ad", "")
	}
	r.para.plain = r.para.plain || !bold && hasWord(s)
	r.para.line = append(r.para.line, s...)
	r.spend(0, len(s))
}

// spend counts what was read, and ends the reading when it is too much.
func (r *wordReader) spend(n, size int) {
	if err := r.flow.spend(n, size); err != nil {
		r.x.fail(err)
	}
}

// endParagraph adds the paragraph at hand to the flow, and what stood in its
// text boxes.
func (r *wordReader) endParagraph() {
	p := r.para
	r.para = wordPara{}
	if !p.open {
		return
	}
	style := r.styles.of(p.style)
	if !style.contents {
		for _, s := range splitLines(string(p.line)) {
			r.flow.add(r.blockOf(&p, style, s))
		}
	}
	for _, b := range p.boxes {
		r.flow.add(b)
	}
}

// splitLines cuts a paragraph where it has an empty line in it.
func splitLines(s string) []string {
	if !strings.Contains(s, "\n\n") {
		return []string{s}
	}
	return strings.Split(s, "\n\n")
}

// maxStyledHeading is the most words of a heading. Longer paragraphs in a heading
// style are prose that was made to look so.
const maxStyledHeading = 40

// blockOf makes a block of a paragraph.
func (r *wordReader) blockOf(p *wordPara, style wordStyle, text string) flowBlock {
	b := flowBlock{text: text, bold: !p.plain}
	numID, level := p.numID, p.level
	if numID == "" {
		numID = style.numID
	}
	if level == "" {
		level = style.level
	}
	lead := r.numbers.next(numID, number(level))
	heading := style.heading
	if p.outline > 0 {
		heading = p.outline
	}
	words := countWords(text)
	switch {
	case style.title && words <= maxStyledHeading:
		b.kind, b.level = docs.Heading, titleLevel
	case heading > 0 && heading < 10 && words <= maxStyledHeading:
		b.kind, b.level = docs.Heading, heading
		if hasWord(lead) {
			b.text = lead + text
		}
	case lead != "":
		b.entry(lead)
	case r.tables == 0 && b.bold && words > 0 && isBoldHeading(text):
		b.kind, b.level = docs.Heading, boldLevel
	}
	return b
}

// isBoldHeading reports whether a paragraph in bold is a heading in all but name.
func isBoldHeading(s string) bool {
	s = strings.Join(strings.Fields(s), " ")
	return boldTitle(s) && lastRune(s) != ':' && lastRune(s) != ',' && !startsSmall(s) && !labelled.MatchString(s) &&
		!isFormal(s, len(s), countWords(s))
}

// isOn reports whether a property that is there is on.
func isOn(e wordElement) bool {
	switch xmlAttr(e, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

// number reads a number from 0 to a million; anything else is 0.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n
}

// symbol is a character of a font that has signs for letters.
func symbol(font, code string) string {
	n, err := strconv.ParseUint(code, 16, 32)
	if err != nil {
		return ""
	}
	c := rune(n)
	if c >= 0xF000 && c <= 0xF0FF {
		if s, ok := symbols[font][c-0xF000]; ok {
			return s
		}
		if font == "Symbol" && c < 0xF080 {
			return string(c - 0xF000)
		}
		return ""
	}
	if !unicode.IsPrint(c) {
		return ""
	}
	return string(c)
}

// symbols are the signs that letters and reports use.
var symbols = map[string]map[rune]string{
	"Symbol": {
		0xA3: "≤", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB9: "≠", 0xAE: "→", 0xD7: "·", 0xDE: "⇒",
		'a': "α", 'b': "β", 'g': "γ", 'd': "δ", 'D': "Δ", 'l': "λ", 'm': "μ", 's': "σ", 'S': "Σ",
	},
	"Wingdings": {0x6C: "●", 0x6E: "■", 0x71: "❑", 0x76: "❖", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xE0: "→", 0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒"},
}
