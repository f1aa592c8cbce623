package cite_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

const text = "Kop\n\nDe pilot begon in 2022. De kosten, € 2 miljoen, staan in noot [3]. Dáárna “klaar” 🙂."

func source(t *testing.T) cite.Source {
	t.Helper()
	span := docs.Span{Start: 5, End: utf8.RuneCountInString(text)}
	body, ok := span.Slice(text)
	if !ok {
		t.Fatal("no body")
	}
	return cite.Source{
		Document: &docs.Document{ID: "doc_a", Meta: docs.Meta{Title: "Brief", Publisher: "JenV", Date: "2023-10-18"}},
		Passage:  docs.Passage{ID: "pas_a", DocumentID: "doc_a", Version: "v", Span: span, Text: body, Section: []string{"Kop"}},
	}
}

func find(t *testing.T, part string) docs.Span {
	t.Helper()
	before, _, ok := strings.Cut(text, part)
	if !ok {
		t.Fatalf("%q is not in the text", part)
	}
	start := utf8.RuneCountInString(before)
	return docs.Span{Start: start, End: start + utf8.RuneCountInString(part)}
}

func TestComposer(t *testing.T) {
	src := source(t)
	var events []record.Event
	c := cite.NewComposer(func(e record.Event) error { events = append(events, e); return nil })
	for i, part := range []string{"De pilot begon in 2022.", "De kosten, € 2 miljoen, staan in noot [3].", "De pilot begon in 2022."} {
		n, err := c.Cite(src, find(t, part), record.Verified)
		if err != nil {
			t.Fatal(err)
		}
		lead := "\n\n"
		if i == 0 {
			lead = ""
		}
		if err := c.Statement(lead, part, n); err != nil {
			t.Fatal(err)
		}
	}
	want := "De pilot begon in 2022. [1]\n\nDe kosten, € 2 miljoen, staan in noot (3). [2]\n\nDe pilot begon in 2022. [1]"
	if got := c.Text(); got != want {
		t.Errorf("text\n got %q\nwant %q", got, want)
	}
	citations := c.Citations()
	if len(citations) != 2 {
		t.Fatalf("got %d citations, want 2: the same quote has one number", len(citations))
	}
	for _, cited := range citations {
		if got, ok := (docs.Span{Start: cited.Start, End: cited.End}).Slice(text); !ok || got != cited.Quote {
			t.Errorf("[%d]: text at span is %q, quote %q", cited.Number, got, cited.Quote)
		}
	}
	if n := len(citations[0].AnswerSpans); n != 2 {
		t.Errorf("citation 1 supports %d statements, want 2", n)
	}
	for _, s := range citations[1].AnswerSpans {
		if got, _ := (docs.Span{Start: s.Start, End: s.End}).Slice(c.Text()); got != "De kosten, € 2 miljoen, staan in noot (3)." {
			t.Errorf("answer span gives %q", got)
		}
	}
	checkEvents(t, events, want)
}

// checkEvents wants every citation before the text with its marker, and the
// deltas to add up.
func checkEvents(t *testing.T, events []record.Event, want string) {
	t.Helper()
	var joined strings.Builder
	cited := 0
	for _, e := range events {
		switch e := e.(type) {
		case record.Cited:
			cited = e.Citation.Number
			if len(e.Citation.AnswerSpans) != 0 {
				t.Errorf("event of citation %d has answer spans", cited)
			}
		case record.Delta:
			joined.WriteString(e.Delta)
			if cited == 0 {
				t.Errorf("text %q before its citation", e.Delta)
			}
		}
	}
	if joined.String() != want {
		t.Errorf("deltas joined are %q", joined.String())
	}
}

func TestCiteRefusesWhatIsNotThere(t *testing.T) {
	src := source(t)
	c := cite.NewComposer(func(record.Event) error { return nil })
	end := utf8.RuneCountInString(text)
	for name, span := range map[string]docs.Span{
		"before the passage": {Start: 0, End: 10},
		"past its end":       {Start: 10, End: end + 1},
		"empty":              {Start: 10, End: 10},
		"backwards":          {Start: 12, End: 10},
		"only white space":   {Start: 28, End: 29},
	} {
		if n, err := c.Cite(src, span, record.Verified); err == nil {
			t.Errorf("%s: got citation %d, want an error", name, n)
		}
	}
	if err := c.Statement("", "Zonder bron.", 1); err == nil {
		t.Error("a marker without a citation was written")
	}
	if len(c.Citations()) != 0 || c.Text() != "" {
		t.Errorf("left behind: %v %q", c.Citations(), c.Text())
	}
}

func FuzzNeutralise(f *testing.F) {
	for _, s := range []string{"noot [3].", "[ 12 ]", "[[1]]", "[a]", "]1["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := cite.Neutralise(s)
		if again := cite.Neutralise(out); again != out {
			t.Errorf("%q becomes %q, then %q", s, out, again)
		}
		if utf8.RuneCountInString(out) != utf8.RuneCountInString(s) && utf8.ValidString(s) {
			t.Errorf("%q changed its length: %q", s, out)
		}
	})
}

// TestCitePage has a passage over two pages, and sentences on each.
func TestCitePage(t *testing.T) {
	text := "Eerst dit. Dan dat."
	source := cite.Source{
		Document: &docs.Document{ID: "doc_1"},
		Passage: docs.Passage{DocumentID: "doc_1", Text: text, Page: 3, Span: docs.Span{Start: 100, End: 119}, Sentences: []docs.Sentence{
			{Page: 3, Span: docs.Span{Start: 100, End: 110}}, {Page: 4, Span: docs.Span{Start: 111, End: 119}},
		}},
	}
	c := cite.NewComposer(func(record.Event) error { return nil })
	for _, span := range []docs.Span{{Start: 100, End: 110}, {Start: 111, End: 119}} {
		if _, err := c.Cite(source, span, record.Verified); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range c.Citations() {
		if got.Page == nil || *got.Page != 3+i {
			t.Errorf("citation %q: page %v, want %d", got.Quote, got.Page, 3+i)
		}
	}
}
