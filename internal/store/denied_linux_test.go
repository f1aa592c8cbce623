package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOpenWithoutRights(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := tryOpen(dir, Owner); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Error(err)
		}
	}()
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
		done <- tryOpen(dir, Owner)
	}()
	if err := <-done; !errors.Is(err, ErrDenied) {
		t.Errorf("got %v, want ErrDenied", err)
	}
}
