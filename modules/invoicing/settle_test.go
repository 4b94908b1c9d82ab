package invoicing_test

import (
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func TestRule25_ARefundIsNeverMoreThanIsLeft(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	on := day.MustParse("2026-03-02")
	p, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: *eur(15000), ReceivedOn: on, KeepCredit: true, Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: *eur(10000)}}})
	if err != nil {
		t.Fatal(err)
	}
	refund := func(minor int64, day day.Date) error {
		_, err := w.svc.Refund(w.Ctx, p.ID, invoicing.NewRefund{Amount: eur(minor), RefundedOn: day})
		return err
	}
	wantFault(t, refund(5001, on), invoicing.ErrBadRefund)
	wantFault(t, refund(0, on), invoicing.ErrBadRefund)
	wantFault(t, refund(1, on.AddDays(-1)), invoicing.ErrBadRefund)
	if err := refund(2000, on); err != nil {
		t.Fatal(err)
	}
	wantFault(t, refund(3001, on), invoicing.ErrBadRefund)
	left, err := w.svc.Credit(w.Ctx, w.client.ID)
	if err != nil || len(left) != 1 || left[0].Amount() != "30.00" {
		t.Errorf("credit %v, %v", left, err)
	}
	got, err := w.svc.Refund(w.Ctx, p.ID, invoicing.NewRefund{RefundedOn: on}) // the rest
	if err != nil || !got.Unapplied().IsZero() || len(got.Refunds) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	wantFault(t, refund(1, on), invoicing.ErrBadRefund)
	_, err = w.svc.VoidPayment(w.Ctx, p.ID, "bounced")
	wantFault(t, err, invoicing.ErrHasRefunds)
	if now := w.find(t, i.ID); !now.Balance().IsZero() {
		t.Errorf("%v is open", now.Balance())
	}
	// The value of a credit note goes back in the same way.
	note := w.credit(t, i, invoicing.NewCredit{}).Note
	all, _, err := w.svc.Payments(w.Ctx, invoicing.PaymentFilter{Unapplied: true})
	if err != nil || len(all) != 1 || all[0].CreditNoteID != note.ID {
		t.Fatalf("%+v, %v", all, err)
	}
	if got, err := w.svc.Refund(w.Ctx, all[0].ID, invoicing.NewRefund{RefundedOn: on}); err != nil || got.Refunds[0].Amount.Amount() != "100.00" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRule23_WhatIsWrittenOffIsNoLongerOpen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	wantFault(t, func() error { _, err := w.svc.WriteOff(w.Ctx, i.ID, invoicing.NewWriteOff{}); return err }(), invoicing.ErrBadWriteOff)
	for _, n := range []invoicing.NewWriteOff{
		{Reason: "x", Amount: eur(10001)}, {Reason: "x", Amount: eur(0)}, {Reason: " "}, {Reason: "x", WrittenOn: i.IssueOn.AddDays(1)}, {Reason: "x", WrittenOn: i.IssueOn.AddDays(-1)},
	} {
		_, err := w.svc.WriteOff(w.Ctx, i.ID, n)
		wantFault(t, err, invoicing.ErrBadWriteOff)
	}
	if _, err := w.svc.WriteOff(w.Ctx, i.ID, invoicing.NewWriteOff{Reason: "bank charge", Amount: eur(150)}); err != nil {
		t.Fatal(err)
	}
	if part := w.find(t, i.ID); part.Balance().Amount() != "98.50" || part.Status(part.IssueOn) != invoicing.StatusPart {
		t.Errorf("%v open", part.Balance())
	}
	if _, err := w.svc.WriteOff(w.Ctx, i.ID, invoicing.NewWriteOff{Reason: "insolvent"}); err != nil {
		t.Fatal(err)
	}
	if rest := w.find(t, i.ID); !rest.Balance().IsZero() || rest.Status(rest.IssueOn) != invoicing.StatusWrittenOff {
		t.Errorf("%v open", rest.Balance())
	}
	rows, _, err := w.svc.List(w.Ctx, invoicing.Filter{Status: invoicing.StatusWrittenOff})
	if err != nil || len(rows) != 1 || !rows[0].Balance().IsZero() {
		t.Errorf("the list says %+v, %v", rows, err)
	}
	_, err = w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{})
	wantFault(t, err, invoicing.ErrWrittenOff)
	_, err = w.svc.VoidInvoice(w.Ctx, i.ID, "", "")
	wantFault(t, err, invoicing.ErrWrittenOff)
	all, err := w.svc.WriteOffs(w.Ctx, i.ID)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if _, err := w.svc.UndoWriteOff(w.Ctx, all[1].ID, "they paid"); err != nil {
		t.Fatal(err)
	}
	if open := w.find(t, i.ID); open.Balance().Amount() != "98.50" {
		t.Errorf("%v open", open.Balance())
	}
	_, err = w.svc.UndoWriteOff(w.Ctx, all[1].ID, "again")
	wantFault(t, err, invoicing.ErrUndone)
	_, err = w.svc.UndoWriteOff(w.Ctx, id.New(), "")
	wantFault(t, err, invoicing.ErrWriteOffNotFound)
}
