package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/store"
)

// embedder gives each text some vector of its own and remembers what it was
// given.
type embedder struct {
	name  string
	dim   int
	texts []string
	fail  func() error                    // nil: doesn't
	spoil func([]llm.Vector) []llm.Vector // nil: doesn't
}

func (e *embedder) Model() string { return e.name }
func (e *embedder) Dim() int      { return e.dim }

func (e *embedder) Embed(ctx context.Context, kind llm.Kind, texts []string) ([]llm.Vector, error) {
	if kind != llm.Passage {
		return nil, errors.New("not embedded as a passage")
	}
	if e.fail != nil {
		if err := e.fail(); err != nil {
			return nil, err
		}
	}
	e.texts = append(e.texts, texts...)
	vectors := make([]llm.Vector, len(texts))
	for i, text := range texts {
		sum := sha256.Sum256([]byte(e.name + text))
		vectors[i] = make(llm.Vector, e.dim)
		var length float64
		for j := range vectors[i] {
			x := float64(sum[j%len(sum)]) - 127.5
			vectors[i][j] = float32(x)
			length += x * x
		}
		for j := range vectors[i] {
			vectors[i][j] /= float32(math.Sqrt(length))
		}
	}
	if e.spoil != nil {
		vectors = e.spoil(vectors)
	}
	return vectors, ctx.Err()
}

// memory is an Index that can be compared.
type memory struct {
	entries map[string]index.Entry
}

func newMemory() *memory { return &memory{entries: map[string]index.Entry{}} }

func (m *memory) Apply(ctx context.Context, c index.Change) error {
	for _, id := range c.Remove {
		if m.entries[id].Passage.DocumentID != c.DocumentID {
			return fmt.Errorf("passage %s isn't of document %s", id, c.DocumentID)
		}
		delete(m.entries, id)
	}
	for _, e := range c.Add {
		if _, again := m.entries[e.Passage.ID]; again {
			return fmt.Errorf("passage %s wasn't removed", e.Passage.ID)
		}
		m.entries[e.Passage.ID] = e
	}
	return ctx.Err()
}

func (m *memory) Load(ctx context.Context, changes iter.Seq2[index.Change, error]) error {
	for c, err := range changes {
		if err != nil {
			return err
		}
		if err := m.Apply(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// brokenIndex takes nothing in.
type brokenIndex struct {
	memory
	err error
}

func (b *brokenIndex) Apply(context.Context, index.Change) error { return b.err }

// bench is a folder, a data folder and an index.
type bench struct {
	dir   string
	store *store.Store
	index *memory
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "map")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return &bench{dir: dir, store: openStore(t, t.TempDir()), index: newMemory()}
}

func openStore(tb testing.TB, dir string) *store.Store {
	tb.Helper()
	st, err := store.Open(context.Background(), slog.New(slog.DiscardHandler), dir, store.Owner)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := st.Close(); err != nil {
			tb.Error(err)
		}
	})
	return st
}

func words(text string) int { return len(strings.Fields(text)) }

func ingester(tb testing.TB, st *store.Store, ix Index, e llm.Embedder) *Ingester {
	tb.Helper()
	g, err := New(slog.New(slog.DiscardHandler), st, ix, e, Config{Count: words, Batch: 3})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// run runs over the bench's folder and compares the index with the store.
func (b *bench) run(t *testing.T, e llm.Embedder) Report {
	t.Helper()
	report, err := ingester(t, b.store, b.index, e).Run(t.Context(), []Root{{Dir: b.dir}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.compare(t, e)
	return report
}

// write sets files of the folder; an empty text removes.
func (b *bench) write(t *testing.T, files map[string]string) {
	t.Helper()
	writeFiles(t, b.dir, files)
}

func writeFiles(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	for path, text := range files {
		path = filepath.Join(dir, filepath.FromSlash(path))
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		if err == nil && text == "" {
			err = os.Remove(path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// letter is a document of n paragraphs about a subject.
func letter(subject string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Brief over %s\n\n", subject)
	for i := range n {
		fmt.Fprintf(&b, "In alinea %d gaat het over %s en over de café’s van wijk %d. ", i, subject, i*i)
		fmt.Fprintf(&b, "Het kabinet trekt daar € %d miljoen voor uit.\nDat is meer dan in jaar %d werd besteed aan %s.\n\n", i+1, i, subject)
	}
	return b.String()
}

// contents is everything in a store that a clean build has too, printed by
// document: times aren't.
func contents(tb testing.TB, st *store.Store) map[string]string {
	tb.Helper()
	all := map[string]string{}
	err := st.Each(tb.Context(), func(doc docs.Document, passages []docs.Passage) error {
		text, err := st.Text(tb.Context(), docs.Reader{}, doc.ID, doc.Version)
		if err != nil || text != doc.Text {
			return fmt.Errorf("text of %s isn't that of its version: %w", doc.Path, err)
		}
		all[doc.Path] = printed(doc, passages)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func printed(doc docs.Document, passages []docs.Passage) string {
	doc.Blocks = nil
	return fmt.Sprintf("%q %q %q %q %q\n%#v\n", doc.ID, doc.Root, doc.Version, doc.Meta, doc.Text, passages)
}

// compare checks that an index filled from the store is the one that the runs
// built, and that filling embeds nothing.
func (b *bench) compare(t *testing.T, e llm.Embedder) {
	t.Helper()
	before := 0
	fake, _ := e.(*embedder)
	if fake != nil {
		before = len(fake.texts)
	}
	filled := newMemory()
	if err := ingester(t, b.store, filled, e).Fill(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if fake != nil && len(fake.texts) != before {
		t.Errorf("filling the index embedded %q", fake.texts[before:])
	}
	if !slices.Equal(slices.Sorted(maps.Keys(filled.entries)), slices.Sorted(maps.Keys(b.index.entries))) {
		t.Fatalf("got %d passages from the store, %d from the run", len(filled.entries), len(b.index.entries))
	}
	for id, want := range b.index.entries {
		if got := filled.entries[id]; show(got) != show(want) {
			t.Errorf("passage %s: got %s from the store, %s from the run", id, show(got), show(want))
		}
	}
}

func show(e index.Entry) string {
	return fmt.Sprintf("%+v %#v %v %v", *e.Document, e.Passage, e.Vector, e.Sentences)
}
