//go:build sabotage_write_answer

// Who logs time is answered with the rate and the amount, whoever it is.

package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/tenancy"
)

func (s *Service) Log(ctx context.Context, n NewEntry) (e Entry, warnings []Warning, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		e, warnings, err = s.logTx(ctx, tx, c, n, FromManual)
		return err
	})
	return e, warnings, err
}
