package openai

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bronwijzer/internal/llm"
	"bronwijzer/internal/llm/llmtest"
)

// TestMain wants no goroutine left when all tests are done.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// passageRequest asks as an answer does: with passages.
func passageRequest() llm.Request {
	return llm.Request{MaxTokens: 100, Messages: []llm.Message{
		{Role: llm.System, Content: "Antwoord."},
		{Role: llm.User, Content: secretText + "\n[k7f] De pilot is in 2022 opgezet in Midden-Nederland.\n[m2x] Er doen 270 gemeenten aan mee."},
	}}
}

// generator is one on a scripted server that waits for nothing between attempts.
func generator(tb testing.TB, script llmtest.Script, cfg GeneratorConfig) (*Generator, *llmtest.Server, *strings.Builder) {
	tb.Helper()
	server, url := llmtest.Start(tb, script)
	var log strings.Builder
	cfg.BaseURL, cfg.Key, cfg.Model = url, secretKey, llmtest.ModelName
	g, err := NewGenerator(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	g.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return g, server, &log
}

// impatient is how long a silence may last in scenarios that have one; others may
// take their time, on a busy machine.
var impatient = map[string]time.Duration{
	"silent": 300 * time.Millisecond, "no header": 300 * time.Millisecond, "stuck": 2 * time.Second,
}

// scenario is the script of that name.
func scenario(tb testing.TB, name string) llmtest.Script {
	tb.Helper()
	s, ok := llmtest.Find(name)
	if !ok {
		tb.Fatalf("no scenario %q", name)
	}
	return s.Script
}

// TestGeneratorScenarios wants each scenario to end as the contract of
// llm.Generator says: text and no error, an error behind text, or
// ErrUnavailable without text.
func TestGeneratorScenarios(t *testing.T) {
	for _, s := range llmtest.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			g, _, log := generator(t, s.Script, GeneratorConfig{First: impatient[s.Name], Idle: impatient[s.Name]})
			var text strings.Builder
			_, err := g.Generate(t.Context(), passageRequest(), func(delta string) error {
				text.WriteString(delta)
				return nil
			})
			if got := errors.Is(err, llm.ErrUnavailable); got != s.Down {
				t.Errorf("error %v, want unavailable %v", err, s.Down)
			}
			if s.Down && text.Len() > 0 {
				t.Errorf("text %q of a model that is away", text.String())
			}
			said := fmt.Sprint(err) + log.String()
			for _, secret := range []string{llmtest.Secret, secretKey, secretText, "2022"} {
				if strings.Contains(said, secret) {
					t.Errorf("gives away %q: %s", secret, said)
				}
			}
		})
	}
}

func TestGeneratorEnds(t *testing.T) {
	for name, want := range map[string]string{
		"honest": "", "length": llm.ErrLength.Error(), "cut off": "breaks off", "stuck": "takes too long",
		"500 once": "", "429 once": "", "error in stream": "not what the API promises", "invalid JSON later": "not what the API promises",
		"429 long": "429", "no header": "takes too long", "401": "401",
	} {
		t.Run(name, func(t *testing.T) {
			g, _, _ := generator(t, scenario(t, name), GeneratorConfig{First: impatient[name], Idle: impatient[name]})
			usage, err := g.Generate(t.Context(), passageRequest(), func(string) error { return nil })
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want %q", err, want)
			}
			if err == nil && (usage.PromptTokens == 0 || usage.CompletionTokens == 0) {
				t.Errorf("usage %+v", usage)
			}
		})
	}
}

// TestGeneratorAttempts counts requests: none is repeated behind text or where
// the server wants to be left alone.
func TestGeneratorAttempts(t *testing.T) {
	for name, want := range map[string]int{
		"500": 3, "hangs up": 3, "500 once": 2, "429 once": 2, "429 long": 1, "401": 1, "400": 1, "invalid JSON": 1,
		"cut off": 1, "error in stream": 1, "no header": 1, "honest": 1,
	} {
		g, server, _ := generator(t, scenario(t, name), GeneratorConfig{First: impatient[name], Trip: 10})
		_, _ = g.Generate(t.Context(), passageRequest(), func(string) error { return nil })
		if got := server.Calls(); got != want {
			t.Errorf("%s: %d requests, want %d", name, got, want)
		}
	}
}

// TestGeneratorUnreachable goes to a port that nobody listens on.
func TestGeneratorUnreachable(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	g, err := NewGenerator(slog.New(slog.DiscardHandler), GeneratorConfig{BaseURL: server.URL + "/v1", Model: "m", Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Generate(t.Context(), passageRequest(), func(string) error { return nil })
	if !errors.Is(err, llm.ErrUnavailable) || !strings.Contains(err.Error(), "no connection") {
		t.Errorf("got %v", err)
	}
}

// TestGeneratorTotal stops a model that drips.
func TestGeneratorTotal(t *testing.T) {
	g, _, _ := generator(t, func(c *llmtest.Call) {
		for {
			select {
			case <-c.Gone():
				return
			default:
				c.Say("nog ")
				c.Wait(time.Millisecond)
			}
		}
	}, GeneratorConfig{Total: 2 * time.Second})
	_, err := g.Generate(t.Context(), passageRequest(), func(string) error { return nil })
	if err == nil || errors.Is(err, llm.ErrUnavailable) || !strings.Contains(err.Error(), "takes too long") {
		t.Errorf("got %v", err)
	}
}

// TestGeneratorCancels wants a reader who leaves, in the midst of a silence, to
// be felt by the server within 100 ms. A machine that is busy with something else
// may be late once, not always.
func TestGeneratorCancels(t *testing.T) {
	best := time.Hour
	for try := 0; try < 5 && best > 100*time.Millisecond; try++ {
		best = min(best, untilFelt(t))
	}
	if best > 100*time.Millisecond {
		t.Errorf("the server noticed after %v", best)
	}
}

// untilFelt is how long after a reader left the server notices.
func untilFelt(t *testing.T) time.Duration {
	t.Helper()
	gone := make(chan time.Time, 1)
	g, _, _ := generator(t, func(c *llmtest.Call) {
		c.Say("De pilot ")
		c.Hang()
		gone <- time.Now()
	}, GeneratorConfig{})
	ctx, cancel := context.WithCancel(t.Context())
	var left time.Time
	_, err := g.Generate(ctx, passageRequest(), func(string) error {
		left = time.Now()
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	return (<-gone).Sub(left)
}

func TestGeneratorReturnsErrorOfEmit(t *testing.T) {
	full := errors.New("disk full")
	g, _, _ := generator(t, llmtest.Honest, GeneratorConfig{})
	if _, err := g.Generate(t.Context(), passageRequest(), func(string) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}

// TestGeneratorSlowReader wants the time that emit takes not to count as the
// model's.
func TestGeneratorSlowReader(t *testing.T) {
	g, _, _ := generator(t, llmtest.Honest, GeneratorConfig{Idle: 2 * time.Second})
	n := 0
	_, err := g.Generate(t.Context(), passageRequest(), func(string) error {
		if n++; n == 1 {
			<-time.After(2100 * time.Millisecond) // longer than the model may be silent
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestGeneratorBreaker wants a server that fails three times to be left alone,
// to be tried again after a rest, and to be trusted when it answers.
func TestGeneratorBreaker(t *testing.T) {
	healthy := make(chan struct{})
	script := func(c *llmtest.Call) {
		select {
		case <-healthy:
			llmtest.Honest(c)
		default:
			c.Fail(500)
		}
	}
	ask := func(g *Generator) error {
		_, err := g.Generate(t.Context(), passageRequest(), func(string) error { return nil })
		return err
	}
	long, server, _ := generator(t, script, GeneratorConfig{Retries: -1, Trip: 3, Rest: time.Hour})
	short, _, _ := generator(t, script, GeneratorConfig{Retries: -1, Trip: 3, Rest: time.Millisecond})
	for range 6 {
		if err := errors.Join(ask(long), ask(short)); !errors.Is(err, llm.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
	}
	if got := server.Calls(); got != 3 {
		t.Errorf("%d requests got to a server that fails, want 3", got)
	}
	close(healthy)
	for deadline := time.Now().Add(time.Minute); ask(short) != nil; {
		if time.Now().After(deadline) {
			t.Fatal("the server is never asked again")
		}
	}
}

// TestTurns: with the model's turns taken and the queue full, it is as good as
// away.
func TestTurns(t *testing.T) {
	g, server, _ := generator(t, llmtest.Honest, GeneratorConfig{Concurrent: 1, Queue: 1, QueueWait: time.Millisecond})
	done, err := g.turns.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func() error {
		_, err := g.Generate(t.Context(), passageRequest(), func(string) error { return nil })
		return err
	}
	if err := ask(); !errors.Is(err, llm.ErrUnavailable) || server.Calls() != 0 {
		t.Errorf("got %v after %d requests, want unavailable without any", err, server.Calls())
	}
	done()
	if err := ask(); err != nil {
		t.Errorf("with a turn: got %v", err)
	}
}

func TestGeneratorSends(t *testing.T) {
	for model, reasoning := range map[string]bool{"gpt-4o": false, "o3-mini": true} {
		g, server, _ := generator(t, llmtest.Honest, GeneratorConfig{})
		g.cfg.Model = model
		if _, err := g.Generate(t.Context(), passageRequest(), func(string) error { return nil }); err != nil {
			t.Fatal(err)
		}
		got := server.Requests()[0]
		if got.Model != model || !got.Stream || got.Authorization != "Bearer "+secretKey || len(got.Messages) != 2 ||
			(got.MaxCompletionTokens == 100) != reasoning || (got.MaxTokens == 100) == reasoning {
			t.Errorf("%+v", got)
		}
	}
}

func TestNewGeneratorRefuses(t *testing.T) {
	for name, cfg := range map[string]GeneratorConfig{
		"no address": {Model: "m"}, "no model": {BaseURL: "http://127.0.0.1:9/v1"},
		"bad address": {Model: "m", BaseURL: "http://u:" + secretKey + "@h:port"},
	} {
		_, err := NewGenerator(slog.New(slog.DiscardHandler), cfg)
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
		keepsSecrets(t, fmt.Sprint(err))
	}
}
