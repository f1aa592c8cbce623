package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"bronwijzer/internal/docs"
)

// sentence is how the column sentences keeps one: as JSON, because a row each
// would be ten times as many rows to read at every start. Its text is cut from
// the document's.
type sentence struct {
	N     int               `json:"n"`
	Kind  docs.SentenceKind `json:"k,omitempty"`
	Start int               `json:"s"`
	End   int               `json:"e"`
	Page  int               `json:"g,omitempty"`
	// Plain is nil where it is the text.
	Plain *string `json:"p,omitempty"`
}

// putPassages adds the passages of a document. What isn't an exact stretch of
// the text is an error: reading would give other words than were written.
func putPassages(ctx context.Context, tx *sql.Tx, doc *docs.Document, passages []docs.Passage) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO passages (id, document_id, ordinal, section, page, span_start, span_end,
		plain, tokens, sentences) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	ruler := newRuler(doc.Text)
	for i := range passages {
		p := &passages[i]
		if err := ruler.check(p.Span, p.Text); err != nil {
			return fmt.Errorf("passage %s: %w", p.ID, err)
		}
		sentences, err := packSentences(ruler, p.Sentences)
		if err != nil {
			return fmt.Errorf("passage %s: %w", p.ID, err)
		}
		section, err := json.Marshal(p.Section)
		if err != nil {
			return err
		}
		_, err = insert.ExecContext(ctx, p.ID, doc.ID, p.Ordinal, string(section), p.Page, p.Span.Start, p.Span.End, p.Plain,
			p.Tokens, string(sentences))
		if err != nil {
			return fmt.Errorf("passage %s: %w", p.ID, err)
		}
	}
	return nil
}

func packSentences(r *ruler, list []docs.Sentence) ([]byte, error) {
	packed := make([]sentence, len(list))
	for i := range list {
		s := &list[i]
		if err := r.check(s.Span, s.Text); err != nil {
			return nil, fmt.Errorf("sentence %d: %w", s.N, err)
		}
		packed[i] = sentence{N: s.N, Kind: s.Kind, Start: s.Span.Start, End: s.Span.End, Page: s.Page}
		if s.Plain != s.Text {
			packed[i].Plain = &s.Plain
		}
	}
	return json.Marshal(packed)
}

// Each hands every document with its passages to f, in order of root and path;
// Blocks are empty, and passages and sentences share the memory of the text.
// Every document is whole; one that is removed meanwhile may be left out. It
// holds no transaction while f runs. An error of f ends it and is returned as
// it is.
func (s *Store) Each(ctx context.Context, f func(docs.Document, []docs.Passage) error) error {
	var ids []string
	err := s.read(ctx, "list documents", func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT id FROM documents ORDER BY root, path`)
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		doc, passages, err := s.Whole(ctx, id)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return err
		}
		if err := f(doc, passages); err != nil {
			return err
		}
	}
	return nil
}

// Whole returns a document with its text and passages, as Each does.
func (s *Store) Whole(ctx context.Context, id string) (docs.Document, []docs.Passage, error) {
	var info DocumentInfo
	var passages []docs.Passage
	err := s.read(ctx, "read document "+id, func(tx *sql.Tx) (err error) {
		var text string
		info, err = scanInfo(tx.QueryRowContext(ctx, `SELECT `+infoColumns+`, text FROM documents d
			JOIN texts t ON t.version = d.version WHERE id = $1`, id).Scan, &text)
		if err != nil {
			return err
		}
		info.Text = text
		ruler := newRuler(info.Text)
		passages = make([]docs.Passage, 0, info.Passages)
		return each(ctx, tx, func(scan scan) error {
			p, err := scanPassage(scan, ruler)
			p.DocumentID, p.Version = info.ID, info.Version
			passages = append(passages, p)
			return err
		}, selectPassages, id)
	})
	return info.Document, passages, err
}

// selectPassages reads what scanPassage takes, of one document.
const selectPassages = `SELECT id, ordinal, section, page, span_start, span_end, plain, tokens, sentences
	FROM passages WHERE document_id = $1 ORDER BY ordinal`

func scanPassage(scan scan, r *ruler) (docs.Passage, error) {
	var p docs.Passage
	var section, sentences sql.RawBytes
	err := scan(&p.ID, &p.Ordinal, &section, &p.Page, &p.Span.Start, &p.Span.End, &p.Plain, &p.Tokens, &sentences)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(section, &p.Section); err != nil {
		return p, fmt.Errorf("passage %s: section: %w", p.ID, err)
	}
	if p.Text, err = r.slice(p.Span); err != nil {
		return p, fmt.Errorf("passage %s: %w", p.ID, err)
	}
	if p.Sentences, err = unpackSentences(r, sentences); err != nil {
		return p, fmt.Errorf("passage %s: %w", p.ID, err)
	}
	return p, nil
}

func unpackSentences(r *ruler, b []byte) ([]docs.Sentence, error) {
	var packed []sentence
	if err := json.Unmarshal(b, &packed); err != nil {
		return nil, fmt.Errorf("sentences: %w", err)
	}
	list := make([]docs.Sentence, len(packed))
	for i, k := range packed {
		span := docs.Span{Start: k.Start, End: k.End}
		text, err := r.slice(span)
		if err != nil {
			return nil, fmt.Errorf("sentence %d: %w", k.N, err)
		}
		list[i] = docs.Sentence{N: k.N, Kind: k.Kind, Span: span, Page: k.Page, Text: text, Plain: text}
		if k.Plain != nil {
			list[i].Plain = *k.Plain
		}
	}
	return list, nil
}

// ruler finds code points in a text without walking it from the start.
type ruler struct {
	text  string
	marks []int // the byte offset of every code point whose number is a multiple of step
	count int   // code points in the text
}

// step weighs the ruler's memory against the walk from a mark.
const step = 64

func newRuler(text string) *ruler {
	r := &ruler{text: text}
	for i := range text {
		if r.count%step == 0 {
			r.marks = append(r.marks, i)
		}
		r.count++
	}
	return r
}

// offset is the byte offset of code point n, 0 <= n <= count.
func (r *ruler) offset(n int) int {
	if n == r.count {
		return len(r.text)
	}
	at := r.marks[n/step]
	for range n % step {
		_, size := utf8.DecodeRuneInString(r.text[at:])
		at += size
	}
	return at
}

func (r *ruler) slice(s docs.Span) (string, error) {
	if s.Start < 0 || s.End < s.Start || s.End > r.count {
		return "", fmt.Errorf("span %d-%d is outside the text of %d characters", s.Start, s.End, r.count)
	}
	return r.text[r.offset(s.Start):r.offset(s.End)], nil
}

func (r *ruler) check(s docs.Span, text string) error {
	got, err := r.slice(s)
	if err == nil && got != text {
		err = fmt.Errorf("span %d-%d isn't its text", s.Start, s.End)
	}
	return err
}
