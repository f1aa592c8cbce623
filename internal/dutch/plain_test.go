package dutch

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" \n\t ", ""},
		{"  In deze\nbrief\r\n ga\u00a0ik  in\u2028op. ", "In deze brief ga ik in op."},
		{"be\u00adleid\u200b en \ufeffmeer", "beleid en meer"},
		{"👩\u200d👧 hier", "👩\u200d👧 hier"},
		{"a\x00b\x1bc", "abc"},

		// behind a word
		{"effect te zijn van deze maatregelen1.", "effect te zijn van deze maatregelen."},
		{"politie van dit jaar3 betreft", "politie van dit jaar betreft"},
		{"en 3B) de webcrawler2. In 4)", "en 3B) de webcrawler. In 4)"},
		{"aanbevelingen gedaan18, waarop", "aanbevelingen gedaan, waarop"},
		{"de leden Van der Graaf en Kuiken5is op dit", "de leden Van der Graaf en Kuiken is op dit"},
		{"Kuiken8 ook opgeroepen", "Kuiken ook opgeroepen"},
		{"in het huidige traject6 wordt", "in het huidige traject wordt"},
		{"over dit programma20.", "over dit programma."},
		{"het beleid[12] en zo.[3] Dan [4] nog", "het beleid en zo. Dan [4] nog"},
		{"het beleid¹² en zo.³ 5 km² of 3 m³", "het beleid en zo. 5 km² of 3 m³"},

		// behind a stop
		{"gestart.1 In het", "gestart. In het"},
		{"te werk moet gaan.11\nVoorgaande", "te werk moet gaan. Voorgaande"},
		{"vergroten van de aangiftebereidheid.5", "vergroten van de aangiftebereidheid."},
		{"op 22 maart jl.3 Van de problemen", "op 22 maart jl. Van de problemen"},
		{"hieromtrent.7 De opgehaalde", "hieromtrent. De opgehaalde"},
		{"aangenomen in 2019.12 In", "aangenomen in 2019. In"},
		{"zie noot.104 De", "zie noot. De"},

		{"mijn brief van 25 oktober jl.1 heb ik", "mijn brief van 25 oktober jl. heb ik"},
		{"van 4 november jl.6. Hierin", "van 4 november jl. Hierin"},

		// behind a closing mark
		{"de «wegingsfactoren»12 uitpakken", "de «wegingsfactoren» uitpakken"},
		{"(artikel 46 Sr)10 gericht", "(artikel 46 Sr) gericht"},

		// behind a year
		{"de brief van 17 december 201916 is", "de brief van 17 december 2019 is"},
		{"Mensenhandel in 201917 gepresenteerd", "Mensenhandel in 2019 gepresenteerd"},
		{"Veiligheidsagenda 2019–202212.", "Veiligheidsagenda 2019–2022."},
	} {
		if got := Plain(c.in); got != c.want {
			t.Errorf("Plain(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

// What is no footnote number has to stay: a reader would be told something else.
func TestPlainKeeps(t *testing.T) {
	for _, s := range []string{
		"(Kamerstuk 28 638, nr. 178) werd", "COVID-19 en covid19", "EMPACT2", "de G20", "CO2 en CO2-uitstoot",
		"een A4 en een A4'tje", "artikel 273f", "de 1e en 2e lid", "3B) De webcrawler", "2015-2019", "2015–2019",
		"mp3, html5, web2 en pm10.", "peer2peer en vrouw4vrouw", "fase2 en groep8.", "nr.5 en art.3 en blz.12",
		"p.3 en v.2", "op jan.1 en dec.31", "in 2018 74 personen", "€ 201500 en 195000 euro", "20150 mensen", "op 0201234567",
		"(020)12 34", "12.00 uur", "artikel 2.9.1, 2e lid", "10.000", "11,6 fte (+34,8)", "O.J. 2019/17",
		"jaar3.5 is", "versie2020", "AVIM12", "postcode 2500EH", "1) de verkenning", "in 2019 299 slachtoffers",
		"zaak201916", "nummer 201916", "wet3", "Horizon2020", "H2O", "3G, 4G en 5G", "[3] los", "iPhone12 en Office365",
		"maxlength=\"7\"", "het cijfer \"1\" en '2'", "(1) en [2b]",
	} {
		if got := Plain(s); got != s {
			t.Errorf("Plain(%q) = %q", s, got)
		}
	}
}

// letters are what Plain must never touch.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"jaar3 en\n201916 is", "gestart.1 In", "«x»12 ", "Kuiken5is", "a\u00adb[1]²", "\xff1."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Plain(s)
		if len(got) > len(s) && utf8.ValidString(s) {
			t.Errorf("Plain(%q) = %q is longer", s, got)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Plain(%q) = %q isn't UTF-8", s, got)
		}
		if strings.ContainsAny(got, "\n\r\t\u00a0") || strings.Contains(got, "  ") || got != strings.TrimSpace(got) {
			t.Errorf("Plain(%q) = %q has white space left", s, got)
		}
		if letters(got) != letters(s) {
			t.Errorf("Plain(%q) = %q has other letters", s, got)
		}
	})
}

func TestPlainLinear(t *testing.T) {
	for _, unit := range []string{"a", "1", "a1 ", ".1", "[1]", "[", "²", " ", "jaar3 ", "»1 ", "20191 "} {
		if got := Plain(strings.Repeat(unit, 1<<20/len(unit))); len(got) > 1<<20 {
			t.Errorf("%q repeated grew to %d bytes", unit, len(got))
		}
	}
}
