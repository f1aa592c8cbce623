package store

import (
	"context"
	"database/sql"
	"time"

	"bronwijzer/internal/record"
)

// SubjectInfo counts what is kept of a subject.
type SubjectInfo struct {
	ID            string    `json:"id"`
	Conversations int       `json:"conversations"`
	Answers       int       `json:"answers"`
	LastUsed      time.Time `json:"last_used"`
}

// Subjects lists who has conversations, the last to use them first. Nobody in
// particular has the empty id.
func (s *Store) Subjects(ctx context.Context) ([]SubjectInfo, error) {
	list := []SubjectInfo{}
	err := s.read(ctx, "list subjects", func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			var v SubjectInfo
			var at int64
			err := scan(&v.ID, &v.Conversations, &v.Answers, &at)
			v.LastUsed = fromMicros(at)
			list = append(list, v)
			return err
		}, `SELECT c.owner, COUNT(DISTINCT c.id), COUNT(a.id), MAX(c.updated_at) FROM conversations c
			LEFT JOIN answers a ON a.conversation_id = c.id GROUP BY c.owner ORDER BY MAX(c.updated_at) DESC, c.owner`)
	})
	return list, err
}

// Holding is a conversation with everything that is kept with it.
type Holding struct {
	Conversation record.Conversation `json:"conversation"`
	Answers      []record.Answer     `json:"answers"`
	Feedback     []record.Feedback   `json:"feedback"`
	// Shared are the ids of its answers that are open under a link.
	Shared []string `json:"shared"`
}

// EachHolding hands everything that is kept of a subject to f, a conversation at
// a time, oldest first, each as one state of the database. An error of f ends it
// and is returned as it is.
func (s *Store) EachHolding(ctx context.Context, owner string, f func(Holding) error) error {
	ids, err := s.column(ctx, "list conversations", `SELECT id FROM conversations WHERE owner = $1 ORDER BY created_at, id`, owner)
	if err != nil {
		return err
	}
	for _, id := range ids {
		h, err := s.holding(ctx, id)
		if err != nil {
			return err
		}
		if len(h.Answers) == 0 {
			continue // removed meanwhile
		}
		if err := f(h); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) holding(ctx context.Context, id string) (Holding, error) {
	h := Holding{Answers: []record.Answer{}, Feedback: []record.Feedback{}, Shared: []string{}}
	err := s.read(ctx, "read conversation "+id, func(tx *sql.Tx) error {
		err := each(ctx, tx, func(scan scan) (err error) {
			h.Conversation, err = scanConversation(scan)
			return err
		}, selectConversation+`WHERE c.id = $1`, id)
		if err != nil {
			return err
		}
		err = each(ctx, tx, func(scan scan) error {
			a, err := scanAnswer(scan)
			h.Answers = append(h.Answers, a)
			return err
		}, `SELECT record FROM answers WHERE conversation_id = $1 ORDER BY created_at, id`, id)
		if err != nil {
			return err
		}
		err = each(ctx, tx, func(scan scan) error {
			v, err := scanFeedback(scan)
			h.Feedback = append(h.Feedback, v)
			return err
		}, `SELECT f.answer_id, f.citation, f.verdict, f.comment, f.created_at FROM feedback f
			JOIN answers a ON a.id = f.answer_id WHERE a.conversation_id = $1 ORDER BY f.created_at, f.id`, id)
		if err != nil {
			return err
		}
		return each(ctx, tx, func(scan scan) error {
			var answer string
			err := scan(&answer)
			h.Shared = append(h.Shared, answer)
			return err
		}, `SELECT s.answer_id FROM shares s JOIN answers a ON a.id = s.answer_id
			WHERE a.conversation_id = $1 ORDER BY s.created_at, s.id`, id)
	})
	return h, err
}

// Erased counts what was removed of a subject.
type Erased struct {
	Conversations, Sessions int
	// Notes are what was sent, and that somebody in Slack was told of the machine.
	Notes int
}

// EraseSubject removes everything that is kept of a subject: its conversations
// with records, feedback and links, its sessions, what it sent, where that is
// done, and that it was told something. Keys and documents stay, as they are the
// server's.
func (s *Store) EraseSubject(ctx context.Context, owner string) (Erased, error) {
	var gone Erased
	err := s.erase(ctx, "erase subject", func(tx *sql.Tx) error {
		gone = Erased{}
		for _, of := range []struct {
			count *int
			query string
		}{
			{&gone.Conversations, `DELETE FROM conversations WHERE owner = $1`},
			{&gone.Sessions, `DELETE FROM sessions WHERE owner = $1`},
			{&gone.Notes, `DELETE FROM jobs WHERE owner = $1 AND finished_at > 0`},
			{&gone.Notes, `DELETE FROM slack_people WHERE 'slack:' || person = $1`},
		} {
			n, err := deleted(tx.ExecContext(ctx, of.query, owner))
			if err != nil {
				return err
			}
			*of.count += n
		}
		return nil
	})
	return gone, err
}

// ExpireIdle removes the conversations that nobody has used since a time, with
// everything in them, and returns how many.
func (s *Store) ExpireIdle(ctx context.Context, before time.Time) (int, error) {
	idle, err := s.column(ctx, "list idle conversations", `SELECT id FROM conversations WHERE updated_at < $1`, micros(before))
	if err != nil || len(idle) == 0 {
		return 0, err
	}
	var removed int
	err = s.erase(ctx, "expire conversations", func(tx *sql.Tx) (err error) {
		removed, err = deleted(tx.ExecContext(ctx, `DELETE FROM conversations WHERE updated_at < $1`, micros(before)))
		return err
	})
	return removed, err
}

func deleted(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// column collects a query of one column.
func (s *Store) column(ctx context.Context, what, query string, args ...any) ([]string, error) {
	var list []string
	err := s.read(ctx, what, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan scan) error {
			var v string
			err := scan(&v)
			list = append(list, v)
			return err
		}, query, args...)
	})
	return list, err
}
