// Package cite makes citations and the answer text that carries them.
//
// It holds the promise that the rest of the program sells: for every citation
// it returns, the document's stored text between Start and End is Quote,
// character for character. Composer checks that for each citation that it
// makes; what doesn't fit is an error, never a citation. It also keeps an
// answer's text free of markers that no citation stands behind.
//
// For answers that a model writes it has what stands between the model and the
// reader. Handles name the passages in a prompt, Harmless makes their text safe
// to put there, Parser turns the model's deltas into sentences and what they
// cite, Checker finds the words that support a sentence or withholds it. None of
// them asks the model anything.
//
// A Checker rejects in the order of what is cheap and sure: too little said in
// the same words (overlap.go); a number, date or name that isn't there (facts.go,
// dates.go, names.go); a denial that isn't (negation.go); a number or date that
// goes with something else (owners.go); names that changed places (roles.go); a
// meaning that is too far (support.go). What it is worth is measured on labelled
// pairs, see TestPairs and testdata/pairs.golden: of 98 sentences with a number or
// date that the quote has for something else it shows 6, and of 104 right ones
// with such quotes it withholds 4.
//
// It is blind to common nouns that changed places ("gemeenten" for "het Rijk"), to
// denials without a word that denies, to what a reader would have to calculate,
// and to numbers of one statement that each stand in the quote, but in two
// statements: "in 8 gevallen minder dan 300 dagen" where those were 7, and the 8
// had more than 300. Across languages it sees little of what goes with what.
package cite

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// Source is what a citation points into: a passage and its document.
type Source struct {
	Document *docs.Document // Text may be empty
	Passage  docs.Passage
	// Vectors are the embeddings of Passage.Sentences, of Kind Passage, in their
	// order. They may be nil: then a Checker embeds what it needs.
	Vectors []llm.Vector
	// Superseded says that another document takes the place of this one.
	Superseded bool
}

// page is the page that a span of the passage begins on.
func (s Source) page(span docs.Span) int {
	page := s.Passage.Page
	for _, sentence := range s.Passage.Sentences {
		if sentence.Page > 0 && sentence.Span.Start <= span.Start {
			page = sentence.Page
		}
	}
	return page
}

// status is what a citation says of the document.
func (s Source) status() record.DocumentStatus {
	if s.Superseded {
		return record.Superseded
	}
	return record.Current
}

// Quote returns the words of the passage at a span of the document. The span
// has to lie inside the passage and hold more than white space.
func (s Source) Quote(span docs.Span) (string, error) {
	p := s.Passage
	if !p.Span.Contains(span) {
		return "", fmt.Errorf("cite %s: span %d-%d is outside the passage %d-%d", p.DocumentID, span.Start, span.End, p.Span.Start, p.Span.End)
	}
	quote, ok := docs.Span{Start: span.Start - p.Span.Start, End: span.End - p.Span.Start}.Slice(p.Text)
	if !ok || strings.TrimSpace(quote) == "" {
		return "", fmt.Errorf("cite %s: nothing at %d-%d", p.DocumentID, span.Start, span.End)
	}
	return quote, nil
}

// Composer builds an answer piece by piece: Cite makes a citation, Statement
// adds text and markers. Each emits what it did at once, so that the deltas
// joined are the text; what couldn't be emitted, nobody saw, and isn't in it.
// The zero Composer is not usable; see NewComposer.
type Composer struct {
	emit      func(record.Event) error
	text      strings.Builder
	length    int // code points in text
	citations []record.Citation
	numbers   map[place]int
}

// place identifies a quote.
type place struct {
	version string
	span    docs.Span
}

// NewComposer returns a Composer that emits Cited and Delta events.
func NewComposer(emit func(record.Event) error) *Composer {
	return &Composer{emit: emit, numbers: map[place]int{}}
}

// Cite returns the number of the citation for a span of the source: a new one,
// emitted, or the one that the same quote has already.
func (c *Composer) Cite(s Source, span docs.Span, status record.CitationStatus) (int, error) {
	at := place{s.Passage.DocumentID + " " + s.Passage.Version, span}
	if n, ok := c.numbers[at]; ok {
		return n, nil
	}
	quote, err := s.Quote(span)
	if err != nil {
		return 0, err
	}
	cited := record.Citation{
		Number:     len(c.citations) + 1,
		DocumentID: s.Passage.DocumentID, Version: s.Passage.Version,
		Title: s.Document.Title, Publisher: s.Document.Publisher, Date: s.Document.Date,
		Section: append([]string{}, s.Passage.Section...), Page: Page(s.page(span)),
		URL: ViewerURL(s.Passage.DocumentID, s.Passage.Version, span), SourceURL: s.Document.SourceURL,
		PassageID: s.Passage.ID,
		Quote:     quote, Start: span.Start, End: span.End,
		Status: status, DocumentStatus: s.status(),
	}
	if err := c.emit(record.Cited{Citation: cited}); err != nil {
		return 0, err
	}
	c.citations = append(c.citations, cited)
	c.numbers[at] = cited.Number
	return cited.Number, nil
}

// Statement writes one statement and its markers: lead (white space or a list
// bullet, which no citation supports), the statement, then " [n]" for each
// number. Markers that the statement itself seems to hold are made harmless.
func (c *Composer) Statement(lead, statement string, numbers ...int) error {
	statement = Neutralise(statement)
	start := c.length + utf8.RuneCountInString(lead)
	span := record.Span{Start: start, End: start + utf8.RuneCountInString(statement)}
	out := lead + statement
	for _, n := range numbers {
		if n < 1 || n > len(c.citations) {
			return fmt.Errorf("marker [%d]: there are %d citations", n, len(c.citations))
		}
		out += " [" + strconv.Itoa(n) + "]"
	}
	if err := c.emit(record.Delta{Delta: out}); err != nil {
		return err
	}
	for _, n := range numbers {
		cited := &c.citations[n-1]
		cited.AnswerSpans = append(cited.AnswerSpans, span)
	}
	c.text.WriteString(out)
	c.length += utf8.RuneCountInString(out)
	return nil
}

// Text is the answer so far.
func (c *Composer) Text() string { return c.text.String() }

// Citations are those made so far, with the spans that they support. One whose
// statement wasn't emitted any more is left out.
func (c *Composer) Citations() []record.Citation {
	return slices.DeleteFunc(append([]record.Citation{}, c.citations...), func(cited record.Citation) bool {
		return len(cited.AnswerSpans) == 0
	})
}

// tag is the beginning of HTML, or of an address in angle brackets.
var tag = regexp.MustCompile(`<([A-Za-z/!?])`)

// Neutralise turns everything in a text that could be taken for a marker, a link,
// an image or HTML into what can't: a source's own "[3]" becomes "(3)". The
// number of code points stays.
func Neutralise(text string) string {
	return tag.ReplaceAllString(strings.NewReplacer("[", "(", "]", ")").Replace(text), "‹$1")
}

// ViewerURL is the place of a quote in the viewer, below the public address.
func ViewerURL(documentID, version string, span docs.Span) string {
	q := url.Values{}
	q.Set("version", version)
	q.Set("start", strconv.Itoa(span.Start))
	q.Set("end", strconv.Itoa(span.End))
	return "/documents/" + url.PathEscape(documentID) + "?" + q.Encode()
}

// Page is a record's page: nil where a document has none.
func Page(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}
