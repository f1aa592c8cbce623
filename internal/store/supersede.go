package store

import (
	"context"
	"database/sql"
	"slices"

	"bronwijzer/internal/docs"
)

// supersedesColumn has what document d takes the place of, sorted, for
// splitNames.
const supersedesColumn = `COALESCE((SELECT string_agg(supersedes, '` + nameBreak + `') FROM
	(SELECT supersedes FROM supersessions s WHERE s.document_id = d.id ORDER BY supersedes) AS old), '')`

// putSupersedes keeps what a document takes the place of; forget removed what was
// kept before.
func putSupersedes(ctx context.Context, tx *sql.Tx, doc *docs.Document) error {
	for _, id := range doc.Supersedes {
		_, err := tx.ExecContext(ctx, `INSERT INTO supersessions (document_id, supersedes) VALUES ($1, $2)
			ON CONFLICT (document_id, supersedes) DO NOTHING`, doc.ID, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// Superseded returns those of the documents that others, which the reader may
// see, take the place of.
func (s *Store) Superseded(ctx context.Context, r docs.Reader, ids []string) (map[string]bool, error) {
	found := make(map[string]bool)
	for some := range slices.Chunk(ids, maxIDs) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		seen, groups := readable(r, "s.document_id", len(args)+1)
		list, err := s.column(ctx, "read successors", `SELECT DISTINCT s.supersedes FROM supersessions s WHERE s.supersedes IN `+
			placeholders(1, len(args))+` AND s.supersedes <> s.document_id AND `+seen, append(args, groups...)...)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			found[id] = true
		}
	}
	return found, nil
}
