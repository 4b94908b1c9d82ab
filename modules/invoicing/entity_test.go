package invoicing_test

import (
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/fault"
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
