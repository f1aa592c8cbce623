package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Log is a results file that grows by a line for each answer, so that a run
// that was broken off can go on. It is not safe for concurrent use.
type Log struct {
	f *os.File
	// Done are the results that the file held when it was opened.
	Done map[string]Result
}

// OpenLog opens a results file for more results. What it holds is kept when
// resume is set, without a last line that was cut off in writing; else the file
// begins anew. That the results are of the same system, only the caller knows.
func OpenLog(path string, resume bool) (*Log, error) {
	l := &Log{}
	var kept []byte
	if resume {
		b, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("resume: %w", err)
		}
		kept = b[:bytes.LastIndexByte(b, '\n')+1]
		if l.Done, err = ReadResults(bytes.NewReader(kept), path); err != nil {
			return nil, fmt.Errorf("resume: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open results: %w", err)
	}
	err = f.Truncate(int64(len(kept)))
	if err == nil {
		_, err = f.Seek(0, io.SeekEnd)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open results: %w", err), f.Close())
	}
	l.f = f
	return l, nil
}

// Add appends a result in one write.
func (l *Log) Add(r Result) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("result %s: %w", r.ID, err)
	}
	_, err = l.f.Write(append(b, '\n'))
	return err
}

// Close closes the file.
func (l *Log) Close() error { return l.f.Close() }

// ReadResults reads what a run wrote. A broken line is an error that names it;
// of two lines with one id the later counts.
func ReadResults(r io.Reader, name string) (map[string]Result, error) {
	out := make(map[string]Result)
	var bad error
	err := readLines(r, func(n int, line []byte) error {
		var res Result
		if err := json.Unmarshal(line, &res); err != nil {
			bad = errors.Join(bad, fmt.Errorf("%s:%d: %w", name, n, err))
			return nil
		}
		out[res.ID] = res
		return nil
	})
	if err = errors.Join(bad, err); err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return out, nil
}

// writeResults writes results in the order of the questions, so that two runs
// can be compared as texts.
func writeResults(w io.Writer, qs []Question, results map[string]Result) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, q := range qs {
		r, ok := results[q.ID]
		if !ok {
			continue
		}
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("result %s: %w", q.ID, err)
		}
	}
	return nil
}

// replaceFile writes a file beside path and puts it in its place when it is
// whole.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", filepath.Base(path), err), os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
