package load

import (
	"bytes"
	"fmt"
	"strings"
)

// pdfPage is a page of a PDF made for a test: what it draws, in the operators of
// the format, and entries of its dictionary.
type pdfPage struct {
	content, extra string
}

// pdfText places lines of Helvetica on a page, 12 points high, from x and y
// (from the bottom) downwards.
func pdfText(x, y, size float64, lines ...string) string {
	var b strings.Builder
	escape := strings.NewReplacer("\\", `\\`, "(", `\(`, ")", `\)`)
	for i, l := range lines {
		fmt.Fprintf(&b, "BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n", size, x, y-1.2*size*float64(i), escape.Replace(latin1(l)))
	}
	return b.String()
}

// latin1 spells a string in the encoding of the fonts.
func latin1(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

// makePDF writes a PDF file. info are entries of its information dictionary.
func makePDF(info string, pages ...pdfPage) []byte {
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R /Lang (nl) >>",
		"",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		"<< " + info + " >>",
	}
	var kids []string
	for _, p := range pages {
		n := len(objects) + 1
		kids = append(kids, fmt.Sprintf("%d 0 R", n))
		objects = append(objects,
			fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R %s >>", n+1, p.extra),
			fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(p.content), p.content))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(pages))
	return pdfOf(objects, "/Root 1 0 R /Info 4 0 R")
}

// pdfOf writes objects, numbered from 1, as a file.
func pdfOf(objects []string, trailer string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return b.Bytes()
}
