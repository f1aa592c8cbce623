package cite

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
)

const (
	// maxAhead is how far behind a stop is looked whether a sentence begins, in
	// bytes.
	maxAhead = 40
	// maxBefore is how much of the text before a stop decides with it, in bytes.
	maxBefore = 120
)

// probes are what a sentence may begin with: a word that does so often, one that
// also begins surnames, one that is only a name. Where they agree, the first
// capital decides; where they don't ("de B.V. …"), the whole word is needed.
var probes = [...]string{"Bovendien x", "De x", "Xyzzy x"}

// judge looks at what stands behind a stop, of which r is the last character.
func (a *assembler) judge(r rune) {
	ahead := string(a.ahead)
	first := strings.IndexFunc(ahead, isWordRune)
	switch {
	case len(ahead) >= maxAhead:
		a.resolve(a.startsAhead(ahead))
	case first < 0:
	case !isWordRune(r):
		a.judgeWord()
	case first+utf8.RuneLen(r) < len(ahead):
		// Only a small letter or an undecided capital gets here; "iDEAL" shows in
		// its third letter, "’s Avonds" in the next word.
		if c, _ := utf8.DecodeRuneInString(ahead[first:]); unicode.IsLower(c) && len(ahead)-first > 2 {
			a.resolve(a.startsAhead(ahead))
		}
	case unicode.IsDigit(r):
		a.resolve(a.startsAhead(ahead))
	case !unicode.IsLower(r):
		yes := 0
		for _, p := range probes {
			if a.startsAhead(ahead[:first] + p) {
				yes++
			}
		}
		if yes == 0 || yes == len(probes) {
			a.resolve(yes > 0)
		}
	}
}

// judgeWord decides when the first word behind the stop is complete.
func (a *assembler) judgeWord() {
	ahead := string(a.ahead)
	first := strings.IndexFunc(ahead, isWordRune)
	if first < 0 || strings.HasSuffix(ahead, "-") {
		return
	}
	c, size := utf8.DecodeRuneInString(ahead[first:])
	if first > 0 && unicode.IsLower(c) && first+size == len(ahead) {
		return // "’s" of "’s Avonds"
	}
	a.resolve(a.startsAhead(ahead))
}

// startsAhead reports whether a sentence ends behind the present text when
// ahead follows it.
func (a *assembler) startsAhead(ahead string) bool {
	before := string(a.text)
	if len(before) > maxBefore {
		before = before[len(before)-maxBefore:]
		before = "x" + before[strings.IndexByte(before, ' ')+1:]
		if at := strings.IndexByte(before, ' '); at >= 0 {
			before = "x" + before[at:]
		}
	}
	at := 0
	for _, s := range dutch.Sentences(before + " " + ahead + " x") {
		if at += len(s); at == len(before)+1 {
			return true
		}
	}
	return false
}

// resolve ends the waiting: what was looked at begins a sentence, or not.
func (a *assembler) resolve(starts bool) {
	ahead := a.ahead
	a.ahead, a.waiting = nil, false
	word := 0
	if a.wordStart > 0 {
		word = len(ahead) - (a.wordStart - 1)
	}
	if starts {
		a.yield()
	} else {
		a.text = append(a.text, ' ')
	}
	a.text = append(a.text, ahead...)
	if word > 0 {
		a.wordStart = len(a.text) - word + 1
	}
}

// between is the break that the white space before the present line makes.
func (a *assembler) between() Break {
	switch {
	case a.lines > 1:
		return Paragraph
	case a.lines == 1:
		return Line
	}
	return Joined
}

// beginLine begins a line with what its prefix was found to be. The line before
// it ends its sentence, unless it only broke there.
func (a *assembler) beginLine(head Piece) {
	prefix := a.prefix
	a.prefix, a.lineStart = nil, false
	head.Break = max(a.lineBreak, a.between())
	first, _ := utf8.DecodeRune(prefix)
	text := string(a.text)
	continues := head.Bullet == "" && !head.Opens && !a.fence && head.Break < Paragraph && unicode.IsLower(first) &&
		!endsInStop(a.text) && !strings.HasSuffix(text, ":") && !a.head.Opens
	if !continues {
		if text != "" {
			a.yield()
		}
		head.Break = max(head.Break, a.head.Break)
		a.head = head
	}
	a.lineBreak, a.lines = Joined, 0
	if head.Bullet != "" || head.Opens {
		return
	}
	for _, r := range string(prefix) {
		a.visible(r)
	}
}

// endPrefix takes white space or a citation behind the prefix of a line.
func (a *assembler) endPrefix() {
	prefix := string(a.prefix)
	switch {
	case strings.HasPrefix(prefix, "#"):
		a.beginLine(Piece{Opens: true})
	case prefix == ">":
		a.prefix = nil
	case strings.HasSuffix(prefix, ".") || strings.HasSuffix(prefix, ")"):
		a.beginLine(Piece{Bullet: prefix[:len(prefix)-1] + ". "})
	case !isDigits(prefix):
		a.beginLine(Piece{Bullet: "- "})
	default:
		a.beginLine(Piece{})
	}
}

var linePrefix = regexp.MustCompile(`^(#{1,6}|[-*+•–‣·>]|[0-9]{1,3}[.)]?)$`)

// mayBePrefix reports whether a line that begins with s may begin with markup.
func mayBePrefix(s string) bool { return linePrefix.MatchString(s) }

// yield ends the present sentence. It is cut once more, for borders that show
// without white space ("worden.Een").
func (a *assembler) yield() {
	text, marks, head := string(a.text), a.marks, a.head
	a.text, a.marks, a.head = a.text[:0], nil, Piece{}
	a.markEnd, a.wordStart = -1, 0
	end := 0
	for _, s := range dutch.Sentences(text) {
		end += len(s)
		piece := Piece{Break: head.Break, Bullet: head.Bullet, Text: a.tidy(s)}
		n := 0
		for n < len(marks) && marks[n].at <= end {
			piece.Passages = appendOnce(piece.Passages, marks[n].passage)
			n++
		}
		marks = marks[n:]
		if !hasContent(piece.Text) {
			continue
		}
		piece.Opens = end == len(text) && (head.Opens || strings.HasSuffix(piece.Text, ":"))
		a.pieces = append(a.pieces, piece)
		head.Break, head.Bullet = Joined, ""
	}
	a.head.Break = head.Break // of what was dropped
}

func appendOnce(all []int, n int) []int {
	for _, m := range all {
		if m == n {
			return all
		}
	}
	return append(all, n)
}

// emptied are round brackets that held a citation only.
var emptied = regexp.MustCompile(` ?\(\s*((?i:zie|bron|bronnen|source|sources|see|cf)\.?:?\s*)?[,;]?\s*\)`)

// tidy is a sentence without the traces of markup and citations.
func (a *assembler) tidy(s string) string {
	s = emptied.ReplaceAllString(s, "")
	for a.named != nil && a.named.MatchString(s) { // "k7fDe", "k7k7ff"
		s = a.named.ReplaceAllString(s, "")
	}
	if !strings.Contains(s, "_") {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for i, r := range s {
		if r == '_' {
			before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s[:i], "_"))
			after, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[i:], "_"))
			if !isWordRune(before) || !isWordRune(after) {
				continue // emphasis, not "file_name"
			}
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// hasContent reports whether a text says anything: more than punctuation and "Bron:".
func hasContent(s string) bool {
	for _, w := range words(dutch.Fold(s)) {
		if !sourceWords[w] {
			return true
		}
	}
	return false
}
