// Package store keeps everything that must survive the process, in one SQLite
// database in the data folder: texts by their hash, documents with their
// passages and sentences, vectors, conversations with the answer records and the
// links to them, feedback, keys and sessions, accepted work and settings. It
// makes backups of that database, puts them back, and checks all of it against
// itself. What it refuses is one of the errors of errors.go.
//
// It owns the data folder, the schema and its migrations, and the promise that
// what it acknowledged is durable. It never searches, never embeds and doesn't
// look inside a record beyond what it needs to find it. Its invariant: a document
// is replaced as a whole or not at all, and a text that is current or that a
// record cites stays readable, unchanged; and a text is read for a docs.Reader,
// who gets ErrNotFound for what isn't for them.
//
// The SQL keeps to what PostgreSQL understands too, where that costs nothing;
// what is SQLite's alone is in this file, errors.go and migrate.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fileName is the database in the data folder.
const fileName = "bronwijzer.db"

// readers bounds the connections that read at the same time.
const readers = 8

// lockTime is how long a connection waits for another's lock.
const lockTime = 10 * time.Second

// pageSize in bytes. A vector of 384 numbers takes 1.6 kB: on pages of 4 kB a
// fifth of the file is waste.
const pageSize = 8192

// Mode says what a process wants with the data folder.
type Mode int

// The modes.
const (
	// Owner may do everything; there is one at a time. It is for whoever serves
	// or ingests.
	Owner Mode = iota
	// Beside reads, and makes short changes next to a running owner.
	Beside
)

// Store is an open data folder. It is safe for concurrent use.
type Store struct {
	lg     *slog.Logger
	writer *sql.DB // one connection
	reader *sql.DB
	// cleaner comes after both: its work ends before they close.
	cleaner cleaner
	lock    *os.File // nil in mode Beside
}

// Open opens the data folder, and makes folder, database and schema where they
// are missing. Errors: ErrLocked, ErrTooNew, ErrForeign, ErrCorrupt, ErrDenied,
// ErrFull.
func Open(ctx context.Context, lg *slog.Logger, dir string, mode Mode) (*Store, error) {
	s := &Store{lg: lg}
	if err := s.open(ctx, dir, mode); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, dir string, mode Mode) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("open data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", denied(err))
	}
	if mode == Owner {
		if s.lock, err = lock(ctx, dir); err != nil {
			return err
		}
	}
	path := filepath.Join(dir, fileName)
	if err := create(path); err != nil {
		return err
	}
	if err := s.connect(path); err != nil {
		return err
	}
	if err := s.prepare(ctx, dir, mode); err != nil {
		return fmt.Errorf("open %s: %w", path, explain(err))
	}
	return nil
}

// create makes the database file where it is missing, so that nobody else may
// read it: SQLite gives the files beside it the same rights.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open database: %w", denied(err))
	}
	return f.Close()
}

// connect sets up the connections. Those that read and write wait for a lock of
// another process rather than fail at once.
func (s *Store) connect(path string) (err error) {
	name := dataSource(path, lockTime) + "&_pragma=cache_size(-32000)"
	// FULL: a commit is on the disk before it is acknowledged. secure_delete:
	// what is erased is overwritten, not only unlinked.
	s.writer, err = sql.Open("sqlite", name+"&_txlock=immediate&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.writer.SetMaxOpenConns(1)
	s.reader, err = sql.Open("sqlite", name+"&_pragma=query_only(1)")
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	s.cleaner.db, err = sql.Open("sqlite", dataSource(path, 0))
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.cleaner.db.SetMaxOpenConns(1)
	s.cleaner.stop = make(chan struct{})
	return nil
}

// dataSource names a database file, by its absolute path, to the driver, and how
// long to wait for a lock of somebody else.
func dataSource(path string, wait time.Duration) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String() +
		fmt.Sprintf("?_pragma=busy_timeout(%d)&_pragma=foreign_keys(1)", wait.Milliseconds())
}

// Close waits for running statements and gives up the data folder.
func (s *Store) Close() error {
	errs := []error{s.cleaner.close()}
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close data folder: %w", err)
	}
	return nil
}

// SetAddress tells others where the owner listens: host and port. See
// RunningAddress. It is an error in mode Beside.
func (s *Store) SetAddress(address string) error {
	if s.lock == nil {
		return errors.New("set address: not the owner of the data folder")
	}
	return writeHolder(s.lock, address)
}

// Setting returns the value kept under name, or ErrNotFound.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := s.reader.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	return value, failed(err, "read setting", name)
}

// SetSetting keeps a value under a name.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	return s.write(ctx, "keep setting "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
}

// write runs f in one transaction: all of it is durable when write returns nil,
// and none of it happened when it returns an error.
func (s *Store) write(ctx context.Context, what string, f func(*sql.Tx) error) error {
	return transact(ctx, s.writer, nil, what, f)
}

// read runs f on one state of the database.
func (s *Store) read(ctx context.Context, what string, f func(*sql.Tx) error) error {
	return transact(ctx, s.reader, &sql.TxOptions{ReadOnly: true}, what, f)
}

func transact(ctx context.Context, db *sql.DB, opts *sql.TxOptions, what string, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return failed(err, what, "")
	}
	if err := f(tx); err != nil {
		return errors.Join(failed(err, what, ""), rollback(tx))
	}
	return failed(tx.Commit(), what, "")
}

// rollback ends a failed transaction; that the driver has done so already, as
// it does when ctx ends, is no error.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// failed says what failed: operation, thing, cause. It keeps nil nil.
func failed(err error, operation, thing string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		err = ErrNotFound
	}
	if thing != "" {
		operation += " " + thing
	}
	return fmt.Errorf("%s: %w", operation, explain(err))
}

// scan is the Scan of a row or of rows.
type scan func(dest ...any) error

// each runs a query and hands every row to f.
func each(ctx context.Context, tx *sql.Tx, f func(scan) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }
