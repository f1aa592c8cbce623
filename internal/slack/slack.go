// Package slack lets colleagues ask where they already talk: it answers
// mentions, direct messages and a slash command, over Slack's webhooks.
//
// It owns the conversation with Slack: what is genuine, what is a question,
// what was accepted before, what a message looks like and how fast they may
// follow each other. It never ranks, words or checks an answer: chat.Service
// does, and a message shows its record.
//
// Its invariants: nothing of a request is parsed before its signature is
// checked; a question is in the store before Slack is told that it arrived; a
// reply's place in the thread is in the store before anything is written there,
// and from then on that one message is changed; every question gets a reply,
// also when it failed. What all in a channel see rests on what everybody may
// read; only an answer that nobody else sees has what the asker's groups may.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	api "github.com/slack-go/slack"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// Chat gives answers; *chat.Service is the one. Its errors are those of package
// chat.
type Chat interface {
	// Ask answers a question and stores the record before it returns; one that is
	// stored under the request's ID comes back.
	Ask(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error)
	// Answer returns a stored record.
	Answer(ctx context.Context, by access.Subject, id string) (record.Answer, error)
	// Share makes the link to an answer and returns its id.
	Share(ctx context.Context, by access.Subject, answerID string) (string, error)
	// Feedback stores a verdict, in the place of an earlier one with its key.
	Feedback(ctx context.Context, by access.Subject, f record.Feedback) error
}

// Store keeps what must survive the process. What a method acknowledged is
// durable. Keys, threads and people are keyed hashes.
type Store interface {
	// AddJob keeps work, unless some was ever added under that key: then added
	// is false.
	AddJob(ctx context.Context, key string, job []byte) (id int64, added bool, err error)
	// SaveJob replaces what is kept of pending work.
	SaveJob(ctx context.Context, id int64, job []byte) error
	// FinishJob forgets the work, but not its key.
	FinishJob(ctx context.Context, id int64) error
	// DropJob forgets the work and its key.
	DropJob(ctx context.Context, id int64) error
	// PendingJobs hands over unfinished work in the order in which it was added.
	PendingJobs(ctx context.Context, f func(id int64, job []byte) error) error
	// ExpireJobs forgets what was finished, and who was told, before a time.
	ExpireJobs(ctx context.Context, before time.Time) error
	// Thread returns the conversation of a thread, or "".
	Thread(ctx context.Context, thread string) (conversationID string, err error)
	SetThread(ctx context.Context, thread, conversationID string) error
	// Told reports whether SetTold was called for a person.
	Told(ctx context.Context, person string) (bool, error)
	SetTold(ctx context.Context, person string) error
}

// Config tunes the integration. Both secrets are required, the rest may be
// zero.
type Config struct {
	// SigningSecret and BotToken are of the app, as Slack shows them.
	SigningSecret string
	BotToken      string
	// APIURL is where Slack's methods are, with a slash at its end; empty is
	// Slack's own.
	APIURL string
	// PublicURL is put before links to sources, without a slash at its end.
	// Empty: nothing is linked.
	PublicURL string
	// Teams and Channels are the ids of those who get answers. Without Teams it
	// is the workspace that has the app, without Channels every channel;
	// the channel DirectMessages stands for all direct messages.
	Teams    []string
	Channels []string
	// Groups are the ids of the users in each group that documents are limited to.
	// Whoever isn't there is in none.
	Groups map[string][]string
	// Audit hears of every question, verdict, source that was looked at and answer
	// that was shared; nil: nobody does.
	Audit Audit
	// Notice ends the notice of every answer: a person reads it once. What is
	// before it is about that answer, and always shown.
	Notice string
	// Queue is how many questions may wait; 0 takes 500. Beyond it they are
	// told that it is too busy.
	Queue int
	// Answers is how many questions are answered at the same time; 0 takes 8.
	Answers int
	// AnswerTimeout bounds one answer; 0 takes two minutes.
	AnswerTimeout time.Duration
}

// DirectMessages is the name of all direct messages in Config.Channels.
const DirectMessages = "im"

const (
	defaultAPIURL        = "https://slack.com/api/"
	defaultQueue         = 500
	defaultAnswers       = 8
	defaultAnswerTimeout = 2 * time.Minute
	// callTimeout bounds one call of Slack's API.
	callTimeout = 15 * time.Second
	// keysKept is how long a key is known. Slack repeats an event for about an
	// hour.
	keysKept = 30 * 24 * time.Hour
	// expireEvery is how often older ones are forgotten.
	expireEvery = time.Hour
)

// Service is the integration: the handler of its three routes, and the work
// that follows from them. Run does that work.
type Service struct {
	lg       *slog.Logger
	chat     Chat
	store    Store
	cfg      Config
	api      *api.Client
	http     *http.Client
	apiHost  string
	basePath string
	keys     keys
	door     *door
	queue    *queue
	pace     *pacer
	streams  *streams
	// answering has room for the answers that are made at the same time.
	answering chan struct{}
	// opening has room for one: replies are begun one after the other, until it
	// is stored where each is, so that a crash orphans one at worst. A workspace
	// takes some hundreds of messages a minute, so it costs nothing.
	opening chan struct{}
	// loaded says that the pending work of an earlier process is in the queue.
	loaded atomic.Bool
}

var _ http.Handler = (*Service)(nil)

// New returns the integration. An error means that cfg is wrong.
func New(lg *slog.Logger, c Chat, st Store, cfg Config) (*Service, error) {
	switch {
	case cfg.SigningSecret == "":
		return nil, errors.New("slack: no signing secret")
	case cfg.BotToken == "":
		return nil, errors.New("slack: no bot token")
	}
	if cfg.APIURL == "" {
		cfg.APIURL = defaultAPIURL
	}
	if !strings.HasSuffix(cfg.APIURL, "/") {
		cfg.APIURL += "/"
	}
	endpoint, err := url.Parse(cfg.APIURL)
	if err != nil || endpoint.Host == "" {
		return nil, fmt.Errorf("slack: api url %q isn't an absolute address", cfg.APIURL)
	}
	public, err := url.Parse(cfg.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("slack: public url: %w", err)
	}
	cfg.PublicURL = strings.TrimSuffix(cfg.PublicURL, "/")
	cfg.Queue = positive(cfg.Queue, defaultQueue)
	cfg.AnswerTimeout = positive(cfg.AnswerTimeout, defaultAnswerTimeout)
	client := &http.Client{Timeout: callTimeout}
	return &Service{
		lg: lg, chat: c, store: st, cfg: cfg,
		api:       api.New(cfg.BotToken, api.OptionAPIURL(cfg.APIURL), api.OptionHTTPClient(client)),
		http:      client,
		apiHost:   endpoint.Host,
		basePath:  strings.TrimSuffix(public.Path, "/"),
		keys:      newKeys(cfg.SigningSecret),
		door:      newDoor(lg, cfg.SigningSecret),
		queue:     newQueue(),
		pace:      newPacer(messageGap),
		streams:   newStreams(),
		answering: make(chan struct{}, positive(cfg.Answers, defaultAnswers)),
		opening:   make(chan struct{}, 1),
	}, nil
}

func positive[T int | time.Duration](n, fallback T) T {
	if n > 0 {
		return n
	}
	return fallback
}

// Run does the work, first what an earlier process left, until ctx ends. What
// isn't done by then is for the next one.
func (s *Service) Run(ctx context.Context) error {
	err := s.store.PendingJobs(ctx, func(id int64, b []byte) error {
		t, err := newTask(id, b)
		if err != nil {
			return fmt.Errorf("pending job %d: %w", id, err)
		}
		s.queue.add(t)
		return nil
	})
	if err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	s.loaded.Store(true)
	defer s.queue.wait()
	expire := time.NewTicker(expireEvery)
	defer expire.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.queue.signal:
			s.queue.start(func(thread string) { s.drain(ctx, thread) })
		case <-expire.C:
			if err := s.store.ExpireJobs(ctx, time.Now().Add(-keysKept)); err != nil {
				s.lg.ErrorContext(ctx, "expire slack jobs", slog.Any("error", err))
			}
		}
	}
}

// drain does the work of one thread, one after the other.
func (s *Service) drain(ctx context.Context, thread string) {
	for t := s.queue.first(thread); t != nil; t = s.queue.next(thread) {
		s.work(ctx, t)
		if ctx.Err() != nil {
			return
		}
	}
}
