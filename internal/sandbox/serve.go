package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"runtime/metrics"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// maxStack is the deepest stack of a goroutine in a child, in bytes.
const maxStack = 64 << 20

// maxDetail is how much is told of why a file was refused, in bytes: some of it
// is the stack of PDFium.
const maxDetail = 512

// ReadFunc makes a document of a file; load's Reader.Read is one.
type ReadFunc func(ctx context.Context, name string, data []byte) (docs.Document, error)

// Needs says what a ReadFunc is for.
type Needs struct {
	// All asks that it reads all formats, also those that take a while to start.
	All bool
	// CacheDir is that of Config.
	CacheDir string
	// Memory is what it may take, in bytes.
	Memory int64
}

// Open makes a ReadFunc before the limits fall, while files may still be opened.
type Open func(Needs) (ReadFunc, error)

// OpenLoad is the Open of every day: package load.
func OpenLoad(n Needs) (ReadFunc, error) {
	r := load.New(load.Config{CacheDir: n.CacheDir, Memory: n.Memory})
	if n.All {
		if err := r.Start(); err != nil {
			return nil, err
		}
	}
	return r.Read, nil
}

// Serve is the whole work of a child: it reads files from in and writes what
// open's function makes of them to out, until in ends. Before the first file it
// gives up whatever the process doesn't need for that, for good. So it is for a
// process that does nothing else: the caller must end it when Serve returns,
// as a file may still be at work.
func Serve(in io.Reader, out io.Writer, open Open) error {
	from, to := bufio.NewReader(in), bufio.NewWriter(out)
	var s settings
	if err := readJSON(from, &s); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	// A half, as memory that grows is there twice for a moment, and a half of that
	// for what becomes of the file.
	read, err := open(Needs{All: s.All, CacheDir: s.CacheDir, Memory: s.Memory / 4})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	debug.SetMaxStack(maxStack)
	debug.SetMemoryLimit(s.Memory - s.Memory/8) // works harder before it fails
	err = writeJSON(to, hello{Guards: confine(s.Memory)})
	if err == nil {
		err = to.Flush()
	}
	if err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	files, ended := receive(from)
	failed := make(chan error)
	go func() {
		for f := range files {
			err := writeReply(to, answer(read, f.request, f.data, &s.Limits))
			if err == nil {
				err = to.Flush()
			}
			if err != nil {
				failed <- err
			}
		}
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("write reply: %w", err)
	case err := <-ended:
		if errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("read request: %w", err)
	}
}

// file is one to read.
type file struct {
	request
	data []byte
}

// receive hands over files, and the error with which they end. It reads while a
// file is at work: where its input ends the parent is gone, and whatever the file
// does, so is this process.
func receive(from *bufio.Reader) (files <-chan file, ended <-chan error) {
	got, end := make(chan file), make(chan error, 1)
	go func() {
		for {
			req, data, err := readRequest(from)
			if err != nil {
				end <- err
				return
			}
			got <- file{req, data}
		}
	}()
	return got, end
}

// answer reads a file.
func answer(read ReadFunc, r request, data []byte, l *Limits) reply {
	doc, err := read(context.Background(), r.Name, data)
	out := reply{N: r.N, Doc: doc}
	var refused *load.Error
	switch {
	case errors.As(err, &refused):
		out = reply{N: r.N, Reason: refused.Reason}
		if refused.Err != nil {
			out.Detail = refused.Err.Error()
			out.Detail = out.Detail[:min(len(out.Detail), maxDetail)]
		}
	case err != nil:
		out = reply{N: r.N, Reason: load.Stopped, Detail: err.Error()}
	case len(doc.Text) > l.Text || len(doc.Blocks) > l.Blocks:
		out = reply{N: r.N, Reason: load.TooLong, Detail: fmt.Sprintf("%d bytes, %d blocks", len(doc.Text), len(doc.Blocks))}
	}
	out.Worn = worn(l.Memory)
	return out
}

// worn reports whether the process keeps more than half of its memory after a
// collection.
func worn(limit int64) bool {
	if held() <= limit/2 {
		return false
	}
	debug.FreeOSMemory()
	return held() > limit/2
}

// held is the memory that the Go runtime has from the system, in bytes.
func held() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}
