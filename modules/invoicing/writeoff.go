package invoicing

import (
	"context"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Why nothing is written off, or what was is in the way.
var (
	ErrBadWriteOff      = fault.Define(fault.Invalid, "invoicing.bad_write_off", "This cannot be written off.")
	ErrWriteOffNotFound = fault.Define(fault.NotFound, "invoicing.write_off_not_found", "This write-off does not exist.")
	ErrWrittenOff       = fault.Define(fault.Conflict, "invoicing.written_off", "Part of this invoice is written off. Undo that first.")
)

// WriteOff is what an agency gives up of an invoice, on a day, for a reason.
type WriteOff struct {
	ID        string
	InvoiceID string
	Amount    money.Money
	WrittenOn day.Date
	Reason    string
	UndoneAt  *time.Time
	UndoWhy   string
	CreatedBy string
	CreatedAt time.Time
}

// NewWriteOff is what is recorded.
type NewWriteOff struct {
	Amount    *money.Money // nil: all that is open
	WrittenOn day.Date     // none: today
	Reason    string
}

// WriteOff gives up what is open of an invoice, or a part of it.
func (s *Service) WriteOff(ctx context.Context, invoiceID string, n NewWriteOff) (w WriteOff, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		today, err := s.today(ctx, tx)
		if err != nil {
			return err
		}
		i := before
		w = WriteOff{
			ID: s.d.NewID(), InvoiceID: i.ID, Amount: i.Balance(), WrittenOn: n.WrittenOn, Reason: strings.TrimSpace(n.Reason),
			CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now(),
		}
		if n.Amount != nil {
			w.Amount = *n.Amount
		}
		if w.WrittenOn.IsZero() {
			w.WrittenOn = today
		}
		switch {
		case i.Kind == CreditNote:
			return ErrCreditNote
		case i.State != Issued:
			return ErrNotIssued
		case w.Reason == "":
			return ErrBadWriteOff.At("body.reason", "is required")
		case w.WrittenOn.After(today) || w.WrittenOn.Before(i.IssueOn):
			return ErrBadWriteOff.At("body.written_on", "must be a day from the date of the invoice to today")
		case w.Amount.Currency != i.Currency:
			return ErrBadWriteOff.At("body.amount", "is not in the currency of the invoice")
		case w.Amount.Sign() <= 0 || w.Amount.Cmp(i.Balance()) > 0:
			return ErrBadWriteOff.At("body.amount", "must be more than zero and at most what is open: "+i.Balance().Amount())
		}
		if err := s.d.Store.AddWriteOff(ctx, tx, w); err != nil {
			return err
		}
		i.WrittenOff = i.WrittenOff.Add(w.Amount)
		if err := s.d.Store.SetSettled(ctx, tx, i); err != nil {
			return err
		}
		i.Version++
		return s.record(ctx, tx, "invoicing.invoice_written_off", &before, &i, InvoiceWrittenOff{factOf(i)})
	})
	return w, err
}

// UndoWriteOff opens again what was written off. The record stays.
func (s *Service) UndoWriteOff(ctx context.Context, id, why string) (w WriteOff, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		invoiceID, err := s.d.Store.WriteOffOn(ctx, tx, id)
		if err != nil {
			return err
		}
		before, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if w, err = s.d.Store.WriteOff(ctx, tx, before, id); err != nil {
			return err
		}
		if w.UndoneAt != nil {
			return ErrUndone
		}
		now := s.d.Now()
		w.UndoneAt, w.UndoWhy = &now, strings.TrimSpace(why)
		if err := s.d.Store.UndoWriteOff(ctx, tx, w); err != nil {
			return err
		}
		i := before
		i.WrittenOff = i.WrittenOff.Sub(w.Amount)
		if err := s.d.Store.SetSettled(ctx, tx, i); err != nil {
			return err
		}
		i.Version++
		return s.record(ctx, tx, "invoicing.write_off_undone", &before, &i, WriteOffUndone{factOf(i)})
	})
	return w, err
}

// WriteOffs lists what was written off an invoice, undone ones too.
func (s *Service) WriteOffs(ctx context.Context, invoiceID string) (all []WriteOff, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		all, err = s.d.Store.WriteOffs(ctx, tx, i)
		return err
	})
	return all, err
}
