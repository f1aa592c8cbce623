package eval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func benchmark(corpus, queries, qrels string) fstest.MapFS {
	return fstest.MapFS{
		"corpus.jsonl":   {Data: []byte(corpus)},
		"queries.jsonl":  {Data: []byte(queries)},
		"qrels/test.tsv": {Data: []byte(qrels)},
	}
}

const (
	smallCorpus  = "{\"_id\":\"d1\",\"title\":\"T\",\"text\":\"een\"}\n{\"_id\":\"d2\",\"text\":\"twee\"}\n"
	smallQueries = "{\"_id\":\"q1\",\"text\":\"een?\"}\n{\"_id\":\"q2\",\"text\":\"twee?\"}\n{\"_id\":\"q3\",\"text\":\"niets?\"}\n"
	smallQrels   = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td2\t1\nq2\td1\t0\n"
)

type searcherFunc func(query string, k int) ([]string, error)

func (f searcherFunc) Search(_ context.Context, query string, k int) ([]string, error) {
	return f(query, k)
}

func TestBEIR(t *testing.T) {
	fsys := benchmark(smallCorpus, smallQueries, smallQrels)
	if !IsBEIR(fsys) {
		t.Error("not seen as a benchmark")
	}
	b, err := OpenBEIR(fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for p, err := range b.Passages() {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID+p.Title+p.Text)
	}
	if d := cmp.Diff([]string{"d1Teen", "d2twee"}, ids); d != "" {
		t.Errorf("corpus (-want +got):\n%s", d)
	}
	rep, err := RunBEIR(t.Context(), searcherFunc(func(query string, k int) ([]string, error) {
		if k != 100 {
			t.Errorf("got k = %d, want 100", k)
		}
		return []string{"d2", "d2", "d9", "d1"}, nil
	}), b, Config{}, Options{Resamples: -1})
	if err != nil {
		t.Fatal(err)
	}
	// q1: d2 (grade 1) at rank 1, d1 (grade 2) at rank 3, as the second d2
	// doesn't count; q2: d2 at rank 1.
	ndcg1 := (1 + 2/math.Log2(4)) / (2 + 1/math.Log2(3))
	want := Figures{
		"hit@1": {Value: 1, Den: 2}, "hit@3": {Value: 1, Den: 2}, "hit@5": {Value: 1, Den: 2}, "hit@10": {Value: 1, Den: 2},
		"mrr@10": {Value: 1, Den: 2}, "recall@5": {Value: 1, Den: 2}, "recall@10": {Value: 1, Den: 2}, "recall@100": {Value: 1, Den: 2},
		"ndcg@10": {Value: (ndcg1 + 1) / 2, Den: 2},
	}
	if d := cmp.Diff(want, rep.Summary.Metrics); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	dir := filepath.Join(t.TempDir(), "uit")
	if err := rep.Write(dir); err != nil {
		t.Fatal(err)
	}
	before, err := ReadBaseline(dir)
	if err != nil {
		t.Fatal(err)
	}
	worse, err := RunBEIR(t.Context(), searcherFunc(func(string, int) ([]string, error) { return []string{"d9"}, nil }), b, Config{}, Options{Resamples: -1})
	if err != nil {
		t.Fatal(err)
	}
	worse.Comparison = Compare(before, &worse.Scored, 50)
	var md strings.Builder
	if err := worse.WriteMarkdown(&md); err != nil || worse.Comparison.N != 2 || !strings.Contains(md.String(), "| hit@1 | 1.000 | 0.000 |") {
		t.Errorf("%v: compared %d queries:\n%s", err, worse.Comparison.N, md.String())
	}
	run, err := os.ReadFile(filepath.Join(dir, "run.trec"))
	if err != nil || !strings.HasPrefix(string(run), "q1 Q0 d2 1 3 bronwijzer\nq1 Q0 d9 2 2 bronwijzer\nq1 Q0 d1 3 1 bronwijzer\nq2 Q0 d2 1 ") {
		t.Errorf("got %v and the run\n%s", err, run)
	}
}

func TestScoreRanking(t *testing.T) {
	deep := make([]string, 0, 120)
	for i := range 120 {
		deep = append(deep, fmt.Sprint("x", i))
	}
	deep[10], deep[99], deep[100] = "a", "b.txt", "c"
	got := ScoreRanking(map[string]float64{"a": 1, "b": 1, "c": 1}, deep)
	want := Metrics{
		"hit@1": {0, 1}, "hit@3": {0, 1}, "hit@5": {0, 1}, "hit@10": {0, 1}, "mrr@10": {0, 1}, "ndcg@10": {0, 1},
		"recall@5": {0, 1}, "recall@10": {0, 1}, "recall@100": {2. / 3, 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestBadBEIR(t *testing.T) {
	tests := []struct{ name, queries, qrels, want string }{
		{"columns", smallQueries, "q1\td1\n", "qrels/test.tsv: line 1: 2 columns"},
		{"grade", smallQueries, "q1\td1\tja\n", `grade "ja" isn't a number`},
		{"broken query", "{\n", smallQrels, "queries.jsonl: line 1"},
		{"unknown query", "{\"_id\":\"q1\",\"text\":\"x\"}", smallQrels, "judges 1 queries that queries.jsonl doesn't have"},
		{"nothing relevant", smallQueries, "q1\td1\t0\n", "no query has a relevant passage"},
	}
	for _, tt := range tests {
		_, err := OpenBEIR(benchmark("", tt.queries, tt.qrels), "")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := OpenBEIR(benchmark("", smallQueries, smallQrels), "dev"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("split dev: got %v, want it missing", err)
	}
	b, err := OpenBEIR(benchmark("{\"_id\":\"d1\"}\n{\n", smallQueries, smallQrels), "test")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err = range b.Passages() {
		n++
	}
	if n != 2 || err == nil || !strings.Contains(err.Error(), "corpus.jsonl:2") {
		t.Errorf("got %d passages and %v, want the broken line", n, err)
	}
	if _, err := RunBEIR(t.Context(), searcherFunc(func(string, int) ([]string, error) { return nil, io.ErrUnexpectedEOF }), b, Config{}, Options{}); err == nil {
		t.Error("a search that fails: got no error")
	}
}

// manyPassages is a corpus.jsonl that is made while it is read.
type manyPassages struct {
	left int
	text string
	line strings.Reader
}

func (m *manyPassages) Read(p []byte) (int, error) {
	if m.line.Len() == 0 {
		if m.left == 0 {
			return 0, io.EOF
		}
		m.left--
		m.line.Reset(`{"_id":"d` + strconv.Itoa(m.left) + `","text":"` + m.text + "\"}\n")
	}
	return m.line.Read(p)
}

func (*manyPassages) Close() error               { return nil }
func (*manyPassages) Stat() (fs.FileInfo, error) { return nil, fs.ErrInvalid }

type manyFS struct{ fstest.MapFS }

func (f manyFS) Open(name string) (fs.File, error) {
	if name == "corpus.jsonl" {
		return &manyPassages{left: 30_000, text: strings.Repeat("woord ", 40)}, nil
	}
	return f.MapFS.Open(name)
}

// A corpus of 8 MB goes by in less than 3 MB.
func TestCorpusIsStreamed(t *testing.T) {
	b, err := OpenBEIR(manyFS{benchmark("", smallQueries, smallQrels)}, "")
	if err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	var most uint64
	n, begin := 0, time.Now()
	for _, err := range b.Passages() {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%5000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if n != 30_000 || most > 3<<20 {
		t.Errorf("got %d passages with up to %d bytes, want 30000 in less than 3 MB", n, most)
	}
	t.Logf("%d passages in %v, heap up to %.1f MB", n, time.Since(begin), float64(most)/(1<<20))
}
