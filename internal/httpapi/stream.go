package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// teller tells the making of an answer to a stream, in the form of one API.
type teller interface {
	// show tells an event; Done is left to done.
	show(e record.Event) error
	// done and fail tell how it ended, and end the stream.
	done(ans record.Answer) error
	fail(seen *apiError, body errorBody) error
}

// streamAnswer answers a question as a stream of events. What Chat returns, not
// its Done event, decides how the stream ends, so it ends exactly once. An
// error before the first event gets an ordinary answer with its status.
func (a *api) streamAnswer(c *gin.Context, r chat.Request, s *stream, t teller) error {
	a.metrics.streams.Inc()
	defer a.metrics.streams.Dec()
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()

	stop := s.keepAlive(a.heartbeat, cancel)
	ans, err := a.ask(ctx, r, t.show)
	stop()
	switch {
	case err == nil:
		answered(c, &ans)
		return t.done(ans)
	case !s.begun:
		return err
	}
	c.Set(resultKey, access.ResultFailed)
	seen, body := a.report(c, err)
	if seen == nil {
		return nil
	}
	return t.fail(seen, body)
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

func (t chatTeller) fail(_ *apiError, body errorBody) error { return t.s.send("error", body) }

// stream writes server-sent events. It is written by hand because Gin's
// renderer leaves out the space after "data:", which the format allows but not
// every client expects. Safe for concurrent use.
type stream struct {
	mu sync.Mutex
	w  gin.ResponseWriter
	// begun says that the header is out.
	begun bool
}

// send writes one event, without a name where that is empty, and flushes it.
// JSON has no raw line break, so it fits on one data line.
func (s *stream) send(name string, v any) error {
	var b bytes.Buffer
	if name != "" {
		fmt.Fprintf(&b, "event: %s\n", name)
	}
	b.WriteString("data: ")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode event %s: %w", name, err)
	}
	b.WriteByte('\n')
	return s.write(b.Bytes())
}

// write sends the header when it is still to go, then frame, and flushes.
func (s *stream) write(frame []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		s.begun = true
		h := s.w.Header()
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		// nginx would collect events before it passes them on.
		h.Set("X-Accel-Buffering", "no")
		s.w.WriteHeader(http.StatusOK)
	}
	if _, err := s.w.Write(frame); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	s.w.Flush()
	return nil
}

// keepAlive writes a comment line every so often, for proxies that cut silent
// connections and to notice a client that left; then it calls gone. The
// returned function ends it and waits until it has.
func (s *stream) keepAlive(every time.Duration, gone func()) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			if s.write([]byte(": leeft nog\n\n")) != nil {
				gone()
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
