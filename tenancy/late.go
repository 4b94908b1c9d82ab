package tenancy

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/migrations"
)

// ErrBehind answers work on an agency that could not be brought to the newest step in time.
var ErrBehind = fault.Define(fault.Unavailable, "tenancy.behind", "This agency is being updated. Please try again in a moment.").After(5 * time.Second)

// latecomers brings agencies up that a run of the migration has not reached
// yet, or has failed at, when somebody comes for them. It costs a few
// milliseconds once; that an agency is up to date is known from the registry's
// cache and costs nothing.
type latecomers struct {
	owner  *Migrator
	newest string
	now    func() time.Time
	one    singleflight.Group

	mu     sync.Mutex
	failed map[string]time.Time
}

const (
	lateTime  = 20 * time.Second
	lateTries = 2 // each waits up to two seconds for a lock
	latePause = 5 * time.Second
)

// MigrateLate makes the registry migrate an agency that lags before it gives it out.
func (r *Registry) MigrateLate(owner *Migrator) {
	r.late = &latecomers{owner: owner, newest: migrations.Newest(owner.cfg.Steps), now: r.now, failed: map[string]time.Time{}}
}

// bring returns a at the newest step or a newer one. ErrBehind.
func (l *latecomers) bring(ctx context.Context, a Agency) (Agency, error) {
	if l == nil || a.Version >= l.newest || (a.State != Active && a.State != Suspended) {
		return a, nil
	}
	l.mu.Lock()
	soon := l.now().Before(l.failed[a.ID].Add(latePause))
	l.mu.Unlock()
	if soon {
		return a, ErrBehind
	}
	// All who wait for the same agency wait for one try, which outlives the one who asked first.
	done := l.one.DoChan(a.ID, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lateTime)
		defer cancel()
		var err error
		for range lateTries {
			if err = l.owner.bring(ctx, a.ID); err == nil || !passing(err) {
				break
			}
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if err != nil {
			l.failed[a.ID] = l.now()
		} else {
			delete(l.failed, a.ID)
		}
		return nil, err
	})
	select {
	case <-ctx.Done():
		return a, ctx.Err()
	case got := <-done:
		if got.Err != nil {
			return a, ErrBehind.Because(got.Err)
		}
	}
	a.Version = l.newest
	return a, nil
}
