package dutch

import "strings"

// codeSpan is a stretch of Markdown between equal runs of back ticks: s[from:to]
// with them, s[inner:end] without.
type codeSpan struct{ from, inner, end, to int }

// codeSpans finds the code spans of s, in order. A run of ticks that no equal
// one closes is none.
func codeSpans(s string) []codeSpan {
	var out []codeSpan
	missing := make(map[int]bool)
	for i := strings.IndexByte(s, '`'); i >= 0 && i < len(s); {
		n := ticks(s, i)
		to := 0
		if !missing[n] && (i == 0 || s[i-1] != '\\') {
			to = closingTicks(s, i+n, n)
			missing[n] = to == 0
		}
		if to > 0 {
			out = append(out, codeSpan{from: i, inner: i + n, end: to - n, to: to})
			i = to
		} else {
			i += n
		}
		next := strings.IndexByte(s[i:], '`')
		if next < 0 {
			break
		}
		i += next
	}
	return out
}

// closingTicks returns the end of the first run of exactly n ticks from i on, or
// 0.
func closingTicks(s string, i, n int) int {
	for {
		next := strings.IndexByte(s[i:], '`')
		if next < 0 {
			return 0
		}
		i += next
		run := ticks(s, i)
		i += run
		if run == n {
			return i
		}
	}
}

func ticks(s string, i int) int {
	n := 0
	for i+n < len(s) && s[i+n] == '`' {
		n++
	}
	return n
}
