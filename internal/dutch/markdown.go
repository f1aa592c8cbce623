package dutch

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The parts of links and images. A text may have brackets in it, an address
// parentheses or a shortcode.
const (
	linkText   = `\[((?:[^\[\]]|\[[^\[\]]*\])*)\]`
	linkTarget = `(?:\((?:<[^<>\n]*>|\{[{%][^()]*[%}]\}|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)|\[[^\[\]]*\])`
)

// Markup of Markdown that a reader doesn't see. Links and images nest (a badge
// is an image in a link), so images go first.
var (
	mdComment  = regexp.MustCompile(`(?s)<!--.*?-->|\{/\*.*?\*/\}`)
	mdAuto     = regexp.MustCompile(`<((?:https?://|mailto:)[^<>\s]+|[^<>\s@]+@[^<>\s]+)>`)
	mdTerm     = regexp.MustCompile(`(?i)</dt>\s*<dd(?:\s[^<>]*)?>|\s*\n[ \t]*:[ \t]+`)
	mdImage    = regexp.MustCompile(`!` + linkText + linkTarget)
	mdLink     = regexp.MustCompile(linkText + linkTarget)
	mdNote     = regexp.MustCompile(`\[\^[^\[\]\s]+\]:?`)
	mdAttrs    = regexp.MustCompile(`[ \t]?\{:?[ \t]*(?:[#.][\w.:#-]+|data-[\w-]+|[\w-]+="[^"{}]*"|target=\w+)(?:[ \t]+(?:[#.][\w.:#-]+|[\w-]+(?:=(?:"[^"{}]*"|[^\s{}"]+))?))*[ \t]*\}`)
	mdShort    = regexp.MustCompile(`\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}`)
	mdSpace    = regexp.MustCompile(`\{["'][ \t]*["']\}`)
	mdQuote    = regexp.MustCompile(`(?m)^[ \t]*(?:>[ \t]?)+`)
	mdStrong   = regexp.MustCompile(`(\*\*|__|~~)(\S(?:.*?\S)??)(\*\*|__|~~)`)
	mdEm       = regexp.MustCompile(`(^|[^\p{L}\p{N}*])\*([^\s*](?:[^*]*?[^\s*])?)\*($|[^\p{L}\p{N}*])`)
	mdEmUnder  = regexp.MustCompile(`(^|[^\p{L}\p{N}_])_([^\s_](?:[^_]*?[^\s_])?)_($|[^\p{L}\p{N}_])`)
	mdLoose    = regexp.MustCompile(`\*{2,3}|^\s*[*_]($|[^\s*_])|([.?!\p{L}])[*_]\s*$`)
	mdEscape   = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
	mdBreak    = regexp.MustCompile(`(?:[ \t]{2,}|\\)\r?\n[ \t]*`)
	mdEntity   = regexp.MustCompile(`&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)
	mdLineEnds = strings.NewReplacer("\r\n", " ", "\n", " ")
)

// private is where Unicode has room for characters of one's own.
const private = '\ue000'

// PlainMarkdown is [Plain] for a piece of Markdown, MDX or HTML in Markdown:
// links and images become their words, and emphasis, code ticks, tags, comments,
// shortcodes, marks of quotes and footnotes, attributes, entities and escapes go
// out as well. What stands between code ticks is left as it is. Where a line
// was broken on purpose between two parts that nothing else divides, comes a
// dash.
func PlainMarkdown(s string) string {
	if !strings.ContainsAny(s, "[]<>*_`~\\&{") && !strings.Contains(s, "\n:") && !strings.Contains(s, "  \n") {
		return Plain(s)
	}
	// Code and escaped signs are kept out of reach, as private characters, until
	// the end.
	s = shieldCode(s)
	if strings.Contains(s, `\`) {
		s = mdEscape.ReplaceAllStringFunc(s, func(m string) string { return string(private + rune(m[1])) })
	}
	s = without(s, "<{", mdComment, "")
	s = without(s, "<", mdAuto, "$1")
	s = without(s, ":<", mdTerm, ": ")
	s = stripTags(s)
	s = without(s, "{", mdSpace, " ")
	s = without(s, "{", mdShort, "")
	s = without(s, "[", mdImage, "$1")
	s = without(s, "[", mdLink, "$1")
	s = without(s, "[", mdNote, "")
	s = without(s, "{", mdAttrs, "")
	s = without(s, ">", mdQuote, "")
	s = mdLineEnds.Replace(breaks(s))
	s = without(s, "*_~", mdStrong, "$2")
	for range 2 { // what closes one may open the next
		s = without(s, "*", mdEm, "$1$2$3")
		s = without(s, "_", mdEmUnder, "$1$2$3")
	}
	s = without(s, "*_", mdLoose, "$1$2")
	if strings.Contains(s, "&") {
		s = mdEntity.ReplaceAllStringFunc(s, html.UnescapeString)
	}
	return Plain(unshield(s))
}

// without replaces what re matches by what its groups keep. Every match has one of
// the signs in it; most texts have none, and looking for signs is a hundred
// times faster than looking for a match.
func without(s, signs string, re *regexp.Regexp, keep string) string {
	if !strings.ContainsAny(s, signs) {
		return s
	}
	return re.ReplaceAllString(s, keep)
}

// shieldCode takes off the ticks of code spans and makes private characters of
// the signs between them.
func shieldCode(s string) string {
	spans := codeSpans(s)
	if len(spans) == 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for _, c := range spans {
		b.WriteString(s[done:c.from])
		for _, r := range s[c.inner:c.end] {
			if r < utf8.RuneSelf && unicode.In(r, unicode.P, unicode.S) {
				r += private
			}
			b.WriteRune(r)
		}
		done = c.to
	}
	b.WriteString(s[done:])
	return b.String()
}

func unshield(s string) string {
	return strings.Map(func(r rune) rune {
		if private < r && r < private+0x80 {
			return r - private
		}
		return r
	}, s)
}

// breaks puts a dash where a line was broken on purpose: behind a word that can
// close a line, before a capital.
func breaks(s string) string {
	var b strings.Builder
	done := 0
	for _, m := range mdBreak.FindAllStringIndex(s, -1) {
		before := strings.TrimRight(s[done:m[0]], "*_ ")
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[m[1]:min(len(s), m[1]+16)], "*_["))
		b.WriteString(s[done:m[0]])
		if (unicode.IsLetter(last) || unicode.IsDigit(last)) && unicode.IsUpper(next) && !IsStop(strings.ToLower(lastWord(before))) {
			b.WriteString(" –")
		}
		b.WriteByte('\n')
		done = m[1]
	}
	b.WriteString(s[done:])
	return b.String()
}
