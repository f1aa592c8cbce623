package pdf

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reader is what the tests read with; starting it takes seconds where nothing is
// cached.
var reader = New(Config{})

// page is a file with one page that draws content in Helvetica (F1) and
// Helvetica-Bold (F2), and with extra entries in the page's dictionary. It has no
// table of objects, so PDFium has to find them.
func page(content, extra string) []byte {
	return []byte("%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n" +
		"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>" + extra + ">> endobj\n" +
		"4 0 obj <</Length " + itoa(len(content)) + ">> stream\n" + content + "\nendstream endobj\n" +
		"5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>> endobj\n" +
		"6 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>> endobj\n" +
		"7 0 obj <</Title(Een titel)/Author(Iemand)/CreationDate(D:20200102)>> endobj\n" +
		"trailer <</Root 1 0 R/Info 7 0 R>>\n%%EOF\n")
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// shape is a word with its place in whole points.
type shape struct {
	text        string
	x, y, size  int
	bold, glued bool
}

func shapes(words []Word) []shape {
	var out []shape
	for _, w := range words {
		out = append(out, shape{w.Text, int(math.Round(w.X0)), int(math.Round(w.Y)), int(math.Round(w.Size)), w.Bold, w.Glued})
	}
	return out
}

func TestRead(t *testing.T) {
	const two = "BT /F1 12 Tf 100 700 Td (Een woord) Tj ET"
	for _, c := range []struct {
		name, content, extra string
		want                 []shape
	}{
		{"words", two, "", []shape{{"Een", 100, 100, 12, false, false}, {"woord", 125, 100, 12, false, false}}},
		{"bold", "BT /F2 12 Tf 100 700 Td (Vet) Tj ET", "", []shape{{"Vet", 100, 100, 12, true, false}}},
		{"scaled", "BT /F1 1 Tf 12 0 0 12 100 700 Tm (Een) Tj ET", "", []shape{{"Een", 100, 100, 12, false, false}}},
		{"raised", "BT /F1 12 Tf 100 700 Td (wet) Tj 7 Tf 5 Ts (1) Tj ET", "", []shape{{"wet", 100, 100, 12, false, false}, {"1", 119, 95, 7, false, true}}},
		{"in pieces", "BT /F1 12 Tf 100 700 Td (Ee) Tj (n) Tj ET", "", []shape{{"Een", 100, 100, 12, false, false}}},
		{"turned", "BT /F1 12 Tf 0 1 -1 0 100 100 Tm (Een) Tj ET", "/Rotate 90", []shape{{"Een", 100, 100, 12, false, false}}},
		{"upside down", "BT /F1 12 Tf -1 0 0 -1 500 100 Tm (Een) Tj ET", "/Rotate 180", []shape{{"Een", 100, 100, 12, false, false}}},
		{"crooked", "BT /F1 12 Tf 1 1 -1 1 100 100 Tm (Een) Tj ET", "", nil},
		{"cropped", two + " BT /F1 12 Tf 10 10 Td (buiten) Tj ET", "/CropBox[50 50 550 750]", []shape{{"Een", 50, 50, 12, false, false}, {"woord", 75, 50, 12, false, false}}},
		{"accents", "BT /F1 12 Tf 100 700 Td (\xe9\xe9n \x80) Tj ET", "", []shape{{"één", 100, 100, 12, false, false}, {"€", 123, 100, 12, false, false}}},
		// As TeX draws them: the accent first, then the letter below it; that of a
		// capital stands higher, and where the next line was, and one below it comes after.
		{"accents apart", "BT /F1 12 Tf 100 700 Td (effici) Tj ET BT /F1 12 Tf 126 700 Td (\xa8) Tj ET BT /F1 12 Tf 124.7 700 Td (ente) Tj ET", "", []shape{{"efficiënte", 100, 100, 12, false, false}}},
		{"accent on the first letter", "BT /F1 12 Tf 101.3 700 Td (\xb4) Tj -1.3 0 Td (en) Tj ET", "", []shape{{"én", 100, 100, 12, false, false}}},
		{"accents on capitals", "BT /F1 12 Tf 100 700 Td (Een C) Tj ET BT /F1 12 Tf 127.3 700 Td (\xb8) Tj ET BT /F1 12 Tf 133.35 700 Td (,) Tj ET BT /F1 12 Tf 102 702.5 Td (\xb4) Tj ET", "", []shape{{"Éen", 100, 100, 12, false, false}, {"Ç,", 125, 100, 12, false, false}}},
		{"accents by themselves", "BT /F1 12 Tf 100 700 Td (a ` ^ o^e) Tj ET", "", []shape{{"a", 100, 100, 12, false, false}, {"`", 110, 100, 12, false, false}, {"^", 117, 100, 12, false, false}, {"o^e", 126, 100, 12, false, false}}},
		{"hyphen", "BT /F1 12 Tf 100 700 Td (mensen-) Tj 0 -14 Td (handel) Tj ET", "", []shape{{"mensen\u00ad", 100, 100, 12, false, false}, {"handel", 100, 114, 12, false, false}}},
		{"nothing", "0 0 m", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := reader.Read(t.Context(), page(c.content, c.extra))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, shapes(doc.Pages[0].Words), cmp.AllowUnexported(shape{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if doc.Title != "Een titel" || doc.Author != "Iemand" || doc.Created != "D:20200102" {
				t.Errorf("meta %q %q %q", doc.Title, doc.Author, doc.Created)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	r := New(Config{MaxPages: 1, MaxChars: 8})
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"characters": {page("BT /F1 12 Tf 9 9 Td (negen stuks) Tj ET", ""), ErrPages},
		"pages":      {[]byte(strings.Replace(string(page("", "")), "[3 0 R]/Count 1", "[3 0 R 3 0 R]/Count 2", 1)), ErrPages},
		"no pdf":     {[]byte("geen PDF"), ErrDamaged},
		"nothing":    {nil, ErrDamaged},
		"fits":       {page("BT /F1 12 Tf 9 9 Td (acht) Tj ET", ""), nil},
	} {
		if _, err := r.Read(t.Context(), c.data); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestCache: a folder that can't be made costs time and nothing else.
func TestCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := New(Config{CacheDir: filepath.Join(file, "sub")})
	if race {
		r = New(Config{}) // compiling takes half a minute then
	}
	for range 2 { // also after Close
		if _, err := r.Read(t.Context(), page("", "")); err != nil {
			t.Error(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		r = New(Config{})
	}
}

func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			doc, err := reader.Read(context.Background(), page("BT /F1 12 Tf 100 700 Td (Een woord) Tj ET", ""))
			if err != nil || len(doc.Pages[0].Words) != 2 {
				t.Errorf("got %v, %v", doc, err)
			}
		})
	}
	wg.Wait()
}

func TestAccented(t *testing.T) {
	for _, c := range []struct {
		letter string
		accent rune
		want   string
	}{
		{"e", '¨', "ë"},
		{"o", '´', "ó"},
		{"a", '`', "à"},
		{"u", 'ˆ', "û"},
		{"n", '˜', "ñ"},
		{"c", '¸', "ç"},
		{"ı", '¨', "ï"},
		{"A", '˚', "Å"},
		{"t", '¨', "ẗ"},
		{"x", '´', ""},
		{"1", '´', ""},
		{"ff", '´', ""},
		{"´", '´', ""},
	} {
		if got := accented(c.letter, accents[c.accent]); got != c.want {
			t.Errorf("accented(%q, %q) = %q, want %q", c.letter, c.accent, got, c.want)
		}
	}
}

func TestSpell(t *testing.T) {
	for c, want := range map[rune]string{
		'a': "a", '\ufb03': "ffi", '\ufb06': "st", 2: "\u00ad", '\u00ad': "\u00ad",
		0x1A: "", 0x1B: "ff", 0x1C: "fi", 0x1D: "fl", 0x1E: "ffi", 0x1F: "ffl", ' ': "", '\r': "", 0xFFFD: "",
	} {
		if got := spell(c); got != want {
			t.Errorf("%U: got %q, want %q", c, got, want)
		}
	}
}
