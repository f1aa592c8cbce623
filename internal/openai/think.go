package openai

import "strings"

// The marks between which some models put what they think before they answer,
// where their server doesn't keep it apart.
const (
	thinkOpen  = "<think>"
	thinkClose = "</think>"
)

// thinking takes thoughts out of a streamed answer. They stand at its beginning
// or nowhere. The zero value is ready.
type thinking struct {
	state thinkState
	held  string // what may be the beginning of a mark
}

type thinkState int

const (
	before thinkState = iota // nothing but white space so far
	inside
	after
)

// text takes the next piece of an answer and returns what of it isn't thought.
// What is held back at the end of an answer is the beginning of a mark.
func (t *thinking) text(delta string) string {
	if t.state == after {
		return delta
	}
	t.held += delta
	if t.state == before {
		start := strings.TrimLeft(t.held, " \t\r\n")
		switch {
		case strings.HasPrefix(start, thinkOpen):
			t.state, t.held = inside, start[len(thinkOpen):]
		case strings.HasPrefix(thinkOpen, start):
			return ""
		default:
			t.state = after
			return t.held
		}
	}
	if _, rest, ended := strings.Cut(t.held, thinkClose); ended {
		t.state = after
		return rest
	}
	t.held = t.held[max(0, len(t.held)-len(thinkClose)):]
	return ""
}
