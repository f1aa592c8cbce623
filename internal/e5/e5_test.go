package e5

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/e5/unigram"
	"bronwijzer/internal/llm"
)

func newTestModel(tb testing.TB) *Model {
	tb.Helper()
	m, err := New()
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// models returns a model for each implementation of the kernels.
func models(tb testing.TB) []*Model {
	tb.Helper()
	w := newTestModel(tb).weights
	var all []*Model
	for _, k := range available() {
		all = append(all, newModel(w, k))
	}
	return all
}

// longText is a text of several windows.
func longText(tb testing.TB) string {
	tb.Helper()
	longest := ""
	for _, g := range readGolden(tb) {
		if len(g.Text) > len(longest) {
			longest = g.Text
		}
	}
	return longest
}

func embed(tb testing.TB, m *Model, texts ...string) []llm.Vector {
	tb.Helper()
	vectors, err := m.Embed(tb.Context(), llm.Passage, texts)
	if err != nil {
		tb.Fatal(err)
	}
	return vectors
}

func checkUnit(t *testing.T, v llm.Vector) {
	t.Helper()
	if len(v) != width {
		t.Fatalf("vector of %d values, want %d", len(v), width)
	}
	if length := cosine(v, v); math.IsNaN(length) || math.Abs(length-1) > 1e-5 {
		t.Errorf("vector of squared length %v, want 1", length)
	}
}

var odd = []string{
	"", " ", "\n\n", "\x00", "\xff\xfe", "a", "é", "e\u0301", "🙂", "漢字", "\u00ad", strings.Repeat("a", 3000),
	strings.Repeat("🙂 ", 600), "<s> </s> <pad> <unk>", "\u202e", "�", "ﬁ Ⅻ ½",
}

func TestEmbedAnything(t *testing.T) {
	m := newTestModel(t)
	for i, v := range embed(t, m, odd...) {
		t.Run(fmt.Sprintf("%.10q", odd[i]), func(t *testing.T) { checkUnit(t, v) })
	}
	if got := embed(t, m); len(got) != 0 {
		t.Errorf("no texts gave %d vectors", len(got))
	}
}

// TestSameVectors holds that a text's vector is the same, bit by bit, alone (on
// all cores), in a batch, on one worker or five, with any kernels.
func TestSameVectors(t *testing.T) {
	texts := []string{"Mensenhandel.", readGolden(t)[5].Text, "De burgemeester kan een pand sluiten.", "x"}
	m := newTestModel(t)
	want := embed(t, m, texts...)
	check := func(name string, i int, got llm.Vector) {
		t.Helper()
		if d := cmp.Diff(want[i], got); d != "" {
			t.Errorf("text %d %s (-batch +got):\n%s", i, name, d)
		}
	}
	for i, text := range texts {
		check("alone", i, embed(t, m, text)[0])
		for team := 1; team <= 5; team++ {
			w := m.windows(0, prefix(llm.Passage)+text)[0]
			m.encode(t.Context(), &w, team)
			toUnit(w.vector)
			check(fmt.Sprintf("with %d workers", team), i, w.vector)
		}
	}
	for _, m := range models(t) {
		for i, v := range embed(t, m, texts...) {
			check("with "+m.Kernels(), i, v)
		}
	}
}

func TestKindsDiffer(t *testing.T) {
	m := newTestModel(t)
	query, err := m.Embed(t.Context(), llm.Query, []string{"mensenhandel"})
	if err != nil {
		t.Fatal(err)
	}
	if cos := cosine(query[0], embed(t, m, "mensenhandel")[0]); cos > 0.999 {
		t.Errorf("query and passage have cosine %v: no prefix?", cos)
	}
}

func TestMeaning(t *testing.T) {
	m := newTestModel(t)
	v := embed(t, m, "De burgemeester sluit een drugspand.", "Het lokale bestuur doet een huis met verdovende middelen dicht.",
		"Morgen regent het in het noorden.")
	if near, far := cosine(v[0], v[1]), cosine(v[0], v[2]); near < far+0.02 {
		t.Errorf("paraphrase %.3f, another subject %.3f", near, far)
	}
}

// TestWindows holds that no piece is lost where a text is cut, and that every
// window fits.
func TestWindows(t *testing.T) {
	m := newTestModel(t)
	text := longText(t)
	want := m.tokeniser.Encode(nil, text)
	windows := m.windows(3, text)
	if len(windows) < 2 {
		t.Fatalf("%d windows, want more", len(windows))
	}
	var got []int32
	for _, w := range windows {
		n := len(w.ids)
		if n > maxTokens || w.ids[0] != unigram.Begin || w.ids[n-1] != unigram.End || w.text != 3 {
			t.Errorf("window of %d tokens, from %d to %d, of text %d", n, w.ids[0], w.ids[n-1], w.text)
		}
		got = append(got, w.ids[1:n-1]...)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("pieces (-want +got):\n%s", d)
	}
}

func TestCancel(t *testing.T) {
	m := newTestModel(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	texts := []string{longText(t), "kort"}
	if _, err := m.Embed(ctx, llm.Passage, texts); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// stepsLeft is a context that ends after it was asked so many times.
type stepsLeft struct {
	context.Context //nolint:containedctx // a context itself
	mu              sync.Mutex
	n               int
}

func (c *stepsLeft) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

// TestCancelMidway holds that whenever the context ends, all workers stop.
func TestCancelMidway(t *testing.T) {
	m := newTestModel(t)
	ids := m.windows(0, "De burgemeester kan een pand sluiten.")[0].ids
	for n := range layerCount {
		for team := 1; team <= 3; team++ {
			w := window{ids: ids}
			m.encode(&stepsLeft{Context: t.Context(), n: n}, &w, team)
			if w.vector != nil {
				t.Errorf("%d workers gave a vector though the context ended in layer %d", team, n)
			}
		}
	}
}

func TestConcurrent(t *testing.T) {
	m := newTestModel(t)
	texts := []string{"een", "twee woorden", "De burgemeester kan een pand sluiten."}
	want := embed(t, m, texts...)
	var callers sync.WaitGroup
	for i := range 12 {
		callers.Go(func() {
			got, err := m.Embed(t.Context(), llm.Passage, texts[i%3:])
			if err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(want[i%3:], got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	callers.Wait()
}

// TestVectorsAreTheCallers holds that what a caller does to a vector changes no
// other.
func TestVectorsAreTheCallers(t *testing.T) {
	m := newTestModel(t)
	first := embed(t, m, "een", "twee")
	want := append(llm.Vector(nil), first[1]...)
	clear(first[0])
	embed(t, m, "drie", "vier")
	if d := cmp.Diff(want, first[1]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestDamagedFile(t *testing.T) {
	n := len(modelFile)
	for name, damage := range map[string]func(f []byte) []byte{
		"empty":      func([]byte) []byte { return nil },
		"header":     func(f []byte) []byte { return f[:10] },
		"cut off":    func(f []byte) []byte { return f[:n/2] },
		"longer":     func(f []byte) []byte { return append(f, 0) },
		"magic":      func(f []byte) []byte { f[0]++; return f },
		"version":    func(f []byte) []byte { f[4]++; return f },
		"checksum":   func(f []byte) []byte { f[8]++; return f },
		"first bit":  func(f []byte) []byte { f[64] ^= 1; return f },
		"middle bit": func(f []byte) []byte { f[n/2] ^= 16; return f },
		"last bit":   func(f []byte) []byte { f[n-1] ^= 128; return f },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := open(damage(bytes.Clone(modelFile))); !errors.Is(err, errDamaged) {
				t.Errorf("error %v, want errDamaged", err)
			}
		})
	}
}

func TestModelName(t *testing.T) {
	if got := newTestModel(t).Model(); !strings.HasPrefix(got, "multilingual-e5-small-q4-nl-en/1-") {
		t.Errorf("Model() = %q", got)
	}
}

// TestHalf checks the conversion of every half-precision number that is finite
// against its definition.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		exp, frac := h>>10&31, h&1023
		if exp == 31 {
			continue
		}
		want := math.Ldexp(float64(frac), -24)
		if exp > 0 {
			want = math.Ldexp(float64(1024+frac), exp-25)
		}
		if h>>15 == 1 {
			want = -want
		}
		if got := half(uint16(h)); float64(got) != want {
			t.Fatalf("half(%#x) = %v, want %v", h, got, want)
		}
	}
}

func FuzzEmbed(f *testing.F) {
	m := newTestModel(f)
	for _, s := range odd {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, query bool) {
		kind := llm.Passage
		if query {
			kind = llm.Query
		}
		vectors, err := m.Embed(t.Context(), kind, []string{text})
		if err != nil {
			t.Fatal(err)
		}
		checkUnit(t, vectors[0])
	})
}
