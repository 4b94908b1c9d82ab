package calc_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/invoicing/calc/exact"
)

// Ten thousand documents, each computed twice.
func TestTenThousandDocumentsAgreeWithExactFractions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(20261125, 1))
	refused := 0
	for n := range 10_000 {
		s := exact.Random(r)
		f, err := calc.Calculate(s)
		if errors.Is(err, calc.ErrDiscount) { // lines that give back may leave less than is taken off
			refused++
			continue
		}
		if err != nil {
			t.Fatalf("document %d: %v\n%+v", n, err, s)
		}
		want := exact.Of(s)
		got := exact.Totals{
			Subtotal: f.Subtotal.Minor, Discount: f.Discount.Minor, Net: f.Net.Minor, Tax: f.Tax.Minor, Total: f.Total.Minor,
			Withheld: f.Withheld.Minor, Payable: f.Payable.Minor,
		}
		same := got.Subtotal == want.Subtotal && got.Discount == want.Discount && got.Net == want.Net && got.Tax == want.Tax &&
			got.Total == want.Total && got.Withheld == want.Withheld && got.Payable == want.Payable && len(f.Taxes) == len(want.ByTax)
		for i, l := range f.Lines {
			same = same && l.Amount.Minor == want.Amounts[i] && l.Net.Minor == want.Nets[i] && l.Tax.Minor == want.Taxes[i]
		}
		for _, x := range f.Taxes {
			same = same && x.Amount.Minor == want.ByTax[x.ID]
		}
		if !same {
			t.Fatalf("document %d:\n%+v\nis %+v\nwant %+v", n, s, f, want)
		}
	}
	if refused > 500 {
		t.Errorf("%d documents were refused: the test tests too little", refused)
	}
}

// Whatever parts a document is taken back in, the parts add up to it.
func TestCreditsOfADocumentAddUpToIt(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(20261125, 2))
	for n := range 2_000 {
		s := exact.Random(r)
		f, err := calc.Calculate(s)
		if err != nil {
			continue
		}
		left, before := make([]money.Money, len(f.Lines)), make([]money.Money, len(f.Lines))
		for i, l := range f.Lines {
			left[i], before[i] = l.Amount.Sub(l.Share), money.Zero(s.Currency)
		}
		sum := calc.Figures{Net: money.Zero(s.Currency), Tax: money.Zero(s.Currency), Payable: money.Zero(s.Currency)}
		byTax := map[string]money.Money{}
		for _, notes := 1+r.IntN(4), 0; ; notes++ {
			now := make([]money.Money, len(left))
			open := false
			for i := range left {
				now[i] = left[i]
				if notes < 3 && left[i].Minor > 0 {
					now[i] = money.Of(r.Int64N(left[i].Minor+1), s.Currency)
				}
				open = open || !left[i].IsZero()
			}
			if !open {
				break
			}
			c, err := calc.Credit(s, before, now, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.Net.Add(c.Tax) != c.Total || c.Total.Sub(c.Withheld) != c.Payable {
				t.Fatalf("note %+v does not add up", c)
			}
			sum.Net, sum.Tax, sum.Payable = sum.Net.Add(c.Net), sum.Tax.Add(c.Tax), sum.Payable.Add(c.Payable)
			for _, x := range c.Taxes {
				byTax[x.ID] = byTax[x.ID].Add(x.Amount)
			}
			for i := range left {
				left[i], before[i] = left[i].Sub(now[i]), before[i].Add(now[i])
			}
		}
		if sum.Net != f.Net || sum.Tax != f.Tax || sum.Payable != f.Payable {
			t.Fatalf("document %d: %v + %v taken back of %v + %v\n%+v", n, sum.Net, sum.Tax, f.Net, f.Tax, s)
		}
		for _, x := range f.Taxes {
			if got := byTax[x.ID]; got.Minor != x.Amount.Minor {
				t.Fatalf("document %d: %s is %v, taken back %v", n, x.Name, x.Amount, got)
			}
		}
	}
}
