package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// closed takes all rights on a folder away for the length of the test.
func closed(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Error(err)
		}
	})
}

// unprivileged runs f as somebody who needs rights.
func unprivileged(f func() error) error {
	done := make(chan error)
	go func() {
		// Root may do everything, so this thread stops being root; it isn't
		// unlocked, and ends with the goroutine.
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			if err := unix.Setfsuid(65534); err != nil {
				done <- err
				return
			}
		}
		done <- f()
	}()
	return <-done
}

func TestOpenWithoutRights(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := tryOpen(dir, Owner); err != nil {
		t.Fatal(err)
	}
	closed(t, dir)
	if err := unprivileged(func() error { return tryOpen(dir, Owner) }); !errors.Is(err, ErrDenied) {
		t.Errorf("got %v, want ErrDenied", err)
	}
}

func TestBackupWithoutRights(t *testing.T) {
	dir, there := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "there")
	if err := errors.Join(tryOpen(dir, Owner), os.Mkdir(there, 0o700)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup")
	backup(t, dir, file)
	closed(t, there)
	to := func() error { return Backup(t.Context(), dir, filepath.Join(there, "b"), false) }
	if err := unprivileged(to); !errors.Is(err, ErrDenied) {
		t.Errorf("backup to a folder: got %v, want ErrDenied", err)
	}
	closed(t, dir)
	from := func() error { return Backup(t.Context(), dir, file, true) }
	if err := unprivileged(from); !errors.Is(err, ErrDenied) {
		t.Errorf("backup of a folder: got %v, want ErrDenied", err)
	}
	restore := func() error { _, err := Restore(t.Context(), dir, file, true); return err }
	if err := unprivileged(restore); !errors.Is(err, ErrDenied) {
		t.Errorf("restore into a folder: got %v, want ErrDenied", err)
	}
}
