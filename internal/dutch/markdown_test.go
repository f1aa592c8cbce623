package dutch

import (
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
		{"Een<br>regel <!-- weg\nermee --> en <span class=\"x\">woord</span>.", "Een regel en woord ."},
		{"eerste\n> tweede\n> > derde", "eerste tweede derde"},
		{"Bezwaar.[^1] En meer[^noot].", "Bezwaar. En meer."},
		{`1\. geen lijst, \*geen\* nadruk \| streep`, "1. geen lijst, *geen* nadruk | streep"},
		{"kop {#id .klas}", "kop"},
		{"a&nbsp;b &amp; &euro; 5", "a b & € 5"},
		{"[3] los en [ ] leeg", "[3] los en [ ] leeg"},
	} {
		if got := PlainMarkdown(c.in); got != c.want {
			t.Errorf("PlainMarkdown(%q)\n got %q\nwant %q", c.in, got, c.want)
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
