package pool

import (
	"context"
	"sync/atomic"
	"time"
)

// line counts those who had to stand in a queue.
type line struct{ waits, timeouts, waited atomic.Int64 }

// stand waits for what comes through got, until the given moment at most. ErrBusy.
func stand[T any](ctx context.Context, l *line, until time.Time, got <-chan T) (v T, err error) {
	began := now()
	l.waits.Add(1)
	defer func() { l.waited.Add(int64(now().Sub(began))) }()
	limit := time.NewTimer(until.Sub(began))
	defer limit.Stop()
	select {
	case v = <-got:
		return v, nil
	case <-ctx.Done():
		return v, ctx.Err()
	case <-limit.C:
		l.timeouts.Add(1)
		return v, ErrBusy
	}
}
