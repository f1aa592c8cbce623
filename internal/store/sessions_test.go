package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSessions(t *testing.T) {
	s, ctx := open(t, t.TempDir(), Owner), t.Context()
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	session := func(hash, key string, lifetime time.Duration) Session {
		return Session{
			Hash: []byte(hash), Owner: "user:1", Subject: []byte(`{"id":"user:1"}`), KeyID: key,
			CreatedAt: at, ExpiresAt: at.Add(lifetime),
		}
	}
	kept := []Session{session("een", "", time.Hour), session("twee", "key_1", 2*time.Hour), session("drie", "", 3*time.Hour)}
	for _, n := range kept {
		if err := s.AddSession(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddSession(ctx, kept[0]); err == nil {
		t.Error("a hash is kept twice")
	}
	got, err := s.Session(ctx, []byte("twee"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept[1], got); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	if err := s.DeleteSession(ctx, []byte("drie")); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteSession(ctx, []byte("onbekend")); err != nil {
		t.Errorf("delete an unknown one: %v", err)
	}
	if n, err := s.ExpireSessions(ctx, at.Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("expire: got %d, %v, want 1", n, err)
	}
	for hash, there := range map[string]bool{"een": false, "twee": true, "drie": false, "": false} {
		_, err := s.Session(ctx, []byte(hash))
		if there != (err == nil) || !there && !errors.Is(err, ErrNotFound) {
			t.Errorf("session %q: got %v, there %v", hash, err, there)
		}
	}
}
