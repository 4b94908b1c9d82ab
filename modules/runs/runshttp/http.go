// Package runshttp puts invoice runs on the web.
package runshttp

import (
	"context"
	"fmt"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/runs"
)

type handlers struct{ svc *runs.Service }

// Register declares the operations.
func Register(api *httpapi.API, svc *runs.Service) {
	h := handlers{svc}
	const base = "/api/v1/invoice-runs"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: "invoice-runs-" + id, Tag: "invoice-runs", Method: method, Path: base + path, Summary: summary, Need: invoicing.CanWrite}
		if method == http.MethodGet {
			o.Need = invoicing.CanRead
		}
		return o
	}
	httpapi.Handle(api, op("list", http.MethodGet, "", "List invoice runs, newest first"), h.list)
	start := op("start", http.MethodPost, "", "Bill all clients of a period, or some of them")
	start.Status, start.Idempotent = http.StatusAccepted, true
	httpapi.Handle(api, start, h.start)
	httpapi.Handle(api, op("preview", http.MethodPost, "/preview", "Show what a run would bill"), h.preview)
	httpapi.Handle(api, op("get", http.MethodGet, "/{id}", "One run and how far it is"), h.get)
	httpapi.Handle(api, op("clients", http.MethodGet, "/{id}/clients", "What became of each client of a run"), h.clients)
	httpapi.Handle(api, op("cancel", http.MethodPost, "/{id}/cancel", "End a run; what it made stays"), h.cancel)
	registerStatements(api, h)
}

// IDIn is the input of operations on one run.
type IDIn struct {
	ID string `path:"id" format:"uuid"`
}

type runOut struct{ Body InvoiceRunView }

var errInvalid = fault.Define(fault.Invalid, "request.invalid", "Some of this is not right yet.")

func (b NewInvoiceRun) wish() (runs.Wish, error) {
	bad := errInvalid
	if b.EntityID != "" && !id.Valid(b.EntityID) {
		bad = bad.At("body.entity_id", "is not an id")
	}
	for n, c := range b.ClientIDs {
		if !id.Valid(c) {
			bad = bad.At(fmt.Sprintf("body.client_ids[%d]", n), "is not an id")
		}
	}
	if len(bad.Fields) > 0 {
		return runs.Wish{}, bad
	}
	w := runs.Wish{
		From: b.From, To: b.To, How: invoicing.How(b.How), GroupBy: invoicing.GroupBy(b.GroupBy), EntityID: b.EntityID,
		Time: yes(b.Time), Expenses: yes(b.Expenses), Fees: yes(b.Fees), Retainers: yes(b.Retainers), WaitForOpen: b.WaitForApproval, ClientIDs: b.ClientIDs,
	}
	if b.IssueOn != nil {
		w.IssueOn = *b.IssueOn
	}
	return w, nil
}

func yes(b *bool) bool { return b == nil || *b }

func (h handlers) start(ctx context.Context, in *struct{ Body NewInvoiceRun }) (*runOut, error) {
	w, err := in.Body.wish()
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Start(ctx, w)
	return one(r, err)
}

func one(r runs.Run, err error) (*runOut, error) {
	if err != nil {
		return nil, err
	}
	return &runOut{toView(r)}, nil
}

func (h handlers) preview(ctx context.Context, in *struct {
	page.Query
	Body NewInvoiceRun
},
) (*struct{ Body InvoiceRunPreview }, error) {
	w, err := in.Body.wish()
	if err != nil {
		return nil, err
	}
	p, next, err := h.svc.Preview(ctx, w, in.Query)
	if err != nil {
		return nil, err
	}
	out := InvoiceRunPreview{Clients: p.Clients, ToBill: p.ToBill, Items: make([]InvoiceRunAhead, len(p.Page)), Next: next}
	for n, a := range p.Page {
		out.Items[n] = ahead(a)
	}
	return &struct{ Body InvoiceRunPreview }{out}, nil
}

func (h handlers) list(ctx context.Context, in *page.Query) (*struct{ Body InvoiceRunList }, error) {
	all, next, err := h.svc.List(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := InvoiceRunList{Items: make([]InvoiceRunView, len(all)), Next: next}
	for n, r := range all {
		out.Items[n] = toView(r)
	}
	return &struct{ Body InvoiceRunList }{out}, nil
}

func (h handlers) get(ctx context.Context, in *IDIn) (*runOut, error) {
	r, err := h.svc.Find(ctx, in.ID)
	return one(r, err)
}

func (h handlers) clients(ctx context.Context, in *struct {
	IDIn
	page.Query
	State string `query:"state" enum:"pending,drafted,issued,nothing,refused,cancelled"`
},
) (*struct{ Body InvoiceRunClientList }, error) {
	all, next, err := h.svc.Items(ctx, in.ID, runs.ItemState(in.State), in.Query)
	if err != nil {
		return nil, err
	}
	out := InvoiceRunClientList{Items: make([]InvoiceRunClient, len(all)), Next: next}
	for n, i := range all {
		out.Items[n] = InvoiceRunClient{i.ClientID, i.ClientName, string(i.State), i.InvoiceID, i.Number, i.Total, i.LeftOut, feesOf(i.Fees), i.Code, i.Why}
	}
	return &struct{ Body InvoiceRunClientList }{out}, nil
}

func (h handlers) cancel(ctx context.Context, in *IDIn) (*runOut, error) {
	r, err := h.svc.Cancel(ctx, in.ID)
	return one(r, err)
}
