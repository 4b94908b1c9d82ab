package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// InvoiceLetter is the mail that carries an invoice.
type InvoiceLetter struct {
	To           []string `json:"to,omitempty" maxItems:"20" doc:"The client's contacts for invoices when left out"`
	Subject      string   `json:"subject,omitempty" maxLength:"200"`
	Message      string   `json:"message,omitempty" maxLength:"10000"`
	WithReceipts bool     `json:"with_receipts,omitempty" doc:"Sends the receipts of the expenses on the invoice along"`
}

func (h handlers) letter(ctx context.Context, in *IDIn) (*struct{ Body InvoiceLetter }, error) {
	l, err := h.svc.Letter(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoiceLetter }{InvoiceLetter(l)}, nil
}

// InvoiceSending is one mail with an invoice.
type InvoiceSending struct {
	ID       string     `json:"id"`
	To       []string   `json:"to"`
	Subject  string     `json:"subject"`
	QueuedAt time.Time  `json:"queued_at"`
	SentAt   *time.Time `json:"sent_at" doc:"Null while it is under way, and where it could not be delivered"`
	FailedAt *time.Time `json:"failed_at" doc:"When it was given up: it could not be delivered"`
	Failure  string     `json:"failure" doc:"What the mail server answered then"`
}

// InvoiceSendings are the mails of an invoice.
type InvoiceSendings struct {
	Items []InvoiceSending `json:"items"`
}

func sendingView(s invoicing.Sending) InvoiceSending {
	v := InvoiceSending{ID: s.ID, To: make([]string, len(s.To)), Subject: s.Subject, QueuedAt: s.QueuedAt, SentAt: s.SentAt, FailedAt: s.Failure.At, Failure: s.Failure.Why}
	for n, r := range s.To {
		v.To[n] = r.Email
	}
	return v
}

func (h handlers) send(ctx context.Context, in *struct {
	IDIn
	Body *InvoiceLetter
},
) (*struct{ Body InvoiceSending }, error) {
	var l invoicing.Letter
	if in.Body != nil {
		l = invoicing.Letter(*in.Body)
	}
	s, err := h.svc.Send(ctx, in.ID, l)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoiceSending }{sendingView(s)}, nil
}

func registerSendAgain(api *httpapi.API, h handlers) {
	httpapi.Handle(api, httpapi.Op{
		ID: "invoices-send-again", Tag: "invoices", Method: http.MethodPost, Path: "/api/v1/sends/{id}/again", Summary: "Mail an invoice or a statement again that could not be delivered",
		Need: invoicing.CanIssue, Status: http.StatusAccepted, Idempotent: true,
	}, h.sendAgain)
}

func (h handlers) sendAgain(ctx context.Context, in *IDIn) (*struct{ Body InvoiceSending }, error) {
	s, err := h.svc.SendAgain(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoiceSending }{sendingView(s)}, nil
}

func (h handlers) sendings(ctx context.Context, in *IDIn) (*struct{ Body InvoiceSendings }, error) {
	all, err := h.svc.Sendings(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := InvoiceSendings{Items: make([]InvoiceSending, len(all))}
	for n, s := range all {
		out.Items[n] = sendingView(s)
	}
	return &struct{ Body InvoiceSendings }{out}, nil
}
