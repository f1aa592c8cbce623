package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestUploadEmpty: a file without bytes is a file, and no removal.
func TestUploadEmpty(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	job := UploadJob{ID: "job_1", CreatedAt: time.Now(), State: []byte("{}")}
	files := []Upload{{Path: "leeg.txt", Data: []byte{}, Meta: []byte("{}")}, {Path: "weg.txt", Meta: []byte("{}")}}
	if err := s.AddUploadJob(ctx, job, files); err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		got, err := s.JobFile(ctx, job.ID, i)
		if err != nil || (got.Data == nil) != (f.Data == nil) {
			t.Errorf("%s: got %#v, %v", f.Path, got.Data, err)
		}
		if err := s.TakeOver(ctx, job.ID, i, f.Meta); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.UploadData(ctx, "leeg.txt"); err != nil {
		t.Error(err)
	}
	if _, err := s.UploadData(ctx, "weg.txt"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestEraseJobs: what somebody sent isn't remembered once it is done.
func TestEraseJobs(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	for _, owner := range []string{"jan", "piet"} {
		for _, id := range []string{"job_done_" + owner, "job_open_" + owner} {
			job := UploadJob{ID: id, Owner: owner, CreatedAt: time.Now(), State: []byte("{}")}
			if err := s.AddUploadJob(ctx, job, nil); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(id, "job_done") {
				job.FinishedAt = time.Now()
				if err := s.SaveUploadJob(ctx, job); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if _, err := s.EraseSubject(ctx, "jan"); err != nil {
		t.Fatal(err)
	}
	ids, err := s.column(ctx, "list jobs", `SELECT id FROM jobs ORDER BY id`)
	if diff := cmp.Diff([]string{"job_done_piet", "job_open_jan", "job_open_piet"}, ids); diff != "" || err != nil {
		t.Errorf("(-want +got), %v:\n%s", err, diff)
	}
}
