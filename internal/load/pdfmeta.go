package load

import (
	"regexp"
	"strings"
	"time"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/pdf"
)

// badTitle is a title that a program made up: a file's name, or none.
var badTitle = regexp.MustCompile(`(?i)^(?:microsoft |powerpoint|untitled|naamloos|zonder titel|document\d*$|print|scan)|\.(?:docx?|odt|rtf|pdf|indd|html?|txt|tex|dvi|pptx?|xlsx?)$|://`)

// pdfLanguage is the language in a file's catalog, where that isn't compressed.
var pdfLanguage = regexp.MustCompile(`/Lang ?\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)`)

// xmpPublisher is the publisher in the metadata of a file.
var xmpPublisher = regexp.MustCompile(`<dc:publisher>\s*<rdf:Bag>\s*<rdf:li[^>]*>([^<]{2,200})</rdf:li>`)

// pdfMeta takes from a file what it says of itself, and else its title from the
// first page. The author isn't taken for the publisher: it is mostly a person, or the
// name of a computer.
func pdfMeta(file *pdf.Document, data []byte, text string, pieces []piece) docs.Meta {
	var m docs.Meta
	if t := strings.Join(strings.Fields(file.Title), " "); isTitle(t) {
		m.Title = t
	}
	for _, p := range pieces {
		if m.Title == "" && p.kind == docs.Heading && p.page == 1 && !p.closes && p.level <= 1 {
			m.Title = strings.Join(strings.Fields(text[p.from:p.to]), " ")
		}
	}
	if s := pdfLanguage.FindSubmatch(data); s != nil {
		m.Language = string(s[1])
	}
	if s := xmpPublisher.FindSubmatch(data); s != nil {
		m.Publisher = strings.ToValidUTF8(strings.Join(strings.Fields(string(s[1])), " "), "")
	}
	return m
}

// isTitle reports whether the title of a file is one.
func isTitle(s string) bool {
	return hasWord(s) && len(s) > 4 && len(s) < 300 && strings.Contains(s, " ") && !badTitle.MatchString(s)
}

// pdfDate reads the day of "D:20201118093000+01'00'".
func pdfDate(s string) string {
	s = strings.TrimPrefix(s, "D:")
	if len(s) < 8 {
		return ""
	}
	t, err := time.Parse("20060102", s[:8])
	if err != nil || t.Year() < 1990 {
		return ""
	}
	return t.Format(time.DateOnly)
}
