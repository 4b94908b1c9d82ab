package rateshttp

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/rates"
)

func registerCosts(api *httpapi.API, h handlers) {
	const base = "/api/v1/cost-rates"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "rates", Method: method, Path: path, Summary: summary, Need: rates.SeeCost}
		if method != http.MethodGet {
			o.Need = rates.WriteCards
		}
		return o
	}
	add := op("cost-rates-create", http.MethodPost, base, "Say what an hour of a person costs from a day on, or the salary of a year")
	add.Status, add.Idempotent = http.StatusCreated, true
	remove := op("cost-rates-remove", http.MethodDelete, base+"/{id}", "Take a cost rate away; the one before it holds on")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, op("cost-rates-list", http.MethodGet, base, "What an hour of people costs the agency"), h.costs)
	httpapi.Handle(api, add, h.addCost)
	httpapi.Handle(api, op("cost-rates-figure", http.MethodPost, base+"/figure", "What an hour would cost, before it is said"), h.figureCost)
	httpapi.Handle(api, remove, h.removeCost)
	httpapi.Handle(api, op("projects-margin", http.MethodGet, "/api/v1/projects/{id}/margin", "What a project is worth against what it cost"), h.margin)
}

// CostRateView is what an hour of a person costs the agency.
type CostRateView struct {
	ID            string     `json:"id"`
	MemberID      string     `json:"member_id"`
	Cost          CostOfHour `json:"cost"`
	ValidFrom     day.Date   `json:"valid_from"`
	ValidTo       *day.Date  `json:"valid_to" nullable:"true" doc:"The first day on which it no longer holds; null: open"`
	CapacityHours *string    `json:"capacity_hours" doc:"Of the year that the salary was spread over: after holidays, before leave"`
}

// CostOfHour is the amount, and the salary that it was worked out of.
type CostOfHour struct {
	PerHour  string       `json:"hour" doc:"Decimal, with four places where it comes from a salary"`
	Rounded  money.Money  `json:"rounded" doc:"The same as an amount of the currency"`
	Currency string       `json:"currency"`
	Salary   *money.Money `json:"salary,omitempty" doc:"Of a year"`
}

// CostRateList holds cost rates by person and day.
type CostRateList struct {
	Items []CostRateView `json:"items"`
}

// NewCostRate says what an hour costs, or the salary of a year.
type NewCostRate struct {
	MemberID  string   `json:"member_id" format:"uuid"`
	ValidFrom day.Date `json:"valid_from"`
	PerHour   string   `json:"per_hour,omitempty" maxLength:"20" pattern:"^([0-9]+([.][0-9]+)?)?$" patternDescription:"an amount such as 29.07" doc:"What an hour costs"`
	Salary    string   `json:"salary,omitempty" maxLength:"20" pattern:"^([0-9]+([.][0-9]+)?)?$" patternDescription:"an amount such as 60000" doc:"Or what a year costs: spread over the hours of the year of the first day"`
	Currency  string   `json:"currency,omitempty" maxLength:"3" doc:"The agency's when missing"`
}

// MarginView sets what a project is worth against what it cost.
type MarginView struct {
	Cost MarginFigures `json:"cost"`
}

// MarginFigures are amounts of a project. Those in different currencies are never added.
type MarginFigures struct {
	Worth              []money.Money `json:"worth" doc:"Of billable time, one for each currency"`
	Costs              []money.Money `json:"costs" doc:"Of all time, each hour at what it cost on its day"`
	Margin             *money.Money  `json:"margin" doc:"Where all is in one currency, and a cost is known"`
	Percent            *int          `json:"percent" doc:"Of the worth"`
	LoadedCosts        []money.Money `json:"loaded_costs" doc:"With the agency's overhead of each day"`
	LoadedMargin       *money.Money  `json:"loaded_margin"`
	LoadedPercent      *int          `json:"loaded_percent"`
	Posted             []money.Money `json:"posted" doc:"Of the costs: what was posted later, for months that were closed when a cost changed"`
	Seconds            int64         `json:"seconds"`
	SecondsWithoutCost int64         `json:"seconds_without_cost" doc:"By people of whom nobody said what they cost on that day"`
}

type (
	costsIn struct {
		MemberID string `query:"member_id" format:"uuid"`
	}
	costsOut  struct{ Body CostRateList }
	costIn    struct{ Body NewCostRate }
	costOut   struct{ Body CostRateView }
	marginOut struct{ Body MarginView }
)

func (h handlers) costs(ctx context.Context, in *costsIn) (*costsOut, error) {
	found, err := h.svc.Costs(ctx, in.MemberID)
	if err != nil {
		return nil, err
	}
	out := CostRateList{Items: make([]CostRateView, len(found))}
	for i, c := range found {
		out.Items[i] = toCost(c)
	}
	return &costsOut{out}, nil
}

func (b NewCostRate) draft() (rates.CostDraft, error) {
	d := rates.CostDraft{MemberID: b.MemberID, From: b.ValidFrom, Currency: b.Currency}
	bad := (*fault.Error)(nil)
	read := func(s, at string) *decimal.Decimal {
		if s == "" {
			return nil
		}
		v, err := decimal.NewFromString(s)
		if err != nil {
			bad = rates.ErrBadCost.Because(err).At(at, "must be an amount such as 29.07")
		}
		return &v
	}
	d.PerHour, d.Salary = read(b.PerHour, "body.per_hour"), read(b.Salary, "body.salary")
	if bad != nil {
		return d, bad
	}
	return d, nil
}

func (h handlers) addCost(ctx context.Context, in *costIn) (*costOut, error) {
	return h.oneCost(ctx, in, h.svc.AddCost)
}

func (h handlers) figureCost(ctx context.Context, in *costIn) (*costOut, error) {
	return h.oneCost(ctx, in, h.svc.FigureCost)
}

func (h handlers) oneCost(ctx context.Context, in *costIn, do func(context.Context, rates.CostDraft) (rates.Cost, error)) (*costOut, error) {
	d, err := in.Body.draft()
	if err != nil {
		return nil, err
	}
	c, err := do(ctx, d)
	if err != nil {
		return nil, err
	}
	return &costOut{toCost(c)}, nil
}

func (h handlers) removeCost(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveCost(ctx, in.ID)
}

func (h handlers) margin(ctx context.Context, in *IDIn) (*marginOut, error) {
	m, err := h.svc.Margin(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &marginOut{MarginView{MarginFigures{
		Worth: append([]money.Money{}, m.Worth...), Costs: append([]money.Money{}, m.Direct.Cost...), Margin: m.Direct.Margin, Percent: m.Direct.Percent,
		LoadedCosts: append([]money.Money{}, m.Loaded.Cost...), LoadedMargin: m.Loaded.Margin, LoadedPercent: m.Loaded.Percent, Posted: append([]money.Money{}, m.Posted...),
		Seconds: m.Seconds, SecondsWithoutCost: m.WithoutCost,
	}}}, nil
}

func toCost(c rates.Cost) CostRateView {
	rounded, _ := money.FromDecimal(c.PerHour, c.Currency, money.HalfUp) // the service has checked both
	v := CostRateView{
		ID: c.ID, MemberID: c.MemberID, ValidFrom: c.From, ValidTo: c.To,
		Cost: CostOfHour{PerHour: c.PerHour.String(), Rounded: rounded, Currency: c.Currency, Salary: c.Salary},
	}
	if c.Salary != nil {
		h := decimal.NewFromInt(int64(c.Capacity.Seconds())).DivRound(decimal.NewFromInt(3600), 4).String()
		v.CapacityHours = &h
	}
	return v
}
