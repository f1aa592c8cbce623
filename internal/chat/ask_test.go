package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOneRecord: what the stream ends with, what Ask returns and what is read
// back, alone or in its conversation, are the same bytes; and it is stored
// before anybody hears that it is done.
func TestOneRecord(t *testing.T) {
	const public = "https://bron.example/app"
	for _, text := range []string{question, "Wat kost een paspoort in Utrecht?", "Dank je wel!"} {
		s := newShelf(t, chat.Config{PublicURL: public, Notice: "Let op."})
		var deltas strings.Builder
		var done *record.Answer
		rec, err := s.Ask(t.Context(), chat.Request{Question: text, By: els}, func(e record.Event) error {
			switch e := e.(type) {
			case record.Cited:
				if !strings.HasPrefix(e.Citation.URL, public+"/documents/") {
					t.Errorf("announced with url %s", e.Citation.URL)
				}
			case record.Delta:
				deltas.WriteString(e.Delta)
			case record.Done:
				done = &e.Answer
				if _, err := s.store.Answer(t.Context(), "els", e.Answer.ID); err != nil {
					t.Errorf("done before it was stored: %v", err)
				}
			}
			return nil
		})
		if err != nil || done == nil {
			t.Fatalf("%q: %v, done %v", text, err, done)
		}
		read, err := s.Answer(t.Context(), els, rec.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, history, err := s.Conversation(t.Context(), els, rec.ConversationID)
		if err != nil || len(history) != 1 {
			t.Fatalf("%d records in the conversation, %v", len(history), err)
		}
		want := jsonOf(t, rec)
		for where, other := range map[string]record.Answer{"done": *done, "read": read, "conversation": history[0]} {
			if diff := cmp.Diff(want, jsonOf(t, other)); diff != "" {
				t.Errorf("%q: returned and %s differ:\n%s", text, where, diff)
			}
		}
		if rec.Text != deltas.String() || rec.Notice != "Let op." || rec.Question != text {
			t.Errorf("deltas %q, record %+v", deltas.String(), rec)
		}
		for _, c := range rec.Citations {
			if !strings.HasPrefix(c.URL, public+"/documents/") || c.DocumentStatus != record.Current {
				t.Errorf("citation %+v", c)
			}
		}
		// The public address isn't kept: it may change.
		if stored, err := s.store.Answer(t.Context(), "els", rec.ID); err != nil || strings.Contains(jsonOf(t, stored), public) {
			t.Errorf("stored with the public address, %v", err)
		}
	}
}

func TestIDs(t *testing.T) {
	s := newShelf(t, chat.Config{})
	shape := regexp.MustCompile(`^(ans|conv)_[a-z2-7]{26}$`)
	seen := map[string]bool{}
	for range 3 {
		rec, _ := s.ask(t, chat.Request{Question: question})
		for _, id := range []string{rec.ID, rec.ConversationID} {
			if !shape.MatchString(id) || seen[id] {
				t.Errorf("id %s", id)
			}
			seen[id] = true
		}
	}
}

// TestConversationGoesOn: the next question comes with what was said, and is
// filed behind it.
func TestConversationGoesOn(t *testing.T) {
	s := newShelf(t, chat.Config{})
	first, _ := s.ask(t, chat.Request{Question: question, By: els})
	second, _ := s.ask(t, chat.Request{Question: "In welk jaar begon die pilot?", By: els, ConversationID: first.ConversationID})
	want := []llm.Message{{Role: llm.User, Content: question}, {Role: llm.Assistant, Content: first.Text}}
	if diff := cmp.Diff(want, s.asked.last.History); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if second.ConversationID != first.ConversationID || second.SearchQuestion == second.Question || second.SearchQuestion != s.asked.last.Search {
		t.Errorf("got %+v, asked %+v", second, s.asked.last)
	}
	c, records, err := s.Conversation(t.Context(), els, first.ConversationID)
	if err != nil {
		t.Fatal(err)
	}
	if c.Title != question || c.Answers != 2 || len(records) != 2 || records[0].ID != first.ID || records[1].ID != second.ID {
		t.Errorf("conversation %+v", c)
	}
	// A caller with a history of its own gets a conversation of its own.
	third, _ := s.ask(t, chat.Request{Question: "In welk jaar begon die pilot?", History: want})
	if third.ConversationID == first.ConversationID || third.SearchQuestion != second.SearchQuestion {
		t.Errorf("got %+v", third)
	}
}

func TestDefaults(t *testing.T) {
	s := newShelf(t, chat.Config{})
	rec, err := s.Ask(t.Context(), chat.Request{Question: "  " + question + "\n"}, nil)
	if err != nil || rec.Question != question {
		t.Errorf("got %+v, %v", rec, err)
	}
	if s.asked.last.TopK != chat.DefaultTopK || !s.asked.last.Fallback {
		t.Errorf("asked %+v", s.asked.last)
	}
}

func TestInvalid(t *testing.T) {
	s := newShelf(t, chat.Config{})
	turn := llm.Message{Role: llm.User, Content: "Hoi"}
	tests := []struct {
		name  string
		req   chat.Request
		field string // empty when the request is fine
	}{
		{"empty", chat.Request{}, "question"},
		{"blank", chat.Request{Question: " \n\t\u00a0"}, "question"},
		{"longest", chat.Request{Question: strings.Repeat("é", chat.MaxQuestion)}, ""},
		{"too long", chat.Request{Question: strings.Repeat("é", chat.MaxQuestion+1)}, "question"},
		{"long for its spaces", chat.Request{Question: "pilot" + strings.Repeat(" ", chat.MaxQuestion)}, ""},
		{"bad UTF-8", chat.Request{Question: "pilot \xff"}, "question"},
		{"NUL", chat.Request{Question: "pilot\x00"}, "question"},
		{"top_k below", chat.Request{Question: "pilot", TopK: -1}, "top_k"},
		{"top_k above", chat.Request{Question: "pilot", TopK: chat.MaxTopK + 1}, "top_k"},
		{"top_k at most", chat.Request{Question: "pilot", TopK: chat.MaxTopK}, ""},
		{"history and conversation", chat.Request{Question: "pilot", ConversationID: "conv_x", History: []llm.Message{turn}}, "history"},
		{"long history", chat.Request{Question: "pilot", History: make([]llm.Message, chat.MaxHistory+1)}, "history"},
		{"unknown mode", chat.Request{Question: "pilot", Mode: "slim"}, "mode"},
		{"no model", chat.Request{Question: "pilot", Mode: record.Generated}, "mode"},
		{"extractive", chat.Request{Question: "pilot", Mode: record.Extractive}, ""},
	}
	for _, tt := range tests {
		emitted := 0
		_, err := s.Ask(t.Context(), tt.req, func(record.Event) error { emitted++; return nil })
		var invalid *chat.InvalidError
		switch {
		case tt.field == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.field != "" && (!errors.As(err, &invalid) || invalid.Field != tt.field || !strings.HasSuffix(invalid.Message, ".") || emitted > 0):
			t.Errorf("%s: got %v after %d events, want field %s", tt.name, err, emitted, tt.field)
		}
	}
}

func TestNotReady(t *testing.T) {
	ready := false
	s := newShelf(t, chat.Config{Ready: func() bool { return ready }})
	if _, err := s.Ask(t.Context(), chat.Request{Question: question}, nil); !errors.Is(err, chat.ErrNotReady) {
		t.Errorf("got %v, want %v", err, chat.ErrNotReady)
	}
	ready = true
	s.ask(t, chat.Request{Question: question})
}

// TestBreaksOff ends an answer of three events (sources, a citation, its text)
// at each of them, by a reader whom nothing reaches any more and by one who
// leaves. What was shown is stored, and nothing else.
func TestBreaksOff(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		for n := 1; n <= 3; n++ {
			s := newShelf(t, chat.Config{PublicURL: "https://x"})
			ctx, cancel := context.WithCancel(t.Context())
			var shown strings.Builder
			events := 0
			rec, err := s.Ask(ctx, chat.Request{Question: question, By: els}, func(e record.Event) error {
				if _, done := e.(record.Done); done {
					t.Errorf("event %d: done", n)
				}
				events++
				if events > n && !leaves {
					return errGone
				}
				if events == n && leaves {
					cancel()
				}
				if d, ok := e.(record.Delta); ok {
					shown.WriteString(d.Delta)
				}
				return nil
			})
			want := errGone
			if leaves {
				want = context.Canceled
			}
			if !errors.Is(err, want) {
				t.Errorf("event %d: got %v, want %v", n, err, want)
			}
			checkShown(t, s, rec, shown.String())
			cancel()
		}
	}
}

// checkShown wants exactly what was shown to be stored.
func checkShown(t *testing.T, s *shelf, rec record.Answer, shown string) {
	t.Helper()
	list, total, err := s.Conversations(t.Context(), els, 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	if shown == "" {
		if total != 0 || rec.ID != "" {
			t.Errorf("nothing was shown, stored %+v", list)
		}
		return
	}
	if total != 1 || rec.Text != shown || rec.Incomplete == nil || *rec.Incomplete != "cancelled" {
		t.Fatalf("shown %q, %d stored, record %+v", shown, total, rec)
	}
	read, err := s.Answer(t.Context(), els, rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(jsonOf(t, rec), jsonOf(t, read)); diff != "" {
		t.Errorf("returned and stored differ:\n%s", diff)
	}
}

// TestNotStored: what can't be stored is never done.
func TestNotStored(t *testing.T) {
	// This store has none of what the answer cites.
	s := chat.New(discard, newStore(t), newShelf(t, chat.Config{}).asked, chat.Config{})
	rec, err := s.Ask(t.Context(), chat.Request{Question: question, By: els}, func(e record.Event) error {
		if _, ok := e.(record.Done); ok {
			t.Error("done")
		}
		return nil
	})
	if err == nil || rec.ID != "" {
		t.Errorf("got %+v, %v", rec, err)
	}
	if _, total, err := s.Conversations(t.Context(), els, 1, 10); err != nil || total != 0 {
		t.Errorf("%d conversations, %v", total, err)
	}
}

// TestAskedAgain: a question that is asked again under its id is one answer. What
// was broken off is made anew in its place, what is whole comes back as it is.
func TestAskedAgain(t *testing.T) {
	s := newShelf(t, chat.Config{PublicURL: "https://x"})
	req := chat.Request{Question: question, By: els, ID: chat.NewID()}
	shown := false
	broken, err := s.Ask(t.Context(), req, func(e record.Event) error {
		if shown {
			return errGone
		}
		_, shown = e.(record.Delta)
		return nil
	})
	if !errors.Is(err, errGone) || broken.Incomplete == nil || broken.ID != req.ID {
		t.Fatalf("broken off: got %+v, %v", broken, err)
	}
	whole, _ := s.ask(t, req)
	if whole.ID != req.ID || whole.Incomplete != nil || whole.ConversationID != broken.ConversationID || len(s.asked.last.History) > 0 {
		t.Errorf("made anew: got %+v after %v", whole, s.asked.last.History)
	}
	s.asked.last = answer.Question{}
	again, events := s.ask(t, req)
	if s.asked.last.Text != "" || len(events) != 1 {
		t.Errorf("asked once more, with %d events", len(events))
	}
	if diff := cmp.Diff(jsonOf(t, whole), jsonOf(t, again)); diff != "" {
		t.Errorf("made and returned differ:\n%s", diff)
	}
	if c, answers, err := s.Conversation(t.Context(), els, whole.ConversationID); err != nil || len(answers) != 1 || c.Answers != 1 {
		t.Errorf("conversation of %d answers, %v", len(answers), err)
	}
}
