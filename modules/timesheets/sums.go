package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
)

// SumsOff counts the kept sums of the agency that are not what its entries add up to. A program of
// before the sums that writes beside one that keeps them leaves some behind.
func (s *Service) SumsOff(ctx context.Context) (off int, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		off, err = s.d.Store.SumsOff(ctx, tx)
		return err
	})
	return off, err
}

// RepairSums adds the agency's time up again where its sums are off, and says how many were.
func (s *Service) RepairSums(ctx context.Context) (off int, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if off, err = s.d.Store.SumsOff(ctx, tx); err != nil || off == 0 {
			return err
		}
		if err := s.d.Store.AddUpAgain(ctx, tx); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "timesheets.sums_repaired", Entity: "time_sums", EntityID: "time_sums", After: map[string]int{"off": off}})
	})
	return off, err
}
