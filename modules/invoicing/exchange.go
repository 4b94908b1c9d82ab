package invoicing

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of exchange rates.
var (
	ErrBadRate      = fault.Define(fault.Invalid, "invoicing.bad_rate", "This exchange rate cannot be saved.")
	ErrRateNotFound = fault.Define(fault.NotFound, "invoicing.rate_not_found", "This exchange rate does not exist.")
	// ErrNoRate refuses what cannot be told in the currency of the books. A guess would stay on the document for good.
	ErrNoRate = fault.Define(fault.Invalid, "invoicing.no_exchange_rate", "There is no exchange rate of that time. Enter one.")
)

// rateAge is how old a rate may be, in days, before nobody takes it by itself.
const rateAge = 31

// ExchangeRate is a rate that the agency keeps: one a day for each pair of currencies.
type ExchangeRate struct {
	ID string
	calc.Rate
	CreatedBy string
	CreatedAt time.Time
}

// RateFilter says which rates are wanted.
type RateFilter struct {
	Currency, Base string
	Page           page.Query
}

// RateWish is a rate that somebody types in.
type RateWish struct {
	Value     decimal.Decimal
	Direction calc.Direction
}

var maxRate = decimal.New(1, 9)

func (w RateWish) check(field, direction string) error {
	switch {
	case w.Value.Sign() <= 0 || w.Value.Cmp(maxRate) > 0 || !w.Value.Equal(w.Value.Truncate(15)):
		return ErrBadRate.At(field, "must be more than zero with at most 10 digits before and 15 after the point")
	case w.Direction != calc.BasePerUnit && w.Direction != calc.UnitsPerBase:
		return ErrBadRate.At(direction, "must be base_per_unit or units_per_base")
	}
	return nil
}

// Rates lists the rates that are kept, the latest day first.
func (s *Service) Rates(ctx context.Context, f RateFilter) (all []ExchangeRate, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = s.d.Store.Rates(ctx, tx, f)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	all, next = page.Cut(all, f.Page.Size(), func(r ExchangeRate) []string { return []string{r.On.String(), r.ID} })
	return all, next, nil
}

// KeepRate keeps the rate of a day in the place of the one that was there.
// Documents that took that one stay as they are.
func (s *Service) KeepRate(ctx context.Context, r calc.Rate) (out ExchangeRate, err error) {
	out = ExchangeRate{ID: s.d.NewID(), Rate: r, CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now()}
	if out.Source = strings.TrimSpace(r.Source); out.Source == "" || out.Source == calc.SameCurrency {
		out.Source = calc.ByHand
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if out.Base == "" {
			e, err := s.defaultEntity(ctx, tx)
			if err != nil {
				return err
			}
			out.Base = e.Currency
		}
		today, err := s.today(ctx, tx)
		if err != nil {
			return err
		}
		bad := ErrBadRate
		if !money.Valid(out.Currency) {
			bad = bad.At("body.currency", "is not a currency code")
		}
		if !money.Valid(out.Base) {
			bad = bad.At("body.base", "is not a currency code")
		}
		if out.Currency == out.Base {
			bad = bad.At("body.currency", "is that of the books")
		}
		if out.On.After(today) {
			bad = bad.At("body.on", "is in the future")
		}
		if len(bad.Fields) > 0 {
			return bad
		}
		if err := (RateWish{out.Value, out.Direction}).check("body.value", "body.direction"); err != nil {
			return err
		}
		if out, err = s.d.Store.PutRate(ctx, tx, out); err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.exchange_rate_kept", "exchange_rate", out.ID, out.Currency+" in "+out.Base, nil, out)
	})
	return out, err
}

// DropRate forgets a rate. Documents that took it stay as they are.
func (s *Service) DropRate(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.DropRate(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.exchange_rate_dropped", "exchange_rate", r.ID, r.Currency+" in "+r.Base, r, nil)
	})
}

// rateOn is the rate that holds on a day: the one typed in, else the latest
// that is kept and not too old. Nil where there is none.
func (s *Service) rateOn(ctx context.Context, tx *tenancy.Tx, currency, base string, on day.Date, wish *RateWish) (*calc.Rate, error) {
	if currency == base {
		r := calc.Same(base, on)
		return &r, nil
	}
	if wish != nil {
		return &calc.Rate{Currency: currency, Base: base, Value: wish.Value, Direction: wish.Direction, On: on, Source: calc.ByHand}, nil
	}
	return s.d.Store.RateOn(ctx, tx, currency, base, on, rateAge)
}

// freezeRate puts the rate on a document that is about to be issued, and what the document
// comes to by it. The parts are rounded and the total is their sum, so that it adds up.
// A credit note has the rate of its invoice by now.
func (s *Service) freezeRate(ctx context.Context, tx *tenancy.Tx, e LegalEntity, i *Invoice) error {
	if i.Kind == CreditNote {
		return s.mirrorBase(ctx, tx, i)
	}
	rate, err := s.rateOn(ctx, tx, i.Currency, e.Currency, i.IssueOn, i.RateWish)
	if err != nil {
		return err
	}
	if rate == nil {
		return ErrNoRate.At("body.exchange_rate", "is required: there is no rate of "+i.Currency+" in "+e.Currency+" for "+i.IssueOn.String())
	}
	i.Rate = rate
	return i.base()
}

// base tells net, tax and total in the currency of the books.
func (i *Invoice) base() (err error) {
	if i.BaseNet, err = i.Rate.ToBase(i.Net, i.Rounding); err != nil {
		return uncountable(err)
	}
	if i.BaseTax, err = i.Rate.ToBase(i.Tax, i.Rounding); err != nil {
		return uncountable(err)
	}
	i.BaseTotal = i.BaseNet.Add(i.BaseTax)
	return nil
}

// mirrorBase is what a credit note comes to by the rate of its invoice. The
// note that takes back the rest takes the rest of the base, so that all notes
// of an invoice mirror it.
func (s *Service) mirrorBase(ctx context.Context, tx *tenancy.Tx, note *Invoice) error {
	if note.Rate == nil { // its invoice is older than rates
		return nil
	}
	of, err := s.d.Store.Invoice(ctx, tx, note.CreditsID)
	if err != nil {
		return err
	}
	gone, err := s.d.Store.CreditedBase(ctx, tx, of)
	if err != nil {
		return err
	}
	if err := note.base(); err != nil {
		return err
	}
	if gone.Net.Add(note.Net) == of.Net && gone.Tax.Add(note.Tax) == of.Tax {
		note.BaseNet, note.BaseTax = of.BaseNet.Sub(gone.BaseNet), of.BaseTax.Sub(gone.BaseTax)
		note.BaseTotal = note.BaseNet.Add(note.BaseTax)
	}
	return nil
}

// Sums are figures of documents in their currency and in that of the books.
type Sums struct {
	Net, Tax         money.Money
	BaseNet, BaseTax money.Money
}

// BaseFigures are what a document comes to in the currency of the books.
type BaseFigures struct {
	calc.Rate
	Net   money.Money `json:"net"`
	Tax   money.Money `json:"tax"`
	Total money.Money `json:"total"`
}

func (i Invoice) baseFigures() *BaseFigures {
	if i.Rate == nil || !i.Rate.Foreign() {
		return nil
	}
	return &BaseFigures{*i.Rate, i.BaseNet, i.BaseTax, i.BaseTotal}
}

// payRate is the rate of money that was received: into the books of whoever billed it.
func (s *Service) payRate(ctx context.Context, tx *tenancy.Tx, p *Payment, parts []Part, wish *RateWish) error {
	base := ""
	for _, part := range parts {
		i, err := s.d.Store.Invoice(ctx, tx, part.InvoiceID)
		if err != nil {
			return err
		}
		if i.Rate != nil {
			base = i.Rate.Base
			break
		}
	}
	if base == "" {
		e, err := s.defaultEntity(ctx, tx)
		if err != nil {
			return err
		}
		base = e.Currency
	}
	rate, err := s.rateOn(ctx, tx, p.Amount.Currency, base, p.ReceivedOn, wish)
	if err != nil {
		return err
	}
	if rate == nil {
		return ErrNoRate.At("body.exchange_rate", "is required: there is no rate of "+p.Amount.Currency+" in "+base+" for "+p.ReceivedOn.String())
	}
	p.Rate = rate
	return nil
}

// gainOf is what money that is applied to an invoice gained since it was billed.
func (s *Service) gainOf(ctx context.Context, tx *tenancy.Tx, p Payment, i Invoice, amount money.Money, field string) (*money.Money, error) {
	if i.Rate == nil || p.Rate == nil {
		return nil, nil //nolint:nilnil // one of them is older than rates
	}
	paid := p.Rate
	if paid.Base != i.Rate.Base {
		var err error
		if paid, err = s.rateOn(ctx, tx, p.Amount.Currency, i.Rate.Base, p.ReceivedOn, nil); err != nil {
			return nil, err
		}
		if paid == nil {
			return nil, ErrNoRate.At(field, "is on an invoice that is kept in "+i.Rate.Base+", for which there is no rate on "+p.ReceivedOn.String())
		}
	}
	gain, err := calc.Gain(amount, *i.Rate, *paid, i.Rounding)
	if err != nil {
		return nil, ErrBadPayment.Because(err).At(field, "cannot be told in the currency of the books")
	}
	return &gain, nil
}
