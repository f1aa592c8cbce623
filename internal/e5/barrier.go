package e5

import (
	"runtime"
	"sync/atomic"
)

// barrier is where the workers of a pass wait for each other. The last to
// arrive decides for all whether to go on.
type barrier struct {
	size    int
	proceed func() bool
	arrived atomic.Int32
	round   atomic.Int32
	stopped atomic.Bool
}

func newBarrier(size int, proceed func() bool) *barrier {
	return &barrier{size: size, proceed: proceed}
}

// wait returns once all workers have called it, and then reports whether to go
// on. It spins: workers have equal shares, so the wait is a few microseconds,
// less than it takes to wake a sleeping goroutine.
func (b *barrier) wait() bool {
	round := b.round.Load()
	if int(b.arrived.Add(1)) == b.size {
		b.arrived.Store(0)
		b.stopped.Store(!b.proceed())
		b.round.Add(1)
	}
	for b.round.Load() == round {
		runtime.Gosched()
	}
	return !b.stopped.Load()
}
