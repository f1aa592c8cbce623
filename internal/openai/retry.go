package openai

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Waits between attempts. A server that wants to be left alone for longer than
// maxWait is not asked again: whoever waits for the answer has given up by then.
const (
	firstWait = 500 * time.Millisecond
	maxWait   = 30 * time.Second
)

// backoff is how long to wait after the attempt with this number, from 0: what
// the server asks for in Retry-After, else twice as long each time. A random
// part keeps clients that failed together from coming back together. False
// when waiting makes no sense.
func backoff(attempt int, header http.Header, now time.Time) (time.Duration, bool) {
	wait := min(maxWait, firstWait<<min(attempt, 10))
	if asked, ok := retryAfter(header, now); ok {
		if asked > maxWait {
			return 0, false
		}
		return asked + rand.N(firstWait), true
	}
	return wait/2 + rand.N(wait/2), true
}

// retryAfter reads the header of that name: seconds or a date (RFC 9110,
// section 10.2.3).
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}

// sleep waits, or returns ctx's error as soon as ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
