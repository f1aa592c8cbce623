package slack

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"bronwijzer/internal/record"
)

// kind is what a job is about.
type kind string

const (
	// ask answers in a thread, command at a response URL.
	ask     kind = "ask"
	command kind = "command"
	// post writes Text in a thread, whisper shows it there to one person.
	post    kind = "post"
	whisper kind = "whisper"
	// say shows Text at a response URL, judge takes a verdict and thanks for it
	// there, show shows a source of an answer, and share puts an answer there for
	// all.
	say   kind = "say"
	judge kind = "judge"
	show  kind = "show"
	share kind = "share"
)

// job is work as the store keeps it while it is pending.
type job struct {
	Kind kind `json:"kind"`
	// Request is the number that a reader may tell whoever runs the server.
	Request  string    `json:"request"`
	Accepted time.Time `json:"accepted"`
	Team     string    `json:"team"`
	User     string    `json:"user"`
	Channel  string    `json:"channel,omitempty"`
	// Thread is the ts of the message that the thread hangs on.
	Thread string `json:"thread,omitempty"`
	// Private says that the user alone sees what comes of it.
	Private     bool   `json:"private,omitempty"`
	Question    string `json:"question,omitempty"`
	Text        string `json:"text,omitempty"`
	ResponseURL string `json:"response_url,omitempty"`
	// Answer is the id that the answer to a question will have: chosen before, so
	// that it is one answer however often the work is begun.
	//
	// Of a button, Answer and Citation are what it is about.
	Answer   string         `json:"answer,omitempty"`
	Citation int            `json:"citation,omitempty"`
	Verdict  record.Verdict `json:"verdict,omitempty"`
	// Owner is whose the answer is; empty: the thread's, or else the person's.
	Owner string `json:"owner,omitempty"`

	// Message is the ts of the reply, once it is there; Streaming says that it
	// was begun as a stream.
	Message   string `json:"message,omitempty"`
	Streaming bool   `json:"streaming,omitempty"`
}

// task is a job in the queue, with what needn't survive the process.
type task struct {
	id int64
	job
	// answer is the answer, once it is made; asked says that it is, or failed.
	answer record.Answer
	failed error
	asked  bool
	// void says that nothing came of it, so that the same may be asked for again.
	void bool
}

func newTask(id int64, b []byte) (*task, error) {
	t := &task{id: id}
	return t, json.Unmarshal(b, &t.job)
}

// thread names the tasks that have to be done in order.
func (t *task) thread() string {
	if t.ResponseURL != "" {
		return t.ResponseURL
	}
	return t.Channel + " " + t.Thread
}

// queue holds accepted work by thread: each thread has one goroutine while it
// has work. They are as many as there are waiting questions, which is bounded;
// what they do at the same time is bounded elsewhere.
type queue struct {
	// signal has a value when start has something to do.
	signal chan struct{}
	group  sync.WaitGroup

	mu      sync.Mutex
	threads map[string][]*task
	idle    []string // threads with work and without a goroutine
	n       int
}

func newQueue() *queue {
	return &queue{signal: make(chan struct{}, 1), threads: map[string][]*task{}}
}

// add puts a task at the end of its thread.
func (q *queue) add(t *task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	thread := t.thread()
	if len(q.threads[thread]) == 0 {
		q.idle = append(q.idle, thread)
	}
	q.threads[thread] = append(q.threads[thread], t)
	q.n++
	select {
	case q.signal <- struct{}{}:
	default:
	}
}

// size is the number of tasks that aren't done.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.n
}

// start runs f for every thread that has no goroutine yet.
func (q *queue) start(f func(thread string)) {
	q.mu.Lock()
	idle := q.idle
	q.idle = nil
	q.mu.Unlock()
	for _, thread := range idle {
		q.group.Go(func() { f(thread) })
	}
}

// wait waits for what start began.
func (q *queue) wait() { q.group.Wait() }

// first returns the task to do, nil if there is none.
func (q *queue) first(thread string) *task {
	q.mu.Lock()
	defer q.mu.Unlock()
	if tasks := q.threads[thread]; len(tasks) > 0 {
		return tasks[0]
	}
	return nil
}

// next takes the first task out and returns the one after it. When it returns
// nil the thread's goroutine has to end: the next add begins another.
func (q *queue) next(thread string) *task {
	q.mu.Lock()
	defer q.mu.Unlock()
	rest := slices.Delete(q.threads[thread], 0, 1)
	q.n--
	if len(rest) == 0 {
		delete(q.threads, thread)
		return nil
	}
	q.threads[thread] = rest
	return rest[0]
}

// messageGap is the least time between two messages in a channel: Slack allows
// one a second, and the way there differs from one to the next.
const messageGap = 1050 * time.Millisecond

// pacer spreads the messages of each channel.
type pacer struct {
	gap time.Duration

	mu   sync.Mutex
	free map[string]time.Time
}

func newPacer(gap time.Duration) *pacer {
	return &pacer{gap: gap, free: map[string]time.Time{}}
}

// wait returns when a message may go to the channel, or ctx ends.
func (p *pacer) wait(ctx context.Context, channel string) error {
	return sleep(ctx, time.Until(p.reserve(channel, time.Now())))
}

// try reports whether a message may go to the channel now; then it has to.
func (p *pacer) try(channel string) bool {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.free[channel].After(now) {
		return false
	}
	p.free[channel] = now.Add(p.gap)
	return true
}

// reserve returns when it is the caller's turn.
func (p *pacer) reserve(channel string, now time.Time) time.Time {
	const many = 1000
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) > many {
		for c, at := range p.free {
			if at.Before(now) {
				delete(p.free, c)
			}
		}
	}
	at := p.free[channel]
	if at.Before(now) {
		at = now
	}
	p.free[channel] = at.Add(p.gap)
	return at
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// streamsRetry is how long a workspace without streaming isn't asked again.
const streamsRetry = time.Hour

// streams remembers which workspaces have no streaming.
type streams struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func newStreams() *streams { return &streams{until: map[string]time.Time{}} }

func (s *streams) has(team string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().After(s.until[team])
}

func (s *streams) lacks(team string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until[team] = time.Now().Add(streamsRetry)
}
