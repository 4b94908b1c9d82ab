package invoicing

import (
	"context"
	"strings"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// Why an invoice cannot be voided.
var (
	ErrHasPayments = fault.Define(fault.Conflict, "invoicing.has_payments", "Money is applied to this invoice. Undo that first.")
	ErrTimeFate    = fault.Define(fault.Invalid, "invoicing.time_fate", "Say what becomes of the time on this invoice.").
			At("body.time", "must be release or write_off")
)

// VoidInvoice takes an issued invoice back. It keeps its number and its document; the
// time on it becomes unbilled or is written off, in the same transaction. All else
// that it bills, such as fees, may be billed again.
func (s *Service) VoidInvoice(ctx context.Context, id string, time TimeFate, why string) (i Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.LockedInvoice(ctx, tx, id)
		if err != nil {
			return err
		}
		i = before
		hasTime := len(i.entries()) > 0
		switch {
		case i.Kind == CreditNote:
			return ErrCreditNote
		case i.State != Issued:
			return ErrNotIssued
		case !i.WrittenOff.IsZero():
			return ErrWrittenOff
		case !i.Paid.IsZero():
			return ErrHasPayments
		case hasTime && time != ReleaseTime && time != WriteOffTime:
			return ErrTimeFate
		}
		taken, err := s.d.Store.CreditedTotal(ctx, tx, i)
		if err != nil {
			return err
		}
		switch {
		case i.Kind == Deposit && !taken.IsZero():
			return ErrDeducted
		case !taken.IsZero():
			return ErrHasCredits
		}
		now := s.d.Now()
		i.State, i.VoidedAt, i.VoidWhy, i.UpdatedAt = Void, &now, strings.TrimSpace(why), now
		i.Version++
		if hasTime {
			i.VoidTime = time
		}
		if err := s.d.Store.MarkVoid(ctx, tx, i); err != nil {
			return err
		}
		keep := OfTime
		if i.VoidTime == ReleaseTime {
			keep = ""
		}
		if err := s.d.Store.FreeSources(ctx, tx, id, keep); err != nil {
			return err
		}
		if err := s.d.Store.ReleaseDeductions(ctx, tx, id, now); err != nil {
			return err
		}
		if err := s.giveBack(ctx, tx, id, i.Lines); err != nil {
			return err
		}
		if i.VoidTime == ReleaseTime {
			if err := s.d.Time.ReleaseBilledTx(ctx, tx, id); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "invoicing.invoice_voided", &before, &i, InvoiceVoided{factOf(i), i.VoidTime})
	})
	return i, err
}
