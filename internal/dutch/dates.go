package dutch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// anyDay is a day of the calendar as Dutch texts and machines write it; the last
// group is what stands behind a machine's day.
var anyDay = regexp.MustCompile(`(?i)\b(?:(\d{1,2})(?:[ \x{A0}]+|-)(` + monthPattern + `)\.?(?:[ \x{A0}]+|-)(\d{4})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})|(\d{4})-(\d{2})-(\d{2}))(?:\b|T\d)`)

// monthPattern names the months, whole or cut short.
const monthPattern = `januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|` +
	`jan|febr?|mrt|apr|jun|jul|aug|sept?|okt|nov|dec`

// monthNumbers are the months by their first three letters.
var monthNumbers = map[string]int{
	"jan": 1, "feb": 2, "maa": 3, "mrt": 3, "apr": 4, "mei": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11, "dec": 12,
}

// weekdays may stand before a date.
var weekdays = WordSet(`maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma di wo do vr za zo`)

// Days returns the days of the calendar that are written in s, as FindDay reads
// them, in order.
func Days(s string) []string {
	var days []string
	for _, m := range anyDay.FindAllStringSubmatch(s, -1) {
		if day := dayOf(m); day != "" {
			days = append(days, day)
		}
	}
	return days
}

// WithoutDays returns s without the days that Days finds in it.
func WithoutDays(s string) string {
	return anyDay.ReplaceAllStringFunc(s, func(match string) string {
		if FindDay(match) == "" {
			return match
		}
		return " "
	})
}

// FindDay returns the first day of the calendar that is written in s, as
// 2006-01-02, or "" when there is none: "18 november 2020", "18 nov. 2020",
// "18-11-2020", "18/11/2020" and "18.11.2020" (the day goes before the month),
// "2020-11-18".
func FindDay(s string) string {
	for _, m := range anyDay.FindAllStringSubmatch(s, -1) {
		if day := dayOf(m); day != "" {
			return day
		}
	}
	return ""
}

// Day returns the day that s says and nothing else, as 2006-01-02, or "". A
// weekday may stand before it, and a time behind one that a machine wrote
// ("2020-11-18T10:00:00Z").
func Day(s string) string {
	s = strings.TrimSpace(s)
	if word, rest, ok := strings.Cut(s, " "); ok && weekdays[strings.ToLower(strings.TrimRight(word, ".,"))] {
		s = strings.TrimSpace(rest)
	}
	at := anyDay.FindStringSubmatchIndex(s)
	if at == nil || at[0] != 0 {
		return ""
	}
	m := anyDay.FindStringSubmatch(s)
	if machine := m[7] != ""; !machine && at[1] != len(s) {
		return ""
	}
	return dayOf(m)
}

// dayOf reads a match of anyDay; it is "" for a day that doesn't exist.
func dayOf(m []string) string {
	var year, month, day string
	switch {
	case m[2] != "":
		year, day = m[3], m[1]
		month = strconv.Itoa(monthNumbers[strings.ToLower(m[2])[:3]])
	case m[6] != "":
		year, month, day = m[6], m[5], m[4]
	default:
		year, month, day = m[7], m[8], m[9]
	}
	t, err := time.Parse("2006-1-2", fmt.Sprintf("%s-%s-%s", year, strings.TrimLeft(month, "0"), strings.TrimLeft(day, "0")))
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}
