package dutch

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// spell writes terms as one line: = marks another reading, ~ a stop word.
func spell(terms []Term) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		if t.Alt {
			b.WriteByte('=')
		}
		if t.Stop {
			b.WriteByte('~')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

func TestTerms(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{" \n–…", ""},
		{"De Aanpak van mensenhandel.", "~de aanpak ~van mensenhandel"},
		{"programma-coördinatie", "programmacoordinatie =programma =coordinatie"},
		{"zorg- en opvangorganisaties", "zorg ~en opvangorganisaties"},
		{"foto's, Rutte’s ‘plan’", "foto rutte plan"},
		{"zo'n", "~zo'n"},
		{"z.o.z. of d.w.z. J.P. Balkenende", "zoz ~of dwz jp balkenende"},
		{"Einde.Begin", "einde begin"},
		{"17,4 en 17.4", "17.4 ~en 17.4"},
		{"10.000 en 10 000 en 1.234,56", "10000 ~en 10000 =10 =000 ~en 1234.56"},
		{"10,000", "10.000 =10000"},
		{"28 638, nr. 184", "28638 =28 =638 nr 184"},
		{"28\u00a0638", "28638 =28 =638"},
		{"in 2018 270 gemeenten", "~in 2018 270 gemeenten"},
		{"1,5 200", "1.5 200"},
		{"2014–2018", "2014-2018 =2014 =2018"},
		{"18-10-2019", "18-10-2019 =18 =10 =2019"},
		{"1.2.3", "1.2.3"},
		{"jaar3 en Kuiken5is", "jaar3 =jaar ~en kuiken5is =kuiken =~is"},
		{"17 december 201916", "17 december 201916 =2019"},
		{"87fte 3B)", "87fte =87 =fte 3b =3"},
		{"17-jarige", "17jarige =17 =jarige"},
		{"Het OM en OM-verdachten", "~het om ~en omverdachten =om =verdachten"},
		{"het gaat om geld", "~het ~gaat ~om geld"},
		{"mensen\u00adhandel", "mensenhandel"},
		{"ﬁnanciën ĳsvrij", "financien ijsvrij"},
		{"What is the plan?", "~what ~is ~the plan"},
		{"\xffkapot\xfe", "kapot"},
	}
	for _, tt := range tests {
		if got := spell(Terms(tt.in)); got != tt.want {
			t.Errorf("Terms(%q)\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func FuzzTerms(f *testing.F) {
	for _, s := range []string{"", "28 638, nr. 184", "Kuiken5is", "z.o.z.", "a-b-c", "\xff", "1.2,3 456", "É’s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, term := range Terms(s) {
			if term.Start < 0 || term.End > len(s) || term.Start >= term.End {
				t.Fatalf("%q: span [%d,%d)", s, term.Start, term.End)
			}
			if term.Start < end && !term.Alt {
				t.Fatalf("%q: %q begins at %d, inside the token before it", s, term.Text, term.Start)
			}
			end = term.End
			if term.Text == "" || !utf8.ValidString(term.Text) || Fold(term.Text) != term.Text {
				t.Fatalf("%q: term %q is empty, invalid or not folded", s, term.Text)
			}
		}
	})
}

func TestFold(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"gewoon 12", "gewoon 12"},
		{"Coördinatie ÉÉN", "coordinatie een"},
		{"e\u0301e\u0301n", "een"},
		{"ĲSSELMEER ĳs", "ijsselmeer ijs"},
		{"‘a’ “b” „c” d–e f−g", `'a' "b" "c" d-e f-g`},
		{"œuvre Æ ß ﬁets", "oeuvre ae ss fiets"},
		{"af\u00adbreken\ufeff", "afbreken"},
		{"€\u00a05", "€ 5"},
		{"İ ẞ Ł", "i ss l"},
		{"😀", "😀"},
		{"\xff", "\ufffd"},
	}
	for _, tt := range tests {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q): got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Ĳß’ﬁ")
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if !utf8.ValidString(once) {
			t.Fatalf("Fold(%q) = %q isn't valid UTF-8", s, once)
		}
		if diff := cmp.Diff(once, Fold(once)); diff != "" {
			t.Fatalf("folding %q twice: %s", s, diff)
		}
	})
}

// TestFoldAllRunes goes through all planes with letters that have a case or a
// decomposition, which a fuzzer won't.
func TestFoldAllRunes(t *testing.T) {
	for r := rune(0); r <= 0x1ffff; r++ {
		once := Fold(string(r))
		if twice := Fold(once); twice != once {
			t.Errorf("%U: folds to %q, then to %q", r, once, twice)
		}
	}
}

func TestStem(t *testing.T) {
	groups := [][]string{
		{"organisatie", "organisaties"},
		{"ministerie", "ministeries"},
		{"commissie", "commissies"},
		{"strategie", "strategieen"},
		{"idee", "ideeen"},
		{"huis", "huizen"},
		{"brief", "brieven"},
		{"advies", "adviezen"},
		{"verlies", "verliezen"},
		{"slachtoffer", "slachtoffers"},
		{"dienst", "diensten"},
		{"ambtenaar", "ambtenaren"},
		{"maatregel", "maatregelen"},
		{"opsporing", "opsporingen"},
	}
	for _, g := range groups {
		for _, w := range g[1:] {
			if Stem(w) != Stem(g[0]) {
				t.Errorf("Stem(%q) = %q, Stem(%q) = %q", g[0], Stem(g[0]), w, Stem(w))
			}
		}
	}
	for _, w := range []string{"", "a", "om", "2018", strings.Repeat("ab", 100)} {
		if got := Stem(w); got != w {
			t.Errorf("Stem(%q) = %q", w, got)
		}
	}
}

func FuzzStem(f *testing.F) {
	for _, s := range []string{"organisaties", "ies", "zzz", "\xff\xfe", "één", "IJ", "yyy"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" && Stem(s) == "" {
			t.Fatalf("Stem(%q) is empty", s)
		}
	})
}

func TestSplitCompound(t *testing.T) {
	vocabulary := wordSet("mensenhandel", "mensen", "handel", "beleid", "slachtoffer", "monitor", "politie", "opsporing",
		"gemeente", "stuur", "wachten", "zoek", "heid", "onder", "over", "veiligheid", "jeugd", "zorg", "instelling", "arbeid", "uitbuiting",
		"opium", "regio", "plan", "plannen")
	known := func(w string) bool { _, ok := vocabulary[w]; return ok }
	tests := []struct{ in, want string }{
		{"mensenhandelbeleid", "mensenhandel beleid"},
		{"slachtoffermonitor", "slachtoffer monitor"},
		{"politieliaisons", "politie liaisons"},
		{"opsporingsdiensten", "opsporing diensten"},
		{"gemeentebeleid", "gemeente beleid"},
		{"jeugdzorginstelling", "jeugd zorg instelling"},
		{"veiligheidsmonitor", "veiligheid monitor"},
		{"arbeidsuitbuiting", "arbeid uitbuiting"},
		{"opiumwet", "opium wet"},
		{"mensenhandel", "mensen handel"},
		{"regioplannen", "regio plannen"},
		{"bestuur", ""},
		{"verwachten", ""},
		{"onderzoek", ""},
		{"overheid", ""},
		{"onbekendheid", ""},
		{"beleid", ""},
		{"", ""},
		{"belëidbeleid", ""},
		{strings.Repeat("beleid", 30), ""},
	}
	for _, tt := range tests {
		if got := strings.Join(SplitCompound(tt.in, known), " "); got != tt.want {
			t.Errorf("SplitCompound(%q): got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkTerms(b *testing.B) {
	text := strings.Repeat("De Nationaal Rapporteur constateert dat het kabinet de aanpak van mensenhandel in 2018 serieus neemt. ", 10)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Terms(text)
	}
}
