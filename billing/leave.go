package billing

import (
	"context"
	"errors"
)

// Leaving is what a coming removal of the agency has done to its subscription.
type Leaving string

const (
	Staying      Leaving = ""
	LeavingOurs  Leaving = "ours"  // we canceled it to the period's end; that is taken back with the removal
	LeavingOwner Leaving = "owner" // the owner had canceled it before, and so it stays
)

// FollowRemovals ends with their period the subscriptions of agencies that are marked for removal, so that nobody is
// charged while it can be regretted, and takes that back for those that were. It looks at the agencies as they are, so it does
// not matter who marked them, or whether we were there. It returns how many it followed.
func (s *Service) FollowRemovals(ctx context.Context) (n int, err error) {
	leaving, staying, err := s.d.Store.Removals(ctx, 200)
	if err != nil {
		return 0, err
	}
	for going, all := range map[bool][]string{true: leaving, false: staying} {
		for _, agencyID := range all {
			switch err := s.follow(ctx, agencyID, going); {
			case errors.Is(err, ErrGatewayAway):
				return n, err
			case err != nil:
				s.d.Log.ErrorContext(ctx, "the subscription of an agency that comes or goes was not changed", "agency", agencyID, "going", going, "err", err)
			default:
				n++
			}
		}
	}
	return n, nil
}

func (s *Service) follow(ctx context.Context, agencyID string, going bool) error {
	err := s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		was := a.Leaving
		switch {
		case going == (was != Staying):
			return nil
		case going && a.CancelAtPeriodEnd:
			a.Leaving = LeavingOwner
			return nil
		case going:
			a.Leaving = LeavingOurs
		default:
			a.Leaving = Staying
			if was != LeavingOurs || !a.CancelAtPeriodEnd {
				return nil
			}
		}
		c, err := newCommand(agencyID, SetCancel, going, 0, "", s.now())
		if err != nil {
			return err
		}
		return t.AddCommands(ctx, c)
	})
	if err != nil {
		return err
	}
	return s.RunCommands(ctx, agencyID)
}
