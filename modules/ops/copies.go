package ops

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// Copies is what a move or a restore has left beside an agency.
type Copies struct {
	Move    *custody.Move    // under way, or with the old copy still there
	Restore *custody.Restore // prepared, swapped in, or taken back
	Parked  int              // jobs that a restore has parked
}

// Copies tells what is kept beside an agency.
func (s *Service) Copies(ctx context.Context, agencyID string) (c Copies, err error) {
	if m, err := s.d.Custody.OpenMove(ctx, agencyID); err == nil {
		c.Move = &m
	} else if !errors.Is(err, custody.ErrNoMove) {
		return c, err
	}
	if r, err := s.d.Custody.OpenRestore(ctx, agencyID); err == nil {
		c.Restore = &r
	} else if !errors.Is(err, custody.ErrNoRestore) {
		return c, err
	}
	c.Parked, err = s.d.Custody.Parked(ctx, agencyID)
	return c, err
}

// Decide lets the jobs run that a restore has parked, or throws them away. It tells how many there were. ErrReason.
func (s *Service) Decide(ctx context.Context, agencyID string, run bool, reason string) (n int64, err error) {
	reason, err = reasonOf(reason)
	if err != nil {
		return 0, err
	}
	action := map[bool]string{true: "ops.parked_jobs_run", false: "ops.parked_jobs_discarded"}[run]
	err = s.within(ctx, agencyID, func(note noter) error {
		n, err = s.d.Custody.Unpark(ctx, agencyID, run, func(n int64) (audit.Change, error) {
			c := audit.Change{Action: action, Entity: "agency", EntityID: agencyID, Reason: reason, After: map[string]int64{"jobs": n}}
			return c, note(c)
		})
		return err
	})
	return n, err
}
