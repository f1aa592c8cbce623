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

// errTorn says that a line is no whole entry.
var errTorn = errors.New("line is no entry")

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
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return skipped, err
		}
		end := err != nil
		if line = bytes.TrimSpace(line); len(line) > 0 {
			e, err := parseEntry(line)
			if err != nil {
				skipped++
			} else if err := f(e); err != nil {
				return skipped, err
			}
		}
		if end {
			return skipped, nil
		}
	}
}

func parseEntry(line []byte) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", errTorn, err)
	}
	if e.Action == "" || e.Time.IsZero() {
		return Entry{}, errTorn
	}
	return e, nil
}

// errEnough ends reading when the first entry was found.
var errEnough = errors.New("enough")

// firstEntry reads the first whole entry of a file.
func firstEntry(f *os.File) (Entry, error) {
	var first Entry
	_, err := readEntries(io.NewSectionReader(f, 0, 1<<20), func(e Entry) error {
		first = e
		return errEnough
	})
	switch {
	case errors.Is(err, errEnough):
		return first, nil
	case err == nil:
		err = errTorn
	}
	return Entry{}, err
}
