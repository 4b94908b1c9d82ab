// Package calc computes documents. It is the only place where a price becomes
// an amount or an amount a tax: drafts, previews, issued invoices, credit notes
// and live totals all come from here, so no two of them can differ.
package calc

import (
	"errors"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Method says where tax is rounded.
type Method string

const (
	PerLine Method = "per_line" // round the tax of each line, then add
	PerRate Method = "per_rate" // add the bases of a tax, then round once
)

// Kind tells taxes apart. Three of them add nothing for three different
// reasons; withholding lowers what is to be paid and not the total.
type Kind string

const (
	Standard      Kind = "standard"
	ZeroRated     Kind = "zero"
	Exempt        Kind = "exempt"
	ReverseCharge Kind = "reverse_charge"
	Withholding   Kind = "withholding"
)

// Kinds are all kinds of tax.
var Kinds = []Kind{Standard, ZeroRated, Exempt, ReverseCharge, Withholding}

// Tax is a tax as it holds at a document's tax point, copied onto its lines.
type Tax struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Kind      Kind            `json:"kind" enum:"standard,zero,exempt,reverse_charge,withholding"`
	Percent   decimal.Decimal `json:"percent"`
	Compound  bool            `json:"compound,omitempty" doc:"Computed on the net and the taxes before it"`
	LegalText string          `json:"legal_text"`
}

// Discount takes off a percentage or an amount in the document's currency.
type Discount struct {
	Percent decimal.Decimal
	Amount  decimal.Decimal
}

// IsZero reports whether nothing is taken off.
func (d Discount) IsZero() bool { return d.Percent.IsZero() && d.Amount.IsZero() }

// Sum is what is to be calculated. Whether prices include tax belongs to the
// document: a line cannot differ.
type Sum struct {
	Currency         string
	Rounding         money.Mode
	Method           Method
	PricesIncludeTax bool
	Discount         Discount
	Lines            []Line
}

// Line is one line of it.
type Line struct {
	Quantity  decimal.Decimal
	UnitPrice decimal.Decimal
	Discount  Discount
	Taxes     []Tax
}

// TaxAmount is one tax with the base it was computed on.
type TaxAmount struct {
	Tax
	Base   money.Money `json:"base"`
	Amount money.Money `json:"tax"`
}

// LineFigures are the amounts of one line. Amount is what is printed, before
// the document's discount; Share is the line's part of that.
type LineFigures struct {
	Amount, Share   money.Money
	Net, Tax, Gross money.Money
	Taxes           []TaxAmount
}

// Figures are the amounts of a document. Net, Tax and Total are sums of what
// the lines and taxes print, so the document always adds up.
type Figures struct {
	Lines              []LineFigures
	Taxes              []TaxAmount
	Subtotal, Discount money.Money // of the printed lines; what the document takes off them
	Net, Tax, Total    money.Money
	Withheld, Payable  money.Money // what the client keeps back as tax; what it is to pay
}

// Why a document cannot be calculated.
var (
	ErrLineDiscount = errors.New("calc: a line's discount is more than the line")
	ErrDiscount     = errors.New("calc: the discount is more than the document")
)

// LineError says at which line an error is.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong with the line.
func (e *LineError) Unwrap() error { return e.Err }

// Calculate computes a document. Each line is rounded once; that figure, less
// the line's share of the document's discount, is the only input to tax and
// totals. With prices that include tax the gross is what is fixed and the tax
// is what is rounded: net = gross - tax.
func Calculate(s Sum) (Figures, error) {
	amounts, err := s.amounts()
	if err != nil {
		return Figures{}, err
	}
	shares, err := s.shares(amounts)
	if err != nil {
		return Figures{}, err
	}
	rest := make([]money.Money, len(amounts))
	for i := range amounts {
		rest[i] = amounts[i].Sub(shares[i])
	}
	f, err := s.taxed(rest, nil)
	if err != nil {
		return Figures{}, err
	}
	f.Subtotal, f.Discount = money.Zero(s.Currency), money.Zero(s.Currency)
	for i := range f.Lines {
		f.Lines[i].Amount, f.Lines[i].Share = amounts[i], shares[i]
		f.Subtotal, f.Discount = f.Subtotal.Add(amounts[i]), f.Discount.Add(shares[i])
	}
	return f, nil
}

// WithheldOf adds up the taxes that the client keeps back.
func WithheldOf(taxes []TaxAmount, currency string) money.Money {
	sum := money.Zero(currency)
	for _, t := range taxes {
		if t.Kind == Withholding {
			sum = sum.Add(t.Amount)
		}
	}
	return sum
}
