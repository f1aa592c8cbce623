package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// commands takes /bronwijzer and what stands behind it. The answer follows at
// the response URL, for the asker alone.
func (s *Service) commands(ctx context.Context, w http.ResponseWriter, body []byte) error {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return fmt.Errorf("command: %w: %w", errMalformed, err)
	}
	team, channel, question := form.Get("team_id"), form.Get("channel_id"), plain(form.Get("text"), "")
	switch {
	case !s.allowedTeam(team):
		writeJSON(w, ephemeral(textOtherTeam))
		return nil
	case !s.allowedChannel(channel):
		writeJSON(w, ephemeral(textOtherChannel))
		return nil
	case question == "" || strings.EqualFold(question, "help"):
		writeJSON(w, ephemeral(textHelp))
		return nil
	case !s.ownURL(form.Get("response_url")):
		return fmt.Errorf("command: response url isn't Slack's: %w", errMalformed)
	}
	j := job{
		Kind: command, Private: true, Team: team, User: form.Get("user_id"), Channel: channel,
		Question: question, ResponseURL: form.Get("response_url"),
	}
	err = s.accept(ctx, s.keys.hash("command", form.Get("trigger_id"), j.ResponseURL), j)
	if errors.Is(err, errLater) {
		// Slack doesn't repeat a command; whoever gave it is told.
		writeJSON(w, ephemeral(textBusy))
		return nil
	}
	if err != nil {
		return err
	}
	writeJSON(w, ephemeral(textSearching))
	return nil
}

// ephemeral is a direct answer to a command.
func ephemeral(text string) map[string]string {
	return map[string]string{"response_type": "ephemeral", "text": text}
}

// ownURL reports whether an address is Slack's: the server sends there what it
// would tell nobody else.
func (s *Service) ownURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil {
		return false
	}
	if u.Host == s.apiHost {
		return true
	}
	return u.Scheme == "https" && (strings.HasSuffix(u.Host, ".slack.com") || strings.HasSuffix(u.Host, ".slack-gov.com"))
}

// interaction is what Slack sends when somebody uses a button or menu.
type interaction struct {
	Type        string `json:"type"`
	ResponseURL string `json:"response_url"`
	User        struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Team struct {
		ID string `json:"id"`
	} `json:"team"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Message struct {
		Thread string `json:"thread_ts"`
	} `json:"message"`
	Actions []struct {
		ID       string `json:"action_id"`
		TS       string `json:"action_ts"`
		Value    string `json:"value"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
}

// The actions of a message.
const (
	actionGood   = "feedback_good"
	actionBad    = "feedback_bad"
	actionShare  = "share"
	actionSource = "source"
)

// interactions takes the use of a button or menu.
func (s *Service) interactions(ctx context.Context, w http.ResponseWriter, body []byte) error {
	in, err := readInteraction(body)
	if err != nil {
		return fmt.Errorf("interaction: %w: %w", errMalformed, err)
	}
	// A link in a message is a button too, of which there is nothing to do.
	if in.Type != "block_actions" || len(in.Actions) == 0 {
		return nil
	}
	switch {
	case !s.allowedTeam(in.Team.ID, in.User.TeamID) || !s.allowedChannel(in.Channel.ID):
		s.lg.InfoContext(ctx, "slack interaction from elsewhere ignored")
		return nil
	case !s.ownURL(in.ResponseURL):
		return fmt.Errorf("interaction: response url isn't Slack's: %w", errMalformed)
	}
	a := in.Actions[0]
	value := a.Value
	if a.ID == actionSource {
		value = a.Selected.Value
	}
	on := readGrip(value)
	j := job{
		Team: in.Team.ID, User: in.User.ID, Channel: in.Channel.ID, Thread: in.Message.Thread, ResponseURL: in.ResponseURL,
		Answer: on.answer, Citation: on.citation, Owner: on.owner,
	}
	key := s.keys.hash("action", a.TS, a.ID, in.User.ID, in.ResponseURL)
	j.Private = true
	switch a.ID {
	case actionGood, actionBad:
		j.Kind = say
		if j.Text, err = s.feedback(ctx, &j, a.ID == actionGood); err != nil {
			return err
		}
	case actionShare:
		if j.Text, err = s.unshared(ctx, j); err != nil {
			return err
		}
		if j.Text != "" {
			j.Kind = say
			break
		}
		// Who clicks twice shares once.
		j.Kind, j.Private, key = share, false, s.keys.hash("share", on.answer, in.Channel.ID)
	case actionSource:
		if on.citation == 0 {
			return fmt.Errorf("interaction: source %q: %w", value, errMalformed)
		}
		j.Kind = show
	default:
		return nil
	}
	return s.accept(ctx, key, j)
}

func readInteraction(body []byte) (interaction, error) {
	var in interaction
	form, err := url.ParseQuery(string(body))
	if err == nil {
		err = json.Unmarshal([]byte(form.Get("payload")), &in)
	}
	return in, err
}

// unshared says why an answer can't be shown to all in a channel, or nothing: it
// has to rest on documents that everybody may read.
func (s *Service) unshared(ctx context.Context, j job) (string, error) {
	_, mine := s.chat.Answer(ctx, s.subject(&j), j.Answer)
	j.Private = false
	_, all := s.chat.Answer(ctx, s.subject(&j), j.Answer)
	switch {
	case all == nil:
		return "", nil
	case !errors.Is(all, chat.ErrNotFound):
		return "", all
	case mine == nil:
		return textLimited, nil
	default:
		return textGone, nil
	}
}

// feedback stores a verdict and returns what to say to whoever gave it.
func (s *Service) feedback(ctx context.Context, j *job, good bool) (string, error) {
	verdict := record.Bad
	if good {
		verdict = record.Good
	}
	err := s.chat.Feedback(ctx, s.subject(j), record.Feedback{AnswerID: j.Answer, Verdict: verdict})
	var wrong *chat.InvalidError
	switch {
	case errors.Is(err, chat.ErrNotFound):
		return textGone, nil
	case errors.As(err, &wrong):
		return wrong.Message, nil
	case err != nil:
		s.lg.ErrorContext(ctx, "slack feedback", slog.Any("error", err))
		return "", err
	}
	return textThanks, nil
}
