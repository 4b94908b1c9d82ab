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
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

func registerCurrencies(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "invoices", Method: method, Path: "/api/v1" + path, Summary: summary, Need: invoicing.CanWriteSettings}
		if method == http.MethodGet {
			o.Need = invoicing.CanRead
		}
		return o
	}
	httpapi.Handle(api, op("exchange-rates-list", http.MethodGet, "/exchange-rates", "List kept exchange rates, the latest day first"), h.rates)
	httpapi.Handle(api, op("exchange-rates-keep", http.MethodPost, "/exchange-rates", "Keep the exchange rate of a day, in the place of the one that was there"), h.keepRate)
	drop := op("exchange-rates-delete", http.MethodDelete, "/exchange-rates/{id}", "Forget an exchange rate; documents that took it keep it")
	drop.Status = http.StatusNoContent
	httpapi.Handle(api, drop, h.dropRate)
	httpapi.Handle(api, op("currency-report", http.MethodGet, "/currency-report", "What a period came to in the currencies of the books, with gains and losses"), h.currencyReport)
	httpapi.Handle(api, op("revaluations-list", http.MethodGet, "/revaluations", "List revaluations of open balances, the latest first"), h.revaluations)
	revalue := op("revaluations-create", http.MethodPost, "/revaluations", "Revalue what was open in other currencies at the end of a day; the next day takes it back")
	revalue.Status, revalue.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, revalue, h.revalue)
	undo := op("revaluations-delete", http.MethodDelete, "/revaluations/{id}", "Take a revaluation back")
	undo.Status = http.StatusNoContent
	httpapi.Handle(api, undo, h.dropRevaluation)
}

// ExchangeRateView is what a currency was worth on a day, as it was quoted.
type ExchangeRateView struct {
	ID        string   `json:"id"`
	Currency  string   `json:"currency"`
	Base      string   `json:"base" doc:"The currency of the books"`
	On        day.Date `json:"on"`
	Value     string   `json:"value"`
	Direction string   `json:"direction" enum:"base_per_unit,units_per_base" doc:"base_per_unit: 1 of the currency = value of the base; units_per_base: 1 of the base = value of the currency"`
	Source    string   `json:"source"`
}

// ExchangeRateList is a page of them.
type ExchangeRateList struct {
	Items []ExchangeRateView `json:"items"`
	Next  *string            `json:"next"`
}

func exchangeRateView(r invoicing.ExchangeRate) ExchangeRateView {
	return ExchangeRateView{r.ID, r.Currency, r.Base, r.On, r.Value.String(), string(r.Direction), r.Source}
}

func (h handlers) rates(ctx context.Context, in *struct {
	Currency string `query:"currency" maxLength:"3"`
	Base     string `query:"base" maxLength:"3"`
	page.Query
},
) (*struct{ Body ExchangeRateList }, error) {
	all, next, err := h.svc.Rates(ctx, invoicing.RateFilter{Currency: in.Currency, Base: in.Base, Page: in.Query})
	if err != nil {
		return nil, err
	}
	out := ExchangeRateList{Items: make([]ExchangeRateView, len(all)), Next: next}
	for n, r := range all {
		out.Items[n] = exchangeRateView(r)
	}
	return &struct{ Body ExchangeRateList }{out}, nil
}

// NewExchangeRate is a rate that is to be kept.
type NewExchangeRate struct {
	Currency  string   `json:"currency" minLength:"3" maxLength:"3" example:"USD"`
	Base      string   `json:"base,omitempty" minLength:"3" maxLength:"3" doc:"That of the default legal entity when left out"`
	On        day.Date `json:"on"`
	Value     string   `json:"value" minLength:"1" maxLength:"24" doc:"Kept with all its digits" example:"1.08764321"`
	Direction string   `json:"direction,omitempty" enum:"base_per_unit,units_per_base" default:"base_per_unit"`
	Source    string   `json:"source,omitempty" maxLength:"60" doc:"Who published it, such as ECB"`
}

func (h handlers) keepRate(ctx context.Context, in *struct{ Body NewExchangeRate }) (*struct{ Body ExchangeRateView }, error) {
	b := in.Body
	wish, err := rateWish("body.value", b.Value, b.Direction)
	if err != nil {
		return nil, err
	}
	r, err := h.svc.KeepRate(ctx, calc.Rate{Currency: b.Currency, Base: b.Base, Value: wish.Value, Direction: wish.Direction, On: b.On, Source: b.Source})
	if err != nil {
		return nil, err
	}
	return &struct{ Body ExchangeRateView }{exchangeRateView(r)}, nil
}

// rateWish reads a rate that somebody typed in; an empty one is none.
func rateWish(field, value, direction string) (*invoicing.RateWish, error) {
	if value == "" {
		return nil, nil //nolint:nilnil // nothing was typed in
	}
	d, ok := parseDecimal(value)
	if !ok {
		return nil, errBadNumber.At(field, "must be a decimal such as 1.08764321")
	}
	if direction == "" {
		direction = string(calc.BasePerUnit)
	}
	return &invoicing.RateWish{Value: d, Direction: calc.Direction(direction)}, nil
}

func (h handlers) dropRate(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.DropRate(ctx, in.ID)
}

// FrozenRate is the rate that a document or a payment was recorded with.
type FrozenRate struct {
	Base      string    `json:"base" doc:"The currency of the books"`
	Value     string    `json:"value"`
	Direction string    `json:"direction" enum:"base_per_unit,units_per_base"`
	On        *day.Date `json:"on"`
	Source    string    `json:"source" doc:"same: it is in the currency of the books; by_hand: typed in; else who published it"`
}

func frozen(r *calc.Rate) *FrozenRate {
	if r == nil {
		return nil
	}
	return &FrozenRate{r.Base, r.Value.String(), string(r.Direction), opt(r.On), r.Source}
}

// CurrencyReport is what a period came to in the currencies of the books.
type CurrencyReport struct {
	From    day.Date       `json:"from"`
	To      day.Date       `json:"to"`
	Books   []CurrencyBook `json:"books" doc:"One by one; currencies are never added"`
	Unrated int            `json:"unrated" doc:"Documents in other currencies that are older than rates: they are in no sum"`
}

// CurrencyBook are the sums of one currency of the books.
type CurrencyBook struct {
	Base      string            `json:"base"`
	Net       money.Money       `json:"net" doc:"Invoices less credit notes, by the amounts that were stored when they were issued"`
	Tax       money.Money       `json:"tax"`
	Total     money.Money       `json:"total"`
	Realised  money.Money       `json:"realised" doc:"On money applied in the period: amount × (rate of the payment − rate of the invoice)"`
	Revalued  money.Money       `json:"revalued" doc:"Of open balances, by revaluations in the period"`
	TakenBack money.Money       `json:"taken_back" doc:"What the period took back of revaluations on the day before"`
	Gains     money.Money       `json:"gains" doc:"All three; less than zero is a loss"`
	Foreign   []CurrencyForeign `json:"foreign"`
}

// CurrencyForeign are the documents of one other currency.
type CurrencyForeign struct {
	Currency  string      `json:"currency"`
	Count     int         `json:"count"`
	Total     money.Money `json:"total"`
	BaseTotal money.Money `json:"base_total"`
	Realised  money.Money `json:"realised"`
}

func (h handlers) currencyReport(ctx context.Context, in *struct {
	From day.Date `query:"from" doc:"The first of the month when left out"`
	To   day.Date `query:"to" doc:"Today when left out"`
},
) (*struct{ Body CurrencyReport }, error) {
	r, err := h.svc.CurrencyReport(ctx, in.From, in.To)
	if err != nil {
		return nil, err
	}
	out := CurrencyReport{From: r.From, To: r.To, Unrated: r.Unrated, Books: make([]CurrencyBook, len(r.Books))}
	for n, b := range r.Books {
		book := CurrencyBook{b.Base, b.Net, b.Tax, b.Total, b.Realised, b.Revalued, b.TakenBack, b.Gains(), make([]CurrencyForeign, len(b.Foreign))}
		for k, f := range b.Foreign {
			book.Foreign[k] = CurrencyForeign(f)
		}
		out.Books[n] = book
	}
	return &struct{ Body CurrencyReport }{out}, nil
}

// RevaluationView is a revaluation of what was open.
type RevaluationView struct {
	ID         string        `json:"id"`
	ClosingOn  day.Date      `json:"closing_on"`
	ReversedOn day.Date      `json:"reversed_on"`
	Gains      []money.Money `json:"gains" doc:"One a currency of the books"`
	CreatedAt  time.Time     `json:"created_at"`
}

// RevaluationList is a page of them.
type RevaluationList struct {
	Items []RevaluationView `json:"items"`
	Next  *string           `json:"next"`
}

func revaluationView(r invoicing.Revaluation) RevaluationView {
	return RevaluationView{r.ID, r.ClosingOn, r.ReversedOn(), append([]money.Money{}, r.Gains...), r.CreatedAt}
}

func (h handlers) revaluations(ctx context.Context, in *struct{ page.Query }) (*struct{ Body RevaluationList }, error) {
	all, next, err := h.svc.Revaluations(ctx, in.Query)
	if err != nil {
		return nil, err
	}
	out := RevaluationList{Items: make([]RevaluationView, len(all)), Next: next}
	for n, r := range all {
		out.Items[n] = revaluationView(r)
	}
	return &struct{ Body RevaluationList }{out}, nil
}

// NewRevaluation says of which day.
type NewRevaluation struct {
	ClosingOn day.Date `json:"closing_on" doc:"The last day of a period"`
}

func (h handlers) revalue(ctx context.Context, in *struct{ Body NewRevaluation }) (*struct{ Body RevaluationView }, error) {
	r, err := h.svc.Revalue(ctx, in.Body.ClosingOn)
	if err != nil {
		return nil, err
	}
	return &struct{ Body RevaluationView }{revaluationView(r)}, nil
}

func (h handlers) dropRevaluation(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.DropRevaluation(ctx, in.ID)
}
