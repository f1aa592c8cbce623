package eval

import (
	"math"
	"slices"
	"strconv"
)

// plot is a bar chart of the metrics that lie in [0, 1], as coordinates for an
// SVG of Width by Height.
type plot struct {
	Width, Height float64
	Bars          []bar
	Ticks         []tick
}

type bar struct {
	Name, Value   string
	Y, Text       float64 // top of the bar, base line of its label
	X, Length     float64
	Low, High     float64 // ends of the interval
	HasInterval   bool
	LessIsBetter  bool
	Middle, Label float64 // of the interval's line; where the value stands
}

type tick struct {
	X     float64
	Label string
}

// The measures of both plots, in SVG units.
const (
	plotLeft, plotScale, plotRow = 170.0, 420.0, 22.0
	plotRight                    = 60.0
)

func newPlot(f Figures) plot {
	p := plot{Width: plotLeft + plotScale + plotRight}
	for _, name := range f.Names() {
		fig := f[name]
		if name == "answer_words" || math.IsNaN(fig.Value) {
			continue
		}
		y := float64(len(p.Bars)) * plotRow
		b := bar{
			Name: name, Value: three(fig.Value), Y: y + 3, Text: y + 16, Middle: y + plotRow/2,
			X: plotLeft, Length: fig.Value * plotScale, LessIsBetter: lessIsBetter(name),
			Label: plotLeft + plotScale + 8,
		}
		if fig.CI95 != nil {
			b.HasInterval, b.Low, b.High = true, plotLeft+fig.CI95[0]*plotScale, plotLeft+fig.CI95[1]*plotScale
		}
		p.Bars = append(p.Bars, b)
	}
	for _, t := range []string{"0", "0.25", "0.5", "0.75", "1"} {
		p.Ticks = append(p.Ticks, tick{plotLeft + float64(len(p.Ticks))*plotScale/4, t})
	}
	p.Height = float64(len(p.Bars))*plotRow + 24
	return p
}

// latencyPlot is a histogram of the latencies.
type latencyPlot struct {
	Width, Height float64
	Columns       []column
}

type column struct {
	X, Y, Width, Height float64
	Middle              float64
	Label               string // the upper bound in ms
	N                   int
}

// newLatencyPlot returns nil when nothing was measured. Its columns are ten
// equal parts of the time of the slowest answer.
func newLatencyPlot(scores []Score) *latencyPlot {
	l := Latencies(scores)
	if l.N == 0 {
		return nil
	}
	const columns, height, width = 10, 120.0, 62.0
	counts := make([]int, columns)
	for _, s := range scores {
		if s.Latency > 0 {
			counts[min(columns-1, int(s.Latency/l.Max*columns))]++
		}
	}
	most := slices.Max(counts)
	p := &latencyPlot{Width: columns*width + 20, Height: height + 44}
	for i, n := range counts {
		h := height * float64(n) / float64(most)
		p.Columns = append(p.Columns, column{
			X: 10 + float64(i)*width, Y: 20 + height - h, Width: width - 6, Height: h,
			Middle: 10 + float64(i)*width + (width-6)/2, Label: "≤ " + round(l.Max*float64(i+1)/columns), N: n,
		})
	}
	return p
}

// round writes a number without decimals, below ten with one.
func round(v float64) string {
	if v < 10 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}
