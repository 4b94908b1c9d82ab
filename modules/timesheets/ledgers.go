package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/tenancy"
)

// Counted is an entry after a change, for those who keep accounts of time.
type Counted struct {
	Entry

	Gone bool   // it was deleted
	From string // the project it was moved from
}

// Check refuses what was done since it was made, where budgets have no room for it.
type Check func(ctx context.Context) error

// Ledgers keep accounts of time: retainers and budgets. They are told of every
// entry in the transaction that changed it, and may refuse the change.
type Ledgers interface {
	CountTx(ctx context.Context, tx *tenancy.Tx, entries []Counted) error
	// GuardTx is asked before time of projects is added or changed by hand, and its answer after it. A timer that
	// stops is never held back.
	GuardTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (Check, error)
	// RoomTx refuses to begin work for which there is no room: e is as it would be, priced, and of no length.
	RoomTx(ctx context.Context, tx *tenancy.Tx, e Entry) error
}

// count tells the ledgers what became of entries.
func (s *Service) count(ctx context.Context, tx *tenancy.Tx, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	all := make([]Counted, len(entries))
	for i, e := range entries {
		all[i] = Counted{Entry: e}
	}
	return s.d.Ledgers.CountTx(ctx, tx, all)
}

// EntriesTx returns those of the entries that are still there, with their names.
func (s *Service) EntriesTx(ctx context.Context, tx *tenancy.Tx, ids []string) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	entries, err := s.d.Store.Entries(ctx, tx, Filter{IDs: ids})
	if err != nil {
		return nil, err
	}
	return entries, s.nameAll(ctx, tx, entries)
}
