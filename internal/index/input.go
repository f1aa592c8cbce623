package index

import (
	"strings"

	"bronwijzer/internal/docs"
)

// PassageInput is the text that a passage is embedded as: its document's title
// and its heading path, which say what it is about, and then what it says.
func PassageInput(doc *docs.Document, p *docs.Passage) string {
	return strings.Join(append(append([]string{doc.Title}, p.Section...), p.Plain), "\n")
}

// SentenceInput is the text that a sentence of a passage is embedded as. It
// stands alone: with a heading before them, the sentences of a section come to
// look alike. But a line that is no sentence ("Den Haag, 18 november 2020") says
// nothing without what it dates, addresses or signs.
func SentenceInput(doc *docs.Document, p *docs.Passage, s *docs.Sentence) string {
	if s.Kind != docs.Fragment {
		return s.Plain
	}
	above := doc.Title
	if n := len(p.Section); n > 0 {
		above += "\n" + p.Section[n-1]
	}
	return above + "\n" + s.Plain
}
