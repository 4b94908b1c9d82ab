package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Logged is how long somebody worked on a project in a month.
type Logged struct {
	ProjectID string
	Month     day.Date // its first day
	Seconds   int64
}

// LoggedTx tells how long a member worked between two days, both included, by project and month.
func (s *Service) LoggedTx(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) ([]Logged, error) {
	return s.d.Store.Logged(ctx, tx, memberID, from, to)
}

// ClosedThroughTx is the last day on which time can no longer change; none: all can. It is held until the transaction ends.
func (s *Service) ClosedThroughTx(ctx context.Context, tx *tenancy.Tx) (day.Date, error) {
	c, err := s.conditions(ctx, tx)
	return c.settings.Lock.Through, err
}
