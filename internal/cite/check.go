package cite

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// Reason says why a sentence isn't shown.
type Reason string

// The reasons for withholding a sentence. Of several the last is given, in this
// order: it is what kept the sentence that came furthest.
const (
	// Empty sentences hold nothing that could be checked ("Ja."), or nothing
	// without a question ("In 2015.").
	Empty Reason = "empty"
	// TooLong sentences are no sentences.
	TooLong Reason = "too_long"
	// Unfounded sentences say what no source says.
	Unfounded Reason = "unfounded"
	// WrongFact: no source that says something like it has all its numbers,
	// dates and names.
	WrongFact Reason = "wrong_fact"
	// Contradicted sentences deny what the source says, or the other way round.
	Contradicted Reason = "contradicted"
	// Swapped sentences give the facts of the source to each other.
	Swapped Reason = "swapped"
	// Declined sentences say that the answer isn't there; see Declines.
	Declined Reason = "declined"
)

// Verdict is what came of checking a sentence.
type Verdict struct {
	// Quotes support the sentence, mostly one; empty when it is withheld.
	Quotes []Quote
	// Reason is why it is withheld; empty when it isn't.
	Reason Reason
}

// Supported reports whether the sentence may be shown.
func (v Verdict) Supported() bool { return len(v.Quotes) > 0 }

// Quote is a run of whole sentences of a source.
type Quote struct {
	// Source is the index of the source that it stands in.
	Source int
	// Span is its place in the document, inside the source's passage.
	Span docs.Span
	// Status is Verified in a passage that the sentence named.
	Status record.CitationStatus
}

// Limits of what is looked at.
const (
	// maxRun is how many sentences a quote has at most. A list counts as one.
	maxRun = 3
	// maxChecked is the longest sentence that is checked, in bytes; see
	// maxSentence.
	maxChecked = 1200
)

// Checker checks the sentences of one answer against its sources. It reads each
// source once and embeds what it needs once. Not safe for concurrent use.
type Checker struct {
	embedder llm.Embedder
	sources  []*source
	question *reading
	echo     *regexp.Regexp // the question, word for word; nil when it is short
}

// NewChecker returns a Checker for an answer to question from sources. Without
// an embedder (nil) it goes by words alone.
func NewChecker(embedder llm.Embedder, question string, sources []Source) *Checker {
	c := &Checker{embedder: embedder, question: read(question), echo: echoOf(question)}
	for i, s := range sources {
		c.sources = append(c.sources, readSource(i, s))
	}
	return c
}

// Prepare embeds the sentences of the sources that came without vectors, so that
// Check needn't. There is time for it while the model is reading its prompt.
func (c *Checker) Prepare(ctx context.Context) error {
	if c.embedder == nil {
		return nil
	}
	for _, s := range c.sources {
		if err := s.embed(ctx, c.embedder); err != nil {
			return fmt.Errorf("prepare check: %w", err)
		}
	}
	return nil
}

// Check looks for the shortest run of whole sentences that supports a sentence:
// first in the passages that it cites, then in the others. It returns an error
// only when the embedder does.
func (c *Checker) Check(ctx context.Context, sentence string, cited []int) (Verdict, error) {
	switch {
	case len(sentence) > maxChecked:
		return Verdict{Reason: TooLong}, nil
	case Declines(sentence):
		return Verdict{Reason: Declined}, nil
	}
	claim := c.claim(c.withoutEcho(sentence))
	if claim.content() == 0 {
		return Verdict{Reason: Empty}, nil
	}
	s := search{checker: c, claim: claim, reason: Unfounded, agreed: map[*reading][]float64{}}
	return s.verdict(ctx, cited)
}

// leastEcho is from how many words on a question that stands in a sentence is
// an echo and no wording of its own.
const leastEcho = 4

// echoOf matches the words of a question in a row. A line of search words is no
// question: its words may well be those of the answer.
func echoOf(question string) *regexp.Regexp {
	if !strings.HasSuffix(strings.TrimSpace(question), "?") {
		return nil
	}
	words := strings.FieldsFunc(question, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) < leastEcho {
		return nil
	}
	return regexp.MustCompile(`(?i)` + strings.Join(words, `[^\pL\pN]+`))
}

// withoutEcho takes the question out of a sentence that repeats it: its words
// stand in any passage that was found for it, and support nothing.
func (c *Checker) withoutEcho(sentence string) string {
	if c.echo == nil {
		return sentence
	}
	return c.echo.ReplaceAllString(sentence, "")
}
