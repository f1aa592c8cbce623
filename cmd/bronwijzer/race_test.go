//go:build race

package main

// manyStreams is less under the race detector, which makes an answer ten times
// slower.
const manyStreams = 40
