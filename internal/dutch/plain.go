package dutch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain is s as a reader should see it: every run of white space is one space
// and none stands at the ends; soft hyphens and other characters that show
// nothing are out; so are footnote numbers that the extraction of a document
// glued to a word.
//
// A number taken away wrongly changes what a source says, one left standing
// looks untidy. So a glued number goes only where it can hardly be anything
// else:
//
//   - behind a word of at least four letters that has no capital but the first
//     ("maatregelen1.", "jaar3 betreft"): names with a number are short or have
//     more (CO2, EMPACT2, iPhone12, mp3), and words that are counted ("fase2",
//     "artikel5") are on a list. Glued on both sides ("Kuiken5is") it goes when a
//     small Dutch word follows, which "peer2peer" hasn't got;
//   - behind the stop of a sentence ("gestart.1 In", "jl.6. Hierin"), not behind
//     that of an abbreviation ("art.5", "nr.3");
//   - behind a closing quote or bracket («wegingsfactoren»12, "Sr)10"), if there
//     are words in it: "(020)12" is a telephone number;
//   - behind a year that a month, a dash or a preposition of time announces ("17
//     december 201916", "in 201917"): the first four digits are the year. Counts
//     of that size are written with a point, 201.916.
//
// Numbers of up to two digits go, up to three behind a stop, none that begin
// with 0, and only before a space, a closing mark or the end. Raised digits and
// notes such as "[12]" go behind any word of more than three letters ("km²").
func Plain(s string) string {
	return strings.TrimSpace(stripMarks(collapse(s)))
}

// collapse makes one space of every run of white space and drops what shows
// nothing.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
		case r == '\u200d' || r == '\u200c': // join the parts of an emoji
			b.WriteRune(r)
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
		default:
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// stripMarks removes footnote numbers from collapsed text.
func stripMarks(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		end := markEnd(s, i)
		if end == i {
			i++
			continue
		}
		from, to, glue := mark(s, i, end)
		if to > from {
			b.WriteString(s[done:from])
			b.WriteString(glue)
			done = to
		}
		i = end
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// markEnd returns the end of what may be a footnote mark at i: digits, raised
// digits, or a number in square brackets. It returns i where there is none.
func markEnd(s string, i int) int {
	switch b := s[i]; {
	case isDigit(b):
		end := i
		for end < len(s) && isDigit(s[end]) {
			end++
		}
		return end
	case b == '[':
		return skipBracketed(s, i)
	case b >= utf8.RuneSelf:
		return skipRaised(s, i)
	}
	return i
}

// mark decides on s[i:end]. It returns the stretch to take away, empty when
// nothing is, and what has to stand in its place.
func mark(s string, i, end int) (from, to int, glue string) {
	if i == 0 {
		return i, i, ""
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	if !isDigit(s[i]) {
		if isCloser(before) || before == '.' || unicode.IsLetter(before) && len(lastWord(s[:i])) > 3 {
			return i, end, ""
		}
		return i, i, ""
	}
	digits := s[i:end]
	switch {
	case len(digits) > 4 && isYear(digits[:4]):
		if markedYear(s, i, end) {
			return i + 4, end, ""
		}
	case digits[0] == '0' || len(digits) > 3:
	case unicode.IsLetter(before):
		return afterWord(s, i, end)
	case before == '.' || before == '?' || before == '!':
		if afterStop(s, i, end) {
			return i, end, ""
		}
		if betweenStops(s, i, end) {
			return i - 1, end, ""
		}
	case isCloser(before) && len(digits) < 3 && closesWords(s, i) && isEdge(s[end:]):
		return i, end, ""
	}
	return i, i, ""
}

// afterWord decides on digits glued to a letter.
func afterWord(s string, i, end int) (from, to int, glue string) {
	word := lastWord(s[:i])
	lower := strings.ToLower(word)
	if end-i > 2 || utf8.RuneCountInString(word) < 4 || counted[lower] || !isSmall(word) {
		return i, i, ""
	}
	if isEdge(s[end:]) {
		return i, end, ""
	}
	if next, at := firstWord(s[end:]); at == 0 && glueable[next] {
		return i, end, " "
	}
	return i, i, ""
}

// isSmall reports whether all letters of word but the first are small ones.
func isSmall(word string) bool {
	_, first := utf8.DecodeRuneInString(word)
	return strings.IndexFunc(word[first:], func(r rune) bool { return !unicode.IsLower(r) && r != '-' }) < 0
}

// afterStop decides on digits glued to a stop at i-1.
func afterStop(s string, i, end int) bool {
	if footnoteAfterStop(s, i-1, i) != end {
		return false
	}
	token, at := tokenBefore(s, i-1)
	if s[i-1] != '.' || token == "" {
		return token != ""
	}
	switch abbreviation(token, lastWord(s[:at])) {
	case word:
		return !isEnumerator(token) || isYear(token)
	case closes:
		return !monthNames[strings.ToLower(token)] // "jan.1" is a date
	}
	return false
}

// betweenStops decides on digits between the stop of an abbreviation that may
// close a sentence and the stop that closes it: "jl.6.".
func betweenStops(s string, i, end int) bool {
	if end == len(s) || s[end] != '.' || !isEdge(s[end:]) {
		return false
	}
	token, at := tokenBefore(s, i-1)
	return abbreviation(token, lastWord(s[:at])) == closes
}

// markedYear decides on a year with one or two digits behind it.
func markedYear(s string, i, end int) bool {
	if end-i > 6 || s[i+4] == '0' || !isEdge(s[end:]) {
		return false
	}
	if head := s[:i]; strings.HasSuffix(head, "–") || strings.HasSuffix(head, "-") {
		head = strings.TrimRight(head, "–-")
		return len(head) > 3 && isYear(head[len(head)-4:])
	}
	lower := strings.ToLower(lastWord(s[:i]))
	return months[lower] || announceYear[lower]
}

// closesWords reports whether a letter stands right before the brackets and
// quotes that close at i-1; behind a space they would open something.
func closesWords(s string, i int) bool {
	head := strings.TrimRightFunc(s[max(0, i-lookback):i], isCloser)
	r, _ := utf8.DecodeLastRuneInString(head)
	return unicode.IsLetter(r)
}

// isEdge reports whether s begins with nothing that belongs to a word: it is
// empty or begins with a space or a closing mark.
func isEdge(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if s == "" || r == ' ' || r == '…' || isCloser(r) {
		return true
	}
	if !strings.ContainsRune(".,;:?!", r) {
		return false
	}
	return len(s) == 1 || !isDigit(s[1]) // "jaar3.5" is a number
}

// counted are words that are written with a number glued to them: "fase2".
var counted = WordSet(`artikel bijlage chroom covid euro fase formule groep html klas level mens niveau office omikron
	route sars schaal stap type types versie vier vrouw windows zone`)

// glueable are the words that a sentence may go on with behind a footnote
// number whose space got lost.
var glueable = WordSet(`aan als bij dan dat de die door een en heeft het in is kan met naar niet of om ook
	op over te tot uit van voor waar waarin was werd wordt worden zal zijn`)

var months = WordSet(`januari februari maart april mei juni juli augustus september oktober november december`)

// monthNames are months cut short.
var monthNames = WordSet(`jan feb febr mrt apr jun jul aug sep sept okt nov dec`)

// announceYear are words that a year stands behind.
var announceYear = WordSet(`in sinds vanaf medio begin eind jaar zomer voorjaar najaar herfst winter lente`)
