//go:build !race

package main

const (
	// manyStreams is how many answers are written at once.
	manyStreams = 200
	// scenarioStep is from one scenario that is played to the next.
	scenarioStep = 1
)
