package chat_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/fstest"

	"bronwijzer/internal/access"
	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/retrieve/retrievetest"
	"bronwijzer/internal/store"
)

// letters are documents of which two answer the question of these tests.
var letters = fstest.MapFS{
	"pilot.txt": {Data: []byte(`De pilot signalentafel

In 2022 is een pilot van de signalentafel mensenhandel opgezet in Midden-Nederland. Aan de tafel delen zorg- en veiligheidspartners zachte signalen van mensenhandel 😀.
`)},
	"hotels.txt": {Data: []byte(`Certificering van hotels

Het certificeringsprogramma voor hotels telt ruim 200 deelnemende hotels. De pilot met trainingen voor hotelpersoneel begon in 2021.
`)},
	"verslag.txt": {Data: []byte(`Verslag

Ook is er in 2023 een pilot van de signalentafel mensenhandel opgezet in Limburg.
`)},
}

// lettersRead are the letters as a collection, which no test changes.
var lettersRead = sync.OnceValues(func() (*retrievetest.Library, error) {
	return retrievetest.Folder(context.Background(), letters, nil, retrievetest.Letters)
})

// els is whoever asks.
var els = access.Subject{ID: "els"}

const question = "Wanneer is de pilot signalentafel mensenhandel opgezet?"

// shelf is a Service on documents that its store holds.
type shelf struct {
	*chat.Service
	store   *store.Store
	library *retrievetest.Library
	asked   *listener
}

// listener is an Answerer that remembers the last question.
type listener struct {
	answer.Answerer
	last answer.Question
}

func (l *listener) Answer(ctx context.Context, q answer.Question, emit func(record.Event) error) (record.Answer, error) {
	l.last = q
	return l.Answerer.Answer(ctx, q, emit)
}

// newShelf is a Service on the letters, which finds by words alone.
func newShelf(t *testing.T, cfg chat.Config) *shelf {
	t.Helper()
	library, err := lettersRead()
	if err != nil {
		t.Fatal(err)
	}
	return newShelfOf(t, library, cfg)
}

func newShelfOf(t *testing.T, library *retrievetest.Library, cfg chat.Config) *shelf {
	t.Helper()
	st := newStore(t)
	if err := st.SetRoot(t.Context(), "corpus", "corpus"); err != nil {
		t.Fatal(err)
	}
	for id, doc := range library.Documents {
		if _, err := st.PutDocument(t.Context(), doc, library.Passages[id], "1"); err != nil {
			t.Fatal(err)
		}
	}
	asked := &listener{Answerer: answer.NewExtractive(retrieve.New(library.Collection, nil, retrieve.DefaultWeights()))}
	return &shelf{Service: chat.New(discard, st, asked, cfg), store: st, library: library, asked: asked}
}

// ask asks and returns the record and the events; it wants an answer with
// citations.
func (s *shelf) ask(t *testing.T, req chat.Request) (record.Answer, []record.Event) {
	t.Helper()
	var events []record.Event
	rec, err := s.Ask(t.Context(), req, func(e record.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if rec.Status != record.Answered || len(rec.Citations) == 0 {
		t.Fatalf("%q: got %s %q with %d citations", req.Question, rec.Status, rec.Text, len(rec.Citations))
	}
	return rec, events
}

// errGone is what emit returns when the reader has left.
var errGone = errors.New("gone")
