//go:build stripe_testmode

package billingstripe_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
)

// The stories of the stand-in, told to Stripe itself in its test mode with a test clock:
//
//	STRIPE_TEST_KEY=sk_test_… go test -tags stripe_testmode -run TestMode ./billing/billingstripe
//
// The account needs its products first (bureau billing bootstrap with the same key). Nothing but the key's own test
// account is touched; each story has a clock of its own, and removing the clock removes everything on it.
type testMode struct {
	*billingstripe.Gateway
	api      *client.API
	clock    string
	at       time.Time
	customer string
}

func newTestMode(t *testing.T) *testMode {
	t.Helper()
	key := os.Getenv("STRIPE_TEST_KEY")
	if !strings.HasPrefix(key, "sk_test_") && !strings.HasPrefix(key, "rk_test_") {
		t.Fatal("STRIPE_TEST_KEY must hold a key of Stripe's test mode")
	}
	w := &testMode{api: client.New(key, nil), at: time.Now().UTC().Truncate(time.Second)}
	w.Gateway = billingstripe.New(billingstripe.Config{Key: key, Now: time.Now, PerSecond: 10})
	c, err := w.api.TestHelpersTestClocks.New(&stripe.TestHelpersTestClockParams{FrozenTime: stripe.Int64(w.at.Unix()), Name: stripe.String(t.Name())})
	must(t, err)
	w.clock = c.ID
	t.Cleanup(func() {
		_, err := w.api.TestHelpersTestClocks.Del(c.ID, nil)
		must(t, err)
	})
	// Only the customer and the first subscription are made by hand: a customer of a clock cannot pay on a Checkout page.
	cus, err := w.api.Customers.New(&stripe.CustomerParams{Email: stripe.String("owner@acme.test"), TestClock: stripe.String(c.ID), PaymentMethod: stripe.String("pm_card_visa"), InvoiceSettings: &stripe.CustomerInvoiceSettingsParams{DefaultPaymentMethod: stripe.String("pm_card_visa")}})
	must(t, err)
	w.customer = cus.ID
	return w
}

// advance moves the clock, a period at a time at most, and waits until Stripe has done what falls due.
func (w *testMode) advance(t *testing.T, d time.Duration) {
	t.Helper()
	for d > 0 {
		step := min(d, 28*24*time.Hour)
		d -= step
		w.at = w.at.Add(step)
		_, err := w.api.TestHelpersTestClocks.Advance(w.clock, &stripe.TestHelpersTestClockAdvanceParams{FrozenTime: stripe.Int64(w.at.Unix())})
		must(t, err)
		tick := time.NewTicker(2 * time.Second)
		for ready := false; !ready; {
			<-tick.C
			c, err := w.api.TestHelpersTestClocks.Get(w.clock, nil)
			must(t, err)
			if c.Status == "internal_failure" {
				t.Fatal("the clock failed")
			}
			ready = c.Status == "ready"
		}
		tick.Stop()
	}
}

func (w *testMode) subscribe(t *testing.T, s billing.Seats) billing.Account {
	t.Helper()
	prices, err := w.Catalogue(t.Context(), keysOfPlans())
	must(t, err)
	plan, _ := billing.PlanOf(s.Plan)
	x, err := w.api.Subscriptions.New(&stripe.SubscriptionParams{
		Customer: stripe.String(w.customer), Items: []*stripe.SubscriptionItemsParams{{Price: stripe.String(prices[plan.LookupKey].ID), Quantity: stripe.Int64(int64(s.Quantity))}},
	})
	must(t, err)
	sub, err := w.Subscription(t.Context(), x.ID)
	must(t, err)
	return billing.Account{CustomerID: w.customer, SubscriptionID: sub.ID, ItemID: sub.ItemID, Status: sub.Status, Held: s, Paid: s, PeriodStart: sub.PeriodStart, PeriodEnd: sub.PeriodEnd}
}

func keysOfPlans() (out []string) {
	for _, p := range billing.Plans() {
		out = append(out, p.LookupKey)
	}
	return out
}

func (w *testMode) change(t *testing.T, a billing.Account, target billing.Seats) billing.Account {
	t.Helper()
	for i, s := range billing.Steps(a, target, calm) {
		_, err := w.Change(t.Context(), w.clock+"/"+w.at.String()+string(rune('a'+i)), a.SubscriptionID, a.ItemID, s)
		must(t, err)
		a.Held, a.Paid = s.To, s.Paid
	}
	return a
}

func (w *testMode) total(t *testing.T) (cents int64) {
	t.Helper()
	all, _, err := w.Invoices(t.Context(), w.customer, "")
	must(t, err)
	for _, inv := range all {
		if inv.Status != "void" {
			cents += inv.Total.Minor
		}
	}
	return cents
}

func TestModeASeatIsGivenBackAndFilledAgain(t *testing.T) {
	w := newTestMode(t)
	a := w.subscribe(t, seats(billing.Professional, 1))
	w.advance(t, 10*24*time.Hour)
	want := int64(4900) + independent(seats(billing.Professional, 2), a.Paid, a, w.at)
	for range 3 {
		a = w.change(t, a, seats(billing.Professional, 2))
		a = w.change(t, a, seats(billing.Professional, 1))
	}
	a = w.change(t, a, seats(billing.Professional, 2))
	w.advance(t, a.PeriodEnd.Sub(w.at)+3*time.Hour)
	if got := w.total(t); got != want+2*4900 {
		t.Fatalf("%d cents, want %d", got, want+2*4900)
	}
}

func TestModeALargerPlanAtOnceASmallerOneLater(t *testing.T) {
	w := newTestMode(t)
	a := w.subscribe(t, seats(billing.Starter, 2))
	w.advance(t, 12*24*time.Hour)
	want := int64(2*2900) + independent(seats(billing.Enterprise, 2), a.Paid, a, w.at)
	a = w.change(t, a, seats(billing.Enterprise, 2))
	if got := w.total(t); got != want {
		t.Fatalf("after the upgrade %d cents, want %d", got, want)
	}
	a = w.change(t, a, seats(billing.Starter, 2))
	w.advance(t, a.PeriodEnd.Sub(w.at)+3*time.Hour)
	if got := w.total(t); got != want+2*2900 {
		t.Fatalf("after the renewal %d cents, want %d", got, want+2*2900)
	}
}

func TestModeALatePaymentAndBack(t *testing.T) {
	w := newTestMode(t)
	a := w.subscribe(t, seats(billing.Starter, 1))
	card := func(pm string) {
		t.Helper()
		x, err := w.api.PaymentMethods.Attach(pm, &stripe.PaymentMethodAttachParams{Customer: stripe.String(w.customer)})
		must(t, err)
		_, err = w.api.Customers.Update(w.customer, &stripe.CustomerParams{InvoiceSettings: &stripe.CustomerInvoiceSettingsParams{DefaultPaymentMethod: stripe.String(x.ID)}})
		must(t, err)
	}
	card("pm_card_chargeCustomerFail")
	w.advance(t, a.PeriodEnd.Sub(w.at)+3*time.Hour)
	sub, err := w.Subscription(t.Context(), a.SubscriptionID)
	must(t, err)
	if sub.Status != billing.PastDue || sub.LatestInvoice == nil {
		t.Fatalf("after the declined renewal: %+v", sub)
	}
	if _, err := w.PayInvoice(t.Context(), w.clock+"/declined", sub.LatestInvoice.ID); !errors.Is(err, billing.ErrDeclined) {
		t.Fatalf("the declined card: %v", err)
	}
	card("pm_card_visa")
	_, err = w.PayInvoice(t.Context(), w.clock+"/paid", sub.LatestInvoice.ID)
	must(t, err)
	if sub, err = w.Subscription(t.Context(), a.SubscriptionID); err != nil || sub.Status != billing.ActiveStatus {
		t.Fatalf("%+v %v", sub, err)
	}
}

func TestModeCanceledToThePeriodsEnd(t *testing.T) {
	w := newTestMode(t)
	a := w.subscribe(t, seats(billing.Starter, 1))
	for i, cancel := range []bool{true, false, true} {
		sub, err := w.SetCancelAtPeriodEnd(t.Context(), w.clock+string(rune('a'+i)), a.SubscriptionID, cancel)
		must(t, err)
		if sub.CancelAtPeriodEnd != cancel {
			t.Fatalf("%+v", sub)
		}
	}
	w.advance(t, a.PeriodEnd.Sub(w.at)+3*time.Hour)
	if sub, err := w.Subscription(t.Context(), a.SubscriptionID); err != nil || sub.Status != billing.Canceled {
		t.Fatalf("%+v %v", sub, err)
	}
	if got := w.total(t); got != 2900 {
		t.Fatalf("%d cents", got)
	}
}
