//go:build !race

package main

import "time"

// slowestAck is the most that the slowest hundredth of Slack's deliveries may
// take. Slack itself gives up after three seconds.
const slowestAck = 500 * time.Millisecond
