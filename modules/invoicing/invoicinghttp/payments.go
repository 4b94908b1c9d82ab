package invoicinghttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerPayments(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "payments-" + id, Tag: "invoices", Method: method, Path: "/api/v1/payments" + path, Summary: summary, Need: invoicing.CanWritePayments}
	}
	list := op("list", http.MethodGet, "", "List payments, the latest first")
	list.Need = invoicing.CanRead
	httpapi.Handle(api, list, h.payments)
	credit := op("credit", http.MethodGet, "/credit", "Add up a client's credit: what is left of its payments")
	credit.Need = invoicing.CanRead
	httpapi.Handle(api, credit, h.credit)
	record := op("record", http.MethodPost, "", "Record a payment and apply it to invoices")
	record.Status, record.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, record, h.record)
	apply := op("apply", http.MethodPost, "/{id}/allocations", "Apply what is left of a payment")
	apply.Idempotent = true
	httpapi.Handle(api, apply, h.apply)
	refund := op("refund", http.MethodPost, "/{id}/refunds", "Record that what is left of a payment went back to the client")
	refund.Idempotent = true
	httpapi.Handle(api, refund, h.refund)
	httpapi.Handle(api, op("undo", http.MethodPost, "/{id}/allocations/{allocation_id}/undo", "Take back one allocation; the money stays the client's credit"), h.undo)
	httpapi.Handle(api, op("void", http.MethodPost, "/{id}/void", "Take back a payment that never came"), h.voidPayment)
}

type paymentOut struct{ Body PaymentView }

func onePayment(p invoicing.Payment, err error) (*paymentOut, error) {
	if err != nil {
		return nil, err
	}
	return &paymentOut{paymentView(p)}, nil
}

func (h handlers) payments(ctx context.Context, in *struct {
	ClientID  string `query:"client_id" format:"uuid"`
	InvoiceID string `query:"invoice_id" format:"uuid"`
	Unapplied bool   `query:"unapplied" doc:"Only payments with something left: the client's credit"`
	page.Query
},
) (*struct{ Body PaymentList }, error) {
	all, next, err := h.svc.Payments(ctx, invoicing.PaymentFilter{ClientID: in.ClientID, InvoiceID: in.InvoiceID, Unapplied: in.Unapplied, Page: in.Query})
	if err != nil {
		return nil, err
	}
	out := PaymentList{Items: make([]PaymentView, len(all)), Next: next}
	for n, p := range all {
		out.Items[n] = paymentView(p)
	}
	return &struct{ Body PaymentList }{out}, nil
}

// ClientCredit is what is left of a client's payments: one amount a currency.
type ClientCredit struct {
	Items []money.Money `json:"items"`
}

func (h handlers) credit(ctx context.Context, in *struct {
	ClientID string `query:"client_id" format:"uuid" required:"true"`
},
) (*struct{ Body ClientCredit }, error) {
	sums, err := h.svc.Credit(ctx, in.ClientID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ClientCredit }{ClientCredit{Items: sums}}, nil
}

// PaymentPart says how much goes to which invoice.
type PaymentPart struct {
	InvoiceID string      `json:"invoice_id" format:"uuid"`
	Amount    money.Money `json:"amount"`
}

// NewPayment is money received.
type NewPayment struct {
	ClientID          string        `json:"client_id,omitempty" format:"uuid" doc:"The client of the first invoice when left out"`
	Amount            money.Money   `json:"amount"`
	ReceivedOn        day.Date      `json:"received_on"`
	Method            string        `json:"method,omitempty" enum:"bank_transfer,card,cash,cheque,other" default:"bank_transfer"`
	ExchangeRate      string        `json:"exchange_rate,omitempty" maxLength:"24" doc:"Into the currency of the books; the kept one of the day when left out"`
	ExchangeDirection string        `json:"exchange_direction,omitempty" enum:"base_per_unit,units_per_base" default:"base_per_unit"`
	Reference         string        `json:"reference,omitempty" maxLength:"120"`
	Note              string        `json:"note,omitempty" maxLength:"1000"`
	Allocations       []PaymentPart `json:"allocations,omitempty" maxItems:"100"`
	KeepCredit        bool          `json:"keep_credit,omitempty" doc:"Keep what is applied to no invoice as the client's credit"`
}

func parts(all []PaymentPart) []invoicing.Part {
	out := make([]invoicing.Part, len(all))
	for n, p := range all {
		out[n] = invoicing.Part(p)
	}
	return out
}

func (h handlers) record(ctx context.Context, in *struct{ Body NewPayment }) (*paymentOut, error) {
	b := in.Body
	rate, err := rateWish("body.exchange_rate", b.ExchangeRate, b.ExchangeDirection)
	if err != nil {
		return nil, err
	}
	return onePayment(h.svc.Record(ctx, invoicing.NewPayment{
		ClientID: b.ClientID, Amount: b.Amount, ReceivedOn: b.ReceivedOn, Method: b.Method, Reference: b.Reference, Note: b.Note,
		Rate: rate, Parts: parts(b.Allocations), KeepCredit: b.KeepCredit,
	}))
}

// PaymentApply uses what is left of a payment.
type PaymentApply struct {
	AppliedOn   day.Date      `json:"applied_on"`
	Allocations []PaymentPart `json:"allocations" minItems:"1" maxItems:"100"`
}

func (h handlers) apply(ctx context.Context, in *struct {
	IDIn
	Body PaymentApply
},
) (*paymentOut, error) {
	return onePayment(h.svc.Apply(ctx, in.ID, parts(in.Body.Allocations), in.Body.AppliedOn))
}

// PaymentUndo says why something is taken back.
type PaymentUndo struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

func (h handlers) undo(ctx context.Context, in *struct {
	IDIn
	AllocationID string `path:"allocation_id" format:"uuid"`
	Body         PaymentUndo
},
) (*paymentOut, error) {
	return onePayment(h.svc.Undo(ctx, in.ID, in.AllocationID, in.Body.Reason))
}

// PaymentVoid says why a payment never came.
type PaymentVoid struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

func (h handlers) voidPayment(ctx context.Context, in *struct {
	IDIn
	Body PaymentVoid
},
) (*paymentOut, error) {
	return onePayment(h.svc.VoidPayment(ctx, in.ID, in.Body.Reason))
}
