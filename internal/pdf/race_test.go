//go:build race

package pdf

// race says that the tests run under the race detector.
const race = true
