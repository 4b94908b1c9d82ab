package billing

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Payback is money that an operator gives back to an agency, for a reason.
type Payback struct {
	ID, AgencyID string
	Kind         PaybackKind
	InvoiceID    string // of a refund
	Amount       money.Money
	Reason       string
	State        PaybackState
	RequestedBy  string // an operator
	RequestedAt  time.Time
	ApprovedBy   string // another one, above the limit
	ApprovedAt   *time.Time
	ProviderID   string
	Error        string
}

// PaybackKind says where the money goes.
type PaybackKind string

const (
	Refund PaybackKind = "refund" // to the card that paid an invoice
	Credit PaybackKind = "credit" // used up by the next invoices
)

// PaybackState is how far a payback is.
type PaybackState string

const (
	PaybackWaiting  PaybackState = "waiting"  // for a second operator
	PaybackApproved PaybackState = "approved" // on its way
	PaybackDone     PaybackState = "done"
	PaybackFailed   PaybackState = "failed"
	PaybackCanceled PaybackState = "canceled"
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
	p.ID, p.State, p.RequestedAt = id.New(), PaybackWaiting, s.d.Now().UTC()
	if p.Amount.Minor <= PaybackTwoEyes.Minor {
		p.State, p.ApprovedAt = PaybackApproved, &p.RequestedAt
	}
	err := s.d.Store.Locked(ctx, p.AgencyID, func(ctx context.Context, t Tx, a *Account) error {
		if err := s.refundable(ctx, t, a, p); err != nil {
			return err
		}
		if err := t.AddPayback(ctx, p); err != nil {
			return err
		}
		return t.Enqueue(ctx, p.job()...)
	})
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
		if o.InvoiceID == p.InvoiceID && o.State != PaybackFailed && o.State != PaybackCanceled {
			left -= o.Amount.Minor
		}
	}
	if p.Amount.Minor > left {
		return ErrPaybackAmount.Saying("$%s of this invoice can be given back.", money.Of(max(0, left), Currency).Amount())
	}
	return nil
}

// ApprovePayback agrees to what another operator asked for. ErrSecondPerson, ErrPaybackState.
func (s *Service) ApprovePayback(ctx context.Context, agencyID, paybackID, by string) (Payback, error) {
	return s.changePayback(ctx, agencyID, paybackID, func(p *Payback) error {
		switch {
		case p.State != PaybackWaiting:
			return ErrPaybackState
		case p.RequestedBy == by:
			return ErrSecondPerson.Saying("So much is given back only with the agreement of a second operator.")
		}
		now := s.d.Now().UTC()
		p.State, p.ApprovedBy, p.ApprovedAt = PaybackApproved, by, &now
		return nil
	})
}

// CancelPayback takes back what was not approved. ErrPaybackState.
func (s *Service) CancelPayback(ctx context.Context, agencyID, paybackID string) (Payback, error) {
	return s.changePayback(ctx, agencyID, paybackID, func(p *Payback) error {
		if p.State != PaybackWaiting {
			return ErrPaybackState
		}
		p.State = PaybackCanceled
		return nil
	})
}

func (s *Service) changePayback(ctx context.Context, agencyID, paybackID string, fn func(*Payback) error) (p Payback, err error) {
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) error {
		if p, err = t.Payback(ctx, paybackID); err != nil {
			return err
		}
		if err := fn(&p); err != nil {
			return err
		}
		if err := t.SavePayback(ctx, p); err != nil {
			return err
		}
		return t.Enqueue(ctx, p.job()...)
	})
	return p, err
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

func (p Payback) job() []job.Args {
	if p.State != PaybackApproved {
		return nil
	}
	return []job.Args{payBack{p.AgencyID, p.ID}}
}

// errForgotten ends a payback that may have been made, so long ago that the provider has forgotten its key.
var errForgotten = errors.New("it is not known whether this was made: look at the payment provider before it is asked for again")

func (s *Service) payBack(ctx context.Context, j payBack) error {
	return s.d.Store.Locked(ctx, j.AgencyID, func(ctx context.Context, t Tx, a *Account) error {
		p, err := t.Payback(ctx, j.PaybackID)
		if err != nil || p.State != PaybackApproved {
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
