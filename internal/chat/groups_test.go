package chat_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// TestConversationAfterLimits: what rests on a document that isn't for the
// subject any more is gone from a conversation, with what followed up on it, also
// as history of the next question. For a member all of it is there.
func TestConversationAfterLimits(t *testing.T) {
	s := newShelf(t, chat.Config{})
	pilot, hotels := docs.NewID("corpus", "pilot.txt"), docs.NewID("corpus", "hotels.txt")
	var rec record.Answer
	var ids []string
	for _, q := range []struct{ text, of string }{
		{question, pilot},
		{"En voor hotels?", hotels},
		{"Hoeveel deelnemende hotels telt het certificeringsprogramma?", hotels},
	} {
		rec, _ = s.ask(t, chat.Request{Question: q.text, By: els, ConversationID: rec.ConversationID, Filter: docs.Filter{Documents: []string{q.of}}})
		if follows := q.text != rec.SearchQuestion; follows != (len(ids) == 1) {
			t.Fatalf("%q: searched for %q", q.text, rec.SearchQuestion)
		}
		ids = append(ids, rec.ID)
	}
	if err := s.store.SetGroups(t.Context(), pilot, []string{"opsporing"}); err != nil {
		t.Fatal(err)
	}
	member := access.Subject{ID: els.ID, Groups: []string{"opsporing", "anders"}}
	for _, tt := range []struct {
		name string
		by   access.Subject
		want []string
	}{{"outside", els, ids[2:]}, {"member", member, ids}, {"of another group", access.Subject{ID: els.ID, Groups: []string{"x"}}, ids[2:]}} {
		_, answers, err := s.Conversation(t.Context(), tt.by, rec.ConversationID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range answers {
			got = append(got, a.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: conversation (-want +got):\n%s", tt.name, diff)
		}
		got = nil
		for _, id := range ids {
			switch _, err := s.Answer(t.Context(), tt.by, id); {
			case err == nil:
				got = append(got, id)
			case !errors.Is(err, chat.ErrNotFound):
				t.Error(err)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: answers by themselves (-want +got):\n%s", tt.name, diff)
		}
	}
	s.ask(t, chat.Request{Question: question, By: els, ConversationID: rec.ConversationID})
	if got := s.asked.last.History; len(got) != 2 || got[0].Content != "Hoeveel deelnemende hotels telt het certificeringsprogramma?" {
		t.Errorf("history of the next question: %+v", got)
	}
}
