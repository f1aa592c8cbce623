package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
		Question: question, ResponseURL: form.Get("response_url"), Answer: chat.NewID(),
	}
	_, err = s.accept(ctx, s.keys.hash("command", form.Get("trigger_id"), j.ResponseURL), j)
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
		Private: true, Answer: on.answer, Citation: on.citation, Owner: on.owner,
	}
	key := s.keys.hash("action", a.TS, a.ID, in.User.ID, in.ResponseURL)
	switch a.ID {
	case actionGood:
		j.Kind, j.Verdict = judge, record.Good
	case actionBad:
		j.Kind, j.Verdict = judge, record.Bad
	case actionShare:
		return s.shareOnce(ctx, key, j)
	case actionSource:
		if on.citation == 0 {
			return fmt.Errorf("interaction: source %q: %w", value, errMalformed)
		}
		j.Kind = show
	default:
		return nil
	}
	_, err = s.accept(ctx, key, j)
	return err
}

// shareOnce accepts the sharing of an answer, once in a place: who clicks again
// is told that it is there. One that can't be shared takes no place; the work says
// why not.
func (s *Service) shareOnce(ctx context.Context, key string, j job) error {
	j.Kind = share
	_, err := s.chat.Answer(ctx, s.everybody(&j), j.Answer)
	if errors.Is(err, chat.ErrNotFound) {
		_, err = s.accept(ctx, key, j)
		return err
	}
	if err != nil {
		return err
	}
	added, err := s.accept(ctx, s.keys.hash("share", j.Answer, j.Channel, j.Thread), j)
	if err != nil || added {
		return err
	}
	j.Kind, j.Text = say, textShared
	_, err = s.accept(ctx, key, j)
	return err
}

func readInteraction(body []byte) (interaction, error) {
	var in interaction
	form, err := url.ParseQuery(string(body))
	if err == nil {
		err = json.Unmarshal([]byte(form.Get("payload")), &in)
	}
	return in, err
}
