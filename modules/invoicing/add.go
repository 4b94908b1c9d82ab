package invoicing

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Add puts more on a draft: what was picked of fees, and approved time and
// expenses of its client. What it finds is billed by the draft then; a line that
// is taken off again gives it back.
func (s *Service) Add(ctx context.Context, id string, version int, f FromTime) (i Invoice, out []LeftOut, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, more, left, err := s.more(ctx, tx, id, version, f)
		if err != nil {
			return err
		}
		i, out = before, left
		i.extend(more)
		i.Version, i.UpdatedAt = version+1, s.d.Now()
		if err := s.ready(ctx, tx, &i); err != nil {
			return err
		}
		if err := s.d.Store.SaveDraft(ctx, tx, i); err != nil {
			return err
		}
		if err := s.takeExpenses(ctx, tx, more); err != nil {
			return err
		}
		if err := s.takeTime(ctx, tx, i, more.entries()); err != nil {
			return err
		}
		return s.record(ctx, tx, "invoicing.invoice_extended", &before, &i, InvoiceChanged{factOf(i)})
	})
	return i, out, err
}

// PreviewAdd shows what the draft would be with more on it. Nothing is saved.
func (s *Service) PreviewAdd(ctx context.Context, id string, version int, f FromTime) (i Invoice, out []LeftOut, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, more, left, err := s.more(ctx, tx, id, version, f)
		if err != nil {
			return err
		}
		i, out = before, left
		i.extend(more)
		if err := s.ready(ctx, tx, &i); err != nil {
			return err
		}
		return &planned{ErrNothingToBill}
	})
	if _, ok := err.(*planned); ok { //nolint:errorlint // made three lines above
		return i, out, nil
	}
	return Invoice{}, nil, err
}

// more is the draft as it is, and a plan of what is to be put on it.
func (s *Service) more(ctx context.Context, tx *tenancy.Tx, id string, version int, f FromTime) (before, more Invoice, out []LeftOut, err error) {
	seen, err := s.d.Store.Invoice(ctx, tx, id)
	if err != nil {
		return before, more, nil, err
	}
	if err := tx.Lock(ctx, "invoicing.bill."+seen.ClientID); err != nil { // as bills of the client do
		return before, more, nil, err
	}
	if before, err = s.draft(ctx, tx, id); err != nil {
		return before, more, nil, err
	}
	switch {
	case before.Version != version:
		return before, more, nil, ErrStale
	case before.Kind != PlainInvoice:
		return before, more, nil, ErrBadInvoice.At("body.fees", "go on invoices: a deposit is money for work to come")
	}
	f.ClientID, f.EntityID, f.Currency, f.onto = before.ClientID, before.EntityID, before.Currency, &before
	if f.To.IsZero() {
		if f.To, err = s.today(ctx, tx); err != nil {
			return before, more, nil, err
		}
	}
	more, out, err = s.plan(ctx, tx, f)
	if err == nil && len(more.Lines) == 0 {
		err = ErrNothingToBill
	}
	return before, more, out, err
}

// extend puts the lines of a plan behind those that are there. The period grows with the time on them, and
// what is rounded together is that of both.
func (i *Invoice) extend(more Invoice) {
	i.Lines = append(append([]Line{}, i.Lines...), more.Lines...)
	if more.TimeRule != nil {
		i.TimeRule = more.TimeRule
	}
	i.roundTime()
	if more.PeriodFrom.IsZero() || more.PeriodTo.IsZero() {
		return
	}
	if i.PeriodFrom.IsZero() || more.PeriodFrom.Before(i.PeriodFrom) {
		i.PeriodFrom = more.PeriodFrom
	}
	i.PeriodTo = later(i.PeriodTo, more.PeriodTo)
}

func later(a, b day.Date) day.Date {
	if b.After(a) {
		return b
	}
	return a
}
