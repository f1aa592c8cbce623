package httpapi

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
)

// rule says whose things a route shows or changes, and so what keeps them apart.
type rule int

// The rules. The zero rule is none: a route with it doesn't start.
const (
	_ rule = iota
	// public routes show what concerns nobody, to everybody.
	public
	// own routes work on records of the subject: Chat compares the owner.
	own
	// collection routes show documents: stores and indexes filter by the
	// subject's groups.
	collection
	// server routes show or change what belongs to the server as a whole; the
	// scope alone decides.
	server
)

// complete reports a route without a policy: it would be open by mistake.
func complete(routes []route) error {
	for _, rt := range routes {
		if rt.rule == 0 || (rt.rule == public) != (rt.scope == 0) {
			return fmt.Errorf("route %s %s: names no scope and rule that go together", rt.method, rt.path)
		}
	}
	return nil
}

// route is one line of the table of routes.
type route struct {
	method string
	// path is as in openapi.yaml: /api/v1/documents/{id}. It also names the
	// route in log and metrics, where the path itself would give away ids.
	path string
	// scope is what a subject needs; empty on public routes only.
	scope access.Scopes
	// rule says whose things the route shows or changes.
	rule rule
	// audit is what the audit log calls it; empty for what isn't written down,
	// as what concerns nobody.
	audit  access.Action
	handle func(*gin.Context) error
	// link says that the id in the path lets in whoever has it: it isn't written
	// down.
	link bool
	// page makes errors HTML, for a reader's browser.
	page bool
	// openAI makes errors as OpenAI's API has them.
	openAI bool
	// work says that the route needs a place among what is worked on at once: it
	// is refused when there is none, before anything is read.
	work bool
	// probe leaves out the guards and logs at debug level only: it tells nobody
	// anything, and has to answer whoever asks, also when it is busy.
	probe bool
}

// routes is the table of everything that is served.
func (a *api) routes() []route {
	return []route{
		{method: http.MethodPost, path: "/api/v1/chat", scope: access.Chat, rule: own, audit: access.ActionAsk, handle: a.postChat, work: true},
		{method: http.MethodGet, path: "/api/v1/search", scope: access.Search, rule: collection, audit: access.ActionSearch, handle: a.getSearch, work: true},
		{method: http.MethodGet, path: "/api/v1/documents", scope: access.Search, rule: collection, audit: access.ActionRead, handle: a.getDocuments},
		{method: http.MethodGet, path: "/api/v1/documents/{id}", scope: access.Search, rule: collection, audit: access.ActionRead, handle: a.getDocument},
		{method: http.MethodGet, path: "/api/v1/documents/{id}/text", scope: access.Search, rule: collection, audit: access.ActionRead, handle: a.getText},
		{method: http.MethodPost, path: "/api/v1/documents", scope: access.Documents, rule: collection, audit: access.ActionIngest, handle: a.postDocuments},
		{method: http.MethodPut, path: "/api/v1/documents/{id}", scope: access.Documents, rule: collection, audit: access.ActionIngest, handle: a.putDocument},
		{method: http.MethodDelete, path: "/api/v1/documents/{id}", scope: access.Documents, rule: collection, audit: access.ActionIngest, handle: a.deleteDocument},
		{method: http.MethodGet, path: "/api/v1/jobs", scope: access.Documents, rule: own, handle: a.getJobs},
		{method: http.MethodGet, path: "/api/v1/jobs/{id}", scope: access.Documents, rule: own, handle: a.getJob},
		{method: http.MethodGet, path: "/api/v1/jobs/{id}/events", scope: access.Documents, rule: own, handle: a.getJobEvents},
		{method: http.MethodDelete, path: "/api/v1/jobs/{id}", scope: access.Documents, rule: own, audit: access.ActionIngest, handle: a.deleteJob},
		{method: http.MethodGet, path: "/api/v1/answers/{id}", scope: access.Chat, rule: own, audit: access.ActionRead, handle: a.getAnswer},
		{method: http.MethodPost, path: "/api/v1/answers/{id}/feedback", scope: access.Feedback, rule: own, audit: access.ActionFeedback, handle: a.postFeedback},
		{method: http.MethodPost, path: "/api/v1/answers/{id}/share", scope: access.Chat, rule: own, audit: access.ActionShare, handle: a.postShare},
		{method: http.MethodGet, path: "/api/v1/answers/{id}/share", scope: access.Chat, rule: own, audit: access.ActionRead, handle: a.getShare},
		{method: http.MethodDelete, path: "/api/v1/answers/{id}/share", scope: access.Chat, rule: own, audit: access.ActionShare, handle: a.deleteShare},
		{method: http.MethodGet, path: "/api/v1/shared/{id}", scope: access.Search, rule: collection, audit: access.ActionRead, handle: a.getShared, link: true},
		{method: http.MethodGet, path: "/api/v1/conversations", scope: access.Chat, rule: own, audit: access.ActionRead, handle: a.getConversations},
		{method: http.MethodDelete, path: "/api/v1/conversations", scope: access.Chat, rule: own, audit: access.ActionErase, handle: a.deleteConversations},
		{method: http.MethodGet, path: "/api/v1/conversations/{id}", scope: access.Chat, rule: own, audit: access.ActionRead, handle: a.getConversation},
		{method: http.MethodPatch, path: "/api/v1/conversations/{id}", scope: access.Chat, rule: own, audit: access.ActionChange, handle: a.patchConversation},
		{method: http.MethodDelete, path: "/api/v1/conversations/{id}", scope: access.Chat, rule: own, audit: access.ActionErase, handle: a.deleteConversation},
		{method: http.MethodGet, path: "/api/v1/session", rule: public, handle: a.getSession},
		{method: http.MethodPost, path: "/api/v1/session", rule: public, audit: access.ActionSignIn, handle: a.postSession},
		{method: http.MethodDelete, path: "/api/v1/session", rule: public, audit: access.ActionSignOut, handle: a.deleteSession},
		{method: http.MethodGet, path: "/api/v1/info", rule: public, handle: a.getInfo},
		{method: http.MethodGet, path: "/v1/models", scope: access.Chat, rule: collection, handle: a.getModels, openAI: true},
		{method: http.MethodPost, path: "/v1/chat/completions", scope: access.Chat, rule: own, audit: access.ActionAsk, handle: a.postCompletion, openAI: true, work: true},
		{method: http.MethodGet, path: "/healthz", rule: public, handle: a.getHealth, probe: true},
		{method: http.MethodGet, path: "/readyz", rule: public, handle: a.getReady, probe: true},
		{method: http.MethodGet, path: "/metrics", scope: access.Metrics, rule: server, handle: a.getMetrics},
		{method: http.MethodGet, path: "/openapi.yaml", rule: public, handle: a.getOpenAPI},
		{method: http.MethodGet, path: "/", rule: public, handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/c/{id}", rule: public, handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/a/{id}", rule: public, handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/s/{id}", rule: public, handle: a.getApp, page: true},
		{method: http.MethodGet, path: signInPath, rule: public, handle: a.getSignIn, page: true},
		{method: http.MethodGet, path: signInPath + "/callback", rule: public, audit: access.ActionSignIn, handle: a.getCallback, page: true},
		{method: http.MethodGet, path: "/documents", rule: public, handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/documents/{id}", scope: access.Search, rule: collection, audit: access.ActionRead, handle: a.getViewer, page: true},
		{method: http.MethodGet, path: "/assets/{id}", rule: public, handle: a.getAsset},
	}
}

// ginPath spells the path as Gin does: /documents/:id.
func (r route) ginPath() string {
	return strings.ReplaceAll(strings.ReplaceAll(r.path, "{", ":"), "}", "")
}

// serve runs the guards and then the handler of a route, and turns what comes
// back into an answer.
func (a *api) serve(rt route) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Set(routeKey, rt)
		err := a.guard(c, rt)
		if err == nil {
			err = rt.sane(c)
		}
		if err == nil {
			err = recovered(func() error { return rt.handle(c) })
		}
		if err != nil {
			a.fail(c, err)
		}
		a.note(c, rt, err)
	}
}

// sane refuses an id in the path that can't be one of ours, as an unknown one,
// without asking anybody. Pages and assets that everybody gets see for themselves.
func (r route) sane(c *gin.Context) error {
	id, ok := c.Params.Get("id")
	if ok && r.rule != public && !saneRecordID.MatchString(id) {
		return errNotFound
	}
	return nil
}

// panicError is a panic that became an error; the stack is for the log.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// recovered runs f and returns its panic as a *panicError.
func recovered(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{value: p, stack: debug.Stack()}
		}
	}()
	return f()
}
