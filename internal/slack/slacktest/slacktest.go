// Package slacktest is a Slack for tests, on loopback: the methods of its API
// that answers need, response URLs, and the sending of signed events.
//
// It keeps what a workspace would show, and holds every message against Slack's
// limits and against what mrkdwn may be; what breaks them is in Faults.
package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// patience is how long Await waits for what should happen soon.
	patience = 3 * time.Minute
	// look is how often it looks for what the workspace doesn't see happen.
	look = 20 * time.Millisecond
)

// Message is a message as the workspace shows it now.
type Message struct {
	Channel, TS string
	// Thread is the ts of the message that it replies to; for one at a response
	// URL it is that URL's name.
	Thread string
	// To is who alone sees it; empty for all in the channel.
	To     string
	Text   string
	Blocks json.RawMessage
	// Markdown is what was streamed into it; Streaming says that more may come.
	Markdown  string
	Streaming bool
	// Changes counts what was done to it after it was made.
	Changes int
	// ResponseType and Replaces are of messages at a response URL.
	ResponseType string
	Replaces     bool
}

// Shown is all the text that a message shows.
func (m *Message) Shown() string {
	if len(m.Blocks) == 0 || string(m.Blocks) == "[]" {
		return m.Text + m.Markdown
	}
	return m.Markdown + "\n" + strings.Join(texts(m.Blocks), "\n")
}

// Failure is what a method answers instead of what it would do.
type Failure struct {
	// Error is Slack's code; with Status another one than 200, that counts.
	Error      string
	Status     int
	RetryAfter int
	// After says that the method does what it would, and only then fails.
	After bool
}

// Server is the workspace.
type Server struct {
	// Streams says that the workspace has streaming.
	Streams bool
	// Paced refuses a second message in a channel within a second.
	Paced bool
	// PublicURL, where it is set, is what every link must begin with.
	PublicURL string

	http *httptest.Server

	mu       sync.Mutex
	messages []*Message
	failures map[string][]Failure
	calls    map[string]int
	last     map[string]time.Time
	faults   []string
	next     int
	changed  chan struct{}
}

// New starts a workspace that ends with the test.
func New(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{failures: map[string][]Failure{}, calls: map[string]int{}, last: map[string]time.Time{}, changed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", s.method)
	mux.HandleFunc("POST /hook/{name}", s.hook)
	s.http = httptest.NewServer(mux)
	tb.Cleanup(s.http.Close)
	return s
}

// APIURL is where the methods are.
func (s *Server) APIURL() string { return s.http.URL + "/api/" }

// ResponseURL is the address that messages of a command or action go to.
func (s *Server) ResponseURL(name string) string { return s.http.URL + "/hook/" + name }

// Fail makes the next calls of a method ("chat.update", or "hook") fail.
func (s *Server) Fail(method string, failures ...Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[method] = append(s.failures[method], failures...)
}

// Reopen makes a message a stream again, as a process leaves it that crashes.
func (s *Server) Reopen(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.find(channel, ts).Streaming = true
}

// Calls is how often a method was called.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Faults are the messages that Slack wouldn't take or a reader couldn't use.
func (s *Server) Faults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.faults)
}

// Messages are those in a thread, oldest first; with an empty thread all of
// them.
func (s *Server) Messages(thread string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.messages {
		if thread == "" || m.Thread == thread {
			out = append(out, *m)
		}
	}
	return out
}

// Await waits until ready, and fails the test when that takes too long.
func (s *Server) Await(tb testing.TB, what string, ready func() bool) {
	tb.Helper()
	late := time.After(patience)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if ready() {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-late:
			var all []string
			for _, m := range s.Messages("") {
				all = append(all, m.Thread+": "+m.Shown())
			}
			tb.Fatalf("waiting for %s: there are\n%s", what, strings.Join(all, "\n\n"))
		}
	}
}

// AwaitText waits for a thread whose last message shows a text, and returns
// that message.
func (s *Server) AwaitText(tb testing.TB, thread, text string) Message {
	tb.Helper()
	var last Message
	s.Await(tb, fmt.Sprintf("%q in thread %s", text, thread), func() bool {
		all := s.Messages(thread)
		if len(all) == 0 {
			return false
		}
		last = all[len(all)-1]
		return !last.Streaming && strings.Contains(last.Shown(), text)
	})
	return last
}

// tell wakes whoever waits; s.mu is held.
func (s *Server) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// failure takes the next failure of a method; s.mu is held.
func (s *Server) failure(method string) (Failure, bool) {
	s.calls[method]++
	if list := s.failures[method]; len(list) > 0 {
		s.failures[method] = list[1:]
		return list[0], true
	}
	return Failure{}, false
}

func (f Failure) write(w http.ResponseWriter) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if f.Status != 0 {
		w.WriteHeader(f.Status)
		return
	}
	writeJSON(w, map[string]any{"ok": false, "error": f.Error})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client left
}

// method serves one method of the API.
func (s *Server) method(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	name := r.PathValue("method")
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.tell()
	f, failing := s.failure(name)
	if failing && !f.After {
		f.write(w)
		return
	}
	if s.early(name, r.PostForm.Get("channel")) {
		Failure{RetryAfter: 1}.write(w)
		return
	}
	m, code := s.do(name, r.PostForm)
	switch {
	case failing:
		f.write(w)
	case code != "":
		Failure{Error: code}.write(w)
	default:
		writeJSON(w, map[string]any{"ok": true, "channel": m.Channel, "ts": m.TS, "message_ts": m.TS})
	}
}

// late is by how much a busy machine may bring messages closer together than
// they were sent.
const late = 700 * time.Millisecond

// early reports whether a message follows the last too soon.
func (s *Server) early(method, channel string) bool {
	if !s.Paced || method != "chat.postMessage" && (method != "chat.startStream" || !s.Streams) {
		return false
	}
	if time.Since(s.last[channel]) < time.Second-late {
		return true
	}
	s.last[channel] = time.Now()
	return false
}

// do does what a method does and returns the message, or Slack's error code.
func (s *Server) do(method string, form url.Values) (*Message, string) {
	m := s.find(form.Get("channel"), form.Get("ts"))
	switch method {
	case "chat.postMessage", "chat.postEphemeral":
		return s.post(form), ""
	case "chat.startStream":
		if !s.Streams {
			return nil, "unknown_method"
		}
		if form.Get("recipient_user_id") == "" || form.Get("recipient_team_id") == "" {
			return nil, "missing_recipient"
		}
		m = s.post(form)
		m.Streaming = true
		return m, ""
	case "assistant.threads.setStatus":
		if !s.Streams {
			return nil, "unknown_method"
		}
		return &Message{}, ""
	}
	switch {
	case m == nil:
		return nil, "message_not_found"
	case method == "chat.update" && m.Streaming:
		return nil, "streaming_state_conflict"
	case method != "chat.update" && !m.Streaming:
		return nil, "message_not_in_streaming_state"
	case method == "chat.update":
		m.Text, m.Markdown, m.Blocks = form.Get("text"), "", nil
	}
	m.Changes++
	m.Markdown += form.Get("markdown_text")
	if blocks := form.Get("blocks"); blocks != "" {
		m.Blocks = json.RawMessage(blocks)
	}
	m.Streaming = method == "chat.appendStream"
	s.inspect(m)
	return m, ""
}

func (s *Server) find(channel, ts string) *Message {
	for _, m := range s.messages {
		if m.Channel == channel && m.TS == ts {
			return m
		}
	}
	return nil
}

func (s *Server) post(form url.Values) *Message {
	s.next++
	m := &Message{
		Channel: form.Get("channel"), Thread: form.Get("thread_ts"), To: form.Get("user"), Text: form.Get("text"),
		TS: fmt.Sprintf("1800000000.%06d", s.next), Markdown: form.Get("markdown_text"),
	}
	if blocks := form.Get("blocks"); blocks != "" {
		m.Blocks = json.RawMessage(blocks)
	}
	s.messages = append(s.messages, m)
	if form.Get("unfurl_links") != "false" && form.Get("recipient_user_id") == "" {
		s.faults = append(s.faults, "a message may unfurl")
	}
	s.inspect(m)
	return m
}

// hook takes a message at a response URL.
func (s *Server) hook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var in struct {
		Text         string          `json:"text"`
		Blocks       json.RawMessage `json:"blocks"`
		ResponseType string          `json:"response_type"`
		Replace      bool            `json:"replace_original"`
	}
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.tell()
	if f, failing := s.failure("hook"); failing {
		f.write(w)
		return
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.next++
	m := &Message{
		Thread: r.PathValue("name"), TS: strconv.Itoa(s.next), Text: in.Text, Blocks: in.Blocks,
		ResponseType: in.ResponseType, Replaces: in.Replace,
	}
	s.messages = append(s.messages, m)
	s.inspect(m)
}

// inspect notes what is wrong with a message.
func (s *Server) inspect(m *Message) {
	s.faults = append(s.faults, Check(m, s.PublicURL)...)
}
