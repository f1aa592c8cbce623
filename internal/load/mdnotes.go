package load

import (
	"regexp"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// Admonitions as they are written for five programs; the group is the title.
//
//	> [!NOTE] Titel              GitHub: as long as the quote goes on
//	!!! note "Titel"             MkDocs, ??? and === alike: as far as the indent goes
//	:::note Titel, :::note[Titel]   Docusaurus: until :::
//	:::{admonition} Titel        MyST: the same, or between back ticks
var (
	noteQuote  = regexp.MustCompile(`^\[![A-Za-z]+\][-+]?[ \t]*(.*)$`)
	noteIndent = regexp.MustCompile(`^(?:!!!|\?\?\?\+?|===)(?:[ \t]+[\w-]+)*[ \t]*(?:"(.*)")?$`)
	noteColons = regexp.MustCompile(`^:{3,}[ \t]*(?:\{?[\w-]+\}?)?(?:\[([^\]]*)\][ \t]*|[ \t]+(.*))?$`)
	noteFence  = regexp.MustCompile("^(?:```+|~~~+|:::+)\\{([\\w-]+)\\}[ \t]*(.*)$")
	noteOption = regexp.MustCompile(`^:[\w-]+:(?:[ \t].*)?$`)
)

// noteLevel is the level of the title of an admonition: below a line in bold.
// One inside another is a level deeper.
const noteLevel = boldLevel + 1

// proseFences are the names of MyST directives that hold text and no code.
var proseFences = dutch.WordSet(`admonition attention card caution danger dropdown epigraph error grid-item-card hint important note
	seealso sidebar tab-item tip topic warning`)

// plainTitles say no more than that something is a note. They would make a poor
// heading, so their text goes on with the section.
var plainTitles = dutch.WordSet(`attentie belangrijk danger gevaar hint important info informatie letop nb note notitie
	opgelet opmerking pasop tip tips voorbeeld waarschuwing warning`)

// note is an admonition that is open.
type note struct {
	// by is the sign that it is written with: '>', '!', ':' or '`'.
	by byte
	// indent of its first line, or the number of quote marks.
	indent int
}

// leaveNotes closes the admonitions that a line with this indent isn't in any
// more.
func (r *markdownReader) leaveNotes(indent int) {
	for n := len(r.notes); n > 0; n-- {
		last := r.notes[n-1]
		if last.by == '!' && indent > last.indent || last.by == '>' && r.quote >= last.indent || last.by == ':' || last.by == '`' {
			return
		}
		r.closeNote()
	}
}

// closeNote closes the innermost admonition.
func (r *markdownReader) closeNote() {
	n := len(r.notes) - 1
	if n < 0 {
		return
	}
	r.endBlock()
	r.emit(piece{closes: true, level: r.noteLevel()})
	r.notes = r.notes[:n]
}

// noteLevel is the level of the innermost admonition. Nobody nests many.
func (r *markdownReader) noteLevel() int { return noteLevel + min(len(r.notes), 8) - 1 }

// note recognises the line s at from as the first or last one of an admonition.
func (r *markdownReader) note(s string, from, indent, next int) bool {
	if r.options && noteOption.MatchString(s) {
		return true
	}
	r.options = false
	switch {
	case strings.HasPrefix(s, "[!"):
		return r.openNote(noteQuote.FindStringSubmatchIndex(s), from, note{by: '>', indent: max(1, r.quote)}, next)
	case strings.HasPrefix(s, "!!!") || strings.HasPrefix(s, "???") || strings.HasPrefix(s, "==="):
		m := noteIndent.FindStringSubmatchIndex(s)
		if m == nil || s[0] == '=' && m[2] < 0 {
			return false // the line below a heading
		}
		return r.openNote(m, from, note{by: '!', indent: indent}, next)
	case strings.HasPrefix(s, ":::") && strings.Trim(s, ": \t") == "":
		r.marked = true
		r.endBlock()
		r.closeNote()
		return true
	case strings.HasPrefix(s, "```") || strings.HasPrefix(s, "~~~"):
		return r.fencedNote(s, from, next)
	case strings.HasPrefix(s, ":::"):
		m := noteFence.FindStringSubmatchIndex(s)
		if m != nil {
			m = m[2:]
		} else if m = noteColons.FindStringSubmatchIndex(s); m != nil && m[2] < 0 {
			m = m[2:]
		}
		r.options = m != nil
		return r.openNote(m, from, note{by: ':'}, next)
	}
	return false
}

// fencedNote recognises an admonition between back ticks.
func (r *markdownReader) fencedNote(s string, from, next int) bool {
	if n := len(r.notes); n > 0 && r.notes[n-1].by == '`' && strings.Trim(s, "`~ \t") == "" {
		r.closeNote()
		return true
	}
	m := noteFence.FindStringSubmatchIndex(s)
	if m == nil || !proseFences[s[m[2]:m[3]]] {
		return false
	}
	r.options = true
	return r.openNote(m[2:], from, note{by: '`'}, next)
}

// openNote opens an admonition whose title is group 1 of m in the line at from.
// Where the next line goes on with the title, a line break got lost: then it is
// the beginning of the text.
func (r *markdownReader) openNote(m []int, from int, n note, next int) bool {
	if m == nil {
		return false
	}
	r.marked = true
	r.endBlock()
	r.notes = append(r.notes, n)
	if len(m) < 4 || m[2] < 0 {
		return true
	}
	begin, end := trim(r.text, from+m[2], from+m[3])
	title := r.text[begin:end]
	end2, _ := lineEnd(r.text, next)
	switch {
	case !hasWord(title) || plainTitles[bareLetters(title)]:
	case n.by == ':' && next < len(r.text) && startsSmall(strings.TrimSpace(r.text[next:end2])):
		r.open, r.lines = piece{kind: docs.Paragraph, from: begin, to: end}, 1
	default:
		r.emit(piece{kind: docs.Heading, from: begin, to: end, level: r.noteLevel()})
	}
	return true
}

// bareLetters is s folded, with nothing but its letters.
func bareLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, dutch.Fold(s))
}
