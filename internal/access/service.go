package access

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"bronwijzer/internal/store"
)

// Config says how a server lets people in. The zero value lets everybody in and
// knows browsers apart: that is right on loopback.
type Config struct {
	// BasePath is where the server's routes stand: cookies are for it. It
	// begins with a slash and doesn't end in one, or is empty.
	BasePath string
	// Ways are those to prove who one is; without any, nobody has to.
	Ways Ways
	// TrustedProxies are believed where Ways has ByProxy.
	TrustedProxies []netip.Prefix
	// UserHeader and GroupsHeader are the names of the headers in which a
	// proxy says who asks; empty takes X-Forwarded-User and X-Forwarded-Groups.
	UserHeader, GroupsHeader string
	// PersonScopes are those of people, who are known by a proxy or signed in;
	// none takes Chat, Search and Feedback.
	PersonScopes Scopes
	// AdminGroups are those whose members have every scope, DocumentsGroups
	// those whose members have Documents too.
	AdminGroups, DocumentsGroups []string
	// OIDC is the issuer where Ways has BySignIn.
	OIDC OIDCConfig
	// SessionLifetime is how long a browser stays signed in; 0 takes 12 hours.
	SessionLifetime time.Duration
}

// Peer is where a request came from, as the server's guards found out.
type Peer struct {
	// Direct is the other end of the connection, Client whom trusted proxies
	// say it is; the same where there is no proxy.
	Direct, Client netip.Addr
	// Secure says that the client's connection is encrypted.
	Secure bool
}

// Service lets people in. It is safe for concurrent use.
type Service struct {
	lg    *slog.Logger
	store *store.Store
	cfg   Config
	now   func() time.Time
	// issuer is nil unless the ways have BySignIn.
	issuer *issuer
}

// New returns a Service that keeps keys and sessions in st. An error means that
// cfg would let nobody in, or anybody as whom they like.
func New(lg *slog.Logger, st *store.Store, cfg Config) (*Service, error) {
	if cfg.PersonScopes == 0 {
		cfg.PersonScopes = Chat | Search | Feedback
	}
	if cfg.Ways.Has(ByProxy) {
		if err := cfg.completeProxy(); err != nil {
			return nil, fmt.Errorf("let in by proxy: %w", err)
		}
	}
	if cfg.SessionLifetime <= 0 {
		cfg.SessionLifetime = defaultSessionLifetime
	}
	s := &Service{lg: lg, store: st, cfg: cfg, now: time.Now}
	if cfg.Ways.Has(BySignIn) {
		var err error
		if s.issuer, err = newIssuer(cfg.OIDC, func() time.Time { return s.now() }); err != nil {
			return nil, fmt.Errorf("let in by OpenID Connect: %w", err)
		}
	}
	return s, nil
}

// Identify says who sent a request. It may set a cookie on w. Without a
// credential where one has to be shown: ErrNoCredential, with the zero Subject;
// with one that isn't valid: ErrBadCredential. Other errors are the store's.
//
// The more a client had to do to show a credential, the more it counts: a key,
// then what a proxy adds to every request, then a browser's session. One that
// isn't valid is an error whatever else is shown.
func (s *Service) Identify(w http.ResponseWriter, r *http.Request, p Peer) (Subject, error) {
	if s.cfg.Ways == 0 {
		return s.browser(w, r, p), nil
	}
	if s.cfg.Ways.Has(ByKey) {
		if by, err := s.byKey(r); !errors.Is(err, ErrNoCredential) {
			return by, err
		}
	}
	if s.cfg.Ways.Has(ByProxy) {
		if by, err := s.byProxy(r, p); !errors.Is(err, ErrNoCredential) {
			return by, err
		}
	}
	if s.cfg.Ways.Has(ByKey) || s.cfg.Ways.Has(BySignIn) {
		return s.session(r)
	}
	return Subject{}, ErrNoCredential
}

// person is somebody who isn't a script, once it is known who. The id is what
// is unique and stays, such as "user:jan".
func (s *Service) person(id, name string, groups []string) Subject {
	by := Subject{ID: id, Name: name, Groups: groups, Scopes: s.cfg.PersonScopes}
	in := func(listed []string) bool {
		return slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(listed, g) })
	}
	if in(s.cfg.DocumentsGroups) {
		by.Scopes |= Documents
	}
	if in(s.cfg.AdminGroups) {
		by.Scopes = Everything
	}
	return by
}
