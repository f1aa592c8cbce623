//go:build race

package main

import "time"

// slowestAck is more under the race detector, which makes an answer ten times
// slower.
const slowestAck = 10 * time.Second
