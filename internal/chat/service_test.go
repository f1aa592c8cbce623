package chat_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"bronwijzer/internal/access"
	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
	"bronwijzer/internal/store"
)

// echo answers a question with itself, or fails.
type echo struct{ err error }

func (e echo) Answer(_ context.Context, q answer.Question, _ func(record.Event) error) (record.Answer, error) {
	return record.Answer{Status: record.Answered, Text: q.Search, Citations: []record.Citation{{Number: 1, URL: "/documents/a"}}}, e.err
}

// TestTry holds that an evaluation gets the record that a reader would get, and
// leaves nothing in the store.
func TestTry(t *testing.T) {
	lg := slog.New(slog.DiscardHandler)
	st, err := store.Open(t.Context(), lg, t.TempDir(), store.Owner)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	cfg := chat.Config{Notice: "Let op.", PublicURL: "https://bron.example"}
	got, err := chat.New(lg, st, echo{}, cfg).Try(t.Context(), chat.Request{Question: " Hoeveel leden telt de coöperatie? "})
	if err != nil {
		t.Fatal(err)
	}
	const question = "Hoeveel leden telt de coöperatie?"
	if got.Question != question || got.Text != question || got.Notice != "Let op." || got.Citations[0].URL != "https://bron.example/documents/a" {
		t.Errorf("got %+v", got)
	}
	if _, n, err := st.Conversations(t.Context(), "", 1, 10); n != 0 || err != nil {
		t.Errorf("%d conversations kept, %v", n, err)
	}
	if _, err := st.Answer(t.Context(), "els", got.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("record: got %v, want ErrNotFound", err)
	}
	stuck := errors.New("stuck")
	if got, err := chat.New(lg, st, echo{stuck}, cfg).Try(t.Context(), chat.Request{Question: question}); !errors.Is(err, stuck) || got.ID != "" {
		t.Errorf("got %v and %v, want the answerer's error", got, err)
	}
	var invalid *chat.InvalidError
	if _, err := chat.New(lg, st, echo{}, cfg).Try(t.Context(), chat.Request{}); !errors.As(err, &invalid) {
		t.Errorf("empty question: got %v, want InvalidError", err)
	}
}

// TestDeletedMeanwhile: a conversation that is removed while an answer in it is
// under way stays removed.
func TestDeletedMeanwhile(t *testing.T) {
	s := newShelf(t, chat.Config{})
	first, _ := s.ask(t, chat.Request{Question: question})
	id := first.ConversationID
	rec, err := s.Ask(t.Context(), chat.Request{Question: question, ConversationID: id}, func(e record.Event) error {
		switch e.(type) {
		case record.Sources:
			return s.Delete(t.Context(), access.Subject{}, id)
		case record.Done:
			t.Error("done, but not stored")
		}
		return nil
	})
	if !errors.Is(err, chat.ErrNotFound) || rec.ID != "" {
		t.Errorf("got answer %q and %v, want ErrNotFound", rec.ID, err)
	}
	if _, _, err := s.Conversation(t.Context(), access.Subject{}, id); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("the conversation came back: %v", err)
	}
}
