package billing

import (
	"context"
	"errors"
)

// End ends what an agency that is removed is charged for, at once. It may be called again. ErrGatewayAway.
func (s *Service) End(ctx context.Context, agencyID string) error {
	a, _, err := s.d.Store.Account(ctx, agencyID, s.now())
	if errors.Is(err, ErrNoAccount) {
		return nil
	}
	if err != nil || a.SubscriptionID == "" || !a.Status.Live() {
		return err
	}
	// What the provider says counts: it may have ended by now.
	x, err := s.d.Gateway.Subscription(ctx, a.SubscriptionID)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil || !x.Status.Live() {
		return err
	}
	_, err = s.d.Gateway.CancelNow(ctx, "removed:"+x.ID, x.ID)
	return err
}
