package httpapi

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	ownerCookie = "bronwijzer_browser"
	// ownerCookieAge outlives the longest usual retention of records.
	ownerCookieAge = 400 * 24 * time.Hour
)

// saneOwner is what rand.Text makes: at least 128 random bits in base32.
var saneOwner = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// owner says who asks, as far as that is known: the browser, by the random id
// in its cookie. A browser that has none gets one. For a script it is empty.
//
// It is a hash of the cookie, so that what is stored can't be used as one.
func (a *api) owner(c *gin.Context) string {
	if cookie, err := c.Request.Cookie(ownerCookie); err == nil && saneOwner.MatchString(cookie.Value) {
		return subject(cookie.Value)
	}
	if !fromBrowser(c.Request) {
		return ""
	}
	id := rand.Text()
	_, secure := a.proxies.client(c.Request)
	http.SetCookie(c.Writer, &http.Cookie{
		Name: ownerCookie, Value: id, Path: a.basePath + "/", MaxAge: int(ownerCookieAge.Seconds()),
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	})
	return subject(id)
}

func subject(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "browser:" + hex.EncodeToString(sum[:16])
}

// fromBrowser reports whether a cookie that is set now would reach a reader's
// browser without replacing one that it keeps: inside another site's page the
// browser doesn't send a Lax cookie that it has.
func fromBrowser(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "":
		return false
	case "same-origin", "none":
		return true
	default:
		return r.Header.Get("Sec-Fetch-Dest") == "document"
	}
}
