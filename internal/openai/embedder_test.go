package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/llm"
	"bronwijzer/internal/llm/llmtest"
)

const (
	secretKey  = "sk-geheim"
	secretText = "vertrouwelijke vraag"
	secretBody = "interne melding van de server"
)

// wire is a request as a server sees it.
type wire struct {
	Input     []string `json:"input"`
	Model     string   `json:"model"`
	InputType string   `json:"input_type"`
	Format    string   `json:"encoding_format"`
}

// item is one vector of a response; Embedding is any for what isn't a vector.
type item struct {
	Embedding any `json:"embedding"`
	Index     int `json:"index"`
}

// vectorsOf answers a request with the fake's vectors, last text first.
func vectorsOf(r wire) []item {
	vectors, err := llmtest.Embedder{Dimension: 8}.Embed(context.Background(), llm.Query, r.Input)
	if err != nil {
		panic("unreachable: the context never ends")
	}
	items := make([]item, len(vectors))
	for i, v := range vectors {
		for j := range v {
			v[j] *= 3 // servers needn't normalise
		}
		items[i] = item{v, i}
	}
	slices.Reverse(items)
	return items
}

// server records requests and answers them with respond.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []wire
	keys     []string
}

func newServer(t *testing.T, respond func(w http.ResponseWriter, r wire, n int)) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body wire
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Path != "/v1/embeddings" {
			t.Errorf("request %s: %v", r.URL.Path, err)
		}
		s.mu.Lock()
		s.requests = append(s.requests, body)
		s.keys = append(s.keys, r.Header.Get("Authorization"))
		n := len(s.requests)
		s.mu.Unlock()
		respond(w, body, n)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

func send(w io.Writer, items any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": items})
}

// embedder returns one that notes how long it would wait instead of waiting.
func embedder(t *testing.T, cfg EmbedderConfig) (e *Embedder, log *bytes.Buffer, waits *[]time.Duration) {
	t.Helper()
	log, waits = &bytes.Buffer{}, &[]time.Duration{}
	if cfg.Model == "" {
		cfg.Model = "model"
	}
	e, err := NewEmbedder(t.Context(), slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), cfg)
	if err != nil {
		t.Fatal(err)
	}
	e.wait = func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}
	return e, log, waits
}

func TestEmbedder(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r wire, _ int) { send(w, vectorsOf(r)) })
	e, _, _ := embedder(t, EmbedderConfig{BaseURL: s.URL + "/v1/", QueryPrefix: "query: ", PassagePrefix: "passage: ", Batch: 16})
	llmtest.TestEmbedder(t, e)
}

// TestEmbedderServer is the same on a real server, for whoever has one.
func TestEmbedderServer(t *testing.T) {
	url := os.Getenv("BRONWIJZER_TEST_EMBED_URL")
	if url == "" {
		t.Skip("BRONWIJZER_TEST_EMBED_URL names no server, such as http://127.0.0.1:8123/v1")
	}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	e, err := NewEmbedder(t.Context(), slog.New(slog.DiscardHandler), EmbedderConfig{BaseURL: url, Model: "multilingual-e5-small", InputType: true})
	if err != nil {
		t.Fatal(err)
	}
	llmtest.TestEmbedder(t, e)
}

func TestEmbedderRequests(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r wire, _ int) { send(w, vectorsOf(r)) })
	cfg := EmbedderConfig{
		BaseURL: s.URL + "/v1", Key: secretKey, Model: "e5", QueryPrefix: "q: ", PassagePrefix: "p: ", InputType: true, Batch: 2,
	}
	e, _, _ := embedder(t, cfg)
	if e.Dim() != 8 {
		t.Errorf("Dim: got %d, want 8", e.Dim())
	}
	if _, err := e.Embed(t.Context(), llm.Passage, []string{"a", "b", "c"}); err != nil {
		t.Fatal(err)
	}
	want := []wire{
		{[]string{"q: dimensie"}, "e5", "query", "float"},
		{[]string{"p: a", "p: b"}, "e5", "passage", "float"},
		{[]string{"p: c"}, "e5", "passage", "float"},
	}
	if diff := cmp.Diff(want, s.requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for _, key := range s.keys {
		if key != "Bearer "+secretKey {
			t.Errorf("authorization %q", key)
		}
	}

	s.requests = nil
	plain, _, _ := embedder(t, EmbedderConfig{BaseURL: s.URL + "/v1", Dim: 8})
	if _, err := plain.Embed(t.Context(), llm.Query, []string{"", "b"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]wire{{[]string{" ", "b"}, "model", "", "float"}}, s.requests); diff != "" {
		t.Errorf("without prefixes and with a known dimension (-want +got):\n%s", diff)
	}
}

func TestEmbedderModel(t *testing.T) {
	const base = "http://127.0.0.1:9/v1"
	configs := []EmbedderConfig{
		{Model: "e5", Dim: 8},
		{Model: "e5", Dim: 9},
		{Model: "bge", Dim: 8},
		{Model: "e5", Dim: 8, QueryPrefix: "query: "},
		{Model: "e5", Dim: 8, PassagePrefix: "query: "},
		{Model: "e5", Dim: 8, InputType: true},
	}
	seen := make(map[string]bool)
	for _, cfg := range configs {
		cfg.BaseURL = base
		e, _, _ := embedder(t, cfg)
		if seen[e.Model()] {
			t.Errorf("%+v: name %q is taken", cfg, e.Model())
		}
		seen[e.Model()] = true
		cfg.BaseURL, cfg.Key, cfg.Batch = "http://127.0.0.1:10/v1", secretKey, 7
		same, _, _ := embedder(t, cfg)
		if same.Model() != e.Model() || strings.Contains(same.Model(), secretKey) {
			t.Errorf("name %q at one address, %q at another", e.Model(), same.Model())
		}
	}
}

func keepsSecrets(t *testing.T, said string) {
	t.Helper()
	for _, secret := range []string{secretKey, secretText, secretBody} {
		if strings.Contains(said, secret) {
			t.Errorf("gives away %q: %s", secret, said)
		}
	}
}

// TestEmbedderBadResponses: what a server returns is checked, and asking again
// wouldn't make it better.
func TestEmbedderBadResponses(t *testing.T) {
	good := []float64{1, 2}
	tests := map[string]any{
		"too few":          []item{{good, 0}},
		"too many":         []item{{good, 0}, {good, 1}, {good, 2}},
		"none":             nil,
		"index twice":      []item{{good, 0}, {good, 0}},
		"index too high":   []item{{good, 0}, {good, 2}},
		"index negative":   []item{{good, 0}, {good, -1}},
		"too short":        []item{{good, 0}, {[]float64{1}, 1}},
		"too long":         []item{{good, 0}, {[]float64{1, 2, 3}, 1}},
		"zero":             []item{{good, 0}, {[]float64{0, 0}, 1}},
		"overflow":         []item{{good, 0}, {[]float64{1, 1e39}, 1}},
		"text":             []item{{good, 0}, {secretBody, 1}},
		"NaN":              json.RawMessage(`[{"index": 0, "embedding": [1, NaN]}]`),
		"infinite":         []item{{good, 0}, {[]any{1, "Infinity"}, 1}},
		"another response": map[string]string{"error": secretBody},
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, func(w http.ResponseWriter, _ wire, _ int) {
				if raw, ok := data.(json.RawMessage); ok {
					fmt.Fprintf(w, `{"data": %s}`, raw)
					return
				}
				send(w, data)
			})
			e, log, _ := embedder(t, EmbedderConfig{BaseURL: s.URL + "/v1", Key: secretKey, Dim: 2})
			vectors, err := e.Embed(t.Context(), llm.Query, []string{secretText, "b"})
			if err == nil {
				t.Fatalf("got %v and no error", vectors)
			}
			if n := s.count(); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
			keepsSecrets(t, fmt.Sprint(err, log))
		})
	}
}

func TestEmbedderUnavailable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	url := s.URL
	s.Close()
	e, _, waits := embedder(t, EmbedderConfig{BaseURL: url + "/v1", Dim: 2, Retries: 2})
	if _, err := e.Embed(t.Context(), llm.Query, []string{"a"}); !errors.Is(err, llm.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, llm.ErrUnavailable)
	}
	if len(*waits) != 2 {
		t.Errorf("waited %v, want twice", *waits)
	}
	if _, err := NewEmbedder(t.Context(), slog.New(slog.DiscardHandler), EmbedderConfig{BaseURL: url + "/v1", Model: "m", Retries: -1}); !errors.Is(err, llm.ErrUnavailable) {
		t.Errorf("asking for the dimension: got %v, want %v", err, llm.ErrUnavailable)
	}
}

// stuck is a server that says when a request arrives, and never answers.
func stuck(t *testing.T) (url string, arrived <-chan struct{}) {
	t.Helper()
	block, arrive := make(chan struct{}), make(chan struct{}, 10)
	s := newServer(t, func(http.ResponseWriter, wire, int) {
		arrive <- struct{}{}
		<-block
	})
	t.Cleanup(func() { close(block) }) // before the server closes
	return s.URL + "/v1", arrive
}

func TestEmbedderTimeout(t *testing.T) {
	url, _ := stuck(t)
	slow, _, waits := embedder(t, EmbedderConfig{BaseURL: url, Dim: 2, Timeout: 20 * time.Millisecond, Retries: 1})
	_, err := slow.Embed(t.Context(), llm.Query, []string{"a"})
	if !errors.Is(err, llm.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("server too slow: got %v, want %v and not the caller's deadline", err, llm.ErrUnavailable)
	}
	if len(*waits) != 1 {
		t.Errorf("waited %v, want once", *waits)
	}
}

func TestEmbedderCancellation(t *testing.T) {
	url, arrived := stuck(t)
	e, _, waits := embedder(t, EmbedderConfig{BaseURL: url, Dim: 2})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := e.Embed(ctx, llm.Query, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while waiting for the server: got %v, want %v", err, context.Canceled)
	}
	if len(*waits) != 0 {
		t.Errorf("tried again after cancellation: waited %v", *waits)
	}
}

func TestNewEmbedderRefuses(t *testing.T) {
	for name, cfg := range map[string]EmbedderConfig{
		"no address":   {Model: "m", Dim: 2},
		"no scheme":    {Model: "m", Dim: 2, BaseURL: "127.0.0.1:8000"},
		"wrong scheme": {Model: "m", Dim: 2, BaseURL: "ftp://u:" + secretKey + "@h/v1"},
		"bad address":  {Model: "m", Dim: 2, BaseURL: "http://u:" + secretKey + "@h:port"},
		"no model":     {Dim: 2, BaseURL: "http://127.0.0.1:9/v1"},
	} {
		_, err := NewEmbedder(t.Context(), slog.New(slog.DiscardHandler), cfg)
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
		keepsSecrets(t, fmt.Sprint(err))
	}
}

func TestLimitedBody(t *testing.T) {
	body := &limitedBody{body: io.NopCloser(strings.NewReader("abcdef")), left: 4}
	got, err := io.ReadAll(body)
	if string(got) != "abcd" || !errors.Is(err, errTooLarge) {
		t.Errorf("got %q, %v; want %q, %v", got, err, "abcd", errTooLarge)
	}
	f := classify(t.Context(), fmt.Errorf("decode: %w", errTooLarge), time.Second)
	if f.Error() != errTooLarge.Error() {
		t.Errorf("got %v, want %v", f, errTooLarge)
	}
}

func TestNormalise(t *testing.T) {
	v, ok := normalise([]float32{3, 4})
	if !ok || math.Abs(float64(v[0])-0.6) > 1e-6 || math.Abs(float64(v[1])-0.8) > 1e-6 {
		t.Errorf("got %v, %t", v, ok)
	}
	for _, bad := range [][]float32{nil, {0, 0}, {float32(math.NaN())}, {float32(math.Inf(1)), 1}} {
		if _, ok := normalise(bad); ok {
			t.Errorf("%v was taken", bad)
		}
	}
}
