package retrieve_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/llm/llmtest"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/retrieve/retrievetest"
)

var embedder = llmtest.Embedder{Dimension: 16, Name: "fake-e5"}

// document makes a document of passages, each of sentences. Passages with an
// empty text are left out.
func document(id string, passages ...string) (*docs.Document, []docs.Passage) {
	doc := &docs.Document{ID: id, Meta: docs.Meta{Title: "Over " + id, Kind: "brief", Date: "2020-01-0" + id[len(id)-1:]}}
	var out []docs.Passage
	at, n := 0, 0
	for i, text := range passages {
		p := docs.Passage{ID: fmt.Sprintf("%s-%02d", id, i), DocumentID: id, Version: "v-" + id, Ordinal: i, Text: text, Plain: text}
		p.Span = docs.Span{Start: at, End: at + len(text)}
		for s := range strings.SplitAfterSeq(text, ". ") {
			s = strings.TrimSpace(s)
			p.Sentences = append(p.Sentences, docs.Sentence{N: n, Span: docs.Span{Start: at, End: at + len(s)}, Text: s, Plain: s})
			at += len(s) + 1
			n++
		}
		if text != "" {
			out = append(out, p)
		}
	}
	return doc, out
}

// change adds a document, embedded unless e is nil.
func change(tb testing.TB, e llm.Embedder, id string, passages ...string) index.Change {
	tb.Helper()
	doc, ps := document(id, passages...)
	c, err := retrievetest.Entries(tb.Context(), doc, ps, e)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func apply(tb testing.TB, c *index.Collection, changes ...index.Change) {
	tb.Helper()
	for _, ch := range changes {
		if err := c.Apply(tb.Context(), ch); err != nil {
			tb.Fatal(err)
		}
	}
}

func collection(tb testing.TB, changes ...index.Change) *index.Collection {
	tb.Helper()
	c := index.NewCollection(index.NewChromem(embedder.Dim()), embedder.Dim())
	apply(tb, c, changes...)
	return c
}

func find(tb testing.TB, c *index.Collection, e llm.Embedder, q retrieve.Query) retrieve.Result {
	tb.Helper()
	found, err := retrieve.New(c, e, retrieve.DefaultWeights()).Retrieve(tb.Context(), q)
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

func ids(passages []retrieve.Passage) []string {
	var out []string
	for _, p := range passages {
		out = append(out, p.ID)
	}
	return out
}

// checkResult wants what every Result promises.
func checkResult(tb testing.TB, k int, r retrieve.Result) {
	tb.Helper()
	if len(r.Passages) != min(k, len(r.Pool)) {
		tb.Errorf("%d passages of a pool of %d, want %d", len(r.Passages), len(r.Pool), k)
	}
	for i, p := range r.Pool {
		if i < len(r.Passages) && r.Passages[i].ID != p.ID {
			tb.Errorf("place %d: pool has %s, passages %s", i, p.ID, r.Passages[i].ID)
		}
		if i > 0 && p.Score > r.Pool[i-1].Score {
			tb.Errorf("place %d: score %v after %v", i, p.Score, r.Pool[i-1].Score)
		}
		for _, part := range []float64{p.Scores.Words, p.Scores.Vector, p.Scores.Sentence} {
			if !(part >= 0 && part <= 1) {
				tb.Errorf("passage %s: scores %+v", p.ID, p.Scores)
			}
		}
	}
	seen := map[string]bool{}
	for i, s := range r.Sentences {
		p := r.Pool[s.Passage]
		if key := fmt.Sprint(p.DocumentID, s.N); seen[key] {
			tb.Errorf("sentence %s twice", key)
		} else {
			seen[key] = true
		}
		if !p.Span.Contains(s.Span) {
			tb.Errorf("sentence %v lies outside its passage %v", s.Span, p.Span)
		}
		if i > 0 && s.Score > r.Sentences[i-1].Score {
			tb.Errorf("sentence %d: score %v after %v", i, s.Score, r.Sentences[i-1].Score)
		}
	}
	for _, part := range []float64{r.Evidence.Cosine, r.Evidence.Coverage, r.Evidence.Named} {
		if !(part >= 0 && part <= 1.000001) {
			tb.Errorf("evidence %+v", r.Evidence)
		}
	}
}

func TestRetrieve(t *testing.T) {
	c := collection(
		t,
		change(t, embedder, "zorg1", "Zorg is er voor iedereen. In 2019 kwamen 299 slachtoffers in beeld.", "Opvang is schaars."),
		change(t, embedder, "taal2", "Taal leren kost tijd."),
	)
	found := find(t, c, embedder, retrieve.Query{Text: "Hoeveel slachtoffers kwamen er in beeld?", K: 2})
	checkResult(t, 2, found)
	if found.Pool[0].ID != "zorg1-00" || found.Sentences[0].N != 1 {
		t.Errorf("best passage %s, best sentence %q", found.Pool[0].ID, found.Sentences[0].Plain)
	}
	if len(found.Pool[0].Vectors) != 2 || found.Documents != 2 || found.Evidence.Cosine == 0 {
		t.Errorf("%d vectors, %d documents, evidence %+v", len(found.Pool[0].Vectors), found.Documents, found.Evidence)
	}
	if found.Pool[0].Document.Title != "Over zorg1" {
		t.Errorf("document %+v", found.Pool[0].Document)
	}
}

func TestLimits(t *testing.T) {
	full := collection(t, change(t, embedder, "a1", "Zorg voor allen.", "Zorg thuis.", "Zorg elders en later."))
	tests := []struct {
		name      string
		c         *index.Collection
		q         retrieve.Query
		passages  int
		documents int
	}{
		{"k beyond the collection", full, retrieve.Query{Text: "zorg", K: 50}, 3, 1},
		{"k of one", full, retrieve.Query{Text: "zorg", K: 1}, 1, 1},
		{"no words", full, retrieve.Query{Text: "", K: 5}, 3, 1},
		{"signs alone", full, retrieve.Query{Text: "\x00 ?? 😀 \u202e", K: 5}, 3, 1},
		{"empty", collection(t), retrieve.Query{Text: "zorg", K: 5}, 0, 0},
		{"filter lets nothing through", full, retrieve.Query{Text: "zorg", K: 5, Filter: docs.Filter{Kinds: []string{"nota"}}}, 0, 0},
	}
	for _, tt := range tests {
		found := find(t, tt.c, embedder, tt.q)
		checkResult(t, tt.q.K, found)
		if len(found.Passages) != tt.passages || found.Documents != tt.documents {
			t.Errorf("%s: %d passages, %d documents, want %d, %d", tt.name, len(found.Passages), found.Documents, tt.passages, tt.documents)
		}
	}
}

func TestWithoutEmbedder(t *testing.T) {
	c := index.NewCollection(nil, 0)
	apply(t, c, change(t, nil, "a1", "Beleid van het kabinet. Het is er sinds 2018.", "Iets anders."))
	found := find(t, c, nil, retrieve.Query{Text: "Sinds wanneer is er beleid?", K: 5})
	checkResult(t, 1, found)
	if got := ids(found.Passages); !slices.Equal(got, []string{"a1-00"}) {
		t.Errorf("got %v", got)
	}
	if found.Pool[0].Vectors != nil || found.Pool[0].Scores.Vector != 0 || found.Evidence.Cosine != 0 || found.Evidence.Coverage == 0 {
		t.Errorf("passage %+v, evidence %+v", found.Pool[0], found.Evidence)
	}
	if found := find(t, c, nil, retrieve.Query{Text: "belastingdienst", K: 5}); len(found.Pool) != 0 || found.Documents != 1 {
		t.Errorf("nothing fits, got %+v", found)
	}
}

// TestShortEntries: an entry of a word or two is there to be cited, but neither
// answers by itself nor brings its passage forward.
func TestShortEntries(t *testing.T) {
	doc, passages := document("regels1", "Nooit toegestaan op het terrein zijn deze. Vuurwerk. Scherpe messen en scharen.", "Vuurwerk is een feest voor het oog.")
	for i := range 2 {
		passages[0].Sentences[1+i].Kind = docs.ListItem
	}
	entries, err := retrievetest.Entries(t.Context(), doc, passages, embedder)
	if err != nil {
		t.Fatal(err)
	}
	found := find(t, collection(t, entries), embedder, retrieve.Query{Text: "Vuurwerk.", K: 2})
	checkResult(t, 2, found)
	var ranked []string
	for _, s := range found.Sentences {
		ranked = append(ranked, s.Plain)
	}
	if slices.Contains(ranked, "Vuurwerk.") || !slices.Contains(ranked, "Scherpe messen en scharen.") {
		t.Errorf("ranked %q", ranked)
	}
	if found.Pool[0].ID != "regels1-01" || len(found.Pool[1].Sentences) != 3 || len(found.Pool[1].Vectors) != 3 {
		t.Errorf("best passage %s; %d sentences and %d vectors in the other", found.Pool[0].ID, len(found.Pool[1].Sentences), len(found.Pool[1].Vectors))
	}
}

// TestForeignCosines: the cosines of a model that the thresholds weren't chosen
// for are no evidence; they still rank.
func TestForeignCosines(t *testing.T) {
	foreign := llmtest.Embedder{Dimension: embedder.Dimension, Name: "text-embedding-3-small"}
	c := collection(t, change(t, foreign, "a1", "Zorg voor allen."))
	found := find(t, c, foreign, retrieve.Query{Text: "zorg", K: 1})
	if found.Evidence.Cosine != 0 || found.Sentences[0].Cosine == 0 {
		t.Errorf("evidence %+v, cosine of the sentence %v", found.Evidence, found.Sentences[0].Cosine)
	}
}

func TestErrors(t *testing.T) {
	c := collection(t, change(t, embedder, "a1", "Zorg."))
	down := errors.New("down")
	failing := llmtest.FailingEmbedder{Embedder: embedder, Err: down}
	if _, err := retrieve.New(c, failing, retrieve.DefaultWeights()).Retrieve(t.Context(), retrieve.Query{Text: "zorg", K: 1}); !errors.Is(err, down) {
		t.Errorf("got %v, want %v", err, down)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := retrieve.New(c, embedder, retrieve.DefaultWeights())
	if _, err := r.RetrieveVector(ctx, retrieve.Query{Text: "zorg", K: 1}, llm.Vector(make([]float32, 16))); err == nil {
		t.Error("a vector without direction: no error")
	}
	vectors, err := embedder.Embed(t.Context(), llm.Query, []string{"zorg"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.RetrieveVector(ctx, retrieve.Query{Text: "zorg", K: 1}, vectors[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// TestFilter compares with a collection that holds only what passes.
func TestFilter(t *testing.T) {
	var changes []index.Change
	for i := range 6 {
		changes = append(changes, change(t, embedder, fmt.Sprint("d", i), sentenceOf(i, 12), sentenceOf(i+9, 12)))
	}
	all := collection(t, changes...)
	tests := []struct {
		filter docs.Filter
		want   []string
	}{
		{docs.Filter{Documents: []string{"d2", "d4", "nowhere"}}, []string{"d2", "d4"}},
		{docs.Filter{From: "2020-01-04"}, []string{"d4", "d5"}},
		{docs.Filter{To: "2020-01-01"}, []string{"d0", "d1"}},
		{docs.Filter{Kinds: []string{"BRIEF"}, From: "2020-01-03", To: "2020-01-03"}, []string{"d3"}},
	}
	for _, tt := range tests {
		found := find(t, all, embedder, retrieve.Query{Text: "zorg opvang politie", K: 20, Filter: tt.filter})
		checkResult(t, 20, found)
		var got []string
		for _, p := range found.Pool {
			got = append(got, p.DocumentID)
		}
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, slices.Compact(got)); diff != "" || found.Documents != len(tt.want) {
			t.Errorf("%+v: %d documents (-want +got):\n%s", tt.filter, found.Documents, diff)
		}
	}
}

// TestNearDuplicates: of two copies the one with the lower id stays, since they
// score alike; one with another number is no copy.
func TestNearDuplicates(t *testing.T) {
	const said = "In het jaar kwamen er volgens de monitor 299 slachtoffers bij de hulpverlening in beeld, meer dan ooit"
	c := collection(
		t,
		change(t, embedder, "b1", said), change(t, embedder, "a1", said),
		change(t, embedder, "c1", strings.Replace(said, "299", "301", 1)),
	)
	found := find(t, c, embedder, retrieve.Query{Text: "Hoeveel slachtoffers kwamen in beeld?", K: 5})
	got := ids(found.Passages)
	slices.Sort(got)
	if !slices.Equal(got, []string{"a1-00", "c1-00"}) {
		t.Errorf("got %v", got)
	}
}

// TestTies: passages that score alike stand in the order of their ids.
func TestTies(t *testing.T) {
	var changes []index.Change
	want := make([]string, 12)
	for i := range want {
		id := fmt.Sprintf("d%02d", (i*7)%12)
		// The same words in another order: no duplicates, but equal in all else.
		doc, ps := document(id, fmt.Sprintf("Zorg nummer %d.", i))
		doc.Title = "Zorg"
		ps[0].Sentences[0].Plain = "Zorg."
		c, err := retrievetest.Entries(t.Context(), doc, ps, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.Add[0].Vector, c.Add[0].Sentences = unitVector(), []llm.Vector{unitVector()}
		changes = append(changes, c)
		want[i] = fmt.Sprintf("d%02d-00", i)
	}
	found := find(t, collection(t, changes...), embedder, retrieve.Query{Text: "zorg", K: 12})
	if diff := cmp.Diff(want, ids(found.Passages)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func unitVector() llm.Vector {
	v := make(llm.Vector, embedder.Dim())
	v[0] = 1
	return v
}

// TestLift: a passage whose sentence answers rises above one that only fits.
func TestLift(t *testing.T) {
	c := collection(
		t,
		change(t, embedder, "a1", "Wanneer begon de pilot zorg en opvang? Wanneer begon de pilot zorg en opvang toch?"),
		change(t, embedder, "b1", "De pilot zorg en opvang begon in maart 2022. Het was druk daar."),
		change(t, embedder, "c1", "Taal leren kost tijd."),
	)
	q := retrieve.Query{Text: "Wanneer begon de pilot zorg en opvang?", K: 3}
	w := retrieve.DefaultWeights()
	for lift, want := range map[float64]string{0: "a1-00", 3: "b1-00"} {
		w.Lift = lift
		found, err := retrieve.New(c, embedder, w).Retrieve(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		checkResult(t, 3, found)
		if got := found.Passages[0].ID; got != want {
			t.Errorf("lift %v: %s is best, want %s", lift, got, want)
		}
		for _, s := range found.Sentences {
			if !strings.Contains(found.Pool[s.Passage].Plain, s.Plain) {
				t.Errorf("lift %v: sentence %q points at passage %q", lift, s.Plain, found.Pool[s.Passage].Plain)
			}
		}
	}
}
