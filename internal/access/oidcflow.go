package access

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"bronwijzer/internal/store"
)

// signInCookie holds an attempt to sign in while the reader is at the issuer.
const signInCookie = "bronwijzer_sign_in"

// maxReturn bounds the address that a reader comes back to, in bytes, so that
// the cookie stays below what browsers keep.
const maxReturn = 1000

// BeginSignIn sets the cookie of an attempt on w and returns the issuer's
// address, where the reader goes on. to is the path of the page to come back
// to; one that isn't this server's counts as its start. Errors: ErrIssuer, also
// where there is none.
func (s *Service) BeginSignIn(w http.ResponseWriter, r *http.Request, to string) (address string, err error) {
	if s.issuer == nil {
		return "", fmt.Errorf("%w: there is none", ErrIssuer)
	}
	found, err := s.issuer.discover(r.Context())
	if err != nil {
		return "", err
	}
	a := attempt{
		State: newToken(), Nonce: newToken(), Verifier: oauth2.GenerateVerifier(),
		To: s.page(to), Expires: s.now().Add(attemptLife),
	}
	sealed, err := s.issuer.attempts.seal(a)
	if err != nil {
		return "", err
	}
	s.setCookie(w, signInCookie, sealed, attemptLife)
	return found.oauth.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// FinishSignIn takes the reader back from the issuer. When who it is is proved,
// it begins a session and returns the address to go on to. Errors: ErrSignIn,
// ErrSignInRefused, ErrNotMember, ErrIssuer; by is set with ErrNotMember too.
func (s *Service) FinishSignIn(w http.ResponseWriter, r *http.Request) (by Subject, to string, err error) {
	if s.issuer == nil {
		return Subject{}, "", fmt.Errorf("%w: there is no issuer", ErrSignIn)
	}
	// Whatever comes of it, the attempt is over.
	s.setCookie(w, signInCookie, "", -time.Second)
	a, err := s.attemptOf(r)
	if err != nil {
		return Subject{}, "", err
	}
	q := r.URL.Query()
	if code := q.Get("error"); code != "" {
		return Subject{}, "", fmt.Errorf("%w: %s", ErrSignInRefused, errorCode(code))
	}
	// RFC 9207: another issuer's answer isn't this one's.
	if q.Has("iss") && q.Get("iss") != s.issuer.cfg.Issuer {
		return Subject{}, "", fmt.Errorf("%w: answer of another issuer", ErrSignIn)
	}
	p, err := s.issuer.redeem(r.Context(), q.Get("code"), a)
	if err != nil {
		return Subject{}, "", err
	}
	by = s.person(p.id, p.Name, p.Groups)
	if !s.issuer.member(p.Groups) {
		return by, "", ErrNotMember
	}
	kept, err := json.Marshal(p.keptPerson)
	if err != nil {
		return Subject{}, "", fmt.Errorf("keep session: %w", err)
	}
	return by, s.issuer.cfg.PublicURL + a.To, s.begin(w, r, store.Session{Owner: p.id, Subject: kept})
}

// attemptOf is the attempt that a request ends: its state is that of the
// browser's cookie, and it wasn't ended before.
func (s *Service) attemptOf(r *http.Request) (attempt, error) {
	cookies := r.CookiesNamed(signInCookie)
	if len(cookies) != 1 {
		return attempt{}, fmt.Errorf("%w: not begun in this browser", ErrSignIn)
	}
	a, err := s.issuer.attempts.open(cookies[0].Value)
	if err != nil {
		return attempt{}, fmt.Errorf("%w: not begun here", ErrSignIn)
	}
	state := r.URL.Query()["state"]
	switch now := s.now(); {
	case !now.Before(a.Expires):
		return attempt{}, fmt.Errorf("%w: too late", ErrSignIn)
	case len(state) != 1 || subtle.ConstantTimeCompare([]byte(state[0]), []byte(a.State)) != 1:
		return attempt{}, fmt.Errorf("%w: state is another's", ErrSignIn)
	case !s.issuer.attempts.first(a.State, now):
		return attempt{}, fmt.Errorf("%w: used before", ErrSignIn)
	}
	return a, nil
}

// person is who the issuer says it is.
type person struct {
	id string
	keptPerson
}

// redeem gets the proof for a code and checks it. Errors: ErrSignIn, ErrIssuer.
func (i *issuer) redeem(ctx context.Context, code string, a attempt) (person, error) {
	if code == "" {
		return person{}, fmt.Errorf("%w: no code", ErrSignIn)
	}
	found, err := i.discover(ctx)
	if err != nil {
		return person{}, err
	}
	token, err := found.oauth.Exchange(oidc.ClientContext(ctx, i.client), code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return person{}, exchangeError(err)
	}
	raw, _ := token.Extra("id_token").(string)
	proof, err := found.verifier.Verify(ctx, raw)
	if err != nil {
		return person{}, fmt.Errorf("%w: %s", ErrSignIn, brief(err))
	}
	if subtle.ConstantTimeCompare([]byte(proof.Nonce), []byte(a.Nonce)) != 1 {
		return person{}, fmt.Errorf("%w: nonce is another's", ErrSignIn)
	}
	claims := map[string]any{}
	if err := proof.Claims(&claims); err != nil {
		return person{}, fmt.Errorf("%w: claims: %s", ErrSignIn, brief(err))
	}
	// OpenID Connect Core 1.0, 3.1.3.7: made for several, it was asked for by azp.
	azp, asked := claims["azp"]
	if asked && azp != i.cfg.ClientID || !asked && len(proof.Audience) > 1 {
		return person{}, fmt.Errorf("%w: token was made for another client", ErrSignIn)
	}
	return i.person(claims)
}

// exchangeError says why a code couldn't be redeemed, without what the issuer
// wrote about it: it may quote the code.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return fmt.Errorf("%w: token endpoint: %s", ErrIssuer, brief(err))
	}
	status, code := 0, errorCode(refused.ErrorCode)
	if refused.Response != nil {
		status = refused.Response.StatusCode
	}
	if code == "invalid_grant" {
		return fmt.Errorf("%w: token endpoint answers %d %s", ErrSignIn, status, code)
	}
	return fmt.Errorf("%w: token endpoint answers %d %s", ErrIssuer, status, code)
}

// errorCode is an error code of OAuth 2.0, as far as it looks like one.
func errorCode(s string) string {
	if saneCode.MatchString(s) {
		return s
	}
	return "(no code)"
}

var saneCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// person reads who it is from checked claims. Groups that no setting and no
// manifest could name, as LDAP's with their commas, don't count.
func (i *issuer) person(claims map[string]any) (person, error) {
	user := text(claims, i.cfg.UserClaim)
	if user == "" {
		return person{}, fmt.Errorf("%w: no usable claim %s", ErrSignIn, i.cfg.UserClaim)
	}
	// An address that wasn't verified can be anybody's.
	if verified := claims["email_verified"]; i.cfg.UserClaim == emailClaim && verified != true && verified != "true" {
		return person{}, fmt.Errorf("%w: email isn't verified", ErrSignIn)
	}
	p := person{id: i.prefix + user}
	for _, claim := range []string{"name", "preferred_username", emailClaim} {
		if p.Name == "" {
			p.Name = text(claims, claim)
		}
	}
	list, ok := claims[i.cfg.GroupsClaim].([]any)
	if !ok {
		list = []any{claims[i.cfg.GroupsClaim]}
	}
	for _, v := range list {
		if group, _ := v.(string); saneName(group) {
			p.Groups = append(p.Groups, group)
		}
	}
	slices.Sort(p.Groups)
	if p.Groups = slices.Compact(p.Groups); len(p.Groups) > maxGroups {
		return person{}, fmt.Errorf("%w: more than %d groups", ErrSignIn, maxGroups)
	}
	return p, nil
}

// text is a claim that can be a name; it may have commas.
func text(claims map[string]any, name string) string {
	s, _ := claims[name].(string)
	if !saneName(strings.ReplaceAll(s, ",", ".")) {
		return ""
	}
	return s
}

// page is the path of a page of this server, below its base; anything else is
// its start. Signing in isn't a page: it would begin again for ever.
func (s *Service) page(to string) string {
	const start = "/"
	u, err := url.Parse(to)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }
	if err != nil || len(to) > maxReturn || u.Scheme != "" || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, odd) {
		return start
	}
	if below, ok := strings.CutPrefix(to, s.cfg.BasePath+"/"); ok {
		to = "/" + below
	}
	if strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/sign-in") {
		return start
	}
	return to
}
