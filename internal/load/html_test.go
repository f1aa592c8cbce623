package load

import (
	"errors"
	"strings"
	"testing"
)

func TestPageMeta(t *testing.T) {
	for _, c := range []struct{ name, page, title, date, dossier, url string }{
		{"published_time", `<meta property="article:published_time" content="2031-03-03T10:00:00+01:00"><meta property="og:title" content="Een titel"><p>Tekst.`, "Een titel", "2031-03-03", "", ""},
		{"Dutch date", `<meta name="date" content="3 maart 2031"><h1>Kop</h1><p>Tekst.`, "Kop", "2031-03-03", "", ""},
		{"no day in the first", `<meta name="DCTERMS.issued" content="onbekend"><meta name="DCTERMS.available" content="2031-03-03"><h1>Kop</h1><p>Tekst.`, "Kop", "2031-03-03", "", ""},
		{"json-ld", `<script type="application/ld+json">{"@type":"NewsArticle","datePublished": "2031-03-03T10:00"}</script><h1>Kop</h1><p>Tekst.`, "Kop", "2031-03-03", "", ""},
		{"other script", `<script>{"datePublished": "2031-03-03"}</script><h1>Kop</h1><p>Tekst.`, "Kop", "", "", ""},
		{"time", `<time datetime="1999-01-01">menu</time><h1>Kop</h1><time datetime="2031-03-03">gisteren</time><p>Tekst.`, "Kop", "2031-03-03", "", ""},
		{"date line", `<h1>Kop</h1><p>Datum 3 maart 2031</p><p>Tekst.`, "Kop", "2031-03-03", "", ""},
		{"file in the title", `<title>Kamerstuk 99998, nr. 12 | Overheid.nl</title><p>Tekst.`, "Kamerstuk 99998, nr. 12 | Overheid.nl", "", "99 998, nr. 12", ""},
		{"file of the budget", `<meta name="OVERHEIDop.dossiernummer" content="99998-VI"><meta name="OVERHEIDop.ondernummer" content="3"><h1>Kop</h1><p>Tekst.`, "Kop", "", "99 998 VI, nr. 3", ""},
		{"saved", `<!-- saved from url=(0030)https://www.example.nl/zwemmen -->` + "\n<h1>Kop</h1><p>Tekst.", "Kop", "", "", "https://www.example.nl/zwemmen"},
		{"saved as a single file", "<!--\n Page saved with SingleFile\n url: https://www.example.nl/zwemmen \n saved date: gisteren\n--><h1>Kop</h1><p>Tekst.", "Kop", "", "", "https://www.example.nl/zwemmen"},
		{"odd address", `<link rel="canonical" href="/zwemmen"><meta property="og:url" content="https://www.example.nl/zwemmen"><h1>Kop</h1><p>Tekst.`, "Kop", "", "", "https://www.example.nl/zwemmen"},
	} {
		doc, err := Read("a.html", []byte(c.page))
		if err != nil || doc.Title != c.title || doc.Date != c.date || doc.Dossier != c.dossier || doc.SourceURL != c.url {
			t.Errorf("%s: got %+v, %v", c.name, doc.Meta, err)
		}
	}
}

func TestPage(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"content by its id", `<p>Menu van de site.</p><div id="Inhoud"><h2>Kop</h2><p>Tekst.</p></div><p>Voet van de site.</p>`, "h Kop\np Tekst."},
		{"id of a menu", `<div id="content"><a>Menu</a></div><h2>Kop</h2><p>Tekst.</p>`, "h Kop\np Tekst."},
		{"marks of notes", `<h2>Kop</h2><p>Een<sup><a href="#n1">1</a></sup> zin<a href="#n2"><sup>[2]</sup></a> over 10<sup>6</sup> m<sup>2</sup><span role="doc-noteref">3</span> in de 1<sup>e</sup> wijk.</p>`, "h Kop\np Een zin over 10⁶ m² in de 1e wijk."},
		{"link that is no note", `<h2>Kop</h2><p>Zie <a href="#h2">hoofdstuk 2</a> en <sup><a href="/3">3</a></sup>.</p>`, "h Kop\np Zie hoofdstuk 2 en ³."},
		{"raised text", `<h2>Kop</h2><div>Een<sup> zin die <b>lang</b> is<p>Nog een.</p></div>`, "h Kop\np Een zin die lang is\np Nog een."},
		{"notes", `<h2>Kop</h2><p>A. Jansen</p><p id="n1"><sup>12</sup> Kamerstuk 99 998, nr. 3.</p>`, "h Kop\np A. Jansen\np 12. Kamerstuk 99 998, nr. 3."},
		{"own numbers", `<h2>Kop</h2><ul><li>a. een</li><li>1.2 twee</li><li>• drie</li><li>12 mensen</li></ul><ol><li>1. vier</li></ol>`, "h Kop\ni a. een\ni - 1.2 twee\ni - drie\ni - 12 mensen\ni 1. 1. vier"},
		{"cells over rows", `<h2>Kop</h2><table><tr><th>A<th>B<th>C<tr><td rowspan=3>x<td>1<td>2<tr><td>3<td>4<tr><td colspan=2>5</table>`, "h Kop\nr x | 1 | 2 {A | B | C}\nr x | 3 | 4 {A | B | C}\nr x | 5 | {A | B | C}"},
		{"hidden by a style", `<h2>Kop</h2><p style="display:none">weg</p><p style="color:red; DISPLAY : None !important ;">weg</p><p style="visibility:hidden">weg</p><p>Wel<span style="display:none"> weg</span>.</p>` +
			`<table><tr><th>A<th>B<tr style="display:none"><td>w<td>eg<tr><td>1<td>2<td style="display: none">weg<tbody style="display:none"><tr><td>w<td>eg</table><div style="display:none" aria-labelledby="k">Gevouwen.</div>`, "h Kop\np Wel.\nr 1 | 2 {A | B}\np Gevouwen."},
		{"rows over everything", `<h2>Kop</h2><table><tr><td rowspan=99999 colspan=99999>x<td>y<tr><td>z</table>`, "h Kop\nr x" + strings.Repeat(" |", 200) + " y\nr x" + strings.Repeat(" |", 200) + " z"},
	} {
		doc, err := Read("a.html", []byte(c.page))
		if err != nil {
			t.Fatal(err)
		}
		check(t, &doc)
		if got := strings.TrimSpace(outlined(&doc)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestHides(t *testing.T) {
	for style, want := range map[string]bool{
		"display:none": true, "margin:0;Display:\n NONE": true, "display:none!important": true, "visibility: hidden ! important": true, "visibility:collapse": true,
		"display:none !important; display:block": true, "/* menu */display/**/:none": true,
		"": false, "display:block": false, "display:none;display:block": false, "display:none;display:block !important": false, "display-mode:none": false,
		"list-style:none": false, "/*display:none*/color:red": false, "/*;display:none": false, `content:";display:none"`: false, "background:url(a;display:none)": false,
		"visibility:visible": false, "--display:none": false, "display": false, "display:": false, ";;:": false,
	} {
		if got := hides(style); got != want {
			t.Errorf("hides(%q) = %v", style, got)
		}
	}
}

// TestSavedPages: what browsers make of a page beside HTML.
func TestSavedPages(t *testing.T) {
	for name, want := range map[string]bool{
		"zwemmen.html": true, "zwemmen_files/saved_resource.html": false, "a/zwemmen_bestanden/saved_resource(1).html": false,
		"zwemmen_files/verslag.html": true, "saved_resource.html": true, "zwemmen.mhtml": false,
	} {
		if got := Supported(name); got != want {
			t.Errorf("Supported(%s) = %v", name, got)
		}
	}
	archive := "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\r\n<html><p>Tekst.</p></html>"
	for _, name := range []string{"a.mhtml", "a.html", "a.mht"} {
		_, err := Read(name, []byte(archive))
		var got *Error
		if !errors.As(err, &got) || got.Reason != Unsupported || !strings.Contains(got.Message(), "webarchief") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, hint := range map[string]string{"a.doc": ".docx", "a.rtf": ".docx", "a.fodt": ".odt"} {
		_, err := Read(name, nil)
		var got *Error
		if !errors.As(err, &got) || !strings.Contains(got.Message(), hint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPageWork: a table whose cells are many for its size is refused, and no page
// takes more than its size.
func TestPageWork(t *testing.T) {
	_, err := Read("a.html", []byte("<table>"+strings.Repeat("<tr><td colspan=200>a<td>b", 2000)+"</table>"))
	var got *Error
	if !errors.As(err, &got) || got.Reason != TooLong {
		t.Errorf("got %v, want %s", err, TooLong)
	}
}
