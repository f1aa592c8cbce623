package load

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// sentencesOf counts the sentences of a document as a reader sees them; other
// blocks than paragraphs are one.
func sentencesOf(doc *docs.Document) map[string]int {
	found := make(map[string]int)
	for _, b := range doc.Blocks {
		s, _ := b.Span.Slice(doc.Text)
		if b.Kind != docs.Paragraph {
			found[dutch.Plain(s)]++
			continue
		}
		for _, sentence := range dutch.Sentences(s) {
			found[dutch.Plain(sentence)]++
		}
	}
	return found
}

// characters are those of all blocks, without white space.
func characters(doc *docs.Document) string {
	var b strings.Builder
	for _, block := range doc.Blocks {
		s, _ := block.Span.Slice(doc.Text)
		b.WriteString(strings.Join(strings.Fields(s), ""))
	}
	return b.String()
}

// TestOfficeLetter: a letter of the corpus as LibreOffice writes it says what the
// text file says.
func TestOfficeLetter(t *testing.T) {
	files, err := filepath.Glob("../../corpus/001_*.txt")
	if err != nil || len(files) != 1 {
		t.Fatalf("no letter: %v", err)
	}
	var read []docs.Document
	for _, file := range []string{files[0], "testdata/letter.docx"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Read(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, doc)
	}
	want, got := &read[0], &read[1]
	if diff := cmp.Diff(characters(want), characters(got)); diff != "" {
		t.Errorf("characters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(sentencesOf(want), sentencesOf(got)); diff != "" {
		t.Errorf("sentences (-want +got):\n%s", diff)
	}
}

// openText makes an OpenDocument text with a body.
func openText(tb testing.TB, body string, more ...string) []byte {
	tb.Helper()
	const spaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"`
	return packed(tb, append([]string{
		"mimetype", "application/vnd.oasis.opendocument.text",
		"content.xml", `<office:document-content ` + spaces + `><office:automatic-styles>` +
			`<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Contents_20_1"/><style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>` +
			`<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="i" style:num-suffix=")"/><text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/></text:list-style>` +
			`</office:automatic-styles><office:body><office:text>` + body + `</office:text></office:body></office:document-content>`,
		"styles.xml", `<office:document-styles ` + spaces + `><office:styles><style:style style:name="Contents_20_1" style:display-name="Contents 1" style:family="paragraph"/></office:styles></office:document-styles>`,
	}, more...)...)
}

// TestOpenText reads what the sample in testdata hasn't got.
func TestOpenText(t *testing.T) {
	const kop = `<text:h text:outline-level="1">Kop</text:h>`
	item := func(s string) string { return "<text:list-item><text:p>" + s + "</text:p></text:list-item>" }
	list := func(attr, items string) string {
		return `<text:list text:style-name="L1"` + attr + `>` + items + `</text:list>`
	}
	for _, c := range []struct{ name, body, want string }{
		{"contents", `<text:table-of-content><text:index-body><text:p>Kop 3</text:p></text:index-body></text:table-of-content><text:p text:style-name="P1">Kop 3</text:p><text:p>Tekst.</text:p>`, "p Tekst."},
		{"lists that count anew and go on", list("", item("a")+item("b")) + list("", item("c")) + list(` text:continue-numbering="true"`, item("d")), "i i) a\ni ii) b\ni i) c\ni ii) d"},
		{"list in a list", list("", `<text:list-item><text:p>a</text:p><text:list>`+item("b")+item("c")+`</text:list></text:list-item>`), "i i) a\ni i.1 b\ni i.2 c"},
		{"list that begins elsewhere", list("", `<text:list-item text:start-value="4"><text:p>a</text:p><text:p>gaat door</text:p></text:list-item>`+item("b")), "i iv) a\np gaat door\ni v) b"},
		{"list without a style", `<text:list>` + item("a") + `</text:list>`, "i - a"},
		{"bold heading", `<text:p><text:span text:style-name="T1">Wat gaan we doen?</text:span></text:p><text:p>Veel.</text:p>`, "h Wat gaan we doen?\np Veel."},
		{"fields and remarks", `<text:p>Op <text:date>3 mei</text:date><office:annotation><text:p>weg</text:p></office:annotation> is het <text:a><text:span>zo</text:span></text:a>.<text:hidden-text>weg</text:hidden-text></text:p>`, "p Op 3 mei is het zo."},
		{"section", `<text:section><text:p>Wel.</text:p></text:section><text:section text:display="none"><text:p>Niet.</text:p></text:section>`, "p Wel."},
		{"spaces in the xml", "<text:p>\n  Een\n  zin.\n</text:p>", "p Een zin."},
		{"box by itself", `<draw:frame><draw:text-box><text:p>In een kader.</text:p></draw:text-box></draw:frame>`, "p In een kader."},
		{"ruby", `<text:p><text:ruby><text:ruby-base>basis</text:ruby-base><text:ruby-text>boven</text:ruby-text></text:ruby></text:p>`, "p basis"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Read("a.odt", openText(t, kop+c.body))
			if err != nil {
				t.Fatal(err)
			}
			check(t, &doc)
			if got := strings.TrimSpace(strings.TrimPrefix(outlined(&doc), "h Kop\n")); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestOpenTextRefuses(t *testing.T) {
	locked := `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`
	for _, c := range []struct {
		name string
		data []byte
		want Reason
	}{
		{"password", openText(t, "<text:p>Tekst.</text:p>", "META-INF/manifest.xml", locked), Encrypted},
		{"no text", openText(t, ""), Empty},
		{"no body", packed(t, "content.xml", "<a/>"), Damaged},
		{"another zip", packed(t, "a.xml", "<a/>"), Damaged},
		{"deep", openText(t, strings.Repeat("<text:section>", 100_000)), TooDeep},
		{"deep in a paragraph", openText(t, "<text:p>"+strings.Repeat("<text:span>", 100_000)), TooDeep},
	} {
		_, err := Read("a.odt", c.data)
		var got *Error
		if !errors.As(err, &got) || got.Reason != c.want || got.Path != "a.odt" {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// fuzzOffice holds the invariants of a document read from parts that pack makes
// of fuzzed bytes.
func fuzzOffice(f *testing.F, name string, pack func(tb testing.TB, body string) []byte) {
	f.Helper()
	f.Fuzz(func(t *testing.T, data []byte) {
		file := pack(t, string(data))
		doc, err := Read(name, file)
		var refused *Error
		if errors.As(err, &refused) {
			return
		}
		if err != nil {
			t.Fatalf("error %v isn't an *Error", err)
		}
		check(t, &doc)
		if again, _ := Read(name, file); !cmp.Equal(doc, again) {
			t.Error("read twice, two documents")
		}
	})
}

// shaped makes well-formed XML of any bytes: each opens one of the elements,
// writes some text, or closes what is open. Bytes by themselves hardly ever do.
func shaped(data string, elements ...string) string {
	var b strings.Builder
	var open []string
	for _, c := range []byte(data) {
		switch n := int(c); {
		case n < 64 && len(open) > 0:
			b.WriteString("</" + open[len(open)-1] + ">")
			open = open[:len(open)-1]
		case n < 96:
			b.WriteString([]string{"a ", "1", "Een zin. ", "-", "\u00ad", "|", "2.", " "}[n%8])
		default:
			element := elements[n%len(elements)]
			b.WriteString("<" + element + ">")
			open = append(open, firstWord(element))
		}
	}
	for len(open) > 0 {
		b.WriteString("</" + open[len(open)-1] + ">")
		open = open[:len(open)-1]
	}
	return b.String()
}

func FuzzWord(f *testing.F) {
	f.Add([]byte(kop + entryOf("1", "1", "een") + para(`<w:pStyle w:val="Kop2"/>`, run("a")+`<w:r><w:fldChar w:fldCharType="begin"/><w:footnoteReference w:id="2"/></w:r>`)))
	f.Add([]byte(`<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>` + cellOf(`<w:gridSpan w:val="3"/>`, "a") + `</w:tr><w:tr>` + cellOf("<w:vMerge/>", "1") + cellOf("", "2") + `</w:tr></w:tbl>`))
	f.Add([]byte(`<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>` + kop + `</w:txbxContent></w:drawing></mc:Choice></mc:AlternateContent></w:r></w:p>`))
	fuzzOffice(f, "a.docx", func(tb testing.TB, body string) []byte {
		tb.Helper()
		return word(tb, body)
	})
}

func FuzzWordShapes(f *testing.F) {
	f.Add([]byte("\x80\x81\x82A\x00\x00\x83\x84\x85\x80\x81\x82B\x00\x00\x00"))
	elements := []string{
		"w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:pPr", `w:pStyle w:val="Kop1"`, `w:pStyle w:val="Kop2"`, `w:pStyle w:val="Titel"`, "w:rPr", "w:del", "w:numPr", `w:ilvl w:val="2"`,
		`w:numId w:val="1"`, `w:numId w:val="5"`, "w:tblHeader", "w:trPr", "w:tcPr", `w:gridSpan w:val="7"`, "w:vMerge", `w:vMerge w:val="restart"`, "w:b", "w:drawing", "w:txbxContent", "w:sdt", "w:sdtContent",
		`w:fldChar w:fldCharType="begin"`, `w:fldChar w:fldCharType="separate"`, `w:fldChar w:fldCharType="end"`, `w:footnoteReference w:id="2"`, `w:endnoteReference w:id="2"`, "mc:AlternateContent", "mc:Choice", "w:br", "w:ins",
	}
	fuzzOffice(f, "a.docx", func(tb testing.TB, body string) []byte {
		tb.Helper()
		return word(tb, shaped(body, elements...))
	})
}

func FuzzOpenText(f *testing.F) {
	f.Add([]byte(`<text:h text:outline-level="1">a</text:h><text:p>b<text:note text:note-class="endnote"><text:note-body><text:p>c</text:p></text:note-body></text:note><draw:frame><draw:text-box><text:p>d</text:p></draw:text-box></draw:frame></text:p>`))
	f.Add([]byte(`<text:list text:style-name="L1"><text:list-item text:start-value="7"><text:p>a</text:p><text:list><text:list-item><text:h>b</text:h></text:list-item></text:list></text:list-item></text:list>`))
	f.Add([]byte(`<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="9"><text:p>a</text:p></table:table-cell></table:table-row></table:table-header-rows><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row></table:table>`))
	fuzzOffice(f, "a.odt", func(tb testing.TB, body string) []byte {
		tb.Helper()
		return openText(tb, body)
	})
}

func FuzzOpenTextShapes(f *testing.F) {
	f.Add([]byte("\x80A\x00\x81B\x00\x82\x83\x84C\x00\x00\x00"))
	elements := []string{
		"text:p", `text:h text:outline-level="2"`, "text:span", `text:span text:style-name="T1"`, "text:list", `text:list text:style-name="L1"`, `text:list text:continue-numbering="true"`, "text:list-item", `text:list-item text:start-value="3"`,
		"text:list-header", "text:note", `text:note text:note-class="endnote"`, "text:note-body", "table:table", "table:table-row", "table:table-header-rows", "table:table-cell", `table:table-cell table:number-rows-spanned="4"`,
		`table:table-cell table:number-columns-spanned="3"`, "draw:frame", "draw:text-box", "text:line-break", "text:section",
	}
	fuzzOffice(f, "a.odt", func(tb testing.TB, body string) []byte {
		tb.Helper()
		return openText(tb, shaped(body, elements...))
	})
}

func FuzzContainer(f *testing.F) {
	f.Add(word(f, kop))
	f.Add(openText(f, "<text:p>a</text:p>"))
	f.Add([]byte(cfbMagic + encryptedPackage))
	fuzzOffice(f, "a.docx", func(tb testing.TB, body string) []byte {
		tb.Helper()
		return []byte(body)
	})
}
