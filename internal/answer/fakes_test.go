package answer_test

import (
	"cmp"
	"context"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/load"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

// letters are two documents, in the form of the corpus.
var letters = map[string]string{
	"pilot.txt": `De pilot signalentafel

In 2022 is een pilot van de signalentafel mensenhandel opgezet in Midden-Nederland. Aan de tafel delen zorg- en veiligheidspartners zachte signalen van mensenhandel. De pilot wordt niet voortgezet zonder aanvullende middelen van de gemeenten.

Aan het onderzoek deden 270 gemeenten mee. In 67 procent van de gemeenten is er geen zicht op de omvang van mensenhandel.`,
	"hotels.txt": `Certificering van hotels

Het certificeringsprogramma voor hotels telt ruim 200 deelnemende hotels. Het ministerie van Justitie en Veiligheid betaalt de trainingen voor hotelpersoneel. Medewerkers leren signalen van seksuele uitbuiting te herkennen.`,
}

// shelf is a Retriever that finds everything, the passages of pilot.txt first.
type shelf struct {
	result retrieve.Result
	texts  map[string]string // by document
}

func newShelf(tb testing.TB, texts map[string]string) *shelf {
	tb.Helper()
	s := &shelf{texts: map[string]string{}}
	for _, name := range []string{"pilot.txt", "hotels.txt", "hostile.txt"} {
		text, ok := texts[name]
		if !ok {
			continue
		}
		doc, err := load.Read(name, []byte(text))
		if err != nil {
			tb.Fatal(err)
		}
		doc.ID, doc.Version, doc.Date = "doc_"+strings.TrimSuffix(name, ".txt"), docs.Version(doc.Text), "2023-10-18"
		s.texts[doc.ID] = doc.Text
		for _, p := range chunk.Split(&doc, func(s string) int { return len(s) / 4 }, chunk.Config{Tokens: 60}) {
			for _, sentence := range p.Sentences {
				s.result.Sentences = append(s.result.Sentences, retrieve.Sentence{
					Sentence: sentence, Passage: len(s.result.Pool), Score: 1 - float64(len(s.result.Sentences))/100,
				})
			}
			s.result.Pool = append(s.result.Pool, retrieve.Passage{Passage: p, Document: &doc})
		}
		s.result.Documents++
	}
	s.result.Passages = s.result.Pool
	s.result.Evidence = retrieve.Evidence{Known: true, Coverage: 1, Named: 1}
	return s
}

func (s *shelf) Retrieve(ctx context.Context, _ retrieve.Query) (retrieve.Result, error) {
	return s.result, ctx.Err()
}

// handleLine is a passage of a prompt.
var handleLine = regexp.MustCompile(`(?m)^\[([a-z0-9]+)\] (.*)$`)

// model is a generator that fills in handles: {pilot}, {onderzoek}, {hotels} in
// its deltas become the handle of the first passage that holds the word.
type model struct {
	deltas []string
	err    error
	asked  []llm.Request
}

func (m *model) Model() string { return "model" }

func (m *model) Generate(ctx context.Context, req llm.Request, emit func(string) error) (llm.Usage, error) {
	m.asked = append(m.asked, req)
	prompt := req.Messages[len(req.Messages)-1].Content
	fill := func(name string) string {
		for _, line := range handleLine.FindAllStringSubmatch(prompt, -1) {
			if strings.Contains(line[2], strings.Trim(name, "{}")) {
				return "[" + line[1] + "]"
			}
		}
		return ""
	}
	for _, d := range m.deltas {
		if err := ctx.Err(); err != nil {
			return llm.Usage{}, err
		}
		if err := emit(regexp.MustCompile(`\{\w+\}`).ReplaceAllStringFunc(d, fill)); err != nil {
			return llm.Usage{}, err
		}
	}
	return llm.Usage{PromptTokens: 7, CompletionTokens: len(m.deltas)}, m.err
}

// generated is a Generated with the shelf and the model.
func generated(tb testing.TB, s *shelf, m llm.Generator) *answer.Generated {
	tb.Helper()
	g, err := answer.NewGenerated(slog.New(slog.DiscardHandler), s, m, nil, answer.GeneratedConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// ask answers a question and checks what every answer promises.
func ask(tb testing.TB, a answer.Answerer, s *shelf, q answer.Question) record.Answer {
	tb.Helper()
	var events []record.Event
	rec, err := a.Answer(tb.Context(), q, func(e record.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	checkAnswer(tb, s.texts, rec, events)
	return rec
}

var marker = regexp.MustCompile(`\[(\d+)\]`)

// checkAnswer wants exact citations, announced before their markers, no bracket
// that isn't a marker, and deltas that add up to the text.
func checkAnswer(tb testing.TB, texts map[string]string, rec record.Answer, events []record.Event) {
	tb.Helper()
	for _, c := range rec.Citations {
		if got, ok := (docs.Span{Start: c.Start, End: c.End}).Slice(texts[c.DocumentID]); !ok || got != c.Quote {
			tb.Errorf("citation %d quotes %q, the document has %q", c.Number, c.Quote, got)
		}
		if len(c.AnswerSpans) == 0 {
			tb.Errorf("citation %d supports nothing", c.Number)
		}
	}
	var text strings.Builder
	announced := 0
	for i, e := range events {
		switch e := e.(type) {
		case record.Sources:
			if i > 0 {
				tb.Error("sources came late")
			}
		case record.Cited:
			announced++
		case record.Delta:
			text.WriteString(e.Delta)
			for _, m := range marker.FindAllStringSubmatch(e.Delta, -1) {
				if n, err := strconv.Atoi(m[1]); err != nil || n > announced {
					tb.Errorf("marker %s came before its citation", m[0])
				}
			}
		}
	}
	if text.String() != rec.Text {
		tb.Errorf("deltas add up to %q, the text is %q", text.String(), rec.Text)
	}
	if rest := marker.ReplaceAllString(rec.Text, ""); strings.ContainsAny(rest, "[]【】") {
		tb.Errorf("brackets in %q", rec.Text)
	}
	if announced != len(rec.Citations) {
		tb.Errorf("%d citations announced, %d recorded", announced, len(rec.Citations))
	}
	if rec.Status == record.Answered && len(rec.Citations) == 0 {
		tb.Errorf("no citation in %q", rec.Text)
	}
}

// sortSentences puts the shelf's sentences in the order of their scores.
func sortSentences(s *shelf) {
	slices.SortStableFunc(s.result.Sentences, func(a, b retrieve.Sentence) int { return cmp.Compare(b.Score, a.Score) })
}
