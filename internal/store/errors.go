package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The errors of this package that a caller may want to tell apart. They come
// wrapped, with what was being done and to what.
var (
	// ErrNotFound: there is nothing with that id, or it is another owner's.
	ErrNotFound = errors.New("not found")
	// ErrExists: there is one already, and there can be no two.
	ErrExists = errors.New("exists already")
	// ErrLocked: another process owns the data folder.
	ErrLocked = errors.New("in use")
	// ErrTooNew: a newer version of the program has written the database.
	ErrTooNew = errors.New("database is of a newer version of this program")
	// ErrForeign: the file is a database, but of another program.
	ErrForeign = errors.New("database is of another program")
	// ErrCorrupt: the file isn't a database, or is damaged.
	ErrCorrupt = errors.New("file is damaged or no database")
	// ErrFull: the disk is full; nothing of the change was kept.
	ErrFull = errors.New("disk is full")
	// ErrDenied: the program may not read or write the data folder.
	ErrDenied = errors.New("no right to read and write")
)

// explain joins one of the errors above to what SQLite reports.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	kind := map[int]error{
		sqlite3.SQLITE_NOTADB:   ErrCorrupt,
		sqlite3.SQLITE_CORRUPT:  ErrCorrupt,
		sqlite3.SQLITE_FULL:     ErrFull,
		sqlite3.SQLITE_READONLY: ErrDenied,
		sqlite3.SQLITE_CANTOPEN: ErrDenied,
		sqlite3.SQLITE_PERM:     ErrDenied,
	}[e.Code()&0xff] // the low byte is the kind, the rest its variant
	if kind == nil {
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// denied joins ErrDenied to a file system's refusal.
func denied(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return err
}

// fileError joins ErrDenied or ErrFull to what a file system reports.
func fileError(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return denied(err)
}
