package pdf

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"unicode"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"
	"github.com/tetratelabs/wazero/api"
)

// Document is what a PDF file holds.
type Document struct {
	Pages []Page
	// Title, Author and Created are the file's own, as they stand there; Created
	// is such as "D:20201118093000+01'00'". They may be empty.
	Title, Author, Created string
}

// Page is one page. Its Width and Height are in points.
type Page struct {
	Width, Height float64
	Words         []Word
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
	pdfium pdfium.Pdfium
	cfg    Config
	chars  int // of all pages so far
}

// closeOnDone makes sure that a call of PDFium ends when ctx does. It does so by
// closing the module, which is the one way in from outside that is safe while a
// call runs; the client has no method for it that is. stop must be called; it
// returns when nothing is done any more.
func closeOnDone(ctx context.Context, instance pdfium.Pdfium) (stop func()) {
	implementation := instance.(interface{ GetImplementation() any }).GetImplementation()
	module := reflect.ValueOf(implementation).Elem().FieldByName("Module").Interface().(api.Module)
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = module.Close(context.WithoutCancel(ctx)) // its error is that of the calls it ends
	})
	return func() {
		if !cancel() {
			<-done
		}
	}
}

func (r *reading) document(ctx context.Context, data []byte) (*Document, error) {
	opened, err := r.pdfium.OpenDocument(&requests.OpenDocument{File: &data})
	if err != nil {
		return nil, err
	}
	doc := &Document{}
	count, err := r.pdfium.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return nil, err
	}
	if count.PageCount > r.cfg.MaxPages {
		return nil, ErrPages
	}
	for _, field := range []struct {
		tag string
		to  *string
	}{{"Title", &doc.Title}, {"Author", &doc.Author}, {"CreationDate", &doc.Created}} {
		meta, err := r.pdfium.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: opened.Document, Tag: field.tag})
		if err == nil {
			*field.to = strings.ToValidUTF8(strings.TrimRight(meta.Value, "\x00"), "")
		}
	}
	for i := range count.PageCount {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		page, err := r.page(opened.Document, i)
		if err != nil {
			return nil, err
		}
		doc.Pages = append(doc.Pages, page)
	}
	return doc, nil
}

func (r *reading) page(doc references.FPDF_DOCUMENT, index int) (Page, error) {
	loaded, err := r.pdfium.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: doc, Index: index})
	if err != nil {
		return Page{}, err
	}
	defer r.pdfium.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page}) //nolint:errcheck // the instance goes soon
	ref := requests.Page{ByReference: &loaded.Page}
	box, err := r.pdfium.FPDF_GetPageBoundingBox(&requests.FPDF_GetPageBoundingBox{Page: ref})
	if err != nil {
		return Page{}, err
	}
	turn, err := r.pdfium.FPDFPage_GetRotation(&requests.FPDFPage_GetRotation{Page: ref})
	if err != nil {
		return Page{}, err
	}
	text, err := r.pdfium.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: ref})
	if err != nil {
		return Page{}, err
	}
	defer r.pdfium.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage}) //nolint:errcheck // as above
	counted, err := r.pdfium.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err != nil {
		return Page{}, err
	}
	r.chars += max(0, counted.Count)
	if counted.Count > pageChars || r.chars > r.cfg.MaxChars {
		return Page{}, ErrPages
	}
	w := wordReader{pdfium: r.pdfium, text: text.TextPage, frame: frame{box: box.Rect, turn: int(turn.PageRotation)}}
	if err := w.read(counted.Count); err != nil {
		return Page{}, err
	}
	page := Page{Words: w.words}
	page.Width, page.Height = w.frame.size()
	return page, nil
}

// frame converts the coordinates of a PDF, which count from the bottom of a page
// that isn't turned yet.
type frame struct {
	box  structs.FPDF_FS_RECTF
	turn int // quarters clockwise
}

func (f frame) size() (width, height float64) {
	width, height = float64(f.box.Right-f.box.Left), float64(f.box.Top-f.box.Bottom)
	if f.turn%2 == 1 {
		return height, width
	}
	return width, height
}

func (f frame) point(x, y float32) (float64, float64) {
	width, height := float64(f.box.Right-f.box.Left), float64(f.box.Top-f.box.Bottom)
	u, v := float64(x-f.box.Left), float64(f.box.Top-y)
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
func (f frame) rect(r structs.FPDF_FS_RECTF) box {
	ax, ay := f.point(r.Left, r.Top)
	bx, by := f.point(r.Right, r.Bottom)
	return box{min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)}
}

// box is where a character stands: as wide as it is, and as high as its font.
type box struct{ x0, y0, x1, y1 float64 }

// goesOn reports whether a character surely continues a word that ends in b: it
// touches it and is of one height.
func (b box) goesOn(c box) bool {
	slack := (b.y1 - b.y0) / 20
	return b.touches(c) && math.Abs(c.y1-b.y1) < slack && math.Abs(c.y0-b.y0) < slack
}

// touches reports whether a character stands right behind b.
func (b box) touches(c box) bool {
	height := max(b.y1-b.y0, c.y1-c.y0)
	return math.Abs(c.x0-b.x1) < height/8 && c.y0 < b.y1 && c.y1 > b.y0
}

// level reports whether text with this matrix runs from left to right.
func (f frame) level(m structs.FPDF_FS_MATRIX) bool {
	angle := math.Atan2(float64(m.B), float64(m.A)) - float64(f.turn)*math.Pi/2
	return math.Cos(angle) > 0.99
}

// wordReader joins the characters of a page into words.
type wordReader struct {
	pdfium pdfium.Pdfium
	text   references.FPDF_TEXTPAGE
	frame  frame
	words  []Word
	box    box  // of the last word
	open   bool // the last word may go on
	space  bool // white space was seen since the last character
}

var errChar = errors.New("character without a place")

func (w *wordReader) read(count int) error {
	for i := range count {
		char, err := w.pdfium.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: w.text, Index: i})
		if err != nil {
			return err
		}
		if err := w.char(i, rune(char.Unicode)); err != nil {
			return err
		}
	}
	return nil
}

func (w *wordReader) char(i int, c rune) error {
	text := spell(c)
	if text == "" {
		if unicode.IsSpace(c) {
			w.open, w.space = false, true
		}
		return nil
	}
	loose, err := w.pdfium.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: w.text, Index: i})
	if err != nil {
		return errors.Join(errChar, err)
	}
	at := w.frame.rect(loose.Rect)
	if w.open && w.box.goesOn(at) {
		w.join(text, at)
		return nil
	}
	word := Word{Text: text, X0: at.x0, X1: at.x1, Glued: len(w.words) > 0 && !w.space && w.box.touches(at)}
	level, err := w.font(i, &word)
	if err != nil {
		return err
	}
	if w.open && word.Glued && w.last().isLike(&word) {
		w.join(text, at) // a ligature, whose box is that of its letters
		return nil
	}
	width, height := w.frame.size()
	w.space = false
	if w.open = level && at.x1 > 0 && at.y1 > 0 && at.x0 < width && at.y0 < height; w.open {
		w.words = append(w.words, word)
		w.box = at
	}
	return nil
}

// spell gives the letters of a character; none for white space and what has no
// shape. Ligatures are taken apart.
func spell(c rune) string {
	const ligatures = 0xFB00 // ff fi fl ffi ffl st st
	switch {
	case c == 2 || c == 0xFFFE || c == Hyphen:
		return string(Hyphen)
	case c >= ligatures && c <= ligatures+6:
		return []string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}[c-ligatures]
	case c == 0 || unicode.IsSpace(c) || unicode.IsControl(c) || c == 0xFEFF || c == 0x200B || !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Co):
		return ""
	}
	return string(c)
}

func (w *wordReader) last() *Word { return &w.words[len(w.words)-1] }

// join adds a character to the last word.
func (w *wordReader) join(text string, c box) {
	last := w.last()
	last.Text += text
	last.X1, w.box.x1 = max(last.X1, c.x1), max(w.box.x1, c.x1)
}

// isLike reports whether two words have one size and one baseline.
func (w *Word) isLike(c *Word) bool {
	return math.Abs(w.Size-c.Size) < w.Size/20 && math.Abs(w.Y-c.Y) < w.Size/20
}

// font notes the font of character i, and returns whether it runs level.
func (w *wordReader) font(i int, to *Word) (bool, error) {
	matrix, err := w.pdfium.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: w.text, Index: i})
	if err != nil {
		return false, errors.Join(errChar, err)
	}
	size, err := w.pdfium.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: w.text, Index: i})
	if err != nil {
		return false, errors.Join(errChar, err)
	}
	origin, err := w.pdfium.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: w.text, Index: i})
	if err != nil {
		return false, errors.Join(errChar, err)
	}
	_, to.Y = w.frame.point(float32(origin.X), float32(origin.Y))
	to.Size = size.FontSize * math.Hypot(float64(matrix.Matrix.C), float64(matrix.Matrix.D))
	to.Bold = w.bold(i)
	return w.frame.level(matrix.Matrix), nil
}

// bold reports whether a character's font is heavy by weight or by name. A font
// that doesn't say isn't.
func (w *wordReader) bold(i int) bool {
	const semibold, forceBold = 600, 1 << 18 // PDF 32000-1:2008, table 123
	weight, err := w.pdfium.FPDFText_GetFontWeight(&requests.FPDFText_GetFontWeight{TextPage: w.text, Index: i})
	if err == nil && weight.FontWeight >= semibold {
		return true
	}
	info, err := w.pdfium.FPDFText_GetFontInfo(&requests.FPDFText_GetFontInfo{TextPage: w.text, Index: i})
	if err != nil {
		return false
	}
	name := strings.ToLower(info.FontName)
	return info.Flags&forceBold != 0 || strings.Contains(name, "bold") || strings.Contains(name, "black") || strings.Contains(name, "heavy") ||
		strings.Contains(name, "cmbx") || strings.Contains(name, "sfbx")
}
