package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// nameBreak stands between names in a column, in which there is none.
const nameBreak = "\n"

// groupColumn has the groups of document d, sorted, for splitNames.
const groupColumn = `COALESCE((SELECT string_agg(name, '` + nameBreak + `') FROM
	(SELECT name FROM document_groups g WHERE g.document_id = d.id ORDER BY name) AS names), '')`

func splitNames(column string) []string {
	if column == "" {
		return nil
	}
	return strings.Split(column, nameBreak)
}

// Groups returns the groups, sorted, that each document of a root is limited to,
// by path; none lets everybody read it.
func (s *Store) Groups(ctx context.Context, root string) (map[string][]string, error) {
	columns, err := s.pairs(ctx, "read groups", `SELECT d.path, `+groupColumn+` FROM documents d WHERE d.root = $1`, root)
	groups := make(map[string][]string, len(columns))
	for path, column := range columns {
		groups[path] = splitNames(column)
	}
	return groups, err
}

// GroupsOfGone returns the groups, sorted, that a document was limited to which is
// gone, but has texts that are still kept. They would be opened, or closed, with
// another document under its id.
func (s *Store) GroupsOfGone(ctx context.Context, id string) ([]string, error) {
	return s.column(ctx, "read groups of "+id, `SELECT g.name FROM document_groups g WHERE g.document_id = $1
		AND EXISTS (SELECT 1 FROM versions v WHERE v.document_id = $1)
		AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.id = $1) ORDER BY g.name`, id)
}

// SetGroups says who may read a document from now on, in all its versions.
func (s *Store) SetGroups(ctx context.Context, id string, groups []string) error {
	return s.write(ctx, "limit document "+id, func(tx *sql.Tx) error { return putGroups(ctx, tx, id, groups) })
}

func putGroups(ctx context.Context, tx *sql.Tx, id string, groups []string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM document_groups WHERE document_id = $1`, id); err != nil {
		return err
	}
	for _, name := range groups {
		_, err := tx.ExecContext(ctx, `INSERT INTO document_groups (document_id, name) VALUES ($1, $2)
			ON CONFLICT (document_id, name) DO NOTHING`, id, name)
		if err != nil {
			return err
		}
	}
	return nil
}

// readable is a condition that holds for the documents that a reader may see;
// column has their id. Its placeholders begin with number from and stand for the
// arguments that come with it.
func readable(r docs.Reader, column string, from int) (condition string, args []any) {
	if r.All {
		return "1 = 1", nil
	}
	limits := "SELECT 1 FROM document_groups g WHERE g.document_id = " + column
	condition = "NOT EXISTS (" + limits + ")"
	if len(r.Groups) == 0 {
		return condition, nil
	}
	for _, name := range r.Groups {
		args = append(args, name)
	}
	return "(" + condition + " OR EXISTS (" + limits + " AND g.name IN " + placeholders(from, len(args)) + "))", args
}

// May reports whether the reader may see every one of the documents. What nobody
// limited, or nobody knows, everybody may see.
func (s *Store) May(ctx context.Context, r docs.Reader, ids []string) (bool, error) {
	for some := range slices.Chunk(ids, maxIDs) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		seen, groups := readable(r, "g0.document_id", len(args)+1)
		var hidden int
		err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM document_groups g0 WHERE g0.document_id IN `+
			placeholders(1, len(args))+` AND NOT `+seen, append(args, groups...)...).Scan(&hidden)
		if err != nil || hidden > 0 {
			return false, failed(err, "read groups", "")
		}
	}
	return true, nil
}

// Before returns the records of a conversation that came before one of them,
// oldest first, whoever they belong to: what was said there may speak from its
// search question.
func (s *Store) Before(ctx context.Context, a *record.Answer) ([]record.Answer, error) {
	var before []record.Answer
	err := s.read(ctx, "read what was said before "+a.ID, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			b, err := scanAnswer(scan)
			before = append(before, b)
			return err
		}, `SELECT b.record FROM answers b JOIN answers a ON a.conversation_id = b.conversation_id
			WHERE a.id = $1 AND b.id <> a.id AND b.created_at <= a.created_at ORDER BY b.created_at, b.id`, a.ID)
	})
	return before, err
}
