package httpapi

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// teller tells the making of an answer to a stream, in the form of one API.
type teller interface {
	// show tells an event; Done is left to done.
	show(e record.Event) error
	// done ends the stream with the record.
	done(ans record.Answer) error
	failer
}

// failer ends a stream with an error, in the form of one API.
type failer interface {
	fail(seen *apiError, body errorBody) error
}

// streamAnswer answers a question as a stream of events. What Chat returns, not
// its Done event, decides how the stream ends, so it ends exactly once.
//
// A reader who is slow keeps the connection, and nothing else: the events are
// kept for them while the answer is made, and its place among what is worked on
// is free again when it is stored.
func (a *api) streamAnswer(c *gin.Context, r chat.Request, s *stream, t teller) error {
	return a.follow(c, s, t, func(ctx context.Context) error {
		ans, err := a.ask(ctx, r, t.show)
		if err != nil {
			return err
		}
		answered(c, &ans)
		return t.done(ans)
	})
}

// follow has send fill a stream, until it returns or the client leaves. An error
// before the first event gets an ordinary answer with its status; later ones are
// told by end.
func (a *api) follow(c *gin.Context, s *stream, end failer, send func(context.Context) error) error {
	addr, _ := a.proxies.client(c.Request)
	closed, err := a.limits.stream(addr, subjectOf(c))
	if err != nil {
		return err
	}
	defer closed()
	a.metrics.streams.Inc()
	defer a.metrics.streams.Dec()
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()

	finish := s.start(a.heartbeat, cancel)
	// A panic must not leave the stream's goroutine behind.
	if err = recovered(func() error { return send(ctx) }); err == nil {
		return finish()
	}
	if !s.endHeartbeat() {
		return errors.Join(err, finish())
	}
	c.Set(resultKey, access.ResultFailed)
	if seen, body := a.report(c, err); seen != nil {
		return errors.Join(end.fail(seen, body), finish())
	}
	return finish()
}

// chatTeller has the events of the chat API.
type chatTeller struct {
	s *stream
	// include and k are what shown takes.
	include bool
	k       int
}

// show sends an event of an answer's making. Sources has at most k passages.
func (t chatTeller) show(e record.Event) error {
	switch e := e.(type) {
	case record.Sources:
		return t.s.send("sources", record.Sources{Passages: shownPassages(e.Passages, t.k)})
	case record.Cited:
		e.Citation.AnswerSpans = nil
		return t.s.send("citation", shownCitation(e.Citation))
	case record.Delta:
		return t.s.send("text", e)
	default:
		return nil
	}
}

func (t chatTeller) done(ans record.Answer) error {
	return t.s.send("done", shown(ans, t.include, t.k))
}

func (t chatTeller) fail(seen *apiError, body errorBody) error { return t.s.fail(seen, body) }
