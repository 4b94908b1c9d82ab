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

func registerRealisation(api *httpapi.API, h handlers) {
	httpapi.Handle(api, httpapi.Op{
		ID: "realisation-report", Tag: "invoices", Method: http.MethodGet, Path: "/api/v1/realisation", Need: invoicing.CanRead,
		Summary: "Billed value of time on issued invoices against its value at the standard rate",
	}, h.realisation)
	httpapi.Handle(api, httpapi.Op{
		ID: "realisation-export", Tag: "invoices", Method: http.MethodGet, Path: "/api/v1/realisation/export.csv", Need: invoicing.CanRead, Exports: true,
		Summary: "The same as CSV, with all rows",
	}, h.realisationCSV)
}

// RealisationIn says which time, and by what it is added up.
type RealisationIn struct {
	By        string   `query:"by" enum:"client,project,person,invoice,reason" default:"client"`
	From      day.Date `query:"from" doc:"Issued on or after"`
	To        day.Date `query:"to" doc:"Issued on or before"`
	ClientID  string   `query:"client_id" format:"uuid"`
	ProjectID string   `query:"project_id" format:"uuid"`
	MemberID  string   `query:"member_id" format:"uuid"`
}

func (in RealisationIn) filter() invoicing.RealisationFilter {
	return invoicing.RealisationFilter{By: invoicing.RealisedBy(in.By), From: in.From, To: in.To, ClientID: in.ClientID, Project: in.ProjectID, Member: in.MemberID}
}

// RealisationRow is what became of time on its way to invoices: standard, rounding, written, discounts and credited make billed.
type RealisationRow struct {
	Key           string      `json:"key" doc:"The id of what it is added up by; of reasons the reason, empty for time that was not written"`
	Name          string      `json:"name"`
	Entries       int         `json:"entries"`
	RawSeconds    int64       `json:"raw_seconds"`
	BilledSeconds int64       `json:"billed_seconds"`
	Standard      money.Money `json:"standard" doc:"Raw hours at the standard rate"`
	Rounding      money.Money `json:"rounding" doc:"By the rounding of hours"`
	Written       money.Money `json:"written" doc:"Up or down in reviews"`
	Discounts     money.Money `json:"discounts" doc:"And what was changed on lines by hand"`
	Credited      money.Money `json:"credited" doc:"By credit notes, and by voiding with time written off"`
	Billed        money.Money `json:"billed"`
	Percent       *string     `json:"percent" doc:"Billed ÷ standard; none where nothing was worth anything"`
}

func realisedView(r invoicing.Realised) RealisationRow {
	v := RealisationRow{
		Key: r.Key, Name: r.Name, Entries: r.Entries, RawSeconds: r.RawSeconds, BilledSeconds: r.BilledSeconds, Standard: r.Standard, Rounding: r.Rounding, Written: r.Written,
		Discounts: r.Discounts, Credited: r.Credited, Billed: r.Billed,
	}
	if p := r.Percent(); p != nil {
		text := p.StringFixed(2)
		v.Percent = &text
	}
	return v
}

// RealisationReport is a page of rows, with the totals of all.
type RealisationReport struct {
	Items  []RealisationRow `json:"items"`
	Totals []RealisationRow `json:"totals" doc:"By currency; currencies are never added"`
	Next   *string          `json:"next"`
}

func (h handlers) realisation(ctx context.Context, in *struct {
	RealisationIn
	page.Query
},
) (*struct{ Body RealisationReport }, error) {
	f := in.filter()
	f.Page = in.Query
	rows, totals, next, err := h.svc.Realisation(ctx, f)
	if err != nil {
		return nil, err
	}
	out := RealisationReport{Items: make([]RealisationRow, len(rows)), Totals: make([]RealisationRow, len(totals)), Next: next}
	for n, r := range rows {
		out.Items[n] = realisedView(r)
	}
	for n, r := range totals {
		out.Totals[n] = realisedView(r)
	}
	return &struct{ Body RealisationReport }{out}, nil
}

type csvOut struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

func (h handlers) realisationCSV(ctx context.Context, in *RealisationIn) (*csvOut, error) {
	t, err := h.svc.RealisationTable(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	raw, err := t.CSV()
	return &csvOut{"text/csv; charset=utf-8", `attachment; filename="realisation.csv"`, raw}, err
}
