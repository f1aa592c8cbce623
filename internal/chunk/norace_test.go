//go:build !race

package chunk_test

// hostileSize is the size in bytes of inputs made to take long: enough for work
// that grows with its square to outlast the patience of go test.
const hostileSize = 1 << 16
