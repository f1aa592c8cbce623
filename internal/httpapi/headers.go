package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// hardHeaders are on every answer. The policy is for what isn't a page: nothing
// in it is to be run, loaded or framed; writePage has the pages' own.
func hardHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// hstsAge is how long a browser keeps to https, in seconds: a year. The names
// below the server's own are for their owners to decide about.
const hstsAge = "max-age=31536000"

// withHeaders sets the headers of every answer before anybody else sees the
// request: errors, redirects and what stands beside Gin's routes have them too.
// Only what net/http answers by itself, to what is no HTTP, has none.
func withHeaders(next http.Handler, public publicURL) http.Handler {
	https := strings.HasPrefix(public.origin, "https:")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		hardHeaders(h)
		if https {
			h.Set("Strict-Transport-Security", hstsAge)
		}
		next.ServeHTTP(w, r)
	})
}

// otherOrigins are the websites whose scripts may use the API, each as a browser
// writes it in Origin.
//
// What they send counts only for the key in it. Cookies are dropped and a
// proxy's word isn't taken, so a script gets nothing but what its own key gives,
// whoever's browser it runs in; and Access-Control-Allow-Credentials is never
// sent.
type otherOrigins []string

// newOtherOrigins takes "https://host" or "https://host:port", nothing else.
func newOtherOrigins(list []string) (otherOrigins, error) {
	for _, origin := range list {
		u, err := url.Parse(origin)
		if err != nil {
			return nil, fmt.Errorf("origin: %w", err)
		}
		if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Contains(u.Host, "*") || origin != u.Scheme+"://"+strings.ToLower(u.Host) {
			return nil, fmt.Errorf("origin %q: %w", origin, errNotOrigin)
		}
	}
	return list, nil
}

var errNotOrigin = errors.New("must be a scheme, a host in lower case and perhaps a port, as in https://www.example.nl")

// foreign reports whether a script of one of them sends a request.
func (o otherOrigins) foreign(r *http.Request) bool {
	return len(o) > 0 && slices.Contains(o, r.Header.Get("Origin"))
}

// open lets a script of another origin read the answer, also when that is an
// error.
func (o otherOrigins) open(c *gin.Context) {
	if len(o) == 0 {
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Origin")
	if !o.foreign(c.Request) {
		return
	}
	c.Request.Header.Del("Cookie")
	h.Set("Access-Control-Allow-Origin", c.Request.Header.Get("Origin"))
	h.Set("Access-Control-Expose-Headers", "ETag, Retry-After, X-Request-Id")
}

// noMethod answers a browser that asks what a script of another origin may send
// (a preflight); nothing else has a method that no route has.
func (a *api) noMethod(c *gin.Context) error {
	r := c.Request
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" || !a.others.foreign(r) {
		return errNoMethod
	}
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Methods", h.Get("Allow"))
	h.Set("Access-Control-Allow-Headers", "Accept, Api-Key, Authorization, Content-Type, X-Api-Key, X-Request-Id")
	h.Set("Access-Control-Max-Age", "600")
	c.Status(http.StatusNoContent)
	return nil
}
