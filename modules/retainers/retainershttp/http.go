// Package retainershttp puts retainers and their statements on the web.
package retainershttp

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
)

// Service is the part of retainers.Service that the web uses.
type Service interface {
	Create(context.Context, retainers.Draft) (retainers.Row, error)
	Change(context.Context, string, int, retainers.Change) (retainers.Row, error)
	Find(context.Context, string) (retainers.Row, error)
	TellLowAgain(ctx context.Context, id string) (retainers.Row, error)
	List(context.Context, retainers.Filter, page.Query) ([]retainers.Row, *string, error)
	Names(context.Context, []retainers.Row) (retainers.Names, error)
	Adjust(ctx context.Context, id, amount, reason string) (retainers.Row, error)
	AddBlock(context.Context, string, retainers.NewBlock) (retainers.Block, error)
	DraftBlock(ctx context.Context, blockID string) (retainers.Block, error)
	Blocks(context.Context, string) (retainers.Retainer, []retainers.Block, error)
	Periods(context.Context, string, page.Query) (retainers.Retainer, []retainers.Period, *string, error)
	Statement(context.Context, string) (retainers.Paper, error)
	StatementPDF(ctx context.Context, periodID string, inner bool) (invoicing.PDF, error)
	Work(context.Context, string, page.Query) ([]retainers.Work, retainers.Retainer, *string, error)
	Close(context.Context, string) (retainers.Period, error)
	DraftFee(context.Context, string) (retainers.Period, error)
	TaskPlan(context.Context, string) (retainers.TaskPlan, []retainers.PeriodTasks, error)
	SaveTaskPlan(context.Context, retainers.TaskPlan) (retainers.TaskPlan, error)
	MakeTasks(context.Context, string) (retainers.PeriodTasks, error)
}

type handlers struct{ svc Service }

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const base, periods, block = "/api/v1/retainers", "/api/v1/retainer-periods", "/api/v1/prepaid-blocks"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "retainers", Method: method, Path: path, Summary: summary, Need: retainers.Write}
		if method == http.MethodGet {
			o.Need = retainers.Read
		}
		return o
	}
	created := func(o httpapi.Op) httpapi.Op {
		o.Status, o.Idempotent = http.StatusCreated, true
		return o
	}
	httpapi.Handle(api, op("retainers-list", http.MethodGet, base, "List retainers, by name"), h.list)
	httpapi.Handle(api, created(op("retainers-create", http.MethodPost, base, "Make a retainer and its first period")), h.create)
	httpapi.Handle(api, op("retainers-get", http.MethodGet, base+"/{id}", "One retainer with its period of today"), h.get)
	httpapi.Handle(api, op("retainers-change", http.MethodPatch, base+"/{id}", "Change the terms of a retainer"), h.change)
	httpapi.Handle(api, created(op("retainers-adjust", http.MethodPost, base+"/{id}/adjustments", "Add to a retainer or take from it by hand")), h.adjust)
	httpapi.Handle(api, op("retainers-tell-low-again", http.MethodPost, base+"/{id}/tell-low-again", "Mail once more that little is left, to whom that could not be delivered"), h.tellLowAgain)
	httpapi.Handle(api, op("retainers-blocks", http.MethodGet, base+"/{id}/blocks", "Blocks that were bought besides, newest first"), h.blocks)
	httpapi.Handle(api, created(op("retainers-add-block", http.MethodPost, base+"/{id}/blocks", "Sell a block of hours or money")), h.addBlock)
	httpapi.Handle(api, created(op("prepaid-blocks-draft", http.MethodPost, block+"/{id}/invoice", "Make the draft of a block again whose invoice came to nothing")), h.draftBlock)
	httpapi.Handle(api, op("retainers-periods", http.MethodGet, base+"/{id}/periods", "The periods of a retainer with their figures, newest first"), h.periods)
	httpapi.Handle(api, op("retainer-periods-get", http.MethodGet, periods+"/{id}", "The statement of a period"), h.statement)
	httpapi.Handle(api, op("retainer-periods-pdf", http.MethodGet, periods+"/{id}/pdf", "The statement of a period as PDF, in its client's language"), h.statementPDF)
	httpapi.Handle(api, op("retainer-periods-entries", http.MethodGet, periods+"/{id}/entries", "The time entries behind a statement, by day"), h.work)
	httpapi.Handle(api, op("retainer-periods-close", http.MethodPost, periods+"/{id}/close", "Close the oldest open period once it is over"), h.close)
	httpapi.Handle(api, created(op("retainer-periods-draft-fee", http.MethodPost, periods+"/{id}/fee", "Make the draft of a period's fee")), h.draftFee)
	registerTasks(api, h)
}

type (
	// IDIn is the input of operations on one record.
	IDIn struct {
		ID string `path:"id" format:"uuid"`
	}
	listIn struct {
		page.Query
		Q       string `query:"q" maxLength:"120" doc:"Part of a name"`
		Client  string `query:"client_id" maxLength:"36"`
		Project string `query:"project_id" maxLength:"36" doc:"Those that hold its time: its own and its client's"`
		State   string `query:"state" enum:"running,low,ended" default:"running" doc:"low: those running whose balance fell to their alert"`
	}
	listOut  struct{ Body RetainerList }
	createIn struct{ Body NewRetainer }
	changeIn struct {
		IDIn
		httpapi.IfMatch
		Body RetainerChange
	}
	oneOut struct {
		ETag string `header:"ETag"`
		Body RetainerView
	}
	adjustIn struct {
		IDIn
		Body RetainerAdjustment
	}
	addBlockIn struct {
		IDIn
		Body NewPrepaidBlock
	}
	blockOut  struct{ Body PrepaidBlock }
	blocksOut struct{ Body PrepaidBlockList }
	pageIn    struct {
		IDIn
		page.Query
	}
	periodsOut   struct{ Body RetainerPeriodList }
	periodOut    struct{ Body RetainerPeriodView }
	statementOut struct{ Body RetainerStatement }
	workOut      struct{ Body RetainerEntryList }
	pdfIn        struct {
		IDIn
		Names bool `query:"names" doc:"With who worked and what they noted, which the client does not see"`
	}
	pdfOut struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

var errInvalid = fault.Define(fault.Invalid, "request.invalid", "Some of this is not right yet.")

func ids(all map[string]string) error {
	for path, s := range all {
		if s != "" && !id.Valid(s) {
			return errInvalid.At(path, "is not an id")
		}
	}
	return nil
}

func (h handlers) list(ctx context.Context, in *listIn) (*listOut, error) {
	if err := ids(map[string]string{"query.client_id": in.Client, "query.project_id": in.Project}); err != nil {
		return nil, err
	}
	rows, next, err := h.svc.List(ctx, retainers.Filter{ClientID: in.Client, ProjectID: in.Project, Search: in.Q, Ended: in.State == "ended", Low: in.State == "low"}, in.Query)
	if err != nil {
		return nil, err
	}
	views, err := h.views(ctx, rows)
	return &listOut{RetainerList{Items: views, Next: next}}, err
}

func (h handlers) views(ctx context.Context, rows []retainers.Row) ([]RetainerView, error) {
	names, err := h.svc.Names(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]RetainerView, len(rows))
	for i, r := range rows {
		out[i] = toRetainer(r, retainers.Sees(ctx))
		out[i].ClientName, out[i].ProjectName = names.Clients[r.ClientID], names.Projects[r.ProjectID]
		if l := r.LowLost; l != nil {
			out[i].LowUndelivered = &RetainerLowUndelivered{FailedAt: l.At, Failure: l.Why, To: []string{}}
			for _, m := range l.To {
				out[i].LowUndelivered.To = append(out[i].LowUndelivered.To, names.Members[m])
			}
		}
	}
	return out, nil
}

func (h handlers) one(ctx context.Context, r retainers.Row, err error) (*oneOut, error) {
	if err != nil {
		return nil, err
	}
	views, err := h.views(ctx, []retainers.Row{r})
	if err != nil {
		return nil, err
	}
	return &oneOut{httpapi.ETag(r.Version), views[0]}, nil
}

func (h handlers) get(ctx context.Context, in *IDIn) (*oneOut, error) {
	r, err := h.svc.Find(ctx, in.ID)
	return h.one(ctx, r, err)
}

func (h handlers) tellLowAgain(ctx context.Context, in *IDIn) (*oneOut, error) {
	r, err := h.svc.TellLowAgain(ctx, in.ID)
	return h.one(ctx, r, err)
}

func (h handlers) create(ctx context.Context, in *createIn) (*oneOut, error) {
	b := in.Body
	if err := ids(map[string]string{"body.client_id": b.ClientID, "body.project_id": b.ProjectID}); err != nil {
		return nil, err
	}
	terms, err := b.read()
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Create(ctx, retainers.Draft{
		ClientID: b.ClientID, ProjectID: b.ProjectID, Name: b.Name, Unit: retainers.Unit(b.Unit), Currency: b.Currency, Every: b.Every,
		AnchorOn: orNone(b.AnchorOn), StartsOn: b.StartsOn, EndsOn: orNone(b.EndsOn), Prorate: b.ProrateFirst, Terms: terms,
		Alert: b.Alert.read(), LeadDays: b.LeadDays, GraceDays: or(b.GraceDays, 10), Shown: b.ShownToClient == nil || *b.ShownToClient,
	})
	return h.one(ctx, r, err)
}

func (h handlers) change(ctx context.Context, in *changeIn) (*oneOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	ch := retainers.Change{Name: b.Name, LeadDays: b.LeadDays, GraceDays: b.GraceDays, Shown: b.ShownToClient}
	if b.Alert != nil {
		alert := b.Alert.read()
		ch.Alert = &alert
	}
	if b.Terms != nil {
		terms, err := b.Terms.read()
		if err != nil {
			return nil, err
		}
		ch.Terms = &terms
	}
	if b.EndsOn != nil {
		var ends *day.Date
		if *b.EndsOn != "" {
			d, err := day.Parse(*b.EndsOn)
			if err != nil {
				return nil, retainers.ErrBadRetainer.Because(err).At("body.ends_on", "is not a day")
			}
			ends = &d
		}
		ch.EndsOn = &ends
	}
	r, err := h.svc.Change(ctx, in.ID, version, ch)
	return h.one(ctx, r, err)
}

func (h handlers) adjust(ctx context.Context, in *adjustIn) (*oneOut, error) {
	r, err := h.svc.Adjust(ctx, in.ID, in.Body.Amount, in.Body.Reason)
	return h.one(ctx, r, err)
}

func (h handlers) blocks(ctx context.Context, in *IDIn) (*blocksOut, error) {
	r, bs, err := h.svc.Blocks(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &blocksOut{PrepaidBlockList{Items: make([]PrepaidBlock, len(bs))}}
	for i, b := range bs {
		out.Body.Items[i] = toBlock(r, b, retainers.Sees(ctx))
	}
	return out, nil
}

func (h handlers) addBlock(ctx context.Context, in *addBlockIn) (*blockOut, error) {
	b, err := h.svc.AddBlock(ctx, in.ID, retainers.NewBlock{Amount: in.Body.Amount, Price: in.Body.Price, CountsFrom: in.Body.CountsFrom, ExpiresOn: orNone(in.Body.ExpiresOn)})
	return h.block(ctx, b, err)
}

func (h handlers) draftBlock(ctx context.Context, in *IDIn) (*blockOut, error) {
	b, err := h.svc.DraftBlock(ctx, in.ID)
	return h.block(ctx, b, err)
}

func (h handlers) block(ctx context.Context, b retainers.Block, err error) (*blockOut, error) {
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Find(ctx, b.RetainerID)
	return &blockOut{toBlock(r.Retainer, b, retainers.Sees(ctx))}, err
}

func (h handlers) periods(ctx context.Context, in *pageIn) (*periodsOut, error) {
	r, ps, next, err := h.svc.Periods(ctx, in.ID, in.Query)
	if err != nil {
		return nil, err
	}
	out := &periodsOut{RetainerPeriodList{Items: make([]RetainerPeriodView, len(ps)), Next: next}}
	for i, p := range ps {
		out.Body.Items[i] = toPeriod(r, p, retainers.Sees(ctx))
	}
	return out, nil
}

func (h handlers) statement(ctx context.Context, in *IDIn) (*statementOut, error) {
	p, err := h.svc.Statement(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	names, err := h.svc.Names(ctx, []retainers.Row{{Retainer: p.Retainer}})
	if err != nil {
		return nil, err
	}
	v := toStatement(p, retainers.Sees(ctx))
	v.ClientName, v.ProjectName = names.Clients[p.Retainer.ClientID], names.Projects[p.Retainer.ProjectID]
	return &statementOut{v}, nil
}

func (h handlers) statementPDF(ctx context.Context, in *pdfIn) (*pdfOut, error) {
	f, err := h.svc.StatementPDF(ctx, in.ID, in.Names)
	if err != nil {
		return nil, err
	}
	return &pdfOut{"application/pdf", `inline; filename="` + f.Name + `"`, f.Bytes}, nil
}

func (h handlers) work(ctx context.Context, in *pageIn) (*workOut, error) {
	all, r, next, err := h.svc.Work(ctx, in.ID, in.Query)
	if err != nil {
		return nil, err
	}
	out := &workOut{RetainerEntryList{Items: make([]RetainerEntry, len(all)), Next: next}}
	for i, w := range all {
		out.Body.Items[i] = toWork(r, w, retainers.Sees(ctx))
	}
	return out, nil
}

func (h handlers) close(ctx context.Context, in *IDIn) (*periodOut, error) {
	p, err := h.svc.Close(ctx, in.ID)
	return h.period(ctx, p, err)
}

func (h handlers) draftFee(ctx context.Context, in *IDIn) (*periodOut, error) {
	p, err := h.svc.DraftFee(ctx, in.ID)
	return h.period(ctx, p, err)
}

func (h handlers) period(ctx context.Context, p retainers.Period, err error) (*periodOut, error) {
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Find(ctx, p.RetainerID)
	return &periodOut{toPeriod(r.Retainer, p, retainers.Sees(ctx))}, err
}

func (a *RetainerAlertInput) read() retainers.AlertDraft {
	if a == nil {
		return retainers.AlertDraft{}
	}
	return retainers.AlertDraft{Amount: a.Amount, Percent: a.Percent}
}

func (t RetainerTerms) read() (retainers.Terms, error) {
	out := retainers.Terms{
		Grant: t.Grant, Fee: t.Fee, Rollover: retainers.Rollover(t.Rollover), Cap: t.RolloverCap, Lasts: t.RolloverPeriods,
		Deficit: retainers.Deficit(t.Deficit), DeficitLimit: t.DeficitLimit, Overage: retainers.Overage(t.Overage),
	}
	if t.OverageRate != nil {
		d, err := decimal.NewFromString(*t.OverageRate)
		if err != nil {
			return out, retainers.ErrBadRetainer.Because(err).At("body.overage_rate", "is not a number")
		}
		out.OverageRate = &d
	}
	return out, nil
}

func orNone(d *day.Date) day.Date {
	if d == nil {
		return day.Date{}
	}
	return *d
}

func or(n *int, other int) int {
	if n == nil {
		return other
	}
	return *n
}
