package load

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
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

// printedAt and printedFrom are what browsers print above and below a page: when,
// with its title, and from which address.
var (
	printedAt   = regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},? \d{1,2}[:.]\d{2}(?: |$)`)
	printedFrom = regexp.MustCompile(`^(?:https?|file)://.* \d{1,4}/\d{1,4}$`)
)

// printed reports whether a line is a browser's, on a page that has them.
func printed(lines []pdfLine, text string) bool {
	return printedFrom.MatchString(lines[len(lines)-1].text()) && (printedAt.MatchString(text) || printedFrom.MatchString(text))
}

// edgeLine is a line at the edge of a page.
type edgeLine struct {
	page, index int // of the line, in its page
	// key is what it says, numbers its numbers, which are left out of the key.
	key     string
	numbers []int
	y       float64
	// apart says that it stands away from the text, label that it says nothing but
	// a page number, note that it may be a footnote.
	apart, top, label, note bool
}

// dropFurniture takes headers, footers and page numbers out of pages of lines.
func dropFurniture(pages [][]pdfLine, height []float64) {
	edges := edgesOf(pages, height)
	said := make(map[string][]*edgeLine)
	stood := make(map[string]map[int]bool)
	for i := range edges {
		e := &edges[i]
		said[e.key] = append(said[e.key], e)
		if e.apart && !e.note {
			if stood[e.place()] == nil {
				stood[e.place()] = make(map[int]bool)
			}
			stood[e.place()][e.page] = true
		}
	}
	drop := make(map[[2]int]bool)
	for i := range edges {
		e := &edges[i]
		n := alike(said[e.key], e)
		repeats := n >= max(2, min(len(pages)/6, 3)) && (e.apart || n*2 > len(pages))
		everywhere := !e.note && len(pages) >= 3 && len(stood[e.place()])*4 >= len(pages)*3
		if e.label || repeats || everywhere {
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

// alike counts the pages with a line that says what e does at the same height:
// the same numbers, or some that grow with those of the pages.
func alike(lines []*edgeLine, e *edgeLine) int {
	pages := make(map[int]bool)
	for _, o := range lines {
		same := len(o.numbers) == len(e.numbers) && math.Abs(o.y-e.y) < 6
		for i := 0; same && i < len(e.numbers); i++ {
			same = o.numbers[i] == e.numbers[i] || o.numbers[i]-o.page == e.numbers[i]-e.page
		}
		if same {
			pages[o.page] = true
		}
	}
	return len(pages)
}

// place is where an edge line stands, coarsely.
func (e *edgeLine) place() string {
	side := "b"
	if e.top {
		side = "t"
	}
	return side + strconv.Itoa(int(math.Round(e.y/4)))
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
	e := edgeLine{page: page, index: i, y: lines[i].y, top: top}
	e.key = numbersInside.ReplaceAllStringFunc(strings.ToLower(text), func(s string) string {
		n, _ := strconv.Atoi(s)
		e.numbers = append(e.numbers, n)
		return "#"
	})
	e.apart = inner < 0 || inner >= len(lines) || math.Abs(lines[inner].y-lines[i].y) > 1.8*lines[i].size
	outermost := i == 0 || i == len(lines)-1
	e.label = outermost && (printed(lines, text) || e.apart && pageLabel.MatchString(text) || namedLabel.MatchString(text) && len(lines) > 1)
	e.note = lines[i].words[0].raised || noteText.MatchString(text)
	return e
}

var numbersInside = regexp.MustCompile(`\d{1,9}`)
