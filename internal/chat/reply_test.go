package chat_test

import (
	"context"
	"strings"
	"testing"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

func TestReply(t *testing.T) {
	talk := turns("Wat is de signalentafel?", "Een overleg.")
	offered := turns("Wat is de signalentafel?", "Een overleg. Wilt u weten wie eraan meedoet?")
	for _, tt := range []struct {
		history []llm.Message
		message string
		want    string // the beginning of the reply; empty for a question
	}{
		{nil, "hallo", "Hallo!"},
		{nil, "  Hoi!! ", "Hallo!"},
		{nil, "Goedemorgen", "Hallo!"},
		{talk, "dank je", "Graag gedaan"},
		{talk, "Dank u wel.", "Graag gedaan"},
		{talk, "Oké, bedankt!", "Graag gedaan"},
		{talk, "nee, dank je", "Graag gedaan"},
		{nil, "wie ben jij?", "Dit is Bronwijzer"},
		{nil, "Wat kun je?", "Dit is Bronwijzer"},
		{talk, "Tot ziens!", "Tot ziens"},
		{talk, "nee", "Goed."},
		{talk, "ja", "Waarover"},
		{nil, "Ja graag", "Waarover"},
		{talk, "ok", "Goed."},
		{offered, "ja", ""},
		{offered, "Graag!", ""},
		{offered, "nee", "Goed."},
		{nil, "Hallo, hoeveel hotels doen er mee?", ""},
		{nil, "Wie is de Nationaal Rapporteur?", ""},
		{nil, "Wie ben jij om dat te zeggen over mensenhandel?", ""},
		{talk, "Bedankt, en wie doet eraan mee?", ""},
		{nil, "?", ""},
		{nil, "🙂", ""},
	} {
		text, ok := chat.Reply(tt.history, tt.message)
		if ok != (tt.want != "") || !strings.HasPrefix(text, tt.want) {
			t.Errorf("%q: got %q, %v; want %q", tt.message, text, ok, tt.want)
		}
	}
}

// never is an Answerer that must not be asked.
type never struct{ t *testing.T }

func (n never) Answer(context.Context, answer.Question, func(record.Event) error) (record.Answer, error) {
	n.t.Error("a message that is no question was searched for")
	return record.Answer{}, nil
}

// TestReplyIsStored wants a reply without a search, stored like an answer, and
// Sources first as in any stream.
func TestReplyIsStored(t *testing.T) {
	s := chat.New(discard, newStore(t), never{t}, chat.Config{Generated: never{t}})
	var events []record.Event
	rec, err := s.Ask(t.Context(), chat.Request{Question: "Dank je wel!"}, func(e record.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if rec.Status != record.Reply || rec.Text == "" || rec.SearchQuestion != "Dank je wel!" || rec.Citations == nil || rec.Passages == nil {
		t.Errorf("got %+v", rec)
	}
	if len(events) != 3 {
		t.Fatalf("events %v", events)
	}
	if sources, ok := events[0].(record.Sources); !ok || len(sources.Passages) != 0 {
		t.Errorf("first event %+v", events[0])
	}
	if stored, err := s.Answer(t.Context(), els, rec.ID); err != nil || stored.Status != record.Reply || stored.Text != rec.Text {
		t.Errorf("stored %+v, %v", stored, err)
	}
}
