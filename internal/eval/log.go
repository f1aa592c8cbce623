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

// resultsName is the file with a line for each answer.
const resultsName = "results.jsonl"

// Kept is what one system made of a set.
type Kept struct {
	// Settings are those of the answers, not those of whoever reads them.
	Settings []Setting
	Results  map[string]Result // by id
}

// ReadKept reads the answers that a run left in a folder. Where the folder
// doesn't hold the settings, a setting says so.
func ReadKept(dir string) (Kept, error) {
	path := filepath.Join(dir, resultsName)
	f, err := os.Open(path)
	if err != nil {
		return Kept{}, fmt.Errorf("read results: %w", err)
	}
	defer f.Close()
	var k Kept
	if k.Results, err = ReadResults(f, path); err != nil {
		return Kept{}, err
	}
	if k.Settings, err = readSettings(dir); err != nil {
		return Kept{}, fmt.Errorf("read settings: %w", err)
	}
	if len(k.Settings) == 0 {
		k.Settings = []Setting{{"settings", "not kept"}}
	}
	return k, nil
}

// Log is a results file that grows by a line for each answer, so that a run
// that was broken off can go on, and the settings of those answers beside it.
// It is not safe for concurrent use.
type Log struct {
	// Kept are the results that the file held when it was opened, and the
	// settings of all that it will hold.
	Kept

	f *os.File
}

// OpenLog opens the results of a folder for more, given with these settings.
// What there is, is kept when resume is set, without a last line that was cut
// off in writing, and has to have the same settings: else the error is a
// *SettingsError. Without resume the results begin anew.
func OpenLog(dir string, settings []Setting, resume bool) (*Log, error) {
	path := filepath.Join(dir, resultsName)
	l := &Log{Kept: Kept{Settings: settings}}
	var kept []byte
	if resume {
		var err error
		if kept, err = l.resume(dir, path); err != nil {
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
	// After the old results are gone: never settings beside results of others.
	if err == nil {
		err = writeSettings(dir, l.Settings)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open results: %w", err), f.Close())
	}
	l.f = f
	return l, nil
}

// resume takes over results and settings, and returns the lines to keep.
func (l *Log) resume(dir, path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	if l.Results, err = ReadResults(bytes.NewReader(b), path); err != nil || len(l.Results) == 0 {
		return nil, err
	}
	kept, err := readSettings(dir)
	if err == nil {
		err = sameSystem(dir, kept, l.Settings)
	}
	l.Settings = kept
	return b, err
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
