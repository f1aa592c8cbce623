package httpapi

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"
)

// route is one line of the table of routes.
type route struct {
	method string
	// path is as in openapi.yaml: /api/v1/documents/{id}. It also names the
	// route in log and metrics, where the path itself would give away ids.
	path   string
	handle func(*gin.Context) error
	// page makes errors HTML, for a reader's browser.
	page bool
	// openAI makes errors as OpenAI's API has them.
	openAI bool
	// probe leaves out the guards and logs at debug level only: it tells nobody
	// anything, and has to answer whoever asks, also when it is busy.
	probe bool
}

// routes is the table of everything that is served.
func (a *api) routes() []route {
	return []route{
		{method: http.MethodPost, path: "/api/v1/chat", handle: a.postChat},
		{method: http.MethodGet, path: "/api/v1/search", handle: a.getSearch},
		{method: http.MethodGet, path: "/api/v1/documents", handle: a.getDocuments},
		{method: http.MethodGet, path: "/api/v1/documents/{id}", handle: a.getDocument},
		{method: http.MethodGet, path: "/api/v1/documents/{id}/text", handle: a.getText},
		{method: http.MethodGet, path: "/api/v1/answers/{id}", handle: a.getAnswer},
		{method: http.MethodPost, path: "/api/v1/answers/{id}/feedback", handle: a.postFeedback},
		{method: http.MethodGet, path: "/api/v1/conversations", handle: a.getConversations},
		{method: http.MethodDelete, path: "/api/v1/conversations", handle: a.deleteConversations},
		{method: http.MethodGet, path: "/api/v1/conversations/{id}", handle: a.getConversation},
		{method: http.MethodPatch, path: "/api/v1/conversations/{id}", handle: a.patchConversation},
		{method: http.MethodDelete, path: "/api/v1/conversations/{id}", handle: a.deleteConversation},
		{method: http.MethodGet, path: "/api/v1/info", handle: a.getInfo},
		{method: http.MethodGet, path: "/v1/models", handle: a.getModels, openAI: true},
		{method: http.MethodPost, path: "/v1/chat/completions", handle: a.postCompletion, openAI: true},
		{method: http.MethodGet, path: "/healthz", handle: a.getHealth, probe: true},
		{method: http.MethodGet, path: "/readyz", handle: a.getReady, probe: true},
		{method: http.MethodGet, path: "/metrics", handle: a.getMetrics},
		{method: http.MethodGet, path: "/openapi.yaml", handle: a.getOpenAPI},
		{method: http.MethodGet, path: "/", handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/c/{id}", handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/a/{id}", handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/documents", handle: a.getApp, page: true},
		{method: http.MethodGet, path: "/documents/{id}", handle: a.getViewer, page: true},
		{method: http.MethodGet, path: "/assets/{id}", handle: a.getAsset},
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
			err = recovered(func() error { return rt.handle(c) })
		}
		if err != nil {
			a.fail(c, err)
		}
	}
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
