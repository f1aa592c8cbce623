package ingest

import (
	"context"
	"errors"
	"testing"

	"bronwijzer/internal/store"
)

// verified checks a store against itself.
func verified(tb testing.TB, st *store.Store) store.Verification {
	tb.Helper()
	seen, err := Verify(tb.Context(), st)
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range seen.Problems {
		tb.Errorf("verify: %+v", p)
	}
	return seen
}

func TestVerifyCountsVectors(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 3), "b.txt": letter("land", 3)})
	e := &embedder{name: "fake (klein)", dim: 4}
	b.run(t, e)
	seen := verified(t, b.store)
	if seen.Model != "fake (klein) (4)" || seen.Vectors == 0 || seen.Documents != 2 {
		t.Errorf("got %+v", seen)
	}
	if _, err := b.store.RetainVectors(t.Context(), store.Model{Name: e.name, Dim: e.dim}, nil); err != nil {
		t.Fatal(err)
	}
	seen, err := Verify(t.Context(), b.store)
	if err != nil || seen.Missing == 0 || seen.Faults != 2 {
		t.Errorf("without vectors: got %+v, %v", seen, err)
	}
}

// TestVectorsAfterARunWithout goes without an embedder for a while: what was
// taken in then is embedded by the next run that has one, although the embedder
// is the one of before.
func TestVectorsAfterARunWithout(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 3)})
	e := &embedder{name: "fake", dim: 4}
	b.run(t, e)
	before := len(e.texts)
	run := func(e *embedder) {
		t.Helper()
		g := ingester(t, b.store, nil, nil)
		if e != nil {
			g = ingester(t, b.store, nil, e)
		}
		if _, err := g.Run(t.Context(), []Root{{Dir: b.dir}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	run(nil)
	if verified(t, b.store).Model == "" {
		t.Error("a run that changed nothing forgot whose vectors there are")
	}
	b.write(t, map[string]string{"b.txt": letter("land", 3)})
	run(nil)
	if seen := verified(t, b.store); seen.Model != "" {
		t.Errorf("a document has no vectors, but there should be those of %s", seen.Model)
	}
	run(e)
	if seen := verified(t, b.store); seen.Model != "fake (4)" || len(e.texts) == before {
		t.Errorf("got model %q, %d texts embedded by then, %d before", seen.Model, len(e.texts), before)
	}
}

// TestVectorsAfterAChangeThatStopped begins with another embedder and goes back.
func TestVectorsAfterAChangeThatStopped(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 3), "b.txt": letter("land", 3)})
	e := &embedder{name: "fake", dim: 4}
	b.run(t, e)
	b.write(t, map[string]string{"a.txt": letter("lucht", 3)})
	ctx, cancel := context.WithCancel(t.Context())
	other := &embedder{name: "ander", dim: 4}
	stop := func(p Progress) {
		if p.Done == 1 { // a.txt has vectors of the other one alone
			cancel()
		}
	}
	if _, err := ingester(t, b.store, nil, other).Run(ctx, []Root{{Dir: b.dir}}, stop); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	if seen := verified(t, b.store); seen.Model != "" {
		t.Errorf("there should be vectors of %s", seen.Model)
	}
	if _, err := ingester(t, b.store, nil, e).Run(t.Context(), []Root{{Dir: b.dir}}, nil); err != nil {
		t.Fatal(err)
	}
	if seen := verified(t, b.store); seen.Model != "fake (4)" {
		t.Errorf("got vectors of %q", seen.Model)
	}
}
