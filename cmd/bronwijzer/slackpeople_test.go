package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bronwijzer/internal/slack"
	"bronwijzer/internal/slack/slacktest"
)

// Between an answer and its message the program is killed: the answer is shown by
// the next, and kept once. Whose it is can be handed over and erased by their id in
// Slack.
func TestSlackExportAndErase(t *testing.T) {
	c := newColleague(t)
	c.start(t)
	c.ready(t)
	const person, question = "U0IK", "Wie voert het woord namens het CKM?"
	ask := func(user, ts string) {
		t.Helper()
		c.say(t, slacktest.Event{Type: "message", ChannelType: "im", Channel: "D" + user, User: user, TS: ts, Text: question})
	}
	ask("U0ANDER", "1.1")
	c.slack.AwaitText(t, "1.1", "Shamir Ceuleers")
	if _, err := c.app.Command(t.Context(), slacktest.Team, person, question, c.slack.ResponseURL("r")); err != nil {
		t.Fatal(err)
	}
	c.slack.AwaitText(t, "r", "Shamir Ceuleers")
	updates := c.slack.Calls("chat.update")
	c.slack.Fail("chat.update", slacktest.Failure{RetryAfter: 3600})
	ask(person, "2.1")
	c.slack.Await(t, "the wait", func() bool { return c.slack.Calls("chat.update") > updates })
	c.kill(t)
	c.start(t)
	c.slack.AwaitText(t, "2.1", "Shamir Ceuleers")

	secret := filepath.Join(t.TempDir(), "geheim")
	if err := os.WriteFile(secret, []byte(slackSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	who := func(command, user string) (string, error) {
		t.Helper()
		out, errs, err := c.run(t, command, "--slack-user", user, "--slack-signing-secret-file", secret)
		return out + errs, err
	}
	if out, err := who("export", person); err != nil || strings.Count(out, `"question": "`+question) != 2 {
		t.Errorf("export: %v %s", err, out)
	}
	if out, err := who("erase", person); err != nil || !strings.Contains(out, "Gewist: 2 gesprekken") {
		t.Errorf("erase: %v %s", err, out)
	}
	for _, command := range []string{"erase", "export"} {
		if out, err := who(command, person); err == nil || !strings.Contains(out, "nothing is kept") {
			t.Errorf("%s of nothing: %v %s", command, err, out)
		}
		if out, err := who(command, "jan"); err == nil || !strings.Contains(out, "U0123ABCD") {
			t.Errorf("%s of somebody elsewhere: %v %s", command, err, out)
		}
		if out, errs, err := c.run(t, command, "--slack-user", person); err == nil || !strings.Contains(errs, "--slack-signing-secret-file") {
			t.Errorf("%s without the secret: %v %s", command, err, out+errs)
		}
	}
	if out, err := who("export", "U0ANDER"); err != nil || strings.Count(out, `"question": "`+question) != 1 {
		t.Errorf("another's: %v %s", err, out)
	}
}

// The audit log of the real program names who acted in Slack, and the request.
func TestSlackIsAudited(t *testing.T) {
	c := newColleague(t)
	c.start(t)
	c.ready(t)
	c.command(t)
	c.slack.Await(t, "all lines", func() bool {
		out, _, err := c.run(t, "audit", "--json", "--actor", slack.Owner(slackSecret, slacktest.Person))
		lines := strings.Count(out, `"door":"slack"`)
		return err == nil && lines == 3 && strings.Count(out, `"request_id":"`) == lines &&
			strings.Contains(out, `"action":"share"`) && strings.Contains(out, `"action":"feedback"`) && !strings.Contains(out, `"action":"read"`)
	})
}
