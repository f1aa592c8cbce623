package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// names lists a folder.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func backup(t *testing.T, dir, file string) {
	t.Helper()
	if err := Backup(t.Context(), dir, file, false); err != nil {
		t.Fatal(err)
	}
}

func TestBackupAndRestore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%41")
	s := open(t, dir, Owner)
	furnish(t, s)
	if err := s.SetSetting(t.Context(), "sleutel", "geheim"); err != nil {
		t.Fatal(err)
	}
	want := contents(t, s)
	there := filepath.Join(t.TempDir(), "o'k?%41")
	if err := os.Mkdir(there, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(there, "back up.db")
	backup(t, dir, file) // beside the owner, with changes in the log
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("got mode %v, %v; want 0600", info.Mode(), err)
	}
	if got := names(t, there); got != "back up.db" {
		t.Errorf("the folder has %s", got)
	}
	put(t, s, "0009.txt", 1, 1) // isn't in it

	again := filepath.Join(t.TempDir(), "new", "data")
	if aside, err := Restore(t.Context(), again, file, false); err != nil || aside != "" {
		t.Fatal(aside, err)
	}
	if got := names(t, again); got != fileName+" "+lockName {
		t.Errorf("the data folder has %s", got)
	}
	restored := open(t, again, Owner)
	if contents(t, restored) != want {
		t.Error("got other documents")
	}
	if got, err := restored.Setting(t.Context(), "sleutel"); got != "geheim" || err != nil {
		t.Errorf("setting: got %q, %v", got, err)
	}
	if seen := verify(t, restored); seen.Faults != 0 || seen.Answers != 3 {
		t.Errorf("verify: %+v", seen)
	}
	var mode string
	if err := restored.writer.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

// TestBackupIsOneState makes backups while documents are replaced and cited.
func TestBackupIsOneState(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Owner)
	fill(t, s, 3)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		var err error
		for i := 0; ctx.Err() == nil && err == nil; i++ {
			doc, passages := made(fmt.Sprintf("%04d.txt", i%3), 1+i%7, 1+i%5)
			if _, err = s.PutDocument(context.WithoutCancel(ctx), doc, passages, "f"); err == nil {
				err = s.SaveAnswer(context.WithoutCancel(ctx), "", quoting(fmt.Sprint("ans_", i), fmt.Sprint("conv_", i%4), i, doc))
			}
		}
		done <- err
	}()
	for i := range 5 {
		file := filepath.Join(t.TempDir(), "b")
		backup(t, dir, file)
		again := filepath.Join(t.TempDir(), "data")
		if _, err := Restore(t.Context(), again, file, false); err != nil {
			t.Fatal(err)
		}
		if seen, err := open(t, again, Owner).Verify(t.Context(), Expected{}); err != nil || seen.Faults != 0 || seen.Documents != 3 {
			t.Errorf("backup %d: %+v, %v", i, seen, err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestBackupRefuses(t *testing.T) {
	dir, there := t.TempDir(), t.TempDir()
	s := open(t, dir, Owner)
	fill(t, s, 2)
	taken := filepath.Join(there, "taken")
	writeFile(t, taken, []byte("van iemand anders"))
	link := filepath.Join(there, "link")
	if err := os.Symlink(taken, link); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, dir, file string
		force           bool
		want            error // nil: any
	}{
		{"file that is there", dir, taken, false, fs.ErrExist},
		{"folder", dir, there, true, nil},
		{"link", dir, link, true, nil},
		{"folder that isn't there", dir, filepath.Join(there, "x", "y"), false, fs.ErrNotExist},
		{"the database", dir, filepath.Join(dir, fileName), true, nil},
		{"the log of the database", dir, filepath.Join(dir, fileName+"-wal"), true, nil},
		{"the lock", dir, filepath.Join(dir, lockName), true, nil},
		{"no database", t.TempDir(), filepath.Join(there, "z"), false, fs.ErrNotExist},
		{"no data folder", filepath.Join(there, "nergens"), filepath.Join(there, "z"), false, fs.ErrNotExist},
	} {
		before := names(t, there) + names(t, dir)
		err := Backup(t.Context(), tt.dir, tt.file, tt.force)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
		if after := names(t, there) + names(t, dir); after != before {
			t.Errorf("%s: before %s, after %s", tt.name, before, after)
		}
	}
	if got := readFile(t, taken); string(got) != "van iemand anders" {
		t.Errorf("the file now has %q", got)
	}
	if err := Backup(t.Context(), dir, taken, true); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(taken); err != nil || info.Mode() != 0o600 || info.Size() < pageSize {
		t.Errorf("with force: %v, %v", info, err)
	}
	contents(t, s)
}

func TestBackupLeavesNothing(t *testing.T) {
	dir, there := t.TempDir(), t.TempDir()
	s := open(t, dir, Owner)
	fill(t, s, 20)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Backup(ctx, dir, filepath.Join(there, "a"), false); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	// A row that refers to nothing: such a backup couldn't be restored.
	run(t, filepath.Join(dir, fileName), `DELETE FROM roots`)
	if err := Backup(t.Context(), dir, filepath.Join(there, "b"), false); !errors.Is(err, ErrCorrupt) {
		t.Errorf("damaged: got %v, want ErrCorrupt", err)
	}
	if got := names(t, there); got != "" {
		t.Errorf("left %s", got)
	}
}

func TestRestoreRefuses(t *testing.T) {
	source := t.TempDir()
	s := open(t, source, Owner)
	furnish(t, s)
	there := t.TempDir()
	good := filepath.Join(there, "good")
	backup(t, source, good)
	make := func(name, statements string, b []byte) string {
		path := filepath.Join(there, name)
		writeFile(t, path, b)
		if statements != "" {
			run(t, path, statements)
		}
		return path
	}
	bytes := readFile(t, good)
	torn := append([]byte{}, bytes...)
	for at := 2 * pageSize; at < len(torn); at += pageSize {
		copy(torn[at:], strings.Repeat("\xa5", 500))
	}
	logged := make("logged", "", bytes)
	writeFile(t, logged+"-wal", []byte("nog iets"))
	tests := []struct {
		name, file string
		want       error
	}{
		{"no file", filepath.Join(there, "nergens"), fs.ErrNotExist},
		{"folder", there, nil},
		{"empty file", make("empty", "", nil), ErrForeign},
		{"no database", make("text", "", []byte(strings.Repeat("geen databank ", 999))), ErrCorrupt},
		{"half of one", make("half", "", bytes[:len(bytes)/2]), ErrCorrupt},
		{"damaged", make("torn", "", torn), ErrCorrupt},
		{"of another program", make("foreign", "PRAGMA application_id = 1", bytes), ErrForeign},
		{"newer", make("newer", "PRAGMA user_version = 999", bytes), ErrTooNew},
		{"reference to nothing", make("loose", "DELETE FROM texts", bytes), ErrCorrupt},
		{"other words in a text", make("forged", "UPDATE texts SET text = replace(text, 'Zin 1 ', 'Zin 9 ')", bytes), ErrCorrupt},
		{"database in use", logged, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Restore(t.Context(), dir, tt.file, true); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("into an empty folder: got %v, want %v", err, tt.want)
			}
			if got := names(t, dir); got != lockName && got != "" {
				t.Errorf("left %s", got)
			}
			fill(t, open(t, dir, Owner), 1)
		})
	}
	if _, err := Restore(t.Context(), source, good, true); !errors.Is(err, ErrLocked) {
		t.Errorf("with an owner: got %v, want ErrLocked", err)
	}
}

func TestRestoreMovesAside(t *testing.T) {
	source, dir := t.TempDir(), t.TempDir()
	furnish(t, open(t, source, Owner))
	file := filepath.Join(t.TempDir(), "b")
	backup(t, source, file)

	_, end := startOwner(t, dir) // ends without closing: its log stays
	beside := open(t, dir, Beside)
	fill(t, beside, 2)
	end()
	want := contents(t, beside)
	if _, err := Restore(t.Context(), dir, file, false); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("without force: got %v, want ErrExist", err)
	}
	if contents(t, beside) != want {
		t.Fatal("a refused restore changed something")
	}
	aside, err := Restore(t.Context(), dir, file, true)
	if err != nil {
		t.Fatal(err)
	}
	if seen := verify(t, open(t, dir, Owner)); seen.Faults != 0 || seen.Answers != 3 {
		t.Errorf("restored: %+v", seen)
	}
	old := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		if err := os.Rename(aside+suffix, filepath.Join(old, fileName+suffix)); err != nil && suffix == "" {
			t.Fatal(err)
		}
	}
	if contents(t, open(t, old, Owner)) != want {
		t.Error("what was moved aside isn't what was there")
	}
}

// TestRestoreOverDamaged is what a backup is for.
func TestRestoreOverDamaged(t *testing.T) {
	source, dir := t.TempDir(), t.TempDir()
	furnish(t, open(t, source, Owner))
	file := filepath.Join(t.TempDir(), "b")
	backup(t, source, file)
	damaged, log := []byte(strings.Repeat("kapot ", 9999)), []byte("en zijn log")
	writeFile(t, filepath.Join(dir, fileName), damaged)
	writeFile(t, filepath.Join(dir, fileName+"-wal"), log)
	aside, err := Restore(t.Context(), dir, file, true)
	if err != nil {
		t.Fatal(err)
	}
	if string(readFile(t, aside)) != string(damaged) || string(readFile(t, aside+"-wal")) != string(log) {
		t.Error("what was moved aside isn't what was there")
	}
	if seen := verify(t, open(t, dir, Owner)); seen.Faults != 0 {
		t.Errorf("restored: %+v", seen)
	}
}

// TestBackupPutInPlaceByHand opens a copy that knows of no log.
func TestBackupPutInPlaceByHand(t *testing.T) {
	source, dir := t.TempDir(), t.TempDir()
	furnish(t, open(t, source, Owner))
	backup(t, source, filepath.Join(dir, fileName))
	s := open(t, dir, Owner)
	var mode string
	if err := s.writer.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v; want wal", mode, err)
	}
}

// TestFileErrors stands in for a disk that is full, which a test can't have
// everywhere. By hand, on a tmpfs of 300 kB: backup and restore both say so and
// leave nothing.
func TestFileErrors(t *testing.T) {
	if err := fileError(&fs.PathError{Op: "write", Err: syscall.ENOSPC}); !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	if err := fileError(nil); err != nil {
		t.Errorf("got %v of nothing", err)
	}
}
