package load

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
	"bronwijzer/internal/pdf"
)

// vocabulary counts the words of a document that stand whole on a line, folded.
// It is the evidence for what a word looks like that was broken over two.
type vocabulary map[string]int

// read counts the words of a line but for the first and last, which may be
// parts.
func (v vocabulary) read(line string) {
	words := strings.Fields(line)
	for i, w := range words {
		if i == 0 && startsSmall(w) || i == len(words)-1 && endsBroken(w) {
			continue
		}
		v[bareForm(w)]++
	}
}

// bareForm is a word folded, without what stands around it.
func bareForm(w string) string {
	return dutch.Fold(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}

// endsBroken reports whether a line ends in a hyphen.
func endsBroken(line string) bool {
	r, _ := utf8.DecodeLastRuneInString(line)
	return r == '-' || r == pdf.Hyphen || r == '\u2010'
}

// hyphened are prefixes that keep their hyphen wherever they stand.
var hyphened = dutch.WordSet(`niet non ex oud vice pseudo quasi`)

// shared are words behind a hyphen that stands for the rest of a word: "in- en
// uitvoer".
var shared = dutch.WordSet(`en of als tot dan noch respectievelijk`)

// join puts line b behind line a. A word that was broken is made whole: without
// its hyphen where that only broke it, with it where it belongs to the word.
func (v vocabulary) join(a, b string) string {
	switch {
	case a == "":
		return b
	case goesOnAddress(a, b):
		return a + b
	case !endsBroken(a):
		return a + " " + b
	}
	_, size := utf8.DecodeLastRuneInString(a)
	a = a[:len(a)-size]
	left, right := a[strings.LastIndexAny(a, " \u00a0")+1:], firstWord(b)
	switch v.hyphen(left, right) {
	case spacedHyphen:
		return a + "- " + b
	case hardHyphen:
		return a + "-" + b
	}
	return a + b
}

// hyphenKind is what a hyphen at the end of a line is for.
type hyphenKind int

const (
	softHyphen   hyphenKind = iota // it only broke the word
	hardHyphen                     // it belongs to the word
	spacedHyphen                   // it stands for the rest of a word
)

// hyphen tells what the hyphen between left and right is for. How the document
// spells the word elsewhere decides. Else capitals, digits, prefixes such as
// "niet" and vowels that would run together ("auto-ongeluk") keep it; other
// Dutch compounds are written in one.
func (v vocabulary) hyphen(left, right string) hyphenKind {
	l, r := bareForm(left), bareForm(right)
	first, last := firstRune(right), lastRune(left)
	switch {
	case l == "" || r == "" || !unicode.IsLetter(last) && !unicode.IsDigit(last):
		if hasWord(left) {
			return hardHyphen
		}
		return spacedHyphen
	case shared[r] && v[l+r] == 0:
		return spacedHyphen
	case v[l+r] != v[l+"-"+r]:
		if v[l+r] > v[l+"-"+r] {
			return softHyphen
		}
		return hardHyphen
	case !unicode.IsLower(first), !unicode.IsLower(last):
		return hardHyphen
	case hyphened[l[strings.LastIndexByte(l, '-')+1:]] && utf8.RuneCountInString(r) > 3, utf8.RuneCountInString(l) == 1:
		return hardHyphen
	case l != "be" && l != "ge" && clashes(last, first):
		return hardHyphen
	}
	return softHyphen
}

// clashes reports whether two vowels would be read as one, so that a compound
// is written with a hyphen between them.
func clashes(a, b rune) bool {
	switch a {
	case 'a', 'o':
		return a == b || b == 'e' && a == 'a' || b == 'i' || b == 'u'
	case 'e':
		return b == 'e' || b == 'i' || b == 'u'
	case 'i':
		return b == 'i' || b == 'j'
	case 'u':
		return b == 'u' || b == 'i'
	}
	return false
}

// goesOnAddress reports whether line b goes on with a web address that fills
// line a to its end.
func goesOnAddress(a, b string) bool {
	last := a[strings.LastIndexAny(a, " \u00a0")+1:]
	next := firstWord(b)
	return (strings.Contains(last, "://") || strings.HasPrefix(last, "www.")) && strings.ContainsAny(next, "/=?_") && startsWord(next)
}
