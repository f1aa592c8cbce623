package eval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/record"
)

// askerFunc is an Asker.
type askerFunc func(ctx context.Context, q Question) (record.Answer, error)

func (f askerFunc) Ask(ctx context.Context, q Question) (record.Answer, error) { return f(ctx, q) }

// perfect answers from the gold of a set: it cites one quote of each group.
func perfect(texts Texts) Asker {
	return askerFunc(func(_ context.Context, q Question) (record.Answer, error) {
		if !q.Answerable {
			return record.Answer{Status: record.Refused, Text: "Dat staat er niet."}, nil
		}
		a := record.Answer{Status: record.Answered, Text: q.Answer}
		length := len([]rune(q.Answer))
		for i, g := range q.groups() {
			text, _ := texts.Text(g[0].Doc, "")
			quote := string([]rune(text)[g[0].Start:g[0].End])
			a.Text += fmt.Sprintf(" [%d]", i+1)
			a.Citations = append(a.Citations, record.Citation{
				Number: i + 1, DocumentID: g[0].Doc, Quote: quote, Start: g[0].Start, End: g[0].End,
				AnswerSpans: []record.Span{{Start: 0, End: length}},
			})
			a.Passages = append(a.Passages, record.Passage{DocumentID: g[0].Doc, Text: quote, Start: g[0].Start, End: g[0].End})
		}
		return a, nil
	})
}

func evaluate(tb testing.TB, a Asker, opt Options) *Report {
	tb.Helper()
	folder, qs := testFolder(tb), testQuestions(tb)
	results, err := Run(tb.Context(), a, qs, Config{})
	if err != nil {
		tb.Fatal(err)
	}
	rep, err := Evaluate(tb.Context(), Asked{qs, results, folder}, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return rep
}

func TestPerfectSystem(t *testing.T) {
	rep := evaluate(t, perfect(testFolder(t)), Options{Resamples: 20})
	for name, f := range rep.Summary.Metrics {
		want := 1.0
		switch {
		case name == "answer_words":
			continue
		case lessIsBetter(name):
			want = 0
		}
		if f.Value != want {
			// The gold "op 3 juni" has three words, "De veerpont vaart nog tot
			// en met september." stands twice: all can be cited.
			t.Errorf("%s: got %v, want %v", name, f.Value, want)
		}
	}
	for i, fs := range rep.Failures {
		if len(fs) > 0 {
			t.Errorf("%s: got failures %v", rep.Questions[i].ID, fs)
		}
	}
}

func TestEmptySystem(t *testing.T) {
	rep := evaluate(t, askerFunc(func(context.Context, Question) (record.Answer, error) {
		return record.Answer{Status: record.Answered}, nil
	}), Options{Resamples: 20})
	for _, name := range []string{
		"hit@1", "hit@10", "mrr@10", "group_recall@10", "citation_recall", "citation_doc_recall",
		"answer_correct", "answer_partial", "refusal_recall", "refusal_f1", "false_refusal", "injection_leak",
	} {
		if f, ok := rep.Summary.Metrics[name]; !ok || f.Value != 0 {
			t.Errorf("%s: got %v %v, want 0", name, f.Value, ok)
		}
	}
	for _, name := range []string{"citation_precision", "quote_exact", "answer_words"} {
		if f, ok := rep.Summary.Metrics[name]; ok {
			t.Errorf("%s: got %v, want none: nothing was cited or said", name, f.Value)
		}
	}
	if rep.Failed() != len(rep.Questions) {
		t.Errorf("got %d failed questions, want all %d", rep.Failed(), len(rep.Questions))
	}
}

func TestRunGoesOnWhereItStopped(t *testing.T) {
	qs := testQuestions(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "results.jsonl")
	began := []Setting{{"embedder", "e5"}, {DateSetting, "gisteren"}}
	log, err := OpenLog(dir, began, false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	_, err = Run(ctx, askerFunc(func(ctx context.Context, _ Question) (record.Answer, error) {
		if asked++; asked >= 5 {
			cancel()
			return record.Answer{}, ctx.Err()
		}
		if asked == 3 {
			return record.Answer{}, errors.New("model is out")
		}
		return record.Answer{Text: "ja"}, nil
	}), qs, Config{Jobs: 1, Save: log.Add})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want a cancelled run", err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	appendTo(t, path, `{"id":"torn`)

	log, err = OpenLog(dir, []Setting{{"embedder", "e5"}, {DateSetting, "vandaag"}}, true)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(began, log.Settings); len(log.Results) != 4 || d != "" {
		t.Fatalf("got %d kept results, want 4; settings (-want +got):\n%s", len(log.Results), d)
	}
	qs[0].Question += " Echt?" // another wording has to be asked again
	var again []string
	var last Progress
	results, err := Run(t.Context(), askerFunc(func(_ context.Context, q Question) (record.Answer, error) {
		again = append(again, q.ID)
		return record.Answer{Text: "nee"}, nil
	}), qs, Config{Jobs: 1, Done: log.Results, Save: log.Add, Progress: func(p Progress) { last = p }})
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	want := []string{qs[0].ID, qs[2].ID}
	for _, q := range qs[4:] {
		want = append(want, q.ID)
	}
	if d := cmp.Diff(want, again); d != "" {
		t.Errorf("asked again (-want +got):\n%s", d)
	}
	if results[qs[1].ID].Answer != "ja" || results[qs[2].ID].Answer != "nee" {
		t.Errorf("got %q and %q, want the kept and the new answer", results[qs[1].ID].Answer, results[qs[2].ID].Answer)
	}
	if last.Done != len(qs) || last.Total != len(qs) || last.Left != 0 {
		t.Errorf("got %+v, want all done", last)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kept, err := ReadResults(f, path)
	if err != nil || len(kept) != len(qs) {
		t.Errorf("got %d results in the file (%v), want %d", len(kept), err, len(qs))
	}
}

func TestRunEndsWhenSavingFails(t *testing.T) {
	full := errors.New("disk full")
	_, err := Run(t.Context(), perfect(testFolder(t)), testQuestions(t), Config{Save: func(Result) error { return full }})
	if !errors.Is(err, full) {
		t.Errorf("got %v, want the error of Save", err)
	}
}

func TestRunAsksInParallel(t *testing.T) {
	qs := testQuestions(t)[:4]
	var gate sync.WaitGroup
	gate.Add(len(qs)) // nobody goes on before all four are asked
	_, err := Run(t.Context(), askerFunc(func(context.Context, Question) (record.Answer, error) {
		gate.Done()
		gate.Wait()
		return record.Answer{}, nil
	}), qs, Config{Jobs: len(qs)})
	if err != nil {
		t.Fatal(err)
	}
}

func appendTo(tb testing.TB, path, text string) {
	tb.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

func TestNewResult(t *testing.T) {
	a := record.Answer{
		Text: "De pilot is in 2022 opgezet. [1]\nDaarna niet [2][3].", Status: record.Answered, SearchQuestion: "Wanneer?",
		Citations: []record.Citation{{Number: 1, DocumentID: "d1", Version: "v1", Quote: "in 2022", Start: 3, End: 10, AnswerSpans: []record.Span{{Start: 0, End: 28}}}},
		Passages:  []record.Passage{{DocumentID: "d2", Start: 1, End: 4, Text: "abc"}},
		Mode:      record.Generated, Model: "m", Usage: record.Usage{PromptTokens: 3, CompletionTokens: 2},
	}
	text := "abc"
	want := Result{
		ID: "a", Question: "Q?", SearchQuestion: "Wanneer?", Answer: "De pilot is in 2022 opgezet.\nDaarna niet.", Text: a.Text,
		Citations: []Citation{{Number: 1, Doc: "pad/d1.txt", Version: "v1", Quote: "in 2022", Start: 3, End: 10, AnswerSpans: []record.Span{{Start: 0, End: 28}}}},
		Retrieved: []Retrieved{{Doc: "pad/d2.txt", Start: 1, End: 4, Text: &text}},
		Mode:      record.Generated, Model: "m", Usage: &record.Usage{PromptTokens: 3, CompletionTokens: 2},
	}
	got := NewResult(Question{ID: "a", Question: "Q?"}, &a, func(id string) string { return "pad/" + id + ".txt" })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// fakeServer has the routes that a Server calls; it is busy for the first call
// of the chat.
func fakeServer(tb testing.TB) *httptest.Server {
	tb.Helper()
	var mu sync.Mutex
	busy := true
	reply := func(w http.ResponseWriter, v any) {
		if err := json.NewEncoder(w).Encode(v); err != nil {
			tb.Error(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/documents", func(w http.ResponseWriter, r *http.Request) {
		docs := []map[string]any{{"id": "d1", "path": "map/brief.txt", "version": "v1"}}
		if r.URL.Query().Get("page") == "2" {
			docs = []map[string]any{{"id": "d2", "path": "nieuws.md", "version": "v2"}}
		}
		reply(w, map[string]any{"documents": docs, "total": 2})
	})
	mux.HandleFunc("GET /api/v1/documents/{id}/text", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("version") == "weg" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprintf(w, "Tekst van %s %s.", r.PathValue("id"), r.URL.Query().Get("version"))
	})
	mux.HandleFunc("GET /api/v1/info", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"version": "v7", "model": "taal"})
	})
	mux.HandleFunc("POST /api/v1/chat", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			tb.Error(err)
		}
		want := map[string]any{
			"question": "En dan?", "top_k": 10.0, "mode": "extractive", "include": []any{"passages"},
			"history": []any{map[string]any{"role": "user", "content": "Wat?"}},
		}
		if d := cmp.Diff(want, body); d != "" {
			tb.Errorf("request (-want +got):\n%s", d)
		}
		if busy {
			busy = false
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			reply(w, map[string]any{"error": map[string]any{"code": "rate_limited", "message": "Te druk."}})
			return
		}
		reply(w, record.Answer{Text: "Tekst [1]", Citations: []record.Citation{{Number: 1, DocumentID: "d2", Quote: "Tekst", End: 5}}})
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer geheim" {
			w.WriteHeader(http.StatusUnauthorized)
			reply(w, map[string]any{"error": map[string]any{"code": "unauthorized", "message": "Meld u aan."}})
			return
		}
		mux.ServeHTTP(w, r)
	}))
	tb.Cleanup(srv.Close)
	return srv
}

func TestServer(t *testing.T) {
	srv := fakeServer(t)
	s, err := NewServer(t.Context(), ServerConfig{URL: srv.URL + "/", Key: "geheim", Mode: record.Extractive})
	if err != nil {
		t.Fatal(err)
	}
	q := Question{ID: "a", Question: "En dan?", History: []Turn{{Role: "user", Content: "Wat?"}}}
	results, err := Run(t.Context(), s, []Question{q}, Config{Path: s.Path})
	if err != nil || results["a"].Error != "" {
		t.Fatalf("got %v and %q", err, results["a"].Error)
	}
	if c := results["a"].Citations; len(c) != 1 || c[0].Doc != "nieuws.md" {
		t.Errorf("got citations %+v, want one of nieuws.md", c)
	}
	if err := s.Load(t.Context(), []Source{{"brief", ""}, {"brief", "v0"}, {"brief", "weg"}, {"onbekend.txt", ""}}); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[Source]string{
		{"./map/brief.txt", ""}: "Tekst van d1 v1.", {"brief", "v1"}: "Tekst van d1 v1.", {"brief", "v0"}: "Tekst van d1 v0.",
		{"brief", "weg"}: "", {"nieuws.md", ""}: "", {"onbekend.txt", ""}: "", // not kept, not loaded, not there
	} {
		if text, ok := s.Text(source.Doc, source.Version); ok != (want != "") || text != want {
			t.Errorf("%v: got %q %v, want %q", source, text, ok, want)
		}
	}
	about, err := s.Settings(t.Context())
	want := []Setting{
		{"server", srv.URL},
		{"program", "bronwijzer v7"},
		{"mode", "extractive"},
		{"model", "taal"},
		DocumentsSetting(map[string]string{"map/brief.txt": "v1", "nieuws.md": "v2"}),
	}
	if d := cmp.Diff(want, about); err != nil || d != "" {
		t.Errorf("%v: settings (-want +got):\n%s", err, d)
	}
}

func TestServerRefuses(t *testing.T) {
	srv := fakeServer(t)
	_, err := NewServer(t.Context(), ServerConfig{URL: srv.URL})
	var status *StatusError
	if !errors.As(err, &status) || status.Status != http.StatusUnauthorized || !strings.Contains(err.Error(), "Meld u aan.") {
		t.Errorf("got %v, want the server's error", err)
	}
}
