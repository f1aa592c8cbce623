package dutch

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlainMarkdown(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Gewone tekst, niets\nmeer.", "Gewone tekst, niets meer."},
		{"Lees [meer](https://x.nl/a_(b) \"Titel\") of [dit][1].", "Lees meer of dit."},
		{"[![logo](a.png)](/) en ![een beeld](b.png).", "logo en een beeld."},
		{"**Let op:** dit is *echt* _zo_, ~~niet~~ `code` en __dat__.", "Let op: dit is echt zo, niet code en dat."},
		{"2 * 3 * 4 en snake_case_naam en a*b*c", "2 * 3 * 4 en snake_case_naam en a*b*c"},
		{"Mail <info@x.nl> of <https://x.nl/a>.", "Mail info@x.nl of https://x.nl/a."},
		{"Een<br>regel <!-- weg\nermee --> en <span class=\"x\">woord</span>.", "Een regel en woord."},
		{"eerste\n> tweede\n> > derde", "eerste tweede derde"},
		{"Bezwaar.[^1] En meer[^noot].", "Bezwaar. En meer."},
		{`1\. geen lijst, \*geen\* nadruk \| streep`, "1. geen lijst, *geen* nadruk | streep"},
		{"kop {#id .klas}", "kop"},
		{"a&nbsp;b &amp; &euro; 5", "a b & € 5"},
		{"[3] los en [ ] leeg", "[3] los en [ ] leeg"},

		// code is left as it is
		{"Gebruik het `<section>` element, of `a_b_c` en `**`.", "Gebruik het <section> element, of a_b_c en **."},
		{"Zet `maxlength=\"7\"` en ``a `b` c`` en `locale: {...}`.", "Zet maxlength=\"7\" en a `b` c en locale: {...}."},
		{"een ` los teken <b>en</b> vet", "een ` los teken en vet"},

		// tags, JSX and shortcodes
		{"Zie <a href=\"#\" onclick=\"toon(e, {a: 'b'})\">de hulp</a>.", "Zie de hulp."},
		{"<span style={{ color: 'red' }}>Pas op!</span>{\" \"}Dit <Link to='/x'>ook</Link>", "Pas op! Dit ook"},
		{"<img alt=\"Een > twee. Drie\"\n width=\"5\" />Tekst", "Tekst"},
		{"a < b en c > d, <5 jaar en 3<4", "a < b en c > d, <5 jaar en 3<4"},
		{"{{< figuur src=\"a.png\" >}}Tekst{{% /let-op %}} en {% include x.md %}meer", "Tekst en meer"},
		{"{/* weg */}Tekst", "Tekst"},

		// attributes, not what looks like them
		{"[Naar het IAMA](https://x.nl/a){ .md-button } hier", "Naar het IAMA hier"},
		{"Maatregelen { data-search-exclude }", "Maatregelen"},
		{"[x](y){:target=\"_blank\"} en [z](w){target=_blank}", "x en z"},
		{"de formule {werkwoord} + {zelfstandig naamwoord}", "de formule {werkwoord} + {zelfstandig naamwoord}"},

		// emphasis over lines, and cut off by a border of sentences
		{"**Let\nop:** dit. ***Heel* erg**", "Let op: dit. Heel erg"},
		{"***\"Een zin.", "\"Een zin."},
		{"De laatste zin.\".***", "De laatste zin.\"."},
		{"*a* *b* *c* en _d_ _e_", "a b c en d e"},
		{"de staat*, zie onder", "de staat*, zie onder"},

		// links of other shapes
		{"[Besluit [2019] over x](a 'titel') en [y](<a b>) en [z]({% link a.md %})", "Besluit [2019] over x en y en z"},

		// entities, breaks, definitions
		{"vri&#x65;nd&#101;lijk &copy; R&D &onzin; a&copy=b", "vriendelijk © R&D &onzin; a&copy=b"},
		{"Een kop  \nWijs erop.", "Een kop – Wijs erop."},
		{"Een kop<br>Wijs erop.<br />Ja", "Een kop – Wijs erop. Ja"},
		{"het ministerie van  \nFinanciën en\\\nmeer", "het ministerie van Financiën en meer"},
		{"E-mailadres\n:   Kan niet\nworden gewijzigd.", "E-mailadres: Kan niet worden gewijzigd."},
		{"Naam</dt>\n<dd class=\"x\">Jos</dd>", "Naam: Jos"},
	} {
		if got := PlainMarkdown(c.in); got != c.want {
			t.Errorf("PlainMarkdown(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestSentencesMarkdown(t *testing.T) {
	for _, want := range [][]string{
		{"Gewoon. ", "Twee zinnen."},
		{"Zie [wat is er? — Jan](https://x.nl/a.B). ", "Dan dit."},
		{"Zie [de site.](x) ", "[Lees meer](y) hier. ", "**Let op.** ", "Ja!"},
		{"<img alt=\"Een. Twee\"\n/> Tekst. ", "<strong>Pas op!</strong> ", "Dit is het.", "<br>Dan dit."},
		{"Voer `a. B` uit. ", "`npm x.y` is dit."},
		{"Een zin.<sup>1</sup> ", "Nog een.[^2] ", "Slot."},
		{"Een zin. ", "<!-- Een. Twee -->Nog een."},
		{"***Het idee is zo. ", "De rest volgt.*** ", "_Dan._ ", "Ja."},
		{"Een zin.\n", "> Nog een."},
		{"Maak snake_case. ", "2 * 3. ", "Vier &nbsp; vijf."},
	} {
		if got := SentencesMarkdown(strings.Join(want, "")); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func FuzzSentencesMarkdown(f *testing.F) {
	for _, s := range []string{"[a. B](b). C **d.** E", "<a>. B</a> `c. D` <!-- E. F", "> _x._\n>> y[^1]. {{< z >}}", "\xff*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := strings.Join(SentencesMarkdown(s), ""); got != s {
			t.Errorf("SentencesMarkdown(%q) joined is %q", s, got)
		}
	})
}

// TestMarkdownLinear takes an age if a mark is looked for from every other.
func TestMarkdownLinear(t *testing.T) {
	for _, unit := range []string{"[", "[a](", "<a ", "<a {>", "`", "``a`", "**a", "_a", "{", "<!--", "{/*", "&a;", "\n:", "  \nA", "a.[b. "} {
		s := strings.Repeat(unit, 1<<15/len(unit))
		if got := strings.Join(SentencesMarkdown(s), ""); got != s || len(PlainMarkdown(s)) > 2*len(s) {
			t.Errorf("%q repeated came back otherwise", unit)
		}
	}
}

func FuzzPlainMarkdown(f *testing.F) {
	for _, s := range []string{"[a](b) **c** `d`", "<a>![b][c]\\*&amp;", "> _x_\n>> y[^1]", "\xff*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := PlainMarkdown(s)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\t") || strings.Contains(got, "  ") {
			t.Errorf("PlainMarkdown(%q) = %q", s, got)
		}
	})
}
