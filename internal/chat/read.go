package chat

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"bronwijzer/internal/record"
	"bronwijzer/internal/store"
)

// Answer returns a stored record, its citations compared with their documents
// as they are now. An unknown id gives ErrNotFound.
func (s *Service) Answer(ctx context.Context, id string) (record.Answer, error) {
	rec, err := s.store.Answer(ctx, id)
	if err != nil {
		return record.Answer{}, notFound(err)
	}
	records := []record.Answer{rec}
	err = s.refresh(ctx, records)
	return records[0], err
}

// Conversations returns a page (from 1) of the owner's conversations, the last
// used first, and how many there are in all.
func (s *Service) Conversations(ctx context.Context, owner string, page, perPage int) ([]record.Conversation, int, error) {
	return s.store.Conversations(ctx, owner, page, perPage)
}

// Conversation returns a conversation and its records, oldest first. Another
// owner's is ErrNotFound.
func (s *Service) Conversation(ctx context.Context, owner, id string) (record.Conversation, []record.Answer, error) {
	c, answers, err := s.conversation(ctx, owner, id)
	if err != nil {
		return record.Conversation{}, nil, err
	}
	return c, answers, s.refresh(ctx, answers)
}

func (s *Service) conversation(ctx context.Context, owner, id string) (record.Conversation, []record.Answer, error) {
	c, answers, err := s.store.Conversation(ctx, owner, id)
	return c, answers, notFound(err)
}

// Rename gives a conversation another title.
func (s *Service) Rename(ctx context.Context, owner, id, title string) error {
	title = strings.Join(strings.Fields(title), " ")
	if n := utf8.RuneCountInString(title); n == 0 || n > MaxTitle {
		return &InvalidError{"title", fmt.Sprintf("Geef een titel van 1 tot en met %d tekens.", MaxTitle)}
	}
	return notFound(s.store.Rename(ctx, owner, id, title))
}

// Delete removes a conversation with its records and their feedback.
func (s *Service) Delete(ctx context.Context, owner, id string) error {
	return notFound(s.store.DeleteConversation(ctx, owner, id))
}

// DeleteAll removes every conversation of the owner. Without an owner there is
// nothing that it could mean, and nothing goes.
func (s *Service) DeleteAll(ctx context.Context, owner string) error {
	if owner == "" {
		return nil
	}
	return s.store.DeleteConversations(ctx, owner)
}

// Feedback stores a verdict on an answer or on one of its citations.
func (s *Service) Feedback(ctx context.Context, f record.Feedback) error {
	if f.Verdict != record.Good && f.Verdict != record.Bad {
		return &InvalidError{"verdict", "Kies als oordeel good of bad."}
	}
	if utf8.RuneCountInString(f.Comment) > MaxComment {
		return &InvalidError{"comment", fmt.Sprintf("De toelichting is te lang: ten hoogste %d tekens.", MaxComment)}
	}
	rec, err := s.store.Answer(ctx, f.AnswerID)
	if err != nil {
		return notFound(err)
	}
	if f.Citation != nil && (*f.Citation < 1 || *f.Citation > len(rec.Citations)) {
		return &InvalidError{"citation", "Het antwoord heeft geen bron met dat nummer."}
	}
	return notFound(s.store.AddFeedback(ctx, f))
}

// refresh makes stored records fit the present: the status of each cited
// document, and URLs below the public address.
func (s *Service) refresh(ctx context.Context, records []record.Answer) error {
	var ids []string
	for _, rec := range records {
		for _, c := range rec.Citations {
			ids = append(ids, c.DocumentID)
		}
	}
	current, err := s.store.CurrentVersions(ctx, ids)
	if err != nil {
		return err
	}
	for i := range records {
		for j := range records[i].Citations {
			c := &records[i].Citations[j]
			switch version, ok := current[c.DocumentID]; {
			case !ok:
				c.DocumentStatus = record.Withdrawn
			case version != c.Version:
				c.DocumentStatus = record.Changed
			default:
				c.DocumentStatus = record.Current
			}
		}
		s.link(&records[i])
	}
	return nil
}

// link makes the URLs of a record's citations absolute.
func (s *Service) link(rec *record.Answer) {
	for i := range rec.Citations {
		rec.Citations[i].URL = s.cfg.PublicURL + rec.Citations[i].URL
	}
}

func notFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// newID is an unguessable id: 128 random bits.
func newID(prefix string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return prefix + "_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}
