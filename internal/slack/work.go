package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	api "github.com/slack-go/slack"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

const (
	// maxTries is how often work is tried that fails for another reason than
	// that Slack is busy; waiting for that has no limit.
	maxTries     = 10
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// responseLife is how long Slack takes messages at a response URL.
	responseLife = 30 * time.Minute
	// startPatience is how long a question waits for the first index.
	startPatience = 10 * time.Minute
	startPoll     = time.Second
)

// work does a task, or tells that it couldn't, and then forgets it. When ctx ends
// before, the task stays as it is.
func (s *Service) work(ctx context.Context, t *task) {
	began := time.Now()
	err := s.persist(ctx, t, s.do)
	if err != nil && ctx.Err() == nil {
		if t.Kind == share {
			s.note(ctx, t, access.ActionShare, t.Answer, err)
		}
		told := s.persist(ctx, t, func(ctx context.Context, t *task) error { return s.tell(ctx, t, err) })
		err = errors.Join(err, told)
	}
	if err != nil && ctx.Err() != nil {
		return
	}
	finish := s.store.FinishJob
	if t.void {
		finish = s.store.DropJob
	}
	// Done is done, also when the process is ending.
	if err := finish(context.WithoutCancel(ctx), t.id); err != nil {
		s.lg.ErrorContext(ctx, "slack work is done but not forgotten", slog.String("request_id", t.Request), slog.Any("error", err))
	}
	attrs := []slog.Attr{slog.String("request_id", t.Request), slog.String("kind", string(t.Kind)), slog.Duration("took", time.Since(began))}
	if err != nil {
		s.lg.LogAttrs(ctx, slog.LevelError, "slack work failed", append(attrs, slog.Any("error", err))...)
	} else {
		s.lg.LogAttrs(ctx, slog.LevelInfo, "slack work done", attrs...)
	}
}

// persist does something for a task, and tries again where that may help.
func (s *Service) persist(ctx context.Context, t *task, do func(context.Context, *task) error) error {
	err := do(ctx, t)
	for failures := 0; err != nil && ctx.Err() == nil; {
		wait, ok := limited(err)
		if !ok {
			failures++
			wait, ok = again(err, failures)
		}
		if !ok {
			break
		}
		s.lg.InfoContext(ctx, "slack work is tried again", slog.String("request_id", t.Request),
			slog.Duration("after", wait), slog.Any("error", err))
		if sleep(ctx, wait) == nil {
			err = do(ctx, t)
		}
	}
	return err
}

// do does a task once.
func (s *Service) do(ctx context.Context, t *task) error {
	if t.ResponseURL != "" && time.Since(t.Accepted) > responseLife {
		return errExpired
	}
	switch t.Kind {
	case ask:
		return s.answerThread(ctx, t)
	case command:
		return s.answerCommand(ctx, t)
	case post:
		return s.post(ctx, t)
	case whisper:
		_, err := s.api.PostEphemeralContext(ctx, t.Channel, t.User, quiet(t.Thread, api.MsgOptionText(t.Text, false))...)
		return err
	case say:
		return s.say(ctx, t, t.Text)
	case judge:
		return s.judge(ctx, t)
	case show:
		return s.show(ctx, t)
	case share:
		return s.share(ctx, t)
	default:
		return errUnknown
	}
}

var (
	errExpired = errors.New("response url has expired")
	errUnknown = errors.New("unknown kind of work")
)

// limited reports whether Slack is too busy, and for how long.
func limited(err error) (time.Duration, bool) {
	var e *api.RateLimitedError
	if !errors.As(err, &e) {
		return 0, false
	}
	return max(e.RetryAfter, time.Second) + rand.N(200*time.Millisecond), true
}

// again reports whether and when to try after so many failures.
func again(err error, failures int) (time.Duration, bool) {
	var status api.StatusCodeError
	switch {
	case errors.Is(err, errExpired) || errors.Is(err, errUnknown) || final(err):
		return 0, false
	case errors.As(err, &status) && status.Code < http.StatusInternalServerError && status.Code != http.StatusTooManyRequests:
		return 0, false
	}
	return min(firstBackoff<<min(failures-1, 8), maxBackoff), failures < maxTries
}

// passing are the errors of Slack that may be gone the next time.
var passing = []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited", "streaming_state_conflict"}

// final reports whether Slack refuses for good.
func final(err error) bool {
	var refused api.SlackErrorResponse
	return errors.As(err, &refused) && !slices.Contains(passing, refused.Err)
}

// answerThread answers a question in its thread.
func (s *Service) answerThread(ctx context.Context, t *task) error {
	r := &reply{s: s, t: t}
	if err := r.begin(ctx); err != nil {
		return err
	}
	thread := s.keys.thread(t.Channel, t.Thread)
	if err := s.answer(ctx, t, thread, func(e record.Event) { r.event(ctx, e) }); err != nil {
		return err
	}
	c, noticed, err := s.outcome(ctx, t, false)
	if err != nil {
		return err
	}
	if err := r.finish(ctx, c); err != nil {
		return err
	}
	s.remember(ctx, t, noticed)
	return nil
}

// answerCommand answers a question for its asker alone, with a way to share it.
func (s *Service) answerCommand(ctx context.Context, t *task) error {
	if err := s.answer(ctx, t, "", func(record.Event) {}); err != nil {
		return err
	}
	c, noticed, err := s.outcome(ctx, t, true)
	if err != nil {
		return err
	}
	msg := c.webhook()
	msg.ResponseType, msg.ReplaceOriginal = "ephemeral", true
	if err := s.respond(ctx, t, msg); err != nil {
		return err
	}
	s.remember(ctx, t, noticed)
	return nil
}

// answer makes the answer of a task, once, however often the task is tried. In
// a thread the conversation goes on. The error is that of a ctx that ended, or
// of the store; what else may go wrong is kept, for the reader.
func (s *Service) answer(ctx context.Context, t *task, thread string, emit func(record.Event)) error {
	if t.asked {
		return nil
	}
	select {
	case s.answering <- struct{}{}:
		defer func() { <-s.answering }()
	case <-ctx.Done():
		return ctx.Err()
	}
	req := chat.Request{By: s.subject(&t.job), Question: t.Question, ID: t.Answer}
	if thread != "" {
		var err error
		if req.ConversationID, err = s.store.Thread(ctx, thread); err != nil {
			return err
		}
	}
	rec, failed := s.askWhenReady(ctx, req, emit)
	if errors.Is(failed, chat.ErrNotFound) && req.ConversationID != "" {
		// It was removed just now.
		req.ConversationID = ""
		rec, failed = s.askWhenReady(ctx, req, emit)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed == nil && thread != "" && rec.ConversationID != req.ConversationID {
		if err := s.store.SetThread(ctx, thread, rec.ConversationID); err != nil {
			s.lg.ErrorContext(ctx, "slack thread is not remembered", slog.String("request_id", t.Request), slog.Any("error", err))
		}
	}
	t.answer, t.failed, t.asked = rec, failed, true
	s.noteAsked(ctx, t)
	return nil
}

// subject is whose the answer of a job is. In a channel that is its thread, as
// others may go on with that conversation, elsewhere the person who asked; and a
// button says whose. What comes of a private job only the user sees, and so it may
// be what their groups may read.
func (s *Service) subject(j *job) access.Subject {
	by := access.Subject{ID: j.Owner}
	switch {
	case j.Owner != "":
	case j.Thread != "":
		by.ID = s.keys.owner(s.keys.thread(j.Channel, j.Thread))
	default:
		by.ID = s.keys.owner(s.keys.person(j.User))
	}
	if j.Private {
		by.Groups = s.groups(j.User)
	}
	return by
}

// groups are those that a user is in, sorted.
func (s *Service) groups(user string) []string {
	var in []string
	for name, users := range s.cfg.Groups {
		if slices.Contains(users, user) {
			in = append(in, name)
		}
	}
	slices.Sort(in)
	return in
}

// askWhenReady asks, and waits for the first index where that isn't there yet,
// and for room where it is busy: nobody holds a connection open meanwhile.
func (s *Service) askWhenReady(ctx context.Context, req chat.Request, emit func(record.Event)) (record.Answer, error) {
	for until := time.Now().Add(startPatience); ; {
		rec, err := s.askOnce(ctx, req, emit)
		later := errors.Is(err, chat.ErrNotReady) || errors.Is(err, chat.ErrBusy)
		if !later || time.Now().After(until) || sleep(ctx, startPoll) != nil {
			return rec, err
		}
	}
}

// askOnce asks for at most the time that an answer may take. A panic becomes an
// error: whoever asked has to hear.
func (s *Service) askOnce(ctx context.Context, req chat.Request, emit func(record.Event)) (rec record.Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AnswerTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return s.chat.Ask(ctx, req, func(e record.Event) error {
		emit(e)
		return nil
	})
}

// outcome is what to show of an answer that was made, or failed; noticed says
// that it has the notice for somebody who hadn't seen it.
func (s *Service) outcome(ctx context.Context, t *task, private bool) (c content, noticed bool, err error) {
	if t.failed != nil && t.answer.ID == "" {
		s.lg.ErrorContext(ctx, "slack question failed", slog.String("request_id", t.Request), slog.Any("error", t.failed))
		return problem(t.failed, t.Request), false, nil
	}
	told, err := s.store.Told(ctx, s.keys.person(t.User))
	if err != nil {
		return content{}, false, err
	}
	by := s.subject(&t.job)
	how := showing{owner: by.ID, notice: !told, private: private, whole: s.whole(ctx, t, by)}
	return s.render(&t.answer, how), !told, nil
}

// remember keeps that the asker has seen the notice. The answer is there: neither
// the end of the process nor of this is to have it made again.
func (s *Service) remember(ctx context.Context, t *task, noticed bool) {
	if !noticed {
		return
	}
	if err := s.store.SetTold(context.WithoutCancel(ctx), s.keys.person(t.User)); err != nil {
		s.lg.ErrorContext(ctx, "slack notice is not remembered", slog.String("request_id", t.Request), slog.Any("error", err))
	}
}

// problem is what a reader sees of an error.
func problem(err error, request string) content {
	message := textFailed
	var wrong *chat.InvalidError
	switch {
	case errors.As(err, &wrong):
		message = wrong.Message
	case errors.Is(err, chat.ErrNotReady):
		message = textNotReady
	case errors.Is(err, chat.ErrBusy):
		message = textBusy
	case errors.Is(err, llm.ErrUnavailable):
		message = textNoModel
	case errors.Is(err, context.DeadlineExceeded):
		message = textTimeout
	}
	message = numbered(message, request)
	return content{text: escape(message), body: []api.Block{section(escape(message))}}
}

// numbered is a message with the number of the request.
func numbered(message, request string) string {
	return message + "\n" + fmt.Sprintf(textRequest, request)
}

// save keeps what has become of a task.
func (s *Service) save(ctx context.Context, t *task) error {
	b, err := json.Marshal(t.job)
	if err != nil {
		return err
	}
	return s.store.SaveJob(ctx, t.id, b)
}
