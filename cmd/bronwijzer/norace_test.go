//go:build !race

package main

// manyStreams is how many answers are written at once.
const manyStreams = 200
