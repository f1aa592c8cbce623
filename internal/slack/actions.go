package slack

import (
	"context"
	"errors"

	api "github.com/slack-go/slack"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// Audit takes the lines of the audit log; *access.Audit is the one.
type Audit interface {
	Note(ctx context.Context, e access.Entry)
}

// note writes down what somebody did: the person, not whom the answer belongs to.
func (s *Service) note(ctx context.Context, t *task, action access.Action, object string, err error) {
	s.noteResult(ctx, t, action, object, result(err))
}

func (s *Service) noteResult(ctx context.Context, t *task, action access.Action, object string, result access.Result) {
	if s.cfg.Audit == nil {
		return
	}
	s.cfg.Audit.Note(ctx, access.Entry{
		Action: action, Object: object, Result: result, Door: access.DoorSlack,
		Actor: s.keys.owner(s.keys.person(t.User)), RequestID: t.Request,
	})
}

func result(err error) access.Result {
	if err != nil {
		return access.ResultFailed
	}
	return access.ResultOK
}

// noteAsked writes down how a question ended.
func (s *Service) noteAsked(ctx context.Context, t *task) {
	r := result(t.failed)
	if t.failed == nil && t.answer.Status == record.Refused {
		r = access.ResultRefused
	}
	s.noteResult(ctx, t, access.ActionAsk, t.answer.ID, r)
}

// judge stores a verdict, one a person for each answer, and thanks for it.
func (s *Service) judge(ctx context.Context, t *task) error {
	if t.Text == "" {
		text, err := s.feedback(ctx, t)
		if err != nil {
			return err
		}
		t.Text = text
	}
	return s.say(ctx, t, t.Text)
}

// feedback stores a verdict and returns what to say to whoever gave it.
func (s *Service) feedback(ctx context.Context, t *task) (string, error) {
	err := s.chat.Feedback(ctx, s.subject(&t.job), record.Feedback{
		AnswerID: t.Answer, Verdict: t.Verdict, Key: s.keys.hash("verdict", t.Answer, t.User),
	})
	var wrong *chat.InvalidError
	text := textThanks
	switch {
	case errors.Is(err, chat.ErrNotFound):
		text = textGone
	case errors.As(err, &wrong):
		text = wrong.Message
	case err != nil:
		return "", err
	}
	s.note(ctx, t, access.ActionFeedback, t.Answer, err)
	return text, nil
}

// show shows a source of an answer to whoever asks for it.
func (s *Service) show(ctx context.Context, t *task) error {
	if !t.asked {
		t.answer, t.failed = s.chat.Answer(ctx, s.subject(&t.job), t.Answer)
		if t.failed != nil && !errors.Is(t.failed, chat.ErrNotFound) {
			return t.failed
		}
		t.asked = true
		s.note(ctx, t, access.ActionRead, t.Answer, t.failed)
	}
	if t.failed != nil {
		return s.say(ctx, t, textGone)
	}
	msg := s.source(&t.answer, t.Citation).webhook()
	msg.ResponseType = "ephemeral"
	return s.respond(ctx, t, msg)
}

// share shows an answer to all in a channel, when everybody may read what it rests
// on; else it says to whoever wanted that why not.
func (s *Service) share(ctx context.Context, t *task) error {
	t.void = true
	all := s.everybody(&t.job)
	var err error
	t.answer, err = s.chat.Answer(ctx, all, t.Answer)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		return s.unshared(ctx, t)
	case err != nil:
		return err
	}
	msg := s.shared(&t.answer, all.ID, t.User, s.whole(ctx, t, all)).webhook()
	msg.ResponseType = "in_channel"
	if err := s.respond(ctx, t, msg); err != nil {
		return err
	}
	t.void = false
	s.note(ctx, t, access.ActionShare, t.Answer, nil)
	return nil
}

// everybody is whose an answer is, with what all may read.
func (s *Service) everybody(j *job) access.Subject { return access.Subject{ID: s.subject(j).ID} }

// unshared says why an answer wasn't shared.
func (s *Service) unshared(ctx context.Context, t *task) error {
	text := textLimited
	_, err := s.chat.Answer(ctx, s.subject(&t.job), t.Answer)
	if errors.Is(err, chat.ErrNotFound) {
		text = textGone
	} else if err != nil {
		return err
	}
	if err := s.say(ctx, t, text); err != nil {
		return err
	}
	t.void = false
	s.noteResult(ctx, t, access.ActionShare, t.Answer, access.ResultDenied)
	return nil
}

// say shows a text at the task's response URL, to one person.
func (s *Service) say(ctx context.Context, t *task, text string) error {
	return s.respond(ctx, t, &api.WebhookMessage{ResponseType: "ephemeral", Text: text})
}

// respond sends a message to the task's response URL.
func (s *Service) respond(ctx context.Context, t *task, msg *api.WebhookMessage) error {
	no := false
	msg.UnfurlLinks, msg.UnfurlMedia = &no, &no
	return api.PostWebhookCustomHTTPContext(ctx, t.ResponseURL, s.http, msg)
}

// post writes a text in a thread. It is no placeholder to be changed: after a
// crash it may be there twice, which is better than not at all.
func (s *Service) post(ctx context.Context, t *task) error {
	if err := s.pace.wait(ctx, t.Channel); err != nil {
		return err
	}
	_, _, err := s.api.PostMessageContext(ctx, t.Channel, quiet(t.Thread, api.MsgOptionText(t.Text, false))...)
	return err
}

// tell says that a task couldn't be done, in its thread; else to the person, as
// the response URL takes no more.
func (s *Service) tell(ctx context.Context, t *task, failed error) error {
	if t.Kind == ask || t.Kind == post {
		return (&reply{s: s, t: t, broken: true}).finish(ctx, problem(failed, t.Request))
	}
	if err := s.pace.wait(ctx, t.User); err != nil {
		return err
	}
	_, _, err := s.api.PostMessageContext(ctx, t.User, quiet("", api.MsgOptionText(numbered(textUndone, t.Request), false))...)
	return err
}

// quiet are the options of every message: in the thread, nothing unfurled.
func quiet(thread string, options ...api.MsgOption) []api.MsgOption {
	return append(options, api.MsgOptionTS(thread), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl())
}
