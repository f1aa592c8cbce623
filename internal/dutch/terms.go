package dutch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Term is a word or number of a text as it is searched for.
type Term struct {
	// Text is folded. A number is written without separators of thousands and
	// with a point before its decimals, whatever the text does.
	Text string
	// Start and End are the byte offsets of the word in the text that it was
	// read from.
	Start, End int
	// Number says that Text begins with a digit; such a term has no stem.
	Number bool
	// Stop says that the term is too common to search for; see IsStop.
	Stop bool
	// Alt says that the term is another reading of the one before it: a part of
	// a hyphenated word, or a word without the footnote digit glued to it.
	Alt bool
}

// Terms reads the words and numbers of a text, in order, for search.
//
//	programma-coördinatie  programmacoordinatie, programma, coordinatie
//	foto's, z.o.z.         foto, zoz
//	17,4 and 17.4          17.4
//	10.000 and 10 000      10000
//	28 638, nr. 184        28638 (28, 638), nr, 184
//	2018-2022              2018-2022, 2018, 2022
//	jaar3, 201916          jaar3, jaar; 201916, 2019
//
// A joined word is written without its hyphen, so that both spellings of a
// compound meet.
func Terms(s string) []Term {
	return AppendTerms(make([]Term, 0, len(s)/6+1), s)
}

// AppendTerms adds the terms of s to a slice, which whoever reads many texts can
// use again.
func AppendTerms(terms []Term, s string) []Term {
	for i := 0; i < len(s); {
		r, size := runeAt(s, i)
		if c := classOf(r); c != letter && c != digit {
			i += size
			continue
		}
		t := scanToken(s, i)
		terms = appendToken(terms, s, t)
		i = t.end
	}
	return terms
}

// class is what a character does in a word.
type class int

const (
	other class = iota
	letter
	digit
	apostrophe
	hyphen
	point
	comma
	space
)

func classOf(r rune) class {
	if r < utf8.RuneSelf {
		return asciiClass[r]
	}
	switch r {
	case '‘', '’', 'ʼ':
		return apostrophe
	case '‐', '‑', '‒', '–', '−':
		return hyphen
	case '\u00a0', '\u202f', '\u2009':
		return space
	case '\u00ad', '\u200b', '\u200c', '\u200d':
		return letter // invisible inside a word
	}
	if unicode.IsLetter(r) || unicode.Is(unicode.M, r) {
		return letter
	}
	return other
}

// asciiClass is a table, since reading text is what indexing spends its time on.
var asciiClass = func() (table [utf8.RuneSelf]class) {
	for c := range table {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			table[c] = letter
		case '0' <= c && c <= '9':
			table[c] = digit
		}
	}
	table['\''], table['-'], table['.'], table[','], table[' '] = apostrophe, hyphen, point, comma, space
	return table
}()

func runeAt(s string, i int) (rune, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[i:])
}

// token is a stretch of letters and digits and of what joins them.
type token struct {
	start, end int
	plain      bool // letters alone, as most are
}

// scanToken finds the end of the token that begins at i.
func scanToken(s string, i int) token {
	t := token{start: i, plain: true}
	runStart := i // of the unbroken letters or digits that precede i
	before := other
	for i < len(s) {
		r, size := runeAt(s, i)
		c := classOf(r)
		if c == letter || c == digit {
			before = c
			t.plain = t.plain && c == letter
			i += size
			continue
		}
		if c == other || !joins(s, runStart, i, before) {
			break
		}
		t.plain = false
		i += size
		runStart = i
	}
	t.end = i
	return t
}

// joins reports whether the character at i holds what stands before it, from
// runStart, and after it together.
func joins(s string, runStart, i int, before class) bool {
	r, size := runeAt(s, i)
	next := i + size
	if next >= len(s) {
		return false
	}
	n, nextSize := runeAt(s, next)
	after := classOf(n)
	switch classOf(r) {
	case apostrophe:
		return before == letter && after == letter
	case hyphen:
		return after == letter || after == digit
	case comma:
		return before == digit && after == digit
	case point:
		if before == digit {
			return after == digit
		}
		return after == letter && singleRune(s[runStart:i]) && !wordGoesOn(s, next+nextSize)
	case space:
		return thousands(s, runStart, i, next)
	}
	return false
}

func singleRune(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return size == len(s)
}

// wordGoesOn reports whether a letter or digit stands at i: then what stands
// before it is no letter of an abbreviation like "z.o.z.".
func wordGoesOn(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, _ := runeAt(s, i)
	c := classOf(r)
	return c == letter || c == digit
}

// thousands reports whether a space stands between one to three digits and
// exactly three: "28 638".
func thousands(s string, runStart, i, next int) bool {
	if i-runStart > 3 || !allDigits(s[runStart:i]) || next+3 > len(s) {
		return false
	}
	if runStart > 0 && strings.IndexByte(",.-", s[runStart-1]) >= 0 {
		return false // "1,5 200" is two numbers
	}
	return allDigits(s[next:next+3]) && !wordGoesOn(s, next+3)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// appendToken adds the readings of a token of s.
func appendToken(terms []Term, s string, t token) []Term {
	raw := s[t.start:t.end]
	e := emitter{terms: terms, token: t}
	if t.plain {
		e.add(Fold(raw), raw)
		return e.terms
	}
	parts := strings.FieldsFunc(raw, func(r rune) bool { return classOf(r) == hyphen })
	if len(parts) == 1 {
		e.simple(parts[0])
		return e.terms
	}
	whole := strings.Join(parts, "")
	if allDigits(whole) {
		whole = strings.Join(parts, "-") // a period or a date, not one long number
	}
	e.add(Fold(whole), whole)
	for _, part := range parts {
		e.simple(part)
	}
	return e.terms
}

// emitter collects the readings of one token.
type emitter struct {
	terms []Term
	token token
	added int
}

// add appends a reading; raw is its spelling in the text, for its capitals.
func (e *emitter) add(text, raw string) {
	if text == "" {
		return
	}
	e.terms = append(e.terms, Term{
		Text: text, Start: e.token.start, End: e.token.end,
		Number: text[0] >= '0' && text[0] <= '9',
		Stop:   IsStop(text) && (!acronym(text) || !capitals(raw)),
		Alt:    e.added > 0,
	})
	e.added++
}

// simple appends the readings of a word or number without hyphens.
func (e *emitter) simple(raw string) {
	word := Fold(raw)
	if word == "" {
		return
	}
	if isDigit(word[0]) && strings.IndexFunc(word, notNumeric) < 0 {
		e.number(word)
		return
	}
	word = strings.ReplaceAll(strings.TrimSuffix(word, "'s"), ".", "")
	e.add(word, raw)
	if strings.ContainsAny(word, "0123456789") {
		e.pieces(word)
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func notNumeric(r rune) bool {
	return (r < '0' || r > '9') && r != '.' && r != ',' && r != ' '
}

// number appends the readings of a number, whose separators are ambiguous.
func (e *emitter) number(word string) {
	groups := strings.FieldsFunc(word, func(r rune) bool { return r == '.' || r == ',' || r == ' ' })
	switch {
	case len(groups) == 1:
		e.add(word, word)
		if year, ok := gluedYear(word); ok {
			e.add(year, year)
		}
	case strings.Contains(word, " "):
		e.add(strings.Join(groups, ""), word)
		for _, g := range groups {
			e.add(g, g)
		}
	case grouped(groups) && !strings.Contains(word, ","):
		e.add(strings.Join(groups, ""), word)
	case strings.Count(word, ",") == 1:
		whole, decimals, _ := strings.Cut(word, ",")
		e.add(strings.ReplaceAll(whole, ".", "")+"."+decimals, word)
		if grouped(groups) { // "10,000" may be English
			e.add(strings.Join(groups, ""), word)
		}
	default:
		e.add(word, word)
	}
}

// grouped reports whether the digits stand in groups of thousands.
func grouped(groups []string) bool {
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return len(groups[0]) <= 3
}

// gluedYear finds the year in a year with a footnote number after it: 201916
// is 2019 and note 16.
func gluedYear(digits string) (string, bool) {
	if n := len(digits); n != 5 && n != 6 {
		return "", false
	}
	if !strings.HasPrefix(digits, "19") && !strings.HasPrefix(digits, "20") || digits[4] == '0' {
		return "", false
	}
	return digits[:4], true
}

// pieces appends what a word with digits in it is made of: its letters, and the
// digits it begins with. Digits after letters are taken for a footnote.
func (e *emitter) pieces(word string) {
	from := 0
	for i := 1; i <= len(word); i++ {
		if i < len(word) && isDigit(word[i]) == isDigit(word[from]) {
			continue
		}
		piece := word[from:i]
		if isDigit(piece[0]) && from == 0 || !isDigit(piece[0]) && len(piece) > 1 {
			e.add(piece, piece)
		}
		from = i
	}
}

// capitals reports whether a word is written in capitals alone.
func capitals(raw string) bool {
	return utf8.RuneCountInString(raw) > 1 && strings.ToUpper(raw) == raw && strings.ToLower(raw) != raw
}
