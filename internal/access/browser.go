package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"time"
)

const (
	browserCookie = "bronwijzer_browser"
	// browserPrefix begins the id of a browser that didn't sign in.
	browserPrefix = "browser:"
	// browserCookieAge outlives the longest usual retention of records.
	browserCookieAge = 400 * 24 * time.Hour
)

// saneBrowser is what rand.Text makes: at least 128 random bits in base32.
var saneBrowser = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// browser is the subject without sign-in: a browser by the random id in its
// cookie. A browser that has none gets one. A script is nobody in particular.
//
// The subject's id is a hash of the cookie, so that what is stored can't be used
// as one.
func (s *Service) browser(w http.ResponseWriter, r *http.Request, p Peer) Subject {
	if cookie, err := r.Cookie(browserCookie); err == nil && saneBrowser.MatchString(cookie.Value) {
		return Subject{ID: hashed(cookie.Value), Scopes: Open}
	}
	if !fromBrowser(r) {
		return Subject{Scopes: Open}
	}
	id := rand.Text()
	cookie := s.cookie(browserCookie, id, browserCookieAge)
	cookie.Secure = p.Secure
	http.SetCookie(w, cookie)
	return Subject{ID: hashed(id), Scopes: Open}
}

func hashed(id string) string {
	sum := sha256.Sum256([]byte(id))
	return browserPrefix + hex.EncodeToString(sum[:16])
}

// fromBrowser reports whether a cookie that is set now would reach a reader's
// browser without replacing one that it keeps: inside another site's page the
// browser doesn't send a Lax cookie that it has, and neither with a form that
// such a page posts.
func fromBrowser(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "":
		return false
	case "same-origin", "none":
		return true
	default:
		return r.Header.Get("Sec-Fetch-Dest") == "document" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
	}
}
