package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// getAnswer shows a record.
func (a *api) getAnswer(c *gin.Context) error {
	id := pathID(c)
	include, err := includes(c)
	if err != nil {
		return err
	}
	ans, err := a.Chat.Answer(c.Request.Context(), subjectOf(c), id)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, shown(ans, include, chat.MaxTopK))
	return nil
}

// postFeedback stores a verdict on an answer.
func (a *api) postFeedback(c *gin.Context) error {
	id := pathID(c)
	var in struct {
		Verdict  record.Verdict `json:"verdict"`
		Citation *int           `json:"citation"`
		Comment  string         `json:"comment"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	switch {
	case in.Verdict != record.Good && in.Verdict != record.Bad:
		return invalid(`"verdict" moet "good" of "bad" zijn.`)
	case in.Citation != nil && *in.Citation < 1:
		return invalid(`"citation" moet het nummer van een bron zijn, vanaf 1.`)
	case utf8.RuneCountInString(in.Comment) > chat.MaxComment:
		return invalid(fmt.Sprintf("\"comment\" is langer dan %d tekens.", chat.MaxComment))
	}
	err := a.Chat.Feedback(c.Request.Context(), subjectOf(c), record.Feedback{
		AnswerID: id, Verdict: in.Verdict, Citation: in.Citation, Comment: in.Comment,
	})
	if err != nil {
		return fmt.Errorf("store feedback: %w", err)
	}
	c.Status(http.StatusNoContent)
	return nil
}

// getConversations lists the caller's own. Somebody without any identity has
// none: what scripts asked belongs to nobody in particular.
func (a *api) getConversations(c *gin.Context) error {
	page, perPage, err := paging(c)
	if err != nil {
		return err
	}
	var list []record.Conversation
	total := 0
	if by := subjectOf(c); by.ID != "" {
		list, total, err = a.Chat.Conversations(c.Request.Context(), by, page, perPage)
		if err != nil {
			return err
		}
	}
	writeJSON(c, http.StatusOK, struct {
		Conversations []record.Conversation `json:"conversations"`
		Page          int                   `json:"page"`
		PerPage       int                   `json:"per_page"`
		Total         int                   `json:"total"`
	}{notNull(list), page, perPage, total})
	return nil
}

// deleteConversations removes all of the caller's own; see getConversations.
func (a *api) deleteConversations(c *gin.Context) error {
	if by := subjectOf(c); by.ID != "" {
		if err := a.Chat.DeleteAll(c.Request.Context(), by); err != nil {
			return fmt.Errorf("delete conversations: %w", err)
		}
	}
	c.Status(http.StatusNoContent)
	return nil
}

// conversation is how a caller sees one.
type conversation struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
	Answers   []record.Answer `json:"answers"`
	// Feedback and Shares are of the answers that are shown.
	Feedback []verdict     `json:"feedback"`
	Shares   []sharedUnder `json:"shares"`
}

// verdict is what was last said of an answer, or of one of its citations.
type verdict struct {
	AnswerID string         `json:"answer_id"`
	Citation *int           `json:"citation,omitempty"`
	Verdict  record.Verdict `json:"verdict"`
}

// sharedUnder is the link to an answer.
type sharedUnder struct {
	AnswerID string `json:"answer_id"`
	shareLink
}

// mark adds what there is of the answers that are shown.
func (a *api) mark(conv *conversation, m record.Marks) {
	shown := map[string]bool{}
	for _, ans := range conv.Answers {
		shown[ans.ID] = true
	}
	for _, f := range m.Feedback {
		if shown[f.AnswerID] {
			conv.Feedback = append(conv.Feedback, verdict{f.AnswerID, f.Citation, f.Verdict})
		}
	}
	for _, s := range m.Shares {
		if shown[s.AnswerID] {
			conv.Shares = append(conv.Shares, sharedUnder{s.AnswerID, a.shareLink(s.ID)})
		}
	}
}

// getConversation shows one with its records.
func (a *api) getConversation(c *gin.Context) error {
	id := pathID(c)
	include, err := includes(c)
	if err != nil {
		return err
	}
	ctx, by := c.Request.Context(), subjectOf(c)
	head, answers, err := a.Chat.Conversation(ctx, by, id)
	if err != nil {
		return err
	}
	marks, err := a.Chat.Marks(ctx, by, id)
	if err != nil {
		return err
	}
	conv := conversation{
		ID: head.ID, Title: head.Title, CreatedAt: head.CreatedAt, UpdatedAt: head.UpdatedAt,
		Answers: make([]record.Answer, len(answers)), Feedback: []verdict{}, Shares: []sharedUnder{},
	}
	for i, ans := range answers {
		conv.Answers[i] = shown(ans, include, chat.MaxTopK)
	}
	a.mark(&conv, marks)
	writeJSON(c, http.StatusOK, conv)
	return nil
}

// patchConversation gives one another title and shows its head.
func (a *api) patchConversation(c *gin.Context) error {
	id := pathID(c)
	var in struct {
		Title string `json:"title"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	title := strings.TrimSpace(in.Title)
	if n := utf8.RuneCountInString(title); n < 1 || n > chat.MaxTitle || strings.ContainsFunc(title, unicode.IsControl) {
		return invalid(fmt.Sprintf("\"title\" moet van 1 tot en met %d tekens op één regel hebben.", chat.MaxTitle))
	}
	ctx, by := c.Request.Context(), subjectOf(c)
	if err := a.Chat.Rename(ctx, by, id, title); err != nil {
		return err
	}
	conv, _, err := a.Chat.Conversation(ctx, by, id)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, conv)
	return nil
}

// deleteConversation removes one.
func (a *api) deleteConversation(c *gin.Context) error {
	id := pathID(c)
	if err := a.Chat.Delete(c.Request.Context(), subjectOf(c), id); err != nil {
		return fmt.Errorf("delete conversation: %w", err)
	}
	c.Status(http.StatusNoContent)
	return nil
}
