package billing

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// SyncSeats is the job that brings the provider's quantity to the number of
// people. It reads that number when it runs, so a burst of joins is one call.
type SyncSeats struct {
	AgencyID string `json:"agency_id"`
}

// Kind is the job's stable name.
func (SyncSeats) Kind() string { return "billing.sync_seats" }

// wanted is the quantity that the provider should hold.
func (a Account) wanted(active int) int { return max(1, active, a.SeatFloor) }

// SyncSeats sets the quantity to the number of people, always as an absolute
// value. An agency that has no bill or no running subscription, or settles by the quarter, is left alone.
func (s *Service) SyncSeats(ctx context.Context, agencyID string) error {
	err := s.syncSeats(ctx, agencyID)
	if errors.Is(err, ErrNoAccount) {
		return nil
	}
	return err
}

func (s *Service) syncSeats(ctx context.Context, agencyID string) error {
	if err := s.RunCommands(ctx, agencyID); err != nil {
		return err
	}
	last, err := s.lastSeat(ctx, agencyID)
	if err != nil {
		return err
	}
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		if !s.changeable(*a) || a.Collection == TrueUp {
			return nil
		}
		open, err := t.OpenCommands(ctx)
		if err != nil || len(open) > 0 { // what waits is looked at again when it ends
			return err
		}
		a.SyncedSeq = last.Seq
		target := Seats{a.Held.Plan, a.wanted(last.ActiveAfter)}
		if p := mustPlan(target.Plan); p.MaxSeats > 0 && last.ActiveAfter > p.MaxSeats && mustPlan(a.Paid.Plan).Above(p) {
			// Somebody joined while the smaller plan was asked for. It does not hold them, so the larger one stays.
			s.d.Log.WarnContext(ctx, "a smaller plan is taken back: it does not hold everybody", "agency", agencyID, "plan", p.ID, "people", last.ActiveAfter)
			target.Plan = a.Paid.Plan
		}
		if target == a.Held {
			return nil
		}
		return keepSteps(ctx, t, a, Steps(*a, target, s.caution(*a, target)), nil, "", s.now())
	})
	if err != nil {
		return err
	}
	return s.RunCommands(ctx, agencyID)
}

// changeable tells whether the subscription takes changes now.
func (s *Service) changeable(a Account) bool {
	return a.SubscriptionID != "" && a.PendingUntil == nil && (a.Status == ActiveStatus || a.Status == PastDue || a.Status == Trialing)
}

// caution is what must be known to decide when a seat is collected. The
// prorated amount is our own estimate: it only chooses the way, the provider computes the charge.
func (s *Service) caution(a Account, target Seats) Caution {
	now := s.now()
	c := Caution{Threshold: s.d.Threshold, Failed: a.LastPaymentFailed || a.Status == PastDue, Young: now.Before(a.CustomerSince.Add(YoungTime)), Prorated: money.Zero(Currency)}
	whole, rest := a.PeriodEnd.Sub(a.PeriodStart), a.PeriodEnd.Sub(now)
	more := Seats{a.Paid.Plan, target.Quantity}.MonthlyPrice().Minor - a.Paid.MonthlyPrice().Minor
	if more > 0 && whole > 0 && rest > 0 {
		c.Prorated = money.Of(more*int64(rest/time.Second)/int64(whole/time.Second), Currency)
	}
	return c
}
