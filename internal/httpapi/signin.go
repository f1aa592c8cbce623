package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
)

// signInPath is where people begin to sign in.
const signInPath = "/sign-in"

// The errors of signing in. Which it was is in the log; a stranger learns no
// more than that it didn't work.
var (
	errSignIn = &apiError{
		status: http.StatusForbidden, code: "sign_in_failed",
		message: "Het aanmelden is niet gelukt. Misschien duurde het te lang, of is het in een ander venster begonnen. Probeer het opnieuw.",
	}
	errSignInRefused = &apiError{
		status: http.StatusForbidden, code: "sign_in_refused",
		message: "Het aanmelden is afgebroken of geweigerd. Probeer het opnieuw, of vraag de beheerder om toegang.",
	}
	errNotMember = &apiError{
		status: http.StatusForbidden, code: "not_a_member",
		message: "U bent aangemeld, maar hoort niet bij de groep die deze dienst mag gebruiken. Vraag de beheerder om toegang.",
	}
	errIssuer = &apiError{
		status: http.StatusServiceUnavailable, code: "sign_in_unavailable", retryAfter: 10 * time.Second,
		message: "De dienst waarmee u zich aanmeldt, is nu niet bereikbaar. Probeer het zo nog eens.",
	}
)

// session is what a browser is told of who it is.
type session struct {
	SignedIn bool     `json:"signed_in"`
	Name     string   `json:"name"`
	Scopes   []string `json:"scopes"`
	// Methods are the ways to sign in: key, oidc.
	Methods []string `json:"methods"`
	// SignInURL is where people begin; empty unless Methods has oidc.
	SignInURL string `json:"sign_in_url"`
}

func (a *api) sessionOf(by access.Subject) session {
	out := session{SignedIn: by.Known(), Name: by.Name, Scopes: by.Scopes.Names(), Methods: a.Access.Methods()}
	if slices.Contains(out.Methods, access.MethodOIDC) {
		out.SignInURL = signInPath
	}
	return out
}

// getSession says who sends the request, and how to become somebody.
func (a *api) getSession(c *gin.Context) error {
	if _, err := query(c); err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, a.sessionOf(subjectOf(c)))
	return nil
}

// postSession signs in with a key.
func (a *api) postSession(c *gin.Context) error {
	var in struct {
		Key string `json:"key"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	by, err := a.Access.SignInWithKey(c.Writer, c.Request, in.Key)
	if errors.Is(err, access.ErrBadCredential) {
		return errBadCredential
	}
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	c.Set(subjectKey, by)
	writeJSON(c, http.StatusOK, a.sessionOf(by))
	return nil
}

// deleteSession signs out.
func (a *api) deleteSession(c *gin.Context) error {
	address, err := a.Access.SignOut(c.Writer, c.Request)
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	writeJSON(c, http.StatusOK, struct {
		SignOutURL string `json:"sign_out_url"`
	}{address})
	return nil
}

// getSignIn sends people to the issuer. Where there is none, the web chat takes
// a key, or has nothing to ask.
func (a *api) getSignIn(c *gin.Context) error {
	v, err := query(c, "to")
	if err != nil {
		return err
	}
	if !slices.Contains(a.Access.Methods(), access.MethodOIDC) {
		return a.getApp(c)
	}
	address, err := a.Access.BeginSignIn(c.Writer, c.Request, v.Get("to"))
	if err != nil {
		return a.signInError(c, err)
	}
	seeOther(c, address)
	return nil
}

// getCallback takes people back from the issuer. Its parameters are the
// issuer's, which may add some.
func (a *api) getCallback(c *gin.Context) error {
	by, to, err := a.Access.FinishSignIn(c.Writer, c.Request)
	if by.ID != "" {
		c.Set(subjectKey, by)
	}
	if err != nil {
		return a.signInError(c, err)
	}
	seeOther(c, to)
	return nil
}

// errorPage is what the template error shows.
type errorPage struct {
	errorDetail
	// SignIn is where signing in may help; empty where it doesn't.
	SignIn string
}

// signInLink leads from a page that somebody may not see to signing in and back,
// and from a sign-in that failed to another. It is a link and no redirect: a
// browser that takes no cookies would go round for ever.
func (a *api) signInLink(c *gin.Context, seen *apiError) string {
	link := strings.TrimPrefix(signInPath, "/")
	switch {
	case len(a.Access.Methods()) == 0:
		return ""
	case seen.status == http.StatusUnauthorized:
		return link + "?to=" + url.QueryEscape(c.Request.URL.RequestURI())
	case seen == errSignIn || seen == errSignInRefused || seen == errNotMember:
		return link
	default:
		return ""
	}
}

func seeOther(c *gin.Context, address string) {
	c.Writer.Header().Set("Location", address)
	c.Status(http.StatusSeeOther)
}

// signInError is what a reader sees of a failure. Whoever runs the server needs
// to know which it was; Access sees to it that the texts hold no secret.
func (a *api) signInError(c *gin.Context, err error) error {
	for cause, seen := range map[error]error{
		access.ErrSignIn: errSignIn, access.ErrSignInRefused: errSignInRefused, access.ErrNotMember: errNotMember, access.ErrIssuer: errIssuer,
	} {
		if errors.Is(err, cause) {
			a.lg.WarnContext(c.Request.Context(), "sign-in doesn't succeed",
				slog.String("request_id", c.GetString(requestIDKey)), slog.Any("error", err))
			return seen
		}
	}
	return err
}
