//go:build ignore

// Make writes the PDF files of this folder anew from the texts beside them:
//
//	go run make.go
//
// It needs chromium, soffice (LibreOffice Writer with the Dutch hyphenation
// patterns) and pdflatex (with babel's Dutch and lmodern). What came out is in the
// repository: other versions of these programs break lines elsewhere.
//
// A text has a block on every line. What the line begins with says what it is:
// "title", "#" and "##" headings, "-" and "1." entries, "|" rows (the first one is
// the header), "!" a line by itself, "^1" a footnote, "=== 2" a new page and its
// number, "||" from
// here on two columns; all else is a paragraph. [^1] is the mark of a footnote.
package main

import (
	"fmt"
	"html"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	dir, err := os.MkdirTemp("", "make")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"rapport", "kolommen", "brief", "tabellen"} {
		text, err := os.ReadFile(name + ".txt")
		if err != nil {
			log.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if name != "brief" {
			page := write(dir, name+".html", webPage(lines))
			out, _ := filepath.Abs(name + "-chromium.pdf")
			run(dir, "chromium", "--headless", "--no-sandbox", "--no-pdf-header-footer", "--print-to-pdf="+out, page)
		}
		if name == "rapport" {
			tex := write(dir, name+".tex", latex(lines))
			run(dir, "pdflatex", "-interaction=batchmode", tex)
			run(dir, "pdflatex", "-interaction=batchmode", tex)
			move(dir, name+".pdf", name+"-latex.pdf")
		}
		odt := write(dir, name+".fodt", writer(lines, name == "tabellen"))
		run(dir, "soffice", "--headless", "--convert-to", "pdf", odt)
		move(dir, name+".pdf", name+"-libreoffice.pdf")
	}
}

func write(dir, name, text string) string {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		log.Fatal(err)
	}
	return path
}

func move(dir, from, to string) {
	data, err := os.ReadFile(filepath.Join(dir, from))
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(dir, program string, args ...string) {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1577872800")
	if out, err := cmd.CombinedOutput(); err != nil {
		log.Fatalf("%s: %v\n%s", program, err, out)
	}
}

var (
	mark   = regexp.MustCompile(`\[\^(\d+)\]`)
	number = regexp.MustCompile(`^\d+\. `)
)

// part splits a line into what it is and its text.
func part(line string) (kind, text string) {
	for _, k := range []string{"title", "##", "#", "-", "|", "!"} {
		if rest, ok := strings.CutPrefix(line, k+" "); ok {
			return k, rest
		}
	}
	switch {
	case strings.HasPrefix(line, "==="), line == "||":
		return line[:min(len(line), 3)], ""
	case strings.HasPrefix(line, "^"):
		return "^", line[1:]
	case number.MatchString(line):
		return "1.", line[len(number.FindString(line)):]
	}
	return "", line
}

// soft are words with the places where they may be broken; a browser without a
// dictionary needs to be told.
var soft = func() *strings.Replacer {
	var pairs []string
	for _, w := range strings.Fields(`vrij-willi-gers organi-satie ver-keers ver-le-ning infor-ma-tie-avond oplei-ding ver-ster-king zorg-kan-toor basis-school
		beoor-deeld voet-gangers uit-ste-kende be-wo-ners fiets-straat par-keer-plaats win-ke-liers ver-wach-ten cam-pagne
		maal-tij-den een-zame gezel-schap ver-hou-ding beroeps-krach-ten kos-ten ge-vaar-lijk uiter-waarden ko-mende`) {
		pairs = append(pairs, strings.ReplaceAll(w, "-", ""), strings.ReplaceAll(w, "-", "\u00ad"))
	}
	return strings.NewReplacer(pairs...)
}()

func webPage(lines []string) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="nl"><meta charset="utf-8"><style>
@page { size: A4; margin: 25mm; @top-left { content: "Regio Noord – onderzoek"; font: 9pt "Liberation Sans" } @bottom-right { content: "Pagina " counter(page) " van " counter(pages); font: 9pt "Liberation Sans" } }
body { font: 11pt/1.35 "Liberation Serif"; margin: 0 } h1 { font: bold 15pt "Liberation Sans" } h2 { font: bold 12pt "Liberation Sans" } .title { font: bold 22pt "Liberation Sans" }
p { margin: 0 0 6pt } .note { font-size: 8.5pt; margin: 0 } sup { font-size: 65% } .columns { columns: 2; column-gap: 10mm; text-align: justify; hyphens: manual }
td, th { padding: 2pt 18pt 2pt 0; text-align: left; vertical-align: top } .new { break-before: page }</style>`)
	item, next := "", ""
	closeList := func(k string) {
		if item != k && item != "" {
			b.WriteString(map[string]string{"-": "</ul>", "1.": "</ol>", "|": "</table>"}[item])
			item = ""
		}
		if item != k {
			b.WriteString(map[string]string{"-": "<ul>", "1.": "<ol>", "|": "<table>"}[k])
			if k == "-" || k == "1." || k == "|" {
				item = k
			}
		}
	}
	columns := false
	for _, l := range lines {
		k, text := part(l)
		before := item
		closeList(k)
		if columns {
			text = soft.Replace(text)
		}
		text = mark.ReplaceAllString(html.EscapeString(text), "<sup>$1</sup>")
		switch k {
		case "title":
			fmt.Fprintf(&b, "<title>%s</title><h1 class=title>%s</h1>\n", text, text)
		case "#":
			fmt.Fprintf(&b, "<h1%s>%s</h1>\n", next, text)
		case "##":
			fmt.Fprintf(&b, "<h2>%s</h2>\n", text)
		case "-", "1.":
			fmt.Fprintf(&b, "<li>%s</li>\n", text)
		case "|":
			cell := "td"
			if before != "|" {
				cell = "th"
			}
			b.WriteString("<tr>")
			for _, c := range strings.Split(text, " | ") {
				fmt.Fprintf(&b, "<%s>%s</%s>", cell, c, cell)
			}
			b.WriteString("</tr>\n")
		case "^":
			fmt.Fprintf(&b, "<p class=note><sup>%s</sup> %s</p>\n", text[:1], text[2:])
		case "===":
			next = " class=new"
			continue
		case "||":
			columns = true
			b.WriteString("<div class=columns>")
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", text)
		}
		next = ""
	}
	return b.String()
}

// notesOf gives the text of footnotes by their number.
func notesOf(lines []string) map[string]string {
	notes := make(map[string]string)
	for _, l := range lines {
		if k, text := part(l); k == "^" {
			notes[text[:1]] = text[2:]
		}
	}
	return notes
}

func latex(lines []string) string {
	escape := strings.NewReplacer("%", `\%`, "&", `\&`, "#", `\#`, "_", `\_`, "€", `\texteuro{}`, "’", "'", "–", "--", "«", `\guillemotleft{}`, "»", `\guillemotright{}`)
	notes := notesOf(lines)
	var b strings.Builder
	b.WriteString(`\documentclass[11pt,a4paper]{article}
\input{glyphtounicode}\pdfgentounicode=1\usepackage[T1]{fontenc}
\DeclareFontFamily{T1}{one}{}\DeclareFontShape{T1}{one}{m}{n}{<-> ec-lmr10}{}\DeclareFontShape{T1}{one}{bx}{n}{<-> ec-lmbx10}{}\DeclareFontFamily{TS1}{one}{}\DeclareFontShape{TS1}{one}{m}{n}{<-> ts1-lmr10}{}\renewcommand{\rmdefault}{one}\DeclareEncodingSubset{TS1}{one}{0}
\usepackage[utf8]{inputenc}\usepackage[dutch]{babel}\usepackage{multicol}
\usepackage[margin=35mm]{geometry}\pagestyle{myheadings}\markright{Regio Noord -- onderzoek}\setcounter{secnumdepth}{0}
\begin{document}
`)
	item, columns := "", false
	envs := map[string]string{"-": "itemize", "1.": "enumerate"}
	for _, l := range lines {
		k, text := part(l)
		if item != k && item != "" {
			if item == "|" {
				b.WriteString("\\end{tabular}\n\n")
			} else {
				fmt.Fprintf(&b, "\\end{%s}\n", envs[item])
			}
			item = ""
		}
		if item != k && envs[k] != "" {
			fmt.Fprintf(&b, "\\begin{%s}\n", envs[k])
			item = k
		}
		if k == "|" && item != k {
			b.WriteString("\n\\noindent\\begin{tabular}{lll}\n")
			item = k
		}
		text = escape.Replace(text)
		text = mark.ReplaceAllStringFunc(text, func(m string) string { return `\footnote{` + escape.Replace(notes[m[2:3]]) + `}` })
		switch k {
		case "title":
			fmt.Fprintf(&b, "\\begin{center}\\LARGE %s\\end{center}\n\n", text)
		case "#":
			fmt.Fprintf(&b, "\\section{%s}\n", text)
		case "##":
			fmt.Fprintf(&b, "\\subsection{%s}\n", text)
		case "-", "1.":
			fmt.Fprintf(&b, "\\item %s\n", text)
		case "|":
			b.WriteString(strings.ReplaceAll(text, " | ", " & ") + "\\\\\n")
		case "===":
			b.WriteString("\\newpage\n")
		case "||":
			columns = true
			b.WriteString("\\begin{multicols}{2}\n")
		case "^":
		default:
			b.WriteString(text + "\n\n")
		}
	}
	if columns {
		b.WriteString("\\end{multicols}\n")
	}
	b.WriteString("\\end{document}\n")
	return b.String()
}

// writer makes a text for LibreOffice. Only its tables may have borders: those of a
// browser have none.
func writer(lines []string, borders bool) string {
	notes := notesOf(lines)
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles>
<style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="2mm" fo:hyphenation-ladder-count="no-limit"/><style:text-properties style:font-name="Liberation Serif" fo:font-family="Liberation Serif" fo:font-size="11pt" fo:language="nl" fo:country="NL" fo:hyphenate="true" fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="2"/></style:default-style>
<style:style style:name="Standard" style:family="paragraph"/>
<style:style style:name="T" style:family="paragraph"><style:text-properties fo:font-size="20pt" fo:font-weight="bold" fo:hyphenate="false"/></style:style>
<style:style style:name="H1" style:family="paragraph"><style:text-properties fo:font-size="15pt" fo:font-weight="bold" fo:hyphenate="false"/></style:style>
<style:style style:name="H1P" style:family="paragraph" style:parent-style-name="H1"><style:paragraph-properties fo:break-before="page"/></style:style>
<style:style style:name="H2" style:family="paragraph"><style:text-properties fo:font-size="12pt" fo:font-weight="bold" fo:hyphenate="false"/></style:style>
<style:style style:name="J" style:family="paragraph"><style:paragraph-properties fo:text-align="justify"/></style:style>
<style:style style:name="F" style:family="paragraph"><style:text-properties fo:font-size="9pt"/></style:style>
<text:list-style style:name="LB"><text:list-level-style-bullet text:level="1" text:bullet-char="•"><style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-6mm" fo:margin-left="12mm"/></style:list-level-properties></text:list-level-style-bullet></text:list-style>
<text:list-style style:name="LN"><text:list-level-style-number text:level="1" style:num-suffix="." style:num-format="1"><style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-6mm" fo:margin-left="12mm"/></style:list-level-properties></text:list-level-style-number></text:list-style>
<text:notes-configuration text:note-class="footnote" style:num-format="1" text:footnotes-position="page"/>
</office:styles>
<office:automatic-styles>
<style:page-layout style:name="P"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm" fo:margin="20mm"/><style:header-style><style:header-footer-properties fo:min-height="10mm" fo:margin-bottom="5mm"/></style:header-style><style:footer-style><style:header-footer-properties fo:min-height="10mm" fo:margin-top="5mm"/></style:footer-style></style:page-layout>
<style:style style:name="C" style:family="table-cell"><style:table-cell-properties fo:padding="1mm" fo:border="0.5pt solid #000000"/></style:style>
<style:style style:name="S2" style:family="section"><style:section-properties><style:columns fo:column-count="2" fo:column-gap="10mm"/></style:section-properties></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P"><style:header><text:p text:style-name="F">Regio Noord – onderzoek</text:p></style:header><style:footer><text:p text:style-name="F">Pagina <text:page-number text:select-page="current"/> van <text:page-count/></text:p></style:footer></style:master-page></office:master-styles>
<office:body><office:text>
`)
	item, style, columns := "", "", "Standard"
	for _, l := range lines {
		k, text := part(l)
		before := item
		if item != k && item != "" {
			b.WriteString(map[string]string{"-": "</text:list>", "1.": "</text:list>", "|": "</table:table>"}[item])
			item = ""
		}
		if item != k && (k == "-" || k == "1." || k == "|") {
			b.WriteString(map[string]string{"-": `<text:list text:style-name="LB">`, "1.": `<text:list text:style-name="LN">`, "|": fmt.Sprintf(`<table:table><table:table-column table:number-columns-repeated="%d"/>`, strings.Count(text, " | ")+1)}[k])
			item = k
		}
		text = html.EscapeString(text)
		text = mark.ReplaceAllStringFunc(text, func(m string) string {
			return `<text:note text:note-class="footnote"><text:note-citation>` + m[2:3] + `</text:note-citation><text:note-body><text:p text:style-name="F">` + html.EscapeString(notes[m[2:3]]) + `</text:p></text:note-body></text:note>`
		})
		switch k {
		case "title":
			fmt.Fprintf(&b, `<text:p text:style-name="T">%s</text:p>`, text)
		case "#":
			fmt.Fprintf(&b, `<text:p text:style-name="H1%s">%s</text:p>`, style, text)
		case "##":
			fmt.Fprintf(&b, `<text:p text:style-name="H2">%s</text:p>`, text)
		case "-", "1.":
			fmt.Fprintf(&b, `<text:list-item><text:p>%s</text:p></text:list-item>`, text)
		case "|":
			name := "Standard"
			if before != "|" {
				name = "H2"
			}
			cell := ""
			if borders {
				cell = ` table:style-name="C"`
			}
			b.WriteString("<table:table-row>")
			for _, c := range strings.Split(text, " | ") {
				fmt.Fprintf(&b, `<table:table-cell%s><text:p text:style-name="%s">%s</text:p></table:table-cell>`, cell, name, c)
			}
			b.WriteString("</table:table-row>")
		case "===":
			style = "P"
			continue
		case "||":
			b.WriteString(`<text:section text:style-name="S2" text:name="S">`)
			columns = "J"
		case "^":
			continue
		default:
			fmt.Fprintf(&b, `<text:p text:style-name="%s">%s</text:p>`, columns, text)
		}
		style = ""
		b.WriteByte('\n')
	}
	if columns == "J" {
		b.WriteString("</text:section>")
	}
	b.WriteString("</office:text></office:body></office:document>\n")
	return b.String()
}
