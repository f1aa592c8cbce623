package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// maxCached bounds the texts that are held for the records to come, in bytes.
const maxCached = 16 << 20

// cited finds what a citation quotes.
type cited struct {
	rulers map[[2]string]*ruler // by document and version; nil where there is none
	size   int
}

// text returns a ruler of the text that a document had in a version, nil where
// it isn't there.
func (c *cited) text(ctx context.Context, tx *sql.Tx, document, version string) (*ruler, error) {
	key := [2]string{document, version}
	if r, ok := c.rulers[key]; ok {
		return r, nil
	}
	var text string
	err := tx.QueryRowContext(ctx, `SELECT t.text FROM versions v JOIN texts t ON t.version = v.version
		WHERE v.document_id = $1 AND v.version = $2`, document, version).Scan(&text)
	var r *ruler
	switch {
	case err == nil:
		r = newRuler(text)
	case !errors.Is(err, sql.ErrNoRows):
		return nil, err
	}
	if c.size += len(text); c.rulers == nil || c.size > maxCached {
		c.rulers, c.size = make(map[[2]string]*ruler), len(text)
	}
	c.rulers[key] = r
	return r, nil
}

func (v *verifier) answers(ctx context.Context) error {
	var texts cited
	return v.each(ctx, func(scan scan) error {
		var id, conversation, status string
		var created int64
		a, err := scanAnswer(func(dest ...any) error { return scan(append(dest, &id, &conversation, &created, &status)...) })
		if id == "" && err != nil {
			return err // not of the record itself
		}
		v.seen.Answers++
		if err != nil {
			v.fault("antwoord", id, "is niet te lezen: "+err.Error())
			return nil //nolint:nilerr // noted, and the rest goes on
		}
		if a.ID != id || a.ConversationID != conversation || micros(a.CreatedAt) != created || string(a.Status) != status {
			v.fault("antwoord", id, "past niet bij zijn kolommen")
		}
		if err := v.citedVersions(ctx, &a); err != nil {
			return err
		}
		v.seen.Citations += len(a.Citations)
		for i := range a.Citations {
			if err := v.citation(ctx, &texts, &a, &a.Citations[i]); err != nil {
				return err
			}
		}
		return nil
	}, `SELECT record, id, conversation_id, created_at, status FROM answers`)
}

// citedVersions compares a record with the list of versions that it keeps
// readable.
func (v *verifier) citedVersions(ctx context.Context, a *record.Answer) error {
	type row struct {
		number            int
		document, version string
	}
	var want, got []row
	for _, c := range a.Citations {
		want = append(want, row{c.Number, c.DocumentID, c.Version})
	}
	err := v.each(ctx, func(scan scan) error {
		var r row
		err := scan(&r.number, &r.document, &r.version)
		got = append(got, r)
		return err
	}, `SELECT number, document_id, version FROM citations WHERE answer_id = $1 ORDER BY number`, a.ID)
	slices.SortFunc(want, func(a, b row) int { return a.number - b.number })
	if err == nil && !slices.Equal(got, want) {
		v.fault("antwoord", a.ID, "noemt andere citaten dan ervan bekend zijn")
	}
	return err
}

func (v *verifier) citation(ctx context.Context, texts *cited, a *record.Answer, c *record.Citation) error {
	id := fmt.Sprintf("%s[%d]", a.ID, c.Number)
	r, err := texts.text(ctx, v.tx, c.DocumentID, c.Version)
	if err != nil {
		return err
	}
	if r == nil {
		v.fault("citaat", id, "de tekst van "+c.DocumentID+" in versie "+c.Version+" is er niet")
		return nil
	}
	if err := r.check(docs.Span{Start: c.Start, End: c.End}, c.Quote); err != nil {
		v.fault("citaat", id, fmt.Sprintf("staat niet op %d-%d in %s, versie %s", c.Start, c.End, c.DocumentID, c.Version))
	}
	length := docs.Characters(a.Text)
	for _, s := range c.AnswerSpans {
		if s.Start < 0 || s.End <= s.Start || s.End > length {
			v.fault("citaat", id, fmt.Sprintf("steunt %d-%d van een antwoord van %d tekens", s.Start, s.End, length))
		}
	}
	return nil
}

func (v *verifier) conversations(ctx context.Context) error {
	return v.each(ctx, func(scan scan) error {
		var id string
		var created, updated, last int64
		if err := scan(&id, &created, &updated, &last); err != nil {
			return err
		}
		v.seen.Conversations++
		if updated < created || updated < last {
			v.fault("gesprek", id, "is later begonnen of beantwoord dan het is bijgewerkt")
		}
		return nil
	}, `SELECT id, created_at, updated_at, COALESCE((SELECT MAX(a.created_at) FROM answers a WHERE a.conversation_id = c.id), 0)
		FROM conversations c`)
}

func (v *verifier) feedback(ctx context.Context) error {
	return v.each(ctx, func(scan scan) error {
		var answer, verdict string
		var known bool
		if err := scan(&answer, &verdict, &known); err != nil {
			return err
		}
		v.seen.Verdicts++
		if verdict != string(record.Good) && verdict != string(record.Bad) {
			v.fault("oordeel", answer, fmt.Sprintf("is onbekend: %q", verdict))
		}
		if !known {
			v.fault("oordeel", answer, "gaat over een citaat dat het antwoord niet heeft")
		}
		return nil
	}, `SELECT answer_id, verdict, citation IS NULL OR EXISTS
			(SELECT 1 FROM citations c WHERE c.answer_id = f.answer_id AND c.number = f.citation)
		FROM feedback f`)
}
