//go:build stripe_testmode

package billingstripe_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripestand"
)

// testMode is Stripe itself as a till, in its test mode with a test clock:
//
//	STRIPE_TEST_KEY=sk_test_… go test -tags stripe_testmode -timeout 60m -run TestMode ./billing/billingstripe
//
// The account needs its products first (bureau billing bootstrap with the same key). Nothing but the key's own test
// account is touched; each story has a clock of its own, and removing the clock removes everything on it.
type testMode struct {
	*billingstripe.Gateway
	api   *client.API
	key   string
	clock string
	time  time.Time
}

func TestModeStories(t *testing.T) {
	tell(t, func(t *testing.T) till { t.Helper(); return newTestMode(t) })
}

func newTestMode(t *testing.T) *testMode {
	t.Helper()
	key := os.Getenv("STRIPE_TEST_KEY")
	if !strings.HasPrefix(key, "sk_test_") && !strings.HasPrefix(key, "rk_test_") {
		t.Fatal("STRIPE_TEST_KEY must hold a key of Stripe's test mode")
	}
	w := &testMode{api: client.New(key, nil), key: key, time: time.Now().UTC().Truncate(time.Second)}
	w.Gateway = billingstripe.New(billingstripe.Config{Key: key, Now: time.Now, PerSecond: 10})
	c, err := w.api.TestHelpersTestClocks.New(&stripe.TestHelpersTestClockParams{FrozenTime: stripe.Int64(w.time.Unix()), Name: stripe.String(t.Name())})
	must(t, err)
	w.clock = c.ID
	t.Cleanup(func() {
		_, err := w.api.TestHelpersTestClocks.Del(c.ID, nil)
		must(t, err)
	})
	return w
}

func (w *testMode) at() time.Time { return w.time }

// newCustomer is made by hand: the product knows no test clocks.
func (w *testMode) newCustomer(t *testing.T) string {
	t.Helper()
	cus, err := w.api.Customers.New(&stripe.CustomerParams{Email: stripe.String("owner@acme.test"), TestClock: stripe.String(w.clock)})
	must(t, err)
	return cus.ID
}

// advance moves the clock, a period at a time at most, and waits until Stripe has done what falls due.
func (w *testMode) advance(t *testing.T, d time.Duration) {
	t.Helper()
	for d > 0 {
		step := min(d, 28*24*time.Hour)
		d -= step
		w.time = w.time.Add(step)
		_, err := w.api.TestHelpersTestClocks.Advance(w.clock, &stripe.TestHelpersTestClockAdvanceParams{FrozenTime: stripe.Int64(w.time.Unix())})
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

// pay does what the purchase page does in a browser: it confirms with a card. Stripe's own command line pays pages in
// this way (its trigger checkout.session.completed); the reference of the API does not hold it.
func (w *testMode) pay(t *testing.T, page billing.Checkout, card string) bool {
	t.Helper()
	pm, err := w.api.PaymentMethods.New(&stripe.PaymentMethodParams{
		Type: stripe.String("card"), Card: &stripe.PaymentMethodCardParams{Token: stripe.String(strings.Replace(card, "pm_card_", "tok_", 1))},
		BillingDetails: &stripe.PaymentMethodBillingDetailsParams{Email: stripe.String("owner@acme.test"), Name: stripe.String("Olive Owner")},
	})
	must(t, err)
	session, err := w.api.CheckoutSessions.Get(page.ID, nil)
	must(t, err)
	form := url.Values{"payment_method": {pm.ID}, "expected_amount": {strconv.FormatInt(session.AmountTotal, 10)}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.stripe.com/v1/payment_pages/"+page.ID+"/confirm", strings.NewReader(form.Encode()))
	must(t, err)
	req.SetBasicAuth(w.key, "")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Stripe-Version", stripe.APIVersion)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusPaymentRequired {
		t.Fatalf("the page was not paid: %d %s", res.StatusCode, answer)
	}
	return res.StatusCode == http.StatusOK
}

// useCard makes a card the customer's, and that of its subscriptions. One that is to be declined is taken at first: the bank
// says no when it is charged.
func (w *testMode) useCard(t *testing.T, customer, card string) {
	t.Helper()
	if card == stripestand.CardDeclines {
		card = "pm_card_chargeCustomerFail"
	}
	pm, err := w.api.PaymentMethods.Attach(card, &stripe.PaymentMethodAttachParams{Customer: stripe.String(customer)})
	must(t, err)
	_, err = w.api.Customers.Update(customer, &stripe.CustomerParams{InvoiceSettings: &stripe.CustomerInvoiceSettingsParams{DefaultPaymentMethod: stripe.String(pm.ID)}})
	must(t, err)
	all, _, err := w.Subscriptions(t.Context(), customer, "")
	must(t, err)
	for _, sub := range all {
		if sub.Status.Live() {
			_, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{DefaultPaymentMethod: stripe.String(pm.ID)})
			must(t, err)
		}
	}
}
