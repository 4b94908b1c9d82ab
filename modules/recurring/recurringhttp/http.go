// Package recurringhttp puts recurring invoices on the web.
package recurringhttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/recurring"
)

// Service is the part of recurring.Service that the web uses.
type Service interface {
	Create(context.Context, recurring.Wish) (recurring.Row, error)
	Change(ctx context.Context, id string, version int, edit func(*recurring.Wish)) (recurring.Row, error)
	Find(context.Context, string) (recurring.Row, error)
	List(context.Context, recurring.Filter, page.Query) ([]recurring.Row, *string, error)
	Preview(ctx context.Context, w recurring.Wish, from, n int) (recurring.Outlook, error)
	Upcoming(ctx context.Context, id string, n int) (recurring.Outlook, error)
	Past(context.Context, string, page.Query) ([]recurring.Past, *string, error)
	Decide(context.Context, string, recurring.Decision) (recurring.Row, error)
	Pause(context.Context, string) (recurring.Row, error)
	Resume(context.Context, string) (recurring.Row, error)
	End(context.Context, string) (recurring.Row, error)
}

type handlers struct{ svc Service }

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const base = "/api/v1/recurring-invoices"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: "recurring-invoices-" + id, Tag: "recurring-invoices", Method: method, Path: base + path, Summary: summary, Need: invoicing.CanWrite}
		if method == http.MethodGet {
			o.Need = invoicing.CanRead
		}
		return o
	}
	httpapi.Handle(api, op("list", http.MethodGet, "", "List recurring invoices, those that are billed next first"), h.list)
	create := op("create", http.MethodPost, "", "Bill a client the same again and again")
	create.Status, create.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, create, h.create)
	httpapi.Handle(api, op("preview", http.MethodPost, "/preview", "Show the next periods with their dates and amounts"), h.preview)
	httpapi.Handle(api, op("get", http.MethodGet, "/{id}", "One recurring invoice"), h.get)
	httpapi.Handle(api, op("change", http.MethodPatch, "/{id}", "Change what comes next; what was billed stays"), h.change)
	httpapi.Handle(api, op("upcoming", http.MethodGet, "/{id}/upcoming", "Its next periods with their dates and amounts"), h.upcoming)
	httpapi.Handle(api, op("periods", http.MethodGet, "/{id}/periods", "What became of its periods, the latest first"), h.periods)
	httpapi.Handle(api, op("decide", http.MethodPost, "/{id}/decisions", "Bill, skip or restore periods"), h.decide)
	for verb, do := range map[string]func(context.Context, string) (recurring.Row, error){"pause": svc.Pause, "resume": svc.Resume, "end": svc.End} {
		httpapi.Handle(api, op(verb, http.MethodPost, "/{id}/"+verb, summaries[verb]), func(ctx context.Context, in *IDIn) (*oneOut, error) {
			r, err := do(ctx, in.ID)
			return one(r, err)
		})
	}
}

var summaries = map[string]string{
	"pause": "Let it stand still until it is resumed", "resume": "Let it go on; what was missed meanwhile waits for a decision", "end": "End it for good",
}

type (
	// IDIn is the input of operations on one record.
	IDIn struct {
		ID string `path:"id" format:"uuid"`
	}
	listIn struct {
		page.Query
		Q       string `query:"q" maxLength:"120" doc:"Part of its name or of the client's"`
		Client  string `query:"client_id" maxLength:"36"`
		Project string `query:"project_id" maxLength:"36"`
		State   string `query:"state" enum:"active,paused,ended,waits" doc:"waits: somebody has to decide about a period"`
	}
	oneOut struct {
		ETag string `header:"ETag"`
		Body RecurringInvoiceView
	}
	// AheadIn says how far to look ahead.
	AheadIn struct {
		Count int `query:"count" minimum:"1" maximum:"36" default:"6"`
	}
	outlookOut struct{ Body RecurringOutlook }
)

func one(r recurring.Row, err error) (*oneOut, error) {
	if err != nil {
		return nil, err
	}
	return &oneOut{httpapi.ETag(r.Version), toView(r)}, nil
}

func (h handlers) list(ctx context.Context, in *listIn) (*struct{ Body RecurringInvoiceList }, error) {
	if err := ids(map[string]string{"query.client_id": in.Client, "query.project_id": in.Project}); err != nil {
		return nil, err
	}
	f := recurring.Filter{Search: in.Q, ClientID: in.Client, ProjectID: in.Project, State: recurring.State(in.State)}
	if in.State == "waits" {
		f.State, f.Waits = "", true
	}
	rows, next, err := h.svc.List(ctx, f, in.Query)
	if err != nil {
		return nil, err
	}
	out := RecurringInvoiceList{Items: make([]RecurringInvoiceView, len(rows)), Next: next}
	for n, r := range rows {
		out.Items[n] = toView(r)
	}
	return &struct{ Body RecurringInvoiceList }{out}, nil
}

func (h handlers) create(ctx context.Context, in *struct{ Body NewRecurringInvoice }) (*oneOut, error) {
	w, err := in.Body.wish()
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Create(ctx, w)
	return one(r, err)
}

func (h handlers) preview(ctx context.Context, in *struct {
	AheadIn
	From int `query:"from" minimum:"1" maximum:"100000" default:"1" doc:"The first period that is wanted, for one that runs already"`
	Body NewRecurringInvoice
},
) (*outlookOut, error) {
	w, err := in.Body.wish()
	if err != nil {
		return nil, err
	}
	o, err := h.svc.Preview(ctx, w, in.From, in.Count)
	if err != nil {
		return nil, err
	}
	return &outlookOut{toOutlook(o)}, nil
}

func (h handlers) get(ctx context.Context, in *IDIn) (*oneOut, error) {
	r, err := h.svc.Find(ctx, in.ID)
	return one(r, err)
}

func (h handlers) change(ctx context.Context, in *struct {
	IDIn
	httpapi.IfMatch
	Body RecurringInvoiceChange
},
) (*oneOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	edit, err := in.Body.edit()
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Change(ctx, in.ID, version, edit)
	return one(r, err)
}

func (h handlers) upcoming(ctx context.Context, in *struct {
	IDIn
	AheadIn
},
) (*outlookOut, error) {
	o, err := h.svc.Upcoming(ctx, in.ID, in.Count)
	if err != nil {
		return nil, err
	}
	return &outlookOut{toOutlook(o)}, nil
}

func (h handlers) periods(ctx context.Context, in *struct {
	IDIn
	page.Query
},
) (*struct{ Body RecurringPeriodList }, error) {
	all, next, err := h.svc.Past(ctx, in.ID, in.Query)
	if err != nil {
		return nil, err
	}
	out := RecurringPeriodList{Items: make([]RecurringPeriod, len(all)), Next: next}
	for n, p := range all {
		out.Items[n] = toPast(p)
	}
	return &struct{ Body RecurringPeriodList }{out}, nil
}

func (h handlers) decide(ctx context.Context, in *struct {
	IDIn
	Body RecurringDecision
},
) (*oneOut, error) {
	r, err := h.svc.Decide(ctx, in.ID, recurring.Decision{Numbers: in.Body.Numbers, Do: recurring.Verdict(in.Body.Do), How: invoicing.How(in.Body.How)})
	return one(r, err)
}
