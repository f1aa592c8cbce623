// Package answer makes answers from what was retrieved. Extractive picks the
// sentences that answer the question and shows them as they stand; it needs no
// model. Generated lets a model write, and shows of that what the passages
// support.
//
// It never searches by itself, stores nothing and knows no transport. Its
// invariant: whatever it emits or returns went through package cite, so every
// citation is exact, and no sentence of a model is shown unchecked.
package answer

import (
	"context"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// Question is what an Answerer answers.
type Question struct {
	// Text is the question as it was asked.
	Text string
	// Search stands by itself, without the conversation; it is what is searched
	// for.
	Search string
	// History is the conversation so far, oldest first, without Text.
	History []llm.Message
	Filter  docs.Filter
	// TopK is how many passages the record keeps, from 1.
	TopK int
	// Fallback lets Generated answer with sentences of the documents when its
	// model is away; else it refuses.
	Fallback bool
}

// Answerer answers a question.
type Answerer interface {
	// Answer emits one Sources, then Cited and Delta, and returns the record
	// that they add up to, without ids and times of storing; it doesn't emit
	// Done. An error of emit stops it. When ctx ends after the first Delta it
	// returns the record as far as it got, marked incomplete, together with
	// ctx's error; before that, only the error.
	Answer(ctx context.Context, q Question, emit func(record.Event) error) (record.Answer, error)
}
