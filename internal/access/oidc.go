package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// OIDCConfig says which issuer people sign in with. It has to know the client,
// with PublicURL + "/sign-in/callback" as its redirect URI.
type OIDCConfig struct {
	// Issuer is the issuer's identifier, exactly as it writes it: https, or
	// http on loopback.
	Issuer                 string
	ClientID, ClientSecret string
	// PublicURL is where readers find the server, with its base path and no
	// slash at the end; https, or http on loopback, as cookies need it.
	PublicURL string
	// Scopes are asked for beside openid; none takes profile and email.
	Scopes []string
	// UserClaim is what tells people apart and stays the same: sub when empty.
	// GroupsClaim lists their groups: groups when empty. Both have to be in the
	// ID token.
	UserClaim, GroupsClaim string
	// RequireGroup, where it isn't empty, is a group without which nobody gets
	// in.
	RequireGroup string
}

const (
	callbackPath       = "/sign-in/callback"
	defaultUserClaim   = "sub"
	defaultGroupsClaim = "groups"
	emailClaim         = "email"
)

const (
	// issuerTimeout bounds one exchange with the issuer.
	issuerTimeout = 10 * time.Second
	// maxIssuerBody bounds what the issuer says at once, in bytes.
	maxIssuerBody = 1 << 20
	// discoveryLife is how long the issuer's addresses and keys are believed: a
	// key that it withdrew doesn't count for longer.
	discoveryLife = time.Hour
	// discoveryRetry is how long a failure is believed, so that many who sign in
	// at once don't each wait for an issuer that is down.
	discoveryRetry = 5 * time.Second
	// skew is how far the issuer's clock may be behind.
	skew = time.Minute
)

// Errors of signing in with an issuer. Their texts hold no code, token, state or
// other secret.
var (
	// ErrIssuer says that the issuer can't be reached or makes no sense.
	ErrIssuer = errors.New("issuer can't be used")
	// ErrSignIn says that a sign-in isn't valid: not begun in this browser, too
	// old, used before, or without a proof that counts.
	ErrSignIn = errors.New("sign-in isn't valid")
	// ErrSignInRefused says that the issuer refused, or the reader did there.
	ErrSignInRefused = errors.New("issuer refused the sign-in")
	// ErrNotMember says that somebody isn't in the group that is required.
	ErrNotMember = errors.New("not in the required group")
)

// issuer is who vouches for people. It asks for its addresses when they are
// needed first, so that a server starts without it.
type issuer struct {
	cfg    OIDCConfig
	client *http.Client
	now    func() time.Time
	// prefix begins the ids of its people.
	prefix   string
	attempts *attempts

	mu      sync.Mutex
	found   *discovered
	failed  error
	retryAt time.Time
}

// discovered is what the issuer says of itself.
type discovered struct {
	at       time.Time
	oauth    *oauth2.Config
	verifier *oidc.IDTokenVerifier
	// endSession is where it ends its own session; it may be empty.
	endSession string
}

// Check reports what is wrong or missing. It reaches nothing.
func (c *OIDCConfig) Check() error {
	if c.ClientID == "" {
		return errors.New("no client id")
	}
	if err := checkSecure(c.Issuer); err != nil {
		return fmt.Errorf("issuer %q: %w", c.Issuer, err)
	}
	if err := checkSecure(c.PublicURL); err != nil {
		return fmt.Errorf("public url %q: %w", c.PublicURL, err)
	}
	return nil
}

// newIssuer fills in what cfg leaves out. It reaches nothing.
func newIssuer(cfg OIDCConfig, now func() time.Time) (*issuer, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	if cfg.UserClaim == "" {
		cfg.UserClaim = defaultUserClaim
	}
	if cfg.GroupsClaim == "" {
		cfg.GroupsClaim = defaultGroupsClaim
	}
	if len(cfg.Scopes) == 0 {
		cfg.Scopes = []string{oidc.ScopeProfile, oidc.ScopeEmail}
	}
	sum := sha256.Sum256([]byte(cfg.Issuer))
	return &issuer{
		cfg: cfg, client: issuerClient(), now: now, attempts: newAttempts(),
		prefix: "user:" + hex.EncodeToString(sum[:4]) + ":",
	}, nil
}

// checkSecure takes https anywhere, and http on loopback.
func checkSecure(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("isn't an absolute address")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return errors.New("isn't https")
	}
	return nil
}

// knows reports whether a subject's id is one that the issuer vouched for.
func (i *issuer) knows(id string) bool { return strings.HasPrefix(id, i.prefix) }

// member reports whether somebody with these groups gets in.
func (i *issuer) member(groups []string) bool {
	return i.cfg.RequireGroup == "" || slices.Contains(groups, i.cfg.RequireGroup)
}

// issuerClient has a timeout, bounds what it reads and follows no redirect: one
// of the token endpoint would carry the client's secret elsewhere. People sign
// in rarely, so connections aren't kept.
func issuerClient() *http.Client {
	base, _ := http.DefaultTransport.(*http.Transport)
	transport := base.Clone()
	transport.DisableKeepAlives = true
	transport.MaxConnsPerHost = 32
	return &http.Client{
		Timeout: issuerTimeout, Transport: bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded cuts the bodies of answers.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, maxIssuerBody)
	return resp, nil
}

// discover returns what the issuer says of itself. The error is ErrIssuer.
func (i *issuer) discover(ctx context.Context) (*discovered, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	if i.found != nil && now.Sub(i.found.at) < discoveryLife {
		return i.found, nil
	}
	if i.failed != nil && now.Before(i.retryAt) {
		return nil, i.failed
	}
	// Others wait for it too, so it doesn't end with this request.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), issuerTimeout)
	defer cancel()
	found, err := i.ask(ctx)
	if err != nil {
		i.failed, i.retryAt = fmt.Errorf("%w: %s", ErrIssuer, brief(err)), i.now().Add(discoveryRetry)
		return nil, i.failed
	}
	i.found, i.failed = found, nil
	return found, nil
}

// ask reads the discovery document.
func (i *issuer) ask(ctx context.Context) (*discovered, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.cfg.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		EndSession string   `json:"end_session_endpoint"`
		Auth       []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, err
	}
	endpoint := provider.Endpoint()
	// Which it is isn't tried out: the first try could use up the code. Without
	// a word of the issuer's it is Basic (OpenID Connect Discovery 1.0, 3).
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if slices.Contains(more.Auth, "client_secret_post") || i.cfg.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL, more.EndSession} {
		if u, err := url.Parse(address); err != nil || address != "" && checkSecure(u.Scheme+"://"+u.Host) != nil {
			return nil, fmt.Errorf("endpoint %q isn't https", address)
		}
	}
	return &discovered{
		at: i.now(),
		oauth: &oauth2.Config{
			ClientID: i.cfg.ClientID, ClientSecret: i.cfg.ClientSecret, Endpoint: endpoint,
			RedirectURL: i.cfg.PublicURL + callbackPath,
			Scopes:      append([]string{oidc.ScopeOpenID}, i.cfg.Scopes...),
		},
		// Only signatures with a key pair count: go-oidc knows neither none nor
		// HS256, whatever the issuer says it supports.
		verifier: provider.Verifier(&oidc.Config{
			ClientID: i.cfg.ClientID, Now: func() time.Time { return i.now().Add(-skew) },
		}),
		endSession: more.EndSession,
	}, nil
}

// signOutURL is where the issuer ends its session and sends the reader back;
// empty where it has no such place or can't be reached. There is no
// id_token_hint, as the token isn't kept: the issuer may ask whether the reader
// means it.
func (i *issuer) signOutURL(ctx context.Context) string {
	found, err := i.discover(ctx)
	if err != nil || found.endSession == "" {
		return ""
	}
	u, err := url.Parse(found.endSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", i.cfg.ClientID)
	q.Set("post_logout_redirect_uri", i.cfg.PublicURL+"/")
	u.RawQuery = q.Encode()
	return u.String()
}

// brief is the text of an error that may quote an issuer's page.
func brief(err error) string {
	const most = 300
	text := strings.Join(strings.Fields(err.Error()), " ")
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}
