package invoicing

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// Stretch is the days of a period that lines, which are priced for all of it, are billed for.
type Stretch struct{ Days, Of day.Range }

// whole tells whether nothing of the period is missing.
func (p *Stretch) whole() bool { return p == nil || p.Days == p.Of }

// share is what the part pays of an amount: by its days, both ends counted. What it pays and what
// the days before and after it do add up to the amount, by largest remainders.
func (p Stretch) share(of money.Money) (money.Money, error) {
	parts, err := money.Split(of, []int64{int64(p.Days.From.Sub(p.Of.From)), int64(p.Days.Len()), int64(p.Of.To.Sub(p.Days.To))})
	if err != nil {
		return money.Money{}, err
	}
	return parts[1], nil
}

// Sketch is a draft of free lines that is calculated and not made.
type Sketch struct {
	Lines []Line
	Part  *Stretch
	Edit  func(*Invoice)
}

// SketchTx tells what drafts of one client would come to. It reads what they share once.
func (s *Service) SketchTx(ctx context.Context, tx *tenancy.Tx, of DraftOf, all []Sketch) ([]Invoice, error) {
	client, err := s.clientOf(ctx, tx, of.ClientID)
	if err != nil {
		return nil, err
	}
	entity, err := s.entityFor(ctx, tx, cmp.Or(of.EntityID, client.EntityID))
	if err != nil {
		return nil, err
	}
	rates, err := s.rates(ctx, tx)
	if err != nil {
		return nil, err
	}
	taxes, err := s.defaultTaxes(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make([]Invoice, len(all))
	for n, sketch := range all {
		i := s.blankFor(ctx, entity, client, of)
		i.Lines = slices.Clone(sketch.Lines)
		if err := i.check(); err != nil { // of the lines as they were written
			return nil, err
		}
		if i.Lines, err = i.own(sketch.Lines, sketch.Part, taxes, WordsIn(entity.speaks(client))); err != nil {
			return nil, err
		}
		if sketch.Edit != nil {
			sketch.Edit(&i)
		}
		if err := i.check(); err != nil {
			return nil, err
		}
		if err := i.addUp(entity, rates, entity.Today(s.d.Now())); err != nil {
			return nil, err
		}
		out[n] = i
	}
	return out, nil
}

// own are free lines of the invoice for a part of what they are priced for, with the default taxes where they name none.
func (i Invoice) own(lines []Line, part *Stretch, taxes []string, w Words) ([]Line, error) {
	out := slices.Clone(lines)
	for n := range out {
		out[n].Kind = FreeLine
		if out[n].TaxRateIDs == nil {
			out[n].TaxRateIDs = slices.Clone(taxes)
		}
	}
	if part.whole() || len(out) == 0 {
		return out, nil
	}
	sum := calc.Sum{Currency: i.Currency, Rounding: i.Rounding, Method: i.TaxMethod, PricesIncludeTax: i.PricesIncludeTax}
	for _, l := range out {
		sum.Lines = append(sum.Lines, calc.Line{Quantity: l.Quantity, UnitPrice: l.UnitPrice, Discount: l.Discount})
	}
	f, err := calc.Calculate(sum)
	if err != nil {
		return nil, uncountable(err)
	}
	of := " (" + Fill(w.PartOf, "part", strconv.Itoa(part.Days.Len()), "all", strconv.Itoa(part.Of.Len())) + ")"
	for n := range out {
		amount, err := part.share(f.Lines[n].Amount)
		if err != nil {
			return nil, err
		}
		l := &out[n]
		l.Description, l.Quantity, l.Unit, l.UnitPrice, l.Discount = l.Description+of, one, "", amount.Decimal(), calc.Discount{}
	}
	return out, nil
}

// wordsOf are those of the language of a draft.
func (s *Service) wordsOf(ctx context.Context, tx *tenancy.Tx, i Invoice) (Words, error) {
	entity, err := s.d.Store.Entity(ctx, tx, i.EntityID)
	if err != nil {
		return Words{}, err
	}
	client, err := s.clientOf(ctx, tx, i.ClientID)
	return WordsIn(entity.speaks(client)), err
}
