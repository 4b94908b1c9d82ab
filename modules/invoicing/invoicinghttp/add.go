package invoicinghttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerAdd(api *httpapi.API, h handlers) {
	op := func(id, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "invoices-" + id, Tag: "invoices", Method: http.MethodPost, Path: "/api/v1/invoices/{id}" + path, Summary: summary, Need: invoicing.CanWrite}
	}
	httpapi.Handle(api, op("add", "/additions", "Put fees, approved time and expenses of the client on a draft"), h.add)
	httpapi.Handle(api, op("preview-add", "/add-preview", "Show what the draft would be with more on it"), h.previewAdd)
}

// InvoiceMore says what goes onto a draft. What is taken off again, by leaving its line out, may be billed once more.
type InvoiceMore struct {
	Fees       []InvoiceFeePick `json:"fees,omitempty" maxItems:"50"`
	Time       bool             `json:"time,omitempty" doc:"Approved, unbilled time of the days"`
	Expenses   bool             `json:"expenses,omitempty" doc:"Approved, unbilled expenses of the days"`
	ProjectIDs []string         `json:"project_ids,omitempty" maxItems:"100" doc:"Those alone"`
	From       *day.Date        `json:"from,omitempty" doc:"Since ever when left out"`
	To         *day.Date        `json:"to,omitempty" doc:"Today when left out"`
	GroupBy    string           `json:"group_by,omitempty" enum:"task,phase,service,person,day,entry" default:"task"`
	TaxRateIDs []string         `json:"tax_rate_ids,omitempty" maxItems:"5" doc:"The default taxes when left out"`
}

func (b InvoiceMore) wanted() (invoicing.FromTime, error) {
	f := InvoiceFromTime{Fees: b.Fees, NoTime: !b.Time, Expenses: &b.Expenses, ProjectIDs: b.ProjectIDs, GroupBy: b.GroupBy, TaxRateIDs: b.TaxRateIDs}
	if b.From != nil {
		f.From = *b.From
	}
	if b.To != nil {
		f.To = *b.To
	}
	return f.wanted()
}

type moreIn struct {
	ReviewIn
	Body InvoiceMore
}

func (h handlers) add(ctx context.Context, in *moreIn) (*fromTimeOut, error) {
	return h.more(ctx, in, h.svc.Add)
}

func (h handlers) previewAdd(ctx context.Context, in *moreIn) (*fromTimeOut, error) {
	return h.more(ctx, in, h.svc.PreviewAdd)
}

func (h handlers) more(ctx context.Context, in *moreIn, do func(context.Context, string, int, invoicing.FromTime) (invoicing.Invoice, []invoicing.LeftOut, error)) (*fromTimeOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	f, err := in.Body.wanted()
	if err != nil {
		return nil, err
	}
	i, out, err := do(ctx, in.ID, version, f)
	return h.billed(ctx, i, out, err)
}
