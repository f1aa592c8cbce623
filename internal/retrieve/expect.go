package retrieve

import (
	"regexp"
	"strings"
	"unicode"
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
	// counted is the word after "hoeveel": what the number is of.
	counted string
	// named are the question's capitalised words, which are no news.
	named map[string]bool
}

var (
	asksNumber = regexp.MustCompile(`(?i)\b(hoeveel|hoe\s?veel|welk (aantal|percentage|bedrag|deel)|hoe (groot|hoog|lang|vaak|oud|duur)|how (many|much|long|often|old))\b`)
	asksDate   = regexp.MustCompile(`(?i)\b(wanneer|welke datum|welk jaar|welke dag|welke maand|sinds wanneer|tot wanneer|hoe laat|when|(what|which) (date|year|day))\b`)
	asksName   = regexp.MustCompile(`(?i)\b(wie|waar|welk (\p{L}+ )?land|welke (\p{L}+ )?(stad|plaats|gemeente|organisatie|instantie|stichting|minister|persoon|partij)|waarheen|who|whom|where)\b`)
	asksReason = regexp.MustCompile(`(?i)\b(waarom|waardoor|hoezo|hoe komt het|(om )?welke reden|why|how come)\b`)
	asksList   = regexp.MustCompile(`(?i)\b(welke|noem|wat zijn de|wat voor|which|what are|list)\b`)

	counted = regexp.MustCompile(`(?i)\bhoeveel\s+(?:van\s+)?(?:de\s+|het\s+)?([\p{L}-]+)`)
	name    = regexp.MustCompile(`\p{Lu}[\p{L}\d'’.-]*`)

	holdsNumber = regexp.MustCompile(`(?i)\d|\b(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|twintig|dertig|honderd|duizend|miljoen|miljard|helft|kwart|derde|dagelijks|wekelijks|maandelijks|jaarlijks|elk|ieder)\b`)
	holdsDate   = regexp.MustCompile(`(?i)\b(1[89]|20)\d\d\b|\b\d{1,2}[ -](januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|\d{1,2}-)|\b(januari|februari|maart|april|juni|juli|augustus|september|oktober|november|december|voorjaar|zomer|najaar|winter)\b`)
	holdsReason = regexp.MustCompile(`(?i)\b(omdat|doordat|vanwege|wegens|want|aangezien|daarom|zodat|reden(en)?|oorzaak|oorzaken|waardoor|hierdoor|daardoor|dankzij|door het|gezien|immers|cruciaal|noodzakelijk)\b`)
	holdsList   = regexp.MustCompile(`(?s)(,|;).*(,|;|\ben\b|\bof\b)|\n\s*[-*•]|:\s`)
)

// expect reads a question. The first question word that fits decides, the most
// telling kinds first.
func expect(question string) expectation {
	e := expectation{named: map[string]bool{}}
	for _, n := range name.FindAllString(question, -1) {
		e.named[strings.ToLower(strings.Trim(n, ".-'’"))] = true
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

// met reports whether a sentence holds what the question asks for.
func (e expectation) met(sentence string) bool {
	switch e.want {
	case aNumber:
		return holdsNumber.MatchString(sentence)
	case aDate:
		return holdsDate.MatchString(sentence)
	case aName:
		return e.newName(sentence)
	case aReason:
		return holdsReason.MatchString(sentence)
	case aList:
		return holdsList.MatchString(sentence)
	default:
		return false
	}
}

// newName reports whether a sentence has a capitalised word that isn't its
// first and isn't in the question.
func (e expectation) newName(sentence string) bool {
	for i, w := range strings.FieldsFunc(sentence, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(),;:‘’“”«»\"/", r) }) {
		w = strings.Trim(w, ".-'")
		if i == 0 && len(w) > 0 && !allUpper(w) {
			continue
		}
		if name.MatchString(w) && !e.named[strings.ToLower(w)] {
			return true
		}
	}
	return false
}

func allUpper(w string) bool { return len(w) > 1 && strings.ToUpper(w) == w }

// nearWords is how far, in words, a number may stand from what it counts.
const nearWords = 4

// counts reports whether the thing that "hoeveel" asks about stands near a
// number. Words are compared by their first letters, so that "slachtoffer"
// meets "slachtoffers".
func (e expectation) counts(sentence string) bool {
	if e.counted == "" {
		return false
	}
	words := strings.Fields(strings.ToLower(sentence))
	for i, w := range words {
		if !holdsNumber.MatchString(w) {
			continue
		}
		for _, other := range words[max(0, i-nearWords):min(len(words), i+nearWords+1)] {
			if sameStart(strings.Trim(other, "(),.;:"), e.counted) {
				return true
			}
		}
	}
	return false
}

// sameStart reports whether two words share all but their last letters.
func sameStart(a, b string) bool {
	n := max(4, min(len(a), len(b))-2)
	return len(a) >= n && len(b) >= n && a[:n] == b[:n]
}

// question reports whether a sentence asks rather than tells.
func question(sentence string) bool {
	return strings.HasSuffix(strings.TrimRight(sentence, "’”»\"' "), "?")
}
