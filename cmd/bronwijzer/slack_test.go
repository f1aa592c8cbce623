package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bronwijzer/internal/slack/slacktest"
)

const (
	slackSecret = "5ac7f1e0b2d34c6f"
	slackPublic = "https://bron.example"
	// longTest makes the load test as long as a working minute.
	longTest = "BRONWIJZER_TEST_LONG"
)

// colleague is the real program with Slack, in a process of its own.
type colleague struct {
	house
	slack  *slacktest.Server
	app    *slacktest.App
	listen string
	// off leaves the secrets out.
	off bool
	cmd *exec.Cmd
	log *bytes.Buffer
}

func newColleague(t *testing.T) *colleague {
	t.Helper()
	c := &colleague{house: newHouse(t), slack: slacktest.New(t), listen: reserved(t), log: &bytes.Buffer{}}
	c.slack.PublicURL = slackPublic
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	c.app = &slacktest.App{URL: "http://" + c.listen, Secret: slackSecret, Client: &http.Client{Transport: transport, Timeout: 10 * time.Second}}
	t.Cleanup(func() {
		for _, fault := range c.slack.Faults() {
			t.Errorf("Slack finds: %s", fault)
		}
	})
	return c
}

// reserved is an address of loopback that only a program gets which names it,
// also while nobody listens there: its port is held without listening.
func reserved(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	syscall.CloseOnExec(fd)
	// As net sets for the program's.
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	in4, ok := at.(*syscall.SockaddrInet4)
	if err != nil || !ok {
		t.Fatal(at, err)
	}
	return fmt.Sprintf("127.0.0.1:%d", in4.Port)
}

// start starts the program and returns at once.
func (c *colleague) start(t *testing.T, args ...string) {
	t.Helper()
	c.cmd = program(context.Background(), append([]string{
		"serve", "--listen", c.listen, "--corpus", c.corpus, "--data", c.data, "--embedder", "none",
		"--public-url", slackPublic, "--slack-api-url", c.slack.APIURL(),
	}, args...)...)
	if !c.off {
		c.cmd.Env = append(c.cmd.Env, "BRONWIJZER_SLACK_SIGNING_SECRET="+slackSecret, "BRONWIJZER_SLACK_BOT_TOKEN=xoxb-geheim")
	}
	c.cmd.Stderr = c.log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.kill(t) })
}

// kill ends the program as a power failure does.
func (c *colleague) kill(t *testing.T) {
	t.Helper()
	if c.cmd.ProcessState != nil {
		return
	}
	if err := c.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = c.cmd.Wait() // it was killed
}

// ready waits until questions can be answered.
func (c *colleague) ready(t *testing.T) {
	t.Helper()
	c.slack.Await(t, "the program", func() bool {
		resp, err := c.app.Client.Get(c.app.URL + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// say delivers a message and returns what thread it is in.
func (c *colleague) say(t *testing.T, e slacktest.Event) string {
	t.Helper()
	got, err := c.app.Event(t.Context(), e)
	if err != nil || got.Status != http.StatusOK {
		t.Fatalf("%+v: %+v, %v", e, got, err)
	}
	if e.Thread != "" {
		return e.Thread
	}
	return e.TS
}

const slackMention = "<@" + slacktest.Bot + "> "

// TestSlack asks the real program in every way that Slack has.
func TestSlack(t *testing.T) {
	for name, streams := range map[string]bool{"streams": true, "updates": false} {
		t.Run(name, func(t *testing.T) {
			c := newColleague(t)
			c.slack.Streams = streams
			c.start(t)
			c.ready(t)
			thread := c.say(t, slacktest.Event{Channel: "C1", TS: "1.1", Text: slackMention + "Hoeveel gemeenten deden mee aan het WODC-onderzoek?"})
			got := c.slack.AwaitText(t, thread, "<"+slackPublic+"/documents/")
			if !strings.Contains(got.Shown(), "270 gemeenten") || !strings.Contains(got.Shown(), notice) {
				t.Errorf("mention: %s", got.Shown())
			}
			c.say(t, slacktest.Event{Channel: "C1", TS: "1.2", Thread: "1.1", Text: slackMention + "En wanneer was dat?"})
			got = c.slack.AwaitText(t, thread, "Gezocht op: ")
			if len(c.slack.Messages(thread)) != 2 || strings.Contains(got.Shown(), notice) || !strings.Contains(got.Shown(), "WODC") {
				t.Errorf("follow-up: %s", got.Shown())
			}
			direct := c.say(t, slacktest.Event{Type: "message", ChannelType: "im", Channel: "D1", TS: "2.1", Text: "Wie voert het woord namens het CKM?"})
			c.slack.AwaitText(t, direct, "Shamir Ceuleers")
			refused := c.say(t, slacktest.Event{Channel: "C2", TS: "3.1", Text: slackMention + "Wat kost een kilo appels in Tokio?"})
			c.slack.AwaitText(t, refused, "staat niet in de documenten")
			c.say(t, slacktest.Event{Channel: "C2", TS: "4.1", Text: slackMention + "Wat?", More: map[string]any{"user_team": "T0ANDERS"}})
			c.command(t)
			if n := len(c.slack.Messages("4.1")); n != 0 {
				t.Errorf("another workspace got %d replies", n)
			}
		})
	}
}

// command asks with the slash command, shares the answer and judges it.
func (c *colleague) command(t *testing.T) {
	t.Helper()
	if _, err := c.app.Command(t.Context(), slacktest.Team, slacktest.Person, "Wie voert het woord namens het CKM?", c.slack.ResponseURL("r")); err != nil {
		t.Fatal(err)
	}
	m := c.slack.AwaitText(t, "r", "Shamir Ceuleers")
	for action, want := range map[string]string{"share": "deelt een antwoord op: Wie voert", "feedback_good": "uw oordeel is bewaard"} {
		if got, err := c.app.Act(t.Context(), action, m.Values(action)[0], c.slack.ResponseURL(action)); err != nil || got.Status != http.StatusOK {
			t.Fatalf("%s: %+v, %v", action, got, err)
		}
		c.slack.AwaitText(t, action, want)
	}
}

// Without its model the program still answers.
func TestSlackWithoutItsModel(t *testing.T) {
	c := newColleague(t)
	c.start(t, "--llm-base-url", "http://127.0.0.1:1/v1", "--llm-model", "weg")
	c.ready(t)
	thread := c.say(t, slacktest.Event{Channel: "C1", TS: "1.1", Text: slackMention + "Hoeveel gemeenten deden mee aan het WODC-onderzoek?"})
	c.slack.AwaitText(t, thread, "270 gemeenten")
}

// One secret without the other is told at the start, and without any there are
// no routes.
func TestSlackSettings(t *testing.T) {
	h := newHouse(t)
	for _, args := range [][]string{
		{"--slack-bot-token", "x"},
		{"--slack-signing-secret", "x"},
		{"--slack-signing-secret", "x", "--slack-signing-secret-file", "y", "--slack-bot-token", "x"},
		{"--slack-signing-secret", "x", "--slack-bot-token", "x", "--slack-groups", "kern=@jan"},
	} {
		_, errs, err := h.run(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--embedder", "none"}, args...)...)
		if err == nil || !strings.Contains(errs, "slack") {
			t.Errorf("%v: %v %s", args, err, errs)
		}
	}
	var out bytes.Buffer
	cmd := program(t.Context(), "slack", "manifest", "--public-url", slackPublic)
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil || !strings.Contains(out.String(), slackPublic+"/slack/events") {
		t.Errorf("manifest: %v %s", err, out.String())
	}
	c := newColleague(t)
	c.off = true
	c.start(t)
	c.ready(t)
	if got, err := c.app.Event(t.Context(), slacktest.Event{Channel: "C1", TS: "1.1", Text: "Wat?"}); err != nil || got.Status != http.StatusNotFound {
		t.Errorf("without secrets: %+v, %v", got, err)
	}
}

// TestSlackUnderLoad delivers 50 questions a second over 64 channels, each up
// to four times, and kills the program halfway: every question gets one reply.
// It takes a few seconds; with BRONWIJZER_TEST_LONG=1, a minute.
func TestSlackUnderLoad(t *testing.T) {
	const rate, channels = 50, 64
	questions := 4 * rate
	if os.Getenv(longTest) != "" {
		questions = 60 * rate
	}
	c := newColleague(t)
	c.slack.Paced = true
	c.start(t)
	c.ready(t)
	var wg sync.WaitGroup
	var acks latencies
	tick := time.NewTicker(time.Second / rate)
	defer tick.Stop()
	for i := range questions {
		<-tick.C
		e := slacktest.Event{
			Channel: fmt.Sprintf("C%d", i%channels), TS: fmt.Sprintf("%d.1", i), User: fmt.Sprintf("U%d", i%100),
			Text: fmt.Sprintf("%sHoeveel gemeenten deden mee aan onderzoek %d?", slackMention, i),
		}
		wg.Go(func() { c.deliver(t, e, &acks) })
		if i == questions/2 {
			c.kill(t)
			c.start(t)
		}
	}
	wg.Wait()
	replied := func() int {
		n := 0
		for _, m := range c.slack.Messages("") {
			if m.Shown() != "zoekt…" {
				n++
			}
		}
		return n
	}
	c.slack.Await(t, "all replies", func() bool { return replied() >= questions })
	busy, orphans := c.judge(t, questions)
	p99 := acks.percentile(99)
	t.Logf("%d questions, %d acknowledged deliveries, p50 %v, p99 %v; %d were too many at once, %d placeholders orphaned",
		questions, len(acks.list), acks.percentile(50), p99, busy, orphans)
	if orphans > 1 {
		t.Errorf("one crash orphaned %d placeholders", orphans)
	}
	if p99 > slowestAck {
		t.Errorf("99 %% is acknowledged within %v, want %v", p99, slowestAck)
	}
}

// deliver delivers an event one to four times, and as Slack does again as long
// as none of these was taken.
func (c *colleague) deliver(t *testing.T, e slacktest.Event, acks *latencies) {
	t.Helper()
	taken := false
	times := 1 + rand.IntN(4)
	for try := 0; try < times || !taken && try < 200; try++ {
		if try > 0 {
			pause(t, time.Duration(rand.IntN(400))*time.Millisecond)
		}
		e.ID = fmt.Sprintf("Ev%s-%d", e.TS, try/2)
		got, err := c.app.Event(t.Context(), e)
		if err == nil && got.Status == http.StatusOK {
			taken = true
			acks.add(got.Took)
		} else if err == nil && got.Status != http.StatusServiceUnavailable || errors.Is(err, context.Canceled) {
			t.Errorf("delivery of %s: %+v, %v", e.TS, got, err)
		}
	}
	if !taken {
		t.Errorf("question %s was never taken", e.TS)
	}
}

// pause spreads deliveries as Slack does; nothing is waited for.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// judge counts the replies in every thread.
func (c *colleague) judge(t *testing.T, questions int) (busy, orphans int) {
	t.Helper()
	replies := map[string]int{}
	for _, m := range c.slack.Messages("") {
		switch {
		case m.Shown() == "zoekt…":
			orphans++
			continue
		case strings.Contains(m.Shown(), "te veel vragen"):
			busy++
		case !strings.Contains(m.Shown(), "gemeenten"):
			t.Errorf("thread %s: %s", m.Thread, m.Shown())
		}
		replies[m.Thread]++
	}
	for thread, n := range replies {
		if n != 1 {
			t.Errorf("thread %s has %d replies", thread, n)
		}
	}
	if len(replies) != questions {
		t.Errorf("%d of %d questions have a reply", len(replies), questions)
	}
	return busy, orphans
}

// latencies are how long requests took.
type latencies struct {
	mu   sync.Mutex
	list []time.Duration
}

func (l *latencies) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, d)
}

func (l *latencies) percentile(p int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.list)
	return l.list[(len(l.list)-1)*p/100]
}
