package load

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bronwijzer/internal/docs"
)

// packed makes a zip file of parts: names and contents in turn.
func packed(tb testing.TB, parts ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for part := range slices.Chunk(parts, 2) {
		header := zip.FileHeader{Name: part[0]}
		if len(part[1]) > 1<<16 {
			header.Method = zip.Deflate // slow to set up, for fuzzing
		}
		f, err := w.CreateHeader(&header)
		if err == nil {
			_, err = f.Write([]byte(part[1]))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

const wordSpaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" ` +
	`xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" ` +
	`xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"`

// wordStylesXML has styles as a Dutch Word writes them: ids in Dutch, names in
// English.
const wordStylesXML = `<w:styles ` + wordSpaces + `>
<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="nl-NL"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Standaard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/><w:basedOn w:val="Standaard"/></w:style>
<w:style w:type="paragraph" w:styleId="Kop1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Kop2"><w:name w:val="heading 2"/><w:basedOn w:val="Kop1"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Huiskop"><w:name w:val="Huisstijlkop"/><w:basedOn w:val="Kop1"/></w:style>
<w:style w:type="table" w:default="1" w:styleId="Standaardtabel"><w:name w:val="Normal Table"/></w:style>
<w:style w:type="table" w:styleId="Tabelraster"><w:name w:val="Table Grid"/><w:basedOn w:val="Standaardtabel"/></w:style>
<w:style w:type="table" w:styleId="Lijsttabel"><w:name w:val="Light List"/><w:basedOn w:val="Standaardtabel"/><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="4F81BD"/></w:tcPr></w:tblStylePr><w:tblStylePr w:type="firstCol"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>
<w:style w:type="table" w:styleId="Lijsttabel2"><w:name w:val="Light List 2"/><w:basedOn w:val="Lijsttabel"/></w:style>
<w:style w:type="paragraph" w:styleId="Bijlagekop"><w:name w:val="Bijlage"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Inhopg1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Lijst"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="character" w:styleId="Verborgen"><w:name w:val="Verborgen"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Rond"><w:name w:val="Rond"/><w:basedOn w:val="Rond2"/></w:style>
<w:style w:type="paragraph" w:styleId="Rond2"><w:name w:val="Rond2"/><w:basedOn w:val="Rond"/></w:style>
</w:styles>`

const wordNumbersXML = `<w:numbering ` + wordSpaces + `>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2.%3"/><w:isLgl/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="4"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Artikel %1."/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="4"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/></w:lvlOverride></w:num>
</w:numbering>`

const wordNotesXML = `<w:%[1]ss ` + wordSpaces + `><w:%[1]s w:id="-1" w:type="separator"><w:p><w:r><w:t>streep</w:t></w:r></w:p></w:%[1]s>
<w:%[1]s w:id="2"><w:p><w:r><w:%[1]sRef/></w:r><w:r><w:t xml:space="preserve"> Kamerstukken II 2019/20, 28 638, nr. 181.</w:t></w:r></w:p></w:%[1]s>
<w:%[1]s w:id="3"><w:p><w:r><w:t>Niet aangehaald.</w:t></w:r></w:p></w:%[1]s></w:%[1]ss>`

// word makes a Word file with a body.
func word(tb testing.TB, body string, more ...string) []byte {
	tb.Helper()
	return packed(tb, append([]string{
		"[Content_Types].xml", "<Types/>",
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document ` + wordSpaces + `><w:body>` + body + `<w:sectPr/></w:body></w:document>`,
		"word/styles.xml", wordStylesXML,
		"word/numbering.xml", wordNumbersXML,
		"word/footnotes.xml", fmt.Sprintf(wordNotesXML, "footnote"),
		"word/endnotes.xml", fmt.Sprintf(wordNotesXML, "endnote"),
	}, more...)...)
}

// para is a paragraph with properties and runs.
func para(properties, runs string) string {
	return "<w:p><w:pPr>" + properties + "</w:pPr>" + runs + "</w:p>"
}

// run is a run of text.
func run(s string) string { return `<w:r><w:t xml:space="preserve">` + s + `</w:t></w:r>` }

func entryOf(list, level, s string) string {
	return para(`<w:numPr><w:ilvl w:val="`+level+`"/><w:numId w:val="`+list+`"/></w:numPr>`, run(s))
}

func cellOf(properties, s string) string {
	return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + para("", run(s)) + "</w:tc>"
}

// mandates are rows whose first one names the columns, and the end of their table.
var mandates = `<w:tr>` + cellOf("", "Bevoegdheid") + cellOf("", "Wie") + cellOf("", "Ondermandaat") + `</w:tr><w:tr>` +
	cellOf("", "Kappen") + cellOf("", "Hoofd Groen") + cellOf("", "nee") + `</w:tr><w:tr>` + cellOf("", "Bouwen") + cellOf("", "Hoofd Bouw") + cellOf("", "ja") + `</w:tr></w:tbl>`

const kop = `<w:p><w:pPr><w:pStyle w:val="Kop1"/></w:pPr><w:r><w:t>Kop</w:t></w:r></w:p>`

// outlined is a document as lines: the kind of a block, what stands before it,
// and its text.
func outlined(doc *docs.Document) string {
	var b strings.Builder
	for _, bl := range doc.Blocks {
		text, _ := bl.Span.Slice(doc.Text)
		before, _ := docs.Span{End: bl.Span.Start}.Slice(doc.Text)
		lead := before[strings.LastIndexByte(before, '\n')+1:]
		fmt.Fprintf(&b, "%s %s%s", []string{"p", "h", "i", "r", "l"}[bl.Kind], lead, text)
		if bl.Header != "" {
			fmt.Fprintf(&b, " {%s}", bl.Header)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestWord reads what Word writes, one thing at a time. Every body stands below a
// heading, so that its structure is as marked.
func TestWord(t *testing.T) {
	field := func(instruction, result string) string {
		return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>` + instruction + `</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` +
			result + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
	}
	box := func(s string) string {
		return `<w:txbxContent>` + para("", run(s)) + `</w:txbxContent>`
	}
	for _, c := range []struct{ name, body, want string }{
		{"text in pieces", para("", run("Een ")+run("wo")+run("ord.")), "p Een woord."},
		{"tab, break and hyphens", para("", run("Een")+`<w:r><w:tab/><w:t>twee</w:t><w:br/><w:t>niet</w:t><w:noBreakHyphen/><w:t>wes</w:t><w:softHyphen/><w:t>ters, web`+"\u00ad"+`site.</w:t></w:r>`), "p Een twee niet-westers, website."},
		{"empty line in a paragraph", para("", run("Een zin.")+`<w:r><w:br/><w:br/></w:r>`+run("Nog een.")), "p Een zin.\np Nog een."},
		{"symbols", para("", `<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t xml:space="preserve"> 3 en </w:t><w:sym w:font="Wingdings" w:char="F0E0"/><w:sym w:font="Raar" w:char="F041"/><w:sym w:font="Arial" w:char="20AC"/></w:r>`), "p ≥ 3 en →€"},
		{"raised digits", para("", run("Het jaar")+`<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>12</w:t></w:r>`+run(" telt.")), "p Het jaar¹² telt."},
		{"deleted and inserted", para("", run("Het is ")+`<w:del w:id="1"><w:r><w:delText>niet </w:delText></w:r></w:del><w:ins w:id="2"><w:r><w:t xml:space="preserve">wel </w:t></w:r></w:ins>`+run("zo.")), "p Het is wel zo."},
		{"moved", para("", `<w:moveFrom w:id="1">`+run("Weg.")+`</w:moveFrom>`+run("Blijft.")) + para("", `<w:moveTo w:id="2">`+run("Hier.")+`</w:moveTo>`), "p Blijft.\np Hier."},
		{"deleted end of a paragraph", para(`<w:rPr><w:del w:id="1"/></w:rPr>`, run("Een zin ")) + para("", run("gaat door.")), "p Een zin gaat door."},
		{"deleted row", `<w:tbl><w:tr>` + cellOf("", "a b") + cellOf("", "c") + `</w:tr><w:tr><w:trPr><w:del w:id="1"/></w:trPr>` + cellOf("", "d") + cellOf("", "e") + `</w:tr></w:tbl>`, "r a b | c"},
		{"hidden", para("", run("Wel.")+`<w:r><w:rPr><w:vanish/></w:rPr><w:t>Niet.</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Verborgen"/></w:rPr><w:t>Niet.</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> Ook.</w:t></w:r>`), "p Wel. Ook."},
		{"field", para("", run("Zie ")+field(` REF _Ref12 \h `, run("tabel 3"))+run(".")), "p Zie tabel 3."},
		{"field in a field", para("", field(`IF `+`</w:instrText></w:r>`+field("MERGEFIELD x", run("geheim"))+`<w:r><w:instrText>`, run("Dus."))), "p Dus."},
		{"field without result", para("", run("Een")+`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>XE "een"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`+run(" woord.")), "p Een woord."},
		{"simple field", para("", `<w:fldSimple w:instr="DATE">`+run("3 mei")+`</w:fldSimple>`+run(" is het.")), "p 3 mei is het."},
		{"link, tag and control", para("", `<w:hyperlink>`+run("Hier")+`</w:hyperlink><w:smartTag>`+run(" en")+`</w:smartTag><w:sdt><w:sdtContent>`+run(" daar.")+`</w:sdtContent></w:sdt>`), "p Hier en daar."},
		{"control with blocks", `<w:sdt><w:sdtPr/><w:sdtContent>` + para("", run("In een vak.")) + `</w:sdtContent></w:sdt>`, "p In een vak."},
		{"nothing filled in", para("", `<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>`+run("Klik om te typen.")+`</w:sdtContent></w:sdt>`+run("Tekst.")), "p Tekst."},
		{"contents", `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>` + para("", run("Inhoud")) + `</w:sdtContent></w:sdt>` +
			para(`<w:pStyle w:val="Inhopg1"/>`, run("1 Kop 3")) + para("", field(`TOC \o "1-3"`, run("2 Kop 4"))) + para("", run("Tekst.")), "p Tekst."},
		{"text box once", para("", run("Voor.")+`<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>`+box("In een kader.")+`</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>`+box("In een kader.")+`</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>`+run(" Na.")), "p Voor. Na.\np In een kader."},
		{"old text box", para("", `<w:r><w:pict><v:textbox>`+box("In een kader.")+`</v:textbox></w:pict></w:r>`), "p In een kader."},
		{"remarks", para("", `<w:commentRangeStart w:id="0"/>`+run("Tekst.")+`<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>`), "p Tekst."},
		{"formula", para("", run("Dus ")+`<m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath>`), "p Dus E=mc"},
		{"ruby", para("", `<w:r><w:ruby><w:rt>`+run("boven")+`</w:rt><w:rubyBase>`+run("basis")+`</w:rubyBase></w:ruby></w:r>`), "p basis"},
		{
			"notes at the end", para("", run("Het groeit")+`<w:r><w:footnoteReference w:id="2"/></w:r>`+run(" sinds 2019.")+`<w:r><w:endnoteReference w:id="2"/></w:r>`) + para("", run("Daarna niet.")),
			"p Het groeit sinds 2019.\np Daarna niet.\np 1. Kamerstukken II 2019/20, 28 638, nr. 181.\np 1. Kamerstukken II 2019/20, 28 638, nr. 181.",
		},
		{"deleted note", para("", run("Het groeit.")+`<w:del w:id="1"><w:r><w:footnoteReference w:id="2"/></w:r></w:del>`), "p Het groeit."},
		{
			"numbers", entryOf("1", "0", "een") + entryOf("1", "1", "onder een") + entryOf("1", "1", "nog een") + entryOf("1", "2", "diep") + entryOf("1", "0", "twee") + entryOf("1", "1", "onder twee"),
			"i 1. een\ni a) onder een\ni b) nog een\ni 1.2.1 diep\ni 2. twee\ni a) onder twee",
		},
		{"number that begins anew", entryOf("1", "0", "een") + entryOf("5", "0", "vier") + entryOf("5", "0", "vijf") + entryOf("1", "0", "zes"), "i 1. een\ni 4. vier\ni 5. vijf\ni 6. zes"},
		{"bullets", entryOf("2", "0", "een") + para(`<w:pStyle w:val="Lijst"/>`, run("twee")), "i - een\ni - twee"},
		{"no list", entryOf("0", "0", "geen") + entryOf("99", "0", "ook geen"), "p geen\np ook geen"},
		{"named number", entryOf("4", "0", "De minister beslist."), "i Artikel I. De minister beslist."},
		{"headings", para(`<w:pStyle w:val="Huiskop"/>`, run("Eigen stijl")) + para(`<w:pStyle w:val="Bijlagekop"/>`, run("Derde")) + para(`<w:outlineLvl w:val="3"/>`, run("Vierde")) + para(`<w:pStyle w:val="Kop2"/>`, run("Met nummer")) +
			para(`<w:pStyle w:val="Kop1"/><w:outlineLvl w:val="9"/>`, run("Gewone tekst")) + para(`<w:pStyle w:val="Rond"/>`, run("Stijl die rondgaat.")), "h Eigen stijl\nh Derde\nh Vierde\nh 1.1 Met nummer\np Gewone tekst\np Stijl die rondgaat."},
		{"bold heading", para("", `<w:r><w:rPr><w:b/></w:rPr><w:t>Wat gaan we doen?</w:t></w:r>`) + para("", `<w:r><w:rPr><w:b/></w:rPr><w:t>Let op: </w:t></w:r>`+run("dit is geen kop.")), "h Wat gaan we doen?\np Let op: dit is geen kop."},
		{
			"table", `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>` + cellOf("", "Jaar") + cellOf(`<w:gridSpan w:val="2"/>`, "Aantal") + `</w:tr><w:tr><w:trPr><w:tblHeader/></w:trPr>` + cellOf("", "") + cellOf("", "Man") + cellOf("", "Vrouw") + `</w:tr>` +
				`<w:tr>` + cellOf(`<w:vMerge w:val="restart"/>`, "2019") + cellOf("", "1|2") + cellOf("", "3") + `</w:tr><w:tr>` + cellOf(`<w:vMerge/>`, "") + cellOf("", "4") + cellOf("", "5") + `</w:tr></w:tbl>`,
			"r 2019 | 1/2 | 3 {Jaar | Aantal Man | Aantal Vrouw}\nr 2019 | 4 | 5 {Jaar | Aantal Man | Aantal Vrouw}",
		},
		{
			"table that doesn't say its header", `<w:tbl><w:tr>` + cellOf("", "Jaar") + cellOf("", "Aantal") + `</w:tr><w:tr>` + cellOf("", "2019") + cellOf("", "12") + `</w:tr><w:tr>` + cellOf("", "2020") + cellOf("", "€ 1.500") + `</w:tr></w:tbl>`,
			"r Jaar | Aantal\nr 2019 | 12 {Jaar | Aantal}\nr 2020 | € 1.500 {Jaar | Aantal}",
		},
		{
			"table whose style marks the first row", `<w:tbl><w:tblPr><w:tblStyle w:val="Lijsttabel"/><w:tblLook w:val="04A0" w:firstRow="1"/></w:tblPr>` + mandates,
			"r Bevoegdheid | Wie | Ondermandaat\nr Kappen | Hoofd Groen | nee {Bevoegdheid | Wie | Ondermandaat}\nr Bouwen | Hoofd Bouw | ja {Bevoegdheid | Wie | Ondermandaat}",
		},
		{
			"table that asks for it in the older form", `<w:tbl><w:tblPr><w:tblStyle w:val="Lijsttabel2"/><w:tblLook w:val="04A0"/></w:tblPr><w:tr>` + cellOf(`<w:gridSpan w:val="3"/>`, "Overzicht van mandaten") + `</w:tr>` + mandates,
			"p Overzicht van mandaten\nr Bevoegdheid | Wie | Ondermandaat\nr Kappen | Hoofd Groen | nee {Bevoegdheid | Wie | Ondermandaat}\nr Bouwen | Hoofd Bouw | ja {Bevoegdheid | Wie | Ondermandaat}",
		},
		{
			"table that doesn't ask for it", `<w:tbl><w:tblPr><w:tblStyle w:val="Lijsttabel"/><w:tblLook w:val="0480" w:firstRow="0"/></w:tblPr>` + mandates,
			"r Bevoegdheid | Wie | Ondermandaat\nr Kappen | Hoofd Groen | nee\nr Bouwen | Hoofd Bouw | ja",
		},
		{
			"table whose style marks nothing", `<w:tbl><w:tblPr><w:tblStyle w:val="Tabelraster"/><w:tblLook w:val="04A0" w:firstRow="1"/></w:tblPr>` + mandates,
			"r Bevoegdheid | Wie | Ondermandaat\nr Kappen | Hoofd Groen | nee\nr Bouwen | Hoofd Bouw | ja",
		},
		{
			"table with a title", `<w:tbl><w:tr>` + cellOf(`<w:gridSpan w:val="2"/>`, "Uitgaven") + `</w:tr><w:tr>` + cellOf("", "Jaar") + cellOf("", "Aantal") + `</w:tr><w:tr>` + cellOf("", "2019") + cellOf("", "12") + `</w:tr><w:tr>` + cellOf("", "2020") + cellOf("", "13") + `</w:tr></w:tbl>`,
			"p Uitgaven\nr Jaar | Aantal\nr 2019 | 12 {Jaar | Aantal}\nr 2020 | 13 {Jaar | Aantal}",
		},
		{
			"table of names and values", `<w:tbl><w:tr>` + cellOf("", "Naam") + cellOf("", "Jansen") + `</w:tr><w:tr>` + cellOf("", "Plaats") + cellOf("", "Urk") + `</w:tr><w:tr>` + cellOf("", "Leeftijd") + cellOf("", "12") + `</w:tr></w:tbl>`,
			"r Naam | Jansen\nr Plaats | Urk\nr Leeftijd | 12",
		},
		{"table of one column", `<w:tbl><w:tr><w:tc>` + para("", run("Een zin.")) + para("", run("Nog een.")) + `</w:tc></w:tr></w:tbl>`, "p Een zin.\np Nog een."},
		{"table in a table", `<w:tbl><w:tr>` + cellOf("", "links") + `<w:tc><w:tbl><w:tr>` + cellOf("", "a") + cellOf("", "b") + `</w:tr></w:tbl>` + para("", "") + `</w:tc></w:tr></w:tbl>`, "p links\nr a | b"},
		{"long cell", `<w:tbl><w:tr>` + cellOf("", "links") + cellOf("", strings.Repeat("Een zin is dit. ", 100)) + `</w:tr></w:tbl>`, "p links\np " + strings.TrimSpace(strings.Repeat("Een zin is dit. ", 100))},
		{"unknown elements", `<w:raar>` + para("", run("weg")) + `</w:raar>` + para("", `<w:raar>`+run("weg")+`</w:raar>`+run("Tekst.")), "p Tekst."},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Read("a.docx", word(t, kop+c.body))
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

func TestWordProperties(t *testing.T) {
	core := func(title, author string) string {
		return `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>` + title +
			`</dc:title><dc:creator>` + author + `</dc:creator><dcterms:created>2021-02-03T10:00:00Z</dcterms:created></cp:coreProperties>`
	}
	app := `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Company>Rijksoverheid Voorbeeld</Company></Properties>`
	styled := para(`<w:pStyle w:val="Titel"/>`, run("De titel"))
	for _, c := range []struct {
		name, body, core, app string
		want                  docs.Meta
	}{
		{"from the properties", kop + para("", run("Tekst.")), core("Aanpak van iets", "Anna Jansen"), "", docs.Meta{Title: "Aanpak van iets", Publisher: "Anna Jansen", Date: "2021-02-03"}},
		{"title in the text goes first", styled + kop + para("", run("Tekst.")), core("Aanpak", "jansen02"), app, docs.Meta{Title: "De titel", Publisher: "Rijksoverheid Voorbeeld", Date: "2021-02-03"}},
		{"date in the text goes first", para("", run("Datum")+`<w:r><w:tab/></w:r>`+run("18 november 2020")) + kop + para("", run("Tekst.")), core("Microsoft Word - Document1", "Windows-gebruiker"), "", docs.Meta{Title: "Kop", Date: "2020-11-18"}},
		{"file and number", para("", run("28 638 Mensenhandel")) + para("", run("Nr. 184 Brief van de minister")) + kop + para("", run("Tekst.")), core("brief.docx", ""), "", docs.Meta{Title: "Kop", Date: "2021-02-03", Dossier: "28 638, nr. 184"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := []string{"docProps/core.xml", c.core}
			if c.app != "" {
				parts = append(parts, "docProps/app.xml", c.app)
			}
			doc, err := Read("a.docx", word(t, c.body, parts...))
			c.want.Language = "nl-NL"
			if err != nil || doc.Title != c.want.Title || doc.Publisher != c.want.Publisher || doc.Date != c.want.Date || doc.Dossier != c.want.Dossier || doc.Language != c.want.Language {
				t.Errorf("got %+v, %v; want %+v", doc.Meta, err, c.want)
			}
		})
	}
}

// TestWordInferred: a file without headings is read as the plain text that it is.
func TestWordInferred(t *testing.T) {
	var body strings.Builder
	for _, s := range []string{"De aanpak", "", "Dit is een zin over de aanpak.", "", "Wat er komt", "Er komt geld bij. Dat is genoeg voor iedereen.", "- een", "- twee"} {
		body.WriteString(para("", run(s)))
	}
	doc, err := Read("a.docx", word(t, body.String()))
	if err != nil {
		t.Fatal(err)
	}
	const want = "h De aanpak\np Dit is een zin over de aanpak.\nh Wat er komt\np Er komt geld bij. Dat is genoeg voor iedereen.\ni - een\ni - twee\n"
	if got := outlined(&doc); got != want || doc.Title != "De aanpak" {
		t.Errorf("got %q\n%s\nwant\n%s", doc.Title, got, want)
	}
}

func TestContainerRefuses(t *testing.T) {
	good := word(t, kop+para("", run("Tekst.")))
	locked := bytes.Clone(good)
	at := bytes.LastIndex(locked, []byte("PK\x01\x02"))
	locked[at+8] |= 1
	for _, c := range []struct {
		name string
		data []byte
		want Reason
	}{
		{"nothing", nil, Damaged},
		{"no zip", []byte("Gewoon tekst."), Damaged},
		{"half of it", good[:len(good)/2], Damaged},
		{"another zip", packed(t, "a.txt", "Tekst."), Damaged},
		{"broken xml", word(t, "<w:p><w:r></w:p>"), Damaged},
		{"no body", packed(t, "word/document.xml", "<a/>"), Damaged},
		{"no text", word(t, "<w:p/>"), Empty},
		{"old Word", []byte(cfbMagic + "Word.Document.8"), Unsupported},
		{"password", []byte(cfbMagic + strings.Repeat("\x00", 500) + encryptedPackage), Encrypted},
		{"locked part", locked, Encrypted},
		{"deep tables", word(t, nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 1000)), TooDeep},
		{"deep fields", word(t, "<w:p>"+strings.Repeat(`<w:r><w:fldChar w:fldCharType="begin"/></w:r>`, 1000)+"</w:p>"), TooDeep},
		{"entities", packed(t, "word/document.xml", `<!DOCTYPE a [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><w:document `+wordSpaces+`><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>`), Damaged},
	} {
		refuses(t, c.name, c.data, c.want)
	}
}

// nested is a body deep in elements.
func nested(open, closing string, n int) string {
	return strings.Repeat(open, n) + para("", run("Tekst.")) + strings.Repeat(closing, n)
}

// refuses reads a Word file that is to be refused.
func refuses(t *testing.T, name string, data []byte, want Reason) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		_, err := Read("a.docx", data)
		var got *Error
		if !errors.As(err, &got) || got.Reason != want || got.Path != "a.docx" || got.Message() == "" {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}
