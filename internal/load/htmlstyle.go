package load

import (
	"strings"

	"golang.org/x/net/html"
)

// isHidden reports whether a browser shows nothing of an element, by its own
// attributes. What a heading folds out is content; what is hidden for good isn't.
func isHidden(n *html.Node) bool {
	folded := attr(n, "aria-labelledby") != ""
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			if a.Val != "until-found" && !folded {
				return true
			}
		case "style":
			if hides(a.Val) && !folded {
				return true
			}
		}
	}
	return false
}

// hides reports whether a style hides its element. As in a browser, the last
// declaration of a property counts, unless an earlier one is important.
func hides(style string) bool {
	type value struct {
		text      string
		important bool
	}
	set := make(map[string]value)
	for _, d := range declarations(style) {
		property, text, _ := strings.Cut(d, ":")
		property = strings.ToLower(strings.TrimSpace(property))
		text, mark, _ := strings.Cut(strings.ToLower(text), "!")
		v := value{strings.TrimSpace(text), strings.TrimSpace(mark) == "important"}
		if v.text != "" && (v.important || !set[property].important) {
			set[property] = v
		}
	}
	return set["display"].text == "none" || set["visibility"].text == "hidden" || set["visibility"].text == "collapse"
}

// declarations cuts a style at its semicolons, but for those in strings, brackets
// and comments, which are left out.
func declarations(style string) []string {
	var out []string
	var d strings.Builder
	quote, depth := byte(0), 0
	for i := 0; i < len(style); i++ {
		c := style[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.HasPrefix(style[i:], "/*"):
			end := strings.Index(style[i+2:], "*/")
			if end < 0 {
				return append(out, d.String())
			}
			i += end + 3
			continue
		case c == '(':
			depth++
		case c == ')':
			depth = max(0, depth-1)
		case c == ';' && depth == 0:
			out = append(out, d.String())
			d.Reset()
			continue
		}
		d.WriteByte(c)
	}
	return append(out, d.String())
}
