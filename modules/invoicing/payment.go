package invoicing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of payments.
var (
	ErrPaymentNotFound    = fault.Define(fault.NotFound, "invoicing.payment_not_found", "This payment does not exist.")
	ErrAllocationNotFound = fault.Define(fault.NotFound, "invoicing.allocation_not_found", "This part of the payment does not exist.")
	ErrBadPayment         = fault.Define(fault.Invalid, "invoicing.bad_payment", "This payment cannot be recorded.")
	ErrOverpaid           = fault.Define(fault.Invalid, "invoicing.overpaid", "This is more than the open balance of the invoice.")
	ErrRestLeft           = fault.Define(fault.Invalid, "invoicing.rest_left", "Part of the money is applied to no invoice. Say that it is kept as the client's credit.").
				At("body.amount", "is more than what is applied").At("body.keep_credit", "keeps the rest as the client's credit")
	ErrUndone        = fault.Define(fault.Conflict, "invoicing.allocation_undone", "This was undone already.")
	ErrPaymentVoided = fault.Define(fault.Conflict, "invoicing.payment_voided", "This payment was voided.")
)

// Payment is money received from a client.
type Payment struct {
	ID           string
	ClientID     string
	ClientName   string
	Amount       money.Money
	ReceivedOn   day.Date
	Method       string
	Reference    string
	Note         string
	CreditNoteID string     // what it is the value of, if it is no money
	ProviderRef  string     // the provider's own key, if it was paid on line
	Rate         *calc.Rate // into the currency of the books; nil on payments that are older than rates
	VoidedAt     *time.Time
	VoidWhy      string
	CreatedBy    string
	CreatedAt    time.Time
	Allocations  []Allocation
	Refunds      []Refund
}

// ByCreditNote is the method of what a credit note gives: no money came, and
// it is applied as money is.
const ByCreditNote = "credit_note"

// Allocation is a part of a payment that is applied to an invoice, on a day.
type Allocation struct {
	ID            string
	PaymentID     string
	InvoiceID     string
	InvoiceNumber string
	Amount        money.Money
	AppliedOn     day.Date
	Gain          *money.Money // in the currency of the books, by the rates of the payment and of the invoice
	UndoneAt      *time.Time
	UndoWhy       string
	CreatedAt     time.Time
}

// Unapplied is what is left of the payment: the client's credit.
func (p Payment) Unapplied() money.Money {
	if p.VoidedAt != nil {
		return money.Zero(p.Amount.Currency)
	}
	rest := p.Amount
	for _, a := range p.Allocations {
		if a.UndoneAt == nil {
			rest = rest.Sub(a.Amount)
		}
	}
	return rest.Sub(p.refunded())
}

// Part says how much goes to which invoice.
type Part struct {
	InvoiceID string
	Amount    money.Money
}

// NewPayment is what is recorded.
type NewPayment struct {
	ClientID   string // empty: the client of the first invoice
	Amount     money.Money
	ReceivedOn day.Date
	Method     string
	Reference  string
	Note       string
	Rate       *RateWish // nil: the kept one of the day
	Parts      []Part
	KeepCredit bool // what is not applied becomes the client's credit
}

// PaymentFilter says which payments are wanted.
type PaymentFilter struct {
	ClientID, InvoiceID string
	Unapplied           bool // only those with something left
	Page                page.Query
}

// Record notes a payment and applies it.
func (s *Service) Record(ctx context.Context, n NewPayment) (p Payment, err error) {
	if n.Amount.Sign() <= 0 {
		return Payment{}, ErrBadPayment.At("body.amount", "must be more than zero")
	}
	if n.Rate != nil {
		if err := n.Rate.check("body.exchange_rate", "body.exchange_direction"); err != nil {
			return Payment{}, err
		}
	}
	p = Payment{
		ID: s.d.NewID(), ClientID: n.ClientID, Amount: n.Amount, ReceivedOn: n.ReceivedOn, Method: cmp.Or(n.Method, "bank_transfer"),
		Reference: n.Reference, Note: n.Note, CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now(),
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p.ClientID == "" {
			if len(n.Parts) == 0 {
				return ErrBadPayment.At("body.client_id", "is required without allocations")
			}
			first, err := s.d.Store.Invoice(ctx, tx, n.Parts[0].InvoiceID)
			if err != nil {
				return err
			}
			p.ClientID = first.ClientID
		}
		client, err := s.clientOf(ctx, tx, p.ClientID)
		if err != nil {
			return err
		}
		p.ClientName = client.Name
		if err := s.oneCurrency(ctx, tx, p, n.Parts, "body.amount"); err != nil {
			return err
		}
		if err := s.payRate(ctx, tx, &p, n.Parts, n.Rate); err != nil {
			return err
		}
		if err := s.d.Store.AddPayment(ctx, tx, p); err != nil {
			return err
		}
		if err := s.apply(ctx, tx, &p, n.Parts, n.ReceivedOn); err != nil {
			return err
		}
		if !n.KeepCredit && !p.Unapplied().IsZero() {
			return ErrRestLeft
		}
		return s.paid(ctx, tx, "invoicing.payment_recorded", nil, p, PaymentRecorded{s.paymentFact(p)})
	})
	return p, err
}

// oneCurrency names what is in another currency than the rest: the payment itself if none of the invoices is in its currency
// and it is being written (at paid), else the invoices that are not, or what is to be applied to them.
func (s *Service) oneCurrency(ctx context.Context, tx *tenancy.Tx, p Payment, parts []Part, paid string) error {
	if len(parts) == 0 {
		return nil
	}
	ids := make([]string, len(parts))
	for n, part := range parts {
		ids[n] = part.InvoiceID
	}
	of, err := s.d.Store.CurrenciesOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	fits := paid == "" || slices.ContainsFunc(ids, func(id string) bool { return of[id] == p.Amount.Currency })
	bad := ErrBadPayment
	if first := of[ids[0]]; !fits && first != "" {
		bad = bad.At(paid, "is in "+p.Amount.Currency+", and what it pays in "+first)
	}
	for n, part := range parts {
		at, is := fmt.Sprintf("body.allocations[%d].", n), of[part.InvoiceID]
		switch {
		case is == "": // whoever applies it says that there is no such invoice
		case is != p.Amount.Currency && fits:
			bad = bad.At(at+"invoice_id", "is in "+is+", and the payment in "+p.Amount.Currency)
		case is != part.Amount.Currency:
			bad = bad.At(at+"amount", "is in "+part.Amount.Currency+", and the invoice in "+is)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Apply uses what is left of a payment for further invoices.
func (s *Service) Apply(ctx context.Context, id string, parts []Part, on day.Date) (p Payment, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p, err = s.livePayment(ctx, tx, id); err != nil {
			return err
		}
		before := p
		if err := s.oneCurrency(ctx, tx, p, parts, ""); err != nil {
			return err
		}
		if err := s.apply(ctx, tx, &p, parts, on); err != nil {
			return err
		}
		return s.paid(ctx, tx, "invoicing.payment_applied", &before, p, PaymentApplied{s.paymentFact(p)})
	})
	return p, err
}

// apply writes the allocations, never more than an invoice's balance and never
// more than the payment. Invoices are locked in the order of their ids, so that
// two payments for the same ones do not wait for each other.
func (s *Service) apply(ctx context.Context, tx *tenancy.Tx, p *Payment, parts []Part, on day.Date) error {
	order := make([]int, len(parts))
	for n := range parts {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(parts[a].InvoiceID, parts[b].InvoiceID) })
	for _, n := range order {
		field := fmt.Sprintf("body.allocations[%d].amount", n)
		part := parts[n]
		i, err := s.d.Store.LockedInvoice(ctx, tx, part.InvoiceID)
		if err != nil {
			return err
		}
		switch {
		case i.Kind == CreditNote:
			return ErrCreditNote
		case i.State != Issued:
			return ErrNotIssued
		case i.ClientID != p.ClientID:
			return ErrBadPayment.At(fmt.Sprintf("body.allocations[%d].invoice_id", n), "belongs to another client")
		case part.Amount.Currency != i.Currency || p.Amount.Currency != i.Currency:
			return ErrBadPayment.At(field, "is not in the currency of the invoice")
		case part.Amount.Sign() <= 0:
			return ErrBadPayment.At(field, "must be more than zero")
		case part.Amount.Cmp(i.Balance()) > 0:
			return ErrOverpaid.At(field, "is more than the open balance")
		case part.Amount.Cmp(p.Unapplied()) > 0:
			return ErrBadPayment.At(field, "is more than is left of the payment")
		}
		a := Allocation{
			ID: s.d.NewID(), PaymentID: p.ID, InvoiceID: i.ID, InvoiceNumber: i.Number, Amount: part.Amount, AppliedOn: on, CreatedAt: s.d.Now(),
		}
		if a.Gain, err = s.gainOf(ctx, tx, *p, i, part.Amount, field); err != nil {
			return err
		}
		if err := s.d.Store.AddAllocation(ctx, tx, a); err != nil {
			return err
		}
		p.Allocations = append(p.Allocations, a)
		if err := s.settle(ctx, tx, &i, *p, part.Amount); err != nil {
			return err
		}
		if i.Balance().IsZero() {
			if err := s.d.Events.Publish(ctx, tx, InvoicePaid{factOf(i)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Undo takes one allocation back: the invoice is open again, and the money is
// the client's credit. The record of both stays.
func (s *Service) Undo(ctx context.Context, paymentID, allocationID, why string) (p Payment, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p, err = s.livePayment(ctx, tx, paymentID); err != nil {
			return err
		}
		before := p
		before.Allocations = slices.Clone(p.Allocations)
		at := slices.IndexFunc(p.Allocations, func(a Allocation) bool { return a.ID == allocationID })
		if at < 0 {
			return ErrAllocationNotFound
		}
		if err := s.undo(ctx, tx, p, &p.Allocations[at], why); err != nil {
			return err
		}
		return s.paid(ctx, tx, "invoicing.allocation_undone", &before, p, AllocationUndone{s.paymentFact(p)})
	})
	return p, err
}

// settle keeps beside the invoice how much of it is paid or credited.
func (s *Service) settle(ctx context.Context, tx *tenancy.Tx, i *Invoice, p Payment, amount money.Money) error {
	if p.CreditNoteID == "" {
		i.Paid = i.Paid.Add(amount)
	} else {
		i.Credited = i.Credited.Add(amount)
	}
	return s.d.Store.SetSettled(ctx, tx, *i)
}

func (s *Service) undo(ctx context.Context, tx *tenancy.Tx, p Payment, a *Allocation, why string) error {
	if a.UndoneAt != nil {
		return ErrUndone
	}
	i, err := s.d.Store.LockedInvoice(ctx, tx, a.InvoiceID)
	if err != nil {
		return err
	}
	settled := i.State == Issued && i.Balance().IsZero()
	now := s.d.Now()
	a.UndoneAt, a.UndoWhy = &now, why
	if err := s.d.Store.UndoAllocation(ctx, tx, *a); err != nil {
		return err
	}
	if err := s.settle(ctx, tx, &i, p, a.Amount.Neg()); err != nil || !settled {
		return err
	}
	return s.d.Events.Publish(ctx, tx, InvoiceUnpaid{factOf(i)})
}

// VoidPayment takes back a payment that never came: all of it is undone.
func (s *Service) VoidPayment(ctx context.Context, id, why string) (p Payment, err error) {
	if why = strings.TrimSpace(why); why == "" {
		return p, ErrBadPayment.At("body.reason", "is required")
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p, err = s.livePayment(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case p.CreditNoteID != "":
			return ErrCreditNote
		case p.ProviderRef != "":
			return ErrByProvider
		case len(p.Refunds) > 0:
			return ErrHasRefunds
		}
		before := p
		before.Allocations = slices.Clone(p.Allocations)
		slices.SortFunc(p.Allocations, func(a, b Allocation) int { return cmp.Compare(a.InvoiceID, b.InvoiceID) })
		for n := range p.Allocations {
			if p.Allocations[n].UndoneAt != nil {
				continue
			}
			if err := s.undo(ctx, tx, p, &p.Allocations[n], why); err != nil {
				return err
			}
		}
		now := s.d.Now()
		p.VoidedAt, p.VoidWhy = &now, why
		if err := s.d.Store.VoidPayment(ctx, tx, p); err != nil {
			return err
		}
		return s.paid(ctx, tx, "invoicing.payment_voided", &before, p, PaymentVoided{s.paymentFact(p)})
	})
	return p, err
}

func (s *Service) livePayment(ctx context.Context, tx *tenancy.Tx, id string) (Payment, error) {
	p, err := s.d.Store.LockedPayment(ctx, tx, id)
	if err == nil && p.VoidedAt != nil {
		err = ErrPaymentVoided
	}
	return p, err
}

// Payments lists payments, the latest first.
func (s *Service) Payments(ctx context.Context, f PaymentFilter) (all []Payment, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = s.d.Store.Payments(ctx, tx, f)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	all, next = page.Cut(all, f.Page.Size(), func(p Payment) []string { return []string{p.ReceivedOn.String(), p.ID} })
	return all, next, nil
}

// Credit adds up what is left of a client's payments: one amount a currency, none where nothing is left.
func (s *Service) Credit(ctx context.Context, clientID string) (sums []money.Money, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		sums, err = s.d.Store.Credit(ctx, tx, clientID)
		return err
	})
	return sums, err
}

func (s *Service) paymentFact(p Payment) PaymentFact {
	f := PaymentFact{PaymentID: p.ID, ClientID: p.ClientID, Label: "Payment of " + p.ClientName}
	if len(p.Allocations) > 0 {
		f.InvoiceID = p.Allocations[0].InvoiceID
	}
	return f
}

func (s *Service) paid(ctx context.Context, tx *tenancy.Tx, action string, before *Payment, after Payment, e event.Event) error {
	c := audit.Change{Action: action, Entity: "payment", EntityID: after.ID, After: after}
	if before != nil {
		c.Before = *before
	}
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}
