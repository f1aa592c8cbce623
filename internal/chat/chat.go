// Package chat is the one way to an answer: HTTP, the OpenAI-compatible API,
// Slack and the command line all call Service.Ask, and read back what it stored;
// the evaluation calls Service.Try, which answers alike and stores nothing.
//
// It owns conversations: what was said before, what a follow-up is about, whose
// they are, the links that open an answer to others, and that an answer is
// stored before its Done is emitted. It never ranks, never words an answer and
// knows no transport. Its invariant: a record is shown only to its owner, or
// through a link, and only while they may read every document that it shows
// something of. Its errors are ErrNotFound, for both, ErrNotReady, ErrBusy,
// ErrFull and InvalidError.
package chat

import (
	"errors"

	"bronwijzer/internal/access"
	"bronwijzer/internal/admission"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
	"bronwijzer/internal/store"
)

// Limits of what is asked and written.
const (
	// MaxQuestion is the most code points in a question.
	MaxQuestion = 4000
	// MaxTopK is the most passages that may be asked for.
	MaxTopK = 50
	// DefaultTopK is how many passages a record keeps unless asked otherwise.
	DefaultTopK = 10
	// MaxHistory is the most turns of a history that a caller sends along.
	MaxHistory = 100
	// MaxTitle is the most code points in a conversation's title, MaxComment in
	// the comment of a feedback.
	MaxTitle   = 200
	MaxComment = 4000
)

// Request asks a question.
type Request struct {
	// By is who asks: the conversation is theirs, and only what they may read
	// is searched.
	By       access.Subject
	Question string
	// ConversationID continues a conversation that is stored here; empty begins
	// one. Not together with History.
	ConversationID string
	// History is for callers that keep their own: oldest first.
	History []llm.Message
	// Filter limits the search further; its Reader is set from By.
	Filter docs.Filter
	// TopK is in [1, MaxTopK]; 0 takes DefaultTopK.
	TopK int
	// Mode is Auto when empty.
	Mode record.Mode
	// ID is the answer's, from NewID, for a caller that may have to ask again
	// without knowing what came of it: the answer that is stored under it is
	// returned, and one that was broken off is made anew in its place. Empty takes
	// a new one.
	ID string
}

// ErrNotFound is returned for an unknown conversation or answer.
var ErrNotFound = errors.New("not found")

// ErrNotReady is returned until the first index is there.
var ErrNotReady = errors.New("not ready")

// ErrBusy is returned when too much is asked at once. It may go better in a
// moment.
var ErrBusy = admission.ErrBusy

// ErrFull is returned when there is no room to keep an answer, which is therefore
// not given: what is shown can be read again.
var ErrFull = store.ErrFull

// InvalidError says what is wrong with a request, in Dutch, for whoever sent
// it.
type InvalidError struct {
	// Field is the JSON name of the part that is wrong.
	Field string
	// Message is a Dutch sentence.
	Message string
}

func (e *InvalidError) Error() string { return "invalid " + e.Field + ": " + e.Message }
