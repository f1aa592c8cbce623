//go:build race

package main

// Less is done under the race detector, which makes an answer ten times slower:
// fewer streams at once, and every fifth scenario.
const (
	manyStreams  = 40
	scenarioStep = 5
)
