//go:build !race

package main

import "time"

// slowestAck is the most that the slowest hundredth of Slack's deliveries may
// take: then Slack gives up.
const slowestAck = 3 * time.Second
