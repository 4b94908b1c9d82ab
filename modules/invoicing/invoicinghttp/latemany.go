package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerLateMany(api *httpapi.API, h handlers) {
	const base = "/api/v1/late-fees"
	httpapi.Handle(api, httpapi.Op{
		ID: "late-fees-overdue", Tag: "invoices", Method: http.MethodGet, Path: base, Summary: "Overdue invoices with what late payment of each costs today, the oldest first", Need: invoicing.CanRead,
	}, h.overdue)
	httpapi.Handle(api, httpapi.Op{
		ID: "late-fees-charge-many", Tag: "invoices", Method: http.MethodPost, Path: base + "/charge", Summary: "Charge what is due for late payment of many invoices, each for itself", Need: invoicing.CanWrite,
	}, h.chargeLateMany)
}

// OverdueInvoice is an invoice that was not paid in time, with what late payment costs today.
type OverdueInvoice struct {
	ID          string       `json:"id"`
	Number      string       `json:"number"`
	ClientID    string       `json:"client_id"`
	ClientName  string       `json:"client_name"`
	DueOn       day.Date     `json:"due_on"`
	DaysLate    int          `json:"days_late"`
	Open        money.Money  `json:"open"`
	Percent     string       `json:"percent" doc:"Of the policy; empty: no interest" example:"9"`
	Per         string       `json:"per" enum:",year,month"`
	Most        string       `json:"most" doc:"Of the policy, for one invoice; empty: no limit" example:"40"`
	Due         []LateFeeDue `json:"due"`
	Fee         money.Money  `json:"fee" doc:"What can be charged, without its tax"`
	Capped      bool         `json:"capped" doc:"No more than that: the limit is reached"`
	Charged     money.Money  `json:"charged" doc:"By documents and drafts, without tax"`
	Why         string       `json:"why" enum:",off,currency,below,capped,paused,nothing" doc:"Why nothing can be charged"`
	PausedAt    *time.Time   `json:"paused_at" doc:"The reminders are paused, such as while it is disputed"`
	PauseReason string       `json:"pause_reason"`
}

// OverdueInvoiceList is a page of overdue invoices.
type OverdueInvoiceList struct {
	Items []OverdueInvoice `json:"items"`
	Next  *string          `json:"next"`
}

func (h handlers) overdue(ctx context.Context, in *struct {
	page.Query
	Client string `query:"client_id" format:"uuid"`
	Q      string `query:"q" maxLength:"120" doc:"Part of a number or of a client's name"`
},
) (*struct{ Body OverdueInvoiceList }, error) {
	all, next, err := h.svc.OverdueFees(ctx, invoicing.LateFilter{ClientID: in.Client, Search: in.Q}, in.Query)
	if err != nil {
		return nil, err
	}
	out := OverdueInvoiceList{Items: make([]OverdueInvoice, len(all)), Next: next}
	for n, o := range all {
		i := o.Invoice
		v := OverdueInvoice{
			ID: i.ID, Number: i.Number, ClientID: i.ClientID, ClientName: i.ClientName, DueOn: i.DueOn, DaysLate: o.DaysLate, Open: i.Balance(), Due: dues(o.Due),
			Fee: o.Fee, Capped: o.Capped, Charged: o.Charged, Why: o.Why, PausedAt: o.PausedAt, PauseReason: o.Reason,
		}
		if !o.Policy.Percent.IsZero() {
			v.Percent, v.Per = o.Policy.Percent.String(), string(o.Policy.Per)
		}
		if o.Policy.Most != nil {
			v.Most = o.Policy.Most.String()
		}
		out.Items[n] = v
	}
	return &struct{ Body OverdueInvoiceList }{out}, nil
}

// LateFeesOfMany names invoices and how far their fees go.
type LateFeesOfMany struct {
	InvoiceIDs []string `json:"invoice_ids" minItems:"1" maxItems:"100" uniqueItems:"true" format:"uuid"`
	How        string   `json:"how,omitempty" enum:"draft,issue,send" default:"draft" doc:"What becomes of the documents; issue and send need the right to issue" example:"draft"`
}

// LateFeesCharged says what became of each invoice, in the order asked.
type LateFeesCharged struct {
	Done   int              `json:"done"`
	Failed int              `json:"failed"`
	Items  []LateFeeOutcome `json:"items"`
}

// LateFeeOutcome is the document that charges late fees of an invoice, or why there is none.
type LateFeeOutcome struct {
	InvoiceID  string          `json:"invoice_id"`
	DocumentID string          `json:"document_id"`
	Number     string          `json:"number" doc:"Of the document; empty: it is a draft"`
	Total      *money.Money    `json:"total" doc:"With its tax"`
	Problem    *LateFeeRefusal `json:"problem"`
}

// LateFeeRefusal is a problem of one invoice among many.
type LateFeeRefusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (h handlers) chargeLateMany(ctx context.Context, in *struct{ Body LateFeesOfMany }) (*struct{ Body LateFeesCharged }, error) {
	all, err := h.svc.ChargeLateMany(ctx, in.Body.InvoiceIDs, invoicing.How(in.Body.How))
	if err != nil {
		return nil, err
	}
	out := LateFeesCharged{Items: make([]LateFeeOutcome, len(all))}
	for n, one := range all {
		v := LateFeeOutcome{InvoiceID: one.InvoiceID}
		if one.Err != nil {
			p := httpapi.ProblemFrom(one.Err)
			v.Problem = &LateFeeRefusal{p.Status, p.Code, p.Detail}
			out.Failed++
		} else {
			v.DocumentID, v.Number, v.Total = one.Document.ID, one.Document.Number, &one.Document.Total
			out.Done++
		}
		out.Items[n] = v
	}
	return &struct{ Body LateFeesCharged }{out}, nil
}
