package eval

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// isSpace is the Unicode White_Space property together with the four
// information separators, which old exports leave between their fields.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// isWord tells the letters, numbers and underscores that make up words.
func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_' }

// fields cuts a text at white space; their number is its length in words.
func fields(s string) []string { return strings.FieldsFunc(s, isSpace) }

// collapse makes every run of white space one space and takes it off the ends.
func collapse(s string) string { return strings.Join(fields(s), " ") }

// straighten maps typographic quotes and hyphens on plain ones and drops the
// soft hyphen.
func straighten(r rune) rune {
	switch r {
	case '‘', '’', '‚', '‛':
		return '\''
	case '“', '”', '„', '«', '»':
		return '"'
	case '–', '—', '‐', '‑', '−':
		return '-'
	case '\u00ad':
		return -1
	}
	return r
}

// unaccent decomposes a text (NFKD) and leaves out its combining marks, so that
// "Kroatië" is "Kroatie" and "½" is "1⁄2".
func unaccent(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x300 && norm.NFKD.PropertiesString(string(r)).CCC() != 0 {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.Map(straighten, s)))
}

// normalise is what two texts are compared in: lower case, no diacritics,
// straight quotes and hyphens, white space collapsed.
func normalise(s string) string {
	return collapse(strings.Map(straighten, strings.ToLower(unaccent(s))))
}

// words are the runs of isWord in the normalised text.
func words(s string) []string {
	return strings.FieldsFunc(normalise(s), func(r rune) bool { return !isWord(r) })
}
