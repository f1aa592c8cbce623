// Package httpapi is Bronwijzer's face on the network: the chat API in JSON and
// server-sent events, the same answers in the form of OpenAI's chat completions,
// documents and their exact texts, conversations, health, metrics and the pages
// that a citation points at.
//
// It owns everything that has to do with HTTP: who may talk to the server at
// all (Host, origin, rate), how strictly a request is read, which status an
// error gets and what a client that stops reading costs. It never ranks, words,
// checks or stores anything; Gin's context and the metrics never leave it.
//
// Its invariants: every route stands in one table and passes the same guards;
// an error reaches a client only through fail, in the form of its API, in Dutch,
// with nothing of the inside in it; a stream that has begun ends with exactly one
// done or error, unless its client has left.
package httpapi

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// Access says who sends a request, and signs browsers in and out; see
// access.Service.
type Access interface {
	Identify(w http.ResponseWriter, r *http.Request, p access.Peer) (access.Subject, error)
	Methods() []string
	SignInWithKey(w http.ResponseWriter, r *http.Request, key string) (access.Subject, error)
	BeginSignIn(w http.ResponseWriter, r *http.Request, to string) (address string, err error)
	FinishSignIn(w http.ResponseWriter, r *http.Request) (by access.Subject, to string, err error)
	SignOut(w http.ResponseWriter, r *http.Request) (address string, err error)
}

// Chat gives and keeps answers. By is whoever asks, as Access says; its ID is
// never empty for Conversations and DeleteAll. What belongs to another, or rests
// on documents that aren't for whoever asks, is unknown: chat.ErrNotFound. Errors
// name the operation and the thing, and so for Documents and Jobs.
type Chat interface {
	// Ask answers a question and stores the record before it returns. It hands
	// the events of the making to emit, which may be nil, on the calling
	// goroutine; an error of emit stops it. A wrong request gives a
	// *chat.InvalidError, an unknown conversation chat.ErrNotFound, a server
	// that is still starting chat.ErrNotReady.
	Ask(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error)
	// Answer returns one record.
	Answer(ctx context.Context, by access.Subject, id string) (record.Answer, error)
	// Conversations returns a page of the subject's conversations, latest first,
	// and how many there are in all. A page past the end is empty.
	Conversations(ctx context.Context, by access.Subject, page, perPage int) ([]record.Conversation, int, error)
	// Conversation returns one with its records, oldest first.
	Conversation(ctx context.Context, by access.Subject, id string) (record.Conversation, []record.Answer, error)
	// Marks returns the verdicts on a conversation's answers and the links to them.
	Marks(ctx context.Context, by access.Subject, id string) (record.Marks, error)
	Rename(ctx context.Context, by access.Subject, id, title string) error
	Delete(ctx context.Context, by access.Subject, id string) error
	DeleteAll(ctx context.Context, by access.Subject) error
	// Feedback stores a verdict and sets its time. A citation that the answer
	// doesn't have gives a *chat.InvalidError.
	Feedback(ctx context.Context, by access.Subject, f record.Feedback) error
	// Share makes the link to an answer and returns its id; ShareOf returns that
	// of the link that there is, or ""; Unshare withdraws it.
	Share(ctx context.Context, by access.Subject, answerID string) (string, error)
	ShareOf(ctx context.Context, by access.Subject, answerID string) (string, error)
	Unshare(ctx context.Context, by access.Subject, answerID string) error
	// Shared returns the record behind a link, whoever made it.
	Shared(ctx context.Context, by access.Subject, id string) (record.Answer, error)
}

// DocumentInfo is what a reader sees of a document beside its text.
type DocumentInfo struct {
	ID        string `json:"id"`
	Path      string `json:"path"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Kind      string `json:"kind"`
	// Date is the day of publication as 2006-01-02, or empty.
	Date      string `json:"date"`
	Dossier   string `json:"dossier"`
	SourceURL string `json:"source_url"`
	Language  string `json:"language"`
	// Characters is the length of the text in code points.
	Characters int `json:"characters"`
	// Passages is the number of passages it is cut into.
	Passages int `json:"passages"`
	// Version is the SHA-256 of the stored text, in hex.
	Version    string    `json:"version"`
	IngestedAt time.Time `json:"ingested_at"`
}

// Documents reads the collection as far as it is for the reader. A document or
// version that isn't there, or isn't for the reader, gives chat.ErrNotFound.
type Documents interface {
	// Documents returns a page, in a fixed order, and how many there are in
	// all. Pages count from 1; one past the end is empty.
	Documents(ctx context.Context, r docs.Reader, page, perPage int) ([]DocumentInfo, int, error)
	// Document returns the current version of one.
	Document(ctx context.Context, r docs.Reader, id string) (DocumentInfo, error)
	// Text returns the stored text of a version. It also knows the versions
	// that records cite of documents that changed or are gone.
	Text(ctx context.Context, r docs.Reader, id, version string) (string, error)
}

// Searcher finds passages.
type Searcher interface {
	// Search returns the k best passages that pass the filter and that its
	// Reader may see, best first; fewer where there are fewer. Until the first index is there it returns chat.ErrNotReady.
	Search(ctx context.Context, query string, k int, f docs.Filter) ([]record.Passage, error)
}

// Info is what the server tells of itself.
type Info struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Mode    record.Mode `json:"mode"`
	// Model is the generator's name; empty without one.
	Model string `json:"model"`
	// Documents and Passages count the collection as far as it is for whoever
	// asks.
	Documents int `json:"documents"`
	Passages  int `json:"passages"`
	// Examples are questions that the collection answers.
	Examples []string `json:"example_questions"`
	Notice   string   `json:"notice"`
}

// Deps are the parts of the program that the server shows. All are required,
// where it doesn't say otherwise.
type Deps struct {
	Access    Access
	Audit     Audit
	Chat      Chat
	Documents Documents
	Jobs      Jobs
	Searcher  Searcher
	// Info is called for every request that needs it, with its reader.
	Info func(context.Context, docs.Reader) (Info, error)
	// Ready reports whether the first index is there.
	Ready func() bool
	// Busy reports whether Chat and Searcher have no room for more now; nil is
	// never.
	Busy func() bool
	// Web is the built web chat: index.html and assets/, whose names change with
	// their content.
	Web fs.FS
}

// Config tunes the server. Its zero value is right for a server on loopback.
type Config struct {
	// Listen is the address that the server listens on; its host is accepted in
	// requests. When it is no particular one ("", 0.0.0.0, ::), every IP address
	// is: only a name can be bound to another address behind a browser's back.
	Listen string
	// PublicURL is where readers find the server: its host is accepted, and its
	// path, if any, may stand before every route. Empty when there is no other
	// address than Listen.
	PublicURL string
	// Hosts are more names that requests may carry in Host, without port.
	Hosts []string
	// TrustedProxies may say who the client is (X-Forwarded-For) and whether it
	// came over https (X-Forwarded-Proto). Anybody else's word is ignored.
	TrustedProxies []netip.Prefix
	// Limits are what one client may ask for.
	Limits Limits
	// Origins are other websites whose scripts may use the API with a key, as
	// "https://www.example.nl".
	Origins []string
	// Beside returns a handler that takes what is for another door, such as
	// Slack's, and leaves the rest to next; nil where there is none.
	Beside func(next http.Handler) http.Handler
	// BesideRefused counts what that door turned away; nil where there is none.
	BesideRefused func() int64
	// Heartbeat is the time between the comment lines of a stream; 0 takes 15 s.
	Heartbeat time.Duration
	// WriteTimeout is how long a client may take to accept one event or one
	// piece of a text; 0 takes 15 s.
	WriteTimeout time.Duration
}

// Defaults of Config.
const (
	defaultHeartbeat    = 15 * time.Second
	defaultWriteTimeout = 15 * time.Second
)

// api carries what the handlers share.
type api struct {
	Deps
	lg       *slog.Logger
	hosts    hosts
	proxies  proxies
	limits   *limits
	origins  *http.CrossOriginProtection
	others   otherOrigins
	metrics  *metrics
	pages    *template.Template
	web      *webApp
	basePath string
	// publicBase stands before the paths of links for readers; it doesn't end in
	// a slash.
	publicBase string
	heartbeat  time.Duration
	// uploads has room for the requests with files that are read at once.
	uploads chan struct{}
	// uploaders are the subjects whose requests those are.
	uploaders *tally[string]
	// strangers bounds the lines of the audit log that they cause.
	strangers *rate.Limiter
}

// New returns the handler of every route. An error means that cfg or deps.Web is
// wrong.
func New(lg *slog.Logger, deps Deps, cfg Config) (http.Handler, error) {
	public, err := parsePublicURL(cfg.PublicURL)
	if err != nil {
		return nil, err
	}
	allowed, err := newHosts(cfg, public)
	if err != nil {
		return nil, err
	}
	pages, err := parsePages()
	if err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	others, err := newOtherOrigins(cfg.Origins)
	if err != nil {
		return nil, err
	}
	web, err := newWebApp(deps.Web, public.basePath)
	if err != nil {
		return nil, fmt.Errorf("read web chat: %w", err)
	}
	a := &api{
		Deps:       deps,
		lg:         lg,
		hosts:      allowed,
		proxies:    cfg.TrustedProxies,
		limits:     newLimits(cfg.Limits),
		origins:    http.NewCrossOriginProtection(),
		others:     others,
		metrics:    newMetrics(deps.Audit, cfg.BesideRefused),
		pages:      pages,
		web:        web,
		basePath:   public.basePath,
		publicBase: public.origin + public.basePath,
		heartbeat:  positive(cfg.Heartbeat, defaultHeartbeat),
		uploads:    make(chan struct{}, maxUploads),
		uploaders:  newTally[string](1),
		strangers:  rate.NewLimiter(strangersRate, strangersBurst),
	}
	if public.origin != "" {
		if err := a.origins.AddTrustedOrigin(public.origin); err != nil {
			return nil, fmt.Errorf("public url %q: %w", cfg.PublicURL, err)
		}
	}
	return a.handler(cfg, public)
}

// handler puts around the router what holds for every request.
func (a *api) handler(cfg Config, public publicURL) (http.Handler, error) {
	routes := a.routes()
	if err := complete(routes); err != nil {
		return nil, err
	}
	h := withDeadlines(a.router(routes), positive(cfg.WriteTimeout, defaultWriteTimeout))
	h = withBasePath(h, public.basePath)
	if cfg.Beside != nil {
		h = cfg.Beside(h)
	}
	return withHeaders(h, public), nil
}

// router builds Gin's router from the table of routes.
func (a *api) router(routes []route) http.Handler {
	// Gin's mode is a global of Gin that only silences its start-up prints;
	// there is no setting per engine. It is atomic, and always set to the same.
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	// A redirect to the same path with or without a slash would lose the base
	// path that was cut off before.
	e.RedirectTrailingSlash = false
	e.Use(a.observe)
	for _, rt := range routes {
		e.Handle(rt.method, rt.ginPath(), a.serve(rt))
		if rt.method == http.MethodGet {
			e.Handle(http.MethodHead, rt.ginPath(), a.serve(rt))
		}
	}
	e.NoRoute(a.serve(route{rule: public, handle: func(*gin.Context) error { return errNoRoute }}))
	e.NoMethod(a.serve(route{rule: public, handle: a.noMethod}))
	return e
}

// positive is d, or fallback where d isn't set.
func positive(d, fallback time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return fallback
}

var errNotAbsolute = errors.New("must be an absolute http or https address without query")
