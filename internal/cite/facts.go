package cite

import (
	"math"
	"slices"
	"strings"

	"bronwijzer/internal/dutch"
)

// kind is what sort of fact a fact is. A fact of a sentence is supported by one
// of its own kind, or as facts.match says.
type kind int

const (
	number kind = iota
	percentage
	amount // euros
	date
	season
	cadence // how often
	name
)

// fact is something in a text that is right or wrong by itself: a number, a
// date, a name. tokens [at, end) say it.
type fact struct {
	kind    kind
	at, end int
	value   float64 // of a number, a percentage, an amount; of a season and cadence their place in a list
	other   float64 // its second reading, or NaN
	date    day
	text    string // of a name: folded
}

// day is a date of which parts may be unknown: those are 0.
type day struct{ year, month, day int }

// facts finds the facts of a text.
func facts(tokens []token) []fact {
	var out []fact
	for i := 0; i < len(tokens); {
		f, ok := dateAt(tokens, i)
		if !ok {
			f, ok = numberAt(tokens, i)
		}
		if !ok {
			i++
			continue
		}
		out = append(out, f)
		i = f.end
	}
	out = append(out, names(tokens, out)...)
	slices.SortFunc(out, func(a, b fact) int { return a.at - b.at })
	return out
}

// numberAt reads the number that begins at token i, with its scale and unit.
func numberAt(tokens []token, i int) (fact, bool) {
	f := fact{kind: number, at: i, end: i + 1, other: math.NaN()}
	t := tokens[i]
	var ok bool
	switch {
	case t.isNumber():
		if n, isOrdinal := ordinalDigits(t.folded); isOrdinal {
			f.value, ok = n, true
			break
		}
		f.value, f.other, ok = parseNumber(t.raw)
		if ok && i+1 < len(tokens) && len(t.raw) <= 3 && isSpace(tokens[i+1].before) && len(tokens[i+1].raw) == 3 && isDigits(tokens[i+1].raw) {
			tail, _, _ := parseNumber(tokens[i+1].raw)
			f.value, f.end = f.value*1000+tail, i+2 // "28 638"
		}
	case cadences[t.folded] > 0:
		return fact{kind: cadence, at: i, end: i + 1, value: cadences[t.folded]}, true
	case isEvery[t.folded] && i+1 < len(tokens) && periods[tokens[i+1].folded] > 0:
		return fact{kind: cadence, at: i, end: i + 2, value: periods[tokens[i+1].folded]}, true
	case parts[t.folded] > 0:
		f.kind, f.value = percentage, parts[t.folded]
		return f, true
	case t.folded == "ten" && i+1 < len(tokens) && tenPhrases[tokens[i+1].folded]:
		return fact{}, false
	case t.isCapitalised() && i+1 < len(tokens) && tokens[i+1].isCapitalised():
		return fact{}, false // "Tweede Kamer"
	default:
		if f.value, ok = ordinals[t.folded]; !ok {
			f.value, ok = parseSpelled(t.folded)
		}
		if ok && f.value >= 20 && i+1 < len(tokens) && tokens[i+1].before == "-" {
			if unit := spelledNumbers[tokens[i+1].folded]; unit > 0 && unit < 10 {
				f.value, f.end = f.value+unit, i+2 // "twenty-nine"
			}
		}
	}
	if !ok {
		return fact{}, false
	}
	return withUnit(tokens, f), true
}

// ordinalDigits reads "2e", "3de", "4th".
func ordinalDigits(s string) (float64, bool) {
	for _, end := range []string{"ste", "de", "e", "st", "nd", "rd", "th"} {
		if digits, ok := strings.CutSuffix(s, end); ok && isDigits(digits) {
			n, _, ok := parseNumber(digits)
			return n, ok
		}
	}
	return 0, false
}

// withUnit takes the scale and the unit behind a number along, and the sign of
// the euro before it.
func withUnit(tokens []token, f fact) fact {
	if f.end < len(tokens) && isSpace(tokens[f.end].before) {
		if scale := scales[tokens[f.end].folded]; scale > 0 {
			f.value *= scale
			f.other *= scale
			f.end++
		}
	}
	next, before := "", tokens[f.at].before
	if f.end < len(tokens) {
		next = tokens[f.end].folded
		if strings.HasPrefix(strings.TrimSpace(tokens[f.end].before), "%") {
			f.kind = percentage
		}
	}
	switch {
	case next == "procent" || next == "percent" || next == "pct":
		f.kind = percentage
		f.end++
	case next == "euro" || next == "euros" || next == "eur":
		f.kind = amount
		f.end++
	case strings.HasSuffix(strings.TrimSpace(before), "€") || f.at > 0 && tokens[f.at-1].folded == "eur":
		f.kind = amount
	}
	return f
}

func isSpace(s string) bool { return s == " " || s == "\u00a0" || s == "\u202f" }

// cadences and periods say how often something happens.
var (
	cadences = map[string]float64{
		"jaarlijks": 1, "jaarlijkse": 1, "annual": 1, "annually": 1, "yearly": 1, "halfjaarlijks": 2, "halfjaarlijkse": 2,
		"maandelijks": 3, "maandelijkse": 3, "monthly": 3, "wekelijks": 4, "wekelijkse": 4, "weekly": 4,
		"dagelijks": 5, "dagelijkse": 5, "daily": 5,
	}
	periods = map[string]float64{"jaar": 1, "year": 1, "maand": 3, "month": 3, "week": 4, "dag": 5, "day": 5}
	isEvery = dutch.WordSet("elk ieder elke iedere per every each")
)

// matches reports whether fact f of a sentence is said by fact g of a source.
// year is that of the source's document, 0 where it has none: it completes
// "22 maart jl.".
func (f fact) matches(g fact, year int) bool {
	switch {
	case f.kind == name || g.kind == name:
		return false // see names
	case f.kind == date && g.kind == date:
		return f.date.within(g.date, year)
	case f.kind == number && g.kind == date:
		return f.equals(float64(g.date.year)) && g.date.year > 0
	case f.kind == date && g.kind == number:
		return f.date.month == 0 && g.equals(float64(f.date.year))
	case f.kind == date || g.kind == date:
		return false
	case f.kind == season || g.kind == season || f.kind == cadence || g.kind == cadence || f.kind == percentage || g.kind == percentage:
		return f.kind == g.kind && f.value == g.value
	case f.kind == amount && g.kind == number && g.value < 1e5:
		return false // 58 euro isn't 58 fte
	}
	return f.equals(g.value) || f.equals(g.other)
}

func (f fact) equals(v float64) bool { return f.value == v || f.other == v }

// within reports whether every known part of d is the same in e, whose year is
// filled in where it is unknown.
func (d day) within(e day, year int) bool {
	if e.year == 0 {
		e.year = year
	}
	return (d.year == 0 || d.year == e.year) && (d.month == 0 || d.month == e.month) && (d.day == 0 || d.day == e.day)
}

// isYear reports whether a fact tells a year or more of a date.
func (f fact) isYear() bool {
	return f.kind == date || f.kind == number && f.value >= 1900 && f.value < 2100 && f.value == math.Trunc(f.value)
}

// class groups the facts that could stand in each other's place.
func (f fact) class() kind {
	if f.isYear() {
		return date
	}
	return f.kind
}
