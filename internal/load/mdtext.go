package load

import (
	"strings"
	"unicode"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// textLine begins an entry or paragraph, or goes on with the open one.
func (r *markdownReader) textLine(s string, from, to int) {
	m := mdItem.FindString(s)
	if m == "" && dashMark.MatchString(s) {
		m = s[:markOf(s).end]
	}
	// Only a first number breaks off a paragraph: "in\n2020. Dat was" has none.
	if m != "" && (r.open.to == 0 || r.open.kind == docs.Item || !isNumber(m) || m[0] == '1') {
		r.endBlock()
		r.open, r.lines = piece{kind: docs.Item, from: from + len(m), to: to}, 1
		return
	}
	if strings.HasPrefix(s, ": ") || strings.HasPrefix(s, ":\t") {
		r.definition(from, to)
		return
	}
	if r.open.to > 0 && !r.titleAbove(s) {
		r.open.to = to
		r.lines++
		return
	}
	from += len(mdFootnote.FindString(s))
	entry, term := r.entry, r.term
	r.endBlock()
	r.open, r.lines = piece{kind: docs.Paragraph, from: from, to: to}, 1
	if entry {
		r.open.kind, r.term = docs.Item, term
	}
}

func isNumber(mark string) bool { return '0' <= mark[0] && mark[0] <= '9' }

// definition reads what explains the term on the line before, or on the one
// before that when an empty line stands between. The two are one entry.
func (r *markdownReader) definition(from, to int) {
	last := len(r.pieces) - 1
	switch {
	case r.open.to > 0 && r.open.kind == docs.Paragraph && r.lines == 1:
		r.open.kind, r.open.to = docs.Item, to
		return
	case r.open.to == 0 && last >= 0 && r.pieces[last].kind == docs.Paragraph && !r.pieces[last].closes &&
		strings.TrimSpace(r.text[r.pieces[last].to:from]) == "" && !strings.Contains(r.text[r.pieces[last].from:r.pieces[last].to], "\n"):
		r.open, r.lines = r.pieces[last], 1
		r.open.kind, r.open.to = docs.Item, to
		r.pieces = r.pieces[:last]
		return
	}
	r.endBlock()
	r.open, r.lines = piece{kind: docs.Item, from: from + 1, to: to}, 1
}

// captions are words that the line below a picture or table begins with.
var captions = dutch.WordSet("afbeelding bijschrift bron figuur foto grafiek tabel")

// titleAbove reports whether the open paragraph is a title that the next line
// was glued to, and makes it one: a short line that nothing closes, above a long
// one that begins a sentence. A caption stays a paragraph, but by itself.
func (r *markdownReader) titleAbove(next string) bool {
	if r.open.kind != docs.Paragraph || r.lines != 1 || len(next) < 60 {
		return false
	}
	s := r.text[r.open.from:r.open.to]
	last, first := lastRune(s), firstWord(next)
	n := countWords(s)
	if n < 2 || n > 6 || len(s) > 50 || !unicode.IsLetter(last) && !unicode.IsDigit(last) || !unicode.IsUpper(firstRune(s)) || smallWords[lastWord(s)] {
		return false
	}
	if startsSmall(first) || !openers[strings.ToLower(first)] || strings.HasPrefix(r.text[r.open.to:], "  ") {
		return false
	}
	if !captions[strings.ToLower(firstWord(strings.TrimLeft(s, "*_")))] {
		r.open.kind, r.open.level = docs.Heading, boldLevel
	}
	return true
}

// endBlock closes the open block and ends a table. A paragraph that is one short
// line in bold is a heading in all but name.
func (r *markdownReader) endBlock() {
	r.inTable, r.entry, r.term = false, false, false
	if r.open.to == 0 {
		return
	}
	p := r.open
	r.open = piece{}
	if m := mdBold.FindStringSubmatch(r.text[p.from:p.to]); m != nil && p.kind == docs.Paragraph && boldTitle(m[1]) {
		p.kind, p.level = docs.Heading, boldLevel
		p.from += strings.Index(r.text[p.from:p.to], m[1])
		p.to = p.from + len(strings.TrimRight(m[1], ": "))
	}
	r.emit(p)
}

// boldTitle reports whether a line in bold is a heading by its words.
func boldTitle(s string) bool {
	last := lastRune(s)
	return countWords(s) <= 12 && (!isStop(last) || last == '?') && !plainTitles[bareLetters(s)]
}
