package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"bronwijzer/internal/store"
)

// keyPrefix begins every key.
const keyPrefix = "bw_"

// Key is what is known of a key: everything but the key itself.
type Key struct {
	// ID names it in subjects and the audit log; NewKey sets it.
	ID string
	// Name is chosen by whoever makes it; no two keys that aren't revoked have
	// the same.
	Name   string
	Scopes Scopes
	Groups []string
	// Rate is in requests a second; 0 is the usual one.
	Rate float64
	// Created is set by NewKey. Expires is when it stops being valid, Revoked
	// when it was made to; zero when never.
	Created, Expires, Revoked time.Time
}

// Valid reports whether a key may still be used at a moment.
func (k *Key) Valid(at time.Time) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || at.Before(k.Expires))
}

// Subject is whoever shows the key.
func (k *Key) Subject() Subject {
	return Subject{ID: "key:" + k.ID, Name: k.Name, Groups: k.Groups, Scopes: k.Scopes, Rate: k.Rate}
}

// Errors about keys.
var (
	// ErrNameTaken says that a key that isn't revoked has that name.
	ErrNameTaken = errors.New("another key has that name")
	// ErrNoKey says that there is no such key, or it is revoked already.
	ErrNoKey = errors.New("no such key")
)

// NewKey makes a key of 256 random bits, which is returned once and kept nowhere.
// Of k it takes what isn't said to be set here.
func (s *Service) NewKey(ctx context.Context, k Key) (key string, made Key, err error) {
	now := s.now().UTC()
	if err := k.check(now); err != nil {
		return "", Key{}, fmt.Errorf("make key: %w", err)
	}
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails
	key = keyPrefix + base64.RawURLEncoding.EncodeToString(secret)
	k.ID, k.Revoked = strings.ToLower(rand.Text()[:keyIDLength]), time.Time{}
	k.Created = now.Truncate(time.Microsecond) // as the store keeps it
	err = s.store.AddAccessKey(ctx, store.AccessKey{
		ID: k.ID, Hash: hashKey(key), Name: k.Name, Scopes: k.Scopes.Names(), Groups: k.Groups, Rate: k.Rate,
		CreatedAt: k.Created, ExpiresAt: k.Expires,
	})
	switch {
	case errors.Is(err, store.ErrExists):
		return "", Key{}, fmt.Errorf("make key: %w: %q", ErrNameTaken, k.Name)
	case err != nil:
		return "", Key{}, err
	}
	return key, k, nil
}

// keyIDLength gives ids of 80 bits: nothing secret, but no two the same.
const keyIDLength = 16

// check refuses what no key can be.
func (k *Key) check(now time.Time) error {
	switch {
	case !saneName(k.Name):
		return fmt.Errorf("name %q isn't 1 to %d printable characters without comma", k.Name, maxName)
	case k.Scopes == 0:
		return errors.New("a key needs a scope")
	case len(k.Groups) > maxGroups:
		return fmt.Errorf("more than %d groups", maxGroups)
	case k.Rate < 0 || math.IsNaN(k.Rate) || math.IsInf(k.Rate, 0):
		return fmt.Errorf("rate %v isn't 0 or more", k.Rate)
	case !k.Expires.IsZero() && !k.Expires.After(now):
		return fmt.Errorf("expiry %s has passed", k.Expires.Format(time.RFC3339))
	}
	if i := slices.IndexFunc(k.Groups, func(g string) bool { return !saneName(g) }); i >= 0 {
		return fmt.Errorf("group %q isn't 1 to %d printable characters without comma", k.Groups[i], maxName)
	}
	return nil
}

// Keys lists every key, also those that are no longer valid, the oldest first.
func (s *Service) Keys(ctx context.Context) ([]Key, error) {
	kept, err := s.store.AccessKeys(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Key, len(kept))
	for i := range kept {
		if list[i], err = keyOf(&kept[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// RevokeKey ends a key, by its id or its name. A running server on the same data
// folder refuses it from the next request on. Unknown and revoked ones are
// ErrNoKey.
func (s *Service) RevokeKey(ctx context.Context, idOrName string) (Key, error) {
	kept, err := s.store.RevokeAccessKey(ctx, idOrName, s.now())
	if errors.Is(err, store.ErrNotFound) {
		return Key{}, fmt.Errorf("revoke key: %w: %q", ErrNoKey, idOrName)
	}
	if err != nil {
		return Key{}, err
	}
	return keyOf(&kept)
}

// byKey is whoever's key is in a request's headers.
func (s *Service) byKey(r *http.Request) (Subject, error) {
	key, err := headerKey(r.Header)
	if err != nil {
		return Subject{}, err
	}
	k, err := s.checkKey(r.Context(), key)
	if err != nil {
		return Subject{}, err
	}
	return k.Subject(), nil
}

// checkKey finds a valid key, or returns ErrBadCredential.
//
// It is looked up by its hash, in the store's index, and so in a time that
// depends on the hash. That tells a stranger nothing: to learn a stored hash bit
// by bit they would have to choose hashes, and SHA-256 lets them choose keys
// only; and knowing the hash wouldn't give them the key, which is 256 random bits
// and so can't be tried out either (that is also why no slow hash is needed).
// What is found is compared again in constant time, so that nothing rests on how
// a database compares.
//
// There is no cache: looking up takes 0.08 ms, and a key that is revoked, by
// whatever process, is refused from the next request on.
func (s *Service) checkKey(ctx context.Context, key string) (Key, error) {
	hash := hashKey(key)
	kept, err := s.store.AccessKeyByHash(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Key{}, ErrBadCredential
	}
	if err != nil {
		return Key{}, err
	}
	k, err := keyOf(&kept)
	if err != nil {
		return Key{}, err
	}
	if subtle.ConstantTimeCompare(kept.Hash, hash) != 1 || !k.Valid(s.now()) {
		return Key{}, ErrBadCredential
	}
	return k, nil
}

func hashKey(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// keyOf reads what is kept of a key. A scope that this program doesn't know is
// an error: a newer one may have made the key.
func keyOf(kept *store.AccessKey) (Key, error) {
	scopes, err := ParseScopes(kept.Scopes)
	if err != nil {
		return Key{}, fmt.Errorf("read key %s: %w", kept.ID, err)
	}
	return Key{
		ID: kept.ID, Name: kept.Name, Scopes: scopes, Groups: kept.Groups, Rate: kept.Rate,
		Created: kept.CreatedAt, Expires: kept.ExpiresAt, Revoked: kept.RevokedAt,
	}, nil
}
