package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Expire removes the records made before a time, with their feedback, and the
// conversations that have none left. A conversation that goes on loses the
// title that its first question gave it. It returns how many records went.
func (s *Store) Expire(ctx context.Context, before time.Time) (int, error) {
	var removed int64
	err := s.erase(ctx, "expire answers", func(tx *sql.Tx) error {
		touched, err := conversationsBefore(ctx, tx, before)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE created_at < $1`, micros(before))
		if err != nil {
			return err
		}
		if removed, err = result.RowsAffected(); err != nil {
			return err
		}
		for _, id := range touched {
			if err := retitle(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return int(removed), err
}

func conversationsBefore(ctx context.Context, tx *sql.Tx, before time.Time) ([]string, error) {
	var ids []string
	err := each(ctx, tx, func(scan scan) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT DISTINCT conversation_id FROM answers WHERE created_at < $1`, micros(before))
	return ids, err
}

// retitle names a conversation after its oldest record, or removes it when it
// has none.
func retitle(ctx context.Context, tx *sql.Tx, id string) error {
	oldest, err := scanAnswer(tx.QueryRowContext(ctx,
		`SELECT record FROM answers WHERE conversation_id = $1 ORDER BY created_at, id LIMIT 1`, id).Scan)
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE conversations SET title = $1 WHERE id = $2 AND renamed = 0`, title(oldest.Question), id)
		return err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM conversations WHERE id = $1`, id)
	return err
}
