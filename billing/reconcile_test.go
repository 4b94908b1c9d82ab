package billing_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripestand"
)

// deaf is a world with a database of its own, since a comparison is of all agencies. Its notices get lost.
func deaf(t *testing.T) *world {
	t.Helper()
	w := newWorldOf(t, testkit.Own(t, nil).Agency(t), deliveries[0])
	w.Service = w.timed(w.gateway)
	w.advance(15 * days)
	w.buy(billing.Professional, 1)
	w.loseNotices(true)
	return w
}

func (w *world) loseNotices(all bool) {
	w.Helper()
	k := stripestand.Knobs{}
	if all {
		k.Drop = 1
	}
	w.stand.SetKnobs(k)
}

// found are the fields that differed, and whether each of them healed.
func found(r billing.Report) (healed, stayed []string) {
	for _, d := range r.Drift {
		if d.Healed {
			healed = append(healed, d.Field)
		} else {
			stayed = append(stayed, d.Field)
		}
	}
	slices.Sort(healed)
	slices.Sort(stayed)
	return healed, stayed
}

// buyFor pays a purchase page at the provider, behind our back.
func (w *world) buyFor(customer string) {
	w.Helper()
	c, err := w.gateway.OpenCheckout(w.Context(), id.New(), billing.NewCheckout{CustomerID: customer, AgencyID: w.key(), Seats: pro(1), SuccessURL: "http://a.test/", CancelURL: "http://a.test/"})
	check(w, err)
	if !w.stand.Pay(c.ID, stripestand.CardGood) {
		w.Fatal("the card was declined")
	}
}

// reprice gives the subscription a price that is no plan's.
func (w *world) reprice(a billing.Account) {
	w.Helper()
	p, err := w.gateway.CreatePrice(w.Context(), id.New(), billing.Plan{ID: "bargain", Name: "Bargain", Price: money.Of(100, "USD"), LookupKey: "bargain"})
	check(w, err)
	form := url.Values{"items[0][id]": {a.ItemID}, "items[0][price]": {p.ID}, "items[0][quantity]": {strconv.Itoa(a.Held.Quantity)}, "proration_behavior": {"none"}}
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.apiURL+"/v1/subscriptions/"+a.SubscriptionID, strings.NewReader(form.Encode()))
	check(w, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer sk_test")
	res, err := http.DefaultClient.Do(req)
	check(w, err)
	check(w, res.Body.Close())
	if res.StatusCode != http.StatusOK {
		w.Fatalf("the price was not changed: %d", res.StatusCode)
	}
}

func TestTheComparisonHealsOrReports(t *testing.T) {
	t.Parallel()
	w := deaf(t)
	change := func(to billing.Seats) {
		t.Helper()
		a, _ := w.account()
		_, err := w.gateway.Change(t.Context(), id.New(), a.SubscriptionID, a.ItemID, billing.Step{To: to, Proration: billing.NoCharge})
		check(t, err)
	}
	for _, c := range []struct {
		name           string
		drift          func(a billing.Account)
		healed, stayed []string
		holds          func(a billing.Account) bool // afterwards
		mend           func(a billing.Account)      // what an operator does about it
	}{
		{name: "nothing differs"},
		{
			name: "canceled in the portal", healed: []string{"cancel_at_period_end"},
			drift: func(a billing.Account) {
				_, err := w.gateway.SetCancelAtPeriodEnd(t.Context(), id.New(), a.SubscriptionID, true)
				check(t, err)
			},
			holds: func(a billing.Account) bool { return a.CancelAtPeriodEnd },
		},
		{
			name: "taken back in the portal", healed: []string{"cancel_at_period_end"},
			drift: func(a billing.Account) {
				_, err := w.gateway.SetCancelAtPeriodEnd(t.Context(), id.New(), a.SubscriptionID, false)
				check(t, err)
			},
			holds: func(a billing.Account) bool { return !a.CancelAtPeriodEnd },
		},
		{
			name: "the quantity was changed at the provider", healed: []string{"quantity", "seats"},
			drift: func(billing.Account) { change(pro(7)) },
			holds: func(a billing.Account) bool { return a.Held == pro(1) },
		},
		{
			name: "somebody joined, and the job is lost", healed: []string{"seats"},
			drift: func(billing.Account) { check(t, w.seat(1)) },
			holds: func(a billing.Account) bool { return a.Held == pro(2) },
		},
		{
			name: "the plan was changed at the provider", healed: []string{"plan"},
			drift: func(billing.Account) { change(billing.Seats{Plan: billing.Enterprise, Quantity: 2}) },
			holds: func(a billing.Account) bool { return a.Held.Plan == billing.Enterprise },
			mend:  func(billing.Account) { change(pro(2)); _, err := w.Reconcile(t.Context()); check(t, err) },
		},
		{
			name: "a price that is no plan's", stayed: []string{"price"},
			drift: w.reprice,
			holds: func(a billing.Account) bool { return a.Held == pro(2) },
			mend:  func(billing.Account) { change(pro(2)) },
		},
		{
			name: "the renewal failed", healed: []string{"payment_failed", "period_end", "status"},
			drift: func(a billing.Account) {
				w.stand.SetCard(a.CustomerID, stripestand.CardDeclines, false)
				w.advance(a.PeriodEnd.Sub(w.stand.Now()) + 2*time.Hour)
			},
			holds: func(a billing.Account) bool { return a.Status == billing.PastDue },
		},
		{
			name: "an invoice was paid", healed: []string{"payment_failed", "status"},
			drift: func(a billing.Account) { w.stand.SetCard(a.CustomerID, stripestand.CardGood, true) },
			holds: func(a billing.Account) bool { return a.Status == billing.ActiveStatus && !a.LastPaymentFailed },
		},
		{
			name: "an order's invoice was paid", healed: []string{"order"},
			drift: func(billing.Account) {
				o, err := w.order(w.Service, 500_000)
				check(t, err)
				w.agency.Work(t)
				all, err := w.Orders(t.Context(), w.key())
				check(t, err)
				_, err = w.gateway.PayInvoice(t.Context(), o.ID, all[0].InvoiceID)
				check(t, err)
			},
			holds: func(billing.Account) bool {
				all, err := w.Orders(t.Context(), w.key())
				return err == nil && all[0].State == billing.OrderPaid
			},
		},
		{
			name: "a customer that is nobody's", stayed: []string{"customer"},
			drift: func(billing.Account) {
				stranger, err := w.gateway.CreateCustomer(t.Context(), id.New(), billing.NewCustomer{AgencyID: w.key(), Name: "Somebody", Email: "olive@example.test"})
				check(t, err)
				w.buyFor(stranger)
			},
			mend: func(billing.Account) {
				all, _, err := w.gateway.Subscriptions(t.Context(), "", "")
				check(t, err)
				_, err = w.gateway.CancelNow(t.Context(), id.New(), all[0].ID)
				check(t, err)
			},
		},
		{
			name: "a second subscription", healed: []string{"duplicate"},
			drift: func(a billing.Account) { w.buyFor(a.CustomerID) },
			holds: func(billing.Account) bool { _, live := w.invoiced(); return live == 1 },
		},
		{
			name: "an agency whose sign-up was killed", healed: []string{"account"},
			drift: func(billing.Account) {
				_, err := w.agency.Provisioner.Claim(t.Context(), "a"+strings.ReplaceAll(id.New(), "-", ""), "Late")
				check(t, err)
			},
		},
		{
			name: "ended at the provider", healed: []string{"status"},
			drift: func(a billing.Account) {
				_, err := w.gateway.CancelNow(t.Context(), id.New(), a.SubscriptionID)
				check(t, err)
			},
			holds: func(a billing.Account) bool { return a.Status == billing.Canceled && a.EndedAt != nil },
		},
	} {
		before, _ := w.account()
		if c.drift != nil {
			c.drift(before)
		}
		w.tell() // nothing arrives
		r, err := w.Reconcile(t.Context())
		check(t, err)
		if healed, stayed := found(r); !slices.Equal(healed, c.healed) || !slices.Equal(stayed, c.stayed) {
			t.Fatalf("%s: healed %v, want %v; stayed %v, want %v: %+v", c.name, healed, c.healed, stayed, c.stayed, r.Drift)
		}
		a, _ := w.account()
		if c.holds != nil && !c.holds(a) {
			t.Fatalf("%s: afterwards %+v", c.name, a)
		}
		// A second time changes nothing, and says again only what a person has to put right.
		again, err := w.Reconcile(t.Context())
		check(t, err)
		if healed, stayed := found(again); len(healed) != 0 || !slices.Equal(stayed, c.stayed) {
			t.Fatalf("%s, a second time: healed %v, stayed %v", c.name, healed, stayed)
		}
		if b, _ := w.account(); b.Version != a.Version {
			t.Fatalf("%s: the second comparison changed the account: %+v, then %+v", c.name, a, b)
		}
		if c.mend != nil {
			c.mend(a)
		}
	}
	kept, err := w.store.DriftSince(t.Context(), time.Time{}, 1000)
	check(t, err)
	if len(kept) == 0 {
		t.Fatal("operators are shown nothing")
	}
}

func TestRoundsAreMadeWhenTheyAreDue(t *testing.T) {
	t.Parallel()
	w := deaf(t)
	w.KeepOnce(t.Context()) // the first look makes them all
	w.agency.Work(t)
	a, _ := w.account()
	_, err := w.gateway.SetCancelAtPeriodEnd(t.Context(), id.New(), a.SubscriptionID, true)
	check(t, err)
	check(t, w.store.Locked(t.Context(), w.key(), func(_ context.Context, _ billing.Tx, a *billing.Account) error {
		a.ItemID = "si_of_nobody"
		return nil
	}))
	canceled := func(want bool, when string) {
		t.Helper()
		w.stand.Deliver(w.r) // all are lost
		w.KeepOnce(t.Context())
		w.agency.Work(t)
		if a, _ := w.account(); a.CancelAtPeriodEnd != want {
			t.Fatalf("%s: canceled %v", when, a.CancelAtPeriodEnd)
		}
	}
	canceled(false, "at once")
	w.stand.Advance(59 * time.Minute)
	canceled(false, "within the hour")
	w.stand.Advance(2 * time.Minute)
	canceled(true, "after an hour, by the event that was fetched")
	var source string
	check(t, w.agency.Control.Pool().QueryRow(t.Context(), `SELECT source FROM platform.stripe_events WHERE subscription_id = $1 ORDER BY happened_at DESC, id DESC LIMIT 1`, a.SubscriptionID).Scan(&source))
	if source != "catch_up" {
		t.Fatalf("the event came by %s", source)
	}

	// What no event tells of is found in the night.
	quantity := func() int { a, _ := w.account(); return a.Held.Quantity }
	check(t, w.store.Locked(t.Context(), w.key(), func(_ context.Context, _ billing.Tx, a *billing.Account) error {
		a.Held.Quantity = 9
		return nil
	}))
	w.stand.Advance(2 * time.Hour)
	w.KeepOnce(t.Context())
	if quantity() != 9 {
		t.Fatal("the comparison was made before the day was over")
	}
	w.stand.Advance(days)
	w.KeepOnce(t.Context())
	if quantity() != 1 {
		t.Fatalf("%d seats after the night", quantity())
	}
	kept, err := w.store.DriftSince(t.Context(), w.stand.Now().Add(-time.Hour), 10)
	check(t, err)
	if len(kept) != 1 || kept[0].Field != "quantity" || kept[0].Ours != "9" || kept[0].Theirs != "1" || !kept[0].Healed {
		t.Fatalf("%+v", kept)
	}

	// A round that fails is made again soon, and not only the next day.
	w.stand.Advance(days)
	w.stand.Fail(500, -1)
	w.KeepOnce(t.Context())
	w.stand.Fail(0, 0)
	if due, err := w.store.Due(t.Context(), "reconcile", 24*time.Hour, w.stand.Now()); err != nil || !due {
		t.Fatalf("after a failure: due %v, %v", due, err)
	}
}
