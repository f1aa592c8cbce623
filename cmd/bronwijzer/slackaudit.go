package main

import (
	"context"
	"errors"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
	"bronwijzer/internal/slack"
)

// noted is the chat as Slack uses it, with a line in the audit log for every
// question, verdict, reading of an answer by a button, and link to one.
type noted struct {
	slack.Chat
	audit *access.Audit
}

// Ask implements slack.Chat. What has to wait is asked again, and noted then.
func (n noted) Ask(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
	rec, err := n.Chat.Ask(ctx, r, emit)
	if errors.Is(err, chat.ErrNotReady) || errors.Is(err, chat.ErrBusy) {
		return rec, err
	}
	e := access.Entry{Action: access.ActionAsk, Object: rec.ID, Actor: r.By.ID}
	if rec.Status == record.Refused {
		e.Result = access.ResultRefused
	}
	n.note(ctx, e, err)
	return rec, err
}

// Feedback implements slack.Chat.
func (n noted) Feedback(ctx context.Context, by access.Subject, f record.Feedback) error {
	err := n.Chat.Feedback(ctx, by, f)
	n.note(ctx, access.Entry{Action: access.ActionFeedback, Object: f.AnswerID, Actor: by.ID}, err)
	return err
}

// Answer implements slack.Chat.
func (n noted) Answer(ctx context.Context, by access.Subject, id string) (record.Answer, error) {
	rec, err := n.Chat.Answer(ctx, by, id)
	n.note(ctx, access.Entry{Action: access.ActionRead, Object: id, Actor: by.ID}, err)
	return rec, err
}

// Share implements slack.Chat.
func (n noted) Share(ctx context.Context, by access.Subject, answerID string) (string, error) {
	id, err := n.Chat.Share(ctx, by, answerID)
	n.note(ctx, access.Entry{Action: access.ActionShare, Object: answerID, Actor: by.ID}, err)
	return id, err
}

func (n noted) note(ctx context.Context, e access.Entry, err error) {
	e.Door = access.DoorSlack
	switch {
	case err != nil:
		e.Result = access.ResultFailed
	case e.Result == "":
		e.Result = access.ResultOK
	}
	n.audit.Note(ctx, e)
}
