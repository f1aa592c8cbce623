package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// What has to hold.
const (
	minGoodput     = 0.9                   // of the peak, under overload
	maxSlower      = 2.0                   // p99 of what is accepted, times that at the knee
	maxRejection   = 50 * time.Millisecond // p99
	maxGrowth      = 0.1                   // of memory, between the halves of the overload
	maxRecovery    = 5 * time.Second       // until it is normal again
	accepting      = 0.99                  // the share of requests that a server in order accepts
	growth         = 1.15                  // from one rate of the search to the next
	quiet          = 0.5                   // of the knee's rate: a server in order
	recoverySlower = 2.0                   // p99 of a second that counts as normal, times that of quiet
	leastNormal    = 50 * time.Millisecond // below this it counts as normal anyway
	leastRate      = 1.0                   // that a server must be able to do
	// attempts is how often the overload is tried with slack: a machine that stops
	// for a moment is late with what came meanwhile. It does so once, not always.
	attempts = 3
)

// trial is one run through all phases.
type trial struct {
	*options
	server *server
	load   *load

	// peak is the highest goodput of the search; knee the last rate of it at
	// which all was accepted, saturated the first at which it wasn't.
	peak                  float64
	knee, saturated       *phase
	before, over, after   *phase
	memory                []sample
	probes                *histogram
	probeErr              error
	recovered             time.Duration
	firstHalf, secondHalf float64
}

func (t *trial) run(ctx context.Context) error {
	fmt.Println("phase             rate  goodput  refused   accepted p50      p99  refused p50      p99   server  driver")
	t.phase(ctx, "warm up", t.first, t.step)
	if err := t.search(ctx); err != nil {
		return err
	}
	t.before = t.phase(ctx, "quiet", quiet*t.knee.rate, max(t.step, 5*time.Second))
	for left := t.attempts() - 1; ; left-- {
		if err := t.overloaded(ctx); err != nil {
			return err
		}
		if err := t.verdict(); err == nil || left == 0 {
			return err
		}
		fmt.Println("\nonce more")
	}
}

// attempts is how often this machine may try.
func (t *trial) attempts() int {
	if t.slack > 1 {
		return attempts
	}
	return 1
}

// overloaded asks far too much of the server and watches it recover.
func (t *trial) overloaded(ctx context.Context) error {
	t.memory, t.probes, t.probeErr = nil, &histogram{}, nil
	watched := t.watch(ctx)
	t.over = t.phase(ctx, "overload", t.factor*t.peak, t.overload)
	watched()
	t.after = t.phase(ctx, "recovery", quiet*t.knee.rate, t.recovery)
	t.recovered = t.normalAgain()
	t.firstHalf, t.secondHalf = halves(t.memory)
	return errors.Join(ctx.Err(), t.probeErr)
}

// search raises the rate until the server can't keep up.
func (t *trial) search(ctx context.Context) error {
	for rate := t.first; ; rate *= growth {
		p := t.phase(ctx, "search", rate, t.step)
		t.peak = max(t.peak, p.goodput())
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case p.share() >= accepting:
			t.knee = p
		case t.knee == nil && rate > leastRate:
			rate /= 2 * growth // a slow machine, or one that stopped for a moment
		case t.knee == nil:
			return fmt.Errorf("server can't do %.0f requests a second", rate)
		case t.saturated == nil:
			t.saturated = p
		default: // two rates above the knee, so that the peak is among them
			return nil
		}
	}
}

// phase runs and prints a phase.
func (t *trial) phase(ctx context.Context, name string, rate float64, d time.Duration) *phase {
	first, firstErr := t.server.sample(ctx)
	own := ownCPU()
	began := time.Now()
	p := t.load.run(ctx, rate, d)
	spent := time.Since(began).Seconds()
	p.driver = (ownCPU() - own) / spent
	if last, err := t.server.sample(ctx); err == nil && firstErr == nil {
		p.server = (last.cpu - first.cpu) / spent
	}
	fmt.Printf("%-14s %7.1f  %7.1f  %6.1f%%  %13s %8s  %11s %8s   %6.2f  %6.2f", name, rate, p.goodput(), 100*(1-p.share()),
		ms(p.accepted.quantile(.5)), ms(p.accepted.quantile(.99)), ms(p.rejected.quantile(.5)), ms(p.rejected.quantile(.99)), p.server, p.driver)
	if n := p.failed.Load(); n > 0 {
		fmt.Printf("  %d failed", n)
	}
	fmt.Println()
	return p
}

// watch samples the server's memory every second and asks for what has to stay
// up, until the function that it returns is called.
func (t *trial) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			began := time.Now()
			now, err := t.server.sample(ctx)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				t.memory = append(t.memory, now)
				_, err = t.server.get(ctx, "/")
			}
			t.probes.add(time.Since(began))
			if err != nil && ctx.Err() == nil {
				t.probeErr = errors.Join(t.probeErr, err)
			}
		}
	})
	return func() {
		cancel()
		watching.Wait()
	}
}

// halves is the mean memory in each half of the samples.
func halves(samples []sample) (first, second float64) {
	half := len(samples) / 2
	for i, s := range samples {
		if i < half {
			first += s.memory / float64(half)
		} else {
			second += s.memory / float64(len(samples)-half)
		}
	}
	return first, second
}

// normalAgain is how long after the overload the server is in order again, and
// stays so for three seconds: nothing refused, and answers about as fast as
// before. It is counted in whole seconds; without that it is all of the phase.
func (t *trial) normalAgain() time.Duration {
	limit := max(leastNormal, time.Duration(recoverySlower*float64(t.before.accepted.quantile(.99))))
	normal := 0
	for i := range t.after.seconds {
		s := &t.after.seconds[i]
		if s.refused.Load() > 0 || s.accepted.quantile(.99) > limit {
			normal = 0
			continue
		}
		if normal++; normal == 3 {
			return time.Duration(i-2) * time.Second
		}
	}
	return t.after.took
}

// verdict prints what was asked for and what came of it.
func (t *trial) verdict() error {
	var failed []error
	check := func(ok bool, format string, args ...any) {
		line := fmt.Sprintf(format, args...)
		mark := "ok  "
		if !ok && t.slack > 0 {
			mark = "FAIL"
			failed = append(failed, errors.New(line))
		}
		fmt.Println(mark, line)
	}
	slack := max(1, t.slack)
	kneeP99 := t.saturated.accepted.quantile(.99)
	fmt.Printf("\nsaturated at %.1f a second; at %.1f all was accepted, with a p99 of %s\n", t.saturated.rate, t.knee.rate, ms(t.knee.accepted.quantile(.99)))
	overP99, refusal := t.over.accepted.quantile(.99), t.over.rejected.quantile(.99)
	check(t.over.goodput() >= t.peak*(1-(1-minGoodput)*slack), "goodput under overload: %.1f a second, %.1f %% of the peak of %.1f", t.over.goodput(), 100*t.over.goodput()/t.peak, t.peak)
	check(float64(overP99) <= maxSlower*slack*float64(kneeP99), "p99 of what is accepted: %s, %.2f times that of saturation, %s", ms(overP99), float64(overP99)/float64(kneeP99), ms(kneeP99))
	check(float64(refusal) <= slack*float64(maxRejection), "p99 of rejections: %s, at most %s", ms(refusal), ms(t.over.rejected.quantile(1)))
	check(t.over.bare.Load() == 0, "rejections without Retry-After: %d of %d", t.over.bare.Load(), t.over.rejected.total.Load())
	check(t.over.failed.Load() == 0, "neither answered nor rejected: %d", t.over.failed.Load())
	check(t.secondHalf <= t.firstHalf*(1+maxGrowth*slack), "memory: %.0f MB in the first half, %.0f MB in the second", t.firstHalf/1e6, t.secondHalf/1e6)
	check(t.recovered <= time.Duration(slack*float64(maxRecovery)), "normal again after %s", t.recovered)
	check(t.probeErr == nil, "metrics and page under overload: p50 %s, p99 %s together", ms(t.probes.quantile(.5)), ms(t.probes.quantile(.99)))
	return errors.Join(failed...)
}

// ms shows a duration in milliseconds.
func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
