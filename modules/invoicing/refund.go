package invoicing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Why money cannot be given back.
var (
	ErrBadRefund  = fault.Define(fault.Invalid, "invoicing.bad_refund", "This refund cannot be recorded.")
	ErrHasRefunds = fault.Define(fault.Conflict, "invoicing.has_refunds", "Part of this payment was refunded: it did come.")
)

// Refund is money that went back to the client.
type Refund struct {
	ID         string
	PaymentID  string
	Amount     money.Money
	RefundedOn day.Date
	Method     string
	Reference  string
	Reason     string
	CreatedBy  string
	CreatedAt  time.Time
	UndoneAt   *time.Time // it did not arrive
	UndoWhy    string
}

// NewRefund is what is recorded.
type NewRefund struct {
	Amount     *money.Money // nil: all that is left
	RefundedOn day.Date
	Method     string
	Reference  string
	Reason     string
}

// Refund records that money went back: never more than was received less what
// is applied and what went back before.
func (s *Service) Refund(ctx context.Context, paymentID string, n NewRefund) (p Payment, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p, err = s.livePayment(ctx, tx, paymentID); err != nil {
			return err
		}
		before := p
		before.Refunds = slices.Clone(p.Refunds)
		amount := p.Unapplied()
		if n.Amount != nil {
			amount = *n.Amount
		}
		switch {
		case amount.Currency != p.Amount.Currency:
			return ErrBadRefund.At("body.amount", "is not in the currency of the payment")
		case p.Unapplied().IsZero():
			return ErrBadRefund.At("body.amount", "has nothing left to give back: take the payment off its invoice first")
		case amount.Sign() <= 0:
			return ErrBadRefund.At("body.amount", "must be more than zero")
		case amount.Cmp(p.Unapplied()) > 0:
			return ErrBadRefund.At("body.amount", "is more than is left: "+p.Unapplied().Amount())
		case n.RefundedOn.Before(p.ReceivedOn):
			return ErrBadRefund.At("body.refunded_on", "is before the money came")
		}
		r := Refund{
			ID: s.d.NewID(), PaymentID: p.ID, Amount: amount, RefundedOn: n.RefundedOn, Method: cmp.Or(n.Method, "bank_transfer"), Reference: n.Reference,
			Reason: n.Reason, CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now(),
		}
		if err := s.d.Store.AddRefund(ctx, tx, r); err != nil {
			return err
		}
		p.Refunds = append(p.Refunds, r)
		return s.paid(ctx, tx, "invoicing.payment_refunded", &before, p, PaymentRefunded{s.paymentFact(p)})
	})
	return p, err
}
