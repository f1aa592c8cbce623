package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oauth2-proxy/mockoidc"
)

// insecure trusts the test server, which is on loopback.
func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

func TestSignIn(t *testing.T) {
	h := newHome(t, func(c *Config) { c.DocumentsGroups = []string{"design"} })
	b := newBrowser(t, h)
	if _, err := b.me(h); !errors.Is(err, ErrNoCredential) {
		t.Errorf("before: got %v, want %v", err, ErrNoCredential)
	}
	begun := b.get(h.url + "/sign-in?to=/c/conv_1%3Fa%3Db")
	at, err := url.Parse(begun.location)
	if err != nil {
		t.Fatal(err)
	}
	q := at.Query()
	if q.Get("code_challenge_method") != "S256" || len(q.Get("state")) != 43 || len(q.Get("nonce")) != 43 ||
		q.Get("redirect_uri") != h.url+"/sign-in/callback" || q.Get("scope") != "openid profile email groups" {
		t.Errorf("address at the issuer: %s", begun.location)
	}
	held := begun.cookie(signInCookie)
	if held == nil || !held.HttpOnly || !held.Secure || held.SameSite != http.SameSiteLaxMode || held.Path != "/wijzer/" || held.MaxAge != 600 ||
		strings.Contains(held.Value, q.Get("state")) {
		t.Errorf("cookie of the attempt: %+v", held)
	}
	done := b.get(b.get(begun.location).location)
	if h.err != nil || done.status != http.StatusSeeOther || done.location != h.url+"/c/conv_1?a=b" {
		t.Fatalf("callback: %d to %s, %v", done.status, done.location, h.err)
	}
	if gone := done.cookie(signInCookie); gone == nil || gone.MaxAge >= 0 {
		t.Errorf("the attempt's cookie stays: %+v", gone)
	}
	first := done.cookie(sessionCookie)
	if first == nil || !first.HttpOnly || !first.Secure || first.SameSite != http.SameSiteLaxMode || first.Path != "/wijzer/" ||
		first.MaxAge != 12*3600 || len(first.Value) != 43 || first.Domain != "" {
		t.Fatalf("session cookie: %+v", first)
	}
	sum := sha256.Sum256([]byte(h.issuer.Issuer()))
	want := Subject{
		ID: fmt.Sprintf("user:%x:1234567890", sum[:4]), Name: "jane.doe", Groups: []string{"design", "engineering"},
		Scopes: Chat | Search | Feedback | Documents,
	}
	by, err := b.me(h)
	if diff := cmp.Diff(want, by); diff != "" || err != nil {
		t.Errorf("subject (-want +got), %v:\n%s", err, diff)
	}
	// Signing in again gives another session and ends the first.
	second := b.signIn(h).cookie(sessionCookie)
	if second == nil || second.Value == first.Value {
		t.Fatalf("second session: %+v", second)
	}
	if _, err := h.shows(t, first.Value); !errors.Is(err, ErrBadCredential) {
		t.Errorf("the first session goes on: %v", err)
	}
	out := b.get(h.url + "/out")
	wantOut := h.issuer.Issuer() + "/einde?" + url.Values{
		"a": {"b"}, "client_id": {h.issuer.ClientID}, "post_logout_redirect_uri": {h.url + "/"},
	}.Encode()
	if out.body != wantOut {
		t.Errorf("sign-out: got %q, want %q", out.body, wantOut)
	}
	if gone := out.cookie(sessionCookie); gone == nil || gone.MaxAge >= 0 || gone.Value != "" {
		t.Errorf("cookie after sign-out: %+v", gone)
	}
	if _, err := h.shows(t, second.Value); !errors.Is(err, ErrBadCredential) {
		t.Errorf("the session goes on after sign-out: %v", err)
	}
	if out := b.get(h.url + "/out"); out.body != "" || h.err != nil {
		t.Errorf("sign-out twice: got %q, %v", out.body, h.err)
	}
}

// shows is who a request with a session cookie is from.
func (h *home) shows(t *testing.T, session string) (Subject, error) {
	t.Helper()
	r := request(t)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: session})
	return h.Identify(nil, r, Peer{})
}

// No proof but the right one gets anybody in.
func TestForgedTokens(t *testing.T) {
	h := newHome(t, nil)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(h.issuer.Keypair.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	hs256 := func(secret []byte) func(string) []byte {
		return func(content string) []byte {
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte(content))
			return mac.Sum(nil)
		}
	}
	claim := func(name string, value any) func(_, claims map[string]any) {
		return func(_, claims map[string]any) { claims[name] = value }
	}
	header := func(name string, value any) func(header, _ map[string]any) {
		return func(header, _ map[string]any) { header[name] = value }
	}
	now := time.Now()
	tests := []struct {
		name   string
		tamper func(header, claims map[string]any)
		sign   func(string) []byte
	}{
		{"another audience", claim("aud", "ander"), nil},
		{"no audience", claim("aud", []string{}), nil},
		{"several audiences, no azp", claim("aud", []string{h.issuer.ClientID, "ander"}), nil},
		{"another's azp", claim("azp", "ander"), nil},
		{"another nonce", claim("nonce", newToken()), nil},
		{"no nonce", claim("nonce", nil), nil},
		{"expired", claim("exp", now.Add(-2*time.Minute).Unix()), nil},
		{"no expiry", claim("exp", nil), nil},
		{"not valid yet", claim("nbf", now.Add(time.Hour).Unix()), nil},
		{"another issuer", claim("iss", "https://ander.example"), nil},
		{"no subject", claim("sub", ""), nil},
		{"a subject that isn't text", claim("sub", 12), nil},
		{"a subject with a line break", claim("sub", "a\nb"), nil},
		{"alg none", header("alg", "none"), func(string) []byte { return nil }},
		{"alg none with a signature", header("alg", "none"), nil},
		{"alg NONE", header("alg", "NONE"), func(string) []byte { return nil }},
		{"HS256 with the public key, DER", header("alg", "HS256"), hs256(der)},
		{"HS256 with the public key, PEM", header("alg", "HS256"), hs256(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))},
		{"HS256 with the client secret", header("alg", "HS256"), hs256([]byte(h.issuer.ClientSecret))},
		{"another's key", nil, signer(stranger)},
		{"an unknown key id", header("kid", "onbekend"), signer(stranger)},
		{"a key in the header", header("jwk", map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB"}), signer(stranger)},
		{"no signature", nil, func(string) []byte { return nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.issuer.tamper, h.issuer.sign = tt.tamper, tt.sign
			b := newBrowser(t, h)
			got := b.signIn(h)
			if !errors.Is(h.err, ErrSignIn) || got.cookie(sessionCookie) != nil {
				t.Errorf("got %v and cookie %v, want %v", h.err, got.cookie(sessionCookie), ErrSignIn)
			}
			h.silent(t, h.err)
			if _, err := b.me(h); !errors.Is(err, ErrNoCredential) {
				t.Errorf("afterwards: got %v", err)
			}
		})
	}
	// The right one still does; a clock that is a little behind is forgiven.
	h.issuer.tamper, h.issuer.sign = claim("exp", now.Add(-30*time.Second).Unix()), nil
	if newBrowser(t, h).signIn(h); h.err != nil {
		t.Errorf("expired for less than the skew: %v", h.err)
	}
	h.issuer.tamper = func(_, claims map[string]any) {
		claims["aud"], claims["azp"] = []string{h.issuer.ClientID, "ander"}, h.issuer.ClientID
	}
	if newBrowser(t, h).signIn(h); h.err != nil {
		t.Errorf("several audiences with azp: %v", h.err)
	}
}

// silent checks that an error tells no secret.
func (h *home) silent(t *testing.T, err error) {
	t.Helper()
	secrets := append([]string{h.issuer.ClientSecret}, h.issuer.said...)
	for code := range h.issuer.SessionStore.Store {
		secrets = append(secrets, code)
	}
	for _, s := range secrets {
		if strings.Contains(fmt.Sprint(err), s) {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
}

// A callback counts once, in the browser that began, with its own state, in time.
func TestForgedCallbacks(t *testing.T) {
	tests := []struct {
		name string
		// call goes to the callback's address in some wrong way.
		call func(h *home, b *browser, address string)
		want error
	}{
		{"another browser", func(h *home, b *browser, address string) { newBrowser(b.tb, h).get(address) }, ErrSignIn},
		{"another browser, which began too", func(h *home, b *browser, address string) {
			other := newBrowser(b.tb, h)
			other.toCallback(h)
			other.get(address)
		}, ErrSignIn},
		{"another state", func(_ *home, b *browser, address string) {
			b.get(strings.Replace(address, "state=", "state=x", 1))
		}, ErrSignIn},
		{"two states", func(_ *home, b *browser, address string) { b.get(address + "&state=x") }, ErrSignIn},
		{"no state", func(_ *home, b *browser, address string) {
			b.get(strings.Replace(address, "state=", "staat=", 1))
		}, ErrSignIn},
		{"too late", func(h *home, b *browser, address string) {
			h.later = 11 * time.Minute
			b.get(address)
		}, ErrSignIn},
		{"again", func(h *home, b *browser, address string) {
			cookies := b.client.Jar.Cookies(mustParse(b.tb, h.url+"/"))
			b.get(address)
			if h.err != nil {
				b.tb.Fatal(h.err)
			}
			again := newBrowser(b.tb, h)
			again.client.Jar.SetCookies(mustParse(b.tb, h.url+"/"), cookies)
			again.get(address)
		}, ErrSignIn},
		{"a code that isn't its own", func(_ *home, b *browser, address string) {
			u := mustParse(b.tb, address)
			q := u.Query()
			q.Set("code", "verzonnen")
			u.RawQuery = q.Encode()
			b.get(u.String())
		}, ErrSignIn},
		{"no code", func(_ *home, b *browser, address string) {
			b.get(strings.Replace(address, "code=", "kode=", 1))
		}, ErrSignIn},
		{"another issuer's answer", func(_ *home, b *browser, address string) { b.get(address + "&iss=https://ander.example") }, ErrSignIn},
		{"refused at the issuer", func(_ *home, b *browser, address string) { b.get(address + "&error=access_denied&error_description=x") }, ErrSignInRefused},
		{"refused, with another state", func(_ *home, b *browser, address string) {
			b.get(strings.Replace(address, "state=", "state=x", 1) + "&error=access_denied")
		}, ErrSignIn},
		{"a cookie of its own making", func(h *home, b *browser, address string) {
			other := newBrowser(b.tb, h)
			other.client.Jar.SetCookies(mustParse(b.tb, h.url+"/"), []*http.Cookie{{Name: signInCookie, Value: "e30", Secure: true, Path: "/"}})
			other.get(address)
		}, ErrSignIn},
	}
	h := newHome(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.later = 0
			b := newBrowser(t, h)
			tt.call(h, b, b.toCallback(h))
			if !errors.Is(h.err, tt.want) {
				t.Errorf("got %v, want %v", h.err, tt.want)
			}
			h.silent(t, h.err)
		})
	}
}

func mustParse(tb testing.TB, address string) *url.URL {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// The issuer's new key is fetched when a token names it; its old one doesn't
// count once the server has asked again.
func TestIssuerChangesKeys(t *testing.T) {
	h := newHome(t, nil)
	if newBrowser(t, h).signIn(h); h.err != nil {
		t.Fatal(h.err)
	}
	old := h.issuer.Keypair
	fresh, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	h.issuer.Keypair = fresh
	if newBrowser(t, h).signIn(h); h.err != nil {
		t.Errorf("new key: %v", h.err)
	}
	h.issuer.tamper = func(header, claims map[string]any) {
		header["kid"] = old.Kid
		claims["exp"] = time.Now().Add(2 * discoveryLife).Unix()
	}
	h.issuer.sign = signer(old.PrivateKey)
	h.later = discoveryLife
	if newBrowser(t, h).signIn(h); !errors.Is(h.err, ErrSignIn) {
		t.Errorf("withdrawn key: got %v, want %v", h.err, ErrSignIn)
	}
}

// A server starts without its issuer, doesn't hammer it, and works once it is
// there.
func TestIssuerIsDown(t *testing.T) {
	h := newHome(t, nil)
	asked := 0
	h.issuer.broken = func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusBadGateway)
	}
	b := newBrowser(t, h)
	for range 3 {
		if b.get(h.url + "/sign-in"); !errors.Is(h.err, ErrIssuer) {
			t.Errorf("got %v, want %v", h.err, ErrIssuer)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	answers := map[string]http.HandlerFunc{
		"too much": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"issuer":"%s%s"}`, h.issuer.Issuer(), strings.Repeat(" ", maxIssuerBody))
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, h.url, http.StatusTemporaryRedirect)
		},
		"another issuer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, `{"issuer":"https://ander.example"}`)
		},
		"a token endpoint without https": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":"https://a.example","token_endpoint":"http://a.example"}`, h.issuer.Issuer())
		},
	}
	for name, answer := range answers {
		h.issuer.broken = answer
		h.later += discoveryRetry
		if b.get(h.url + "/sign-in"); !errors.Is(h.err, ErrIssuer) || len(h.err.Error()) > 500 {
			t.Errorf("%s: got %v, want %v", name, h.err, ErrIssuer)
		}
	}
	h.issuer.broken = nil
	h.later += discoveryRetry
	if b.signIn(h); h.err != nil {
		t.Errorf("once it is there: %v", h.err)
	}
	// It goes down while a reader is there.
	address := b.toCallback(h)
	h.issuer.broken = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = fmt.Fprint(w, "code "+mustParse(t, address).Query().Get("code"))
	}
	if b.get(address); !errors.Is(h.err, ErrIssuer) {
		t.Errorf("down at the exchange: got %v, want %v", h.err, ErrIssuer)
	}
	h.silent(t, h.err)
}

// Who people are, by the claims that the server is told to use.
func TestClaims(t *testing.T) {
	h := newHome(t, nil)
	tests := []struct {
		name   string
		cfg    OIDCConfig
		claims map[string]any
		want   person
		fails  bool
	}{
		{
			name:   "the usual ones",
			claims: map[string]any{"sub": "auth0|1", "name": "Jansen, Jan", "email": "jan@example.org", "groups": []any{"b", "a", "b", 7, "CN=x,OU=y", "", " c"}},
			want:   person{id: "auth0|1", keptPerson: keptPerson{"Jansen, Jan", []string{"a", "b"}}},
		},
		{name: "one group, no name", claims: map[string]any{"sub": "1", "groups": "a"}, want: person{id: "1", keptPerson: keptPerson{"", []string{"a"}}}},
		{name: "no groups", claims: map[string]any{"sub": "1", "groups": map[string]any{"a": "b"}}, want: person{id: "1"}},
		{
			name: "other claims", cfg: OIDCConfig{UserClaim: "oid", GroupsClaim: "roles"},
			claims: map[string]any{"sub": "1", "oid": "2", "groups": []any{"a"}, "roles": []any{"b"}},
			want:   person{id: "2", keptPerson: keptPerson{"", []string{"b"}}},
		},
		{name: "another claim isn't there", cfg: OIDCConfig{UserClaim: "oid"}, claims: map[string]any{"sub": "1"}, fails: true},
		{
			name: "verified email", cfg: OIDCConfig{UserClaim: "email"},
			claims: map[string]any{"sub": "1", "email": "jan@example.org", "email_verified": true},
			want:   person{id: "jan@example.org", keptPerson: keptPerson{Name: "jan@example.org"}},
		},
		{name: "email", cfg: OIDCConfig{UserClaim: "email"}, claims: map[string]any{"email": "jan@example.org"}, fails: true},
		{name: "unverified email", cfg: OIDCConfig{UserClaim: "email"}, claims: map[string]any{"email": "jan@example.org", "email_verified": false}, fails: true},
		{name: "a long name", claims: map[string]any{"sub": strings.Repeat("a", 257)}, fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.cfg.Issuer, tt.cfg.ClientID, tt.cfg.PublicURL = h.issuer.Issuer(), "x", h.url
			i, err := newIssuer(tt.cfg, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			got, err := i.person(tt.claims)
			if tt.fails {
				if !errors.Is(err, ErrSignIn) {
					t.Errorf("got %+v, %v, want %v", got, err, ErrSignIn)
				}
				return
			}
			tt.want.id = i.prefix + tt.want.id
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(person{})); diff != "" || err != nil {
				t.Errorf("person (-want +got), %v:\n%s", err, diff)
			}
		})
	}
}

func TestRequiredGroup(t *testing.T) {
	h := newHome(t, func(c *Config) { c.OIDC.RequireGroup, c.AdminGroups = "engineering", []string{"engineering"} })
	b := newBrowser(t, h)
	h.issuer.QueueUser(&mockoidc.MockUser{Subject: "2", Groups: []string{"design"}})
	got := b.signIn(h)
	if !errors.Is(h.err, ErrNotMember) || got.cookie(sessionCookie) != nil || !strings.HasSuffix(h.by.ID, ":2") {
		t.Errorf("got %v, %+v", h.err, h.by)
	}
	if b.signIn(h); h.err != nil || h.by.Scopes != Everything {
		t.Errorf("a member: got %v, %v", h.err, h.by.Scopes)
	}
	if _, err := b.me(h); err != nil {
		t.Errorf("signed in: got %v", err)
	}
	h.Service.issuer.cfg.RequireGroup = "beheer" // as after a restart
	if _, err := b.me(h); !errors.Is(err, ErrBadCredential) {
		t.Errorf("when another group is required: got %v", err)
	}
}

func TestPage(t *testing.T) {
	s := &Service{cfg: Config{BasePath: "/wijzer"}}
	same := []string{"/", "/c/conv_1", "/documents/doc_1?version=a&start=1#quote", "/a/b//c", "/%5c%5cevil.example"}
	for _, to := range same {
		if got := s.page(to); got != to {
			t.Errorf("%q: got %q", to, got)
		}
	}
	if got := s.page("/wijzer/c/conv_1"); got != "/c/conv_1" {
		t.Errorf("with base: got %q", got)
	}
	start := []string{
		"", "c", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example", "https:evil.example",
		"javascript:alert(1)", "/c\r\nSet-Cookie: a=b", "/c\t", "/é", "/sign-in", "/sign-in/callback", "/wijzer/sign-in?to=/",
		"/wijzer//evil.example", "//user@evil.example", "/%zz", "/" + strings.Repeat("a", 1000),
	}
	for _, to := range start {
		if got := s.page(to); got != "/" {
			t.Errorf("%q: got %q, want /", to, got)
		}
	}
}

// FuzzPage: wherever a reader goes on after signing in, it is on this server.
func FuzzPage(f *testing.F) {
	for _, to := range []string{"/c/x", "//evil.example", `/\evil`, "/wijzer//a", "https://a"} {
		f.Add(to)
	}
	s := &Service{cfg: Config{BasePath: "/wijzer"}}
	base := &url.URL{Scheme: "https", Host: "bron.example", Path: "/wijzer/"}
	f.Fuzz(func(t *testing.T, to string) {
		got := s.page(to)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") ||
			strings.ContainsAny(got, "\\\r\n\t ") || s.page(got) != got {
			t.Errorf("%q: goes on to %q", to, got)
		}
	})
}

func TestOIDCConfig(t *testing.T) {
	good := OIDCConfig{Issuer: "https://id.example", ClientID: "x", PublicURL: "https://bron.example/wijzer/"}
	tests := []struct {
		name   string
		change func(*OIDCConfig)
		fails  bool
	}{
		{"as it should be", func(*OIDCConfig) {}, false},
		{"on loopback", func(c *OIDCConfig) { c.Issuer, c.PublicURL = "http://127.0.0.1:9000/oidc", "http://localhost:8080" }, false},
		{"no issuer", func(c *OIDCConfig) { c.Issuer = "" }, true},
		{"an issuer without https", func(c *OIDCConfig) { c.Issuer = "http://id.example" }, true},
		{"an issuer with a query", func(c *OIDCConfig) { c.Issuer = "https://id.example?a=b" }, true},
		{"no client", func(c *OIDCConfig) { c.ClientID = "" }, true},
		{"no public url", func(c *OIDCConfig) { c.PublicURL = "" }, true},
		{"a public url without https", func(c *OIDCConfig) { c.PublicURL = "http://bron.example" }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			_, err := New(slog.New(slog.DiscardHandler), nil, Config{Ways: BySignIn, OIDC: cfg})
			if (err != nil) != tt.fails {
				t.Errorf("got %v", err)
			}
		})
	}
}
