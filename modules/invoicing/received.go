package invoicing

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// What a payment provider did happened, and is recorded as it is: these do not
// ask for what a person could have typed in otherwise.
var (
	// ErrReceived answers a provider's payment that is in the books already.
	ErrReceived = fault.Define(fault.Conflict, "invoicing.received_already", "This payment of the provider is recorded already.")
	// ErrByProvider refuses to say that a provider's payment never came.
	ErrByProvider = fault.Define(fault.Conflict, "invoicing.paid_on_line", "This was paid on line: it did come. Give it back through the provider instead.")
)

// Received is money that a payment provider has received for an invoice.
type Received struct {
	ProviderRef string // the provider's own key: one payment each
	InvoiceID   string
	Amount      money.Money
	At          time.Time
	Method      string
	Reference   string
	Note        string
}

// HeldTx reads an invoice and holds it until the transaction ends.
func (s *Service) HeldTx(ctx context.Context, tx *tenancy.Tx, id string) (Invoice, error) {
	return s.d.Store.LockedInvoice(ctx, tx, id)
}

// InvoiceTx reads an invoice.
func (s *Service) InvoiceTx(ctx context.Context, tx *tenancy.Tx, id string) (Invoice, error) {
	return s.d.Store.Invoice(ctx, tx, id)
}

// ReceiveTx records what a provider received, once, and applies as much of it as the invoice is open. The rest, all of it where
// the invoice was paid or voided meanwhile, is the client's credit (rule 24). ErrReceived.
func (s *Service) ReceiveTx(ctx context.Context, tx *tenancy.Tx, r Received) (Payment, error) {
	i, err := s.d.Store.LockedInvoice(ctx, tx, r.InvoiceID)
	if err != nil {
		return Payment{}, err
	}
	on, err := s.dayOf(ctx, tx, r.At)
	if err != nil {
		return Payment{}, err
	}
	p := Payment{
		ID: s.d.NewID(), ClientID: i.ClientID, ClientName: i.ClientName, Amount: r.Amount, ReceivedOn: on, Method: cmp.Or(r.Method, "other"), Reference: r.Reference, Note: r.Note,
		ProviderRef: r.ProviderRef, CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now(),
	}
	var parts []Part
	if open := i.Balance(); i.State == Issued && i.Kind != CreditNote && open.Currency == r.Amount.Currency && open.Sign() > 0 {
		if open.Cmp(r.Amount) > 0 {
			open = r.Amount
		}
		parts = []Part{{InvoiceID: i.ID, Amount: open}}
	}
	// Without a rate the money came all the same; it has none then, as payments from before there were rates.
	if err := s.payRate(ctx, tx, &p, []Part{{InvoiceID: i.ID}}, nil); err != nil && !errors.Is(err, ErrNoRate) {
		return p, err
	}
	if err := s.d.Store.AddPayment(ctx, tx, p); err != nil {
		return p, err
	}
	if err := s.apply(ctx, tx, &p, parts, on); err != nil {
		return p, err
	}
	return p, s.paid(ctx, tx, "invoicing.payment_recorded", nil, p, PaymentRecorded{s.paymentFact(p)})
}

// Returned is money that a provider gave back to the payer, or a bank took back.
type Returned struct {
	Amount    money.Money
	At        time.Time
	Method    string
	Reference string
	Reason    string
}

// GiveBackTx records that money of a payment went back: what is left of it first, then what is on invoices, the latest first, which
// are open again by as much. Never more than was received less what went back before (rule 25): ErrBadRefund.
func (s *Service) GiveBackTx(ctx context.Context, tx *tenancy.Tx, paymentID string, g Returned) (Refund, error) {
	p, err := s.livePayment(ctx, tx, paymentID)
	if err != nil {
		return Refund{}, err
	}
	before := p
	before.Refunds, before.Allocations = slices.Clone(p.Refunds), slices.Clone(p.Allocations)
	on, err := s.dayOf(ctx, tx, g.At)
	if err != nil {
		return Refund{}, err
	}
	if on.Before(p.ReceivedOn) {
		on = p.ReceivedOn
	}
	if g.Amount.Currency != p.Amount.Currency || g.Amount.Sign() <= 0 || g.Amount.Cmp(p.Amount.Sub(p.refunded())) > 0 {
		return Refund{}, ErrBadRefund.At("body.amount", "is more than is left: "+p.Amount.Sub(p.refunded()).Amount())
	}
	for n := len(p.Allocations) - 1; n >= 0 && p.Unapplied().Cmp(g.Amount) < 0; n-- {
		if err := s.free(ctx, tx, &p, n, g.Amount.Sub(p.Unapplied()), g.Reason); err != nil {
			return Refund{}, err
		}
	}
	r := Refund{
		ID: s.d.NewID(), PaymentID: p.ID, Amount: g.Amount, RefundedOn: on, Method: cmp.Or(g.Method, "other"), Reference: g.Reference, Reason: g.Reason,
		CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now(),
	}
	if err := s.d.Store.AddRefund(ctx, tx, r); err != nil {
		return r, err
	}
	p.Refunds = append(p.Refunds, r)
	return r, s.paid(ctx, tx, "invoicing.payment_refunded", &before, p, PaymentRefunded{s.paymentFact(p)})
}

// free takes so much off the invoice of the payment's nth allocation: all of it is undone, and what was more than that applied again.
func (s *Service) free(ctx context.Context, tx *tenancy.Tx, p *Payment, n int, needed money.Money, why string) error {
	a := &p.Allocations[n]
	if a.UndoneAt != nil {
		return nil
	}
	if err := s.undo(ctx, tx, *p, a, why); err != nil {
		return err
	}
	stays := a.Amount.Sub(needed)
	if stays.Sign() <= 0 {
		return nil
	}
	return s.apply(ctx, tx, p, []Part{{InvoiceID: a.InvoiceID, Amount: stays}}, a.AppliedOn)
}

// UndoRefundTx notes that money that was to go back did not arrive: it is the client's credit again.
func (s *Service) UndoRefundTx(ctx context.Context, tx *tenancy.Tx, paymentID, refundID, why string) error {
	p, err := s.d.Store.LockedPayment(ctx, tx, paymentID)
	if err != nil {
		return err
	}
	before := p
	before.Refunds = slices.Clone(p.Refunds)
	n := slices.IndexFunc(p.Refunds, func(r Refund) bool { return r.ID == refundID && r.UndoneAt == nil })
	if n < 0 {
		return nil // undone before
	}
	now := s.d.Now()
	p.Refunds[n].UndoneAt, p.Refunds[n].UndoWhy = &now, why
	if err := s.d.Store.UndoRefund(ctx, tx, p.Refunds[n]); err != nil {
		return err
	}
	return s.paid(ctx, tx, "invoicing.refund_undone", &before, p, RefundUndone{s.paymentFact(p)})
}

// refunded is what went back and arrived.
func (p Payment) refunded() money.Money {
	sum := money.Zero(p.Amount.Currency)
	for _, r := range p.Refunds {
		if r.UndoneAt == nil {
			sum = sum.Add(r.Amount)
		}
	}
	return sum
}

// dayOf is the day of an instant by the agency's clock.
func (s *Service) dayOf(ctx context.Context, tx *tenancy.Tx, at time.Time) (day.Date, error) {
	d, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return day.Date{}, err
	}
	return LegalEntity{TimeZone: d.TimeZone}.Today(at), nil
}
