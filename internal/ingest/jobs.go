package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
)

// JobState says how far a job is.
type JobState string

// The states. The last three are final.
const (
	Waiting   JobState = "waiting"
	Running   JobState = "running"
	Done      JobState = "done"
	Failed    JobState = "failed"
	Cancelled JobState = "cancelled"
)

// Job is files that were sent, or are to be removed. What it has done stays
// done, whatever becomes of the rest.
type Job struct {
	ID        string    `json:"id"`
	Owner     string    `json:"owner"`
	State     JobState  `json:"state"`
	CreatedAt time.Time `json:"created_at"`
	// FinishedAt is zero until State is final.
	FinishedAt time.Time `json:"finished_at"`
	Files      []JobFile `json:"files"`
	// Done counts the files that are dealt with. Embedded of Pending texts of the
	// file at hand are embedded; neither is kept.
	Done              int `json:"done"`
	Embedded, Pending int `json:"-"`
}

// JobFile is one file of a job.
type JobFile struct {
	Path       string `json:"path"`
	DocumentID string `json:"document_id"`
	// Remove says that the document is to go.
	Remove bool `json:"remove"`
	// Reason is a Dutch sentence that says why the file was refused; empty for
	// one that wasn't.
	Reason string `json:"reason"`
}

// Upload is a file that is sent: with no Data, the document at its path goes.
type Upload struct {
	Path string
	Data []byte
	// Meta is what is said of it; it goes before what the file says. Without
	// groups, a file keeps those of the one that it replaces.
	Meta docs.Meta
	// New says that it replaces none.
	New bool
}

// keepJobs is how long a finished job can still be read.
const keepJobs = 30 * 24 * time.Hour

// retryJob is how long a job that failed for no fault of its files waits.
const retryJob = 10 * time.Second

// Jobs takes over files that are sent, one job after another. What Submit
// acknowledged is durable: a job that the process didn't finish is finished by
// the next. It is safe for concurrent use.
type Jobs struct {
	lg       *slog.Logger
	store    *store.Store
	ingester *Ingester
	wake     chan struct{}

	mu sync.Mutex
	// live are the jobs that aren't final, by id.
	live map[string]*live
	// changed is closed, and another made, whenever a job changes.
	changed chan struct{}
}

// live is a job that isn't final.
type live struct {
	job    Job                // written under Jobs.mu, by the goroutine of Run once it runs
	cancel context.CancelFunc // nil until it runs
	ended  bool               // somebody cancelled it
}

// NewJobs returns Jobs; Run does the work.
func NewJobs(lg *slog.Logger, st *store.Store, g *Ingester) *Jobs {
	return &Jobs{
		lg: lg, store: st, ingester: g, wake: make(chan struct{}, 1),
		live: make(map[string]*live), changed: make(chan struct{}),
	}
}

// Submit keeps files as a job with the given id, and returns it;
// store.ErrExists when one isn't new that says so.
func (j *Jobs) Submit(ctx context.Context, owner, id string, files []Upload) (Job, error) {
	job := Job{ID: id, Owner: owner, State: Waiting, CreatedAt: time.Now().UTC().Truncate(time.Millisecond)}
	kept := make([]store.Upload, len(files))
	for i, f := range files {
		meta, err := json.Marshal(f.Meta)
		if err != nil {
			return Job{}, fmt.Errorf("keep job: %w", err)
		}
		kept[i] = store.Upload{Path: f.Path, Data: f.Data, Meta: meta, New: f.New}
		job.Files = append(job.Files, JobFile{Path: f.Path, DocumentID: docs.NewID(UploadRoot, f.Path), Remove: f.Data == nil})
	}
	row, err := job.row()
	if err != nil {
		return Job{}, err
	}
	if err := j.store.AddUploadJob(ctx, row, kept); err != nil {
		return Job{}, err
	}
	j.mu.Lock()
	j.live[id] = &live{job: job}
	j.tell()
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
	return job.clone(), nil
}

// Job returns a job of the owner, as it is now; store.ErrNotFound for others.
func (j *Jobs) Job(ctx context.Context, owner, id string) (Job, error) {
	row, err := j.store.UploadJob(ctx, owner, id)
	if err != nil {
		return Job{}, err
	}
	return j.now(row)
}

// List returns a page of the owner's jobs, the latest first, and how many there
// are. Pages count from 1.
func (j *Jobs) List(ctx context.Context, owner string, page, perPage int) ([]Job, int, error) {
	rows, total, err := j.store.UploadJobs(ctx, owner, page, perPage)
	if err != nil {
		return nil, 0, err
	}
	list := make([]Job, len(rows))
	for i, row := range rows {
		if list[i], err = j.now(row); err != nil {
			return nil, 0, err
		}
	}
	return list, total, nil
}

// Changed returns a channel that is closed when any job has changed after the
// call.
func (j *Jobs) Changed() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.changed
}

// Cancel ends a job of the owner: what isn't done of it won't be. A job that is
// final stays as it is. Errors as Job.
func (j *Jobs) Cancel(ctx context.Context, owner, id string) (Job, error) {
	if _, err := j.Job(ctx, owner, id); err != nil {
		return Job{}, err
	}
	j.mu.Lock()
	l := j.live[id]
	waiting := l != nil && l.cancel == nil
	if l != nil {
		l.ended = true
		if l.cancel != nil {
			l.cancel()
		}
	}
	j.mu.Unlock()
	if waiting {
		if err := j.finish(ctx, l, Cancelled); err != nil {
			return Job{}, err
		}
	}
	return j.Job(ctx, owner, id)
}

// now is a job as it is in memory, or else as it was kept.
func (j *Jobs) now(row store.UploadJob) (Job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if l := j.live[row.ID]; l != nil {
		return l.job.clone(), nil
	}
	return parseJob(row)
}

func parseJob(row store.UploadJob) (Job, error) {
	var job Job
	if err := json.Unmarshal(row.State, &job); err != nil {
		return Job{}, fmt.Errorf("read job %s: %w", row.ID, err)
	}
	return job, nil
}

// row is a job as the store keeps it.
func (b *Job) row() (store.UploadJob, error) {
	state, err := json.Marshal(b)
	if err != nil {
		return store.UploadJob{}, fmt.Errorf("keep job %s: %w", b.ID, err)
	}
	return store.UploadJob{ID: b.ID, Owner: b.Owner, CreatedAt: b.CreatedAt, FinishedAt: b.FinishedAt, State: state}, nil
}

// clone shares nothing that the work writes to.
func (b Job) clone() Job {
	b.Files = slices.Clone(b.Files)
	return b
}

// tell wakes whoever waits for a change; the caller holds the lock.
func (j *Jobs) tell() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// Run does the jobs, those of before first, until ctx ends.
func (j *Jobs) Run(ctx context.Context) error {
	rows, err := j.store.OpenUploadJobs(ctx)
	if err != nil {
		return err
	}
	j.mu.Lock()
	for _, row := range rows {
		job, err := parseJob(row)
		if err != nil {
			j.mu.Unlock()
			return err
		}
		if j.live[job.ID] == nil {
			j.live[job.ID] = &live{job: job}
		}
	}
	j.mu.Unlock()
	for {
		if err := j.store.ExpireUploadJobs(ctx, time.Now().Add(-keepJobs)); err != nil && ctx.Err() == nil {
			j.lg.ErrorContext(ctx, "expire jobs", "error", err)
		}
		for l := j.next(); l != nil && ctx.Err() == nil; l = j.next() {
			j.do(ctx, l)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-j.wake:
		}
	}
}

// next is the oldest job that isn't final.
func (j *Jobs) next() *live {
	j.mu.Lock()
	defer j.mu.Unlock()
	var oldest *live
	for _, l := range j.live {
		if !l.ended && (oldest == nil || l.job.CreatedAt.Before(oldest.job.CreatedAt)) {
			oldest = l
		}
	}
	return oldest
}

// begin marks a job as running; false when it was cancelled just now.
func (j *Jobs) begin(l *live, cancel context.CancelFunc) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if l.ended {
		return false
	}
	l.job.State, l.cancel = Running, cancel
	j.tell()
	return true
}

// cancelled reports whether somebody cancelled a job.
func (j *Jobs) cancelled(l *live) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return l.ended
}

// do does a job. A failure that isn't the files' is tried again; the end of ctx
// leaves the job for the next process.
func (j *Jobs) do(ctx context.Context, l *live) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if !j.begin(l, cancel) {
		return
	}
	for i := l.job.Done; i < len(l.job.Files); i++ {
		err := j.ingester.take(ctx, &l.job, i, func(p Progress) {
			j.update(l, func(b *Job) { b.Embedded, b.Pending = p.Embedded, p.Pending })
		})
		var refused *load.Error
		switch {
		case ctx.Err() != nil && j.cancelled(l):
			j.end(ctx, l, Cancelled)
			return
		case ctx.Err() != nil:
			return
		case err != nil && !errors.As(err, &refused):
			j.lg.ErrorContext(ctx, "job is tried again", "job", l.job.ID, "after", retryJob, "error", err)
			i--
			if sleep(ctx, retryJob) != nil && !j.cancelled(l) {
				return
			}
			continue
		}
		if refused != nil {
			j.lg.WarnContext(ctx, "file refused", "job", l.job.ID, "root", UploadRoot, "path", l.job.Files[i].Path, "reason", refused.Reason)
		}
		j.update(l, func(b *Job) {
			b.Done, b.Embedded, b.Pending = i+1, 0, 0
			if refused != nil {
				b.Files[i].Reason = refused.Message()
			}
		})
		if err := j.save(ctx, l.job); err != nil && ctx.Err() == nil {
			j.lg.ErrorContext(ctx, "progress of a job isn't kept", "job", l.job.ID, "error", err)
		}
	}
	state := Done
	if !slices.ContainsFunc(l.job.Files, func(f JobFile) bool { return f.Reason == "" }) {
		state = Failed
	}
	j.end(ctx, l, state)
}

// end finishes a job, also when ctx ended meanwhile.
func (j *Jobs) end(ctx context.Context, l *live, state JobState) {
	if err := j.finish(context.WithoutCancel(ctx), l, state); err != nil {
		j.lg.ErrorContext(ctx, "end of a job isn't kept", "job", l.job.ID, "error", err)
		j.mu.Lock()
		delete(j.live, l.job.ID)
		j.mu.Unlock()
	}
}

// finish keeps a job's last state, and then shows it.
func (j *Jobs) finish(ctx context.Context, l *live, state JobState) error {
	j.mu.Lock()
	last := l.job.clone()
	j.mu.Unlock()
	last.State, last.FinishedAt = state, time.Now().UTC().Truncate(time.Millisecond)
	if err := j.save(ctx, last); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.live, last.ID)
	j.tell()
	return nil
}

// save keeps a job as it is.
func (j *Jobs) save(ctx context.Context, b Job) error {
	row, err := b.row()
	if err != nil {
		return err
	}
	return j.store.SaveUploadJob(ctx, row)
}

// update changes a job and tells whoever waits.
func (j *Jobs) update(l *live, change func(*Job)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&l.job)
	j.tell()
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
