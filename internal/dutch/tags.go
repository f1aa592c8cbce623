package dutch

import (
	"strings"
)

// maxTag is the longest tag that is looked for, in bytes: what is longer is a
// "<" that never closes.
const maxTag = 4000

// Tag reads the HTML or JSX tag that begins at s[i] and may go on over lines. It
// returns its name ("div", "/div", "Alert", and "" or "/" for the fragments <>
// and </>) and where it ends; end is i when no tag begins there. Quoted values
// and JSX braces in it may hold anything.
func Tag(s string, i int) (name string, end int) {
	if i >= len(s) || s[i] != '<' {
		return "", i
	}
	j := i + 1
	if j < len(s) && s[j] == '/' {
		j++
	}
	first := j
	for j < len(s) && (asciiLetter(s[j]) || j > first && (isDigit(s[j]) || s[j] == '-' || s[j] == '.' || s[j] == '_')) {
		j++
	}
	limit := min(len(s), i+maxTag)
	switch {
	case j >= limit:
		return "", i
	case j > first && (s[j] == ' ' || s[j] == '\t' || s[j] == '\n' || s[j] == '\r' || s[j] == '/') || s[j] == '>':
		if end := tagTail(s[:limit], j); end > j {
			return s[i+1 : j], end
		}
	}
	return "", i
}

// tagTail returns the end of a tag whose name ends at j, or j.
func tagTail(s string, j int) int {
	if strings.IndexByte(s[j:], '>') < 0 {
		return j
	}
	depth := 0
	for k := j; k < len(s); k++ {
		switch c := s[k]; {
		case c == '>' && depth == 0:
			return k + 1
		case c == '<' && depth == 0:
			return j
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return j
		case c == '}':
			depth--
		case (c == '"' || c == '\'' || c == '`') && (depth > 0 || s[k-1] == '='):
			if n := strings.IndexByte(s[k+1:], c); n >= 0 {
				k += n + 1
			}
		}
	}
	return j
}

// inlineTags are the tags that stand in a line of text.
var inlineTags = WordSet(`a abbr b bdi bdo big br cite code data del dfn em font i img input ins kbd label mark q s samp small
	span strike strong sub sup time tt u var wbr`)

// inlineComponents are the names of JSX components that as a rule do.
var inlineComponents = WordSet(`Abbr Badge Code Icon Link Mark Strong Term Tooltip`)

// IsInlineTag reports whether a tag with this name stands in a line of text, so
// that what is before and behind it belongs together. It takes names as [Tag]
// gives them. Custom elements ("x-icon") count as inline, JSX components and
// fragments as blocks unless their name says otherwise.
func IsInlineTag(name string) bool {
	name = strings.TrimPrefix(name, "/")
	if inlineComponents[name] || strings.Contains(name, "-") {
		return true
	}
	return inlineTags[strings.ToLower(name)] && name != "" && name[0] >= 'a'
}

// stripTags takes the tags out of s. In the place of a block or a line break
// comes a space.
func stripTags(s string) string {
	var b strings.Builder
	done := 0
	for i := strings.IndexByte(s, '<'); i >= 0 && i < len(s); {
		name, end := Tag(s, i)
		if end == i {
			end = i + 1
		} else {
			b.WriteString(s[done:i])
			if name == "br" {
				b.WriteString("\\\n")
			} else if !IsInlineTag(name) {
				b.WriteByte(' ')
			}
			done = end
		}
		next := strings.IndexByte(s[end:], '<')
		if next < 0 {
			break
		}
		i = end + next
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}
