package store

import (
	"errors"
	"testing"
	"time"
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
