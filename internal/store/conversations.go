package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"bronwijzer/internal/record"
)

// titleLength is the most code points of a title made from a question.
const titleLength = 80

// SaveAnswer keeps a record, and makes its conversation when that is new. The
// conversation of another owner is ErrNotFound. A record that cites a version
// that isn't there is refused: its quotes couldn't be checked. What was broken off makes
// way there for a record of the same id.
func (s *Store) SaveAnswer(ctx context.Context, owner string, a record.Answer) error {
	return s.keep(ctx, owner, a, join)
}

// AddAnswer keeps a record as SaveAnswer does, but its conversation has to be
// there already: one that was removed meanwhile doesn't come back, and is
// ErrNotFound.
func (s *Store) AddAnswer(ctx context.Context, owner string, a record.Answer) error {
	return s.keep(ctx, owner, a, resume)
}

// into prepares an answer's conversation for it.
type into func(ctx context.Context, tx *sql.Tx, owner string, a *record.Answer) error

func (s *Store) keep(ctx context.Context, owner string, a record.Answer, into into) error {
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("keep answer %s: %w", a.ID, err)
	}
	return s.write(ctx, "keep answer "+a.ID, func(tx *sql.Tx) error {
		if err := into(ctx, tx, owner, &a); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE id = $1 AND conversation_id = $2
			AND json_extract(record, '$.incomplete') IS NOT NULL`, a.ID, a.ConversationID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO answers (id, conversation_id, created_at, status, record)
			VALUES ($1, $2, $3, $4, $5)`, a.ID, a.ConversationID, micros(a.CreatedAt), a.Status, string(b))
		if err != nil {
			return err
		}
		for _, c := range a.Citations {
			_, err := tx.ExecContext(ctx, `INSERT INTO citations (answer_id, number, document_id, version) VALUES ($1, $2, $3, $4)`,
				a.ID, c.Number, c.DocumentID, c.Version)
			if err != nil {
				return fmt.Errorf("citation %d of version %s: %w", c.Number, c.Version, err)
			}
		}
		return nil
	})
}

// resume notes that the answer's conversation goes on.
func resume(ctx context.Context, tx *sql.Tx, owner string, a *record.Answer) error {
	if err := owned(ctx, tx, owner, a.ConversationID); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE conversations SET updated_at = $1 WHERE id = $2 AND updated_at < $1`,
		micros(a.CreatedAt), a.ConversationID)
	return err
}

// join makes the answer's conversation, or notes that it goes on.
func join(ctx context.Context, tx *sql.Tx, owner string, a *record.Answer) error {
	err := resume(ctx, tx, owner, a)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	at := micros(a.CreatedAt)
	_, err = tx.ExecContext(ctx, `INSERT INTO conversations (id, owner, title, renamed, created_at, updated_at)
		VALUES ($1, $2, $3, 0, $4, $5)`, a.ConversationID, owner, title(a.Question), at, at)
	return err
}

// owned is nil when the conversation is there for this owner: it is theirs, or
// nobody's in particular and so open to whoever knows its id. An unknown one is
// sql.ErrNoRows, another's ErrNotFound.
func owned(ctx context.Context, tx *sql.Tx, owner, id string) error {
	var of string
	err := tx.QueryRowContext(ctx, `SELECT owner FROM conversations WHERE id = $1`, id).Scan(&of)
	if err == nil && of != "" && of != owner {
		return ErrNotFound
	}
	return err
}

// title is a question on one line, cut at a word.
func title(question string) string {
	line := strings.Join(strings.Fields(question), " ")
	if utf8.RuneCountInString(line) <= titleLength {
		return line
	}
	runes := []rune(line)
	if cut := string(runes[:titleLength]); strings.Contains(cut, " ") {
		return cut[:strings.LastIndexByte(cut, ' ')] + "…"
	}
	return string(runes[:titleLength-1]) + "…"
}

// Answer returns a record as it was stored. An unknown one and one of another
// owner's conversation are ErrNotFound; that of nobody in particular is open to
// every owner.
func (s *Store) Answer(ctx context.Context, owner, id string) (record.Answer, error) {
	a, err := scanAnswer(s.reader.QueryRowContext(ctx, `SELECT a.record FROM answers a
		JOIN conversations c ON c.id = a.conversation_id WHERE a.id = $1 AND c.owner IN ('', $2)`, id, owner).Scan)
	return a, failed(err, "read answer", id)
}

func scanAnswer(scan scan) (record.Answer, error) {
	var b []byte
	var a record.Answer
	if err := scan(&b); err != nil {
		return a, err
	}
	return a, json.Unmarshal(b, &a)
}

const selectConversation = `SELECT c.id, c.title, c.created_at, c.updated_at,
	(SELECT COUNT(*) FROM answers a WHERE a.conversation_id = c.id) FROM conversations c `

func scanConversation(scan scan) (record.Conversation, error) {
	var c record.Conversation
	var created, updated int64
	err := scan(&c.ID, &c.Title, &created, &updated, &c.Answers)
	c.CreatedAt, c.UpdatedAt = fromMicros(created), fromMicros(updated)
	return c, err
}

// Conversations returns a page of the owner's conversations, the last used
// first, and how many there are. page and perPage count from 1; a page past the
// end is empty. An empty owner gives those of nobody in particular: whether
// that may be shown is the caller's to decide.
func (s *Store) Conversations(ctx context.Context, owner string, page, perPage int) ([]record.Conversation, int, error) {
	list := []record.Conversation{}
	var total int
	err := s.read(ctx, "list conversations", func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM conversations WHERE owner = $1`, owner).Scan(&total); err != nil {
			return err
		}
		return each(ctx, tx, func(scan scan) error {
			c, err := scanConversation(scan)
			list = append(list, c)
			return err
		}, selectConversation+`WHERE c.owner = $1 ORDER BY c.updated_at DESC, c.id LIMIT $2 OFFSET $3`,
			owner, perPage, (page-1)*perPage)
	})
	return list, total, err
}

// Conversation returns a conversation and its records, oldest first. An unknown
// one and another owner's are ErrNotFound; one of nobody in particular is open
// to every owner.
func (s *Store) Conversation(ctx context.Context, owner, id string) (record.Conversation, []record.Answer, error) {
	var c record.Conversation
	answers := []record.Answer{}
	err := s.read(ctx, "read conversation "+id, func(tx *sql.Tx) (err error) {
		if err := owned(ctx, tx, owner, id); err != nil {
			return err
		}
		if c, err = scanConversation(tx.QueryRowContext(ctx, selectConversation+`WHERE c.id = $1`, id).Scan); err != nil {
			return err
		}
		return each(ctx, tx, func(scan scan) error {
			a, err := scanAnswer(scan)
			answers = append(answers, a)
			return err
		}, `SELECT record FROM answers WHERE conversation_id = $1 ORDER BY created_at, id`, id)
	})
	return c, answers, err
}

// Marks are what there is of a conversation's answers beside their records: the
// last verdict on each answer and each citation, without the comment, and the
// links that are open. Errors as Conversation.
func (s *Store) Marks(ctx context.Context, owner, id string) (record.Marks, error) {
	m := record.Marks{Feedback: []record.Feedback{}, Shares: []record.Share{}}
	err := s.read(ctx, "read marks of conversation "+id, func(tx *sql.Tx) error {
		if err := owned(ctx, tx, owner, id); err != nil {
			return err
		}
		err := each(ctx, tx, func(scan scan) error {
			f, err := scanFeedback(scan)
			m.Feedback = append(m.Feedback, f)
			return err
		}, `SELECT answer_id, citation, verdict, '', created_at FROM feedback WHERE id IN (
			SELECT max(f.id) FROM feedback f JOIN answers a ON a.id = f.answer_id
			WHERE a.conversation_id = $1 GROUP BY f.answer_id, f.citation) ORDER BY id`, id)
		if err != nil {
			return err
		}
		return each(ctx, tx, func(scan scan) error {
			var share record.Share
			err := scan(&share.AnswerID, &share.ID)
			m.Shares = append(m.Shares, share)
			return err
		}, `SELECT s.answer_id, s.id FROM shares s JOIN answers a ON a.id = s.answer_id
			WHERE a.conversation_id = $1 ORDER BY s.created_at, s.id`, id)
	})
	return m, err
}

// Rename gives a conversation another title. Errors as Conversation.
func (s *Store) Rename(ctx context.Context, owner, id, title string) error {
	return s.write(ctx, "rename conversation "+id, func(tx *sql.Tx) error {
		if err := owned(ctx, tx, owner, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE conversations SET title = $1, renamed = 1 WHERE id = $2`, title, id)
		return err
	})
}

// DeleteConversation removes a conversation with its records and their
// feedback. Errors as Conversation.
func (s *Store) DeleteConversation(ctx context.Context, owner, id string) error {
	return s.erase(ctx, "delete conversation "+id, func(tx *sql.Tx) error {
		if err := owned(ctx, tx, owner, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM conversations WHERE id = $1`, id)
		return err
	})
}

// DeleteConversations removes every conversation of an owner, with records and
// feedback.
func (s *Store) DeleteConversations(ctx context.Context, owner string) error {
	return s.erase(ctx, "delete conversations", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM conversations WHERE owner = $1`, owner)
		return err
	})
}

// AddFeedback keeps a verdict, in the place of an earlier one with the same key;
// a zero CreatedAt becomes now. An unknown answer, and a citation that the answer
// doesn't have, are ErrNotFound.
func (s *Store) AddFeedback(ctx context.Context, f record.Feedback) error {
	if f.CreatedAt.IsZero() {
		f.CreatedAt = time.Now()
	}
	return s.write(ctx, "keep feedback on answer "+f.AnswerID, func(tx *sql.Tx) error {
		query, args := `SELECT 1 FROM answers WHERE id = $1`, []any{f.AnswerID}
		if f.Citation != nil {
			query, args = `SELECT 1 FROM citations WHERE answer_id = $1 AND number = $2`, []any{f.AnswerID, *f.Citation}
		}
		var one int
		if err := tx.QueryRowContext(ctx, query, args...).Scan(&one); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO feedback (answer_id, citation, verdict, comment, created_at, key)
			VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''))
			ON CONFLICT (key) DO UPDATE SET verdict = excluded.verdict, comment = excluded.comment, created_at = excluded.created_at`,
			f.AnswerID, f.Citation, f.Verdict, f.Comment, micros(f.CreatedAt), f.Key)
		return err
	})
}

// EachFeedback hands every verdict to f, oldest first, with the records of the
// conversation up to the one that it is about, which is the last. It holds no
// transaction while f runs. An error of f ends it and is returned as it is.
func (s *Store) EachFeedback(ctx context.Context, f func(record.Feedback, []record.Answer) error) error {
	var all []record.Feedback
	err := s.read(ctx, "list feedback", func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			v, err := scanFeedback(scan)
			all = append(all, v)
			return err
		}, `SELECT answer_id, citation, verdict, comment, created_at FROM feedback ORDER BY created_at, id`)
	})
	if err != nil {
		return err
	}
	for _, v := range all {
		answers, err := s.upTo(ctx, v.AnswerID)
		if err != nil {
			return err
		}
		if len(answers) == 0 {
			continue // removed meanwhile
		}
		if err := f(v, answers); err != nil {
			return err
		}
	}
	return nil
}

func scanFeedback(scan scan) (record.Feedback, error) {
	var v record.Feedback
	var at int64
	err := scan(&v.AnswerID, &v.Citation, &v.Verdict, &v.Comment, &at)
	v.CreatedAt = fromMicros(at)
	return v, err
}

// upTo returns the records of a conversation up to this one; none when it isn't
// there.
func (s *Store) upTo(ctx context.Context, id string) ([]record.Answer, error) {
	var answers []record.Answer
	err := s.read(ctx, "read conversation up to "+id, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			a, err := scanAnswer(scan)
			answers = append(answers, a)
			return err
		}, `SELECT a.record FROM answers a JOIN answers last ON last.conversation_id = a.conversation_id
			WHERE last.id = $1 AND (a.created_at < last.created_at OR (a.created_at = last.created_at AND a.id <= last.id))
			ORDER BY a.created_at, a.id`, id)
	})
	return answers, err
}
