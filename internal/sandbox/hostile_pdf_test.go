//go:build !race

package sandbox

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"

	"bronwijzer/internal/load"
)

// pdf puts objects together to a file: their numbers are 1, 2 …, the first is
// the catalog. extra goes into the trailer.
func pdf(extra string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF", len(at)+1, extra, xref)
	return b.Bytes()
}

// The objects of a small letter: page tree, page, content, font.
const (
	pdfCatalog = "<< /Type /Catalog /Pages 2 0 R >>"
	pdfPages   = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	pdfPage    = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
	pdfFont    = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
	pdfText    = "BT /F1 12 Tf 72 700 Td (De minister schrijft dat het goed gaat.) Tj ET"
)

func pdfStream(dict, data string) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(data), dict, data)
}

// pdfLetter is the small letter with another catalog, page tree, page, content
// or font; empty is its own. More objects follow.
func pdfLetter(catalog, pages, page, content, font string, more ...string) []byte {
	first := func(s, standard string) string {
		if s == "" {
			return standard
		}
		return s
	}
	objects := []string{
		first(catalog, pdfCatalog), first(pages, pdfPages), first(page, pdfPage), first(content, pdfStream("", pdfText)), first(font, pdfFont),
	}
	return pdf("", append(objects, more...)...)
}

// deflated is n times a byte, compressed.
func deflated(tb testing.TB, c byte, n int) string {
	tb.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	block := bytes.Repeat([]byte{c}, 1<<16)
	for ; n > 0; n -= len(block) {
		if _, err := w.Write(block[:min(n, len(block))]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// manyPages is a page tree that says page n times.
func manyPages(n int) string {
	return fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", n, strings.Repeat("3 0 R ", n))
}

// hostilePDFs are PDF files made to do harm.
func hostilePDFs(tb testing.TB) []hostile {
	tb.Helper()
	good := pdfLetter("", "", "", "", "")
	tail := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	chain := []string{pdfCatalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"}
	for i := range 5000 {
		chain = append(chain, fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R] /Count 1 >>", i+4))
	}
	return []hostile{
		{"goed.pdf", good, ok},
		{"afgekapt.pdf", good[:len(good)/2], refusedAs(load.Damaged)},
		{"alleen-kop.pdf", []byte("%PDF-1.7\n"), refusedAs(load.Damaged)},
		{"leeg.pdf", nil, refusedAs(load.Damaged, load.Empty)},
		{"ruis.pdf", append([]byte("%PDF-1.7\n"), noise(1<<16)...), refusedAs(load.Damaged)},
		{"is-tekst.pdf", []byte(letter), refusedAs(load.Damaged)},
		{"boom-in-zichzelf.pdf", pdfLetter("", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>", "", "", ""), refusedAs(load.Damaged)},
		{"boom-zonder-eind.pdf", pdf("", chain...), refusedAs(load.Damaged)},
		{"tel-enorm.pdf", pdfLetter("", "<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", "", "", ""), ok},
		{"tel-negatief.pdf", pdfLetter("", "<< /Type /Pages /Kids [3 0 R] /Count -1 >>", "", "", ""), ok},
		{"miljoen-bladzijden.pdf", pdfLetter("", manyPages(sized(1_000_000)), "", "", ""), refusedAs(load.TooLong)},
		{"kring.pdf", pdfLetter("", "", "", "6 0 R", "", "7 0 R", "6 0 R"), refusedAs(load.Scanned)},
		{"kring-inhoud.pdf", pdfLetter("", "", strings.Replace(pdfPage, "4 0 R", "[4 0 R 6 0 R]", 1), "", "", "[6 0 R 6 0 R]"), ok},
		{"vorm-in-zichzelf.pdf", pdfLetter("", "", strings.Replace(pdfPage, "<< /Font", "<< /XObject << /X 6 0 R >> /Font", 1), pdfStream("", "/X Do "+pdfText), "",
			pdfStream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>", "/X Do /X Do")), tooMuch},
		{"lengte-enorm.pdf", tail("/Length 74", "/Length 4294967295"), ok},
		{"lengte-negatief.pdf", tail("/Length 74", "/Length -1"), ok},
		{"lengte-in-zichzelf.pdf", pdfLetter("", "", "", "<< /Length 4 0 R >>\nstream\n"+pdfText+"\nendstream", ""), ok},
		{"xref-kring.pdf", bytes.Replace(good, []byte("/Size 6"), fmt.Appendf(nil, "/Prev %d /Size 6", bytes.Index(good, []byte("xref"))), 1), ok},
		{"xref-buiten.pdf", tail("startxref\n", "startxref\n9999999999"), ok},
		{"beveiligd.pdf", pdfEncrypted(), refusedAs(load.Encrypted)},
		{"plaatje.pdf", pdfLetter("", "", "", pdfStream("", "0 0 100 100 re f"), ""), refusedAs(load.Scanned)},
		{"bom.pdf", pdfLetter("", "", "", pdfStream("/Filter /FlateDecode", deflated(tb, ' ', sized(1<<30))), ""), tooMuch},
		{"bom-dubbel.pdf", pdfLetter("", "", "", pdfStream("/Filter [/FlateDecode /FlateDecode]", zlibbed(tb, deflated(tb, ' ', sized(1<<30)))), ""), tooMuch},
		{"bom-objecten.pdf", pdfLetter("", "", "", "", "", pdfStream("/Type /ObjStm /N 1000000 /First 10 /Filter /FlateDecode", deflated(tb, '1', sized(1<<30)))), ok},
		{"bom-tekst.pdf", pdfLetter("", "", "", pdfStream("/Filter /FlateDecode", zlibbed(tb, "BT /F1 1 Tf 1 0 0 1 72 700 Tm "+strings.Repeat("(aaaaaaaaaaaaaaaa ) Tj ", sized(1<<20))+"ET")), ""), tooMuch},
		{"letter-enorm.pdf", pdfLetter("", "", "", pdfStream("", strings.Replace(pdfText, "12 Tf", "1e38 Tf", 1)), ""), refusedAs(load.Scanned)},
		{"blad-enorm.pdf", pdfLetter("", "", strings.Replace(pdfPage, "595 842", "1e38 1e38", 1), "", ""), ok},
		{"lettertype-enorm.pdf", pdfLetter("", "", "", "", "<< /Type /Font /Subtype /TrueType /BaseFont /A /FontDescriptor 6 0 R >>",
			"<< /Type /FontDescriptor /FontName /A /FontFile2 7 0 R >>", pdfStream("/Filter /FlateDecode", deflated(tb, 0, sized(1<<29)))), append(ok, tooMuch...)},
		{"diep.pdf", pdfLetter("", "", "", "", "", deep), ok},
		{"diep-catalogus.pdf", pdfLetter("<< /Type /Catalog /Pages 2 0 R /X "+deep+" >>", "", "", "", ""), ok},
		{"diep-inhoud.pdf", pdfLetter("", "", "", pdfStream("", strings.Repeat("q ", sized(1_000_000))+pdfText), ""), ok},
		{"script.pdf", pdfLetter("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while\\(1\\){}) >> >>", "", "", "", ""), ok},
		{"start-programma.pdf", pdfLetter("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/true) >> /AA << /WC << /S /URI /URI (http://127.0.0.1/) >> >> >>", "", "", "", ""), ok},
	}
}

// pdfEncrypted is the letter behind a password that isn't known.
func pdfEncrypted() []byte {
	secret := strings.Repeat("5a", 32)
	return pdf(fmt.Sprintf("/ID [<%s> <%[1]s>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <%[1]s> /U <%[1]s> >>", secret),
		pdfCatalog, pdfPages, pdfPage, pdfStream("", pdfText), pdfFont)
}

func zlibbed(tb testing.TB, s string) string {
	tb.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}
