package exact

import (
	"math/rand/v2"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// Taxes are what random documents choose from.
var Taxes = []calc.Tax{
	{ID: "0198c0de-0000-7000-8000-0000000000a1", Name: "VAT 19", Kind: calc.Standard, Percent: decimal.New(19, 0)},
	{ID: "0198c0de-0000-7000-8000-0000000000a2", Name: "Reduced 7", Kind: calc.Standard, Percent: decimal.New(7, 0)},
	{ID: "0198c0de-0000-7000-8000-0000000000a3", Name: "QST", Kind: calc.Standard, Percent: decimal.New(9975, -3)},
	{ID: "0198c0de-0000-7000-8000-0000000000a4", Name: "Cess", Kind: calc.Standard, Compound: true, Percent: decimal.New(25, -1)},
	{ID: "0198c0de-0000-7000-8000-0000000000a5", Name: "Levy", Kind: calc.Standard, Compound: true, Percent: decimal.New(10, 0)},
	{ID: "0198c0de-0000-7000-8000-0000000000a6", Name: "Zero-rated", Kind: calc.ZeroRated},
	{ID: "0198c0de-0000-7000-8000-0000000000a7", Name: "Exempt", Kind: calc.Exempt, LegalText: "Exempt by law"},
	{ID: "0198c0de-0000-7000-8000-0000000000a8", Name: "Reverse charge", Kind: calc.ReverseCharge, LegalText: "Reverse charge"},
	{ID: "0198c0de-0000-7000-8000-0000000000a9", Name: "IRPF", Kind: calc.Withholding, Percent: decimal.New(15, 0)},
}

// Currencies of 0, 2 and 3 places.
var Currencies = []string{"JPY", "EUR", "USD", "KWD"}

// Random makes a document with all that one may have: several taxes a line,
// discounts of both forms at both places, lines that give back, lines of which a part is retained.
func Random(r *rand.Rand) calc.Sum {
	s := calc.Sum{
		Currency: Currencies[r.IntN(len(Currencies))], Rounding: []money.Mode{money.HalfUp, money.HalfEven}[r.IntN(2)],
		Method: []calc.Method{calc.PerLine, calc.PerRate}[r.IntN(2)], PricesIncludeTax: r.IntN(3) == 0,
	}
	places := money.Places(s.Currency)
	whole := decimal.Zero
	for range 1 + r.IntN(9) {
		l := calc.Line{Quantity: decimal.New(1+r.Int64N(400000), -4), UnitPrice: decimal.New(1+r.Int64N(500_000_000), -6)}
		switch r.IntN(8) {
		case 0, 1:
			l.Discount.Percent = decimal.New(r.Int64N(1_000_001), -4)
		case 2:
			l.Discount.Amount = l.Quantity.Mul(l.UnitPrice).Mul(decimal.New(r.Int64N(100), -2)).Truncate(places)
		case 3:
			l.Quantity, l.UnitPrice = l.Quantity.Neg().Shift(-2).Truncate(4), l.UnitPrice.Shift(-1).Truncate(6)
		}
		whole = whole.Add(l.Quantity.Mul(l.UnitPrice))
		for range r.IntN(4) {
			t := Taxes[r.IntN(len(Taxes))]
			if !bears(l, t) {
				l.Taxes = append(l.Taxes, t)
			}
		}
		s.Lines = append(s.Lines, l)
		if held := retained(r, l, places); r.IntN(5) == 0 && held.UnitPrice.IsPositive() {
			whole = whole.Add(held.Quantity.Mul(held.UnitPrice))
			s.Lines = append(s.Lines, held)
		}
	}
	switch r.IntN(4) {
	case 0:
		s.Discount.Percent = decimal.New(r.Int64N(1_000_001), -4)
	case 1:
		s.Discount.Amount = whole.Abs().Mul(decimal.New(r.Int64N(20), -2)).Truncate(places)
	}
	return s
}

// retained takes off up to a fifth of a line with its taxes, as what a client keeps back of a fee is.
func retained(r *rand.Rand, of calc.Line, places int32) calc.Line {
	share := decimal.New(1+r.Int64N(200_000), -6)
	return calc.Line{Quantity: decimal.NewFromInt(-1), UnitPrice: of.Quantity.Mul(of.UnitPrice).Mul(share).Round(places), Taxes: of.Taxes}
}

func bears(l calc.Line, t calc.Tax) bool {
	for _, x := range l.Taxes {
		if x.ID == t.ID {
			return true
		}
	}
	return false
}
