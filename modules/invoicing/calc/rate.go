package calc

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Direction says how a rate is quoted. A rate stays as it was quoted: turning
// it round would round it a second time (rule 97).
type Direction string

const (
	BasePerUnit  Direction = "base_per_unit"  // 1 foreign = x base
	UnitsPerBase Direction = "units_per_base" // 1 base = x foreign, as central banks publish it
)

// Rate is what a currency is worth in that of the books, on a day, by a source.
type Rate struct {
	Currency  string          `json:"currency"`
	Base      string          `json:"base"`
	Value     decimal.Decimal `json:"value"`
	Direction Direction       `json:"direction" enum:"base_per_unit,units_per_base" doc:"base_per_unit: 1 of the currency = value of the base; units_per_base: 1 of the base = value of the currency"`
	On        day.Date        `json:"on"`
	Source    string          `json:"source" doc:"same: they are one currency; by_hand: typed in; else who published it"`
}

// Where rates come from when nobody published them.
const (
	SameCurrency = "same"
	ByHand       = "by_hand"
)

// Same is the rate of a currency in itself.
func Same(currency string, on day.Date) Rate {
	return Rate{Currency: currency, Base: currency, Value: one, Direction: BasePerUnit, On: on, Source: SameCurrency}
}

// Foreign tells whether the two currencies differ.
func (r Rate) Foreign() bool { return r.Currency != r.Base }

// exact is the rate as a fraction: base for one unit.
func (r Rate) exact() fraction {
	if r.Direction == UnitsPerBase {
		return fraction{one, r.Value}
	}
	return fraction{r.Value, one}
}

// ToBase is an amount in the currency of the books, rounded once.
func (r Rate) ToBase(m money.Money, mode money.Mode) (money.Money, error) {
	return toBase(m, r.exact(), r.Base, mode)
}

// Gain is what an amount of one currency gained from one rate to another:
// amount × (later − earlier), rounded once (rule 94). Less than zero is a loss.
func Gain(m money.Money, earlier, later Rate, mode money.Mode) (money.Money, error) {
	if earlier.Base != later.Base || earlier.Currency != later.Currency || m.Currency != later.Currency {
		return money.Money{}, fmt.Errorf("calc: a gain of %s from %s in %s to %s in %s", m.Currency, earlier.Currency, earlier.Base, later.Currency, later.Base)
	}
	was, is := earlier.exact(), later.exact()
	return toBase(m, fraction{is.num.Mul(was.den).Sub(was.num.Mul(is.den)), is.den.Mul(was.den)}, later.Base, mode)
}

func toBase(m money.Money, at fraction, base string, mode money.Mode) (money.Money, error) {
	places := money.Places(base)
	return money.FromDecimal(mode.Quo(m.Decimal().Mul(at.num), at.den, places), base, mode)
}
