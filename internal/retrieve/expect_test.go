package retrieve

import (
	"testing"

	"bronwijzer/internal/docs"
)

func TestExpect(t *testing.T) {
	tests := []struct {
		question string
		want     want
		counted  string
	}{
		{"Hoeveel gemeenten deden er mee?", aNumber, "gemeenten"},
		{"hoeveel van de slachtoffers is minderjarig?", aNumber, "slachtoffers"},
		{"HOEVEEL OM-verdachten waren er in 2018?", aNumber, "om-verdachten"},
		{"Met hoeveel?", aNumber, ""},
		{"Welk percentage van de gemeenten heeft geen zicht?", aNumber, ""},
		{"Hoe vaak komt er een voortgangsbrief?", aNumber, ""},
		{"How many countries take part?", aNumber, "countries"},
		{"How old are the victims?", aNumber, ""},
		{"Wanneer begon de pilot?", aDate, ""},
		{"In welk jaar is CoMensha opgericht?", aDate, ""},
		{"What year did it start, and why?", aDate, ""},
		{"Hoe laat begint de zitting?", aDate, ""},
		{"Wie beslist daarover?", aName, ""},
		{"Naar welk land gaat de liaison?", aName, ""},
		{"In welke Nederlandse gemeente staat het?", aName, ""},
		{"Where is the office?", aName, ""},
		{"Waarom is de webcrawler ingewikkeld?", aReason, ""},
		{"Om welke reden stopte het?", aReason, ""},
		{"Why did it stop?", aReason, ""},
		{"Welke soorten expertise zijn er?", aList, ""},
		{"Noem de vijf actielijnen.", aList, ""},
		{"What are the goals?", aList, ""},
		{"Is het plan alleen voor minderjarigen?", anything, ""},
		{"Wat is een JIT?", anything, ""},
		{"", anything, ""},
		// The most telling kind wins, wherever its word stands.
		{"Waarom daalt het, en met hoeveel meldingen?", aNumber, "meldingen"},
		{"Wie weet wanneer het begint?", aDate, ""},
		// No question words inside others.
		{"Is waarneming van wieken of whose nodig?", anything, ""},
	}
	for _, tt := range tests {
		got := expect(tt.question)
		if got.want != tt.want || got.counted != tt.counted {
			t.Errorf("%q: got %d, counted %q, want %d, %q", tt.question, got.want, got.counted, tt.want, tt.counted)
		}
	}
}

func TestMet(t *testing.T) {
	tests := []struct {
		question, sentence string
		want               bool
	}{
		{"Hoeveel?", "Er deden 270 gemeenten mee.", true},
		{"Hoeveel?", "Er waren Vier bijeenkomsten.", true},
		{"Hoeveel?", "Er deden veel gemeenten mee.", false},
		{"Hoeveel?", "Het was een vierkant plan.", false},
		{"Wanneer?", "Op 18 oktober 2019 verscheen de monitor.", true},
		{"Wanneer?", "De periode 2018-2022 is voorbij.", true},
		{"Wanneer?", "Het begint op 1-4-2019.", true},
		{"Wanneer?", "Het streven is het voorjaar.", true},
		{"Wanneer?", "Het is sinds Juni bezet.", true},
		{"Wanneer?", "Op 5 mei is het feest.", true},
		{"Wanneer?", "Dat mei is geen dag.", false},
		{"Wanneer?", "Het kost 2500 euro en 12345 uur.", false},
		{"Wanneer?", "Er waren 3019 meldingen.", false},
		{"Wie?", "Het besluit is aan het Openbaar Ministerie.", true},
		{"Wie?", "Besloten wordt door niemand.", false},
		{"Wie?", "OM beslist daarover.", true},
		{"Wie?", "A beslist daarover.", false},
		{"Wie werkt samen met het CKM?", "Daar zit het CKM bij.", false},
		{"wie werkt samen met het ckm?", "Daar zit het CKM bij.", false},
		{"Wie werkt samen met het CKM?", "Daar zitten CKM en ‘Fier’ bij.", true},
		{"Waarom?", "Want er is te weinig geld.", true},
		{"Waarom?", "Het komt door het weer.", true},
		{"Waarom?", "Het ging door.", false},
		{"Welke?", "Digitale, financiële en analytische expertise.", true},
		{"Welke?", "Digitale, financiële, analytische expertise.", true},
		{"Welke?", "De punten: een en al.", true},
		{"Welke?", "De actielijnen luiden als volgt:", true},
		{"Welke?", "Digitale, maar dure expertise.", false},
		{"Welke?", "Zorg en opvang.", false},
		{"Is dat zo?", "Ja, 270, 2019, OM, omdat: alles.", false},
		{"Hoeveel?", "", false},
		{"Wanneer?", "- - -", false},
	}
	for _, tt := range tests {
		s := docs.Sentence{Plain: tt.sentence}
		if got := expect(tt.question).met(s, words(tt.sentence)); got != tt.want {
			t.Errorf("%q, %q: got %t, want %t", tt.question, tt.sentence, got, tt.want)
		}
	}
	list := docs.Sentence{Kind: docs.List, Plain: "een"}
	if !expect("Welke?").met(list, words(list.Plain)) {
		t.Error("a list doesn't meet a question for one")
	}
}

func TestCounts(t *testing.T) {
	tests := []struct {
		question, sentence string
		want               bool
	}{
		{"Hoeveel slachtoffers waren er?", "Er waren 299 minderjarige slachtoffers.", true},
		{"Hoeveel slachtoffer waren er?", "Slachtoffers: 299.", true},
		{"Hoeveel fte komt erbij?", "Er komt 87 fte bij.", true},
		{"Hoeveel fte komt erbij?", "Er komt 87 ft bij.", false},
		{"Hoeveel slachtoffers waren er?", "In 2019 kwamen via de chat van Fier slachtoffers in beeld.", false},
		{"Hoeveel slachtoffers waren er?", "Er waren veel slachtoffers.", false},
		{"Hoe vaak?", "Er waren 299 slachtoffers.", false},
	}
	for _, tt := range tests {
		if got := expect(tt.question).counts(words(tt.sentence)); got != tt.want {
			t.Errorf("%q, %q: got %t, want %t", tt.question, tt.sentence, got, tt.want)
		}
	}
}

func TestQuestion(t *testing.T) {
	for sentence, want := range map[string]bool{
		"Wat moet dan zijn bereikt?": true, "Hij vroeg: ‘Waarom?’ ": true, "(Of toch niet?)": true,
		"Dat is de vraag.": false, "Waarom? Daarom.": false, "": false,
	} {
		if got := question(sentence); got != want {
			t.Errorf("%q: got %t, want %t", sentence, got, want)
		}
	}
}
