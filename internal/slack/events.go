package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"bronwijzer/internal/chat"
)

// envelope is what Slack sends to /slack/events. The library's own types parse
// every block of a message, and fail on one that they don't know.
type envelope struct {
	Type           string `json:"type"`
	Challenge      string `json:"challenge"`
	TeamID         string `json:"team_id"`
	Authorizations []struct {
		UserID string `json:"user_id"`
	} `json:"authorizations"`
	Event event `json:"event"`
}

type event struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	Channel     string          `json:"channel"`
	ChannelType string          `json:"channel_type"`
	User        string          `json:"user"`
	UserTeam    string          `json:"user_team"`
	SourceTeam  string          `json:"source_team"`
	BotID       string          `json:"bot_id"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	Edited      json.RawMessage `json:"edited"`
	Hidden      bool            `json:"hidden"`
}

// bot is the user that the app is in the workspace; empty if Slack doesn't say.
func (e *envelope) bot() string {
	if len(e.Authorizations) > 0 {
		return e.Authorizations[0].UserID
	}
	return ""
}

// isQuestion reports whether a person asks something: not a bot, not an edit,
// nothing that Slack tells about the channel.
func (e *event) isQuestion(bot string) bool {
	asked := e.Type == "app_mention" || e.Type == "message" && e.ChannelType == "im"
	person := e.User != "" && e.User != bot && e.BotID == "" && e.User != "USLACKBOT"
	fresh := (e.Subtype == "" || e.Subtype == "file_share") && !e.Hidden && (e.Edited == nil || string(e.Edited) == "null")
	return asked && person && fresh && e.Channel != "" && e.TS != ""
}

// events takes an event. A message has one answer whatever it is delivered as:
// its channel and ts name it.
func (s *Service) events(ctx context.Context, w http.ResponseWriter, body []byte) error {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return fmt.Errorf("event: %w: %w", errMalformed, err)
	}
	if e.Type == "url_verification" {
		writeJSON(w, map[string]string{"challenge": e.Challenge})
		return nil
	}
	m := &e.Event
	if e.Type != "event_callback" || !m.isQuestion(e.bot()) {
		return nil
	}
	if !s.allowedTeam(e.TeamID, m.UserTeam, m.SourceTeam) {
		s.lg.InfoContext(ctx, "slack event of another workspace ignored")
		return nil
	}
	j := job{
		Kind: ask, Team: e.TeamID, User: m.User, Channel: m.Channel, Thread: m.ThreadTS,
		Question: plain(m.Text, e.bot()), Answer: chat.NewID(),
	}
	if j.Thread == "" {
		j.Thread = m.TS
	}
	// A direct message is between the person and the app, and what comes of it the
	// person's. One of more people isn't "im" but "mpim", and not private.
	if m.ChannelType == "im" {
		j.Private, j.Owner = true, s.keys.owner(s.keys.person(m.User))
	}
	switch {
	case !s.allowedChannel(m.Channel):
		j.Kind, j.Text, j.Question = whisper, textOtherChannel, ""
	case j.Question == "":
		j.Kind, j.Text = post, textHelp
	}
	s.lg.DebugContext(ctx, "slack event", slog.String("type", m.Type))
	_, err := s.accept(ctx, s.keys.hash("message", m.Channel, m.TS), j)
	return err
}

// markup is what Slack writes for mentions, channels, commands and links:
// <@U1|jan>, <#C1|algemeen>, <!here>, <https://…|tekst>.
var markup = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)

// plain is a message as a question: without mentions, links by what they show,
// on one line.
func plain(text, bot string) string {
	text = markup.ReplaceAllStringFunc(text, func(m string) string {
		parts := markup.FindStringSubmatch(m)
		sign, target, shown := parts[1], parts[2], parts[3]
		switch {
		case sign == "!" || sign == "@" && (target == bot || shown == ""):
			return " "
		case shown != "":
			return shown
		case sign == "#":
			return " "
		default:
			return strings.TrimPrefix(target, "mailto:")
		}
	})
	text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}
