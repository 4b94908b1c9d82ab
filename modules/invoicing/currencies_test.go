package invoicing_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// booked is an amount in the books.
func booked(minor int64) money.Money { return money.Of(minor, "EUR") }

func usd(minor int64) money.Money { return money.Of(minor, "USD") }

// keepRate keeps 1 USD = rate EUR for a day.
func (w *world) keepRate(t *testing.T, on day.Date, rate string) {
	t.Helper()
	_, err := w.svc.KeepRate(w.Ctx, calc.Rate{Currency: "USD", Base: "EUR", Value: dec(rate), Direction: calc.BasePerUnit, On: on, Source: "ECB"})
	if err != nil {
		t.Fatal(err)
	}
}

// inDollars issues an invoice in dollars on a day.
func (w *world) inDollars(t *testing.T, on day.Date, price string, taxes ...string) invoicing.Invoice {
	t.Helper()
	i, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Currency: "USD", Edit: func(i *invoicing.Invoice) {
		i.Lines = []invoicing.Line{free("Work", "1", price, taxes...)}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if i, err = w.svc.Issue(w.Ctx, i.ID, on); err != nil {
		t.Fatal(err)
	}
	return i
}

func (w *world) paid(t *testing.T, i invoicing.Invoice, on day.Date, amount money.Money, rate *invoicing.RateWish) invoicing.Payment {
	t.Helper()
	p, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: amount, ReceivedOn: on, Rate: rate, Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: amount}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// month is a day of the month before the one that the test's clock shows, so that its end has come.
func (w *world) month() (mid, end day.Date) {
	last := day.Of(w.Clock.Now(), w.Clock.Now().Location()).StartOfMonth().AddDays(-1)
	return last.StartOfMonth().AddDays(9), last
}

// 1,000.00 USD and 10 % tax at 1 USD = 0.92345678 EUR are 923.46 and 92.35 EUR. A later rate changes nothing,
// and what is credited goes back by the rate of the invoice.
func TestRule93_TheRateIsFrozenAtIssueAndACreditNoteTakesItsInvoices(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on, end := w.month()
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("10")}}})
	w.keepRate(t, on.AddDays(-2), "0.92345678")
	i := w.inDollars(t, on, "1000", vat.ID)
	w.keepRate(t, on.AddDays(-2), "0.5")
	w.keepRate(t, end, "0.95")

	got := w.find(t, i.ID)
	want := calc.Rate{Currency: "USD", Base: "EUR", Value: dec("0.92345678"), Direction: calc.BasePerUnit, On: on.AddDays(-2), Source: "ECB"}
	if got.Rate == nil || got.Rate.Value.String() != "0.92345678" || got.Rate.Base != want.Base || got.Rate.On != want.On || got.Rate.Source != want.Source || got.Rate.Direction != want.Direction {
		t.Fatalf("rate is %+v, want %+v", got.Rate, want)
	}
	if got.BaseNet != booked(923_46) || got.BaseTax != booked(92_35) || got.BaseTotal != booked(1_015_81) {
		t.Errorf("in the books: %v + %v = %v", got.BaseNet, got.BaseTax, got.BaseTotal)
	}
	if b := got.Document.Base; b == nil || b.Total != booked(1_015_81) || b.Value.String() != "0.92345678" {
		t.Errorf("the document says %+v", b)
	}

	third := usd(333_33)
	var sum money.Money
	for range 2 {
		c, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{Lines: []invoicing.CreditLine{{LineID: i.Lines[0].ID, Amount: &third}}, IssueOn: end, Reason: "less"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Note.Rate.Value.String() != "0.92345678" {
			t.Errorf("the note has the rate %v", c.Note.Rate)
		}
		sum = sum.Add(c.Note.BaseTotal)
	}
	c, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{IssueOn: end, Reason: "the rest"})
	if err != nil {
		t.Fatal(err)
	}
	if sum = sum.Add(c.Note.BaseTotal); sum != booked(1_015_81) {
		t.Errorf("three notes take back %v of 1,015.81 EUR", sum)
	}
	if r, err := w.svc.CurrencyReport(w.Ctx, on, end); err != nil || len(r.Books) != 1 || !r.Books[0].Total.IsZero() || !r.Books[0].Realised.IsZero() {
		t.Errorf("after all is credited: %+v, %v", r, err)
	}
}

// Nobody guesses a rate: without one of the last 31 days it is asked for.
func TestAnInvoiceIsNotIssuedWithoutARate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on, _ := w.month()
	w.keepRate(t, on.AddDays(-32), "0.9")
	i, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Currency: "USD", Edit: func(i *invoicing.Invoice) { i.Lines = []invoicing.Line{free("Work", "1", "100")} }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Issue(w.Ctx, i.ID, on)
	wantFault(t, err, invoicing.ErrNoRate)
	if p, err := w.svc.Paper(w.Ctx, i.ID); err != nil || p.Document.Base != nil {
		t.Errorf("the preview: %+v, %v", p.Document.Base, err)
	}
	for _, bad := range []invoicing.RateWish{{dec("0"), calc.BasePerUnit}, {dec("-1"), calc.BasePerUnit}, {dec("1"), "sideways"}, {dec("0.0000000000000001"), calc.BasePerUnit}} {
		_, err := w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error { i.RateWish = &bad; return nil })
		wantFault(t, err, invoicing.ErrBadRate)
	}
	i, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error {
		i.RateWish = &invoicing.RateWish{Value: dec("1.25"), Direction: calc.UnitsPerBase}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if i, err = w.svc.Issue(w.Ctx, i.ID, on); err != nil || i.BaseTotal != booked(80_00) || i.Rate.Source != calc.ByHand {
		t.Errorf("100.00 USD at 1.25 USD a EUR: %v %+v, %v", i.BaseTotal, i.Rate, err)
	}
}

// 1,000.00 USD billed at 0.92. 400.00 are paid at 0.95: 12.00 EUR are gained. The month ends at 0.90: the open
// 600.00 lose 12.00, which the next month takes back. The rest is paid at 0.91 then: 6.00 are lost.
func TestRule94_RealisedGainsAndRevaluationReversedInTheNextPeriod(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on, end := w.month()
	w.keepRate(t, on, "0.92")
	i := w.inDollars(t, on, "1000")
	w.keepRate(t, on.AddDays(5), "0.95")
	first := w.paid(t, i, on.AddDays(5), usd(400_00), nil)
	if g := first.Allocations[0].Gain; g == nil || *g != booked(12_00) {
		t.Errorf("400.00 USD from 0.92 to 0.95: %v", g)
	}
	w.keepRate(t, end, "0.90")
	r, err := w.svc.Revalue(w.Ctx, end)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Lines) != 1 || r.Lines[0].Open != usd(600_00) || r.Lines[0].Gain != booked(-12_00) || r.ReversedOn() != end.AddDays(1) {
		t.Errorf("revalued: %+v", r)
	}
	_, err = w.svc.Revalue(w.Ctx, end)
	wantFault(t, err, invoicing.ErrRevalued)

	second := w.paid(t, i, end.AddDays(1), usd(600_00), &invoicing.RateWish{Value: dec("0.91"), Direction: calc.BasePerUnit})
	month := func(from, to day.Date) invoicing.BookSums {
		t.Helper()
		r, err := w.svc.CurrencyReport(w.Ctx, from, to)
		if err != nil || len(r.Books) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Books[0]
	}
	if m := month(end.StartOfMonth(), end); m.Total != booked(920_00) || m.Realised != booked(12_00) || m.Revalued != booked(-12_00) || !m.TakenBack.IsZero() || !m.Gains().IsZero() {
		t.Errorf("the month: %+v", m)
	}
	if m := month(end.AddDays(1), end.AddDays(1)); m.Realised != booked(-6_00) || m.TakenBack != booked(12_00) || m.Gains() != booked(6_00) {
		t.Errorf("the next month: %+v", m)
	}
	if m := month(end.StartOfMonth(), end.AddDays(1)); m.Gains() != booked(6_00) { // 380.00 + 546.00 − 920.00
		t.Errorf("both: %+v", m)
	}
	guide, err := os.ReadFile("../../docs/guide/currencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"| 400.00 USD paid | 0.95 | " + first.Allocations[0].Gain.Amount() + " |", "| 600.00 USD open at the end of the month | 0.90 | " + r.Lines[0].Gain.Amount() + " |",
		"| taken back on the first of the next month | | " + r.Lines[0].Gain.Neg().Amount() + " |", "| 600.00 USD paid then | 0.91 | " + second.Allocations[0].Gain.Amount() + " |",
	} {
		if !strings.Contains(string(guide), row) {
			t.Errorf("the guide does not say %q", row)
		}
	}
	all, _, err := w.svc.Revaluations(w.Ctx, page.Query{})
	if err != nil || len(all) != 1 || len(all[0].Gains) != 1 || all[0].Gains[0] != booked(-12_00) {
		t.Errorf("%+v, %v", all, err)
	}
	if err := w.svc.DropRevaluation(w.Ctx, all[0].ID); err != nil {
		t.Fatal(err)
	}
	wantFault(t, w.svc.DropRevaluation(w.Ctx, all[0].ID), invoicing.ErrRevaluationNotFound)
	if m := month(end.StartOfMonth(), end); !m.Revalued.IsZero() {
		t.Errorf("after it was taken back: %+v", m)
	}
}

// A payment that never came gains nothing: on the day it is voided, its gain is taken back.
func TestVoidingAPaymentTakesItsGainBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on, end := w.month()
	w.keepRate(t, on, "0.92")
	i := w.inDollars(t, on, "100")
	w.keepRate(t, end, "0.95")
	p := w.paid(t, i, end, usd(100_00), nil)
	_, err := w.svc.VoidPayment(w.Ctx, p.ID, " ")
	wantFault(t, err, invoicing.ErrBadPayment)
	if _, err := w.svc.VoidPayment(w.Ctx, p.ID, "The transfer bounced"); err != nil {
		t.Fatal(err)
	}
	r, err := w.svc.CurrencyReport(w.Ctx, on, day.Of(w.Clock.Now(), w.Clock.Now().Location()).AddDays(1))
	if err != nil || !r.Books[0].Realised.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
}

// 100.00 USD at 0.92 and 50.00 EUR are 142.00 EUR. No figure adds the two currencies.
func TestRule95_ReportsAddStoredBaseAmounts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on, end := w.month()
	w.keepRate(t, on, "0.92")
	w.inDollars(t, on, "100")
	d := w.draft(t, free("Work", "1", "50"))
	if _, err := w.svc.Issue(w.Ctx, d.ID, on); err != nil {
		t.Fatal(err)
	}
	w.keepRate(t, on, "9.99")
	r, err := w.svc.CurrencyReport(w.Ctx, on, end)
	if err != nil || len(r.Books) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	b := r.Books[0]
	if b.Base != "EUR" || b.Total != booked(142_00) || len(b.Foreign) != 1 || b.Foreign[0].Total != usd(100_00) || b.Foreign[0].BaseTotal != booked(92_00) || b.Foreign[0].Count != 1 {
		t.Errorf("%+v", b)
	}
}

// 1 EUR = 1.08764321 USD is stored as it was quoted: 10,000.00 USD are 9,194.19 EUR.
func TestRule97_AQuotedRateKeepsItsDirectionAndDigits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on, _ := w.month()
	if _, err := w.svc.KeepRate(w.Ctx, calc.Rate{Currency: "USD", Base: "EUR", Value: dec("1.08764321"), Direction: calc.UnitsPerBase, On: on, Source: "ECB"}); err != nil {
		t.Fatal(err)
	}
	i := w.find(t, w.inDollars(t, on, "10000").ID)
	if i.BaseTotal != booked(9_194_19) || i.Rate.Direction != calc.UnitsPerBase || i.Rate.Value.String() != "1.08764321" {
		t.Errorf("%v at %+v", i.BaseTotal, i.Rate)
	}
}

// Half a cent of the books goes away from zero or to even, as the entity said when the draft was made.
func TestRule03_TheRoundingModeIsCopiedOntoTheDocument(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on, _ := w.month()
	w.keepRate(t, on, "0.925")
	before := w.inDollars(t, on, "1")
	entities, err := w.svc.Entities(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ChangeEntity(w.Ctx, entities[0].ID, entities[0].Version, func(e *invoicing.LegalEntity) { e.Rounding = money.HalfEven }); err != nil {
		t.Fatal(err)
	}
	after := w.inDollars(t, on, "1")
	before = w.find(t, before.ID)
	if before.Rounding != money.HalfUp || before.BaseTotal != booked(93) || after.Rounding != money.HalfEven || after.BaseTotal != booked(92) {
		t.Errorf("0.925 EUR: %s %v, then %s %v", before.Rounding, before.BaseTotal, after.Rounding, after.BaseTotal)
	}
}

// What is in another currency is named: the payment, the invoice that does not go with the others, or what is to be applied.
func TestAPaymentInAnotherCurrencyIsNamedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, b := w.issued(t), w.issued(t)
	on := day.MustParse("2026-03-02")
	part := func(i invoicing.Invoice, currency string) invoicing.Part {
		return invoicing.Part{InvoiceID: i.ID, Amount: money.Of(5000, currency)}
	}
	paths := func(err error) (out []string) {
		for _, f := range fault.From(err).Fields {
			out = append(out, f.Path)
		}
		return out
	}
	for _, try := range []struct {
		paid  string
		parts []invoicing.Part
		want  []string
	}{
		{"USD", []invoicing.Part{part(a, "EUR")}, []string{"body.amount"}},
		{"USD", []invoicing.Part{part(a, "EUR"), part(b, "EUR")}, []string{"body.amount"}},
		{"EUR", []invoicing.Part{part(a, "EUR"), part(b, "USD")}, []string{"body.allocations[1].amount"}},
		{"USD", []invoicing.Part{part(a, "USD")}, []string{"body.amount", "body.allocations[0].amount"}},
	} {
		_, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: money.Of(10000, try.paid), ReceivedOn: on, KeepCredit: true, Parts: try.parts})
		if !errors.Is(err, invoicing.ErrBadPayment) || !slices.Equal(paths(err), try.want) {
			t.Errorf("%s for %+v: %v at %v, want %v", try.paid, try.parts, err, paths(err), try.want)
		}
	}
	p, err := w.svc.Record(w.Ctx, invoicing.NewPayment{ClientID: a.ClientID, Amount: money.Of(10000, "EUR"), ReceivedOn: on, KeepCredit: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.svc.Apply(w.Ctx, p.ID, []invoicing.Part{part(a, "USD")}, on); !slices.Equal(paths(err), []string{"body.allocations[0].amount"}) {
		t.Errorf("applied: %v at %v", err, paths(err))
	}
}
