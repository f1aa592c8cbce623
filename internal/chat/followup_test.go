package chat_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/load"
	"bronwijzer/internal/retrieve"
)

const corpus = "../../corpus"

// turns makes a history: question, answer, question, …
func turns(texts ...string) []llm.Message {
	var out []llm.Message
	for i, text := range texts {
		role := llm.User
		if i%2 == 1 {
			role = llm.Assistant
		}
		out = append(out, llm.Message{Role: role, Content: text})
	}
	return out
}

// TestSearchQuestionBounded: what is searched for doesn't grow with what a
// caller sends along as history.
func TestSearchQuestionBounded(t *testing.T) {
	many := strings.Repeat("mensenhandel in gemeenten ", 30_000)
	for name, history := range map[string][]llm.Message{
		"question": turns(many, "Ja."),
		"one word": turns(strings.Repeat("w", 800_000), "Ja."),
		"chain":    turns("En "+many, "Ja.", "En "+many, "Ja.", "En "+many, "Ja."),
		"offer":    turns("Wat doet het CKM?", "Wilt u weten "+many+"?"),
	} {
		question := "En wanneer was dat?"
		if name == "offer" {
			question = "ja"
		}
		if n := utf8.RuneCountInString(chat.SearchQuestion(history, question)); n > 2000 {
			t.Errorf("%s: got %d code points, want at most 2000", name, n)
		}
	}
}

func TestSearchQuestion(t *testing.T) {
	pilot := turns("Wat is de signalentafel mensenhandel Midden-Nederland?", "Een overleg van zorg en politie.")
	const topic = " (signalentafel mensenhandel Midden-Nederland)"
	long := append(turns("Wat doet het CKM?", "Veel.", "Hoeveel mensen werken daar?", "Twintig."), turns("En in 2019?", "Tien.")...)
	for _, tt := range []struct {
		name     string
		history  []llm.Message
		question string
		want     string
	}{
		{"no history", nil, "En in 2019?", "En in 2019?"},
		{"demonstrative", pilot, "In welk jaar is die pilot opgezet?", "In welk jaar is die pilot opgezet?" + topic},
		{"and", pilot, "En waarom?", "En waarom?" + topic},
		{"short", pilot, "Waarom?", "Waarom?" + topic},
		{"definite", pilot, "Wat zijn de kosten?", "Wat zijn de kosten?" + topic},
		{"stranded", pilot, "Doen er gemeenten aan mee?", "Doen er gemeenten aan mee?" + topic},
		{"person", pilot, "Wat zeggen zij over privacy?", "Wat zeggen zij over privacy?" + topic},
		{"ellipsis", pilot, "Hoe vaak gebeurt het dan?", "Hoe vaak gebeurt het dan?" + topic},
		{"stands by itself", pilot, "Hoeveel fte komt er bij voor de AVIM?", "Hoeveel fte komt er bij voor de AVIM?"},
		{"relative", pilot, "Hoe heet een misdaad die je alleen ontdekt door te zoeken?", "Hoe heet een misdaad die je alleen ontdekt door te zoeken?"},
		{"this year", pilot, "Welke film won dit jaar een Oscar?", "Welke film won dit jaar een Oscar?"},
		{"its own antecedent", pilot, "Wie leidt de proeftuin van Fier, en wat kost die proeftuin?", "Wie leidt de proeftuin van Fier, en wat kost die proeftuin?"},
		{"chain", long, "En daarna?", "En daarna? (2019; mensen werken; CKM)"},
		{"not thanks", append(pilot, turns("Dank je wel!", "Graag gedaan.")...), "En de kosten daarvan?", "En de kosten daarvan?" + topic},
		{"names whole", turns("Wat is No Place for Sex Trafficking?", "Een programma."), "Wie doet daaraan mee?", "Wie doet daaraan mee? (No Place for Sex Trafficking)"},
		{"chain of more", append(turns("Wat is DIGW?", "Een loods.", "Wie heeft dat ontwikkeld?", "De politie."), long[2:]...), "En daarna?", "En daarna? (2019; mensen werken; DIGW)"},
		{"names in capitals", turns("Wat doet het OM?", "Veel.", "Wat zegt de Tweede Kamer daarover?", "Niets."), "Waarom?", "Waarom? (Tweede Kamer; OM)"},
		{
			"offer", turns("Wat is de signalentafel?", "Een overleg. Wilt u ook weten in welk jaar de pilot is opgezet?"), "Ja, graag!",
			"En in welk jaar de pilot is opgezet? (signalentafel)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := chat.SearchQuestion(tt.history, tt.question); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestLeans wants follow-ups to take the topic along, and questions with a topic
// of their own to leave it, however short they are.
func TestLeans(t *testing.T) {
	history := turns("Hoeveel fte komt er bij de AVIM?", "87 fte.")
	for _, question := range []string{
		"Waarvan hoeveel voor mensenhandel?", "Waarvan de helft in 2020?", "Waarvoor?", "Hoeveel in 2021?", "Hoeveel voor mensenhandel?",
		"Hoeveel per jaar?", "Hoeveel waren er in 2019?", "In welke talen?", "Welke landen?", "In Gouda?", "2021?",
		"Vertel meer over het tweede", "Vertel eens meer", "Meer", "Kun je dat korter zeggen?", "Bedoel je de politie?", "Geef eens een voorbeeld",
		"Wat zijn de kosten?", "Kosten?", "De voorwaarden?", "Wat is het belangrijkste doel?", "Wat is het eerste?", "Wie heeft de leiding?", "Hoe lang duurt het project?",
		"Wie voert het uit?", "Wanneer is het klaar?", "Waar wordt het gebruikt?", "Wie mag het gebruiken?", "Is het gratis?", "Waarom is het ingewikkeld?",
	} {
		if got, want := chat.SearchQuestion(history, question), question+" (fte AVIM)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, question := range []string{
		"Wat is de signalentafel?", "Wie is de minister?", "Wat is het lokprofiel?", "Wat is het Actieplan?", "Wat is het Tallon-criterium?",
		"CKM", "OM", "mensenhandel", "Chinese arbeidsmigranten", "De escapetruck", "Kosten webcrawler", "Artikel 273f",
		"Wat doet het OM?", "Wat is de rol van CoMensha?", "Is het Actieplan gratis?", "Van wanneer is het Actieplan?", "Wanneer is het Actieplan klaar?",
		"Waarvoor staat CKM?", "Waarvoor dient de escapetruck?", "Wat voor programma is EMPACT?", "In welke steden werkt SHOP?", "Wat is het plan van aanpak?",
		"Hoeveel van de gemeenten hebben een aandachtsfunctionaris?", "Vertel meer over de escapetruck", "Noem drie voorbeelden van uitbuiting", "WAT IS DE WEBCRAWLER?",
	} {
		if got := chat.SearchQuestion(history, question); got != question {
			t.Errorf("got %q, want %q", got, question)
		}
	}
}

// TestTopicStays wants the topic to outlive what says nothing, until there is a
// new one.
func TestTopicStays(t *testing.T) {
	var history []llm.Message
	for _, tt := range []struct{ question, want string }{
		{"Welke projecten zijn er voor jongens?", ""},
		{"Vertel meer over het tweede", " (projecten jongens)"},
		{"Hoezo?", " (projecten jongens)"},
		{"Weet je dat zeker?", " (projecten jongens)"},
		{"Waar staat dat?", " (projecten jongens)"},
		{"Wie voert het uit?", " (projecten jongens)"},
		{"Wat is de webcrawler?", ""},
		{"Leg dat eens uit", " (webcrawler)"},
		{"Waarom is die ingewikkeld?", " (webcrawler)"},
		{"CKM", ""},
		{"Vertel eens meer", " (CKM)"},
		{"Vat het Actieplan samen", ""},
		{"Wat is het doel ervan?", " (Actieplan)"},
	} {
		if got := chat.SearchQuestion(history, tt.question); got != tt.question+tt.want {
			t.Errorf("got %q, want %q", got, tt.question+tt.want)
		}
		history = append(history, turns(tt.question, "Een antwoord.")...)
	}
}

// followUp is a line of testdata/followups.jsonl: questions about the corpus, what
// they mean, and where the answer stands.
type followUp struct {
	ID, Question, Full string
	History            []llm.Message
	Gold               []struct {
		Doc        string
		Start, End int
	}
}

// TestFollowUpsFindAsMuch wants the search for follow-ups by rules to find the
// answer among the first five passages as often as the search for questions
// that were written out by hand, but for one.
//
// It goes by words alone, to be quick. With the built-in embedder the rules find
// 15 of these 15 and hand-written questions 15, and first of all 14 and 14.
func TestFollowUpsFindAsMuch(t *testing.T) {
	retriever := retrieve.New(indexed(t), nil, retrieve.DefaultWeights())
	byRules, byHand, unaided := 0, 0, 0
	for _, f := range readLines[followUp](t, "testdata/followups.jsonl") {
		rules, hand := finds(t, retriever, f, chat.SearchQuestion(f.History, f.Question)), finds(t, retriever, f, f.Full)
		byRules, byHand, unaided = byRules+rules, byHand+hand, unaided+finds(t, retriever, f, f.Question)
		if rules < hand {
			t.Logf("%s: not found with %q", f.ID, chat.SearchQuestion(f.History, f.Question))
		}
	}
	t.Logf("found by rules %d, by hand %d, as asked %d", byRules, byHand, unaided)
	if byRules < byHand-1 || byRules <= unaided {
		t.Errorf("found by rules %d, by hand %d, as asked %d", byRules, byHand, unaided)
	}
}

// TestQuestionsStandByThemselves wants the corpus's questions to be left alone
// in a conversation about something else.
func TestQuestionsStandByThemselves(t *testing.T) {
	history := turns("Wat is een fietspad?", "Een weg voor fietsers.")
	for _, q := range readLines[struct{ Type, Question string }](t, filepath.Join(corpus, "questions.jsonl")) {
		if got := chat.SearchQuestion(history, q.Question); (got != q.Question) != (q.Type == "followup") {
			t.Errorf("%s question becomes %q", q.Type, got)
		}
	}
}

// finds is 1 when the answer is in one of the first five passages.
func finds(t *testing.T, r *retrieve.Retriever, f followUp, text string) int {
	t.Helper()
	found, err := r.Retrieve(t.Context(), retrieve.Query{Text: text, K: 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range found.Passages {
		for _, g := range f.Gold {
			if p.DocumentID == g.Doc && p.Span.Overlaps(docs.Span{Start: g.Start, End: g.End}) {
				return 1
			}
		}
	}
	return 0
}

// indexed is the corpus, without vectors; documents go by their file names.
func indexed(t *testing.T) *index.Collection {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents in %s: %v", corpus, err)
	}
	collection := index.NewCollection(nil, 0)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := load.Read(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		doc.ID, doc.Version = filepath.Base(file), docs.Version(doc.Text)
		change := index.Change{DocumentID: doc.ID}
		for _, p := range chunk.Split(&doc, func(s string) int { return len(s) / 4 }, chunk.Config{}) {
			change.Add = append(change.Add, index.Entry{Document: &doc, Passage: p})
		}
		if err := collection.Apply(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	return collection
}

// readLines reads a file of JSON values, one a line.
func readLines[T any](t *testing.T, path string) []T {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}
