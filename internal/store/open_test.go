package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"bronwijzer/internal/docs"
)

func tryOpen(dir string, mode Mode) error {
	s, err := Open(context.Background(), slog.New(slog.DiscardHandler), dir, mode)
	if err != nil {
		return err
	}
	return s.Close()
}

func TestOpenMakesPrivateFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%41", "data")
	s := open(t, dir, Owner)
	if err := s.SetSetting(t.Context(), "a", "1"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s: got mode %o, want %o", path, info.Mode().Perm(), want)
		}
		seen++
		return err
	})
	if err != nil || seen != 5 { // folder, database, its two helpers, lock
		t.Errorf("saw %d files, %v", seen, err)
	}
}

func TestOpenKeepsPromisesOfTheConnection(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	for _, c := range []struct {
		db           *sql.DB
		pragma, want string
	}{
		{s.writer, "journal_mode", "wal"},
		{s.writer, "synchronous", "2"},
		{s.writer, "secure_delete", "1"},
		{s.writer, "foreign_keys", "1"},
		{s.writer, "page_size", strconv.Itoa(pageSize)},
		{s.reader, "query_only", "1"},
		{s.reader, "busy_timeout", "10000"},
	} {
		var got string
		if err := c.db.QueryRowContext(t.Context(), "PRAGMA "+c.pragma).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v; want %s", c.pragma, got, err, c.want)
		}
	}
}

func TestSecondOwner(t *testing.T) {
	dir := t.TempDir()
	pid, end := startOwner(t, dir)
	err := tryOpen(dir, Owner)
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("second owner: got %v, want ErrLocked", err)
	}
	for _, want := range []string{dir, strconv.Itoa(pid), "127.0.0.1:4321"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q doesn't name %s", err, want)
		}
	}
	if got, ok := RunningAddress(dir); got != "127.0.0.1:4321" || !ok {
		t.Errorf("running address: got %q, %v", got, ok)
	}
	beside := open(t, dir, Beside)
	if err := beside.SetSetting(t.Context(), "k", "v"); err != nil {
		t.Errorf("write beside an owner: %v", err)
	}
	if err := beside.SetAddress("127.0.0.1:1"); err == nil {
		t.Error("set address without owning the folder: got no error")
	}
	end()
	if got, ok := RunningAddress(dir); ok {
		t.Errorf("running address after the end: got %q", got)
	}
	s := open(t, dir, Owner)
	if got, err := s.Setting(t.Context(), "k"); got != "v" || err != nil {
		t.Errorf("setting: got %q, %v", got, err)
	}
	if got, ok := RunningAddress(dir); ok {
		t.Errorf("running address of an owner that doesn't listen: got %q", got)
	}
	if err := s.SetAddress("[::1]:80"); err != nil {
		t.Fatal(err)
	}
	if got, ok := RunningAddress(dir); got != "[::1]:80" || !ok {
		t.Errorf("running address: got %q, %v", got, ok)
	}
}

func TestOwnerGivesUpFolder(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		if err := tryOpen(dir, Owner); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := RunningAddress(filepath.Join(dir, "none")); ok {
		t.Error("a folder that isn't there has a running address")
	}
}

func TestOpenRefuses(t *testing.T) {
	newer := "CREATE TABLE x (y); PRAGMA user_version = 999; PRAGMA application_id = " + strconv.Itoa(applicationID)
	tests := []struct {
		name string
		make func(path string)
		want error
	}{
		{"no database", func(path string) { writeFile(t, path, bytes.Repeat([]byte("geen database "), 999)) }, ErrCorrupt},
		{"newer", func(path string) { run(t, path, newer) }, ErrTooNew},
		{"of another program", func(path string) { run(t, path, "CREATE TABLE x (y)") }, ErrForeign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			tt.make(path)
			before := readFile(t, path)
			for _, mode := range []Mode{Owner, Beside} {
				if err := tryOpen(dir, mode); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("mode %d: got %v, want %v and the path", mode, err, tt.want)
				}
			}
			if !bytes.Equal(readFile(t, path), before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestDamagedDatabase(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Owner)
	fill(t, s, 20)
	if err := s.erase(t.Context(), "clear the log", func(*sql.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	b := readFile(t, filepath.Join(dir, fileName))
	spoil(t, s, b)
	other := t.TempDir()
	writeFile(t, filepath.Join(other, fileName), b)
	damaged := open(t, other, Owner)
	if _, _, err := damaged.DocumentPage(t.Context(), docs.Reader{}, 1, 10); !errors.Is(err, ErrCorrupt) {
		t.Errorf("list documents: got %v, want ErrCorrupt", err)
	}
}

// spoil writes over every page of a database's file but those of its schema.
func spoil(t *testing.T, s *Store, b []byte) {
	t.Helper()
	schema, err := s.column(t.Context(), "find schema", `SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'`)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(b); at += pageSize {
		if !slices.Contains(schema, strconv.Itoa(at/pageSize+1)) {
			copy(b[at:at+pageSize], bytes.Repeat([]byte{0xa5}, pageSize))
		}
	}
}

func TestBesideMigratesOnlyWithoutOwner(t *testing.T) {
	fresh := t.TempDir()
	if err := tryOpen(fresh, Beside); err != nil {
		t.Errorf("beside nobody, in a new folder: %v", err)
	}
	if err := tryOpen(fresh, Owner); err != nil {
		t.Errorf("owner after that: %v", err)
	}
	old := t.TempDir()
	f, err := lock(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := tryOpen(old, Beside); !errors.Is(err, ErrLocked) {
		t.Errorf("beside an owner with an older schema: got %v, want ErrLocked", err)
	}
}

func TestMigrateFromOlder(t *testing.T) {
	files := fstest.MapFS{
		"migrations/0001_a.sql": {Data: []byte("CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)")},
		"migrations/0002_b.sql": {Data: []byte("ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7")},
	}
	steps, err := migrations(files)
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t, filepath.Join(t.TempDir(), "x.db"))
	ctx := t.Context()
	for _, upTo := range []int{1, 2, 2} {
		if err := migrate(ctx, db, steps[:upTo]); err != nil {
			t.Fatal(err)
		}
		if have, err := version(ctx, db); have != upTo || err != nil {
			t.Fatalf("version: got %d, %v; want %d", have, err, upTo)
		}
	}
	var x, y int
	if err := db.QueryRowContext(ctx, "SELECT x, y FROM a").Scan(&x, &y); err != nil || x != 1 || y != 7 {
		t.Errorf("got %d, %d, %v", x, y, err)
	}
	broken := append(steps, "CREATE TABLE c (x); SELECT nonsense")
	if err := migrate(ctx, db, broken); err == nil || !strings.Contains(err.Error(), "step 3") {
		t.Errorf("broken step: got %v", err)
	}
	if have, err := version(ctx, db); have != 2 || err != nil {
		t.Errorf("after a broken step: got version %d, %v; want 2", have, err)
	}
	if _, err := db.ExecContext(ctx, "SELECT * FROM c"); err == nil {
		t.Error("a broken step left its table")
	}
	files["migrations/0004_d.sql"] = &fstest.MapFile{}
	if _, err := migrations(files); err == nil {
		t.Error("a gap in the numbers: got no error")
	}
}

func TestFullDisk(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	fill(t, s, 3)
	before := contents(t, s)
	if _, err := s.writer.ExecContext(ctx, "PRAGMA max_page_count = 1"); err != nil { // no more than there are
		t.Fatal(err)
	}
	doc, passages := made("0001.txt", 40, 20)
	if _, err := s.PutDocument(ctx, doc, passages, "new"); !errors.Is(err, ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	if after := contents(t, s); after != before {
		t.Error("a failed write changed something")
	}
	if _, err := s.writer.ExecContext(ctx, "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutDocument(ctx, doc, passages, "new"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func openDB(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t *testing.T, path, statements string) {
	t.Helper()
	if _, err := openDB(t, path).ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
