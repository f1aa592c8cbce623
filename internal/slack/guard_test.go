package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bronwijzer/internal/slack/slacktest"
)

// signed are the headers of a body that was signed some time ago.
func signed(body string, ago time.Duration) http.Header {
	at := strconv.FormatInt(time.Now().Add(-ago).Unix(), 10)
	return http.Header{"X-Slack-Request-Timestamp": {at}, "X-Slack-Signature": {slacktest.Sign(secret, at, body)}}
}

// mutate changes one header, or both, or the body.
func mutate(r *rand.Rand, h http.Header, body string) (http.Header, string) {
	h = h.Clone()
	name := []string{"X-Slack-Signature", "X-Slack-Request-Timestamp"}[r.IntN(2)]
	value := []byte(h.Get(name))
	i := r.IntN(len(value))
	switch r.IntN(9) {
	case 0: // one bit
		value[i] ^= 1 << r.IntN(7)
	case 1: // another character
		value[i] = "0123456789abcdefABCDEF=v+- "[r.IntN(27)]
	case 2:
		value = append(value[:i], value[i+1:]...)
	case 3:
		value = append(value[:i], append([]byte{"0a9f "[r.IntN(5)]}, value[i:]...)...)
	case 4:
		value = value[:i]
	case 5:
		h.Del(name)
		return h, body
	case 6:
		value = []byte(strings.ToUpper(string(value)))
	case 7: // of another time, or with another secret
		at := strconv.FormatInt(time.Now().Unix()+int64(r.IntN(600)-300), 10)
		h.Set("X-Slack-Request-Timestamp", at)
		h.Set("X-Slack-Signature", slacktest.Sign(fmt.Sprintf("%x", r.Uint64()), at, body))
		return h, body
	case 8:
		b := []byte(body)
		b[r.IntN(len(b))] ^= 1 << r.IntN(7)
		return h, string(b)
	}
	h.Set(name, string(value))
	return h, body
}

func TestNoForgedRequestIsTaken(t *testing.T) {
	b := newBench(t).start(t, nil)
	s, err := New(discard(), b.chat, b.store, Config{SigningSecret: secret, BotToken: "x", APIURL: b.slack.APIURL()})
	if err != nil {
		t.Fatal(err)
	}
	s.loaded.Store(true)
	body := mention("1.1", "Wat?").JSON()
	h := signed(body, 0)
	r := rand.New(rand.NewPCG(1, 2))
	send := func(h http.Header, body string) int {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/events", strings.NewReader(body))
		req.Header = h
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		return w.Code
	}
	tried := 0
	for tried < 10_000 {
		forged, changed := mutate(r, h, body)
		if changed == body && forged.Get("X-Slack-Signature") == h.Get("X-Slack-Signature") &&
			forged.Get("X-Slack-Request-Timestamp") == h.Get("X-Slack-Request-Timestamp") {
			continue
		}
		tried++
		if code := send(forged, changed); code != http.StatusUnauthorized {
			t.Fatalf("%v: got %d", forged, code)
		}
	}
	if n := s.queue.size(); n != 0 {
		t.Errorf("%d forged questions are in the queue", n)
	}
	if code := send(h, body); code != http.StatusOK {
		t.Errorf("the genuine one: got %d", code)
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	body := mention("1.1", "Wat?").JSON()
	for ago, want := range map[time.Duration]int{0: 200, 4 * time.Minute: 200, -4 * time.Minute: 200, 301 * time.Second: 401, -6 * time.Minute: 401, 24 * time.Hour: 401} {
		got, err := b.app.SendSigned(t.Context(), "/slack/events", "application/json", body, signed(body, ago))
		if err != nil || got.Status != want {
			t.Errorf("signed %v ago: %+v, %v, want %d", ago, got, err, want)
		}
	}
	b.slack.AwaitText(t, "1.1", "Over Wat?")
	if n := len(b.chat.questions()); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, io.EOF
}

// What can't be Slack's by its headers costs no body, and a flood of it few lines
// of the log; all of it is counted.
func TestStrangersCostLittle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, err := New(slog.New(slog.NewTextHandler(b.logs, nil)), b.chat, b.store, Config{SigningSecret: secret, BotToken: "x", APIURL: b.slack.APIURL()})
	if err != nil {
		t.Fatal(err)
	}
	good, old := signed("x", 0), signed("x", time.Hour)
	form := good.Clone()
	form.Set("X-Slack-Signature", "v0=abc")
	none := good.Clone()
	none.Del("X-Slack-Request-Timestamp")
	send := func(h http.Header, body io.Reader, length int64) *httptest.ResponseRecorder {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/events", body)
		req.Header, req.ContentLength = h, length
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		return w
	}
	began, n := time.Now(), 0
	for range 250 {
		for _, h := range []http.Header{{}, old, form, none} {
			n++
			if w := send(h, unread{t}, -1); w.Code != http.StatusUnauthorized || w.Header().Get("Connection") != "close" {
				t.Fatalf("%v: got %d", h, w.Code)
			}
		}
	}
	if w := send(good, unread{t}, maxBody+1); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("large: got %d", w.Code)
	}
	if s.Refused() != int64(n) {
		t.Errorf("%d of %d are counted", s.Refused(), n)
	}
	if lines, most := strings.Count(b.logs.String(), "without a valid signature"), 1+int(time.Since(began)/warnEvery); lines < 1 || lines > most {
		t.Errorf("%d lines, want 1 to %d", lines, most)
	}
}

// slow is a body that says when it is being read, and ends when it is let go.
type slow struct{ reading, release chan struct{} }

func (s slow) Read([]byte) (int, error) {
	s.reading <- struct{}{}
	<-s.release
	return 0, io.EOF
}

// At most so many bodies are read at once; who finds no room is told to come back.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	d := newDoor(discard(), secret)
	body := slow{make(chan struct{}), make(chan struct{})}
	read := func(ctx context.Context, r io.Reader) error {
		req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/slack/events", r)
		req.Header = signed("", 0)
		_, err := d.read(httptest.NewRecorder(), req)
		return err
	}
	var wg sync.WaitGroup
	for range maxBodies {
		wg.Go(func() {
			if err := read(t.Context(), body); err != nil {
				t.Error(err)
			}
		})
		<-body.reading
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := read(gone, unread{t}); !errors.Is(err, errLater) {
		t.Errorf("one more: got %v, want errLater", err)
	}
	close(body.release)
	wg.Wait()
	if err := read(t.Context(), strings.NewReader("")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// A body that is signed but isn't Slack's does nothing.
func TestMalformed(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	for _, tt := range []struct {
		path, body string
		want       int
	}{
		{"/slack/events", ``, 400},
		{"/slack/events", `{"type":`, 400},
		{"/slack/events", `{"type":"event_callback"}`, 200},
		{"/slack/events", `{"type":"app_rate_limited"}`, 200},
		{"/slack/commands", `%zz`, 400},
		{"/slack/commands", "text=x&team_id=" + slacktest.Team + "&response_url=https://evil.example/", 400},
		{"/slack/commands", "text=x&team_id=" + slacktest.Team + "&response_url=https://hooks.slack.com@evil.example/", 400},
		{"/slack/commands", "text=x&team_id=" + slacktest.Team + "&response_url=http://hooks.slack.com/", 400},
		{"/slack/interactions", ``, 400},
		{"/slack/interactions", `payload={"type":"view_submission"}`, 200},
		{"/slack/interactions", `payload={"type":"block_actions","actions":[{"action_id":"share"}],"response_url":"https://evil.example"}`, 400},
		{"/slack/interactions", `payload={"type":"block_actions","actions":[{"action_id":"source"}],"response_url":"https://hooks.slack.com/x"}`, 400},
		{"/slack/interactions", `payload={"type":"block_actions","actions":[{"action_id":"other"}],"response_url":"https://hooks.slack.com/x"}`, 200},
		{"/slack/anders", ``, 404},
	} {
		got, err := b.app.Send(t.Context(), tt.path, "text/plain", tt.body)
		if err != nil || got.Status != tt.want {
			t.Errorf("%s %s: %+v, %v, want %d", tt.path, tt.body, got, err, tt.want)
		}
	}
	got, err := b.app.Client.Get(b.app.URL + "/slack/events")
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	if got.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: got %d", got.StatusCode)
	}
	if got, err := b.app.Send(t.Context(), "/slack/events", "text/plain", strings.Repeat("x", maxBody+1)); err != nil || got.Status != 413 {
		t.Errorf("large: %+v, %v", got, err)
	}
	if got := b.chat.questions(); len(got) > 0 {
		t.Errorf("asked %v", got)
	}
}

// Whatever way a message is delivered, it has one answer.
func TestEveryEventOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	e := slacktest.Event{Channel: "D1", ChannelType: "im", TS: "1.1", Text: "<@" + slacktest.Bot + "> Wat?"}
	var wg sync.WaitGroup
	for i := range 40 {
		other := e
		other.ID = fmt.Sprintf("Ev%d", i%4)
		if i%2 == 1 {
			other.Type = "message"
		}
		wg.Go(func() {
			if got, err := b.app.Event(context.WithoutCancel(t.Context()), other); err != nil || got.Status != 200 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wg.Wait()
	b.slack.AwaitText(t, "1.1", "Over Wat?")
	b.restart(t)
	b.deliver(t, e)
	b.deliver(t, mention("9.1", "Laatste?"))
	b.slack.AwaitText(t, "9.1", "Over Laatste?")
	if got := requests(b.chat.questions()); len(got) != 2 || len(b.slack.Messages("1.1")) != 1 {
		t.Errorf("asked %q, %d replies", got, len(b.slack.Messages("1.1")))
	}
}

func TestWhatIsNoQuestion(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	for i, more := range []map[string]any{
		{"bot_id": "B1"},
		{"user": slacktest.Bot},
		{"user": ""},
		{"user": "USLACKBOT"},
		{"edited": map[string]any{"user": "U1"}},
		{"subtype": "message_changed"},
		{"subtype": "message_deleted"},
		{"subtype": "bot_message"},
		{"subtype": "channel_join"},
		{"hidden": true},
		{"type": "message", "channel_type": "channel"},
		{"type": "reaction_added"},
		{"ts": ""},
		{"channel": ""},
	} {
		e := mention(fmt.Sprintf("%d.1", i), "Wat?")
		e.More = more
		b.deliver(t, e)
	}
	b.deliver(t, mention("99.1", "Laatste?"))
	b.slack.AwaitText(t, "99.1", "Over Laatste?")
	if got := b.slack.Messages(""); len(got) != 1 {
		t.Errorf("replies: %+v", got)
	}
}

// A mention without a question gets help.
func TestEmptyMention(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	b.deliver(t, mention("1.1", " "))
	b.slack.AwaitText(t, "1.1", "Stel een vraag")
}

func TestWhoGetsAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, func(c *Config) { c.Teams, c.Channels = []string{"T1", "T2"}, []string{"C0GOED", DirectMessages} })
	n := 0
	try := func(team, channel string, more map[string]any) {
		n++
		b.deliver(t, slacktest.Event{Team: team, Channel: channel, TS: fmt.Sprintf("%d.1", n), Text: fmt.Sprintf("vraag %d", n), More: more})
	}
	try("T3", "C0GOED", nil)                               // another workspace
	try("T1", "C0GOED", map[string]any{"user_team": "T3"}) // somebody of another, in a shared channel
	try("T1", "C0GOED", map[string]any{"source_team": "T3"})
	try("T1", "C0FOUT", nil)
	try("T1", "C0GOED", nil)
	try("T2", "D9", nil)
	for _, thread := range []string{"5.1", "6.1"} {
		b.slack.AwaitText(t, thread, "Over vraag")
	}
	b.slack.Await(t, "the whisper", func() bool { return len(b.slack.Messages("4.1")) == 1 })
	if m := b.slack.Messages("4.1")[0]; m.To != slacktest.Person || m.Text != textOtherChannel {
		t.Errorf("in another channel: %+v", m)
	}
	if got := requests(b.chat.questions()); len(got) != 2 || len(b.slack.Messages("")) != 3 {
		t.Errorf("asked %q, messages %+v", got, b.slack.Messages(""))
	}
	for team, want := range map[string]string{"T3": textOtherTeam, "T1": textOtherChannel} {
		got, err := b.app.Command(t.Context(), team, slacktest.Person, "Wat?", b.slack.ResponseURL("x"))
		if err != nil || !strings.Contains(got.Body, want) {
			t.Errorf("command in %s: %+v, %v", team, got, err)
		}
	}
}

// Without a list it is the workspace that has the app, not its guests.
func TestGuestsGetNoAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	e := mention("1.1", "Wat?")
	e.More = map[string]any{"user_team": "T0GAST"}
	b.deliver(t, e)
	b.deliver(t, mention("2.1", "Wat?"))
	b.slack.AwaitText(t, "2.1", "Over Wat?")
	if n := len(b.slack.Messages("1.1")); n != 0 {
		t.Errorf("a guest got %d replies", n)
	}
}
