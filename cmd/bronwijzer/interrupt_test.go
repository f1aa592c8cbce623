package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"bronwijzer/internal/llm"
	"bronwijzer/internal/llm/llmtest"
)

// embeddings is a server that embeds and counts what it is given.
type embeddings struct {
	*httptest.Server
	texts atomic.Int64
	// during runs in every request, with the number of it, from 1. A request of a
	// process that is gone may still be at work when another begins.
	during   atomic.Pointer[func(request int64)]
	requests atomic.Int64
}

func newEmbeddings(t *testing.T) *embeddings {
	t.Helper()
	type item struct {
		Embedding llm.Vector `json:"embedding"`
		Index     int        `json:"index"`
	}
	e := &embeddings{}
	e.during.Store(new(func(int64) {}))
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Errorf("embed: %v", err)
		}
		e.texts.Add(int64(len(body.Input)))
		(*e.during.Load())(e.requests.Add(1))
		vectors, err := llmtest.Embedder{Dimension: 8}.Embed(r.Context(), llm.Passage, body.Input)
		if err != nil {
			return // the client has left
		}
		items := make([]item, len(vectors))
		for i, v := range vectors {
			items[i] = item{v, i}
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"data": items}); err != nil {
			t.Logf("a client that has left: %v", err)
		}
	}))
	t.Cleanup(e.Close)
	return e
}

// TestInterruptedIngest takes letters in, interrupts that as Ctrl-C does, goes
// on, and does it again: nothing is embedded twice but what was under way.
//
// By default of 60 letters; BRONWIJZER_TEST_FULL=1 takes in 1,000: 29 s on 22
// November 2026, on two busy cores of an AMD EPYC, interrupted at 499.
func TestInterruptedIngest(t *testing.T) {
	n := size(60, 1000)
	l := newLetters(t, n)
	e := newEmbeddings(t)
	ingest := func(during func(request int64, p *os.Process)) (out, errs string, exit int) {
		t.Helper()
		cmd := program(t.Context(), "ingest", l.corpus, "--data", l.data, "--embedder", "openai",
			"--embed-base-url", e.URL+"/v1", "--embed-model", "nep", "--embed-dimension", "8")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		started := make(chan struct{})
		e.during.Store(new(func(request int64) {
			<-started
			during(request, cmd.Process)
		}))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		close(started)
		err := cmd.Wait()
		return stdout.String(), stderr.String(), code(t, err)
	}
	out, errs, exit := ingest(func(request int64, p *os.Process) {
		if request == int64(n/2) {
			if err := p.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	})
	taken := regexp.MustCompile(`Toegevoegd\s+(\d+)`).FindStringSubmatch(out)
	if exit != 1 || taken == nil || !strings.Contains(errs, "gaat verder") {
		t.Fatalf("interrupted: exit code %d, %s%s", exit, out, errs)
	}
	if want := fmt.Sprintf("/%d brieven/0007.txt: ", n); !strings.Contains(errs, "7"+want) {
		t.Errorf("no progress in:\n%s", errs)
	}
	out, _, err := l.run(t, "verify")
	if kept := regexp.MustCompile(`Documenten\s+(\d+)`).FindStringSubmatch(out); err != nil || kept == nil || kept[1] != taken[1] || kept[1] == "0" {
		t.Errorf("%v: taken in are %v, there are %v: %s", err, taken, kept, out)
	}

	out, errs, exit = ingest(func(int64, *os.Process) {})
	if want := "Ongewijzigd  " + taken[1]; exit != 0 || !strings.Contains(out, want) {
		t.Fatalf("gone on: exit code %d, no %s in %s%s", exit, want, out, errs)
	}
	seen := regexp.MustCompile(`Vectoren\s+(\d+)`)
	out, _, err = l.run(t, "verify")
	vectors := 0
	if m := seen.FindStringSubmatch(out); err == nil && m != nil {
		_, err = fmt.Sscan(m[1], &vectors)
	}
	const batch = 64
	if got := int(e.texts.Load()); err != nil || vectors == 0 || got < vectors || got > vectors+batch {
		t.Errorf("%v: embedded %d texts in all, there are %d vectors: %s", err, got, vectors, out)
	}

	before := e.requests.Load()
	out, errs, exit = ingest(func(int64, *os.Process) {})
	if want := fmt.Sprintf("Ongewijzigd  %d", n); exit != 0 || e.requests.Load() != before || !strings.Contains(out, want) {
		t.Errorf("again: exit code %d, %d requests: %s%s", exit, e.requests.Load()-before, out, errs)
	}
	t.Logf("%s of %d taken in when interrupted, %d texts embedded", taken[1], n, e.texts.Load())
}
