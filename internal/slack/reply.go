package slack

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"bronwijzer/internal/record"
)

// appendGap is the least time between two additions to a stream: Slack counts
// them, and eyes don't follow faster.
const appendGap = time.Second

// reply is the one message that answers a question in a thread. It begins as a
// placeholder or as a stream; its ts is in the store before a word of the
// answer is in it, and what comes later changes that message.
type reply struct {
	s *Service
	t *task
	// all is the answer's text so far, of which the stream has sent bytes.
	all  strings.Builder
	sent int
	at   time.Time
	// broken says that the stream can't be gone on with.
	broken bool
}

// begin shows that the question is being worked on. A reply that an earlier
// attempt began is taken over: as it can't be known how far its stream came,
// that is ended, and all of it will be replaced.
func (r *reply) begin(ctx context.Context) error {
	t := r.t
	switch {
	case t.Message != "":
		return r.abandon(ctx)
	case !r.s.streams.has(t.Team):
		return r.placeholder(ctx)
	}
	err := r.s.api.SetAssistantThreadsStatusContext(ctx, api.AssistantThreadsSetStatusParameters{
		ChannelID: t.Channel, ThreadTS: t.Thread, Status: textSearching,
	})
	if err != nil {
		r.s.lg.DebugContext(ctx, "slack status", slog.String("request_id", t.Request), slog.Any("error", err))
	}
	return nil
}

// placeholder posts the message that will be the answer.
func (r *reply) placeholder(ctx context.Context) error {
	return r.write(ctx, quiet("", api.MsgOptionText(textSearching, false)))
}

// write posts the reply in its thread, when it is the channel's turn.
func (r *reply) write(ctx context.Context, options []api.MsgOption) error {
	if err := r.s.pace.wait(ctx, r.t.Channel); err != nil {
		return err
	}
	return r.open(ctx, func(ctx context.Context) (string, error) {
		_, ts, err := r.s.api.PostMessageContext(ctx, r.t.Channel, append(options, api.MsgOptionTS(r.t.Thread))...)
		return ts, err
	}, false)
}

// stream starts an empty stream.
func (r *reply) stream(ctx context.Context) error {
	t := r.t
	return r.open(ctx, func(ctx context.Context) (string, error) {
		_, ts, err := r.s.api.StartStreamContext(ctx, t.Channel, api.MsgOptionTS(t.Thread),
			api.MsgOptionRecipientTeamID(t.Team), api.MsgOptionRecipientUserID(t.User))
		return ts, err
	}, true)
}

// open makes a message and stores where it is. The end of ctx doesn't come
// between: a message nobody knows of could never be taken away.
func (r *reply) open(ctx context.Context, make func(context.Context) (ts string, err error), streaming bool) error {
	select {
	case r.s.opening <- struct{}{}:
		defer func() { <-r.s.opening }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx = context.WithoutCancel(ctx)
	ts, err := make(ctx)
	if err != nil {
		return err
	}
	r.t.Message, r.t.Streaming = ts, streaming
	return r.s.save(ctx, r.t)
}

// event adds a piece of the text to the stream, which it starts with the first
// for which it is the channel's turn: the answer doesn't wait for that. It can't
// fail: what isn't in the stream comes when the reply is finished.
func (r *reply) event(ctx context.Context, e record.Event) {
	d, ok := e.(record.Delta)
	if !ok {
		return
	}
	r.all.WriteString(d.Delta)
	t := r.t
	if t.Message == "" && !r.broken && r.s.streams.has(t.Team) && r.s.pace.try(t.Channel) {
		if err := r.stream(ctx); err != nil {
			r.fail(ctx, err)
			return
		}
		r.at = time.Now()
	}
	if t.Streaming && !r.broken && time.Since(r.at) >= appendGap {
		r.flush(ctx)
	}
}

// flush sends the whole words that the stream doesn't have yet, while there is
// room for them.
func (r *reply) flush(ctx context.Context) {
	all := r.all.String()
	end := strings.LastIndexAny(all, " \n") + 1
	if end <= r.sent || units(escape(all[:end])) > maxText-maxWord {
		return
	}
	r.at = time.Now()
	_, _, err := r.s.api.AppendStreamContext(ctx, r.t.Channel, r.t.Message, api.MsgOptionMarkdownText(markdown(all[r.sent:end])))
	if err != nil {
		r.fail(ctx, err)
		return
	}
	r.sent = end
}

// fail gives the stream up. A workspace that refuses streams isn't asked for
// some time.
func (r *reply) fail(ctx context.Context, err error) {
	r.broken = true
	var refused api.SlackErrorResponse
	if r.t.Message == "" && errors.As(err, &refused) {
		r.s.streams.lacks(r.t.Team)
	}
	r.s.lg.InfoContext(ctx, "slack stream given up", slog.String("request_id", r.t.Request), slog.Any("error", err))
}

// finish makes the reply what it has to be.
func (r *reply) finish(ctx context.Context, c content) error {
	t := r.t
	if t.Message == "" {
		if err := r.placeholder(ctx); err != nil {
			return err
		}
	}
	// What Slack is told now isn't to be told again after the end of ctx.
	ctx = context.WithoutCancel(ctx)
	if t.Streaming && !r.broken && r.complete(ctx, c) {
		return nil
	}
	if err := r.abandon(ctx); err != nil {
		return err
	}
	return r.update(ctx, c)
}

// complete ends the stream with what it lacks, and reports whether it could.
func (r *reply) complete(ctx context.Context, c content) bool {
	// The stream has what the answer began with, unless the answer was put
	// together anew; then it is replaced.
	if !strings.HasPrefix(c.shown, r.all.String()[:r.sent]) {
		return false
	}
	options := []api.MsgOption{api.MsgOptionBlocks(c.tail...)}
	if rest := c.shown[r.sent:]; rest != "" {
		options = append(options, api.MsgOptionMarkdownText(markdown(rest)))
	}
	if _, _, err := r.s.api.StopStreamContext(ctx, r.t.Channel, r.t.Message, options...); err != nil {
		r.fail(ctx, err)
		return false
	}
	return true
}

// abandon ends a stream that is to be replaced. Where it has ended already,
// Slack says so, and that is as good.
func (r *reply) abandon(ctx context.Context) error {
	if !r.t.Streaming {
		return nil
	}
	_, _, err := r.s.api.StopStreamContext(ctx, r.t.Channel, r.t.Message)
	var refused api.SlackErrorResponse
	if err != nil && (!errors.As(err, &refused) || slices.Contains(passing, refused.Err)) {
		return err
	}
	r.t.Streaming = false
	return nil
}

// update replaces all of the message. Should Slack find fault with its blocks,
// the text goes alone; and where the message is gone, or mayn't be changed any more,
// another is made, which is the reply from then on.
func (r *reply) update(ctx context.Context, c content) error {
	options := quiet("", api.MsgOptionText(c.text, false), api.MsgOptionBlocks(append(c.body, c.tail...)...))
	err := r.change(ctx, options)
	var refused api.SlackErrorResponse
	if errors.As(err, &refused) && (strings.Contains(refused.Err, "blocks") || refused.Err == "msg_too_long") {
		r.s.lg.ErrorContext(ctx, "slack refuses blocks", slog.String("request_id", r.t.Request), slog.Any("error", err))
		options = quiet("", api.MsgOptionText(escape(c.shown), false), api.MsgOptionBlocks())
		err = r.change(ctx, options)
	}
	if !final(err) {
		return err
	}
	r.s.lg.WarnContext(ctx, "slack message can't be changed", slog.String("request_id", r.t.Request), slog.Any("error", err))
	return r.write(ctx, options)
}

func (r *reply) change(ctx context.Context, options []api.MsgOption) error {
	_, _, _, err := r.s.api.UpdateMessageContext(ctx, r.t.Channel, r.t.Message, options...)
	return err
}
