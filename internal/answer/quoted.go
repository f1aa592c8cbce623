package answer

import (
	"slices"
	"strings"
	"unicode"
)

// closing has for each mark that opens a quotation the one that closes it.
var closing = map[rune]rune{'‘': '’', '“': '”', '„': '”', '«': '»'}

// opening has for each that closes one the mark that is shown for what was left
// out before it.
var opening = map[rune]rune{'’': '‘', '”': '“', '»': '«'}

// balanced closes a quotation that goes on behind the text and opens one that
// began before it, with dots for what is left out: who is quoted said more.
func balanced(text string) string {
	var open []rune // the marks that would close what is open
	var before []rune
	runes := []rune(text)
	for i, r := range runes {
		if end, ok := closing[r]; ok && !elided(runes, i) {
			open = append(open, end)
			continue
		}
		if _, ok := opening[r]; !ok {
			continue
		}
		if at := len(open) - 1; at >= 0 && open[at] == r && !joins(runes, i) {
			open = open[:at]
		} else if ends(runes, i) && !slices.Contains(before, r) {
			before = append(before, r)
		}
	}
	for _, r := range before {
		text = string(opening[r]) + "… " + text
	}
	if len(open) > 0 {
		slices.Reverse(open)
		text += " …" + string(slices.Compact(open))
	}
	return text
}

// elided reports whether the mark stands for a letter that is left out: ‘s, ‘t.
func elided(text []rune, at int) bool {
	return text[at] == '‘' && at+2 < len(text) && strings.ContainsRune("stnk", text[at+1]) && !unicode.IsLetter(text[at+2])
}

// joins reports whether the mark is an apostrophe: between two letters ("foto’s").
func joins(text []rune, at int) bool {
	return text[at] == '’' && at > 0 && at+1 < len(text) && unicode.IsLetter(text[at-1]) && unicode.IsLetter(text[at+1])
}

// ends reports whether the mark surely closes: behind the end of a sentence or a
// clause. Behind a letter it may as well be an apostrophe ("ouders’").
func ends(text []rune, at int) bool {
	return at > 0 && (strings.ContainsRune(".,!?…", text[at-1]) || text[at] == '»')
}
