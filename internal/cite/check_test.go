package cite_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// passage makes a source of a text.
func passage(text string) cite.Source {
	return cite.Source{
		Document: &docs.Document{ID: "doc_a", Meta: docs.Meta{
			Title: "Brief over het Actieplan", Publisher: "Ministerie van Justitie en Veiligheid", Date: "2023-10-18", Dossier: "28 638, nr. 184",
		}},
		Passage: docs.Passage{
			DocumentID: "doc_a", Text: text, Span: docs.Span{End: docs.Characters(text)},
			Section: []string{"No Regrets 2023", "Fier"}, Sentences: sentences(text),
		},
	}
}

func reason(t *testing.T, quote, sentence string) cite.Reason {
	t.Helper()
	v, err := cite.NewChecker(nil, "", []cite.Source{passage(quote)}).Check(t.Context(), sentence, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	if v.Supported() != (v.Reason == "") {
		t.Fatalf("verdict %+v", v)
	}
	return v.Reason
}

// TestCheckFacts writes the same sentence with one fact in another way, or with
// another fact.
func TestCheckFacts(t *testing.T) {
	tests := []struct{ quote, right, wrong string }{
		{"De uitbreiding bedraagt 17,4 fte.", "De uitbreiding bedraagt 17.4 fte.", "De uitbreiding bedraagt 174 fte."},
		{"Er waren achttien bijeenkomsten over uitbuiting.", "Er waren 18 bijeenkomsten over uitbuiting.", "Er waren tachtig bijeenkomsten over uitbuiting."},
		{"Er waren 29 bijeenkomsten over uitbuiting.", "Er waren negenentwintig bijeenkomsten over uitbuiting.", "Er waren achtentwintig bijeenkomsten over uitbuiting."},
		{"Er waren 1500 bijeenkomsten over uitbuiting.", "Er waren vijftienhonderd bijeenkomsten over uitbuiting.", "Er waren vijfhonderd bijeenkomsten over uitbuiting."},
		{"Er waren 350 bijeenkomsten over uitbuiting.", "Er waren driehonderdvijftig bijeenkomsten over uitbuiting.", "Er waren drieduizend bijeenkomsten over uitbuiting."},
		{"De brief is op 18 oktober 2021 verzonden.", "De brief is op 18-10-2021 verzonden.", "De brief is op 10-8-2021 verzonden."},
		{"De brief is op 18 oktober 2021 verzonden.", "De brief is op 2021-10-18 verzonden.", "De brief is op 2021-10-19 verzonden."},
		{"De brief is op 18.10.2021 verzonden.", "De brief is op 18 okt. 2021 verzonden.", "De brief is op 18 nov. 2021 verzonden."},
		{"De brief is op 18 oktober 2021 verzonden.", "De brief is in oktober 2021 verzonden.", "De brief is in oktober 2022 verzonden."},
		{"De brief is op 18 oktober 2021 verzonden.", "De brief is in 2021 verzonden.", "De brief is in 2020 verzonden."},
		{"De brief is op 22 maart jl. verzonden.", "De brief is op 22 maart 2023 verzonden.", "De brief is op 22 maart 2021 verzonden."},
		{"De brief is in het najaar van 2021 verzonden.", "De brief is in de herfst van 2021 verzonden.", "De brief is in het voorjaar van 2021 verzonden."},
		{"Er is € 2 miljoen beschikbaar voor opvang.", "Er is 2.000.000 euro beschikbaar voor opvang.", "Er is € 200.000 beschikbaar voor opvang."},
		{"Er is 2,5 miljard euro beschikbaar voor opvang.", "Er is € 2,5 mld beschikbaar voor opvang.", "Er is € 2,5 mln beschikbaar voor opvang."},
		{"Er zijn 58 fte beschikbaar voor opvang.", "Er zijn 58 fte beschikbaar voor opvang.", "Er zijn 58 euro beschikbaar voor opvang."},
		{"Bij 55 procent van de gemeenten is zicht.", "Bij 55 % van de gemeenten is zicht.", "Bij 55 van de gemeenten is 5 procent zicht."},
		{"Meer dan de helft van de gemeenten heeft zicht.", "Meer dan 50 procent van de gemeenten heeft zicht.", "Meer dan een kwart van de gemeenten heeft zicht."},
		{"De Kamer krijgt elk jaar een voortgangsbrief.", "De Kamer krijgt jaarlijks een voortgangsbrief.", "De Kamer krijgt maandelijks een voortgangsbrief."},
		{"De tweede fase van de proeftuin loopt.", "De 2e fase van de proeftuin loopt.", "De derde fase van de proeftuin loopt."},
		{"Het dossier heeft nummer 28 638.", "Het dossier heeft nummer 28638.", "Het dossier heeft nummer 28639."},
		{"Strafbaar is het volgens artikel 273f.", "Het is strafbaar volgens artikel 273f.", "Het is strafbaar volgens artikel 273g."},
		{"Het OM leidt de opsporing.", "Het Openbaar Ministerie leidt de opsporing.", "Het COA leidt de opsporing."},
		{"Het Openbaar Ministerie leidt de opsporing.", "Het OM leidt de opsporing.", "Het CJIB leidt de opsporing."},
		{"De opvang in Polen is geopend.", "De Poolse opvang is geopend.", "De Roemeense opvang is geopend."},
		{"Duitsland leidt het deelproject.", "Duitsland leidt het deelproject.", "Frankrijk leidt het deelproject."},
		{"Dat zegt Shamir Ceuleers over de opvang.", "Shamir Ceuleers zegt dat over de opvang.", "Mark Harbers zegt dat over de opvang."},
		{"De opvang is uitgebreid.", "Volgens het ministerie van Justitie en Veiligheid is de opvang uitgebreid.", "Volgens het ministerie van Binnenlandse Zaken is de opvang uitgebreid."},
		{"De opvang is uitgebreid.", "In de brief van 18 oktober 2023 staat dat de opvang is uitgebreid.", "In de brief van 18 oktober 2022 staat dat de opvang is uitgebreid."},
		{"De opvang is uitgebreid.", "In Kamerstuk 28 638, nr. 184, staat dat de opvang is uitgebreid.", "De opvang is met 184 plaatsen uitgebreid."},
		{"De opvang is uitgebreid.", "De opvang van Fier is uitgebreid.", "De opvang van Koraal is uitgebreid."},
	}
	for _, tt := range tests {
		if got := reason(t, tt.quote, tt.right); got != "" {
			t.Errorf("%q: %q is %s", tt.quote, tt.right, got)
		}
		if got := reason(t, tt.quote, tt.wrong); got != cite.WrongFact {
			t.Errorf("%q: %q is %q, want %s", tt.quote, tt.wrong, got, cite.WrongFact)
		}
	}
}

func TestCheckReasons(t *testing.T) {
	const pilot = "In 2022 is een pilot van de signalentafel opgezet."
	tests := []struct {
		quote, sentence string
		want            cite.Reason
	}{
		{pilot, "De pilot van de signalentafel is in 2022 opgezet.", ""},
		{pilot, "Volgens de brief is in 2022 een pilot van de signalentafel opgezet.", ""},
		{pilot, "De pilot is in 2022 niet opgezet.", cite.Contradicted},
		{pilot, "De pilot van de signalentafel is in 2023 opgezet.", cite.WrongFact}, // the year of the letter
		{pilot, "De gemeenteraad vergaderde over de begroting.", cite.Unfounded},
		{pilot, "Dat staat er niet in.", cite.Declined},
		{pilot, "Ja.", cite.Empty},
		{pilot, "En zo is het.", cite.Empty},
		{pilot, "“…”", cite.Empty},
		{pilot, strings.Repeat("De pilot is in 2022 opgezet en ", 60), cite.TooLong},
		{pilot, "In 2022 a pilot of the signal table was set up.", cite.Unfounded}, // nothing to tell its meaning by
		{"De training is niet verplicht voor agenten.", "De training is verplicht voor agenten.", cite.Contradicted},
		{"De training is niet verplicht voor agenten.", "De training voor agenten is niet verplicht.", ""},
		{"De training is niet verplicht, maar wel gratis.", "De training is gratis.", ""},
		{"Er is geen zicht op de omvang van uitbuiting.", "Er is zicht op de omvang van uitbuiting.", cite.Contradicted},
		{"De kennis van rechercheurs is onvoldoende.", "De kennis van rechercheurs is niet voldoende.", ""},
		{"De kennis van rechercheurs is onvoldoende.", "De kennis van rechercheurs is voldoende.", cite.Contradicted},
		{"Het aantal slachtoffers stijgt volgens de politie.", "Het aantal slachtoffers daalt volgens de politie.", cite.Contradicted},
		{"Er is 58 fte voor opsporing en 29 fte voor registratie.", "Er is 29 fte voor opsporing en 58 fte voor registratie.", cite.Swapped},
		{"Er is 58 fte voor opsporing en 29 fte voor registratie.", "Voor registratie is er 29 fte en voor opsporing 58 fte.", ""},
		{"Duitsland leidt het project, ondersteund door Nederland.", "Nederland leidt het project, ondersteund door Duitsland.", cite.Swapped},
		{"Op de aanpak mist het CKM investeringen in techniek.", "De politie mist investeringen in de aanpak van techniek.", cite.WrongFact},
		{"Volgens het CKM is het plan van aanpak te mager.", "Volgens het kabinet is het plan van aanpak te mager.", cite.WrongFact},
		{"Volgens de regering is het plan van aanpak te mager.", "Volgens het kabinet is het plan van aanpak te mager.", ""},
		{"De gemeentelijke aanpak van uitbuiting is versterkt.", "De aanpak van uitbuiting door gemeenten is versterkt.", ""},
		{"Ik heb de opvang in Leeuwarden bezocht.", "De staatssecretaris heeft de opvang in Leeuwarden bezocht.", ""},
		{"Ik heb de opvang in Leeuwarden bezocht.", "De inspectie heeft de opvang in Leeuwarden bezocht.", cite.WrongFact},
		{"De politie begeleidt slachtoffers, ondersteund door gemeenten.", "Gemeenten begeleiden slachtoffers, ondersteund door de politie.", cite.Swapped},
		{"Dit is minder dan het doel voor opsporing, maar meer dan de 145 verdachten van 2019.", "Het aantal daalt na de 145 verdachten van 2019.", cite.Contradicted},
		{"Dit is minder dan het doel voor opsporing, maar meer dan de 145 verdachten van 2019.", "Het aantal is meer dan de 145 verdachten van 2019.", ""},
		{"De prognose ligt hoger dan de realisatie.", "De prognose ligt lager dan de realisatie.", cite.Contradicted},
		{"Het aantal meldingen steeg vergeleken met 2019.", "Het aantal meldingen steeg ten opzichte van 2019.", ""},
		{"In 2022 begon een pilot. Eind 2023 volgt een grondslag voor de pilot.", "In 2023 begon een pilot.", cite.WrongFact},
	}
	for _, tt := range tests {
		if got := reason(t, tt.quote, tt.sentence); got != tt.want {
			t.Errorf("%q: %q is %q, want %q", tt.quote, tt.sentence, got, tt.want)
		}
	}
}

// TestCheckOwners gives a number or date of the quote to what has another one
// there.
func TestCheckOwners(t *testing.T) {
	tests := []struct{ quote, right, wrong string }{
		{"Er zijn 200 hotels en 127 certificaten.", "Er zijn 127 certificaten.", "Er zijn 127 hotels."},
		{"Er is 58 fte voor opsporing en 29 fte voor registratie.", "Er is 29 fte voor registratie.", "Er is 29 fte voor opsporing."},
		{"Er is 58 fte voor opsporing en 29 fte voor registratie.", "Voor registratie is er 29 fte, en voor opsporing 58 fte.", "58 fte is voor registratie en 29 fte voor opsporing."},
		{"In 2022 zijn 340 woningen opgeleverd in Noord en 120 in Zuid.", "In Zuid zijn in 2022 120 woningen opgeleverd.", "In Zuid zijn in 2022 340 woningen opgeleverd."},
		{"Voor vrouwen zijn er 64 plaatsen, voor mannen 20 en voor gezinnen 15.", "Voor mannen zijn er 20 plaatsen.", "Voor vrouwen zijn er 15 plaatsen."},
		{"Het aantal meldingen steeg van 310 in 2020 naar 475 in 2021.", "In 2020 waren er 310 meldingen, in 2021 waren het er 475.", "In 2021 waren er 310 meldingen."},
		{"In 87 procent van de gemeenten is er zicht, terwijl 43 procent prioriteit geeft.", "43 procent van de gemeenten geeft prioriteit.", "87 procent van de gemeenten geeft prioriteit."},
		{"De doelstelling was 190 voor 2020; in 2019 waren er 145 verdachten.", "De doelstelling voor 2020 was 190 verdachten.", "In 2019 waren er 190 verdachten."},
		{"Arnhem opende in mei en Zwolle in juni.", "Zwolle opende in juni.", "Zwolle opende in mei."},
		{"De nieuwe plek in Kroatië is in juni bezet en de plek in Polen is begin september bezet.", "De plek in Polen is begin september bezet.", "De plek in Kroatië is begin september bezet."},
		{"De brief komt in het voorjaar en het rapport in het najaar.", "Het rapport komt in het najaar.", "Het rapport komt in het voorjaar."},
		{"De eerste fase kost 2 miljoen euro en de tweede 3 miljoen euro.", "De tweede fase kost 3 miljoen euro.", "De tweede fase kost 2 miljoen euro."},
		{"Er waren 17 leden, van wie 3 ouder dan zestig waren.", "Er waren 3 leden ouder dan zestig.", "Er waren 17 ouder dan zestig."},
	}
	for _, tt := range tests {
		if got := reason(t, tt.quote, tt.right); got != "" {
			t.Errorf("%q: %q is %s", tt.quote, tt.right, got)
		}
		if got := reason(t, tt.quote, tt.wrong); got != cite.Swapped {
			t.Errorf("%q: %q is %q, want %s", tt.quote, tt.wrong, got, cite.Swapped)
		}
	}
}

func TestCheckQuotes(t *testing.T) {
	first := "De brief gaat over mensenhandel. De pilot van de signalentafel is in 2022 opgezet. Daar delen partners zachte signalen. De brief is lang."
	second := "Het programma begon in 2018. SHOP bereikt arbeidsmigranten in Gouda."
	third := "De politie en het OM bespreken de webcrawler. De kaders zijn ruim. Zij wegen het belang per keer."
	fourth := "Per keer moeten de politie en het OM de kaders voor de webcrawler wegen. De kaders zijn nieuw."
	sources := []cite.Source{passage(first), passage(second), passage(third), passage(fourth)}
	for _, tt := range []struct {
		sentence string
		cited    []int
		want     []string
		status   record.CitationStatus
	}{
		{"De signalentafel is in 2022 als pilot opgezet.", []int{0}, []string{"De pilot van de signalentafel is in 2022 opgezet."}, record.Verified},
		{"De signalentafel is in 2022 als pilot opgezet.", []int{1}, []string{"De pilot van de signalentafel is in 2022 opgezet."}, record.Corrected},
		{"De signalentafel is in 2022 als pilot opgezet.", nil, []string{"De pilot van de signalentafel is in 2022 opgezet."}, record.Corrected},
		{"De signalentafel is in 2022 als pilot opgezet.", []int{-1, 7}, []string{"De pilot van de signalentafel is in 2022 opgezet."}, record.Corrected},
		{
			"De signalentafel is in 2022 als pilot opgezet en partners delen daar zachte signalen.",
			[]int{0},
			[]string{"De pilot van de signalentafel is in 2022 opgezet. Daar delen partners zachte signalen."},
			record.Verified,
		},
		{
			"Het programma begon in 2018 en de pilot van de signalentafel is in 2022 opgezet.",
			[]int{0, 1},
			[]string{"De pilot van de signalentafel is in 2022 opgezet.", "Het programma begon in 2018."},
			record.Verified,
		},
		{"Het programma begon in 2018 en de pilot van de signalentafel is in 2022 opgezet.", []int{0}, nil, ""},
		{ // what was cited has its words in three sentences, another passage in one
			"Per keer moeten de politie en het OM de kaders voor de webcrawler wegen.",
			[]int{2},
			[]string{"Per keer moeten de politie en het OM de kaders voor de webcrawler wegen."},
			record.Corrected,
		},
	} {
		v, err := cite.NewChecker(nil, "", sources).Check(t.Context(), tt.sentence, tt.cited)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, q := range v.Quotes {
			text, err := sources[q.Source].Quote(q.Span)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, text)
			if q.Status != tt.status {
				t.Errorf("%q: status %s, want %s", tt.sentence, q.Status, tt.status)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q, cited %v (-want +got):\n%s", tt.sentence, tt.cited, diff)
		}
	}
}

// TestCheckShortAnswer reads what says little with the question.
func TestCheckShortAnswer(t *testing.T) {
	source := passage("In 2015 begon SHOP met spreekuren in Den Haag. In 2021 begon SHOP met spreekuren in Gouda.")
	c := cite.NewChecker(nil, "In welk jaar begon SHOP met spreekuren in Den Haag?", []cite.Source{source})
	for sentence, want := range map[string]bool{"In 2015.": true, "In 2021.": false, "In 2016.": false} {
		v, err := c.Check(t.Context(), sentence, []int{0})
		if err != nil || v.Supported() != want {
			t.Errorf("%q: %+v %v, want %v", sentence, v, err, want)
		}
	}
}

// failing is an embedder that can't.
type failing struct{ llm.Embedder }

var errAway = errors.New("away")

func (failing) Embed(context.Context, llm.Kind, []string) ([]llm.Vector, error) { return nil, errAway }

func TestCheckFailsWithItsEmbedder(t *testing.T) {
	c := cite.NewChecker(failing{}, "", []cite.Source{passage("De pilot is in 2022 opgezet in Utrecht.")})
	if err := c.Prepare(t.Context()); !errors.Is(err, errAway) {
		t.Errorf("prepare: %v", err)
	}
	if _, err := c.Check(t.Context(), "De pilot is in 2022 opgezet.", []int{0}); !errors.Is(err, errAway) {
		t.Errorf("check: %v", err)
	}
	v, err := c.Check(t.Context(), "De pilot is in 2023 begonnen.", []int{0})
	if err != nil || v.Supported() {
		t.Errorf("a sentence that fails before its meaning counts: %+v %v", v, err)
	}
}

func TestDeclines(t *testing.T) {
	for sentence, want := range map[string]bool{
		"Dat staat er niet in.":                                                true,
		"Dit staat niet in de documenten.":                                     true,
		"Het antwoord op deze vraag staat niet in de bronnen.":                 true,
		"De passages geven hier geen antwoord op.":                             true,
		"De verstrekte fragmenten bevatten geen informatie over Utrecht.":      true,
		"Hierover is geen informatie beschikbaar.":                             true,
		"Over de kosten staat niets in de brief.":                              true,
		"In de tekst wordt niet vermeld hoeveel verdachten er waren.":          true,
		"Op basis van de bronnen kan ik deze vraag niet beantwoorden.":         true,
		"Dat weet ik niet.":                                                    true,
		"The provided passages do not contain this information.":               true,
		"There is no information about the costs in the documents.":            true,
		"I cannot find an answer to this question.":                            true,
		"Dat is in de documenten niet te vinden.":                              true,
		"De pilot is in 2022 opgezet.":                                         false,
		"De pilot staat niet stil.":                                            false,
		"Geen van de maatregelen gaat over een Europese aanpak.":               false,
		"In 55 procent van de gemeenten is geen zicht op mensenhandel.":        false,
		"Er is nog onvoldoende kennis bij de politie.":                         false,
		"De training is niet verplicht.":                                       false,
		"Zachte signalen worden niet altijd gedeeld.":                          false,
		"Het Wetboek van Strafvordering voorziet nog niet in een bevoegdheid.": false,
		"Het OM kan de webcrawler nog niet inzetten.":                          false,
		"The plan does not contain measures against online recruitment.":       false,
	} {
		if got := cite.Declines(sentence); got != want {
			t.Errorf("%q: %v", sentence, got)
		}
	}
}

// TestCheckHostileText wants an end to texts without one, and no support.
func TestCheckHostileText(t *testing.T) {
	source := passage("De pilot is in 2022 opgezet. De kosten zijn 2 miljoen euro.")
	c := cite.NewChecker(nil, "", []cite.Source{source})
	for _, unit := range []string{"1", "A", "a ", "niet ", "1.", "A B ", "en ", "-", "é", "\xff", "2022 "} {
		for _, n := range []int{1, 100, 1200} {
			v, err := c.Check(t.Context(), strings.Repeat(unit, n/len(unit)), []int{0})
			if err != nil {
				t.Fatal(err)
			}
			if v.Supported() {
				t.Errorf("%q %d times is supported", unit, n/len(unit))
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("De pilot is in 2022 opgezet.", "In 2022 is een pilot opgezet. Niet in 2023.", "Wanneer?")
	f.Add("29-1-2020 2e € 3 mln 28 638 OM's (JenV) één", "Nr. 3 %", "")
	f.Fuzz(func(t *testing.T, sentence, text, question string) {
		source := passage(text)
		if len(source.Passage.Sentences) == 0 {
			return
		}
		v, err := cite.NewChecker(nil, question, []cite.Source{source}).Check(t.Context(), sentence, []int{0})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range v.Quotes {
			if _, err := source.Quote(q.Span); err != nil {
				t.Errorf("%q in %q: %v", sentence, text, err)
			}
		}
	})
}

// TestEcho: a small model wrapped the question in a statement, and the words of
// the question carried it.
func TestEcho(t *testing.T) {
	const question = "Hoeveel landen doen mee aan EMPACT THB?"
	quote := "Een ander aspect betreft de trekkersrol van Nederland van EMPACT THB, het EU-project waaraan 29 landen en vier EU-agentschappen deelnemen."
	src := cite.Source{
		Document: &docs.Document{ID: "doc"},
		Passage: docs.Passage{
			ID: "p", DocumentID: "doc", Text: quote, Plain: quote, Span: docs.Span{End: len(quote)},
			Sentences: []docs.Sentence{{Span: docs.Span{End: len(quote)}, Text: quote, Plain: quote}},
		},
	}
	for sentence, want := range map[string]bool{
		`De passage "Hoeveel landen doen mee aan EMPACT THB?" is het voorheiende landen van Nederland.`: false,
		"Aan EMPACT THB nemen 29 landen en vier EU-agentschappen deel.":                                 true,
	} {
		verdict, err := cite.NewChecker(nil, question, []cite.Source{src}).Check(t.Context(), sentence, []int{0})
		if err != nil {
			t.Fatal(err)
		}
		if verdict.Supported() != want {
			t.Errorf("%q: supported %t (%v), want %t", sentence, verdict.Supported(), verdict.Reason, want)
		}
	}
}
