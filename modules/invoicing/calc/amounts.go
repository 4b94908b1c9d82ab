package calc

import (
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
)

var one = decimal.NewFromInt(1)

// amounts are the lines' own amounts: quantity × price less the line's
// discount, rounded once. A discount makes a negative line smaller too, so that
// a mirrored document mirrors every figure.
func (s Sum) amounts() ([]money.Money, error) {
	all := make([]money.Money, len(s.Lines))
	for i, l := range s.Lines {
		whole := l.Quantity.Mul(l.UnitPrice)
		if l.Discount.Amount.Cmp(whole.Abs()) > 0 {
			return nil, &LineError{i, ErrLineDiscount}
		}
		less := whole.Mul(one.Sub(l.Discount.Percent.Shift(-2))).Sub(signed(l.Discount.Amount, whole))
		amount, err := money.FromDecimal(less, s.Currency, s.Rounding)
		if err != nil {
			return nil, &LineError{i, err}
		}
		all[i] = amount
	}
	return all, nil
}

// shares are the lines' parts of the document's discount: in proportion to
// their amounts, by the largest remainder, so that they add up to it.
func (s Sum) shares(amounts []money.Money) ([]money.Money, error) {
	shares := make([]money.Money, len(amounts))
	total := money.Zero(s.Currency)
	for i, a := range amounts {
		shares[i], total = money.Zero(s.Currency), total.Add(a)
	}
	if s.Discount.IsZero() {
		return shares, nil
	}
	exact := total.Decimal().Mul(s.Discount.Percent.Shift(-2)).Add(signed(s.Discount.Amount, total.Decimal()))
	whole, err := money.FromDecimal(exact, s.Currency, s.Rounding)
	if err != nil {
		return nil, err
	}
	if whole.Decimal().Abs().Cmp(total.Decimal().Abs()) > 0 || s.Discount.Amount.Cmp(total.Decimal().Abs()) > 0 {
		return nil, ErrDiscount
	}
	if total.IsZero() {
		return shares, nil
	}
	parts := make([]fraction, len(amounts))
	for i, a := range amounts {
		parts[i] = fraction{decimal.NewFromInt(whole.Minor).Mul(decimal.NewFromInt(a.Minor)), decimal.NewFromInt(total.Minor)}
	}
	for i, minor := range spread(whole.Minor, parts) {
		shares[i] = money.Of(minor, s.Currency)
	}
	return shares, nil
}

func signed(d, as decimal.Decimal) decimal.Decimal {
	if as.IsNegative() {
		return d.Neg()
	}
	return d
}
