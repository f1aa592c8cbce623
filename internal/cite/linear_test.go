package cite_test

import (
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/cite"
)

// hostile texts repeat what makes a parser look back or hold on.
var hostile = []string{
	"[", "(", "([", "[(", "]", "1", "[1", "a. ", "B.V. D", "...", "[k7f]", "abc ", "a", "\n", "- ", "k7k7ff", "“", "[a](", "_a", "*",
}

// TestParseIsLinear wants ten times the text to cost about ten times as much;
// a hundred times is what a quadratic parser takes.
func TestParseIsLinear(t *testing.T) {
	h := handles(t)
	const short = 5_000
	for _, unit := range hostile {
		once := parseTime(h, strings.Repeat(unit, short/len(unit)))
		tenfold := parseTime(h, strings.Repeat(unit, 10*short/len(unit)))
		if ratio := float64(tenfold) / float64(once); ratio > 40 {
			t.Errorf("%q: %v for %d bytes, %v for ten times as many", unit, once, short, tenfold)
		}
	}
}

// parseTime is the shortest of a few runs, three bytes at a time.
func parseTime(h *cite.Handles, s string) time.Duration {
	best := time.Hour
	for range 3 {
		start := time.Now()
		p := cite.NewParser(h)
		for i := 0; i < len(s); i += 3 {
			p.Feed(s[i:min(i+3, len(s))])
		}
		p.Flush()
		best = min(best, time.Since(start))
	}
	return best
}

func BenchmarkParse(b *testing.B) {
	h := handles(b)
	text := strings.Repeat("De pilot «signalentafel» is in 2022 opgezet, zie art. 5 van de brief [k7f]. ", 100)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		parse(h, text)
	}
}
