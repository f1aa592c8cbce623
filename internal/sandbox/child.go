package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// startTime is the most that a child may take to say hello: PDFium's machine
// code is made in two seconds of an idle core.
const startTime = time.Minute

// deathTime is the most that a dying process may take.
const deathTime = 2 * time.Second

// watchEvery is how often the memory of a child at work is looked at.
const watchEvery = 20 * time.Millisecond

// keptOutput is how much of what a child says on its error stream is kept, in
// bytes.
const keptOutput = 16 << 10

var (
	errTime   = errors.New("takes too long")
	errMemory = errors.New("takes too much memory")
)

// child is a process that reads files, as its parent sees it. One file at a time.
type child struct {
	limits Limits
	all    bool // it reads all formats
	in     io.WriteCloser
	pipe   *os.File
	out    *bufio.Reader
	stderr lastWords
	cmd    *exec.Cmd
	kill   context.CancelFunc
	done   chan struct{} // closed when the process is gone and reaped
	files  int           // that it was given
	worn   bool          // it asks to be replaced
	retire *time.Timer   // while it is idle
}

// start makes a child and waits until it is ready: confined, and with all that
// it needs for its files.
func start(ctx context.Context, lg *slog.Logger, cfg *Config, all bool) (*child, error) {
	begin := time.Now()
	process, kill := context.WithCancel(context.WithoutCancel(ctx)) // it outlives the file at hand
	c := &child{limits: cfg.Limits, all: all, kill: kill, done: make(chan struct{})}
	if err := c.launch(process, cfg.Args); err != nil {
		kill()
		return nil, fmt.Errorf("start reader of files: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTime, errTime)
	defer cancel()
	defer context.AfterFunc(ctx, kill)()
	var ready hello
	err := writeJSON(c.in, settings{Limits: cfg.Limits, CacheDir: cfg.CacheDir, All: all})
	if err == nil {
		err = readJSON(c.out, &ready)
	}
	if err != nil {
		c.end()
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, fmt.Errorf("start reader of files: %w: %s: %s", err, c.state(), c.stderr.String())
	}
	lg.DebugContext(ctx, "reader of files started", "pid", c.cmd.Process.Pid, "all_formats", all, "guards", ready.Guards, "took", time.Since(begin))
	return c, nil
}

// launch starts the process: without an environment, in the root folder.
func (c *child) launch(ctx context.Context, args []string) error {
	path, err := executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = []string{}
	cmd.Dir = string(filepath.Separator)
	cmd.SysProcAttr = processAttributes()
	cmd.WaitDelay = time.Second
	cmd.Stderr = &c.stderr
	if c.in, err = cmd.StdinPipe(); err != nil {
		return err
	}
	// Not StdoutPipe: the process is waited for from the beginning, so that it is
	// never left a zombie, and Wait would close that pipe.
	from, to, err := os.Pipe()
	if err != nil {
		return errors.Join(err, c.in.Close())
	}
	cmd.Stdout = to
	err = errors.Join(cmd.Start(), to.Close())
	if err != nil {
		return errors.Join(err, from.Close())
	}
	c.cmd, c.pipe, c.out = cmd, from, bufio.NewReader(from)
	go func() {
		defer close(c.done)
		_ = cmd.Wait() // state has it
		c.kill()
	}()
	return nil
}

// end ends the process and waits for it.
func (c *child) end() {
	c.kill()
	<-c.done
	_ = c.in.Close()   // closed already when the process was waited for
	_ = c.pipe.Close() // it was only read
}

// gone reports whether the process ended by itself.
func (c *child) gone() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// dies reports whether the process ends by itself, soon.
func (c *child) dies() bool {
	timer := time.NewTimer(deathTime)
	defer timer.Stop()
	select {
	case <-c.done:
		return true
	case <-timer.C:
		return false
	}
}

// state says how an ended process ended: "exit status 2".
func (c *child) state() string { return c.cmd.ProcessState.String() }

// read has the child read a file. Either there is a document, or the file was
// refused; an error means that the child is of no more use.
func (c *child) read(ctx context.Context, name string, data []byte) (doc docs.Document, refused *load.Error, err error) {
	c.files++
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.limits.Time, func() { cancel(errTime) })
	defer timer.Stop()
	var watch sync.WaitGroup
	watch.Go(func() { c.watch(ctx, cancel) })
	defer watch.Wait()
	defer cancel(nil)
	stop := context.AfterFunc(ctx, c.kill)
	defer stop()
	err = writeRequest(c.in, request{N: c.files, Name: name}, data)
	var r reply
	if err == nil {
		r, err = readReply(c.out, c.files, &c.limits)
	}
	switch {
	case err == nil && !stop():
		err = context.Cause(ctx) // too late: it is being killed
	case err != nil && context.Cause(ctx) != nil:
		err = context.Cause(ctx)
	case err != nil && !errors.Is(err, errGarbage) && !c.dies():
		err = fmt.Errorf("%w: %w", errGarbage, err) // it hung up, and lives
	}
	if err != nil {
		return docs.Document{}, nil, err
	}
	c.worn = r.Worn
	if r.Reason != "" {
		refused = &load.Error{Path: name, Reason: r.Reason}
		if r.Detail != "" {
			refused.Err = errors.New(r.Detail)
		}
		return docs.Document{}, refused, nil
	}
	r.Doc.Path, r.Doc.Version = name, docs.Version(r.Doc.Text)
	return r.Doc, nil, nil
}

// watch cancels when the child takes more memory than it may, where that can
// be seen.
func (c *child) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if resident(c.cmd.Process.Pid) > c.limits.Memory {
				cancel(errMemory)
				return
			}
		}
	}
}

// reason says why an ended child failed with an error at the file it read last.
// One that was killed by somebody else was the kernel's choice when memory ran out.
func (c *child) reason(err error) load.Reason {
	switch {
	case errors.Is(err, errTime):
		return load.Timeout
	case errors.Is(err, errMemory), !errors.Is(err, errGarbage) && c.state() == "signal: killed", c.stderr.sayNoMemory():
		return load.Memory
	}
	return load.Crashed
}

// lastWords keeps the beginning of what is written to it: there the Go runtime
// says what is wrong. It is read when the writer is gone.
type lastWords struct {
	kept []byte
}

// Write never fails.
func (w *lastWords) Write(p []byte) (int, error) {
	w.kept = append(w.kept, p[:min(len(p), keptOutput-len(w.kept))]...)
	return len(p), nil
}

func (w *lastWords) String() string { return strings.ToValidUTF8(string(w.kept), "�") }

// sayNoMemory reports whether the process ended for want of memory.
func (w *lastWords) sayNoMemory() bool {
	s := string(w.kept)
	return strings.Contains(s, "pthread_create failed") || // it was for a stack
		strings.Contains(s, "fatal error: ") && (strings.Contains(s, "out of memory") || strings.Contains(s, "cannot allocate memory"))
}
