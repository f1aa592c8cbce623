package sandbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// letter is a file that any child can read.
const letter = "# Brief\n\nDe minister schrijft dat het goed gaat. Dat is het halve werk.\n\n- een\n- twee\n"

// reasonOf is why a file was refused; it fails the test when it wasn't.
func reasonOf(tb testing.TB, err error) load.Reason {
	tb.Helper()
	var refused *load.Error
	if !errors.As(err, &refused) {
		tb.Fatalf("got %v, want a load.Error", err)
	}
	return refused.Reason
}

// mustRead reads a file that there is nothing wrong with.
func mustRead(tb testing.TB, p *Pool) docs.Document {
	tb.Helper()
	doc, err := p.Read(tb.Context(), "brief.md", []byte(letter))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// The way through a child changes nothing: the corpus comes out as load reads it.
func TestReadIsWhatLoadReads(t *testing.T) {
	p := newPool(t, asReader, Config{})
	files, err := filepath.Glob("../../corpus/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	pages, err := filepath.Glob("../load/testdata/*.*")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range append(files, pages...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := load.Read(file, data)
		if load.NeedsStart(file) {
			continue
		}
		got, err := p.Read(t.Context(), file, data)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		if wantErr != nil && (err == nil || err.Error() != wantErr.Error()) || wantErr == nil && err != nil {
			t.Errorf("%s: got %v, want %v", file, err, wantErr)
		}
	}
	if len(p.idle) != 1 || p.idle[0].files < len(files) {
		t.Errorf("%d children, the last with %d files: want one for all", len(p.idle), p.idle[0].files)
	}
}

// Whatever a child does costs one file, within its time; and the next is read.
func TestMisbehaviour(t *testing.T) {
	for what, want := range map[string]load.Reason{
		"panic": load.Crashed, "deep": load.Crashed, "exit": load.Crashed, "short frame": load.Crashed, "shout": load.Crashed,
		"hang": load.Timeout, "spin": load.Timeout, "eat": load.Memory,
		"babble": load.Crashed, "flood": load.Crashed, "mute": load.Crashed,
		"long text": load.TooLong, "many blocks": load.TooLong, "long title": load.TooLong,
		"bad span": load.Crashed, "bad order": load.Crashed, "bad text": load.Crashed, "no blocks": load.Crashed,
		"odd error": load.Stopped,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			limits := Limits{Memory: childMemory, Time: 20 * time.Second, Text: 1 << 16, Blocks: 1 << 10}
			if want == load.Timeout {
				limits.Time = 300 * time.Millisecond
			}
			p := newPool(t, asFiend, Config{Limits: limits, Children: 1})
			begin := time.Now()
			_, err := p.Read(t.Context(), "brief.txt", order(what))
			if got := reasonOf(t, err); got != want && (!raceDetector || want != load.Memory || got != load.Crashed) {
				t.Errorf("got %v, want %s", err, want)
			}
			if took := time.Since(begin); want == load.Timeout && took > startTime {
				t.Errorf("took %s", took)
			}
			p.cfg.Time = 20 * time.Second // for the next child, on a busy machine
			mustRead(t, p)
		})
	}
}

// A file that comes after another's mischief isn't blamed for it.
func TestSpoiledChild(t *testing.T) {
	for _, what := range []string{"panic", "babble", "exit", "bad span"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := newPool(t, asFiend, Config{Limits: Limits{Memory: childMemory}})
			if _, err := p.Read(t.Context(), "brief.txt", order("later "+what)); err != nil {
				t.Fatal(err)
			}
			spoiled := p.idle[0]
			mustRead(t, p)
			if p.idle[0] == spoiled {
				t.Error("the spoiled child is still there")
			}
		})
	}
}

// A file that brings children down is tried twice and no more: here at once, as
// the first child wasn't new. Changed, it's another file.
func TestTriedTwice(t *testing.T) {
	p := newPool(t, asFiend, Config{})
	for i, wantTries := range []int{2, 0, 0} {
		mustRead(t, p)
		before := p.idle[0]
		_, err := p.Read(t.Context(), "brief.txt", order("panic"))
		if got := reasonOf(t, err); got != load.Crashed {
			t.Errorf("%d: got %v", i, err)
		}
		if tried := before.gone(); tried != (wantTries > 0) {
			t.Errorf("%d: tried: got %v", i, tried)
		}
		if f := p.faults[key("brief.txt", order("panic"))]; f.times != maxTries {
			t.Errorf("%d: tried %d times, want %d", i, f.times, maxTries)
		}
	}
	if _, err := p.Read(t.Context(), "brief.txt", order("")); err != nil {
		t.Errorf("changed: %v", err)
	}
}

func TestReplacedWhenWorn(t *testing.T) {
	p := newPool(t, asReader, Config{Files: 2, Children: 1})
	mustRead(t, p)
	first := p.idle[0]
	mustRead(t, p)
	if len(p.idle) != 0 || !first.gone() {
		t.Error("a child did more than its files")
	}
	mustRead(t, p)
	if p.idle[0] == first {
		t.Error("it came back")
	}
}

func TestIdleChildEnds(t *testing.T) {
	p := newPool(t, asReader, Config{Idle: time.Millisecond})
	mustRead(t, p)
	deadline := time.After(30 * time.Second)
	p.mu.Lock()
	idle := p.idle
	p.mu.Unlock()
	for _, c := range idle {
		select {
		case <-c.done:
		case <-deadline:
			t.Fatal("it is still there")
		}
	}
	mustRead(t, p)
}

// A child that dies without work is no file's fault.
func TestIdleChildDies(t *testing.T) {
	p := newPool(t, asReader, Config{})
	mustRead(t, p)
	c := p.idle[0]
	c.kill()
	<-c.done
	mustRead(t, p)
	if len(p.faults) > 0 {
		t.Errorf("blamed %v", p.faults)
	}
}

func TestCancelledRead(t *testing.T) {
	p := newPool(t, asFiend, Config{Children: 1})
	mustRead(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := p.Read(ctx, "brief.txt", order("hang")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(p.faults) > 0 {
		t.Error("the file was blamed for it")
	}
	mustRead(t, p)
	if _, err := p.Read(ctx, "brief.txt", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestClosedPool(t *testing.T) {
	p := newPool(t, asFiend, Config{Children: 1})
	mustRead(t, p)
	p.Close()
	p.Close()
	if _, err := p.Read(t.Context(), "brief.txt", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestChildThatDoesNotStart(t *testing.T) {
	p := newPool(t, "-test.run=^$", Config{}) // prints "PASS"
	_, err := p.Read(t.Context(), "brief.txt", []byte(letter))
	var refused *load.Error
	if err == nil || errors.As(err, &refused) || !strings.Contains(err.Error(), "start reader of files") {
		t.Errorf("got %v, want an error that isn't the file's", err)
	}
}

// Many readers at a time share few children, good files and bad ones.
func TestConcurrentReads(t *testing.T) {
	p := newPool(t, asFiend, Config{Children: 2, Limits: Limits{Memory: childMemory, Time: 20 * time.Second}})
	want := mustRead(t, p)
	var readers sync.WaitGroup
	for i := range 8 {
		readers.Go(func() {
			for j := range 8 {
				if (i+j)%4 == 0 {
					if _, err := p.Read(t.Context(), "brief.txt", order("exit")); err == nil {
						t.Error("a file that ends its reader was read")
					}
					continue
				}
				doc, err := p.Read(t.Context(), "brief.md", []byte(letter))
				if err != nil || !cmp.Equal(want, doc) {
					t.Errorf("got %v, %v", doc, err)
				}
			}
		})
	}
	readers.Wait()
	if len(p.idle) > 2 {
		t.Errorf("%d children", len(p.idle))
	}
}

// Nothing of a document is lost on the way: a field that is added to package
// docs has to be sent as well.
func TestReplyHasEverything(t *testing.T) {
	var doc docs.Document
	n := 0
	fill(t, reflect.ValueOf(&doc).Elem(), &n)
	doc.Text = strings.Repeat("woord ", 1000)
	doc.Blocks = nil
	for i := range 2*frameBlocks + 1 {
		var b docs.Block
		fill(t, reflect.ValueOf(&b).Elem(), &n)
		b.Span = docs.Span{Start: 2 * i, End: 2*i + 1}
		if i%3 > 0 {
			b.Section, b.Header = doc.Blocks[i-1].Section, doc.Blocks[i-1].Header
		}
		if i%7 == 0 {
			b.Section, b.Header = nil, ""
		}
		doc.Blocks = append(doc.Blocks, b)
	}
	var pipe strings.Builder
	if err := writeReply(&pipe, reply{N: 7, Doc: doc}); err != nil {
		t.Fatal(err)
	}
	got, err := readReply(strings.NewReader(pipe.String()), 7, &Limits{Text: 1 << 20, Blocks: 1 << 10})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc, got.Doc, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// fill sets every field to a value of its own.
func fill(tb testing.TB, v reflect.Value, n *int) {
	tb.Helper()
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("x", *n%50+1))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(tb, v.Index(i), n)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(int64(*n), 0).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(tb, v.Field(i), n)
		}
	case reflect.Bool:
		v.SetBool(true)
	default:
		tb.Fatalf("a field of kind %s: teach this test to fill it", v.Kind())
	}
}

// Whatever bytes come back, reading them ends, without a document that breaks
// its promises.
func FuzzReadReply(f *testing.F) {
	for _, doc := range []docs.Document{
		{Text: "Goed.", Blocks: []docs.Block{{Span: docs.Span{End: 5}, Section: []string{"a", "b"}}}},
		{},
	} {
		var pipe strings.Builder
		if err := writeReply(&pipe, reply{N: 1, Doc: doc}); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(pipe.String()))
	}
	f.Add([]byte("\x00\x00\x00\x02{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := readReply(strings.NewReader(string(data)), 1, &Limits{Text: 1 << 10, Blocks: 1 << 10})
		if err != nil || r.Reason != "" {
			return
		}
		for _, b := range r.Doc.Blocks {
			if s, ok := b.Span.Slice(r.Doc.Text); !ok || s == "" {
				t.Errorf("block %v of %q", b.Span, r.Doc.Text)
			}
		}
	})
}
