package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
	"bronwijzer/internal/docs"
)

// Upload is a file that a client sends, with what it says of it.
type Upload struct {
	// Name is the file's name, without folders; its extension says what it is.
	Name string
	Data []byte
	Meta docs.Meta
}

// Jobs takes documents over that clients send. Each call is durable when it
// returns, and done afterwards. A name or document that can't be taken gives a
// *chat.InvalidError or a *ConflictError; an unknown document or job, and one
// that isn't for the subject, chat.ErrNotFound.
type Jobs interface {
	Add(ctx context.Context, by access.Subject, files []Upload) (Job, error)
	// Replace takes a file in the place of a document that was sent.
	Replace(ctx context.Context, by access.Subject, documentID string, file Upload) (Job, error)
	Remove(ctx context.Context, by access.Subject, documentID string) (Job, error)
	// Jobs returns a page of the subject's, the latest first, and how many there
	// are.
	Jobs(ctx context.Context, by access.Subject, page, perPage int) ([]Job, int, error)
	Job(ctx context.Context, by access.Subject, id string) (Job, error)
	// Cancel ends what isn't done yet and returns the job as it is then.
	Cancel(ctx context.Context, by access.Subject, id string) (Job, error)
	// Changed returns a channel that is closed when any job changes after the
	// call.
	Changed() <-chan struct{}
}

// Job is work on documents.
type Job struct {
	ID string `json:"id"`
	// State is waiting, running, done, failed or cancelled.
	State     string    `json:"state"`
	CreatedAt time.Time `json:"created_at"`
	// FinishedAt is nil until the state is one of the last three.
	FinishedAt *time.Time `json:"finished_at"`
	// Done of Total files are dealt with; of the one at hand Embedded of Pending
	// texts are embedded.
	Done     int `json:"done"`
	Total    int `json:"total"`
	Embedded int `json:"embedded"`
	Pending  int `json:"pending"`
	// Documents are the ids of the documents that the files are or were.
	Documents []JobDocument `json:"documents"`
	// Errors are the files that were refused.
	Errors []JobError `json:"errors"`
}

// JobDocument is what a job does to one document.
type JobDocument struct {
	ID     string `json:"id"`
	Path   string `json:"path"`
	Remove bool   `json:"remove"`
}

// JobError is a file that was refused; Message is a Dutch sentence.
type JobError struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// final reports whether nothing changes any more.
func (j *Job) final() bool { return j.FinishedAt != nil }

// shownJob has lists that aren't null.
func shownJob(j Job) Job {
	j.Documents, j.Errors = notNull(j.Documents), notNull(j.Errors)
	return j
}

// getJobs lists the caller's own. Somebody without any identity has none, as
// with conversations.
func (a *api) getJobs(c *gin.Context) error {
	page, perPage, err := paging(c)
	if err != nil {
		return err
	}
	var list []Job
	total := 0
	if by := subjectOf(c); by.ID != "" {
		if list, total, err = a.Jobs.Jobs(c.Request.Context(), by, page, perPage); err != nil {
			return err
		}
	}
	for i := range list {
		list[i] = shownJob(list[i])
	}
	writeJSON(c, http.StatusOK, struct {
		Jobs    []Job `json:"jobs"`
		Page    int   `json:"page"`
		PerPage int   `json:"per_page"`
		Total   int   `json:"total"`
	}{notNull(list), page, perPage, total})
	return nil
}

// getJob shows one.
func (a *api) getJob(c *gin.Context) error {
	id := pathID(c)
	job, err := a.Jobs.Job(c.Request.Context(), subjectOf(c), id)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, shownJob(job))
	return nil
}

// deleteJob cancels one.
func (a *api) deleteJob(c *gin.Context) error {
	id := pathID(c)
	job, err := a.Jobs.Cancel(c.Request.Context(), subjectOf(c), id)
	if err != nil {
		return fmt.Errorf("cancel job: %w", err)
	}
	writeJSON(c, http.StatusOK, shownJob(job))
	return nil
}

// getJobEvents follows one: an event progress with the job for every change, as
// fast as the client reads, and at last done or error.
func (a *api) getJobEvents(c *gin.Context) error {
	id := pathID(c)
	s := newStream(c.Writer)
	return a.follow(c, s, s, func(ctx context.Context) error {
		return a.followJob(ctx, c, s, id)
	})
}

// followJob lets nobody follow on whose key or session is over: a job may take
// longer than they are good for.
func (a *api) followJob(ctx context.Context, c *gin.Context, s *stream, id string) error {
	var last Job
	for by := subjectOf(c); ; {
		changed := a.Jobs.Changed() // asked for first, so that no change is missed
		job, err := a.Jobs.Job(ctx, by, id)
		switch {
		case err != nil:
			return err
		case job.final():
			return s.send("done", shownJob(job))
		case !reflect.DeepEqual(job, last): // any job's change wakes
			err = s.send("progress", shownJob(job))
		}
		if err != nil {
			return err
		}
		last = job
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		if by.Known() {
			if err := a.admit(c, routeOf(c)); err != nil {
				return err
			}
		}
	}
}
