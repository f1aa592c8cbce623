package load

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
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
	if caption := find(n, func(c *html.Node) bool { return c.DataAtom == atom.Caption }); caption != nil {
		r.block(caption, piece{}, "")
	}
	header := ""
	for i, row := range rows {
		text := strings.Join(row.cells, " | ")
		switch {
		case i == 0 && row.header:
			header = text
		case hasWord(text):
			r.write(text, piece{kind: docs.Row, header: header}, "")
		}
	}
}

// tableRow is the text of one row.
type tableRow struct {
	cells []string
	// header says that all its cells are <th>, but for empty ones.
	header bool
}

// rowsOf returns the rows of a table, and whether it isn't really one.
func rowsOf(table *html.Node) (rows []tableRow, layout bool) {
	columns := 0
	for n := range table.Descendants() {
		if n.DataAtom == atom.Table {
			return nil, true
		}
		if n.DataAtom != atom.Tr {
			continue
		}
		row := tableRow{header: true}
		for c := range n.ChildNodes() {
			if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
				continue
			}
			// A bar divides cells, so one in a cell is written as a slash.
			cell := strings.ReplaceAll(inline(c), "|", "/")
			row.header = row.header && (c.DataAtom == atom.Th || cell == "")
			row.cells = append(row.cells, cell)
		}
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
		case c.Type == html.ElementNode && !isUnread(c):
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

// pageMeta takes from a page what it says of itself.
func pageMeta(root *html.Node) docs.Meta {
	named := make(map[string]string)
	var m docs.Meta
	var title, heading string
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Html:
			m.Language = attr(n, "lang")
		case atom.Meta:
			name := strings.ToLower(attr(n, "name") + attr(n, "property"))
			if _, ok := named[name]; !ok {
				named[name] = strings.TrimSpace(attr(n, "content"))
			}
		case atom.Link:
			if attr(n, "rel") == "canonical" {
				m.SourceURL = attr(n, "href")
			}
		case atom.Title:
			if title == "" && n.Parent.DataAtom == atom.Head {
				title = inline(n)
			}
		case atom.H1:
			if heading == "" {
				heading = inline(n)
			}
		}
	}
	first := func(values ...string) string {
		for _, v := range values {
			if v != "" {
				return v
			}
		}
		return ""
	}
	m.Title = first(heading, named["og:title"], named["dcterms.title"], title)
	m.Publisher = first(named["dcterms.publisher"], named["dcterms.creator"], named["og:site_name"], named["author"])
	m.Kind = named["dcterms.type"]
	m.Date = dutch.Day(first(named["dcterms.issued"], named["dcterms.available"], named["article:published_time"], named["dcterms.date"], named["date"]))
	m.SourceURL = first(m.SourceURL, named["og:url"])
	if !isURL(m.SourceURL) {
		m.SourceURL = ""
	}
	return m
}
