package dutch

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// Every case is a text with | where a sentence has to end.
var sentenceCases = map[string][]string{
	"plain": {
		"Het kabinet neemt dit serieus. |De aanpak begint nu.",
		"In deze brief\nga ik nader in op offline\ninvesteringen. |Ik sta stil bij\nde resultaten.",
		"Een alinea.\n\n|Nog een alinea",
		"Een kop zonder punt\n\n|Een alinea.",
		"Geen zicht op mensenhandel. |67 procent van de gemeenten zegt dat niet.",
		"Waar staat dit? |Hier! |Ja.",
	},
	"abbreviations": {
		"Zie nr. 178 en art. 273f van de wet, d.w.z. dit artikel. |Daarna volgt meer.",
		"Dat zei mr. dr. Jansen tegen drs. P. de Vries. |Hij zweeg.",
		"Op 4 november jl. |Hierin staat meer.",
		"Dit is bezet sinds juni jl. bezet en de liaison is begin september jl. gestart. |De liaison in Italië blijft.",
		"Het gaat om o.a. Polen en ca. 200 mensen. |Verder niets.",
		"De motie van het lid Van der Graaf c.s. en de aanbeveling. |Klaar.",
		"De motie van het lid Van der Graaf c.s. |Deze motie is aangenomen.",
		"Op 1 jan. 2020 en 3 feb. begon dit. |Het ging door.",
		"Kosten: ca. € 3 mln. |De rest volgt.",
		"De VS. |En Nederland.",
		"De kosten zijn p.p. € 5. |Dat is p.m. nog niet bekend.",
		"Zie Stb. 2018, r.o. 3.2. |De rechter in St. Michielsgestel vond No. 5 goed.",
		"De heer Jansen jr. kwam. |Hij bleef bij Fier B.V. Nederland.",
		"Zij werkt bij Fier B.V. |Daar is zij directeur.",
		"Er zijn boeken, schriften, enz. |Alles is er.",
	},
	"initials": {
		"Dat schrijft E.N.A.J. Schreinemacher aan A. Broekers-Knol. |Zij antwoordt.",
		"De brief is van H.G.J. Bruins Slot en A. De Vries. |Einde.",
		"Artikel 2.9.1, 2e lid, onderdeel a. |De minister beslist.",
		"Zie bijlage A. |Het staat er.",
	},
	"numbers": {
		"Er komen 10.000 unieke personen en 11,6 fte bij. |Dat is art. 2.8.8 van 18.10.2020.",
		"In 2018 waren het er 7. |In 2019 waren het er 8.",
		"1. Creëren van bewustwording: mensen moeten het weten. |2. Vergroten van de bereidheid.",
		"Het gaat om:\na. opvang;\nb. zorg. |Verder niets.",
		"Dat is de 3. plaats. |Mooi.",
		"Tot en met september 2020. |124 verdachten zijn er.",
		"Om 12.00 uur. |Daarna niet.",
	},
	"quotes": {
		"Bolhaar: ‘Dit is een stap. |Zo volledig mogelijk zicht is cruciaal.’ |Daarna ging hij.",
		"‘Dat is zo’, aldus de Rapporteur. |‘Een precaire situatie’, zegt zij. |Klaar.",
		"Zij vroeg: “Wie komt er?” en ging weg. |Niemand.",
		"Hij zei «op de plank.» |Daarna niets.",
		"(Zie bijlage 3.) |De rest volgt.",
		"Hij kwam. |‘Ik ben er’, zei hij.",
		"Het regent. |’s Avonds niet.",
	},
	"questions": {
		"Wat moet er gebeuren? en wie gaat wat doen? |Dat is de vraag.",
		"Waar willen we zijn over\neen aantal jaar? |Wat moet dan zijn bereikt? |Tot slot.",
	},
	"footnotes": {
		"Het programma is gestart.1 |In het coalitieakkoord staat meer.",
		"Geïnformeerd op 22 maart jl.3 |Van de problemen is een beeld opgesteld.",
		"Van 4 november jl.6. |Hierin wordt ingegaan.",
		"Zeer voorzichtig te werk moet gaan.11\n|Voorgaande laat zien.",
		"Zoals de leden Van der Graaf en Kuiken5is op dit moment lastig. |Tegelijk wel.",
		"Bij CoMensha is gemeld13. |Het is zaak.",
		"De motie is aangenomen in 2019.12 |Deze motie roept op.",
		"Dit is zo.[3] |Dat niet.",
		"Dit is zo.³ |Dat niet.",
		"Dit is het 1.5-beleid. |Klaar.",
		"Het is «zo.»4 |Daarna.",
	},
	"addresses": {
		"Kijk op www.fier.nl of https://x.nl/a.B?q=1. |Mail naar a.b@C.nl. |Klaar.",
		"Het loopt via Rijksoverheid.nl. |Daar staat het.",
	},
	"missing space": {
		"Het kan anders worden.|De rest volgt.",
		"Dit is gestart in 2018.|Het loopt tot 2022.",
		"Het gaat om het bestand Besluit.Docx van Node.JS.",
	},
	"ellipsis": {
		"Hij wachtte … en ging. |Toen kwam zij… |Einde.",
		"De wet (…) De regels [...] blijven. |Klaar.",
	},
}

func TestSentences(t *testing.T) {
	for name, cases := range sentenceCases {
		t.Run(name, func(t *testing.T) {
			for _, c := range cases {
				want := strings.Split(c, "|")
				got := Sentences(strings.Join(want, ""))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("Sentences (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestSentencesOfNothing(t *testing.T) {
	if got := Sentences(""); len(got) != 0 {
		t.Errorf("got %q, want none", got)
	}
	if got := Sentences(" \n\n "); len(got) != 1 {
		t.Errorf("got %q, want the white space as it is", got)
	}
}

func FuzzSentences(f *testing.F) {
	for _, cases := range sentenceCases {
		for _, c := range cases {
			f.Add(c)
		}
	}
	f.Add("\xff. A\x00?\n\n..\u2028…")
	f.Fuzz(func(t *testing.T, s string) {
		pieces := Sentences(s)
		if got := strings.Join(pieces, ""); got != s {
			t.Fatalf("pieces joined are %q, want %q", got, s)
		}
		for _, p := range pieces {
			if p == "" {
				t.Fatal("empty piece")
			}
			if utf8.ValidString(s) && !utf8.ValidString(p) {
				t.Fatalf("piece %q cuts a character", p)
			}
		}
	})
}

// A text without a place to cut, or with nothing else, must not cost more than
// its length: these take well under a second together, and outlast the patience
// of go test if a rule looks back or ahead without bound.
func TestSentencesLinear(t *testing.T) {
	for _, unit := range []string{"a", ".", "a.", "1", " ", "\n", "a. ", "(", "’", ".1", "A.", "…"} {
		s := strings.Repeat(unit, 1<<20/len(unit))
		if got := strings.Join(Sentences(s), ""); got != s {
			t.Errorf("%q repeated: pieces joined aren't the text", unit)
		}
	}
}
