package httpapi

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"
)

// Keys of values in Gin's context.
const (
	requestIDKey = "request_id"
	routeKey     = "route"
)

// noRoute labels requests for an address that isn't served; the address itself
// would let strangers fill the metrics with labels.
const noRoute = "none"

// saneID is what a request id of a proxy or a client may look like. Anything
// else could forge a line of the log.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// observe surrounds every request: it gives it an id, and afterwards logs and
// counts it.
func (a *api) observe(c *gin.Context) {
	began := time.Now()
	id := c.GetHeader("X-Request-Id")
	if !saneID.MatchString(id) {
		id = rand.Text()
	}
	c.Set(requestIDKey, id)
	c.Writer.Header().Set("X-Request-Id", id)
	a.others.open(c)

	c.Next()

	rt, status, took := routeOf(c), c.Writer.Status(), time.Since(began)
	a.metrics.request(rt.label(), c.Request.Method, status, took)
	level := slog.LevelInfo
	if rt.probe || turnedAway(c) {
		level = slog.LevelDebug
	}
	// No path and no query: they carry ids that open a record, and questions.
	a.lg.LogAttrs(c.Request.Context(), level, "request",
		slog.String("request_id", id), slog.String("method", knownMethod(c.Request.Method)),
		slog.String("route", rt.label()), slog.Int("status", status),
		slog.Int("bytes", max(0, c.Writer.Size())), slog.Duration("took", took))
}

// turnedAway reports whether a request was refused for load, before anybody was
// somebody. The metrics count it, and a flood shouldn't fill the disk with lines
// about itself.
func turnedAway(c *gin.Context) bool {
	status := c.Writer.Status()
	_, admitted := c.Get(subjectKey)
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && !admitted
}

// routeOf is the route that a request took; the zero route before it is known.
func routeOf(c *gin.Context) route {
	v, _ := c.Get(routeKey)
	rt, _ := v.(route)
	return rt
}

// label names the route in log and metrics.
func (r route) label() string {
	if r.path == "" {
		return noRoute
	}
	return r.path
}

// knownMethod keeps invented methods out of log and labels.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	default:
		return "other"
	}
}
