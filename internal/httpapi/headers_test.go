package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
)

// everyHeader is what an answer has to have, whatever it is.
var everyHeader = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"X-Frame-Options":              "DENY",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
}

// checkHeaders holds an answer against everyHeader and the two policies that
// there are.
func checkHeaders(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, want := range everyHeader {
		if got := h.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
	page := strings.HasPrefix(h.Get("Content-Type"), "text/html")
	if got := h.Get("Content-Security-Policy"); got != "default-src 'none'; frame-ancestors 'none'" && (!page || got != pagePolicy) {
		t.Errorf("%s: policy is %q", what, got)
	}
	if h.Get("Cache-Control") == "" {
		t.Errorf("%s: no Cache-Control", what)
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: answers with %s", what, name)
		}
	}
}

// Every route by every method, in every condition in which a request can end
// early, and what isn't a route.
func TestHeadersOnEveryAnswer(t *testing.T) {
	conditions := map[string]struct {
		cfg     Config
		prepare func(*site)
		headers []string
	}{
		"in order":  {},
		"busy":      {prepare: func(s *site) { s.busy = true }},
		"not ready": {prepare: func(s *site) { s.ready, s.chat.err, s.docs.err = false, chat.ErrNotReady, chat.ErrNotReady }},
		"broken": {prepare: func(s *site) {
			s.chat.err, s.docs.err, s.search.err = errors.New("x"), errors.New("x"), errors.New("x")
		}},
		"too fast":       {cfg: Config{Limits: Limits{Rate: 1e-9}}},
		"another name":   {headers: []string{"Host", "evil.example"}},
		"another origin": {headers: []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}},
		"wrong key":      {headers: []string{"Authorization", "Bearer x"}},
		"preflight":      {headers: []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST"}},
	}
	paths := []string{"/", "/nergens", "/wijzer", "/wijzer/nergens", "/slack/events", "/api/v1/", "/assets/../x", "/%2e%2e/"}
	for _, rt := range (&api{}).routes() {
		paths = append(paths, strings.ReplaceAll(rt.path, "{id}", "x"))
	}
	paths = append(paths, "/documents/"+docID, "/assets/app-1.js", "/api/v1/answers/ans_1")
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ONZIN"}
	for name, tt := range conditions {
		s := newSite()
		if tt.prepare != nil {
			tt.prepare(s)
		}
		tt.cfg.PublicURL = "https://bron.example/wijzer/"
		tt.cfg.Beside = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/slack/events" {
					http.Error(w, "alleen POST", http.StatusMethodNotAllowed)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
		h := s.handler(t, tt.cfg)
		for _, path := range paths {
			for _, method := range methods {
				r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(`{"question":"Wat?"}`))
				r.Header.Set("Content-Type", "application/json")
				for i := 0; i < len(tt.headers); i += 2 {
					r.Header.Set(tt.headers[i], tt.headers[i+1])
				}
				if host := r.Header.Get("Host"); host != "" {
					r.Host = host
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				what := fmt.Sprintf("%s: %s %s: %d", name, method, path, w.Code)
				checkHeaders(t, what, w.Result().Header)
				if got := w.Header().Get("Strict-Transport-Security"); got != hstsAge {
					t.Errorf("%s: Strict-Transport-Security is %q", what, got)
				}
				if (w.Code == http.StatusTooManyRequests || w.Code == http.StatusServiceUnavailable) && w.Header().Get("Retry-After") == "" {
					t.Errorf("%s: no Retry-After", what)
				}
			}
		}
	}
}

func TestHTTPSOnlyWhereReadersUseIt(t *testing.T) {
	for _, url := range []string{"", "http://bron.example"} {
		got := newSite().start(t, Config{PublicURL: url}).get(t, "/api/v1/info")
		if got.header.Get("Strict-Transport-Security") != "" {
			t.Errorf("public url %q: browsers would never come back over http", url)
		}
	}
}

func TestScriptsOfOtherWebsites(t *testing.T) {
	const friend = "https://www.example.nl:8443"
	s := newSite()
	s.start(t, Config{PublicURL: "https://bron.example", Origins: []string{friend}})
	me := "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	script := []string{"Origin", friend, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Cookie", "bronwijzer_browser=" + me}

	got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`, script...)
	if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != friend || got.header.Get("Vary") != "Origin" {
		t.Errorf("ask: got %d %v", got.status, got.header)
	}
	if by := s.chat.asked[0].By; by.ID != "" || got.header.Get("Set-Cookie") != "" {
		t.Errorf("a cookie counts or is given across origins: %+v", by)
	}
	if got := s.get(t, "/api/v1/search?q=x", script...); got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != friend {
		t.Errorf("search: got %d %v", got.status, got.header)
	}
	// A script has to be able to read what went wrong.
	s.busy = true
	got = s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`, script...)
	got.wantError(t, 503, "busy")
	if got.header.Get("Access-Control-Allow-Origin") != friend || !strings.Contains(got.header.Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Errorf("error: got %v", got.header)
	}
	for name := range got.header {
		if name == "Access-Control-Allow-Credentials" {
			t.Error("credentials of a browser are invited")
		}
	}
	for _, origin := range []string{"https://www.example.nl", "http://www.example.nl:8443", friend + ".evil.example", "null", "https://WWW.example.nl:8443", "*"} {
		got := s.get(t, "/api/v1/info", "Origin", origin, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors")
		got.wantError(t, 403, "cross_origin")
		if got.header.Get("Access-Control-Allow-Origin") != "" || got.header.Get("Vary") != "Origin" {
			t.Errorf("%s: got %v", origin, got.header)
		}
	}
}

func TestPreflight(t *testing.T) {
	const friend = "https://www.example.nl"
	h := newSite().handler(t, Config{Origins: []string{friend}})
	ask := func(origin, method, path, wants string) http.Header {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, http.NoBody)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", wants)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if allowed := w.Code == http.StatusNoContent; allowed != (w.Header().Get("Access-Control-Allow-Methods") != "") {
			t.Errorf("%s %s of %s: %d with methods %q", method, path, origin, w.Code, w.Header().Get("Access-Control-Allow-Methods"))
		}
		return w.Header()
	}
	got := ask(friend, "OPTIONS", "/api/v1/chat", "POST")
	if got.Get("Access-Control-Allow-Methods") != "POST" || got.Get("Access-Control-Allow-Origin") != friend ||
		!strings.Contains(got.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("got %v", got)
	}
	for _, other := range []http.Header{
		ask("https://evil.example", "OPTIONS", "/api/v1/chat", "POST"),
		ask(friend, "OPTIONS", "/api/v1/chat", ""),
		ask(friend, "OPTIONS", "/nergens", "POST"),
	} {
		if other.Get("Access-Control-Allow-Methods") != "" {
			t.Errorf("got %v", other)
		}
	}
}

func TestWrongOrigins(t *testing.T) {
	for _, origin := range []string{"*", "", "null", "www.example.nl", "https://", "https://x/", "https://x/pad", "https://u@x", "ftp://x", "HTTPS://x", "https://X", "https://x?q", "https://*.x"} {
		if _, err := newOtherOrigins([]string{origin}); err == nil {
			t.Errorf("%q is accepted", origin)
		}
	}
	for _, origin := range []string{"https://x", "http://localhost:3000", "https://[::1]:8080"} {
		if _, err := newOtherOrigins([]string{origin}); err != nil {
			t.Errorf("%q: %v", origin, err)
		}
	}
}

// A proxy adds the reader's name to whatever their browser sends, also to what a
// script of another website has it send.
func TestNoProxyVouchesForAScript(t *testing.T) {
	a := &api{others: otherOrigins{"https://www.example.nl"}}
	for origin, want := range map[string]bool{"": true, "https://www.example.nl": false} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header.Set("Origin", origin)
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = r
		p := a.peer(c)
		if p.Direct.IsValid() != want || !p.Client.IsValid() {
			t.Errorf("origin %q: got %+v", origin, p)
		}
	}
}
