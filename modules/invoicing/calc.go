package invoicing

import (
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
)

// TaxMethod says where tax is rounded.
type TaxMethod string

const (
	PerLine TaxMethod = "per_line" // round the tax of each line, then add
	PerRate TaxMethod = "per_rate" // add the bases of a tax, then round once
)

// AppliedTax is a tax as it holds at a document's tax point, copied onto lines.
type AppliedTax struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Kind      TaxKind         `json:"kind"`
	Percent   decimal.Decimal `json:"percent"`
	LegalText string          `json:"legal_text"`
}

// Sum is what is to be calculated. Whether prices include tax belongs to the
// document: a line cannot differ.
type Sum struct {
	Currency         string
	Rounding         money.Mode
	Method           TaxMethod
	PricesIncludeTax bool
	Lines            []SumLine
}

// SumLine is one line of it.
type SumLine struct {
	Quantity        decimal.Decimal
	UnitPrice       decimal.Decimal
	DiscountPercent decimal.Decimal
	Taxes           []AppliedTax
}

// TaxAmount is one tax with the base it was computed on.
type TaxAmount struct {
	AppliedTax
	Base money.Money `json:"base"`
	Tax  money.Money `json:"tax"`
}

// LineFigures are the amounts of one line.
type LineFigures struct {
	Net, Tax, Gross money.Money
	Taxes           []TaxAmount
}

// Figures are the amounts of a document. Net, Tax and Total are sums of what
// the lines and taxes print, so the document always adds up.
type Figures struct {
	Lines           []LineFigures
	Taxes           []TaxAmount
	Net, Tax, Total money.Money
}

var hundred = decimal.NewFromInt(100)

// Calculate computes a document. Each line is rounded once; that figure is the
// only input to tax and totals. With prices that include tax the gross is what
// is fixed and the tax is what is rounded: net = gross - tax.
func Calculate(s Sum) (Figures, error) {
	f := Figures{Net: money.Zero(s.Currency), Tax: money.Zero(s.Currency), Total: money.Zero(s.Currency)}
	for _, l := range s.Lines {
		factor := hundred.Sub(l.DiscountPercent).Shift(-2)
		amount, err := money.FromDecimal(l.Quantity.Mul(l.UnitPrice).Mul(factor), s.Currency, s.Rounding)
		if err != nil {
			return Figures{}, err
		}
		f.Lines = append(f.Lines, LineFigures{Net: amount, Tax: money.Zero(s.Currency), Gross: amount})
	}
	taxes := s.taxes(f.Lines)
	for _, t := range taxes {
		if err := t.settle(s, f.Lines); err != nil {
			return Figures{}, err
		}
	}
	for i := range f.Lines {
		l := &f.Lines[i]
		if s.PricesIncludeTax {
			l.Net = l.Gross.Sub(l.Tax)
		} else {
			l.Gross = l.Net.Add(l.Tax)
		}
		for j := range l.Taxes {
			l.Taxes[j].Base = l.Net
		}
		f.Net, f.Tax, f.Total = f.Net.Add(l.Net), f.Tax.Add(l.Tax), f.Total.Add(l.Gross)
	}
	for _, t := range taxes {
		sum := TaxAmount{AppliedTax: t.tax, Base: money.Zero(s.Currency), Tax: money.Zero(s.Currency)}
		for _, share := range t.shares {
			sum.Base = sum.Base.Add(f.Lines[share.line].Net)
			sum.Tax = sum.Tax.Add(share.tax)
		}
		f.Taxes = append(f.Taxes, sum)
	}
	return f, nil
}

// taxOf is one tax over all lines that bear it.
type taxOf struct {
	tax    AppliedTax
	shares []taxShare
}

// taxShare is the exact tax of one line as a fraction, and what became of it.
type taxShare struct {
	line     int
	num, den decimal.Decimal
	tax      money.Money
}

// taxes gathers the taxes of all lines in the order in which they appear.
func (s Sum) taxes(lines []LineFigures) []*taxOf {
	var all []*taxOf
	at := map[string]*taxOf{}
	for i, l := range s.Lines {
		together := decimal.Zero
		for _, t := range l.Taxes {
			together = together.Add(t.Percent)
		}
		for _, t := range l.Taxes {
			key := t.ID + "/" + t.Percent.String()
			if at[key] == nil {
				at[key] = &taxOf{tax: t}
				all = append(all, at[key])
			}
			share := taxShare{line: i, num: lines[i].Net.Decimal().Mul(t.Percent), den: hundred}
			if s.PricesIncludeTax {
				share.den = hundred.Add(together)
			}
			at[key].shares = append(at[key].shares, share)
		}
	}
	return all
}

// settle rounds the tax by the document's method and hands each line its part.
func (t *taxOf) settle(s Sum, lines []LineFigures) error {
	places := money.Places(s.Currency)
	rounded := decimal.Zero
	parts := make([]decimal.Decimal, len(t.shares))
	for i, share := range t.shares {
		parts[i] = s.Rounding.Quo(share.num, share.den, places)
		rounded = rounded.Add(parts[i])
	}
	if s.Method == PerRate {
		num, den := t.total()
		t.spread(parts, s.Rounding.Quo(num, den, places).Sub(rounded).Shift(places).IntPart(), places)
	}
	for i := range t.shares {
		tax, err := money.FromDecimal(parts[i], s.Currency, s.Rounding)
		if err != nil {
			return err
		}
		line := &lines[t.shares[i].line]
		t.shares[i].tax = tax
		line.Tax = line.Tax.Add(tax)
		line.Taxes = append(line.Taxes, TaxAmount{AppliedTax: t.tax, Tax: tax})
	}
	return nil
}

// total adds the exact shares up as one fraction. Lines differ in their
// denominator only where prices include several taxes.
func (t *taxOf) total() (num, den decimal.Decimal) {
	byDen := map[string]taxShare{}
	for _, share := range t.shares {
		key := share.den.String()
		byDen[key] = taxShare{num: byDen[key].num.Add(share.num), den: share.den}
	}
	num, den = decimal.Zero, decimal.NewFromInt(1)
	for _, part := range byDen {
		num, den = num.Mul(part.den).Add(part.num.Mul(den)), den.Mul(part.den)
	}
	return num, den
}

// spread moves parts by single units until they have moved by diff, those that
// were rounded furthest the other way first.
func (t *taxOf) spread(parts []decimal.Decimal, diff int64, places int32) {
	unit := decimal.New(1, -places)
	if diff < 0 {
		unit, diff = unit.Neg(), -diff
	}
	moved := make([]bool, len(parts))
	for ; diff > 0; diff-- {
		best, most := -1, decimal.Zero
		for i, share := range t.shares {
			// 20 places are far beyond what can decide between two lines.
			off := share.num.DivRound(share.den, 20).Sub(parts[i]).Mul(unit)
			if !moved[i] && (best < 0 || off.Cmp(most) > 0) {
				best, most = i, off
			}
		}
		parts[best] = parts[best].Add(unit)
		moved[best] = true
	}
}
