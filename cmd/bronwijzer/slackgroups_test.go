package main

import (
	"net/http"
	"strings"
	"testing"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/slack/slacktest"
)

// TestSlackGroups asks the real program in Slack about a document that is limited
// to a group. Outside it, it isn't there: not as passage, title, citation or count,
// nor by the buttons of who may see it.
func TestSlackGroups(t *testing.T) {
	const limited, question = "001_ddf4943c36778a67.txt", "Wie voert het woord namens het CKM?"
	c := newColleague(t)
	c.limit(t, map[string]string{limited: "kern"}, func(string) bool { return true })
	c.start(t, "--slack-groups", "kern=U0LID,U0TWEE", "--slack-groups", "anders=U0ANDER")
	c.ready(t)
	traces := []string{docs.NewID("corpus", limited), "Ceuleers", "ambitie Kabinet"}
	check := func(what, shown string, shows bool) {
		t.Helper()
		for _, trace := range traces {
			if strings.Contains(shown, trace) != shows {
				t.Errorf("%s: %q, which has %q: %t", what, shown, trace, !shows)
			}
		}
	}
	for i, tt := range []struct {
		name  string
		event slacktest.Event
		shows bool
	}{
		{"member, in a channel", slacktest.Event{Channel: "C1", User: "U0LID", Text: slackMention + question}, false},
		{"member, directly", slacktest.Event{Type: "message", ChannelType: "im", Channel: "D1", User: "U0LID", Text: question}, true},
		{"another group, directly", slacktest.Event{Type: "message", ChannelType: "im", Channel: "D2", User: "U0ANDER", Text: question}, false},
		{"stranger, directly", slacktest.Event{Type: "message", ChannelType: "im", Channel: "D3", Text: question}, false},
	} {
		tt.event.TS = string(rune('1'+i)) + ".1"
		thread := c.say(t, tt.event)
		got := c.slack.AwaitText(t, thread, "Nuttig")
		check(tt.name, got.Shown(), tt.shows)
		tt.event.Thread, tt.event.TS, tt.event.Text = thread, string(rune('1'+i))+".2", strings.TrimSuffix(tt.event.Text, question)+"En waarom is dat?"
		c.say(t, tt.event)
		c.slack.Await(t, "the follow-up", func() bool { return len(c.slack.Messages(thread)) == 2 })
		if got = c.slack.AwaitText(t, thread, "Gezocht op: "); !tt.shows {
			check(tt.name+", follow-up", got.Shown(), false)
		}
	}

	command := func(user, name string) slacktest.Message {
		t.Helper()
		if _, err := c.app.Command(t.Context(), slacktest.Team, user, question, c.slack.ResponseURL(name)); err != nil {
			t.Fatal(err)
		}
		return c.slack.AwaitText(t, name, "Nuttig")
	}
	mine, theirs := command("U0LID", "lid"), command("U0ANDER", "ander")
	check("member, command", mine.Shown(), true)
	check("another group, command", theirs.Shown(), false)
	for name, tt := range map[string]struct {
		click slacktest.Click
		want  string
		shows bool
	}{
		"share":             {slacktest.Click{Action: "share", Value: mine.Values("share")[0], User: "U0LID"}, "niet in het kanaal worden gedeeld", false},
		"share by another":  {slacktest.Click{Action: "share", Value: mine.Values("share")[0], User: "U0ANDER"}, "niet voor u", false},
		"source, a member":  {slacktest.Click{Action: "source", Value: mine.Values("source")[0], User: "U0TWEE"}, "“", true},
		"source, another":   {slacktest.Click{Action: "source", Value: mine.Values("source")[0], User: "U0ANDER"}, "niet voor u", false},
		"judged by another": {slacktest.Click{Action: "feedback_bad", Value: mine.Values("feedback_bad")[0], User: "U0ANDER"}, "niet voor u", false},
	} {
		thread := strings.NewReplacer(" ", "", ",", "").Replace(name)
		tt.click.ResponseURL = c.slack.ResponseURL(thread)
		if got, err := c.app.Click(t.Context(), tt.click); err != nil || got.Status != http.StatusOK {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		got := c.slack.AwaitText(t, thread, tt.want)
		if tt.shows != strings.Contains(got.Shown(), "Ceuleers") || got.ResponseType != "ephemeral" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
