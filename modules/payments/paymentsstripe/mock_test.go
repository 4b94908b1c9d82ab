package paymentsstripe_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing/stripeapi/stripetest"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/modules/payments/paymentsstripe"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// disputed makes the mock's payments such that we ask for all that there is of them.
func disputed(o map[string]any) {
	if o["object"] == "payment_intent" {
		o["latest_charge"] = map[string]any{"id": "ch_1", "object": "charge", "disputed": true, "refunds": map[string]any{"object": "list", "has_more": true, "data": []any{}}}
	}
}

// Every method of the provider has a line here. Stripe's own mock knows what it sends; direct charges are
// made on the agency's account and the account itself is the platform's; what changes something carries its key.
func TestStripeKnowsWhatPaymentsSend(t *testing.T) {
	t.Parallel()
	var sent http.Header
	mock := stripetest.Mock(t, disputed)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = r.Header.Clone()
		mock.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	p := paymentsstripe.New(paymentsstripe.Config{Key: "sk_test_123", URL: srv.URL, Now: time.Now})
	const ours, theirs = "", "acct_1"
	checkout := payments.NewCheckout{AttemptID: "a", InvoiceID: "i", AgencyID: "g", Amount: money.Of(120_000, "USD"), Text: "Invoice 2026-0001", Email: "pat@initech.test", DoneURL: "https://a.test/ok", BackURL: "https://a.test/no"}
	nobody := checkout
	nobody.Email = ""
	driven := map[string]bool{"Name": true, "Collectable": true, "Verify": true} // they send nothing
	for _, c := range []struct {
		method, account, key string
		call                 func(ctx context.Context) error
	}{
		{"CreateAccount", ours, "k1", func(ctx context.Context) error {
			_, err := p.CreateAccount(ctx, "k1", payments.NewAccount{AgencyID: "g", Name: "Acme", Email: "owner@acme.test", Country: "US"})
			return err
		}},
		{"CreateAccount", ours, "k2", func(ctx context.Context) error {
			_, err := p.CreateAccount(ctx, "k2", payments.NewAccount{AgencyID: "g"})
			return err
		}},
		{"Onboarding", ours, "", func(ctx context.Context) error {
			_, err := p.Onboarding(ctx, theirs, "https://a.test/again", "https://a.test/back")
			return err
		}},
		{"Account", ours, "", func(ctx context.Context) error { _, err := p.Account(ctx, theirs); return err }},
		{"OpenCheckout", theirs, "k3", func(ctx context.Context) error { _, err := p.OpenCheckout(ctx, "k3", theirs, checkout); return err }},
		{"OpenCheckout", theirs, "k4", func(ctx context.Context) error { _, err := p.OpenCheckout(ctx, "k4", theirs, nobody); return err }},
		{"Checkout", theirs, "", func(ctx context.Context) error { _, err := p.Checkout(ctx, theirs, "cs_1"); return err }},
		{"CloseCheckout", theirs, "", func(ctx context.Context) error { return p.CloseCheckout(ctx, theirs, "cs_1") }},
		{"Charge", theirs, "", func(ctx context.Context) error { _, err := p.Charge(ctx, theirs, "pi_1"); return err }},
		{"Charges", theirs, "", func(ctx context.Context) error {
			_, _, err := p.Charges(ctx, theirs, time.Now().AddDate(0, 0, -60), "")
			return err
		}},
		{"Charges", theirs, "", func(ctx context.Context) error {
			_, _, err := p.Charges(ctx, theirs, time.Now().AddDate(0, 0, -60), "pi_1")
			return err
		}},
		{"Refund", theirs, "k5", func(ctx context.Context) error {
			_, err := p.Refund(ctx, "k5", theirs, "pi_1", "r", money.Of(25_000, "USD"))
			return err
		}},
		{"NoticesSince", theirs, "", func(ctx context.Context) error { _, _, err := p.NoticesSince(ctx, theirs, ""); return err }},
		{"NoticesSince", theirs, "", func(ctx context.Context) error { _, _, err := p.NoticesSince(ctx, theirs, "evt_1"); return err }},
	} {
		driven[c.method] = true
		sent = nil
		if err := c.call(t.Context()); err != nil {
			t.Errorf("%s: %v", c.method, err)
			continue
		}
		if got := sent.Get("Stripe-Account"); got != c.account {
			t.Errorf("%s is sent for the account %q, not %q", c.method, got, c.account)
		}
		if got := sent.Get("Idempotency-Key"); c.key != "" && got != c.key {
			t.Errorf("%s is sent with the key %q, not %q", c.method, got, c.key)
		}
	}
	for m := range reflect.TypeFor[payments.Provider]().Methods() {
		if !driven[m.Name] {
			t.Errorf("%s is not tested against Stripe's description of its API", m.Name)
		}
	}
}

// What operators are told to listen to is what Stripe sends.
func TestStripeKnowsTheNoticesOfTheGuide(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../docs/payments.md")
	must(t, err)
	_, list, _ := strings.Cut(string(raw), "**events on connected accounts**")
	list, _, _ = strings.Cut(list, "\n3.")
	var types []string
	for _, m := range regexp.MustCompile("`([a-z_.]+)`").FindAllStringSubmatch(list, -1) {
		types = append(types, m[1])
	}
	unknown, err := stripetest.NoSuchEvents(types)
	if err != nil || len(types) < 15 || len(unknown) > 0 {
		t.Errorf("of %d types Stripe does not know %v, %v", len(types), unknown, err)
	}
}
