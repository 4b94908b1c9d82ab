package opshttp

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

// OpsPayback is money that was given back, or is about to be.
type OpsPayback struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind" enum:"refund,credit"`
	InvoiceID   string     `json:"invoice_id"`
	Amount      string     `json:"amount"`
	Currency    string     `json:"currency"`
	Reason      string     `json:"reason"`
	State       string     `json:"state" enum:"waiting,approved,done,failed,canceled"`
	RequestedBy string     `json:"requested_by"`
	RequestedAt time.Time  `json:"requested_at"`
	ApprovedBy  string     `json:"approved_by"`
	ApprovedAt  *time.Time `json:"approved_at"`
	Error       string     `json:"error"`
}

// OpsTerms are what the contract says of an agency's seats.
type OpsTerms struct {
	Collection  string `json:"collection" enum:"auto,true_up" doc:"auto: seats are charged as they come; true_up: by the quarter"`
	SeatCeiling int    `json:"seat_ceiling" minimum:"0" maximum:"5000" doc:"The most people when settled by the quarter; 0 is none"`
	Seats       int    `json:"seats" minimum:"0" maximum:"5000" doc:"Billed even if nobody sits on them"`
}

// OpsQuarter is a settled quarter.
type OpsQuarter struct {
	Quarter  string `json:"quarter" doc:"Its first day"`
	Licensed int    `json:"licensed"`
	Peak     int    `json:"peak"`
	Months   int    `json:"months"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	State    string `json:"state" enum:"open,nothing,invoiced"`
}

// OpsInvoice is one of the platform's invoices to the agency.
type OpsInvoice struct {
	ID        string    `json:"id"`
	Number    string    `json:"number"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason"`
	Total     string    `json:"total"`
	Paid      string    `json:"paid"`
	Currency  string    `json:"currency"`
	CreatedAt time.Time `json:"created_at"`
	URL       string    `json:"url"`
}

func paybackView(p billing.Payback) OpsPayback {
	return OpsPayback{
		ID: p.ID, Kind: string(p.Kind), InvoiceID: p.InvoiceID, Amount: p.Amount.Amount(), Currency: p.Amount.Currency, Reason: p.Reason, State: string(p.State),
		RequestedBy: p.RequestedBy, RequestedAt: p.RequestedAt, ApprovedBy: p.ApprovedBy, ApprovedAt: p.ApprovedAt, Error: p.Error,
	}
}

func termsView(a billing.Account) OpsTerms {
	return OpsTerms{Collection: string(a.Collection), SeatCeiling: a.SeatCeiling, Seats: a.SeatFloor}
}

type billBeyond struct {
	paybacks []OpsPayback
	quarters []OpsQuarter
	invoices []OpsInvoice
}

// beyond is what the account itself does not hold.
func (h handlers) beyond(ctx context.Context, agencyID string, a billing.Account) (out billBeyond, err error) {
	paybacks, err := h.bills.Paybacks(ctx, agencyID)
	if err != nil {
		return out, err
	}
	quarters, err := h.bills.Settlements(ctx, agencyID)
	if err != nil {
		return out, err
	}
	var invoices []billing.Invoice
	if a.CustomerID != "" {
		if invoices, _, err = h.bills.Invoices(ctx, agencyID, ""); err != nil && !errors.Is(err, billing.ErrGatewayAway) {
			return out, err
		}
	}
	out.paybacks = views(paybacks, paybackView)
	out.quarters = views(quarters, func(q billing.Settlement) OpsQuarter {
		return OpsQuarter{q.Quarter.Format(time.DateOnly), q.Licensed, q.Peak, q.Months, q.Amount.Amount(), q.Amount.Currency, string(q.State)}
	})
	out.invoices = views(invoices, func(i billing.Invoice) OpsInvoice {
		return OpsInvoice{i.ID, i.Number, i.Status, i.Reason, i.Total.Amount(), i.Paid.Amount(), i.Total.Currency, i.CreatedAt, i.PageURL}
	})
	return out, nil
}

// NewOpsPayback gives money back.
type NewOpsPayback struct {
	Kind      string `json:"kind" enum:"refund,credit"`
	InvoiceID string `json:"invoice_id,omitempty" maxLength:"255" doc:"Of a refund"`
	Amount    string `json:"amount" maxLength:"20" doc:"Decimal amount in USD. Above 500.00 a second operator has to agree."`
	Reason    string `json:"reason" maxLength:"500"`
}

func paybackOut(p billing.Payback, err error) (*out[OpsPayback], error) {
	if err != nil {
		return nil, err
	}
	return &out[OpsPayback]{paybackView(p)}, nil
}

func (h handlers) giveBack(ctx context.Context, in *struct {
	IDIn
	Body NewOpsPayback
},
) (*out[OpsPayback], error) {
	b := in.Body
	amount, err := money.ParseAmount(b.Amount, billing.Currency)
	if err != nil {
		return nil, billing.ErrPaybackAmount
	}
	by := billing.Request{AgencyID: in.ID, Amount: amount, RequestedBy: access.From(ctx).Email}
	return paybackOut(h.bills.GiveBack(ctx, billing.Payback{Request: by, Kind: billing.PaybackKind(b.Kind), InvoiceID: b.InvoiceID, Reason: b.Reason}))
}

type paybackIn struct {
	IDIn
	PaybackID string `path:"payback_id" maxLength:"36" format:"uuid"`
}

func (h handlers) approvePayback(ctx context.Context, in *paybackIn) (*out[OpsPayback], error) {
	return paybackOut(h.bills.ApprovePayback(ctx, in.ID, in.PaybackID, access.From(ctx).Email))
}

func (h handlers) cancelPayback(ctx context.Context, in *paybackIn) (*out[OpsPayback], error) {
	return paybackOut(h.bills.CancelPayback(ctx, in.ID, in.PaybackID))
}

func (h handlers) setTerms(ctx context.Context, in *struct {
	IDIn
	Body OpsTerms
},
) (*out[OpsTerms], error) {
	a, err := h.bills.SetTerms(ctx, in.ID, billing.Terms{Collection: billing.Collection(in.Body.Collection), Ceiling: in.Body.SeatCeiling, Seats: in.Body.Seats})
	if err != nil {
		return nil, err
	}
	return &out[OpsTerms]{termsView(a)}, nil
}
