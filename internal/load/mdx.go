package load

import (
	"regexp"
	"strings"
)

// Lines of MDX and of site generators that steer a page and are none of its text.
var (
	mdImport = regexp.MustCompile(`^import\s*(?:["']|\{|\*\s+as\s|[\w$]+(?:\s*,\s*[{*][^"']*)?\s+from(?:\s|$))`)
	mdExport = regexp.MustCompile(`^export\s+(?:default|const|let|var|function|async|class|\{|\*)`)
	// mdScript is what is left of a JSX expression around text: "{() => (", ")}".
	mdScript = regexp.MustCompile(`^\{[^{}]*(?:=>|&&)\s*[({<>]*$|^[(){}\[\];,<>/ ]*[{}<>][(){}\[\];,<>/ ]*$`)
	// mdSteer is a line of shortcodes, or of attributes for what stands above.
	mdSteer = regexp.MustCompile(`^(?:\{\{[^{}]*\}\}|\{%[^{}]*%\}|\[\[?_?TOC_?\]\]?|\[TOC\]|\{:?[ \t]*[.#:][^{}]*\})+$`)
)

// notText passes over lines that steer. An import goes on until its path, any
// other statement until an empty line.
func (r *markdownReader) notText(s string, next int) (after int, ok bool) {
	switch {
	case mdImport.MatchString(s):
		r.endBlock()
		r.marked = true
		return r.statement(s, next, true), true
	case mdExport.MatchString(s):
		r.endBlock()
		r.marked = true
		return r.statement(s, next, false), true
	case mdScript.MatchString(s) || mdSteer.MatchString(s):
		r.endBlock()
		return next, true
	}
	return 0, false
}

// statement returns where the line behind a statement begins, whose first line
// is s.
func (r *markdownReader) statement(s string, next int, isImport bool) int {
	for next < len(r.text) {
		s = strings.TrimSpace(s)
		if s == "" || isImport && endsInPath(s) {
			return next
		}
		end, after := lineEnd(r.text, next)
		s = r.text[next:end]
		next = after
	}
	return next
}

// endsInPath reports whether a line ends with a quoted path.
func endsInPath(s string) bool {
	s = strings.TrimRight(s, "; \t")
	return strings.HasSuffix(s, `"`) || strings.HasSuffix(s, "'")
}
