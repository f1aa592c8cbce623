package pdf

import (
	"context"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// glyph is a character of a page, in the order in which PDFium gives them.
type glyph struct {
	char rune
	// text is what it is spelled as, "" for white space and what isn't shown.
	text string
	box  box
	// merged says that it is an accent which its letter has taken in, or white space
	// that only the accent made.
	merged bool
}

// glyphs reads the characters of a page.
func (w *wordReader) glyphs(ctx context.Context, count int) []glyph {
	out := make([]glyph, 0, count)
	for i := 0; i < count && w.err == nil; i++ {
		g := glyph{char: rune(w.call(ctx, "FPDFText_GetUnicode", w.text, uint64(i)))}
		if g.text = spell(g.char); g.text != "" {
			w.call(ctx, "FPDFText_GetLooseCharBox", w.text, uint64(i), uint64(w.out))
			g.box = w.frame.rect(rectOf(w.floats(4)))
		}
		out = append(out, g)
	}
	return out
}

// accents are characters that fonts without letters of their own for them draw
// above or below a letter, as those of TeX do, and what they make of it.
var accents = map[rune]rune{
	'`': 0x300, '´': 0x301, '^': 0x302, 'ˆ': 0x302, '~': 0x303, '˜': 0x303, '¯': 0x304, '˘': 0x306,
	'˙': 0x307, '¨': 0x308, '˚': 0x30A, '˝': 0x30B, 'ˇ': 0x30C, '¸': 0x327, '˛': 0x328,
}

// accentReach is how many characters an accent may be away from its letter: one
// that stands above a capital is read with the line above it.
const accentReach = 200

// compose puts accents on the letters that they are drawn over.
func compose(glyphs []glyph) {
	for i := range glyphs {
		accent, ok := accents[glyphs[i].char]
		if !ok {
			continue
		}
		for d := 1; d <= accentReach && !glyphs[i].merged; d++ {
			glyphs[i].merged = merge(glyphs, i, i+d, accent) || merge(glyphs, i, i-d, accent)
		}
	}
}

// merge puts the accent that is glyph i on letter j, if it stands there.
func merge(glyphs []glyph, i, j int, accent rune) bool {
	if j < 0 || j >= len(glyphs) || !glyphs[i].box.isOver(glyphs[j].box) {
		return false
	}
	s := accented(glyphs[j].text, accent)
	if s == "" {
		return false
	}
	glyphs[j].text = s
	closeUp(glyphs, i)
	return true
}

// closeUp drops the white space beside glyph i that PDFium saw for its sake: what
// stands on either side of it touches.
func closeUp(glyphs []glyph, i int) {
	before, behind := i-1, i+1
	if before > 0 && glyphs[before].isSpace() {
		before--
	}
	if behind < len(glyphs) && glyphs[behind].isSpace() {
		behind++
	}
	if before < 0 || behind >= len(glyphs) || !glyphs[before].box.goesOn(glyphs[behind].box) {
		return
	}
	for k := before + 1; k < behind; k++ {
		glyphs[k].merged = true
	}
}

func (g *glyph) isSpace() bool { return unicode.IsSpace(g.char) }

// isOver reports whether a box is that of an accent on the letter in c: its
// middle is within the letter's width, and both are of one line.
func (b box) isOver(c box) bool {
	x, y := (b.x0+b.x1)/2, (b.y0+b.y1)/2
	return c.x0 < x && x < c.x1 && c.y0 < y && y < c.y1
}

// accented is a letter with an accent, "" if there is none such.
func accented(letter string, accent rune) string {
	switch letter {
	case "ı":
		letter = "i"
	case "ȷ":
		letter = "j"
	}
	s := norm.NFC.String(letter + string(accent))
	if utf8.RuneCountInString(s) != 1 {
		return ""
	}
	return s
}
