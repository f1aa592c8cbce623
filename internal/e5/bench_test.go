package e5

import (
	"runtime"
	"testing"
	"time"

	"bronwijzer/internal/llm"
)

// BenchmarkQuery embeds questions one at a time on one core.
func BenchmarkQuery(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	questions := benchTexts(b, llm.Query)
	for _, m := range models(b) {
		b.Run(m.Kernels(), func(b *testing.B) {
			i := 0
			for b.Loop() {
				if _, err := m.Embed(b.Context(), llm.Query, questions[i%len(questions):][:1]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

// BenchmarkPassages embeds a batch of passages on all cores.
func BenchmarkPassages(b *testing.B) {
	passages := benchTexts(b, llm.Passage)
	for _, m := range models(b) {
		b.Run(m.Kernels(), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Embed(b.Context(), llm.Passage, passages); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(passages))/b.Elapsed().Seconds(), "passages/s")
		})
	}
}

// BenchmarkTokenise reports how many bytes of text are cut in a second.
func BenchmarkTokenise(b *testing.B) {
	m := newTestModel(b)
	text := longText(b)
	b.SetBytes(int64(len(text)))
	var ids []int32
	for b.Loop() {
		ids = m.tokeniser.Encode(ids[:0], text)
	}
}

// BenchmarkOpen opens the model file.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if _, err := open(modelFile); err != nil {
			b.Fatal(err)
		}
	}
}

// benchTexts returns what testdata/compare.py measures as well: all questions,
// or the first 64 passages of 400 to 2000 bytes.
func benchTexts(tb testing.TB, kind llm.Kind) []string {
	tb.Helper()
	var texts []string
	for _, g := range readGolden(tb) {
		if g.kind() == kind && (kind == llm.Query || len(g.Text) >= 400 && len(g.Text) <= 2000) {
			texts = append(texts, g.Text)
		}
	}
	if kind == llm.Passage {
		return texts[:64]
	}
	return texts
}

// TestOpenIsFast holds the time that a start costs. Other work on the machine
// can only make it longer, so the best of some counts.
func TestOpenIsFast(t *testing.T) {
	best := time.Hour
	for range 10 {
		start := time.Now()
		if _, err := open(modelFile); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	t.Logf("opened in %v", best)
	if limit := 50 * time.Millisecond; best > limit && !raceDetector {
		t.Errorf("opening takes %v, want <= %v", best, limit)
	}
}
