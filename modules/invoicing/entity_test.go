package invoicing_test

import (
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func TestASecondEntityIsPartOfAPlan(t *testing.T) {
	t.Parallel()
	w := setup(t)
	create := func(name string) (invoicing.LegalEntity, error) {
		return w.svc.CreateEntity(w.Ctx, func(e *invoicing.LegalEntity) { e.Name = name })
	}
	put := func(e invoicing.LegalEntity, archived bool) (invoicing.LegalEntity, error) {
		at := w.Clock.Now()
		return w.svc.ChangeEntity(w.Ctx, e.ID, e.Version, func(e *invoicing.LegalEntity) {
			e.ArchivedAt = nil
			if archived {
				e.ArchivedAt = &at
			}
		})
	}
	w.issued(t) // the first entity is the agency itself
	second, err := create("Second Ltd")
	if err != nil {
		t.Fatal(err)
	}

	w.smallPlan = fault.Define(fault.PaymentRequired, "test.small_plan", "Not in the plan.")
	if _, err := create("Third Ltd"); !errors.Is(err, w.smallPlan) {
		t.Errorf("a third one: %v", err)
	}
	second, err = put(second, true) // what is there can be put away
	if err != nil {
		t.Fatal(err)
	}
	if _, err := put(second, false); !errors.Is(err, w.smallPlan) {
		t.Errorf("one that was put away: %v", err)
	}
	if all, err := w.svc.Entities(w.Ctx); err != nil || len(all) != 2 {
		t.Errorf("%d entities are left: %v", len(all), err)
	}
	w.smallPlan = nil
	if _, err := put(second, false); err != nil {
		t.Error(err)
	}
}

// A sample is drawn by what documents are drawn by, in the language that is tried out, and leaves nothing behind.
func TestASampleShowsAnEntityBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.taxRate(t, invoicing.TaxRate{Name: "VAT", Default: true, Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	for _, l := range invoicing.Languages {
		doc, err := w.svc.Sample(w.Ctx, "", func(e *invoicing.LegalEntity) { e.Language, e.Layout, e.Footer = l, invoicing.Modern, "Thank you" })
		if err != nil || doc.Language != l || doc.Layout != invoicing.Modern || doc.Footer != "Thank you" || doc.Total.Amount() != "1843.31" || len(doc.Lines) != 2 || len(doc.Buyer.Address) != 2 {
			t.Errorf("%s: %+v, %v", l, doc, err)
		}
	}
	if _, err := w.svc.SamplePDF(w.Ctx, "", func(e *invoicing.LegalEntity) { e.Colour = "#FFFF00" }); !errors.Is(err, invoicing.ErrBadEntity) {
		t.Errorf("a colour that nobody can read: %v", err)
	}
	_, err := w.svc.Sample(w.Ctx, id.New(), func(*invoicing.LegalEntity) {})
	wantFault(t, err, invoicing.ErrEntityNotFound)
	if all, err := w.svc.Entities(w.Ctx); err != nil || len(all) != 0 {
		t.Errorf("it left %d entities, %v", len(all), err)
	}
}
