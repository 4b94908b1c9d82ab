package invoicing_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// The figures of docs/guide/fixed-fees.md are those that the program comes to.
func TestGuideToFixedFees(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/guide/fixed-fees.md")
	if err != nil {
		t.Fatal(err)
	}
	says := func(text string) {
		t.Helper()
		if !strings.Contains(string(raw), text) {
			t.Errorf("the guide does not say %q", text)
		}
	}
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
