package cite

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
)

// token is a word or a number of a text that is being checked, or checked
// against.
type token struct {
	raw    string
	folded string
	stem   string // of folded; a stem of another language says less
	before string // what stands between it and the token before
	clause int
	// weight is what the token counts for when words are compared: 0 for a word
	// without content and for a fact, but not for an actor.
	weight float64
}

// reading is a text as the checks see it.
type reading struct {
	text     string
	tokens   []token
	facts    []fact
	clauses  []clause
	language language
}

// read takes a text apart. It expects plain text: joined lines, no markup.
func read(text string) *reading {
	r := &reading{text: text, tokens: tokens(text)}
	r.language = guess(r.tokens)
	r.facts = facts(r.tokens)
	r.split()
	isFact := make([]bool, len(r.tokens))
	for _, f := range r.facts {
		for i := f.at; i < f.end; i++ {
			isFact[i] = true
		}
	}
	for i := range r.tokens {
		if t := &r.tokens[i]; !isFact[i] || actors[t.folded] != "" {
			t.weight = weight(t.folded)
		}
	}
	return r
}

// tokenPattern matches words and numbers. A number takes separators and letters
// glued to it along: "11,6", "18.10.2023", "273f". Hyphens part tokens.
var tokenPattern = regexp.MustCompile(`\pL[\pL\pM\pN]*(?:['’]\pL+)*|\pN(?:[\pN.,]*\pN)?[\pL]*`)

// maxTokens bounds the work on one text; what follows isn't looked at, so that
// a check fails rather than takes long.
const maxTokens = 400

func tokens(text string) []token {
	var out []token
	end := 0
	for _, at := range tokenPattern.FindAllStringIndex(text, maxTokens) {
		raw := text[at[0]:at[1]]
		folded := strings.TrimSuffix(dutch.Fold(raw), "'s")
		out = append(out, token{raw: raw, folded: folded, stem: dutch.Stem(folded), before: text[end:at[0]]})
		end = at[1]
	}
	return out
}

// isCapitalised reports whether a token begins with a capital.
func (t token) isCapitalised() bool {
	r, _ := utf8.DecodeRuneInString(t.raw)
	return unicode.IsUpper(r)
}

// capitals are the capitals in a token: "JV" of "JenV".
func (t token) capitals() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return r
		}
		return -1
	}, t.raw)
}

// isAcronym reports whether a token has two capitals or more.
func (t token) isAcronym() bool { return len(t.capitals()) > 1 }

func (t token) isNumber() bool { return t.raw[0] >= '0' && t.raw[0] <= '9' }

// weight is how much a folded word says: nothing when it is a stop word, little
// when it can be said in many ways or stands for the text itself.
func weight(folded string) float64 {
	switch {
	case len(folded) < 2 || dutch.IsStop(folded) || frameWords[folded] || negators[folded]:
		return 0
	case weakWords[folded]:
		return weakWeight
	}
	return 1
}

// weakWeight is what a word counts for that a writer chooses freely.
const weakWeight = 0.3
