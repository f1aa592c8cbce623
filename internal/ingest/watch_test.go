package ingest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bronwijzer/internal/docs"
)

// TestWatch: files that come, change, move and go, also in new folders, are
// taken over without anybody asking.
func TestWatch(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1)})
	b.run(t, nil)
	g := ingester(t, b.store, b.index, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ran, ended := make(chan struct{}, 100), make(chan error)
	go func() {
		ended <- Watch(ctx, slog.New(slog.DiscardHandler), []string{b.dir}, func(ctx context.Context) error {
			_, err := g.Run(ctx, []Root{{Dir: b.dir}}, nil)
			ran <- struct{}{}
			if errors.Is(err, os.ErrNotExist) {
				return nil // the folder itself is gone
			}
			return err
		})
	}()
	// The first change shows when the folder is watched.
	paths := func() map[string]bool {
		found := map[string]bool{}
		list, _, err := b.store.DocumentPage(t.Context(), docs.Reader{}, 1, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			found[d.Path] = true
		}
		return found
	}
	for _, step := range []struct {
		do   func() error
		want []string
	}{
		{func() error { return os.WriteFile(filepath.Join(b.dir, "b.txt"), []byte(letter("vuur", 1)), 0o600) }, []string{"a.txt", "b.txt"}},
		{func() error { return os.Rename(filepath.Join(b.dir, "a.txt"), filepath.Join(b.dir, "c.txt")) }, []string{"b.txt", "c.txt"}},
		{func() error {
			b.write(t, map[string]string{"sub/diep/d.txt": letter("lucht", 1)})
			return nil
		}, []string{"b.txt", "c.txt", "sub/diep/d.txt"}},
		{func() error { return os.RemoveAll(filepath.Join(b.dir, "sub")) }, []string{"b.txt", "c.txt"}},
		{func() error { return os.Rename(b.dir, b.dir+"-weg") }, []string{"b.txt", "c.txt"}},
		{func() error { return os.Rename(b.dir+"-weg", b.dir) }, []string{"b.txt", "c.txt"}},
		{func() error { return os.WriteFile(filepath.Join(b.dir, "e.txt"), []byte(letter("aarde", 1)), 0o600) }, []string{"b.txt", "c.txt", "e.txt"}},
	} {
		deadline, again := time.After(30*time.Second), time.NewTicker(time.Second)
		for ok := false; !ok; {
			if err := step.do(); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			select {
			case <-ran:
			case <-again.C: // it may have happened before the folder was watched
			case <-deadline:
				t.Fatalf("documents are %v, want %v", paths(), step.want)
			}
			got := paths()
			ok = len(got) == len(step.want)
			for _, p := range step.want {
				ok = ok && got[p]
			}
		}
		again.Stop()
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ends with %v", err)
	}
}
