package invoicing_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func eur(minor int64) *money.Money { m := money.Of(minor, "EUR"); return &m }

func (w *world) credit(t *testing.T, of invoicing.Invoice, n invoicing.NewCredit) invoicing.Credited {
	t.Helper()
	p, err := w.svc.PreviewCredit(w.Ctx, of.ID, n)
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.svc.IssueCredit(w.Ctx, of.ID, n)
	if err != nil {
		t.Fatal(err)
	}
	if p.NextNumber != c.Note.Number || p.Document.Total != c.Note.Total || c.Note.Document.CreditsNumber != of.Number {
		t.Errorf("issued %s over %v, previewed %s over %v", c.Note.Number, c.Note.Total, p.NextNumber, p.Document.Total)
	}
	return c
}

func TestRule22_NeverMoreThanIsLeftOfTheLine(t *testing.T) {
	t.Parallel()
	w := setup(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("23")}}})
	i := w.issued(t, free("Design", "1", "55.55", vat.ID), free("Build", "1", "11.11", vat.ID))
	design, build := i.Lines[0].ID, i.Lines[1].ID
	// The tax of the line is that of the day of issue, whatever it is now.
	if _, err := w.svc.ChangeTaxRate(w.Ctx, vat.ID, 1, func(r *invoicing.TaxRate) error { r.Steps[0].Percent = dec("5"); return nil }); err != nil {
		t.Fatal(err)
	}
	first := w.credit(t, i, invoicing.NewCredit{Lines: []invoicing.CreditLine{{design, eur(2555)}}, Reason: "Half a day less"}).Note
	if first.Number != "CN-2026-0001" || first.Net.Amount() != "25.55" || first.Tax.Amount() != "5.88" || first.Status(first.IssueOn) != invoicing.StatusCredit {
		t.Errorf("%s: %s + %s, %s", first.Number, first.Net.Amount(), first.Tax.Amount(), first.Status(first.IssueOn))
	}
	for field, n := range map[string]invoicing.NewCredit{
		"body.lines[0].amount":  {Lines: []invoicing.CreditLine{{design, eur(3001)}}},
		"body.lines[1].line_id": {Lines: []invoicing.CreditLine{{design, eur(1)}, {design, eur(1)}}},
		"body.lines[0].line_id": {Lines: []invoicing.CreditLine{{first.ID, nil}}},
		"body.issue_on":         {IssueOn: i.IssueOn.AddDays(-1)},
		"body.reissue":          {Reissue: true, Lines: []invoicing.CreditLine{{build, nil}}},
		"body.lines":            {Lines: []invoicing.CreditLine{{build, eur(0)}}},
	} {
		_, err := w.svc.IssueCredit(w.Ctx, i.ID, n)
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) == 0 || f.Fields[0].Path != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	// What is left, to the cent: 66.66 + 15.33 in all, although the notes' own taxes would round to 15.34.
	rest := w.credit(t, i, invoicing.NewCredit{}).Note
	if net, tax := first.Net.Add(rest.Net), first.Tax.Add(rest.Tax); net.Amount() != "66.66" || tax.Amount() != "15.33" || first.Total.Add(rest.Total) != i.Total {
		t.Errorf("both notes take back %v + %v of %v", net, tax, i.Total)
	}
	if now := w.find(t, i.ID); !now.Balance().IsZero() || now.Status(now.IssueOn) != invoicing.StatusCredited || !now.Paid.IsZero() {
		t.Errorf("after both: %v open, %s", now.Balance(), now.Status(now.IssueOn))
	}
	_, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{})
	wantFault(t, err, invoicing.ErrNoCredit)
	_, err = w.svc.VoidInvoice(w.Ctx, first.ID, "", "")
	wantFault(t, err, invoicing.ErrCreditNote)
	_, err = w.svc.IssueCredit(w.Ctx, first.ID, invoicing.NewCredit{})
	wantFault(t, err, invoicing.ErrCreditNote)
	_, err = w.svc.IssueCredit(w.Ctx, w.draft(t, free("Work", "1", "1")).ID, invoicing.NewCredit{})
	wantFault(t, err, invoicing.ErrNotIssued)
}

// invoiceninja/invoiceninja#11415: a part credit marked the invoice as paid.
func TestRule23_APartCreditLeavesItPartlySettled_invoiceninja_11415(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	w.credit(t, i, invoicing.NewCredit{Lines: []invoicing.CreditLine{{i.Lines[0].ID, eur(4000)}}})
	now := w.find(t, i.ID)
	if now.Balance().Amount() != "60.00" || now.Status(now.IssueOn) != invoicing.StatusPart || now.Credited.Amount() != "40.00" {
		t.Errorf("%v open, %s", now.Balance(), now.Status(now.IssueOn))
	}
	rows, _, err := w.svc.List(w.Ctx, invoicing.Filter{Status: invoicing.StatusPart})
	if err != nil || len(rows) != 1 || rows[0].Balance() != now.Balance() {
		t.Errorf("the list says %+v, %v", rows, err)
	}
	_, err = w.svc.VoidInvoice(w.Ctx, i.ID, "", "")
	wantFault(t, err, invoicing.ErrHasCredits)
	o, err := w.svc.Overview(w.Ctx, invoicing.Filter{})
	if err != nil || o.Totals[0].Total.Amount() != "60.00" || o.Totals[0].Open.Amount() != "60.00" || o.Counts[invoicing.StatusCredit] != 1 {
		t.Errorf("overview %+v, %v", o, err)
	}
}

func TestRule24_ACreditNoteOnAPaidInvoiceIsTheClientsCredit(t *testing.T) {
	t.Parallel()
	w := setup(t)
	paid, other := w.issued(t), w.issued(t)
	on := day.MustParse("2026-03-02")
	if _, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: *eur(7000), ReceivedOn: on, Parts: []invoicing.Part{{InvoiceID: paid.ID, Amount: *eur(7000)}}}); err != nil {
		t.Fatal(err)
	}
	note := w.credit(t, paid, invoicing.NewCredit{}).Note
	if now := w.find(t, paid.ID); !now.Balance().IsZero() || now.Credited.Amount() != "30.00" || now.Status(on) != invoicing.StatusPaid {
		t.Errorf("paid %v, credited %v", now.Paid, now.Credited)
	}
	left, err := w.svc.Credit(w.Ctx, w.client.ID)
	if err != nil || len(left) != 1 || left[0].Amount() != "70.00" {
		t.Fatalf("credit %v, %v", left, err)
	}
	all, _, err := w.svc.Payments(w.Ctx, invoicing.PaymentFilter{Unapplied: true})
	if err != nil || len(all) != 1 || all[0].CreditNoteID != note.ID {
		t.Fatalf("%+v, %v", all, err)
	}
	p, err := w.svc.Apply(w.Ctx, all[0].ID, []invoicing.Part{{InvoiceID: other.ID, Amount: *eur(7000)}}, on)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.find(t, other.ID); got.Credited.Amount() != "70.00" || got.Balance().Amount() != "30.00" {
		t.Errorf("the other one: %v credited, %v open", got.Credited, got.Balance())
	}
	if _, err := w.svc.Undo(w.Ctx, p.ID, p.Allocations[1].ID, "mistaken"); err != nil {
		t.Fatal(err)
	}
	if got := w.find(t, other.ID); !got.Credited.IsZero() || got.Balance().Amount() != "100.00" {
		t.Errorf("undone: %v credited, %v open", got.Credited, got.Balance())
	}
	_, err = w.svc.VoidPayment(w.Ctx, p.ID, "bounced")
	wantFault(t, err, invoicing.ErrCreditNote)
}

func TestCreditedTimeIsReleasedOrKeptOrBilledAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		n      invoicing.NewCredit
		billed int
	}{
		{"released", invoicing.NewCredit{Time: invoicing.ReleaseTime}, 0},
		{"kept", invoicing.NewCredit{Time: invoicing.KeepTime}, 2},
		{"reissued", invoicing.NewCredit{Reissue: true}, 2},
	} {
		w := setup(t)
		w.worked(t, "2026-02-10", 3600, "90", "Design")
		w.worked(t, "2026-02-11", 3600, "120", "Build")
		d, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28")})
		if err != nil {
			t.Fatal(err)
		}
		i, err := w.svc.Issue(w.Ctx, d.ID, day.Date{})
		if err != nil {
			t.Fatal(err)
		}
		if !c.n.Reissue {
			_, err = w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{})
			wantFault(t, err, invoicing.ErrKeepTime)
		}
		got := w.credit(t, i, c.n)
		if w.billedCount() != c.billed {
			t.Errorf("%s: %d entries are billed, want %d", c.name, w.billedCount(), c.billed)
		}
		if (got.Draft != nil) != c.n.Reissue {
			t.Fatalf("%s: draft %v", c.name, got.Draft)
		}
		if got.Draft == nil {
			continue
		}
		again := w.find(t, got.Draft.ID)
		if again.State != invoicing.Draft || again.Total != i.Total || len(again.Lines[0].Sources) != 1 || again.Number != "" {
			t.Errorf("the draft is %s over %v with %d entries", again.State, again.Total, len(again.Lines[0].Sources))
		}
		if again, err = w.svc.Issue(w.Ctx, again.ID, day.Date{}); err != nil || again.Number != "INV-2026-0002" {
			t.Errorf("issued again as %s, %v", again.Number, err)
		}
	}
}

func TestRule22_TwoCreditNotesAtOnceNeverTakeBackMore(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ok := 0
	for range 8 {
		wg.Go(func() {
			_, err := w.svc.IssueCredit(context.WithoutCancel(w.Ctx), i.ID, invoicing.NewCredit{Lines: []invoicing.CreditLine{{i.Lines[0].ID, eur(6000)}}})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				ok++
			} else if !errors.Is(err, invoicing.ErrBadCredit) {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if ok != 1 || w.find(t, i.ID).Credited.Amount() != "60.00" {
		t.Errorf("%d notes of 60.00 went onto 100.00", ok)
	}
}
