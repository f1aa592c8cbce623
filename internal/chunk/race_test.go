//go:build race

package chunk_test

// hostileSize is small under the race detector, which makes these tests ten
// times slower and finds nothing in them.
const hostileSize = 1 << 13
