package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bronwijzer/internal/record"
)

// Share opens one answer of the owner under id to whoever has that, and returns
// the id under which it is open: the one it had, if it was shared already.
// Errors as Answer.
func (s *Store) Share(ctx context.Context, owner, answerID, id string) (string, error) {
	err := s.write(ctx, "share answer "+answerID, func(tx *sql.Tx) error {
		if err := answerOf(ctx, tx, owner, answerID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO shares (id, answer_id, created_at) VALUES ($1, $2, $3)
			ON CONFLICT (answer_id) DO NOTHING`, id, answerID, micros(time.Now()))
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT id FROM shares WHERE answer_id = $1`, answerID).Scan(&id)
	})
	return id, err
}

// Unshare withdraws the link to an answer. That there is none is no error.
// Other errors as Answer.
func (s *Store) Unshare(ctx context.Context, owner, answerID string) error {
	return s.write(ctx, "withdraw answer "+answerID, func(tx *sql.Tx) error {
		if err := answerOf(ctx, tx, owner, answerID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM shares WHERE answer_id = $1`, answerID)
		return err
	})
}

// ShareOf is the id under which an answer of the owner is open, or "". Errors as
// Answer.
func (s *Store) ShareOf(ctx context.Context, owner, answerID string) (id string, err error) {
	err = s.read(ctx, "read share of answer "+answerID, func(tx *sql.Tx) error {
		if err := answerOf(ctx, tx, owner, answerID); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT id FROM shares WHERE answer_id = $1`, answerID).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	return id, err
}

// Shared returns the record that is open under id, or ErrNotFound.
func (s *Store) Shared(ctx context.Context, id string) (record.Answer, error) {
	a, err := scanAnswer(s.reader.QueryRowContext(ctx,
		`SELECT a.record FROM answers a JOIN shares s ON s.answer_id = a.id WHERE s.id = $1`, id).Scan)
	return a, failed(err, "read shared answer", id)
}

// answerOf is nil when the answer is there for this owner, as Answer says, and
// else sql.ErrNoRows.
func answerOf(ctx context.Context, tx *sql.Tx, owner, id string) error {
	var one int
	return tx.QueryRowContext(ctx, `SELECT 1 FROM answers a JOIN conversations c ON c.id = a.conversation_id
		WHERE a.id = $1 AND c.owner IN ('', $2)`, id, owner).Scan(&one)
}
