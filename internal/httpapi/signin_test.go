package httpapi

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/oauth2-proxy/mockoidc"

	"bronwijzer/internal/access"
	"bronwijzer/internal/store"
)

// signInSite is a site below a base path, over https, where people sign in with
// a real issuer and with keys.
type signInSite struct {
	*site
	service *access.Service
	issuer  *mockoidc.MockOIDC
}

func newSignInSite(t *testing.T) *signInSite {
	t.Helper()
	issuer, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = issuer.Shutdown() }) // again, where a test did
	st, err := store.Open(t.Context(), slog.New(slog.DiscardHandler), t.TempDir(), store.Owner)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	srv := httptest.NewUnstartedServer(nil)
	s := &signInSite{site: newSite(), issuer: issuer}
	public := "https://" + srv.Listener.Addr().String() + "/wijzer"
	lg := slog.New(slog.NewTextHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.service, err = access.New(lg, st, access.Config{
		BasePath: "/wijzer", Ways: access.ByKey | access.BySignIn,
		OIDC: access.OIDCConfig{
			Issuer: issuer.Issuer(), ClientID: issuer.ClientID, ClientSecret: issuer.ClientSecret, PublicURL: public,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.people = s.service
	srv.Config.Handler = s.handler(t, Config{PublicURL: public})
	srv.StartTLS()
	t.Cleanup(srv.Close)
	s.url = public
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client = srv.Client()
	s.client.Transport = &checked{t: t, next: s.client.Transport}
	s.client.Jar = jar
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

// atIssuer is where the issuer sends a reader back to.
func (s *signInSite) atIssuer(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	// Below the base path, as s.get takes it.
	return strings.TrimPrefix(resp.Header.Get("Location"), s.url)
}

// held is the value of a cookie that the browser has.
func (s *signInSite) held(t *testing.T, name string) string {
	t.Helper()
	u, err := url.Parse(s.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestSignInAndOut(t *testing.T) {
	s := newSignInSite(t)
	if got := s.get(t, "/api/v1/session"); !strings.Contains(got.body,
		`{"signed_in":false,"name":"","scopes":[],"methods":["key","oidc"],"sign_in_url":"/sign-in"}`) {
		t.Errorf("before: %s", got.body)
	}
	s.get(t, "/api/v1/conversations").wantError(t, 401, "unauthorized")

	begun := s.get(t, "/sign-in?to=/c/conv_1")
	if begun.status != http.StatusSeeOther || !strings.HasPrefix(begun.header.Get("Location"), s.issuer.AuthorizationEndpoint()) {
		t.Fatalf("begin: %d to %s", begun.status, begun.header.Get("Location"))
	}
	attempt := s.held(t, "bronwijzer_sign_in")
	callback := s.atIssuer(t, begun.header.Get("Location"))
	done := s.get(t, callback)
	if done.status != http.StatusSeeOther || done.header.Get("Location") != s.url+"/c/conv_1" || done.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("callback: %d to %s: %s", done.status, done.header.Get("Location"), done.body)
	}
	session := s.held(t, "bronwijzer_session")
	if got := s.get(t, "/api/v1/session"); !strings.Contains(got.body, `{"signed_in":true,"name":"jane.doe","scopes":["chat","search","feedback"],`) {
		t.Errorf("signed in: %s", got.body)
	}
	if got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`); got.status != 200 {
		t.Errorf("ask: %d %s", got.status, got.body)
	}
	// It is over once; a reader sees that in Dutch.
	again := s.get(t, callback)
	if again.status != 403 || !strings.Contains(again.body, "Het aanmelden is niet gelukt") {
		t.Errorf("callback again: %d %s", again.status, again.body)
	}
	if got := s.do(t, "DELETE", "/api/v1/session", ""); got.status != 200 || strings.TrimSpace(got.body) != `{"sign_out_url":""}` {
		t.Errorf("sign out: %d %s", got.status, got.body)
	}
	s.get(t, "/api/v1/conversations").wantError(t, 401, "unauthorized")

	actor := fmt.Sprintf("user:%s:1234567890", s.actorPrefix(t))
	want := []access.Entry{
		{Action: access.ActionRead, Result: access.ResultDenied, Status: 401},
		{Action: access.ActionSignIn, Result: access.ResultOK, Status: 303, Actor: actor},
		{Action: access.ActionAsk, Object: "ans_1", Result: access.ResultOK, Status: 200, Actor: actor},
		{Action: access.ActionSignIn, Result: access.ResultDenied, Status: 403, Actor: actor},
		{Action: access.ActionSignOut, Result: access.ResultOK, Status: 200, Actor: actor},
		{Action: access.ActionRead, Result: access.ResultDenied, Status: 401},
	}
	got := s.audit.taken()
	rest := cmpopts.IgnoreFields(access.Entry{}, "Time", "Door", "Address", "RequestID")
	if diff := cmp.Diff(want, got, rest); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	q, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{session, attempt, q.Query().Get("code"), q.Query().Get("state"), s.issuer.ClientSecret} {
		if secret == "" || strings.Contains(s.logs.String()+fmt.Sprint(got)+again.body, secret) {
			t.Errorf("secret %q in log, audit or page", secret)
		}
	}
}

// actorPrefix is what distinguishes the issuer in ids, from what was noted.
func (s *signInSite) actorPrefix(t *testing.T) string {
	t.Helper()
	for _, e := range s.audit.entries {
		if parts := strings.Split(e.Actor, ":"); len(parts) == 3 && len(parts[1]) == 8 {
			return parts[1]
		}
	}
	t.Fatal("nobody signed in")
	return ""
}

func TestSignInWithKey(t *testing.T) {
	s := newSignInSite(t)
	key, made, err := s.service.NewKey(t.Context(), access.Key{Name: "balie", Scopes: access.Chat})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{`{"key":""}`, `{}`, `{"key":"` + key[:40] + `"}`, `{"key":"` + strings.Repeat("a", 100_000) + `"}`} {
		s.do(t, "POST", "/api/v1/session", body).wantError(t, 401, "invalid_credentials")
	}
	s.do(t, "POST", "/api/v1/session", `{"sleutel":"x"}`).wantError(t, 400, "invalid_request")
	s.do(t, "POST", "/api/v1/session", `{"key":"`+key+`"}`, "Sec-Fetch-Site", "cross-site").wantError(t, 403, "cross_origin")
	if s.held(t, "bronwijzer_session") != "" {
		t.Fatal("a cookie for nothing")
	}
	got := s.do(t, "POST", "/api/v1/session", `{"key":"`+key+`"}`)
	if got.status != 200 || !strings.Contains(got.body, `{"signed_in":true,"name":"balie","scopes":["chat"],`) {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{"bronwijzer_session=", "; Path=/wijzer/;", "; Max-Age=43200;", "; HttpOnly;", "; Secure;", "; SameSite=Lax"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q is without %q", cookie, part)
		}
	}
	if got := s.get(t, "/api/v1/conversations"); got.status != 200 {
		t.Errorf("signed in: %d %s", got.status, got.body)
	}
	s.get(t, "/api/v1/search?q=x").wantError(t, 403, "forbidden")
	if _, err := s.service.RevokeKey(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	s.get(t, "/api/v1/conversations").wantError(t, 401, "invalid_credentials")
	if got := s.get(t, "/api/v1/session"); got.status != 200 || !strings.Contains(got.body, `"signed_in":false`) {
		t.Errorf("key revoked: %d %s", got.status, got.body)
	}
	entries := s.audit.taken()
	if last := entries[len(entries)-2]; last.Action != access.ActionSearch || last.Result != access.ResultDenied || last.Actor != "key:"+made.ID {
		t.Errorf("denied by scope: %+v", last)
	}
	if strings.Contains(s.logs.String()+fmt.Sprint(entries), key[3:]) {
		t.Error("the key is in log or audit")
	}
}

// What goes wrong at the issuer, readers see as a page in Dutch.
func TestSignInPages(t *testing.T) {
	s := newSignInSite(t)
	if got := s.get(t, "/documents/doc_a?start=1&end=2"); got.status != 401 ||
		!strings.Contains(got.body, `href="sign-in?to=%2Fdocuments%2Fdoc_a%3Fstart%3D1%26end%3D2"`) {
		t.Errorf("a page without a session: %d %s", got.status, got.body)
	}
	s.audit.taken()
	begin := func() string { return s.atIssuer(t, s.get(t, "/sign-in").header.Get("Location")) }
	refused := s.get(t, begin()+"&error=access_denied")
	if refused.status != 403 || !strings.Contains(refused.body, "afgebroken of geweigerd") || !strings.Contains(refused.body, `href="sign-in"`) {
		t.Errorf("refused: %d %s", refused.status, refused.body)
	}
	callback := begin()
	if err := s.issuer.Shutdown(); err != nil {
		t.Fatal(err)
	}
	down := s.get(t, callback)
	if down.status != 503 || !strings.Contains(down.body, "niet bereikbaar") || down.header.Get("Retry-After") != "10" {
		t.Errorf("down: %d %s", down.status, down.body)
	}
	if entries := s.audit.taken(); len(entries) != 2 || entries[0].Result != access.ResultDenied || entries[1].Result != access.ResultFailed {
		t.Errorf("audit: %+v", entries)
	}
	s.get(t, "/sign-in?naar=/c/x") // as the others, parameters that aren't known
	if log := s.logs.String(); strings.Count(log, "sign-in doesn't succeed") != 2 {
		t.Errorf("log:\n%s", log)
	}
}
