// Package exact computes documents a second time, for tests: in fractions of
// whole numbers, by the rules as they are written and with nothing of calc's
// code. Where both agree, both would have to be wrong in the same way.
package exact

import (
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// Totals are what a document comes to, in minor units.
type Totals struct {
	Amounts, Nets, Taxes                []int64          // of the lines, as printed and after all discounts
	ByTax                               map[string]int64 // by the tax's id
	Subtotal, Discount, Net, Tax, Total int64
	Withheld, Payable                   int64
}

// Of computes a document whose taxes each have one percentage.
func Of(s calc.Sum) Totals {
	d := document{s: s, scale: pow10(int64(money.Places(s.Currency)))}
	return d.totals()
}

type document struct {
	s     calc.Sum
	scale *big.Rat
}

func (d document) totals() Totals {
	t := Totals{ByTax: map[string]int64{}}
	gross := make([]*big.Rat, len(d.s.Lines)) // in minor units, after the document's discount
	for _, l := range d.s.Lines {
		whole := mul(rat(l.Quantity), rat(l.UnitPrice), d.scale)
		less := mul(whole, percent(l.Discount.Percent))
		off := mul(rat(l.Discount.Amount), d.scale)
		if whole.Sign() < 0 {
			off.Neg(off)
		}
		amount := d.round(sub(sub(whole, less), off))
		t.Amounts = append(t.Amounts, amount)
		t.Subtotal += amount
	}
	off := mul(big.NewRat(t.Subtotal, 1), percent(d.s.Discount.Percent))
	fixed := mul(rat(d.s.Discount.Amount), d.scale)
	if t.Subtotal < 0 {
		fixed.Neg(fixed)
	}
	t.Discount = d.round(off.Add(off, fixed))
	weights := make([]*big.Rat, len(t.Amounts))
	for i, a := range t.Amounts {
		weights[i] = new(big.Rat)
		if t.Subtotal != 0 {
			weights[i] = big.NewRat(1, 1).Mul(big.NewRat(a, 1), big.NewRat(t.Discount, t.Subtotal))
		}
	}
	for i, share := range largestRemainder(t.Discount, weights) {
		gross[i] = big.NewRat(t.Amounts[i]-share, 1)
	}
	d.tax(&t, gross)
	return t
}

// tax computes all taxes of lines that are worth gross: net, or gross where
// prices include tax.
func (d document) tax(t *Totals, gross []*big.Rat) {
	lines := len(gross)
	known := make([]map[string]int64, lines) // taxes of each line
	t.Nets, t.Taxes = make([]int64, lines), make([]int64, lines)
	for i := range known {
		known[i] = map[string]int64{}
	}
	net := func(i int) int64 {
		whole := gross[i].Num().Int64()
		if d.s.PricesIncludeTax {
			whole -= t.Taxes[i]
		}
		return whole
	}
	for _, stage := range []func(calc.Tax) bool{
		func(x calc.Tax) bool { return x.Kind != calc.Withholding && !x.Compound },
		func(x calc.Tax) bool { return x.Kind != calc.Withholding && x.Compound },
		func(x calc.Tax) bool { return x.Kind == calc.Withholding },
	} {
		for _, tax := range d.distinct(stage) {
			shares := make([]*big.Rat, lines)
			for i := range shares {
				shares[i] = new(big.Rat)
				if !d.bears(i, tax) {
					continue
				}
				switch {
				case tax.Kind == calc.Withholding:
					shares[i] = mul(big.NewRat(net(i), 1), percent(tax.Percent))
				case d.s.PricesIncludeTax:
					shares[i] = mul(gross[i], d.part(i, tax))
				case tax.Compound:
					shares[i] = mul(big.NewRat(net(i)+t.Taxes[i], 1), percent(tax.Percent))
				default:
					shares[i] = mul(big.NewRat(net(i), 1), percent(tax.Percent))
				}
			}
			for i, x := range d.rounded(shares) {
				if !d.bears(i, tax) {
					continue
				}
				known[i][tax.ID] = x
				t.ByTax[tax.ID] += x
				if tax.Kind == calc.Withholding {
					t.Withheld += x
				} else {
					t.Taxes[i] += x
				}
			}
		}
	}
	for i := range gross {
		t.Nets[i] = net(i)
		t.Net, t.Tax = t.Net+t.Nets[i], t.Tax+t.Taxes[i]
	}
	t.Total = t.Net + t.Tax
	t.Payable = t.Total - t.Withheld
}

// part is how much of a line's gross one tax is.
func (d document) part(line int, tax calc.Tax) *big.Rat {
	before, all := big.NewRat(1, 1), big.NewRat(1, 1)
	for _, x := range d.distinct(func(x calc.Tax) bool { return x.Kind != calc.Withholding && !x.Compound }) {
		if d.bears(line, x) {
			all.Add(all, percent(x.Percent))
		}
	}
	for _, x := range d.distinct(func(x calc.Tax) bool { return x.Kind != calc.Withholding && x.Compound }) {
		if !d.bears(line, x) {
			continue
		}
		if x.ID == tax.ID {
			before.Set(all)
		}
		all.Mul(all, new(big.Rat).Add(big.NewRat(1, 1), percent(x.Percent)))
	}
	return new(big.Rat).Quo(mul(percent(tax.Percent), before), all)
}

func (d document) rounded(shares []*big.Rat) []int64 {
	out := make([]int64, len(shares))
	sum := new(big.Rat)
	for i, s := range shares {
		out[i] = d.round(s)
		sum.Add(sum, s)
	}
	if d.s.Method == calc.PerLine {
		return out
	}
	return largestRemainder(d.round(sum), shares)
}

func (d document) bears(line int, tax calc.Tax) bool {
	return slices.ContainsFunc(d.s.Lines[line].Taxes, func(x calc.Tax) bool { return x.ID == tax.ID })
}

func (d document) distinct(want func(calc.Tax) bool) []calc.Tax {
	var all []calc.Tax
	for _, l := range d.s.Lines {
		for _, x := range l.Taxes {
			if want(x) && !slices.ContainsFunc(all, func(y calc.Tax) bool { return x.ID == y.ID }) {
				all = append(all, x)
			}
		}
	}
	return all
}

// round rounds halves away from zero or to the even neighbour.
func (d document) round(r *big.Rat) int64 {
	doubled := new(big.Int).Mul(new(big.Int).Abs(r.Num()), big.NewInt(2))
	doubled.Add(doubled, r.Denom())
	whole, rest := new(big.Int).QuoRem(doubled, new(big.Int).Mul(r.Denom(), big.NewInt(2)), new(big.Int))
	if rest.Sign() == 0 && d.s.Rounding == money.HalfEven && whole.Bit(0) == 1 {
		whole.Sub(whole, big.NewInt(1))
	}
	return whole.Int64() * int64(r.Sign())
}

// largestRemainder gives each share its whole units and the units left to the
// largest remainders, the earlier one first.
func largestRemainder(whole int64, shares []*big.Rat) []int64 {
	mirrored := whole < 0
	if whole == 0 {
		if i := slices.IndexFunc(shares, func(s *big.Rat) bool { return s.Sign() != 0 }); i >= 0 {
			mirrored = shares[i].Sign() < 0
		}
	}
	if mirrored {
		turned := make([]*big.Rat, len(shares))
		for i, s := range shares {
			turned[i] = new(big.Rat).Neg(s)
		}
		out := fill(-whole, turned)
		for i := range out {
			out[i] = -out[i]
		}
		return out
	}
	return fill(whole, shares)
}

func fill(whole int64, shares []*big.Rat) []int64 {
	out, rest := make([]int64, len(shares)), make([]*big.Rat, len(shares))
	for i, s := range shares {
		floor := new(big.Int).Div(s.Num(), s.Denom()) // Euclid: rounds down, as denominators are positive
		out[i] = floor.Int64()
		rest[i] = sub(s, new(big.Rat).SetInt(floor))
		whole -= out[i]
	}
	for ; whole > 0; whole-- {
		best := 0
		for i := range rest {
			if rest[i].Cmp(rest[best]) > 0 {
				best = i
			}
		}
		out[best]++
		rest[best] = big.NewRat(-1, 1)
	}
	return out
}

func rat(d decimal.Decimal) *big.Rat     { return d.Rat() }
func percent(d decimal.Decimal) *big.Rat { return new(big.Rat).Quo(d.Rat(), big.NewRat(100, 1)) }
func sub(a, b *big.Rat) *big.Rat         { return new(big.Rat).Sub(a, b) }

func mul(all ...*big.Rat) *big.Rat {
	p := big.NewRat(1, 1)
	for _, f := range all {
		p.Mul(p, f)
	}
	return p
}

func pow10(n int64) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil))
}
