package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// serveWith is serve with limits of connections.
func (s *site) serveWith(t *testing.T, cfg ServeConfig) {
	t.Helper()
	stop, _ := s.serveConfig(t, cfg)
	t.Cleanup(stop)
}

// peer is a connection that a test speaks HTTP over by hand.
type peer struct {
	net.Conn
	r *bufio.Reader
}

// dial connects from an address of the loopback network.
func (s *site) dial(t *testing.T, from string) *peer {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &peer{conn, bufio.NewReader(conn)}
}

// send writes a request, perhaps a part of one. That it can't is for read to
// find out.
func (p *peer) send(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// read reads an answer; its status is 0 when the connection is closed instead.
func (p *peer) read(t *testing.T) (status int, h http.Header) {
	t.Helper()
	resp, err := http.ReadResponse(p.r, nil)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatal(err)
	}
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, nil
	}
	return resp.StatusCode, resp.Header
}

// health asks for a cheap route.
func (p *peer) health(t *testing.T) (status int) {
	t.Helper()
	p.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
	status, _ = p.read(t)
	return status
}

// TestWhoMakesRoom tells the listener itself what its connections do, as a server
// does so at some moment after its answer.
func TestWhoMakesRoom(t *testing.T) {
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newConnections(ln, 4, 0, nil)
	defer l.Close()
	s := &site{url: "http://" + ln.Addr().String()}
	enter := func() (*peer, net.Conn) {
		p := s.dial(t, "127.0.0.1")
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return p, conn
	}
	peers, conns := make([]*peer, 4), make([]net.Conn, 4)
	for i := range peers {
		peers[i], conns[i] = enter()
	}
	l.note(conns[3], http.StateActive) // sends a body
	l.note(conns[2], http.StateActive)
	worked, ok := conns[2].(*connection)
	if !ok {
		t.Fatalf("accepted a %T", conns[2])
	}
	l.hear(worked)
	l.note(conns[0], http.StateActive)
	l.note(conns[0], http.StateIdle) // so the second has been silent for longest
	for _, want := range []int{1, 0, 3} {
		_, conn := enter()
		l.note(conn, http.StateActive)
		if c, ok := conn.(*connection); ok {
			l.hear(c)
		}
		if status, _ := peers[want].read(t); status != 0 {
			t.Errorf("connection %d: got %d, want it closed", want, status)
		}
	}
	if old, ok := l.enter(&connection{}); ok || old != nil {
		t.Errorf("with every request worked on: %v makes room", old)
	}
}

// Who sends a body and never ends it, has a place as long as nobody needs it.
func TestEndlessBodiesDontKeepOthersOut(t *testing.T) {
	s := newSite()
	s.serveWith(t, ServeConfig{Connections: 4})
	for i := range 20 {
		p := s.dial(t, fmt.Sprintf("127.0.1.%d", 1+i%5))
		p.send("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{")
	}
	for range 8 {
		if got := s.dial(t, "127.0.0.1").health(t); got != 200 {
			t.Errorf("got %d, want 200", got)
		}
	}
}

func TestSilentStrangersDontKeepOthersOut(t *testing.T) {
	s := newSite()
	s.serveWith(t, ServeConfig{Connections: 4})
	for range 20 {
		s.dial(t, "127.0.0.1") // and says nothing
	}
	if got := s.dial(t, "127.0.0.1").health(t); got != 200 {
		t.Errorf("got %d, want 200", got)
	}
}

// busyConnections has n answers under way until done is called.
func (s *site) busyConnections(t *testing.T, from string, n int) (done func()) {
	t.Helper()
	ctx, done := context.WithCancel(t.Context())
	began := make(chan struct{}, n)
	s.chat.ask = func(_ context.Context, r chat.Request, _ func(record.Event) error) (record.Answer, error) {
		began <- struct{}{}
		<-ctx.Done()
		return testAnswer(r), nil
	}
	for range n {
		s.ask(t, from)
		<-began
	}
	return done
}

// ask sends a question over a connection of its own.
func (s *site) ask(t *testing.T, from string) *peer {
	t.Helper()
	p := s.dial(t, from)
	const body = `{"question":"Wat?"}`
	p.send("POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return p
}

func TestFullOfWork(t *testing.T) {
	s := newSite()
	s.serveWith(t, ServeConfig{Connections: 3})
	defer s.busyConnections(t, "127.0.0.1", 3)()
	status, h := s.dial(t, "127.0.0.1").read(t) // without a word, so that nothing is lost
	if status != 503 || h.Get("Retry-After") != "2" {
		t.Errorf("got %d %v", status, h)
	}
	checkHeaders(t, "no room", h)
}

func TestShareOfAnAddress(t *testing.T) {
	s := newSite()
	s.serveWith(t, ServeConfig{
		Connections: 100, AddressConnections: 2, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")},
	})
	done := s.busyConnections(t, "127.0.0.1", 2)
	if status, _ := s.dial(t, "127.0.0.1").read(t); status != 503 {
		t.Errorf("third of an address: got %d, want 503", status)
	}
	if got := s.dial(t, "127.0.0.2").health(t); got != 200 {
		t.Errorf("another address: got %d, want 200", got)
	}
	for range 5 {
		if got := s.dial(t, "127.0.0.9").health(t); got != 200 {
			t.Errorf("a proxy: got %d, want 200", got)
		}
	}
	done()
	// With its answers out, its own connections make room.
	for deadline := time.Now().Add(patience); s.dial(t, "127.0.0.1").health(t) != 200; {
		if time.Now().After(deadline) {
			t.Fatal("an address with silent connections is refused")
		}
	}
}

// Clients that send a header byte by byte are cut, and nobody else waits.
func TestSlowHeaders(t *testing.T) {
	s := newSite()
	s.serveWith(t, ServeConfig{Header: time.Second})
	var slow []*peer
	for range 50 {
		p := s.dial(t, "127.0.0.1")
		p.send("POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nX-")
		slow = append(slow, p)
	}
	// A machine that stops for a second may cut one that was quick.
	got := 0
	for try := 0; try < 5 && got != 200; try++ {
		got = s.dial(t, "127.0.0.1").health(t)
	}
	if got != 200 {
		t.Errorf("meanwhile: got %d, want 200", got)
	}
	for _, p := range slow {
		// net/http calls a header that doesn't end a bad request.
		if status, _ := p.read(t); status != http.StatusBadRequest && status != 0 {
			t.Errorf("got %d, want a closed connection", status)
		}
		if got := p.health(t); got != 0 {
			t.Errorf("got %d after that", got)
		}
	}
}

func TestSilentConnectionsAreClosed(t *testing.T) {
	s := newSite()
	s.serveWith(t, ServeConfig{Idle: 20 * time.Millisecond})
	p := s.dial(t, "127.0.0.1")
	if got := p.health(t); got != 200 {
		t.Fatalf("got %d", got)
	}
	if status, _ := p.read(t); status != 0 {
		t.Errorf("got %d, want a closed connection", status)
	}
}

// What net/http would answer by itself is the handler's, headers and all.
func TestOptionsOfTheWholeServer(t *testing.T) {
	s := newSite()
	s.serveWith(t, ServeConfig{})
	p := s.dial(t, "127.0.0.1")
	p.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")
	status, h := p.read(t)
	if status != http.StatusNotFound && status != http.StatusMethodNotAllowed {
		t.Errorf("got %d", status)
	}
	checkHeaders(t, "OPTIONS *", h)
}
