package load

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// readHTML reads a web page by its structure: of its main part, the headings,
// paragraphs, lists and tables. What surrounds that part or steers the page is
// left out. The stored text is what was taken over, with an empty line between
// two blocks; entries and rows of one list or table follow each other line by
// line.
func readHTML(name string, data []byte) (docs.Document, error) {
	if len(data) > MaxPageBytes {
		return docs.Document{}, &Error{Path: name, Reason: TooLarge}
	}
	text, err := decodeHTML(data)
	if err != nil {
		return docs.Document{}, &Error{Path: name, Reason: NotText, Err: err}
	}
	if isArchive(text) {
		return docs.Document{}, &Error{Path: name, Reason: Unsupported, Err: errArchive}
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return docs.Document{}, &Error{Path: name, Reason: TooDeep, Err: err}
	}
	doc := docs.Document{Meta: pageMeta(root)}
	r := htmlReader{numbers: make(map[*html.Node]int)}
	r.children(mainOf(root))
	r.flush()
	if len(r.pieces) == 0 {
		r.children(find(root, func(n *html.Node) bool { return n.DataAtom == atom.Body }))
		r.flush()
	}
	if r.err != nil {
		return docs.Document{}, withPath(name, r.err)
	}
	doc.Text = r.out.String()
	markTitle(r.pieces, doc.Text, doc.Title)
	doc.Blocks = assemble(doc.Text, r.pieces, dutch.Plain)
	return doc, nil
}

// decodeHTML decodes a page. What is valid UTF-8 is read as that, whatever the
// page says of itself; else a byte order mark and then its <meta> decide.
func decodeHTML(data []byte) (string, error) {
	enc, name, _ := charset.DetermineEncoding(data, "")
	plain := name == "utf-8" || name == "windows-1252" || strings.HasPrefix(name, "utf-16")
	if plain || utf8.Valid(data) {
		text, err := decode(data)
		return strings.TrimPrefix(text, "\ufeff"), err
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errControl
	}
	text, err := enc.NewDecoder().Bytes(data)
	return string(text), err
}

var errArchive = errors.New("a web archive (MHTML)")

// isArchive reports whether a page is really a web archive: a mail with the page
// in it.
func isArchive(text string) bool {
	head := text[:min(len(text), 2000)]
	return !strings.HasPrefix(strings.TrimSpace(head), "<") && strings.Contains(head, "MIME-Version:") && strings.Contains(head, "multipart/related")
}

// contentIDs are the ids that pages without <main> give to their content.
var contentIDs = dutch.WordSet("content main inhoud hoofdinhoud main-content maincontent broodtekst wettekst")

// isContent reports whether an element is the content of a page by its id: it
// holds a heading and a paragraph.
func isContent(n *html.Node) bool {
	return contentIDs[strings.ToLower(attr(n, "id"))] &&
		find(n, func(c *html.Node) bool { return c.DataAtom == atom.H1 || c.DataAtom == atom.H2 }) != nil &&
		find(n, func(c *html.Node) bool { return c.DataAtom == atom.P }) != nil
}

// mainOf returns the part of a page that is its content: <main>, the only
// <article>, what has the id of content, or everything.
func mainOf(root *html.Node) *html.Node {
	main := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Main || attr(n, "role") == "main" })
	if main != nil {
		return main
	}
	isArticle := func(n *html.Node) bool { return n.DataAtom == atom.Article }
	var articles []*html.Node
	for n := range root.Descendants() {
		if isArticle(n) {
			articles = append(articles, n)
		}
	}
	if len(articles) == 1 {
		return articles[0]
	}
	if content := find(root, isContent); content != nil {
		return content
	}
	return find(root, func(n *html.Node) bool { return n.DataAtom == atom.Body })
}

// find returns the first node below root that fits, or nil.
func find(root *html.Node, fits func(*html.Node) bool) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && fits(n) {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// unread are elements that hold nothing of the content.
var unread = []atom.Atom{
	atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Nav, atom.Aside, atom.Footer, atom.Form, atom.Button,
	atom.Select, atom.Input, atom.Textarea, atom.Svg, atom.Math, atom.Iframe, atom.Object, atom.Video, atom.Audio,
	atom.Canvas, atom.Dialog, atom.Head, atom.Menu,
}

// isUnread reports whether an element is no content.
func isUnread(n *html.Node) bool {
	if slices.Contains(unread, n.DataAtom) && !holdsContent(n) || attr(n, "aria-hidden") == "true" || isHidden(n) {
		return true
	}
	if slices.Contains([]string{"navigation", "banner", "contentinfo", "search", "complementary", "dialog"}, attr(n, "role")) {
		return true
	}
	return isFurniture(n) || n.DataAtom == atom.Header && !insideContent(n)
}

// holdsContent reports whether an element that mostly steers is content here: a
// button that folds out what a heading titles, a form around the whole page.
func holdsContent(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Button:
		p := n.Parent
		for p != nil && isInline(p.DataAtom) {
			p = p.Parent
		}
		return p != nil && (len(p.Data) == 2 && p.Data[0] == 'h' || p.DataAtom == atom.Summary || p.DataAtom == atom.Dt)
	case atom.Form:
		return find(n, func(c *html.Node) bool { return c.DataAtom == atom.H1 || c.DataAtom == atom.Main }) != nil
	}
	return false
}

// insideContent reports whether a header is that of an article, not of the page.
func insideContent(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Main || p.DataAtom == atom.Article || attr(p, "role") == "main" {
			return true
		}
	}
	return false
}

// htmlReader writes the text of a page and notes its pieces.
type htmlReader struct {
	out    strings.Builder
	pieces []piece
	// line is the text of the block being read, next says what it will be.
	line strings.Builder
	next piece
	// last is what the last block in the text is.
	last docs.BlockKind
	// lead stands before it in the text, outside its span.
	lead string
	// term is what the next <dd> defines.
	term string
	// entries counts the <li> that are open.
	entries int
	// numbers has the last number given to an entry of each <ol>.
	numbers map[*html.Node]int
	// err is why the page is refused after all.
	err error
}

// children reads everything below n.
func (r *htmlReader) children(n *html.Node) {
	if n == nil {
		return
	}
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			r.line.WriteString(c.Data)
		case c.Type == html.ElementNode && !isUnread(c) && !leadsElsewhere(c) && !isNoteLink(c):
			r.element(c)
		}
	}
}

// element reads one element.
func (r *htmlReader) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Br:
		r.line.WriteByte('\n')
	case atom.Sup:
		if s := raisedText(n); len(s) <= maxRaised {
			r.line.WriteString(raise(s))
			return
		}
		r.children(n) // one that isn't closed has the rest of the page in it
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		r.block(n, piece{kind: docs.Heading, level: int(n.Data[1] - '0')}, "")
	case atom.Summary:
		r.block(n, piece{kind: docs.Heading, level: boldLevel}, "")
	case atom.Details:
		r.block(n, piece{}, "")
		r.pieces = append(r.pieces, piece{closes: true, level: boldLevel})
	case atom.Li:
		r.entries++
		r.block(n, piece{kind: docs.Item}, r.itemLead(n))
		r.entries--
	case atom.Dt:
		r.flush()
		r.term = inline(n)
	case atom.Dd:
		r.flush()
		if m := markOf(r.term + " X"); m.end > 0 && m.end == len(r.term)+1 {
			r.line.WriteString(r.term + " ")
		} else if r.term != "" {
			r.line.WriteString(strings.TrimRight(r.term, ":") + ": ")
		}
		r.line.WriteString(inline(n))
		r.next, r.lead = piece{kind: docs.Item}, "- "
		r.flush()
	case atom.Pre, atom.Address:
		r.block(n, piece{kind: docs.Line}, "")
	case atom.Table:
		r.table(n)
	default:
		r.other(n)
	}
}

// other reads an element that means nothing by itself. If it isn't part of a
// line it is a block; inside an entry of a list, what isn't a list as well goes
// on with the entry.
func (r *htmlReader) other(n *html.Node) {
	list := n.DataAtom == atom.Ul || n.DataAtom == atom.Ol || n.DataAtom == atom.Dl
	switch {
	case isInline(n.DataAtom):
		r.children(n)
	case r.entries > 0 && !list:
		r.line.WriteByte(' ')
		r.children(n)
		r.line.WriteByte(' ')
	default:
		r.block(n, piece{}, "")
		if r.entries > 0 {
			r.next, r.lead = piece{kind: docs.Item}, "- "
		}
	}
}

// isInline reports whether an element is part of a line of text.
func isInline(a atom.Atom) bool {
	switch a {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Button, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em,
		atom.Font, atom.I, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.S, atom.Samp, atom.Small, atom.Span,
		atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

// itemLead is what stands before an entry: a dash, or its number.
func (r *htmlReader) itemLead(n *html.Node) string {
	if n.Parent.DataAtom != atom.Ol {
		return "- "
	}
	number, ok := r.numbers[n.Parent]
	if start, err := strconv.Atoi(attr(n.Parent, "start")); !ok && err == nil {
		number = start - 1
	}
	r.numbers[n.Parent] = number + 1
	return strconv.Itoa(number+1) + ". "
}

// block reads an element as a block of its own. What was open before it ends
// there; what follows it is a paragraph again.
func (r *htmlReader) block(n *html.Node, p piece, lead string) {
	r.flush()
	r.next, r.lead = p, lead
	r.children(n)
	r.flush()
	r.next, r.lead = piece{}, ""
}

// flush writes the text gathered so far as a block.
func (r *htmlReader) flush() {
	s := strings.Join(strings.Fields(r.line.String()), " ")
	r.line.Reset()
	if !hasWord(s) {
		return
	}
	switch r.next.kind {
	case docs.Item:
		if r.lead == "- " {
			r.lead, s = ownLead(s)
		}
	case docs.Paragraph:
		r.lead, s = noteLead(s)
	}
	r.write(s, r.next, r.lead, false)
	r.next, r.lead = piece{}, ""
}

// ownLead cuts the number or sign off an entry that has one in its text, as laws
// and letters have: "a. de minister" in a list without numbers of its own.
func ownLead(s string) (lead, rest string) {
	m := markOf(s)
	if m.end == 0 || m.weak || !hasWord(s[m.end:]) {
		return "- ", s
	}
	if m.bullet {
		return "- ", s[m.end:]
	}
	return s[:m.end], s[m.end:]
}

// noteLead cuts the raised number off a note, and writes it as one of a list.
func noteLead(s string) (lead, rest string) {
	rest = strings.TrimLeft(s, raisedDigits)
	number := s[:len(s)-len(rest)]
	if number == "" || !hasWord(rest) {
		return "", s
	}
	return lowered(number) + ". ", strings.TrimSpace(rest)
}

// write adds a block to the text, and with aside nothing but its text.
func (r *htmlReader) write(s string, p piece, lead string, aside bool) {
	if r.out.Len() > 0 {
		r.out.WriteByte('\n')
		closed := len(r.pieces) > 0 && r.pieces[len(r.pieces)-1].closes
		if r.last != p.kind || closed || p.kind != docs.Item && p.kind != docs.Row {
			r.out.WriteByte('\n')
		}
	}
	r.last = p.kind
	r.out.WriteString(lead)
	p.from = r.out.Len()
	r.out.WriteString(s)
	p.to = r.out.Len()
	if !aside {
		r.pieces = append(r.pieces, p)
	}
}
