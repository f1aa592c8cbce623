package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var auditTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// openAudit opens an audit log whose clock stands still at *at.
func openAudit(tb testing.TB, dir string, cfg AuditConfig, at *time.Time) *Audit {
	tb.Helper()
	a, err := OpenAudit(slog.New(slog.DiscardHandler), dir, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	a.now = func() time.Time { return *at }
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}

func readAll(tb testing.TB, dir string) (list []Entry, skipped int) {
	tb.Helper()
	skipped, err := ReadAudit(dir, func(e Entry) error {
		list = append(list, e)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return list, skipped
}

func objects(list []Entry) (ids []string) {
	for _, e := range list {
		ids = append(ids, e.Object)
	}
	return ids
}

func TestAuditLine(t *testing.T) {
	dir, at := t.TempDir(), auditTime
	a := openAudit(t, dir, AuditConfig{}, &at)
	full := Entry{
		Time:   time.Date(2026, 11, 22, 11, 0, 0, 5000, time.FixedZone("CET", 3600)),
		Action: ActionAsk, Object: "ans_1", Result: ResultDenied, Status: 403, Door: DoorOpenAI,
		Address: "192.0.2.7", Actor: "user:1\n{\"action\":\"read\"}", RequestID: "REQ12345",
	}
	a.Note(t.Context(), full)
	a.Note(t.Context(), Entry{Action: ActionIngest, Result: ResultOK, Door: DoorCLI})
	b, err := os.ReadFile(filepath.Join(dir, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"time":"2026-11-22T10:00:00.000005Z","action":"ask","object":"ans_1","result":"denied","status":403,"door":"v1",` +
		`"address":"192.0.2.7","actor":"user:1\n{\"action\":\"read\"}","request_id":"REQ12345"}` + "\n" +
		`{"time":"2026-11-22T10:00:00Z","action":"ingest","result":"ok","door":"cli"}` + "\n"
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	got, skipped := readAll(t, dir)
	full.Time = full.Time.UTC()
	if diff := cmp.Diff([]Entry{full, {Time: at, Action: ActionIngest, Result: ResultOK, Door: DoorCLI}}, got); diff != "" || skipped != 0 {
		t.Errorf("read (-want +got), %d skipped:\n%s", skipped, diff)
	}
	info, err := os.Stat(filepath.Join(dir, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("rights: got %o, want 600", info.Mode().Perm())
	}
}

// Files are put aside by size and by age, read in order, and removed in the end.
func TestAuditRotates(t *testing.T) {
	dir, at := t.TempDir(), auditTime
	line := int64(len(`{"time":"2026-11-22T10:00:00Z","action":"read","object":"doc_00","result":"ok","door":"http"}`) + 1)
	cfg := AuditConfig{Rotates: true, MaxBytes: 3 * line, MaxAge: 24 * time.Hour, Retention: 10 * 24 * time.Hour}
	a := openAudit(t, dir, cfg, &at)
	var want []string
	note := func(n int) {
		t.Helper()
		for range n {
			want = append(want, fmt.Sprintf("doc_%02d", len(want)))
			a.Note(t.Context(), Entry{Action: ActionRead, Object: want[len(want)-1], Result: ResultOK, Door: DoorHTTP})
			at = at.Add(time.Second)
		}
	}
	aside := func() int {
		t.Helper()
		names, err := auditsAside(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	note(7)
	if aside() != 2 {
		t.Errorf("after 7 lines: got %d files aside, want 2", aside())
	}
	a.tidy(t.Context())
	if aside() != 2 {
		t.Errorf("young files are touched: got %d aside, want 2", aside())
	}
	// Another process goes on where this one was: the age is that of the lines.
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	at = at.Add(24 * time.Hour)
	a = openAudit(t, dir, cfg, &at)
	a.tidy(t.Context())
	if aside() != 3 {
		t.Errorf("after a day: got %d files aside, want 3", aside())
	}
	note(2)
	got, skipped := readAll(t, dir)
	if diff := cmp.Diff(want, objects(got)); diff != "" || skipped != 0 {
		t.Errorf("order (-want +got), %d skipped:\n%s", skipped, diff)
	}
	at = at.Add(cfg.Retention)
	a.tidy(t.Context())
	got, _ = readAll(t, dir)
	// The files of the first day are gone; what was put aside just now isn't.
	if diff := cmp.Diff(want[7:], objects(got)); diff != "" {
		t.Errorf("after the retention (-want +got):\n%s", diff)
	}
	if a.Failures() != 0 {
		t.Errorf("%d failures", a.Failures())
	}
}

// What a crash leaves is skipped, and the next line stands by itself.
func TestAuditTornLine(t *testing.T) {
	dir, at := t.TempDir(), auditTime
	path := filepath.Join(dir, "audit.log")
	whole := `{"time":"2026-11-22T10:00:00Z","action":"read","object":"a","result":"ok","door":"http"}` + "\n"
	for _, torn := range []string{`{"time":"2026-11-22T10:0`, "\x00\x00\x00", "{}", "null", `[]`, strings.Repeat("x", 100_000)} {
		if err := os.WriteFile(path, []byte(whole+torn), 0o600); err != nil {
			t.Fatal(err)
		}
		got, skipped := readAll(t, dir)
		if diff := cmp.Diff([]string{"a"}, objects(got)); diff != "" || skipped != 1 {
			t.Errorf("%.20q at the end: %d skipped, want 1:\n%s", torn, skipped, diff)
		}
		openAudit(t, dir, AuditConfig{}, &at).Note(t.Context(), Entry{Action: ActionRead, Object: "b", Result: ResultOK, Door: DoorHTTP})
		got, skipped = readAll(t, dir)
		if diff := cmp.Diff([]string{"a", "b"}, objects(got)); diff != "" || skipped != 1 {
			t.Errorf("%.20q in the middle: %d skipped, want 1:\n%s", torn, skipped, diff)
		}
	}
	// A file that holds nothing else is as old as its last change.
	if err := os.WriteFile(path, []byte("niets"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := openAudit(t, dir, AuditConfig{}, &at); a.since.IsZero() || !a.torn {
		t.Errorf("since %v, torn %v", a.since, a.torn)
	}
}

// Two processes and many goroutines write whole lines, while one of them puts
// files aside.
func TestAuditTogether(t *testing.T) {
	dir := t.TempDir()
	lg := slog.New(slog.DiscardHandler)
	const writers, lines = 8, 200
	var logs []*Audit
	for i := range 2 {
		a, err := OpenAudit(lg, dir, AuditConfig{Rotates: i == 0, MaxBytes: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		logs = append(logs, a)
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range lines {
				logs[w%2].Note(t.Context(), Entry{Action: ActionRead, Object: fmt.Sprint(w, "_", i), Result: ResultOK, Door: DoorHTTP})
			}
		})
	}
	wg.Wait()
	got, skipped := readAll(t, dir)
	seen := map[string]bool{}
	for _, id := range objects(got) {
		seen[id] = true
	}
	if len(got) != writers*lines || len(seen) != len(got) || skipped != 0 {
		t.Errorf("got %d lines of %d, %d different, %d skipped", len(got), writers*lines, len(seen), skipped)
	}
}

// A line that can't be written is counted and shouted about, and costs nobody
// anything else.
func TestAuditFails(t *testing.T) {
	dir := t.TempDir()
	var out strings.Builder
	a, err := OpenAudit(slog.New(slog.NewTextHandler(&out, nil)), dir, AuditConfig{})
	if err != nil {
		t.Fatal(err)
	}
	a.file.Close() // behind its back
	a.Note(t.Context(), Entry{Action: ActionAsk, Result: ResultOK, RequestID: "REQ12345"})
	if a.Failures() != 1 || !strings.Contains(out.String(), "level=ERROR") || !strings.Contains(out.String(), "REQ12345") {
		t.Errorf("%d failures, log %q", a.Failures(), out.String())
	}
	if _, err := OpenAudit(slog.New(slog.DiscardHandler), filepath.Join(dir, "nergens"), AuditConfig{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: got %v", err)
	}
	if _, err := ReadAudit(filepath.Join(dir, "nergens"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read without folder: got %v", err)
	}
	stop := errors.New("stop")
	if err := os.WriteFile(filepath.Join(dir, "audit.log"), []byte(`{"time":"2026-11-22T10:00:00Z","action":"read"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadAudit(dir, func(Entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of f: got %v", err)
	}
}

func TestAuditRunEnds(t *testing.T) {
	at := auditTime
	a := openAudit(t, t.TempDir(), AuditConfig{Rotates: true}, &at)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Whatever is in the file, reading it neither fails nor loses a whole entry.
func FuzzReadAudit(f *testing.F) {
	f.Add([]byte("{\"time\":\"2026-11-22T10:00:00Z\",\"action\":\"read\"}\n{\"ti"))
	f.Add([]byte("\n\n\x00{}"))
	whole, err := json.Marshal(Entry{Time: auditTime, Action: ActionRead, Object: "laatste"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, before []byte) {
		content := append(append(before, '\n'), whole...)
		last := Entry{}
		if _, err := readEntries(strings.NewReader(string(content)), func(e Entry) error {
			last = e
			return nil
		}); err != nil || last.Object != "laatste" {
			t.Errorf("last %+v, %v", last, err)
		}
	})
}

func BenchmarkAudit(b *testing.B) {
	at := auditTime
	a := openAudit(b, b.TempDir(), AuditConfig{Rotates: true}, &at)
	e := Entry{
		Action: ActionAsk, Object: "ans_01234567890123456789012345", Result: ResultOK, Status: 200, Door: DoorHTTP,
		Address: "192.0.2.7", Actor: "user:0123abcd:jan", RequestID: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	}
	for b.Loop() {
		a.Note(b.Context(), e)
	}
}
