package load

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
	"bronwijzer/internal/pdf"
)

// left and right are columns of text that fill their lines.
var (
	leftColumn  = []string{"Links begint het verhaal van de oude mensen-", "handel in de stad, dat in het jaar van de grote", "brand begon en dat nog altijd niet is geëindigd", "omdat niemand precies weet wie er toen bij was", "en waar zij daarna naartoe zijn gegaan. Hij was"}
	rightColumn = []string{"rechts pas klaar, want daar staat de rest van al", "die woorden. De niet-westerse en de oud-inwoners", "vertellen hun eigen verhaal, en doen dat zo goed", "dat de lezer vergeet hoe lang het geleden is dat", "de brand begon en de huizen zijn verdwenen."}
)

const columnsRead = "Links begint het verhaal van de oude mensenhandel in de stad, dat in het jaar van de grote brand begon en dat nog altijd niet is geëindigd " +
	"omdat niemand precies weet wie er toen bij was en waar zij daarna naartoe zijn gegaan. Hij was " +
	"rechts pas klaar, want daar staat de rest van al die woorden. De niet-westerse en de oud-inwoners vertellen hun eigen verhaal, en doen dat zo goed " +
	"dat de lezer vergeet hoe lang het geleden is dat de brand begon en de huizen zijn verdwenen."

func TestPDFLayout(t *testing.T) {
	across := ""
	for i := range leftColumn {
		across += pdfText(60, 700-12*float64(i), 10, leftColumn[i]) + pdfText(310, 700-12*float64(i), 10, rightColumn[i])
	}
	table := ""
	for i, row := range [][]string{{"Plaats", "Inwoners", "Burgemeester"}, {"Assen", "68.000", "de heer Out"}, {"Meppel", "35.000", "de heer Korteland"}, {"Hoogeveen", "56.000", "de heer De Jager"}} {
		for j, cell := range row {
			table += pdfText(60+130*float64(j), 700-14*float64(i), 11, cell)
		}
	}
	wages := ""
	for i, row := range [][]string{{"Sector", "vorig", "nu"}, {"Horeca", "101", "139"}, {"Bouw", "88", "117"}, {"Seksbranche", "120", "92"}} {
		for j, cell := range row {
			wages += pdfText([]float64{60, 177, 220}[j], 700-20*float64(i), 11, cell)
		}
	}
	wages += pdfText(60, 627, 11, "en zo")
	wages += pdfText(60, 600, 11, "3") + pdfText(80, 600, 11, "Vooruitblik en kosten")
	// Lines of a narrow column, stretched to its edges.
	stretched := ""
	for i, line := range []map[float64]string{
		{63: "dat", 100: "zij", 135: "behoefte", 195: "hebben"},
		{63: "aan", 102: "een", 142: "vast", 185: "spreekpunt."},
		{63: "Daarom", 118: "wordt", 163: "in", 190: "de", 220: "stad"},
		{63: "gewerkt", 120: "aan", 160: "een", 205: "nieuwe"},
		{63: "taak.", 120: "Dat", 155: "kost", 195: "veel", 228: "tijd"},
	} {
		for _, x := range slices.Sorted(maps.Keys(line)) {
			stretched += pdfText(x, 700-13.5*float64(i), 10, line[x])
		}
	}
	body := func(n int) string {
		return pdfText(60, 700, 11, fmt.Sprintf("Dit is alinea %d van een tekst die over de bladzijden loopt en die daarom lang is,", n), "en hier houdt zij op.")
	}
	header := func(n int) string {
		return pdfText(60, 800, 9, "Gemeente Noorderveld - jaarverslag") + pdfText(280, 30, 9, fmt.Sprintf("Pagina %d van 3", n))
	}
	for _, c := range []struct {
		name  string
		pages []pdfPage
		want  []string
	}{
		{"columns", []pdfPage{{content: pdfText(60, 700, 10, leftColumn...) + pdfText(310, 700, 10, rightColumn...)}}, []string{columnsRead}},
		{"columns drawn right to left", []pdfPage{{content: pdfText(310, 700, 10, rightColumn...) + pdfText(60, 700, 10, leftColumn...)}}, []string{columnsRead}},
		{"columns drawn line by line", []pdfPage{{content: across}}, []string{columnsRead}},
		{"over two pages", []pdfPage{{content: pdfText(60, 100, 10, leftColumn...)}, {content: pdfText(60, 780, 10, rightColumn...)}}, []string{columnsRead}},
		{"headers and page numbers", []pdfPage{{content: header(1) + body(1)}, {content: header(2) + body(2)}, {content: header(3) + body(3)}}, []string{
			"Dit is alinea 1 van een tekst die over de bladzijden loopt en die daarom lang is, en hier houdt zij op.",
			"Dit is alinea 2 van een tekst die over de bladzijden loopt en die daarom lang is, en hier houdt zij op.",
			"Dit is alinea 3 van een tekst die over de bladzijden loopt en die daarom lang is, en hier houdt zij op.",
		}},
		{"printed by a browser", []pdfPage{{content: pdfText(30, 820, 8, "3-5-2024 14:02") + pdfText(250, 820, 8, "Regeling opvang") + body(1) +
			pdfText(30, 15, 8, "https://voorbeeld.nl/regeling") + pdfText(550, 15, 8, "1/1")}}, []string{
			"Dit is alinea 1 van een tekst die over de bladzijden loopt en die daarom lang is, en hier houdt zij op.",
		}},
		{"turned page", []pdfPage{{
			content: "q 0 1 -1 0 595 0 cm\n" + pdfText(60, 500, 11, "Deze bladzijde ligt op haar kant en is", "toch te lezen.") + "Q", extra: "/Rotate 90",
		}}, []string{"Deze bladzijde ligt op haar kant en is toch te lezen."}},
		{"stamp in the margin", []pdfPage{{content: body(1) + "BT /F1 9 Tf 0 1 -1 0 30 300 Tm (Kopie voor het archief) Tj ET"}}, []string{
			"Dit is alinea 1 van een tekst die over de bladzijden loopt en die daarom lang is, en hier houdt zij op.",
		}},
		{"footnote", []pdfPage{{
			content: "BT /F1 11 Tf 1 0 0 1 60 700 Tm (Dit is strafbaar) Tj 7 Tf 1 0 0 1 140 704 Tm (1) Tj 11 Tf 1 0 0 1 145 700 Tm (. De rechter weegt dat, zegt de wet.) Tj ET\n" +
				pdfText(60, 90, 8, "1 Artikel 273f van het wetboek, in 28 638 toegelicht."),
		}}, []string{"Dit is strafbaar. De rechter weegt dat, zegt de wet.", "Artikel 273f van het wetboek, in 28 638 toegelicht."}},
		{"square metres", []pdfPage{{
			content: "BT /F1 11 Tf 1 0 0 1 60 700 Tm (Het huis is 120 m) Tj 7 Tf 1 0 0 1 145.2 704 Tm (2) Tj 11 Tf 1 0 0 1 152 700 Tm (groot, zegt de makelaar.) Tj ET\n",
		}}, []string{"Het huis is 120 m2 groot, zegt de makelaar."}},
		{"table", []pdfPage{{content: table}}, []string{"Assen | 68.000 | de heer Out", "Meppel | 35.000 | de heer Korteland", "Hoogeveen | 56.000 | de heer De Jager"}},
		{"table of narrow columns", []pdfPage{{content: wages}}, []string{"Horeca | 101 | 139", "Bouw | 88 | 117", "Seksbranche en zo | 120 | 92", "3 Vooruitblik en kosten"}},
		{"stretched lines", []pdfPage{{content: stretched}}, []string{"dat zij behoefte hebben aan een vast spreekpunt. Daarom wordt in de stad gewerkt aan een nieuwe taak. Dat kost veel tijd"}},
		{"address beside a letter", []pdfPage{{
			content: pdfText(60, 700, 10, leftColumn...) + pdfText(60, 640, 10, "klaar met zijn verhaal.") + pdfText(430, 700, 8, "Directie Veiligheid", "Turfmarkt 147", "2511 DP Den Haag", "Postbus 20301"),
		}}, []string{
			"Links begint het verhaal van de oude mensenhandel in de stad, dat in het jaar van de grote brand begon en dat nog altijd niet is geëindigd " +
				"omdat niemand precies weet wie er toen bij was en waar zij daarna naartoe zijn gegaan. Hij was klaar met zijn verhaal.",
			"Directie Veiligheid", "Turfmarkt 147", "2511 DP Den Haag", "Postbus 20301",
		}},
		{"contents", []pdfPage{{
			content: pdfText(60, 750, 11, "Inleiding", "Werkwijze", "Uitkomsten") + pdfText(500, 750, 11, "3", "5", "11") + body(1),
		}}, []string{"Dit is alinea 1 van een tekst die over de bladzijden loopt en die daarom lang is, en hier houdt zij op."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := pdfReader.Read(t.Context(), "a.pdf", makePDF("", c.pages...))
			if err != nil {
				t.Fatal(err)
			}
			check(t, &doc)
			if diff := cmp.Diff(c.want, blockTexts(&doc)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if last := doc.Blocks[len(doc.Blocks)-1].Page; c.name == "headers and page numbers" && last != 3 {
				t.Errorf("last block on page %d", last)
			}
		})
	}
}

func TestPDFJoin(t *testing.T) {
	v := make(vocabulary)
	v.read("Er is hier een co-ouder en een zeeman, de websites en de e-mail zijn er ook weer")
	for _, c := range []struct{ a, b, want string }{
		{"de mensen-", "handel is", "de mensenhandel is"},
		{"de mensen\u00ad", "handel is", "de mensenhandel is"},
		{"de niet-", "westerse landen", "de niet-westerse landen"},
		{"een niet\u00ad", "ige besluit", "een nietige besluit"},
		{"de ex-", "partner", "de ex-partner"},
		{"zijn oud-", "collega", "zijn oud-collega"},
		{"in-", "en uitvoer", "in- en uitvoer"},
		{"jeugd- of", "gezinshulp", "jeugd- of gezinshulp"},
		{"in 2014-", "2018 gebeurde", "in 2014-2018 gebeurde"},
		{"Noord-", "Holland", "Noord-Holland"},
		{"het OM-", "dossier", "het OM-dossier"},
		{"de co-", "ouder", "de co-ouder"},
		{"een auto-", "ongeluk", "een auto-ongeluk"},
		{"het financi-", "eel toezicht", "het financieel toezicht"},
		{"de web-", "sites", "de websites"},
		{"een e-", "mail", "een e-mail"},
		{"dat is zo -", "en niet anders", "dat is zo - en niet anders"},
		{"geen", "streepje", "geen streepje"},
		{"", "begin", "begin"},
		{"zie https://www.voorbeeld.nl/", "documenten/2020/brief", "zie https://www.voorbeeld.nl/documenten/2020/brief"},
		{"zie www.voorbeeld.nl", "Daar staat het.", "zie www.voorbeeld.nl Daar staat het."},
	} {
		if got := v.join(c.a, c.b); got != c.want {
			t.Errorf("join(%q, %q) = %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestPDFMeta(t *testing.T) {
	text := pdfText(60, 750, 18, "De kop van het stuk") + pdfText(60, 720, 11, "Den Haag, 3 mei 2021") + pdfText(60, 690, 11, "Dit is een zin in een alinea. En dit is er nog een.")
	undated := strings.ReplaceAll(text, "3 mei 2021", "lente")
	for _, c := range []struct{ info, page, title, date string }{
		{"/Title (Jaarverslag van de gemeente) /CreationDate (D:20210504100000+02'00')", text, "Jaarverslag van de gemeente", "2021-05-03"},
		{"/Title (Microsoft Word - brief.docx)", text, "De kop van het stuk", "2021-05-03"},
		{"/Title (brief definitief.docx) /CreationDate (D:20210504233000+02'00')", undated, "De kop van het stuk", "2021-05-04"},
		{"/Title (Document1) /CreationDate (onzin)", undated, "De kop van het stuk", ""},
		{"", undated, "De kop van het stuk", ""},
	} {
		doc, err := pdfReader.Read(t.Context(), "a.pdf", makePDF(c.info, pdfPage{content: c.page}))
		if err != nil {
			t.Fatal(err)
		}
		if doc.Title != c.title || doc.Date != c.date || doc.Language != "nl" || doc.Publisher != "" {
			t.Errorf("%s: title %q, date %q, language %q, publisher %q", c.info, doc.Title, doc.Date, doc.Language, doc.Publisher)
		}
	}
}

// hostilePDFs are files that are refused, each with its reason.
func hostilePDFs() map[string][]byte {
	text := pdfPage{content: pdfText(60, 700, 11, "Dit is een zin.")}
	good := makePDF("", text)
	catalog := "<< /Type /Catalog /Pages 2 0 R >>"
	many := make([]string, 2, 3000)
	many[0], many[1] = catalog, "<< /Type /Pages /Kids ["+strings.Repeat("3 0 R ", 2500)+"] /Count 2500 >>"
	many = append(many, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
	return map[string][]byte{
		"empty_damaged":      {},
		"header_damaged":     []byte("%PDF-1.7\n"),
		"cut_damaged":        good[:len(good)/3],
		"garbage_damaged":    bytes.Repeat([]byte("x\x00\xff"), 5000),
		"html_damaged":       []byte("<html><body>geen pdf</body></html>"),
		"nopages_damaged":    pdfOf([]string{catalog, "<< /Type /Pages /Kids [] /Count 0 >>"}, "/Root 1 0 R"),
		"scan_no_text_layer": makePDF("", pdfPage{content: "0 0 m 100 100 l S"}),
		"loop_damaged":       pdfOf([]string{catalog, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}, "/Root 1 0 R"),
		"deep_damaged":       pdfOf([]string{"<< /Type /Catalog /Pages " + strings.Repeat("[", 50_000) + " >>"}, "/Root 1 0 R"),
		"pages_too_long":     pdfOf(many, "/Root 1 0 R"),
		"chars_too_long":     makePDF("", pdfPage{content: "BT /F1 1 Tf 1 0 0 1 1 1 Tm " + strings.Repeat("("+strings.Repeat("a", 30_000)+") Tj ", 4) + "ET"}),
		"password_encrypted": encryptedPDF,
	}
}

// encryptedPDF needs a password to be opened: its check value fits none.
var encryptedPDF = pdfOf([]string{
	"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>",
	"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <" + strings.Repeat("a1", 32) + "> /U <" + strings.Repeat("b2", 32) + "> >>",
}, "/Root 1 0 R /Encrypt 3 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]")

func TestPDFRefuses(t *testing.T) {
	for name, data := range hostilePDFs() {
		doc, err := pdfReader.Read(t.Context(), "a.pdf", data)
		var refused *Error
		if !errors.As(err, &refused) || !strings.HasSuffix(name, "_"+string(refused.Reason)) {
			t.Errorf("%s: %v, %d blocks", name, err, len(doc.Blocks))
			continue
		}
		if refused.Message() == "" || refused.Path != "a.pdf" {
			t.Errorf("%s: error says too little: %#v", name, refused)
		}
	}
}

// endlessPDF draws a form that draws itself twice: work that doubles with every
// level.
var endlessPDF = pdfOf([]string{
	"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /A 4 0 R >> >> /Contents 4 0 R >>",
	"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 4 0 R >> >> /Length 20 >>\nstream\n/A Do /A Do /A Do   \nendstream",
}, "/Root 1 0 R")

// TestPDFStops: a context that ends, ends the reading of a page that doesn't.
func TestPDFStops(t *testing.T) {
	for _, c := range []struct {
		reason Reason
		err    error
		ctx    func(context.Context) (context.Context, context.CancelFunc)
	}{
		{Stopped, context.Canceled, func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		}},
		{Timeout, context.DeadlineExceeded, func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 100*time.Millisecond)
		}},
	} {
		ctx, cancel := c.ctx(t.Context())
		_, err := pdfReader.Read(ctx, "a.pdf", endlessPDF)
		cancel()
		var refused *Error
		if !errors.As(err, &refused) || refused.Reason != c.reason || !errors.Is(err, c.err) {
			t.Errorf("got %v, want %v", err, c.reason)
		}
	}
}

// TestPDFMemory: a stream that grows when it is unpacked meets the limit, and the
// next document is read.
func TestPDFMemory(t *testing.T) {
	r := New(Config{Memory: 32 << 20})
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	for range 64 {
		if _, err := w.Write(bytes.Repeat([]byte("0 0 m "), 1<<18)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	bomb := pdfOf([]string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
		fmt.Sprintf("<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", packed.Len(), packed.String()),
	}, "/Root 1 0 R")
	_, err := r.Read(t.Context(), "a.pdf", bomb)
	var refused *Error
	if !errors.As(err, &refused) || refused.Reason != Memory {
		t.Errorf("got %v", err)
	}
	if _, err := r.Read(t.Context(), "b.pdf", makePDF("", pdfPage{content: pdfText(60, 700, 11, "Een zin.")})); err != nil {
		t.Error(err)
	}
}

// FuzzPDFFile holds what every document must be, and that the same file gives the
// same document.
func FuzzPDFFile(f *testing.F) {
	f.Add(makePDF("/Title (Een titel)", pdfPage{content: pdfText(60, 700, 10, leftColumn...) + pdfText(310, 700, 10, rightColumn...)}))
	f.Add(makePDF("", pdfPage{content: pdfText(60, 700, 11, "1 Kop", "- een", "a b", "1. c:")}, pdfPage{content: pdfText(60, 700, 8, "1 Noot")}))
	names := make([]string, 0)
	hostile := hostilePDFs()
	for name := range hostile {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if len(hostile[name]) < 10_000 {
			f.Add(hostile[name])
		}
	}
	if data, err := os.ReadFile("testdata/pdf/kolommen-libreoffice.pdf"); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		doc, err := pdfReader.Read(ctx, "a.pdf", data)
		var refused *Error
		if errors.As(err, &refused) {
			return
		}
		if err != nil {
			t.Fatalf("error %v isn't an *Error", err)
		}
		check(t, &doc)
		for _, b := range doc.Blocks {
			if b.Page < 1 {
				t.Errorf("block at %v on page %d", b.Span, b.Page)
			}
		}
		again, err := pdfReader.Read(ctx, "a.pdf", data)
		if err == nil && !cmp.Equal(doc, again) {
			t.Error("read twice, two documents")
		}
	})
}

// FuzzPDFWords lays out words that stand anywhere: what comes out is a document,
// whatever the pages look like.
func FuzzPDFWords(f *testing.F) {
	words := strings.Fields("een Het 1 2. 3) - • mensen\u00ad niet- \u00ad www.a.nl/ . : ; Pagina artikel 1.1 een| * § é € -- in en Wat? (a) 12345")
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz0123456789"))
	f.Add(bytes.Repeat([]byte{1, 60, 100, 11, 0, 7, 120, 100, 11, 0, 2, 60, 114, 11, 0}, 20))
	f.Add(bytes.Repeat([]byte{3, 0, 0, 0, 255, 17, 200, 200, 40, 128}, 30))
	f.Add([]byte{1, 10, 10, 39, 12, 2, 49, 10, 39, 12, 4, 10, 49, 39, 12, 5, 49, 49, 39, 12, 6, 15, 30, 5, 0, 7, 55, 30, 5, 0, 8, 15, 70, 5, 0, 9, 55, 70, 5, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &pdf.Document{Pages: []pdf.Page{{Width: 255, Height: 255}}}
		for ; len(data) >= 5 && len(file.Pages) < 20; data = data[5:] {
			p := &file.Pages[len(file.Pages)-1]
			w := pdf.Word{Text: words[int(data[0])%len(words)], X0: float64(data[1]), Y: float64(data[2]), Size: 1 + float64(data[3]%40)}
			w.X1 = w.X0 + w.Size*float64(len(w.Text))/2
			w.Bold, w.Glued = data[4]&1 > 0, data[4]&2 > 0 && len(p.Words) > 0
			p.Words = append(p.Words, w)
			if data[4]&12 == 12 {
				p.Rules = append(p.Rules, pdf.Rule{X0: w.X0, Y0: w.Y, X1: w.X0 + float64(data[3]), Y1: w.Y}, pdf.Rule{X0: w.X0, Y0: w.Y, X1: w.X0, Y1: w.Y + float64(data[3])})
			}
			if data[4] > 250 {
				file.Pages = append(file.Pages, pdf.Page{Width: 255, Height: 255})
			}
		}
		l := layoutOf(file)
		doc, pieces := l.document()
		doc.Blocks = assemble(doc.Text, pieces, dutch.Plain)
		doc.Title, doc.Version = "x", docs.Version(doc.Text)
		check(t, &doc)
		for _, b := range doc.Blocks {
			if b.Page < 1 || b.Page > len(file.Pages) {
				t.Errorf("block at %v on page %d", b.Span, b.Page)
			}
		}
	})
}

// TestPDFPages has a paragraph that goes on over two pages: each sentence is on
// the page that it begins on.
func TestPDFPages(t *testing.T) {
	doc, err := pdfReader.Read(t.Context(), "a.pdf", makePDF("",
		pdfPage{content: pdfText(60, 100, 10, leftColumn...)},
		pdfPage{content: pdfText(60, 780, 10, rightColumn...)},
		pdfPage{content: pdfText(60, 780, 10, "Hier begint iets nieuws, dat op een andere bladzijde staat.")}))
	if err != nil {
		t.Fatal(err)
	}
	check(t, &doc)
	for words, want := range map[string]int{"Links begint": 1, "Hij was": 1, "rechts pas": 2, "De niet-westerse": 2, "verdwenen": 2, "Hier begint": 3} {
		at := utf8.RuneCountInString(doc.Text[:strings.Index(doc.Text, words)])
		for i := range doc.Blocks {
			if b := &doc.Blocks[i]; b.Span.Start <= at && at < b.Span.End && b.PageAt(at) != want {
				t.Errorf("%q is on page %d, want %d", words, b.PageAt(at), want)
			}
		}
	}
}
