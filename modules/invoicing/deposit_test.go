package invoicing_test

import (
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// deposit issues a deposit.
func (w *world) deposit(t *testing.T, lines ...invoicing.Line) invoicing.Invoice {
	t.Helper()
	i, err := w.svc.Create(w.Ctx, invoicing.DraftOf{Kind: invoicing.Deposit, ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) { i.Lines = lines }})
	if err != nil {
		t.Fatal(err)
	}
	if i, err = w.svc.Issue(w.Ctx, i.ID, day.Date{}); err != nil {
		t.Fatal(err)
	}
	return i
}

func (w *world) deducting(all []invoicing.Deduct, lines ...invoicing.Line) (invoicing.Invoice, error) {
	return w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) {
		i.Lines = lines
		i.Deduct(all)
	}})
}

func (w *world) left(t *testing.T) (sum money.Money) {
	t.Helper()
	all, err := w.svc.Deposits(w.Ctx, w.client.ID)
	if err != nil {
		t.Fatal(err)
	}
	sum = money.Zero("EUR")
	for _, d := range all {
		sum = sum.Add(d.Left)
	}
	return sum
}

func (w *world) totals(t *testing.T) invoicing.CurrencyTotals {
	t.Helper()
	o, err := w.svc.Overview(w.Ctx, invoicing.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return o.Totals[0]
}

func TestRule27_ADepositIsALiabilityUntilAnInvoiceDeductsIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	dep := w.deposit(t, free("Deposit", "1", "1000", vat.ID))
	if dep.Number != "INV-2026-0001" || dep.Total != euros("1190") || dep.Balance() != euros("1190") {
		t.Fatalf("deposit %s over %v", dep.Number, dep.Total)
	}
	if o := w.totals(t); o.Total != euros("0") || o.Deposits != euros("1190") || o.Open != euros("1190") {
		t.Errorf("after the deposit: %+v", o)
	}
	// The final invoice shows the full value, then the deposit with number, date, net and tax per rate.
	final, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID}}, free("Work", "1", "5000", vat.ID))
	if err != nil {
		t.Fatal(err)
	}
	if final, err = w.svc.Issue(w.Ctx, final.ID, day.Date{}); err != nil {
		t.Fatal(err)
	}
	d := final.Document
	if d.Net != euros("5000") || d.Tax != euros("950") || d.Total != euros("5950") || d.Deducted != euros("1190") || d.Payable != euros("4760") || final.Balance() != euros("4760") {
		t.Errorf("final: net %v tax %v total %v less %v pays %v", d.Net, d.Tax, d.Total, d.Deducted, d.Payable)
	}
	if x := d.Deductions; len(x) != 1 || x[0].Number != dep.Number || x[0].On != dep.IssueOn || x[0].Net != euros("1000") || len(x[0].Taxes) != 1 || x[0].Taxes[0].Amount != euros("190") {
		t.Errorf("deductions %+v", x)
	}
	// Together they are the value of the work, once.
	if o := w.totals(t); o.Total != euros("5950") || o.Deposits != euros("0") || o.Open != euros("5950") {
		t.Errorf("after the invoice: %+v", o)
	}
	if got := w.left(t); !got.IsZero() {
		t.Errorf("%v is left of the deposit", got)
	}
	// What is deducted is not taken back.
	_, err = w.svc.VoidInvoice(w.Ctx, dep.ID, "", "")
	wantFault(t, err, invoicing.ErrDeducted)
	_, err = w.svc.IssueCredit(w.Ctx, dep.ID, invoicing.NewCredit{})
	wantFault(t, err, invoicing.ErrNoCredit)
	// Voiding the invoice gives the deposit back.
	if _, err := w.svc.VoidInvoice(w.Ctx, final.ID, "", "wrong"); err != nil {
		t.Fatal(err)
	}
	if o := w.totals(t); w.left(t) != euros("1000") || o.Total != euros("0") || o.Deposits != euros("1190") {
		t.Errorf("after the void: %+v", o)
	}
}

func TestRule27_PartsOfADepositAddUpToIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	dep := w.deposit(t, free("Deposit", "1", "100.01", vat.ID)) // tax 19.00
	third := new(euros("33.34"))
	var net, tax money.Money
	for n := range 3 {
		amount := third
		if n == 2 {
			amount = nil
		}
		i, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID, Amount: amount}}, free("Work", "1", "500", vat.ID))
		if err != nil {
			t.Fatal(err)
		}
		net, tax = net.Add(i.Deductions[0].Net), tax.Add(i.Deductions[0].Tax)
	}
	if net != dep.Net || tax != dep.Tax {
		t.Errorf("deducted %v and %v of %v and %v", net, tax, dep.Net, dep.Tax)
	}
}

// What is given back in between changes the order in which taxes were rounded; the last part still takes what is left to the cent.
func TestRule27_PartsAddUpThoughOneWasGivenBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	full := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	low := w.taxRate(t, invoicing.TaxRate{Name: "Reduced", Steps: []invoicing.TaxStep{{Percent: dec("7")}}})
	work := free("Work", "1", "5000", full.ID)
	for _, method := range []calc.Method{calc.PerRate, calc.PerLine} {
		for _, inclusive := range []bool{false, true} {
			for _, credited := range []bool{false, true} {
				i, err := w.svc.Create(w.Ctx, invoicing.DraftOf{Kind: invoicing.Deposit, ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) {
					i.TaxMethod, i.PricesIncludeTax = method, inclusive
					i.Lines = []invoicing.Line{free("Design", "1", "333.33", full.ID), free("Books", "1", "66.67", low.ID)}
				}})
				if err != nil {
					t.Fatal(err)
				}
				dep, err := w.svc.Issue(w.Ctx, i.ID, day.Date{})
				if err != nil {
					t.Fatal(err)
				}
				given, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID, Amount: new(euros("133.37"))}}, work)
				if err != nil {
					t.Fatal(err)
				}
				rest, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID}}, work)
				if err != nil {
					t.Fatal(err)
				}
				if err := w.svc.Delete(w.Ctx, given.ID); err != nil {
					t.Fatal(err)
				}
				net, tax := rest.Deductions[0].Net, rest.Deductions[0].Tax
				all, err := w.svc.Deposits(w.Ctx, w.client.ID)
				if err != nil || len(all) != 1 || rest.Deducted.Add(all[0].Total) != dep.Total {
					t.Errorf("%s, inclusive %v: %v deducted of %v, %d left: %v", method, inclusive, rest.Deducted, dep.Total, len(all), err)
				}
				if credited {
					c, err := w.svc.IssueCredit(w.Ctx, dep.ID, invoicing.NewCredit{})
					if err != nil {
						t.Fatal(err)
					}
					net, tax = net.Add(c.Note.Net), tax.Add(c.Note.Tax)
				} else {
					last, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID}}, work)
					if err != nil {
						t.Fatal(err)
					}
					net, tax = net.Add(last.Deductions[0].Net), tax.Add(last.Deductions[0].Tax)
				}
				if net != dep.Net || tax != dep.Tax {
					t.Errorf("%s, inclusive %v, credited %v: took back %v and %v of %v and %v", method, inclusive, credited, net, tax, dep.Net, dep.Tax)
				}
			}
		}
	}
}

func TestRule27_MoreThanIsLeftIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	dep := w.deposit(t, free("Deposit", "1", "1000"))
	bad := func(field string, amount *money.Money, price string) {
		t.Helper()
		_, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID, Amount: amount}}, free("Work", "1", price))
		if !at(err, "body.deductions[0]."+field) {
			t.Errorf("%v of an invoice over %s: %v %+v", amount, price, err, fault.From(err).Fields)
		}
	}
	bad("amount", new(euros("1000.01")), "5000")
	bad("amount", new(euros("900")), "899.99")
	bad("amount", new(euros("0")), "5000")
	bad("amount", new(money.Of(100, "USD")), "5000")
	// Left out, it is what fits.
	i, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID}}, free("Work", "1", "700"))
	if err != nil || !i.Payable().IsZero() || w.left(t) != euros("300") {
		t.Fatalf("pays %v, %v is left, %v", i.Payable(), w.left(t), err)
	}
	bad("amount", new(euros("301")), "5000")
	// A draft that becomes too small for what it deducts says so; without the deduction it is all right.
	_, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error { i.Lines[0].UnitPrice = dec("600"); return nil })
	if !at(err, "body.deductions") {
		t.Errorf("too small: %v", err)
	}
	if i, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error {
		i.Lines[0].UnitPrice = dec("600")
		i.Deduct(nil)
		return nil
	}); err != nil || i.Payable() != euros("600") || w.left(t) != euros("1000") {
		t.Fatalf("pays %v, %v is left, %v", i.Payable(), w.left(t), err)
	}
	if i = w.find(t, i.ID); i.Payable() != euros("600") || len(i.Deductions) != 0 {
		t.Errorf("stored: %v", i.Payable())
	}
}

func TestRule08_CreditingAnInvoiceGivesItsDepositsBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	dep := w.deposit(t, free("Deposit", "1", "1000"))
	i, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID}}, free("Work", "1", "5000"))
	if err != nil {
		t.Fatal(err)
	}
	if i, err = w.svc.Issue(w.Ctx, i.ID, day.Date{}); err != nil {
		t.Fatal(err)
	}
	c, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{Reissue: true})
	if err != nil {
		t.Fatal(err)
	}
	if c.Note.Document.Payable != euros("4000") || c.Note.Document.Deducted != euros("1000") || !w.find(t, i.ID).Balance().IsZero() {
		t.Errorf("the note gives %v, %v is open", c.Note.Document.Payable, w.find(t, i.ID).Balance())
	}
	if c.Draft.Payable() != euros("4000") || len(w.find(t, c.Draft.ID).Deductions) != 1 {
		t.Errorf("the draft pays %v", c.Draft.Payable())
	}
}

func TestRule07_CashRoundingChangesOnlyWhatIsPayable(t *testing.T) {
	t.Parallel()
	w := setup(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	first := w.issued(t)
	entities, err := w.svc.Entities(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ChangeEntity(w.Ctx, entities[0].ID, entities[0].Version, func(e *invoicing.LegalEntity) { e.CashStep = 5 }); err != nil {
		t.Fatal(err)
	}
	i := w.issued(t, free("Work", "1", "10.02", vat.ID)) // 10.02 + 1.90 = 11.92
	if i.Net != euros("10.02") || i.Tax != euros("1.90") || i.Total != euros("11.92") || i.Cash != euros("-0.02") || i.Payable() != euros("11.90") || w.find(t, i.ID).Balance() != euros("11.90") {
		t.Errorf("net %v tax %v total %v rounding %v pays %v", i.Net, i.Tax, i.Total, i.Cash, i.Payable())
	}
	if got := w.find(t, first.ID); got.Payable() != euros("100") {
		t.Errorf("an older document changed: %v", got.Payable())
	}
	// Notes that take all of it back settle it to the last coin (rule 8).
	for _, part := range []*money.Money{new(euros("5")), nil} {
		if _, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{Lines: []invoicing.CreditLine{{LineID: i.Lines[0].ID, Amount: part}}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.find(t, i.ID); !got.Balance().IsZero() || got.Credited != euros("11.90") {
		t.Errorf("%v is open, %v credited", got.Balance(), got.Credited)
	}
}
