package slack

import (
	"strings"
	"testing"

	"bronwijzer/internal/slack/slacktest"
)

// TestGroups: a limited document is for its group's members, where nobody else
// sees the answer. A channel is told what everybody may read, whoever asks in it.
func TestGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, func(c *Config) { c.Groups = map[string][]string{"kern": {"U0LID"}, "anders": {"U0ANDER"}} })
	const limited = "Geheim stuk"
	ask := func(e slacktest.Event) string {
		t.Helper()
		e.Text = "<@" + slacktest.Bot + "> " + limitedQuestion
		b.deliver(t, e)
		thread := e.TS
		if e.Thread != "" {
			thread = e.Thread
		}
		b.slack.Await(t, "a reply", func() bool { return len(b.slack.Messages(thread)) > 0 })
		b.slack.AwaitText(t, thread, textGood)
		messages := b.slack.Messages(thread)
		return messages[len(messages)-1].Shown()
	}
	for _, tt := range []struct {
		name  string
		event slacktest.Event
		shows bool
	}{
		{"member, in a channel", slacktest.Event{Channel: "C1", TS: "1.1", User: "U0LID"}, false},
		{"member, in a message to more people", slacktest.Event{Type: "app_mention", ChannelType: "mpim", Channel: "G1", TS: "2.1", User: "U0LID"}, false},
		{"member, directly", slacktest.Event{Type: "message", ChannelType: "im", Channel: "D1", TS: "3.1", User: "U0LID"}, true},
		{"another group", slacktest.Event{Type: "message", ChannelType: "im", Channel: "D2", TS: "4.1", User: "U0ANDER"}, false},
		{"stranger", slacktest.Event{Type: "message", ChannelType: "im", Channel: "D3", TS: "5.1"}, false},
		{"id in other letters", slacktest.Event{Type: "message", ChannelType: "im", Channel: "D4", TS: "6.1", User: "u0lid"}, false},
	} {
		if shown := ask(tt.event); strings.Contains(shown, limited) != tt.shows {
			t.Errorf("%s: %q", tt.name, shown)
		}
	}

	command := func(user, name string) slacktest.Message {
		t.Helper()
		if _, err := b.app.Command(t.Context(), slacktest.Team, user, limitedQuestion, b.slack.ResponseURL(name)); err != nil {
			t.Fatal(err)
		}
		return b.slack.AwaitText(t, name, textGood)
	}
	mine, theirs := command("U0LID", "lid"), command("U0ANDER", "ander")
	if !strings.Contains(mine.Shown(), limited) || strings.Contains(theirs.Shown(), limited) {
		t.Errorf("command: member %q, another %q", mine.Shown(), theirs.Shown())
	}
	share, source, good := mine.Values(actionShare)[0], mine.Values(actionSource)[0], mine.Values(actionGood)[0]
	for i, tt := range []struct {
		click slacktest.Click
		want  string
	}{
		{slacktest.Click{Action: actionShare, Value: share, User: "U0LID"}, textLimited},
		{slacktest.Click{Action: actionShare, Value: share, User: "U0LID"}, textLimited},
		{slacktest.Click{Action: actionShare, Value: share, User: "U0ANDER"}, textGone},
		{slacktest.Click{Action: actionSource, Value: source, User: "U0ANDER"}, textGone},
		{slacktest.Click{Action: actionGood, Value: good, User: "U0ANDER"}, textGone},
		{slacktest.Click{Action: actionGood, Value: good, User: "U0LID"}, textThanks},
		{slacktest.Click{Action: actionSource, Value: source, User: "U0LID"}, limited},
	} {
		got := b.click(t, "klik"+string(rune('0'+i)), tt.click)
		if !strings.Contains(got.Shown(), tt.want) || got.ResponseType != "ephemeral" || tt.want != limited && strings.Contains(got.Shown(), limited) {
			t.Errorf("%+v: got %+v, want %q", tt.click, got, tt.want)
		}
	}
}

// TestPrivacyOutlivesTheProcess: work that an earlier process accepted is answered
// for those who would have seen it then.
func TestPrivacyOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	groups := func(c *Config) { c.Groups = map[string][]string{"kern": {"U0LID"}} }
	b := newBench(t)
	b.chat.hold = make(chan struct{})
	b.start(t, groups)
	b.deliver(t, slacktest.Event{Type: "message", ChannelType: "im", Channel: "D1", TS: "1.1", User: "U0LID", Text: limitedQuestion})
	b.deliver(t, slacktest.Event{Channel: "C1", TS: "2.1", User: "U0LID", Text: limitedQuestion})
	b.slack.Await(t, "both questions", func() bool { return len(b.chat.questions()) == 2 })
	b.stop()
	close(b.chat.hold)
	b.start(t, groups)
	if got := b.slack.AwaitText(t, "1.1", textGood); !strings.Contains(got.Shown(), "Geheim stuk") {
		t.Errorf("directly: %q", got.Shown())
	}
	if got := b.slack.AwaitText(t, "2.1", textGood); strings.Contains(got.Shown(), "Geheim stuk") {
		t.Errorf("in a channel: %q", got.Shown())
	}
}
