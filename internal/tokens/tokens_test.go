package tokens

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestCount(t *testing.T) {
	tests := []struct {
		model, text string
		want        int
	}{
		{"o200k_base", "", 0},
		{"o200k_base", "hello world", 2},
		{"o200k_base", "De aanpak van mensenhandel.", 6},
		{"cl100k_base", "De aanpak van mensenhandel.", 8},
		{"gpt-4o", "De aanpak van mensenhandel.", 6},
		{"gpt-4-0613", "De aanpak van mensenhandel.", 8},
		{"", "De aanpak van mensenhandel.", 6},
		{"een-ander-model", "De aanpak van mensenhandel.", 6},
		{"o200k_base", "<|endoftext|>", 7},
		{"o200k_base", "\xff\xfe", 1},
	}
	byModel := make(map[string]*Counter)
	for _, tt := range tests {
		c := byModel[tt.model]
		if c == nil {
			c = newCounter(t, tt.model)
			byModel[tt.model] = c
		}
		if got := c.Count(tt.text); got != tt.want {
			t.Errorf("%s counts %d tokens in %q, want %d", tt.model, got, tt.text, tt.want)
		}
	}
}

func TestNewUnknownTable(t *testing.T) {
	for _, name := range []string{"gpt2", "zzz_base"} {
		if _, err := New(name); err == nil {
			t.Errorf("New(%q): got no error", name)
		}
	}
}

func newCounter(tb testing.TB, model string) *Counter {
	tb.Helper()
	c, err := New(model)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestCountLongRuns would take minutes if time were quadratic in the length of
// a run.
func TestCountLongRuns(t *testing.T) {
	c := newCounter(t, "")
	c.Count("warm up")
	for _, unit := range []string{"a", "é", "=", " ", "\n", "ab ", "漢"} {
		text := strings.Repeat(unit, 50_000/len(unit))
		start := time.Now()
		n := c.Count(text)
		if n < len(text)/maxRun || n > len(text) {
			t.Errorf("%q × many: %d tokens in %d bytes", unit, n, len(text))
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%q × many: took %v", unit, took)
		}
	}
}

func TestCountConcurrently(t *testing.T) {
	c := newCounter(t, "")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := c.Count("hello world"); got != 2 {
				t.Errorf("got %d tokens, want 2", got)
			}
		})
	}
	wg.Wait()
}
