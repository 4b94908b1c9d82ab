package rates

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrMultipliersOver  = fault.Define(fault.Conflict, "rates.multipliers_over", "These multipliers were undone already, or were added more than an hour ago.")
	ErrMultipliersSince = fault.Define(fault.Conflict, "rates.multipliers_since", "Multipliers were added or removed since. Nothing was undone.")
	ErrUndoBlocked      = fault.Define(fault.Conflict, "rates.undo_blocked", "Some time that counts by these multipliers was changed since. Nothing was undone.")
)

// Addition is how multipliers were added, for as long as it can be undone.
type Addition struct {
	ID, MemberID  string
	At            time.Time
	UndoneAt      *time.Time
	MultipliersID string
	To            *day.Date // where they ended when they were added
	Ended         string    // those that ended for them; empty: none
	EndedWas      *day.Date // and where these ended before
	Repricing     string    // what it did to time; empty: nothing
	Entries       int
}

// UndoUntil is when it can no longer be undone.
func (a Addition) UndoUntil() time.Time { return a.At.Add(undoWindow) }

// LastAddition is the latest that can still be undone, whoever made it; nil without one.
func (s *Service) LastAddition(ctx context.Context) (a *Addition, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err = s.d.Store.LastAddition(ctx, tx, s.now().Add(-undoWindow))
		return err
	})
	return a, err
}

// PreviewUndoAddition tells what undoing would do, and what would keep it from being done.
func (s *Service) PreviewUndoAddition(ctx context.Context, additionID string) (e Effect, stayed []Stayed, err error) {
	e, err = s.previewed(ctx, func(ctx context.Context, tx *tenancy.Tx) (e Effect, err error) {
		e, stayed, err = s.undoAddition(ctx, tx, additionID)
		return e, err
	})
	return e, stayed, err
}

// UndoAddition takes multipliers away as if they had never been added: those before them end where they ended, and exactly the time that
// was counted by them counts as before. All of it or nothing: where some of the time may not be changed any more it is ErrUndoBlocked.
func (s *Service) UndoAddition(ctx context.Context, additionID string) (e Effect, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		var stayed []Stayed
		if e, stayed, err = s.undoAddition(ctx, tx, additionID); err == nil {
			err = blocked(stayed)
		}
		return err
	})
	return e.hidden(access.From(ctx)), err
}

func (s *Service) undoAddition(ctx context.Context, tx *tenancy.Tx, additionID string) (e Effect, stayed []Stayed, err error) {
	a, err := s.d.Store.Addition(ctx, tx, additionID)
	switch {
	case err != nil:
		return e, nil, err
	case a.UndoneAt != nil || s.now().After(a.UndoUntil()):
		return e, nil, ErrMultipliersOver
	}
	m, err := s.d.Store.MultipliersByID(ctx, tx, a.MultipliersID)
	if errors.Is(err, ErrMultipliersNotFound) {
		err = ErrMultipliersSince.Because(err)
	}
	if err != nil {
		return e, nil, err
	}
	if err := tx.Lock(ctx, "rates.multipliers/"+string(m.Level)+m.ClientID+m.ProjectID); err != nil {
		return e, nil, err
	}
	all, err := s.d.Store.Multipliers(ctx, tx, MultiplierFilter{Level: m.Level, ClientID: m.ClientID, ProjectID: m.ProjectID})
	if err != nil {
		return e, nil, err
	}
	there := func(id string, to *day.Date) bool {
		return slices.ContainsFunc(all, func(o Multipliers) bool { return o.ID == id && sameDay(o.To, to) })
	}
	if !there(m.ID, a.To) || (a.Ended != "" && !there(a.Ended, &m.From)) {
		return e, nil, ErrMultipliersSince
	}
	now := s.now()
	if err := s.d.Store.RemoveMultipliers(ctx, tx, m.ID, now); err != nil {
		return e, nil, err
	}
	if a.Ended != "" {
		if err := s.d.Store.EndMultipliers(ctx, tx, a.Ended, a.EndedWas); err != nil {
			return e, nil, err
		}
	}
	if a.Repricing != "" {
		if e, stayed, err = s.d.Time.UndoTx(ctx, tx, a.Repricing); err != nil {
			return e, nil, err
		}
	}
	if err := s.d.Store.AdditionUndone(ctx, tx, a.ID, now); err != nil {
		return e, nil, err
	}
	return e, stayed, s.note(ctx, tx, audit.Change{Action: "rates.multipliers_undone", Entity: "multipliers", EntityID: m.ID, Before: m}, MultipliersRemoved{m.ref()})
}

func sameDay(a, b *day.Date) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// whys says it of entries, after their number.
var whys = map[string]string{"gone": "deleted", "changed": "changed or priced otherwise since", "billed": "on an invoice", "approved": "approved", "locked": "in a closed period"}

// blocked names what keeps something from being undone.
func blocked(stayed []Stayed) error {
	if len(stayed) == 0 {
		return nil
	}
	all := make([]string, len(stayed))
	for i, x := range stayed {
		all[i] = fmt.Sprintf("%d %s", x.Entries, whys[x.Why])
	}
	return ErrUndoBlocked.Saying("Nothing was undone. Of the time that counts by these multipliers this cannot be changed any more: %s.", strings.Join(all, ", "))
}
