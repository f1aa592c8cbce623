package load

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// pageFacts is what a page says of itself, as it says it.
type pageFacts struct {
	// named has the values of <meta> by their names in small letters.
	named map[string]string
	// title is that of the window, heading the first of the first level.
	title, heading  string
	language, url   string
	published, time string
}

// savedFrom is what browsers write above a page that they save.
var savedFrom = regexp.MustCompile(`(?i)(?:saved from url=\(\d+\)|\burl: )(https?://\S+)`)

// publishedIn finds the day of publication in what a page tells search engines.
var publishedIn = regexp.MustCompile(`"datePublished"\s*:\s*"(\d{4}-\d{2}-\d{2})`)

// factsOf looks through a page.
func factsOf(root *html.Node) *pageFacts {
	f := &pageFacts{named: make(map[string]string)}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode && f.url == "" && f.heading == "":
			if m := savedFrom.FindStringSubmatch(n.Data); m != nil {
				f.url = m[1]
			}
		case n.Type == html.ElementNode:
			f.element(n)
		}
	}
	return f
}

func (f *pageFacts) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Html:
		f.language = attr(n, "lang")
	case atom.Meta:
		name := strings.ToLower(attr(n, "name") + attr(n, "property") + attr(n, "itemprop"))
		if _, ok := f.named[name]; !ok {
			f.named[name] = strings.Join(strings.Fields(attr(n, "content")), " ")
		}
	case atom.Link:
		if attr(n, "rel") == "canonical" && isURL(attr(n, "href")) {
			f.url = attr(n, "href")
		}
	case atom.Title:
		if f.title == "" && n.Parent.DataAtom == atom.Head {
			f.title = inline(n)
		}
	case atom.H1:
		if f.heading == "" {
			f.heading = inline(n)
		}
	case atom.Script:
		if m := publishedIn.FindStringSubmatch(scriptOf(n)); m != nil && f.published == "" {
			f.published = m[1]
		}
	case atom.Time:
		if f.time == "" && f.heading != "" {
			f.time = attr(n, "datetime")
		}
	}
}

// scriptOf is the text of a script that holds data.
func scriptOf(n *html.Node) string {
	if n.FirstChild == nil || attr(n, "type") != "application/ld+json" {
		return ""
	}
	return n.FirstChild.Data
}

// of returns the first of the named values that isn't empty.
func (f *pageFacts) of(names ...string) string {
	for _, name := range names {
		if v := f.named[name]; v != "" {
			return v
		}
	}
	return ""
}

// day returns the first of the named values that is a day.
func (f *pageFacts) day(names ...string) string {
	for _, name := range names {
		if d := dutch.Day(f.named[name]); d != "" {
			return d
		}
	}
	return ""
}

// dossier is the parliamentary file and number that a page of
// officielebekendmakingen.nl is of.
func (f *pageFacts) dossier() string {
	file, number := f.of("overheidop.dossiernummer"), f.of("overheidop.ondernummer")
	if m := dossierLine.FindStringSubmatch(file); m != nil {
		return dossier(m[1], m[2], m[3], number)
	}
	return ""
}

// pageMeta takes from a page what it says of itself. A heading is its title,
// but above a piece of parliament stands the name of the whole file.
func pageMeta(root *html.Node) docs.Meta {
	f := factsOf(root)
	m := docs.Meta{
		Title:     first(f.heading, f.of("og:title", "dcterms.title", "dc.title"), f.title),
		Publisher: f.of("dcterms.publisher", "dcterms.creator", "dc.creator", "overheid.authority", "dc.publisher", "og:site_name", "author"),
		Kind:      strings.ToLower(f.of("dcterms.type", "dc.type", "overheidop.publicationname")),
		Date: first(f.day("dcterms.issued", "dcterms.available", "article:published_time", "dcterms.date", "dc.date", "datepublished", "date",
			"dcterms.modified"), f.published, dutch.Day(f.time)),
		Dossier:   f.dossier(),
		SourceURL: first(f.url, f.of("og:url", "dcterms.identifier")),
		Language:  first(f.language, f.of("dcterms.language", "dc.language")),
	}
	if m.Dossier != "" {
		m.Title = first(f.of("dc.title", "dcterms.title"), m.Title)
	}
	if !isURL(m.SourceURL) {
		m.SourceURL = ""
	}
	return m
}

// first returns the first string that isn't empty.
func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
