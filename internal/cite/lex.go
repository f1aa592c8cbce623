package cite

import (
	"strings"
	"unicode"

	"bronwijzer/internal/dutch"
)

// maxGroup is how many characters a pair of brackets may hold to be judged as a
// whole. A citation of a dozen handles fits.
const maxGroup = 64

// lexer tells text from citations and hands both to an assembler. What stands
// in brackets is held until they close, then judged; what doesn't close is text.
type lexer struct {
	handles *Handles
	out     *assembler
	state   lexState
	open    rune   // '[' or '(': what the group began with
	group   []rune // what stands in the brackets
	label   []rune // what stood in square brackets before a group: "[label](…"
}

type lexState int

const (
	inText lexState = iota
	// inGroup is behind an opening bracket.
	inGroup
	// afterLabel is right behind square brackets that hold text.
	afterLabel
	// afterMark is right behind square brackets that were a citation.
	afterMark
	// inTarget is inside the address of a link, which is thrown away.
	inTarget
)

func isSquareOpen(r rune) bool  { return strings.ContainsRune("[【［⟦〔", r) }
func isSquareClose(r rune) bool { return strings.ContainsRune("]】］⟧〕", r) }

// next takes one character.
func (l *lexer) next(r rune) {
	switch l.state {
	case inText:
		l.text(r)
	case inGroup:
		l.inside(r)
	case afterLabel, afterMark:
		l.behind(r)
	case inTarget:
		if r == ')' || unicode.IsSpace(r) {
			l.state = inText
		}
	}
}

// text takes a character outside brackets.
func (l *lexer) text(r rune) {
	switch {
	case isSquareOpen(r):
		l.begin('[')
	case r == '(' || r == '（':
		l.begin('(')
	case isSquareClose(r):
		l.out.dropHandle()
	case r == '`' || r == '\\':
		l.out.markup(r)
	default:
		l.out.char(r)
	}
}

func (l *lexer) begin(open rune) {
	l.state, l.open, l.group = inGroup, open, l.group[:0]
	l.out.endWord()
}

// inside takes a character behind an opening bracket. Round brackets may have
// square ones in them ("(zie [k7f])"), and the other way round.
func (l *lexer) inside(r rune) {
	switch {
	case l.open == '[' && isSquareClose(r):
		l.closeSquare()
	case l.open == '(' && (r == ')' || r == '）'):
		l.closeRound()
	case r == '\n', len(l.group) == maxGroup, l.open == '[' && isSquareOpen(r), l.open == '(' && r == '(':
		l.release()
		l.next(r)
	default:
		l.group = append(l.group, r)
		if l.label != nil && l.open == '(' && isTarget(string(l.group)) {
			l.emit(l.label) // the text of a link
			l.label, l.state = nil, inTarget
		}
	}
}

// behind takes the character right behind square brackets: a round bracket may
// hold the address of a link.
func (l *lexer) behind(r rune) {
	if r == '(' {
		if l.state == afterMark {
			l.label = []rune{}
		}
		l.begin('(')
		return
	}
	l.dropLabel()
	l.state = inText
	l.next(r)
}

// dropLabel writes the text that stood in square brackets, in round ones.
func (l *lexer) dropLabel() {
	if len(l.label) > 0 {
		l.out.char('(')
		l.emit(l.label)
		l.out.char(')')
	}
	l.label = nil
}

func (l *lexer) emit(text []rune) {
	for _, r := range text {
		if r != '`' && r != '\\' {
			l.out.char(r)
		}
	}
}

// closeSquare judges a pair of square brackets.
func (l *lexer) closeSquare() {
	content := dutch.Fold(string(l.group))
	if isMark(content) {
		l.cite(content)
		l.state = afterMark
		return
	}
	l.label, l.state = append([]rune{}, l.group...), afterLabel
}

// closeRound judges a pair of round brackets.
func (l *lexer) closeRound() {
	l.dropLabel()
	l.state = inText
	if content := string(l.group); l.isRoundMark(content) {
		l.cite(content)
		return
	}
	l.release()
	l.next(')')
}

// cite hands over the handles in the content of a bracket.
func (l *lexer) cite(content string) {
	cited := []int{}
	for _, w := range words(content) {
		if i, ok := l.handles.Index(w); ok {
			cited = append(cited, i)
		}
	}
	l.out.cite(cited)
}

// release gives up on brackets and reads what they hold as text. A square
// bracket goes, with what looks like a marker behind it.
func (l *lexer) release() {
	l.dropLabel()
	group := append([]rune{}, l.group...)
	l.state, l.group = inText, l.group[:0]
	if l.open == '(' {
		l.out.char('(')
	} else {
		group = l.withoutMark(group)
	}
	for _, r := range group {
		l.next(r)
	}
}

// withoutMark takes an unclosed marker off the beginning of a text: "[12 De".
func (l *lexer) withoutMark(group []rune) []rune {
	end := 0
	for end < len(group) && (unicode.IsLetter(group[end]) || unicode.IsDigit(group[end])) {
		end++
	}
	word := dutch.Fold(string(group[:end]))
	if _, known := l.handles.Index(word); known {
		return group // the assembler will see it
	}
	if isHandleLike(word) || isDigits(word) {
		return group[end:]
	}
	return group
}

// flush ends the text.
func (l *lexer) flush() {
	switch l.state {
	case inGroup:
		if content := string(l.group); l.isHalf(content) {
			l.dropLabel()
			l.cite(content)
			break
		}
		l.release()
		l.flush()
		return
	case afterLabel, afterMark:
		l.dropLabel()
	}
	l.state = inText
	l.out.flush()
}

// isHalf reports whether an unclosed bracket at the end of a text would have
// become a citation.
func (l *lexer) isHalf(content string) bool {
	all := words(dutch.Fold(content))
	if len(all) == 0 {
		return true
	}
	last := all[len(all)-1]
	for _, w := range all[:len(all)-1] {
		if !isMarkWord(w) {
			return false
		}
	}
	if l.open == '[' {
		return isMarkWord(last) || isHandleStart(last)
	}
	return l.isRoundMark(content) || len(last) > 1 && isHandleStart(last)
}

// isMarkWord reports whether a folded word can stand in a citation.
func isMarkWord(w string) bool {
	return isHandleLike(w) || isDigits(w) || sourceWords[w] || linkWords[w]
}

// isMark reports whether the folded content of square brackets is a citation or
// a marker, of this request or of none: nothing, a number, a handle, words that
// lead to those.
func isMark(content string) bool {
	all := words(content)
	if len(all) == 0 {
		return !strings.Contains(content, "..") && !strings.Contains(content, "…")
	}
	plain := false
	for _, w := range all {
		if isHandleLike(w) {
			return true
		}
		plain = plain || !isMarkWord(w)
	}
	return !plain
}

// isRoundMark reports whether the content of round brackets is a citation. These
// also hold ordinary text, such as years and "(B2B)", so less counts than in
// square ones.
func (l *lexer) isRoundMark(content string) bool {
	handle, source, number := false, false, false
	for _, w := range words(content) {
		_, known := l.handles.Index(w)
		switch lower := dutch.Fold(w); {
		case known || isHandleShaped(w):
			handle = true
		case sourceWords[lower]:
			source = true
		case isDigits(w) || isHandleLike(lower):
			number = true
		case !linkWords[lower]:
			return false
		}
	}
	return handle || source && number
}

// isTarget reports whether the content of round brackets behind square ones is
// an address.
func isTarget(content string) bool {
	for _, start := range []string{"http:", "https:", "www.", "mailto:", "data:", "javascript:", "/", "#"} {
		if strings.HasPrefix(strings.ToLower(content), start) {
			return true
		}
	}
	return false
}

var (
	// sourceWords name a source in front of a handle.
	sourceWords = dutch.WordSet("bron bronnen bronvermelding document documenten doc source sources ref refs passage passages fragment fragmenten citation cite")
	// linkWords stand between handles, or lead to one.
	linkWords = dutch.WordSet("en and zie see cf vgl ook ibid")
)

// words are the runs of letters and digits of a text.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
