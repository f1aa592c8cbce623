package chat_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/retrieve/retrievetest"
)

// TestShare: a link opens one answer to others, without its conversation, until
// it is withdrawn; and never a document that isn't for the reader.
func TestShare(t *testing.T) {
	s := newShelf(t, chat.Config{})
	ctx := t.Context()
	rec, _ := s.ask(t, chat.Request{Question: question, By: els})
	piet := access.Subject{ID: "piet"}
	if _, err := s.Share(ctx, piet, rec.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("another shares it: got %v, want %v", err, chat.ErrNotFound)
	}
	link, err := s.Share(ctx, els, rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Shared(ctx, piet, link)
	if err != nil || got.Text != rec.Text || got.ConversationID != "" || len(got.Citations) != len(rec.Citations) {
		t.Errorf("behind the link: got %+v, %v", got, err)
	}
	if _, err := s.Answer(ctx, piet, rec.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("the answer itself: got %v, want %v", err, chat.ErrNotFound)
	}

	limited := s.library.Documents[rec.Citations[0].DocumentID]
	limited.Groups = []string{"opsporing"}
	if _, err := s.store.PutDocument(ctx, limited, nil, "2"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Shared(ctx, piet, link); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("on a limited document: got %v, want %v", err, chat.ErrNotFound)
	}
	piet.Groups = limited.Groups
	if _, err := s.Shared(ctx, piet, link); err != nil {
		t.Errorf("for a member: got %v", err)
	}
	// Els may not read it any more herself, but may still withdraw the link.
	if _, err := s.Answer(ctx, els, rec.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("els reads: got %v, want %v", err, chat.ErrNotFound)
	}
	if err := s.Unshare(ctx, els, rec.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Shared(ctx, piet, link); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("withdrawn: got %v, want %v", err, chat.ErrNotFound)
	}
}

// TestSharedNotice: who asked was told of a newer document that isn't for
// everybody; behind the link, others aren't.
func TestSharedNotice(t *testing.T) {
	library, err := retrievetest.Folder(t.Context(), fstest.MapFS{
		"pilot.txt": letters["pilot.txt"],
		"nieuw.txt": {Data: []byte("De tulpenregeling geldt vanaf 2024.")},
		"manifest.yaml": {Data: []byte(`documents:
  nieuw.txt:
    supersedes: ` + docs.NewID("corpus", "pilot.txt") + `
    groups: [kern]
`)},
	}, nil, retrievetest.Letters)
	if err != nil {
		t.Fatal(err)
	}
	s := newShelfOf(t, library, chat.Config{Notice: "Controleer de bronnen."})
	member := access.Subject{ID: "els", Groups: []string{"kern"}}
	rec, _ := s.ask(t, chat.Request{Question: question, By: member})
	if !strings.Contains(rec.Notice, "nieuwer document") {
		t.Fatalf("a member is told: %q", rec.Notice)
	}
	link, err := s.Share(t.Context(), member, rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		by   access.Subject
		want string
	}{{member, rec.Notice}, {access.Subject{ID: "piet"}, "Controleer de bronnen."}} {
		if got, err := s.Shared(t.Context(), tt.by, link); err != nil || got.Notice != tt.want {
			t.Errorf("%s in %v: got notice %q, %v; want %q", tt.by.ID, tt.by.Groups, got.Notice, err, tt.want)
		}
	}
}
