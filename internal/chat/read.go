package chat

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"bronwijzer/internal/access"
	"bronwijzer/internal/record"
	"bronwijzer/internal/store"
)

// Answer returns a stored record, its citations compared with their documents
// as they are now. ErrNotFound is for an unknown one, for another's, and for one
// that rests on documents that aren't for the reader, now.
func (s *Service) Answer(ctx context.Context, by access.Subject, id string) (record.Answer, error) {
	rec, err := s.answered(ctx, by, id)
	if err != nil {
		return record.Answer{}, err
	}
	records := []record.Answer{rec}
	err = s.refresh(ctx, by, records)
	return records[0], err
}

// answered is a record as it was stored. Errors as Answer.
func (s *Service) answered(ctx context.Context, by access.Subject, id string) (record.Answer, error) {
	rec, err := s.store.Answer(ctx, by.ID, id)
	if err != nil {
		return record.Answer{}, notFound(err)
	}
	if err := s.mustRead(ctx, by, &rec); err != nil {
		return record.Answer{}, err
	}
	return rec, nil
}

// mustRead is ErrNotFound for a record that mayRead denies the subject.
func (s *Service) mustRead(ctx context.Context, by access.Subject, rec *record.Answer) error {
	ok, err := s.mayRead(ctx, by, rec)
	if err == nil && !ok {
		return ErrNotFound
	}
	return err
}

// mayRead reports whether every document that a record shows something of is
// for the subject to read. What a follow-up searched for may be in the words of
// the answers before it, so it shows something of theirs too.
func (s *Service) mayRead(ctx context.Context, by access.Subject, rec *record.Answer) (bool, error) {
	records := []record.Answer{*rec}
	if followsUp(rec) {
		before, err := s.store.Before(ctx, rec)
		if err != nil {
			return false, err
		}
		records = append(records, before...)
	}
	return s.mayReadAll(ctx, by, records)
}

// followsUp reports whether something from earlier in the conversation is in a
// record.
func followsUp(rec *record.Answer) bool { return rec.SearchQuestion != rec.Question }

// mayReadAll is mayRead for records, each by itself.
func (s *Service) mayReadAll(ctx context.Context, by access.Subject, records []record.Answer) (bool, error) {
	var ids []string
	for _, rec := range records {
		for _, c := range rec.Citations {
			ids = append(ids, c.DocumentID)
		}
		for _, p := range rec.Passages {
			ids = append(ids, p.DocumentID)
		}
		if rec.Filter != nil {
			ids = append(ids, rec.Filter.Documents...)
		}
	}
	slices.Sort(ids)
	return s.store.May(ctx, by.Reader(), slices.Compact(ids))
}

// Conversations returns a page (from 1) of the subject's conversations, the last
// used first, and how many there are in all.
func (s *Service) Conversations(ctx context.Context, by access.Subject, page, perPage int) ([]record.Conversation, int, error) {
	return s.store.Conversations(ctx, by.ID, page, perPage)
}

// Conversation returns a conversation and its records, oldest first; those that
// rest on documents which aren't for the subject any more are left out, with what
// followed up on them. Another's conversation is ErrNotFound.
func (s *Service) Conversation(ctx context.Context, by access.Subject, id string) (record.Conversation, []record.Answer, error) {
	c, answers, err := s.conversation(ctx, by, id)
	if err != nil {
		return record.Conversation{}, nil, err
	}
	return c, answers, s.refresh(ctx, by, answers)
}

func (s *Service) conversation(ctx context.Context, by access.Subject, id string) (record.Conversation, []record.Answer, error) {
	c, all, err := s.store.Conversation(ctx, by.ID, id)
	if err != nil {
		return c, nil, notFound(err)
	}
	// As a rule all of them may be read: one look tells.
	if ok, err := s.mayReadAll(ctx, by, all); ok || err != nil {
		return c, all, err
	}
	answers := make([]record.Answer, 0, len(all))
	whole := true // nothing was left out so far
	for i := range all {
		ok, err := s.mayReadAll(ctx, by, all[i:i+1])
		if err != nil {
			return c, nil, err
		}
		if ok && (whole || !followsUp(&all[i])) {
			answers = append(answers, all[i])
		}
		whole = whole && ok
	}
	return c, answers, nil
}

// Marks are what there is of a conversation's answers beside their records. Those
// of an answer that the subject may not read any more are among them: the verdict
// and the link are the subject's own. Another's conversation is ErrNotFound.
func (s *Service) Marks(ctx context.Context, by access.Subject, id string) (record.Marks, error) {
	m, err := s.store.Marks(ctx, by.ID, id)
	return m, notFound(err)
}

// Rename gives a conversation another title.
func (s *Service) Rename(ctx context.Context, by access.Subject, id, title string) error {
	title = strings.Join(strings.Fields(title), " ")
	if n := utf8.RuneCountInString(title); n == 0 || n > MaxTitle {
		return &InvalidError{"title", fmt.Sprintf("Geef een titel van 1 tot en met %d tekens.", MaxTitle)}
	}
	return notFound(s.store.Rename(ctx, by.ID, id, title))
}

// Delete removes a conversation with its records and their feedback.
func (s *Service) Delete(ctx context.Context, by access.Subject, id string) error {
	return notFound(s.store.DeleteConversation(ctx, by.ID, id))
}

// DeleteAll removes every conversation of the subject. For nobody in particular
// there is nothing that it could mean, and nothing goes.
func (s *Service) DeleteAll(ctx context.Context, by access.Subject) error {
	if by.ID == "" {
		return nil
	}
	return s.store.DeleteConversations(ctx, by.ID)
}

// Feedback stores a verdict on an answer or on one of its citations, of whoever
// may read it.
func (s *Service) Feedback(ctx context.Context, by access.Subject, f record.Feedback) error {
	if f.Verdict != record.Good && f.Verdict != record.Bad {
		return &InvalidError{"verdict", "Kies als oordeel good of bad."}
	}
	if utf8.RuneCountInString(f.Comment) > MaxComment {
		return &InvalidError{"comment", fmt.Sprintf("De toelichting is te lang: ten hoogste %d tekens.", MaxComment)}
	}
	rec, err := s.answered(ctx, by, f.AnswerID)
	if err != nil {
		return err
	}
	if f.Citation != nil && (*f.Citation < 1 || *f.Citation > len(rec.Citations)) {
		return &InvalidError{"citation", "Het antwoord heeft geen bron met dat nummer."}
	}
	return notFound(s.store.AddFeedback(ctx, f))
}

// refresh makes stored records fit the present and their reader: the status of
// each cited document, what the notice says of it, and URLs below the public
// address.
func (s *Service) refresh(ctx context.Context, by access.Subject, records []record.Answer) error {
	var ids []string
	for _, rec := range records {
		for _, c := range rec.Citations {
			ids = append(ids, c.DocumentID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	current, err := s.store.CurrentVersions(ctx, ids)
	if err != nil {
		return err
	}
	superseded, err := s.store.Superseded(ctx, by.Reader(), ids)
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
			case superseded[c.DocumentID]:
				c.DocumentStatus = record.Superseded
			default:
				c.DocumentStatus = record.Current
			}
		}
		unnotice(&records[i])
		s.link(&records[i])
	}
	return nil
}

// unnotice takes the notice of a newer document out of a record whose reader
// sees none: who asked may have seen one that isn't for others.
func unnotice(rec *record.Answer) {
	if !restsOnSuperseded(rec) {
		rec.Notice = strings.Join(strings.Fields(strings.Replace(rec.Notice, noticeSuperseded, "", 1)), " ")
	}
}

func restsOnSuperseded(rec *record.Answer) bool {
	return slices.ContainsFunc(rec.Citations, func(c record.Citation) bool { return c.DocumentStatus == record.Superseded })
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

// NewID is a new answer's id, for a Request.
func NewID() string { return newID("ans") }

// newID is an unguessable id: 128 random bits.
func newID(prefix string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return prefix + "_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}
