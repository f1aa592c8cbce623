package store

import (
	"context"
	"database/sql"
	"time"
)

// Session is a browser that is signed in.
type Session struct {
	// Hash is the SHA-256 of what the browser shows.
	Hash []byte
	// Owner is the subject's id, as conversations have it.
	Owner string
	// Subject is who signed in, as JSON that package access reads.
	Subject []byte
	// KeyID is the key that was signed in with; empty for a person.
	KeyID                string
	CreatedAt, ExpiresAt time.Time
}

// AddSession keeps a session.
func (s *Store) AddSession(ctx context.Context, n Session) error {
	return s.write(ctx, "keep session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (hash, owner, subject, key_id, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, n.Hash, n.Owner, string(n.Subject), n.KeyID, micros(n.CreatedAt), micros(n.ExpiresAt))
		return err
	})
}

// Session returns the session with a hash, or ErrNotFound. Whether it has
// expired is for the caller to see.
func (s *Store) Session(ctx context.Context, hash []byte) (Session, error) {
	found := Session{Hash: hash}
	var created, expires int64
	err := s.reader.QueryRowContext(ctx, `SELECT owner, subject, key_id, created_at, expires_at FROM sessions WHERE hash = $1`, hash).
		Scan(&found.Owner, &found.Subject, &found.KeyID, &created, &expires)
	found.CreatedAt, found.ExpiresAt = fromMicros(created), fromMicros(expires)
	return found, failed(err, "read session", "")
}

// DeleteSession forgets a session; that there is none is no error.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return s.write(ctx, "delete session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash)
		return err
	})
}

// ExpireSessions forgets those that end at a time or before it, and returns how
// many there were.
func (s *Store) ExpireSessions(ctx context.Context, until time.Time) (int, error) {
	var removed int64
	err := s.erase(ctx, "expire sessions", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at <= $1`, micros(until))
		if err != nil {
			return err
		}
		removed, err = result.RowsAffected()
		return err
	})
	return int(removed), err
}
