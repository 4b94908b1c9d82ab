package invoicing_test

import (
	"context"
	"slices"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Who sold something by an invoice learns what became of it: paid by money and not by a credit note or by giving it up, open again
// when the money is taken back, and nothing when it was deleted, voided or credited to the last cent.
func TestWhoSoldByAnInvoiceLearnsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	on := day.MustParse("2026-03-02")
	stands := func(of string, state invoicing.State, paid bool) {
		t.Helper()
		err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			st, err := w.svc.StandingTx(ctx, tx, of)
			if st.State != state || st.Paid != paid {
				t.Errorf("it stands as %+v, want %s and paid %v", st, state, paid)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	told := func() (names []string) {
		t.Helper()
		err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.PGX().QueryRow(ctx, `SELECT coalesce(array_agg(name ORDER BY happened_at, id), '{}') FROM events WHERE name IN ('invoicing.invoice_paid.v1', 'invoicing.invoice_unpaid.v1')`).Scan(&names)
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	stands(id.New(), invoicing.Void, false)
	i := w.issued(t)
	stands(i.ID, invoicing.Issued, false)
	p, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: *eur(10000), ReceivedOn: on, Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: *eur(4000)}, {InvoiceID: w.issued(t).ID, Amount: *eur(6000)}}})
	if err != nil {
		t.Fatal(err)
	}
	stands(i.ID, invoicing.Issued, false)
	rest, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: *eur(6000), ReceivedOn: on, Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: *eur(6000)}}})
	if err != nil {
		t.Fatal(err)
	}
	stands(i.ID, invoicing.Issued, true)
	if _, err := w.svc.VoidPayment(w.Ctx, p.ID, "It bounced"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Undo(w.Ctx, rest.ID, rest.Allocations[0].ID, "Of another invoice"); err != nil {
		t.Fatal(err)
	}
	stands(i.ID, invoicing.Issued, false)
	if got, want := told(), []string{"invoicing.invoice_paid.v1", "invoicing.invoice_unpaid.v1"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q: once each", got, want)
	}
	w.credit(t, i, invoicing.NewCredit{})
	stands(i.ID, invoicing.Void, false)

	part := w.issued(t)
	w.credit(t, part, invoicing.NewCredit{Lines: []invoicing.CreditLine{{LineID: part.Lines[0].ID, Amount: eur(100)}}})
	stands(part.ID, invoicing.Issued, false)

	lost := w.issued(t)
	if _, err := w.svc.WriteOff(w.Ctx, lost.ID, invoicing.NewWriteOff{Reason: "insolvent"}); err != nil {
		t.Fatal(err)
	}
	stands(lost.ID, invoicing.Issued, false)
	gone := w.issued(t)
	if _, err := w.svc.VoidInvoice(w.Ctx, gone.ID, "", "the wrong client"); err != nil {
		t.Fatal(err)
	}
	stands(gone.ID, invoicing.Void, false)
}
