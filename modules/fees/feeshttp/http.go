// Package feeshttp puts fees on the web.
package feeshttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/fees"
)

type handlers struct{ svc *fees.Service }

// Register declares the operations.
func Register(api *httpapi.API, svc *fees.Service) {
	h := handlers{svc}
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "fees", Method: method, Path: "/api/v1" + path, Summary: summary, Need: fees.CanWrite}
		if method == http.MethodGet {
			o.Need = fees.CanRead
		}
		return o
	}
	created := func(o httpapi.Op) httpapi.Op {
		o.Status, o.Idempotent = http.StatusCreated, true
		return o
	}
	accept := func(o httpapi.Op) httpapi.Op {
		o.Need = fees.CanAccept
		return o
	}
	httpapi.Handle(api, op("fees-list", http.MethodGet, "/fees", "List what was agreed for projects, and how far it is billed"), h.list)
	httpapi.Handle(api, created(op("fees-create", http.MethodPost, "/fees", "Agree on a fee for a project")), h.create)
	httpapi.Handle(api, op("fees-get", http.MethodGet, "/fees/{id}", "One fee with its parts and change orders"), h.get)
	httpapi.Handle(api, op("fees-change", http.MethodPatch, "/fees/{id}", "Change a fee; its amount changes by a change order only"), h.change)
	httpapi.Handle(api, op("fees-archive", http.MethodPost, "/fees/{id}/archive", "Put away a fee that is not to be billed any more"), h.archive)
	httpapi.Handle(api, op("fees-restore", http.MethodPost, "/fees/{id}/restore", "Bring a fee back"), h.restore)
	httpapi.Handle(api, created(op("change-orders-create", http.MethodPost, "/fees/{id}/change-orders", "Record a change order")), h.order)
	httpapi.Handle(api, accept(op("fee-parts-accept", http.MethodPost, "/fee-parts/{id}/accept", "Accept a milestone, so that it may be billed")), h.accept)
	httpapi.Handle(api, accept(op("fee-parts-withdraw", http.MethodPost, "/fee-parts/{id}/withdraw", "Take an acceptance back while nothing of it is billed")), h.withdraw)
	httpapi.Handle(api, accept(op("fee-parts-ready", http.MethodPost, "/fee-parts/{id}/ready", "Say that the changes which the client asked for are made: it is asked again")), h.ready)
	httpapi.Handle(api, accept(op("fee-parts-tell-again", http.MethodPost, "/fee-parts/{id}/tell-again", "Mail once more that a milestone is ready again, where that could not be delivered")), h.tellAgain)
}

// IDIn is exported because huma reads embedded inputs only then.
type IDIn struct {
	ID string `path:"id" format:"uuid"`
}

type feeOut struct {
	ETag string `header:"ETag"`
	Body FeeView
}

func one(f fees.Fee, err error) (*feeOut, error) {
	if err != nil {
		return nil, err
	}
	return &feeOut{httpapi.ETag(f.Version), view(f)}, nil
}

func (h handlers) list(ctx context.Context, in *struct {
	ProjectID string `query:"project_id" format:"uuid"`
	ClientID  string `query:"client_id" format:"uuid"`
	Archived  bool   `query:"archived"`
	page.Query
},
) (*struct{ Body FeeList }, error) {
	f := fees.Filter{ClientID: in.ClientID, Archived: in.Archived, Page: in.Query}
	if in.ProjectID != "" {
		f.ProjectIDs = []string{in.ProjectID}
	}
	all, next, err := h.svc.Fees(ctx, f)
	if err != nil {
		return nil, err
	}
	out := FeeList{Items: make([]FeeView, len(all)), Next: next}
	for n, x := range all {
		out.Items[n] = view(x)
	}
	return &struct{ Body FeeList }{out}, nil
}

func (h handlers) create(ctx context.Context, in *struct{ Body NewFee }) (*feeOut, error) {
	b := in.Body
	d := fees.Draft{ProjectID: b.ProjectID, Name: b.Name, Kind: fees.Kind(b.Kind), Amount: b.Amount, Covers: fees.Covers(b.Covers), TaskIDs: b.TaskIDs}
	bad := errBadNumber
	if b.Percent != "" {
		d.Percent, bad = readDecimal(b.Percent, "body.percent", bad)
	}
	if b.Retain != "" {
		d.Retain, bad = readDecimal(b.Retain, "body.retain_percent", bad)
	}
	d.Parts, bad = parts(b.Parts, bad)
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return one(h.svc.Create(ctx, d))
}

func (h handlers) get(ctx context.Context, in *IDIn) (*feeOut, error) {
	return one(h.svc.Fee(ctx, in.ID))
}

func (h handlers) change(ctx context.Context, in *struct {
	IDIn
	httpapi.IfMatch
	Body FeeChange
},
) (*feeOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b, bad := in.Body, errBadNumber
	c := fees.Change{Name: b.Name, TaskIDs: b.TaskIDs}
	if b.Covers != nil {
		covers := fees.Covers(*b.Covers)
		c.Covers = &covers
	}
	if b.Percent != nil {
		d, worse := readDecimal(*b.Percent, "body.percent", bad)
		c.Percent, bad = &d, worse
	}
	if b.Retain != nil {
		d, worse := readDecimal(*b.Retain, "body.retain_percent", bad)
		c.Retain, bad = &d, worse
	}
	if b.Parts != nil {
		ps, worse := parts(*b.Parts, bad)
		c.Parts, bad = &ps, worse
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return one(h.svc.Change(ctx, in.ID, version, c))
}

func (h handlers) archive(ctx context.Context, in *IDIn) (*feeOut, error) {
	return one(h.svc.Archive(ctx, in.ID))
}

func (h handlers) restore(ctx context.Context, in *IDIn) (*feeOut, error) {
	return one(h.svc.Restore(ctx, in.ID))
}

func (h handlers) order(ctx context.Context, in *struct {
	IDIn
	Body NewChangeOrder
},
) (*feeOut, error) {
	b := in.Body
	n := fees.NewOrder{Order: fees.Order{Number: b.Number, Reason: b.Reason, Amount: b.Amount, ApprovedBy: b.ApprovedBy, ApprovedOn: b.ApprovedOn}}
	if b.DueOn != nil {
		n.DueOn = *b.DueOn
	}
	return one(h.svc.Order(ctx, in.ID, n))
}

func (h handlers) accept(ctx context.Context, in *IDIn) (*feeOut, error) {
	return one(h.svc.Accept(ctx, in.ID))
}

func (h handlers) withdraw(ctx context.Context, in *IDIn) (*feeOut, error) {
	return one(h.svc.Withdraw(ctx, in.ID))
}

func (h handlers) ready(ctx context.Context, in *struct {
	IDIn
	Body FeePartReady
},
) (*feeOut, error) {
	return one(h.svc.Ready(ctx, in.ID, in.Body.Note))
}

func (h handlers) tellAgain(ctx context.Context, in *IDIn) (*feeOut, error) {
	return one(h.svc.TellAgain(ctx, in.ID))
}
