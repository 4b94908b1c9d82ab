package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Logger logs time in the transaction that it was made in, with every check that Log makes.
type Logger func(ctx context.Context, n NewEntry) (Entry, []Warning, error)

// LoggerTx is Log for several entries that are kept together or not at all.
func (s *Service) LoggerTx(ctx context.Context, tx *tenancy.Tx) (Logger, error) {
	c, err := s.conditions(ctx, tx)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, n NewEntry) (Entry, []Warning, error) {
		e, ws, err := s.logTx(ctx, tx, c, n, FromManual)
		if err == nil {
			s.show(ctx, &e)
		}
		return e, ws, err
	}, nil
}

// OnDaysTx lists what a member has on some work dates.
func (s *Service) OnDaysTx(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Range) ([]Entry, error) {
	return s.d.Store.Entries(ctx, tx, Filter{MemberID: memberID, From: on.From, To: on.To})
}

// TimedTx lists what a member has with start and end on some work dates.
func (s *Service) TimedTx(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Range) ([]Entry, error) {
	all, err := s.OnDaysTx(ctx, tx, memberID, on)
	out := all[:0]
	for _, e := range all {
		if e.StartedAt != nil {
			out = append(out, e)
		}
	}
	return out, err
}

// ThereTx tells which of the entries are still there.
func (s *Service) ThereTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]bool, error) {
	there := map[string]bool{}
	if len(ids) == 0 {
		return there, nil
	}
	entries, err := s.d.Store.Entries(ctx, tx, Filter{IDs: ids})
	for _, e := range entries {
		there[e.ID] = true
	}
	return there, err
}
