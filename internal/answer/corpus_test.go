package answer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/e5"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/retrieve/retrievetest"
	"bronwijzer/internal/tokens"
)

// shownQuestions are those whose answers the golden file holds, for people to
// read: of each kind one or two, answered well and less well.
var shownQuestions = []string{
	"Wat is de signalentafel mensenhandel Midden-Nederland?",
	"Hoeveel fte komt er bij voor de AVIM?",
	"Wat vindt het CKM van het plan van aanpak mensenhandel?",
	"In hoeveel procent van de gemeenten is er geen zicht op mensenhandel?",
	"Waarom is de webcrawler juridisch ingewikkeld?",
	"Wat zegt de Nationaal Rapporteur over de dalende cijfers van de politie?",
	"Wat zijn de actielijnen van het Actieplan?",
	"Wat zijn de vier aanbevelingen uit het rapport Onzichtbare slachtoffers?",
	"Wanneer is de brief over opsporing en vervolging van mensenhandel verstuurd?",
	"Wie is de Nationaal Rapporteur?",
	"Naar welke landen zijn politieliaisons gestuurd?",
	"What is the escape truck project meant to do?",
	"Geldt het verbod op uitlokking ook voor lokprofielen?",
	"Wat kost een nieuw paspoort in de gemeente Utrecht?",
}

// TestCorpus answers questions about the corpus with the built-in model: those
// above as the golden file has it, all of the question set as every answer has
// to be.
func TestCorpus(t *testing.T) {
	model, err := e5.New()
	if err != nil {
		t.Fatal(err)
	}
	counter, err := tokens.New("")
	if err != nil {
		t.Fatal(err)
	}
	library, err := retrievetest.Folder(t.Context(), os.DirFS("../../corpus"), model, counter.Count)
	if err != nil {
		t.Fatal(err)
	}
	answerer := answer.NewExtractive(retrieve.New(library.Collection, model, retrieve.DefaultWeights()))
	texts := map[string]string{}
	for id, doc := range library.Documents {
		texts[id] = doc.Text
	}
	reply := func(question string) record.Answer {
		return ask(t, answerer, &shelf{texts: texts}, answer.Question{Text: question, Search: question, TopK: 10})
	}
	for _, question := range setQuestions(t) {
		reply(question)
	}
	var got strings.Builder
	for _, question := range shownQuestions {
		render(&got, question, reply(question))
	}
	path := filepath.Join("testdata", "extractive.golden")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("answers differ; run with -update and read them (-want +got):\n%s", diff)
	}
}

func setQuestions(t *testing.T) []string {
	t.Helper()
	set, err := os.ReadFile("../../corpus/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range bytes.Lines(set) {
		var q struct{ Question string }
		if err := json.Unmarshal(line, &q); err != nil {
			t.Fatal(err)
		}
		out = append(out, q.Question)
	}
	return out
}

// render writes a record as a reader sees it.
func render(b *strings.Builder, question string, rec record.Answer) {
	fmt.Fprintf(b, "Vraag: %s\n\n%s\n", question, rec.Text)
	for _, c := range rec.Citations {
		fmt.Fprintf(b, "\n[%d] %s", c.Number, strings.Join(append([]string{c.Title}, c.Section...), " > "))
		if c.Date != "" {
			fmt.Fprintf(b, ", %s", c.Date)
		}
		fmt.Fprintf(b, ", %d-%d\n    %q\n", c.Start, c.End, c.Quote)
	}
	b.WriteString(strings.Repeat("-", 40) + "\n")
}
