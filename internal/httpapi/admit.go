package httpapi

import (
	"errors"
	"net/netip"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
	"bronwijzer/internal/docs"
)

// subjectKey is where a request's subject stands in Gin's context.
const subjectKey = "subject"

// admit finds out who sends a request and whether they may use its route. On a
// public route nobody has to be anybody.
func (a *api) admit(c *gin.Context, rt route) error {
	by, err := a.Access.Identify(c.Writer, c.Request, a.peer(c))
	none, wrong := errors.Is(err, access.ErrNoCredential), errors.Is(err, access.ErrBadCredential)
	switch {
	case rt.rule == public && (none || wrong):
		by = access.Subject{}
	case none:
		return errNoCredential
	case wrong:
		return errBadCredential
	case err != nil:
		return err
	}
	// Before the scope is looked at: the audit log says who was denied.
	c.Set(subjectKey, by)
	if !by.Scopes.Has(rt.scope) {
		return errScope
	}
	return nil
}

// peer is where a request came from.
func (a *api) peer(c *gin.Context) access.Peer {
	client, secure := a.proxies.client(c.Request)
	p := access.Peer{Client: client, Secure: secure}
	if a.others.foreign(c.Request) {
		return p // which no proxy vouches for
	}
	if direct, err := netip.ParseAddrPort(c.Request.RemoteAddr); err == nil {
		p.Direct = direct.Addr().Unmap()
	}
	return p
}

// subjectOf is who sends a request, once it was admitted.
func subjectOf(c *gin.Context) access.Subject {
	v, _ := c.Get(subjectKey)
	by, _ := v.(access.Subject)
	return by
}

// readerOf is that subject as somebody who reads documents.
func readerOf(c *gin.Context) docs.Reader { return subjectOf(c).Reader() }
