package ingest

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
)

// works starts Jobs on the bench, until the test ends or stop is called.
func (b *bench) works(t *testing.T, e llm.Embedder) (jobs *Jobs, stop func()) {
	t.Helper()
	jobs = NewJobs(slog.New(slog.DiscardHandler), b.store, ingester(t, b.store, b.index, e))
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := jobs.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("jobs end with %v", err)
		}
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return jobs, stop
}

// await waits until a job of jan's is as ok wants it.
func await(t *testing.T, jobs *Jobs, id string, ok func(Job) bool) Job {
	t.Helper()
	for deadline := time.After(30 * time.Second); ; {
		changed := jobs.Changed()
		job, err := jobs.Job(t.Context(), "jan", id)
		if err != nil {
			t.Fatal(err)
		}
		if ok(job) {
			return job
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("job is still %+v", job)
		}
	}
}

func final(j Job) bool { return j.State == Done || j.State == Failed || j.State == Cancelled }

func (b *bench) submit(t *testing.T, jobs *Jobs, id string, files ...Upload) {
	t.Helper()
	if _, err := jobs.Submit(t.Context(), "jan", id, files); err != nil {
		t.Fatal(err)
	}
}

func TestJobsAddReplaceRemove(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1)})
	b.run(t, nil)
	jobs, _ := b.works(t, nil)
	id := docs.NewID(UploadRoot, "nieuw.txt")

	b.submit(t, jobs, "job_1",
		Upload{Path: "nieuw.txt", Data: []byte(letter("vuur", 2)), Meta: docs.Meta{Title: "Vuur", Groups: []string{"kern"}}},
		Upload{Path: "stuk.txt", Data: []byte("\x00\x01")})
	job := await(t, jobs, "job_1", final)
	if job.State != Done || job.Done != 2 || job.Files[0].Reason != "" || job.Files[1].Reason != says(load.NotText) || job.Files[0].DocumentID != id {
		t.Errorf("got %+v", job)
	}
	doc, err := b.store.Document(t.Context(), docs.Reader{Groups: []string{"kern"}}, id)
	if err != nil || doc.Title != "Vuur" || doc.Root != UploadRoot || doc.Path != "nieuw.txt" {
		t.Errorf("got %+v, %v", doc, err)
	}
	if _, err := b.store.Document(t.Context(), docs.Reader{}, id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("for others: got %v", err)
	}
	b.compare(t, nil)
	// A run over the folders leaves what was sent, and what was refused is gone.
	plan(t, "run", Report{Unchanged: 2}, b.run(t, nil))

	b.submit(t, jobs, "job_2", Upload{Path: "nieuw.txt", Data: []byte(letter("lucht", 1))})
	if job := await(t, jobs, "job_2", final); job.State != Done {
		t.Errorf("replaced: got %+v", job)
	}
	if doc, err := b.store.Document(t.Context(), docs.Reader{Groups: []string{"kern"}}, id); err != nil || doc.Title != "Brief over lucht" {
		t.Errorf("replaced: got %+v, %v", doc, err)
	}
	// Who said nothing of groups didn't open it.
	if _, err := b.store.Document(t.Context(), docs.Reader{}, id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("replaced, for others: got %v", err)
	}
	// A broken file leaves the document as it was.
	b.submit(t, jobs, "job_3", Upload{Path: "nieuw.txt", Data: []byte{}}, Upload{Path: "nieuw.txt", Data: []byte(" ")})
	job = await(t, jobs, "job_3", final)
	if job.State != Failed || job.Files[0].Reason != says(load.Empty) || job.Files[1].Reason != says(load.Empty) {
		t.Errorf("broken: got %+v", job)
	}
	plan(t, "run", Report{Unchanged: 2}, b.run(t, nil))

	b.submit(t, jobs, "job_4", Upload{Path: "nieuw.txt"}, Upload{Path: "nooit.txt"})
	if job := await(t, jobs, "job_4", final); job.State != Done || !job.Files[0].Remove {
		t.Errorf("removed: got %+v", job)
	}
	plan(t, "run", Report{Unchanged: 1}, b.run(t, nil))

	list, total, err := jobs.List(t.Context(), "jan", 1, 3)
	if err != nil || total != 4 || len(list) != 3 || list[0].ID != "job_4" {
		t.Errorf("list: got %d of %d, %v", len(list), total, err)
	}
	if _, err := jobs.Job(t.Context(), "piet", "job_1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another's: got %v", err)
	}
	if _, err := jobs.Cancel(t.Context(), "piet", "job_1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("cancel another's: got %v", err)
	}
	if job, err := jobs.Cancel(t.Context(), "jan", "job_1"); err != nil || job.State != Done {
		t.Errorf("cancel a finished one: got %+v, %v", job, err)
	}
}

// TestJobsOutliveTheProcess: what was accepted is done after a restart, once,
// also when the first process ended in the middle of a file.
func TestJobsOutliveTheProcess(t *testing.T) {
	b := newBench(t)
	reached, hold := make(chan struct{}, 8), make(chan struct{})
	slow := &embedder{name: "fake", dim: 4, fail: func() error {
		reached <- struct{}{}
		<-hold
		return context.Canceled
	}}
	jobs, stop := b.works(t, slow)
	b.submit(t, jobs, "job_1", Upload{Path: "a.txt", Data: []byte(letter("vuur", 1))}, Upload{Path: "b.txt", Data: []byte(letter("lucht", 1))})
	b.submit(t, jobs, "job_2", Upload{Path: "c.txt", Data: []byte(letter("aarde", 1))})
	<-reached
	go close(hold)
	stop()
	if got := contents(t, b.store); len(got) != 0 {
		t.Fatalf("taken over already: %v", got)
	}

	e := &embedder{name: "fake", dim: 4}
	jobs, _ = b.works(t, e)
	for _, id := range []string{"job_1", "job_2"} {
		if job := await(t, jobs, id, final); job.State != Done || job.Done != len(job.Files) {
			t.Errorf("%s: got %+v", id, job)
		}
	}
	embedded := len(e.texts)
	plan(t, "run", Report{Unchanged: 3}, b.run(t, e))
	if len(e.texts) != embedded {
		t.Errorf("the run embedded %d texts again", len(e.texts)-embedded)
	}
}

func TestJobsAreCancelled(t *testing.T) {
	b := newBench(t)
	reached, hold := make(chan struct{}, 8), make(chan struct{})
	e := &embedder{name: "fake", dim: 4, fail: func() error {
		select {
		case reached <- struct{}{}:
		default:
		}
		<-hold
		return nil
	}}
	jobs, _ := b.works(t, e)
	b.submit(t, jobs, "job_1", Upload{Path: "a.txt", Data: []byte(letter("vuur", 1))}, Upload{Path: "b.txt", Data: []byte(letter("lucht", 1))})
	b.submit(t, jobs, "job_2", Upload{Path: "c.txt", Data: []byte(letter("aarde", 1))})
	<-reached
	if job, err := jobs.Cancel(t.Context(), "jan", "job_2"); err != nil || job.State != Cancelled {
		t.Errorf("waiting: got %+v, %v", job, err)
	}
	if _, err := jobs.Cancel(t.Context(), "jan", "job_1"); err != nil {
		t.Fatal(err)
	}
	close(hold)
	job := await(t, jobs, "job_1", final)
	if job.State != Cancelled {
		t.Errorf("running: got %+v", job)
	}
	for _, path := range []string{"b.txt", "c.txt"} {
		if _, err := b.store.UploadData(t.Context(), path); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s was taken over all the same: %v", path, err)
		}
		if expected, err := b.store.UploadExpected(t.Context(), path); expected || err != nil {
			t.Errorf("%s is still expected, %v", path, err)
		}
	}
	list, _, err := jobs.List(t.Context(), "jan", 1, 10)
	if diff := cmp.Diff([]JobState{Cancelled, Cancelled}, []JobState{list[0].State, list[1].State}); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
