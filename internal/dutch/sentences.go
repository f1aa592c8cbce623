package dutch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences cuts running prose into whole sentences. The pieces joined are
// exactly s; white space between two sentences belongs to the first. Line ends
// count as spaces, an empty line ends a sentence.
//
// Only a run of stops (. ? ! …) ends a sentence, and only when what follows can
// begin one: a capital, a digit, a quote or bracket before those. Closing
// quotes, brackets and a glued footnote number stay with the sentence they
// close. The stops of abbreviations, initials, dates, decimal numbers, numbers
// of an enumeration, addresses and titles in brackets end nothing.
//
// The rules of UAX 29 were measured first: with line ends read as spaces they
// give 318 of the 324 borders in the corpus (not "mensenhandel. 67 procent", nor
// behind the footnote number of "gestart.1 In") and none too many; read as they
// are, line ends make it 764. They know no abbreviations before a capital ("drs.
// Jansen"). So every border would have to be judged again, and the missing ones
// be found by looking at every stop, which is all that is done here.
func Sentences(s string) []string {
	var out []string
	start := 0
	c := cutter{text: s}
	for i := 0; i < len(s); {
		end, next := c.at(i)
		if end > 0 {
			out = append(out, s[start:end])
			start = end
			c.start = end
		}
		i = next
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// cutter walks over a text. start is where the present sentence begins.
type cutter struct {
	text  string
	start int
}

// lookback bounds how far a token before a stop is looked for, so that a text
// without spaces costs no more than one with.
const lookback = 64

// at looks at position i. It returns where a sentence ends there (0 when none
// does, white space behind it included) and where to look next.
func (c *cutter) at(i int) (end, next int) {
	switch b := c.text[i]; {
	case b == '\n':
		j := skipSpace(c.text, i)
		if isBlankLine(c.text[i:j]) && strings.TrimSpace(c.text[c.start:i]) != "" {
			return j, j
		}
		return 0, j
	case b == '.' || b == '?' || b == '!' || strings.HasPrefix(c.text[i:], "…"):
		return c.stop(i)
	}
	return 0, i + 1
}

// stop judges the run of stops that begins at i.
func (c *cutter) stop(i int) (end, next int) {
	run := i
	for run < len(c.text) {
		if b := c.text[run]; b == '.' || b == '?' || b == '!' {
			run++
		} else if strings.HasPrefix(c.text[run:], "…") {
			run += len("…")
		} else {
			break
		}
	}
	tail := c.skipTail(i, run)
	after := skipSpace(c.text, tail)
	if after == len(c.text) {
		return 0, after
	}
	if isBlankLine(c.text[tail:after]) {
		return after, after
	}
	if after == tail {
		if c.glued(i, run, tail) {
			return tail, tail
		}
		return 0, run
	}
	if c.ends(i, run, after) {
		return after, after
	}
	return 0, after
}

// skipTail returns the end of what closes a sentence behind its stop: quotes,
// brackets, and one footnote mark.
func (c *cutter) skipTail(i, run int) int {
	tail := skipClosers(c.text, run)
	if mark := footnoteAfterStop(c.text, i, tail); mark > tail {
		tail = skipClosers(c.text, mark)
	}
	return tail
}

// ends decides on a stop with white space behind it: the run of stops is
// text[i:run], the next word begins at after.
func (c *cutter) ends(i, run, after int) bool {
	next := c.text[after:]
	if !canBegin(next) || opensBracket(c.text, i) {
		return false
	}
	if c.text[i:run] != "." {
		return true
	}
	token, at := tokenBefore(c.text, i)
	if token == "" {
		return true
	}
	if isEnumerator(token) && c.opensLine(at) {
		return false
	}
	opener, _ := firstWord(next)
	switch abbreviation(stripMark(token), lastWord(c.text[:at])) {
	case leads:
		return false
	case closes:
		r, _ := utf8.DecodeRuneInString(next)
		return !unicode.IsDigit(r) && !unicode.IsSymbol(r) // "p.p. € 5"
	case doubtful:
		return opensSentence(opener, token)
	}
	return true
}

// glued decides on a stop without white space behind it: "worden.Een". Only a
// word in small letters (or a year) before it and a capitalised one behind it
// make two sentences; host names, file names and numbers don't look like that.
func (c *cutter) glued(i, run, tail int) bool {
	before, _ := utf8.DecodeLastRuneInString(c.text[:i])
	if !unicode.IsLower(before) && !unicode.IsDigit(before) && tail == run {
		return false
	}
	first, size := utf8.DecodeRuneInString(c.text[tail:])
	second, _ := utf8.DecodeRuneInString(c.text[tail+size:])
	if !unicode.IsUpper(first) || !unicode.IsLower(second) && !unicode.IsSpace(second) {
		return false
	}
	token, at := tokenBefore(c.text, i)
	opener, _ := firstWord(c.text[tail:])
	if lower := strings.ToLower(opener); !openers[lower] && !particles[lower] && token != strings.ToLower(token) {
		return false // "Besluit.Docx"
	}
	if unicode.IsDigit(before) && tail == run && !isYear(token) {
		return false
	}
	if isAddress(token) || utf8.RuneCountInString(token) < 3 || strings.Contains(token, ".") {
		return false
	}
	return abbreviation(stripMark(token), lastWord(c.text[:at])) == word
}

// opensLine reports whether position at is the first of the sentence or of its
// line, where "1." counts and doesn't end.
func (c *cutter) opensLine(at int) bool {
	head := strings.TrimRight(c.text[c.start:at], " \t\u00a0(")
	return head == "" || strings.HasSuffix(head, "\n") || strings.HasSuffix(head, ":") || strings.HasSuffix(head, ";")
}

// footnoteAfterStop returns the end of a footnote mark at position at, or at.
// A mark is up to three digits glued to a stop ("gestart.1 In"), raised digits,
// or a number in square brackets. Between two digits a stop belongs to a number,
// unless the first ones are a year: "in 2019.12 In".
func footnoteAfterStop(s string, i, at int) int {
	if end := skipBracketed(s, at); end > at {
		return end
	}
	end := skipRaised(s, at)
	if end > at {
		return end
	}
	for end < len(s) && end < at+4 && isDigit(s[end]) {
		end++
	}
	if end == at || end == at+4 || s[at] == '0' {
		return at
	}
	if r, _ := utf8.DecodeRuneInString(s[end:]); end < len(s) && !unicode.IsSpace(r) && !unicode.IsUpper(r) {
		return at
	}
	if i > 0 && isDigit(s[i-1]) && at == i+1 {
		if token, _ := tokenBefore(s, i); !isYear(token) || end > at+2 {
			return at
		}
	}
	return end
}

// canBegin reports whether a sentence can begin with s: after opening quotes,
// brackets and dashes a capital, a digit, a bullet or an amount. A small letter
// can't, but for "’s Avonds" and names such as "iDEAL".
func canBegin(s string) bool {
	for i, r := range s {
		switch {
		case unicode.IsUpper(r) || unicode.IsTitle(r) || unicode.IsDigit(r) || unicode.IsSymbol(r):
			return true
		case unicode.IsLower(r):
			return isClitic(s[:i], s[i:]) || isCamel(s[i:])
		case unicode.IsLetter(r):
			return true // a script without case
		case r == ',' || r == ';' || r == ':' || i > 16:
			return false
		}
	}
	return false
}

// isClitic reports whether rest begins with a clipped word and a capital behind
// it, as in "’s Avonds" or "'t Is"; before is what stands in front of it.
func isClitic(before, rest string) bool {
	if !strings.HasSuffix(before, "’") && !strings.HasSuffix(before, "'") && !strings.HasSuffix(before, "‘") {
		return false
	}
	if len(rest) < 3 || rest[1] != ' ' || !strings.ContainsRune("stnkmr", rune(rest[0])) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest[2:])
	return unicode.IsUpper(r)
}

// isCamel reports whether s begins with small letters, one or two, and then a
// capital: "iDEAL", "eHerkenning".
func isCamel(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			return n > 0
		}
		if n++; n > 2 || !unicode.IsLower(r) {
			return false
		}
	}
	return false
}

// opensSentence reports whether the word behind a doubtful stop begins a
// sentence. Behind an initial ("A. De Vries") a particle is part of the name.
func opensSentence(next, token string) bool {
	lower := strings.ToLower(next)
	if particles[lower] {
		first, size := utf8.DecodeRuneInString(token)
		initial := size == len(token) || strings.Contains(token, ".")
		_, known := abbreviations[strings.ToLower(token)]
		return known || !initial || !unicode.IsUpper(first)
	}
	return openers[lower]
}

// isEnumerator reports whether a token counts the parts of a list: "1", "12",
// "3A", "a", "iv".
func isEnumerator(token string) bool {
	token = strings.TrimLeft(token, "(")
	digits := strings.TrimLeft(token, "0123456789")
	if len(token) == 0 || len(token) > 5 || len(token)-len(digits) > 3 {
		return false
	}
	if len(digits) <= 1 {
		return digits == "" || asciiLetter(digits[0])
	}
	return len(digits) == len(token) && strings.Trim(token, "ivx") == "" || strings.Trim(token, "IVX") == ""
}
