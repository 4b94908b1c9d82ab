package paymentsstripe_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing/stripeapi/stripetest"
	"github.com/bureauhq/bureau/billing/stripestand"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/modules/payments/paymentsstripe"
)

// The stand-in answers as Stripe describes, whatever an account and its payments go through, and so do the notices of it.
func TestTheStandInAnswersAsStripeDescribes(t *testing.T) {
	t.Parallel()
	var stand *stripestand.Stand
	srv := httptest.NewServer(stripetest.Checked(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stand.ServeHTTP(w, r) })))
	t.Cleanup(srv.Close)
	stand, err := stripestand.New(stripestand.Config{Real: time.Now, Key: "sk_test_stand", BaseURL: srv.URL, Frozen: true, Hold: true})
	must(t, err)
	t.Cleanup(func() { must(t, stand.Close()) })
	p, ctx := paymentsstripe.New(paymentsstripe.Config{Key: "sk_test_stand", URL: srv.URL, Now: stand.Now}), t.Context()

	account, err := p.CreateAccount(ctx, "account", payments.NewAccount{AgencyID: "g", Name: "Acme", Email: "owner@acme.test", Country: "US"})
	must(t, err)
	if _, err := p.CreateAccount(ctx, "another", payments.NewAccount{Country: "usa"}); !errors.Is(err, payments.ErrBadCountry) {
		t.Errorf("a country that is none: %v", err)
	}
	ready := func(want bool) {
		t.Helper()
		if a, err := p.Account(ctx, account); err != nil || a.Ready() != want {
			t.Errorf("the account: %+v, %v", a, err)
		}
	}
	_, err = p.Onboarding(ctx, account, "https://a.test/again", "https://a.test/back")
	must(t, err)
	ready(false)
	stand.Onboard(account)
	ready(true)

	open := func(key string, m money.Money) string {
		t.Helper()
		c, err := p.OpenCheckout(ctx, key, account, payments.NewCheckout{AttemptID: key, InvoiceID: "i", AgencyID: "g", Amount: m, Text: "Invoice", DoneURL: "https://a.test/ok", BackURL: "https://a.test/no"})
		must(t, err)
		if path.Base(c.URL) != c.ID || c.State != payments.CheckoutOpen {
			t.Fatalf("%+v", c)
		}
		return c.ID
	}
	charge := func(intent string) payments.Charge {
		t.Helper()
		c, err := p.Charge(ctx, account, intent)
		must(t, err)
		return c
	}
	must(t, p.CloseCheckout(ctx, account, open("closed", money.Of(5_000, "USD"))))

	card := open("card", money.Of(120_000, "USD"))
	stand.Take(card, stripestand.CardDeclines)
	if c := charge(stand.IntentOf(card)); c.State != payments.ChargeFailed || c.Failure == "" {
		t.Errorf("declined: %+v", c)
	}
	stand.Take(card, stripestand.CardRefundFails)
	if c, err := p.Checkout(ctx, account, card); err != nil || c.State != payments.CheckoutDone || c.ChargeID != stand.IntentOf(card) {
		t.Errorf("paid: %+v, %v", c, err)
	}
	// Stripe shows ten refunds with a charge; the others have to be asked for.
	for n := range int64(12) {
		_, err := p.Refund(ctx, "refund"+string(rune('a'+n)), account, stand.IntentOf(card), "r", money.Of(1_000+n, "USD"))
		must(t, err)
	}
	c := charge(stand.IntentOf(card))
	back := money.Zero("USD")
	for _, r := range c.Refunds {
		back = back.Add(r.Amount)
	}
	if c.State != payments.ChargeSucceeded || c.MethodText != "Visa •••• 4242" || c.Fee == nil || c.Fee.Amount() != "35.10" || len(c.Refunds) != 12 || back != c.Refunded || back.Amount() != "120.66" {
		t.Errorf("with its refunds: %+v", c)
	}

	debit, bounced := open("debit", money.Of(20_000, "USD")), open("bounced", money.Of(30_000, "USD"))
	stand.Take(debit, stripestand.DebitGood)
	stand.Take(bounced, stripestand.DebitFails)
	if c := charge(stand.IntentOf(debit)); c.State != payments.ChargeProcessing {
		t.Errorf("a debit: %+v", c)
	}
	stand.Advance(25 * time.Hour) // and the payer's bank takes no refund
	if c := charge(stand.IntentOf(card)); c.Refunds[0].State != payments.RefundFailed || c.Refunds[0].Failure != "lost or stolen card" {
		t.Errorf("refunds that failed: %+v", c)
	}
	if c := charge(stand.IntentOf(debit)); c.State != payments.ChargeSucceeded || c.Method != "us_bank_account" {
		t.Errorf("a debit a day later: %+v", c)
	}

	for _, end := range []payments.DisputeStatus{payments.DisputeWon, payments.DisputeLost} {
		page := open(string(end), money.Of(40_000, "USD"))
		stand.Take(page, stripestand.CardGood)
		id := stand.Dispute(stand.IntentOf(page))
		if c := charge(stand.IntentOf(page)); len(c.Disputes) != 1 || c.Disputes[0].State != payments.DisputeOpen || c.Disputes[0].AnswerBy == nil {
			t.Errorf("disputed: %+v", c)
		}
		stand.Decide(id, string(end))
		if c := charge(stand.IntentOf(page)); c.Disputes[0].State != end {
			t.Errorf("the dispute: %+v", c.Disputes)
		}
	}
	all, _, err := p.Charges(ctx, account, stand.Now().AddDate(0, 0, -2), "")
	if err != nil || len(all) != 5 {
		t.Errorf("%d charges, %v", len(all), err)
	}
	stand.Restrict(account)
	ready(false)
	notices, _, err := p.NoticesSince(ctx, account, "")
	if err != nil || len(notices) < 30 {
		t.Errorf("%d notices, %v", len(notices), err)
	}
	stand.Deauthorize(account)
	if _, err := p.Account(ctx, account); !errors.Is(err, payments.ErrNoAccess) {
		t.Errorf("an account that took its access back: %v", err)
	}
}
