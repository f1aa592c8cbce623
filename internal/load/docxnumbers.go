package load

import (
	"strconv"
	"strings"
)

// levels is how many levels a list has.
const levels = 9

// listLevel is how one level of a list is numbered.
type listLevel struct {
	start  int
	format string
	// text is what stands before an entry, with %1 for the number of the first
	// level.
	text string
	// legal says that the numbers of other levels are written as digits.
	legal bool
	known bool
}

// listCount is how far a list is.
type listCount struct {
	at      [levels]int
	started [levels]bool
}

// wordList is one use of an abstract list.
type wordList struct {
	abstract string
	// starts has where a level begins anew, -1 where it goes on.
	starts [levels]int
	own    [levels]listLevel
	// begun says which levels have begun anew.
	begun [levels]bool
}

// wordNumbers knows the lists of a Word file, and counts.
type wordNumbers struct {
	abstracts map[string]*[levels]listLevel
	// links has the style of numbers that an abstract list takes over.
	links  map[string]string
	lists  map[string]*wordList
	counts map[string]*listCount
	styles *wordStyles
}

// readWordNumbers reads the part with the lists, if there is one.
func readWordNumbers(c *container, name string, styles *wordStyles) (*wordNumbers, error) {
	w := &wordNumbers{
		abstracts: make(map[string]*[levels]listLevel), links: make(map[string]string),
		lists: make(map[string]*wordList), counts: make(map[string]*listCount), styles: styles,
	}
	err := c.optional(name, func(x *xmlReader) {
		for root := range x.children() {
			if tag(root) != "w:numbering" {
				continue
			}
			for e := range x.children() {
				switch tag(e) {
				case "w:abstractNum":
					w.abstract(x, xmlAttr(e, "abstractNumId"))
				case "w:num":
					w.list(x, xmlAttr(e, "numId"))
				}
			}
		}
	})
	return w, err
}

func (w *wordNumbers) abstract(x *xmlReader, id string) {
	a := new([levels]listLevel)
	for e := range x.children() {
		switch tag(e) {
		case "w:lvl":
			if i := number(xmlAttr(e, "ilvl")); i < levels {
				a[i] = readLevel(x)
			}
		case "w:numStyleLink":
			w.links[id] = xmlAttr(e, "val")
		}
	}
	w.abstracts[id] = a
}

func readLevel(x *xmlReader) listLevel {
	l := listLevel{start: 1, format: "decimal", known: true}
	for e := range x.children() {
		switch tag(e) {
		case "w:start":
			l.start = number(xmlAttr(e, "val"))
		case "w:numFmt":
			l.format = xmlAttr(e, "val")
		case "w:lvlText":
			l.text = shorten(xmlAttr(e, "val"), maxTitle)
		case "w:isLgl":
			l.legal = isOn(e)
		case "mc:AlternateContent": // formats that only newer programs know
			l.format = "decimal"
		}
	}
	return l
}

// newWordList returns a list that goes on with the others of its kind.
func newWordList(abstract string) *wordList {
	l := &wordList{abstract: abstract}
	for i := range l.starts {
		l.starts[i] = -1
	}
	return l
}

func (w *wordNumbers) list(x *xmlReader, id string) {
	l := newWordList("")
	for e := range x.children() {
		switch tag(e) {
		case "w:abstractNumId":
			l.abstract = xmlAttr(e, "val")
		case "w:lvlOverride":
			i := number(xmlAttr(e, "ilvl"))
			for o := range x.children() {
				switch {
				case i >= levels:
				case tag(o) == "w:startOverride":
					l.starts[i] = number(xmlAttr(o, "val"))
				case tag(o) == "w:lvl":
					l.own[i] = readLevel(x)
				}
			}
		}
	}
	w.lists[id] = l
}

// begin makes the next entry of a level have that number.
func (w *wordNumbers) begin(id string, level, start int) {
	if l := w.lists[id]; l != nil {
		l.starts[level], l.begun[level] = start, false
	}
}

// next counts an entry of a list and returns what stands before it: "3. ", "b) ",
// or "- " for any sign. It is "" for what is in no list.
func (w *wordNumbers) next(id string, level int) string {
	l := w.lists[id]
	if l == nil || level < 0 || level >= levels {
		return ""
	}
	abstract := w.resolve(l.abstract)
	defs := w.abstracts[abstract]
	if defs == nil {
		return ""
	}
	n := w.counts[abstract]
	if n == nil {
		n = new(listCount)
		w.counts[abstract] = n
	}
	def := func(i int) listLevel {
		if l.own[i].known {
			return l.own[i]
		}
		return defs[i]
	}
	for i := range level + 1 {
		if l.starts[i] >= 0 && !l.begun[i] {
			l.begun[i], n.started[i] = true, true
			n.at[i] = l.starts[i]
			if i == level {
				n.at[i]--
			}
		}
		if !n.started[i] {
			n.started[i], n.at[i] = true, def(i).start
			if i == level {
				n.at[i]--
			}
		}
	}
	n.at[level]++
	for i := level + 1; i < levels; i++ {
		n.started[i] = false
	}
	return spell(def, n, level)
}

// resolve follows an abstract list to the one that it takes its levels from: that
// of the list that a style names.
func (w *wordNumbers) resolve(abstract string) string {
	link, ok := w.links[abstract]
	if !ok {
		return abstract
	}
	if l := w.lists[w.styles.of(link).numID]; l != nil && w.links[l.abstract] == "" {
		return l.abstract
	}
	return abstract
}

// spell writes what stands before an entry.
func spell(def func(int) listLevel, n *listCount, level int) string {
	l := def(level)
	switch l.format {
	case "bullet":
		return "- "
	case "none":
		if !hasWord(l.text) {
			return ""
		}
	}
	var b strings.Builder
	for i := 0; i < len(l.text); i++ {
		at := -1
		if l.text[i] == '%' && i+1 < len(l.text) {
			at = int(l.text[i+1]) - '1'
		}
		if at < 0 || at >= levels {
			b.WriteByte(l.text[i])
			continue
		}
		i++
		format := def(at).format
		if l.legal {
			format = "decimal"
		}
		b.WriteString(numeral(n.at[at], format))
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	if !hasWord(s) {
		if s == "" {
			return ""
		}
		return "- "
	}
	return s + " "
}

// numeral writes a number in a format of ECMA-376, 17.18.59; those that aren't
// known here as digits.
func numeral(n int, format string) string {
	if n <= 0 || n > 5000 {
		return strconv.Itoa(n)
	}
	switch format {
	case "lowerLetter", "upperLetter":
		c := byte('a')
		if format == "upperLetter" {
			c = 'A'
		}
		return strings.Repeat(string(c+byte((n-1)%26)), 1+(n-1)/26)
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperRoman":
		return roman(n)
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	case "ordinal":
		return strconv.Itoa(n) + "e"
	case "none":
		return ""
	}
	return strconv.Itoa(n)
}

func roman(n int) string {
	var b strings.Builder
	for i, v := range []int{1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1} {
		for ; n >= v; n -= v {
			b.WriteString([]string{"M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"}[i])
		}
	}
	return b.String()
}
