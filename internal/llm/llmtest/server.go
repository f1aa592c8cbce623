package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bronwijzer/internal/llm"
)

// ModelName is the one model that a Server offers.
const ModelName = "scripted"

// Script plays one answer to a request. When it returns, an answer that is
// still open is ended in order: finish reason, usage where it was asked for,
// [DONE].
type Script func(c *Call)

// Server is an OpenAI-compatible chat server that plays a script instead of
// asking a model. It is an http.Handler for GET /v1/models and POST
// /v1/chat/completions, with and without "stream". Safe for concurrent use.
type Server struct {
	script Script
	calls  atomic.Int64
	open   atomic.Int64
	left   atomic.Int64

	mu       sync.Mutex
	requests []ChatRequest
}

// NewServer returns a server that plays script for every request.
func NewServer(script Script) *Server { return &Server{script: script} }

// Start serves on a port of loopback until the test ends and returns the
// server with its base URL, which ends in "/v1".
func Start(tb interface {
	Helper()
	Cleanup(func())
}, script Script,
) (*Server, string) {
	tb.Helper()
	s := NewServer(script)
	ts := httptest.NewServer(s)
	tb.Cleanup(ts.Close)
	return s, ts.URL + "/v1"
}

// Calls is how many chat requests came in.
func (s *Server) Calls() int { return int(s.calls.Load()) }

// Open is how many are being answered.
func (s *Server) Open() int { return int(s.open.Load()) }

// Left is how many clients went away before their answer had ended.
func (s *Server) Left() int { return int(s.left.Load()) }

// Requests are the chat requests so far.
func (s *Server) Requests() []ChatRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]ChatRequest{}, s.requests...)
}

// ChatRequest is what a client asks, as far as scripts look at it.
type ChatRequest struct {
	Model    string `json:"model"`
	Messages []struct {
		Role    llm.Role `json:"role"`
		Content string   `json:"content"`
	} `json:"messages"`
	Stream              bool `json:"stream"`
	MaxTokens           int  `json:"max_tokens"`
	MaxCompletionTokens int  `json:"max_completion_tokens"`
	StreamOptions       struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	// Authorization is that header.
	Authorization string `json:"-"`
}

// Prompt is all messages, one after another.
func (r *ChatRequest) Prompt() string {
	var parts []string
	for _, m := range r.Messages {
		parts = append(parts, m.Content)
	}
	return strings.Join(parts, "\n")
}

// Shown is a passage in a prompt: its handle, without brackets, and its text.
type Shown struct{ Handle, Text string }

var passageLine = regexp.MustCompile(`(?m)^\[([a-z0-9]{3,9})\] (.+)$`)

// Passages are those in the prompt, in its order; none in a prompt that asks
// for something else than an answer.
func (r *ChatRequest) Passages() []Shown {
	var out []Shown
	for _, m := range passageLine.FindAllStringSubmatch(r.Prompt(), -1) {
		out = append(out, Shown{Handle: m[1], Text: m[2]})
	}
	return out
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /v1/models":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"object":"list","data":[{"id":%q,"object":"model","created":0,"owned_by":"test"}]}`, ModelName)
	case "POST /v1/chat/completions":
		s.chat(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	c := &Call{N: int(s.calls.Add(1)), w: w, r: r}
	if err := json.NewDecoder(r.Body).Decode(&c.Request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.Request.Authorization = r.Header.Get("Authorization")
	s.mu.Lock()
	s.requests = append(s.requests, c.Request)
	s.mu.Unlock()
	s.open.Add(1)
	defer s.open.Add(-1)
	s.script(c)
	if r.Context().Err() != nil && !c.ended {
		s.left.Add(1)
		return
	}
	c.Finish("stop")
}

// Call is a request that a script answers.
type Call struct {
	Request ChatRequest
	// N numbers the requests of a server, from 1.
	N int

	w     http.ResponseWriter
	r     *http.Request
	begun bool // the header is out
	ended bool // there is nothing left to send
	said  strings.Builder
	parts int
}

// Say sends text, each part as a delta of its own.
func (c *Call) Say(parts ...string) {
	for _, p := range parts {
		if c.ended || c.r.Context().Err() != nil {
			return
		}
		c.said.WriteString(p)
		c.parts++
		if c.Request.Stream {
			c.chunk(map[string]any{"content": p}, nil)
		}
	}
}

// Cited sends a sentence and the handles behind it.
func (c *Call) Cited(sentence string, handles ...string) {
	c.Say(sentence + " [" + strings.Join(handles, ", ") + "] ")
}

// Wait pauses the answer; a client that leaves ends it.
func (c *Call) Wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.r.Context().Done():
	}
}

// Hang says nothing more until the client leaves.
func (c *Call) Hang() { <-c.r.Context().Done() }

// Gone is closed when the client has left.
func (c *Call) Gone() <-chan struct{} { return c.r.Context().Done() }

// Fail answers with a status instead; header is names and values in turn. Its
// body must not get out of the client.
func (c *Call) Fail(status int, header ...string) {
	for i := 0; i+1 < len(header); i += 2 {
		c.w.Header().Set(header[i], header[i+1])
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	fmt.Fprintf(c.w, `{"error":{"message":%q,"type":"server_error"}}`, Secret)
	c.ended = true
}

// Secret stands in every error body.
const Secret = "geheim-van-de-modelserver"

// Raw sends bytes as they are.
func (c *Call) Raw(s string) {
	c.header()
	fmt.Fprint(c.w, s)
	c.flush()
}

// Cut closes the connection in the midst of the answer. The header is sent
// before, so that the client sees an answer that breaks off.
func (c *Call) Cut() {
	c.header()
	c.flush()
	c.ended = true
	if conn, _, err := http.NewResponseController(c.w).Hijack(); err == nil {
		conn.Close()
	}
}

// HangUp closes the connection without any answer.
func (c *Call) HangUp() {
	c.ended = true
	if conn, _, err := http.NewResponseController(c.w).Hijack(); err == nil {
		conn.Close()
	}
}

// Finish ends the answer for a reason: "stop", "length".
func (c *Call) Finish(reason string) {
	if c.ended {
		return
	}
	c.ended = true
	usage := map[string]int{"prompt_tokens": len(strings.Fields(c.Request.Prompt())), "completion_tokens": c.parts}
	usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
	if !c.Request.Stream {
		c.w.Header().Set("Content-Type", "application/json")
		c.encode(map[string]any{
			"id": c.id(), "object": "chat.completion", "created": 0, "model": ModelName, "usage": usage,
			"choices": []any{map[string]any{
				"index": 0, "finish_reason": reason,
				"message": map[string]any{"role": "assistant", "content": c.said.String()},
			}},
		})
		return
	}
	c.chunk(map[string]any{}, reason)
	if c.Request.StreamOptions.IncludeUsage {
		c.data(map[string]any{
			"id": c.id(), "object": "chat.completion.chunk", "created": 0, "model": ModelName,
			"choices": []any{}, "usage": usage,
		})
	}
	c.Raw("data: [DONE]\n\n")
}

func (c *Call) id() string { return "chatcmpl-" + strconv.Itoa(c.N) }

// chunk sends one event of a stream.
func (c *Call) chunk(delta map[string]any, reason any) {
	c.data(map[string]any{
		"id": c.id(), "object": "chat.completion.chunk", "created": 0, "model": ModelName,
		"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": reason}},
	})
}

func (c *Call) data(v any) {
	c.header()
	fmt.Fprint(c.w, "data: ")
	c.encode(v)
	c.Raw("\n")
}

func (c *Call) encode(v any) {
	if err := json.NewEncoder(c.w).Encode(v); err != nil && c.r.Context().Err() == nil {
		panic("unreachable: maps of plain values can be encoded: " + err.Error())
	}
}

func (c *Call) header() {
	if c.begun {
		return
	}
	c.begun = true
	kind := "application/json"
	if c.Request.Stream {
		kind = "text/event-stream"
	}
	c.w.Header().Set("Content-Type", kind)
	c.w.WriteHeader(http.StatusOK)
}

func (c *Call) flush() {
	if f, ok := c.w.(http.Flusher); ok {
		f.Flush()
	}
}
