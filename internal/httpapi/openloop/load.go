package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// maxConnections bounds the driver, not the load: what comes when none is free
// waits, and its latency counts from when it was due.
const maxConnections = 3000

// phase is a time of constant load and what came of it.
type phase struct {
	rate float64
	took time.Duration

	accepted, rejected histogram
	// bare counts rejections without Retry-After, failed whatever is neither an
	// answer nor a rejection.
	bare, failed atomic.Int64
	// seconds has the accepted requests by the second in which they were due.
	seconds []second
	// server and driver are the cores that each kept busy.
	server, driver float64
}

// second is a second of a phase.
type second struct {
	accepted histogram
	refused  atomic.Int64
}

// goodput is how many answers came a second.
func (p *phase) goodput() float64 { return float64(p.accepted.total.Load()) / p.took.Seconds() }

// share is the share of all requests that got an answer.
func (p *phase) share() float64 {
	good := float64(p.accepted.total.Load())
	all := good + float64(p.rejected.total.Load()) + float64(p.failed.Load())
	return good / max(1, all)
}

// job is a request that is due at a moment.
type job struct {
	due  time.Time
	send []byte
	in   *second
}

// load sends requests at a constant rate, as a world of strangers does: each
// when it is due, whatever became of those before it. Latencies count from then,
// so that a server that stalls is charged for all that it kept waiting.
type load struct {
	address  string
	requests [][]byte

	open  int
	jobs  chan job
	users sync.WaitGroup
}

// run offers rate requests a second for a time and waits for the last.
func (l *load) run(ctx context.Context, rate float64, d time.Duration) *phase {
	p := &phase{rate: rate, took: d, seconds: make([]second, int(d/time.Second)+1)}
	l.jobs = make(chan job)
	began := time.Now()
	for i := range int(rate * d.Seconds()) {
		offset := time.Duration(float64(i) / rate * float64(time.Second))
		due := began.Add(offset)
		// Sleeping is a millisecond late at times, and that counts too.
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		if ctx.Err() != nil {
			break
		}
		l.give(ctx, p, job{due, l.requests[i%len(l.requests)], &p.seconds[offset/time.Second]})
	}
	close(l.jobs)
	l.users.Wait()
	l.open = 0
	return p
}

// give hands a job to a connection that is free, or to a new one.
func (l *load) give(ctx context.Context, p *phase, j job) {
	select {
	case l.jobs <- j:
		return
	default:
	}
	if l.open < maxConnections {
		l.open++
		l.users.Go(func() { l.use(ctx, p, j) })
		return
	}
	l.jobs <- j
}

// use sends jobs over one connection, one after the other.
func (l *load) use(ctx context.Context, p *phase, j job) {
	var c *client
	for more := true; more; j, more = <-l.jobs {
		var resp response
		var err error
		if c == nil {
			c, err = dial(ctx, l.address)
		}
		if err == nil {
			resp, err = c.do(j.send)
		}
		p.note(j, resp, err)
		if c != nil && (err != nil || resp.last) {
			c.conn.Close()
			c = nil
		}
	}
	if c != nil {
		c.conn.Close()
	}
}

// note counts what became of a job.
func (p *phase) note(j job, resp response, err error) {
	took := time.Since(j.due)
	switch {
	case err == nil && resp.status == http.StatusOK && resp.whole:
		p.accepted.add(took)
		j.in.accepted.add(took)
		return
	case err == nil && (resp.status == http.StatusServiceUnavailable || resp.status == http.StatusTooManyRequests):
		p.rejected.add(took)
		if !resp.retryAfter {
			p.bare.Add(1)
		}
	default:
		p.failed.Add(1)
	}
	j.in.refused.Add(1)
}
