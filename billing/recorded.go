package billing

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
)

// recorded is Store.Locked for what operators do to an agency's bill. What fn says of it is written into the agency's
// log and into the platform's before either transaction is committed: what could not be written down is not done.
func (s *Service) recorded(ctx context.Context, agencyID string, fn func(context.Context, Tx, *Account) (audit.Change, error)) error {
	in, err := s.inAgency(ctx, agencyID)
	if err != nil {
		return err
	}
	return s.d.DB.Run(in, func(in context.Context, tx *tenancy.Tx) error {
		return s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
			c, err := fn(ctx, t, a)
			if err != nil {
				return err
			}
			c.Entity, c.EntityID = "agency", agencyID
			if err := audit.RecordNow(in, tx.PGX(), c); err != nil {
				return err
			}
			return t.Record(ctx, c)
		})
	})
}
