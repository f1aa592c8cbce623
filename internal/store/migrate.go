package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// schema holds the migrations: NNNN_name.sql, numbered from 1 without gaps.
// What is released is never edited; a change is a new file.
//
//go:embed migrations/*.sql
var schema embed.FS

// applicationID marks our databases: "Bron" in ASCII.
const applicationID = 0x42726f6e

// prepare brings the database to the schema of this program. Beside a running
// owner nothing is migrated: it might be an older program that knows only the
// schema it made.
func (s *Store) prepare(ctx context.Context, dir string, mode Mode) error {
	steps, err := migrations(schema)
	if err != nil {
		return err
	}
	have, err := version(ctx, s.writer)
	switch {
	case err != nil:
		return err
	case have > len(steps):
		return fmt.Errorf("%w: its schema is %d, the latest known is %d", ErrTooNew, have, len(steps))
	case have == len(steps):
		return useLog(ctx, s.writer)
	}
	if mode == Beside {
		f, err := lock(ctx, dir)
		if err != nil {
			return fmt.Errorf("schema has to be migrated first: %w", err)
		}
		defer f.Close()
	}
	// The page size can only be chosen while the database is empty, and before
	// it goes to WAL.
	if _, err := s.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA page_size = %d", pageSize)); err != nil {
		return err
	}
	if err := useLog(ctx, s.writer); err != nil {
		return err
	}
	return migrate(ctx, s.writer, steps)
}

// useLog has the database write ahead to a log, so that reading and writing
// don't wait for each other. It is a property of the file; a backup hasn't got
// it.
func useLog(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	return err
}

// migrations are the statements of the files, in order of their numbers.
func migrations(files fs.FS) ([]string, error) {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var steps []string
	for i, name := range names {
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s: want number %d", name, i+1)
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, string(b))
	}
	return steps, nil
}

// version is the number of migrations that the database has had. A database
// that isn't empty and isn't ours is ErrForeign.
func version(ctx context.Context, db *sql.DB) (int, error) {
	var have, id, tables int
	err := db.QueryRowContext(ctx, `SELECT
		(SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id),
		(SELECT COUNT(*) FROM sqlite_schema)`).Scan(&have, &id, &tables)
	if err == nil && id != applicationID && (id != 0 || have != 0 || tables != 0) {
		err = ErrForeign
	}
	return have, err
}

// migrate applies the steps that the database hasn't had, all or none.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	return transact(ctx, db, nil, "migrate schema", func(tx *sql.Tx) error {
		var have int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
			return err
		}
		for i := have; i < len(steps); i++ { // none when another process was first
			if _, err := tx.ExecContext(ctx, steps[i]); err != nil {
				return fmt.Errorf("step %d: %w", i+1, err)
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d",
			max(have, len(steps)), applicationID))
		return err
	})
}
