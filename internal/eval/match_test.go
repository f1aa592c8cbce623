package eval

import (
	"strings"
	"testing"
)

func TestCoverage(t *testing.T) {
	tests := []struct {
		gold, passage string
		want          float64
	}{
		{"", "een", 0},
		{"een", "", 0},
		{"de brug gaat open", "nu de brug gaat open", 1},
		{"de brug gaat open", "de brug gaat dicht", 0.75},
		{"de brug gaat open", "de brug is open", 0}, // runs of two and one
		{"de brug", "over de brug", 1},              // gold shorter than three words
		{"de brug", "de oude brug", 0},
		{"een twee drie vier vijf zes", "vier vijf zes een twee drie", 0.5}, // the order counts
		{"een twee drie x vier vijf zes", "een twee drie y vier vijf zes", 6.0 / 7},
		// "b c d" and "d e f" both have three words: the earlier one is taken,
		// and what is left of the other is too short.
		{"b c d e f", "d e f b c d", 0.6},
	}
	for _, tt := range tests {
		if got := coverage(strings.Fields(tt.gold), strings.Fields(tt.passage)); got != tt.want {
			t.Errorf("coverage(%q, %q): got %v, want %v", tt.gold, tt.passage, got, tt.want)
		}
	}
}
