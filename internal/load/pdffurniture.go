package load

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Headers, footers and page numbers stand at the edge of a page, and again on
// others. They are found by what they say, digits aside, or by where they stand,
// when every page has something there that is set apart from its text.

const (
	// edgeLines is how many lines at the top and bottom of a page may be furniture.
	edgeLines = 4
	// edgeZone is the part of a page's height where furniture stands.
	edgeZone = 0.14
)

// pageLabel is a line that is nothing but the number of its page.
var pageLabel = regexp.MustCompile(`(?i)^(?:[-–—|] ?)?(?:(?:pagina|blad|bladzijde|blz\.?|page|p\.) ?)?\d{1,4}(?: ?(?:van|/|of|-) ?\d{1,4})?(?: ?[-–—|])?$|^[ivxl]{1,6}$`)

// namedLabel is a page number that says so itself.
var namedLabel = regexp.MustCompile(`(?i)^(?:.{0,80} )?(?:pagina|blad|bladzijde|blz\.?|page) ?\d{1,4}(?: ?(?:van|/|of) ?\d{1,4})?$`)

// edgeLine is a line at the edge of a page.
type edgeLine struct {
	page, index int // of the line, in its page
	key         string
	y           float64
	// apart says that it stands away from the text.
	apart, top, label bool
}

// dropFurniture takes headers, footers and page numbers out of pages of lines.
func dropFurniture(pages [][]pdfLine, height []float64) {
	edges := edgesOf(pages, height)
	said, stood := make(map[string]map[int]bool), make(map[string]map[int]bool)
	note := func(m map[string]map[int]bool, key string, page int) {
		if m[key] == nil {
			m[key] = make(map[int]bool)
		}
		m[key][page] = true
	}
	for _, e := range edges {
		note(said, e.key, e.page)
		if e.apart {
			note(stood, e.place(), e.page)
		}
	}
	drop := make(map[[2]int]bool)
	for _, e := range edges {
		repeats := len(said[e.key]) >= max(2, min(len(pages)/6, 3))
		everywhere := len(pages) >= 3 && len(stood[e.place()])*4 >= len(pages)*3
		if e.label || repeats && (e.apart || len(said[e.key])*2 > len(pages)) || everywhere {
			drop[[2]int{e.page, e.index}] = true
		}
	}
	for p := range pages {
		i := -1
		pages[p] = slices.DeleteFunc(pages[p], func(pdfLine) bool {
			i++
			return drop[[2]int{p, i}]
		})
	}
}

// place is where an edge line stands, coarsely.
func (e *edgeLine) place() string {
	side := "b"
	if e.top {
		side = "t"
	}
	return side + string(rune('0'+int(math.Round(e.y/4))))
}

// edgesOf lists the lines at the edges of all pages, outermost first.
func edgesOf(pages [][]pdfLine, height []float64) []edgeLine {
	var out []edgeLine
	for p, lines := range pages {
		n := len(lines)
		for i := 0; i < min(n, edgeLines) && lines[i].y < edgeZone*height[p]; i++ {
			out = append(out, edgeOf(lines, p, i, i+1, true))
		}
		for i := n - 1; i >= max(0, n-edgeLines) && lines[i].y > (1-edgeZone)*height[p]; i-- {
			out = append(out, edgeOf(lines, p, i, i-1, false))
		}
	}
	return out
}

// edgeOf describes line i of a page; inner is the next one towards its middle.
func edgeOf(lines []pdfLine, page, i, inner int, top bool) edgeLine {
	text := lines[i].text()
	e := edgeLine{page: page, index: i, y: lines[i].y, top: top, key: furnitureKey(text)}
	e.apart = inner < 0 || inner >= len(lines) || math.Abs(lines[inner].y-lines[i].y) > 1.8*lines[i].size
	outermost := i == 0 || i == len(lines)-1
	e.label = outermost && (e.apart && pageLabel.MatchString(text) || namedLabel.MatchString(text) && len(lines) > 1)
	return e
}

// furnitureKey is what a line says, its numbers aside.
func furnitureKey(s string) string {
	var b strings.Builder
	digits := false
	for _, r := range strings.ToLower(s) {
		if unicode.IsDigit(r) {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	return b.String()
}
