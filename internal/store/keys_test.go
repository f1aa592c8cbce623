package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAccessKeys(t *testing.T) {
	s, ctx := open(t, t.TempDir(), Owner), t.Context()
	at := func(seconds int64) time.Time { return time.Unix(1_700_000_000+seconds, 0).UTC() }
	hash := func(b byte) []byte { return append(make([]byte, 31), b) }
	keys := []AccessKey{
		{
			ID: "a", Hash: hash(1), Name: "een", Scopes: []string{"chat", "search"}, Groups: []string{"x", "y, z"}, Rate: 0.5,
			CreatedAt: at(1), ExpiresAt: at(9),
		},
		// Named as the other's id: an id counts first.
		{ID: "b", Hash: hash(2), Name: "a", Scopes: []string{"admin"}, Groups: []string{}, CreatedAt: at(0)},
	}
	for _, k := range keys {
		if err := s.AddAccessKey(ctx, k); err != nil {
			t.Fatal(err)
		}
		got, err := s.AccessKeyByHash(ctx, k.Hash)
		if d := cmp.Diff(k, got); d != "" || err != nil {
			t.Errorf("by hash (-want +got), %v:\n%s", err, d)
		}
		if got, err = s.AccessKey(ctx, k.ID); cmp.Diff(k, got) != "" || err != nil {
			t.Errorf("by id: got %+v, %v", got, err)
		}
	}
	if got, err := s.AccessKeys(ctx); err != nil || cmp.Diff([]AccessKey{keys[1], keys[0]}, got) != "" {
		t.Errorf("list: got %+v, %v", got, err)
	}
	for _, taken := range []AccessKey{
		{ID: "c", Hash: hash(3), Name: "een", CreatedAt: at(2)},
		{ID: "a", Hash: hash(3), Name: "drie", CreatedAt: at(2)},
		{ID: "c", Hash: hash(1), Name: "drie", CreatedAt: at(2)},
	} {
		if err := s.AddAccessKey(ctx, taken); err == nil || (taken.Name == "een") != errors.Is(err, ErrExists) {
			t.Errorf("%+v: got %v", taken, err)
		}
	}

	got, err := s.RevokeAccessKey(ctx, "a", at(5))
	if err != nil || got.ID != "a" || !got.RevokedAt.Equal(at(5)) {
		t.Fatalf("revoke: got %+v, %v", got, err)
	}
	if kept, err := s.AccessKeyByHash(ctx, hash(1)); err != nil || cmp.Diff(got, kept) != "" {
		t.Errorf("a revoked key isn't kept: %+v, %v", kept, err)
	}
	// Its id now stands for nothing, so the name counts.
	if got, err := s.RevokeAccessKey(ctx, "a", at(6)); err != nil || got.ID != "b" {
		t.Errorf("revoke by name: got %+v, %v", got, err)
	}
	if _, err := s.RevokeAccessKey(ctx, "a", at(7)); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoke again: got %v, want ErrNotFound", err)
	}
	if kept, err := s.AccessKey(ctx, "a"); err != nil || !kept.RevokedAt.Equal(at(5)) {
		t.Errorf("revoked twice: %+v, %v", kept, err)
	}
	if err := s.AddAccessKey(ctx, AccessKey{ID: "d", Hash: hash(4), Name: "een", CreatedAt: at(8)}); err != nil {
		t.Errorf("the name of a revoked key: %v", err)
	}
	if _, err := s.AccessKeyByHash(ctx, hash(9)); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown hash: got %v", err)
	}
	if _, err := s.AccessKey(ctx, "z"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown id: got %v", err)
	}
}
