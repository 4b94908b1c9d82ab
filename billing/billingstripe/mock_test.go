package billingstripe_test

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripeapi/stripetest"
)

// withPlans puts into the mock's examples what our calls build upon: the plans' lookup keys, and a payment that can be given back.
func withPlans(o map[string]any) {
	switch {
	case o["url"] == "/v1/prices":
		example := o["data"].([]any)[0].(map[string]any)
		var all []any
		for _, p := range billing.Plans() {
			of := maps.Clone(example)
			of["lookup_key"] = p.LookupKey
			all = append(all, of)
		}
		o["data"] = all
	case o["object"] == "invoice":
		o["payment_intent"] = "pi_1"
	}
}

// Every method of the gateway has a line here; what a method sends in its several moods has a line each.
func TestStripeKnowsWhatWeSend(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(stripetest.Mock(t, withPlans))
	t.Cleanup(srv.Close)
	g := billingstripe.New(billingstripe.Config{Key: "sk_test_123", URL: srv.URL, Now: time.Now})
	soon := time.Now().Add(10 * 24 * time.Hour)
	usd := func(n int64) money.Money { return money.Of(n, billing.Currency) }
	step := func(how billing.Proration) billing.Step {
		return billing.Step{To: seats(billing.Professional, 3), Proration: how, Paid: seats(billing.Professional, 3)}
	}
	account := billing.Account{CustomerID: "cus_1", SubscriptionID: "sub_1", ItemID: "si_1", Held: seats(billing.Starter, 2), Paid: seats(billing.Starter, 3)}
	checkout := billing.NewCheckout{CustomerID: "cus_1", AgencyID: "a", Seats: seats(billing.Starter, 2), SuccessURL: "https://a.test/ok", CancelURL: "https://a.test/no"}
	driven := map[string]bool{"VerifyWebhook": true} // it sends nothing
	inTrial := checkout
	inTrial.TrialEnd = &soon
	for _, c := range []struct {
		method, mood string
		call         func(ctx context.Context) error
	}{
		{"CreateCustomer", "", func(ctx context.Context) error {
			_, err := g.CreateCustomer(ctx, "k1", billing.NewCustomer{AgencyID: "a", Name: "Acme", Email: "owner@acme.test"})
			return err
		}},
		{"OpenCheckout", "", func(ctx context.Context) error { _, err := g.OpenCheckout(ctx, "k2", checkout); return err }},
		{"OpenCheckout", "in the trial", func(ctx context.Context) error { _, err := g.OpenCheckout(ctx, "k3", inTrial); return err }},
		{"Checkout", "", func(ctx context.Context) error { _, err := g.Checkout(ctx, "cs_1"); return err }},
		{"ExpireCheckout", "", func(ctx context.Context) error { return g.ExpireCheckout(ctx, "cs_1") }},
		{"EnsurePortal", "", func(ctx context.Context) error {
			if made, err := g.EnsurePortal(ctx, "k0"); err != nil || !made {
				return fmt.Errorf("made %v: %w", made, err)
			}
			return nil
		}},
		{"OpenPortal", "", func(ctx context.Context) error { _, err := g.OpenPortal(ctx, "cus_1", "https://a.test/"); return err }},
		{"Subscription", "", func(ctx context.Context) error { _, err := g.Subscription(ctx, "sub_1"); return err }},
		{"Subscriptions", "of everybody", func(ctx context.Context) error { _, _, err := g.Subscriptions(ctx, "", ""); return err }},
		{"Subscriptions", "of one, the next page", func(ctx context.Context) error { _, _, err := g.Subscriptions(ctx, "cus_1", "sub_1"); return err }},
		{"Change", "free of charge", func(ctx context.Context) error {
			_, err := g.Change(ctx, "k4", "sub_1", "si_1", step(billing.NoCharge))
			return err
		}},
		{"Change", "on the next invoice", func(ctx context.Context) error {
			_, err := g.Change(ctx, "k5", "sub_1", "si_1", step(billing.NextInvoice))
			return err
		}},
		{"Change", "charged now", func(ctx context.Context) error {
			_, err := g.Change(ctx, "k6", "sub_1", "si_1", step(billing.ChargeNow))
			return err
		}},
		{"Preview", "", func(ctx context.Context) error {
			_, err := g.Preview(ctx, account, billing.Steps(account, seats(billing.Enterprise, 4), calm), time.Now())
			return err
		}},
		{"SetCancelAtPeriodEnd", "", func(ctx context.Context) error {
			_, err := g.SetCancelAtPeriodEnd(ctx, "k7", "sub_1", true)
			return err
		}},
		{"CancelNow", "", func(ctx context.Context) error { _, err := g.CancelNow(ctx, "k8", "sub_1"); return err }},
		{"Resume", "", func(ctx context.Context) error { _, err := g.Resume(ctx, "k9", "sub_1"); return err }},
		{"Invoice", "", func(ctx context.Context) error { _, err := g.Invoice(ctx, "in_1"); return err }},
		{"Invoices", "of one", func(ctx context.Context) error { _, _, err := g.Invoices(ctx, "cus_1", ""); return err }},
		{"Invoices", "everybody's open ones", func(ctx context.Context) error { _, _, err := g.Invoices(ctx, "", "in_1"); return err }},
		{"PayInvoice", "", func(ctx context.Context) error { _, err := g.PayInvoice(ctx, "k10", "in_1"); return err }},
		{"FinalizeInvoice", "", func(ctx context.Context) error { _, err := g.FinalizeInvoice(ctx, "k11", "in_1"); return err }},
		{"VoidInvoice", "", func(ctx context.Context) error { _, err := g.VoidInvoice(ctx, "k12", "in_1"); return err }},
		{"BillOnce", "", func(ctx context.Context) error {
			_, err := g.BillOnce(ctx, "k13", billing.OneOff{CustomerID: "cus_1", OrderID: "o", Text: "Implementation", Amount: usd(500_000), DueDays: 14})
			return err
		}},
		{"Refund", "", func(ctx context.Context) error {
			_, err := g.Refund(ctx, "k14", "in_1", usd(100), "goodwill")
			return err
		}},
		{"Credit", "", func(ctx context.Context) error {
			_, err := g.Credit(ctx, "k15", "cus_1", usd(100), "sorry")
			return err
		}},
		{"EventsSince", "the newest", func(ctx context.Context) error { _, _, err := g.EventsSince(ctx, ""); return err }},
		{"EventsSince", "", func(ctx context.Context) error { _, _, err := g.EventsSince(ctx, "evt_1"); return err }},
		{"Catalogue", "", func(ctx context.Context) error {
			_, err := g.Catalogue(ctx, []string{"starter_monthly_usd_v1"})
			return err
		}},
		{"CreatePrice", "", func(ctx context.Context) error { _, err := g.CreatePrice(ctx, "k16", billing.Plans()[0]); return err }},
		{"Now", "", func(ctx context.Context) error { _, err := g.Now(ctx); return err }},
	} {
		driven[c.method] = true
		t.Run(strings.TrimSuffix(c.method+" "+c.mood, " "), func(t *testing.T) { must(t, c.call(t.Context())) })
	}
	for m := range reflect.TypeFor[billing.Gateway]().Methods() {
		if !driven[m.Name] {
			t.Errorf("%s is not tested against Stripe's description of its API", m.Name)
		}
	}
}
