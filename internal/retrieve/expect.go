package retrieve

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// want is what a question asks for, read off its question word.
type want int

const (
	anything want = iota
	aNumber
	aDate
	aName
	aReason
	aList
)

// expectation is what a sentence has to hold to be an answer in kind.
type expectation struct {
	want want
	// counted is the word after "hoeveel", in small letters: what the number is
	// of. Empty when nothing is counted.
	counted string
	// known are the question's words, in small letters, which are no news.
	known map[string]bool
}

var (
	asksNumber = regexp.MustCompile(`(?i)\b(hoeveel|hoe\s?veel|welk (aantal|percentage|bedrag|deel)|hoe (groot|hoog|lang|vaak|oud|duur)|how (many|much|long|often|old))\b`)
	asksDate   = regexp.MustCompile(`(?i)\b(wanneer|welke datum|welk jaar|welke dag|welke maand|hoe laat|when|(what|which) (date|year|day))\b`)
	asksReason = regexp.MustCompile(`(?i)\b(waarom|waardoor|hoezo|hoe komt het|(om )?welke reden|why|how come)\b`)
	asksName   = regexp.MustCompile(`(?i)\b(wie|waar|welk (\p{L}+ )?land|welke (\p{L}+ )?(stad|plaats|gemeente|organisatie|instantie|stichting|minister|persoon|partij)|waarheen|who|whom|where)\b`)
	asksList   = regexp.MustCompile(`(?i)\b(welke|noem|wat zijn de|wat voor|which|what are|list)\b`)

	counted = regexp.MustCompile(`(?i)\b(?:hoe\s?veel|how many)\s+(?:van\s+)?(?:de\s+|het\s+)?([\p{L}-]+)`)
)

// expect reads a question. Where it has several question words the most telling
// kind counts, whatever their order: a number before a date, that before a
// reason, a name and a list.
func expect(question string) expectation {
	e := expectation{known: map[string]bool{}}
	for _, w := range words(question) {
		e.known[strings.ToLower(w)] = true
	}
	switch {
	case asksNumber.MatchString(question):
		e.want = aNumber
		if m := counted.FindStringSubmatch(question); m != nil {
			e.counted = strings.ToLower(m[1])
		}
	case asksDate.MatchString(question):
		e.want = aDate
	case asksReason.MatchString(question):
		e.want = aReason
	case asksName.MatchString(question):
		e.want = aName
	case asksList.MatchString(question):
		e.want = aList
	}
	return e
}

// met reports whether a sentence holds what the question asks for. words are
// the sentence's: regular expressions over some two hundred sentences took most
// of a search's own time.
func (e expectation) met(s docs.Sentence, words []string) bool {
	switch e.want {
	case aNumber:
		return slices.ContainsFunc(words, isNumber)
	case aDate:
		return holdsDate(words)
	case aName:
		return e.newName(words)
	case aReason:
		return holdsReason(words)
	case aList:
		return s.Kind == docs.List || holdsList(s.Plain, words)
	default:
		return false
	}
}

// words are the runs of letters, digits and hyphens of a text, hyphens at their
// ends left out.
func words(text string) []string {
	out := strings.FieldsFunc(text, func(r rune) bool {
		return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	for i, w := range out {
		out[i] = strings.Trim(w, "-")
	}
	return slices.DeleteFunc(out, func(w string) bool { return w == "" })
}

var (
	// numerals are words that say how many or how often. "een" is left out: it
	// is an article nearly always.
	numerals = dutch.WordSet(`twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien
		achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd duizend miljoen miljard
		helft kwart derde dagelijks wekelijks maandelijks jaarlijks elk ieder`)
	months = dutch.WordSet(`januari februari maart april mei juni juli augustus september oktober november december`)
	// seasons stand for a date by themselves, as months do.
	seasons = dutch.WordSet(`voorjaar zomer najaar winter`)
	reasons = dutch.WordSet(`omdat doordat vanwege wegens want aangezien daarom zodat reden redenen oorzaak oorzaken waardoor hierdoor
		daardoor dankzij gezien immers cruciaal noodzakelijk`)
)

// isNumber reports whether a word has a digit or is a numeral.
func isNumber(word string) bool {
	return strings.ContainsAny(word, "0123456789") || numerals[strings.ToLower(word)]
}

// holdsDate reports whether there is a year, a month or a season. "mei" is one
// only after a day.
func holdsDate(words []string) bool {
	for i, w := range words {
		lower := strings.ToLower(w)
		if hasYear(w) || seasons[lower] || months[lower] && (lower != "mei" || i > 0 && isDay(words[i-1])) {
			return true
		}
	}
	return false
}

// hasYear reports whether a part of a word is a year of the last three
// centuries: "2018-2022", "1-4-2019".
func hasYear(word string) bool {
	for part := range strings.SplitSeq(word, "-") {
		if len(part) == 4 && allDigits(part) && (part[:2] == "18" || part[:2] == "19" || part[:2] == "20") {
			return true
		}
	}
	return false
}

func isDay(word string) bool { return len(word) <= 2 && allDigits(word) }

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func holdsReason(words []string) bool {
	for i, w := range words {
		lower := strings.ToLower(w)
		if reasons[lower] || lower == "het" && i > 0 && strings.EqualFold(words[i-1], "door") {
			return true
		}
	}
	return false
}

// holdsList reports whether a sentence adds things up: with separators, or
// behind a colon, be it in the list that follows it.
func holdsList(sentence string, words []string) bool {
	separators := strings.Count(sentence, ",") + strings.Count(sentence, ";")
	joined := slices.Contains(words, "en") || slices.Contains(words, "of")
	return separators > 1 || separators == 1 && joined || strings.Contains(sentence, ": ") || strings.Contains(sentence, ":\n") ||
		strings.HasSuffix(sentence, ":")
}

// newName reports whether there is a word with a capital that isn't the
// sentence's first, unless that is all capitals, and isn't in the question.
func (e expectation) newName(words []string) bool {
	for i, w := range words {
		if i == 0 && !allUpper(w) || !strings.ContainsFunc(w, unicode.IsUpper) {
			continue
		}
		if !e.known[strings.ToLower(w)] {
			return true
		}
	}
	return false
}

// allUpper reports whether a word of more than one letter is written in
// capitals.
func allUpper(w string) bool {
	return utf8.RuneCountInString(w) > 1 && strings.ToUpper(w) == w && strings.ToLower(w) != w
}

// nearWords is how far, in words, a number may stand from what it counts.
const nearWords = 4

// counts reports whether the thing that "hoeveel" asks about stands near a
// number.
func (e expectation) counts(words []string) bool {
	if e.counted == "" {
		return false
	}
	for i, w := range words {
		if !isNumber(w) {
			continue
		}
		for _, other := range words[max(0, i-nearWords):min(len(words), i+nearWords+1)] {
			if sameStart(strings.ToLower(other), e.counted) {
				return true
			}
		}
	}
	return false
}

// sameStart reports whether two words are the same but for the last letters of
// the longer ones, so that "slachtoffer" meets "slachtoffers".
func sameStart(a, b string) bool {
	n := max(4, min(len(a), len(b))-2)
	return a == b || len(a) >= n && len(b) >= n && a[:n] == b[:n]
}

// question reports whether a sentence asks rather than tells.
func question(sentence string) bool {
	return strings.HasSuffix(strings.TrimRight(sentence, "’”»\"')] "), "?")
}
