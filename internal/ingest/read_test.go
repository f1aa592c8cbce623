package ingest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// changing is a file to which something happens before it is read.
type changing struct {
	*os.File
	change func(name string) error
}

func (c *changing) Read(p []byte) (int, error) {
	if c.change != nil {
		if err := c.change(c.Name()); err != nil {
			return 0, err
		}
		c.change = nil
	}
	return c.File.Read(p)
}

// A file that changes while it is read is neither the old nor the new one.
func TestReadStable(t *testing.T) {
	write := func(text string, after time.Duration) func(string) error {
		return func(name string) error {
			return errors.Join(os.WriteFile(name, []byte(text), 0o600), os.Chtimes(name, time.Time{}, time.Now().Add(after)))
		}
	}
	for name, tt := range map[string]struct {
		change func(string) error
		want   load.Reason
	}{
		"left alone":       {nil, ""},
		"longer":           {write("een langere tekst", 0), load.Changed},
		"shorter":          {write("een", 0), load.Changed},
		"empty":            {write("", 0), load.Changed},
		"as long":          {write("de ander.", time.Second), load.Changed},
		"longer by a hair": {write("de eerste.", 0), load.Changed},
		"removed":          {os.Remove, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.txt")
			if err := os.WriteFile(path, []byte("de eerste"), 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			data, err := readStable(&changing{file, tt.change}, "a.txt", make([]byte, 0, 4))
			var refused *load.Error
			switch {
			case tt.want == "" && (err != nil || string(data) != "de eerste"):
				t.Errorf("got %q, %v", data, err)
			case tt.want != "" && (!errors.As(err, &refused) || refused.Reason != tt.want):
				t.Errorf("got %q, %v, want %s", data, err, tt.want)
			}
		})
	}
}

// A reader that refuses costs a file; one that fails costs the run.
func TestReaderThatFails(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1), "b.txt": letter("land", 1)})
	answer := error(&load.Error{Path: "a.txt", Reason: load.Crashed})
	g := ingester(t, b.store, b.index, nil)
	read := g.cfg.Read
	g.cfg.Read = func(ctx context.Context, name string, data []byte) (docs.Document, error) {
		if name == "a.txt" {
			return docs.Document{}, answer
		}
		return read(ctx, name, data)
	}
	report, err := g.Run(t.Context(), []Root{{Dir: b.dir}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan(t, "refused", Report{Added: []string{"map/b.txt"}, Refused: []Refusal{{Path: "map/a.txt", Reason: says(load.Crashed)}}}, report)
	answer = errors.New("no child")
	if _, err := g.Run(t.Context(), []Root{{Dir: b.dir}}, nil); !errors.Is(err, answer) {
		t.Errorf("got %v, want %v", err, answer)
	}
}

// What isn't a file isn't opened for reading, whatever its name.
func TestReadIrregular(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1)})
	f, err := scan(Root{Name: "map", Dir: b.dir})
	if err != nil {
		t.Fatal(err)
	}
	defer f.files.close()
	if err := errors.Join(os.Remove(filepath.Join(b.dir, "a.txt")), os.Mkdir(filepath.Join(b.dir, "a.txt"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.files.read(t.Context(), "a.txt", nil); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder: got %v", err)
	}
}
