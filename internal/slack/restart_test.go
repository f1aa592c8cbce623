package slack

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/slack/slacktest"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// restart ends the app and starts another on the same store.
func (b *bench) restart(t *testing.T) {
	t.Helper()
	b.stop()
	b.start(t, nil)
}

// Whenever the process ends, the question is answered by the next, in the
// message that was begun.
func TestWorkGoesOnAfterAStop(t *testing.T) {
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			b.stop()
			b.chat.hold = make(chan struct{})
			b.start(t, nil)
			for i := range 3 {
				b.deliver(t, mention(fmt.Sprintf("%d.1", i+1), fmt.Sprintf("vraag %d", i+1)))
			}
			b.slack.Await(t, "work", func() bool { return len(b.chat.questions()) == 3 })
			b.stop()
			close(b.chat.hold)
			b.start(t, nil)
			for i := range 3 {
				thread := fmt.Sprintf("%d.1", i+1)
				b.slack.AwaitText(t, thread, fmt.Sprintf("Over vraag %d", i+1))
				if n := len(b.slack.Messages(thread)); n != 1 {
					t.Errorf("thread %s has %d replies", thread, n)
				}
			}
		})
	}
}

// A stream that a crash left open is ended and replaced as a whole.
func TestStreamOfAnEarlierProcess(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.slack.Streams = true
	b.start(t, nil).deliver(t, mention("1.1", "eerste"))
	m := b.slack.AwaitText(t, "1.1", textGood)
	b.stop()
	b.slack.Reopen(m.Channel, m.TS)
	left := fmt.Sprintf(`{"kind":"ask","request":"R7","accepted":%q,"team":%q,"user":%q,"channel":%q,"thread":"1.1","question":"tweede","message":%q,"streaming":true}`,
		time.Now().Format(time.RFC3339), slacktest.Team, slacktest.Person, m.Channel, m.TS)
	if _, _, err := b.store.AddJob(t.Context(), "left", []byte(left)); err != nil {
		t.Fatal(err)
	}
	b.start(t, nil)
	got := b.slack.AwaitText(t, "1.1", "Over tweede")
	if strings.Contains(got.Shown(), "eerste") || len(b.slack.Messages("1.1")) != 1 {
		t.Errorf("got %q", got.Shown())
	}
}

// Nothing is lost or swapped while Slack says that it is too busy.
func TestRateLimits(t *testing.T) {
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			for _, method := range []string{"chat.postMessage", "chat.update", "chat.startStream", "chat.stopStream"} {
				b.slack.Fail(method, slacktest.Failure{RetryAfter: 1}, slacktest.Failure{Status: http.StatusBadGateway})
			}
			var want []string
			for i := range 4 {
				e := mention(fmt.Sprintf("1.%d", i+1), fmt.Sprintf("vraag %d", i+1))
				e.Thread = "1.1"
				b.deliver(t, e)
				want = append(want, e.Text[strings.Index(e.Text, " ")+1:])
			}
			b.slack.AwaitText(t, "1.1", "Over vraag 4")
			var got []string
			for _, m := range b.slack.Messages("1.1") {
				_, rest, _ := strings.Cut(m.Shown(), "Over ")
				question, _, _ := strings.Cut(rest, ". [1]")
				got = append(got, question)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answers in the thread (-want +got):\n%s", diff)
			}
			if n := len(b.chat.questions()); n != 4 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// A channel gets at most one message a second, and none of its questions is
// held up by another channel's. A machine that stops for a moment brings messages
// together that were sent apart: once, not always.
func TestPace(t *testing.T) {
	t.Parallel()
	var fault string
	for range 5 {
		if fault = pace(t); fault == "" {
			return
		}
	}
	t.Error(fault)
}

// pace says what is wrong with when two channels got their messages.
func pace(t *testing.T) (fault string) {
	t.Helper()
	b := newBench(t)
	b.slack.Paced = true
	b.start(t, nil)
	for i := range 3 {
		e := mention(fmt.Sprintf("7.%d", i), "druk")
		b.deliver(t, e)
	}
	b.deliver(t, mention("8.1", "rustig"))
	b.slack.AwaitText(t, "8.1", "Over rustig")
	if n := len(b.slack.Messages("")); n > 3 {
		fault = fmt.Sprintf("the quiet channel waited for %d others", n-1)
	}
	for i := range 3 {
		b.slack.AwaitText(t, fmt.Sprintf("7.%d", i), "Over druk")
	}
	if strings.Contains(b.logs.String(), "rate limit") {
		fault = fmt.Sprintf("Slack had to say that it was too fast:\n%s", b.logs)
	}
	return fault
}

// Questions beyond the queue are told so; beyond twice the queue Slack is told
// to come back. Nothing is dropped in silence.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.chat.hold = make(chan struct{})
	b.start(t, func(c *Config) { c.Queue = 2 })
	send := func(i int) int {
		t.Helper()
		got, err := b.app.Event(t.Context(), mention(fmt.Sprintf("%d.1", i), fmt.Sprintf("vraag %d", i)))
		if err != nil {
			t.Fatal(err)
		}
		return got.Status
	}
	b.slack.Fail("chat.postMessage", slacktest.Failure{RetryAfter: 2}, slacktest.Failure{RetryAfter: 2}, slacktest.Failure{RetryAfter: 2}, slacktest.Failure{RetryAfter: 2})
	for i, want := range []int{200, 200, 200, 200, 503} {
		if got := send(i); got != want {
			t.Errorf("question %d: got %d, want %d", i, got, want)
		}
	}
	got, err := b.app.Command(t.Context(), slacktest.Team, slacktest.Person, "Wat?", b.slack.ResponseURL("x"))
	if err != nil || got.Status != 200 || !strings.Contains(got.Body, "te veel vragen") {
		t.Errorf("command: %+v, %v", got, err)
	}
	for _, thread := range []string{"2.1", "3.1"} {
		b.slack.AwaitText(t, thread, "te veel vragen")
	}
	close(b.chat.hold)
	for _, thread := range []string{"0.1", "1.1"} {
		b.slack.AwaitText(t, thread, "Over vraag")
	}
	b.slack.Await(t, "the queue to empty", func() bool { return send(4) == 200 })
	b.slack.Await(t, "its reply", func() bool { return len(b.slack.Messages("4.1")) == 1 })
}

// Work that Slack will never take is given up, and what follows goes on.
func TestHopelessWork(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.slack.Fail("chat.postMessage", slacktest.Failure{Error: "channel_not_found"})
	b.slack.Fail("hook", slacktest.Failure{Status: http.StatusNotFound})
	b.start(t, nil)
	b.deliver(t, mention("1.1", "eerste"))
	b.slack.Await(t, "the failure", func() bool { return b.slack.Calls("chat.postMessage") == 1 })
	next := mention("1.2", "tweede")
	next.Thread = "1.1"
	b.deliver(t, next)
	b.slack.AwaitText(t, "1.1", "Over tweede")
	for _, name := range []string{"een", "twee"} {
		if _, err := b.app.Command(t.Context(), slacktest.Team, slacktest.Person, "Wat?", b.slack.ResponseURL(name)); err != nil {
			t.Fatal(err)
		}
		b.slack.Await(t, name, func() bool { return b.slack.Calls("hook") > 0 })
	}
	b.slack.AwaitText(t, "twee", "Over Wat?")
	b.slack.Await(t, "both failures in the log", func() bool { return strings.Count(b.logs.String(), "slack work failed") == 2 })
}

// Once a question is answered its asker, workspace and channel are nowhere in
// the data folder, nor in the log.
func TestNoIdsAreKept(t *testing.T) {
	t.Parallel()
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			e := mention("1.1", "Wat?")
			e.User, e.Team, e.Channel = "U0GEHEIM", "T0GEHEIM", "C0GEHEIM"
			b.deliver(t, e)
			b.slack.Await(t, "the end of the work", func() bool { return strings.Contains(b.logs.String(), "slack work done") })
			b.stop()
			if err := b.store.ExpireJobs(t.Context(), time.Now().Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(b.dir, "*"))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			for _, f := range files {
				content, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(content), "0GEHEIM") {
					t.Errorf("%s has an id of Slack", filepath.Base(f))
				}
			}
			if strings.Contains(b.logs.String(), "0GEHEIM") || strings.Contains(b.logs.String(), "Wat?") {
				t.Errorf("the log says who asked what:\n%s", b.logs)
			}
		})
	}
}
