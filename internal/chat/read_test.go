package chat_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// TestDocumentStatus: a record says whether its documents have changed since,
// and its quotes fit the version that they were taken from.
func TestDocumentStatus(t *testing.T) {
	s := newShelf(t, chat.Config{})
	rec, _ := s.ask(t, chat.Request{Question: question})
	id := rec.Citations[0].DocumentID
	status := func(want record.DocumentStatus) {
		t.Helper()
		read, err := s.Answer(t.Context(), els, rec.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range read.Citations {
			wanted := want
			if c.DocumentID != id {
				wanted = record.Current
			}
			if c.DocumentStatus != wanted {
				t.Errorf("citation of %s is %s, want %s", c.DocumentID, c.DocumentStatus, wanted)
			}
			text, err := s.store.Text(t.Context(), docs.Reader{}, c.DocumentID, c.Version)
			if quote, ok := (docs.Span{Start: c.Start, End: c.End}).Slice(text); err != nil || !ok || quote != rec.Citations[i].Quote {
				t.Errorf("citation says %q, its version %q, %v", c.Quote, quote, err)
			}
		}
	}
	status(record.Current)
	put := func(doc docs.Document) {
		t.Helper()
		if _, err := s.store.PutDocument(t.Context(), doc, nil, "2"); err != nil {
			t.Fatal(err)
		}
	}
	was := s.library.Documents[id]
	is := was
	is.Text = "Heel iets anders."
	is.Version = docs.Version(is.Text)
	put(is)
	status(record.Changed)
	put(was)
	status(record.Current)
	next := docs.Document{ID: "doc_next", Root: was.Root, Path: "nieuw.txt", Text: "Nieuw.", Version: docs.Version("Nieuw.")}
	next.Supersedes, next.Groups = []string{id}, []string{"kern"}
	put(next)
	status(record.Current) // els isn't a member
	next.Groups = nil
	put(next)
	status(record.Superseded)
	if _, err := s.store.RemoveDocument(t.Context(), next.ID); err != nil {
		t.Fatal(err)
	}
	status(record.Current)
	if _, err := s.store.RemoveDocument(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	status(record.Withdrawn)
}

func TestOwners(t *testing.T) {
	s := newShelf(t, chat.Config{})
	ctx := t.Context()
	hers, _ := s.ask(t, chat.Request{Question: question, By: els})
	open, _ := s.ask(t, chat.Request{Question: question})

	for name, do := range map[string]func(owner, id string) error{
		"read": func(owner, id string) error {
			_, _, err := s.Conversation(ctx, access.Subject{ID: owner}, id)
			return err
		},
		"rename": func(owner, id string) error { return s.Rename(ctx, access.Subject{ID: owner}, id, "Titel") },
		"go on": func(owner, id string) error {
			_, err := s.Ask(ctx, chat.Request{Question: question, By: access.Subject{ID: owner}, ConversationID: id}, nil)
			return err
		},
	} {
		for _, owner := range []string{"piet", ""} {
			if err := do(owner, hers.ConversationID); !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("%s of els by %q: got %v, want %v", name, owner, err, chat.ErrNotFound)
			}
		}
		if err := do("els", hers.ConversationID); err != nil {
			t.Errorf("%s by els: %v", name, err)
		}
		if err := do("piet", open.ConversationID); err != nil {
			t.Errorf("%s of nobody's: %v", name, err)
		}
		if err := do("els", "conv_unknown"); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("%s of an unknown one: got %v, want %v", name, err, chat.ErrNotFound)
		}
	}
	if err := s.Delete(ctx, access.Subject{ID: "piet"}, hers.ConversationID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("delete by another: got %v, want %v", err, chat.ErrNotFound)
	}
	for _, owner := range []string{"piet", ""} {
		if err := s.DeleteAll(ctx, access.Subject{ID: owner}); err != nil {
			t.Error(err)
		}
	}
	for owner, want := range map[string]int{"els": 1, "piet": 0, "": 1} {
		if _, total, err := s.Conversations(ctx, access.Subject{ID: owner}, 1, 10); err != nil || total != want {
			t.Errorf("%q has %d conversations, %v, want %d", owner, total, err, want)
		}
	}
	if err := s.DeleteAll(ctx, els); err != nil {
		t.Error(err)
	}
	if _, err := s.Answer(ctx, els, hers.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("after its conversation was removed: got %v, want %v", err, chat.ErrNotFound)
	}
}

func TestRename(t *testing.T) {
	s := newShelf(t, chat.Config{})
	rec, _ := s.ask(t, chat.Request{Question: question, By: els})
	tests := []struct {
		title, want string
	}{
		{" De  pilot\n", "De pilot"},
		{strings.Repeat("é", 200), strings.Repeat("é", 200)},
		{strings.Repeat("é", 201), ""},
		{" \n ", ""},
	}
	for _, tt := range tests {
		err := s.Rename(t.Context(), els, rec.ConversationID, tt.title)
		var invalid *chat.InvalidError
		if tt.want == "" {
			if !errors.As(err, &invalid) || invalid.Field != "title" {
				t.Errorf("%q: got %v", tt.title, err)
			}
			continue
		}
		c, _, readErr := s.Conversation(t.Context(), els, rec.ConversationID)
		if err != nil || readErr != nil || c.Title != tt.want {
			t.Errorf("%q: title %q, %v, %v", tt.title, c.Title, err, readErr)
		}
	}
}

func TestFeedback(t *testing.T) {
	s := newShelf(t, chat.Config{})
	rec, _ := s.ask(t, chat.Request{Question: question})
	refused, err := s.Ask(t.Context(), chat.Request{Question: "Wat kost een paspoort in Utrecht?"}, nil)
	if err != nil || refused.Status != record.Refused {
		t.Fatalf("got %+v, %v", refused, err)
	}
	n := func(n int) *int { return &n }
	tests := []struct {
		name  string
		f     record.Feedback
		field string
		err   error
	}{
		{"good", record.Feedback{AnswerID: rec.ID, Verdict: record.Good}, "", nil},
		{"of a citation", record.Feedback{AnswerID: rec.ID, Verdict: record.Bad, Citation: n(1), Comment: strings.Repeat("é", 4000)}, "", nil},
		{"of a refusal", record.Feedback{AnswerID: refused.ID, Verdict: record.Bad}, "", nil},
		{"no verdict", record.Feedback{AnswerID: rec.ID}, "verdict", nil},
		{"another verdict", record.Feedback{AnswerID: rec.ID, Verdict: "prima"}, "verdict", nil},
		{"long comment", record.Feedback{AnswerID: rec.ID, Verdict: record.Good, Comment: strings.Repeat("é", 4001)}, "comment", nil},
		{"citation zero", record.Feedback{AnswerID: rec.ID, Verdict: record.Good, Citation: n(0)}, "citation", nil},
		{"citation too high", record.Feedback{AnswerID: rec.ID, Verdict: record.Good, Citation: n(len(rec.Citations) + 1)}, "citation", nil},
		{"citation of a refusal", record.Feedback{AnswerID: refused.ID, Verdict: record.Good, Citation: n(1)}, "citation", nil},
		{"unknown answer", record.Feedback{AnswerID: "ans_unknown", Verdict: record.Good}, "", chat.ErrNotFound},
	}
	for _, tt := range tests {
		err := s.Feedback(t.Context(), els, tt.f)
		var invalid *chat.InvalidError
		if tt.field != "" && (!errors.As(err, &invalid) || invalid.Field != tt.field) || tt.field == "" && !errors.Is(err, tt.err) {
			t.Errorf("%s: got %v, want field %q, error %v", tt.name, err, tt.field, tt.err)
		}
	}
}

// TestRetention: what has expired is gone, from every side.
func TestRetention(t *testing.T) {
	s := newShelf(t, chat.Config{})
	rec, _ := s.ask(t, chat.Request{Question: question, By: els})
	if n, err := s.store.Expire(t.Context(), rec.CreatedAt); err != nil || n != 0 {
		t.Fatalf("%d expired at once, %v", n, err)
	}
	if n, err := s.store.Expire(t.Context(), rec.CreatedAt.Add(time.Millisecond)); err != nil || n != 1 {
		t.Fatalf("%d expired, %v", n, err)
	}
	if _, err := s.Answer(t.Context(), els, rec.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("answer: got %v", err)
	}
	if _, _, err := s.Conversation(t.Context(), els, rec.ConversationID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("conversation: got %v", err)
	}
	if err := s.Feedback(t.Context(), els, record.Feedback{AnswerID: rec.ID, Verdict: record.Good}); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("feedback: got %v", err)
	}
}
