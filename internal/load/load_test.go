package load

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
)

var update = flag.Bool("update", false, "write the golden files anew")

// listing is a document as a reader can check it: a line for every block, with
// its section, and for every stretch of words in no block.
func listing(tb testing.TB, doc *docs.Document) string {
	tb.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "title %q, publisher %q, kind %q, date %q, dossier %q, url %q, language %q\n\n",
		doc.Title, doc.Publisher, doc.Kind, doc.Date, doc.Dossier, doc.SourceURL, doc.Language)
	oneLine := strings.NewReplacer("\r\n", "⏎", "\n", "⏎", "\ufeff", "")
	left := func(from, to int) {
		if s, _ := (docs.Span{Start: from, End: to}).Slice(doc.Text); hasWord(s) {
			fmt.Fprintf(&b, "  out        %s\n", strings.TrimSpace(strings.Trim(oneLine.Replace(s), "⏎")))
		}
	}
	at := 0
	section := ""
	for _, bl := range doc.Blocks {
		left(at, bl.Span.Start)
		at = bl.Span.End
		if s := strings.Join(bl.Section, " > "); s != section {
			section = s
			fmt.Fprintf(&b, "\n[%s]\n", s)
		}
		text, _ := bl.Span.Slice(doc.Text)
		kind := []string{"paragraph", "heading", "item", "row", "line"}[bl.Kind]
		fmt.Fprintf(&b, "  %-10s %s\n", kind, oneLine.Replace(text))
		if bl.Header != "" {
			fmt.Fprintf(&b, "  %-10s %s\n", " header", bl.Header)
		}
	}
	left(at, docs.Characters(doc.Text))
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
	}
}

// TestGolden reads the real corpus, and samples of every format in testdata.
func TestGolden(t *testing.T) {
	corpus, err := filepath.Glob("../../corpus/*.txt")
	if err != nil || len(corpus) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	samples, err := filepath.Glob("testdata/sample*")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, file := range append(corpus, samples...) {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := Read(filepath.Base(file), data)
			if err != nil {
				t.Fatal(err)
			}
			check(t, &doc)
			golden(t, filepath.Base(file), listing(t, &doc))
		})
	}
}

// check holds what every document must be.
func check(tb testing.TB, doc *docs.Document) {
	tb.Helper()
	if !utf8.ValidString(doc.Text) {
		tb.Fatal("text isn't UTF-8")
	}
	if doc.Title == "" {
		tb.Error("no title")
	}
	if want := docs.Version(doc.Text); doc.Version != want {
		tb.Errorf("version %s, want %s", doc.Version, want)
	}
	runes := []rune(doc.Text)
	at := 0
	for i, b := range doc.Blocks {
		if b.Span.Start < at || b.Span.End <= b.Span.Start || b.Span.End > len(runes) {
			tb.Fatalf("block %d at %v behind %d of %d", i, b.Span, at, len(runes))
		}
		at = b.Span.End
		text := string(runes[b.Span.Start:b.Span.End])
		if text != strings.TrimSpace(text) || !hasWord(text) {
			tb.Errorf("block %d is %q", i, text)
		}
		if b.Kind == docs.Heading && len(b.Section) == 0 {
			tb.Errorf("heading %q has no section", text)
		}
		for _, s := range b.Section {
			if strings.ContainsAny(s, "\r\n") {
				tb.Errorf("section %q has line ends", s)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       Reason
	}{
		{"a.pdf", "%PDF", Unsupported},
		{"a", "tekst", Unsupported},
		{"a.txt", "", Empty},
		{"a.txt", " \r\n\ufeff\n\t", Empty},
		{"a.txt", "-- ** ..", Empty},
		{"a.md", "---\ntitle: Alleen dit\n---\n", Empty},
		{"a.html", "<html><script>x</script></html>", Empty},
		{"a.txt", "tekst\x00tekst", NotText},
		{"a.txt", "\x89PNG\r\n\x1a\n", NotText},
		{"a.txt", "caf\xe9 \x81", NotText},
		{"a.txt", "\xff\xfea", NotText},
		{"a.txt", "\xff\xfe\x00\xd8a\x00", NotText},
		{"a.html", "<p>x\x00</p>\xff", NotText},
		{"a.html", strings.Repeat("<div>", 100_000) + "tekst", TooDeep},
		{"a.txt", strings.Repeat("a", MaxBytes+1), TooLarge},
		{"a.html", strings.Repeat("a", MaxPageBytes+1), TooLarge},
	} {
		_, err := Read(c.name, []byte(c.data))
		var got *Error
		if !errors.As(err, &got) || got.Reason != c.want {
			t.Errorf("Read(%s, %.20q): %v, want %s", c.name, c.data, err, c.want)
			continue
		}
		if got.Path != c.name || got.Message() == "" || got.Error() == "" {
			t.Errorf("error %#v says too little", got)
		}
	}
}

func TestSupported(t *testing.T) {
	for name, want := range map[string]bool{
		"a.txt": true, "b/a.MD": true, "a.markdown": true, "a.html": true, "a.htm": true,
		"a.PDF": true, "txt": false, "manifest.yaml": false, "a.jsonl": false, "": false,
	} {
		if got := Supported(name); got != want {
			t.Errorf("Supported(%q) = %v", name, got)
		}
	}
}

func TestEncodings(t *testing.T) {
	const want = "Eén café kost € 5.\r\n“Ja”"
	utf16 := func(s string, big bool) string {
		var b strings.Builder
		for _, r := range s {
			hi, lo := byte(r>>8), byte(r)
			if big {
				b.Write([]byte{hi, lo})
			} else {
				b.Write([]byte{lo, hi})
			}
		}
		return b.String()
	}
	cp1252 := strings.NewReplacer("é", "\xe9", "€", "\x80", "“", "\x93", "”", "\x94").Replace(want)
	for _, c := range []struct{ name, file, data, want string }{
		{"utf-8", "a.txt", want, want},
		{"utf-8 with mark", "a.txt", "\ufeff" + want, "\ufeff" + want},
		{"utf-16le", "a.txt", utf16("\ufeff"+want, false), "\ufeff" + want},
		{"utf-16be", "a.md", utf16("\ufeff"+want, true), "\ufeff" + want},
		{"utf-16 pair", "a.txt", "\xff\xfe\x3d\xd8\x00\xde!\x00a\x00", "\ufeff😀!a"},
		{"windows-1252", "a.txt", cp1252, want},
		{"windows-1252 page", "a.html", cp1252, "Eén café kost € 5. “Ja”"},
		{"latin-9 page", "a.html", "<meta charset=iso-8859-15><p>Het kost \xa4 5 in caf\xe9.", "Het kost € 5 in café."},
		{"page that lies", "a.html", "<meta charset=iso-8859-1><p>Het kost € 5.", "Het kost € 5."},
		{"page with mark", "a.html", "\ufeff<p>Het kost € 5.", "Het kost € 5."},
		{"form feed", "a.txt", "a\xe9\fb", "aé\fb"},
	} {
		doc, err := Read(c.file, []byte(c.data))
		if err != nil || doc.Text != c.want {
			t.Errorf("%s: got %q, %v; want %q", c.name, doc.Text, err, c.want)
		}
	}
}

func TestTitle(t *testing.T) {
	long := "Dit is een eerste regel die " + strings.Repeat("heel ", 30) + "lang is."
	for _, c := range []struct{ name, data, want string }{
		{"a.txt", "\ufeffEen kop\n\nEn een alinea met een punt.", "Een kop"},
		{"a.txt", "Alleen een alinea. Met twee zinnen.", "Alleen een alinea. Met twee zinnen."},
		{"a.txt", long, "Dit is een eerste regel die heel heel heel heel heel heel heel heel heel heel heel heel heel heel…"},
		{"a.md", "---\ntitle: Uit de kop\n---\n# Anders\n\nTekst hier.", "Uit de kop"},
		{"a.md", "Tekst vooraf.\n\n# Een **kop** [hier](x)\n\nTekst.", "Een kop hier"},
		{"a.html", "<title>Uit de titel</title><p>Tekst.", "Uit de titel"},
		{"a.html", "<title>Uit de titel</title><h1>Uit <i>de</i> kop</h1><p>Tekst.", "Uit de kop"},
	} {
		doc, err := Read(c.name, []byte(c.data))
		if err != nil || doc.Title != c.want {
			t.Errorf("%.40q: title %q, %v; want %q", c.data, doc.Title, err, c.want)
		}
	}
}

// Sizes at which anything worse than linear shows: seconds against hours.
func TestHostile(t *testing.T) {
	const n = hostileSize
	for name, files := range map[string][]string{
		"one line":      {strings.Repeat("Dit is een zin zonder einde ", n/28), strings.Repeat("x", n)},
		"many lines":    {strings.Repeat("a\n", n/2), strings.Repeat("Een kop\n\n", n/9), strings.Repeat("Zin.\n", n/5)},
		"many items":    {strings.Repeat("- een\n", n/6), strings.Repeat("1. Twee\n", n/8), strings.Repeat("a|b\n-|-\n", n/8)},
		"many marks":    {strings.Repeat("#", n), strings.Repeat("> ", n/2), strings.Repeat("[", n), strings.Repeat("*a ", n/3), strings.Repeat("`", n)},
		"many fences":   {strings.Repeat("```\n", n/4), strings.Repeat("<!--\n", n/5), strings.Repeat("<script>\n", n/9), strings.Repeat("---\n", n/4)},
		"many elements": {strings.Repeat("<p>a b c", n/8), strings.Repeat("<li>a", n/5), strings.Repeat("<td>a", n/5), strings.Repeat("<tr><td>a<td>b", n/14)},
		"many tags": {
			strings.Repeat("<div>", n/5), strings.Repeat("<a ", n/3), strings.Repeat("<tr><td>a", n/9), strings.Repeat("<h1>", n/4), strings.Repeat("<B title=\"a\">c", n/14),
			strings.Repeat("a <p>b</p>", n/10), strings.Repeat("{/*\n", n/4), strings.Repeat("<a {", n/4), strings.Repeat("<dt>a<dd>b", n/10), strings.Repeat("` <p>", n/5),
		},
		"many notes": {
			strings.Repeat("!!! a \"b\"\n", n/10), strings.Repeat(":::a[b]\n", n/8), strings.Repeat("a :::\n", n/6), strings.Repeat("a"+strings.Repeat(":", 40)+"\n", n/42),
			strings.Repeat("```{note} b\n", n/12), strings.Repeat("> [!a] b\n", n/9), strings.Repeat("import {\n", n/9), strings.Repeat("export {\n", n/9), strings.Repeat("a\n: b\n\n", n/7),
		},
		"much front matter": {"---\n" + strings.Repeat("a: B c d e.\n", n/12) + "---\nTekst.", "---\n" + strings.Repeat("a:\n ", n/4) + "\n---\nTekst."},
		"many headings":     {strings.Repeat("1.1 Kop\n", n/8), strings.Repeat("# K\n", n/4), strings.Repeat("Kop\n\nZin is hier.\n\n", n/19)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, data := range files {
				for _, file := range []string{"a.txt", "a.md", "a.html"} {
					doc, err := Read(file, []byte(data))
					if err == nil && len(doc.Blocks) == 0 {
						t.Errorf("%s of %.20q…: neither blocks nor an error", file, data)
					}
				}
			}
		})
	}
}

func fuzz(f *testing.F, name string, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Read(name, data)
		var refused *Error
		if errors.As(err, &refused) {
			return
		}
		if err != nil {
			t.Fatalf("error %v isn't an *Error", err)
		}
		check(t, &doc)
		if again, _ := Read(name, data); !cmp.Equal(doc, again) {
			t.Error("read twice, two documents")
		}
	})
}

func FuzzText(f *testing.F) {
	fuzz(f, "a.txt", "Kop\nZin is hier.\n\n- een\n- twee\n1. Drie:\na|b\n-|-\nc|d\n(x y z)\n", "\xff\xfea\x00", "3A) Kop\r\rZin", "2. A\n(B c d)\nEn nu.")
}

func FuzzMarkdown(f *testing.F) {
	fuzz(f, "a.md", "---\ntitle: x\n---\n# Kop {#a}\n> [!NOTE]\n> a\n\n| a |\n|---|\n| b |\n```\ncode", "a\n===\n- b\n  c\n1) d\n:::x\n<!-- y", "**Kop**\n\n[a]: b\n[^1]: c d e",
		"---\na: B c d e.\nf:\n  - g: H i j k?\n    l: M n o p.\n---\n!!! a \"b\"\n    c\n\nd :::\n??? e \"f?\"", ":::a b\nc\n```{note} d\n:e: f\ng\n```\n=== \"h\"\n",
		"<A b=\"c\">{() => (<>d</>)}</A>\nimport {\nx } from 'y'\n{/* e\n*/}f<dl><dt>g</dt>\n<dd>h</dd></dl><tr><td>i<td>j</tr><h2>k</h2><li>l", "a\n: b\n\nc\n\n: d\n##E\n-Fg\n`<p>`<br>\n{{< h >}}")
}

func FuzzHTML(f *testing.F) {
	fuzz(f, "a.html", "<title>x</title><main><h1>Kop</h1><p>a<ul><li>b<ol><li>c</ol>d</ul><table><tr><th>e<th>f<tr><td>g<td>h</table>",
		"<dl><dt>a<dd>b<dd>c</dl><details><summary>d</summary>e</details><pre>f</pre>", "<table><tr><td>a</table><article><header>b",
		"<form class=cookie><h1><button>a</button></h1><div class=share>b</div><section><h2>Zie ook<ul><li>c</section><table><caption>d<tr><td><th>e<tr><th>f<td>g")
}

// TestStoredText: what offsets are promised to hold in.
func TestStoredText(t *testing.T) {
	const file = "\ufeffKop\r\n\r\nEen zin is dit.\r\n\r\n- een\r\n"
	for _, name := range []string{"a.txt", "a.md"} {
		doc, err := Read(name, []byte(file))
		if err != nil || doc.Text != file {
			t.Errorf("%s: got %q, %v", name, doc.Text, err)
		}
		for _, b := range doc.Blocks {
			if s, _ := b.Span.Slice(file); strings.ContainsFunc(s, unicode.IsControl) || strings.HasPrefix(s, "-") {
				t.Errorf("%s: block %q", name, s)
			}
		}
	}
}
