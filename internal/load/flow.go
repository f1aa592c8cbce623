package load

import (
	"errors"
	"strings"

	"bronwijzer/internal/docs"
)

// Bounds on what a word processor's document may hold. Reports of a thousand
// pages have some 20,000 paragraphs and cells, and 4 MB of text.
const (
	// maxFlowBlocks is the most paragraphs, rows and cells, empty ones counted in.
	maxFlowBlocks = 100_000
	// maxFlowText is the most text, in bytes.
	maxFlowText = 16 << 20
)

var (
	errBlocks   = errors.New("too many paragraphs, rows and cells")
	errFlowText = errors.New("too much text")
)

// flowBlock is one paragraph, heading, entry or row as a reader of a file with
// styles finds it.
type flowBlock struct {
	kind  docs.BlockKind
	level int
	// lead stands before it in the text, outside its span: "1. ".
	lead, text string
	// header of the table that a Row belongs to.
	header string
	// aside says that it is in the text, but in no block: the header of a table.
	aside bool
	// gap says that an empty paragraph stands before it.
	gap bool
	// closes says that this is no block: all sections end.
	closes bool
	// bold says that all its text is in bold.
	bold bool
}

// entry makes a block an entry of a list. A name before it ("Artikel 3") is part
// of what it says.
func (b *flowBlock) entry(lead string) {
	b.kind, b.lead = docs.Item, lead
	if named := strings.TrimSpace(lead); hasWord(named) && markOf(named+" X").end == 0 {
		b.lead, b.text = "", lead+b.text
	}
}

// flow collects the blocks of a document and makes its text of them. It is used
// where the stored text is extracted and the whole has to be known before the
// structure is: by the readers of Word and OpenDocument files.
type flow struct {
	blocks []flowBlock
	// gap says that an empty paragraph was the last.
	gap bool
	// count and bytes are what was spent of the bounds.
	count, bytes int
}

// spend counts n paragraphs, rows or cells and size bytes of text, and fails
// with an [*Error] when that is more than a document may hold.
func (f *flow) spend(n, size int) error {
	f.count += n
	f.bytes += size
	switch {
	case f.count > maxFlowBlocks:
		return &Error{Reason: TooLong, Err: errBlocks}
	case f.bytes > maxFlowText:
		return &Error{Reason: TooLong, Err: errFlowText}
	}
	return nil
}

// add adds a block with its white space collapsed, unless there are no words in
// it.
func (f *flow) add(b flowBlock) {
	b.text = strings.Join(strings.Fields(b.text), " ")
	if !hasWord(b.text) && !b.closes {
		f.gap = true
		return
	}
	b.gap = f.gap
	f.gap = false
	f.blocks = append(f.blocks, b)
}

// marked reports whether the document says what its headings are, or has
// tables: then its structure isn't inferred.
func (f *flow) marked() bool {
	for _, b := range f.blocks {
		if b.kind == docs.Heading || b.kind == docs.Row {
			return true
		}
	}
	return false
}

// document returns the text of all blocks and the pieces in it. A document
// without headings and tables is read as the plain text that it is: many are
// typed or converted so, with a paragraph for every line.
func (f *flow) document() (text string, pieces []piece) {
	w := flowWriter{marked: f.marked()}
	for i, b := range f.blocks {
		if b.closes && !w.marked {
			pieces = inferred(w.out.String(), 0)
			w.pieces = nil
			w.marked = true
		}
		w.write(b, i)
	}
	text = w.out.String()
	if !w.marked {
		return text, inferred(text, 0)
	}
	return text, append(pieces, w.pieces...)
}

// flowWriter writes the text of a document.
type flowWriter struct {
	out    strings.Builder
	pieces []piece
	last   flowBlock
	// marked says that the blocks are what they say they are.
	marked bool
}

// write writes block i.
func (w *flowWriter) write(b flowBlock, i int) {
	if b.closes {
		w.pieces = append(w.pieces, piece{closes: true, level: titleLevel + 1})
		w.last = b
		return
	}
	if w.out.Len() > 0 {
		w.out.WriteByte('\n')
		joined := b.kind == w.last.kind && (b.kind == docs.Item || b.kind == docs.Row)
		if w.marked && !joined || !w.marked && b.gap || w.last.closes {
			w.out.WriteByte('\n')
		}
	}
	w.out.WriteString(b.lead)
	from := w.out.Len()
	w.out.WriteString(b.text)
	if !b.aside {
		w.pieces = append(w.pieces, piece{kind: b.kind, level: b.level, from: from, to: w.out.Len(), header: b.header})
	}
	w.last = b
}
