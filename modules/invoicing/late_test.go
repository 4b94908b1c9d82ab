package invoicing_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// costs turns late fees on: 9 % a year, 5.00 for the letter after 14 days and 10.00 for that after 30.
func (w *world) costs(t *testing.T, change func(*invoicing.ReminderPolicy)) invoicing.ReminderPolicy {
	t.Helper()
	five, ten := dec("5"), dec("10")
	p := invoicing.ReminderPolicy{
		Enabled: true, Steps: []invoicing.ReminderStep{{Days: 14, Fee: &five}, {Days: 30, Fee: &ten}},
		Late: &invoicing.LateFees{On: true, Percent: dec("9"), By: invoicing.AsDraft},
	}
	if change != nil {
		change(&p)
	}
	p, err := w.svc.SaveReminderPolicy(w.Ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) late(t *testing.T, id string) invoicing.Late {
	t.Helper()
	l, err := w.svc.LateFees(w.Ctx, id, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// until lets the days pass up to one, and its morning.
func (w *world) until(t *testing.T, on string) {
	t.Helper()
	days := day.MustParse(on).Sub(day.Of(w.Clock.Now(), time.UTC))
	w.Clock.Advance(time.Duration(days) * 24 * time.Hour)
	w.Work(t)
}

func (w *world) payPart(t *testing.T, i invoicing.Invoice, amount, on string) {
	t.Helper()
	m := money.Of(dec(amount).Shift(2).IntPart(), i.Currency)
	if _, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: m, ReceivedOn: day.MustParse(on), Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: m}}}); err != nil {
		t.Fatal(err)
	}
}

// The ladder charges by itself, each letter and each day once; issued invoices stay as they are (rule 20).
func TestRule20_LateFeesAreDocumentsOfTheirOwn_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := guide(t, "reminders.md")
	w := setup(t)
	thirty := 30
	w.client.TermsDays, w.client.Language = &thirty, "de"
	w.costs(t, nil)
	i := w.issued(t, free("Work", "1", "1000"))
	w.until(t, "2026-04-14")
	if l := w.late(t, i.ID); len(l.Charges) != 0 || len(l.Due) != 1 || l.Draft.Total.Amount() != "3.21" {
		t.Fatalf("the day before the letter: %+v", l)
	}
	w.until(t, "2026-04-15")
	l := w.late(t, i.ID)
	if len(l.Charges) != 2 || len(l.Due) != 0 || l.Why != invoicing.LateNothing {
		t.Fatalf("after the letter: %+v", l)
	}
	first := w.find(t, l.Charges[0].DocumentID)
	want := []string{
		"Mahngebühr zur Mahnung vom 15.04.2026, Rechnung INV-2026-0001 5.00",
		"Verzugszinsen zur Rechnung INV-2026-0001, 9 % im Jahr, 02.04.2026 bis 15.04.2026\nTage mit offenen 1.000,00\u00a0€: 14 3.45",
	}
	for n, line := range first.Lines {
		if got := line.Description + " " + line.Net.Amount(); got != want[n] || line.Kind != invoicing.LateLine {
			t.Errorf("line %d: %q, want %q", n, got, want[n])
		}
	}
	if first.State != invoicing.Draft || first.Total.Amount() != "8.45" || !strings.Contains(first.Note, "nicht umsatzsteuerbar") {
		t.Errorf("%s over %s, %q", first.State, first.Total, first.Note)
	}
	says("| 15 April | 5.00 | 14 days × 1,000.00 | 3.45 | 8.45 |")

	// Part of it is paid: what was charged stays, and the rest costs less.
	w.until(t, "2026-04-20")
	w.payPart(t, i, "400", "2026-04-20")
	w.until(t, "2026-05-01")
	if l = w.late(t, i.ID); len(l.Charges) != 4 {
		t.Fatalf("after the second letter: %+v", l.Charges)
	}
	second := w.find(t, l.Charges[2].DocumentID)
	says("| 1 May | 10.00 | 5 days × 1,000.00 and 11 days × 600.00 | 2.86 | " + second.Total.Amount() + " |")
	if second.Lines[1].Net.Amount() != "2.86" || second.Total.Amount() != "12.86" {
		t.Errorf("the second: %s", second.Total)
	}
	if after := w.find(t, i.ID); after.Total != i.Total || after.Version != i.Version+1 { // the payment's
		t.Errorf("the invoice became %+v", after)
	}

	// A draft that is deleted gives its days back; a credit note lets the client off.
	if err := w.svc.Delete(w.Ctx, second.ID); err != nil {
		t.Fatal(err)
	}
	if l = w.late(t, i.ID); len(l.Charges) != 2 || l.Draft.Total.Amount() != "12.86" {
		t.Errorf("given back: %+v", l)
	}
	if first, err := w.svc.Issue(w.Ctx, first.ID, day.Date{}); err != nil {
		t.Fatal(err)
	} else if _, err := w.svc.IssueCredit(w.Ctx, first.ID, invoicing.NewCredit{Reason: "Goodwill"}); err != nil {
		t.Fatal(err)
	}
	if l = w.late(t, i.ID); len(l.Charges) != 2 || l.Draft.Total.Amount() != "12.86" {
		t.Errorf("credited: %+v", l)
	}

	// What is waived is not charged, until that is taken back.
	wantFault(t, w.svc.WaiveLate(w.Ctx, i.ID, " "), invoicing.ErrBadWaiver)
	if err := w.svc.WaiveLate(w.Ctx, i.ID, "An old client"); err != nil {
		t.Fatal(err)
	}
	_, err := w.svc.ChargeLate(w.Ctx, i.ID, day.Date{})
	wantFault(t, err, invoicing.ErrNothingLate)
	wantFault(t, w.svc.WaiveLate(w.Ctx, i.ID, "again"), invoicing.ErrNothingLate)
	if l = w.late(t, i.ID); len(l.Charges) != 4 || l.Charges[3].Reason != "An old client" || l.Charges[3].DocumentID != "" {
		t.Errorf("waived: %+v", l.Charges)
	}
	if err := w.svc.UnwaiveLate(w.Ctx, i.ID); err != nil {
		t.Fatal(err)
	}
	wantFault(t, w.svc.UnwaiveLate(w.Ctx, i.ID), invoicing.ErrNotWaived)

	// Many at once: one of them charges.
	var wg sync.WaitGroup
	made := make(chan invoicing.Invoice, 4)
	for range 4 {
		wg.Go(func() {
			d, err := w.svc.ChargeLate(w.Ctx, i.ID, day.Date{})
			if err == nil {
				made <- d
			} else if !errors.Is(err, invoicing.ErrNothingLate) {
				t.Errorf("at once: %v", err)
			}
		})
	}
	wg.Wait()
	if len(made) != 1 {
		t.Fatalf("%d charged at once", len(made))
	}

	// Late fees cost no late fees, and a void invoice gives them back.
	fee, err := w.svc.Issue(w.Ctx, (<-made).ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	w.until(t, "2026-08-01")
	if l = w.late(t, fee.ID); len(l.Due) != 0 || l.Why != invoicing.LateNothing {
		t.Errorf("upon a late fee: %+v", l)
	}
	if _, err := w.svc.VoidInvoice(w.Ctx, fee.ID, "", "Charged by mistake"); err != nil {
		t.Fatal(err)
	}
	if l = w.late(t, i.ID); len(l.Due) != 2 || l.Due[1].From != day.MustParse("2026-04-16") {
		t.Errorf("after it was voided: %+v", l.Due)
	}
}

// Grace, a month's percentage, the least, the most, another currency, a tax, and days before the policy.
func TestLateFeesByPolicy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	none := 0
	w.client.TermsDays = &none
	i := w.issued(t, free("Work", "1", "1000"))
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Kind: calc.Standard, Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	w.Clock.Advance(31 * 24 * time.Hour) // 2 April
	amount := func(s string) *decimal.Decimal { d := dec(s); return &d }
	start := day.MustParse("2026-03-01")
	version := 0
	for _, c := range []struct {
		name   string
		late   invoicing.LateFees
		want   string
		why    string
		charge bool
	}{
		{"off", invoicing.LateFees{Percent: dec("9")}, "0.00", invoicing.LateOff, false},
		{"from the day it is on", invoicing.LateFees{On: true, Percent: dec("9")}, "0.25", "", false},
		{"a year", invoicing.LateFees{On: true, Percent: dec("9"), Since: start}, "7.64", "", false},                 // 31 × 1,000 × 9 % ÷ 365
		{"a month", invoicing.LateFees{On: true, Percent: dec("1"), Per: "month", Since: start}, "10.19", "", false}, // 31 × 1,000 × 12 % ÷ 365
		{"grace", invoicing.LateFees{On: true, Percent: dec("9"), Since: start, GraceDays: 10}, "5.18", "", false},
		{"least", invoicing.LateFees{On: true, Percent: dec("9"), Since: start, Least: amount("7.65")}, "0.00", invoicing.LateBelow, false},
		{"most", invoicing.LateFees{On: true, Percent: dec("9"), Since: start, Most: amount("5")}, "5.00", "", false},
		{"currency", invoicing.LateFees{On: true, Percent: dec("9"), Since: start, Most: amount("5"), Currency: "USD"}, "0.00", invoicing.LateCurrency, false},
		{"currency without amounts", invoicing.LateFees{On: true, Percent: dec("9"), Since: start, Currency: "USD"}, "7.64", "", false},
		{"tax", invoicing.LateFees{On: true, Percent: dec("9"), Since: start, TaxRateID: vat.ID, Most: amount("7")}, "8.33", "", true},
		{"capped", invoicing.LateFees{On: true, Percent: dec("90"), Since: start.AddDays(-1), Most: amount("7")}, "0.00", invoicing.LateNothing, false},
	} {
		p, err := w.svc.SaveReminderPolicy(w.Ctx, invoicing.ReminderPolicy{Late: &c.late, Version: version})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		version = p.Version
		l := w.late(t, i.ID)
		if l.Draft.Total.Amount() != c.want || l.Why != c.why {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, l.Draft.Total, l.Why, c.want, c.why)
		}
		if c.charge {
			d, err := w.svc.ChargeLate(w.Ctx, i.ID, day.Date{})
			if err != nil || d.Total.Amount() != c.want || d.Note != "" {
				t.Errorf("%s: charged %s, %v", c.name, d.Total, err)
			}
		}
	}
	w.Clock.Advance(24 * time.Hour)
	if l := w.late(t, i.ID); l.Why != invoicing.LateCapped {
		t.Errorf("the day after: %s", l.Why)
	}
	_, err := w.svc.LateFees(w.Ctx, i.ID, day.MustParse("2026-04-09"))
	wantFault(t, err, invoicing.ErrLateAhead)

	for field, p := range map[string]invoicing.ReminderPolicy{
		"body.late.percent":     {Late: &invoicing.LateFees{On: true}},
		"body.late.per":         {Late: &invoicing.LateFees{Per: "week"}},
		"body.late.grace_days":  {Late: &invoicing.LateFees{GraceDays: -1}},
		"body.late.least":       {Late: &invoicing.LateFees{Least: amount("0.001")}},
		"body.late.most":        {Late: &invoicing.LateFees{Least: amount("5"), Most: amount("4")}},
		"body.late.currency":    {Late: &invoicing.LateFees{Currency: "XYZ"}},
		"body.late.by":          {Late: &invoicing.LateFees{On: true, Percent: dec("9"), By: "draft"}},
		"body.late.tax_rate_id": {Late: &invoicing.LateFees{TaxRateID: i.ID}},
		"body.steps[0].fee":     {Steps: []invoicing.ReminderStep{{Days: -3, Fee: amount("5")}}},
	} {
		p.Version = version
		_, err := w.svc.SaveReminderPolicy(w.Ctx, p)
		if f := fault.From(err); !errors.Is(err, invoicing.ErrBadReminders) || len(f.Fields) != 1 || f.Fields[0].Path != field {
			t.Errorf("%s: %v at %+v", field, err, f.Fields)
		}
	}
}

// What a draft would charge is waived: alone on it the draft goes, beside other lines the lines do; issued it is not. The statement calls a late fee by its name.
func TestALateFeeOnADraftIsWaived(t *testing.T) {
	t.Parallel()
	w := setup(t)
	thirty := 30
	w.client.TermsDays = &thirty
	w.costs(t, func(p *invoicing.ReminderPolicy) { p.Late.By = "" })
	i := w.issued(t, free("Work", "1", "1000"))
	w.until(t, "2026-05-01")
	charge := func() invoicing.Invoice {
		t.Helper()
		d, err := w.svc.ChargeLate(w.Ctx, i.ID, day.Date{})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := charge()
	if err := w.svc.WaiveDrafted(w.Ctx, i.ID, d.ID, " "); !errors.Is(err, invoicing.ErrBadWaiver) {
		t.Errorf("without a reason: %v", err)
	}
	if err := w.svc.WaiveDrafted(w.Ctx, w.issued(t).ID, d.ID, "Goodwill"); !errors.Is(err, invoicing.ErrNoLateDraft) {
		t.Errorf("of another invoice: %v", err)
	}
	if err := w.svc.WaiveDrafted(w.Ctx, i.ID, d.ID, "Goodwill"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Find(w.Ctx, d.ID); !errors.Is(err, invoicing.ErrNotFound) {
		t.Errorf("the draft is still there: %v", err)
	}
	l := w.late(t, i.ID)
	if len(l.Due) != 0 || len(l.Charges) != len(d.Lines) || l.Charges[0].Reason != "Goodwill" || l.Charges[0].DocumentID != "" {
		t.Errorf("waived: due %+v, %+v", l.Due, l.Charges)
	}
	if err := w.svc.UnwaiveLate(w.Ctx, i.ID); err != nil {
		t.Fatal(err)
	}
	d = charge()
	d, err := w.svc.Change(w.Ctx, d.ID, d.Version, func(x *invoicing.Invoice) error {
		x.Lines = append(x.Lines, free("Postage", "1", "5"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.svc.WaiveDrafted(w.Ctx, i.ID, d.ID, "Goodwill"); err != nil {
		t.Fatal(err)
	}
	if d = w.find(t, d.ID); len(d.Lines) != 1 || d.Lines[0].Description != "Postage" || d.Total.Amount() != "5.00" {
		t.Errorf("left on the draft: %+v", d.Lines)
	}
	if err := w.svc.UnwaiveLate(w.Ctx, i.ID); err != nil {
		t.Fatal(err)
	}
	d, err = w.svc.Issue(w.Ctx, charge().ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.svc.WaiveDrafted(w.Ctx, i.ID, d.ID, "Too late"); !errors.Is(err, invoicing.ErrNotDraft) {
		t.Errorf("issued: %v", err)
	}
	st, err := w.svc.Statement(w.Ctx, i.ClientID, day.Date{}, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range st.Currencies[0].Movements {
		if late := m.InvoiceID == d.ID; late != (m.Kind == "late_fee") {
			t.Errorf("the statement says %+v", m)
		}
	}
}
