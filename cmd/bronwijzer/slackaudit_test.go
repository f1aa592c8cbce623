package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
	"bronwijzer/internal/slack"
)

// scriptedChat answers with what it is told.
type scriptedChat struct {
	slack.Chat
	rec record.Answer
	err error
}

func (s *scriptedChat) Ask(context.Context, chat.Request, func(record.Event) error) (record.Answer, error) {
	return s.rec, s.err
}

func (s *scriptedChat) Feedback(context.Context, access.Subject, record.Feedback) error { return s.err }

func TestSlackIsAudited(t *testing.T) {
	dir := t.TempDir()
	audit, err := access.OpenAudit(slog.New(slog.DiscardHandler), dir, access.AuditConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer audit.Close()
	inner := &scriptedChat{}
	n := noted{inner, audit}
	by := access.Subject{ID: "slack:a"}
	for _, s := range []scriptedChat{
		{rec: record.Answer{ID: "ans_1", Status: record.Answered}},
		{rec: record.Answer{ID: "ans_2", Status: record.Refused}},
		{err: chat.ErrNotReady},
		{err: chat.ErrBusy},
		{err: errors.New("stuk")},
	} {
		*inner = s
		if rec, err := n.Ask(t.Context(), chat.Request{By: by, Question: "geheim"}, nil); rec.ID != s.rec.ID || !errors.Is(err, s.err) {
			t.Errorf("got %+v, %v", rec, err)
		}
	}
	inner.err = nil
	if err := n.Feedback(t.Context(), by, record.Feedback{AnswerID: "ans_1"}); err != nil {
		t.Error(err)
	}
	var got []access.Entry
	if _, err := access.ReadAudit(dir, func(e access.Entry) error {
		got = append(got, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	line := func(action access.Action, object string, result access.Result) access.Entry {
		return access.Entry{Action: action, Object: object, Result: result, Door: access.DoorSlack, Actor: "slack:a"}
	}
	want := []access.Entry{
		line(access.ActionAsk, "ans_1", access.ResultOK), line(access.ActionAsk, "ans_2", access.ResultRefused),
		line(access.ActionAsk, "", access.ResultFailed), line(access.ActionFeedback, "ans_1", access.ResultOK),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(access.Entry{}, "Time")); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
