package eval

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantFigures are the figures that an independent scorer, written in another
// language to the same definitions, computed once for the results beside them.
// Never write them with this package: that they come from elsewhere is the
// point.
type wantFigures struct {
	Metrics    map[string]struct{ Value, Den *float64 } `json:"metrics"`
	ByType     map[string]map[string]*float64           `json:"by_type"`
	ByDocument map[string]map[string]*float64           `json:"by_document"`
	Latency    *Latency                                 `json:"latency_ms"`
}

func TestFiguresEqualIndependentScorer(t *testing.T) {
	folder, qs := testFolder(t), testQuestions(t)
	runs, err := filepath.Glob("testdata/runs/*.results.jsonl")
	if err != nil || len(runs) < 8 {
		t.Fatalf("got %d runs (%v), want at least 8", len(runs), err)
	}
	for _, path := range runs {
		name := strings.TrimSuffix(path, ".results.jsonl")
		t.Run(filepath.Base(name), func(t *testing.T) {
			var want wantFigures
			readJSON(t, name+".figures.json", &want)
			scores := scoreAll(t, folder, qs, path)
			got := Aggregate(metricsOf(scores))
			if len(got) != len(want.Metrics) {
				t.Errorf("got %d metrics, want %d", len(got), len(want.Metrics))
			}
			for k, w := range want.Metrics {
				if g := got[k]; float64(g.Den) != *w.Den || !sameValue(g.Value, w.Value) {
					t.Errorf("%s: got %v over %d, want %v over %v", k, g.Value, g.Den, show(w.Value), *w.Den)
				}
			}
			compareParts(t, ByType(qs, scores), want.ByType)
			compareParts(t, ByDocument(qs, scores), want.ByDocument)
			gotLatency := Latencies(scores)
			if (want.Latency == nil) != (gotLatency.N == 0) || want.Latency != nil && gotLatency != *want.Latency {
				t.Errorf("latency: got %+v, want %+v", gotLatency, want.Latency)
			}
		})
	}
}

func compareParts(t *testing.T, got []Part, want map[string]map[string]*float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d parts, want %d", len(got), len(want))
	}
	for _, p := range got {
		w, ok := want[p.Name]
		if !ok && p.Name == "(none)" {
			w = want["None"]
		}
		if float64(p.N) != *w["n"] || len(p.Figures) != len(w)-1 {
			t.Errorf("%s: got %d questions and %d metrics, want %v and %d", p.Name, p.N, len(p.Figures), *w["n"], len(w)-1)
		}
		for k, f := range p.Figures {
			if v, ok := w[k]; !ok || !sameValue(f.Value, v) {
				t.Errorf("%s: %s: got %v, want %v", p.Name, k, f.Value, show(v))
			}
		}
	}
}

func sameValue(got float64, want *float64) bool {
	if want == nil {
		return math.IsNaN(got)
	}
	return math.Abs(got-*want) < 1e-12
}

func show(v *float64) any {
	if v == nil {
		return "none"
	}
	return *v
}

func testFolder(tb testing.TB) *Folder {
	tb.Helper()
	f, err := NewFolder(os.DirFS("testdata/docs"))
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func testQuestions(tb testing.TB) []Question {
	tb.Helper()
	f, err := os.Open("testdata/questions.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	qs, err := ReadSet(f, "questions.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	return qs
}

func scoreAll(tb testing.TB, texts Texts, qs []Question, path string) []Score {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rs, err := ReadResults(f, path)
	if err != nil {
		tb.Fatal(err)
	}
	s := NewScorer(texts)
	var out []Score
	for _, q := range qs {
		out = append(out, s.Score(q, rs[q.ID]))
	}
	return out
}

func readJSON(tb testing.TB, path string, v any) {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		tb.Fatal(err)
	}
}
