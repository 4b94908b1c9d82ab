package rates_test

import (
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/rates"
)

func TestServicesFromNewToArchived(t *testing.T) {
	t.Parallel()
	w := setup(t) // has Consulting
	support, err := w.svc.CreateSold(w.Ctx, rates.NewSold{Name: " Support ", TaxRateID: w.tax})
	if err != nil || support.Name != "Support" || support.Billable || support.TaxRateID != w.tax {
		t.Fatalf("%+v, %v", support, err)
	}
	for want, n := range map[string]rates.NewSold{
		"rates.service_taken body.name":      {Name: "SUPPORT"},
		"rates.bad_service body.name":        {Name: " "},
		"rates.bad_service body.tax_rate_id": {Name: "x", TaxRateID: stranger},
	} {
		if _, err := w.svc.CreateSold(w.Ctx, n); fields(err) != want {
			t.Errorf("got %s, want %s", fields(err), want)
		}
	}
	yes, none := true, ""
	if _, err := w.svc.ChangeSold(w.Ctx, support.ID, 9, rates.SoldChange{Billable: &yes}); !errors.Is(err, rates.ErrStale) {
		t.Errorf("stale: %v", err)
	}
	got, err := w.svc.ChangeSold(w.Ctx, support.ID, 1, rates.SoldChange{Billable: &yes, TaxRateID: &none})
	if err != nil || !got.Billable || got.TaxRateID != "" || got.Version != 2 || got.Name != "Support" {
		t.Errorf("%+v, %v", got, err)
	}
	first, next, err := w.svc.ListSold(w.Ctx, rates.SoldFilter{}, page.Query{Limit: 1})
	if err != nil || len(first) != 1 || first[0].Name != "Consulting" || next == nil {
		t.Fatalf("%+v, %v, %v", first, next, err)
	}
	second, next, err := w.svc.ListSold(w.Ctx, rates.SoldFilter{}, page.Query{Limit: 1, Cursor: *next})
	if err != nil || len(second) != 1 || second[0].Name != "Support" || next != nil {
		t.Errorf("%+v, %v, %v", second, next, err)
	}
	found, _, err := w.svc.ListSold(w.Ctx, rates.SoldFilter{Search: "%"}, page.Query{})
	if err != nil || len(found) != 0 {
		t.Errorf("a percent sign is a letter: %+v, %v", found, err)
	}
	if _, err := w.svc.ArchiveSold(w.Ctx, support.ID); err != nil {
		t.Fatal(err)
	}
	again, err := w.svc.CreateSold(w.Ctx, rates.NewSold{Name: "Support"})
	if err != nil {
		t.Fatalf("the name is free again: %v", err)
	}
	if _, err := w.svc.RestoreSold(w.Ctx, support.ID); !errors.Is(err, rates.ErrServiceTaken) {
		t.Errorf("restore beside its namesake: %v", err)
	}
	if _, err := w.svc.ArchiveSold(w.Ctx, again.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := w.svc.RestoreSold(w.Ctx, support.ID); err != nil || got.ArchivedAt != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.svc.FindSold(w.Ctx, stranger); !errors.Is(err, rates.ErrServiceNotFound) {
		t.Errorf("unknown: %v", err)
	}
}
