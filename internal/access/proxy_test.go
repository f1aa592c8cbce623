package access

import (
	"errors"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/store"
)

var (
	proxies  = []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32"), netip.MustParsePrefix("fd00::/64")}
	trusted  = Peer{Direct: netip.MustParseAddr("10.0.0.5"), Client: netip.MustParseAddr("192.0.2.1")}
	stranger = Peer{Direct: netip.MustParseAddr("192.0.2.1"), Client: netip.MustParseAddr("10.0.0.5")}
)

// byHeaders is a Service that asks proxies; it needs no store.
func byHeaders(tb testing.TB, cfg Config) *Service {
	tb.Helper()
	cfg.Ways |= ByProxy
	if cfg.TrustedProxies == nil {
		cfg.TrustedProxies = proxies
	}
	s, err := New(discard, nil, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestProxy(t *testing.T) {
	type lines = []string
	tests := []struct {
		name         string
		user, groups lines
		want         string // name and groups with "|"; empty: ErrBadCredential
	}{
		{"user", lines{"jan"}, nil, "jan"},
		{"spaces around", lines{"  jan\t"}, lines{" "}, "jan"},
		{"space inside", lines{"Jan de Vries"}, nil, "Jan de Vries"},
		{"address", lines{"jan@example.org"}, nil, "jan@example.org"},
		{"UTF-8", lines{"José 🙂"}, lines{"beleid/é"}, "José 🙂|beleid/é"},
		{"percent stands for itself", lines{"jan%2Cpiet"}, lines{"a%2Cb"}, "jan%2Cpiet|a%2Cb"},
		{"groups", lines{"jan"}, lines{"b, a ,,b,c d"}, "jan|a|b|c d"},
		{"groups that look special", lines{"jan"}, lines{"*,all,%,admin"}, "jan|%|*|admin|all"},
		{"no groups", lines{"jan"}, lines{""}, "jan"},

		{"user repeated", lines{"jan", "jan"}, nil, ""},
		{"user as a list", lines{"jan,piet"}, nil, ""},
		{"user as a list by two proxies", lines{"jan, piet"}, nil, ""},
		{"empty user", lines{""}, nil, ""},
		{"blank user", lines{" \t "}, nil, ""},
		{"groups without user", nil, lines{"a"}, ""},
		{"groups repeated", lines{"jan"}, lines{"a", "b"}, ""},
		{"control character", lines{"jan\x00"}, nil, ""},
		{"escape", lines{"\x1b[2Jjan"}, nil, ""},
		{"line break", lines{"jan\npiet"}, nil, ""},
		{"line separator", lines{"jan\u2028piet"}, nil, ""},
		{"turned around", lines{"jan\u202e"}, nil, ""},
		{"not UTF-8", lines{"jan\xe9"}, nil, ""},
		{"too long", lines{strings.Repeat("a", 257)}, nil, ""},
		{"group with control character", lines{"jan"}, lines{"a,b\x7f"}, ""},
		{"group too long", lines{"jan"}, lines{strings.Repeat("a", 257)}, ""},
		{"too many groups", lines{"jan"}, lines{strings.Repeat("a,", 5) + numbered(1001)}, ""},
	}
	s := byHeaders(t, Config{})
	for _, tt := range tests {
		r := request(t)
		r.Header["X-Forwarded-User"], r.Header["X-Forwarded-Groups"] = tt.user, tt.groups
		if tt.user == nil {
			delete(r.Header, "X-Forwarded-User")
		}
		if got, err := s.Identify(nil, r, stranger); !errors.Is(err, ErrNoCredential) || got.ID != "" {
			t.Errorf("%s, from a stranger: got %+v, %v", tt.name, got, err)
		}
		got, err := s.Identify(nil, r, trusted)
		if tt.want == "" {
			if !errors.Is(err, ErrBadCredential) || got.ID != "" {
				t.Errorf("%s: got %+v, %v, want ErrBadCredential", tt.name, got, err)
			}
			continue
		}
		if all := strings.Join(append([]string{got.Name}, got.Groups...), "|"); all != tt.want || err != nil ||
			got.ID != "user:"+got.Name || got.Scopes != Chat|Search|Feedback || got.Operator {
			t.Errorf("%s: got %+v, %v, want %s", tt.name, got, err, tt.want)
		}
	}
	if got, err := s.Identify(nil, request(t), trusted); !errors.Is(err, ErrNoCredential) || got.ID != "" {
		t.Errorf("a proxy that says nothing: got %+v, %v", got, err)
	}
}

// numbered is a list of n different groups.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(rune('一' + i))
		b.WriteByte(',')
	}
	return b.String()
}

func TestProxySettings(t *testing.T) {
	s := byHeaders(t, Config{UserHeader: "remote-user", GroupsHeader: "Remote-Groups", PersonScopes: Search, AdminGroups: []string{"beheer"}})
	r := request(t)
	r.Header.Set("X-Forwarded-User", "piet")
	if _, err := s.Identify(nil, r, trusted); !errors.Is(err, ErrNoCredential) {
		t.Errorf("another header: %v", err)
	}
	r.Header.Set("Remote-User", "jan")
	got, err := s.Identify(nil, r, Peer{Direct: netip.MustParseAddr("fd00::7")})
	if want := (Subject{ID: "user:jan", Name: "jan", Scopes: Search}); cmp.Diff(want, got) != "" || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	r.Header.Set("Remote-Groups", "lezers,beheer")
	if got, err := s.Identify(nil, r, trusted); err != nil || got.Scopes != Everything || got.Operator {
		t.Errorf("a member of an admin group: got %+v, %v", got, err)
	}
	if _, err := s.Identify(nil, r, Peer{}); !errors.Is(err, ErrNoCredential) {
		t.Errorf("a peer without address: %v", err)
	}
	for _, wrong := range []Config{
		{TrustedProxies: []netip.Prefix{}},
		{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}},
		{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("::/0")}},
		{TrustedProxies: []netip.Prefix{{}}},
		{TrustedProxies: proxies, UserHeader: "X Y"},
		{TrustedProxies: proxies, GroupsHeader: "x_y:"},
		{TrustedProxies: proxies, UserHeader: "remote-user", GroupsHeader: "Remote-User"},
	} {
		wrong.Ways = ByProxy
		if _, err := New(discard, nil, wrong); err == nil {
			t.Errorf("%+v is accepted", wrong)
		}
	}
}

// A key counts more than the proxy's word, and a wrong one isn't made up for.
func TestKeyAndProxy(t *testing.T) {
	s := opened(t, t.TempDir(), store.Owner, Config{Ways: ByKey | ByProxy, TrustedProxies: proxies})
	key, made, err := s.NewKey(t.Context(), Key{Name: "a", Scopes: Search})
	if err != nil {
		t.Fatal(err)
	}
	r := request(t)
	r.Header.Set("X-Forwarded-User", "jan")
	if got, err := s.Identify(nil, r, trusted); err != nil || got.ID != "user:jan" {
		t.Errorf("proxy: got %+v, %v", got, err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	if got, err := s.Identify(nil, r, trusted); err != nil || got.ID != "key:"+made.ID {
		t.Errorf("both: got %+v, %v", got, err)
	}
	r.Header.Set("Authorization", "Bearer "+oneKey)
	if got, err := s.Identify(nil, r, trusted); !errors.Is(err, ErrBadCredential) || got.ID != "" {
		t.Errorf("wrong key and proxy: got %+v, %v", got, err)
	}
}

// FuzzIdentify: without a valid credential nobody becomes anybody, whatever
// headers they send; and a trusted proxy's user is the one in the header.
func FuzzIdentify(f *testing.F) {
	f.Add("Bearer "+oneKey, "x", "jan", "a,b", "bronwijzer_session=x; bronwijzer_browser=ABCDEFGHIJKLMNOPQRSTUVWXYZ", "10.0.0.5")
	f.Add(basic("a:"+oneKey), oneKey, " ", ",,", `a="b`, "10.0.0.5, 127.0.0.1")
	f.Add("", "", "\xff", "*", "=;=", "::1")
	s := opened(f, f.TempDir(), store.Owner, Config{Ways: ByKey | ByProxy, TrustedProxies: proxies})
	f.Fuzz(func(t *testing.T, auth, key, user, groups, cookie, forwarded string) {
		r := request(t)
		r.Header["Cookie"], r.Header["X-Forwarded-For"] = []string{cookie}, []string{forwarded}
		r.Header["X-Forwarded-User"], r.Header["X-Forwarded-Groups"] = []string{user}, []string{groups}
		w := httptest.NewRecorder()
		nobody := func(by Subject, err error) bool {
			return by.ID == "" && by.Scopes == 0 && !by.Operator && (errors.Is(err, ErrNoCredential) || errors.Is(err, ErrBadCredential))
		}
		if got, err := s.Identify(w, r, stranger); !nobody(got, err) {
			t.Fatalf("headers of a stranger: %+v, %v", got, err)
		}
		got, err := s.Identify(w, r, trusted)
		switch {
		case err == nil:
			odd := func(r rune) bool { return r == ',' || unicode.IsControl(r) }
			if got.ID != "user:"+strings.TrimSpace(user) || got.ID == "user:" || strings.ContainsFunc(got.ID, odd) || !utf8.ValidString(got.ID) {
				t.Fatalf("user %q is %+v", user, got)
			}
			for _, g := range got.Groups {
				if g == "" || !strings.Contains(groups, g) || strings.ContainsFunc(g, odd) {
					t.Fatalf("groups %q are %q", groups, got.Groups)
				}
			}
		case !nobody(got, err):
			t.Fatalf("%+v, %v", got, err)
		}
		r.Header["Authorization"], r.Header["X-Api-Key"] = []string{auth}, []string{key}
		for _, p := range []Peer{stranger, trusted} {
			if got, err := s.Identify(w, r, p); !nobody(got, err) || !errors.Is(err, ErrBadCredential) {
				t.Fatalf("with keys that aren't there: %+v, %v", got, err)
			}
		}
		if len(w.Header()) > 0 {
			t.Fatalf("a cookie for nobody: %v", w.Header())
		}
	})
}
