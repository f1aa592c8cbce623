package access

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	auditName = "audit.log"
	// auditAsideLayout names a file that was put aside, so that names sort as
	// times do.
	auditAsideLayout = "audit-20060102T150405.000000000Z.log"
)

// auditAside is the name of a file that is put aside at a time.
func auditAside(at time.Time) string { return at.UTC().Format(auditAsideLayout) }

// auditsAside lists the names of the files that were put aside, oldest first.
func auditsAside(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, err := time.Parse(auditAsideLayout, e.Name()); err == nil {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// ReadAudit hands every entry of a data folder's audit log to f, oldest first,
// with those of the files that were put aside. It may be called while others
// write. Lines that can't be read, as a crash or a full disk leaves them, are
// skipped and counted. An error of f ends it.
func ReadAudit(dir string, f func(Entry) error) (skipped int, err error) {
	// Opened first: when it is put aside meanwhile, it is in the list and known.
	current, err := os.Open(filepath.Join(dir, auditName))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return 0, fmt.Errorf("read audit log: %w", err)
	}
	defer current.Close() // of nil is an error that nobody needs
	names, err := auditsAside(dir)
	if err != nil {
		return 0, fmt.Errorf("read audit log: %w", err)
	}
	for _, name := range names {
		n, err := readAside(filepath.Join(dir, name), current, f)
		skipped += n
		if err != nil {
			return skipped, fmt.Errorf("read audit log: %s: %w", name, err)
		}
	}
	if current == nil {
		return skipped, nil
	}
	n, err := readEntries(current, f)
	return skipped + n, err
}

// readAside reads a file unless it is current under another name, or was
// removed meanwhile.
func readAside(path string, current *os.File, f func(Entry) error) (skipped int, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if current != nil {
		same, err := sameFile(file, current)
		if same || err != nil {
			return 0, err
		}
	}
	return readEntries(file, f)
}

func sameFile(a, b *os.File) (bool, error) {
	one, err := a.Stat()
	if err != nil {
		return false, err
	}
	other, err := b.Stat()
	return err == nil && os.SameFile(one, other), err
}

// readEntries hands the lines of r to f.
func readEntries(r io.Reader, f func(Entry) error) (skipped int, err error) {
	lines := bufio.NewReader(r)
	for end := false; !end; {
		line, err := lines.ReadBytes('\n')
		if end = errors.Is(err, io.EOF); err != nil && !end {
			return skipped, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		e, ok := parseEntry(line)
		if !ok {
			skipped++
			continue
		}
		if err := f(e); err != nil {
			return skipped, err
		}
	}
	return skipped, nil
}

// parseEntry reads a line; ok is false when it is no whole entry.
func parseEntry(line []byte) (e Entry, ok bool) {
	err := json.Unmarshal(line, &e)
	return e, err == nil && e.Action != "" && !e.Time.IsZero()
}

// errEnough ends reading when the first entry was found.
var errEnough = errors.New("enough")

// firstEntry reads the first whole entry of a file.
func firstEntry(f *os.File) (first Entry, ok bool) {
	_, err := readEntries(io.NewSectionReader(f, 0, 1<<20), func(e Entry) error {
		first = e
		return errEnough
	})
	return first, errors.Is(err, errEnough)
}
