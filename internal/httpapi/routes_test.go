package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(openAPI))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var described, served []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	for _, rt := range (&api{}).routes() {
		served = append(served, rt.method+" "+rt.path)
	}
	slices.Sort(described)
	slices.Sort(served)
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("routes (-served +described):\n%s", diff)
	}
}

func TestEveryRouteAnswers(t *testing.T) {
	s := newSite().start(t, Config{})
	version := docs.Version(testText)
	tests := []struct {
		method, path, body string
		status             int
		contains           string
	}{
		{"POST", "/api/v1/chat", `{"question":"Wat is de pilot?"}`, 200, `"text":"De pilot is in 2022 opgezet. [1]"`},
		{"GET", "/api/v1/search?q=pilot&k=2", "", 200, `"query":"pilot"`},
		{"GET", "/api/v1/search?q=pilot&publisher=ministerie&kind=kamerbrief&from=2023-01-01&to=2023-12-31", "", 200, `"passage_id":"pas_0"`},
		{"GET", "/api/v1/search?q=pilot&publisher=Gemeente", "", 200, `"passages":[]`},
		{"GET", "/api/v1/search?q=pilot&kind=nota", "", 200, `"passages":[]`},
		{"GET", "/api/v1/search?q=pilot&from=2024-01-01", "", 200, `"passages":[]`},
		{"GET", "/api/v1/search?q=pilot&to=2022-12-31", "", 200, `"passages":[]`},
		{"GET", "/api/v1/documents", "", 200, `"page":1,"per_page":50,"total":1`},
		{"GET", "/api/v1/documents?page=7&per_page=200", "", 200, `"documents":[],"page":7,"per_page":200,"total":1`},
		{"GET", "/api/v1/documents/doc_a", "", 200, `"dossier":"28 638, nr. 184"`},
		{"GET", "/api/v1/documents/doc_a/text?version=" + version, "", 200, testText},
		{"GET", "/api/v1/documents/doc_gone/text?version=" + docs.Version(oldText), "", 200, oldText},
		{"GET", "/api/v1/answers/ans_1", "", 200, `"passages":[]`},
		{"DELETE", "/api/v1/documents/doc_a", "", 409, `"code":"conflict"`},
		{"GET", "/api/v1/jobs?per_page=1", "", 200, `"jobs":[],"page":1,"per_page":1,"total":0`}, // a script's are nobody's
		{"GET", "/api/v1/jobs/job_1", "", 200, `"id":"job_1"`},
		{"GET", "/api/v1/jobs/job_1/events", "", 200, "event: done"},
		{"DELETE", "/api/v1/jobs/job_1", "", 200, `"state":"done"`},
		{"POST", "/api/v1/documents", "", 415, `"code":"unsupported_media_type"`},
		{"PUT", "/api/v1/documents/doc_a", "", 415, `"code":"unsupported_media_type"`},
		{"POST", "/api/v1/answers/ans_1/share", "", 200, `{"id":"shr_1","url":"/s/shr_1"}`},
		{"GET", "/api/v1/answers/ans_1/share", "", 200, `{"id":"shr_1","url":"/s/shr_1"}`},
		{"DELETE", "/api/v1/answers/ans_1/share", "", 204, ""},
		{"GET", "/api/v1/shared/shr_1", "", 200, `"conversation_id":""`},
		{"GET", "/s/shr_1", "", 200, "<title>Bronwijzer</title>"},
		{"POST", "/api/v1/answers/ans_1/feedback", `{"verdict":"bad","citation":1,"comment":"klopt niet"}`, 204, ""},
		{"GET", "/api/v1/conversations", "", 200, `"conversations":[],"page":1,"per_page":50,"total":0`},
		{"DELETE", "/api/v1/conversations", "", 204, ""},
		{"GET", "/api/v1/conversations/conv_1", "", 200, `"answers":[{"id":"ans_1"`},
		{"PATCH", "/api/v1/conversations/conv_1", `{"title":" Nieuw "}`, 200, `"title":"Nieuw"`},
		{"DELETE", "/api/v1/conversations/conv_1", "", 204, ""},
		{"GET", "/api/v1/session", "", 200, `"signed_in":false,"name":"","scopes":["chat","search","documents","feedback","metrics"],"methods":[],"sign_in_url":""`},
		{"POST", "/api/v1/session", `{"key":"bw_x"}`, 401, "invalid_credentials"},
		{"DELETE", "/api/v1/session", "", 200, `"sign_out_url":""`},
		{"GET", "/api/v1/info", "", 200, `"example_questions":["Wat is de signalentafel?"]`},
		{"GET", "/v1/models", "", 200, `"id":"bronwijzer-links"`},
		{"POST", "/v1/chat/completions", completionBody(""), 200, `"content":"De pilot is in 2022 opgezet. [1]"`},
		{"GET", "/healthz", "", 200, `"ok"`},
		{"GET", "/readyz", "", 200, `"ready"`},
		{"GET", "/metrics", "", 200, "bronwijzer_documents 5"},
		{"GET", "/openapi.yaml", "", 200, "openapi: 3"},
		{"GET", "/", "", 200, ">Bronwijzer</h1>"},
		{"GET", "/c/conv_1", "", 200, `<div id="app"><main`},
		{"GET", "/a/ans_1", "", 200, `<div id="app"><main`},
		{"GET", "/sign-in?to=/c/conv_1", "", 200, `<div id="app"><main`},
		{"GET", "/sign-in/callback?state=a&code=b", "", 403, "<h1"},
		{"GET", "/documents", "", 200, `<div id="app"><main`},
		{"GET", "/documents/doc_a", "", 200, "De pilot kost"},
		{"GET", "/assets/app-1.js", "", 200, "console.log"},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			got := s.do(t, tt.method, tt.path, tt.body)
			if got.status != tt.status || !strings.Contains(got.body, tt.contains) {
				t.Errorf("got %d %s\nwant %d with %s", got.status, got.body, tt.status, tt.contains)
			}
		})
		path, _, _ := strings.Cut(tt.path, "?")
		for _, id := range []string{"doc_a", "doc_gone", "ans_1", "conv_1", "shr_1", "job_1", "app-1.js"} {
			path = strings.Replace(path, id, "{id}", 1)
		}
		seen[tt.method+" "+path] = true
	}
	for _, rt := range (&api{}).routes() {
		if !seen[rt.method+" "+rt.path] {
			t.Errorf("no test for %s %s", rt.method, rt.path)
		}
	}
	want := []record.Feedback{{AnswerID: "ans_1", Verdict: record.Bad, Citation: new(1), Comment: "klopt niet"}}
	if diff := cmp.Diff(want, s.chat.feedback); diff != "" {
		t.Errorf("feedback (-want +got):\n%s", diff)
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s := newSite().start(t, Config{})
	got := s.do(t, http.MethodHead, "/api/v1/documents/doc_a/text", "")
	if got.status != 200 || got.body != "" || got.header.Get("ETag") == "" {
		t.Errorf("got %d %q, ETag %q", got.status, got.body, got.header.Get("ETag"))
	}
}

func TestUnknownAddressesAndMethods(t *testing.T) {
	s := newSite().start(t, Config{})
	for _, path := range []string{"/nergens", "/api/v1/chat/", "/api/v2/chat", "/documents/", "/documents/a/b", "/.git/config", "/documents/..%2f..%2fetc"} {
		s.get(t, path).wantError(t, 404, "not_found")
	}
	tests := []struct{ method, path, allow string }{
		{"GET", "/api/v1/chat", "POST"},
		{"POST", "/api/v1/search", "GET, HEAD"},
		{"OPTIONS", "/api/v1/chat", "POST"},
		{"PUT", "/api/v1/conversations/conv_1", "GET, HEAD, DELETE, PATCH"},
	}
	for _, tt := range tests {
		got := s.do(t, tt.method, tt.path, "")
		got.wantError(t, 405, "method_not_allowed")
		allow := strings.Split(got.header.Get("Allow"), ", ")
		want := strings.Split(tt.allow, ", ")
		slices.Sort(allow)
		slices.Sort(want)
		if diff := cmp.Diff(want, allow); diff != "" {
			t.Errorf("%s %s: Allow (-want +got):\n%s", tt.method, tt.path, diff)
		}
	}
}

func TestWrongParameters(t *testing.T) {
	s := newSite().start(t, Config{})
	unknownVersion := strings.Repeat("0", 64)
	tests := []struct {
		path   string
		status int
	}{
		{"/api/v1/search", 400},
		{"/api/v1/search?q=", 400},
		{"/api/v1/search?q=%20%0a", 400},
		{"/api/v1/search?q=" + strings.Repeat("a", 4001), 400},
		{"/api/v1/search?q=%ff", 400},
		{"/api/v1/search?q=a%00b", 400},
		{"/api/v1/search?q=%zz", 400},
		{"/api/v1/search?q=a&q=b", 400},
		{"/api/v1/search?q=a&top_k=3", 400},
		{"/api/v1/search?q=a&from=2024", 400},
		{"/api/v1/search?q=a&from=2024-02-30", 400},
		{"/api/v1/search?q=a&from=2024-02-01&to=2024-01-01", 400},
		{"/api/v1/search?q=a&k=0", 400},
		{"/api/v1/search?q=a&k=51", 400},
		{"/api/v1/search?q=a&k=", 400},
		{"/api/v1/search?q=a&k=1.5", 400},
		{"/api/v1/search?q=a&k=99999999999999999999", 400},
		{"/api/v1/documents?page=0", 400},
		{"/api/v1/documents?per_page=201", 400},
		{"/api/v1/documents?per_page=-1", 400},
		{"/api/v1/documents?page=2147483648", 400},
		{"/api/v1/conversations?page=x", 400},
		{"/api/v1/documents/doc_a?x=1", 400},
		{"/api/v1/documents/doc_b", 404},
		{"/api/v1/documents/%00", 404},
		{"/api/v1/documents/%ff", 404},
		{"/api/v1/documents/" + strings.Repeat("a", 101), 404},
		{"/api/v1/documents/doc_a/text?version=", 404},
		{"/api/v1/documents/doc_a/text?version=../x", 404},
		{"/api/v1/documents/doc_a/text?version=" + unknownVersion, 404},
		{"/api/v1/documents/doc_b/text", 404},
		{"/api/v1/answers/ans_2", 404},
		{"/api/v1/answers/ans_1?include=alles", 400},
		{"/api/v1/answers/ans_1?include=", 400},
		{"/api/v1/conversations/conv_2", 404},
	}
	for _, tt := range tests {
		code := map[int]string{400: "invalid_request", 404: "not_found"}[tt.status]
		t.Run(tt.path, func(t *testing.T) { s.get(t, tt.path).wantError(t, tt.status, code) })
	}
	// The bounds themselves are inside.
	for _, path := range []string{
		"/api/v1/search?q=" + strings.Repeat("%C3%A9", 4000) + "&k=50",
		"/api/v1/documents?page=2147483647&per_page=200",
	} {
		if got := s.get(t, path); got.status != 200 {
			t.Errorf("%.60s: got %d, want 200", path, got.status)
		}
	}
}

func TestProgramErrorsBecomeStatuses(t *testing.T) {
	secret := errors.New("open /var/data/bronwijzer.db: disk I/O error")
	tests := []struct {
		err    error
		status int
		code   string
		retry  string
	}{
		{&chat.InvalidError{Field: "mode", Message: "Er is geen taalmodel."}, 400, "invalid_request", ""},
		{fmt.Errorf("continue: %w", chat.ErrNotFound), 404, "not_found", ""},
		{fmt.Errorf("ask: %w", chat.ErrNotReady), 503, "not_ready", "5"},
		{fmt.Errorf("embed: %w", llm.ErrUnavailable), 503, "model_unavailable", "5"},
		{context.DeadlineExceeded, 504, "timeout", ""},
		{secret, 500, "internal", ""},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			s := newSite()
			s.chat.ask = func(context.Context, chat.Request, func(record.Event) error) (record.Answer, error) {
				return record.Answer{}, tt.err
			}
			s.start(t, Config{})
			for _, accept := range []string{"application/json", "text/event-stream"} {
				got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`, "Accept", accept)
				got.wantError(t, tt.status, tt.code)
				if got.header.Get("Retry-After") != tt.retry {
					t.Errorf("Retry-After: got %q, want %q", got.header.Get("Retry-After"), tt.retry)
				}
				if strings.Contains(got.body, "bronwijzer.db") {
					t.Errorf("the inside leaks: %s", got.body)
				}
			}
			if logged := strings.Contains(s.logs.String(), "request failed"); logged != (tt.status == 500 || tt.status == 504) {
				t.Errorf("logged: %v", logged)
			}
		})
	}
}

// Every route turns a failure behind it into an answer in the right form.
func TestEveryRouteFailsInForm(t *testing.T) {
	s := newSite()
	secret := errors.New("secret inside")
	s.chat.err, s.docs.err, s.search.err, s.jobs.err = secret, secret, secret, secret
	files, kind := form(t, part{"file", "a.txt", "tekst"})
	s.chat.ask = func(context.Context, chat.Request, func(record.Event) error) (record.Answer, error) { panic(secret) }
	s.start(t, Config{})
	bodies := map[string]string{
		"/api/v1/chat": `{"question":"Wat?"}`, "/api/v1/answers/{id}/feedback": `{"verdict":"good"}`, "PATCH": `{"title":"x"}`,
		"/v1/chat/completions": completionBody(""),
	}
	still := []string{"/healthz", "/readyz", "/metrics", "/openapi.yaml", "/v1/models", "/assets/{id}", "/api/v1/session"}
	for _, rt := range (&api{}).routes() {
		if rt.path == signInPath+"/callback" {
			continue // without an issuer it has nothing to do that could fail
		}
		if slices.Contains(still, rt.path) {
			if got := s.get(t, strings.Replace(rt.path, "{id}", "app-1.js", 1)); got.status != 200 {
				t.Errorf("%s: got %d, want 200 whatever fails", rt.path, got.status)
			}
			continue
		}
		body := bodies[rt.path]
		if rt.method == http.MethodPatch {
			body = bodies["PATCH"]
		}
		path := strings.Replace(rt.path, "{id}", "doc_a", 1)
		if rt.path == "/api/v1/search" {
			path += "?q=x"
		}
		headers := []string{"Sec-Fetch-Site", "same-origin"}
		if rt.scope == access.Documents && (rt.method == http.MethodPost || rt.method == http.MethodPut) {
			body, headers = files, append(headers, "Content-Type", kind)
		}
		got := s.do(t, rt.method, path, body, headers...)
		if got.status != 500 {
			t.Errorf("%s %s: got %d, want 500", rt.method, rt.path, got.status)
		}
		if strings.Contains(got.body, "secret") || strings.Contains(got.body, ".go") {
			t.Errorf("%s %s: the inside leaks: %s", rt.method, rt.path, got.body)
		}
	}
	if log := s.logs.String(); !strings.Contains(log, "panic: secret inside") || !strings.Contains(log, "routes.go") {
		t.Errorf("the log has no stack of the panic:\n%s", log)
	}
}

func TestNotReady(t *testing.T) {
	s := newSite()
	s.ready = false
	s.start(t, Config{})
	s.get(t, "/readyz").wantError(t, 503, "not_ready")
	if got := s.get(t, "/healthz"); got.status != 200 {
		t.Errorf("healthz: got %d, want 200", got.status)
	}
}
