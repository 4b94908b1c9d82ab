package billingstripe_test

import (
	"context"
	"errors"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripeapi/stripetest"
	"github.com/bureauhq/bureau/billing/stripestand"
)

const (
	secret = "whsec_of_the_tests"
	month  = 31 * 24 * time.Hour
)

var march = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

type world struct {
	*billingstripe.Gateway
	stand    *stripestand.Stand
	customer string
}

// setup is a stand-in behind the production gateway, with the prices made and one customer.
func setup(t *testing.T) *world {
	t.Helper()
	var stand *stripestand.Stand
	srv := httptest.NewServer(stripetest.Checked(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stand.ServeHTTP(w, r) })))
	t.Cleanup(srv.Close)
	stand, err := stripestand.New(stripestand.Config{Real: time.Now, Key: "sk_test_stand", BaseURL: srv.URL, WebhookSecret: secret, Start: march, Frozen: true, Hold: true})
	must(t, err)
	t.Cleanup(func() { must(t, stand.Close()) })
	g := billingstripe.New(billingstripe.Config{Key: "sk_test_stand", URL: srv.URL, WebhookSecrets: []string{secret}, Now: stand.Now})
	for _, p := range billing.Plans() {
		_, err := g.CreatePrice(t.Context(), "price/"+string(p.ID), p)
		must(t, err)
	}
	customer, err := g.CreateCustomer(t.Context(), "customer", billing.NewCustomer{AgencyID: "a", Name: "Acme", Email: "owner@acme.test"})
	must(t, err)
	return &world{g, stand, customer}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) subscribe(t *testing.T, s billing.Seats) billing.Account {
	t.Helper()
	c, err := w.OpenCheckout(t.Context(), "checkout", billing.NewCheckout{CustomerID: w.customer, AgencyID: "a", Seats: s, SuccessURL: "http://acme.test/ok", CancelURL: "http://acme.test/no"})
	must(t, err)
	if !w.stand.Pay(c.ID, stripestand.CardGood) {
		t.Fatal("the card was declined")
	}
	c, err = w.Checkout(t.Context(), c.ID)
	must(t, err)
	sub, err := w.Subscription(t.Context(), c.SubscriptionID)
	must(t, err)
	if sub.Status != billing.ActiveStatus || sub.Items != 1 || sub.Quantity != s.Quantity || sub.CustomerID != w.customer {
		t.Fatalf("subscription %+v", sub)
	}
	return billing.Account{CustomerID: w.customer, SubscriptionID: sub.ID, ItemID: sub.ItemID, Held: s, Paid: s, PeriodStart: sub.PeriodStart, PeriodEnd: sub.PeriodEnd}
}

func (w *world) invoices(t *testing.T) []billing.Invoice {
	t.Helper()
	all, more, err := w.Invoices(t.Context(), w.customer, "")
	must(t, err)
	if more {
		t.Fatal("more than a hundred invoices")
	}
	return all
}

func seats(p billing.PlanID, n int) billing.Seats { return billing.Seats{Plan: p, Quantity: n} }

var calm = billing.Caution{Threshold: money.Of(1e9, "USD")}

// change carries out the steps to target and returns the account after them.
func (w *world) change(t *testing.T, a billing.Account, key string, target billing.Seats, c billing.Caution) billing.Account {
	t.Helper()
	for i, s := range billing.Steps(a, target, c) {
		sub, err := w.Change(t.Context(), key+string(rune('a'+i)), a.SubscriptionID, a.ItemID, s)
		must(t, err)
		if sub.PendingUntil != nil {
			t.Fatalf("waits for a payment: %+v", sub)
		}
		a.Held, a.Paid = s.To, s.Paid
	}
	return a
}

// Months of random additions, removals and changes of plan, by the steps of
// billing. What the invoices say is compared with an independent calculation in exact fractions: each
// charge is the share of the period that was left, of what had not been paid before.
func TestHistoriesAddUpToTheCent(t *testing.T) {
	t.Parallel()
	ids := []billing.PlanID{billing.Starter, billing.Professional, billing.Enterprise}
	w := setup(t)
	histories := 1000
	if testing.Short() {
		histories = 50
	}
	a := w.subscribe(t, seats(billing.Professional, 3))
	r := rand.New(rand.NewPCG(1, 2))
	want := int64(14700) // the first period
	renewals := 0
	for n := range histories {
		key := time.Duration(n).String()
		// Somewhere in the period, but before its end, to the second.
		if left := int64(a.PeriodEnd.Sub(w.stand.Now()) / time.Second); left > 2 {
			w.stand.Advance(time.Duration(r.Int64N(left/2)) * time.Second)
		}
		target := seats(ids[r.IntN(3)], 1+r.IntN(12))
		for _, s := range billing.Steps(a, target, calm) {
			if s.Proration != billing.NoCharge {
				want += independent(s.To, a.Paid, a, w.stand.Now())
			}
			_, err := w.Change(t.Context(), key+string(s.To.Plan)+s.To.MonthlyPrice().Amount()+string(s.Proration), a.SubscriptionID, a.ItemID, s)
			must(t, err)
			a.Held, a.Paid = s.To, s.Paid
		}
		if r.IntN(4) > 0 {
			continue
		}
		w.stand.Advance(a.PeriodEnd.Sub(w.stand.Now()) + 2*time.Hour)
		sub, err := w.Subscription(t.Context(), a.SubscriptionID)
		must(t, err)
		a = a.Renewed(sub.PeriodStart, sub.PeriodEnd)
		want += a.Held.MonthlyPrice().Minor
		renewals++
	}
	w.stand.Advance(a.PeriodEnd.Sub(w.stand.Now()) + 2*time.Hour) // sweep up what waits
	want += a.Held.MonthlyPrice().Minor
	got, after := int64(0), ""
	for {
		page, more, err := w.Invoices(t.Context(), w.customer, after)
		must(t, err)
		for _, inv := range page {
			got += inv.Total.Minor
			after = inv.ID
		}
		if !more {
			break
		}
	}
	if got != want || renewals == 0 {
		t.Fatalf("invoiced %d cents, want %d, after %d renewals", got, want, renewals)
	}
}

// independent is round(new × rest ÷ period) − round(old × rest ÷ period), in fractions.
func independent(to, paid billing.Seats, a billing.Account, now time.Time) int64 {
	part := big.NewRat(a.PeriodEnd.Unix()-now.Unix(), a.PeriodEnd.Unix()-a.PeriodStart.Unix())
	round := func(s billing.Seats) int64 {
		x := new(big.Rat).Mul(big.NewRat(s.MonthlyPrice().Minor, 1), part)
		x.Add(x, big.NewRat(1, 2))
		return new(big.Int).Quo(x.Num(), x.Denom()).Int64()
	}
	return round(to) - round(paid)
}

func TestPreviewIsWhatIsCharged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.subscribe(t, seats(billing.Professional, 5))
	w.stand.Advance(10 * 24 * time.Hour)
	a = w.change(t, a, "less", seats(billing.Professional, 3), calm)
	w.stand.Advance(12345 * time.Second)
	steps := billing.Steps(a, seats(billing.Enterprise, 4), calm)
	p, err := w.Preview(t.Context(), a, steps, w.stand.Now())
	must(t, err)
	if want := independent(seats(billing.Enterprise, 4), seats(billing.Professional, 5), a, w.stand.Now()); p.Today.Minor != want || p.Renewal.Minor != 4*7900 {
		t.Fatalf("preview %+v, want %d today", p, want)
	}
	before := len(w.invoices(t))
	w.change(t, a, "more", seats(billing.Enterprise, 4), calm)
	all := w.invoices(t)
	if len(all) != before+1 || all[0].Total != p.Today {
		t.Fatalf("charged %v, previewed %v", all[0].Total, p.Today)
	}
}

func TestPastDueUnpaidAndBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.subscribe(t, seats(billing.Starter, 2))
	w.stand.SetCard(w.customer, stripestand.CardDeclines, false)
	status := func() billing.Status {
		s, err := w.Subscription(t.Context(), a.SubscriptionID)
		must(t, err)
		return s.Status
	}
	w.stand.Advance(month + 2*time.Hour)
	if got := status(); got != billing.PastDue {
		t.Fatalf("after the failed renewal: %s", got)
	}
	w.stand.Advance(15 * 24 * time.Hour)
	if got := status(); got != billing.Unpaid {
		t.Fatalf("after two weeks: %s", got)
	}
	w.stand.Advance(month)
	drafts := 0
	for _, inv := range w.invoices(t) {
		if inv.Status == "draft" {
			drafts++
		}
	}
	if drafts != 1 {
		t.Fatalf("%d drafts while unpaid", drafts)
	}
	w.stand.SetCard(w.customer, stripestand.CardGood, false)
	for _, inv := range w.invoices(t) {
		if inv.Status == "draft" || inv.Status == "open" {
			_, err := w.PayInvoice(t.Context(), "pay/"+inv.ID, inv.ID)
			must(t, err)
		}
	}
	if got := status(); got != billing.ActiveStatus {
		t.Fatalf("after everything is paid: %s", got)
	}
}

func TestUpgradeWaitsForItsPayment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		then func(*world, billing.Subscription)
		want billing.PlanID
	}{
		{"paid", func(w *world, s billing.Subscription) {
			w.stand.SetCard(w.customer, stripestand.CardGood, true)
		}, billing.Enterprise},
		{"lapsed", func(w *world, _ billing.Subscription) { w.stand.Advance(24 * time.Hour) }, billing.Starter},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			a := w.subscribe(t, seats(billing.Starter, 2))
			w.stand.SetCard(w.customer, stripestand.CardDeclines, false)
			w.stand.Advance(24 * time.Hour)
			steps := billing.Steps(a, seats(billing.Enterprise, 2), calm)
			sub, err := w.Change(t.Context(), "up", a.SubscriptionID, a.ItemID, steps[0])
			must(t, err)
			if sub.PendingUntil == nil || sub.LookupKey != "starter_monthly_usd_v1" {
				t.Fatalf("while it waits: %+v", sub)
			}
			c.then(w, sub)
			sub, err = w.Subscription(t.Context(), a.SubscriptionID)
			must(t, err)
			plan, _ := billing.PlanOfKey(sub.LookupKey)
			if plan.ID != c.want || sub.PendingUntil != nil || sub.Quantity != 2 {
				t.Fatalf("afterwards: %+v", sub)
			}
		})
	}
}

func TestServicesAreBilledByThemselves(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.subscribe(t, seats(billing.Professional, 1))
	w.stand.Advance(24 * time.Hour)
	w.change(t, a, "more", seats(billing.Professional, 2), calm) // waits for the renewal
	for range 2 {                                                // the same key, the same order
		inv, err := w.BillOnce(t.Context(), "order", billing.OneOff{CustomerID: w.customer, OrderID: "o", Text: "Implementation", Amount: money.Of(500000, "USD"), DueDays: 14})
		must(t, err)
		if inv.Total != money.Of(500000, "USD") || inv.Status != "open" || len(inv.Lines) != 1 || inv.DueAt == nil {
			t.Fatalf("%+v", inv)
		}
	}
	if n := len(w.invoices(t)); n != 2 {
		t.Fatalf("%d invoices", n)
	}
}

func TestOutagesAreNotRefusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, status := range []int{500, 503, 429} {
		w.stand.Advance(time.Minute) // whoever failed too often is not asked for a while
		w.stand.Fail(status, -1)
		if _, err := w.Subscription(t.Context(), "sub_x"); !errors.Is(err, billing.ErrGatewayAway) {
			t.Fatalf("%d: %v", status, err)
		}
	}
	w.stand.Fail(0, 0)
	w.stand.Advance(time.Minute)
	if _, err := w.Subscription(t.Context(), "sub_x"); !errors.Is(err, billing.ErrGone) {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Subscription(ctx, "sub_x"); !errors.Is(err, billing.ErrGatewayAway) {
		t.Fatal(err)
	}
}

func TestTheSameKeyDoesTheSameOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	again, err := w.CreateCustomer(t.Context(), "customer", billing.NewCustomer{AgencyID: "a", Name: "Acme", Email: "owner@acme.test"})
	must(t, err)
	if again != w.customer {
		t.Fatalf("a second customer %s beside %s", again, w.customer)
	}
	if _, err = w.CreateCustomer(t.Context(), "customer", billing.NewCustomer{AgencyID: "b", Name: "Other", Email: "x@y.test"}); err == nil {
		t.Fatal("a key was taken for another call")
	}
}

func TestThePortalIsConfiguredOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if _, err := w.OpenPortal(t.Context(), w.customer, "http://acme.test/"); err == nil {
		t.Fatal("a portal that nobody configured was opened")
	}
	for i := range 2 {
		if made, err := w.EnsurePortal(t.Context(), "portal"); err != nil || made != (i == 0) {
			t.Fatalf("%v %v", made, err)
		}
	}
	url, err := w.OpenPortal(t.Context(), w.customer, "http://acme.test/")
	must(t, err)
	if url == "" {
		t.Fatal("no address")
	}
}
