package httpapi

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// connections is a listener that keeps file descriptors and memory from running
// out. With as many connections as may be, the one that has been silent for
// longest makes room: one between two requests, or one that never sent any. For
// an address that has its share that is one of its own. When there is none, the
// new one gets a 503.
type connections struct {
	net.Listener
	// most may be open, and share for one address; 0 is no limit.
	most, share int
	// trusted proxies bring many people over one address.
	trusted proxies
	refusal []byte

	mu     sync.Mutex
	open   map[netip.Addr]int
	total  int
	silent list.List // of *connection, the longest silent first
}

// connection is an accepted one.
type connection struct {
	net.Conn
	from   netip.Addr
	owner  *connections
	closed sync.Once
	// silent is its place in the list; nil while a request is under way.
	silent *list.Element
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
	c.silent = l.silent.PushBack(c)
	return old, true
}

// longest is the connection that has been silent for longest, of all or of one
// address; nil when none is silent.
func (l *connections) longest(from netip.Addr, own bool) *connection {
	for e := l.silent.Front(); e != nil; e = e.Next() {
		if c, ok := e.Value.(*connection); ok && (!own || c.from == from) {
			return c
		}
	}
	return nil
}

// note is http.Server's ConnState: a connection falls silent after a request.
func (l *connections) note(conn net.Conn, state http.ConnState) {
	c, ok := conn.(*connection)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch state {
	case http.StateActive:
		l.forget(c)
	case http.StateIdle:
		l.forget(c)
		c.silent = l.silent.PushBack(c)
	}
}

// forget takes a connection off the list.
func (l *connections) forget(c *connection) {
	if c.silent != nil {
		l.silent.Remove(c.silent)
		c.silent = nil
	}
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
