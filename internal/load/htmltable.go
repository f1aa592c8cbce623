package load

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// table reads a table row by row. One that only lays out the page (it has a
// single column, or a table inside) is read as the blocks in it.
func (r *htmlReader) table(n *html.Node) {
	r.flush()
	rows, layout := rowsOf(n)
	if layout {
		r.children(n)
		r.flush()
		return
	}
	if caption := find(n, func(c *html.Node) bool { return c.DataAtom == atom.Caption }); caption != nil && !isHidden(caption) {
		r.block(caption, piece{}, "")
	}
	var f flow
	if err := f.table(rows); err != nil {
		r.err = err
	}
	for _, b := range f.blocks {
		r.write(b.text, piece{kind: b.kind, header: b.header}, "", b.aside)
	}
}

// rowsOf returns the rows of a table, and whether it isn't really one.
func rowsOf(table *html.Node) (rows []rawRow, layout bool) {
	columns := 0
	for n := range table.Descendants() {
		if n.DataAtom == atom.Table {
			return nil, true
		}
		if n.DataAtom != atom.Tr || isHidden(n) || isHidden(n.Parent) {
			continue
		}
		row := rawRow{head: true}
		for c := range n.ChildNodes() {
			if c.DataAtom != atom.Td && c.DataAtom != atom.Th || isHidden(c) {
				continue
			}
			cell := rawCell{text: inline(c), cols: number(attr(c, "colspan")), rows: number(attr(c, "rowspan"))}
			row.head = row.head && (c.DataAtom == atom.Th || cell.text == "")
			row.cells = append(row.cells, cell)
		}
		row.head = row.head || n.Parent.DataAtom == atom.Thead
		columns = max(columns, len(row.cells))
		if len(row.cells) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, columns < 2
}

// inline returns the text of an element on one line.
func inline(n *html.Node) string {
	var b strings.Builder
	gather(&b, n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func gather(b *strings.Builder, n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.DataAtom == atom.Sup && !isNoteLink(c) && len(raisedText(c)) <= maxRaised:
			b.WriteString(raise(raisedText(c)))
		case c.Type == html.ElementNode && !isUnread(c) && !isNoteLink(c):
			if !isInline(c.DataAtom) {
				b.WriteByte(' ')
			}
			gather(b, c)
			if !isInline(c.DataAtom) {
				b.WriteByte(' ')
			}
		}
	}
}
