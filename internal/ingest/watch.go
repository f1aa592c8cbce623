package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long nothing may happen in the folders before what happened is
	// taken over: whoever copies a hundred files is waited for.
	quiet = 500 * time.Millisecond
	// patience is how long that wait may last.
	patience = 10 * time.Second
	// look is how often folders are looked at although nothing was told: network
	// file systems tell nothing.
	look = 5 * time.Minute
	// search is how often a folder that is gone is looked for.
	search = 2 * time.Second
)

// Watch calls changed at once, and then whenever something happened in the
// folders and it is quiet there again, until ctx ends; it returns the error of
// ctx, or of changed. While changed runs, what happens is remembered for the next
// call. Folders that can't be watched are looked at from time to time, and those
// that are gone are looked for: they may come back, or others in their place.
func Watch(ctx context.Context, lg *slog.Logger, dirs []string, changed func(context.Context) error) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch folders: %w", err)
	}
	defer w.Close()
	return follow(ctx, lg, w, dirs, func(ctx context.Context) error {
		// Watched first, so that nothing falls between; and each time, because a
		// folder may stand in another's place.
		for _, dir := range dirs {
			watchBelow(ctx, lg, w, dir)
		}
		return changed(ctx)
	})
}

func follow(ctx context.Context, lg *slog.Logger, w *fsnotify.Watcher, dirs []string, changed func(context.Context) error) error {
	if err := changed(ctx); err != nil {
		return err
	}
	back := time.NewTicker(search)
	defer back.Stop()
	gone := missing(dirs)
	tick := time.NewTicker(look)
	defer tick.Stop()
	var since time.Time // of the first event that isn't dealt with
	due := time.NewTimer(look)
	due.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e := <-w.Events:
			if e.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(e.Name), ".") {
				continue
			}
			if e.Has(fsnotify.Create) {
				watchBelow(ctx, lg, w, e.Name)
			}
			if since.IsZero() {
				since = time.Now()
			}
			due.Reset(min(quiet, max(0, patience-time.Since(since))))
			continue
		case err := <-w.Errors:
			// Too many events at once: some are lost.
			lg.WarnContext(ctx, "watching folders", "error", err)
		case <-tick.C:
		case <-due.C:
		case <-back.C:
			if missing(dirs) == gone {
				continue
			}
		}
		since = time.Time{}
		if err := changed(ctx); err != nil {
			return err
		}
		gone = missing(dirs)
	}
}

// missing counts the folders that aren't there.
func missing(dirs []string) int {
	n := 0
	for _, dir := range dirs {
		if _, err := os.Stat(dir); err != nil {
			n++
		}
	}
	return n
}

// watchBelow watches a folder and those in it; a name that is none is left out.
func watchBelow(ctx context.Context, lg *slog.Logger, w *fsnotify.Watcher, dir string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && !d.IsDir():
			return nil
		case err != nil:
			return err
		case strings.HasPrefix(d.Name(), ".") && path != dir:
			return fs.SkipDir
		}
		return w.Add(path)
	})
	if err != nil {
		lg.WarnContext(ctx, "folder can't be watched; it is looked at from time to time", "folder", dir, "error", err)
	}
}
