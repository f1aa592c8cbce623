package httpapi

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"bronwijzer/internal/access"
)

// Limits are what one client may ask for. The zero value takes the defaults;
// below 0 there is no limit. The addresses of an IPv6 network (/64) count as
// one: that is what a single household or host gets.
type Limits struct {
	// Rate is how many requests a second an address may make on average, 200 by
	// default, and SubjectRate a subject whose own Rate is 0, 100 by default.
	// Ten seconds' worth of them may come at once.
	Rate, SubjectRate float64
	// AddressStreams is how many event streams may be open for an address, 256
	// by default, and Streams for a subject, 16 by default.
	AddressStreams, Streams int
}

// Defaults of Limits. The rate of an address leaves room for a script that asks
// hundreds of questions two at a time and reads every cited text: an extractive
// answer takes some 10 ms, so two at a time come to at most 200 a second. Many
// people may share an address, nobody a subject.
const (
	defaultRate           = 200
	defaultSubjectRate    = 100
	defaultAddressStreams = 256
	defaultStreams        = 16
)

const (
	// burstTime is how long a client may save up what it doesn't use.
	burstTime = 10 * time.Second
	// maxClients bounds one generation of a limiter; about 2 MB.
	maxClients = 10_000
)

// limits holds clients to their Limits.
type limits struct {
	// rate and subjectRate are 0 for no limit.
	rate, subjectRate float64
	addresses         *limiter[netip.Addr]
	subjects          *limiter[string]
	addressStreams    *tally[netip.Addr]
	subjectStreams    *tally[string]
}

func newLimits(l Limits) *limits {
	return &limits{
		rate:           bound(l.Rate, defaultRate),
		subjectRate:    bound(l.SubjectRate, defaultSubjectRate),
		addresses:      newLimiter[netip.Addr](),
		subjects:       newLimiter[string](),
		addressStreams: newTally[netip.Addr](bound(l.AddressStreams, defaultAddressStreams)),
		subjectStreams: newTally[string](bound(l.Streams, defaultStreams)),
	}
}

// bound is n, fallback where it isn't set, and 0 for no limit.
func bound[N int | float64](n, fallback N) N {
	if n == 0 {
		return fallback
	}
	return max(0, n)
}

// address counts a request of an address.
func (l *limits) address(addr netip.Addr) error {
	return tooFast(l.addresses.take(network(addr), l.rate, time.Now()))
}

// subject counts a request of a subject. Nobody in particular has an address
// only.
func (l *limits) subject(by access.Subject) error {
	perSecond := l.subjectRate
	if by.Rate > 0 {
		perSecond = by.Rate
	}
	if by.ID == "" {
		return nil
	}
	return tooFast(l.subjects.take(by.ID, perSecond, time.Now()))
}

// stream counts a stream of a subject at an address until closed is called.
func (l *limits) stream(addr netip.Addr, by access.Subject) (closed func(), err error) {
	addr = network(addr)
	if !l.addressStreams.enter(addr) {
		return nil, errManyStreams
	}
	if by.ID == "" {
		return func() { l.addressStreams.leave(addr) }, nil
	}
	if !l.subjectStreams.enter(by.ID) {
		l.addressStreams.leave(addr)
		return nil, errManyStreams
	}
	return func() {
		l.subjectStreams.leave(by.ID)
		l.addressStreams.leave(addr)
	}, nil
}

// tooFast is the error for who has to wait; nil for no time.
func tooFast(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	return &apiError{
		status: http.StatusTooManyRequests, code: "rate_limited", retryAfter: wait,
		message: "Te veel verzoeken in korte tijd. Wacht even en probeer het opnieuw.",
	}
}

// network is what counts as one address.
func network(addr netip.Addr) netip.Addr {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

// limiter holds a token bucket for each client, for at most 2·maxClients. It
// keeps two generations: a full young one becomes the old one, and what is left
// of that is forgotten. So a client loses its bucket only after maxClients
// others came since its last request.
type limiter[K comparable] struct {
	mu         sync.Mutex
	young, old map[K]*rate.Limiter
}

func newLimiter[K comparable]() *limiter[K] {
	return &limiter[K]{young: map[K]*rate.Limiter{}}
}

// take uses one token of the client's, which gets perSecond of them a second; 0
// is no limit. When there is none it returns how long it takes until there is.
func (l *limiter[K]) take(client K, perSecond float64, now time.Time) time.Duration {
	if perSecond == 0 {
		return 0
	}
	r := l.bucket(client, rate.Limit(perSecond)).ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// bucket returns the client's bucket, making it when needed.
func (l *limiter[K]) bucket(client K, perSecond rate.Limit) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.young[client]; ok {
		return b
	}
	b, ok := l.old[client]
	if !ok {
		b = rate.NewLimiter(perSecond, max(1, int(float64(perSecond)*burstTime.Seconds())))
	}
	if len(l.young) >= maxClients {
		l.old, l.young = l.young, map[K]*rate.Limiter{}
	}
	l.young[client] = b
	return b
}

// tally counts what is open for each client, up to a number.
type tally[K comparable] struct {
	most int // 0 is no limit
	mu   sync.Mutex
	open map[K]int
}

func newTally[K comparable](most int) *tally[K] {
	return &tally[K]{most: most, open: map[K]int{}}
}

// enter counts one more, unless there are as many as may be.
func (t *tally[K]) enter(client K) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.most > 0 && t.open[client] >= t.most {
		return false
	}
	t.open[client]++
	return true
}

// leave ends what enter counted. Clients of whom nothing is open take no memory.
func (t *tally[K]) leave(client K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open[client]--; t.open[client] <= 0 {
		delete(t.open, client)
	}
}
