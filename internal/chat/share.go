package chat

import (
	"context"

	"bronwijzer/internal/access"
	"bronwijzer/internal/record"
)

// Share opens an answer to whoever has the link and may read what it rests on,
// and returns the link's id, unguessable, which stays the same until it is
// withdrawn. Errors as Answer.
func (s *Service) Share(ctx context.Context, by access.Subject, answerID string) (string, error) {
	if _, err := s.answered(ctx, by, answerID); err != nil {
		return "", err
	}
	id, err := s.store.Share(ctx, by.ID, answerID, newID("shr"))
	return id, notFound(err)
}

// ShareOf is the id of the link to an answer, or "" when there is none. Errors
// as Answer.
func (s *Service) ShareOf(ctx context.Context, by access.Subject, answerID string) (string, error) {
	id, err := s.store.ShareOf(ctx, by.ID, answerID)
	return id, notFound(err)
}

// Unshare withdraws the link to an answer; that there is none is no error. Other
// errors as Answer.
func (s *Service) Unshare(ctx context.Context, by access.Subject, answerID string) error {
	return notFound(s.store.Unshare(ctx, by.ID, answerID))
}

// Shared returns the record behind a link, as Answer does, without the id of its
// conversation: the link opens one answer. ErrNotFound is for a link that isn't
// there and for a record that rests on documents that aren't for the reader.
func (s *Service) Shared(ctx context.Context, by access.Subject, id string) (record.Answer, error) {
	rec, err := s.store.Shared(ctx, id)
	if err != nil {
		return record.Answer{}, notFound(err)
	}
	if err := s.mustRead(ctx, by, &rec); err != nil {
		return record.Answer{}, err
	}
	rec.ConversationID = ""
	records := []record.Answer{rec}
	err = s.refresh(ctx, by, records)
	return records[0], err
}
