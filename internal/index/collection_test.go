package index_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
)

// failing is Vectors that refuse changes, as one on another machine may.
type failing struct{ index.Vectors }

var errDown = errors.New("down")

func (failing) Apply(context.Context, index.Change) error { return errDown }

// withVectors gives every passage of a change a vector, and one sentence with
// another.
func withVectors(c index.Change) index.Change {
	for i := range c.Add {
		e := &c.Add[i]
		e.Vector = llm.Vector{1, float32(i)}
		e.Passage.Sentences = []docs.Sentence{{N: i, Text: e.Passage.Plain}}
		e.Sentences = []llm.Vector{{0, 1}}
	}
	return c
}

// state is what a reader sees of passage id.
func state(tb testing.TB, c *index.Collection, id string) string {
	tb.Helper()
	var out string
	err := c.Read(func(v index.View) error {
		hits, err := v.Words().Search(tb.Context(), "zorg", 10, docs.Filter{})
		if err != nil {
			return err
		}
		grams, err := v.Grams().Score(tb.Context(), "zorg", []string{id}, docs.Reader{})
		if err != nil {
			return err
		}
		p, d, ok := v.Passage(id)
		documents, _ := v.Count(docs.Filter{})
		out = fmt.Sprintf("%d passages, %d documents; words %d, grams %t; %q", v.Len(), documents, len(hits), grams[0] > 0, p.Plain)
		if ok {
			out += " of " + d.ID
		}
		if v.Vectors() != nil {
			rows, err := v.Sentences().Score(tb.Context(), llm.Vector{0, 1}, []string{id})
			if err != nil {
				return err
			}
			out += fmt.Sprintf("; vectors %d, sentences %v", v.Vectors().Len(), rows[0])
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestCollection(t *testing.T) {
	c := index.NewCollection(index.NewChromem(2), 2)
	steps := []struct {
		change index.Change
		want   string
	}{
		{index.Change{}, `0 passages, 0 documents; words 0, grams false; ""; vectors 0, sentences []`},
		{withVectors(change("zorg", "zorgplan")), `2 passages, 1 documents; words 2, grams true; "zorg" of d; vectors 2, sentences [1]`},
		{withVectors(change("regio")), `2 passages, 1 documents; words 0, grams false; "regio" of d; vectors 2, sentences [1]`},
		{index.Change{Remove: []string{"b"}}, `1 passages, 1 documents; words 0, grams false; "regio" of d; vectors 1, sentences [1]`},
		{index.Change{Remove: []string{"a"}}, `0 passages, 0 documents; words 0, grams false; ""; vectors 0, sentences []`},
	}
	for i, s := range steps {
		if err := c.Apply(t.Context(), s.change); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if got := state(t, c, "a"); got != s.want {
			t.Errorf("step %d:\n got %s\nwant %s", i, got, s.want)
		}
	}
}

func TestCollectionWithoutEmbedder(t *testing.T) {
	c := index.NewCollection(nil, 0)
	if err := c.Apply(t.Context(), change("zorg")); err != nil {
		t.Fatal(err)
	}
	if got, want := state(t, c, "a"), `1 passages, 1 documents; words 1, grams true; "zorg" of d`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Apply(ctx, change("anders")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// TestCollectionFailsWhole: whatever is wrong with a change, no index takes any
// of it in.
func TestCollectionFailsWhole(t *testing.T) {
	wrong := map[string]func(*index.Change){
		"dimension of a passage":  func(c *index.Change) { c.Add[1].Vector = llm.Vector{1} },
		"no vector of a passage":  func(c *index.Change) { c.Add[1].Vector = nil },
		"dimension of a sentence": func(c *index.Change) { c.Add[1].Sentences[0] = llm.Vector{1, 2, 3} },
		"zero sentence":           func(c *index.Change) { c.Add[1].Sentences[0] = llm.Vector{0, 0} },
		"number of sentences":     func(c *index.Change) { c.Add[1].Sentences = nil },
		"NaN":                     func(c *index.Change) { c.Add[1].Vector[0] = float32(math.NaN()) },
		"no document":             func(c *index.Change) { c.Add[1].Document = nil },
		"twice":                   func(c *index.Change) { c.Add[1].Passage.ID = "a" },
	}
	for name, spoil := range wrong {
		c := index.NewCollection(index.NewChromem(2), 2)
		if err := c.Apply(t.Context(), withVectors(change("zorg"))); err != nil {
			t.Fatal(err)
		}
		before := state(t, c, "a")
		bad := withVectors(change("anders", "zorg"))
		bad.Remove = []string{"a"}
		spoil(&bad)
		if err := c.Apply(t.Context(), bad); err == nil {
			t.Errorf("%s: got no error", name)
		}
		if after := state(t, c, "a"); after != before {
			t.Errorf("%s:\nbefore %s\n after %s", name, before, after)
		}
	}
	c := index.NewCollection(failing{index.NewChromem(2)}, 2)
	if err := c.Apply(t.Context(), withVectors(change("zorg"))); !errors.Is(err, errDown) {
		t.Errorf("got %v, want %v", err, errDown)
	}
	if got, want := state(t, c, "a"), `0 passages, 0 documents; words 0, grams false; ""; vectors 0, sentences []`; got != want {
		t.Errorf("after vectors failed: got %s, want %s", got, want)
	}
}

// TestCollectionKeepsWhatWasRead: a passage that was read can be cited after
// its document was replaced, and nothing is shared with whoever handed it in.
func TestCollectionKeepsWhatWasRead(t *testing.T) {
	c := index.NewCollection(nil, 0)
	handed := change("zorg")
	handed.Add[0].Passage.Section = []string{"Inleiding"}
	handed.Add[0].Document.Text = "zorg"
	handed.Add[0].Document.Title = "Oud"
	if err := c.Apply(t.Context(), handed); err != nil {
		t.Fatal(err)
	}
	handed.Add[0].Passage.Section[0] = "Anders"
	handed.Add[0].Document.Title = "Anders"
	var passage docs.Passage
	var document *docs.Document
	err := c.Read(func(v index.View) error {
		passage, document, _ = v.Passage("a")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	renamed := change("nieuw")
	renamed.Add[0].Document.Title = "Nieuw"
	if err := c.Apply(t.Context(), renamed); err != nil {
		t.Fatal(err)
	}
	want := docs.Passage{ID: "a", DocumentID: "d", Plain: "zorg", Section: []string{"Inleiding"}}
	if diff := cmp.Diff(want, passage); diff != "" {
		t.Errorf("passage (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&docs.Document{ID: "d", Meta: docs.Meta{Title: "Oud"}}, document); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// TestCollectionSeenWhole replaces documents while others read: all indexes and
// the catalogue have to be of one version.
func TestCollectionSeenWhole(t *testing.T) {
	c := index.NewCollection(index.NewChromem(2), 2)
	texts := []string{"zorg", "regio"}
	if err := c.Apply(t.Context(), withVectors(change(texts[0]))); err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{
		`1 passages, 1 documents; words 1, grams true; "zorg" of d; vectors 1, sentences [1]`:   true,
		`1 passages, 1 documents; words 0, grams false; "regio" of d; vectors 1, sentences [1]`: true,
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if got := state(t, c, "a"); !allowed[got] {
					t.Errorf("a mixture: %s", got)
					return
				}
			}
		})
	}
	for i := range 100 {
		if err := c.Apply(t.Context(), withVectors(change(texts[i%2]))); err != nil {
			t.Error(err)
		}
	}
	close(done)
	readers.Wait()
}

func TestCollectionLoad(t *testing.T) {
	var changes []index.Change
	for i := range 40 {
		d := &docs.Document{ID: fmt.Sprint("d", i), Meta: docs.Meta{Kind: []string{"brief", "rapport"}[i%2]}}
		p := docs.Passage{ID: fmt.Sprint("p", i), DocumentID: d.ID, Plain: "zorg"}
		changes = append(changes, index.Change{DocumentID: d.ID, Add: []index.Entry{{Document: d, Passage: p}}})
	}
	c := index.NewCollection(nil, 0)
	if err := c.Load(t.Context(), sequence(changes)); err != nil {
		t.Fatal(err)
	}
	err := c.Read(func(v index.View) error {
		documents, passages := v.Count(docs.Filter{})
		letters, _ := v.Count(docs.Filter{Kinds: []string{"brief"}})
		got := []int{passages, documents, letters}
		if diff := cmp.Diff([]int{40, 40, 20}, got); diff != "" {
			t.Errorf("passages, documents, letters (-want +got):\n%s", diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	readError := errors.New("disk")
	broken := func(yield func(index.Change, error) bool) {
		_ = yield(changes[0], nil) && yield(index.Change{}, readError)
	}
	if err := index.NewCollection(nil, 0).Load(t.Context(), broken); !errors.Is(err, readError) {
		t.Errorf("an error of the sequence: got %v, want %v", err, readError)
	}
	changes[3].Add[0].Document = nil
	if err := index.NewCollection(nil, 0).Load(t.Context(), sequence(changes)); err == nil {
		t.Error("a bad change: got no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := index.NewCollection(nil, 0).Load(ctx, sequence(changes)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want %v", err, context.Canceled)
	}
}
