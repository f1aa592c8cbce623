package httpapi

import (
	"context"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
	"bronwijzer/internal/record"
)

// Audit writes down what was done; see access.Audit.
type Audit interface {
	// Note never fails for its caller: Failures counts what wasn't written.
	Note(ctx context.Context, e access.Entry)
	Failures() int64
}

// Keys of values in Gin's context that the audit log is made from.
const (
	objectKey = "object"
	resultKey = "result"
)

// concerns says which object a request is about, where that isn't the id in its
// path.
func concerns(c *gin.Context, id string) { c.Set(objectKey, id) }

// answered says what came of a question.
func answered(c *gin.Context, ans *record.Answer) {
	concerns(c, ans.ID)
	if ans.Status == record.Refused {
		c.Set(resultKey, access.ResultRefused)
	}
}

// How many lines strangers may cause: at 200 requests a second for an address,
// some 3 GB a day would fill the disk for a year. What they do beyond that is
// counted.
const (
	strangersRate  = 1 // lines a second
	strangersBurst = 1000
)

// note writes the line of the audit log for a request that is over. What was
// turned away for load is no action.
func (a *api) note(c *gin.Context, rt route, err error) {
	if rt.audit == "" || turnedAway(c) {
		return
	}
	if by := subjectOf(c); by.ID == "" && by.Scopes == 0 && !a.strangers.Allow() {
		a.metrics.unnoted.Inc()
		return
	}
	status := c.Writer.Status()
	e := access.Entry{
		Action: rt.audit, Object: objectOf(c, rt), Result: resultOf(c, status, err), Status: status,
		Door: access.DoorHTTP, Actor: subjectOf(c).ID, RequestID: c.GetString(requestIDKey),
	}
	if rt.openAI {
		e.Door = access.DoorOpenAI
	}
	if addr, _ := a.proxies.client(c.Request); addr.IsValid() {
		e.Address = addr.String()
	}
	// It is over, also when the client left.
	a.Audit.Note(context.WithoutCancel(c.Request.Context()), e)
}

// ownID is what this program's ids look like.
var ownID = regexp.MustCompile(`^(?:ans|conv|doc|job)_[a-z0-9]{1,32}$`)

// objectOf is the id that a handler named, or that in the path, if it can be
// one: what a client made up isn't written down.
func objectOf(c *gin.Context, rt route) string {
	if v, ok := c.Get(objectKey); ok {
		id, _ := v.(string)
		return id
	}
	if id := c.Param("id"); !rt.link && ownID.MatchString(id) {
		return id
	}
	return ""
}

// resultOf is how a request ended: as a handler said, or as its error and status
// do.
func resultOf(c *gin.Context, status int, err error) access.Result {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMisdirectedRequest:
		return access.ResultDenied
	}
	if err != nil || status >= http.StatusBadRequest {
		return access.ResultFailed
	}
	if v, ok := c.Get(resultKey); ok {
		result, _ := v.(access.Result)
		return result
	}
	return access.ResultOK
}
