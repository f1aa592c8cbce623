package slack

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
	"bronwijzer/internal/slack/slacktest"
)

// workspaces have streaming or not.
var workspaces = map[string]bool{"streams": true, "updates": false}

func TestMention(t *testing.T) {
	t.Parallel()
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			b.deliver(t, mention("1.1", "In welk jaar is de pilot opgezet?"))
			got := b.slack.AwaitText(t, "1.1", "Ministerie")
			for _, want := range []string{
				"De pilot is in 2022 opgezet. [1]\n\nOver In welk jaar is de pilot opgezet?. [1]",
				"[1] <https://bron.example/documents/doc_a?version=v&amp;start=8&amp;end=20|Brief aan de Kamer> · Ministerie · 2023-10-18 · Inleiding › Pilot",
				"“in 2022 opgezet”", "Automatisch samengesteld.", textGood, textBad,
			} {
				if !strings.Contains(got.Shown(), want) {
					t.Errorf("no %q in %q", want, got.Shown())
				}
			}
			if strings.Contains(string(got.Blocks), textShare) || len(b.slack.Messages("")) != 1 || got.Channel != "C01" {
				t.Errorf("got %+v", b.slack.Messages(""))
			}
		})
	}
}

func TestDirectMessage(t *testing.T) {
	t.Parallel()
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			b.deliver(t, slacktest.Event{Type: "message", ChannelType: "im", Channel: "D1", TS: "2.1", Text: "Wat is *dit* &amp; &lt;dat&gt;?"})
			b.slack.AwaitText(t, "2.1", "De pilot is in 2022 opgezet.")
			if got := b.chat.questions()[0].Question; got != "Wat is *dit* & <dat>?" {
				t.Errorf("asked %q", got)
			}
		})
	}
}

// A thread is one conversation, whoever asks in it; another is another.
func TestThreadFollowUp(t *testing.T) {
	t.Parallel()
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			b.deliver(t, mention("1.1", "Wat is de pilot?"))
			b.slack.AwaitText(t, "1.1", "Over Wat is de pilot?")
			next := mention("1.2", "In welk jaar is die opgezet?")
			next.Thread, next.User = "1.1", "U0ANDER"
			b.deliver(t, next)
			b.slack.AwaitText(t, "1.1", "Over In welk jaar")
			b.deliver(t, mention("3.1", "Iets anders?"))
			b.slack.AwaitText(t, "3.1", "Over Iets anders?")
			asked := b.chat.questions()
			if asked[1].ConversationID != "conv_1" || asked[2].ConversationID != "" {
				t.Errorf("conversations: %q, %q", asked[1].ConversationID, asked[2].ConversationID)
			}
			if asked[0].By.ID != asked[1].By.ID || asked[0].By.ID == asked[2].By.ID || strings.Contains(asked[0].By.ID, "C01") {
				t.Errorf("owners: %q, %q, %q", asked[0].By.ID, asked[1].By.ID, asked[2].By.ID)
			}
			if n := len(b.slack.Messages("1.1")); n != 2 {
				t.Errorf("%d replies to 2 questions", n)
			}
		})
	}
}

// The thread goes on after its conversation was removed.
func TestThreadOfRemovedConversation(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	b.deliver(t, mention("1.1", "een"))
	b.slack.AwaitText(t, "1.1", "Over een")
	if err := b.store.DeleteConversation(t.Context(), b.chat.questions()[0].By.ID, "conv_1"); err != nil {
		t.Fatal(err)
	}
	next := mention("1.2", "twee")
	next.Thread = "1.1"
	b.deliver(t, next)
	b.slack.AwaitText(t, "1.1", "Over twee")
	if got := b.chat.questions()[1].ConversationID; got != "" {
		t.Errorf("asked in conversation %q", got)
	}
}

// The notice is on a person's first answer, and theirs alone; what it says of one
// answer is on that one.
func TestNoticeOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	for i, user := range []string{"U0EEN", "U0EEN", "U0TWEE"} {
		e := mention(fmt.Sprintf("%d.1", i+1), "Wat?")
		e.User = user
		b.deliver(t, e)
		got := b.slack.AwaitText(t, e.TS, textGood)
		if has := strings.Contains(got.Shown(), "Automatisch samengesteld."); has != (i != 1) {
			t.Errorf("answer %d of %s has the notice: %v", i+1, user, has)
		}
	}
	e := mention("4.1", "jaar")
	e.User = "U0EEN"
	b.deliver(t, e)
	got := b.slack.AwaitText(t, "4.1", textGood)
	if !strings.Contains(got.Shown(), "Let op: een ander jaar.") || strings.Contains(got.Shown(), "Automatisch") {
		t.Errorf("of one answer: got %q", got.Shown())
	}
}

func TestRefusalAndFailures(t *testing.T) {
	t.Parallel()
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			for question, want := range map[string][]string{
				"weiger": {"Dat staat er niet in.", textNearest, "|Stuk 0>", "|Stuk 2>", "“Passage 2 over iets anders.”"},
				"weg":    {textNoModel, "Nummer van dit verzoek: "},
				"stuk":   {textFailed, "Nummer van dit verzoek: "},
				"paniek": {textFailed, "Nummer van dit verzoek: "},
				"hallo":  {"Hallo."},
			} {
				ts := "5." + question
				b.deliver(t, mention(ts, question))
				got := b.slack.AwaitText(t, ts, want[len(want)-1])
				for _, w := range want {
					if !strings.Contains(got.Shown(), w) {
						t.Errorf("%s: no %q in %q", question, w, got.Shown())
					}
				}
				if strings.Contains(got.Shown(), "geheim") || strings.Contains(got.Shown(), "Stuk 3") {
					t.Errorf("%s: got %q", question, got.Shown())
				}
				_, number, _ := strings.Cut(got.Shown(), "Nummer van dit verzoek: ")
				if number, _, _ = strings.Cut(number, "\n"); number != "" && !strings.Contains(b.logs.String(), "request_id="+number) {
					t.Errorf("%s: request %q isn't in the log", question, number)
				}
			}
		})
	}
}

// Until the first index is there, and while it is busy, a question waits.
func TestQuestionWaits(t *testing.T) {
	t.Parallel()
	for _, err := range []error{chat.ErrNotReady, fmt.Errorf("ask: %w", chat.ErrBusy)} {
		t.Run(err.Error(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.chat.notReady, b.chat.later = 1, err
			b.start(t, nil).deliver(t, mention("1.1", "Wat?"))
			b.slack.AwaitText(t, "1.1", "Over Wat?")
		})
	}
}

func TestCommandShareAndSource(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	url := b.slack.ResponseURL("een")
	got, err := b.app.Command(t.Context(), slacktest.Team, slacktest.Person, "Wat is de pilot?", url)
	if err != nil || got.Status != 200 || !strings.Contains(got.Body, textSearching) || !strings.Contains(got.Body, "ephemeral") {
		t.Fatalf("got %+v, %v", got, err)
	}
	m := b.slack.AwaitText(t, "een", "Over Wat is de pilot?")
	if m.ResponseType != "ephemeral" || !m.Replaces || !strings.Contains(string(m.Blocks), textShare) || !strings.Contains(m.Shown(), "Automatisch") {
		t.Errorf("got %+v", m)
	}
	act := func(action, value, name string) slacktest.Message {
		t.Helper()
		return b.click(t, name, slacktest.Click{Action: action, Value: value})
	}
	shared := act(actionShare, m.Values(actionShare)[0], "twee")
	if shared.ResponseType != "in_channel" || shared.Replaces || !strings.Contains(shared.Shown(), "<@U0PERSOON> deelt een antwoord op: Wat is de pilot?") ||
		!strings.Contains(shared.Shown(), "De pilot is in 2022 opgezet.") || strings.Contains(string(shared.Blocks), textShare) {
		t.Errorf("shared: %+v", shared)
	}
	// Who sees what was shared can use its buttons too.
	source := b.click(t, "drie", slacktest.Click{Action: actionSource, Value: shared.Values(actionSource)[0], User: "U0ANDER"})
	if source.ResponseType != "ephemeral" || !strings.Contains(source.Shown(), "“in 2022 opgezet”") || !strings.Contains(source.Shown(), "Passage 0") {
		t.Errorf("source: %+v", source)
	}
	if none := act(actionSource, readGrip(m.Values(actionShare)[0]).answer+":7", "vier"); !strings.Contains(none.Shown(), textNoCitation) {
		t.Errorf("source that isn't there: %+v", none)
	}
	if gone := act(actionSource, "ans_x:1", "vijf"); gone.Text != textGone {
		t.Errorf("answer that isn't there: %+v", gone)
	}
	for _, more := range []string{"", "  ", "help"} {
		if got, err := b.app.Command(t.Context(), slacktest.Team, slacktest.Person, more, url); err != nil || !strings.Contains(got.Body, "Stel een vraag") {
			t.Errorf("command %q: %+v, %v", more, got, err)
		}
	}
}

// Anybody in the channel may judge the answer of a thread. A button of an older
// message doesn't say whose it is: then it is the thread's.
func TestFeedback(t *testing.T) {
	t.Parallel()
	b := newBench(t).start(t, nil)
	b.deliver(t, mention("1.1", "Wat?"))
	answer := b.slack.AwaitText(t, "1.1", textGood)
	good := answer.Values(actionGood)[0]
	id := readGrip(good).answer
	foreign := id + "@slack:" + strings.Repeat("0", 32)
	for i, tt := range []struct {
		click slacktest.Click
		said  string
	}{
		{slacktest.Click{Action: actionGood, Value: good, Channel: "C01", Thread: "1.1"}, textThanks},
		{slacktest.Click{Action: actionBad, Value: good, User: "U0ANDER", Channel: "C0ELDERS"}, textThanks},
		{slacktest.Click{Action: actionBad, Value: id, Channel: "C01", Thread: "1.1"}, textThanks},
		{slacktest.Click{Action: actionBad, Value: id}, textGone},
		{slacktest.Click{Action: actionBad, Value: foreign}, textGone},
		{slacktest.Click{Action: actionBad, Value: strings.Replace(good, id, "ans_9", 1)}, textGone},
	} {
		if m := b.click(t, fmt.Sprintf("terug%d", i), tt.click); m.Text != tt.said || m.ResponseType != "ephemeral" || m.Replaces {
			t.Errorf("%+v: got %+v", tt.click, m)
		}
	}
	// Who judges twice changed their mind.
	bad := record.Feedback{AnswerID: id, Verdict: record.Bad}
	if diff := cmp.Diff([]record.Feedback{bad, bad}, b.chat.verdicts(), cmpopts.IgnoreFields(record.Feedback{}, "Key")); diff != "" {
		t.Errorf("feedback (-want +got):\n%s", diff)
	}
}

// A long answer is cut, with a link to all of it, streamed or not.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	for name, streams := range workspaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = streams
			b.start(t, nil)
			b.deliver(t, mention("1.1", "lang"))
			got := b.slack.AwaitText(t, "1.1", "|"+textWholeLink+">")
			if id := readGrip(got.Values(actionGood)[0]).answer; !strings.Contains(got.Shown(), "<https://bron.example/s/shr_"+id+"|") {
				t.Errorf("no link to %s", id)
			}
			if !strings.Contains(got.Shown(), "Nog een zin &amp; meer. [1]") || !strings.Contains(got.Shown(), " …") {
				t.Errorf("got %.300q", got.Shown())
			}
		})
	}
}

// What a stream can't do, an update does.
func TestBrokenStreams(t *testing.T) {
	for _, tt := range []struct {
		method  string
		failure slacktest.Failure
		posts   int
	}{
		{"assistant.threads.setStatus", slacktest.Failure{Error: "missing_scope"}, 0},
		{"chat.startStream", slacktest.Failure{Error: "feature_not_enabled"}, 1},
		{"chat.stopStream", slacktest.Failure{Error: "message_not_in_streaming_state"}, 0},
		{"chat.stopStream", slacktest.Failure{Status: 503, After: true}, 0},
		{"chat.stopStream", slacktest.Failure{RetryAfter: 1}, 0},
	} {
		t.Run(tt.method+" "+tt.failure.Error, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.slack.Streams = true
			b.slack.Fail(tt.method, tt.failure)
			b.start(t, nil).deliver(t, mention("1.1", "Wat?"))
			got := b.slack.AwaitText(t, "1.1", textGood)
			if n := len(b.slack.Messages("1.1")); n != 1 || b.slack.Calls("chat.postMessage") != tt.posts {
				t.Errorf("%d messages, %d posts", n, b.slack.Calls("chat.postMessage"))
			}
			if n := strings.Count(got.Shown(), "De pilot is in 2022 opgezet."); n != 1 {
				t.Errorf("the text is there %d times: %q", n, got.Shown())
			}
		})
	}
}

// Blocks that Slack refuses don't take the text with them.
func TestRefusedBlocks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.slack.Fail("chat.update", slacktest.Failure{Error: "invalid_blocks"})
	b.start(t, nil).deliver(t, mention("1.1", "Wat?"))
	if got := b.slack.AwaitText(t, "1.1", "De pilot is in 2022 opgezet."); len(got.Blocks) > 2 {
		t.Errorf("got blocks %s", got.Blocks)
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"<@UBOT> Wat?":                          "Wat?",
		"Hé <@UBOT>, wat is <@UBOT|bot> dit?\n": "Hé , wat is dit?",
		"<@U2|jan> vroeg <@U3> iets":            "jan vroeg iets",
		"zie <https://x.nl/a?b=1&amp;c=2|hier> of <https://y.nl/?a=1&amp;b=2>": "zie hier of https://y.nl/?a=1&b=2",
		"<mailto:a@b.nl|a@b.nl> <#C1|algemeen> <#C2> <!here> <!subteam^S1|@x>": "a@b.nl algemeen",
		"a &lt;b&gt; &amp;amp; c": "a <b> &amp; c",
		"<@UBOT>":                 "",
	} {
		if got := plain(text, "UBOT"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestManifest(t *testing.T) {
	for _, wrong := range []string{"", "http://x.nl", "x.nl"} {
		if _, err := Manifest(wrong); err == nil {
			t.Errorf("%q: no error", wrong)
		}
	}
	got, err := Manifest("https://bron.example/wijzer/")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"https://bron.example/wijzer/slack/events"`, `"https://bron.example/wijzer/slack/commands"`,
		`"https://bron.example/wijzer/slack/interactions"`, `"agent_view"`, `"app_mention"`, `"message.im"`,
		`"app_mentions:read"`, `"chat:write"`, `"commands"`, `"im:history"`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Count(string(got), ":read") != 1 || strings.Contains(string(got), "channels:history") {
		t.Errorf("more scopes than needed: %s", got)
	}
}

// Config is right or New says what is wrong.
func TestNewChecksItsConfig(t *testing.T) {
	for _, cfg := range []Config{
		{},
		{SigningSecret: "x"},
		{BotToken: "x"},
		{SigningSecret: "x", BotToken: "x", APIURL: "slack.com"},
		{SigningSecret: "x", BotToken: "x", PublicURL: "http://%zz"},
	} {
		if _, err := New(nil, nil, nil, cfg); err == nil {
			t.Errorf("%+v: no error", cfg)
		}
	}
}

func requests(list []chat.Request) (out []string) {
	for _, r := range list {
		out = append(out, r.Question)
	}
	slices.Sort(out)
	return out
}

// A base path of the public URL may stand before every route.
func TestBasePath(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.slack.PublicURL = ""
	b.start(t, func(c *Config) { c.PublicURL = "https://bron.example/wijzer/" })
	for path, want := range map[string]int{"/slack/events": 200, "/wijzer/slack/events": 200, "/slack/": 404, "/anders/slack/events": 404} {
		got, err := b.app.Send(t.Context(), path, "application/json", `{"type":"url_verification","challenge":"x7"}`)
		if err != nil || got.Status != want || want == http.StatusOK && !strings.Contains(got.Body, "x7") {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
}
