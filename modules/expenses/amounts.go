package expenses

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
)

var (
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
	most    = decimal.New(1, 9)
)

// taxIn is the tax that is in a gross amount. The tax is what is rounded; the
// net is the rest, so that the two add up to what was paid (rule 12).
func taxIn(gross money.Money, percent decimal.Decimal, mode money.Mode) money.Money {
	r := percent.Div(hundred)
	tax := mode.Quo(decimal.NewFromInt(gross.Minor).Mul(r), one.Add(r), 0)
	return money.Of(tax.IntPart(), gross.Currency)
}

// exchanged is an amount at a rate, rounded once to the places of the other currency.
func exchanged(m money.Money, rate decimal.Decimal, to string, mode money.Mode) (money.Money, error) {
	return money.FromDecimal(m.Decimal().Mul(rate), to, mode)
}

// figure brings all amounts of the expense up to date with what was entered.
func (e *Expense) figure(base string) error {
	if !e.TaxByHand {
		e.Tax = taxIn(e.Gross, e.TaxPercent, e.Rounding)
	}
	e.Base = nil
	switch {
	case e.Gross.Currency == base:
		e.Exchange = nil
		same := e.Gross
		e.Base = &same
	case e.Exchange != nil:
		there, err := exchanged(e.Gross, e.Exchange.Rate, base, e.Rounding)
		if err != nil {
			return ErrBadExpense.Because(err).At("body.exchange_rate", "makes the amount larger than can be kept")
		}
		e.Base = &there
	}
	return nil
}

// Charge is what a client is billed for an expense, in a currency.
type Charge struct {
	Net   money.Money // without the tax that the agency gets back
	Gross money.Money // as it was paid; what an invoice with tax in its prices passes on
}

// Charges are what the expense can be billed as: in its own currency, and in
// the agency's. The markup is added to the exact amount, and the sum is rounded once.
func (e Expense) Charges() ([]Charge, error) {
	factor := one.Add(e.MarkupPercent.Div(hundred))
	in := func(rate decimal.Decimal, currency string) (c Charge, err error) {
		if c.Net, err = money.FromDecimal(e.Net().Decimal().Mul(rate).Mul(factor), currency, e.Rounding); err != nil {
			return c, err
		}
		c.Gross, err = money.FromDecimal(e.Gross.Decimal().Mul(rate).Mul(factor), currency, e.Rounding)
		return c, err
	}
	own, err := in(one, e.Gross.Currency)
	if err != nil || e.Exchange == nil || e.Base == nil {
		return []Charge{own}, err
	}
	base, err := in(e.Exchange.Rate, e.Base.Currency)
	return []Charge{own, base}, err
}

// parsed reads an amount that the currency can pay.
func parsed(s, currency, path string) (money.Money, error) {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return money.Zero(currency), ErrBadExpense.Because(err).At(path, "is not an amount")
	}
	switch places := money.Places(currency); {
	case d.IsNegative():
		return money.Zero(currency), ErrBadExpense.At(path, "must not be negative")
	case !d.Equal(d.Truncate(places)):
		return money.Zero(currency), ErrBadExpense.At(path, fmt.Sprintf("must have at most %d decimal places in %s", places, currency))
	case d.Cmp(most) > 0:
		return money.Zero(currency), ErrBadExpense.At(path, "is too large")
	}
	m, err := money.FromDecimal(d, currency, money.HalfUp)
	if err != nil {
		return m, ErrBadExpense.Because(err).At(path, "is not an amount")
	}
	return m, nil
}
