package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
	"bronwijzer/internal/slack/slacktest"
	"bronwijzer/internal/store"
)

var (
	_ Chat  = (*chat.Service)(nil)
	_ Chat  = (*fakeChat)(nil)
	_ Store = (*store.Store)(nil)
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	secret = "8f742231b10e8888abcd99yyyzzz85a5"
	public = "https://bron.example"
)

// fakeChat answers by the words of the question; see answerTo.
type fakeChat struct {
	store *store.Store
	// hold, where it is set, is waited for before an answer.
	hold chan struct{}

	mu       sync.Mutex
	asked    []chat.Request
	records  map[string]record.Answer
	owners   map[string]string // of records
	feedback []record.Feedback
	notReady int
	// later is what it says until it is ready.
	later error
}

func answerTo(question string) (record.Answer, error) {
	rec := record.Answer{
		Question: question, SearchQuestion: question, Status: record.Answered, Notice: "Automatisch samengesteld.",
		Text: "De pilot is in 2022 opgezet. [1]\n\nOver " + question + ". [1]",
		Citations: []record.Citation{{
			Number: 1, DocumentID: "doc_a", Version: "v", Title: "Brief aan de Kamer", Publisher: "Ministerie", Date: "2023-10-18",
			Section: []string{"Inleiding", "Pilot"}, URL: public + "/documents/doc_a?version=v&start=8&end=20",
			PassageID: "pas_0", Quote: "in 2022\nopgezet", Start: 8, End: 23,
		}},
	}
	for i := range 5 {
		rec.Passages = append(rec.Passages, record.Passage{
			DocumentID: "doc_a", Version: "v", PassageID: fmt.Sprintf("pas_%d", i),
			Title: fmt.Sprintf("Stuk %d", i), Text: fmt.Sprintf("Passage %d over iets anders.", i), Start: i, End: i + 9,
		})
	}
	switch question {
	case "jaar":
		rec.Notice = "Let op: een ander jaar. " + rec.Notice
	case "weiger":
		rec.Status, rec.Text, rec.Citations = record.Refused, "Dat staat er niet in.", nil
		rec.Refusal = &record.Refusal{Reason: record.NoEvidence, Message: rec.Text}
	case "weg":
		return record.Answer{}, fmt.Errorf("ask: %w", llm.ErrUnavailable)
	case "stuk":
		return record.Answer{}, errors.New("open /geheim/bestand")
	case "paniek":
		panic("geheim")
	case "hallo":
		rec = record.Answer{Question: question, Status: record.Reply, Text: "Hallo."}
	case limitedQuestion:
		rec.Citations[0].Title, rec.Citations[0].DocumentID = "Geheim stuk", "doc_geheim"
	case "lang":
		rec.Text = strings.TrimSpace(strings.Repeat("Nog een zin & meer. [1] ", 1000))
	}
	return rec, nil
}

func (f *fakeChat) Ask(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
	f.mu.Lock()
	f.asked = append(f.asked, r)
	n := len(f.asked)
	notReady := f.notReady > 0
	f.notReady--
	f.mu.Unlock()
	if notReady {
		return record.Answer{}, f.later
	}
	if rec, err := f.Answer(ctx, r.By, r.ID); err == nil {
		return rec, emit(record.Done{Answer: rec})
	}
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return record.Answer{}, ctx.Err()
		}
	}
	rec, err := answerTo(r.Question)
	if r.Question == limitedQuestion && !r.By.Reader().May(limitedGroups) {
		rec, err = answerTo("weiger")
	}
	if err != nil {
		return record.Answer{}, err
	}
	rec.ID, rec.ConversationID, rec.CreatedAt = r.ID, r.ConversationID, time.Now()
	if rec.ConversationID == "" {
		rec.ConversationID = fmt.Sprintf("conv_%d", n)
	}
	// The store would want the versions that are cited.
	head := rec
	head.Citations = nil
	if err := f.store.SaveAnswer(ctx, r.By.ID, head); err != nil {
		return record.Answer{}, err
	}
	f.mu.Lock()
	f.records[rec.ID], f.owners[rec.ID] = rec, r.By.ID
	f.mu.Unlock()
	half := len(rec.Text) / 2
	for half < len(rec.Text) && rec.Text[half] != ' ' {
		half++
	}
	return rec, errors.Join(emit(record.Sources{Passages: rec.Passages}), emit(record.Delta{Delta: rec.Text[:half]}),
		emit(record.Delta{Delta: rec.Text[half:]}), emit(record.Done{Answer: rec}))
}

func (f *fakeChat) Answer(_ context.Context, by access.Subject, id string) (record.Answer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rec, ok := f.records[id]
	if !ok || f.owners[id] != by.ID || !mayRead(by, rec) {
		return rec, chat.ErrNotFound
	}
	return rec, nil
}

func (f *fakeChat) Share(ctx context.Context, by access.Subject, id string) (string, error) {
	_, err := f.Answer(ctx, by, id)
	return "shr_" + id, err
}

func (f *fakeChat) Feedback(_ context.Context, by access.Subject, fb record.Feedback) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if owner, ok := f.owners[fb.AnswerID]; !ok || owner != by.ID || !mayRead(by, f.records[fb.AnswerID]) {
		return chat.ErrNotFound
	}
	f.feedback = slices.DeleteFunc(f.feedback, func(old record.Feedback) bool { return old.Key == fb.Key })
	f.feedback = append(f.feedback, fb)
	return nil
}

func (f *fakeChat) verdicts() []record.Feedback {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.feedback)
}

// limitedQuestion is answered from a document that is for some groups alone.
const limitedQuestion = "geheim"

var limitedGroups = []string{"kern"}

func mayRead(by access.Subject, rec record.Answer) bool {
	return rec.Question != limitedQuestion || by.Reader().May(limitedGroups)
}

func (f *fakeChat) questions() (out []chat.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append(out, f.asked...)
}

// bench is an app in a workspace.
type bench struct {
	slack *slacktest.Server
	app   *slacktest.App
	chat  *fakeChat
	store *store.Store
	dir   string
	logs  *logBuffer
	// stop ends the app as a planned stop does.
	stop func()
}

type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newBench makes a workspace and a data folder, without an app.
func newBench(t *testing.T) *bench {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), discard(), dir, store.Owner)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	b := &bench{
		slack: slacktest.New(t), store: st, dir: dir, logs: &logBuffer{},
		chat: &fakeChat{store: st, records: map[string]record.Answer{}, owners: make(map[string]string)},
	}
	b.slack.PublicURL = public
	t.Cleanup(func() {
		for _, fault := range b.slack.Faults() {
			t.Errorf("Slack finds: %s", fault)
		}
	})
	return b
}

// start runs the app until the test ends or stop is called.
func (b *bench) start(t *testing.T, change func(*Config)) *bench {
	t.Helper()
	cfg := Config{SigningSecret: secret, BotToken: "xoxb-1", APIURL: b.slack.APIURL(), PublicURL: public, Notice: "Automatisch samengesteld."}
	if change != nil {
		change(&cfg)
	}
	s, err := New(slog.New(slog.NewTextHandler(b.logs, nil)), b.chat, b.store, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if !b.slack.Paced {
		s.pace = newPacer(time.Millisecond)
	}
	srv := httptest.NewServer(s)
	b.app = &slacktest.App{URL: srv.URL, Secret: secret, Client: srv.Client()}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
	})
	b.stop = sync.OnceFunc(func() {
		srv.Close()
		cancel()
		wg.Wait()
		s.http.CloseIdleConnections()
	})
	t.Cleanup(b.stop)
	for !s.loaded.Load() {
		if ctx.Err() != nil {
			t.Fatal("the app doesn't start")
		}
	}
	return b
}

// deliver delivers an event that has to be taken.
func (b *bench) deliver(t *testing.T, e slacktest.Event) {
	t.Helper()
	got, err := b.app.Event(t.Context(), e)
	if err != nil || got.Status != http.StatusOK {
		t.Fatalf("deliver %+v: %+v, %v", e, got, err)
	}
}

// click uses a button and returns what the app answers at the response URL called
// name.
func (b *bench) click(t *testing.T, name string, c slacktest.Click) slacktest.Message {
	t.Helper()
	c.ResponseURL = b.slack.ResponseURL(name)
	if got, err := b.app.Click(t.Context(), c); err != nil || got.Status != http.StatusOK {
		t.Fatalf("%+v: %+v, %v", c, got, err)
	}
	b.slack.Await(t, c.Action, func() bool { return len(b.slack.Messages(name)) > 0 })
	return b.slack.Messages(name)[0]
}

// mention is a question; those that begin another thread are in another
// channel, so that none waits for the other.
func mention(ts, question string) slacktest.Event {
	root, _, _ := strings.Cut(strings.TrimPrefix(ts, "5."), ".")
	return slacktest.Event{Channel: "C0" + strings.ToUpper(root), TS: ts, Text: "<@" + slacktest.Bot + "> " + question}
}
