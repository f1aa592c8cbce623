package main

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"
)

// Buckets are linear within a power of two, as in HdrHistogram (Tene): 64 of
// them to each, so a value is off by 1.6 % at most, whatever its size.
const (
	subBits    = 6
	subBuckets = 1 << subBits
	buckets    = (64 - subBits) * subBuckets
)

// histogram counts durations to the microsecond. It is safe for concurrent use;
// its zero value is empty.
type histogram struct {
	counts [buckets]atomic.Uint32
	total  atomic.Uint64
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(uint64(max(0, d.Microseconds())))].Add(1)
	h.total.Add(1)
}

// bucketOf is the number of the bucket that a value is counted in.
func bucketOf(v uint64) int {
	shift := max(0, bits.Len64(v)-1-subBits)
	return shift*subBuckets + int(v>>shift)
}

// highest is the highest value of a bucket.
func highest(bucket int) uint64 {
	if bucket < 2*subBuckets {
		return uint64(bucket)
	}
	shift := bucket/subBuckets - 1
	return uint64(bucket-shift*subBuckets+1)<<shift - 1
}

// quantile is the duration that a share q of all don't exceed; 0 when there are
// none.
func (h *histogram) quantile(q float64) time.Duration {
	rank := uint64(math.Ceil(q * float64(h.total.Load())))
	var seen uint64
	for i := range h.counts {
		if seen += uint64(h.counts[i].Load()); seen >= rank && seen > 0 {
			return time.Duration(highest(i)) * time.Microsecond
		}
	}
	return 0
}
