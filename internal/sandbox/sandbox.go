// Package sandbox reads files of strangers in child processes of this very
// program, so that a file which makes a reader crash, hang or eat memory costs
// that file and nothing else.
//
// It owns the processes: a [Pool] starts them, keeps them warm for the next
// file, ends them when nothing comes, and replaces those that died, served long
// or grew. It knows no format; [Serve], which is the whole work of a child,
// calls package load. Its invariant: whatever the child does, Read returns
// within its time, with a document that keeps the promises of docs.Document as
// far as they can be checked (spans in order and inside the text, valid UTF-8,
// a Version that is computed here), or with an error; and the parent holds no
// more than the file and the limits on output.
//
// All formats go this way. Plain text could be read in process, but then there
// would be two ways with two sets of limits, and the child costs little: a
// warm one adds 0.25 ms to a file of 1 kB, a start takes 20 ms, one for all
// formats 80 ms, and 2.3 s when PDFium's machine code has to be made first. The
// largest document that the limits allow makes the parent grow by 42 MB for a
// moment; 85 hostile files of full size, of 64 MB each at most, by 75 MB (two
// cores of an AMD EPYC, November 2026).
package sandbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// ErrClosed is what Read returns on a Pool that was closed.
var ErrClosed = errors.New("sandbox closed")

// Limits are what one file may cost. In the zero value each has its default.
type Limits struct {
	// Memory is the most bytes of memory that a child may take; 0 is 1 GB. On Linux
	// it can't get more, elsewhere it only tries hard to stay below.
	Memory int64
	// Time is the most that reading one file may take; 0 is two minutes.
	Time time.Duration
	// Text is the longest text of a document in bytes; 0 is 8 MB, 2,500 pages. The
	// parent cuts it into sentences, which takes several times as much.
	Text int
	// Blocks is the most blocks of a document; 0 is 100,000.
	Blocks int
}

// Config says how files are read. Its zero value works but for Args.
type Config struct {
	// Args are the arguments with which this program calls Serve and does nothing
	// else.
	Args []string
	// CacheDir is where machine code is kept between processes, see load.Config. A
	// child has no environment to find a folder of its own.
	CacheDir string
	// Children is the most processes at a time; 0 is 2. More readers than that wait.
	Children int
	// Idle is how long a child without work is kept; 0 is a minute.
	Idle time.Duration
	// Files is how many files a child reads before it is replaced; 0 is 1,000.
	Files int

	Limits
}

// maxTries is how often a file may bring a child down before it isn't tried
// any more: the first time may be the fault of a file before it.
const maxTries = 2

// maxFaults is how many such files are remembered; at one more, all are
// forgotten.
const maxFaults = 1000

// Pool reads files in child processes. It is safe for concurrent use.
type Pool struct {
	lg    *slog.Logger
	cfg   Config
	slots chan struct{} // one element for every Read at work
	// work counts what Close waits for: calls of Read and children that end.
	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	idle   []*child // the last one worked last
	faults map[[sha256.Size]byte]fault
}

// fault is what came of a file that brought a child down.
type fault struct {
	times int
	err   *load.Error
}

// New returns a Pool, which starts no child before the first file. Close it
// when done.
func New(lg *slog.Logger, cfg Config) *Pool {
	cfg.Children = orElse(cfg.Children, 2)
	cfg.Idle = orElse(cfg.Idle, time.Minute)
	cfg.Files = orElse(cfg.Files, 1000)
	cfg.Memory = orElse(cfg.Memory, 1<<30)
	cfg.Time = orElse(cfg.Time, 2*time.Minute)
	cfg.Text = orElse(cfg.Text, 8<<20)
	cfg.Blocks = orElse(cfg.Blocks, 100_000)
	return &Pool{lg: lg, cfg: cfg, slots: make(chan struct{}, cfg.Children), faults: make(map[[sha256.Size]byte]fault)}
}

func orElse[T int | int64 | time.Duration](n, standard T) T {
	if n <= 0 {
		return standard
	}
	return n
}

// Read makes a document of a file, as load.Read does. It doesn't keep data. A
// file that can't become a document gives a [*load.Error]: load's own reasons,
// and Crashed, Timeout, Memory, or TooLong for what exceeds the limits on
// output. Any other error isn't the file's: that of ctx, ErrClosed, or that no
// child could be started.
func (p *Pool) Read(ctx context.Context, name string, data []byte) (docs.Document, error) {
	if len(data) > load.MaxBytes {
		return docs.Document{}, &load.Error{Path: name, Reason: load.TooLarge}
	}
	if err := p.enter(); err != nil {
		return docs.Document{}, err
	}
	defer p.work.Done()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return docs.Document{}, ctx.Err()
	}
	for {
		if err := p.known(name, data); err != nil {
			return docs.Document{}, err
		}
		doc, again, err := p.try(ctx, name, data)
		if !again {
			return doc, err
		}
	}
}

// try reads a file once. again says that its child died, and not of the time or
// memory that the file took, after other files that may have spoiled it.
func (p *Pool) try(ctx context.Context, name string, data []byte) (doc docs.Document, again bool, err error) {
	c, err := p.take(ctx, load.NeedsStart(name))
	if err != nil {
		return docs.Document{}, false, err
	}
	doc, refused, err := c.read(ctx, name, data)
	if err == nil {
		p.put(c)
		if refused != nil {
			return docs.Document{}, false, refused
		}
		return doc, false, nil
	}
	c.end()
	if ctx.Err() != nil {
		return docs.Document{}, false, ctx.Err()
	}
	verdict := &load.Error{Path: name, Reason: c.reason(err), Err: err}
	p.blame(name, data, verdict)
	p.lg.WarnContext(ctx, "file brought its reader down", "path", name, "reason", verdict.Reason, "files_before", c.files-1, "error", err)
	p.lg.DebugContext(ctx, "what the reader said", "path", name, "state", c.state(), "stderr", c.stderr.String())
	return docs.Document{}, c.files > 1 && verdict.Reason == load.Crashed, verdict
}

func (p *Pool) enter() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	p.work.Add(1)
	return nil
}

// known returns what came of a file that was tried often enough.
func (p *Pool) known(name string, data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.faults) == 0 { // as ever: so no file is hashed for nothing
		return nil
	}
	if f := p.faults[key(name, data)]; f.times >= maxTries {
		return f.err
	}
	return nil
}

func (p *Pool) blame(name string, data []byte, err *load.Error) {
	k := key(name, data)
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.faults[k]
	if len(p.faults) >= maxFaults && f.times == 0 {
		clear(p.faults)
	}
	p.faults[k] = fault{times: f.times + 1, err: err}
}

// key stands for a file: its name decides how it is read.
func key(name string, data []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write(data)
	h.Sum(sum[:0])
	return sum
}

// take returns a child that is at work for nobody: one that is there, or a new
// one. For a file that takes a child of all formats, another makes place.
func (p *Pool) take(ctx context.Context, all bool) (*child, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, ErrClosed
	}
	var c *child
	if n := len(p.idle); n > 0 {
		i := slices.IndexFunc(p.idle, func(c *child) bool { return c.all })
		if !all || i < 0 {
			i = n - 1
		}
		c = p.idle[i]
		p.idle = slices.Delete(p.idle, i, i+1)
		c.retire.Stop()
	}
	p.mu.Unlock()
	switch {
	case c == nil:
	case c.gone() || all && !c.all:
		c.end()
	default:
		return c, nil
	}
	return start(ctx, p.lg, &p.cfg, all)
}

// put keeps a child for the next file, unless it has done enough.
func (p *Pool) put(c *child) {
	p.mu.Lock()
	keep := !p.closed && !c.worn && c.files < p.cfg.Files
	if keep {
		c.retire = time.AfterFunc(p.cfg.Idle, func() { p.release(c) })
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		c.end()
	}
}

// release ends a child that is still idle.
func (p *Pool) release(c *child) {
	p.mu.Lock()
	i := slices.Index(p.idle, c)
	if i < 0 {
		p.mu.Unlock()
		return
	}
	p.idle = slices.Delete(p.idle, i, i+1)
	p.work.Add(1)
	p.mu.Unlock()
	defer p.work.Done()
	c.end()
}

// Close ends all children. It waits for calls of Read that are at work; whoever
// doesn't want to wait cancels them.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, c := range idle {
		c.retire.Stop()
		c.end()
	}
	p.work.Wait()
}
