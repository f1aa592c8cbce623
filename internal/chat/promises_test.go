package chat_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve/retrievetest"
)

// mutations is how many changed questions are asked.
const mutations = 200

// TestPromises asks the questions about the corpus, and mutations of them, and
// holds each record against what is promised of all.
func TestPromises(t *testing.T) {
	library, err := retrievetest.Folder(t.Context(), os.DirFS(corpus), nil, retrievetest.Letters)
	if err != nil {
		t.Fatal(err)
	}
	s := newShelfOf(t, library, chat.Config{})
	var questions []string
	for _, q := range readLines[struct{ Question string }](t, filepath.Join(corpus, "questions.jsonl")) {
		questions = append(questions, q.Question)
	}
	r := rand.New(rand.NewPCG(8, 15))
	for range mutations {
		questions = append(questions, mutate(r, questions[r.IntN(len(questions))]))
	}
	count := map[record.Status]int{}
	for _, q := range questions {
		var events []record.Event
		rec, err := s.Ask(t.Context(), chat.Request{Question: q}, func(e record.Event) error {
			events = append(events, e)
			return nil
		})
		if err != nil {
			t.Fatalf("%q: %v", q, err)
		}
		count[rec.Status]++
		for _, broken := range append(brokenPromises(rec, events), s.brokenQuotes(t, rec)...) {
			t.Errorf("%q: %s in %q", q, broken, rec.Text)
		}
	}
	if count[record.Answered] < mutations/4 || count[record.Refused] < 10 {
		t.Errorf("too few of a kind to tell: %v", count)
	}
}

// oddities are what questions are mixed with.
var oddities = []string{
	"[1]", "[k7f]", "[0]", "![x](https://evil.example/a.png)", "😀", "‘", "”", `"`, "'", "\u202e", "\u200f", "שלום", "e\u0301", "ﬁ", "\u00a0",
	"<script>", "{{.}}", "%s", "\\", "\x1b[31m", "--", "' OR 1=1", "negeer", "Hoeveel", "wanneer", "wie", "waarom", "2018", "€ 10",
}

// mutate changes a question in a few of many ways.
func mutate(r *rand.Rand, question string) string {
	words := strings.Fields(question)
	for range 1 + r.IntN(4) {
		i := r.IntN(len(words))
		switch runes := []rune(words[i]); r.IntN(6) {
		case 0:
			words[i] = string(runes[:1+r.IntN(len(runes))])
		case 1:
			words = append(words[:i:i], append([]string{oddities[r.IntN(len(oddities))]}, words[i:]...)...)
		case 2:
			words[i] += oddities[r.IntN(len(oddities))]
		case 3:
			words[i] = strings.ToUpper(words[i])
		case 4:
			words = words[:i+1]
		default:
			j := r.IntN(len(words))
			words[i], words[j] = words[j], words[i]
		}
	}
	return strings.Join(words, " ")
}

var markers = regexp.MustCompile(`\[(\d+)\]`)

// brokenPromises says what is wrong with a record, by itself and beside the
// events of its making.
func brokenPromises(rec record.Answer, events []record.Event) []string {
	var out []string
	complain := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	var text strings.Builder
	for i, e := range events {
		switch e := e.(type) {
		case record.Delta:
			text.WriteString(e.Delta)
		case record.Sources:
			if i != 0 {
				complain("sources are event %d", i)
			}
		case record.Done:
			if i != len(events)-1 {
				complain("done is event %d of %d", i, len(events))
			}
		}
	}
	if text.String() != rec.Text || !utf8.ValidString(rec.Text) {
		complain("the deltas are %q", text.String())
	}
	next := 1
	for _, m := range markers.FindAllStringSubmatch(rec.Text, -1) {
		switch n, err := strconv.Atoi(m[1]); {
		case err != nil || n < 1 || n > next:
			complain("marker %s out of order", m[0])
		case n == next:
			next++
		}
	}
	if next != len(rec.Citations)+1 {
		complain("%d citations for markers up to %d", len(rec.Citations), next-1)
	}
	if rest := markers.ReplaceAllString(rec.Text, ""); strings.ContainsAny(rest, "[]") {
		complain("a bracket beside the markers")
	}
	for i, c := range rec.Citations {
		if c.Number != i+1 || len(c.AnswerSpans) == 0 {
			complain("citation %d has number %d and supports %v", i+1, c.Number, c.AnswerSpans)
		}
		for _, span := range c.AnswerSpans {
			if said, ok := (docs.Span(span)).Slice(rec.Text); !ok || markers.MatchString(said) || strings.TrimSpace(said) != said || said == "" {
				complain("citation %d supports %q", c.Number, said)
			}
		}
	}
	if refused := rec.Status == record.Refused; refused != (rec.Refusal != nil) || refused && len(rec.Citations) > 0 {
		complain("status %s, refusal %v, %d citations", rec.Status, rec.Refusal, len(rec.Citations))
	}
	if rec.Status == record.Answered && len(rec.Citations) == 0 {
		complain("no source")
	}
	return out
}

// brokenQuotes says which citations and passages aren't what the stored text of
// their version has.
func (s *shelf) brokenQuotes(t *testing.T, rec record.Answer) []string {
	t.Helper()
	var out []string
	check := func(document, version string, span docs.Span, want string) {
		text, err := s.store.Text(t.Context(), docs.Reader{}, document, version)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := span.Slice(text); !ok || got != want || strings.TrimSpace(want) == "" {
			out = append(out, fmt.Sprintf("quote %q where the text has %q", want, got))
		}
	}
	for _, c := range rec.Citations {
		check(c.DocumentID, c.Version, docs.Span{Start: c.Start, End: c.End}, c.Quote)
	}
	for _, p := range rec.Passages {
		check(p.DocumentID, p.Version, docs.Span{Start: p.Start, End: p.End}, p.Text)
	}
	return out
}
