package cite

import (
	"unicode"
	"unicode/utf8"
)

// Break is what separates a piece from the one before it.
type Break int

// The breaks, from the weakest to the strongest.
const (
	// Joined pieces stand in one paragraph.
	Joined Break = iota
	// Line pieces begin on a new line: an item, a line of its own.
	Line
	// Paragraph pieces have an empty line before them.
	Paragraph
)

// Piece is one sentence of a generated answer and what the model cites for it.
type Piece struct {
	// Break separates it from the piece before it; of the first it says nothing.
	Break Break
	// Bullet is "- " or "3. " for what begins an item of a list, else empty.
	Bullet string
	// Text is the sentence as plain text: on one line, without handles, markers
	// and markup, never empty.
	Text string
	// Passages are the indexes that its handles name, in the order of the text,
	// each once.
	Passages []int
	// Opens says that the piece claims little by itself and introduces what
	// comes next: a heading, or a lead-in that ends in a colon.
	Opens bool
}

// Parser cuts what a model writes into sentences while it is being written. It
// knows the handles of one request: those that it knows become Passages, and
// whatever else looks like a handle or a marker vanishes. No square bracket
// comes out of it.
//
// It takes the text character by character and looks back over bounded buffers
// only: how a text is split over calls changes nothing, and the cost grows with
// the length of the text alone. A piece comes out with the first character that
// shows that its sentence and its handles have ended.
//
// The zero Parser is not usable; see NewParser. Not safe for concurrent use.
type Parser struct {
	lexer lexer
	rest  []byte // the beginning of a character whose end is to come
}

// NewParser returns a Parser for one answer.
func NewParser(h *Handles) *Parser {
	return &Parser{lexer: lexer{handles: h, out: newAssembler(h)}}
}

// Feed takes the next part of the text and returns the pieces that it
// completes.
func (p *Parser) Feed(delta string) []Piece {
	p.rest = append(p.rest, delta...)
	at := 0
	for utf8.FullRune(p.rest[at:]) {
		r, size := utf8.DecodeRune(p.rest[at:])
		p.feed(r)
		at += size
	}
	p.rest = append(p.rest[:0], p.rest[at:]...)
	return p.lexer.out.take()
}

// feed passes one character on, unless it shows nothing.
func (p *Parser) feed(r rune) {
	switch {
	case r == '\n':
		p.lexer.next('\n')
	case unicode.IsSpace(r):
		p.lexer.next(' ')
	case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
	default:
		p.lexer.next(r)
	}
}

// Flush ends the text and returns the pieces that are left. Half a handle at
// the end vanishes. The Parser can't be fed afterwards.
func (p *Parser) Flush() []Piece {
	p.rest = nil
	p.lexer.flush()
	return p.lexer.out.take()
}
