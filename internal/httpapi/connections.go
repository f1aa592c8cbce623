package httpapi

import (
	"container/list"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// connections is a listener that keeps file descriptors and memory from running
// out. With as many connections as may be, one that keeps the server waiting makes
// room: the one that has been silent for longest, between two requests or before
// any, or else the one that has been sending a request's body for longest. For an
// address that has its share that is one of its own. When every request has come
// in and is worked on, the new connection gets a 503.
type connections struct {
	net.Listener
	// most may be open, and share for one address; 0 is no limit.
	most, share int
	// trusted proxies bring many people over one address.
	trusted proxies
	refusal []byte

	mu    sync.Mutex
	open  map[netip.Addr]int
	total int
	// Both of *connection, the longest first.
	silent, sending list.List
}

// connection is an accepted one.
type connection struct {
	net.Conn
	from   netip.Addr
	owner  *connections
	closed sync.Once
	// waits is its place in the list in; nil while a request is worked on.
	waits *list.Element
	in    *list.List
}

func newConnections(ln net.Listener, most, share int, trusted proxies) *connections {
	return &connections{Listener: ln, most: most, share: share, trusted: trusted, refusal: noRoom(), open: map[netip.Addr]int{}}
}

// Accept returns the next connection that there is room for.
func (l *connections) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &connection{Conn: raw, owner: l}
		if ap, err := netip.ParseAddrPort(raw.RemoteAddr().String()); err == nil {
			c.from = network(ap.Addr().Unmap())
		}
		old, ok := l.enter(c)
		if old != nil {
			old.Close()
		}
		if ok {
			return c, nil
		}
		l.refuse(raw)
	}
}

// enter counts a connection, if there is room, and returns the one that has to
// make room for it.
func (l *connections) enter(c *connection) (old *connection, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.share > 0 && l.open[c.from] >= l.share && !l.trusted.trust(c.from)
	if own || l.most > 0 && l.total >= l.most {
		if old = l.longest(c.from, own); old == nil {
			return nil, false
		}
		l.forget(old)
	}
	l.open[c.from]++
	l.total++
	l.wait(c, &l.silent)
	return old, true
}

// longest is the connection that has kept the server waiting for longest, of all
// or of one address; nil when none does.
func (l *connections) longest(from netip.Addr, own bool) *connection {
	for _, waiting := range []*list.List{&l.silent, &l.sending} {
		for e := waiting.Front(); e != nil; e = e.Next() {
			if c, ok := e.Value.(*connection); ok && (!own || c.from == from) {
				return c
			}
		}
	}
	return nil
}

// note is http.Server's ConnState: a connection falls silent after a request, and
// is active when it has sent a header.
func (l *connections) note(conn net.Conn, state http.ConnState) {
	c, ok := conn.(*connection)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch state {
	case http.StateActive:
		l.wait(c, &l.sending)
	case http.StateIdle:
		l.wait(c, &l.silent)
	}
}

// wait moves a connection to the end of a list.
func (l *connections) wait(c *connection, list *list.List) {
	l.forget(c)
	c.waits, c.in = list.PushBack(c), list
}

// forget takes a connection off its list.
func (l *connections) forget(c *connection) {
	if c.waits != nil {
		c.in.Remove(c.waits)
		c.waits, c.in = nil, nil
	}
}

// connectionKey is where a request's context has its *connection.
type connectionKey struct{}

// remember is http.Server's ConnContext.
func remember(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// received tells when a request has come in, so that from then on its connection
// isn't taken from it: with its header, or at the end of its body.
func (l *connections) received(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connectionKey{}).(*connection); ok {
			if r.Body == nil || r.Body == http.NoBody {
				l.hear(c)
			} else {
				r.Body = &incoming{ReadCloser: r.Body, whole: func() { l.hear(c) }}
			}
		}
		h.ServeHTTP(w, r)
	})
}

// hear takes a connection off its list: its request is worked on.
func (l *connections) hear(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(c)
}

// incoming is a body that tells when it has come to its end.
type incoming struct {
	io.ReadCloser
	whole func()
}

func (b *incoming) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.whole()
	}
	return n, err
}

// Close closes the connection and gives its place up.
func (c *connection) Close() error {
	c.closed.Do(func() {
		l := c.owner
		l.mu.Lock()
		defer l.mu.Unlock()
		l.forget(c)
		l.total--
		if l.open[c.from]--; l.open[c.from] <= 0 {
			delete(l.open, c.from)
		}
	})
	return c.Conn.Close()
}

// noRoom is the answer for a connection that there is no room for.
func noRoom() []byte {
	h := http.Header{}
	hardHeaders(h)
	h.Set("Connection", "close")
	h.Set("Content-Length", "0")
	h.Set("Retry-After", strconv.Itoa(seconds(busyRetry)))
	text := "HTTP/1.1 503 Service Unavailable\r\n"
	for name, values := range h {
		text += name + ": " + values[0] + "\r\n"
	}
	return []byte(text + "\r\n")
}

// refuse answers without waiting: what was just accepted has room for it. A
// client that is still sending may not get to see it.
func (l *connections) refuse(raw net.Conn) {
	_ = raw.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	_, _ = raw.Write(l.refusal)
	_ = raw.Close()
}
