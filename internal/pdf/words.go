package pdf

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"
)

// Document is what a PDF file holds.
type Document struct {
	Pages []Page
	// Title, Author and Created are the file's own, as they stand there; Created
	// is such as "D:20201118093000+01'00'". They may be empty.
	Title, Author, Created string
	// Unknown is how many characters are left out because their font doesn't say
	// what they are.
	Unknown int
}

// Page is one page. Its Width and Height are in points.
type Page struct {
	Width, Height float64
	Words         []Word
	Rules         []Rule
}

// Word is a run of characters of one size without white space in it.
type Word struct {
	Text string
	// X0 and X1 are its left and right edge, Y is its baseline.
	X0, X1, Y float64
	// Size is the size of its font in points, as drawn.
	Size float64
	// Bold says that its font is heavier than normal.
	Bold bool
	// Glued says that it follows the word before it without a space: the size
	// changed within what a reader sees as a word, as at a footnote's number.
	Glued bool
}

// Hyphen is how a hyphen at the end of a line is spelled in a Word whether it
// was a soft one or not: PDFium doesn't say.
const Hyphen = '\u00ad'

// reading is the reading of one document.
type reading struct {
	*machine
	cfg Config
	// chars counts those of all pages so far, unknown those that aren't known;
	// ruled counts rules.
	chars, unknown, ruled int
}

// errorCodes of FPDF_GetLastError, from fpdfview.h.
const (
	codePassword = 4
	codeSecurity = 5
)

func (r *reading) document(ctx context.Context, data []byte) (*Document, error) {
	file := r.alloc(ctx, data)
	opened := r.call(ctx, "FPDF_LoadMemDocument", uint64(file), uint64(len(data)), 0)
	if opened == 0 {
		code := r.call(ctx, "FPDF_GetLastError")
		switch {
		case r.err != nil:
			return nil, r.err
		case code == codePassword || code == codeSecurity:
			return nil, ErrEncrypted
		}
		return nil, fmt.Errorf("open: code %d", code)
	}
	count := number(r.call(ctx, "FPDF_GetPageCount", opened))
	switch {
	case count <= 0:
		return nil, errNoPages
	case count > r.cfg.MaxPages:
		return nil, ErrPages
	}
	doc := &Document{
		Title:   r.meta(ctx, opened, "Title"),
		Author:  r.meta(ctx, opened, "Author"),
		Created: r.meta(ctx, opened, "CreationDate"),
	}
	for i := range count {
		page, err := r.page(ctx, opened, i)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		doc.Pages = append(doc.Pages, page)
		doc.Unknown = r.unknown
	}
	return doc, r.err
}

var (
	errNoPages = errors.New("no pages")
	errPage    = errors.New("not loaded")
)

func (r *reading) page(ctx context.Context, doc uint64, index int) (Page, error) {
	page := r.call(ctx, "FPDF_LoadPage", doc, uint64(index))
	if page == 0 {
		return Page{}, cmp.Or(r.err, errPage)
	}
	r.call(ctx, "FPDF_GetPageBoundingBox", page, uint64(r.out))
	f := frame{box: rectOf(r.floats(4)), turn: number(r.call(ctx, "FPDFPage_GetRotation", page)) & 3}
	text := r.call(ctx, "FPDFText_LoadPage", page)
	if text == 0 {
		return Page{}, cmp.Or(r.err, errPage)
	}
	count := max(0, number(r.call(ctx, "FPDFText_CountChars", text)))
	r.chars += count
	if count > pageChars || r.chars > r.cfg.MaxChars {
		return Page{}, ErrPages
	}
	w := wordReader{machine: r.machine, text: text, frame: f}
	glyphs := w.glyphs(ctx, count)
	compose(glyphs)
	for i := range glyphs {
		if r.err != nil {
			break
		}
		w.char(ctx, i, &glyphs[i])
	}
	r.unknown += w.unknown
	r.call(ctx, "FPDFText_ClosePage", text)
	rules := r.rules(ctx, page, f)
	r.call(ctx, "FPDF_ClosePage", page)
	out := Page{Words: w.words, Rules: rules}
	out.Width, out.Height = f.size()
	return out, r.err
}

// frame converts the coordinates of a PDF, which count from the bottom of a page
// that isn't turned yet.
type frame struct {
	box  box // y0 is its top, which is larger than y1
	turn int // quarters clockwise
}

func (f frame) size() (width, height float64) {
	width, height = f.box.x1-f.box.x0, f.box.y0-f.box.y1
	if f.turn%2 == 1 {
		return height, width
	}
	return width, height
}

func (f frame) point(x, y float64) (float64, float64) {
	width, height := f.box.x1-f.box.x0, f.box.y0-f.box.y1
	u, v := x-f.box.x0, f.box.y0-y
	switch f.turn {
	case 1:
		return height - v, u
	case 2:
		return width - u, height - v
	case 3:
		return v, width - u
	}
	return u, v
}

// rect is where a box of the file is on the page.
func (f frame) rect(r box) box {
	ax, ay := f.point(r.x0, r.y0)
	bx, by := f.point(r.x1, r.y1)
	return box{min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)}
}

// box is where a character stands: as wide as it is, and as high as its font.
type box struct{ x0, y0, x1, y1 float64 }

// rectOf reads an FS_RECTF: left, top, right, bottom.
func rectOf(f []float64) box { return box{f[0], f[1], f[2], f[3]} }

// goesOn reports whether a character surely follows one in b: it
// touches it and is of one height.
func (b box) goesOn(c box) bool {
	slack := (b.y1 - b.y0) / 20
	return b.touches(c) && math.Abs(c.y1-b.y1) < slack && math.Abs(c.y0-b.y0) < slack
}

// touches reports whether a character stands right behind b, or in the same
// place, as the letters of a ligature do.
func (b box) touches(c box) bool {
	height := max(b.y1-b.y0, c.y1-c.y0)
	return (math.Abs(c.x0-b.x1) < height/8 || math.Abs(c.x0-b.x0) < height/50) && c.y0 < b.y1 && c.y1 > b.y0
}

// level reports whether text with this matrix runs from left to right.
func (f frame) level(matrix []float64) bool {
	angle := math.Atan2(matrix[1], matrix[0]) - float64(f.turn)*math.Pi/2
	return math.Cos(angle) > 0.99
}

// wordReader joins the characters of a page into words.
type wordReader struct {
	*machine
	text  uint64 // the page's text
	frame frame
	words []Word
	box   box  // of the last character
	open  bool // the last word may go on
	space bool // white space was seen since the last character
	// unknown counts characters that the font doesn't tell.
	unknown int
}

// char adds character i of the page.
func (w *wordReader) char(ctx context.Context, i int, g *glyph) {
	text, at := g.text, g.box
	switch {
	case g.merged:
		return
	case text == "" && unicode.IsSpace(g.char):
		w.open, w.space = false, true
		return
	case text == "":
		if g.char == 0 || g.char == unicode.ReplacementChar {
			w.unknown++
		}
		return
	}
	if w.open && w.box.goesOn(at) {
		w.join(text, at)
		return
	}
	word := Word{Text: text, X0: at.x0, X1: at.x1, Glued: len(w.words) > 0 && !w.space && w.box.touches(at)}
	level := w.font(ctx, i, &word)
	if w.open && word.Glued && w.last().isLike(&word) {
		w.join(text, at) // a ligature, whose box is that of its letters
		return
	}
	width, height := w.frame.size()
	w.space = false
	if w.open = level && at.x1 > 0 && at.y1 > 0 && at.x0 < width && at.y0 < height; w.open {
		w.words = append(w.words, word)
		w.box = at
	}
}

// spell gives the letters of a character; none for white space and what has no
// shape. Ligatures are taken apart.
func spell(c rune) string {
	const (
		ligatures = 0xFB00 // ff fi fl ffi ffl st st
		// corkFF is where the encoding T1 of LaTeX has ff fi fl ffi ffl; a font of
		// bitmaps says no more of its characters than that.
		corkFF = 0x1B
	)
	switch {
	case c >= corkFF && c < corkFF+5:
		return spell(c - corkFF + ligatures)
	case c == 2 || c == 0xFFFE || c == Hyphen:
		return string(Hyphen)
	case c >= ligatures && c <= ligatures+6:
		return []string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}[c-ligatures]
	case c == 0 || c == unicode.ReplacementChar || unicode.IsSpace(c) || unicode.IsControl(c) || c == 0xFEFF || c == 0x200B || !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Co):
		return ""
	}
	return string(c)
}

func (w *wordReader) last() *Word { return &w.words[len(w.words)-1] }

// join adds a character to the last word.
func (w *wordReader) join(text string, c box) {
	last := w.last()
	last.Text += text
	last.X1 = max(last.X1, c.x1)
	w.box = c
}

// isLike reports whether two words have one size and one baseline.
func (w *Word) isLike(c *Word) bool {
	return math.Abs(w.Size-c.Size) < w.Size/20 && math.Abs(w.Y-c.Y) < w.Size/20
}

// font notes the font of character i and its baseline, and returns whether it
// runs level.
func (w *wordReader) font(ctx context.Context, i int, to *Word) bool {
	w.call(ctx, "FPDFText_GetMatrix", w.text, uint64(i), uint64(w.out))
	matrix := w.floats(6)
	size := math.Float64frombits(w.call(ctx, "FPDFText_GetFontSize", w.text, uint64(i)))
	to.Size = size * math.Hypot(matrix[2], matrix[3])
	w.call(ctx, "FPDFText_GetCharOrigin", w.text, uint64(i), uint64(w.out), uint64(w.out+8))
	origin := w.doubles(2)
	_, to.Y = w.frame.point(origin[0], origin[1])
	to.Bold = w.bold(ctx, i)
	return w.frame.level(matrix)
}

// bold reports whether a character's font is heavy by its flags or by its name.
// Weights aren't asked for: few programs write them, and some the same for all.
func (w *wordReader) bold(ctx context.Context, i int) bool {
	const (
		forceBold = 1 << 18 // PDF 32000-1:2008, table 123
		flags     = 4       // where they stand, in bytes before the name
	)
	n := number(w.call(ctx, "FPDFText_GetFontInfo", w.text, uint64(i), uint64(w.out+flags), outSize-flags, uint64(w.out)))
	b := w.bytes(flags + max(0, n))
	name := strings.ToLower(string(b[flags:]))
	return n > 0 && binary.LittleEndian.Uint32(b)&forceBold != 0 || heavy.MatchString(name)
}

// heavy are names of heavy fonts, those of TeX among them.
var heavy = regexp.MustCompile(`bold|black|heavy|[cs][mf]bx|-demi|-bd`)
