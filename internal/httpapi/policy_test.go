package httpapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// bodies are what the policy's visitors send to the routes that this test knows
// how to ask for something that is there. A route that isn't here is tested as
// far as that goes: whom it refuses.
var bodies = map[string]string{
	"POST /api/v1/chat":                  `{"question": "` + asked + `"}`,
	"GET /api/v1/search":                 "",
	"GET /api/v1/documents":              "",
	"GET /api/v1/documents/{id}":         "",
	"GET /api/v1/documents/{id}/text":    "",
	"GET /api/v1/answers/{id}":           "",
	"POST /api/v1/answers/{id}/feedback": `{"verdict": "good"}`,
	"POST /api/v1/answers/{id}/share":    "",
	"GET /api/v1/answers/{id}/share":     "",
	"DELETE /api/v1/answers/{id}/share":  "",
	"GET /api/v1/shared/{id}":            "",
	"GET /api/v1/conversations":          "",
	"DELETE /api/v1/conversations":       "",
	"GET /api/v1/conversations/{id}":     "",
	"PATCH /api/v1/conversations/{id}":   `{"title": "Nieuw"}`,
	"DELETE /api/v1/conversations/{id}":  "",
	"GET /api/v1/jobs":                   "",
	"GET /api/v1/jobs/{id}":              "",
	"GET /api/v1/jobs/{id}/events":       "",
	"DELETE /api/v1/jobs/{id}":           "",
	"GET /v1/models":                     "",
	"POST /v1/chat/completions":          `{"model": "bronwijzer", "messages": [{"role": "user", "content": "` + asked + `"}]}`,
	"GET /metrics":                       "",
	"GET /documents/{id}":                "",
}

// transport is a way to send a request and to get its answer.
type transport struct {
	name, method string
	headers      []string
	// more are members of the body.
	more string
}

// transports are those of a route.
func transports(rt route) []transport {
	list := []transport{{name: "JSON", method: rt.method}}
	if rt.rule == public {
		return list
	}
	list = append(list, transport{name: "events by Accept", method: rt.method, headers: []string{"Accept", "text/event-stream"}})
	if rt.method == http.MethodGet {
		list = append(list, transport{name: "HEAD", method: http.MethodHead})
	}
	if strings.Contains(rt.path, "/chat") {
		list = append(list, transport{name: "events by stream", method: rt.method, more: `"stream": true, `})
	}
	return list
}

// attempt is one request of the policy test.
type attempt struct {
	rt        route
	visitor   *visitor
	transport transport
	// foreign asks for what is another's, or in a document that isn't for the
	// visitor.
	foreign bool
}

func (at *attempt) String() string {
	whose := "own"
	if at.foreign {
		whose = "foreign"
	}
	return fmt.Sprintf("%s %s, %s, %s, %s", at.rt.method, at.rt.path, at.visitor.name, at.transport.name, whose)
}

// foreignable reports whether a route can be asked for what is another's.
func foreignable(rt route) bool {
	return strings.Contains(rt.path, "{id}") || rt.path == "/api/v1/chat"
}

// TestPolicy sends every kind of visitor to every route there is, in every way,
// and expects what the table of routes says: nobody gets in without a valid
// credential, nothing happens beyond its scopes, and what is another's is as if
// it weren't there.
func TestPolicy(t *testing.T) {
	p := newPolicySite(t)
	visitors := p.visitors(t)
	count := map[string]int{}
	for _, rt := range (&api{}).routes() {
		for i := range visitors {
			for _, tr := range transports(rt) {
				count[p.try(t, &attempt{rt, &visitors[i], tr, false})]++
				if rt.rule != public && foreignable(rt) && visitors[i].by.Scopes.Has(rt.scope) {
					count[p.try(t, &attempt{rt, &visitors[i], tr, true})]++
				}
			}
		}
	}
	t.Logf("%v", count)
	for _, kind := range []string{"public", "401", "403", "404", "let in"} {
		if count[kind] == 0 {
			t.Errorf("no request was of the kind %q: %v", kind, count)
		}
	}
}

// try makes an attempt and says what was expected of it.
func (p *policySite) try(t *testing.T, at *attempt) string {
	t.Helper()
	got := p.send(t, at)
	refused := func(status int, code string) string {
		at.wantRefusal(t, got, status, code)
		return fmt.Sprint(status)
	}
	switch {
	case at.rt.rule == public:
		if at.visitor.name == "nobody" && at.transport.name == "JSON" {
			p.toNobody = got.status
		}
		if got.status != p.toNobody {
			t.Errorf("%v: got %d, nobody gets %d: %s", at, got.status, p.toNobody, got.body)
		}
		return "public"
	case at.visitor.refused != "":
		return refused(http.StatusUnauthorized, at.visitor.refused)
	case !at.visitor.by.Scopes.Has(at.rt.scope):
		return refused(http.StatusForbidden, "forbidden")
	case !at.rt.known():
		if got.status == http.StatusUnauthorized || got.status == http.StatusForbidden {
			t.Errorf("%v: got %d, want no refusal: %s", at, got.status, got.body)
		}
		return "let in, unchecked"
	case at.foreign:
		return refused(http.StatusNotFound, "not_found")
	}
	if got.status < 200 || got.status > 299 {
		t.Errorf("%v: got %d, want a success: %s", at, got.status, got.body)
	}
	return "let in"
}

// known reports whether the test can ask a route for something that is there.
func (r route) known() bool {
	_, known := bodies[r.method+" "+r.path]
	return known
}

// send asks for what the visitor owns, or for what another does.
func (p *policySite) send(t *testing.T, at *attempt) reply {
	t.Helper()
	owner, document := at.visitor.by.ID, p.open
	if at.foreign && at.rt.rule == own {
		owner = p.others
	}
	if at.foreign && at.rt.rule == collection {
		document = p.closed
	}
	body := bodies[at.rt.method+" "+at.rt.path]
	made := p.needed(t, at, owner, document)
	more := at.transport.more
	if at.foreign && at.rt.path == "/api/v1/chat" {
		more += `"conversation_id": "` + made.conversation + `", `
	}
	if body != "" {
		body = "{" + more + body[1:]
	}
	headers := slices.Concat(at.visitor.headers, at.transport.headers)
	if at.visitor.signsIn != "" {
		// Anew, as there are routes that end a session.
		headers = append(headers, "Cookie", p.session(t, at.visitor.signsIn))
	}
	return p.do(t, at.transport.method, pathOf(at.rt, made, document), body, headers...)
}

// needed makes records where a request may find them, as some remove what they
// find.
func (p *policySite) needed(t *testing.T, at *attempt, owner, document string) records {
	t.Helper()
	if at.rt.rule == public || at.visitor.refused != "" || !foreignable(at.rt) || strings.HasPrefix(at.rt.path, "/api/v1/documents") {
		return p.some
	}
	return p.records(t, owner, document)
}

// pathOf fills in the id of a route.
func pathOf(rt route, ids records, document string) string {
	if rt.path == "/api/v1/search" {
		return rt.path + "?q=pilot"
	}
	before, after, found := strings.Cut(rt.path, "{id}")
	if !found {
		return rt.path
	}
	id := map[string]string{
		"/api/v1/answers/": ids.answer, "/a/": ids.answer,
		"/api/v1/conversations/": ids.conversation, "/c/": ids.conversation,
		"/api/v1/shared/": ids.share, "/s/": ids.share,
		"/api/v1/documents/": document, "/documents/": document,
		"/api/v1/jobs/": ids.job,
		"/assets/":      "app-1.js",
	}[before]
	return before + cmp.Or(id, "x") + after
}

// wantRefusal checks that an answer is an error in the form of its route, and no
// more than that.
func (at *attempt) wantRefusal(t *testing.T, got reply, status int, code string) {
	t.Helper()
	challenge := got.header.Get("WWW-Authenticate")
	if got.status != status || (status == http.StatusUnauthorized) != strings.HasPrefix(challenge, "Bearer ") || got.header.Get("Set-Cookie") != "" {
		t.Errorf("%v: got %d, challenge %q, cookie %q, want %d: %s", at, got.status, challenge, got.header.Get("Set-Cookie"), status, got.body)
		return
	}
	kind, shown := got.header.Get("Content-Type"), ""
	switch {
	case at.transport.method == http.MethodHead:
		return
	case at.rt.page:
		if !strings.HasPrefix(kind, "text/html") || !strings.Contains(got.body, ">Niet gelukt</h1>") {
			t.Errorf("%v: got %s %s", at, kind, got.body)
		}
		return
	case at.rt.openAI:
		if status == http.StatusUnauthorized {
			code = "invalid_api_key"
		}
		e := decode[openAIError](t, got.body).Error
		shown = e.Code
		if e.Type != "invalid_request_error" {
			t.Errorf("%v: got type %q", at, e.Type)
		}
	default:
		shown = decode[errorBody](t, got.body).Error.Code
	}
	if shown != code || !strings.HasPrefix(kind, "application/json") {
		t.Errorf("%v: got %s with code %q, want %q", at, kind, shown, code)
	}
}
