package load

import (
	"encoding/xml"
	"strconv"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// readODT reads an OpenDocument text (OASIS OpenDocument 1.3, part 3), as
// [readDOCX] reads a Word file and into the same blocks.
func readODT(name string, data []byte) (docs.Document, error) {
	c, err := openContainer(data)
	if err != nil {
		return docs.Document{}, withPath(name, err)
	}
	doc, err := openDocument(c)
	if err != nil {
		return docs.Document{}, withPath(name, err)
	}
	return doc, nil
}

func openDocument(c *container) (docs.Document, error) {
	var doc docs.Document
	if err := odtLocked(c); err != nil {
		return doc, err
	}
	r := odtReader{flow: new(flow), styles: newODTStyles()}
	if err := c.optional("styles.xml", func(x *xmlReader) { r.document(x) }); err != nil {
		return doc, err
	}
	if err := c.read("content.xml", func(x *xmlReader) { r.document(x) }); err != nil {
		return doc, err
	}
	if !r.found {
		return doc, &Error{Reason: Damaged, Err: errNoBody}
	}
	r.addNotes()
	doc.Language = r.styles.language
	if err := c.optional("meta.xml", func(x *xmlReader) { odtMeta(x, &doc.Meta) }); err != nil {
		return doc, err
	}
	finishFlow(&doc, r.flow)
	return doc, nil
}

// odtLocked fails for a file whose parts are behind a password.
func odtLocked(c *container) error {
	locked := false
	err := c.optional("META-INF/manifest.xml", func(x *xmlReader) {
		for range x.children() {
			for e := range x.children() {
				if xmlAttr(e, "full-path") != "content.xml" {
					continue
				}
				for d := range x.children() {
					locked = locked || tag(d) == "manifest:encryption-data"
				}
			}
		}
	})
	if locked {
		return &Error{Reason: Encrypted}
	}
	return err
}

// odtMeta reads what a file says of itself.
func odtMeta(x *xmlReader, m *docs.Meta) {
	var author string
	for range x.children() {
		for range x.children() {
			for e := range x.children() {
				switch tag(e) {
				case "dc:title":
					m.Title = ownTitle(x.text())
				case "meta:creation-date":
					m.Date = dutch.Day(x.text())
				case "meta:initial-creator":
					author = x.text()
				case "dc:language":
					m.Language = strings.TrimSpace(x.text())
				}
			}
		}
	}
	m.Publisher = ownName(author)
}

// odtReader reads the body of a file into a flow.
type odtReader struct {
	flow   *flow
	x      *xmlReader
	styles *odtStyles
	para   odtPara
	// list is the list at hand.
	list odtList
	// notes has the blocks of the notes so far: footnotes, endnotes.
	notes [2][][]flowBlock
	// tables counts the tables that are open.
	tables int
	// found says that there was a text.
	found bool
}

// odtPara is a paragraph that is being read.
type odtPara struct {
	line []byte
	// plain says that some of its text isn't in bold.
	plain bool
	boxes []flowBlock
}

// odtList is the list that is being read.
type odtList struct {
	style string
	// level counts from 0; depth is the number of lists that are open.
	level, depth int
	// lead says that the next paragraph begins an entry.
	lead bool
}

// document reads the styles and the text of a part.
func (r *odtReader) document(x *xmlReader) {
	r.x = x
	for range x.children() {
		for e := range x.children() {
			switch tag(e) {
			case "office:styles", "office:automatic-styles":
				r.styles.read(x)
			case "office:body":
				for e := range x.children() {
					if tag(e) == "office:text" {
						r.found = true
						r.blocks()
					}
				}
			}
		}
	}
}

func (r *odtReader) blocks() {
	for e := range r.x.children() {
		r.block(e)
	}
}

// block reads what stands between paragraphs. What isn't named is not read:
// what was deleted, tables of contents, forms.
func (r *odtReader) block(e xml.StartElement) {
	switch tag(e) {
	case "text:p", "text:h":
		r.paragraph(e)
	case "text:list":
		r.readList(e)
	case "text:section":
		if xmlAttr(e, "display") != "none" {
			r.blocks()
		}
	case "text:numbered-paragraph", "text:bibliography", "text:index-body", "text:index-title":
		r.blocks()
	case "table:table":
		r.table()
	case "draw:frame", "draw:text-box", "draw:g", "draw:a":
		r.para.boxes = nil
		r.drawing(e)
		r.addBoxes()
	}
}

// readList reads a list and those in it. One that doesn't go on with an earlier
// one counts from the beginning.
func (r *odtReader) readList(e xml.StartElement) {
	outer := r.list
	if name := xmlAttr(e, "style-name"); name != "" {
		r.list.style = name
	}
	if r.list.depth++; r.list.depth > 1 {
		r.list.level = outer.level + 1
	} else if r.list.level = 0; xmlAttr(e, "continue-numbering") != "true" && xmlAttr(e, "continue-list") == "" {
		delete(r.styles.numbers.counts, r.list.style)
	}
	for item := range r.x.children() {
		t := tag(item)
		if t != "text:list-item" && t != "text:list-header" {
			continue
		}
		if start := xmlAttr(item, "start-value"); start != "" && r.list.level < levels {
			r.styles.numbers.begin(r.list.style, r.list.level, number(start))
		}
		r.list.lead = t == "text:list-item"
		for inner := range r.x.children() {
			r.block(inner)
		}
	}
	r.list = outer
	r.list.lead = false
}

// aside reads something into a flow of its own and returns its blocks.
func (r *odtReader) aside(read func()) []flowBlock {
	outer, para, list := r.flow, r.para, r.list
	r.flow, r.para, r.list = &flow{count: outer.count, bytes: outer.bytes}, odtPara{}, odtList{}
	read()
	inner := r.flow
	outer.count, outer.bytes = inner.count, inner.bytes
	r.flow, r.para, r.list = outer, para, list
	return inner.blocks
}

// table reads a table.
func (r *odtReader) table() {
	var rows []rawRow
	r.tables++
	r.rows(&rows, false)
	r.tables--
	if err := r.flow.table(rows); err != nil {
		r.x.fail(err)
	}
}

func (r *odtReader) rows(rows *[]rawRow, head bool) {
	for e := range r.x.children() {
		switch tag(e) {
		case "table:table-header-rows":
			r.rows(rows, true)
		case "table:table-rows", "table:table-row-group":
			r.rows(rows, head)
		case "table:table-row":
			row := rawRow{head: head}
			for e := range r.x.children() {
				if tag(e) != "table:table-cell" {
					continue // one that is covered stands with the one that covers it
				}
				cell := rawCell{cols: number(xmlAttr(e, "number-columns-spanned")), rows: number(xmlAttr(e, "number-rows-spanned"))}
				cell.blocks = r.aside(r.blocks)
				cell.fill()
				row.cells = append(row.cells, cell)
				r.spend(1, 0)
			}
			*rows = append(*rows, row)
		}
	}
}

// spend counts what was read, and ends the reading when it is too much.
func (r *odtReader) spend(n, size int) {
	if err := r.flow.spend(n, size); err != nil {
		r.x.fail(err)
	}
}

// addNotes adds the notes, with their numbers before them and outside every
// section.
func (r *odtReader) addNotes() {
	if len(r.notes[0])+len(r.notes[1]) > 0 {
		r.flow.add(flowBlock{closes: true})
	}
	for _, notes := range r.notes {
		for i, blocks := range notes {
			addNote(r.flow, i+1, blocks)
		}
	}
}

// addNote adds the blocks of note n.
func addNote(f *flow, n int, blocks []flowBlock) {
	for i, b := range blocks {
		if b.kind == docs.Heading {
			b.kind = docs.Paragraph // in bold
		}
		if i == 0 && b.lead == "" {
			b.lead = strconv.Itoa(n) + ". "
		}
		f.add(b)
	}
}
