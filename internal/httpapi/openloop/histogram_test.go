package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantiles(t *testing.T) {
	var h histogram
	if got := h.quantile(.99); got != 0 {
		t.Errorf("of nothing: got %v", got)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(random.ExpFloat64()*float64(20*time.Millisecond)) + time.Duration(random.IntN(2))*time.Minute
		all = append(all, d)
		h.add(d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, .1, .5, .9, .99, .999, 1} {
		want := all[max(0, int(q*float64(len(all)))-1)]
		got := h.quantile(q)
		if got < want-time.Microsecond || float64(got) > 1.017*float64(want)+float64(time.Microsecond) {
			t.Errorf("quantile %v: got %v, want %v and at most 1.6 %% more", q, got, want)
		}
	}
}

func TestBucketsFollowEachOther(t *testing.T) {
	for v := range uint64(1 << 16) {
		b := bucketOf(v)
		if v > highest(b) || b > 0 && v <= highest(b-1) {
			t.Fatalf("%d is counted in bucket %d, (%d, %d]", v, b, highest(b-1), highest(b))
		}
	}
}
