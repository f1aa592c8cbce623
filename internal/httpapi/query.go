package httpapi

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
)

const (
	defaultPerPage = 50
	maxPerPage     = 200
	// maxPage keeps (page-1)·per_page far from overflow.
	maxPage = 1<<31 - 1
	// maxFilter is the most values in one list of a filter.
	maxFilter = 100
	// passagesPart is the one thing that include can name.
	passagesPart = "passages"
)

// saneRecordID is what any id that this program gives out looks like.
var saneRecordID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// saneVersion is a SHA-256 in hex.
var saneVersion = regexp.MustCompile(`^[0-9a-f]{64}$`)

// pathID is the id in a request's path, which serve has found sane.
func pathID(c *gin.Context) string { return c.Param("id") }

// query reads the parameters of a URL. Each may be there once; others than the
// allowed ones are refused, as unknown fields of a body are.
func query(c *gin.Context, allowed ...string) (url.Values, error) {
	values, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, invalid("De parameters in het adres zijn niet leesbaar.")
	}
	for name, v := range values {
		if !slices.Contains(allowed, name) {
			return nil, invalid("Het adres heeft een onbekende parameter. Bekend zijn hier: " + listed(allowed))
		}
		if len(v) > 1 {
			return nil, invalid(fmt.Sprintf("De parameter %q komt meer dan eens voor.", name))
		}
		if !utf8.ValidString(v[0]) || strings.ContainsRune(v[0], 0) {
			return nil, invalid(fmt.Sprintf("De parameter %q is geen geldige tekst.", name))
		}
	}
	return values, nil
}

func listed(names []string) string {
	if len(names) == 0 {
		return "geen."
	}
	return strings.Join(names, ", ") + "."
}

// number reads a whole number in [low, high]; fallback where there is none.
func number(v url.Values, name string, fallback, high int) (int, error) {
	if !v.Has(name) {
		return fallback, nil
	}
	n, err := strconv.Atoi(v.Get(name))
	if err != nil || n < 1 || n > high {
		return 0, invalid(fmt.Sprintf("De parameter %q moet een geheel getal van 1 tot en met %d zijn.", name, high))
	}
	return n, nil
}

// paging reads page and per_page.
func paging(c *gin.Context) (page, perPage int, err error) {
	v, err := query(c, "page", "per_page")
	if err != nil {
		return 0, 0, err
	}
	if page, err = number(v, "page", 1, maxPage); err != nil {
		return 0, 0, err
	}
	perPage, err = number(v, "per_page", defaultPerPage, maxPerPage)
	return page, perPage, err
}

// includes reads ?include=passages.
func includes(c *gin.Context) (bool, error) {
	v, err := query(c, "include")
	if err != nil || !v.Has("include") {
		return false, err
	}
	return included([]string{v.Get("include")})
}

// included reports whether the passages are asked for.
func included(parts []string) (bool, error) {
	for _, p := range parts {
		if p != passagesPart {
			return false, invalid(`In "include" kan alleen "passages" staan.`)
		}
	}
	return len(parts) > 0, nil
}

// checkQuestion trims a question and bounds its length in code points.
func checkQuestion(name, q string) (string, error) {
	q = strings.TrimSpace(q)
	switch n := utf8.RuneCountInString(q); {
	case n == 0:
		return "", invalid(fmt.Sprintf("De vraag in %q is leeg.", name))
	case n > chat.MaxQuestion:
		return "", invalid(fmt.Sprintf("De vraag in %q is langer dan %d tekens.", name, chat.MaxQuestion))
	}
	return q, nil
}

// only is a list of what a filter lets through; none lets everything.
func only(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// checkFilter bounds a filter and checks its days.
func checkFilter(f docs.Filter) error {
	if max(len(f.Documents), len(f.Kinds), len(f.Publishers)) > maxFilter {
		return invalid(fmt.Sprintf("Een lijst in \"filter\" mag hooguit %d waarden hebben.", maxFilter))
	}
	for _, day := range []string{f.From, f.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return invalid(`Een datum in "filter" moet de vorm 2006-01-31 hebben.`)
		}
	}
	if f.From != "" && f.To != "" && f.From > f.To {
		return invalid(`In "filter" ligt "from" na "to".`)
	}
	return nil
}
