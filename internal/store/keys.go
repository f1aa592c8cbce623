package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// AccessKey is what is kept of somebody's key: not the key itself.
type AccessKey struct {
	ID string
	// Hash is the SHA-256 of the key; no two have the same.
	Hash []byte
	// Name is that of no other key that isn't revoked.
	Name           string
	Scopes, Groups []string
	// Rate is in requests a second; 0 is the usual one.
	Rate float64
	// ExpiresAt and RevokedAt are zero where they don't apply.
	CreatedAt, ExpiresAt, RevokedAt time.Time
}

// AddAccessKey keeps a key. One whose name another has that isn't revoked is
// ErrExists.
func (s *Store) AddAccessKey(ctx context.Context, k AccessKey) error {
	scopes, err := json.Marshal(append([]string{}, k.Scopes...))
	if err != nil {
		return fmt.Errorf("keep key: %w", err)
	}
	groups, err := json.Marshal(append([]string{}, k.Groups...))
	if err != nil {
		return fmt.Errorf("keep key: %w", err)
	}
	return s.write(ctx, "keep key "+k.ID, func(tx *sql.Tx) error {
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM keys WHERE name = $1 AND revoked_at = 0`, k.Name).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return ErrExists
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO keys (id, hash, name, scopes, groups, rate, created_at, expires_at, revoked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, k.ID, k.Hash, k.Name, string(scopes), string(groups), k.Rate,
			micros(k.CreatedAt), microsOrNever(k.ExpiresAt), microsOrNever(k.RevokedAt))
		return err
	})
}

const selectAccessKey = `SELECT id, hash, name, scopes, groups, rate, created_at, expires_at, revoked_at FROM keys `

func scanAccessKey(scan scan) (AccessKey, error) {
	var k AccessKey
	var scopes, groups string
	var created, expires, revoked int64
	if err := scan(&k.ID, &k.Hash, &k.Name, &scopes, &groups, &k.Rate, &created, &expires, &revoked); err != nil {
		return AccessKey{}, err
	}
	if err := json.Unmarshal([]byte(scopes), &k.Scopes); err != nil {
		return AccessKey{}, err
	}
	if err := json.Unmarshal([]byte(groups), &k.Groups); err != nil {
		return AccessKey{}, err
	}
	k.CreatedAt, k.ExpiresAt, k.RevokedAt = fromMicros(created), fromMicrosOrNever(expires), fromMicrosOrNever(revoked)
	return k, nil
}

// AccessKeyByHash finds a key, whether or not it is still valid. Unknown ones are
// ErrNotFound. It sees what another process has committed before.
func (s *Store) AccessKeyByHash(ctx context.Context, hash []byte) (AccessKey, error) {
	k, err := scanAccessKey(s.reader.QueryRowContext(ctx, selectAccessKey+`WHERE hash = $1`, hash).Scan)
	return k, failed(err, "find key", "")
}

// AccessKey finds a key by its id. Errors as AccessKeyByHash.
func (s *Store) AccessKey(ctx context.Context, id string) (AccessKey, error) {
	k, err := scanAccessKey(s.reader.QueryRowContext(ctx, selectAccessKey+`WHERE id = $1`, id).Scan)
	return k, failed(err, "read key", id)
}

// AccessKeys lists every key, the oldest first.
func (s *Store) AccessKeys(ctx context.Context) ([]AccessKey, error) {
	list := []AccessKey{}
	err := s.read(ctx, "list keys", func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			k, err := scanAccessKey(scan)
			list = append(list, k)
			return err
		}, selectAccessKey+`ORDER BY created_at, id`)
	})
	return list, err
}

// RevokeAccessKey ends the key with this id, or else this name, from a moment on, and
// returns it as it is then. One that is unknown or was revoked before is
// ErrNotFound.
func (s *Store) RevokeAccessKey(ctx context.Context, idOrName string, at time.Time) (AccessKey, error) {
	var k AccessKey
	err := s.write(ctx, "revoke key", func(tx *sql.Tx) (err error) {
		k, err = scanAccessKey(tx.QueryRowContext(ctx, selectAccessKey+`WHERE revoked_at = 0 AND (id = $1 OR name = $1)
			ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END LIMIT 1`, idOrName).Scan)
		if err != nil {
			return err
		}
		k.RevokedAt = fromMicros(micros(at))
		_, err = tx.ExecContext(ctx, `UPDATE keys SET revoked_at = $1 WHERE id = $2`, micros(at), k.ID)
		return err
	})
	return k, err
}

// microsOrNever is micros with 0 for a time that isn't set.
func microsOrNever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

func fromMicrosOrNever(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return fromMicros(n)
}
