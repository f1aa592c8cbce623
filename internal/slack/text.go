package slack

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
)

// escaped are the characters that mean something in every text.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text of a document, a model or a person harmless: nothing in it
// is a link, a mention or a command.
func escape(s string) string { return escaped.Replace(clean(s)) }

// clean leaves out what shows nothing or turns the reading order around.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == unicode.ReplacementChar, unicode.IsControl(r) && r != '\t', unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, s)
}

// line makes one line of s, of at most limit units when it is escaped; at most,
// because what is far behind the limit isn't looked at.
func line(s string, limit int) string {
	const widest = 8 // bytes a unit, with room for white space
	s = s[:min(len(s), widest*limit)]
	return short(strings.Join(strings.Fields(clean(s)), " "), limit)
}

// lookalikes replace what Markdown would take for markup. A backslash before
// it isn't understood everywhere.
var lookalikes = strings.NewReplacer("*", "∗", "`", "ʹ", "~", "∼", "|", "∣", "\\", "∖", "#", "＃", "_", "ˍ",
	"](", "] (", "://", ":\u2060//", "www.", "www\u2060.")

// markdown is text for a stream, which Slack reads as Markdown. It must begin
// and end between words.
func markdown(s string) string { return escape(lookalikes.Replace(s)) }

// units counts as the strictest reading of Slack's limits does: UTF-16.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cost is how many units a character takes once it is escaped.
func cost(r rune) int {
	switch r {
	case '&':
		return len("&amp;")
	case '<', '>':
		return len("&lt;")
	default:
		return utf16.RuneLen(r)
	}
}

// take is the beginning of s that has at most limit units when it is escaped,
// cut at white space where there is some in its last half.
func take(s string, limit int) string {
	n, space, half := 0, 0, 0
	for i, r := range s {
		n += cost(r)
		if n > limit {
			if space > half {
				return s[:space]
			}
			return s[:i]
		}
		if unicode.IsSpace(r) {
			space = i
		}
		if n <= limit/2 {
			half = i
		}
	}
	return s
}

// short is take with a sign that something is missing.
func short(s string, limit int) string {
	head := take(s, limit)
	if head == s {
		return s
	}
	return strings.TrimSpace(take(head, limit-1)) + "…"
}

// label is what a link shows: one line, without the sign that ends a label.
func label(s string, limit int) string {
	return escape(strings.ReplaceAll(line(s, limit), "|", "/"))
}

// link is a link to an address of this program; only the label where there is
// no address that a reader could go to.
func link(address, shown string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(address) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("<>\"|\\^`{}'", c) >= 0 {
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
			continue
		}
		b.WriteByte(c)
	}
	u, err := url.Parse(b.String())
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return shown
	}
	return "<" + strings.ReplaceAll(b.String(), "&", "&amp;") + "|" + shown + ">"
}
