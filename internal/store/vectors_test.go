package store

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/llm"
)

func TestVectors(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	m := Model{Name: "e5", Dim: 3}
	a, b := llm.Vector{1, 0, 0}, llm.Vector{0.1, math.SmallestNonzeroFloat32, float32(math.Copysign(0, -1))}
	keys := []Key{key("a"), key("b")}
	if err := s.PutVectors(ctx, m, keys, []llm.Vector{a, b}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutVectors(ctx, m, keys[:1], []llm.Vector{b}); err != nil { // stays what it was
		t.Fatal(err)
	}
	got, err := s.Vectors(ctx, m, []Key{key("b"), key("c"), key("a"), key("b")})
	if diff := cmp.Diff([]llm.Vector{b, nil, a, b}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, other := range []Model{{"e5", 4}, {"e6", 3}} {
		got, err := s.Vectors(ctx, other, keys)
		if diff := cmp.Diff([]llm.Vector{nil, nil}, got); diff != "" || err != nil {
			t.Error(other, diff, err)
		}
	}
	for _, wrong := range [][]llm.Vector{{a}, {a, {1, 2}}, {a, nil}} {
		if err := s.PutVectors(ctx, m, []Key{key("x"), key("y")}, wrong); err == nil {
			t.Errorf("%v: got no error", wrong)
		}
	}
	if got := all(t, s, m); len(got) != 2 {
		t.Errorf("after refused vectors: got %v", got)
	}
}

func TestRetainVectors(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	old, m := Model{"old", 1}, Model{"new", 2}
	keys := []Key{key("a"), key("b"), key("c")}
	if err := s.PutVectors(ctx, old, keys, []llm.Vector{{1}, {1}, {1}}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutVectors(ctx, m, keys, []llm.Vector{{1, 0}, {0, 1}, {-1, 0}}); err != nil {
		t.Fatal(err)
	}
	used := map[Key]struct{}{key("a"): {}, key("c"): {}, key("d"): {}}
	if n, err := s.RetainVectors(ctx, m, used); n != 4 || err != nil {
		t.Errorf("removed %d, %v; want 4", n, err)
	}
	want := map[Key]llm.Vector{key("a"): {1, 0}, key("c"): {-1, 0}}
	if diff := cmp.Diff(want, all(t, s, m)); diff != "" {
		t.Error(diff)
	}
	if got := all(t, s, old); len(got) != 0 {
		t.Errorf("of the old model: got %v", got)
	}
}

func all(t *testing.T, s *Store, m Model) map[Key]llm.Vector {
	t.Helper()
	got := map[Key]llm.Vector{}
	if err := s.EachVector(t.Context(), m, func(k Key, v llm.Vector) error { got[k] = v; return nil }); err != nil {
		t.Fatal(err)
	}
	return got
}
