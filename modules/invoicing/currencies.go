package invoicing

import (
	"context"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of revaluations.
var (
	ErrRevalued            = fault.Define(fault.Conflict, "invoicing.revalued", "This day is revalued already. Take that back first.")
	ErrRevaluationNotFound = fault.Define(fault.NotFound, "invoicing.revaluation_not_found", "This revaluation does not exist.")
	ErrBadRevaluation      = fault.Define(fault.Invalid, "invoicing.bad_revaluation", "The open balances cannot be revalued.")
)

// CurrencyReport is what a period came to in the currencies of the books. It
// adds stored amounts of one currency, and never amounts of two (rule 95).
type CurrencyReport struct {
	From, To day.Date
	Books    []BookSums
	// Unrated counts documents in other currencies that are older than rates: they are in no sum.
	Unrated int
}

// BookSums are the sums of one currency of the books.
type BookSums struct {
	Base                string
	Net, Tax, Total     money.Money // invoices less credit notes
	Realised            money.Money // on money that was applied in the period
	Revalued, TakenBack money.Money // at ends of periods in it, and what days in it took back of earlier ones
	Foreign             []ForeignSums
}

// ForeignSums are the documents of one currency in it.
type ForeignSums struct {
	Currency  string
	Count     int
	Total     money.Money // in their own currency
	BaseTotal money.Money
	Realised  money.Money
}

// Gains are the sum of all that rates made of the period.
func (b BookSums) Gains() money.Money { return b.Realised.Add(b.Revalued).Add(b.TakenBack) }

// Revaluation is what open balances in other currencies were worth at the end
// of a day. Its gains count on that day and are taken back on the next, so that
// a later payment realises all of its own (rule 94).
type Revaluation struct {
	ID        string
	ClosingOn day.Date
	Lines     []RevaluedLine
	Gains     []money.Money // by currency of the books
	CreatedBy string
	CreatedAt time.Time
}

// ReversedOn is the day that takes it back.
func (r Revaluation) ReversedOn() day.Date { return r.ClosingOn.AddDays(1) }

// RevaluedLine is one open document of it.
type RevaluedLine struct {
	InvoiceID string
	Number    string
	Open      money.Money
	Rate      calc.Rate
	Gain      money.Money
}

// OpenForeign is a document in another currency of which something is open.
type OpenForeign struct {
	InvoiceID string
	Number    string
	Open      money.Money
	Rate      calc.Rate // that it was issued with
	Rounding  money.Mode
}

// maxRevalued is how many open documents one revaluation takes.
const maxRevalued = 20_000

// CurrencyReport tells what a period came to. Without days it is the month so far.
func (s *Service) CurrencyReport(ctx context.Context, from, to day.Date) (r CurrencyReport, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if to.IsZero() {
			if to, err = s.today(ctx, tx); err != nil {
				return err
			}
		}
		if from.IsZero() {
			from = to.StartOfMonth()
		}
		if to.Before(from) {
			return ErrBadPeriod.At("query.to", "is before the start")
		}
		d, err := s.d.Settings.DefaultsTx(ctx, tx)
		if err != nil {
			return err
		}
		r, err = s.d.Store.CurrencyReport(ctx, tx, from, to, d.TimeZone)
		return err
	})
	return r, err
}

// Revalue values what was open at the end of a day at the rates of that day.
func (s *Service) Revalue(ctx context.Context, on day.Date) (r Revaluation, err error) {
	r = Revaluation{ID: s.d.NewID(), ClosingOn: on, CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now()}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		d, err := s.d.Settings.DefaultsTx(ctx, tx)
		if err != nil {
			return err
		}
		if on.IsZero() || on.After(LegalEntity{TimeZone: d.TimeZone}.Today(s.d.Now())) {
			return ErrBadRevaluation.At("body.closing_on", "must be a day that has come")
		}
		open, err := s.d.Store.OpenForeign(ctx, tx, on, d.TimeZone, maxRevalued+1)
		switch {
		case err != nil:
			return err
		case len(open) > maxRevalued:
			return ErrBadRevaluation.At("body.closing_on", fmt.Sprintf("had more than %d documents open in other currencies", maxRevalued))
		}
		if r.Lines, err = s.revalued(ctx, tx, open, on); err != nil {
			return err
		}
		r.Gains = r.gains()
		if err := s.d.Store.AddRevaluation(ctx, tx, r); err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.revalued", "revaluation", r.ID, on.String(), nil, revaluationShot{r.ClosingOn, r.Gains, len(r.Lines)})
	})
	return r, err
}

func (s *Service) revalued(ctx context.Context, tx *tenancy.Tx, open []OpenForeign, on day.Date) ([]RevaluedLine, error) {
	type pair struct{ currency, base string }
	rates := map[pair]*calc.Rate{}
	lines := make([]RevaluedLine, len(open))
	for n, o := range open {
		key := pair{o.Rate.Currency, o.Rate.Base}
		rate, asked := rates[key]
		if !asked {
			var err error
			if rate, err = s.rateOn(ctx, tx, key.currency, key.base, on, nil); err != nil {
				return nil, err
			}
			rates[key] = rate
		}
		if rate == nil {
			return nil, ErrNoRate.At("body.closing_on", "has no rate of "+key.currency+" in "+key.base)
		}
		gain, err := calc.Gain(o.Open, o.Rate, *rate, o.Rounding)
		if err != nil {
			return nil, err
		}
		lines[n] = RevaluedLine{InvoiceID: o.InvoiceID, Number: o.Number, Open: o.Open, Rate: *rate, Gain: gain}
	}
	return lines, nil
}

func (r Revaluation) gains() []money.Money {
	all := make([]money.Money, len(r.Lines))
	for n, l := range r.Lines {
		all[n] = l.Gain
	}
	return money.Sum(all...)
}

type revaluationShot struct {
	ClosingOn day.Date      `json:"closing_on"`
	Gains     []money.Money `json:"gains"`
	Documents int           `json:"documents"`
}

// Revaluations lists them, the latest first, without their lines.
func (s *Service) Revaluations(ctx context.Context, p page.Query) (all []Revaluation, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = s.d.Store.Revaluations(ctx, tx, p)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	all, next = page.Cut(all, p.Size(), func(r Revaluation) []string { return []string{r.ClosingOn.String(), r.ID} })
	return all, next, nil
}

// DropRevaluation takes one back, to do it again at better rates.
func (s *Service) DropRevaluation(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.DropRevaluation(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.revaluation_dropped", "revaluation", id, r.ClosingOn.String(), revaluationShot{r.ClosingOn, r.Gains, 0}, nil)
	})
}
