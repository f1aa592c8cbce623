//go:build !race

package sandbox

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"bronwijzer/internal/load"
)

// entry is a file in a zip; of data, times in a row.
type entry struct {
	name, data string
	times      int
}

func zipped(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			tb.Fatal(err)
		}
		for range max(1, e.times) {
			if _, err := io.WriteString(f, e.data); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	wordTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	wordRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	wordOpen  = xmlHead + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	wordPara  = `<w:p><w:r><w:t>De minister schrijft dat het goed gaat.</w:t></w:r></w:p>`
	wordClose = `</w:body></w:document>`

	odtOpen  = xmlHead + `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>`
	odtPara  = `<text:p>De minister schrijft dat het goed gaat.</text:p>`
	odtClose = `</office:text></office:body></office:document-content>`
)

// docx is a Word file with a body; more files may follow.
func docx(tb testing.TB, document string, more ...entry) []byte {
	tb.Helper()
	return zipped(tb, append([]entry{{"[Content_Types].xml", wordTypes, 1}, {"_rels/.rels", wordRels, 1}, {"word/document.xml", document, 1}}, more...)...)
}

// odt is an OpenDocument text with a body.
func odt(tb testing.TB, content string, more ...entry) []byte {
	tb.Helper()
	return zipped(tb, append([]entry{{"mimetype", "application/vnd.oasis.opendocument.text", 1}, {"content.xml", content, 1}}, more...)...)
}

// overlapping is a Word file of which many entries are the same bytes, the
// document among them.
func overlapping(tb testing.TB) []byte {
	tb.Helper()
	data := docx(tb, wordOpen+strings.Repeat(wordPara, 10_000)+wordClose)
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	directory := int(binary.LittleEndian.Uint32(data[end+16:]))
	last := bytes.LastIndex(data[:end], []byte("PK\x01\x02"))
	header := data[last:end]
	out := bytes.Clone(data[:end])
	const copies = 10_000
	for range copies {
		out = append(out, header...)
	}
	tail := bytes.Clone(data[end:])
	binary.LittleEndian.PutUint16(tail[8:], 3+copies)
	binary.LittleEndian.PutUint16(tail[10:], 3+copies)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(out)-directory))
	return append(out, tail...)
}

// entities is an XML text that grows when its entities are put in.
func entities(open, rest string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa"><!ENTITY uit SYSTEM "file:///etc/passwd">`)
	for i := range 9 {
		fmt.Fprintf(&b, `<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	b.WriteString("]>")
	return b.String() + strings.TrimPrefix(open, xmlHead) + rest
}

// hostileZips are Word and OpenDocument files made to do harm.
func hostileZips(tb testing.TB) []hostile {
	tb.Helper()
	good := docx(tb, wordOpen+wordPara+wordClose)
	nested := zipped(tb, entry{"a.zip", strings.Repeat("0", 1<<20), sized(100)})
	for range 3 {
		nested = zipped(tb, entry{"word/document.xml", string(nested), 1}, entry{"b.zip", string(nested), 10})
	}
	swapped := bytes.ReplaceAll(good, []byte("word/document.xml"), []byte("word/documenx.xml"))
	bomb := zipped(tb, entry{"[Content_Types].xml", wordTypes, 1}, entry{"_rels/.rels", wordRels, 1}, entry{"word/document.xml", strings.Repeat(" ", 1<<20), sized(1 << 10)})
	return []hostile{
		{"goed.docx", good, ok},
		{"goed.odt", odt(tb, odtOpen+odtPara+odtClose), ok},
		{"afgekapt.docx", good[:len(good)-200], refusedAs(load.Damaged)},
		{"leeg.docx", nil, refusedAs(load.Damaged, load.Empty)},
		{"ruis.docx", append([]byte("PK\x03\x04"), noise(1<<16)...), refusedAs(load.Damaged)},
		{"is-pdf.docx", pdfLetter("", "", "", "", ""), refusedAs(load.Damaged)},
		{"is-docx.odt", good, refusedAs(load.Damaged)},
		{"is-tekst.odt", []byte(letter), refusedAs(load.Damaged)},
		{"zonder-document.docx", swapped, refusedAs(load.Damaged)},
		{"half-xml.docx", docx(tb, wordOpen+wordPara+"<w:p><w:r>"), refusedAs(load.Damaged)},
		{"zonder-tekst.docx", docx(tb, wordOpen+"<w:p/>"+wordClose), refusedAs(load.Empty)},
		{"bom.docx", bomb, refusedAs(load.TooLarge)},
		{"bom-tekst.docx", docx(tb, wordOpen+strings.Repeat(wordPara, sized(2_000_000))+wordClose), refusedAs(load.TooLong)},
		{"bom-woord.docx", docx(tb, wordOpen+"<w:p><w:r><w:t>"+strings.Repeat("a", sized(200<<20))+"</w:t></w:r></w:p>"+wordClose), refusedAs(load.TooLarge)},
		{"bom-in-bom.docx", nested, refusedAs(load.Damaged)},
		{"bom-noten.docx", docx(tb, wordOpen+wordPara+wordClose, entry{"word/footnotes.xml", strings.Repeat(" ", 1<<20), sized(1 << 10)}, entry{"word/numbering.xml", "<a/>", 1}), ok},
		{"bom.odt", odt(tb, odtOpen, entry{"styles.xml", strings.Repeat("<a>", 1<<16), sized(1600)}), refusedAs(load.TooDeep)},
		{"spaties.odt", odt(tb, odtOpen+`<text:p>a<text:s text:c="2147483647"/>b</text:p>`+odtClose), ok},
		{"herhaald.odt", odt(tb, odtOpen+`<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>a</text:p></table:table-cell></table:table-row></table:table>`+odtClose), ok},
		{"overlappend.docx", overlapping(tb), refusedAs(load.TooLarge)},
		{"diep.docx", docx(tb, wordOpen+strings.Repeat("<w:ins>", 100_000)+wordPara+strings.Repeat("</w:ins>", 100_000)+wordClose), refusedAs(load.TooDeep)},
		{"diepe-tabel.docx", docx(tb, wordOpen+strings.Repeat("<w:tbl><w:tr><w:tc>", 30_000)+wordPara+strings.Repeat("</w:tc></w:tr></w:tbl>", 30_000)+wordClose), refusedAs(load.TooDeep)},
		{"diep.odt", odt(tb, odtOpen+strings.Repeat("<text:section>", 100_000)+odtPara+strings.Repeat("</text:section>", 100_000)+odtClose), refusedAs(load.TooDeep)},
		{"diepe-lijst.odt", odt(tb, odtOpen+strings.Repeat("<text:list><text:list-item>", 50_000)+odtPara+strings.Repeat("</text:list-item></text:list>", 50_000)+odtClose), refusedAs(load.TooDeep)},
		{"miljoen-rijen.docx", docx(tb, wordOpen+"<w:tbl>"+strings.Repeat("<w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>", sized(1_000_000))+"</w:tbl>"+wordClose), refusedAs(load.TooLong)},
		{"entiteiten.docx", docx(tb, entities(wordOpen, "<w:p><w:r><w:t>&a9; &uit;</w:t></w:r></w:p>"+wordClose)), refusedAs(load.Damaged)},
		{"entiteiten.odt", odt(tb, entities(odtOpen, "<text:p>&a9; &uit;</text:p>"+odtClose)), refusedAs(load.Damaged)},
		{"paden.docx", docx(tb, wordOpen+wordPara+wordClose, entry{"../../../../tmp/x.xml", "<a/>", 1}, entry{"/etc/passwd", "x", 1}, entry{`..\..\x`, "x", 1}), ok},
		{"twee-documenten.docx", docx(tb, wordOpen+wordPara+wordClose, entry{"word/document.xml", wordOpen + wordPara + wordClose, 1}), ok},
	}
}
