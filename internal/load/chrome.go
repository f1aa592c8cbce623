package load

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bronwijzer/internal/dutch"
)

// chrome is what web pages print around their text.
var chrome = dutch.WordSet(`contact cookies cookiesaccepteren cookiesweigeren delen deel deeldezepagina deelditartikel disclaimer drukaf facebook ganaarinhoud ganaardeinhoud ganaarhoofdinhoud directnaardeinhoud naardeinhoud home instagram
	kopieerlink kruimelpad leesmeer leesvoor linkedin maakeenpermanentelink menu meerweten naarboven navigatie naarzoeken onderdeelvan overdezesite print printdezepagina privacy
	privacystatement rss sitemap sluiten sluit steunons terug terugnaarboven toegankelijkheid toegankelijkheidsverklaring toonrelatiesinlido toonwetstechnischeinformatie twitter ubenthier ubevindtzichhier
	volgons volgonsop volgonsook whatsapp wijwordengesteunddoor x youtube zoeken zoek`)

// isChrome reports whether a short line outside the prose is page furniture.
func isChrome(s string) bool {
	if len(s) > 40 || strings.ContainsAny(s, "0123456789") {
		return false // "Contact: 14 030" tells something
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
	return chrome[bare]
}

// furniture are words in the class or id of an element that is part of the page
// and not of its content. Pages write them with what they like around them
// ("c-breadcrumbs__list", "shareButtons"), so it is enough that one stands in it.
var furniture = []string{
	"breadcrumb", "cookie", "kruimelpad", "pagination", "paginering", "sharebutton", "share-", "sharing", "social-media", "socials",
	"skiplink", "skip-link", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "related-", "gerelateerd",
}

// furnitureWords are words that must stand by themselves.
var furnitureWords = dutch.WordSet(`pager share related social feedback`)

// isFurniture reports whether an element is furniture by its class or id. What
// holds the title of the page never is: pages mark their whole with "has-cookie-bar".
func isFurniture(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" {
			continue
		}
		value := strings.ToLower(a.Val)
		found := false
		for w := range strings.FieldsSeq(value) {
			found = found || furnitureWords[w]
		}
		for _, w := range furniture {
			found = found || strings.Contains(value, w)
		}
		if found {
			return n.DataAtom != atom.Html && n.DataAtom != atom.Body && n.DataAtom != atom.Main &&
				find(n, func(c *html.Node) bool { return c.DataAtom == atom.H1 || c.DataAtom == atom.Main }) == nil
		}
	}
	return false
}

// elsewhere are headings of what leads away from a page.
var elsewhere = dutch.WordSet(`deeldezepagina gerelateerd gerelateerdelinks gerelateerdepaginas gerelateerdonderwerp leesook
	lezersvragenook meeroverditonderwerp service volgons wasdezeinformatienuttig ziehulp zieook`)

// leadsElsewhere reports whether an element is a section of links to other pages:
// its heading says so, and it holds neither paragraphs nor tables.
func leadsElsewhere(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Section, atom.Div:
	default:
		return false
	}
	first := firstElement(n)
	if first == nil || len(first.Data) != 2 || first.Data[0] != 'h' || !elsewhere[bareLetters(inline(first))] {
		return false
	}
	return find(n, func(c *html.Node) bool { return c.DataAtom == atom.P || c.DataAtom == atom.Table }) == nil
}

// firstElement returns the first element in n, or nil when text stands before it.
func firstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.ElementNode:
			return c
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			return nil
		}
	}
	return nil
}

// isNoteLink reports whether an element is the mark of a note: a raised number
// that links to a place in the page. The note itself stands there.
func isNoteLink(n *html.Node) bool {
	switch {
	case attr(n, "role") == "doc-noteref":
		return true
	case n.DataAtom == atom.Sup:
		link := firstElement(n)
		return link != nil && link.DataAtom == atom.A && strings.HasPrefix(attr(link, "href"), "#") && isNoteNumber(n)
	case n.DataAtom == atom.A && strings.HasPrefix(attr(n, "href"), "#"):
		up := firstElement(n)
		return up != nil && up.DataAtom == atom.Sup && isNoteNumber(n)
	}
	return false
}

// isNoteNumber reports whether all that an element shows is a number, with
// brackets at most.
func isNoteNumber(n *html.Node) bool {
	s := raisedText(n)
	return s != "" && strings.Trim(s, "0123456789*[]() \n\t") == ""
}

// maxRaised is the longest raised text that may be a number, in bytes.
const maxRaised = 10

// raisedText is the text of an element, cut off soon behind maxRaised bytes.
func raisedText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
		if b.Len() > maxRaised {
			break
		}
	}
	return b.String()
}

// isSavedPart reports whether a file is a frame that a browser saved beside a
// page, in the folder of its pictures.
func isSavedPart(name string) bool {
	dir := path.Base(path.Dir(name))
	return strings.HasPrefix(path.Base(name), "saved_resource") && (strings.HasSuffix(dir, "_files") || strings.HasSuffix(dir, "_bestanden"))
}
