package httpapi

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxClients bounds one generation of a limiter; about 2 MB.
const maxClients = 10_000

// limiter holds a token bucket for each client, for at most 2·maxClients. It
// keeps two generations: a full young one becomes the old one, and what is left
// of that is forgotten. So a client loses its bucket only after maxClients
// others came since its last request.
type limiter struct {
	rate  rate.Limit
	burst int

	mu         sync.Mutex
	young, old map[netip.Addr]*rate.Limiter
}

// newLimiter takes Config's Rate and Burst.
func newLimiter(perSecond float64, burst int) *limiter {
	switch {
	case perSecond == 0:
		perSecond = defaultRate
	case perSecond < 0:
		perSecond = float64(rate.Inf)
	}
	if burst <= 0 {
		burst = defaultBurst
	}
	return &limiter{rate: rate.Limit(perSecond), burst: burst, young: map[netip.Addr]*rate.Limiter{}}
}

// take uses one token of the client's. When there is none it returns how long
// it takes until there is.
func (l *limiter) take(client netip.Addr, now time.Time) time.Duration {
	r := l.bucket(client).ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// bucket returns the client's bucket, making it when needed. All addresses of
// an IPv6 /64 share one: that is what a single household or host gets.
func (l *limiter) bucket(client netip.Addr) *rate.Limiter {
	if client.Is6() {
		if p, err := client.Prefix(64); err == nil {
			client = p.Addr()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.young[client]; ok {
		return b
	}
	b, ok := l.old[client]
	if !ok {
		b = rate.NewLimiter(l.rate, l.burst)
	}
	if len(l.young) >= maxClients {
		l.old, l.young = l.young, map[netip.Addr]*rate.Limiter{}
	}
	l.young[client] = b
	return b
}
