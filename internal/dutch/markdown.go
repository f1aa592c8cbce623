package dutch

import (
	"regexp"
	"strings"
)

// Markup of Markdown that a reader doesn't see. Links and images nest (a badge
// is an image in a link), so images go first.
var (
	mdComment = regexp.MustCompile(`(?s)<!--.*?-->`)
	mdTag     = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)
	mdAuto    = regexp.MustCompile(`<((?:https?://|mailto:)[^<>\s]+|[^<>\s@]+@[^<>\s]+)>`)
	mdImage   = regexp.MustCompile(`!\[([^\[\]]*)\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)|\[[^\[\]]*\])`)
	mdLink    = regexp.MustCompile(`\[([^\[\]]*)\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)|\[[^\[\]]*\])`)
	mdNote    = regexp.MustCompile(`\[\^[^\[\]\s]+\]:?`)
	mdAttrs   = regexp.MustCompile(`\{[#.:][^{}\n]*\}`)
	mdQuote   = regexp.MustCompile(`(?m)^[ \t]*(?:>[ \t]?)+`)
	mdCode    = regexp.MustCompile("`+([^`]+)`+")
	mdStrong  = regexp.MustCompile(`(\*\*|__|~~)(\S(?:[^\n]*?\S)??)(\*\*|__|~~)`)
	mdEm      = regexp.MustCompile(`(^|[^\p{L}\p{N}*])\*([^\s*](?:[^*\n]*?[^\s*])?)\*($|[^\p{L}\p{N}*])`)
	mdEmUnder = regexp.MustCompile(`(^|[^\p{L}\p{N}_])_([^\s_](?:[^_\n]*?[^\s_])?)_($|[^\p{L}\p{N}_])`)
	mdEscape  = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
	mdBreak   = regexp.MustCompile(`(?m)\\$`)
	mdEntity  = strings.NewReplacer("&nbsp;", " ", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&euro;", "€",
		"&eacute;", "é", "&euml;", "ë", "&iuml;", "ï", "&shy;", "", "&amp;", "&")
)

// private is where Unicode has room for characters of one's own.
const private = '\ue000'

// PlainMarkdown is [Plain] for a piece of Markdown: links and images become
// their words, and emphasis, code ticks, tags, comments, marks of quotes and
// footnotes, attributes and escapes go out as well.
func PlainMarkdown(s string) string {
	if !strings.ContainsAny(s, "[]<>*_`~\\&{") {
		return Plain(s)
	}
	// Escaped signs are kept out of reach, as private characters, until the end.
	s = mdEscape.ReplaceAllStringFunc(s, func(m string) string { return string(private + rune(m[1])) })
	s = mdComment.ReplaceAllString(s, "")
	s = mdAuto.ReplaceAllString(s, "$1")
	s = mdTag.ReplaceAllString(s, " ")
	s = mdImage.ReplaceAllString(s, "$1")
	s = mdLink.ReplaceAllString(s, "$1")
	s = mdNote.ReplaceAllString(s, "")
	s = mdAttrs.ReplaceAllString(s, "")
	s = mdQuote.ReplaceAllString(s, "")
	s = mdCode.ReplaceAllString(s, "$1")
	s = mdStrong.ReplaceAllString(s, "$2")
	s = mdEm.ReplaceAllString(s, "$1$2$3")
	s = mdEmUnder.ReplaceAllString(s, "$1$2$3")
	s = mdBreak.ReplaceAllString(s, "")
	s = mdEntity.Replace(s)
	return Plain(strings.Map(func(r rune) rune {
		if private < r && r < private+0x80 {
			return r - private
		}
		return r
	}, s))
}
