package load

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
)

// trim moves from and to inwards over white space and byte order marks.
func trim(text string, from, to int) (int, int) {
	space := func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }
	s := strings.TrimLeftFunc(text[from:to], space)
	from = to - len(s)
	return from, from + len(strings.TrimRightFunc(s, space))
}

// hasWord reports whether s has a letter or digit in it.
func hasWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}

// mark is what an entry of a list begins with.
type mark struct {
	// end is the length of the mark with the space behind it; 0 when there is
	// none.
	end int
	// bullet says that it is a sign and no number.
	bullet bool
	// depth is 1 for "3." and "IV.", 2 for "3A)" and "3.1", and so on; letters
	// ("a.") have 9: they count below whatever there is.
	depth int
	// style tells kinds of marks apart: those of one list have one style.
	style string
	// first says that the mark begins a count: 1, a, i.
	first bool
	// weak is a number without a stop ("1 Inleiding"): only a heading has it.
	weak bool
}

var (
	bulletMark = regexp.MustCompile(`^(?:[-–—*+•·▪▫‣◦●○■□o]|\x{F0B7})[ \t\x{A0}]+`)
	dashMark   = regexp.MustCompile(`^[-–]\p{Lu}\p{Ll}`)
	numberMark = regexp.MustCompile(`^\(?(\d{1,3}(?:\.\d{1,3})*)([A-Za-z]?)([.)]{0,2})[ \t\x{A0}]+`)
	letterMark = regexp.MustCompile(`^\(?([a-z]|[ivx]{2,4}|[IVX]{1,5})([.)])[ \t\x{A0}]+`)
	namedMark  = regexp.MustCompile(`^(?i:hoofdstuk|deel|bijlage|§)[ \t\x{A0}]*(\d{1,3}|[IVX]{1,5}|[A-Z])\b`)
)

const letterDepth = 9

// markOf reads the mark at the beginning of a line.
func markOf(line string) mark {
	if m := bulletMark.FindString(line); m != "" {
		return mark{end: len(m), bullet: true, style: "bullet"}
	}
	if dashMark.MatchString(line) {
		_, size := utf8.DecodeRuneInString(line)
		return mark{end: size, bullet: true, style: "bullet"}
	}
	if m := numberMark.FindStringSubmatch(line); m != nil {
		return numberOf(line, m)
	}
	if m := letterMark.FindStringSubmatch(line); m != nil {
		depth := letterDepth
		if m[1] == strings.ToUpper(m[1]) {
			depth = 1
		}
		return mark{end: len(m[0]), depth: depth, style: "a" + m[2], first: strings.EqualFold(m[1], "a") || strings.EqualFold(m[1], "i")}
	}
	if m := namedMark.FindStringSubmatch(line); m != nil {
		return mark{depth: 1, style: "named", weak: true}
	}
	return mark{}
}

func numberOf(line string, m []string) mark {
	number, letter, stop := m[1], m[2], m[3]
	depth := 1 + strings.Count(number, ".")
	if letter != "" {
		depth++
	}
	got := mark{end: len(m[0]), depth: depth, style: "1" + stop, first: number == "1" && letter == ""}
	if stop == "" {
		next, _ := utf8.DecodeRuneInString(line[len(m[0]):])
		if letter != "" || len(number) > 2 && depth == 1 || !unicode.IsUpper(next) {
			return mark{} // "28 638", "12e", "3 miljoen"
		}
		got.weak = true
	}
	return got
}

// lastRune returns the last character of s that says how it ends: closing
// quotes and brackets are passed over, and so is a footnote number behind a
// stop.
func lastRune(s string) rune {
	s = strings.TrimRight(s, " \t\u00a0’”»›)]}\"'*_")
	bare := strings.TrimRight(s, "0123456789")
	if n := len(s) - len(bare); n > 0 && n <= 3 && strings.HasSuffix(bare, ".") {
		s = bare
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// isStop reports whether r ends a sentence.
func isStop(r rune) bool { return r == '.' || r == '?' || r == '!' || r == '…' }

// firstRune returns the first character behind opening quotes and brackets.
func firstRune(s string) rune {
	s = strings.TrimLeft(s, "‘“„«‹([{\"'*_ \t\u00a0")
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// startsSmall reports whether s begins with a small letter: it goes on with a
// sentence.
func startsSmall(s string) bool { return unicode.IsLower(firstRune(s)) }

// countWords counts the words of s that have a letter or digit in them.
func countWords(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if hasWord(w) {
			n++
		}
	}
	return n
}

// isCapitals reports whether s has letters and all of them are capitals.
func isCapitals(s string) bool {
	return strings.ToUpper(s) == s && strings.ToLower(s) != s
}

// smallWords are articles, prepositions and conjunctions, which no heading and
// no finished line ends with.
var smallWords = dutch.WordSet(`aan als bij dan dat de deze die dit door een en het hun in is mede met naar nog of om
	ook onder op over per te tegen tot tussen uit van vanuit via voor waar waaronder wordt worden zijn zonder`)

// openers are words that begin a sentence when they have a capital, and not a
// name or title in the middle of one.
var openers = dutch.WordSet(`aan al alle alleen allereerst als anders beide bij binnen daar daaraan daarbij daardoor
	daarmee daarna daarnaast daarom dat de deze die dit door een eerst elk er geen het hier hierbij hierdoor hierin
	hoe hoewel ik in indien is met na naast niet nu om omdat onder onze ook op over sinds tevens tijdens uit
	vanaf vanuit veel verder vervolgens volgens voor wanneer wat we wie wij ze zij zo zoals`)

// lastWord returns the last word of s in lower case.
func lastWord(s string) string {
	return strings.ToLower(s[strings.LastIndexAny(s, " \t\n\u00a0")+1:])
}

// firstWord returns the first word of s.
func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t\n\u00a0"); i >= 0 {
		return s[:i]
	}
	return s
}
