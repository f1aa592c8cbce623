package dutch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isCloser reports whether r may stand between a stop and the white space
// behind it.
func isCloser(r rune) bool {
	switch r {
	case '’', '”', '»', '›', ')', ']', '}', '"', '\'', '*', '_':
		return true
	}
	return false
}

// isOpener reports whether r is a bracket or quote that a word may stand
// behind, or a slash between two words.
func isOpener(r rune) bool {
	switch r {
	case '(', '[', '{', '‘', '“', '„', '«', '‹', '"', '/':
		return true
	}
	return false
}

// isRaised reports whether r is a raised digit.
func isRaised(r rune) bool {
	return r == '¹' || r == '²' || r == '³' || '⁰' <= r && r <= '⁹' && r != 'ⁱ'
}

func asciiLetter(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' }

// isYear reports whether s is a year from 1900 to 2099.
func isYear(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && isDigit(s[2]) && isDigit(s[3])
}

// isBlankLine reports whether white space holds an empty line.
func isBlankLine(space string) bool {
	first := strings.IndexByte(space, '\n')
	return first >= 0 && strings.IndexByte(space[first+1:], '\n') >= 0
}

// isAddress reports whether a token is part of a web or e-mail address.
func isAddress(token string) bool {
	return strings.Contains(token, "://") || strings.Contains(token, "@") ||
		strings.HasPrefix(strings.ToLower(token), "www.")
}

// skipSpace returns the end of the white space at i.
func skipSpace(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += size
	}
	return i
}

// skipClosers returns the end of the closing quotes and brackets at i.
func skipClosers(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isCloser(r) {
			break
		}
		i += size
	}
	return i
}

// skipBracketed returns the end of a note such as "[12]" at i, or i.
func skipBracketed(s string, i int) int {
	j := i + 1
	for j < len(s) && j < i+4 && isDigit(s[j]) {
		j++
	}
	if i < len(s) && s[i] == '[' && j > i+1 && j < len(s) && s[j] == ']' {
		return j + 1
	}
	return i
}

// skipRaised returns the end of the raised digits at i.
func skipRaised(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isRaised(r) {
			break
		}
		i += size
	}
	return i
}

// tokenBefore returns what stands before position i without white space or an
// opening quote or bracket in it, and where it begins. It looks back no further
// than lookback bytes.
func tokenBefore(s string, i int) (string, int) {
	at := i
	for at > 0 && i-at < lookback {
		r, size := utf8.DecodeLastRuneInString(s[:at])
		if unicode.IsSpace(r) || isOpener(r) {
			break
		}
		at -= size
	}
	return s[at:i], at
}

// lastWord returns the last word of s, with white space behind it left out.
func lastWord(s string) string {
	if len(s) > 2*lookback {
		s = s[len(s)-2*lookback:]
	}
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	return s[strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })+1:]
}

// firstWord returns the first word of s, behind quotes and brackets, and where
// it begins. It looks no further than lookback bytes.
func firstWord(s string) (string, int) {
	if len(s) > lookback {
		s = s[:lookback]
	}
	isPart := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	from := strings.IndexFunc(s, isPart)
	if from < 0 {
		return "", 0
	}
	length := strings.IndexFunc(s[from:], func(r rune) bool { return !isPart(r) && r != '-' })
	if length < 0 {
		return s[from:], from
	}
	return s[from : from+length], from
}

// opensBracket reports whether an opening bracket stands right before i, as in
// "(…)" and "[...]".
func opensBracket(s string, i int) bool {
	return i > 0 && (s[i-1] == '(' || s[i-1] == '[')
}

// stripMark removes a footnote number from the end of a token of letters:
// "jl.6" is "jl".
func stripMark(token string) string {
	bare := strings.TrimRight(token, "0123456789")
	if bare == "" || len(token)-len(bare) > 2 {
		return token
	}
	return strings.TrimRight(bare, ".")
}
