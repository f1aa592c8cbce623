package httpapi

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/access"
)

// A key in a query lets nobody in: addresses end up in logs.
func TestKeysInQueries(t *testing.T) {
	p := newPolicySite(t)
	key, _ := p.key(t, access.Key{Name: "a", Scopes: access.Everything})
	for _, name := range []string{"key", "api_key", "api-key", "access_token", "token", "Authorization", "x-api-key"} {
		p.get(t, "/api/v1/search?q=pilot&"+name+"="+key, peerHeader, "192.0.2.9").wantError(t, http.StatusUnauthorized, "unauthorized")
	}
	if strings.Contains(p.logs.String(), key) {
		t.Error("the key is in the log")
	}
}

// TestHiddenIsAsMissing: what is another's gets the same answer as what isn't
// there, and takes as long. Only the answer counts for a shared link: its id can't
// be guessed, and whoever has it was told that there is something.
func TestHiddenIsAsMissing(t *testing.T) {
	p := newPolicySite(t)
	key, _ := p.key(t, access.Key{Name: "a", Scopes: access.Everything})
	theirs, closed := p.records(t, p.others, p.open), p.records(t, p.others, p.closed)
	const link = "/api/v1/shared/shr_p0"
	tests := []struct{ method, hidden, missing, body string }{
		{"GET", "/api/v1/answers/" + theirs.answer, "/api/v1/answers/ans_p0", ""},
		{"GET", "/api/v1/answers/" + theirs.answer + "/share", "/api/v1/answers/ans_p0/share", ""},
		{"POST", "/api/v1/answers/" + theirs.answer + "/feedback", "/api/v1/answers/ans_p0/feedback", `{"verdict":"good"}`},
		{"GET", "/api/v1/conversations/" + theirs.conversation, "/api/v1/conversations/conv_p0", ""},
		{"PATCH", "/api/v1/conversations/" + theirs.conversation, "/api/v1/conversations/conv_p0", `{"title":"x"}`},
		{"DELETE", "/api/v1/conversations/" + theirs.conversation, "/api/v1/conversations/conv_p0", ""},
		{"GET", "/api/v1/documents/" + p.closed, "/api/v1/documents/doc_0", ""},
		{"GET", "/api/v1/documents/" + p.closed + "/text", "/api/v1/documents/doc_0/text", ""},
		{"GET", "/documents/" + p.closed, "/documents/doc_0", ""},
		{"GET", "/api/v1/shared/" + closed.share, link, ""},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.missing, func(t *testing.T) {
			ask := func(path string) (reply, time.Duration) {
				began := time.Now()
				got := p.do(t, tt.method, path, tt.body, peerHeader, "192.0.2.9", "Authorization", "Bearer "+key)
				return got, time.Since(began)
			}
			hidden, _ := ask(tt.hidden)
			missing, _ := ask(tt.missing)
			if a, b := anonymous(hidden), anonymous(missing); hidden.status != http.StatusNotFound || a != b {
				t.Errorf("hidden and missing differ:\n%s\n%s", a, b)
			}
			if tt.missing == link {
				return
			}
			if !alike(func() time.Duration { _, d := ask(tt.hidden); return d }, func() time.Duration { _, d := ask(tt.missing); return d }) {
				t.Error("hidden and missing take different times")
			}
		})
	}
}

// requestID is what every answer has for itself.
var requestID = regexp.MustCompile(`[A-Z2-7]{26}`)

// anonymous is an answer without the number of its request and its date.
func anonymous(r reply) string {
	h := r.header.Clone()
	h.Del("X-Request-Id")
	h.Del("Date")
	return fmt.Sprint(r.status, h, requestID.ReplaceAllString(r.body, "#"))
}

// alike compares two actions that take turns by their shortest times, which are
// what they take themselves: a busy machine stops now the one and now the other.
// They differ by a sixth at most where nothing but the answer differs.
func alike(a, b func() time.Duration) bool {
	const atLeast, atMost = 41, 1000
	fastA, fastB := time.Hour, time.Hour
	for turn := range atMost {
		fastA, fastB = min(fastA, a()), min(fastB, b())
		if turn >= atLeast && max(fastA, fastB) < 2*min(fastA, fastB) {
			return true
		}
	}
	return false
}

// untouched is a body that nobody may read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, io.EOF
}

// TestRefusedBeforeAnything: without a credential a request costs no look at its
// body and no work. There is nobody here who could do any.
func TestRefusedBeforeAnything(t *testing.T) {
	lg := slog.New(slog.DiscardHandler)
	p := newPolicySite(t)
	h, err := New(lg, Deps{Access: p.people, Audit: p.audit, Web: testWeb(), Busy: func() bool { return false }}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	weak, _ := p.key(t, access.Key{Name: "zwak", Scopes: access.Metrics})
	for _, rt := range (&api{}).routes() {
		if rt.rule == public {
			continue
		}
		for auth, want := range map[string]int{"": 401, "Bearer x": 401, "Bearer " + weak: 403} {
			if rt.scope == access.Metrics && want == 403 {
				continue
			}
			r := httptest.NewRequestWithContext(t.Context(), rt.method, pathOf(rt, p.some, p.open), untouched{t})
			r.Host, r.ContentLength = "localhost", 1<<19
			r.Header.Set("Content-Type", "application/json")
			if auth != "" {
				r.Header.Set("Authorization", auth)
			}
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != want {
				t.Errorf("%s %s with %.10q: got %d, want %d: %s", rt.method, rt.path, auth, w.Code, want, w.Body)
			}
		}
	}
}

// TestRefusedBeforeTheBodyIsSent: a client that waits to be asked for its body
// isn't, and one that announces much doesn't have to send it.
func TestRefusedBeforeTheBodyIsSent(t *testing.T) {
	p := newPolicySite(t)
	for _, header := range []string{"Content-Length: 20\r\nExpect: 100-continue", "Content-Length: 1000000"} {
		var d net.Dialer
		conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s\r\n\r\n", header)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if line != "HTTP/1.1 401 Unauthorized\r\n" {
			t.Errorf("%q: got %q, %v", header, line, err)
		}
		conn.Close()
	}
}

// A route without a policy is open by mistake: the server doesn't start.
func TestRouteWithoutPolicy(t *testing.T) {
	for i := range (&api{}).routes() {
		for _, spoil := range []func(*route){
			func(rt *route) { rt.rule = 0 },
			func(rt *route) { rt.rule, rt.scope = public, access.Chat },
			func(rt *route) { rt.rule, rt.scope = own, 0 },
		} {
			routes := (&api{}).routes()
			if err := complete(routes); err != nil {
				t.Fatal(err)
			}
			spoil(&routes[i])
			if err := complete(routes); err == nil || !strings.Contains(err.Error(), routes[i].path) {
				t.Errorf("%s %s without a policy: got %v", routes[i].method, routes[i].path, err)
			}
		}
	}
}

// openapi.yaml tells the policy of every route, and how it refuses.
func TestOpenAPITellsThePolicy(t *testing.T) {
	doc, err := description()
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range (&api{}).routes() {
		op := doc.Paths.Find(rt.path).GetOperation(rt.method)
		told, _ := op.Extensions["x-scope"].(string)
		if told != rt.scope.String() {
			t.Errorf("%s %s: x-scope is %q, want %q", rt.method, rt.path, told, rt.scope)
		}
		if open := op.Security != nil && len(*op.Security) == 0; open != (rt.rule == public) {
			t.Errorf("%s %s: told to be open: %v", rt.method, rt.path, open)
		}
		for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
			if rt.rule != public && op.Responses.Status(status) == nil {
				t.Errorf("%s %s: no answer %d", rt.method, rt.path, status)
			}
		}
	}
}
