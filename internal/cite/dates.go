package cite

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"bronwijzer/internal/dutch"
)

var months = map[string]int{
	"januari": 1, "februari": 2, "maart": 3, "april": 4, "mei": 5, "juni": 6, "juli": 7, "augustus": 8, "september": 9,
	"oktober": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "febr": 2, "mrt": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "okt": 10, "nov": 11, "dec": 12,
	"january": 1, "february": 2, "march": 3, "may": 5, "june": 6, "july": 7, "august": 8, "october": 10, "oct": 10,
}

// ambiguous months are other words too: they count beside a day or a year only.
var ambiguousMonths = dutch.WordSet("may march jan")

// seasons leave out "spring" and "fall", which are verbs too.
var seasons = map[string]float64{
	"voorjaar": 1, "lente": 1, "zomer": 2, "summer": 2, "najaar": 3, "herfst": 3, "autumn": 3,
	"winter": 4,
}

// dotted is a date of one token.
var dotted = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})$`)

// dateAt reads the date that begins at token i: "18 oktober 2023", "October 18,
// 2023", "oktober 2023", "18-10-2023", "2023-10-18", "najaar".
func dateAt(tokens []token, i int) (fact, bool) {
	f := fact{kind: date, at: i, other: math.NaN()}
	t := tokens[i]
	if s := seasons[t.folded]; s > 0 {
		return fact{kind: season, at: i, end: i + 1, value: s}, true
	}
	if m := dotted.FindStringSubmatch(t.raw); m != nil {
		f.date, f.end = day{atoi(m[3]), atoi(m[2]), atoi(m[1])}, i+1
		return f, f.date.isValid()
	}
	if d, end, ok := numericDate(tokens, i); ok {
		f.date, f.end = d, end
		return f, true
	}
	if n := dayOf(t); n > 0 {
		at := i + 1
		if at < len(tokens) && tokens[at].folded == "of" {
			at++
		}
		if at < len(tokens) && months[tokens[at].folded] > 0 && strings.Trim(tokens[at].before, " \u00a0") == "" {
			f.date = day{0, months[tokens[at].folded], n}
			f.date.year, f.end = yearAt(tokens, at+1)
			return f, true
		}
		return fact{}, false
	}
	return monthFirst(tokens, i)
}

// monthFirst reads a date that begins with a month.
func monthFirst(tokens []token, i int) (fact, bool) {
	f := fact{kind: date, at: i, other: math.NaN()}
	month := months[tokens[i].folded]
	if month == 0 {
		return fact{}, false
	}
	f.date.month = month
	if i+1 < len(tokens) && strings.TrimSpace(tokens[i+1].before) == "" && dayOf(tokens[i+1]) > 0 {
		f.date.day = dayOf(tokens[i+1])
		f.date.year, f.end = yearAt(tokens, i+2)
		return f, true
	}
	f.date.year, f.end = yearAt(tokens, i+1)
	return f, f.date.year > 0 || !ambiguousMonths[tokens[i].folded]
}

// yearAt reads a year, and returns where to go on.
func yearAt(tokens []token, i int) (year, end int) {
	if i < len(tokens) && len(tokens[i].raw) == 4 && strings.Trim(tokens[i].before, ", \u00a0'’") == "" {
		if y := atoi(tokens[i].raw); y >= 1900 && y < 2100 {
			return y, i + 1
		}
	}
	return 0, i
}

// numericDate reads three numbers with hyphens or slashes between them.
func numericDate(tokens []token, i int) (day, int, bool) {
	if i+2 >= len(tokens) {
		return day{}, 0, false
	}
	sep := tokens[i+1].before
	if sep != "-" && sep != "/" || tokens[i+2].before != sep {
		return day{}, 0, false
	}
	a, b, c := tokens[i].raw, tokens[i+1].raw, tokens[i+2].raw
	d := day{atoi(c), atoi(b), atoi(a)}
	if len(a) == 4 {
		d = day{atoi(a), atoi(b), atoi(c)}
	}
	return d, i + 3, d.isValid()
}

func (d day) isValid() bool {
	return d.year >= 1800 && d.year < 2200 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31
}

// dayOf is the day of a month that a token says, 0 for none.
func dayOf(t token) int {
	n, ok := ordinalDigits(t.folded)
	if !ok && isDigits(t.raw) && len(t.raw) < 3 {
		n = float64(atoi(t.raw))
	}
	if n < 1 || n > 31 {
		return 0
	}
	return int(n)
}

// atoi is 0 for what isn't a number.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// parseDay reads a date of metadata: 2006-01-02, or its beginning.
func parseDay(s string) day {
	var d day
	for i, part := range strings.SplitN(s, "-", 3) {
		switch i {
		case 0:
			d.year = atoi(part)
		case 1:
			d.month = atoi(part)
		case 2:
			d.day = atoi(part)
		}
	}
	return d
}
