package billing

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
)

var (
	ErrOverrideReason = fault.Define(fault.Invalid, "billing.override_reason", "An override says why.").At("body.reason", "must have 1 to 500 letters")
	ErrOverrideEnd    = fault.Define(fault.Invalid, "billing.override_end", "An override ends, within a year.").At("body.expires_at", "must lie ahead, at most a year")
	ErrOverrideEmpty  = fault.Define(fault.Invalid, "billing.override_empty", "An override changes plan, level or seats.").At("body.plan", "or level or max_seats must be given")
)

// longestOverride is how long an operator may grant something.
const longestOverride = 366 * day

// Grant gives an agency more, or less, than it pays for, for a while.
// ErrOverrideReason, ErrOverrideEnd, ErrOverrideEmpty, ErrUnknownPlan.
func (s *Service) Grant(ctx context.Context, o Override) (Override, error) {
	now := s.now()
	known := o.Level == "" || o.Level == Full || o.Level == Grace || o.Level == ReadOnly || o.Level == Suspended
	if _, ok := PlanOf(o.Plan); !ok && o.Plan != "" {
		return o, ErrUnknownPlan
	}
	switch {
	case len([]rune(o.Reason)) < 1 || len([]rune(o.Reason)) > 500:
		return o, ErrOverrideReason
	case !o.ExpiresAt.After(now) || o.ExpiresAt.After(now.Add(longestOverride)):
		return o, ErrOverrideEnd
	case o.Plan == "" && o.Level == "" && o.MaxSeats == 0, !known, o.MaxSeats < 0:
		return o, ErrOverrideEmpty
	}
	o.ID, o.CreatedAt = id.New(), now
	return o, s.recorded(ctx, o.AgencyID, func(ctx context.Context, t Tx, _ *Account) (audit.Change, error) {
		c := audit.Change{Action: "billing.override_granted", Reason: o.Reason, After: map[string]any{
			"override": o.ID, "plan": o.Plan, "level": o.Level, "max_seats": o.MaxSeats, "expires_at": o.ExpiresAt,
		}}
		return c, t.AddOverride(ctx, o)
	})
}

// RevokeGrant ends an override before its time.
func (s *Service) RevokeGrant(ctx context.Context, agencyID, overrideID, by string) error {
	return s.recorded(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) (audit.Change, error) {
		c := audit.Change{Action: "billing.override_revoked", After: map[string]any{"override": overrideID}}
		return c, t.RevokeOverride(ctx, overrideID, by, s.now())
	})
}

// accessTime is how long an agency's access is kept in memory; a change anywhere is heard of sooner.
const accessTime = 30 * time.Second
