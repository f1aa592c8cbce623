package openai

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"bronwijzer/internal/llm"
)

// turns bounds how many requests are under way. Some more wait for their turn,
// for a short time; others are told at once that there is no room, so that
// their readers get an answer of another kind while they still wait for one.
type turns struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
}

func newTurns(concurrent, queue int, wait time.Duration) *turns {
	return &turns{slots: make(chan struct{}, concurrent), queue: int64(queue), wait: wait}
}

var errBusy = &failure{what: "too many requests at once", cause: llm.ErrUnavailable}

// take waits for a turn and returns what ends it.
func (t *turns) take(ctx context.Context) (done func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	done = func() { <-t.slots }
	select {
	case t.slots <- struct{}{}:
		return done, nil
	default:
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > t.queue {
		return nil, errBusy
	}
	timer := time.NewTimer(t.wait)
	defer timer.Stop()
	select {
	case t.slots <- struct{}{}:
		return done, nil
	case <-timer.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// headers hands the header of an error response to whoever put a place for it
// into the request's context: the client drops it where it streams.
type headers struct{ next http.RoundTripper }

type headerKey struct{}

func withHeader(ctx context.Context, into *http.Header) context.Context {
	return context.WithValue(ctx, headerKey{}, into)
}

func (h headers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if into, ok := r.Context().Value(headerKey{}).(*http.Header); ok && resp.StatusCode >= http.StatusBadRequest {
		*into = resp.Header
	}
	return resp, nil
}
