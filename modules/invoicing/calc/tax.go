package calc

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
)

// group is one tax over all lines that bear it.
type group struct {
	tax   Tax
	lines []int
}

func (t Tax) key() string { return t.ID + "/" + t.Percent.String() }

// groups gathers the taxes of all lines in the order in which they are settled:
// those on the net, then compound ones on top of them, then what is withheld;
// each in the order in which the document first names them.
func (s Sum) groups() []*group {
	var all []*group
	at := map[string]*group{}
	for i, l := range s.Lines {
		for _, t := range l.Taxes {
			g := at[t.key()]
			if g == nil {
				g = &group{tax: t}
				at[t.key()] = g
				all = append(all, g)
			}
			g.lines = append(g.lines, i)
		}
	}
	slices.SortStableFunc(all, func(a, b *group) int { return a.tax.level() - b.tax.level() })
	return all
}

func (t Tax) level() int {
	switch {
	case t.Kind == Withholding:
		return 2
	case t.Compound:
		return 1
	}
	return 0
}

// fixed are taxes that are known and not to be computed again, by tax: of the
// document as a whole or of each line, as the method says.
type fixed func(t Tax, line int) money.Money

// wholeDocument asks fixed for a tax of the document as a whole.
const wholeDocument = -1

// taxed computes the taxes of lines whose amounts are known.
func (s Sum) taxed(amounts []money.Money, known fixed) (Figures, error) {
	zero := money.Zero(s.Currency)
	f := Figures{Net: zero, Tax: zero, Total: zero, Withheld: zero}
	for _, a := range amounts {
		f.Lines = append(f.Lines, LineFigures{Net: a, Tax: zero, Gross: a})
	}
	groups := s.groups()
	for _, g := range groups {
		if g.tax.Kind == Withholding {
			s.close(f.Lines)
		}
		if err := s.settle(g, groups, f.Lines, known); err != nil {
			return Figures{}, err
		}
	}
	s.close(f.Lines)
	for i := range f.Lines {
		l := &f.Lines[i]
		l.base()
		f.Net, f.Tax, f.Total = f.Net.Add(l.Net), f.Tax.Add(l.Tax), f.Total.Add(l.Gross)
	}
	for _, g := range groups {
		sum := TaxAmount{Tax: g.tax, Base: zero, Amount: zero}
		for _, i := range g.lines {
			t := f.Lines[i].of(g.tax)
			sum.Base, sum.Amount = sum.Base.Add(t.Base), sum.Amount.Add(t.Amount)
		}
		f.Taxes = append(f.Taxes, sum)
	}
	f.Withheld = WithheldOf(f.Taxes, s.Currency)
	f.Payable = f.Total.Sub(f.Withheld)
	return f, nil
}

// close brings net and gross of the lines in line with their tax.
func (s Sum) close(lines []LineFigures) {
	for i := range lines {
		if l := &lines[i]; s.PricesIncludeTax {
			l.Net = l.Gross.Sub(l.Tax)
		} else {
			l.Gross = l.Net.Add(l.Tax)
		}
	}
}

// base notes on what each tax of the line was computed.
func (l *LineFigures) base() {
	before := l.Net
	for i := range l.Taxes {
		t := &l.Taxes[i]
		t.Base = l.Net
		if t.level() == 1 {
			t.Base = before
		}
		if t.Kind != Withholding {
			before = before.Add(t.Amount)
		}
	}
}

func (l LineFigures) of(t Tax) TaxAmount {
	i := slices.IndexFunc(l.Taxes, func(a TaxAmount) bool { return a.key() == t.key() })
	if i < 0 {
		return TaxAmount{}
	}
	return l.Taxes[i]
}

// settle rounds one tax by the document's method and hands each line its part.
func (s Sum) settle(g *group, all []*group, lines []LineFigures, known fixed) error {
	shares := make([]fraction, len(g.lines))
	for n, i := range g.lines {
		shares[n] = s.exact(g.tax, all, i, lines[i])
	}
	parts := make([]int64, len(shares))
	switch {
	case s.Method == PerRate && known != nil:
		parts = spread(known(g.tax, wholeDocument).Minor, shares)
	case s.Method == PerRate:
		parts = spread(s.round(total(shares)), shares)
	case known != nil:
		for n, i := range g.lines {
			parts[n] = known(g.tax, i).Minor
		}
	default:
		for n, share := range shares {
			parts[n] = s.round(share)
		}
	}
	for n, i := range g.lines {
		tax, err := money.FromDecimal(decimal.New(parts[n], -money.Places(s.Currency)), s.Currency, s.Rounding)
		if err != nil {
			return &LineError{i, err}
		}
		l := &lines[i]
		l.Taxes = append(l.Taxes, TaxAmount{Tax: g.tax, Amount: tax})
		if g.tax.Kind != Withholding {
			l.Tax = l.Tax.Add(tax)
		}
	}
	return nil
}

func (s Sum) round(f fraction) int64 { return s.Rounding.Quo(f.num, f.den, 0).IntPart() }

// exact is the tax of one line in minor units, not yet rounded. Where prices
// include tax, it is the part of the gross that the tax has in it when all
// taxes of the line are taken out together.
func (s Sum) exact(t Tax, all []*group, line int, l LineFigures) fraction {
	rate := t.Percent.Shift(-2)
	switch {
	case t.Kind == Withholding:
		return fraction{decimal.NewFromInt(l.Net.Minor).Mul(rate), one}
	case s.PricesIncludeTax:
		under, whole := s.factors(t, all, line)
		return fraction{decimal.NewFromInt(l.Gross.Minor).Mul(rate).Mul(under), whole}
	case t.Compound:
		return fraction{decimal.NewFromInt(l.Net.Minor + l.Tax.Minor).Mul(rate), one}
	}
	return fraction{decimal.NewFromInt(l.Net.Minor).Mul(rate), one}
}

// factors are what the net of a line is multiplied by to get the base of one
// of its taxes, and to get its gross.
func (s Sum) factors(t Tax, all []*group, line int) (base, gross decimal.Decimal) {
	base, gross = one, one
	plain := decimal.Zero
	for _, g := range all {
		if !slices.Contains(g.lines, line) || g.tax.Kind == Withholding {
			continue
		}
		rate := g.tax.Percent.Shift(-2)
		if !g.tax.Compound {
			plain = plain.Add(rate)
			gross = one.Add(plain)
			continue
		}
		if g.tax.key() == t.key() {
			base = gross
		}
		gross = gross.Mul(one.Add(rate))
	}
	return base, gross
}
