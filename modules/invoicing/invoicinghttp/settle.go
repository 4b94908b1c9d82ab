package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerWriteOffs(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "write-offs-" + id, Tag: "invoices", Method: method, Path: "/api/v1" + path, Summary: summary, Need: invoicing.CanWritePayments}
	}
	list := op("list", http.MethodGet, "/invoices/{id}/write-offs", "List what was written off an invoice")
	list.Need = invoicing.CanRead
	httpapi.Handle(api, list, h.writeOffs)
	add := op("add", http.MethodPost, "/invoices/{id}/write-offs", "Give up what is open of an invoice, for a reason")
	add.Status, add.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, add, h.writeOff)
	httpapi.Handle(api, op("undo", http.MethodPost, "/write-offs/{id}/undo", "Open again what was written off"), h.undoWriteOff)
}

// InvoiceWriteOff is what an agency gave up of an invoice.
type InvoiceWriteOff struct {
	ID        string      `json:"id"`
	InvoiceID string      `json:"invoice_id"`
	Amount    money.Money `json:"amount"`
	WrittenOn day.Date    `json:"written_on"`
	Reason    string      `json:"reason"`
	UndoneAt  *time.Time  `json:"undone_at"`
}

func writeOffView(w invoicing.WriteOff) InvoiceWriteOff {
	return InvoiceWriteOff{w.ID, w.InvoiceID, w.Amount, w.WrittenOn, w.Reason, w.UndoneAt}
}

type writeOffOut struct{ Body InvoiceWriteOff }

func oneWriteOff(w invoicing.WriteOff, err error) (*writeOffOut, error) {
	if err != nil {
		return nil, err
	}
	return &writeOffOut{writeOffView(w)}, nil
}

// InvoiceWriteOffs are all of an invoice, undone ones too.
type InvoiceWriteOffs struct {
	Items []InvoiceWriteOff `json:"items"`
}

func (h handlers) writeOffs(ctx context.Context, in *IDIn) (*struct{ Body InvoiceWriteOffs }, error) {
	all, err := h.svc.WriteOffs(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := InvoiceWriteOffs{Items: make([]InvoiceWriteOff, len(all))}
	for n, w := range all {
		out.Items[n] = writeOffView(w)
	}
	return &struct{ Body InvoiceWriteOffs }{out}, nil
}

// NewWriteOff says what is given up, and why.
type NewWriteOff struct {
	Amount    *money.Money `json:"amount,omitempty" doc:"All that is open when left out"`
	WrittenOn *day.Date    `json:"written_on,omitempty" doc:"Today when left out"`
	Reason    string       `json:"reason" minLength:"1" maxLength:"500"`
}

func (h handlers) writeOff(ctx context.Context, in *struct {
	IDIn
	Body NewWriteOff
},
) (*writeOffOut, error) {
	n := invoicing.NewWriteOff{Amount: in.Body.Amount, Reason: in.Body.Reason}
	if in.Body.WrittenOn != nil {
		n.WrittenOn = *in.Body.WrittenOn
	}
	return oneWriteOff(h.svc.WriteOff(ctx, in.ID, n))
}

func (h handlers) undoWriteOff(ctx context.Context, in *struct {
	IDIn
	Body PaymentUndo
},
) (*writeOffOut, error) {
	return oneWriteOff(h.svc.UndoWriteOff(ctx, in.ID, in.Body.Reason))
}

// PaymentRefund is money that went back.
type PaymentRefund struct {
	ID         string      `json:"id"`
	Amount     money.Money `json:"amount"`
	RefundedOn day.Date    `json:"refunded_on"`
	Method     string      `json:"method" enum:"bank_transfer,card,cash,cheque,other"`
	Reference  string      `json:"reference"`
	Reason     string      `json:"reason"`
	UndoneAt   *time.Time  `json:"undone_at" doc:"It did not arrive, and is the client's credit again"`
	UndoReason string      `json:"undo_reason"`
}

// NewRefund is money that goes back to the client.
type NewRefund struct {
	Amount     *money.Money `json:"amount,omitempty" doc:"All that is left of the payment when left out"`
	RefundedOn day.Date     `json:"refunded_on"`
	Method     string       `json:"method,omitempty" enum:"bank_transfer,card,cash,cheque,other" default:"bank_transfer"`
	Reference  string       `json:"reference,omitempty" maxLength:"120"`
	Reason     string       `json:"reason,omitempty" maxLength:"500"`
}

func (h handlers) refund(ctx context.Context, in *struct {
	IDIn
	Body NewRefund
},
) (*paymentOut, error) {
	return onePayment(h.svc.Refund(ctx, in.ID, invoicing.NewRefund(in.Body)))
}
