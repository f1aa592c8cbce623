// Package docs holds the documents that answers rest on and the pieces they
// are cut into: Document, Block, Passage, Sentence, Span, and their ids.
//
// It owns no behaviour beyond what keeps those values consistent. Its invariant
// carries the whole program: a Span counts Unicode code points in the stored
// text of one version of a document, and what a Passage or Sentence calls Text
// is exactly that stretch, character for character.
package docs

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Span is a stretch of a text: Unicode code points, 0-based, End exclusive,
// 0 <= Start <= End.
type Span struct {
	Start, End int
}

// Len is the number of code points in the span.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether t lies wholly inside s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Overlaps reports whether s and t share a code point.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// Slice returns the code points of text inside the span, and false when the
// span isn't inside the text. It walks the text once and copies nothing.
func (s Span) Slice(text string) (string, bool) {
	if s.Start < 0 || s.End < s.Start {
		return "", false
	}
	from, ok := byteOffset(text, s.Start)
	if !ok {
		return "", false
	}
	length, ok := byteOffset(text[from:], s.Len())
	if !ok {
		return "", false
	}
	return text[from : from+length], true
}

// byteOffset is where code point n of text begins; n may be one past the last.
func byteOffset(text string, n int) (int, bool) {
	for i := range text {
		if n == 0 {
			return i, true
		}
		n--
	}
	return len(text), n == 0
}

// Meta is what is known about a document beside its text. Every field may be
// empty.
type Meta struct {
	Title     string
	Publisher string
	// Kind is the sort of document in the publisher's words: "kamerbrief",
	// "nieuwsbericht".
	Kind string
	// Date is the day of publication as 2006-01-02.
	Date string
	// Dossier is the parliamentary file and number: "28 638, nr. 184".
	Dossier string
	// SourceURL is where the original can be read.
	SourceURL string
	// Language is a BCP 47 tag: "nl".
	Language string
	// Groups are those whose members may read the document; empty lets everybody.
	Groups []string
	// Supersedes are the ids of documents that this one takes the place of. In a
	// manifest they are paths below the same root.
	Supersedes []string
}

// Reader is whoever documents are shown to. The zero Reader sees those that
// everybody may read.
type Reader struct {
	// Groups are those that the reader is a member of.
	Groups []string
	// All lets the reader see every document: whoever runs the program.
	All bool
}

// May reports whether the reader sees a document that is limited to groups.
func (r Reader) May(groups []string) bool {
	return r.All || len(groups) == 0 || slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(r.Groups, g) })
}

// Document is one version of one document: its text, its structure and what is
// known about it.
type Document struct {
	// ID is stable over edits of the file; see NewID.
	ID string
	// Root names the collection that the document came from, Path is its
	// slash-separated place below it.
	Root, Path string
	Meta
	// Text is the stored text: valid UTF-8, what every Span counts in.
	Text string
	// Version is the SHA-256 of Text, in hex.
	Version string
	// Blocks cut Text into headings, paragraphs, items, rows and lines: in
	// order, without overlap. White space and markup may lie between them.
	Blocks []Block
	// IngestedAt is when this version was taken over; zero before that.
	IngestedAt time.Time
}

// BlockKind says what a Block is.
type BlockKind int

// The kinds of blocks.
const (
	// Paragraph is running prose, of one or more sentences.
	Paragraph BlockKind = iota
	// Heading titles what follows it; it is never part of a sentence.
	Heading
	// Item is one entry of a list.
	Item
	// Row is one row of a table.
	Row
	// Line stands by itself and is no prose: a letter head, an address, a
	// signature.
	Line
)

// Block is one structural piece of a document.
type Block struct {
	Kind BlockKind
	Span Span
	// Section is the path of headings above the block, outermost first, white
	// space collapsed. A Heading's own text is the last element of its Section.
	Section []string
	// Header is the header of the table that a Row belongs to; else empty.
	Header string
	// Page is the page the block begins on, from 1; 0 where there are none.
	Page int
	// Turns are the places in the text, code points inside Span in order, at which
	// each of the pages after Page begins.
	Turns []int
}

// PageAt is the page that a place in the block stands on.
func (b *Block) PageAt(at int) int {
	page := b.Page
	for _, turn := range b.Turns {
		if turn <= at {
			page++
		}
	}
	return page
}

// Passage is what is retrieved: a run of whole sentences of one section, with
// the headings right above it when it opens the section.
type Passage struct {
	// ID is derived from document, span and content; see PassageID.
	ID         string
	DocumentID string
	Version    string
	// Ordinal is the place in the document, from 0.
	Ordinal int
	Section []string
	// Page is the page the passage begins on, from 1; 0 where there are none.
	Page int
	Span Span
	// Text is the document's text at Span.
	Text string
	// Plain is Text as a reader or a model should see it: lines joined, markup,
	// glued footnote digits and headings out. It has no offsets.
	Plain string
	// Tokens is the length of Plain in the tokenizer's tokens.
	Tokens int
	// Sentences are the units of the passage that can be cited, in order of
	// Start, then of End; a List overlaps the units that it joins.
	Sentences []Sentence
}

// SentenceKind says what a Sentence is.
type SentenceKind int

// The kinds of sentences.
const (
	// Prose is a sentence of a paragraph.
	Prose SentenceKind = iota
	// ListItem is one entry of a list.
	ListItem
	// TableRow is one row of a table.
	TableRow
	// List is a lead-in that ends in a colon together with its items.
	List
	// Fragment is a line that is no prose: of a letter head or a signature.
	Fragment
)

// Sentence is the smallest unit that is cited. It is ranked too, unless it is an
// entry of a list of one or two words.
type Sentence struct {
	// N numbers the sentences of a document from 0, in order of Start, then of
	// End. Two passages that overlap share sentences with the same N.
	N    int
	Kind SentenceKind
	Span Span
	// Page is the page the sentence begins on, from 1; 0 where there are none.
	Page int
	// Text is the document's text at Span; Plain is what Passage.Plain says.
	Text  string
	Plain string
}

// Filter limits a search. Empty fields don't limit; the others all have to
// hold.
type Filter struct {
	Documents  []string `json:"documents,omitempty"`
	Kinds      []string `json:"kinds,omitempty"`
	Publishers []string `json:"publishers,omitempty"`
	// From and To are days (2006-01-02), both inclusive. A document without a
	// date is outside any period.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Reader is who asks. It comes from access, never from a request: the
	// zero Reader finds nothing that is limited to groups.
	Reader Reader `json:"-"`
}

// Empty reports whether the filter lets everything through that its reader may
// see.
func (f Filter) Empty() bool {
	return len(f.Documents) == 0 && len(f.Kinds) == 0 && len(f.Publishers) == 0 && f.From == "" && f.To == ""
}

// Match reports whether the document with this id and these properties passes.
// Kinds and publishers are compared without regard to case.
func (f Filter) Match(id string, m *Meta) bool {
	if !f.Reader.May(m.Groups) {
		return false
	}
	if f.From != "" && (m.Date == "" || m.Date < f.From) {
		return false
	}
	if f.To != "" && (m.Date == "" || m.Date > f.To) {
		return false
	}
	return oneOf(f.Documents, id) && oneOf(f.Kinds, m.Kind) && oneOf(f.Publishers, m.Publisher)
}

func oneOf(allowed []string, s string) bool {
	for _, a := range allowed {
		if strings.EqualFold(a, s) {
			return true
		}
	}
	return len(allowed) == 0
}

// NewID derives a document's id from the name of its root and its path below
// it, so that it survives edits. 80 bits, lower-case base32.
func NewID(root, path string) string {
	return "doc_" + digest(10, root, path)
}

// IsID reports whether s has the form of a document's id.
func IsID(s string) bool {
	hash, ok := strings.CutPrefix(s, "doc_")
	return ok && len(hash) == 16 && strings.Trim(hash, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// Refer is the id of a document that is named by its id, or by its path below a
// root.
func Refer(root, name string) string {
	if IsID(name) {
		return name
	}
	return NewID(root, name)
}

// PassageID derives a passage's id from its document, span and content. 80
// bits, lower-case base32.
func PassageID(documentID string, s Span, text string) string {
	return "pas_" + digest(10, documentID, strconv.Itoa(s.Start), strconv.Itoa(s.End), text)
}

// digest hashes parts, each closed by a NUL, and spells the first n bytes.
func digest(n int, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:n]))
}

// Version is the SHA-256 of a stored text, in hex.
func Version(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Characters is the length of a text in code points.
func Characters(text string) int { return utf8.RuneCountInString(text) }
