package rateshttp

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/rates"
)

func registerOverheads(api *httpapi.API, h handlers) {
	const base = "/api/v1/overheads"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "rates", Method: method, Path: path, Summary: summary, Need: rates.SeeCost}
		if method != http.MethodGet {
			o.Need = rates.WriteCards
		}
		return o
	}
	add := op("overheads-create", http.MethodPost, base, "Say what the agency costs beside its people, from a day on")
	add.Status, add.Idempotent = http.StatusCreated, true
	remove := op("overheads-remove", http.MethodDelete, base+"/{id}", "Take an overhead away; the one before it holds on")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, op("overheads-list", http.MethodGet, base, "What the agency costs beside its people"), h.overheads)
	httpapi.Handle(api, add, h.addOverhead)
	httpapi.Handle(api, remove, h.removeOverhead)
	httpapi.Handle(api, op("cost-differences-list", http.MethodGet, "/api/v1/cost-differences", "What was posted for months that were closed when a cost changed"), h.costDifferences)
}

// OverheadView is what the agency costs beside its people, in percent of what their hours cost.
type OverheadView struct {
	ID        string       `json:"id"`
	Cost      OverheadPart `json:"cost"`
	ValidFrom day.Date     `json:"valid_from"`
	ValidTo   *day.Date    `json:"valid_to" nullable:"true" doc:"The first day on which it no longer holds; null: open"`
}

// OverheadPart is the percentage.
type OverheadPart struct {
	Percent string `json:"percent" doc:"Decimal"`
}

// OverheadList holds overheads by day.
type OverheadList struct {
	Items []OverheadView `json:"items"`
}

// NewOverhead says a percentage from a day on.
type NewOverhead struct {
	Percent   string   `json:"percent" minLength:"1" maxLength:"10" pattern:"^[0-9]+([.][0-9]+)?$" patternDescription:"a percentage such as 25" example:"25"`
	ValidFrom day.Date `json:"valid_from"`
}

// CostDifferenceView is a difference that was posted after its month was closed.
type CostDifferenceView struct {
	ID        string             `json:"id"`
	MemberID  string             `json:"member_id"`
	ProjectID string             `json:"project_id"`
	Month     day.Date           `json:"month" doc:"In which the work was done"`
	PostedIn  day.Date           `json:"posted_in" doc:"The month that was open"`
	Seconds   int64              `json:"seconds"`
	Cost      CostDifferencePart `json:"cost"`
}

// CostDifferencePart is what the work costs more, or less.
type CostDifferencePart struct {
	Difference money.Money `json:"difference"`
}

// CostDifferenceList is a page of differences.
type CostDifferenceList struct {
	Items []CostDifferenceView `json:"items"`
	Next  *string              `json:"next"`
}

type (
	overheadsOut  struct{ Body OverheadList }
	overheadIn    struct{ Body NewOverhead }
	overheadOut   struct{ Body OverheadView }
	differencesIn struct {
		page.Query
		MemberID string `query:"member_id" format:"uuid"`
	}
	differencesOut struct{ Body CostDifferenceList }
)

func (h handlers) overheads(ctx context.Context, _ *struct{}) (*overheadsOut, error) {
	found, err := h.svc.Overheads(ctx)
	if err != nil {
		return nil, err
	}
	out := OverheadList{Items: make([]OverheadView, len(found))}
	for i, o := range found {
		out.Items[i] = toOverhead(o)
	}
	return &overheadsOut{out}, nil
}

func (h handlers) addOverhead(ctx context.Context, in *overheadIn) (*overheadOut, error) {
	percent, err := decimal.NewFromString(in.Body.Percent)
	if err != nil {
		return nil, rates.ErrBadOverhead.Because(err).At("body.percent", "must be a percentage such as 25")
	}
	o, err := h.svc.AddOverhead(ctx, percent, in.Body.ValidFrom)
	if err != nil {
		return nil, err
	}
	return &overheadOut{toOverhead(o)}, nil
}

func (h handlers) removeOverhead(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveOverhead(ctx, in.ID)
}

func (h handlers) costDifferences(ctx context.Context, in *differencesIn) (*differencesOut, error) {
	found, next, err := h.svc.CostDifferences(ctx, in.MemberID, in.Query)
	if err != nil {
		return nil, err
	}
	out := CostDifferenceList{Items: make([]CostDifferenceView, len(found)), Next: next}
	for i, d := range found {
		out.Items[i] = CostDifferenceView{d.ID, d.MemberID, d.ProjectID, d.Month, d.PostedIn, d.Seconds, CostDifferencePart{d.Amount}}
	}
	return &differencesOut{out}, nil
}

func toOverhead(o rates.Overhead) OverheadView {
	return OverheadView{o.ID, OverheadPart{o.Percent.String()}, o.From, o.To}
}
