package invoicing_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

var errShut = errors.New("this day is closed")

// shut is a house whose periods can be closed.
type shut struct{ closed bool }

func (s *shut) OpenForTx(_ context.Context, _ *tenancy.Tx, _ string, _ day.Date, field string) error {
	if s.closed {
		return invoicing.ErrBadLateFees.Because(errShut).At(field, "is closed")
	}
	return nil
}

func (*shut) MovesTx(context.Context, *tenancy.Tx, string, string, string) error { return nil }

// Many overdue invoices are charged at once, each once whoever asks how often; disputed ones wait, and what is refused leaves nothing.
func TestLateFeesOfManyInvoices_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := guide(t, "reminders.md")
	periods := &shut{}
	w := setup(t, func(d *invoicing.Deps) { d.Periods = periods })
	most := dec("40")
	w.costs(t, func(p *invoicing.ReminderPolicy) {
		p.Enabled, p.Steps, p.Late.By, p.Late.Most = false, nil, "", &most
	})
	small, large := w.issuedOn(t, "2026-03-02", "2026-04-01", "1000"), w.issuedOn(t, "2026-03-02", "2026-04-01", "9000")
	disputed, young := w.issuedOn(t, "2026-03-02", "2026-04-01", "800"), w.issuedOn(t, "2026-03-02", "2026-04-21", "500")
	w.issuedOn(t, "2026-03-02", "2026-05-01", "700") // due today: not late
	if err := w.svc.PauseReminders(w.Ctx, disputed.ID, "The hours are disputed"); err != nil {
		t.Fatal(err)
	}
	w.until(t, "2026-05-01")

	list := func() map[string]invoicing.Overdue {
		t.Helper()
		out, cursor := map[string]invoicing.Overdue{}, ""
		for {
			all, next, err := w.svc.OverdueFees(w.Ctx, invoicing.LateFilter{}, page.Query{Limit: 2, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range all {
				out[o.Invoice.ID] = o
			}
			if next == nil {
				return out
			}
			cursor = *next
		}
	}
	before := list()
	if len(before) != 4 {
		t.Fatalf("%d invoices are overdue, want 4", len(before))
	}
	for _, c := range []struct {
		of        invoicing.Invoice
		fee, said string
	}{
		{small, "7.40", "| 1,000.00, due on 1 April | 30 | 9 % a year | 7.40 |"},
		{large, "40.00", "| 9,000.00, due on 1 April | 30 | 66.58, but no more than 40.00 | 40.00 |"},
		{young, "1.23", "| 500.00, due on 21 April | 10 | 9 % a year | 1.23 |"},
		{disputed, "0.00", "| 800.00, due on 1 April, disputed | 30 | its reminders are paused | – |"},
	} {
		o := before[c.of.ID]
		if o.Fee.Amount() != c.fee || o.Capped != (c.of.ID == large.ID) || (o.Why == invoicing.LatePaused) != (c.of.ID == disputed.ID) {
			t.Errorf("%s: %+v", c.of.Total, o)
		}
		if one := w.late(t, c.of.ID); o.Why == "" && one.Draft.Net != o.Fee {
			t.Errorf("alone %s would cost %s, in the list %s", c.of.Total, one.Draft.Net, o.Fee)
		}
		says(c.said)
	}

	charge := func(how invoicing.How, ids ...string) []invoicing.LateCharged {
		all, err := w.svc.ChargeLateMany(w.Ctx, ids, how)
		if err != nil {
			t.Error(err)
		}
		return all
	}
	// A closed period refuses what would be issued into it, and leaves nothing.
	periods.closed = true
	if all := charge(invoicing.AsIssued, young.ID); !errors.Is(all[0].Err, errShut) || len(w.late(t, young.ID).Charges) != 0 {
		t.Errorf("in a closed period: %+v", all)
	}
	periods.closed = false

	// Two who charge all at once charge each once.
	var wg sync.WaitGroup
	both := make([][]invoicing.LateCharged, 2)
	for n := range both {
		wg.Go(func() { both[n] = charge(invoicing.AsIssued, small.ID, large.ID, disputed.ID, young.ID) })
	}
	wg.Wait()
	sum, refused := map[string]string{}, 0
	for _, one := range append(both[0], both[1]...) {
		switch {
		case one.Err == nil && sum[one.InvoiceID] == "" && one.Document.Number != "":
			sum[one.InvoiceID] = one.Document.Total.Amount()
		case errors.Is(one.Err, invoicing.ErrNothingLate) && one.InvoiceID != disputed.ID, errors.Is(one.Err, invoicing.ErrLatePaused) && one.InvoiceID == disputed.ID:
			refused++
		default:
			t.Errorf("%+v", one)
		}
	}
	if want := map[string]string{small.ID: "7.40", large.ID: "40.00", young.ID: "1.23"}; fmt.Sprint(sum) != fmt.Sprint(want) || refused != 5 {
		t.Errorf("charged %v, %d refused", sum, refused)
	}
	for _, one := range []string{small.ID, large.ID} {
		if o := list()[one]; o.Why != invoicing.LateNothing || o.Charged.Amount() != sum[one] || !o.Fee.IsZero() {
			t.Errorf("after it: %+v", o)
		}
	}

	_, err := w.svc.ChargeLateMany(w.Ctx, []string{small.ID, id.New()}, invoicing.AsDraft)
	wantFault(t, err, invoicing.ErrNotFound)
	_, err = w.svc.ChargeLateMany(w.Ctx, []string{small.ID}, "later")
	wantFault(t, err, invoicing.ErrBadLateFees)
}
