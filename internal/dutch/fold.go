package dutch

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold writes a text the way it is compared: lower case, without diacritics,
// with straight quotes and plain hyphens, ligatures and ij spelled out,
// invisible characters left out. Invalid UTF-8 becomes U+FFFD. Folding twice
// changes nothing. It keeps no offsets: what is cited comes from the text
// itself.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		foldRune(&b, r)
	}
	return b.String()
}

// folded reports whether s is ASCII without capitals: most words of most texts.
func folded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

func foldRune(b *strings.Builder, r rune) {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteByte(byte(r))
		return
	}
	if s, ok := spelled(r); ok {
		b.WriteString(s)
		return
	}
	var buf [utf8.UTFMax]byte
	decomposed := norm.NFKD.AppendString(nil, string(buf[:utf8.EncodeRune(buf[:], r)]))
	for _, d := range string(decomposed) {
		d = unicode.ToLower(d)
		if s, ok := spelled(d); ok {
			b.WriteString(s)
		} else if !unicode.Is(unicode.Mn, d) {
			b.WriteRune(d)
		}
	}
}

// spelled gives the folded form of characters that Unicode's compatibility
// decomposition leaves as they are or takes apart in another way than a reader
// of Dutch expects.
func spelled(r rune) (string, bool) {
	switch r {
	case '‘', '’', '‚', '‛', '′', '´', 'ʼ', 'ʹ':
		return "'", true
	case '“', '”', '„', '‟', '″', '«', '»':
		return `"`, true
	case '‐', '‑', '‒', '–', '—', '―', '−', '﹘', '﹣', '－':
		return "-", true
	case 'æ', 'Æ':
		return "ae", true
	case 'œ', 'Œ':
		return "oe", true
	case 'ß', 'ẞ':
		return "ss", true
	case 'ø', 'Ø':
		return "o", true
	case 'đ', 'Đ', 'ð', 'Ð':
		return "d", true
	case 'ł', 'Ł':
		return "l", true
	case 'ı':
		return "i", true
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff':
		return "", true
	}
	return "", false
}
