package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// AddJob keeps work to do, durably, under a key; added is false, and nothing
// kept, where that key was ever added before.
func (s *Store) AddJob(ctx context.Context, key string, job []byte) (id int64, added bool, err error) {
	// Most repetitions come when the first is long there: these don't have to
	// wait for whoever is writing.
	err = s.reader.QueryRowContext(ctx, `SELECT id FROM slack_jobs WHERE key = $1`, key).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, false, failed(err, "look up job", "")
	}
	err = s.write(ctx, "keep job", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO slack_jobs (key, job, done_at) VALUES ($1, $2, 0)
			ON CONFLICT (key) DO NOTHING RETURNING id`, key, string(job)).Scan(&id)
		added = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return id, added && err == nil, err
}

// SaveJob replaces what is kept of pending work.
func (s *Store) SaveJob(ctx context.Context, id int64, job []byte) error {
	return s.write(ctx, "save job", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE slack_jobs SET job = $1 WHERE id = $2 AND done_at = 0`, string(job), id)
		return err
	})
}

// FinishJob forgets what the work was. Its key stays known.
func (s *Store) FinishJob(ctx context.Context, id int64) error {
	return s.write(ctx, "finish job", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE slack_jobs SET job = '', done_at = $1 WHERE id = $2`, micros(time.Now()), id)
		return err
	})
}

// DropJob forgets work and its key: the same may be added again.
func (s *Store) DropJob(ctx context.Context, id int64) error {
	return s.write(ctx, "drop job", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM slack_jobs WHERE id = $1`, id)
		return err
	})
}

// PendingJobs hands unfinished work to f, in the order in which it was added.
func (s *Store) PendingJobs(ctx context.Context, f func(id int64, job []byte) error) error {
	return s.read(ctx, "read jobs", func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			var id int64
			var job []byte
			if err := scan(&id, &job); err != nil {
				return err
			}
			return f(id, job)
		}, `SELECT id, job FROM slack_jobs WHERE done_at = 0 ORDER BY id`)
	})
}

// Thread returns the conversation of a thread; empty where there is none, or
// none any more.
func (s *Store) Thread(ctx context.Context, thread string) (conversationID string, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT conversation_id FROM slack_threads WHERE thread = $1`, thread).Scan(&conversationID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return conversationID, failed(err, "read thread", "")
}

// SetThread keeps the conversation of a thread. It is forgotten with the
// conversation.
func (s *Store) SetThread(ctx context.Context, thread, conversationID string) error {
	return s.write(ctx, "keep thread", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO slack_threads (thread, conversation_id) VALUES ($1, $2)
			ON CONFLICT (thread) DO UPDATE SET conversation_id = excluded.conversation_id`, thread, conversationID)
		return err
	})
}

// Told reports whether SetTold was called for a person.
func (s *Store) Told(ctx context.Context, person string) (bool, error) {
	var one int
	err := s.reader.QueryRowContext(ctx, `SELECT 1 FROM slack_people WHERE person = $1`, person).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, failed(err, "look up person", "")
}

// SetTold notes that a person was told that answers are made automatically.
func (s *Store) SetTold(ctx context.Context, person string) error {
	return s.write(ctx, "note person", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO slack_people (person, told_at) VALUES ($1, $2)
			ON CONFLICT (person) DO NOTHING`, person, micros(time.Now()))
		return err
	})
}

// ExpireJobs forgets the keys of work that was finished before a time, and who
// was told before it. What was erased of finished work is then gone from the
// log beside the database too.
func (s *Store) ExpireJobs(ctx context.Context, before time.Time) error {
	return s.erase(ctx, "expire jobs", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM slack_jobs WHERE done_at > 0 AND done_at < $1`, micros(before))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM slack_people WHERE told_at < $1`, micros(before))
		return err
	})
}
