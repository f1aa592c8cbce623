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
// a hundred times is what a quadratic parser takes. A busy machine stops now one
// attempt and now another; the shortest of each are what the parser itself takes.
func TestParseIsLinear(t *testing.T) {
	const short, attempts = 2_000, 20
	h := handles(t)
	for _, unit := range hostile {
		once, tenfold := time.Hour, time.Hour
		for i := 0; i < attempts && (i < 2 || tenfold >= 40*once); i++ {
			once = min(once, parseTime(h, strings.Repeat(unit, short/len(unit))))
			tenfold = min(tenfold, parseTime(h, strings.Repeat(unit, 10*short/len(unit))))
		}
		if tenfold >= 40*once {
			t.Errorf("%q: %v for %d bytes, %v for ten times as many", unit, once, short, tenfold)
		}
	}
}

// parseTime is how long a text takes, three bytes at a time.
func parseTime(h *cite.Handles, s string) time.Duration {
	start := time.Now()
	p := cite.NewParser(h)
	for i := 0; i < len(s); i += 3 {
		p.Feed(s[i:min(i+3, len(s))])
	}
	p.Flush()
	return time.Since(start)
}

func BenchmarkParse(b *testing.B) {
	h := handles(b)
	text := strings.Repeat("De pilot «signalentafel» is in 2022 opgezet, zie art. 5 van de brief [k7f]. ", 100)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		parse(h, text)
	}
}
