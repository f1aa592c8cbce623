package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"

	"bronwijzer/internal/docs"
)

// Verification is what Verify saw.
type Verification struct {
	// Schema is the number of migrations that the database has had.
	Schema        int `json:"schema"`
	Texts         int `json:"texts"`
	Documents     int `json:"documents"`
	Passages      int `json:"passages"`
	Sentences     int `json:"sentences"`
	Vectors       int `json:"vectors"`
	Conversations int `json:"conversations"`
	Answers       int `json:"answers"`
	Citations     int `json:"citations"`
	Verdicts      int `json:"verdicts"`
	// Model is the embedder whose vectors every document should have; empty
	// where there is none. Missing counts the vectors that aren't there.
	Model   string `json:"model"`
	Missing int    `json:"missing_vectors"`
	// Faults counts what is wrong; Problems has the first of them.
	Faults   int       `json:"faults"`
	Problems []Problem `json:"problems"`
}

// Problem is something that isn't as the program writes it.
type Problem struct {
	// What is the kind of thing that is wrong, ID says which one. Dutch, as is
	// Detail.
	What   string `json:"what"`
	ID     string `json:"id"`
	Detail string `json:"detail"`
}

// maxProblems bounds the list of problems.
const maxProblems = 100

// Expected says which vectors there should be.
type Expected struct {
	Model Model
	// Keys are those of all that stands for a document in the embedder; nil
	// expects no vectors.
	Keys func(*docs.Document, []docs.Passage) []Key
}

// Verify checks the store against itself: the file, what its rows refer to,
// every text against its hash, every passage and sentence against the text that
// it is cut from, every vector, and every stored record against its columns and
// the texts that it cites. It sees one state of the database, also beside an
// owner that works on, and holds no more of it in memory than a document, a
// record and some texts. What is wrong with the data is in the Verification; an
// error says that it couldn't be done.
//
// That takes 3 s for 10,000 passages with 90,000 vectors. Until it is done the
// log beside the database can't be emptied: it grows with what is written, and
// what is erased meanwhile stands in it.
func (s *Store) Verify(ctx context.Context, expected Expected) (Verification, error) {
	v := verifier{expected: expected, seen: Verification{Problems: []Problem{}}}
	if expected.Keys != nil {
		v.seen.Model = fmt.Sprintf("%s (%d)", expected.Model.Name, expected.Model.Dim)
	}
	err := s.read(ctx, "verify", func(tx *sql.Tx) error { return v.all(ctx, tx) })
	if errors.Is(err, ErrCorrupt) { // so badly that nothing more can be read
		v.fault("bestand", fileName, err.Error())
		err = nil
	}
	return v.seen, err
}

// verifier is a verification under way.
type verifier struct {
	tx       *sql.Tx
	expected Expected
	seen     Verification
}

// all checks everything; an error says that it couldn't.
func (v *verifier) all(ctx context.Context, tx *sql.Tx) error {
	v.tx = tx
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v.seen.Schema); err != nil {
		return err
	}
	for _, check := range []func(context.Context) error{
		v.file, v.references, v.texts, v.versions, v.documents, v.vectors, v.answers, v.conversations, v.feedback,
	} {
		err := explain(check(ctx))
		if errors.Is(err, ErrCorrupt) { // the other checks may still get through
			v.fault("bestand", fileName, err.Error())
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) fault(what, id, detail string) {
	if v.seen.Faults++; v.seen.Faults <= maxProblems {
		v.seen.Problems = append(v.seen.Problems, Problem{What: what, ID: id, Detail: detail})
	}
}

// each hands every row of a query to f.
func (v *verifier) each(ctx context.Context, f func(scan) error, query string, args ...any) error {
	return each(ctx, v.tx, f, query, args...)
}

func (v *verifier) file(ctx context.Context) error {
	return v.each(ctx, func(scan scan) error {
		var said string
		err := scan(&said)
		if err == nil && said != "ok" {
			v.fault("bestand", fileName, said)
		}
		return err
	}, fmt.Sprintf(`PRAGMA integrity_check(%d)`, maxProblems))
}

func (v *verifier) references(ctx context.Context) error {
	return v.each(ctx, func(scan scan) error {
		var table, parent string
		var row sql.NullInt64 // none in a table without row numbers
		var number int
		if err := scan(&table, &row, &parent, &number); err != nil {
			return err
		}
		v.fault("verwijzing", fmt.Sprintf("%s, rij %d", table, row.Int64), "verwijst naar iets dat er niet is in "+parent)
		return nil
	}, `PRAGMA foreign_key_check`)
}

func (v *verifier) texts(ctx context.Context) error {
	return v.each(ctx, func(scan scan) error {
		var version string
		var text sql.RawBytes
		if err := scan(&version, &text); err != nil {
			return err
		}
		v.seen.Texts++
		sum := sha256.Sum256(text)
		if got := hex.EncodeToString(sum[:]); got != version {
			v.fault("tekst", version, "de inhoud heeft een andere SHA-256: "+got)
		}
		if !utf8.Valid(text) {
			v.fault("tekst", version, "de inhoud is geen UTF-8")
		}
		return nil
	}, `SELECT version, text FROM texts`)
}

// versions checks that a document's text is its one current version.
func (v *verifier) versions(ctx context.Context) error {
	return v.each(ctx, func(scan scan) error {
		var id, version, detail string
		if err := scan(&id, &version, &detail); err != nil {
			return err
		}
		v.fault("document", id, detail+" "+version)
		return nil
	}, `SELECT d.id, d.version, 'geldt niet in de versie die het heeft:' FROM documents d WHERE NOT EXISTS
			(SELECT 1 FROM versions v WHERE v.document_id = d.id AND v.version = d.version AND v.superseded_at = 0)
		UNION ALL
		SELECT v.document_id, v.version, 'geldt in een versie die het niet heeft:' FROM versions v
			WHERE v.superseded_at = 0 AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.id = v.document_id AND d.version = v.version)`)
}
