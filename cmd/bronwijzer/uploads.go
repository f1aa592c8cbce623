package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/httpapi"
	"bronwijzer/internal/ingest"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
)

// uploads lets clients add, replace and remove documents; it makes ingest.Jobs
// an httpapi.Jobs.
type uploads struct {
	store *store.Store
	jobs  *ingest.Jobs
}

var _ httpapi.Jobs = uploads{}

// Add implements httpapi.Jobs.
func (u uploads) Add(ctx context.Context, by access.Subject, files []httpapi.Upload) (httpapi.Job, error) {
	list := make([]ingest.Upload, len(files))
	for i, f := range files {
		if !load.Supported(f.Name) {
			return httpapi.Job{}, &chat.InvalidError{Field: "file", Message: fmt.Sprintf("%s: %s", f.Name, (&load.Error{Reason: load.Unsupported}).Message())}
		}
		switch taken, err := u.taken(ctx, &f); {
		case err != nil:
			return httpapi.Job{}, err
		case taken:
			return httpapi.Job{}, &httpapi.ConflictError{Message: fmt.Sprintf("Er is al een document %q; vervang het, of kies een andere naam.", f.Name)}
		}
		list[i] = ingest.Upload{Path: f.Name, Data: f.Data, Meta: f.Meta, New: true}
	}
	if err := u.supersedes(ctx, by, list); err != nil {
		return httpapi.Job{}, err
	}
	job, err := u.submit(ctx, by, list)
	if errors.Is(err, store.ErrExists) {
		err = &httpapi.ConflictError{Message: "Iemand voegt op dit moment een document met dezelfde naam toe; kies een andere naam."}
	}
	return job, err
}

// taken reports whether a new file can't have its name. That of a limited
// document which is gone is free for its own groups only: the texts of it that
// are kept would be others' to read.
func (u uploads) taken(ctx context.Context, f *httpapi.Upload) (bool, error) {
	if taken, err := u.store.UploadExpected(ctx, f.Name); taken || err != nil {
		return taken, err
	}
	groups, err := u.store.GroupsOfGone(ctx, docs.NewID(ingest.UploadRoot, f.Name))
	return len(groups) > 0 && !slices.Equal(groups, f.Meta.Groups), err
}

// Replace implements httpapi.Jobs. The document keeps its name, and so its id, and
// its groups unless the file comes with others.
func (u uploads) Replace(ctx context.Context, by access.Subject, documentID string, f httpapi.Upload) (httpapi.Job, error) {
	old, err := u.sent(ctx, by, documentID)
	if err != nil {
		return httpapi.Job{}, err
	}
	if was, is := path.Ext(old.Path), path.Ext(f.Name); !strings.EqualFold(was, is) {
		return httpapi.Job{}, &httpapi.ConflictError{Message: fmt.Sprintf("Het document is een %s-bestand; stuur er weer zo een, of voeg het nieuwe toe en verwijder het oude.", was)}
	}
	list := []ingest.Upload{{Path: old.Path, Data: f.Data, Meta: f.Meta}}
	if err := u.supersedes(ctx, by, list); err != nil {
		return httpapi.Job{}, err
	}
	return u.submit(ctx, by, list)
}

// supersedes refuses files that would take the place of a document which the
// sender doesn't see: what others are told of that one is for who may read it. One
// that comes with them will do.
func (u uploads) supersedes(ctx context.Context, by access.Subject, files []ingest.Upload) error {
	coming := map[string]bool{}
	for _, f := range files {
		coming[docs.NewID(ingest.UploadRoot, f.Path)] = true
	}
	for _, f := range files {
		for _, old := range f.Meta.Supersedes {
			id := docs.Refer(ingest.UploadRoot, old)
			if coming[id] {
				continue
			}
			_, err := u.store.Document(ctx, by.Reader(), id)
			if errors.Is(err, store.ErrNotFound) {
				return &chat.InvalidError{Field: "metadata", Message: fmt.Sprintf("%s: er is geen document %q waarvoor het in de plaats kan komen.", f.Path, old)}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Remove implements httpapi.Jobs.
func (u uploads) Remove(ctx context.Context, by access.Subject, documentID string) (httpapi.Job, error) {
	old, err := u.sent(ctx, by, documentID)
	if err != nil {
		return httpapi.Job{}, err
	}
	return u.submit(ctx, by, []ingest.Upload{{Path: old.Path}})
}

// sent is a document that was sent and that the subject may see. Those of a
// folder are changed in the folder: they would come back from it.
func (u uploads) sent(ctx context.Context, by access.Subject, documentID string) (store.DocumentInfo, error) {
	d, err := u.store.Document(ctx, by.Reader(), documentID)
	if err == nil && d.Root != ingest.UploadRoot {
		err = &httpapi.ConflictError{Message: "Dit document komt uit een map op de server; verander of verwijder het daar."}
	}
	return d, known(err)
}

func (u uploads) submit(ctx context.Context, by access.Subject, files []ingest.Upload) (httpapi.Job, error) {
	job, err := u.jobs.Submit(ctx, by.ID, "job_"+strings.ToLower(rand.Text()), files)
	return jobInfo(&job), err
}

// Jobs implements httpapi.Jobs.
func (u uploads) Jobs(ctx context.Context, by access.Subject, page, perPage int) ([]httpapi.Job, int, error) {
	list, total, err := u.jobs.List(ctx, by.ID, page, perPage)
	out := make([]httpapi.Job, len(list))
	for i := range list {
		out[i] = jobInfo(&list[i])
	}
	return out, total, err
}

// Job implements httpapi.Jobs.
func (u uploads) Job(ctx context.Context, by access.Subject, id string) (httpapi.Job, error) {
	job, err := u.jobs.Job(ctx, by.ID, id)
	return jobInfo(&job), known(err)
}

// Cancel implements httpapi.Jobs.
func (u uploads) Cancel(ctx context.Context, by access.Subject, id string) (httpapi.Job, error) {
	job, err := u.jobs.Cancel(ctx, by.ID, id)
	return jobInfo(&job), known(err)
}

// Changed implements httpapi.Jobs.
func (u uploads) Changed() <-chan struct{} { return u.jobs.Changed() }

func jobInfo(j *ingest.Job) httpapi.Job {
	out := httpapi.Job{
		ID: j.ID, State: string(j.State), CreatedAt: j.CreatedAt,
		Done: j.Done, Total: len(j.Files), Embedded: j.Embedded, Pending: j.Pending,
	}
	if !j.FinishedAt.IsZero() {
		out.FinishedAt = &j.FinishedAt
	}
	for _, f := range j.Files {
		out.Documents = append(out.Documents, httpapi.JobDocument{ID: f.DocumentID, Path: f.Path, Remove: f.Remove})
		if f.Reason != "" {
			out.Errors = append(out.Errors, httpapi.JobError{Path: f.Path, Message: f.Reason})
		}
	}
	return out
}

// work does the jobs until ctx ends.
func (a *app) work(ctx context.Context) error {
	if err := a.jobs.Run(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return ctx.Err()
}
