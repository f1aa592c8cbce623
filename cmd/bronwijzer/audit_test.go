package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/access"
)

// ran is what a command says, and how it ends.
type ran struct {
	code     int
	out, err string
}

func command(t *testing.T, args ...string) ran {
	t.Helper()
	var out, errs strings.Builder
	code := run(t.Context(), args, &out, &errs)
	return ran{code, out.String(), errs.String()}
}

// Commands leave their line, also when they fail, and the log shows them again.
func TestAuditOfCommands(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if got := command(t, "keys", "add", "balie", "--data", data); got.code != 0 {
		t.Fatal(got.err)
	}
	key := strings.Fields(command(t, "keys", "list", "--data", data).out)[6]
	command(t, "keys", "revoke", "balie", "--data", data)
	command(t, "keys", "revoke", "balie", "--data", data)
	command(t, "erase", "--subject", "user:jan", "--data", data)
	command(t, "backup", filepath.Join(data, "nergens", "kopie.db"), "--data", data)
	got := command(t, "audit", "--json", "--data", data)
	var entries []access.Entry
	for line := range strings.Lines(got.out) {
		var e access.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if time.Since(e.Time) > time.Minute {
			t.Errorf("time of %s", line)
		}
		e.Time = time.Time{}
		entries = append(entries, e)
	}
	line := func(action access.Action, object string, result access.Result) access.Entry {
		return access.Entry{Action: action, Object: object, Result: result, Door: access.DoorCLI, Actor: runner()}
	}
	want := []access.Entry{
		line(access.ActionKey, key, access.ResultOK), line(access.ActionKey, key, access.ResultOK),
		line(access.ActionKey, "", access.ResultFailed), line(access.ActionErase, "user:jan", access.ResultFailed),
		line(access.ActionBackup, "", access.ResultFailed),
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	// Where there is no data folder, nothing was done and none is made.
	gone := filepath.Join(t.TempDir(), "weg")
	command(t, "backup", "kopie.db", "--data", gone)
	if _, err := os.Stat(gone); err == nil {
		t.Error("a command that fails makes a data folder")
	}
	if got := command(t, "audit", "--data", gone); got.code != 1 {
		t.Errorf("audit of no folder: %d %s", got.code, got.out)
	}
}

func TestAuditTable(t *testing.T) {
	data := t.TempDir()
	lines := `{"time":"2026-11-20T10:00:00Z","action":"sign-in","result":"denied","status":403,"door":"http","address":"192.0.2.7","request_id":"REQ00001"}
{"time":"2026-11-21T10:00:00Z","action":"ask","object":"ans_1","result":"refused","status":200,"door":"v1","actor":"key:a"}
{"time":"2026-11-22T10:00:00Z","action":"read","object":"doc_1","result":"ok","door":"slack","actor":"x\u001b[2J"}
{"time":"2026-11-2`
	if err := os.WriteFile(filepath.Join(data, "audit.log"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	local := func(day int) string {
		return time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC).Local().Format(time.DateTime)
	}
	got := command(t, "audit", "--data", data)
	want := "TIJD                 HANDELING  UITKOMST            OBJECT  WIE           VANWAAR         VERZOEK\n" +
		local(20) + "  aanmelden  geweigerd (403)                           http 192.0.2.7  REQ00001\n" +
		local(21) + "  vragen     geen antwoord (200)  ans_1   key:a         v1\n" +
		local(22) + "  lezen      gelukt               doc_1   \"x\\x1b[2J\"  slack\n"
	if diff := cmp.Diff(strings.Fields(want), strings.Fields(got.out)); diff != "" || !strings.Contains(got.err, "Overgeslagen: 1 regel(s)") {
		t.Errorf("table (-want +got), told %q:\n%s", got.err, diff)
	}
	tests := []struct {
		args []string
		want int
	}{
		{[]string{"--since", "2026-11-21T10:00:00Z"}, 2},
		{[]string{"--until", "2026-11-21T10:00:00Z"}, 1},
		{[]string{"--since", "2026-11-22T00:00:00Z", "--until", "2026-11-23T00:00:00Z"}, 1},
		{[]string{"--actor", "key:a"}, 1},
		{[]string{"--action", "ask"}, 1},
		{[]string{"--object", "doc_1"}, 1},
		{[]string{"--action", "ask", "--object", "doc_1"}, 0},
	}
	for _, tt := range tests {
		got := command(t, append([]string{"audit", "--json", "--data", data}, tt.args...)...)
		if n := strings.Count(got.out, "\n"); n != tt.want || got.code != 0 {
			t.Errorf("%v: got %d lines, want %d: %s", tt.args, n, tt.want, got.err)
		}
	}
	if got := command(t, "audit", "--since", "gisteren", "--data", data); got.code != 2 {
		t.Errorf("wrong moment: got %d %s", got.code, got.err)
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 30, 0, 0, time.UTC)
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		text string
		days int
		want time.Time
	}{
		{"", 1, time.Time{}},
		{"2026-11-20", 0, day},
		{"2026-11-20", 1, day.AddDate(0, 0, 1)},
		{"2026-11-20T00:00:00Z", 1, day},
		{"24h", 0, now.Add(-24 * time.Hour)},
		{"7d", 0, now.AddDate(0, 0, -7)},
	}
	for _, tt := range tests {
		if got, err := moment(tt.text, now, tt.days); err != nil || !got.Equal(tt.want) {
			t.Errorf("%q: got %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"gisteren", "-1h", "d", "-7d", "2026-13-01"} {
		if got, err := moment(text, now, 0); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestOIDCSettings(t *testing.T) {
	good := oidcSettings{OIDCIssuer: "https://id.example", OIDCClientID: "bron", OIDCClientSecret: "x"}
	tests := []struct {
		name   string
		change func(*oidcSettings)
		public string
		hint   string
	}{
		{"as it should be", func(*oidcSettings) {}, "https://bron.example", ""},
		{"no public url", func(*oidcSettings) {}, "", "--public-url"},
		{"a public url without https", func(*oidcSettings) {}, "http://bron.example", "https://"},
		{"no issuer", func(s *oidcSettings) { s.OIDCIssuer = "" }, "https://bron.example", "Registreer"},
		{"no client", func(s *oidcSettings) { s.OIDCClientID = "" }, "https://bron.example", "Registreer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := good
			tt.change(&set)
			_, err := set.oidc(tt.public)
			hint, _ := err.(*hintError) //nolint:errorlint // it is returned as it is
			if (tt.hint == "") != (err == nil) || tt.hint != "" && (hint == nil || !strings.Contains(hint.hint, tt.hint)) {
				t.Errorf("got %v, hint %+v", err, hint)
			}
		})
	}
}
