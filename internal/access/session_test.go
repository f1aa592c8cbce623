package access

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"bronwijzer/internal/store"
)

// signedIn makes a key and signs in with it.
func (h *home) signedIn(t *testing.T, b *browser, k Key) (Key, *http.Cookie) {
	t.Helper()
	key, made, err := h.NewKey(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	cookie := b.get(h.url + "/key?key=" + url.QueryEscape(key)).cookie(sessionCookie)
	if h.err != nil || cookie == nil {
		t.Fatalf("sign in with a key: %v, cookie %v", h.err, cookie)
	}
	return made, cookie
}

func TestSessionOfKey(t *testing.T) {
	h := newHome(t, nil)
	b := newBrowser(t, h)
	made, cookie := h.signedIn(t, b, Key{Name: "web", Scopes: Chat | Search, Groups: []string{"a"}, Expires: time.Now().Add(time.Hour)})
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/wijzer/" {
		t.Errorf("cookie: %+v", cookie)
	}
	by, err := b.me(h)
	if err != nil || by.ID != "key:"+made.ID || by.Scopes != Chat|Search || !slices.Equal(by.Groups, []string{"a"}) {
		t.Errorf("got %+v, %v", by, err)
	}
	// It ends with the key: when that expires, and when it is revoked.
	h.later = time.Hour
	if _, err := b.me(h); !errors.Is(err, ErrBadCredential) {
		t.Errorf("key expired: got %v", err)
	}
	h.later = 0
	if _, err := h.RevokeKey(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.me(h); !errors.Is(err, ErrBadCredential) {
		t.Errorf("key revoked: got %v", err)
	}
	if out := b.get(h.url + "/out"); out.body != "" || h.err != nil {
		t.Errorf("sign out: got %q, %v, want no address at the issuer", out.body, h.err)
	}
	for _, wrong := range []string{"", "bw_", "bw_" + newToken(), newToken()} {
		if got := b.get(h.url + "/key?key=" + wrong); !errors.Is(h.err, ErrBadCredential) || got.cookie(sessionCookie) != nil {
			t.Errorf("key %q: got %v", wrong, h.err)
		}
	}
}

// A session lasts as long as it lasts, however it is used, and is then removed.
func TestSessionExpires(t *testing.T) {
	h := newHome(t, func(c *Config) { c.SessionLifetime = time.Hour })
	b := newBrowser(t, h)
	cookie := b.signIn(h).cookie(sessionCookie)
	for _, later := range []time.Duration{0, 30 * time.Minute, 59 * time.Minute} {
		h.later = later
		if _, err := h.shows(t, cookie.Value); err != nil {
			t.Errorf("after %s: %v", later, err)
		}
	}
	h.later = time.Hour
	if _, err := h.shows(t, cookie.Value); !errors.Is(err, ErrBadCredential) {
		t.Errorf("after an hour: got %v", err)
	}
	if n, err := h.store.ExpireSessions(t.Context(), h.now()); n != 1 || err != nil {
		t.Errorf("removed %d, %v, want 1", n, err)
	}
}

// A session stops counting when its way in is closed, or another issuer vouches.
func TestSessionEndsWithItsWay(t *testing.T) {
	h := newHome(t, nil)
	b := newBrowser(t, h)
	person := b.signIn(h).cookie(sessionCookie)
	_, key := h.signedIn(t, newBrowser(t, h), Key{Name: "web", Scopes: Chat})
	tests := []struct {
		name        string
		change      func(*Config)
		person, key bool
	}{
		{"as it was", func(*Config) {}, true, true},
		{"keys alone", func(c *Config) { c.Ways = ByKey }, false, true},
		{"people alone", func(c *Config) { c.Ways = BySignIn }, true, false},
		{"another issuer", func(c *Config) { c.OIDC.Issuer = "https://ander.example" }, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := h.cfg
			tt.change(&cfg)
			s, err := New(h.lg, h.store, cfg)
			if err != nil {
				t.Fatal(err)
			}
			now := &home{Service: s}
			for cookie, in := range map[*http.Cookie]bool{person: tt.person, key: tt.key} {
				if by, err := now.shows(t, cookie.Value); (err == nil) != in || !in && !errors.Is(err, ErrBadCredential) {
					t.Errorf("got %+v, %v, want in %v", by, err, in)
				}
			}
		})
	}
}

func TestSessionCookies(t *testing.T) {
	h := newHome(t, nil)
	good := newBrowser(t, h).signIn(h).cookie(sessionCookie).Value
	tests := []struct {
		cookie string
		want   error
	}{
		{"", ErrNoCredential},
		{"bronwijzer_session=" + good, nil},
		{"a=b; bronwijzer_session=" + good + "; c=d", nil},
		{"bronwijzer_session=", ErrBadCredential},
		{"bronwijzer_session=" + good[1:], ErrBadCredential},
		{"bronwijzer_session=" + newToken(), ErrBadCredential},
		{"bronwijzer_session=" + good + "; bronwijzer_session=" + good, ErrBadCredential},
		{"bronwijzer_session=" + newToken() + "; bronwijzer_session=" + good, ErrBadCredential},
		{"Bronwijzer_Session=" + good, ErrNoCredential},
	}
	for _, tt := range tests {
		r := request(t)
		r.Header.Set("Cookie", tt.cookie)
		if _, err := h.Identify(nil, r, Peer{}); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.cookie, err, tt.want)
		}
	}
}

func BenchmarkSession(b *testing.B) {
	s := opened(b, b.TempDir(), store.Owner, Config{Ways: ByKey})
	key, _, err := s.NewKey(b.Context(), Key{Name: "web", Scopes: Chat})
	if err != nil {
		b.Fatal(err)
	}
	w := httptest.NewRecorder()
	if _, err := s.SignInWithKey(w, request(b), key); err != nil {
		b.Fatal(err)
	}
	r := request(b)
	r.AddCookie(w.Result().Cookies()[0])
	for b.Loop() {
		if _, err := s.Identify(nil, r, Peer{}); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzSessionCookie: no header that isn't a session's gets anybody in.
func FuzzSessionCookie(f *testing.F) {
	s := opened(f, f.TempDir(), store.Owner, Config{Ways: ByKey})
	f.Add("bronwijzer_session=" + newToken())
	f.Add("bronwijzer_session=\"; a")
	f.Fuzz(func(t *testing.T, line string) {
		r := request(t)
		r.Header.Set("Cookie", line)
		by, err := s.Identify(nil, r, Peer{})
		if !errors.Is(err, ErrNoCredential) && !errors.Is(err, ErrBadCredential) || by.ID != "" {
			t.Errorf("%q: got %+v, %v", line, by, err)
		}
	})
}
