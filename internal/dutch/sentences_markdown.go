package dutch

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SentencesMarkdown is [Sentences] for a piece of Markdown or MDX: it cuts
// neither in the middle of a link, a tag, a comment or code, nor is it kept from
// cutting by the marks between a stop and the next sentence. The pieces joined
// are exactly s; markup that opens something goes with what it opens.
func SentencesMarkdown(s string) []string {
	if !strings.ContainsAny(s, "[]<>*_`&{") {
		return Sentences(s)
	}
	masked := mask(s)
	var out []string
	start, at := 0, 0
	for _, m := range Sentences(masked) {
		at += len(m)
		end := at
		if end < len(s) {
			// Spaces that mask markup belong to what follows.
			end = skipSpace(s, at-len(m)+len(strings.TrimRightFunc(m, unicode.IsSpace)))
		}
		if end > start {
			out = append(out, s[start:end])
			start = end
		}
	}
	return out
}

// Marks that are masked. The first group of link is its text.
var (
	maskNotes  = regexp.MustCompile(`(?i)<sup>\s*\[?\d{1,3}\]?\s*</sup>|\[\^[^\[\]\s]+\]`)
	maskAuto   = regexp.MustCompile(`<(?:https?://|mailto:)[^<>\s]+>|<[^<>\s@]+@[^<>\s]+>`)
	maskLink   = regexp.MustCompile(`!?` + linkText + linkTarget)
	maskStars  = regexp.MustCompile(`\*+|_+|~~`)
	maskQuotes = regexp.MustCompile(`(?m)^[ \t]*>[> \t]*`)
)

// mask overwrites the markup of s, byte by byte, with what [Sentences] reads as
// nothing: spaces for what opens, brackets for what closes, and letters for the
// stops inside.
func mask(s string) string {
	b := []byte(s)
	for _, c := range codeSpans(s) {
		cover(b[c.from:c.inner], ' ')
		cover(b[c.inner:c.end], 'x')
		cover(b[c.inner:min(c.inner+1, c.end)], 'X') // it may begin a sentence, whatever its letters
		cover(b[c.end:c.to], ')')
	}
	all := func(re *regexp.Regexp, do func(m []int)) {
		for _, m := range re.FindAllSubmatchIndex(b, -1) {
			do(m)
		}
	}
	all(mdComment, func(m []int) { cover(b[m[0]:m[1]], ' ') })
	all(maskNotes, func(m []int) { cover(b[m[0]:m[1]], ')') })
	all(maskAuto, func(m []int) { cover(b[m[0]:m[1]], 'x') })
	maskTags(b)
	all(maskLink, func(m []int) {
		cover(b[m[0]:m[2]], ' ')
		quiet(b[m[2]:m[3]])
		cover(b[m[3]:m[1]], ')')
	})
	all(mdShort, func(m []int) { cover(b[m[0]:m[1]], ' ') })
	all(mdAttrs, func(m []int) { cover(b[m[0]:m[1]], ')') })
	all(mdEntity, func(m []int) { cover(b[m[0]:m[1]], 'x') })
	all(maskQuotes, func(m []int) { cover(b[m[0]:m[1]], ' ') })
	all(maskStars, func(m []int) { maskEmphasis(b, m[0], m[1]) })
	return string(b)
}

// cover overwrites b with c.
func cover(b []byte, c byte) {
	for i := range b {
		b[i] = c
	}
}

// quiet makes letters of the stops in the text of a link, but for those that
// end it.
func quiet(b []byte) {
	end := len(strings.TrimRight(string(b), ".?!…"))
	for i, c := range b[:end] {
		if c == '.' || c == '?' || c == '!' {
			b[i] = 'x'
		}
	}
}

// maskTags makes spaces of tags that open and brackets of those that close.
func maskTags(b []byte) {
	s := string(b)
	for i := strings.IndexByte(s, '<'); i >= 0; {
		name, end := Tag(s, i)
		if end == i {
			end = i + 1
		} else {
			by := byte(' ')
			if strings.HasPrefix(name, "/") {
				by = ')'
			}
			cover(b[i:end], by)
		}
		next := strings.IndexByte(s[end:], '<')
		if next < 0 {
			return
		}
		i = end + next
	}
}

// maskEmphasis judges a run of stars or underscores: one before a word opens,
// one behind it closes, one between spaces or inside a word is none.
func maskEmphasis(b []byte, from, to int) {
	before, _ := utf8.DecodeLastRune(b[:from])
	after, _ := utf8.DecodeRune(b[to:])
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	opens := to < len(b) && !unicode.IsSpace(after)
	closes := from > 0 && !unicode.IsSpace(before)
	switch {
	case opens && closes && b[from] == '_' && inWord(before) && inWord(after):
	case opens && closes && inWord(after) && isCloser(before):
		cover(b[from:to], ' ')
	case closes:
		cover(b[from:to], ')')
	case opens:
		cover(b[from:to], ' ')
	}
}
