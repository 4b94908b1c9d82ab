package rates

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrNoRevision   = fault.Define(fault.NotFound, "rates.revision_not_found", "There is no such change.")
	ErrRevisionOver = fault.Define(fault.Conflict, "rates.revision_over", "This change was undone already, or was made more than an hour ago.")
	ErrRevisedSince = fault.Define(fault.Conflict, "rates.revised_since", "This rate was changed again since. Nothing was undone.")
)

// undoWindow is for how long another price can be undone. Timesheets keep what it did to time for as long.
const undoWindow = time.Hour

// Kept is a revision that can be undone.
type Kept struct {
	ID, MemberID string
	At           time.Time
	UndoneAt     *time.Time
	Before       Rate   // the rate as it was
	AfterVersion int    // its version after the change
	Added        string // the rate that took over on a day; empty: it is the same one
	Repricing    string // what it did to time; empty: nothing
	Entries      int
}

// UndoUntil is when it can no longer be undone.
func (k Kept) UndoUntil() time.Time { return k.At.Add(undoWindow) }

// Stayed counts entries that keep the price that a revision gave them, by why.
type Stayed struct {
	Why     string
	Entries int
}

// LastRevision is the latest change of a price that can still be undone, whoever made it; nil without one.
func (s *Service) LastRevision(ctx context.Context) (k *Kept, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		k, err = s.d.Store.LastRevision(ctx, tx, s.now().Add(-undoWindow))
		return err
	})
	return k, err
}

// UndoRevision gives a rate, and exactly the time that a revision gave another price, the prices back that they had.
func (s *Service) UndoRevision(ctx context.Context, revisionID string) (r Rate, e Effect, stayed []Stayed, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		k, err := s.d.Store.Revision(ctx, tx, revisionID)
		switch {
		case err != nil:
			return err
		case k.UndoneAt != nil || s.now().After(k.UndoUntil()):
			return ErrRevisionOver
		}
		if r, err = s.restore(ctx, tx, k); err != nil {
			return err
		}
		if k.Repricing != "" {
			if e, stayed, err = s.d.Time.UndoTx(ctx, tx, k.Repricing); err != nil {
				return err
			}
		}
		return s.d.Store.RevisionUndone(ctx, tx, k.ID, s.now())
	})
	return hidden(access.From(ctx), r), e.hidden(access.From(ctx)), stayed, err
}

// restore gives a rate its price and its days back.
func (s *Service) restore(ctx context.Context, tx *tenancy.Tx, k Kept) (Rate, error) {
	_, now, err := s.rate(ctx, tx, k.Before.ID)
	if err != nil {
		return now, err
	}
	if now.Version != k.AfterVersion {
		return now, ErrRevisedSince
	}
	if k.Added == "" {
		return s.changeTx(ctx, tx, now.ID, now.Version, RateChange{PerHour: k.Before.PerHour, Tiers: &k.Before.Tiers})
	}
	_, added, err := s.rate(ctx, tx, k.Added)
	if err != nil || added.Version != 1 {
		return now, ErrRevisedSince.Because(err)
	}
	if err := s.removeTx(ctx, tx, added.ID); err != nil { // the one before it holds on in its place
		return now, err
	}
	_, now, err = s.rate(ctx, tx, k.Before.ID)
	return now, err
}
