package cite

import (
	"regexp"
	"strings"
	"unicode"

	"bronwijzer/internal/dutch"
)

// Harmless writes a text that others wrote (a passage, a title, a turn of the
// conversation) as it may stand in a prompt. It becomes one line; square
// brackets become round ones, so that nothing in it has the shape of a handle or
// a marker; what some models take for the border of a message or a template is
// broken; a sentence that gives orders to a language model is left out and that
// is said.
//
// It is the second line of defence. The first is that nothing reaches a reader
// unchecked, whatever a model was talked into.
func Harmless(text string) string {
	var b strings.Builder
	for _, s := range dutch.Sentences(disarm(text)) {
		if isOrder(s) {
			s = omittedOrder
		}
		b.WriteString(s)
	}
	return strings.TrimSpace(b.String())
}

// omittedOrder stands where an order was.
const omittedOrder = "(Hier is een opdracht aan een taalmodel weggelaten.) "

// disarm replaces signs that steer and makes one line of the text.
func disarm(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	last, run := rune(-1), 0
	space := false
	for _, r := range text {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			continue
		}
		if r == last && !space {
			run++
		} else {
			last, run = r, 1
		}
		if run > 1 && isFence(r) {
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(disarmed(r))
	}
	return roleLabel.ReplaceAllString(b.String(), "$1 –")
}

// isFence reports whether a run of r borders something in prompts: "###",
// "```", "---", "<<", "{{".
func isFence(r rune) bool { return strings.ContainsRune("#`-=*_~<>{}|\"", r) }

func disarmed(r rune) rune {
	switch {
	case isSquareOpen(r):
		return '('
	case isSquareClose(r):
		return ')'
	case r == '<':
		return '‹'
	case r == '>':
		return '›'
	case r == '`':
		return '\''
	case r == '|':
		return '/'
	}
	return r
}

// roleLabel is who speaks in a written-out conversation.
var roleLabel = regexp.MustCompile(`(?i)\b(system|systeem|assistant|assistent|user|gebruiker|human|developer|tool)\s*:`)

// isOrder reports whether a sentence orders a language model about.
func isOrder(sentence string) bool {
	folded := dutch.Fold(sentence)
	return forget.MatchString(folded) || addressed.MatchString(folded)
}

var (
	// forget tells to drop instructions.
	forget = regexp.MustCompile(`\b(negeer|vergeet|ignore|disregard|forget|override)\b.{0,60}\b(instructies?|opdracht(en)?|regels|aanwijzingen|prompts?|instructions?|rules|above|previous)\b`)
	// addressed speaks to the model as such, or of its prompt.
	addressed = regexp.MustCompile(`\b(je|jij|u) (bent|antwoordt|moet) (nu|vanaf nu|voortaan)\b|\b(vanaf nu|voortaan) (ben|bent|antwoord|moet) (je|jij|u)\b|\byou are now\b|\bfrom now on,? you\b|\bsystem ?prompts?\b|\bsysteemprompts?\b|\b(als|beste) (taalmodel|ai-assistent|chatbot)\b|\bas an ai\b|\bantwoord (uitsluitend|alleen|altijd) (met|als)\b|\b(respond|answer|reply) (only|always) with\b`)
)
