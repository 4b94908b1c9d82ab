package billing

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Payback is money that an operator gives back to an agency, for a reason.
type Payback struct {
	Request
	Kind       PaybackKind
	InvoiceID  string // of a refund
	Reason     string
	ProviderID string
	Error      string
}

// PaybackKind says where the money goes.
type PaybackKind string

const (
	Refund PaybackKind = "refund" // to the card that paid an invoice
	Credit PaybackKind = "credit" // used up by the next invoices
)

// How far a payback is beyond being approved, which is when it is on its way.
const (
	PaybackDone   RequestState = "done"
	PaybackFailed RequestState = "failed"
)

// PaybackTwoEyes is the amount above which a second operator has to agree.
var PaybackTwoEyes = money.Of(50_000, Currency)

// paybackMost keeps a slip of the keyboard small.
var paybackMost = money.Of(2_500_000, Currency)

var (
	ErrPaybackAmount  = fault.Define(fault.Invalid, "billing.payback_amount", "So much cannot be given back.").At("body.amount", "must be between 0.01 and 25000.00 USD, and at most what was paid")
	ErrPaybackReason  = fault.Define(fault.Invalid, "billing.payback_reason", "Money is given back for a reason.").At("body.reason", "must have 1 to 500 letters")
	ErrPaybackInvoice = fault.Define(fault.Invalid, "billing.payback_invoice", "A refund names a paid invoice of this agency.").At("body.invoice_id", "is no paid invoice of this agency")
	ErrPaybackKind    = fault.Define(fault.Invalid, "billing.payback_kind", "Money is given back as a refund or as a credit.").At("body.kind", "must be refund or credit")
	ErrPaybackGone    = fault.Define(fault.NotFound, "billing.payback_not_found", "There is no such refund or credit.")
	ErrPaybackState   = fault.Define(fault.Conflict, "billing.payback_state", "The refund's or credit's state does not allow this.")
)

// GiveBack asks for money to be given back. Up to the limit it is approved by that.
// ErrPaybackAmount, ErrPaybackReason, ErrPaybackInvoice, ErrPaybackKind, ErrGatewayAway.
func (s *Service) GiveBack(ctx context.Context, p Payback) (Payback, error) {
	switch n := len([]rune(p.Reason)); {
	case p.Kind != Refund && p.Kind != Credit:
		return p, ErrPaybackKind
	case p.Amount.Currency != Currency, p.Amount.Minor < 1, p.Amount.Minor > paybackMost.Minor:
		return p, ErrPaybackAmount
	case n < 1 || n > 500:
		return p, ErrPaybackReason
	case (p.Kind == Refund) == (p.InvoiceID == ""):
		return p, ErrPaybackInvoice
	}
	if err := s.ensureCustomer(ctx, p.AgencyID); err != nil {
		return p, err
	}
	err := s.ask(ctx, &p, func(ctx context.Context, t Tx, a *Account) error { return s.refundable(ctx, t, a, p) })
	return p, err
}

// refundable tells whether so much was paid on the invoice, less what was given back or is about to be.
func (s *Service) refundable(ctx context.Context, t Tx, a *Account, p Payback) error {
	if p.Kind != Refund {
		return nil
	}
	inv, err := s.d.Gateway.Invoice(ctx, p.InvoiceID)
	switch {
	case errors.Is(err, ErrGone):
		return ErrPaybackInvoice
	case err != nil:
		return err
	case inv.CustomerID != a.CustomerID || inv.Paid.Minor == 0:
		return ErrPaybackInvoice
	}
	all, err := t.Paybacks(ctx)
	if err != nil {
		return err
	}
	left := inv.Paid.Minor
	for _, o := range all {
		if o.InvoiceID == p.InvoiceID && o.State != PaybackFailed && o.State != RequestCanceled {
			left -= o.Amount.Minor
		}
	}
	if p.Amount.Minor > left {
		return ErrPaybackAmount.Saying("$%s of this invoice can be given back.", money.Of(max(0, left), Currency).Amount())
	}
	return nil
}

// ApprovePayback agrees to what another operator asked for. ErrSecondPerson, ErrPaybackState.
func (s *Service) ApprovePayback(ctx context.Context, agencyID, paybackID, by string) (p Payback, err error) {
	err = s.approve(ctx, agencyID, p.find(paybackID), by)
	return p, err
}

// CancelPayback takes back what was not approved. ErrPaybackState.
func (s *Service) CancelPayback(ctx context.Context, agencyID, paybackID string) (p Payback, err error) {
	err = s.cancel(ctx, agencyID, p.find(paybackID))
	return p, err
}

func (p *Payback) find(id string) func(context.Context, Tx) (asked, error) {
	return func(ctx context.Context, t Tx) (_ asked, err error) {
		*p, err = t.Payback(ctx, id)
		return p, err
	}
}

func (p *Payback) kind() requestKind {
	return requestKind{"billing.payback", PaybackTwoEyes, ErrPaybackState, ErrSecondPerson.Saying("So much is given back only with the agreement of a second operator.")}
}

func (p *Payback) add(ctx context.Context, t Tx) error { return t.AddPayback(ctx, *p) }

func (p *Payback) save(ctx context.Context, t Tx) error { return t.SavePayback(ctx, *p) }

func (p *Payback) work() job.Args { return payBack{p.AgencyID, p.ID} }

func (p *Payback) told() audit.Change {
	return audit.Change{Reason: p.Reason, After: map[string]any{
		"payback": p.ID, "kind": p.Kind, "invoice": p.InvoiceID, "amount": p.Amount.Amount(), "currency": p.Amount.Currency,
		"state": p.State, "requested_by": p.RequestedBy, "approved_by": p.ApprovedBy,
	}}
}

// Paybacks lists an agency's, the newest first.
func (s *Service) Paybacks(ctx context.Context, agencyID string) (all []Payback, err error) {
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) error {
		all, err = t.Paybacks(ctx)
		return err
	})
	return all, err
}

// payBack is the job that gives approved money back.
type payBack struct {
	AgencyID  string `json:"agency_id"`
	PaybackID string `json:"payback_id"`
}

// Kind is the job's stable name.
func (payBack) Kind() string { return "billing.pay_back" }

// errForgotten ends a payback that may have been made, so long ago that the provider has forgotten its key.
var errForgotten = errors.New("it is not known whether this was made: look at the payment provider before it is asked for again")

func (s *Service) payBack(ctx context.Context, j payBack) error {
	return s.d.Store.Locked(ctx, j.AgencyID, func(ctx context.Context, t Tx, a *Account) error {
		p, err := t.Payback(ctx, j.PaybackID)
		if err != nil || p.State != RequestApproved {
			return err
		}
		switch p.ProviderID, err = s.give(ctx, a, p); {
		case errors.Is(err, ErrGatewayAway):
			return err
		case err != nil:
			p.State, p.Error = PaybackFailed, err.Error()
			s.d.Log.ErrorContext(ctx, "money could not be given back", "agency", a.AgencyID, "payback", p.ID, "err", err)
		default:
			p.State = PaybackDone
		}
		return t.SavePayback(ctx, p)
	})
}

func (s *Service) give(ctx context.Context, a *Account, p Payback) (providerID string, err error) {
	switch {
	case p.ApprovedAt == nil || s.d.Now().Sub(*p.ApprovedAt) > keyTime:
		return "", errForgotten
	case p.Kind == Refund:
		return s.d.Gateway.Refund(ctx, "payback:"+p.ID, p.InvoiceID, p.Amount, p.Reason)
	}
	return s.d.Gateway.Credit(ctx, "payback:"+p.ID, a.CustomerID, p.Amount, p.Reason)
}
