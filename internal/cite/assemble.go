package cite

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
)

// maxSentence is the longest piece in bytes; what is longer is cut, at a space
// where there is one. Sentences of policy prose end before 600.
const maxSentence = 2000

// assembler makes pieces of text and citations. The present sentence is being
// collected in text; what follows a stop waits in ahead until it is clear
// whether a sentence begins there.
type assembler struct {
	handles *Handles
	named   *regexp.Regexp // any handle, also inside a word; may be nil
	pieces  []Piece

	head   Piece  // Break, Bullet and Opens of the present sentence
	text   []byte // white space collapsed
	marks  []mark
	prefix []byte // the beginning of a line, while it may be markup

	waiting bool
	ahead   []byte

	lineStart bool // nothing but white space and prefix since the line began
	space     bool // white space is due before the next character
	soft      bool // it stands for a citation, the text has none there
	lines     int  // line ends among that white space
	lineBreak Break
	afterMark bool // a citation was the last thing
	markEnd   int  // length of text at the last citation
	wordStart int  // of the unfinished word at the end of text or ahead, plus 1; 0 for none
	fence     bool // the line began with backticks
	bold      int  // length of text behind the last emphasis, in a line that began with it; 0 otherwise
}

// mark is a citation and where in the text it stands.
type mark struct{ at, passage int }

func newAssembler(h *Handles) *assembler {
	return &assembler{handles: h, named: h.pattern(), lineStart: true, markEnd: -1}
}

// take hands over the pieces that are ready.
func (a *assembler) take() []Piece {
	out := a.pieces
	a.pieces = nil
	return out
}

// char takes one character of text.
func (a *assembler) char(r rune) {
	switch {
	case r == '\n':
		a.endLine()
	case r == ' ':
		a.blank()
	case a.lineStart:
		a.prefix = utf8.AppendRune(a.prefix, r)
		if !mayBePrefix(string(a.prefix)) {
			a.beginLine(Piece{})
		}
	default:
		a.visible(r)
	}
}

// markup takes a character that shows nothing.
func (a *assembler) markup(r rune) {
	a.endWord()
	a.fence = a.fence || r == '`' && a.lineStart
}

// blank takes white space.
func (a *assembler) blank() {
	a.endWord()
	if a.lineStart && len(a.prefix) > 0 {
		a.endPrefix()
	}
	a.space, a.soft = true, false
	if a.waiting {
		a.judgeWord()
	}
}

// endLine takes the end of a line.
func (a *assembler) endLine() {
	a.blank()
	if a.waiting {
		a.resolve(a.startsAhead(string(a.ahead)))
	}
	if a.fence && !strings.Contains(string(a.text), " ") {
		a.text = a.text[:0] // "```json"
	}
	if a.bold > 0 && a.bold == len(a.text) && !endsInStop(a.text) {
		a.head.Opens = true
	}
	if !a.fence {
		a.lines++
	}
	a.fence, a.bold, a.lineStart = false, 0, true
}

// visible takes a character that shows.
func (a *assembler) visible(r rune) {
	if r == '*' {
		a.emphasis()
		return
	}
	if !isWordRune(r) {
		a.endWord()
	}
	if !a.makeRoom(r) {
		return
	}
	a.afterMark = false
	into := &a.text
	if a.waiting {
		into = &a.ahead
	}
	if isWordRune(r) && a.wordStart == 0 {
		a.wordStart = len(*into) + 1
	}
	*into = utf8.AppendRune(*into, r)
	if a.waiting {
		a.judge(r)
	}
	if len(a.text) >= maxSentence {
		a.cut()
	}
}

// makeRoom writes the white space that is due before a character, and begins to
// wait where it stands behind a stop. It reports whether the character is to be
// written: a stop that a citation kept from the one before it isn't.
func (a *assembler) makeRoom(r rune) bool {
	if !a.space {
		return true
	}
	closing := a.afterMark && (strings.ContainsRune(".,;:!?)…", r) || a.soft && strings.ContainsRune(`"'”’»`, r))
	switch {
	case closing && endsInStop(a.text) && strings.ContainsRune(".,;:", r):
		return false
	case closing || len(a.text) == 0:
	case a.waiting && len(a.ahead) > 0:
		a.ahead = append(a.ahead, ' ')
	case a.waiting:
	case endsInStop(a.text):
		a.waiting = true
	default:
		a.text = append(a.text, ' ')
	}
	a.space, a.soft = false, false
	return true
}

// emphasis takes an asterisk.
func (a *assembler) emphasis() {
	a.endWord()
	if len(a.text) == 0 || a.bold > 0 {
		a.bold = max(1, len(a.text))
	}
}

// cite takes a citation, which names no passage when it was not understood.
func (a *assembler) cite(passages []int) {
	a.endWord()
	if a.lineStart && len(a.prefix) > 0 {
		a.endPrefix()
	}
	if a.waiting {
		if !hasWord(string(a.ahead)) {
			a.ahead = nil // ", " between two citations
		} else {
			a.resolve(a.startsAhead(string(a.ahead)))
		}
		a.waiting = false
	}
	if a.markEnd >= 0 && a.markEnd <= len(a.text) && isSeparator(string(a.text[a.markEnd:])) {
		a.text = a.text[:a.markEnd]
	}
	for _, p := range passages {
		a.marks = append(a.marks, mark{len(a.text), p})
	}
	a.markEnd = len(a.text)
	a.soft = a.soft || !a.space
	a.space, a.afterMark = true, true
	if a.lineStart {
		a.lineBreak, a.lines = max(a.lineBreak, a.between()), 0
	}
}

// endWord ends the word at the end of the text. When it is a handle that stands
// without brackets, it is a citation too.
func (a *assembler) endWord() {
	word, ok := a.lastWord()
	if !ok {
		return
	}
	passage, known := a.handles.Index(word)
	if known {
		a.dropWord()
		a.cite([]int{passage})
	}
	a.wordStart = 0
}

// lastWord is the unfinished word at the end of the text.
func (a *assembler) lastWord() (string, bool) {
	if a.wordStart == 0 {
		return "", false
	}
	if a.waiting {
		return string(a.ahead[a.wordStart-1:]), true
	}
	return string(a.text[a.wordStart-1:]), true
}

func (a *assembler) dropWord() {
	if a.waiting {
		a.ahead = a.ahead[:a.wordStart-1]
	} else {
		a.text = trimSpace(a.text[:a.wordStart-1])
	}
	a.wordStart = 0
}

// dropHandle takes a closing bracket that nothing opened: a handle right before
// it goes.
func (a *assembler) dropHandle() {
	if word, ok := a.lastWord(); ok && isHandleLike(dutch.Fold(word)) {
		if _, known := a.handles.Index(word); !known {
			a.dropWord()
		}
	}
	a.endWord()
}

// flush ends the text.
func (a *assembler) flush() {
	if word, ok := a.lastWord(); ok && a.isHalfHandle(dutch.Fold(word)) {
		a.dropWord()
	}
	a.endLine()
	a.yield()
}

// isHalfHandle reports whether word is the beginning of a handle, more than one
// letter of it.
func (a *assembler) isHalfHandle(word string) bool {
	for _, name := range a.handles.names {
		if len(word) > 1 && len(word) < len(name) && strings.HasPrefix(name, word) {
			return true
		}
	}
	return false
}

// cut ends a sentence that is too long.
func (a *assembler) cut() {
	a.endWord()
	at := strings.LastIndexByte(string(a.text), ' ')
	if at < maxSentence/2 {
		at = len(a.text)
	}
	rest := append([]byte{}, trimSpace(a.text[at:])...)
	var marks []mark
	for i, m := range a.marks {
		if m.at > at {
			marks = append(marks, a.marks[i:]...)
			a.marks = a.marks[:i]
			break
		}
	}
	a.text = a.text[:at]
	a.yield()
	for _, m := range marks {
		a.marks = append(a.marks, mark{max(0, m.at-at-1), m.passage})
	}
	a.text = append(a.text, rest...)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func hasWord(s string) bool { return strings.IndexFunc(s, isWordRune) >= 0 }

func trimSpace(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// isSeparator reports whether s stands between two citations of a list.
func isSeparator(s string) bool {
	s = strings.Trim(s, " ,;/&+")
	return s == "" || s == "en" || s == "and"
}

// endsInStop reports whether a text ends in a stop, with closing quotes,
// brackets and a footnote number behind it or not.
func endsInStop(text []byte) bool {
	for range 8 {
		r, size := utf8.DecodeLastRune(text)
		switch {
		case strings.ContainsRune(".?!…", r):
			return size > 0
		case !unicode.IsDigit(r) && !strings.ContainsRune(`’”»›)}"'_`, r):
			return false
		}
		text = text[:len(text)-size]
	}
	return false
}
