package chat_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bronwijzer/internal/admission"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// TestBusy: without room a question isn't answered, and nothing is stored; what
// can't be answered anyway is told so.
func TestBusy(t *testing.T) {
	gate := admission.New(1, 0, time.Second)
	s := newShelf(t, chat.Config{Search: gate})
	leave, err := gate.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rec, err := s.Ask(t.Context(), chat.Request{Question: question}, nil); !errors.Is(err, chat.ErrBusy) || rec.ID != "" {
		t.Errorf("got %q and %v, want ErrBusy", rec.ID, err)
	}
	var invalid *chat.InvalidError
	if _, err := s.Ask(t.Context(), chat.Request{}, nil); !errors.As(err, &invalid) {
		t.Errorf("an empty question: got %v", err)
	}
	if _, err := s.Try(t.Context(), chat.Request{Question: question}); err != nil {
		t.Errorf("an evaluation waits for somebody: %v", err)
	}
	leave()
	s.ask(t, chat.Request{Question: question})
	if state := gate.State(); state.Inside > 0 {
		t.Errorf("a place is kept: %+v", state)
	}
}

// TestPlaceIsFreeAfterAFailure holds that for every way in which an answer ends.
func TestPlaceIsFreeAfterAFailure(t *testing.T) {
	gate := admission.New(1, 0, time.Second)
	s := newShelf(t, chat.Config{Search: gate})
	gone := errors.New("gone")
	for _, at := range []record.Event{record.Sources{}, record.Delta{}, record.Done{}} {
		if _, err := s.Ask(t.Context(), chat.Request{Question: question}, func(e record.Event) error {
			if gate.State().Inside != 1 {
				t.Errorf("%T is told without a place", e)
			}
			if sameKind(e, at) {
				return gone
			}
			return nil
		}); !errors.Is(err, gone) {
			t.Errorf("%T: got %v", at, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Ask(ctx, chat.Request{Question: question}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if state := gate.State(); state.Inside > 0 {
		t.Errorf("a place is kept: %+v", state)
	}
}

func sameKind(a, b record.Event) bool {
	switch a.(type) {
	case record.Sources:
		_, same := b.(record.Sources)
		return same
	case record.Delta:
		_, same := b.(record.Delta)
		return same
	case record.Done:
		_, same := b.(record.Done)
		return same
	}
	return false
}
