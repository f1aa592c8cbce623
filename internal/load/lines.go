package load

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is one line of a plain text that isn't empty, white space at its ends
// left out.
type line struct {
	from, to int
	runes    int
	// indent is the number of white-space characters before it.
	indent int
	// gap says that an empty line, a page break or the beginning of the text
	// stands before it.
	gap  bool
	mark mark
	// table is where the header of the table stands that the line is a row of.
	table extent
}

// extent is a stretch of a text in bytes; an empty one is none.
type extent struct{ from, to int }

// linesOf cuts a text from body on into lines, at \n, \r\n and \r; \f ends a line as well.
func linesOf(text string, body int) []line {
	var lines []line
	gap := true
	for i := body; i < len(text); {
		end := i + strings.IndexAny(text[i:], "\n\r\f")
		if end < i {
			end = len(text)
		}
		from, to := trim(text, i, end)
		if from == to {
			gap = true
		} else {
			lines = append(lines, line{
				from: from, to: to, runes: utf8.RuneCountInString(text[from:to]),
				indent: from - i, gap: gap, mark: markOf(text[from:to]),
			})
			gap = false
		}
		if end < len(text) && text[end] == '\f' {
			gap = true
		}
		if strings.HasPrefix(text[end:], "\r\n") {
			end++
		}
		i = end + 1
	}
	return tableRows(text, lines)
}

// tableRows notes the rows of tables drawn with bars, as texts made from web
// pages have them, and leaves out their headers and lines of dashes.
func tableRows(text string, lines []line) []line {
	out := lines[:0]
	var header extent
	for _, l := range lines {
		s := text[l.from:l.to]
		n := len(out)
		switch {
		case n > 0 && strings.Contains(s, "|") && strings.Contains(s, "-") && mdTableBar.MatchString(s):
			if header == (extent{}) {
				header.from, header.to = cellsOf(text, out[n-1].from, out[n-1].to)
				out = out[:n-1]
			}
			continue
		case header != (extent{}) && !l.gap && strings.Contains(s, "|"):
			l.table = header
		default:
			header = extent{}
		}
		out = append(out, l)
	}
	return out
}

// wrapping says how the lines of a text were broken. Its zero value is a text
// with a paragraph on every line.
type wrapping struct {
	// length is what a line has at least that was broken for being full: so with
	// programs that break at the first space behind a width. Else 0.
	length int
	// filled is the same with the first word of the next line counted in: so with
	// programs that put on a line what fits. Else 0.
	filled int
}

// wrappingOf looks at all pairs of lines without an empty line between them. A
// line surely goes on in the next when it has no stop and the next begins with
// a small letter; a text where a quarter of the pairs are like that is
// hard-wrapped. Where lines were filled there is a width that nearly all of
// those lines stay within and would exceed with one word more. Where there is
// none they were broken behind a width, and the shortest tells it, but for the
// few in a hundred that are accidents.
func wrappingOf(text string, lines []line) wrapping {
	const shortest = 40 // a list of words in small letters isn't a wrapped text
	var lengths, filled []int
	pairs := 0
	for i := range max(0, len(lines)-1) {
		a, b := lines[i], lines[i+1]
		if b.gap || b.mark.end > 0 {
			continue
		}
		pairs++
		next := text[b.from:b.to]
		if a.runes >= shortest && startsSmall(next) && !isStop(lastRune(text[a.from:a.to])) {
			lengths = append(lengths, a.runes)
			filled = append(filled, a.runes+1+utf8.RuneCountInString(firstWord(next)))
		}
	}
	if len(lengths) < 2 || len(lengths)*4 < pairs {
		return wrapping{}
	}
	slices.Sort(lengths)
	slices.Sort(filled)
	n := len(lengths)
	if width := lengths[n-1-n/10]; filled[n/10] > width {
		return wrapping{filled: width + 1}
	}
	return wrapping{length: lengths[n/50]}
}

// group is a run of lines that belong together: a paragraph, a heading, an
// entry of a list.
type group struct {
	// from and to are byte offsets; lines counts the lines between them.
	from, to, lines int
	runes           int
	gap             bool
	mark            mark
	table           extent
	// tail is where the last line begins when it is a remark in brackets of its
	// own, else 0.
	tail int
}

// grouper joins lines into groups.
type grouper struct {
	text  string
	lines []line
	wrap  wrapping
}

// groups cuts the lines into groups, in order.
func (g *grouper) groups() []group {
	var out []group
	for a := 0; a < len(g.lines); {
		b := a + 1
		for b < len(g.lines) && g.goesOn(a, b) {
			b++
		}
		if g.strayEnd(a, b) {
			b--
		}
		out = append(out, g.group(a, b))
		a = b
	}
	return out
}

func (g *grouper) group(a, b int) group {
	first, last := g.lines[a], g.lines[b-1]
	out := group{from: first.from, to: last.to, lines: b - a, gap: first.gap, mark: first.mark, table: first.table}
	for _, l := range g.lines[a:b] {
		out.runes += l.runes + 1
	}
	if s := g.at(b - 1); b-a > 1 && s[0] == '(' && s[len(s)-1] == ')' {
		out.tail = last.from
	}
	return out
}

func (g *grouper) at(i int) string { return g.text[g.lines[i].from:g.lines[i].to] }

// goesOn reports whether line b belongs to the group that began with line a.
func (g *grouper) goesOn(a, b int) bool {
	if g.lines[a].table != g.lines[b].table || g.lines[b].table != (extent{}) {
		return false
	}
	if g.lines[b].gap || strings.HasSuffix(g.at(b-1), " -") {
		return false // the dash of a list of names closes its line
	}
	before, next := g.at(b-1), g.at(b)
	last := lastRune(before)
	open := !isStop(last) && last != ':' && last != ';'
	if m := g.lines[b].mark; m.bullet || m.end > 0 && !m.weak && (!open || g.wrap == (wrapping{}) || g.short(b-1)) {
		return false
	}
	if startsSmall(next) && (open || g.wrap != wrapping{}) {
		return true
	}
	if g.lines[a].mark.end > 0 && g.lines[b].indent > g.lines[a].indent && open {
		return true
	}
	if g.wrap == (wrapping{}) {
		return false
	}
	if b == a+1 && g.headingBefore(before, next) {
		return false
	}
	return !g.short(b-1) || open && smallWords[lastWord(before)]
}

// short reports whether line i ends before it was full, so that whoever wrote
// the text ended it.
func (g *grouper) short(i int) bool {
	if i+1 == len(g.lines) {
		return true
	}
	n := g.lines[i].runes
	return n < g.wrap.length || n+1+utf8.RuneCountInString(firstWord(g.at(i+1))) < g.wrap.filled
}

// headingBefore tells a heading that happens to fill its line from the first
// line of a paragraph: it has no stop, doesn't break off at a small word, and
// the next line begins a sentence.
func (g *grouper) headingBefore(before, next string) bool {
	first := firstWord(next)
	r, _ := utf8.DecodeRuneInString(first)
	last := lastRune(before)
	return unicode.IsUpper(r) && openers[strings.ToLower(first)] &&
		(unicode.IsLetter(last) || unicode.IsDigit(last)) && !smallWords[lastWord(before)]
}

// strayEnd reports whether the last line of the group a..b is none of it: a
// short line without a stop behind a line that ended with one. A paragraph ends
// with a stop, so it's a heading that follows a full line.
func (g *grouper) strayEnd(a, b int) bool {
	if b-a < 2 || g.wrap == (wrapping{}) {
		return false
	}
	end := lastRune(g.at(b - 1))
	return isStop(lastRune(g.at(b-2))) && !isStop(end) && end != ':' && !startsSmall(g.at(b-1)) && g.short(b-1)
}
