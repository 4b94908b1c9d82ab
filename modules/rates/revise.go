package rates

import (
	"context"
	"errors"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Reach says which time a new price is for. Approved and billed time never is (rule 44).
type Reach string

const (
	NewOnly  Reach = "new"      // what is logged from now on
	FromDay  Reach = "from"     // work from a day on, logged already or not; the old price holds before it
	Unbilled Reach = "unbilled" // all that is not approved yet, too
)

// Revision is another price for a rate, and how far it reaches.
type Revision struct {
	PerHour decimal.Decimal
	Tiers   **Tiers // nil: they stay
	Reach   Reach
	From    day.Date // of FromDay
}

// Effect is what a revision does to time that was logged. Amounts are nil for those who may not see them.
type Effect struct {
	Entries       int
	Before, After []money.Money
	Repricing     string // to undo it by, where time got another price
}

// Repricer prices unapproved time again whose price comes from one of the rates,
// or now would; timesheets answer it.
type Repricer interface {
	RepriceTx(ctx context.Context, tx *tenancy.Tx, rateIDs []string, from day.Date) (Effect, error)
	// RejudgeTx asks anew what unapproved time counts as. Its rates stay.
	RejudgeTx(ctx context.Context, tx *tenancy.Tx, of Stretch) (Effect, error)
	// UndoTx gives the entries of a repricing their prices back, but for what was approved, billed or priced otherwise since.
	UndoTx(ctx context.Context, tx *tenancy.Tx, repricingID string) (Effect, []Stayed, error)
}

// Revise gives a rate that is at version another price: in one transaction with all the time that it reaches. It can be undone for an hour.
func (s *Service) Revise(ctx context.Context, rateID string, version int, rev Revision) (r Rate, e Effect, k Kept, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, before, err := s.rate(ctx, tx, rateID)
		if err != nil {
			return err
		}
		if r, e, err = s.reviseTx(ctx, tx, rateID, version, rev); err != nil {
			return err
		}
		k = Kept{ID: id.New(), MemberID: access.From(ctx).MemberID, At: s.now(), Before: before, AfterVersion: before.Version + 1, Repricing: e.Repricing, Entries: e.Entries}
		if r.ID != before.ID {
			k.Added = r.ID
		}
		return s.d.Store.AddRevision(ctx, tx, k, k.At.Add(-undoWindow))
	})
	return hidden(access.From(ctx), r), e.hidden(access.From(ctx)), k, err
}

// errPreviewed ends the transaction of a preview; nobody ever sees it.
var errPreviewed = errors.New("rates: only a preview")

// PreviewRevision tells what a revision would do, by doing it and taking it back.
func (s *Service) PreviewRevision(ctx context.Context, rateID string, version int, rev Revision) (Effect, error) {
	return s.previewed(ctx, func(ctx context.Context, tx *tenancy.Tx) (Effect, error) {
		_, e, err := s.reviseTx(ctx, tx, rateID, version, rev)
		return e, err
	})
}

// previewed does something, tells what came of it, and takes it back.
func (s *Service) previewed(ctx context.Context, do func(context.Context, *tenancy.Tx) (Effect, error)) (e Effect, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if e, err = do(ctx, tx); err == nil {
			err = errPreviewed
		}
		return err
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return e.hidden(access.From(ctx)), err
}

func (e Effect) hidden(a access.Actor) Effect {
	if !a.Can(SeeAmounts) {
		e.Before, e.After = nil, nil
	}
	return e
}

func (s *Service) reviseTx(ctx context.Context, tx *tenancy.Tx, rateID string, version int, rev Revision) (r Rate, e Effect, err error) {
	_, before, err := s.rate(ctx, tx, rateID)
	if err != nil {
		return r, e, err
	}
	switch {
	case rev.Reach == FromDay && rev.From.IsZero():
		return r, e, ErrBadRate.At("body.from", "is required")
	case rev.Reach == FromDay && before.To != nil && !rev.From.Before(*before.To):
		return r, e, ErrBadRate.At("body.from", "is after the rate ends")
	case rev.Reach == FromDay && rev.From.After(before.From):
		r, err = s.split(ctx, tx, before, version, rev)
	default:
		r, err = s.changeTx(ctx, tx, rateID, version, RateChange{PerHour: &rev.PerHour, Tiers: rev.Tiers})
	}
	if err != nil || rev.Reach == NewOnly {
		return r, e, err
	}
	from := day.Date{}
	if rev.Reach == FromDay {
		from = rev.From
	}
	e, err = s.d.Time.RepriceTx(ctx, tx, []string{before.ID, r.ID}, from)
	return r, e, err
}

// split ends a rate on a day and lets another take over until where it ended.
func (s *Service) split(ctx context.Context, tx *tenancy.Tx, before Rate, version int, rev Revision) (Rate, error) {
	from := &rev.From
	if _, err := s.changeTx(ctx, tx, before.ID, version, RateChange{To: &from}); err != nil {
		return Rate{}, err
	}
	tiers := before.Tiers
	if rev.Tiers != nil {
		tiers = *rev.Tiers
	}
	return s.addTx(ctx, tx, before.CardID, RateDraft{Target: before.Target, TargetID: before.TargetID, PerHour: rev.PerHour, Tiers: tiers, From: rev.From, To: before.To})
}
