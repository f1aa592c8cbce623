package slacktest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Ids of the workspace, its app's user and an ordinary person.
const (
	Team   = "T0BRONNEN"
	Bot    = "U0BRONWIJZER"
	Person = "U0PERSOON"
)

// App is where an app takes what Slack sends.
type App struct {
	URL    string
	Secret string
	Client *http.Client
}

// Reply is how an app took a request.
type Reply struct {
	Status int
	Body   string
	Took   time.Duration
}

// Event is a message that the app may answer.
type Event struct {
	// Type is "app_mention" when empty, or "message".
	Type string
	// ID tells deliveries apart.
	ID                                         string
	Team, Channel, ChannelType, User, TS, Text string
	// Thread is the ts of the message that it replies to.
	Thread string
	// More are fields of the event beside these.
	More map[string]any
}

// JSON is the body that Slack delivers.
func (e Event) JSON() string {
	inner := map[string]any{
		"type": or(e.Type, "app_mention"), "channel": e.Channel, "user": or(e.User, Person),
		"ts": e.TS, "event_ts": e.TS, "text": e.Text,
		"blocks": []any{map[string]any{"type": "rich_text", "elements": []any{}}},
	}
	if e.Thread != "" {
		inner["thread_ts"] = e.Thread
	}
	if e.ChannelType != "" {
		inner["channel_type"] = e.ChannelType
	}
	for k, v := range e.More {
		inner[k] = v
	}
	return encode(map[string]any{
		"type": "event_callback", "team_id": or(e.Team, Team), "api_app_id": "A0", "event_id": or(e.ID, "Ev"+e.TS), "event": inner,
		"authorizations": []any{map[string]any{"team_id": or(e.Team, Team), "user_id": Bot, "is_bot": true}},
	})
}

func or(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // unreachable: maps of strings
	}
	return string(b)
}

// Event delivers an event.
func (a *App) Event(ctx context.Context, e Event) (Reply, error) {
	return a.Send(ctx, "/slack/events", "application/json", e.JSON())
}

// Command gives the slash command; the answer comes at responseURL.
func (a *App) Command(ctx context.Context, team, user, text, responseURL string) (Reply, error) {
	form := url.Values{
		"command": {"/bronwijzer"}, "team_id": {team}, "channel_id": {"C0ALGEMEEN"}, "user_id": {user},
		"text": {text}, "response_url": {responseURL}, "trigger_id": {responseURL},
	}
	return a.Send(ctx, "/slack/commands", "application/x-www-form-urlencoded", form.Encode())
}

// Click is the use of a button, or of an entry of a menu.
type Click struct {
	Action, Value string
	// User is the ordinary person when empty, Channel the usual one.
	User, Channel string
	// Thread is the ts that the message's thread hangs on.
	Thread string
	// ResponseURL is where the app may answer.
	ResponseURL string
}

// Act uses a button, or picks from a menu, as the ordinary person.
func (a *App) Act(ctx context.Context, action, value, responseURL string) (Reply, error) {
	return a.Click(ctx, Click{Action: action, Value: value, ResponseURL: responseURL})
}

// Click uses a button, or picks from a menu.
func (a *App) Click(ctx context.Context, c Click) (Reply, error) {
	payload := map[string]any{
		"type": "block_actions", "response_url": c.ResponseURL,
		"user": map[string]any{"id": or(c.User, Person), "team_id": Team}, "team": map[string]any{"id": Team},
		"channel": map[string]any{"id": or(c.Channel, "C0ALGEMEEN")},
		"message": map[string]any{"thread_ts": c.Thread},
		"actions": []any{map[string]any{
			"action_id": c.Action, "action_ts": "1800000000.1", "value": c.Value, "selected_option": map[string]any{"value": c.Value},
		}},
	}
	return a.Send(ctx, "/slack/interactions", "application/x-www-form-urlencoded", url.Values{"payload": {encode(payload)}}.Encode())
}

// Send sends a body, signed now.
func (a *App) Send(ctx context.Context, path, contentType, body string) (Reply, error) {
	at := strconv.FormatInt(time.Now().Unix(), 10)
	return a.SendSigned(ctx, path, contentType, body, http.Header{
		"X-Slack-Request-Timestamp": {at}, "X-Slack-Signature": {Sign(a.Secret, at, body)},
	})
}

// SendSigned sends a body with headers of the caller's.
func (a *App) SendSigned(ctx context.Context, path, contentType, body string, h http.Header) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL+path, strings.NewReader(body))
	if err != nil {
		return Reply{}, err
	}
	req.Header = h.Clone()
	req.Header.Set("Content-Type", contentType)
	began := time.Now()
	resp, err := a.Client.Do(req)
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return Reply{resp.StatusCode, string(b), time.Since(began)}, err
}

// Sign is Slack's signature of a body at a time in Unix seconds.
func Sign(secret, at, body string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte("v0:" + at + ":" + body))
	return "v0=" + hex.EncodeToString(h.Sum(nil))
}
