package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strings"
	"time"

	api "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"bronwijzer/internal/admission"
	"bronwijzer/internal/llm"
)

// GeneratorConfig says where and how to generate. BaseURL and Model are
// required; zero elsewhere takes what its comment says.
type GeneratorConfig struct {
	// BaseURL is the address that "/chat/completions" is appended to, such as
	// "http://127.0.0.1:8000/v1".
	BaseURL string
	// Key is sent as bearer token when it isn't empty.
	Key   string
	Model string
	// Connect bounds the making of a connection; 0 means 5 seconds.
	Connect time.Duration
	// First is how long the model may take over its first token; 0 means a
	// minute, since a model on a processor reads its prompt slowly.
	First time.Duration
	// Idle is how long it may pause after that; 0 means 20 seconds. Total bounds
	// the whole answer; 0 means 5 minutes.
	Idle, Total time.Duration
	// Retries is how often a request is repeated that failed on its way or with
	// status 429 or 5xx, before the first token; 0 means twice, below 0 never.
	Retries int
	// Concurrent is how many requests may be under way; 0 means 256. Queue more
	// wait for their turn, for QueueWait at most; 0 means 64 and 5 seconds.
	Concurrent, Queue int
	QueueWait         time.Duration
	// Trip is after how many failures in a row the server is left alone, for
	// Rest; 0 means 5 and 10 seconds.
	Trip int
	Rest time.Duration
}

func (c GeneratorConfig) withDefaults() GeneratorConfig {
	for _, d := range []struct {
		value *time.Duration
		other time.Duration
	}{
		{&c.Connect, 5 * time.Second},
		{&c.First, time.Minute},
		{&c.Idle, 20 * time.Second},
		{&c.Total, 5 * time.Minute},
		{&c.QueueWait, 5 * time.Second},
		{&c.Rest, 10 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.other
		}
	}
	if c.Retries == 0 {
		c.Retries = 2
	}
	if c.Concurrent <= 0 {
		c.Concurrent = 256
	}
	if c.Queue <= 0 {
		c.Queue = 64
	}
	if c.Trip <= 0 {
		c.Trip = 5
	}
	return c
}

// Generator is llm.Generator on a server's "/chat/completions", streamed.
//
// Before the first piece of text a failure is tried again where that may help,
// and what remains wraps llm.ErrUnavailable. Behind it nothing is tried again:
// a reader may have seen the text. A server that keeps failing is left alone
// for a while, and asked by one request at a time after that.
type Generator struct {
	lg      *slog.Logger
	client  *api.Client
	cfg     GeneratorConfig
	turns   *admission.Gate
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	wait    func(context.Context, time.Duration) error
}

var _ llm.Generator = (*Generator)(nil)

// NewGenerator returns a generator for the endpoint. It doesn't go there yet.
func NewGenerator(lg *slog.Logger, cfg GeneratorConfig) (*Generator, error) {
	cfg = cfg.withDefaults()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: cfg.Connect, KeepAlive: 30 * time.Second}).DialContext
	transport.TLSHandshakeTimeout = cfg.Connect
	transport.MaxIdleConnsPerHost = cfg.Concurrent
	client, err := newClient(cfg.BaseURL, cfg.Key, headers{transport})
	if err != nil {
		return nil, fmt.Errorf("generator: %w", err)
	}
	if cfg.Model == "" {
		return nil, errors.New("generator: no model named")
	}
	return &Generator{
		lg: lg, client: client, cfg: cfg, wait: sleep,
		turns: admission.New(cfg.Concurrent, cfg.Queue, cfg.QueueWait),
		breaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Timeout:      cfg.Rest,
			ReadyToTrip:  func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= cfg.Trip },
			IsSuccessful: func(err error) bool { return !isOutage(err) },
			IsExcluded:   func(err error) bool { return err != nil && !errors.Is(err, llm.ErrLength) && !isOutage(err) },
			OnStateChange: func(_ string, from, to gobreaker.State) {
				lg.Warn("model's circuit breaker", "model", cfg.Model, "from", from.String(), "to", to.String())
			},
		}),
	}, nil
}

// isOutage reports whether an error tells against the server, rather than
// against the request or its reader.
func isOutage(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.outage
}

// Model names the model.
func (g *Generator) Model() string { return g.cfg.Model }

// Generate implements llm.Generator.
func (g *Generator) Generate(ctx context.Context, req llm.Request, emit func(delta string) error) (llm.Usage, error) {
	done, err := g.turns.Enter(ctx)
	if errors.Is(err, admission.ErrBusy) {
		// Readers get an answer of another kind while they still wait for one.
		err = &failure{what: "too many requests at once", cause: llm.ErrUnavailable}
	}
	if err != nil {
		return llm.Usage{}, fmt.Errorf("generate with %s: %w", g.cfg.Model, err)
	}
	defer done()
	for attempt := 0; ; attempt++ {
		s := &stream{generator: g, emit: emit}
		err := s.guarded(ctx, req)
		if err == nil || s.emitErr != nil || ctx.Err() != nil || errors.Is(err, llm.ErrLength) {
			return s.usage, err
		}
		if s.begun {
			return s.usage, fmt.Errorf("generate with %s: %w", g.cfg.Model, withoutCause(err))
		}
		wait, again := g.again(err, attempt, s.header)
		if !again {
			return s.usage, fmt.Errorf("generate with %s: %w: %w", g.cfg.Model, llm.ErrUnavailable, err)
		}
		g.lg.WarnContext(ctx, "generating failed, trying again", "model", g.cfg.Model, "error", err, "attempt", attempt+1, "wait", wait)
		if err := g.wait(ctx, wait); err != nil {
			return s.usage, err
		}
	}
}

// again reports whether to try again after an error, and when.
func (g *Generator) again(err error, attempt int, header http.Header) (time.Duration, bool) {
	var f *failure
	if !errors.As(err, &f) || !f.again || attempt >= g.cfg.Retries {
		return 0, false
	}
	return backoff(attempt, header, time.Now())
}

// withoutCause is err, not taken for llm.ErrUnavailable any more: text was
// emitted.
func withoutCause(err error) error {
	var f *failure
	if errors.As(err, &f) {
		return &failure{what: f.what, status: f.status}
	}
	return err
}

// stream is one attempt.
type stream struct {
	generator *Generator
	emit      func(string) error
	emitErr   error // what emit returned
	begun     bool  // text was emitted
	thinking  thinking
	finish    api.FinishReason
	usage     llm.Usage
	header    http.Header // of a response that is an error
}

// guarded runs the attempt if the circuit breaker lets it, and tells it how
// that went.
func (s *stream) guarded(ctx context.Context, req llm.Request) error {
	done, err := s.generator.breaker.Allow()
	if err != nil {
		return &failure{what: "server is left alone for a while after failing", cause: llm.ErrUnavailable}
	}
	err = s.run(ctx, req)
	done(err)
	return err
}

// errSlow ends an attempt that took too long over a token or over all of them.
var errSlow = errors.New("too slow")

// run asks once and reads the answer to its end.
func (s *stream) run(ctx context.Context, req llm.Request) error {
	cfg := s.generator.cfg
	whole, stop := context.WithTimeoutCause(ctx, cfg.Total, errSlow)
	defer stop()
	limit, cancel := context.WithCancelCause(whole)
	defer cancel(nil)
	clock := time.AfterFunc(cfg.First, func() { cancel(errSlow) })
	defer clock.Stop()

	resp, err := s.generator.client.CreateChatCompletionStream(withHeader(limit, &s.header), s.request(req))
	if err != nil {
		return s.explain(ctx, limit, err)
	}
	defer resp.Close()
	for {
		chunk, err := resp.Recv()
		if errors.Is(err, io.EOF) && s.finish != "" {
			break
		}
		if err != nil {
			return s.explain(ctx, limit, err)
		}
		// Not while emit works: a slow reader isn't a slow model.
		clock.Stop()
		if err := s.take(chunk); err != nil {
			return err
		}
		clock.Reset(cfg.Idle)
	}
	if s.finish == api.FinishReasonLength {
		return llm.ErrLength
	}
	return nil
}

func (s *stream) request(req llm.Request) api.ChatCompletionRequest {
	out := api.ChatCompletionRequest{
		Model: s.generator.cfg.Model, Stream: true, StreamOptions: &api.StreamOptions{IncludeUsage: true},
	}
	if reasons(out.Model) { // refuses other names and any temperature but its own
		out.MaxCompletionTokens = req.MaxTokens
	} else {
		// The client leaves out a 0, and then the server chooses.
		//nolint:staticcheck // the name that all other servers know
		out.MaxTokens, out.Temperature = req.MaxTokens, max(req.Temperature, math.SmallestNonzeroFloat32)
	}
	for _, m := range req.Messages {
		out.Messages = append(out.Messages, api.ChatCompletionMessage{Role: string(m.Role), Content: m.Content})
	}
	return out
}

// reasons reports whether a model is one of OpenAI's that reason.
func reasons(model string) bool {
	for _, family := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(model, family) {
			return true
		}
	}
	return false
}

// take hands over what a chunk holds.
func (s *stream) take(chunk api.ChatCompletionStreamResponse) error {
	if chunk.Usage != nil {
		s.usage = llm.Usage{PromptTokens: chunk.Usage.PromptTokens, CompletionTokens: chunk.Usage.CompletionTokens}
	}
	for _, c := range chunk.Choices {
		if c.Index != 0 {
			continue
		}
		if text := s.thinking.text(c.Delta.Content); text != "" {
			s.begun = true
			if s.emitErr = s.emit(text); s.emitErr != nil {
				return s.emitErr
			}
		}
		if c.FinishReason != "" {
			s.finish = c.FinishReason
		}
	}
	return nil
}

// explain turns an error of the client into one that can be shown.
func (s *stream) explain(ctx, limit context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(context.Cause(limit), errSlow) {
		// Not again: whoever waits has waited long enough.
		return &failure{what: "server takes too long", cause: llm.ErrUnavailable, outage: true}
	}
	err = classify(ctx, err, s.generator.cfg.First)
	var f *failure
	if errors.As(err, &f) {
		f.outage = f.again || s.begun
	}
	return err
}
