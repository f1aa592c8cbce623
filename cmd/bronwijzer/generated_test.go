package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"bronwijzer/internal/access"
	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/httpapi"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/llm/llmtest"
	"bronwijzer/internal/openai"
	"bronwijzer/internal/record"
)

const pilotQuestion = "In welk jaar is de pilot signalentafel mensenhandel Midden-Nederland opgezet?"

// swapped is a generator that can be exchanged for another while it is in use.
type swapped struct {
	atomic.Pointer[openai.Generator]
}

func (*swapped) Model() string { return llmtest.ModelName }

func (s *swapped) Generate(ctx context.Context, r llm.Request, emit func(string) error) (llm.Usage, error) {
	return s.Load().Generate(ctx, r, emit)
}

// modelHouse is the whole program over the corpus, on a port of loopback, with a
// model that can be exchanged.
type modelHouse struct {
	url    string
	client *http.Client
	model  *swapped
	close  func()
}

func newModelHouse(tb testing.TB, embedder string) *modelHouse {
	tb.Helper()
	var c cli
	parser, err := newParser(&c, io.Discard, io.Discard)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := parser.Parse([]string{"version", "--data", tb.TempDir(), "--corpus", "../../corpus", "--embedder", embedder}); err != nil {
		tb.Fatal(err)
	}
	lg := slog.New(slog.DiscardHandler)
	a, err := open(tb.Context(), lg, &c.settings, front{})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := a.update(tb.Context(), io.Discard); err != nil {
		tb.Fatal(err)
	}
	model, err := newEmbedder(tb.Context(), lg, &c.settings)
	if err != nil {
		tb.Fatal(err)
	}
	h := &modelHouse{client: &http.Client{Transport: &http.Transport{}}, model: &swapped{}}
	generated, err := answer.NewGenerated(lg, a.retriever, h.model, model, answer.GeneratedConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	a.chat = chat.New(lg, a.store, answer.NewExtractive(a.retriever), chat.Config{
		Ready: a.ready.Load, Generated: generated, Rewriter: chat.NewRewriter(lg, h.model),
	})
	handler, err := a.handler(lg, access.Config{}, httpapi.Config{Limits: httpapi.Limits{Rate: -1}})
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(handler)
	h.url = server.URL
	h.close = func() {
		h.client.CloseIdleConnections()
		server.Close()
		a.close(lg)
	}
	return h
}

// play makes the model one that plays the script.
func (h *modelHouse) play(tb testing.TB, script llmtest.Script, cfg openai.GeneratorConfig) *llmtest.Server {
	tb.Helper()
	server, base := llmtest.Start(tb, script)
	cfg.BaseURL, cfg.Model = base, llmtest.ModelName
	g, err := openai.NewGenerator(slog.New(slog.DiscardHandler), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	h.model.Store(g)
	return server
}

// post sends a JSON body and returns the response's.
func (h *modelHouse) post(tb testing.TB, path string, body map[string]any) string {
	tb.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		tb.Fatal(err)
	}
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, h.url+path, bytes.NewReader(encoded))
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return h.do(tb, req)
}

func (h *modelHouse) get(tb testing.TB, path string) string {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, h.url+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return h.do(tb, req)
}

func (h *modelHouse) do(tb testing.TB, req *http.Request) string {
	tb.Helper()
	resp, err := h.client.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		tb.Fatalf("%s %s: status %d, %v: %s", req.Method, req.URL.Path, resp.StatusCode, err, out)
	}
	return string(out)
}

func fromJSON[T any](tb testing.TB, s string) T {
	tb.Helper()
	var v T
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		tb.Fatalf("%v: %s", err, s)
	}
	return v
}

// impatient is how long a silence may last in scenarios that have one; others may
// take their time, on a busy machine.
var impatient = map[string]time.Duration{
	"silent": 200 * time.Millisecond, "no header": 200 * time.Millisecond, "stuck": time.Second,
}

// TestScenarios plays every way in which a model misbehaves, over every door:
// JSON, events, and the OpenAI-compatible API with and without a stream.
func TestScenarios(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	h := newModelHouse(t, "none")
	defer h.close()
	for i, s := range llmtest.Scenarios() {
		if i%scenarioStep != 0 {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			server := h.play(t, s.Script, openai.GeneratorConfig{First: impatient[s.Name], Idle: impatient[s.Name], Retries: 1})
			v := view{modelHouse: h, scenario: s, server: server}
			auto := fromJSON[record.Answer](t, h.post(t, "/api/v1/chat", map[string]any{"question": pilotQuestion}))
			v.check(t, auto)
			v.checkMode(t, auto)
			strict := fromJSON[record.Answer](t, h.post(t, "/api/v1/chat", map[string]any{"question": pilotQuestion, "mode": "generated"}))
			v.check(t, strict)
			if s.Down && (strict.Status != record.Refused || strict.Refusal.Reason != record.ModelUnavailable || len(strict.Passages) < 3) {
				t.Errorf("model is away, generated was asked for, got %s %+v", strict.Status, strict.Refusal)
			}
			v.check(t, v.events(t, h.post(t, "/api/v1/chat", map[string]any{"question": pilotQuestion, "stream": true})))
			v.completions(t)
		})
	}
}

// view is what a reader may see of a scenario.
type view struct {
	*modelHouse
	scenario llmtest.Scenario
	server   *llmtest.Server
}

// checkMode wants a model that said something of use to be shown, and sentences
// of the documents from one that is away.
func (v view) checkMode(t *testing.T, rec record.Answer) {
	t.Helper()
	switch {
	case v.scenario.Down && (rec.Mode != record.Extractive || rec.Status != record.Answered || !strings.Contains(rec.Notice, "niet bereikbaar")):
		t.Errorf("model is away, got %s %s, notice %q", rec.Mode, rec.Status, rec.Notice)
	case v.scenario.Text && (rec.Mode != record.Generated || rec.Status != record.Answered):
		t.Errorf("got %s %s: %s", rec.Mode, rec.Status, rec.Text)
	case !v.scenario.Down && !v.scenario.Text && rec.Status != record.Refused:
		t.Errorf("got %s %s: %s", rec.Mode, rec.Status, rec.Text)
	}
}

var (
	publicMarker = regexp.MustCompile(`\[(\d+)\]`)
	itemNumber   = regexp.MustCompile(`(?m)^\d+\. `)
	figure       = regexp.MustCompile(`\d+`)
)

// check wants a record whose citations are exact, and a text with nothing in it
// that the model made up.
func (v view) check(t *testing.T, rec record.Answer) {
	t.Helper()
	sources := ""
	for _, c := range rec.Citations {
		query := url.Values{"version": {c.Version}}
		text := v.get(t, "/api/v1/documents/"+c.DocumentID+"/text?"+query.Encode())
		if got, ok := (docs.Span{Start: c.Start, End: c.End}).Slice(text); !ok || got != c.Quote {
			t.Errorf("citation %d: text at %d-%d is %q, quote %q", c.Number, c.Start, c.End, got, c.Quote)
		}
		sources += c.Quote + c.Title + c.Date + c.Publisher + strings.Join(c.Section, " ")
	}
	v.checkText(t, rec.Text)
	if rec.Status == record.Refused {
		return
	}
	for _, n := range figure.FindAllString(itemNumber.ReplaceAllString(publicMarker.ReplaceAllString(rec.Text, ""), ""), -1) {
		if !strings.Contains(sources, n) {
			t.Errorf("%s stands in no source of %q", n, rec.Text)
		}
	}
	for _, m := range publicMarker.FindAllStringSubmatch(rec.Text, -1) {
		if !slices.ContainsFunc(rec.Citations, func(c record.Citation) bool { return fmt.Sprint(c.Number) == m[1] }) {
			t.Errorf("marker %s has no citation", m[0])
		}
	}
	stored := fromJSON[record.Answer](t, v.get(t, "/api/v1/answers/"+rec.ID))
	if stored.Text != rec.Text || len(stored.Citations) != len(rec.Citations) {
		t.Errorf("stored is %q, shown was %q", stored.Text, rec.Text)
	}
}

// checkText wants no invention, no handle, no marker but public ones, and
// nothing of the model server's errors.
func (v view) checkText(t *testing.T, text string) {
	t.Helper()
	for _, secret := range append(slices.Clone(llmtest.Invented), llmtest.Secret) {
		if strings.Contains(text, secret) {
			t.Errorf("%q in %q", secret, text)
		}
	}
	if strings.ContainsAny(publicMarker.ReplaceAllString(text, ""), "[]【】") {
		t.Errorf("brackets in %q", text)
	}
	for _, r := range v.server.Requests() {
		for _, p := range r.Passages() {
			if regexp.MustCompile(`(?i)\b` + p.Handle + `\b`).MatchString(text) {
				t.Errorf("handle %s in %q", p.Handle, text)
			}
		}
	}
}

// events reads a stream of events and returns the record at its end.
func (v view) events(t *testing.T, stream string) record.Answer {
	t.Helper()
	var rec record.Answer
	var text strings.Builder
	announced, last := 0, ""
	for frame := range strings.SplitSeq(strings.TrimSpace(stream), "\n\n") {
		name, data, ok := strings.Cut(frame, "\ndata: ")
		if !ok {
			continue // heartbeat
		}
		switch last = strings.TrimPrefix(name, "event: "); last {
		case "citation":
			announced = fromJSON[record.Citation](t, data).Number
		case "text":
			delta := fromJSON[record.Delta](t, data).Delta
			text.WriteString(delta)
			for _, m := range publicMarker.FindAllStringSubmatch(delta, -1) {
				if m[1] > fmt.Sprint(announced) && announced < 10 {
					t.Errorf("marker %s before its citation", m[0])
				}
			}
		case "done":
			rec = fromJSON[record.Answer](t, data)
		}
	}
	if last != "done" || text.String() != rec.Text {
		t.Errorf("stream ends with %q, text %q, record %q", last, text.String(), rec.Text)
	}
	return rec
}

// completions asks over the OpenAI-compatible API.
func (v view) completions(t *testing.T) {
	t.Helper()
	body := map[string]any{"model": "bronwijzer", "messages": []map[string]string{{"role": "user", "content": pilotQuestion}}}
	type part struct{ Content string }
	type response struct {
		Choices []struct {
			Message, Delta part
			FinishReason   string `json:"finish_reason"`
		}
	}
	whole := fromJSON[response](t, v.post(t, "/v1/chat/completions", body))
	if len(whole.Choices) != 1 || whole.Choices[0].Message.Content == "" || whole.Choices[0].FinishReason == "" {
		t.Errorf("completion %+v", whole)
	}
	v.checkText(t, whole.Choices[0].Message.Content)

	body["stream"] = true
	var text strings.Builder
	last := ""
	lines := bufio.NewScanner(strings.NewReader(v.post(t, "/v1/chat/completions", body)))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		if last = data; data == "[DONE]" {
			break
		}
		for _, c := range fromJSON[response](t, data).Choices {
			text.WriteString(c.Delta.Content)
		}
	}
	if last != "[DONE]" || text.Len() == 0 {
		t.Errorf("stream ends with %q, text %q", last, text.String())
	}
	v.checkText(t, text.String())
}

// TestReaderLeaves wants the model's server to know within 100 ms that nobody
// waits for its answer any more. A machine that is busy with something else may be
// late once, not always.
func TestReaderLeaves(t *testing.T) {
	h := newModelHouse(t, "none")
	defer h.close()
	best := time.Hour
	for try := 0; try < 5 && best > 100*time.Millisecond; try++ {
		best = min(best, h.untilFelt(t))
	}
	if best > 100*time.Millisecond {
		t.Errorf("the model's server noticed after %v", best)
	}
}

// untilFelt is how long after a reader left the model's server notices.
func (h *modelHouse) untilFelt(t *testing.T) time.Duration {
	t.Helper()
	gone := make(chan time.Time, 1)
	h.play(t, func(c *llmtest.Call) {
		llmtest.Honest(c)
		c.Hang()
		gone <- time.Now()
	}, openai.GeneratorConfig{})
	body := strings.NewReader(`{"stream": true, "question": "` + pilotQuestion + `"}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/api/v1/chat", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := h.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(resp.Body); lines.Scan() && lines.Text() != "event: text"; {
	}
	left := time.Now()
	resp.Body.Close()
	return (<-gone).Sub(left)
}

// TestManyStreams asks many questions at once and wants each stream to be the one
// that its question gets alone.
func TestManyStreams(t *testing.T) {
	h := newModelHouse(t, "none")
	defer h.close()
	server := h.play(t, llmtest.Honest, openai.GeneratorConfig{})
	questions := []string{
		pilotQuestion, "Hoeveel fte komt er bij voor de AVIM?", "Waarom is de webcrawler juridisch ingewikkeld?",
		"In hoeveel procent van de gemeenten is er geen zicht op mensenhandel?", "Hoeveel hotels doen mee aan No Place for Sex Trafficking?",
	}
	v := view{modelHouse: h, server: server}
	stream := func(q string) string {
		return v.events(t, h.post(t, "/api/v1/chat", map[string]any{"question": q, "stream": true})).Text
	}
	want := map[string]string{}
	for _, q := range questions {
		want[q] = stream(q)
	}
	var group errgroup.Group
	for i := range manyStreams {
		q := questions[i%len(questions)]
		group.Go(func() error {
			if got := stream(q); got != want[q] {
				return fmt.Errorf("%q: got %q alone %q", q, got, want[q])
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}
