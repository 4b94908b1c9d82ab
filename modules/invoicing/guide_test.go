package invoicing_test

import (
	"fmt"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// guide tells whether a page of the guide says what the program comes to.
var guide = testkit.Guide

// Twice 3 h 20 min are 6 h 40 min: at 150.00 that is 1,000.00. With four places of the hours it was 1,000.01.
func TestRule02_HoursAreBilledToTheCent_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := guide(t, "hourly.md")
	w := setup(t)
	w.taxRate(t, invoicing.TaxRate{Name: "VAT", Default: true, Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	want := map[string]string{"80": "533.33", "100": "666.67", "120": "800.00", "150": "1000.00"}
	for rate := range want {
		w.worked(t, "2026-02-10", 12_000, rate, "Design")
		w.worked(t, "2026-02-11", 12_000, rate, "Design")
	}
	d, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range w.find(t, d.ID).Lines {
		if rate := l.UnitPrice.String(); l.Net.Amount() != want[rate] {
			t.Errorf("%s h at %s are %s, want %s", l.Quantity, rate, l.Net.Amount(), want[rate])
		}
		says(fmt.Sprintf("| %s | %s | %s |", l.UnitPrice, l.Quantity, l.Net.Amount()))
	}
	if d.Total.Amount() != "3570.00" {
		t.Errorf("the invoice is over %s", d.Total.Amount())
	}
	says("Together " + d.Net.Amount() + "; with 19 % VAT it is an invoice over **" + d.Total.Amount() + "**")
}

// The figures of docs/guide/fixed-fees.md are those that the program comes to.
func TestGuideToFixedFees(t *testing.T) {
	t.Parallel()
	says := guide(t, "fixed-fees.md")
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("10000.01")})
	for _, step := range []string{"33.3333", "66.6667", "100"} {
		i, err := w.svc.Issue(w.Ctx, w.bill(t, upTo(f, step)).ID, day.Date{})
		if err != nil {
			t.Fatal(err)
		}
		p := i.Document.Progress[0]
		says(fmt.Sprintf("| %s %% | %s | %s | %s |", step, p.Before.Amount(), p.This.Amount(), p.Left.Amount()))
	}
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	dep := w.deposit(t, free("Deposit", "1", "1000", vat.ID))
	i, err := w.deducting([]invoicing.Deduct{{DepositID: dep.ID}}, free("Work", "1", "5000", vat.ID))
	if err != nil {
		t.Fatal(err)
	}
	says("comes to " + dep.Total.Amount())
	says("comes to " + i.Total.Amount() + ", deducts it and leaves **" + i.Payable().Amount() + "** to pay")
}
