package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/time/rate"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// fakeAudit keeps the entries.
type fakeAudit struct {
	mu      sync.Mutex
	entries []access.Entry
}

func (f *fakeAudit) Note(_ context.Context, e access.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.entries = append(f.entries, e)
}

func (f *fakeAudit) Failures() int64 { return 7 }

// taken returns the entries so far and forgets them.
func (f *fakeAudit) taken() []access.Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.entries
	f.entries = nil
	return out
}

func TestAudit(t *testing.T) {
	s := newSite()
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		switch r.Question {
		case "weiger":
			return refusal(r, 3), nil
		case "breek":
			return record.Answer{}, errors.Join(emit(record.Sources{}), errors.New("stuk"))
		}
		return testAnswer(r), nil
	}
	s.start(t, Config{Limits: Limits{Rate: 2}})
	ask := func(question, more string) string { return `{"question":"` + question + `"` + more + `}` }
	tests := []struct {
		method, path, body string
		want               access.Entry
	}{
		{"POST", "/api/v1/chat", ask("geheim", ""), access.Entry{Action: access.ActionAsk, Object: "ans_1", Result: access.ResultOK, Status: 200}},
		{"POST", "/api/v1/chat", ask("geheim", `,"stream":true`), access.Entry{Action: access.ActionAsk, Object: "ans_1", Result: access.ResultOK, Status: 200}},
		{"POST", "/api/v1/chat", ask("weiger", ""), access.Entry{Action: access.ActionAsk, Object: "ans_1", Result: access.ResultRefused, Status: 200}},
		{"POST", "/api/v1/chat", ask("weiger", `,"stream":true`), access.Entry{Action: access.ActionAsk, Object: "ans_1", Result: access.ResultRefused, Status: 200}},
		{"POST", "/api/v1/chat", ask("breek", `,"stream":true`), access.Entry{Action: access.ActionAsk, Result: access.ResultFailed, Status: 200}},
		{"POST", "/api/v1/chat", `{}`, access.Entry{Action: access.ActionAsk, Result: access.ResultFailed, Status: 400}},
		{"POST", "/v1/chat/completions", completionBody(""), access.Entry{Action: access.ActionAsk, Object: "ans_1", Result: access.ResultOK, Status: 200, Door: access.DoorOpenAI}},
		{"GET", "/api/v1/search?q=geheim", "", access.Entry{Action: access.ActionSearch, Result: access.ResultOK, Status: 200}},
		{"GET", "/api/v1/documents/doc_a", "", access.Entry{Action: access.ActionRead, Object: "doc_a", Result: access.ResultOK, Status: 200}},
		{"GET", "/documents/doc_a", "", access.Entry{Action: access.ActionRead, Object: "doc_a", Result: access.ResultOK, Status: 200}},
		{"GET", "/api/v1/documents/doc_b", "", access.Entry{Action: access.ActionRead, Object: "doc_b", Result: access.ResultFailed, Status: 404}},
		{"GET", "/api/v1/documents/een%20geheim", "", access.Entry{Action: access.ActionRead, Result: access.ResultFailed, Status: 404}},
		{"DELETE", "/api/v1/conversations/conv_1", "", access.Entry{Action: access.ActionErase, Object: "conv_1", Result: access.ResultOK, Status: 204}},
		{"GET", "/api/v1/shared/geheim", "", access.Entry{Action: access.ActionRead, Result: access.ResultFailed, Status: 404}},
		{"GET", "/healthz", "", access.Entry{}},
		{"GET", "/assets/app-1.js", "", access.Entry{}},
		{"GET", "/nergens", "", access.Entry{}},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path+" "+tt.body, func(t *testing.T) {
			got := s.do(t, tt.method, tt.path, tt.body)
			var want []access.Entry
			if tt.want.Action != "" {
				tt.want.Address, tt.want.RequestID = "127.0.0.1", got.header.Get("X-Request-Id")
				if tt.want.Door == "" {
					tt.want.Door = access.DoorHTTP
				}
				want = append(want, tt.want)
			}
			entries := s.audit.taken()
			if diff := cmp.Diff(want, entries, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			for _, e := range entries {
				if strings.Contains(e.Object+e.Actor, "geheim") {
					t.Errorf("words of a reader's: %+v", e)
				}
			}
		})
	}
	if got := s.get(t, "/metrics"); !strings.Contains(got.body, "bronwijzer_audit_failures_total 7\n") {
		t.Error("no metric of lines that aren't written")
	}
	s.audit.taken()
	// Until one is too many: how many that takes is the machine's.
	allowed := 0
	for deadline := time.Now().Add(patience); s.get(t, "/api/v1/search?q=x").status != http.StatusTooManyRequests; allowed++ {
		if time.Now().After(deadline) {
			t.Fatal("nothing is too many")
		}
	}
	if n := len(s.audit.taken()); n != allowed {
		t.Errorf("%d requests are noted, want the %d before the one that was too many", n, allowed)
	}
}

// Only what is listed here leaves no line: what concerns nobody, and what tells
// about the server or one's own work alone.
func TestWhatLeavesNoLine(t *testing.T) {
	silent := []string{
		"GET /api/v1/session", "GET /api/v1/info", "GET /v1/models", "GET /healthz", "GET /readyz", "GET /metrics", "GET /openapi.yaml",
		"GET /", "GET /c/{id}", "GET /a/{id}", "GET /s/{id}", "GET /sign-in", "GET /documents", "GET /assets/{id}",
		"GET /api/v1/jobs", "GET /api/v1/jobs/{id}", "GET /api/v1/jobs/{id}/events",
	}
	for _, rt := range (&api{}).routes() {
		if name := rt.method + " " + rt.path; rt.audit == "" && !slices.Contains(silent, name) {
			t.Errorf("%s leaves no line in the audit log", name)
		}
	}
}

// TestStrangersDontFillTheDisk: they get a bounded number of lines in the audit
// log, and nobody else misses one for it.
func TestStrangersDontFillTheDisk(t *testing.T) {
	s := newSite()
	a := &api{Deps: Deps{Audit: s.audit}, strangers: rate.NewLimiter(strangersRate, strangersBurst), metrics: newMetrics(s.audit, nil)}
	ask := func(by access.Subject) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		c.Set(subjectKey, by)
		a.note(c, route{audit: access.ActionRead}, errNoCredential)
	}
	const extra = 500
	for range strangersBurst + extra {
		ask(access.Subject{})
	}
	lines := len(s.audit.taken())
	if counted := unnoted(t, a.metrics); lines < strangersBurst || lines+counted != strangersBurst+extra || counted == 0 {
		t.Errorf("%d lines, %d more counted", lines, counted)
	}
	ask(access.Subject{Scopes: access.Open})
	ask(access.Subject{ID: "key:1"})
	if got := len(s.audit.taken()); got != 2 {
		t.Errorf("%d lines of others, want 2", got)
	}
}

// unnoted is what the metrics count of strangers.
func unnoted(t *testing.T, m *metrics) int {
	t.Helper()
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	_, after, _ := strings.Cut(w.Body.String(), "\nbronwijzer_audit_unnoted_total ")
	value, _, _ := strings.Cut(after, "\n")
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
