package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"bronwijzer/internal/docs"
)

// DocumentInfo is a document as lists show it.
type DocumentInfo struct {
	docs.Document // without Text and Blocks
	// Characters is the length of the text in code points.
	Characters int
	// Passages counts them.
	Passages int
}

// Roots returns the folder of every root, absolute, by name.
func (s *Store) Roots(ctx context.Context) (map[string]string, error) {
	return s.pairs(ctx, "read roots", `SELECT name, path FROM roots`)
}

// SetRoot keeps a root's folder. A folder has one name: it is an error when it
// is known under another.
func (s *Store) SetRoot(ctx context.Context, name, path string) error {
	return s.write(ctx, "keep root "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO roots (name, path) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET path = excluded.path`, name, path)
		return err
	})
}

// Fingerprints returns the fingerprint of every document of a root, by path.
func (s *Store) Fingerprints(ctx context.Context, root string) (map[string]string, error) {
	return s.pairs(ctx, "read fingerprints", `SELECT path, fingerprint FROM documents WHERE root = $1`, root)
}

// maxIDs bounds the placeholders of one statement.
const maxIDs = 500

// CurrentVersions returns the current version of those of the documents that
// are still there, by id.
func (s *Store) CurrentVersions(ctx context.Context, ids []string) (map[string]string, error) {
	current := make(map[string]string, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), maxIDs)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		some, err := s.pairs(ctx, "read versions", `SELECT id, version FROM documents WHERE id IN `+placeholders(1, n), args...)
		if err != nil {
			return nil, err
		}
		for id, version := range some {
			current[id] = version
		}
		ids = ids[n:]
	}
	return current, nil
}

// placeholders is a list ($from, …) of n placeholders.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ", $%d", from+i)
	}
	return "(" + strings.TrimPrefix(b.String(), ", ") + ")"
}

// pairs collects a query of two columns.
func (s *Store) pairs(ctx context.Context, what, query string, args ...any) (map[string]string, error) {
	found := map[string]string{}
	err := s.read(ctx, what, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			var key, value string
			err := scan(&key, &value)
			found[key] = value
			return err
		}, query, args...)
	})
	return found, err
}

// PutDocument takes over a document with its passages: a new one, or instead of
// what had its id. Its root has to be kept already. It returns the ids of the
// passages that it replaced. The text that it replaced stays readable for an
// hour, and for as long as a record cites it; see Collect. Blocks aren't kept.
func (s *Store) PutDocument(ctx context.Context, doc docs.Document, passages []docs.Passage, fingerprint string) ([]string, error) {
	if doc.Version != docs.Version(doc.Text) {
		return nil, fmt.Errorf("keep document %s: version isn't that of the text", doc.ID)
	}
	var replaced []string
	err := s.write(ctx, "keep document "+doc.ID, func(tx *sql.Tx) (err error) {
		if replaced, err = forget(ctx, tx, doc.ID); err != nil {
			return err
		}
		if err := putText(ctx, tx, &doc); err != nil {
			return err
		}
		if err := putGroups(ctx, tx, doc.ID, doc.Groups); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO documents (id, root, path, version, fingerprint, title, publisher, kind,
				date, dossier, source_url, language, characters, passages, ingested_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			doc.ID, doc.Root, doc.Path, doc.Version, fingerprint, doc.Title, doc.Publisher, doc.Kind, doc.Date, doc.Dossier,
			doc.SourceURL, doc.Language, docs.Characters(doc.Text), len(passages), micros(doc.IngestedAt))
		if err != nil {
			return err
		}
		if err := putSupersedes(ctx, tx, &doc); err != nil {
			return err
		}
		return putPassages(ctx, tx, &doc, passages)
	})
	return replaced, err
}

// RemoveDocument removes a document and returns the ids of its passages. Its
// text stays readable as PutDocument says. An unknown id is ErrNotFound.
func (s *Store) RemoveDocument(ctx context.Context, id string) ([]string, error) {
	var removed []string
	err := s.write(ctx, "remove document "+id, func(tx *sql.Tx) (err error) {
		var one int
		if err := tx.QueryRowContext(ctx, `SELECT 1 FROM documents WHERE id = $1`, id).Scan(&one); err != nil {
			return err
		}
		removed, err = forget(ctx, tx, id)
		return err
	})
	return removed, err
}

// forget removes a document, if it is there, but for its texts.
func forget(ctx context.Context, tx *sql.Tx, id string) ([]string, error) {
	var passages []string
	err := each(ctx, tx, func(scan scan) error {
		var passage string
		err := scan(&passage)
		passages = append(passages, passage)
		return err
	}, `SELECT id FROM passages WHERE document_id = $1 ORDER BY ordinal`, id)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM documents WHERE id = $1`, id); err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE versions SET superseded_at = $1 WHERE document_id = $2 AND superseded_at = 0`,
		micros(time.Now()), id)
	return passages, err
}

// putText makes the document's text its current version.
func putText(ctx context.Context, tx *sql.Tx, doc *docs.Document) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO texts (version, text) VALUES ($1, $2) ON CONFLICT (version) DO NOTHING`,
		doc.Version, doc.Text)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO versions (document_id, version, superseded_at) VALUES ($1, $2, 0)
		ON CONFLICT (document_id, version) DO UPDATE SET superseded_at = 0`, doc.ID, doc.Version)
	return err
}

const (
	infoColumns = `id, root, path, d.version, title, publisher, kind, date, dossier, source_url, language, characters,
		passages, ingested_at, ` + groupColumn + `, ` + supersedesColumn
	selectInfo = `SELECT ` + infoColumns + ` FROM documents d `
)

// scanInfo reads infoColumns, and into more what was selected after them.
func scanInfo(scan scan, more ...any) (DocumentInfo, error) {
	var d DocumentInfo
	var at int64
	var groups, supersedes string
	err := scan(append([]any{
		&d.ID, &d.Root, &d.Path, &d.Version, &d.Title, &d.Publisher, &d.Kind, &d.Date, &d.Dossier,
		&d.SourceURL, &d.Language, &d.Characters, &d.Passages, &at, &groups, &supersedes,
	}, more...)...)
	d.IngestedAt = fromMicros(at)
	d.Groups, d.Supersedes = splitNames(groups), splitNames(supersedes)
	return d, err
}

// DocumentPage returns a page of the documents that the reader may see, in order
// of root and path, and how many those are. page and perPage count from 1; a page
// past the end is empty.
func (s *Store) DocumentPage(ctx context.Context, r docs.Reader, page, perPage int) ([]DocumentInfo, int, error) {
	list := []DocumentInfo{}
	var total int
	err := s.read(ctx, "list documents", func(tx *sql.Tx) error {
		seen, args := readable(r, "d.id", 1)
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM documents d WHERE `+seen, args...).Scan(&total); err != nil {
			return err
		}
		n := len(args)
		return each(ctx, tx, func(scan scan) error {
			d, err := scanInfo(scan)
			list = append(list, d)
			return err
		}, selectInfo+`WHERE `+seen+fmt.Sprintf(` ORDER BY root, path LIMIT $%d OFFSET $%d`, n+1, n+2),
			append(args, perPage, (page-1)*perPage)...)
	})
	return list, total, err
}

// Document returns one document without its text. One that isn't there and one
// that the reader may not see are ErrNotFound.
func (s *Store) Document(ctx context.Context, r docs.Reader, id string) (DocumentInfo, error) {
	seen, args := readable(r, "d.id", 2)
	d, err := scanInfo(s.reader.QueryRowContext(ctx, selectInfo+`WHERE id = $1 AND `+seen, append([]any{id}, args...)...).Scan)
	return d, failed(err, "read document", id)
}

// Text returns the text of one version of a document, of the current one where
// version is empty. Versions of a document that is gone or has changed are there
// for as long as Collect leaves them. What isn't there, belongs to another
// document or isn't for the reader to see is ErrNotFound.
func (s *Store) Text(ctx context.Context, r docs.Reader, documentID, version string) (string, error) {
	seen, args := readable(r, "v.document_id", 3)
	query := `SELECT t.text FROM versions v JOIN texts t ON t.version = v.version
		WHERE v.document_id = $1 AND (v.version = $2 OR $2 = '' AND v.superseded_at = 0) AND ` + seen
	var text string
	err := s.reader.QueryRowContext(ctx, query, append([]any{documentID, version}, args...)...).Scan(&text)
	return text, failed(err, "read text of document", documentID)
}

// keepFor is how long a superseded text stays although no record cites it: an
// answer that was under way when it was replaced may still do so.
const keepFor = time.Hour

// Collect removes the texts that nothing needs any more: not current, cited by
// no record, and superseded for an hour. It returns how many.
func (s *Store) Collect(ctx context.Context) (int, error) {
	var removed int64
	err := s.write(ctx, "collect texts", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM versions WHERE superseded_at BETWEEN 1 AND $1 AND NOT EXISTS
			(SELECT 1 FROM citations c WHERE c.document_id = versions.document_id AND c.version = versions.version)`,
			micros(time.Now().Add(-keepFor)))
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE NOT EXISTS
			(SELECT 1 FROM versions v WHERE v.version = texts.version)`)
		if err != nil {
			return err
		}
		removed, err = result.RowsAffected()
		return err
	})
	return int(removed), err
}
