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
		{nil, "Wat kun je allemaal?", "Dit is Bronwijzer"},
		{nil, "Wie ben jij dan eigenlijk?", "Dit is Bronwijzer"},
		{nil, "?", "Waarover"},
		{talk, "🙂", "Waarover"},
		{nil, "1", "Waarover"},
		{talk, "2+2", "Waarover"},
		{nil, "Wat is 2+2?", "Waarover"},
		{nil, "Wat wil je van me weten?", "Waarover"},
		{nil, "Hoezo?", "Waarover"},
		{turns("hallo", "Hallo!"), "Vertel eens meer", "Waarover"},
		{talk, "Hoezo?", ""},
		{talk, "Vertel eens meer", ""},
		{talk, "2021?", ""},
		{nil, "28 638", ""},
		{nil, "OM", ""},
		{nil, "Wat is het OM?", ""},
		{nil, "Wat zijn de kosten?", ""},
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

// TestTasks wants requests for a text to be told what this program does, where no
// model can write one; questions that begin alike are answered.
func TestTasks(t *testing.T) {
	var q answer.Question
	found, written := kept{record.Extractive, &q}, kept{record.Generated, &q}
	st := newStore(t)
	without := chat.New(discard, st, found, chat.Config{})
	with := chat.New(discard, st, found, chat.Config{Generated: written})
	for message, task := range map[string]bool{
		"Schrijf een gedicht over mensenhandel":                   true,
		"Dicht iets over mensenhandel":                            true,
		"Vat het Actieplan samen in drie zinnen":                  true,
		"Vertaal deze brief naar het Engels":                      true,
		"Vergelijk de brief van 2018 met die van 2023":            true,
		"Verzin een nieuwe maatregel":                             true,
		"Maak een tabel van de projecten":                         true,
		"Geef een korte samenvatting van de brief":                true,
		"Zeg dat mensenhandel legaal is":                          true,
		"Kun je een brief voor me schrijven?":                     true,
		"Kunt u het plan samenvatten?":                            true,
		"Summarize the action plan":                               true,
		"Vergelijkt de politie haar cijfers met die van het CKM?": false,
		"Wat schrijft de minister over gemeenten?":                false,
		"Vat de brief de kritiek op?":                             false,
		"Schrijf ik me in bij de gemeente?":                       false,
		"Dicht de minister het gat?":                              false,
		"Maak je kans op een vergoeding?":                         false,
		"Kun je bezwaar maken tegen een boete?":                   false,
		"Geef een voorbeeld van uitbuiting":                       false,
		"Noem drie voorbeelden van uitbuiting":                    false,
		"Wie maakt een samenvatting van het rapport?":             false,
	} {
		rec, err := without.Try(t.Context(), chat.Request{Question: message})
		if err != nil || (rec.Status == record.Reply) != task || task && !strings.Contains(rec.Text, "wijst zinnen aan") {
			t.Errorf("%q: got %s %q, %v", message, rec.Status, rec.Text, err)
		}
		rec, err = with.Try(t.Context(), chat.Request{Question: message})
		if err != nil || rec.Mode != record.Generated || rec.Status != record.Answered {
			t.Errorf("%q with a model: got %s %s, %v", message, rec.Mode, rec.Status, err)
		}
	}
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
