package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bronwijzer/internal/admission"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

func TestBusy(t *testing.T) {
	s := newSite()
	s.busy = true
	s.start(t, Config{})
	const question = `{"question":"Wat?"}`
	for _, got := range []reply{
		s.do(t, "POST", "/api/v1/chat", question),
		s.do(t, "POST", "/api/v1/chat", question, "Accept", "text/event-stream"),
		s.get(t, "/api/v1/search?q=x"),
	} {
		got.wantError(t, 503, "busy")
		if got.header.Get("Retry-After") != "2" {
			t.Errorf("Retry-After: got %q", got.header.Get("Retry-After"))
		}
	}
	got := s.do(t, "POST", "/v1/chat/completions", `{"model":"bronwijzer","messages":[{"role":"user","content":"Wat?"}]}`)
	if e := decode[openAIError](t, got.body).Error; got.status != 503 || e.Code != "busy" || e.Type != "server_error" || got.header.Get("Retry-After") != "2" {
		t.Errorf("completions: got %d %s", got.status, got.body)
	}
	if len(s.chat.asked) > 0 {
		t.Error("chat is asked all the same")
	}
	if strings.Contains(s.logs.String(), "status=503") {
		t.Error("a flood fills the log")
	}
	// What needs no place goes on.
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/", "/c/conv_1", "/assets/app-1.js", "/documents/doc_a", "/api/v1/info", "/api/v1/documents", "/api/v1/answers/ans_1"} {
		if got := s.get(t, path); got.status != 200 {
			t.Errorf("%s: got %d, want 200", path, got.status)
		}
	}
}

// Chat may find no room where there seemed to be some.
func TestBusyAfterAll(t *testing.T) {
	s := newSite()
	s.chat.ask = func(context.Context, chat.Request, func(record.Event) error) (record.Answer, error) {
		return record.Answer{}, fmt.Errorf("ask: %w", chat.ErrBusy)
	}
	s.search.err = fmt.Errorf("search: %w", chat.ErrBusy)
	s.start(t, Config{})
	s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`).wantError(t, 503, "busy")
	s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?","stream":true}`).wantError(t, 503, "busy")
	s.get(t, "/api/v1/search?q=x").wantError(t, 503, "busy")
}

// What can't be kept isn't answered, and the reader hears why.
func TestFullDisk(t *testing.T) {
	s := newSite()
	s.chat.ask = func(context.Context, chat.Request, func(record.Event) error) (record.Answer, error) {
		return record.Answer{}, fmt.Errorf("keep answer: %w", chat.ErrFull)
	}
	s.start(t, Config{})
	s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`).wantError(t, 507, "storage_full")
	s.chat.err = fmt.Errorf("rename: %w", chat.ErrFull)
	s.do(t, "PATCH", "/api/v1/conversations/conv_1", `{"title":"Nieuw"}`).wantError(t, 507, "storage_full")
	if got := s.do(t, "POST", "/v1/chat/completions", `{"model":"bronwijzer","messages":[{"role":"user","content":"Wat?"}]}`); got.status != 507 {
		t.Errorf("completion: got %d %s", got.status, got.body)
	}
}

func TestManyStreams(t *testing.T) {
	s := newSite()
	hold := make(chan struct{})
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		ans := testAnswer(r)
		if r.Question != "Wat?" {
			return ans, emitAll(ans, emit)
		}
		err := emit(record.Sources{})
		<-hold
		return ans, err
	}
	s.start(t, Config{Limits: Limits{AddressStreams: 2}})
	for range 2 {
		body := s.open(t, t.Context())
		defer body.Close()
		readUntil(t, bufio.NewReader(body), "event: sources")
	}
	got := s.do(t, "POST", "/api/v1/chat", `{"question":"Nog een?","stream":true}`)
	got.wantError(t, 429, "too_many_streams")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if got := s.do(t, "POST", "/api/v1/chat", `{"question":"Nog een?"}`); got.status != 200 {
		t.Errorf("without a stream: got %d", got.status)
	}
	close(hold)
	for deadline := time.Now().Add(patience); ; {
		if got := s.do(t, "POST", "/api/v1/chat", `{"question":"Nog een?","stream":true}`); got.status == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a stream that ended still counts")
		}
	}
}

// Whatever the pace of who makes an answer and who reads it, nothing is lost,
// doubled or out of order.
func TestStreamIsWhatWasSent(t *testing.T) {
	s := newSite()
	var sent strings.Builder
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		ans := testAnswer(r)
		if err := emit(record.Sources{}); err != nil {
			return ans, err
		}
		for i := range 3000 {
			piece := fmt.Sprintf("%d %s.", i, strings.Repeat("x", i*i%2000))
			sent.WriteString(piece)
			if err := emit(record.Delta{Delta: piece}); err != nil {
				return ans, err
			}
			if i%7 == 0 {
				runtime.Gosched() // so that the writer catches up at times
			}
		}
		ans.Text = sent.String()
		return ans, nil
	}
	s.start(t, Config{Heartbeat: time.Millisecond})
	got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?","stream":true}`)
	var text strings.Builder
	for _, e := range parseEvents(t, got.body) {
		if e.name == "text" {
			text.WriteString(decode[record.Delta](t, e.data).Delta)
		}
	}
	if text.String() != sent.String() {
		t.Errorf("got %d bytes, want the %d that were sent", text.Len(), sent.Len())
	}
}

// Who isn't let in gets the answer without having sent a body, and can't make
// the server read one.
func TestBodyOfWhatIsRefused(t *testing.T) {
	tests := map[string]struct {
		head    string
		status  int
		prepare func(*site)
	}{
		"busy":           {"POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\n", 503, func(s *site) { s.busy = true }},
		"wrong key":      {"POST /api/v1/answers/ans_1/feedback HTTP/1.1\r\nHost: evil.example\r\n", 421, nil},
		"no route":       {"POST /nergens HTTP/1.1\r\nHost: localhost\r\n", 404, nil},
		"no method":      {"PUT /api/v1/chat HTTP/1.1\r\nHost: localhost\r\n", 405, nil},
		"another origin": {"POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n", 403, nil},
	}
	lengths := []string{"Content-Length: 100\r\n\r\n", "Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite()
			if tt.prepare != nil {
				tt.prepare(s)
			}
			s.serveWith(t, ServeConfig{})
			for _, length := range lengths {
				p := s.dial(t, "127.0.0.1")
				began := time.Now()
				p.send("%s%s", tt.head, "Content-Type: application/json\r\n"+length)
				if status, _ := p.read(t); status != tt.status {
					t.Errorf("%q: got %d, want %d", length, status, tt.status)
				}
				if took := time.Since(began); took > bodyTimeout/4 {
					t.Errorf("%q: the answer took %v", length, took)
				}
				if _, err := io.Copy(p, io.LimitReader(endless{}, 64<<20)); err == nil {
					t.Errorf("%q: the server reads on", length)
				}
			}
		})
	}
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// smallBuffers makes a client that stops reading felt after some kilobytes.
type smallBuffers struct{ net.Listener }

func (l smallBuffers) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = tcp.SetWriteBuffer(4 << 10)
	}
	return conn, err
}

// 500 readers stop reading in the middle of an answer. Each holds a connection
// and nothing else: the places where answers are made are free, and others get
// theirs as fast as ever.
func TestNobodyNoticesReadersWhoStop(t *testing.T) {
	const stalled, places = 500, 2
	s := newSite()
	gate := admission.New(places, stalled, patience)
	var made atomic.Int64
	s.chat.ask = func(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		leave, err := gate.Enter(ctx)
		if err != nil {
			return record.Answer{}, err
		}
		defer made.Add(1) // when its place is free
		defer leave()
		ans := testAnswer(r)
		if r.Question == "Wat?" {
			ans.Text = strings.Repeat("a", 64<<10)
		}
		return ans, emitAll(ans, emit)
	}
	h := s.handler(t, Config{Limits: Limits{Rate: -1, AddressStreams: -1}, WriteTimeout: 2 * patience})
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: patience}
	go srv.Serve(smallBuffers{ln}) //nolint:errcheck // until it is closed
	defer srv.Close()
	s.url, s.client = "http://"+ln.Addr().String(), &http.Client{}

	const body = `{"question":"Wat?","stream":true}`
	for range stalled {
		p := s.dial(t, "127.0.0.1")
		if tcp, ok := p.Conn.(*net.TCPConn); ok {
			if err := tcp.SetReadBuffer(4 << 10); err != nil {
				t.Fatal(err)
			}
		}
		p.send("POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	for deadline := time.Now().Add(patience); made.Load() < stalled; {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d answers are made: the others wait for readers", made.Load(), stalled)
		}
		s.get(t, "/healthz")
	}
	if state := gate.State(); state != (admission.State{}) {
		t.Errorf("places are held: %+v", state)
	}
	if got := s.get(t, "/metrics"); !strings.Contains(got.body, fmt.Sprintf("bronwijzer_open_streams %d\n", stalled)) {
		t.Errorf("the readers aren't stuck: %s", got.body[strings.Index(got.body, "bronwijzer_open_streams"):][:40])
	}
	for range 20 {
		began := time.Now()
		if got := s.do(t, "POST", "/api/v1/chat", `{"question":"Hoe?","stream":true}`); got.status != 200 || !strings.Contains(got.body, "event: done") {
			t.Errorf("another reader: got %d", got.status)
		}
		if took := time.Since(began); took > patience/4 {
			t.Errorf("another reader waits %v", took)
		}
	}
}
