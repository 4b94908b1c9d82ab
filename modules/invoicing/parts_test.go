package invoicing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/rates"
)

// across is time from one instant to another under a contract with business hours from Monday to Friday, 08:00 to 18:00 in Berlin.
func (w *world) across(t *testing.T, from, to, rate string) invoicing.TimeEntry {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	terms := rates.Terms{Zone: zone, Factors: rates.Factors{AfterHours: dec("1.5"), Saturday: dec("1.75"), Sunday: dec("2"), Holiday: dec("2.5")}}
	for d := time.Monday; d <= time.Friday; d++ {
		terms.Week[d] = rates.Business{From: 8 * 60, To: 18 * 60}
	}
	a, err := time.Parse("2006-01-02 15:04", from)
	if err != nil {
		t.Fatal(err)
	}
	b, err := time.Parse("2006-01-02 15:04", to)
	if err != nil {
		t.Fatal(err)
	}
	a, b = a.Add(-time.Hour), b.Add(-time.Hour) // Berlin in winter
	w.worked(t, day.Of(a, zone).String(), int64(b.Sub(a)/time.Second), rate, "Design")
	e := &w.entries[len(w.entries)-1]
	for _, p := range terms.Split(a, b) {
		e.Parts = append(e.Parts, invoicing.TimePart{Kind: p.Kind, RawSeconds: p.Seconds, Seconds: p.Seconds, Factor: p.Factor})
	}
	return *e
}

// What counts by another multiplier is a line of its own, so that what is printed multiplies out and adds up (rules 2, 4 and 47).
func TestRule47_PartsAreLinesThatAddUp_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := guide(t, "after-hours.md")
	w := setup(t)
	w.taxRate(t, invoicing.TaxRate{Name: "VAT", Default: true, Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	monday := w.across(t, "2026-03-02 15:30", "2026-03-02 19:30", "150")
	w.across(t, "2026-03-06 22:00", "2026-03-07 01:00", "150")
	f := invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-03-01"), To: day.MustParse("2026-03-31"), GroupBy: invoicing.ByTask}
	d, _, err := w.svc.CreateFromTime(w.Ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	d = w.find(t, d.ID)
	want := []string{"Website: Design 2.5 × 150 = 375.00", "Website: Design (after hours × 1.5) 3.5 × 225 = 787.50", "Website: Design (Saturday × 1.75) 1 × 262.5 = 262.50"}
	for n, l := range d.Lines {
		if got := fmt.Sprintf("%s %s × %s = %s", l.Description, l.Quantity, l.UnitPrice, l.Net.Amount()); n >= len(want) || got != want[n] {
			t.Errorf("line %d: %s", n, got)
		}
		says(fmt.Sprintf("| %s | %s | %s | %s |", l.Description, l.Quantity, l.UnitPrice, l.Net.Amount()))
	}
	if len(d.Lines) != 3 || d.Net.Amount() != "1425.00" {
		t.Errorf("%d lines, net %s", len(d.Lines), d.Net.Amount())
	}
	says("Together " + d.Net.Amount() + "; with 19 % VAT it is an invoice over **" + d.Total.Amount() + "**")

	// The entry stays on the invoice for as long as one of its lines does.
	keep := func(at ...int) {
		t.Helper()
		d, err = w.svc.Change(w.Ctx, d.ID, d.Version, func(i *invoicing.Invoice) error {
			var lines []invoicing.Line
			for _, n := range at {
				lines = append(lines, d.Lines[n])
			}
			i.Lines = lines
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d = w.find(t, d.ID)
	}
	keep(0, 1)
	if w.billed[monday.ID] != d.ID || len(w.billed) != 2 {
		t.Errorf("without the Saturday: %v", w.billed)
	}
	keep(0)
	if w.billed[monday.ID] != d.ID || len(w.billed) != 1 {
		t.Errorf("without what is after hours: %v", w.billed)
	}
	if err := w.svc.Delete(w.Ctx, d.ID); err != nil {
		t.Fatal(err)
	}
	again, _, err := w.svc.CreateFromTime(w.Ctx, f)
	if err != nil || again.Net.Amount() != "1425.00" {
		t.Errorf("billed again: %s, %v", again.Net, err)
	}
}

// Each price of a rate with tiers is a line, which says in the language of the document which hours it is for; a multiplier stands behind it.
func TestTiersAreLinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.client.Language = "de"
	w.worked(t, "2026-03-02", 5*3600, "120", "Design")
	e := &w.entries[len(w.entries)-1]
	first, further := dec("120"), dec("90.5")
	part := func(hours int64, price *decimal.Decimal, factor string, kind rates.HourKind) invoicing.TimePart {
		return invoicing.TimePart{Kind: kind, RawSeconds: hours * 3600, Seconds: hours * 3600, Factor: dec(factor), PerHour: price, Per: rates.PerDay}
	}
	e.Parts = []invoicing.TimePart{part(2, &first, "1", rates.Ordinary), part(1, &further, "1", rates.Ordinary), part(2, &further, "1.5", rates.AfterHours)}
	e.Parts[0].UpTo, e.Parts[1].Over, e.Parts[2].Over = 5400, 5400, 5400
	d, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-03-01"), To: day.MustParse("2026-03-31"), GroupBy: invoicing.ByTask})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Website: Design (bis 1,5 Std. am Tag) 2 × 120 = 240.00", "Website: Design (über 1,5 Std. am Tag) 1 × 90.5 = 90.50",
		"Website: Design (über 1,5 Std. am Tag, außerhalb der Geschäftszeiten × 1,5) 2 × 135.75 = 271.50",
	}
	for n, l := range w.find(t, d.ID).Lines {
		if got := fmt.Sprintf("%s %s × %s = %s", l.Description, l.Quantity, l.UnitPrice, l.Net.Amount()); n >= len(want) || got != want[n] {
			t.Errorf("line %d: %s", n, got)
		}
	}
	if len(d.Lines) != 3 {
		t.Errorf("%d lines", len(d.Lines))
	}
}
