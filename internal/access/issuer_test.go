package access

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"bronwijzer/internal/store"
)

// testIssuer is a real issuer on loopback, which can be made to misbehave.
type testIssuer struct {
	*mockoidc.MockOIDC
	// broken answers in its place where it is set.
	broken http.HandlerFunc
	// tamper changes the header and claims of an ID token before it is signed
	// by sign, or with RS256 and the issuer's key where that isn't set.
	tamper func(header, claims map[string]any)
	sign   func(content string) []byte
	// said are the secrets that went over the wire.
	said []string
}

// newTestIssuer is one with end_session_endpoint.
func newTestIssuer(tb testing.TB) *testIssuer {
	tb.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		tb.Fatal(err)
	}
	i := &testIssuer{MockOIDC: m}
	if err := m.AddMiddleware(i.wrap); err != nil {
		tb.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	if err := m.Start(ln, nil); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := m.Shutdown(); err != nil {
			tb.Error(err)
		}
	})
	return i
}

func (i *testIssuer) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.broken != nil {
			i.broken(w, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		if rec.Code == http.StatusOK && r.URL.Path == mockoidc.TokenEndpoint {
			body = i.reissue(body)
		}
		if r.URL.Path == mockoidc.DiscoveryEndpoint {
			body = changed(body, func(m map[string]any) { m["end_session_endpoint"] = i.Issuer() + "/einde?a=b" })
		}
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	})
}

// changed decodes JSON, changes it and encodes it again.
func changed(b []byte, f func(map[string]any)) []byte {
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		panic(err)
	}
	f(m)
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return b
}

// reissue signs the ID token of an answer anew.
func (i *testIssuer) reissue(answer []byte) []byte {
	return changed(answer, func(m map[string]any) {
		parts := strings.Split(m["id_token"].(string), ".")
		header, claims := map[string]any{}, map[string]any{}
		for n, into := range []map[string]any{header, claims} {
			b, err := base64.RawURLEncoding.DecodeString(parts[n])
			if err == nil {
				err = json.Unmarshal(b, &into)
			}
			if err != nil {
				panic(err)
			}
		}
		if i.tamper != nil {
			i.tamper(header, claims)
		}
		content := encoded(header) + "." + encoded(claims)
		sign := i.sign
		if sign == nil {
			sign = signer(i.Keypair.PrivateKey)
		}
		m["id_token"] = content + "." + base64.RawURLEncoding.EncodeToString(sign(content))
		i.said = append(i.said, m["id_token"].(string), m["access_token"].(string))
	})
}

func encoded(m map[string]any) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// signer signs with RS256.
func signer(key *rsa.PrivateKey) func(string) []byte {
	return func(content string) []byte {
		sum := sha256.Sum256([]byte(content))
		b, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			panic(err)
		}
		return b
	}
}

// home is a server to sign in to, over https, and what came of the last request.
type home struct {
	*Service
	url    string
	issuer *testIssuer
	// later is how far its clock is ahead.
	later time.Duration
	by    Subject
	err   error
}

// newHome serves /wijzer; change adjusts its settings.
func newHome(tb testing.TB, change func(*Config)) *home {
	tb.Helper()
	h := &home{issuer: newTestIssuer(tb)}
	mux := http.NewServeMux()
	mux.HandleFunc("/wijzer/sign-in", func(w http.ResponseWriter, r *http.Request) {
		var to string
		if to, h.err = h.BeginSignIn(w, r, r.FormValue("to")); h.err == nil {
			http.Redirect(w, r, to, http.StatusSeeOther)
		}
	})
	mux.HandleFunc("/wijzer/sign-in/callback", func(w http.ResponseWriter, r *http.Request) {
		var to string
		if h.by, to, h.err = h.FinishSignIn(w, r); h.err == nil {
			http.Redirect(w, r, to, http.StatusSeeOther)
		}
	})
	mux.HandleFunc("/wijzer/key", func(w http.ResponseWriter, r *http.Request) {
		h.by, h.err = h.SignInWithKey(w, r, r.FormValue("key"))
	})
	mux.HandleFunc("/wijzer/me", func(w http.ResponseWriter, r *http.Request) {
		h.by, h.err = h.Identify(w, r, Peer{})
	})
	mux.HandleFunc("/wijzer/out", func(w http.ResponseWriter, r *http.Request) {
		var to string
		to, h.err = h.SignOut(w, r)
		_, _ = io.WriteString(w, to)
	})
	srv := httptest.NewTLSServer(mux)
	tb.Cleanup(srv.Close)
	h.url = srv.URL + "/wijzer"
	cfg := Config{
		BasePath: "/wijzer", Ways: ByKey | BySignIn,
		OIDC: OIDCConfig{
			Issuer: h.issuer.Issuer(), ClientID: h.issuer.ClientID, ClientSecret: h.issuer.ClientSecret,
			PublicURL: h.url, Scopes: []string{"profile", "email", "groups"},
		},
	}
	if change != nil {
		change(&cfg)
	}
	h.Service = opened(tb, tb.TempDir(), store.Owner, cfg)
	h.now = func() time.Time { return time.Now().Add(h.later) }
	return h
}

// browser keeps cookies and stops at every redirect.
type browser struct {
	tb     testing.TB
	client *http.Client
}

func newBrowser(tb testing.TB, h *home) *browser {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = insecure()
	transport.DisableKeepAlives = true
	return &browser{tb: tb, client: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// page is an answer that was read.
type page struct {
	status   int
	location string
	cookies  []*http.Cookie
	body     string
}

func (b *browser) get(address string) page {
	b.tb.Helper()
	req, err := http.NewRequestWithContext(b.tb.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.tb.Fatal(err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.tb.Fatal(err)
	}
	return page{resp.StatusCode, resp.Header.Get("Location"), resp.Cookies(), string(body)}
}

// toCallback begins to sign in and returns the address that the issuer sends
// the browser back to.
func (b *browser) toCallback(h *home) string {
	b.tb.Helper()
	begun := b.get(h.url + "/sign-in?to=/c/conv_1")
	if begun.location == "" {
		b.tb.Fatalf("sign-in doesn't begin: %v", h.err)
	}
	at := b.get(begun.location)
	if at.location == "" {
		b.tb.Fatalf("the issuer answers %d %s", at.status, at.body)
	}
	return at.location
}

// signIn goes all the way and returns the last answer.
func (b *browser) signIn(h *home) page {
	b.tb.Helper()
	return b.get(b.toCallback(h))
}

// me is who the server takes the browser for.
func (b *browser) me(h *home) (Subject, error) {
	b.tb.Helper()
	b.get(h.url + "/me")
	return h.by, h.err
}

// cookie finds one that an answer sets.
func (p page) cookie(name string) *http.Cookie {
	for _, c := range p.cookies {
		if c.Name == name {
			return c
		}
	}
	return nil
}
