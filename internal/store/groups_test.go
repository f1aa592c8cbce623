package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
)

// TestGroups: who may read a document is decided for all its versions, also of
// one that is gone, and for lists, counts and texts alike.
func TestGroups(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	if err := s.SetRoot(ctx, "corpus", "/corpus"); err != nil {
		t.Fatal(err)
	}
	put := func(path, text string, groups ...string) string {
		t.Helper()
		d := docs.Document{ID: docs.NewID("corpus", path), Root: "corpus", Path: path, Text: text, Version: docs.Version(text)}
		d.Groups = groups
		if _, err := s.PutDocument(ctx, d, nil, text); err != nil {
			t.Fatal(err)
		}
		return d.ID
	}
	put("open.txt", "open")
	one := put("een.txt", "oud")
	put("een.txt", "nieuw", "b", "a")
	two := put("twee.txt", "oud", "c") // the same text as that of a document that everybody may read
	put("drie.txt", "oud")

	groups, err := s.Groups(ctx, "corpus")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"open.txt": nil, "een.txt": {"a", "b"}, "twee.txt": {"c"}, "drie.txt": nil}, groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	sees := func(r docs.Reader) (seen []string) {
		t.Helper()
		list, total, err := s.DocumentPage(ctx, r, 1, 10)
		if err != nil || total != len(list) {
			t.Fatalf("%d of %d documents, %v", len(list), total, err)
		}
		for _, d := range list {
			seen = append(seen, d.Path)
			if _, err := s.Document(ctx, r, d.ID); err != nil {
				t.Errorf("%+v: %s is in the list: %v", r, d.Path, err)
			}
		}
		for _, id := range []string{one, two} {
			_, textErr := s.Text(ctx, r, id, docs.Version("oud"))
			may, err := s.May(ctx, r, []string{id})
			if err != nil || may != (textErr == nil) || !may && !errors.Is(textErr, ErrNotFound) {
				t.Errorf("%+v: may %t, text %v, %v", r, may, textErr, err)
			}
			if may {
				seen = append(seen, id)
			}
		}
		return seen
	}
	for _, tt := range []struct {
		reader docs.Reader
		want   []string
	}{
		{docs.Reader{}, []string{"drie.txt", "open.txt"}},
		{docs.Reader{Groups: []string{"x"}}, []string{"drie.txt", "open.txt"}},
		{docs.Reader{Groups: []string{"b", "x"}}, []string{"drie.txt", "een.txt", "open.txt", one}},
		{docs.Reader{Groups: []string{"c"}}, []string{"drie.txt", "open.txt", "twee.txt", two}},
		{docs.Reader{All: true}, []string{"drie.txt", "een.txt", "open.txt", "twee.txt", one, two}},
	} {
		if diff := cmp.Diff(tt.want, sees(tt.reader)); diff != "" {
			t.Errorf("%+v sees (-want +got):\n%s", tt.reader, diff)
		}
	}

	if err := s.SetGroups(ctx, one, []string{"x"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"drie.txt", "open.txt"}, sees(docs.Reader{Groups: []string{"b"}})); diff != "" {
		t.Errorf("after a change (-want +got):\n%s", diff)
	}
	if _, err := s.RemoveDocument(ctx, one); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Text(ctx, docs.Reader{Groups: []string{"b"}}, one, docs.Version("oud")); !errors.Is(err, ErrNotFound) {
		t.Errorf("text of a document that is gone: %v", err)
	}
	if text, err := s.Text(ctx, docs.Reader{Groups: []string{"x"}}, one, docs.Version("oud")); err != nil || text != "oud" {
		t.Errorf("text of a document that is gone, for a member: %q, %v", text, err)
	}
}

// TestGroupsOfGone: they are known for as long as texts are, and twice the same
// is once.
func TestGroupsOfGone(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	if err := s.SetRoot(ctx, "corpus", "corpus"); err != nil {
		t.Fatal(err)
	}
	doc, passages := made("een.txt", 1, 1)
	doc.Groups = []string{"b", "a", "b"}
	of := func() []string {
		t.Helper()
		groups, err := s.GroupsOfGone(ctx, doc.ID)
		if err != nil {
			t.Fatal(err)
		}
		return groups
	}
	if _, err := s.PutDocument(ctx, doc, passages, "1"); err != nil {
		t.Fatal(err)
	}
	if got := of(); len(got) != 0 {
		t.Errorf("there: got %v", got)
	}
	if _, err := s.RemoveDocument(ctx, doc.ID); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, of()); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
}
