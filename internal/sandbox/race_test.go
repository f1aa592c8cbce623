//go:build race

package sandbox

// The race detector takes its share of memory, and words its end in its own way.
const (
	childMemory, parentGrowth = 768 << 20, 300 << 20
	raceDetector              = true
)
