package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Restore puts a backup in the place of a data folder's database. The file is
// copied and the copy verified before anything changes. A database that is there
// already is replaced only where force says so; it is moved aside, and aside is
// where. The folder always has the one or the other. What is of an older schema
// is migrated when the folder is next opened.
//
// Errors: ErrLocked while an owner runs, fs.ErrExist, fs.ErrNotExist without
// the file, and those of Backup.
func Restore(ctx context.Context, dir, file string, force bool) (aside string, err error) {
	if err := restorable(file); err != nil {
		return "", fmt.Errorf("restore %s: %w", file, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make data folder: %w", fileError(err))
	}
	held, err := lock(ctx, dir)
	if err != nil {
		return "", err
	}
	defer held.Close()
	if !force && Exists(dir) {
		return "", fmt.Errorf("restore into %s: its database: %w", dir, fs.ErrExist)
	}
	target := filepath.Join(dir, fileName)
	err = writeBeside(target, func(temporary string) error {
		if err := copyFile(temporary, file); err != nil {
			return err
		}
		if err := checkFile(ctx, temporary); err != nil {
			return err
		}
		if err := checkContents(ctx, temporary); err != nil {
			return err
		}
		if Exists(dir) {
			aside, err = moveAside(target)
		}
		return err
	})
	if err != nil {
		return aside, fmt.Errorf("restore %s: %w", file, err)
	}
	return aside, nil
}

// checkContents is ErrCorrupt for a database whose contents contradict each other:
// a text that isn't that of its hash would be quoted as if a document said it. One
// of an older schema is checked as a file only; verify can do the rest when it has
// been migrated.
func checkContents(ctx context.Context, path string) error {
	steps, err := migrations(schema)
	if err != nil {
		return err
	}
	v := verifier{seen: Verification{Problems: []Problem{}}}
	err = onFile(ctx, path, func(db *sql.DB) error {
		if have, err := version(ctx, db); err != nil || have < len(steps) {
			return err
		}
		return transact(ctx, db, &sql.TxOptions{ReadOnly: true}, "verify", func(tx *sql.Tx) error { return v.all(ctx, tx) })
	})
	if err == nil && v.seen.Faults > 0 {
		first := v.seen.Problems[0]
		err = fmt.Errorf("%w: %d fault(s), the first: %s %s: %s", ErrCorrupt, v.seen.Faults, first.What, first.ID, first.Detail)
	}
	return err
}

// restorable refuses what can't be a whole backup by the looks of it: a
// database in use has its latest changes in a log beside it.
func restorable(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return fileError(err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(file + suffix); err == nil && info.Size() > 0 {
			return fmt.Errorf("it is no backup: a part of it is in %s", filepath.Base(file)+suffix)
		}
	}
	return nil
}

// copyFile fills a file that is there with what is in another.
func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// moveAside gives a database and its log a second name, as they are: it may be
// damaged. Then it takes away the first name of the log, which would be taken
// for that of its successor. It returns the database's second name.
func moveAside(path string) (string, error) {
	aside := path + ".before-" + time.Now().UTC().Format("20060102T150405.000")
	for _, suffix := range []string{"", "-wal"} {
		err := os.Link(path+suffix, aside+suffix)
		if errors.Is(err, fs.ErrNotExist) && suffix != "" {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("keep the old database: %w", err)
		}
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return aside, err
		}
	}
	return aside, nil
}
