package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// clearAgain is how long to wait for who reads, before the log is tried again.
const clearAgain = 250 * time.Millisecond

// errRead is the reason that a log can't be cleared: a reader may need it yet.
var errRead = errors.New("it is being read")

// cleaner empties the log beside the database, in which what was erased is still
// to be read. It has a connection of its own that waits for nobody: SQLite lets
// nobody write as long as a clearing waits for readers.
type cleaner struct {
	db   *sql.DB
	stop chan struct{} // closed with the store
	work sync.WaitGroup

	mu sync.Mutex
	// cleared is closed when the log is empty again; nil while it is.
	cleared chan struct{}
}

// try empties the log now, or says why it can't be.
func (c *cleaner) try(ctx context.Context) error {
	var busy, frames, moved int
	err := c.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
	if err == nil && busy != 0 {
		return errRead
	}
	return err
}

// erase runs f as write does, and then sees to it that nothing of what f
// removed is left in the log beside the database; its pages were overwritten
// already, see secure_delete. Where somebody reads what the log holds that is
// done as soon as they have; see Cleared.
func (s *Store) erase(ctx context.Context, what string, f func(*sql.Tx) error) error {
	if err := s.write(ctx, what, f); err != nil {
		return err
	}
	if err := s.cleaner.try(ctx); err != nil {
		s.lg.WarnContext(ctx, "log of the database isn't cleared yet", "error", err)
		s.cleaner.later(context.WithoutCancel(ctx))
	}
	return nil
}

// later tries until the log is empty, or the store is closed.
func (c *cleaner) later(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cleared != nil {
		return
	}
	cleared := make(chan struct{})
	c.cleared = cleared
	c.work.Go(func() {
		again := time.NewTicker(clearAgain)
		defer again.Stop()
		for c.try(ctx) != nil {
			select {
			case <-c.stop:
				return
			case <-again.C:
			}
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.cleared = nil
		close(cleared)
	})
}

// close ends it; a log that isn't empty by then stays as it is.
func (c *cleaner) close() error {
	if c.db == nil {
		return nil
	}
	close(c.stop)
	c.work.Wait()
	return c.db.Close()
}

// Cleared waits until nothing of what this process erased is left in the log
// beside the database, or ctx ends; then some of it may be.
func (s *Store) Cleared(ctx context.Context) error {
	s.cleaner.mu.Lock()
	cleared := s.cleaner.cleared
	s.cleaner.mu.Unlock()
	if cleared == nil {
		return nil
	}
	select {
	case <-cleared:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("clear log of the database: %w", context.Cause(ctx))
	}
}
