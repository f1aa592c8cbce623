package load

import (
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// maxCode is the longest block of code, in lines, that is read; a longer one is
// a program.
const maxCode = 40

// unreadCode are the languages of blocks that say nothing as a text: diagrams,
// markup, styles and scripts. Commands, data and samples of text do.
var unreadCode = dutch.WordSet(`abc css d2 diff dot flowchart gantt graphviz html htm javascript js jsx latex less math mermaid
	mdx plantuml puml sass scss svelte svg ts tsx typescript vega vega-lite vue wireviz xml`)

// code takes the lines up to the closing fence as one block that is no prose. In
// a quote it ends with the quote at the latest.
func (r *markdownReader) code(fence, language string, i int) int {
	from, lines := i, 0
	to := i
	for ; i < len(r.text); lines++ {
		end, next := lineEnd(r.text, i)
		s := strings.TrimSpace(r.text[i:end])
		if r.quote > 0 {
			marks := mdQuote.FindString(s)
			if marks == "" {
				break
			}
			s = strings.TrimSpace(s[len(marks):])
		}
		i = next
		if strings.HasPrefix(s, fence) && strings.Trim(s, fence[:1]) == "" {
			break
		}
		to = end
	}
	if !unreadCode[language] && lines <= maxCode {
		r.emit(piece{kind: docs.Line, from: from, to: to})
	}
	return i
}
