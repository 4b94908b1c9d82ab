package expenses_test

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/expenses"
)

func TestRule01_PlacesComeFromTheCurrency(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for currency, want := range map[string]struct{ gross, tax, base string }{
		"JPY": {"1100 JPY", "100 JPY", "6.77 EUR"}, "USD": {"11.00 USD", "1.00 USD", "0.07 EUR"}, "KWD": {"1.100 KWD", "0.100 KWD", "0.01 EUR"},
	} {
		amount := map[string]string{"JPY": "1100", "USD": "11", "KWD": "1.1"}[currency]
		e, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByReceipt, Gross: amount, Currency: currency, TaxPercent: dec("10"), ExchangeRate: dec("0.006152")})
		must(t, err)
		if e.Gross.String() != want.gross || e.Tax.String() != want.tax || e.Base.String() != want.base {
			t.Errorf("%s: %s, tax %s, base %s; want %+v", currency, e.Gross, e.Tax, e.Base, want)
		}
	}
}

func TestRule02_AnAmountIsRoundedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := w.svc.AddRate(w.boss, expenses.AllowanceRate{Kind: expenses.ByMileage, Name: "Car", Unit: "km", PerUnit: *dec("0.3333"), From: day.MustParse("2026-01-01")})
	must(t, err)
	e, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByMileage, Day: day.MustParse("2026-03-02"), Allowance: &expenses.Allowance{Name: "car", Distance: *dec("123.4567")}})
	must(t, err)
	if e.Gross.String() != "41.15 EUR" { // 41.14811811
		t.Errorf("got %s", e.Gross)
	}
	// Tax out, markup on, into another currency: the exact product is rounded, not its steps.
	e = expenses.Expense{Gross: money.Of(1005, "USD"), Tax: money.Of(95, "USD"), MarkupPercent: *dec("7.5"), Rounding: money.HalfUp, Exchange: &expenses.Exchange{Rate: *dec("0.91357")}}
	base := money.Of(918, "EUR")
	e.Base = &base
	charges, err := e.Charges()
	if err != nil || charges[0].Net.String() != "9.78 USD" || charges[1].Net.String() != "8.94 EUR" { // 9.7825 and 8.9369...
		t.Errorf("got %v, %v", charges, err)
	}
}

func TestRule05_And12_TaxAndNetAddUpToWhatWasPaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByReceipt, Gross: "2.99", TaxPercent: dec("4")})
	must(t, err)
	if e.Tax.String() != "0.12 EUR" || e.Net().String() != "2.87 EUR" {
		t.Errorf("got %s and %s, want 0.12 and 2.87", e.Tax, e.Net())
	}
}

func TestRule38_And89_WhatIsHandedInDoesNotChange(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.meal(t)
	in := expenses.Entry{Kind: expenses.ByReceipt, CategoryID: e.CategoryID, Gross: "1"}
	e, err := w.svc.Submit(w.ann, e.ID, e.Version)
	must(t, err)
	if _, err := w.svc.Change(w.ann, e.ID, e.Version, in); !errors.Is(err, expenses.ErrNotOpen) {
		t.Errorf("a submitted one: %v", err)
	}
	seen := e.Version
	e, err = w.svc.Recall(w.ann, e.ID, e.Version)
	must(t, err)
	e, err = w.svc.Change(w.ann, e.ID, e.Version, in)
	must(t, err)
	e, err = w.svc.Submit(w.ann, e.ID, e.Version)
	must(t, err)
	if _, err := w.svc.Approve(w.boss, e.ID, seen, ""); !errors.Is(err, expenses.ErrStale) {
		t.Errorf("approving what was seen before it changed: %v", err)
	}
	e, err = w.svc.Approve(w.boss, e.ID, e.Version, "")
	must(t, err)
	if _, err := w.svc.Change(w.ann, e.ID, e.Version, in); !errors.Is(err, expenses.ErrNotOpen) {
		t.Errorf("an approved one: %v", err)
	}
	e, err = w.svc.Reject(w.boss, e.ID, e.Version, "Which project?")
	must(t, err)
	if e, err = w.svc.Change(w.ann, e.ID, e.Version, in); err != nil || e.State != expenses.Draft {
		t.Errorf("one that was sent back: %v, %s", err, e.State)
	}
}

func TestRule43_DatedRatesDoNotOverlapAndTheWorkDateDecides(t *testing.T) {
	t.Parallel()
	w := setup(t)
	add := func(from, perUnit string) (expenses.AllowanceRate, error) {
		return w.svc.AddRate(w.boss, expenses.AllowanceRate{Kind: expenses.ByMileage, Name: "Car", Unit: "km", PerUnit: decimal.RequireFromString(perUnit), From: day.MustParse(from)})
	}
	first, err := add("2025-01-01", "0.30")
	must(t, err)
	_, err = add("2026-03-01", "0.38")
	must(t, err)
	_, err = add("2026-03-01", "0.40")
	wants(t, err, expenses.ErrOverlap, "body.valid_from")
	if first, err = w.svc.Rate(w.ann, first.ID); err != nil || first.To.String() != "2026-03-01" {
		t.Errorf("the first ends on %v, %v", first.To, err)
	}
	// The constraint refuses it too, whoever asks.
	_, err = w.svc.EndRate(w.boss, first.ID, first.Version, ptr(day.MustParse("2026-03-02")))
	wants(t, err, expenses.ErrOverlap, "body.valid_from")
	drive := func(on string) (expenses.Expense, error) {
		return w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByMileage, Day: day.MustParse(on), Allowance: &expenses.Allowance{Name: "Car", Distance: *dec("100")}})
	}
	for on, want := range map[string]string{"2026-02-28": "30.00 EUR", "2026-03-01": "38.00 EUR"} {
		if e, err := drive(on); err != nil || e.Gross.String() != want {
			t.Errorf("%s: %s, %v; want %s", on, e.Gross, err, want)
		}
	}
	_, err = drive("2024-12-31")
	wants(t, err, expenses.ErrBadExpense, "body.day")
}

func TestRule44_AnExpenseKeepsTheRatesItWasMadeWith(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r, err := w.svc.AddRate(w.boss, expenses.AllowanceRate{Kind: expenses.ByMileage, Name: "Car", Unit: "mi", PerUnit: *dec("0.70"), From: day.MustParse("2026-01-01")})
	must(t, err)
	e, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByMileage, Day: day.MustParse("2026-03-02"), Allowance: &expenses.Allowance{Name: "Car", Distance: *dec("10.5")}})
	must(t, err)
	must(t, w.svc.RemoveRate(w.boss, r.ID))
	e, err = w.svc.Find(w.ann, e.ID)
	if err != nil || e.Gross.String() != "7.35 EUR" || e.Allowance.PerUnit.String() != "0.7" || e.Allowance.Unit != "mi" || e.Allowance.RateID != r.ID {
		t.Errorf("got %+v, %v", e.Allowance, err)
	}
}

// Three days with the German figures: 14 on arrival, 28 less the breakfast and
// the lunch that were given, 14 on departure less the breakfast.
func TestRule43_EachDayAwayHasTheRateOfItsDate(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guide/expenses.md")
	must(t, err)
	for _, row := range []string{"| 14.00 |", "| 11.20 |", "| 8.40 |", "| 33.60 |"} {
		if !bytes.Contains(guide, []byte(row)) {
			t.Errorf("the guide does not say %q", row)
		}
	}
	w := setup(t)
	rate := expenses.AllowanceRate{Kind: expenses.ByPerDiem, Name: "Germany", Unit: "day", PerUnit: *dec("28"), HalfDay: *dec("14"), Breakfast: *dec("20"), Lunch: *dec("40"), Dinner: *dec("40"), From: day.MustParse("2025-01-01")}
	_, err = w.svc.AddRate(w.boss, rate)
	must(t, err)
	rate.PerUnit, rate.HalfDay, rate.From = *dec("30"), *dec("15"), day.MustParse("2026-03-01")
	_, err = w.svc.AddRate(w.boss, rate)
	must(t, err)
	stay := func(days ...expenses.AwayDay) (expenses.Expense, error) {
		return w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByPerDiem, Allowance: &expenses.Allowance{Name: "Germany", Days: days}})
	}
	on := day.MustParse
	e, err := stay(
		expenses.AwayDay{Day: on("2026-02-10"), Half: true}, expenses.AwayDay{Day: on("2026-02-11"), Breakfast: true, Lunch: true}, expenses.AwayDay{Day: on("2026-02-12"), Half: true, Breakfast: true})
	if err != nil || e.Gross.String() != "33.60 EUR" || e.Day != on("2026-02-10") || e.Allowance.Days[1].Amount.String() != "11.20 EUR" || e.Allowance.Days[2].Amount.String() != "8.40 EUR" {
		t.Errorf("got %s, %v: %+v", e.Gross, err, e.Allowance)
	}
	e, err = stay(expenses.AwayDay{Day: on("2026-02-28")}, expenses.AwayDay{Day: on("2026-03-01")})
	if err != nil || e.Gross.String() != "58.00 EUR" {
		t.Errorf("over a change of rates: %s, %v; want 28 + 30", e.Gross, err)
	}
	// All meals given on a half day leave nothing, and never less.
	if e, err = stay(expenses.AwayDay{Day: on("2026-02-10"), Half: true, Breakfast: true, Lunch: true, Dinner: true}); err != nil || !e.Gross.IsZero() {
		t.Errorf("all meals given: %s, %v", e.Gross, err)
	}
	_, err = stay(expenses.AwayDay{Day: on("2026-02-11")}, expenses.AwayDay{Day: on("2026-02-11")})
	wants(t, err, expenses.ErrBadExpense, "body.days[1].day")
}

func TestRule90_NobodyApprovesTheirOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.category(t, expenses.Category{})
	e, err := w.svc.Create(w.boss, expenses.Entry{Kind: expenses.ByReceipt, CategoryID: c.ID, Gross: "5"})
	must(t, err)
	e, err = w.svc.Submit(w.boss, e.ID, e.Version)
	must(t, err)
	if _, err := w.svc.Approve(w.boss, e.ID, e.Version, "because"); !errors.Is(err, expenses.ErrOwn) {
		t.Errorf("with another approver there: %v", err)
	}
	w.others = 0
	_, err = w.svc.Approve(w.boss, e.ID, e.Version, " ")
	wants(t, err, expenses.ErrOwnReason, "body.own_reason")
	if e, err = w.svc.Approve(w.boss, e.ID, e.Version, "I work alone"); err != nil || e.ExceptionReason != "I work alone" {
		t.Errorf("the exception: %q, %v", e.ExceptionReason, err)
	}
}

func TestRule92_ADecisionIsAppliedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.meal(t)
	e, err := w.svc.Submit(w.ann, e.ID, e.Version)
	must(t, err)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for n := range errs {
		wg.Go(func() {
			if n%2 == 0 {
				_, errs[n] = w.svc.Approve(w.boss, e.ID, e.Version, "")
			} else {
				_, errs[n] = w.svc.Reject(w.boss, e.ID, e.Version, "no")
			}
		})
	}
	wg.Wait()
	got, err := w.svc.Find(w.ann, e.ID)
	must(t, err)
	if got.Version != e.Version+1 {
		t.Errorf("version %d after %d: decided more than once", got.Version, e.Version)
	}
	for n, err := range errs {
		if same := (n%2 == 0) == (got.State == expenses.Approved); same && err != nil || !same && !errors.Is(err, expenses.ErrStale) {
			t.Errorf("decision %d of an expense that is %s: %v", n, got.State, err)
		}
	}
}

func TestRule95_CurrenciesAreNeverAdded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, in := range []expenses.Entry{{Gross: "10"}, {Gross: "20", Currency: "USD", ExchangeRate: dec("0.9")}, {Gross: "1000", Currency: "JPY"}} {
		in.Kind = expenses.ByReceipt
		_, err := w.svc.Create(w.ann, in)
		must(t, err)
	}
	sum, err := w.svc.Summary(w.ann, expenses.Filter{})
	must(t, err)
	var got []string
	for _, m := range sum.Gross {
		got = append(got, m.String())
	}
	if len(got) != 3 || got[0] != "10.00 EUR" || got[1] != "1000 JPY" || got[2] != "20.00 USD" || len(sum.Base) != 1 || sum.Base[0].String() != "28.00 EUR" {
		t.Errorf("got %v, base %v", got, sum.Base)
	}
}

func TestRule97_ARateIsKeptAsItWasGiven(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := expenses.Entry{Kind: expenses.ByReceipt, Day: day.MustParse("2026-02-27"), Gross: "1000.00", Currency: "USD", ExchangeRate: dec("0.9212345678")}
	e, err := w.svc.Create(w.ann, in)
	must(t, err)
	if e, err = w.svc.Find(w.ann, e.ID); err != nil || e.Exchange.Rate.String() != "0.9212345678" || e.Base.String() != "921.23 EUR" || e.Exchange.Source != expenses.RateByHand {
		t.Errorf("got %+v, base %v, %v", e.Exchange, e.Base, err)
	}
	// The next one in the currency is proposed the rate that was used last; it says so, and the first keeps its own.
	in.ExchangeRate, in.Day = nil, day.MustParse("2026-03-02")
	second, err := w.svc.Create(w.ann, in)
	must(t, err)
	if second.Exchange == nil || second.Exchange.Rate.String() != "0.9212345678" || second.Exchange.Source != expenses.RateByLast || second.Exchange.On != e.Exchange.On {
		t.Errorf("got %+v", second.Exchange)
	}
	in.ExchangeRate = dec("0.93")
	_, err = w.svc.Change(w.ann, second.ID, second.Version, in)
	must(t, err)
	if e, err = w.svc.Find(w.ann, e.ID); err != nil || e.Base.String() != "921.23 EUR" {
		t.Errorf("the first is now %v, %v", e.Base, err)
	}
}

func TestRule39_WhatIsClosedIsNeitherHandedInNorBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, late := w.meal(t), w.meal(t)
	e, err := w.svc.Submit(w.ann, e.ID, e.Version)
	must(t, err)
	w.closed = e.Day
	if _, err := w.svc.Submit(w.ann, late.ID, late.Version); !errors.Is(err, errClosed) {
		t.Errorf("hand in: %v", err)
	}
	if _, err := w.svc.Recall(w.ann, e.ID, e.Version); !errors.Is(err, errClosed) {
		t.Errorf("recall: %v", err)
	}
	if _, err := w.svc.Reject(w.boss, e.ID, e.Version, "late"); !errors.Is(err, errClosed) {
		t.Errorf("send back: %v", err)
	}
	if err := w.svc.Delete(w.ann, e.ID); err == nil {
		t.Error("deleted")
	}
	if got, err := w.svc.Approve(w.boss, e.ID, e.Version, ""); err != nil || got.State != expenses.Approved {
		t.Errorf("what was handed in is approved all the same: %+v, %v", got.State, err)
	}
}
