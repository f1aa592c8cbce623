// Package tokens counts the tokens that a language model reads a text as, to
// keep passages and prompts within a budget.
//
// The tables are compiled in: it never goes to the network. For a model whose
// tokenizer it doesn't know it counts with o200k_base, which is near enough for
// a budget.
package tokens

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
)

// fallback is the encoding for models that aren't known: OpenAI's current one.
const fallback = tiktoken.MODEL_O200K_BASE

// maxRun is how many characters without a border between space and no space
// are encoded in one piece. The encoder needs time quadratic in the length of a
// word and has no limit: 100,000 letters cost it minutes. Text is cut into runs
// of this length, which counts a token or so too many for each cut; no word of
// a text to be read is that long.
const maxRun = 200

// Counter counts tokens as one model does. Its tables, of 200,000 pieces, are
// read with the first count, which takes about a third of a second; so share a
// Counter. Safe for concurrent use.
type Counter struct {
	encoder func() *tiktoken.Tiktoken
}

// New returns a counter for a model ("gpt-4o") or an encoding ("cl100k_base").
// A name that isn't known counts as o200k_base does; a model whose tokenizer is
// known but not compiled in ("gpt2") is an error.
func New(model string) (*Counter, error) {
	encoding := encodingOf(model)
	switch encoding {
	case tiktoken.MODEL_O200K_BASE, tiktoken.MODEL_CL100K_BASE, tiktoken.MODEL_P50K_BASE,
		tiktoken.MODEL_P50K_EDIT, tiktoken.MODEL_R50K_BASE:
	default:
		return nil, fmt.Errorf("count tokens of %s: its tokenizer %s isn't built in", model, encoding)
	}
	return &Counter{encoder: sync.OnceValue(func() *tiktoken.Tiktoken { return load(encoding) })}, nil
}

// encodingOf names the encoding of a model, or of itself.
func encodingOf(model string) string {
	if strings.HasSuffix(model, "_base") || strings.HasSuffix(model, "_edit") {
		return model
	}
	if encoding, ok := tiktoken.MODEL_TO_ENCODING[model]; ok {
		return encoding
	}
	for prefix, encoding := range tiktoken.MODEL_PREFIX_TO_ENCODING { // none begins another
		if strings.HasPrefix(model, prefix) {
			return encoding
		}
	}
	return fallback
}

// offline makes the library read the tables that are compiled in instead of
// fetching them. It can be told only through a variable of its own.
var offline = sync.OnceFunc(func() { tiktoken.SetBpeLoader(loader.NewOfflineLoader()) })

func load(encoding string) *tiktoken.Tiktoken {
	offline()
	t, err := tiktoken.GetEncoding(encoding)
	if err != nil {
		panic("unreachable: New checked that the table is compiled in: " + err.Error())
	}
	return t
}

// Count is the number of tokens of a text. Special tokens ("<|endoftext|>") have
// no meaning in it: they count as the characters they are written with.
func (c *Counter) Count(text string) int {
	encoder := c.encoder()
	n := 0
	for text != "" {
		piece := text[:pieceEnd(text)]
		n += len(encoder.EncodeOrdinary(piece))
		text = text[len(piece):]
	}
	return n
}

// pieceEnd is where text has to be cut so that no run in what stands before is
// longer than maxRun: len(text) for text that people wrote.
func pieceEnd(text string) int {
	run, inSpace := 0, false
	for i, r := range text {
		if s := unicode.IsSpace(r); s != inSpace {
			run, inSpace = 0, s
		}
		if run == maxRun {
			return i
		}
		run++
	}
	return len(text)
}
