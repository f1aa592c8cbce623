package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"
)

// patience is how long a request may take at all.
const patience = 20 * time.Second

// client is one connection. It speaks just enough HTTP/1.1 to cost little: the
// driver shares its cores with the server, and net/http's client takes as much
// of them as the server's refusals do.
type client struct {
	conn net.Conn
	r    *bufio.Reader
	// stream is the last answer's, where it is one.
	stream []byte
}

// response is what the driver wants to know of an answer.
type response struct {
	status     int
	retryAfter bool
	// whole says that the answer came to its end, with done where it is a
	// stream.
	whole bool
	// last says that the server closes the connection.
	last bool
}

func dial(ctx context.Context, address string) (*client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, r: bufio.NewReaderSize(conn, 8<<10)}, nil
}

// request is what a question looks like on the wire, as JSON or as events.
func request(question []byte, events bool) []byte {
	var b bytes.Buffer
	body := fmt.Sprintf(`{"question":%s,"stream":%t}`, question, events)
	fmt.Fprintf(&b, "POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes()
}

// do sends a request and reads the answer.
func (c *client) do(req []byte) (response, error) {
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return response{}, err
	}
	if _, err := c.conn.Write(req); err != nil {
		return response{}, err
	}
	return c.read()
}

var errNoHTTP = errors.New("answer isn't HTTP/1.1")

func (c *client) read() (response, error) {
	line, err := c.line()
	if err != nil {
		return response{}, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return response{}, errNoHTTP
	}
	var resp response
	if resp.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return response{}, errNoHTTP
	}
	length, events := int64(-1), false
	for {
		line, err := c.line()
		if err != nil {
			return response{}, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "Content-Length":
			if length, err = strconv.ParseInt(string(value), 10, 64); err != nil {
				return response{}, errNoHTTP
			}
		case "Retry-After":
			resp.retryAfter = true
		case "Content-Type":
			events = bytes.HasPrefix(value, []byte("text/event-stream"))
		case "Connection":
			resp.last = string(value) == "close"
		}
	}
	if length >= 0 {
		_, err = c.r.Discard(int(length))
		resp.whole = err == nil && !events
		return resp, err
	}
	done, err := c.chunks()
	resp.whole = err == nil && (done || !events)
	return resp, err
}

// line reads a line without its end; it holds until the next read.
func (c *client) line() ([]byte, error) {
	line, err := c.r.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// chunks reads a chunked body and reports whether the event done is in it.
func (c *client) chunks() (done bool, err error) {
	c.stream = c.stream[:0]
	for {
		line, err := c.line()
		if err != nil {
			return false, err
		}
		size, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return false, errNoHTTP
		}
		had := len(c.stream)
		c.stream = slices.Grow(c.stream, int(size))[:had+int(size)]
		if _, err := io.ReadFull(c.r, c.stream[had:]); err != nil {
			return false, err
		}
		if _, err := c.r.Discard(len("\r\n")); err != nil || size == 0 {
			return bytes.Contains(c.stream, []byte("\nevent: done\n")), err
		}
	}
}
