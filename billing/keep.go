package billing

import (
	"context"
	"time"
)

// look is how often billing asks whether something is to be done.
const look = time.Minute

// round is something that billing does by itself from time to time (billing reference A.8).
type round struct {
	name  string
	every time.Duration
	make  func(context.Context) error
}

func (s *Service) rounds() []round {
	return []round{
		{"catch_up", time.Hour, func(ctx context.Context) error {
			missed, err := s.CatchUp(ctx)
			if missed > 0 {
				s.d.Log.WarnContext(ctx, "events of the payment provider had not arrived", "missed", missed)
			}
			return err
		}},
		{"reconcile", day, func(ctx context.Context) error {
			r, err := s.Reconcile(ctx)
			if err == nil {
				s.d.Log.InfoContext(ctx, "compared with the payment provider", "accounts", r.Accounts, "subscriptions", r.Subscriptions, "drift", len(r.Drift), "duplicates", r.Duplicates, "at_risk", r.AtRisk.String())
			}
			return err
		}},
		{"settle", time.Hour, func(ctx context.Context) error { _, err := s.Settle(ctx); return err }},
		{"remind", time.Hour, func(ctx context.Context) error { _, err := s.Remind(ctx); return err }},
	}
}

// Keep makes commands whose process died, takes in events that never arrived, compares everything with the provider,
// settles quarters and writes letters, until ctx ends. Several processes may do so at once: each round is made by one.
func (s *Service) Keep(ctx context.Context) {
	if s.d.Unbilled {
		return
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.KeepOnce(ctx)
		}
	}
}

// KeepOnce is one look of Keep: it does what is due.
func (s *Service) KeepOnce(ctx context.Context) {
	failed := func(what string, err error) {
		if ctx.Err() == nil {
			s.d.Log.WarnContext(ctx, "billing could not look after itself and tries again", "what", what, "err", err)
		}
	}
	if err := s.runStale(ctx); err != nil {
		failed("commands", err)
	}
	if _, err := s.FollowRemovals(ctx); err != nil {
		failed("removals", err)
	}
	for _, r := range s.rounds() {
		due, err := s.d.Store.Due(ctx, r.name, r.every, s.d.Now().UTC())
		if err == nil && due {
			if err = r.make(ctx); err != nil {
				if again := s.d.Store.Again(ctx, r.name); again != nil {
					failed(r.name, again)
				}
			}
		}
		if err != nil {
			failed(r.name, err)
		}
	}
}

// runStale makes commands that nobody has made within a minute.
func (s *Service) runStale(ctx context.Context) error {
	ids, err := s.d.Store.WithOpenCommands(ctx, s.now().Add(-look), 100)
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
