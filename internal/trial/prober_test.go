package trial

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/eval"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/llm/llmtest"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

func words(s string) int { return len(strings.Fields(s)) }

// document is a change that adds a text.
func document(tb testing.TB, e llm.Embedder, path, text string) index.Change {
	tb.Helper()
	doc := docs.Document{ID: docs.NewID("r", path), Root: "r", Path: path, Text: text, Version: docs.Version(text)}
	doc.Title, doc.Blocks = "Over "+path, []docs.Block{{Kind: docs.Paragraph, Span: docs.Span{End: docs.Characters(text)}}}
	c := index.Change{DocumentID: doc.ID}
	for _, p := range chunk.Split(&doc, words, chunk.Config{Tokens: 20}) {
		c.Add = append(c.Add, index.Entry{Document: &doc, Passage: p})
	}
	if err := (Benchmark{Embedder: e}).embed(tb.Context(), []index.Change{c}); err != nil {
		tb.Fatal(err)
	}
	return c
}

// view is what a question finds: the passages with their scores.
func view(tb testing.TB, c *index.Collection, e llm.Embedder, question string) []retrieve.Passage {
	tb.Helper()
	found, err := retrieve.New(c, e, retrieve.DefaultWeights()).Retrieve(tb.Context(), retrieve.Query{Text: question, K: 10})
	if err != nil {
		tb.Fatal(err)
	}
	return found.Passages
}

const (
	question = "Hoeveel leden telt de coöperatie van imkers, met honing en kasten?"
	bees     = "De imkers vergaderen vaak in de winter en soms ook in de zomer. De coöperatie “Bij & Co” telt 87 leden in twee dorpen. " +
		"Zij maakt honing van lindebloesem en verkoopt die op de markt. In de herfst gaan de kasten op slot en rusten de imkers uit."
)

// shelf is a Prober on two documents, and the collection it owns.
func shelf(t *testing.T, e llm.Embedder) (*Prober, *index.Collection) {
	t.Helper()
	c := index.NewCollection(nil, 0)
	if e != nil {
		c = index.NewCollection(index.NewChromem(e.Dim()), e.Dim())
	}
	p := NewProber(c, e, nobody{})
	changes := []index.Change{document(t, e, "bijen.txt", bees), document(t, e, "brug.txt", "De brug over de rivier is lang gesloten geweest.")}
	err := p.Load(t.Context(), func(yield func(index.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

type nobody struct{}

func (nobody) Ask(context.Context, eval.Question) (record.Answer, error) { return record.Answer{}, nil }

func embedders() map[string]llm.Embedder {
	return map[string]llm.Embedder{"words": nil, "vectors": llmtest.Embedder{}}
}

func TestWithout(t *testing.T) {
	for name, e := range embedders() {
		t.Run(name, func(t *testing.T) {
			p, c := shelf(t, e)
			before := view(t, c, e, question)
			asked := false
			err := p.Without(t.Context(), []string{"bijen.txt"}, func(a eval.Asker) error {
				asked = a == nobody{}
				for _, found := range view(t, c, e, question) {
					if found.Document.Path == "bijen.txt" {
						t.Errorf("still found: %s", found.Text)
					}
				}
				return nil
			})
			if err != nil || !asked {
				t.Fatalf("asked %t, %v", asked, err)
			}
			if diff := cmp.Diff(before, view(t, c, e, question)); diff != "" {
				t.Errorf("afterwards (-before +after):\n%s", diff)
			}
			if len(before) < 3 {
				t.Fatalf("%d passages found: nothing was left out", len(before))
			}
		})
	}
}

// TestReplaced holds that during a probe every passage and sentence is the
// changed text at its span, embedded as it reads, and that nothing of it stays.
func TestReplaced(t *testing.T) {
	start := len([]rune(bees[:strings.Index(bees, "87")]))
	for name, e := range embedders() {
		for _, number := range []string{"88", "9", "1234"} {
			t.Run(name+" "+number, func(t *testing.T) {
				p, c := shelf(t, e)
				before := view(t, c, e, question)
				text := strings.Replace(bees, "87", number, 1)
				r := eval.Replacement{Doc: "bijen.txt", Start: start, End: start + 2, Text: number}
				err := p.Replaced(t.Context(), r, func(eval.Asker) error {
					compare(t, view(t, c, e, question), text)
					fresh := document(t, e, "bijen.txt", text)
					for i, want := range fresh.Add {
						compareVectors(t, c, e, want, p.held["bijen.txt"].Add[i].Passage.ID)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(before, view(t, c, e, question)); diff != "" {
					t.Errorf("afterwards (-before +after):\n%s", diff)
				}
			})
		}
	}
}

func compare(t *testing.T, found []retrieve.Passage, text string) {
	t.Helper()
	seen := 0
	check := func(span docs.Span, got string) {
		seen++
		if want, _ := span.Slice(text); got != want {
			t.Errorf("%+v: got %q, want %q", span, got, want)
		}
	}
	for _, p := range found {
		if p.Document.Path != "bijen.txt" {
			continue
		}
		check(p.Span, p.Text)
		for _, s := range p.Sentences {
			check(s.Span, s.Text)
			if strings.Contains(s.Plain, "87") || strings.Contains(p.Plain, "87") {
				t.Errorf("the old number is in %q or %q", s.Plain, p.Plain)
			}
		}
	}
	if seen < 4 {
		t.Errorf("%d spans seen", seen)
	}
}

// compareVectors compares a passage in the collection with one made afresh, by
// the score of a question with each.
func compareVectors(t *testing.T, c *index.Collection, e llm.Embedder, want index.Entry, id string) {
	t.Helper()
	if e == nil {
		return
	}
	query, err := e.Embed(t.Context(), llm.Query, []string{"Telt de coöperatie 88 leden, 9 of 1234?"})
	if err != nil {
		t.Fatal(err)
	}
	alone := index.NewCollection(index.NewChromem(e.Dim()), e.Dim())
	if err := alone.Apply(t.Context(), index.Change{DocumentID: want.Document.ID, Add: []index.Entry{want}}); err != nil {
		t.Fatal(err)
	}
	scores := func(c *index.Collection, id string) (out [][]float64) {
		err := c.Read(func(v index.View) error {
			passage, err := v.Vectors().Score(t.Context(), query[0], []string{id}, docs.Reader{All: true})
			sentences, failed := v.Sentences().Score(t.Context(), query[0], []string{id})
			out = append(sentences, passage)
			return errors.Join(err, failed)
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if diff := cmp.Diff(scores(alone, want.Passage.ID), scores(c, id)); diff != "" {
		t.Errorf("%q isn't embedded as it reads:\n%s", want.Passage.Text, diff)
	}
}

func TestProbeFails(t *testing.T) {
	p, c := shelf(t, nil)
	before := view(t, c, nil, question)
	stuck := errors.New("stuck")
	fails := func(eval.Asker) error { return stuck }
	number := eval.Replacement{Doc: "bijen.txt", Start: 3, End: 8, Text: "9"}
	ctx, cancel := context.WithCancel(t.Context())
	for name, tt := range map[string]struct {
		probe func() error
		want  string
	}{
		"without":       {func() error { return p.Without(ctx, []string{"brug.txt", "bijen.txt"}, fails) }, "stuck"},
		"without twice": {func() error { return p.Without(ctx, []string{"brug.txt", "x.txt"}, fails) }, "leave out x.txt: no such document"},
		"replaced":      {func() error { return p.Replaced(ctx, number, fails) }, "stuck"},
		"no document":   {func() error { return p.Replaced(ctx, eval.Replacement{Doc: "x.txt"}, fails) }, "change x.txt: no such document"},
		"no passage":    {func() error { return p.Replaced(ctx, eval.Replacement{Doc: "brug.txt", Start: 900, End: 901}, fails) }, "no passage has [900, 901)"},
	} {
		if err := tt.probe(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
		if diff := cmp.Diff(before, view(t, c, nil, question)); diff != "" {
			t.Errorf("after %s (-before +after):\n%s", name, diff)
		}
	}
	if err := p.Without(ctx, []string{"bijen.txt"}, func(eval.Asker) error { cancel(); return ctx.Err() }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of ctx", err)
	}
	if diff := cmp.Diff(before, view(t, c, nil, question)); diff != "" {
		t.Errorf("after ctx ended (-before +after):\n%s", diff)
	}
}

func passages(list ...eval.BEIRPassage) iter.Seq2[eval.BEIRPassage, error] {
	return func(yield func(eval.BEIRPassage, error) bool) {
		for _, p := range list {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func TestBenchmark(t *testing.T) {
	long := strings.Repeat("De brug over de rivier is lang gesloten geweest en nu weer open. ", 9)
	list := []eval.BEIRPassage{{ID: "b1", Title: "Bijen", Text: bees}, {ID: "leeg"}, {ID: "b2", Title: "Brug", Text: long}}
	for i := range 40 {
		list = append(list, eval.BEIRPassage{ID: strings.Repeat("x", i+1), Text: "Het veer vaart om het uur naar de overkant."})
	}
	for name, e := range embedders() {
		t.Run(name, func(t *testing.T) {
			c := index.NewCollection(nil, 0)
			if e != nil {
				c = index.NewCollection(index.NewChromem(e.Dim()), e.Dim())
			}
			last := 0
			b := Benchmark{Collection: c, Embedder: e, Count: words, Chunk: chunk.Config{Tokens: 20}, Progress: func(n int) { last = n }}
			if err := b.Load(t.Context(), passages(list...)); err != nil {
				t.Fatal(err)
			}
			if last != len(list) {
				t.Errorf("progress ended at %d, want %d", last, len(list))
			}
			s := Searcher{retrieve.New(c, e, retrieve.DefaultWeights())}
			got, err := s.Search(t.Context(), "brug gesloten", 2)
			if err != nil || len(got) == 0 || got[0] != "b2" || len(slices.Compact(got)) != len(got) {
				t.Errorf("got %v, %v; want b2 first, and once", got, err)
			}
		})
	}
	stuck := errors.New("corpus.jsonl:2: broken")
	err := Benchmark{Collection: index.NewCollection(nil, 0), Count: words}.Load(t.Context(), func(yield func(eval.BEIRPassage, error) bool) {
		_ = yield(list[0], nil) && yield(eval.BEIRPassage{}, stuck)
	})
	if !errors.Is(err, stuck) {
		t.Errorf("got %v, want %v", err, stuck)
	}
	err = Benchmark{Collection: index.NewCollection(index.NewChromem(64), 64), Embedder: llmtest.FailingEmbedder{Err: stuck}, Count: words}.
		Load(t.Context(), passages(list...))
	if !errors.Is(err, stuck) {
		t.Errorf("got %v, want the embedder's error", err)
	}
}
