package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the program under load, in a process of its own.
type server struct {
	cmd     *exec.Cmd
	address string
	log     string
	// ended has what the process ended with.
	ended chan error
}

// listening is the line in which the program says where it listens.
var listening = regexp.MustCompile(`luistert op http://(\S+)`)

// startServer starts the program on loopback with a new data folder and waits
// until it has taken in its documents. Nobody's rate is limited: all load comes
// from one address.
func startServer(ctx context.Context, o *options, dir string) (*server, error) {
	s := &server{log: filepath.Join(dir, "log"), ended: make(chan error, 1)}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args := []string{
		"serve", "--listen", "127.0.0.1:0", "--data", cmp.Or(o.data, filepath.Join(dir, "data")), "--corpus", o.corpus,
		"--rate=-1", "--subject-rate=-1", "--streams=-1", "--address-streams=-1",
		"--address-connections=-1", "--connections=-1",
	}
	s.cmd = exec.CommandContext(ctx, o.server, append(args, strings.Fields(o.args)...)...)
	s.cmd.Stderr = log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = time.Minute
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// ready waits until the first collection is complete.
func (s *server) ready(ctx context.Context) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-s.ended:
			s.ended <- err
			return errors.New("server ended before it was ready")
		case <-tick.C:
		}
		log, err := os.ReadFile(s.log)
		if err != nil {
			return err
		}
		if m := listening.FindSubmatch(log); m != nil {
			s.address = string(m[1])
		}
		if bytes.Contains(log, []byte("msg=ready")) {
			return nil
		}
	}
	return errors.New("server isn't ready after five minutes")
}

// stop ends the process as an administrator would.
func (s *server) stop() error {
	// It fails when the process has ended by itself, which Wait tells.
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := <-s.ended; err != nil {
		log, _ := os.ReadFile(s.log)
		return fmt.Errorf("server: %w; the end of its log:\n%s", err, log[max(0, len(log)-1000):])
	}
	return nil
}

// get fetches a route as a monitor would.
func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("get %s: %s", path, resp.Status)
	}
	return body, err
}

// sample is what the server says of itself at a moment.
type sample struct {
	at time.Time
	// memory is in bytes, cpu in seconds of all cores since the start.
	memory, cpu float64
}

// sample reads the server's metrics.
func (s *server) sample(ctx context.Context) (sample, error) {
	body, err := s.get(ctx, "/metrics")
	if err != nil {
		return sample{}, err
	}
	now := sample{at: time.Now()}
	for lines := bufio.NewScanner(bytes.NewReader(body)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "process_resident_memory_bytes":
			now.memory, err = strconv.ParseFloat(value, 64)
		case "process_cpu_seconds_total":
			now.cpu, err = strconv.ParseFloat(value, 64)
		}
		if err != nil {
			return now, fmt.Errorf("read metrics: %w", err)
		}
	}
	return now, nil
}
