package load

import "strings"

// raisedDigits are the digits that stand above the line.
const raisedDigits = "⁰¹²³⁴⁵⁶⁷⁸⁹"

// raise writes raised digits as the characters that look so: glued to a word as
// plain digits they would make another one of it.
func raise(s string) string {
	if strings.Trim(s, "0123456789") != "" {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		b.WriteString(string([]rune(raisedDigits)[c-'0']))
	}
	return b.String()
}

// lowered writes raised digits as plain ones.
func lowered(s string) string {
	return strings.Map(func(r rune) rune {
		for i, c := range []rune(raisedDigits) {
			if r == c {
				return '0' + rune(i)
			}
		}
		return r
	}, s)
}
