package cite

import (
	"math"
	"strconv"
	"strings"

	"bronwijzer/internal/dutch"
)

// parseNumber reads the digits of a number. 10.000 is ten thousand, 17,4 and
// 17.4 are the same; 2,800 may be either, other is its second reading or NaN.
func parseNumber(s string) (value, other float64, ok bool) {
	other = math.NaN()
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' })
	for _, g := range groups {
		if !isDigits(g) {
			return 0, 0, false
		}
	}
	thousands := len(groups) > 1 && len(groups[0]) <= 3
	for _, g := range groups[1:] {
		thousands = thousands && len(g) == 3
	}
	var err error
	switch last := strings.LastIndexAny(s, ".,"); {
	case last < 0:
		value, err = strconv.ParseFloat(s, 64)
	case thousands && (strings.Count(s, ",") == 0 || strings.Count(s, ".") == 0 && len(groups) > 2):
		value, err = strconv.ParseFloat(strings.Join(groups, ""), 64)
	case strings.Count(s[:last], string(s[last])) > 0:
		return 0, 0, false // "1.2.3" is no number
	default:
		value, err = strconv.ParseFloat(strings.Join(groups[:len(groups)-1], "")+"."+groups[len(groups)-1], 64)
		if thousands && len(groups) == 2 {
			other, _ = strconv.ParseFloat(strings.Join(groups, ""), 64)
		}
	}
	return value, other, err == nil
}

// spelledNumbers are the numbers that are written as words, Dutch and English. "een"
// and "one" are articles and pronouns far more often than numbers.
var spelledNumbers = map[string]float64{
	"nul": 0, "zero": 0, "twee": 2, "two": 2, "drie": 3, "three": 3, "vier": 4, "four": 4, "vijf": 5, "five": 5,
	"zes": 6, "six": 6, "zeven": 7, "seven": 7, "acht": 8, "eight": 8, "negen": 9, "nine": 9, "tien": 10, "ten": 10,
	"elf": 11, "eleven": 11, "twaalf": 12, "twelve": 12, "dertien": 13, "thirteen": 13, "veertien": 14, "fourteen": 14,
	"vijftien": 15, "fifteen": 15, "zestien": 16, "sixteen": 16, "zeventien": 17, "seventeen": 17, "achttien": 18,
	"eighteen": 18, "negentien": 19, "nineteen": 19, "twintig": 20, "twenty": 20, "dertig": 30, "thirty": 30,
	"veertig": 40, "forty": 40, "vijftig": 50, "fifty": 50, "zestig": 60, "sixty": 60, "zeventig": 70, "seventy": 70,
	"tachtig": 80, "eighty": 80, "negentig": 90, "ninety": 90, "honderd": 100, "hundred": 100, "duizend": 1000, "thousand": 1000,
}

// ordinals are first and so on.
var ordinals = map[string]float64{
	"eerste": 1, "eerst": 1, "first": 1, "tweede": 2, "second": 2, "derde": 3, "third": 3, "vierde": 4, "fourth": 4, "vijfde": 5, "fifth": 5,
	"zesde": 6, "sixth": 6, "zevende": 7, "seventh": 7, "achtste": 8, "eighth": 8, "negende": 9, "ninth": 9, "tiende": 10, "tenth": 10,
}

// scales multiply the number before them.
var scales = map[string]float64{
	"honderd": 1e2, "hundred": 1e2, "duizend": 1e3, "thousand": 1e3, "miljoen": 1e6, "million": 1e6, "mln": 1e6,
	"miljard": 1e9, "mld": 1e9, "billion": 1e9, "biljoen": 1e12, "trillion": 1e12,
}

// parts are shares of a whole, in percent.
var parts = map[string]float64{
	"helft": 50, "half": 50, "kwart": 25, "quarter": 25, "driekwart": 75, "tweederde": 66, "eenderde": 33,
}

// parseSpelled reads a folded number word: "achttien", "negenentwintig",
// "vijftienhonderd", "tienduizend".
func parseSpelled(word string) (float64, bool) {
	if n, ok := spelledNumbers[word]; ok {
		return n, true
	}
	if len(word) < 6 {
		return 0, false
	}
	for _, scale := range []string{"duizend", "honderd"} {
		head, tail, ok := strings.Cut(word, scale)
		if !ok {
			continue
		}
		n, okHead := parseSmall(head, 1)
		rest, okTail := parseSmall(strings.TrimPrefix(tail, "en"), 0)
		return n*scales[scale] + rest, okHead && okTail
	}
	return parseTens(word)
}

// tenPhrases are the words behind a "ten" that is no number but Dutch.
var tenPhrases = dutch.WordSet(`aanzien behoeve beste dele einde eerste tweede derde gevolge goede grondslag hoogste laatste laste
	minste onrechte opzichte slotte tijde uitvoer volle`)

// parseSmall is parseSpelled, with a value for the empty word.
func parseSmall(word string, empty float64) (float64, bool) {
	if word == "" {
		return empty, true
	}
	if word == "een" {
		return 1, true
	}
	return parseSpelled(word)
}

// parseTens reads "negenentwintig": nine and twenty.
func parseTens(word string) (float64, bool) {
	if !strings.HasSuffix(word, "tig") {
		return 0, false
	}
	for at := len("twee"); at < len(word); at++ {
		tens := spelledNumbers[word[at:]]
		units := spelledNumbers[strings.TrimSuffix(word[:at], "en")]
		if word[:at] == "eenen" {
			units = 1
		}
		if tens >= 20 && units > 0 && units < 10 && strings.HasSuffix(word[:at], "en") {
			return tens + units, true
		}
	}
	return 0, false
}
