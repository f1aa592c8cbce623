package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"go.uber.org/goleak"

	"bronwijzer/internal/access"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

func TestMain(m *testing.M) {
	// openapi3filter keeps decoders for what it doesn't know.
	openapi3filter.RegisterBodyDecoder("text/event-stream", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/css", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/javascript", openapi3filter.PlainBodyDecoder)
	goleak.VerifyTestMain(m)
}

// site is a server on a real socket, with what it stands on.
type site struct {
	url    string
	chat   *fakeChat
	docs   *fakeDocuments
	search *fakeSearcher
	jobs   *fakeJobs
	audit  *fakeAudit
	people Access // lets everybody in where it isn't set
	ready  bool
	busy   bool
	logs   *logBuffer
	client *http.Client
}

// logBuffer collects the log.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newSite makes the parts without a server.
func newSite() *site {
	return &site{chat: &fakeChat{}, docs: &fakeDocuments{}, search: &fakeSearcher{}, jobs: newFakeJobs(), audit: &fakeAudit{}, ready: true, logs: &logBuffer{}}
}

func (s *site) handler(tb testing.TB, cfg Config) http.Handler {
	tb.Helper()
	lg := slog.New(slog.NewTextHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelInfo}))
	base, err := parsePublicURL(cfg.PublicURL)
	if err != nil {
		tb.Fatal(err)
	}
	if s.people == nil {
		if s.people, err = access.New(lg, nil, access.Config{BasePath: base.basePath}); err != nil {
			tb.Fatal(err)
		}
	}
	h, err := New(lg, Deps{
		Access: s.people, Audit: s.audit, Chat: s.chat, Documents: s.docs, Jobs: s.jobs, Searcher: s.search,
		Info: func(_ context.Context, r docs.Reader) (Info, error) {
			documents := 5
			if r.All {
				documents = 7
			}
			return Info{
				Name: "Bronwijzer", Version: "1.2.3", Mode: record.Extractive, Documents: documents, Passages: 99,
				Examples: []string{"Wat is de signalentafel?"}, Notice: "Controleer de bronnen.",
			}, s.docs.err
		},
		Ready: func() bool { return s.ready },
		Busy:  func() bool { return s.busy },
		Web:   testWeb(),
	}, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// testWeb is a built web chat.
func testWeb() fstest.MapFS {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	return fstest.MapFS{
		"index.html": file(`<!doctype html><html lang="nl"><head><base href="/"><title>Bronwijzer</title>` +
			`<script src="assets/app-1.js"></script></head><body><div id="app"><!--page--></div></body></html>`),
		"assets/app-1.js":  file(strings.Repeat("console.log(1)\n", 100)),
		"assets/app-1.css": file("a{}"),
	}
}

// start serves s; its client holds every answer against openapi.yaml.
func (s *site) start(t *testing.T, cfg Config) *site {
	t.Helper()
	s.listen(t, s.handler(t, cfg))
	return s
}

// listen serves h for s.
func (s *site) listen(t *testing.T, h http.Handler) {
	t.Helper()
	srv := httptest.NewServer(h)
	transport := &http.Transport{MaxIdleConnsPerHost: 300}
	s.url = srv.URL
	s.client = &http.Client{
		Transport:     &checked{t: t, next: transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		srv.Close()
	})
}

// reply is an answer that was read in full.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request. Headers are pairs; a body is sent as JSON unless they say
// otherwise.
func (s *site) do(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(b)}
}

func (s *site) get(t *testing.T, path string, headers ...string) reply {
	t.Helper()
	return s.do(t, http.MethodGet, path, "", headers...)
}

// decode reads a body as JSON.
func decode[T any](t *testing.T, body string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("decode %q: %v", body, err)
	}
	return v
}

// wantError checks status and code of an error.
func (r reply) wantError(t *testing.T, status int, code string) {
	t.Helper()
	if r.status != status {
		t.Errorf("status: got %d, want %d: %s", r.status, status, r.body)
		return
	}
	e := decode[errorBody](t, r.body).Error
	if e.Code != code {
		t.Errorf("code: got %q (%s), want %q", e.Code, e.Message, code)
	}
	if e.RequestID == "" || e.RequestID != r.header.Get("X-Request-Id") {
		t.Errorf("request id: got %q in the body, %q in the header", e.RequestID, r.header.Get("X-Request-Id"))
	}
}

// spec is openapi.yaml and a router over it; reading it takes a while.
var spec = sync.OnceValues(func() (routers.Router, error) {
	doc, err := description()
	if err != nil {
		return nil, err
	}
	// The paths are relative to wherever the file is served.
	doc.Servers = nil
	return legacy.NewRouter(doc)
})

var description = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromData([]byte(openAPI))
})

// checked holds every answer against openapi.yaml.
type checked struct {
	t    *testing.T
	next http.RoundTripper
}

func (c *checked) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil || req.Method == http.MethodHead || strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return resp, err
	}
	for _, name := range []string{"X-Request-Id", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if resp.Header.Get(name) == "" && resp.StatusCode != http.StatusPermanentRedirect {
			c.t.Errorf("%s %s: %d without %s", req.Method, req.URL.Path, resp.StatusCode, name)
		}
	}
	if err := c.check(req, resp, body); err != nil {
		c.t.Errorf("%s %s: status %d isn't as openapi.yaml says: %v", req.Method, req.URL, resp.StatusCode, err)
	}
	return resp, nil
}

func (c *checked) check(req *http.Request, resp *http.Response, body []byte) error {
	described, err := spec()
	if err != nil {
		return err
	}
	if rest, ok := strings.CutPrefix(req.URL.Path, "/wijzer/"); ok {
		// The base path of some tests; openapi.yaml has paths below it.
		req = req.Clone(req.Context())
		req.URL.Path = "/" + rest
	}
	r, params, err := described.FindRoute(req)
	// The router of kin-openapi takes an empty id for one.
	if err != nil || strings.HasSuffix(req.URL.Path, "/") && req.URL.Path != "/" {
		return c.checkUnrouted(resp, body)
	}
	if len(body) == 0 {
		resp.Header.Del("Content-Type")
	}
	return openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: r},
		Status:                 resp.StatusCode,
		Header:                 resp.Header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

// checkUnrouted is for what openapi.yaml doesn't have: it must be an error.
func (c *checked) checkUnrouted(resp *http.Response, body []byte) error {
	if resp.StatusCode == http.StatusPermanentRedirect {
		return nil
	}
	if resp.StatusCode < 400 {
		return errors.New("a success on a route that isn't described")
	}
	return schemaError("Error", body)
}

// schemaError holds JSON against a schema of openapi.yaml.
func schemaError(name string, body []byte) error {
	doc, err := description()
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return doc.Components.Schemas[name].Value.VisitJSON(v)
}
