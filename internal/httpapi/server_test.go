package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// serve runs s with Serve. stop tells it to stop and done gets what Serve
// returned.
func (s *site) serve(t *testing.T, drain time.Duration) (stop func(), done <-chan error) {
	t.Helper()
	return s.serveConfig(t, ServeConfig{Drain: drain})
}

func (s *site) serveConfig(t *testing.T, cfg ServeConfig) (stop func(), done <-chan error) {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	s.url, s.client = "http://"+ln.Addr().String(), &http.Client{Transport: transport}
	lg, h := slog.New(slog.NewTextHandler(s.logs, nil)), s.handler(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	result, ended := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(ended)
		result <- Serve(ctx, lg, ln, h, cfg)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		transport.CloseIdleConnections()
	})
	return cancel, result
}

// refusesConnections waits until nobody listens any more.
func (s *site) refusesConnections(t *testing.T) {
	t.Helper()
	var d net.Dialer
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			return
		}
		conn.Close()
	}
	t.Fatal("the server goes on accepting connections")
}

func TestShutdownLetsStreamsEnd(t *testing.T) {
	s := newSite()
	finish := make(chan struct{})
	s.chat.ask = func(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		if err := emit(record.Sources{}); err != nil {
			return record.Answer{}, err
		}
		select {
		case <-finish:
			return testAnswer(r), nil
		case <-ctx.Done():
			return record.Answer{}, ctx.Err()
		}
	}
	stop, done := s.serve(t, time.Minute)
	body := s.open(t, t.Context())
	defer body.Close()
	r := bufio.NewReader(body)
	readUntil(t, r, "event: sources")
	stop()
	s.refusesConnections(t)
	close(finish)
	readUntil(t, r, "event: done")
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Errorf("the stream is cut: %v", err)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestShutdownCutsAfterTheLimit(t *testing.T) {
	s := newSite()
	s.chat.ask = func(ctx context.Context, _ chat.Request, emit func(record.Event) error) (record.Answer, error) {
		err := emit(record.Sources{})
		<-ctx.Done()
		return record.Answer{}, errors.Join(err, fmt.Errorf("generate: %w", ctx.Err()))
	}
	stop, done := s.serve(t, 20*time.Millisecond)
	body := s.open(t, t.Context())
	defer body.Close()
	r := bufio.NewReader(body)
	readUntil(t, r, "event: sources")
	stop()
	readUntil(t, r, "event: error")
	line, err := r.ReadString('\n')
	if err != nil || !strings.Contains(line, `"shutting_down"`) {
		t.Errorf("got %q, %v", line, err)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeReportsAListenerThatFails(t *testing.T) {
	s := newSite()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	lg := slog.New(slog.NewTextHandler(s.logs, nil))
	if err := Serve(t.Context(), lg, ln, s.handler(t, Config{}), ServeConfig{}); err == nil {
		t.Error("got no error")
	}
}

func TestLargeHeaderIsRefused(t *testing.T) {
	s := newSite()
	s.serve(t, 0)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Large", strings.Repeat("a", 2*maxHeaderBytes))
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d, want 431", resp.StatusCode)
	}
}
