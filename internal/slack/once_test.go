package slack

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/access"
	"bronwijzer/internal/record"
	"bronwijzer/internal/slack/slacktest"
	"bronwijzer/internal/store"
)

// The same use of a button, however often it is delivered, is one verdict and one
// word of thanks.
func TestFeedbackOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	b.deliver(t, mention("1.1", "Wat?"))
	answer := b.slack.AwaitText(t, "1.1", textGood)
	good := answer.Values(actionGood)[0]
	for range 4 {
		b.click(t, "dank", slacktest.Click{Action: actionGood, Value: good})
	}
	b.click(t, "anders", slacktest.Click{Action: actionBad, Value: good, User: "U0ANDER"})
	if n := len(b.slack.Messages("dank")); n != 1 {
		t.Errorf("thanked %d times", n)
	}
	if got := b.chat.verdicts(); len(got) != 2 || got[0].Verdict != record.Good || got[0].Key == got[1].Key {
		t.Errorf("verdicts: %+v", got)
	}
}

// A verdict that can't be thanked for is stored, and more than once it isn't.
func TestFeedbackIsRetried(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	b.deliver(t, mention("1.1", "Wat?"))
	answer := b.slack.AwaitText(t, "1.1", textGood)
	good := answer.Values(actionGood)[0]
	b.slack.Fail("hook", slacktest.Failure{Status: http.StatusBadGateway})
	if got := b.click(t, "dank", slacktest.Click{Action: actionGood, Value: good}); got.Text != textThanks {
		t.Errorf("got %+v", got)
	}
	if got := b.chat.verdicts(); len(got) != 1 {
		t.Errorf("verdicts: %+v", got)
	}
}

// Where the placeholder is gone the answer is a message of its own, once.
func TestPlaceholderIsGone(t *testing.T) {
	t.Parallel()
	for _, refusal := range []string{"message_not_found", "cant_update_message", "edit_window_closed"} {
		for name, streams := range workspaces {
			t.Run(refusal+" "+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				b.slack.Streams = streams
				gone := slacktest.Failure{Error: refusal}
				b.slack.Fail("chat.stopStream", gone, gone)
				b.slack.Fail("chat.update", gone)
				b.start(t, nil)
				b.deliver(t, mention("1.1", "Wat?"))
				b.slack.AwaitText(t, "1.1", "Ministerie")
				next := mention("1.2", "En dan?")
				next.Thread = "1.1"
				b.deliver(t, next)
				b.slack.AwaitText(t, "1.1", "Over En dan?")
				answers := 0
				for _, m := range b.slack.Messages("1.1") {
					if strings.Contains(string(m.Blocks), "Over Wat?") {
						answers++
					}
				}
				if answers != 1 {
					t.Errorf("%d messages with the answer", answers)
				}
			})
		}
	}
}

// told is what the person was told directly.
func (b *bench) told() (texts []string) {
	for _, m := range b.slack.Messages("") {
		if m.Channel == slacktest.Person {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// What can't be done is told, with a number that is in the log.
func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	b.slack.Fail("chat.postMessage", slacktest.Failure{Error: "restricted_action"})
	b.deliver(t, mention("1.1", "Wat?"))
	problem := b.slack.AwaitText(t, "1.1", textFailed)
	b.slack.Fail("hook", slacktest.Failure{Status: http.StatusNotFound})
	if _, err := b.app.Command(t.Context(), slacktest.Team, slacktest.Person, "Wat?", b.slack.ResponseURL("weg")); err != nil {
		t.Fatal(err)
	}
	b.slack.Await(t, "word of it", func() bool { return len(b.told()) == 1 })
	b.slack.Await(t, "both in the log", func() bool { return strings.Count(b.logs.String(), "slack work failed") == 2 })
	for _, said := range []string{problem.Shown(), b.told()[0]} {
		_, number, _ := strings.Cut(said, "Nummer van dit verzoek: ")
		if number, _, _ = strings.Cut(number, "\n"); number == "" || !strings.Contains(b.logs.String(), "request_id="+number) {
			t.Errorf("no number of the log in %q", said)
		}
	}
}

// An answer is shared once in a place; what failed can be done again.
func TestShareAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	if _, err := b.app.Command(t.Context(), slacktest.Team, slacktest.Person, "Wat?", b.slack.ResponseURL("vraag")); err != nil {
		t.Fatal(err)
	}
	m := b.slack.AwaitText(t, "vraag", textGood)
	click := slacktest.Click{Action: actionShare, Value: m.Values(actionShare)[0]}
	b.slack.Fail("hook", slacktest.Failure{Status: http.StatusNotFound})
	first := click
	first.ResponseURL = b.slack.ResponseURL("mislukt")
	if got, err := b.app.Click(t.Context(), first); err != nil || got.Status != http.StatusOK {
		t.Fatalf("%+v, %v", got, err)
	}
	b.slack.Await(t, "word of it", func() bool { return len(b.told()) == 1 })
	b.slack.Await(t, "the end of it", func() bool { return strings.Contains(b.logs.String(), "slack work failed") })
	elsewhere, thread := click, click
	elsewhere.Channel, thread.Thread = "C0ELDERS", "7.1"
	for i, tt := range []struct {
		click slacktest.Click
		want  string
	}{
		{click, "in_channel"}, {click, "ephemeral"}, {elsewhere, "in_channel"}, {thread, "in_channel"}, {thread, "ephemeral"},
	} {
		got := b.click(t, fmt.Sprintf("deel%d", i), tt.click)
		if got.ResponseType != tt.want || (got.Text == textShared) != (tt.want == "ephemeral") {
			t.Errorf("click %d: got %s %q", i, got.ResponseType, got.Text)
		}
	}
}

// Between the answer and its message the process may end: the answer is kept
// once, and shown.
func TestAnsweredOnceOverAStop(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	b.slack.Fail("chat.update", slacktest.Failure{RetryAfter: 3600})
	b.deliver(t, mention("1.1", "Wat?"))
	b.slack.Await(t, "the wait", func() bool { return b.slack.Calls("chat.update") == 1 })
	b.restart(t)
	b.slack.AwaitText(t, "1.1", "Over Wat?")
	asked := b.chat.questions()
	if len(asked) != 2 || asked[0].ID == "" || asked[0].ID != asked[1].ID {
		t.Errorf("asked %+v", asked)
	}
	held := 0
	err := b.store.EachHolding(t.Context(), asked[0].By.ID, func(h store.Holding) error {
		held += len(h.Answers)
		return nil
	})
	if held != 1 || err != nil {
		t.Errorf("%d answers are kept, %v", held, err)
	}
}

// What a person asks directly is theirs, in whatever thread; each thread is a
// conversation of its own.
func TestDirectMessagesAreThePersons(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	for _, e := range []slacktest.Event{
		{TS: "1.1", Text: "een"},
		{TS: "1.2", Thread: "1.1", Text: "een verder"},
		{TS: "2.1", Text: "twee"},
	} {
		e.Type, e.ChannelType, e.Channel, e.User = "message", "im", "D1", "U0IK"
		b.deliver(t, e)
		b.slack.AwaitText(t, e.TS[:2]+"1", "Over "+e.Text)
	}
	if _, err := b.app.Command(t.Context(), slacktest.Team, "U0IK", "drie", b.slack.ResponseURL("drie")); err != nil {
		t.Fatal(err)
	}
	b.slack.AwaitText(t, "drie", "Over drie")
	e := mention("4.1", "vier")
	e.User = "U0IK"
	b.deliver(t, e)
	b.slack.AwaitText(t, "4.1", "Over vier")
	mine := Owner(secret, "U0IK")
	asked := b.chat.questions()
	for i, r := range asked {
		if (r.By.ID == mine) != (i < 4) {
			t.Errorf("%q belongs to %s", r.Question, r.By.ID)
		}
		if (r.ConversationID != "") != (i == 1) {
			t.Errorf("%q is in conversation %q", r.Question, r.ConversationID)
		}
	}
	if len(asked) != 5 || Owner(secret, "U0ANDER") == mine || Owner("anders", "U0IK") == mine {
		t.Errorf("%d questions, owner %s", len(asked), mine)
	}
}

// ledger is an audit log in memory.
type ledger struct {
	mu      sync.Mutex
	entries []access.Entry
}

func (l *ledger) Note(_ context.Context, e access.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
}

// The audit log has a line for what each person does, under the number of the
// request: theirs, also where the answer is the thread's or another's.
func TestAudit(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	b := newBench(t).start(t, func(c *Config) { c.Audit = l })
	b.deliver(t, mention("1.1", "Wat?"))
	answer := b.slack.AwaitText(t, "1.1", textGood)
	next := mention("1.2", "weiger")
	next.Thread, next.User = "1.1", "U0ANDER"
	b.deliver(t, next)
	b.slack.AwaitText(t, "1.1", textNearest)
	b.deliver(t, mention("2.1", "stuk"))
	b.slack.AwaitText(t, "2.1", textFailed)
	good := answer.Values(actionGood)[0]
	b.click(t, "goed", slacktest.Click{Action: actionGood, Value: good, User: "U0DERDE"})
	b.click(t, "bron", slacktest.Click{Action: actionSource, Value: answer.Values(actionSource)[0], User: "U0DERDE"})
	b.click(t, "deel", slacktest.Click{Action: actionShare, Value: good, User: "U0DERDE"})
	b.click(t, "niet", slacktest.Click{Action: actionShare, Value: "ans_x", User: "U0DERDE"})
	b.slack.Await(t, "the end of it", func() bool { return strings.Count(b.logs.String(), "slack work done") == 7 })
	b.stop()

	id := readGrip(good).answer
	line := func(action access.Action, object string, result access.Result, user string) access.Entry {
		return access.Entry{Action: action, Object: object, Result: result, Door: access.DoorSlack, Actor: Owner(secret, user)}
	}
	want := []access.Entry{
		line(access.ActionAsk, id, access.ResultOK, slacktest.Person),
		line(access.ActionAsk, b.chat.questions()[1].ID, access.ResultRefused, "U0ANDER"),
		line(access.ActionAsk, "", access.ResultFailed, slacktest.Person),
		line(access.ActionFeedback, id, access.ResultOK, "U0DERDE"),
		line(access.ActionRead, id, access.ResultOK, "U0DERDE"),
		line(access.ActionShare, id, access.ResultOK, "U0DERDE"),
		line(access.ActionShare, "ans_x", access.ResultDenied, "U0DERDE"),
	}
	seen := map[string]bool{}
	for i, e := range l.entries {
		if e.RequestID == "" || seen[e.RequestID] || !strings.Contains(b.logs.String(), "request_id="+e.RequestID) {
			t.Errorf("line %d: request %q isn't one of the log's", i, e.RequestID)
		}
		seen[e.RequestID] = true
		l.entries[i].RequestID = ""
	}
	if diff := cmp.Diff(want, l.entries); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
