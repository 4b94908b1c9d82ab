package billing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

// quarterly is an agency on Enterprise that settles by the quarter, with people beyond those licensed. Its own
// clock is the provider's, so that the ledger and the quarters agree.
func quarterly(t *testing.T, licensed int) *world {
	t.Helper()
	w := newWorld(t, delivery{name: "in order", replicas: 1, today: true})
	w.Service = w.timed(w.gateway)
	q := billing.QuarterOf(w.stand.Now()).AddDate(0, 3, 0) // the next quarter's first day
	w.advance(q.Sub(w.stand.Now()) - 20*days)
	w.buy(billing.Enterprise, licensed)
	w.advance(q.Sub(w.stand.Now()) + time.Hour)
	_, err := w.SetTerms(t.Context(), w.key(), billing.Terms{Collection: billing.TrueUp, Ceiling: 12, Seats: licensed})
	check(t, err)
	w.tell()
	return w
}

// quarterOver lets the rest of the quarter pass, renewals and all.
func (w *world) quarterOver() {
	w.Helper()
	w.advance(billing.QuarterOf(w.stand.Now()).AddDate(0, 3, 0).Sub(w.stand.Now()) + time.Hour)
}

// settle is what a process does for this agency once an hour. All agencies of these tests share one database.
func (w *world) settle(s *billing.Service) (bool, error) {
	w.Helper()
	a, _ := w.account()
	return s.SettleAgency(w.Context(), a)
}

// oneOffs are the invoices that are no renewal's.
func (w *world) oneOffs() (out []billing.Invoice) {
	w.Helper()
	a, _ := w.account()
	all, _, err := w.gateway.Invoices(w.Context(), a.CustomerID, "")
	check(w, err)
	for _, inv := range all {
		if inv.SubscriptionID == "" {
			out = append(out, inv)
		}
	}
	return out
}

func TestQuartersAreSettledOnce(t *testing.T) {
	t.Parallel()
	w := quarterly(t, 3)
	for range 5 { // six people at the most
		w.join()
	}
	w.advance(days)
	w.leave()
	w.leave()
	if a, _ := w.account(); a.Held.Quantity != 3 {
		t.Fatalf("people were licensed before the quarter was over: %+v", a.Held)
	}
	if did, err := w.settle(w.Service); err != nil || did || len(w.oneOffs()) != 0 {
		t.Fatalf("a quarter that runs was settled: %v %v", did, err)
	}
	w.quarterOver()
	for range 2 {
		_, err := w.settle(w.Service)
		check(t, err)
	}
	w.tell()
	all := w.oneOffs()
	if len(all) != 1 || all[0].Total != money.Of(3*7900*3, "USD") || all[0].DueAt == nil || len(all[0].Lines) != 1 {
		t.Fatalf("3 seats above 3, for 3 months at $79.00: %+v", all)
	}
	quarters, err := w.Settlements(t.Context(), w.key())
	check(t, err)
	if len(quarters) != 1 || quarters[0].Peak != 6 || quarters[0].Licensed != 3 || quarters[0].Months != 3 || quarters[0].State != billing.SettlementInvoiced || quarters[0].InvoiceID != all[0].ID {
		t.Fatalf("%+v", quarters)
	}
	if a, _ := w.account(); a.Held != (billing.Seats{Plan: billing.Enterprise, Quantity: 6}) {
		t.Fatalf("the seats were not licensed: %+v", a.Held)
	}

	// Fewer people in the next quarter give nothing back, and bill nothing.
	w.quarterOver()
	_, err = w.settle(w.Service)
	check(t, err)
	quarters, err = w.Settlements(t.Context(), w.key())
	check(t, err)
	if len(quarters) != 2 || quarters[0].State != billing.SettlementNothing || quarters[0].Amount.Minor != 0 || quarters[0].Peak != 4 || len(w.oneOffs()) != 1 {
		t.Fatalf("%+v", quarters)
	}
	if a, _ := w.account(); a.Held.Quantity != 6 {
		t.Fatalf("%+v", a.Held)
	}
}

// fatalBill is a gateway whose process dies at the quarter's invoice: before it is made, or before anybody hears of it.
type fatalBill struct {
	billing.Gateway
	after bool
}

func (f fatalBill) BillOnce(ctx context.Context, key string, b billing.OneOff) (billing.Invoice, error) {
	if f.after {
		if _, err := f.Gateway.BillOnce(ctx, key, b); err != nil {
			return billing.Invoice{}, err
		}
	}
	return billing.Invoice{}, errKilled
}

func TestASettlementGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		after bool
		wait  time.Duration
	}{
		{"killed before the invoice", false, 0},
		{"killed after the invoice", true, 0},
		{"killed after the invoice, and started again when the provider has forgotten the key", true, 3 * days},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := quarterly(t, 1)
			w.join()
			w.quarterOver()
			if _, err := w.settle(w.timed(fatalBill{w.gateway, c.after})); !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			w.leave() // the figures are fixed
			if c.wait > 0 {
				w.stand.ForgetKeys()
			}
			w.advance(c.wait)
			for range 2 {
				_, err := w.settle(w.Service)
				check(t, err)
			}
			w.tell()
			all := w.oneOffs()
			a, _ := w.account()
			if len(all) != 1 || all[0].Total != money.Of(7900*3, "USD") || a.Held.Quantity != 2 {
				t.Fatalf("%+v, %+v", all, a.Held)
			}
		})
	}
}

func TestTermsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.join()
	set := func(terms billing.Terms) error {
		_, err := w.SetTerms(t.Context(), w.key(), terms)
		return err
	}
	if err := set(billing.Terms{Collection: billing.TrueUp}); !errors.Is(err, billing.ErrTermsPlan) {
		t.Errorf("in the trial: %v", err)
	}
	w.advance(15 * days)
	w.buy(billing.Professional, 2)
	if err := set(billing.Terms{Collection: billing.TrueUp}); !errors.Is(err, billing.ErrTermsPlan) {
		t.Errorf("on Professional: %v", err)
	}
	_, err := w.Change(t.Context(), w.key(), billing.Seats{Plan: billing.Enterprise, Quantity: 2})
	check(t, err)
	w.tell()
	if err := set(billing.Terms{Collection: billing.TrueUp, Ceiling: 1}); !errors.Is(err, billing.ErrTermsCeiling) {
		t.Errorf("a ceiling below the people: %v", err)
	}
	if err := set(billing.Terms{Collection: billing.TrueUp, Seats: -1}); !errors.Is(err, billing.ErrTermsSeats) {
		t.Errorf("seats below none: %v", err)
	}
	check(t, set(billing.Terms{Collection: billing.TrueUp, Ceiling: 3, Seats: 3}))
	w.tell()
	if a, acc := w.account(); a.Held.Quantity != 3 || acc.MaxSeats != 3 {
		t.Fatalf("%+v %+v", a.Held, acc)
	}
	check(t, w.seat(1))
	if err := w.seat(1); !errors.Is(err, billing.ErrNoSeat) {
		t.Fatalf("above the ceiling: %v", err)
	}
}
