//go:build !race

package sandbox

const (
	// childMemory is what a child may take in tests, parentGrowth what its parent
	// may grow by, in bytes.
	childMemory, parentGrowth = 256 << 20, 100 << 20
	raceDetector              = false
)
