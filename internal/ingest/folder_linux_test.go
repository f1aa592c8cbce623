package ingest

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What can't be listed is refused; what lay in it isn't taken for gone.
func TestScanFolderWithoutRights(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"a.txt": letter("water", 1), "dicht/b.txt": letter("land", 1)})
	closed := filepath.Join(dir, "dicht")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // somebody else has to get in
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(closed, 0o700); err != nil {
			t.Error(err)
		}
	})
	var f *folder
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
		var err error
		f, err = scan(Root{Name: "map", Dir: dir})
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	defer f.files.close()
	if len(f.paths) != 1 || len(f.refused) != 1 || reason(f.refused[0].err) != "Bronwijzer mag dit niet lezen." {
		t.Errorf("got files %v, refused %v", f.paths, f.refused)
	}
	for path, want := range map[string]bool{"a.txt": true, "dicht/b.txt": true, "dicht": true, "dichtbij.txt": false, "weg.txt": false} {
		if got := f.has(path); got != want {
			t.Errorf("has %s: got %v, want %v", path, got, want)
		}
	}
}

// Pipes and sockets have no text, whatever they are called; opening one may wait
// for ever.
func TestPipesAreNotRead(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1)})
	if err := unix.Mkfifo(filepath.Join(b.dir, "pijp.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(b.dir, "s.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	plan(t, "pipe", Report{Added: []string{"map/a.txt"}}, b.run(t, nil))

	// As when it took the place of a file since.
	f, err := scan(Root{Name: "map", Dir: b.dir})
	if err != nil {
		t.Fatal(err)
	}
	defer f.files.close()
	if _, err := f.files.read(t.Context(), "pijp.txt", nil); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("got %v", err)
	}
}
