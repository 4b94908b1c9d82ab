package billing

import (
	"context"
	"time"
)

// How often billing looks after itself (billing reference A.8).
const (
	retryEvery     = time.Minute
	catchUpEvery   = time.Hour
	reconcileEvery = 24 * time.Hour
)

// Keep makes commands whose process died, takes in events that never arrived
// and compares everything with the provider, until ctx ends. All of it may run in several processes at once.
func (s *Service) Keep(ctx context.Context) {
	if s.d.Unbilled {
		return
	}
	retry, catchUp, reconcile := time.NewTicker(retryEvery), time.NewTicker(catchUpEvery), time.NewTicker(reconcileEvery)
	defer retry.Stop()
	defer catchUp.Stop()
	defer reconcile.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-retry.C:
			err = s.runStale(ctx)
		case <-catchUp.C:
			var missed int
			if missed, err = s.CatchUp(ctx); missed > 0 {
				s.d.Log.WarnContext(ctx, "events of the payment provider had not arrived", "missed", missed)
			}
		case <-reconcile.C:
			var r Report
			if r, err = s.Reconcile(ctx); err == nil {
				s.d.Log.InfoContext(ctx, "compared with the payment provider", "accounts", r.Accounts, "subscriptions", r.Subscriptions, "drift", len(r.Drift), "duplicates", r.Duplicates)
			}
		}
		if err != nil && ctx.Err() == nil {
			s.d.Log.WarnContext(ctx, "billing could not look after itself and tries again", "err", err)
		}
	}
}

// runStale makes commands that nobody has made within a minute.
func (s *Service) runStale(ctx context.Context) error {
	ids, err := s.d.Store.WithOpenCommands(ctx, s.now().Add(-retryEvery), 100)
	if err != nil {
		return err
	}
	for _, agencyID := range ids {
		if err := s.RunCommands(ctx, agencyID); err != nil {
			s.d.Log.WarnContext(ctx, "a command to the payment provider failed", "agency", agencyID, "err", err)
		}
	}
	return nil
}
