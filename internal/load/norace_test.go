//go:build !race

package load

// hostileSize is the size in bytes of inputs made to take long: enough for work
// that grows with its square to outlast the patience of go test.
const hostileSize = 1 << 16
