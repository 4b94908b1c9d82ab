package invoicing_test

import (
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func (w *world) statement(t *testing.T, from, to string) invoicing.StatementOf {
	t.Helper()
	st, err := w.svc.Statement(w.Ctx, w.client.ID, day.MustParse(from), day.MustParse(to))
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Currencies) == 0 {
		return invoicing.StatementOf{Opening: euros("0"), Closing: euros("0"), Open: euros("0"), Credit: euros("0")}
	}
	of := st.Currencies[0]
	sum := euros("0")
	for _, b := range of.Buckets {
		sum = sum.Add(b)
	}
	if sum != of.Open || of.Closing != of.Open.Sub(of.Credit) {
		t.Errorf("to %s: buckets %v, open %v, credit %v, closing %v", to, sum, of.Open, of.Credit, of.Closing)
	}
	return of
}

// issuedOn issues an invoice on a day, due on another.
func (w *world) issuedOn(t *testing.T, on, due, price string) invoicing.Invoice {
	t.Helper()
	i, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) {
		i.Lines, i.DueOn = []invoicing.Line{free("Work", "1", price)}, day.MustParse(due)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if i, err = w.svc.Issue(w.Ctx, i.ID, day.MustParse(on)); err != nil {
		t.Fatal(err)
	}
	return i
}

func TestRule29_AgeingCountsOnlyWhatWasThereByThen(t *testing.T) {
	t.Parallel()
	w := setup(t) // today is 2026-03-02
	var all []invoicing.Invoice
	for _, x := range []struct{ on, due, price string }{
		{"2025-11-01", "2025-12-01", "100"}, // 91 days late on 2 March
		{"2025-11-02", "2025-12-02", "200"}, // 90
		{"2025-12-03", "2026-01-01", "300"}, // 60
		{"2025-12-04", "2026-01-31", "400"}, // 30
		{"2026-01-10", "2026-03-01", "500"}, // 1
		{"2026-01-11", "2026-03-02", "600"}, // 0: it is due today, not late
	} {
		all = append(all, w.issuedOn(t, x.on, x.due, x.price))
	}
	of := w.statement(t, "2026-01-01", "2026-03-02")
	want := []string{"600", "900", "300", "200", "100"}
	for n, b := range of.Buckets {
		if b != euros(want[n]) {
			t.Errorf("bucket %d is %v, want %s", n, b, want[n])
		}
	}
	if of.Opening != euros("1000") || of.Closing != euros("2100") || len(of.Movements) != 2 {
		t.Errorf("opening %v closing %v", of.Opening, of.Closing)
	}
	// Money of 20 February pays the oldest two, and 50 is left as credit.
	p, err := w.svc.Record(w.Ctx, invoicing.NewPayment{
		ClientID: w.client.ID, Amount: euros("350"), ReceivedOn: day.MustParse("2026-02-20"), KeepCredit: true,
		Parts: []invoicing.Part{{InvoiceID: all[0].ID, Amount: euros("100")}, {InvoiceID: all[1].ID, Amount: euros("200")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if of := w.statement(t, "2026-01-01", "2026-02-19"); of.Open != euros("2100") || of.Credit != euros("0") {
		t.Errorf("the day before: open %v credit %v", of.Open, of.Credit)
	}
	if of := w.statement(t, "2026-01-01", "2026-02-20"); of.Open != euros("1800") || of.Credit != euros("50") || of.Closing != euros("1750") {
		t.Errorf("that day: open %v credit %v", of.Open, of.Credit)
	}
	// What is undone, credited, written off, refunded or voided later leaves earlier days as they were.
	w.Clock.Advance(72 * time.Hour) // 5 March
	if _, err := w.svc.Undo(w.Ctx, p.ID, p.Allocations[0].ID, "wrong"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.IssueCredit(w.Ctx, all[5].ID, invoicing.NewCredit{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.WriteOff(w.Ctx, all[3].ID, invoicing.NewWriteOff{Reason: "gone"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Refund(w.Ctx, p.ID, invoicing.NewRefund{Amount: new(euros("50")), RefundedOn: day.MustParse("2026-03-05")}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.VoidInvoice(w.Ctx, all[4].ID, "", "wrong"); err != nil {
		t.Fatal(err)
	}
	if of := w.statement(t, "2026-01-01", "2026-03-02"); of.Open != euros("1800") || of.Credit != euros("50") {
		t.Errorf("2 March seen later: open %v credit %v", of.Open, of.Credit)
	}
	of = w.statement(t, "2026-03-01", "2026-03-05")
	if of.Open != euros("400") || of.Credit != euros("100") || of.Opening != euros("1750") {
		t.Errorf("5 March: open %v credit %v opening %v", of.Open, of.Credit, of.Opening)
	}
	// The same as the overview says of today.
	o, err := w.svc.Overview(w.Ctx, invoicing.Filter{})
	if err != nil || o.Totals[0].Open != of.Open || o.Totals[0].Buckets != of.Buckets {
		t.Errorf("overview %v %v, statement %v %v", o.Totals[0].Open, o.Totals[0].Buckets, of.Open, of.Buckets)
	}
	_, err = w.svc.Statement(w.Ctx, w.client.ID, day.MustParse("2020-01-01"), day.MustParse("2026-01-01"))
	wantFault(t, err, invoicing.ErrLongStatement)
}

func TestStatementKeepsCurrenciesApart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.issued(t, free("Work", "1", "10"))
	w.keepRate(t, day.MustParse("2026-03-02"), "0.92")
	i, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Currency: "USD", Edit: func(i *invoicing.Invoice) { i.Lines = []invoicing.Line{free("Work", "1", "7")} }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Issue(w.Ctx, i.ID, day.Date{}); err != nil {
		t.Fatal(err)
	}
	st, err := w.svc.Statement(w.Ctx, w.client.ID, day.Date{}, day.Date{})
	if err != nil || len(st.Currencies) != 2 || st.Currencies[0].Open != euros("10") || st.Currencies[1].Open != money.Of(700, "USD") {
		t.Fatalf("%+v, %v", st.Currencies, err)
	}
	pdf, err := w.svc.StatementPDF(w.Ctx, w.client.ID, day.Date{}, day.Date{})
	again, _ := w.svc.StatementPDF(w.Ctx, w.client.ID, day.Date{}, day.Date{})
	if err != nil || len(pdf.Bytes) < 1000 || string(pdf.Bytes) != string(again.Bytes) {
		t.Errorf("the PDF has %d bytes, %v", len(pdf.Bytes), err)
	}
	// It speaks the client's language, and else that of the legal entity.
	seen := map[string]bool{string(pdf.Bytes): true}
	for _, language := range []string{"de", "fr", "es"} {
		w.client.Language = language
		own, err := w.svc.StatementPDF(w.Ctx, w.client.ID, day.Date{}, day.Date{})
		if err != nil || seen[string(own.Bytes)] {
			t.Errorf("%s: %v, the same as another: %v", language, err, seen[string(own.Bytes)])
		}
		seen[string(own.Bytes)] = true
	}
}
