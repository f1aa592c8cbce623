package answer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bronwijzer/internal/record"
)

// otherYear is the notice of an answer whose sources don't have a year that the
// question names: the nearest sentence is at times that of another year, and
// reads as if it answered. It is empty where there is nothing to notice.
func otherYear(q Question, rec record.Answer) string {
	asked := year.FindAllString(q.Text, -1)
	if len(asked) == 0 {
		asked = year.FindAllString(q.Search, -1)
	}
	said := rec.Text
	var about []string
	for _, c := range rec.Citations {
		said += "\n" + c.Quote
		about = append(append(about, c.Title, c.Date), c.Section...)
	}
	held := append(yearsIn(said), yearsIn(strings.Join(about, "\n"))...)
	missing := slices.DeleteFunc(slices.Clone(asked), func(y string) bool { return slices.Contains(held, y) })
	if missing = slices.Compact(missing); len(missing) == 0 || len(rec.Citations) == 0 {
		return ""
	}
	comes := "komt"
	if len(missing) > 1 {
		comes = "komen"
	}
	notice := "Let op: " + strings.Join(missing, " en ") + " " + comes + " in de aangehaalde zinnen niet voor"
	if len(missing) == len(asked) && year.MatchString(said) {
		notice += "; zij noemen een ander jaar"
	}
	return notice + "."
}

var (
	year = regexp.MustCompile(`\b(?:19|20)\d{2}\b`)
	// period is two years that stand for those between them too.
	period = regexp.MustCompile(`\b((?:19|20)\d{2})\s*(?:-|–|/|t/m|tot(?: en met)?)\s*((?:19|20)\d{2})\b`)
)

// yearsIn are the years that a text names, those inside a period included.
func yearsIn(text string) []string {
	out := year.FindAllString(text, -1)
	for _, m := range period.FindAllStringSubmatch(text, -1) {
		from, _ := strconv.Atoi(m[1]) // four digits
		to, _ := strconv.Atoi(m[2])
		for y := from; y < to; y++ {
			out = append(out, strconv.Itoa(y))
		}
	}
	return out
}
