package invoicing_test

import (
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func TestFeesAndTimeGoOntoADraftAndComeBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("1000"), Percent: dec("40")})
	w.worked(t, "2026-02-10", 7200, "100", "Support")
	i := w.draft(t, free("Licence", "1", "50"))
	february := invoicing.FromTime{From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask, Fees: []fees.Pick{{FeeID: f.ID}}}
	seen, _, err := w.svc.PreviewAdd(w.Ctx, i.ID, i.Version, february)
	if err != nil || seen.Total.Amount() != "650.00" {
		t.Fatalf("it would come to %s, %v", seen.Total, err)
	}
	if w.billedCount() != 0 || len(w.find(t, i.ID).Lines) != 1 {
		t.Fatal("the preview kept something")
	}
	_, _, err = w.svc.Add(w.Ctx, i.ID, i.Version+1, february)
	wantFault(t, err, invoicing.ErrStale)
	i, _, err = w.svc.Add(w.Ctx, i.ID, i.Version, february)
	if err != nil {
		t.Fatal(err)
	}
	i = w.find(t, i.ID)
	if i.Total.Amount() != "650.00" || len(i.Lines) != 3 || i.PeriodTo.String() != "2026-02-28" || w.billedCount() != 1 {
		t.Fatalf("with more on it: %s, %d lines, to %s, %d entries billed", i.Total, len(i.Lines), i.PeriodTo, w.billedCount())
	}
	_, _, err = w.svc.Add(w.Ctx, i.ID, i.Version, invoicing.FromTime{From: february.From, To: february.To})
	wantFault(t, err, invoicing.ErrNothingToBill)
	_, _, err = w.svc.Add(w.Ctx, i.ID, i.Version, february)
	wantFault(t, err, fees.ErrCannotBill)
	// Taken off again, the fee and the time may be billed once more, also by the same draft.
	i, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error { i.Lines = i.Lines[:1]; return nil })
	if err != nil || w.billedCount() != 0 {
		t.Fatalf("taken off: %d entries are billed, %v", w.billedCount(), err)
	}
	if i, _, err = w.svc.Add(w.Ctx, i.ID, i.Version, february); err != nil || i.Total.Amount() != "650.00" {
		t.Errorf("put on again it comes to %s, %v", i.Total, err)
	}
}

func TestNothingGoesOntoWhatIsNoDraft(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.worked(t, "2026-02-10", 3600, "100", "Support")
	february := invoicing.FromTime{From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28")}
	i := w.issued(t)
	_, _, err := w.svc.Add(w.Ctx, i.ID, i.Version, february)
	wantFault(t, err, invoicing.ErrNotDraft)
	d, err := w.svc.Create(w.Ctx, invoicing.DraftOf{Kind: invoicing.Deposit, ClientID: w.client.ID})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = w.svc.Add(w.Ctx, d.ID, d.Version, february)
	wantFault(t, err, invoicing.ErrBadInvoice)
	if w.billedCount() != 0 {
		t.Error("a refusal kept time")
	}
}
