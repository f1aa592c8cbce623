package store

import (
	"context"
	"database/sql"
	"time"
)

// Upload is a file that was sent, or is to be taken over.
type Upload struct {
	Path string
	// Data is the file; nil stands for its removal, where that is possible.
	Data []byte
	// Meta is what was said of it, as JSON that its reader understands.
	Meta []byte
	// New says that no file may be at Path, nor be about to.
	New bool
}

// UploadMetas returns what was said of every uploaded file, by path.
func (s *Store) UploadMetas(ctx context.Context) (map[string]string, error) {
	return s.pairs(ctx, "list uploads", `SELECT path, meta FROM uploads`)
}

// UploadData returns the bytes of an uploaded file, or ErrNotFound.
func (s *Store) UploadData(ctx context.Context, path string) ([]byte, error) {
	var data []byte
	err := s.reader.QueryRowContext(ctx, `SELECT data FROM uploads WHERE path = $1`, path).Scan(&data)
	return data, failed(err, "read upload", path)
}

// UploadJob is work that was accepted.
type UploadJob struct {
	ID, Owner string
	CreatedAt time.Time
	// FinishedAt is zero while there is something to do.
	FinishedAt time.Time
	// State is JSON that whoever does the work understands.
	State []byte
}

// AddUploadJob keeps work and its files: all of it is durable when it returns nil.
// ErrExists when one of them isn't as new as it has to be.
func (s *Store) AddUploadJob(ctx context.Context, j UploadJob, files []Upload) error {
	return s.write(ctx, "keep job "+j.ID, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO jobs (id, owner, created_at, finished_at, job) VALUES ($1, $2, $3, 0, $4)`,
			j.ID, j.Owner, micros(j.CreatedAt), string(j.State))
		for i := 0; i < len(files) && err == nil; i++ {
			err = addJobFile(ctx, tx, j.ID, i, &files[i])
		}
		return err
	})
}

func addJobFile(ctx context.Context, tx *sql.Tx, jobID string, ordinal int, f *Upload) error {
	if f.New {
		switch expected, err := uploadExpected(ctx, tx, f.Path); {
		case err != nil:
			return err
		case expected:
			return ErrExists
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO job_files (job_id, ordinal, path, data, meta) VALUES ($1, $2, $3, $4, $5)`,
		jobID, ordinal, f.Path, f.Data, string(f.Meta))
	return err
}

// SaveUploadJob replaces a job's state. One that is finished loses the files that
// it didn't take over, and nothing of them is left.
func (s *Store) SaveUploadJob(ctx context.Context, j UploadJob) error {
	what, finished := "keep job "+j.ID, int64(0)
	update := func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE jobs SET job = $1, finished_at = $2 WHERE id = $3`, string(j.State), finished, j.ID)
		return err
	}
	if j.FinishedAt.IsZero() {
		return s.write(ctx, what, update)
	}
	finished = micros(j.FinishedAt)
	return s.erase(ctx, what, func(tx *sql.Tx) error {
		if err := update(tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM job_files WHERE job_id = $1`, j.ID)
		return err
	})
}

const selectJob = `SELECT id, owner, created_at, finished_at, job FROM jobs `

func scanJob(scan scan) (UploadJob, error) {
	var j UploadJob
	var created, finished int64
	err := scan(&j.ID, &j.Owner, &created, &finished, &j.State)
	j.CreatedAt = fromMicros(created)
	if finished != 0 {
		j.FinishedAt = fromMicros(finished)
	}
	return j, err
}

// UploadJob returns a job of the owner. An unknown one and another's are
// ErrNotFound; one of nobody in particular is open to every owner.
func (s *Store) UploadJob(ctx context.Context, owner, id string) (UploadJob, error) {
	j, err := scanJob(s.reader.QueryRowContext(ctx, selectJob+`WHERE id = $1 AND owner IN ('', $2)`, id, owner).Scan)
	return j, failed(err, "read job", id)
}

// UploadJobs returns a page of the owner's jobs, the latest first, and how many
// there are. page and perPage count from 1; a page past the end is empty.
func (s *Store) UploadJobs(ctx context.Context, owner string, page, perPage int) ([]UploadJob, int, error) {
	list, total := []UploadJob{}, 0
	err := s.read(ctx, "list jobs", func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM jobs WHERE owner = $1`, owner).Scan(&total); err != nil {
			return err
		}
		return each(ctx, tx, func(scan scan) error {
			j, err := scanJob(scan)
			list = append(list, j)
			return err
		}, selectJob+`WHERE owner = $1 ORDER BY created_at DESC, id LIMIT $2 OFFSET $3`, owner, perPage, (page-1)*perPage)
	})
	return list, total, err
}

// OpenUploadJobs returns the jobs that aren't finished, oldest first.
func (s *Store) OpenUploadJobs(ctx context.Context) ([]UploadJob, error) {
	list := []UploadJob{}
	err := s.read(ctx, "list open jobs", func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			j, err := scanJob(scan)
			list = append(list, j)
			return err
		}, selectJob+`WHERE finished_at = 0 ORDER BY created_at, id`)
	})
	return list, err
}

// ExpireUploadJobs forgets the jobs that were finished before a time.
func (s *Store) ExpireUploadJobs(ctx context.Context, before time.Time) error {
	return s.write(ctx, "expire jobs", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE finished_at BETWEEN 1 AND $1`, micros(before))
		return err
	})
}

// JobFile returns a file of a job; ErrNotFound once it was taken over.
func (s *Store) JobFile(ctx context.Context, jobID string, ordinal int) (Upload, error) {
	var u Upload
	var gone bool
	err := s.reader.QueryRowContext(ctx, `SELECT path, data, meta, data IS NULL FROM job_files WHERE job_id = $1 AND ordinal = $2`,
		jobID, ordinal).Scan(&u.Path, &u.Data, &u.Meta, &gone)
	if !gone && u.Data == nil {
		u.Data = []byte{} // the driver has nil for a file without bytes too
	}
	return u, failed(err, "read file of job", jobID)
}

// TakeOver makes a file of a job the uploaded one of its path, with meta as what
// was said of it, or removes that. ErrNotFound when the job has it no more.
func (s *Store) TakeOver(ctx context.Context, jobID string, ordinal int, meta []byte) error {
	return s.write(ctx, "take over file of job "+jobID, func(tx *sql.Tx) error {
		var path string
		var gone bool
		err := tx.QueryRowContext(ctx, `SELECT path, data IS NULL FROM job_files WHERE job_id = $1 AND ordinal = $2`,
			jobID, ordinal).Scan(&path, &gone)
		if err != nil {
			return err
		}
		if gone {
			_, err = tx.ExecContext(ctx, `DELETE FROM uploads WHERE path = $1`, path)
		} else {
			_, err = tx.ExecContext(ctx, `INSERT INTO uploads (path, data, meta, uploaded_at)
				SELECT path, data, $4, $3 FROM job_files WHERE job_id = $1 AND ordinal = $2
				ON CONFLICT (path) DO UPDATE SET data = excluded.data, meta = excluded.meta, uploaded_at = excluded.uploaded_at`,
				jobID, ordinal, micros(time.Now()), string(meta))
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM job_files WHERE job_id = $1 AND ordinal = $2`, jobID, ordinal)
		}
		return err
	})
}

// UploadExpected reports whether a path is uploaded, or about to be by open work.
func (s *Store) UploadExpected(ctx context.Context, path string) (bool, error) {
	expected, err := uploadExpected(ctx, s.reader, path)
	return expected, failed(err, "look for upload", path)
}

// row is what a database and a transaction have in common.
type row interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func uploadExpected(ctx context.Context, q row, path string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM uploads WHERE path = $1) +
		(SELECT COUNT(*) FROM job_files WHERE path = $1 AND data IS NOT NULL)`, path).Scan(&n)
	return n > 0, err
}
