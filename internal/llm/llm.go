// Package llm holds what Bronwijzer asks of language models: the Embedder and
// Generator interfaces and the few values that cross them.
//
// It is a leaf: it imports no other package of this program and no client of
// any model. Implementations live elsewhere (the built-in model, any
// OpenAI-compatible endpoint), fakes in llmtest.
package llm

import (
	"context"
	"errors"
)

// Kind says what a text is embedded as. Models of the e5 family want another
// prefix for a question than for a passage; a model without that distinction
// ignores it.
type Kind int

// The kinds of text that are embedded.
const (
	// Passage is text that is searched in.
	Passage Kind = iota
	// Query is text that is searched for.
	Query
)

// Vector is an embedding: Dim numbers, of unit length (L2 norm within 1e-3 of
// 1), all finite. Whoever receives one owns it.
type Vector []float32

// Embedder turns texts into vectors whose dot product is high when their
// meanings are close.
type Embedder interface {
	// Model names the model and everything else that changes its vectors
	// (version, prefixes). Vectors with another name aren't comparable, so a
	// changed name makes the store embed again.
	Model() string
	// Dim is the length of every vector, constant and above 0.
	Dim() int
	// Embed returns one vector for each text, in the order of texts. A batch
	// may have any size; an empty one gives an empty result. Any text is
	// accepted, also an empty one or one that isn't valid UTF-8. It returns
	// all vectors or an error. When ctx ends it returns ctx's error soon after.
	// Safe for concurrent use.
	Embed(ctx context.Context, kind Kind, texts []string) ([]Vector, error)
}

// Role is who speaks in a Message.
type Role string

// The roles of the OpenAI chat format.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
)

// Message is one turn of the conversation that a Generator continues.
type Message struct {
	Role    Role
	Content string
}

// Request is what a Generator is asked to continue.
type Request struct {
	Messages []Message
	// MaxTokens bounds the answer; 0 leaves it to the model.
	MaxTokens int
	// Temperature is in [0, 2]; 0 asks for the likeliest answer.
	Temperature float32
}

// Usage counts tokens as the model's server reports them; zero where it
// doesn't.
type Usage struct {
	PromptTokens     int
	CompletionTokens int
}

// Generator writes text.
type Generator interface {
	// Model names the model for the record of an answer.
	Model() string
	// Generate sends the request and hands the answer to emit piece by piece,
	// in order, on the calling goroutine. An error of emit stops the call and
	// is returned. When ctx ends the call to the model is cancelled. An answer
	// that ended because of MaxTokens gives ErrLength after its last piece.
	Generate(ctx context.Context, req Request, emit func(delta string) error) (Usage, error)
}

// ErrUnavailable is returned, wrapped, when the model can't be reached or
// refuses to serve; nothing was emitted before.
var ErrUnavailable = errors.New("model unavailable")

// ErrLength is returned when the answer was cut at its token limit.
var ErrLength = errors.New("answer cut at the token limit")
