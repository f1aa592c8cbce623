package main

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/access"
)

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:8080": true, "127.1.2.3:0": true, "[::1]:8080": true, "[::ffff:127.0.0.1]:80": true, "localhost:8080": true, "LocalHost:8080": true,
		"0.0.0.0:8080": false, "[::]:8080": false, ":8080": false, "192.0.2.1:80": false, "[::ffff:0.0.0.0]:80": false,
		"[fe80::1%eth0]:80": false, "bron.example:80": false, "localhost.example:80": false, "127.0.0.1.example:80": false,
		"127.1:80": false, "0:80": false, "": false, "8080": false, "127.0.0.1": false, "unix:/run/bronwijzer": false, "/run/bronwijzer.sock": false, "@bronwijzer": false,
	} {
		if got := loopback(address); got != want {
			t.Errorf("%q: got %v, want %v", address, got, want)
		}
	}
}

// TestAuthIsWrittenOut: an address that others can reach asks for --auth, as a
// flag, in the environment or in the file.
func TestAuthIsWrittenOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "instellingen.yaml")
	if err := os.WriteFile(file, []byte("auth: [keys, proxy]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args []string
		env  string
		want string // empty: refused
	}{
		{nil, "", ""},
		{nil, " , ", ""},
		{[]string{"--auth="}, "", ""},
		{nil, "none", "none"},
		{nil, "keys, proxy", "keys,proxy"},
		{[]string{"--auth=none"}, "", "none"},
		{[]string{"--auth=keys", "--auth=proxy"}, "none", "keys,proxy"},
		{[]string{"--config", file}, "", "keys,proxy"},
		{[]string{"--config", file}, "keys", "keys"},
	}
	for _, tt := range tests {
		if t.Setenv("BRONWIJZER_AUTH", tt.env); tt.env == "" {
			os.Unsetenv("BRONWIJZER_AUTH")
		}
		c := parse(t, append([]string{"serve"}, tt.args...)...)
		if err := c.Serve.guard("127.0.0.1:8080"); err != nil {
			t.Errorf("%v %q: on loopback: %v", tt.args, tt.env, err)
		}
		err := c.Serve.guard("0.0.0.0:8080")
		var hint *hintError
		if (err == nil) != (tt.want != "") || err != nil && (!errors.As(err, &hint) || !strings.Contains(hint.hint, "--auth")) {
			t.Errorf("%v %q: got %v, want it refused: %v", tt.args, tt.env, err, tt.want == "")
		}
		if tt.want == "" {
			continue
		}
		cfg, err := c.Serve.config("", []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")})
		if err != nil || cfg.Ways.String() != tt.want {
			t.Errorf("%v %q: got %v, %v, want %s", tt.args, tt.env, cfg.Ways, err, tt.want)
		}
	}
}

func TestAuthSettings(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}
	c := parse(t, "serve", "--auth=proxy", "--user-scopes=search, metrics", "--admin-groups=beheer,", "--proxy-user-header=Remote-User")
	cfg, err := c.Serve.config("https://bron.example/wijzer/", proxies)
	if err != nil || cfg.Ways != access.ByProxy || cfg.PersonScopes != access.Search|access.Metrics || len(cfg.AdminGroups) != 1 ||
		cfg.UserHeader != "Remote-User" || cfg.GroupsHeader != "X-Forwarded-Groups" || cfg.BasePath != "/wijzer" {
		t.Errorf("got %+v, %v", cfg, err)
	}
	for _, wrong := range [][]string{{"--auth=none,keys"}, {"--auth=password"}, {"--user-scopes=lezen"}} {
		c := parse(t, append([]string{"serve"}, wrong...)...)
		if _, err := c.Serve.config("", proxies); err == nil {
			t.Errorf("%v is accepted", wrong)
		}
	}
	if _, err := parse(t, "serve", "--auth=keys,proxy").Serve.config("", nil); err == nil || !strings.Contains(err.Error(), "proxy") {
		t.Errorf("no trusted proxy: got %v", err)
	}
}

func TestWarn(t *testing.T) {
	for _, tt := range []struct {
		ways   access.Ways
		listen string
		want   bool
	}{{0, "0.0.0.0:80", true}, {0, "127.0.0.1:80", false}, {access.ByKey, "0.0.0.0:80", false}} {
		var log, out strings.Builder
		c := parse(t, "serve")
		c.Serve.warn((&invocation{settings: &c.settings, stderr: &log}).logger(), &out, tt.ways, tt.listen)
		if strings.Contains(out.String(), "iedereen") != tt.want || strings.Contains(log.String(), "level=WARN") != tt.want {
			t.Errorf("%v on %s: got %q and %q", tt.ways, tt.listen, out.String(), log.String())
		}
	}
}

func TestExpiry(t *testing.T) {
	zone := time.FixedZone("hier", 3600)
	now := time.Date(2026, 11, 22, 15, 4, 5, 0, zone)
	for text, want := range map[string]time.Time{
		"":           {},
		"90d":        time.Date(2027, 2, 20, 15, 4, 5, 0, zone),
		"12h":        now.Add(12 * time.Hour),
		"2026-12-31": time.Date(2027, 1, 1, 0, 0, 0, 0, zone),
	} {
		if got, err := expiry(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"morgen", "90", "-3d", "1.5d", "d", "99999999d", "2026-13-01", "31-12-2026"} {
		if got, err := expiry(text, now); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// TestKeys makes and revokes keys beside the real program, which lets in whoever
// shows one.
func TestKeys(t *testing.T) {
	h := newHouse(t)
	s := h.serve(t, "--auth", "keys")
	if _, errs, err := h.run(t, "ask", asked); err == nil || !strings.Contains(errs, "--key") {
		t.Errorf("ask without a key: %v %s", err, errs)
	}
	key, errs, err := h.run(t, "keys", "add", "nachtloop", "--scopes", "chat,search", "--groups", "beleid", "--expires", "90d", "--rate", "5")
	if err != nil || !strings.HasPrefix(key, "bw_") || strings.Count(key, "\n") != 1 || strings.Contains(errs, strings.TrimSpace(key)) {
		t.Fatalf("add: %v, %q, %s", err, key, errs)
	}
	key = strings.TrimSpace(key)
	if out, errs, err := h.run(t, "ask", "--key", key, asked); err != nil || !strings.Contains(out, "270 gemeenten") {
		t.Errorf("ask: %v %s %s", err, out, errs)
	}
	file := filepath.Join(t.TempDir(), "sleutel")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, err := h.run(t, "search", "--url", s.url+"/", "--key-file", file, "gemeenten"); err != nil || !strings.HasPrefix(out, "1. ") {
		t.Errorf("search: %v %s %s", err, out, errs)
	}
	if out, _, err := h.run(t, "keys", "list"); err != nil || !strings.Contains(out, "nachtloop  geldig  chat,search  beleid") {
		t.Errorf("list: %v\n%s", err, out)
	}
	if _, errs, err := h.run(t, "health"); err != nil {
		t.Errorf("health needs no key: %v %s", err, errs)
	}
	if out, errs, err := h.run(t, "keys", "revoke", "nachtloop"); err != nil || !strings.Contains(out, "ingetrokken") {
		t.Fatalf("revoke: %v %s", err, errs)
	}
	for _, command := range [][]string{{"ask", asked}, {"search", "gemeenten"}, {"eval", "../../corpus/questions.jsonl"}} {
		t.Setenv("BRONWIJZER_KEY", key)
		if _, errs, err := h.run(t, command...); err == nil || !strings.Contains(errs, "--key") {
			t.Errorf("%s with a revoked key: %v %s", command[0], err, errs)
		}
	}
	for _, wrong := range [][]string{
		{"keys", "add", "x", "--scopes", "lezen"},
		{"keys", "add", "x", "--expires", "morgen"},
		{"keys", "add", "a,b"},
		{"keys", "revoke", "nachtloop"},
		{"serve", "--listen", "0.0.0.0:0"},
		{"serve", "--auth", "proxy"},
	} {
		if _, errs, err := h.run(t, wrong...); err == nil || strings.Contains(errs, "panic") {
			t.Errorf("%v: %v %s", wrong, err, errs)
		}
	}
	if strings.Contains(s.log.String(), key) {
		t.Error("the key is in the log")
	}
}
