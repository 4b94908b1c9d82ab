package pool

import "sync/atomic"

// Reserve is sessions that several pools have in common, beside those that
// each has for itself: for whichever is in demand. A pool without demand keeps
// none of them, and none can take what is another's own.
type Reserve struct{ left atomic.Int64 }

// NewReserve returns a reserve of n sessions.
func NewReserve(n int) *Reserve {
	r := &Reserve{}
	r.left.Store(int64(n))
	return r
}

func (r *Reserve) take() bool {
	if r == nil {
		return false
	}
	for {
		n := r.left.Load()
		if n <= 0 {
			return false
		}
		if r.left.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

func (r *Reserve) bring() { r.left.Add(1) }
