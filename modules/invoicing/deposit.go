package invoicing

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrDeducted refuses to void a deposit that is used.
var ErrDeducted = fault.Define(fault.Conflict, "invoicing.deducted", "An invoice deducts this deposit, or a credit note took some of it back. Credit what is left of it instead.")

// Deduct says how much of a deposit an invoice takes off.
type Deduct struct {
	DepositID string
	Amount    *money.Money // as the deposit prints it: net, or gross where prices include tax; nil: all that is left, or that fits
}

// Deduction is what an invoice takes off of a deposit: with its taxes, as the
// deposit was billed with them.
type Deduction struct {
	ID        string           `json:"-"`
	DepositID string           `json:"deposit_id"`
	Number    string           `json:"number"`
	On        day.Date         `json:"on" doc:"When the deposit was issued"`
	Lines     []DeductedLine   `json:"-"`
	Net       money.Money      `json:"net"`
	Tax       money.Money      `json:"tax"`
	Total     money.Money      `json:"total" doc:"What it lowers the invoice by"`
	Taxes     []calc.TaxAmount `json:"taxes"`
}

// DeductedLine is how much of a line of a deposit is deducted.
type DeductedLine struct {
	LineID string `json:"line_id"`
	Minor  int64  `json:"minor"`
}

// amount is the deduction as the deposit's lines print it.
func (d Deduction) amount() money.Money {
	sum := money.Zero(d.Total.Currency)
	for _, l := range d.Lines {
		sum = sum.Add(money.Of(l.Minor, sum.Currency))
	}
	return sum
}

// DepositLeft is a deposit of which something is left: the agency owes it in work.
type DepositLeft struct {
	Invoice Invoice
	Left    money.Money // as its lines print it
	Total   money.Money // with the taxes of that
}

// Deposits lists a client's issued deposits of which something is left, the oldest first.
func (s *Service) Deposits(ctx context.Context, clientID string) (out []DepositLeft, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		ids, err := s.d.Store.DepositIDs(ctx, tx, clientID)
		if err != nil {
			return err
		}
		for _, id := range ids { // a client has few
			i, err := s.d.Store.Invoice(ctx, tx, id)
			if err != nil {
				return err
			}
			d, err := s.depositLeft(ctx, tx, i)
			if err != nil {
				return err
			}
			if d.Left.Sign() > 0 {
				out = append(out, d)
			}
		}
		return nil
	})
	return out, err
}

func (s *Service) depositLeft(ctx context.Context, tx *tenancy.Tx, i Invoice) (DepositLeft, error) {
	left, err := s.creditable(ctx, tx, i)
	if err != nil {
		return DepositLeft{}, err
	}
	d := DepositLeft{Invoice: i, Left: money.Zero(i.Currency)}
	before, now := make([]money.Money, len(left)), make([]money.Money, len(left))
	for n, c := range left {
		before[n], now[n] = c.Line.Amount.Sub(c.Line.Share).Sub(c.Left), c.Left
		d.Left = d.Left.Add(c.Left)
	}
	taken, err := s.takenTaxes(ctx, tx, i)
	if err != nil {
		return d, err
	}
	f, err := calc.Credit(i.sum(), before, now, taken)
	d.Total = f.Payable
	return d, err
}

// deduct takes deposits off a draft, instead of those that it took off before.
// Deposits are locked in the order of their ids.
func (s *Service) deduct(ctx context.Context, tx *tenancy.Tx, i *Invoice, wanted []Deduct) error {
	if err := s.d.Store.DropDeductions(ctx, tx, i.ID); err != nil {
		return err
	}
	i.Deductions = nil
	if len(wanted) == 0 {
		return nil
	}
	if i.Kind != PlainInvoice {
		return ErrBadInvoice.At("body.deductions", "are for invoices")
	}
	order := make([]int, len(wanted))
	for n := range wanted {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(wanted[a].DepositID, wanted[b].DepositID) })
	out := make([]Deduction, len(wanted))
	fits := i.Total.Sub(i.Withheld)
	for _, n := range order {
		at := func(field, text string) error {
			return ErrBadInvoice.At(fmt.Sprintf("body.deductions[%d].%s", n, field), text)
		}
		d, err := s.deduction(ctx, tx, *i, wanted[n], fits, at)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(out, func(x Deduction) bool { return x.DepositID == d.DepositID }) {
			return at("deposit_id", "is named twice")
		}
		if fits = fits.Sub(d.Total); fits.Sign() < 0 {
			return at("amount", "is more than the invoice comes to")
		}
		out[n] = d
	}
	i.Deductions = out
	return s.d.Store.AddDeductions(ctx, tx, i.ID, out)
}

func (s *Service) deduction(ctx context.Context, tx *tenancy.Tx, i Invoice, w Deduct, fits money.Money, at func(field, text string) error) (Deduction, error) {
	dep, err := s.d.Store.LockedInvoice(ctx, tx, w.DepositID)
	if err != nil && fault.From(err).Kind == fault.NotFound {
		return Deduction{}, at("deposit_id", "is not a deposit of this client")
	} else if err != nil {
		return Deduction{}, err
	}
	switch {
	case dep.Kind != Deposit || dep.ClientID != i.ClientID:
		return Deduction{}, at("deposit_id", "is not a deposit of this client")
	case dep.State != Issued:
		return Deduction{}, at("deposit_id", "is not issued")
	case dep.Currency != i.Currency:
		return Deduction{}, at("deposit_id", "is in "+dep.Currency)
	case dep.EntityID != i.EntityID:
		return Deduction{}, at("deposit_id", "was billed by another legal entity")
	}
	d, err := s.depositLeft(ctx, tx, dep)
	if err != nil {
		return Deduction{}, err
	}
	amount := d.Left
	switch {
	case d.Left.Sign() <= 0:
		return Deduction{}, at("deposit_id", "is deducted already")
	case w.Amount != nil:
		amount = *w.Amount
	case d.Total.Cmp(fits) > 0 && d.Total.Sign() > 0: // as much as fits, rounded down
		amount = money.Of(fits.Decimal().Mul(d.Left.Decimal()).Div(d.Total.Decimal()).Shift(money.Places(fits.Currency)).IntPart(), fits.Currency)
	}
	switch {
	case amount.Currency != dep.Currency:
		return Deduction{}, at("amount", "is not in the currency of the deposit")
	case amount.Sign() <= 0:
		return Deduction{}, at("amount", "must be more than zero")
	case amount.Cmp(d.Left) > 0:
		return Deduction{}, at("amount", "is more than is left of the deposit: "+d.Left.Amount())
	}
	return s.take(ctx, tx, dep, amount)
}

// take spreads an amount over what is left of a deposit's lines, by the largest
// remainder. Its taxes are those of all that is deducted by then less those of
// what was before, so that any number of deductions add up to the deposit.
func (s *Service) take(ctx context.Context, tx *tenancy.Tx, dep Invoice, amount money.Money) (Deduction, error) {
	left, err := s.creditable(ctx, tx, dep)
	if err != nil {
		return Deduction{}, err
	}
	weights := make([]int64, len(left))
	before := make([]money.Money, len(left))
	for n, c := range left {
		weights[n] = max(c.Left.Minor, 0)
		before[n] = c.Line.Amount.Sub(c.Line.Share).Sub(c.Left)
	}
	now, err := money.Split(amount, weights)
	if err != nil {
		return Deduction{}, err
	}
	taken, err := s.takenTaxes(ctx, tx, dep)
	if err != nil {
		return Deduction{}, err
	}
	f, err := calc.Credit(dep.sum(), before, now, taken)
	d := Deduction{
		ID: s.d.NewID(), DepositID: dep.ID, Number: dep.Number, On: dep.IssueOn, Net: f.Net, Tax: f.Tax, Total: f.Payable,
		Taxes: slices.DeleteFunc(f.Taxes, func(t calc.TaxAmount) bool { return t.Base.IsZero() && t.Amount.IsZero() }),
	}
	for n, c := range left {
		if !now[n].IsZero() {
			d.Lines = append(d.Lines, DeductedLine{c.Line.ID, now[n].Minor})
		}
	}
	return d, err
}

// Deduct says which deposits a draft takes off, instead of those it does.
func (i *Invoice) Deduct(all []Deduct) { i.deducts = &all }

// deductWished takes off what was wished, and works out what is payable then.
func (s *Service) deductWished(ctx context.Context, tx *tenancy.Tx, i *Invoice) error {
	if i.deducts == nil {
		return nil
	}
	if err := s.deduct(ctx, tx, i, *i.deducts); err != nil {
		return err
	}
	return i.finish()
}

// finish works out what is payable: the total less what is withheld and
// deducted, rounded to what coins there are.
func (i *Invoice) finish() error {
	i.Deducted = money.Zero(i.Currency)
	for _, d := range i.Deductions {
		i.Deducted = i.Deducted.Add(d.Total)
	}
	rest := i.Total.Sub(i.Withheld).Sub(i.Deducted)
	if len(i.Deductions) > 0 && rest.Sign() < 0 {
		return ErrBadInvoice.At("body.deductions", "are more than the invoice comes to")
	}
	i.Cash = calc.CashRounding(rest, i.CashStep, i.Rounding)
	return nil
}
