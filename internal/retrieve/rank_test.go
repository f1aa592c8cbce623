package retrieve

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestMinMax(t *testing.T) {
	tests := []struct {
		name      string
		got, want []float64
	}{
		{"none", nil, []float64{}},
		{"one", []float64{3}, []float64{0}},
		{"equal", []float64{2, 2, 2}, []float64{0, 0, 0}},
		{"spread", []float64{-1, 3, 1}, []float64{0, 1, 0.5}},
		{"infinite", []float64{0, math.Inf(1)}, []float64{0, 0}},
		{"too wide for a float", []float64{-math.MaxFloat64, math.MaxFloat64}, []float64{0, 0}},
	}
	for _, tt := range tests {
		before := append([]float64(nil), tt.got...)
		if diff := gocmp.Diff(tt.want, minMax(tt.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if diff := gocmp.Diff(before, tt.got); diff != "" {
			t.Errorf("%s: input changed:\n%s", tt.name, diff)
		}
	}
}

func TestOrder(t *testing.T) {
	ids := []string{"c", "a", "b", "d"}
	got := order([]float64{1, 1, 2, 1}, func(i, j int) int { return cmp.Compare(ids[i], ids[j]) })
	if diff := gocmp.Diff([]int{2, 1, 0, 3}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSum(t *testing.T) {
	got := sum(2, leg{2, []float64{1, 0.5}}, leg{0, []float64{math.NaN(), 9}}, leg{1, []float64{3, 0}})
	if diff := gocmp.Diff([]float64{5, 1}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// text is n different words from word number from on.
func text(from, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = strings.Repeat(string(rune('a'+(from+i)%26)), 1+(from+i)/26)
	}
	return strings.Join(words, " ")
}

func TestDuplicates(t *testing.T) {
	// 103 words are 100 shingles; every word replaced at an end takes one away.
	long := text(0, 103)
	tests := []struct {
		name string
		a, b string
		want bool
	}{
		{"same", long, long, true},
		{"case, quotes, spaces", "Het ‘plan’ is  klaar\nvoor iedereen", "het 'plan' IS klaar voor iedereen", true},
		{"90 of 100 shared", long, text(10, 93) + " " + text(200, 10), true},
		{"89 of 100 shared", long, text(11, 92) + " " + text(200, 11), false},
		{"one holds the other, 90 of 100", long, text(0, 93), true},
		{"one holds the other, 89 of 100", long, text(0, 92), false},
		{"other words", long, text(200, 103), false},
		{"another number", long + " in 2019", long + " in 2020", false},
		{"a number more", long, long + " 5", false},
		{"numbers in another order", long + " van 3 tot 4", long + " van 4 tot 3", false},
		{"shorter than a shingle", "Den Haag", "den haag", true},
		{"shorter than a shingle, other", "Den Haag", "Den Bosch", false},
		{"nothing", "", "", true},
		{"nothing and something", "", "Den Haag", false},
	}
	for _, tt := range tests {
		a, b := newOutline(tt.a), newOutline(tt.b)
		if got, back := a.duplicates(b), b.duplicates(a); got != tt.want || back != tt.want {
			t.Errorf("%s: got %t and %t, want %t", tt.name, got, back, tt.want)
		}
	}
}

// TestOutlineIsFixed holds that hashes are those of every other process, so that
// the same question finds the same after a restart.
func TestOutlineIsFixed(t *testing.T) {
	got := fmt.Sprintf("%x", newOutline("Den Haag, 18 november 2020"))
	if want := "{[180dbdef0f854ebb a29a08eb240fc006] 512ac268850aa0a}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
