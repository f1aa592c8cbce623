package httpapi

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bronwijzer/internal/access"
)

func TestHostCheck(t *testing.T) {
	tests := []struct {
		cfg  Config
		host string
		want bool
	}{
		{Config{}, "localhost", true},
		{Config{}, "LOCALHOST.:8080", true},
		{Config{}, "127.0.0.1:9", true},
		{Config{}, "127.1.2.3", true},
		{Config{}, "[::1]:8080", true},
		{Config{}, "[::1]", true},
		{Config{}, "evil.example", false},
		{Config{}, "localhost.evil.example", false},
		{Config{}, "127.0.0.1.evil.example:8080", false},
		{Config{}, "192.0.2.7", false},
		{Config{}, "", false},
		{Config{Listen: "127.0.0.1:8080"}, "192.0.2.7:8080", false},
		{Config{Listen: "192.0.2.7:8080"}, "192.0.2.7", true},
		{Config{Listen: "192.0.2.7:8080"}, "192.0.2.8", false},
		{Config{Listen: "bron.intern:8080"}, "bron.intern:8080", true},
		{Config{Listen: ":8080"}, "192.0.2.8:8080", true},
		{Config{Listen: "0.0.0.0:8080"}, "[2001:db8::1]:8080", true},
		{Config{Listen: "[::]:8080"}, "evil.example", false},
		{Config{PublicURL: "https://Bron.Example/pad/"}, "bron.example", true},
		{Config{PublicURL: "https://bron.example"}, "www.bron.example", false},
		{Config{Hosts: []string{"bronwijzer"}}, "bronwijzer:8080", true},
	}
	for _, tt := range tests {
		h := newSite().handler(t, tt.cfg)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/info", nil)
		r.Host = tt.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		want := http.StatusOK
		if !tt.want {
			want = http.StatusMisdirectedRequest
		}
		if w.Code != want {
			t.Errorf("%+v, Host %q: got %d, want %d", tt.cfg, tt.host, w.Code, want)
		}
	}
	s := newSite().start(t, Config{})
	s.get(t, "/api/v1/documents", "Host", "evil.example").wantError(t, 421, "wrong_host")
	s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`, "Host", "evil.example").wantError(t, 421, "wrong_host")
	if got := s.get(t, "/readyz", "Host", "evil.example"); got.status != 200 {
		t.Errorf("a probe under another name: got %d, want 200", got.status)
	}
}

func TestOtherSitesAreKeptOut(t *testing.T) {
	body := `{"question":"Wat?"}`
	tests := []struct {
		method, path string
		headers      []string
		refused      bool
	}{
		{"POST", "/api/v1/chat", nil, false},
		{"POST", "/api/v1/chat", []string{"Sec-Fetch-Site", "same-origin"}, false},
		{"POST", "/api/v1/chat", []string{"Sec-Fetch-Site", "cross-site"}, true},
		{"POST", "/api/v1/chat", []string{"Sec-Fetch-Site", "same-site"}, true},
		{"POST", "/api/v1/chat", []string{"Origin", "https://evil.example"}, true},
		{"POST", "/api/v1/chat", []string{"Origin", "null"}, true},
		{"POST", "/api/v1/chat", []string{"Origin", "https://bron.example"}, false},
		{"POST", "/api/v1/chat", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://bron.example"}, false},
		{"DELETE", "/api/v1/conversations", []string{"Origin", "https://evil.example"}, true},
		{"PATCH", "/api/v1/conversations/conv_1", []string{"Origin", "https://evil.example"}, true},
		{"GET", "/api/v1/search?q=x", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, true},
		{"GET", "/api/v1/info", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, true},
		{"GET", "/documents/doc_a", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, false},
	}
	s := newSite().start(t, Config{PublicURL: "https://bron.example"})
	for _, tt := range tests {
		send := ""
		if tt.method == "POST" {
			send = body
		}
		got := s.do(t, tt.method, tt.path, send, tt.headers...)
		if tt.refused {
			got.wantError(t, 403, "cross_origin")
		} else if got.status != 200 {
			t.Errorf("%s %s %v: got %d, want 200", tt.method, tt.path, tt.headers, got.status)
		}
		for name := range got.header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s %s: answers with %s", tt.method, tt.path, name)
			}
		}
	}
}

func TestRateLimit(t *testing.T) {
	proxy := netip.MustParsePrefix("127.0.0.0/8")
	const every = 500 // seconds for a request, more than this test ever takes
	s := newSite().start(t, Config{Limits: Limits{Rate: 1. / every}, TrustedProxies: []netip.Prefix{proxy}})
	began := time.Now()
	for i := range 3 {
		got := s.get(t, "/api/v1/info", "X-Forwarded-For", "192.0.2.1")
		if i == 0 {
			if got.status != 200 {
				t.Errorf("the first request: got %d, want 200", got.status)
			}
			continue
		}
		got.wantError(t, 429, "rate_limited")
		// Less than all of it, by no more than the time that has gone by.
		least := every - int(time.Since(began).Seconds()) - 1
		if after, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || after < least || after > every {
			t.Errorf("Retry-After: got %q, want %d to %d", got.header.Get("Retry-After"), least, every)
		}
	}
	if got := s.get(t, "/documents/doc_a", "X-Forwarded-For", "192.0.2.1"); got.status != 429 || !strings.Contains(got.body, ">Niet gelukt</h1>") {
		t.Errorf("a page over the limit: got %d %s", got.status, got.body)
	}
	if got := s.get(t, "/api/v1/info", "X-Forwarded-For", "192.0.2.2"); got.status != 200 {
		t.Errorf("another client: got %d, want 200", got.status)
	}
	if got := s.get(t, "/healthz", "X-Forwarded-For", "192.0.2.1"); got.status != 200 {
		t.Errorf("a probe: got %d, want 200", got.status)
	}
}

func TestDefaultRateIsWideEnough(t *testing.T) {
	l, client, now := newLimiter[string](), "192.0.2.1", time.Unix(0, 0)
	// A script that does 300 a second for ten seconds.
	for i := range 3000 {
		if wait := l.take(client, defaultRate, now.Add(time.Duration(i)*time.Second/300)); wait > 0 {
			t.Fatalf("request %d has to wait %v", i, wait)
		}
	}
}

func TestLimiterForgetsTheLongestAway(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter[int]()
	use := func(client int) time.Duration { return l.take(client, 0.1, now) }
	use(0)
	for i := range maxClients {
		use(i)
	}
	if use(0) == 0 {
		t.Error("a bucket is forgotten too early")
	}
	for i := range 5 * maxClients {
		use(i)
	}
	if n := len(l.young) + len(l.old); n > 2*maxClients {
		t.Errorf("got %d buckets, want at most %d", n, 2*maxClients)
	}
}

func TestBelowZeroThereIsNoLimit(t *testing.T) {
	l := newLimits(Limits{Rate: -1, SubjectRate: -1, AddressStreams: -1, Streams: -1})
	addr, by := netip.MustParseAddr("192.0.2.1"), access.Subject{ID: "user:a"}
	for range 5000 {
		_, err := l.stream(addr, by)
		if err := errors.Join(err, l.address(addr), l.subject(by)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneBucketForAnIPv6Network(t *testing.T) {
	l := newLimits(Limits{Rate: 0.01})
	if err := l.address(netip.MustParseAddr("2001:db8::1")); err != nil {
		t.Fatal(err)
	}
	if l.address(netip.MustParseAddr("2001:db8::ffff:2")) == nil {
		t.Error("another address of the same /64 has its own bucket")
	}
	if err := l.address(netip.MustParseAddr("2001:db8:0:1::1")); err != nil {
		t.Error("another /64 shares the bucket")
	}
}

// allowed is how many of 100 requests a subject may make at once.
func allowed(l *limits, by access.Subject) (n int) {
	for range 100 {
		if l.subject(by) == nil {
			n++
		}
	}
	return n
}

func TestRateOfASubject(t *testing.T) { synctest.Test(t, rateOfASubject) }

// rateOfASubject has a clock that stands still.
func rateOfASubject(t *testing.T) {
	l := newLimits(Limits{SubjectRate: 2})
	for _, tt := range []struct {
		by   access.Subject
		want int
	}{
		{access.Subject{ID: "user:a"}, 20},
		{access.Subject{ID: "user:a"}, 0},
		{access.Subject{ID: "user:b"}, 20},
		{access.Subject{ID: "key:c", Rate: 5}, 50},
		{access.Subject{ID: "key:d", Rate: 0.01}, 1},
		{access.Subject{}, 100},
	} {
		if got := allowed(l, tt.by); got != tt.want {
			t.Errorf("%+v: got %d, want %d", tt.by, got, tt.want)
		}
	}
}

func TestStreamsOfOne(t *testing.T) {
	l := newLimits(Limits{AddressStreams: 3, Streams: 2})
	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	me := access.Subject{ID: "user:a"}
	open := func(addr netip.Addr, by access.Subject) func() {
		t.Helper()
		closed, err := l.stream(addr, by)
		if err != nil {
			t.Fatal(err)
		}
		return closed
	}
	refused := func(what string, addr netip.Addr, by access.Subject) {
		t.Helper()
		if _, err := l.stream(addr, by); !errors.Is(err, errManyStreams) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	first, second := open(here, me), open(there, me)
	refused("third of a subject", there, me)
	first()
	third := open(here, me)
	// What is refused for the subject doesn't count for the address.
	refused("third of a subject again", here, me)
	others := []func(){open(here, access.Subject{}), open(here, access.Subject{ID: "user:b"})}
	refused("fourth of an address", here, access.Subject{ID: "user:c"})
	for _, closed := range append(others, second, third) {
		closed()
	}
	if len(l.addressStreams.open)+len(l.subjectStreams.open) > 0 {
		t.Error("who has no streams takes memory")
	}
}

func TestClientAddress(t *testing.T) {
	p := proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	tests := []struct {
		peer      string
		forwarded []string
		proto     string
		want      string
		secure    bool
	}{
		{"192.0.2.1:5", nil, "", "192.0.2.1", false},
		{"192.0.2.1:5", []string{"198.51.100.1"}, "https", "192.0.2.1", false},
		{"10.0.0.1:5", nil, "http", "10.0.0.1", false},
		{"10.0.0.1:5", []string{"198.51.100.1"}, "https", "198.51.100.1", true},
		{"10.0.0.1:5", []string{"203.0.113.9, 198.51.100.1"}, "https", "198.51.100.1", true},
		{"10.0.0.1:5", []string{"203.0.113.9", "198.51.100.1"}, "http, https", "198.51.100.1", true},
		{"10.0.0.1:5", []string{"198.51.100.1, 10.0.0.2"}, "https, http", "198.51.100.1", false},
		{"10.0.0.1:5", []string{"203.0.113.9, onzin"}, "", "10.0.0.1", false},
		{"10.0.0.1:5", []string{"203.0.113.9, onzin, 10.0.0.2"}, "", "10.0.0.2", false},
		{"10.0.0.1:5", []string{"198.51.100.1:4711"}, "", "198.51.100.1", false},
		{"[fd00::1]:5", []string{"2001:db8::1"}, "", "2001:db8::1", false},
		{"[::ffff:10.0.0.1]:5", []string{"::ffff:198.51.100.1"}, "", "198.51.100.1", false},
		{"@", []string{"198.51.100.1"}, "https", "invalid IP", false},
	}
	for _, tt := range tests {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = tt.peer
		r.Header["X-Forwarded-For"] = tt.forwarded
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		if addr, secure := p.client(r); addr.String() != tt.want || secure != tt.secure {
			t.Errorf("%s %v %s: got %v %v, want %s %v", tt.peer, tt.forwarded, tt.proto, addr, secure, tt.want, tt.secure)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.TLS = &tls.ConnectionState{}
	if _, secure := p.client(r); !secure {
		t.Error("TLS isn't secure")
	}
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("1.2.3.4, 10.0.0.1", "https")
	f.Add(" , ,[::1]:80,::1%eth0", ",")
	p := proxies{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, forwarded, proto string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header["X-Forwarded-For"], r.Header["X-Forwarded-Proto"] = []string{forwarded}, []string{proto}
		r.RemoteAddr = "192.0.2.1:1"
		if addr, secure := p.client(r); addr.String() != "192.0.2.1" || secure {
			t.Fatalf("a stranger's word is taken: %v %v", addr, secure)
		}
		r.RemoteAddr = "10.0.0.9:1"
		if addr, _ := p.client(r); !addr.IsValid() {
			t.Fatal("no address")
		}
	})
}

func TestBasePath(t *testing.T) {
	s := newSite().start(t, Config{PublicURL: "https://bron.example/wijzer/"})
	for _, path := range []string{"/wijzer/api/v1/info", "/api/v1/info", "/wijzer/", "/", "/wijzer/documents/doc_a", "/wijzer/healthz"} {
		if got := s.get(t, path); got.status != 200 {
			t.Errorf("%s: got %d, want 200", path, got.status)
		}
	}
	if got := s.get(t, "/wijzer"); got.status != 308 || got.header.Get("Location") != "/wijzer/" {
		t.Errorf("without slash: got %d to %q", got.status, got.header.Get("Location"))
	}
	s.get(t, "/wijzerplaat/api/v1/info").wantError(t, 404, "not_found")
	s.get(t, "/wijzer/wijzer/api/v1/info").wantError(t, 404, "not_found")
	got := s.get(t, "/wijzer/", "Sec-Fetch-Site", "none")
	if c := got.header.Get("Set-Cookie"); !strings.Contains(c, "Path=/wijzer/;") {
		t.Errorf("cookie: got %q", c)
	}
}

func TestWrongConfig(t *testing.T) {
	for _, cfg := range []Config{
		{PublicURL: "bron.example"},
		{PublicURL: "ftp://bron.example"},
		{PublicURL: "https://"},
		{PublicURL: "https://x/?y"},
		{PublicURL: "https://u:p@x/"},
		{PublicURL: "https://x y"},
		{Listen: "8080"},
	} {
		if _, err := New(nil, Deps{Web: testWeb()}, cfg); err == nil {
			t.Errorf("%+v is accepted", cfg)
		}
	}
}

func TestOwnerCookie(t *testing.T) {
	s := newSite()
	s.start(t, Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	ask := func(headers ...string) (cookie, owner string) {
		got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`, headers...)
		return got.header.Get("Set-Cookie"), s.chat.asked[len(s.chat.asked)-1].By.ID
	}
	if cookie, owner := ask(); cookie != "" || owner != "" {
		t.Errorf("script: cookie %q, owner %q; want none", cookie, owner)
	}
	cookie, first := ask("Sec-Fetch-Site", "same-origin")
	pair, attributes, _ := strings.Cut(cookie, "; ")
	if attributes != "Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax" || first == "" {
		t.Errorf("cookie %q, owner %q", cookie, first)
	}
	if strings.Contains(first, strings.TrimPrefix(pair, "bronwijzer_browser"+"=")) {
		t.Error("the owner gives the cookie away")
	}
	if again, owner := ask("Sec-Fetch-Site", "same-origin", "Cookie", pair); again != "" || owner != first {
		t.Errorf("with the cookie: set %q, owner %q; want none, %q", again, owner, first)
	}
	if again, owner := ask("Cookie", pair); again != "" || owner != first {
		t.Errorf("script with the cookie: set %q, owner %q; want none, %q", again, owner, first)
	}
	if other, owner := ask("Sec-Fetch-Site", "none"); other == cookie || owner == first {
		t.Error("two browsers have the same id")
	}
	for _, bad := range []string{"x", "", strings.Repeat("A", 27), strings.Repeat("a", 26)} {
		if again, owner := ask("Sec-Fetch-Site", "none", "Cookie", "bronwijzer_browser"+"="+bad); again == "" || owner == first {
			t.Errorf("cookie %q is taken for an id", bad)
		}
	}
	if cookie, _ := ask("Sec-Fetch-Site", "same-origin", "X-Forwarded-Proto", "https"); !strings.Contains(cookie, "; Secure") {
		t.Errorf("over https: got %q", cookie)
	}
	// In another site's frame a browser keeps the cookie it has to itself.
	got := s.get(t, "/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe")
	if got.header.Get("Set-Cookie") != "" {
		t.Error("a frame in another site replaces the cookie")
	}
}

func TestConversationsBelongToTheirOwner(t *testing.T) {
	s := newSite()
	me := "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	s.start(t, Config{})
	mine := []string{"Cookie", "bronwijzer_browser=" + me}
	s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`, mine...)
	owner := s.chat.asked[0].By.ID
	s.chat.owner = owner
	if got := s.get(t, "/api/v1/conversations?per_page=1", mine...); !strings.Contains(got.body, `"id":"conv_1"`) || !strings.Contains(got.body, `"total":1`) {
		t.Errorf("my list: got %s", got.body)
	}
	if got := s.get(t, "/api/v1/conversations?page=2", mine...); !strings.Contains(got.body, `"conversations":[]`) {
		t.Errorf("past the end: got %s", got.body)
	}
	if got := s.get(t, "/api/v1/conversations/conv_1", mine...); got.status != 200 {
		t.Errorf("mine: got %d", got.status)
	}
	s.get(t, "/api/v1/conversations/conv_1").wantError(t, 404, "not_found")
	s.do(t, "PATCH", "/api/v1/conversations/conv_1", `{"title":"x"}`, "Sec-Fetch-Site", "none").wantError(t, 404, "not_found")
	s.do(t, "DELETE", "/api/v1/conversations/conv_1", "", "Sec-Fetch-Site", "none").wantError(t, 404, "not_found")
	s.do(t, "DELETE", "/api/v1/conversations", "", mine...)
	s.chat.mu.Lock()
	before := len(s.chat.calls)
	s.chat.mu.Unlock()
	// Somebody without any identity has nothing, and so nothing of nobody's.
	s.do(t, "DELETE", "/api/v1/conversations", "")
	s.get(t, "/api/v1/conversations")
	if calls := fmt.Sprint(s.chat.calls[before:]); calls != "[]" {
		t.Errorf("without identity: got calls %s, want none", calls)
	}
	if last := s.chat.calls[before-1]; last != "delete all "+owner {
		t.Errorf("got %q", last)
	}
}
