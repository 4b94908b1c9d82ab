// Package paymentsstripe is Stripe Connect as payments sees it: Standard accounts with Stripe's own onboarding, and direct charges, which
// are made on the agency's account with the header Stripe-Account. No type of Stripe's leaves it.
package paymentsstripe

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"github.com/bureauhq/bureau/billing/stripeapi"
	"github.com/bureauhq/bureau/modules/payments"
)

// Config says how Stripe is reached.
type Config struct {
	Key string
	// URL is the API's address; empty is Stripe's own.
	URL string
	// WebhookSecrets verify notices about connected accounts; two of them while one is being replaced.
	WebhookSecrets []string
	// Live tells whether real money moves: notices of the other mode are refused.
	Live      bool
	Now       func() time.Time
	PerSecond int
	// Name tells records of this Stripe from those of another one, such as a stand-in beside others; empty is "stripe".
	Name string
}

// Provider implements payments.Provider.
type Provider struct {
	cfg Config
	api *client.API
}

var _ payments.Provider = (*Provider)(nil)

// New returns the provider. It asks Stripe nothing yet.
func New(cfg Config) *Provider {
	return &Provider{cfg, stripeapi.Client(stripeapi.Way{Key: cfg.Key, URL: cfg.URL, Now: cfg.Now, PerSecond: cfg.PerSecond})}
}

// Name is how records tell providers apart.
func (p *Provider) Name() string { return cmp.Or(p.cfg.Name, "stripe") }

// failure says what an error of Stripe's means to us.
func failure(err error) error {
	if err == nil {
		return nil
	}
	switch stripeapi.TroubleOf(err) {
	case stripeapi.Away:
		return payments.ErrAway.Because(err)
	case stripeapi.Gone:
		return payments.ErrGone.Because(err)
	case stripeapi.NoAccess:
		return payments.ErrNoAccess.Because(err)
	}
	refused := payments.ErrRefused.Because(err)
	if se := (*stripe.Error)(nil); errors.As(err, &se) {
		refused = refused.At("body", se.Msg)
	}
	return refused
}

// params are what all calls carry: the context, the account, and the key of those that change something.
func params(ctx context.Context, accountID, key string) stripe.Params {
	p := stripe.Params{Context: ctx}
	if accountID != "" {
		p.SetStripeAccount(accountID)
	}
	if key != "" {
		p.IdempotencyKey = stripe.String(key)
	}
	return p
}

func page(ctx context.Context, accountID, after string) stripe.ListParams {
	p := stripe.ListParams{Context: ctx, Single: true, Limit: stripe.Int64(100)}
	p.SetStripeAccount(accountID)
	if after != "" {
		p.StartingAfter = stripe.String(after)
	}
	return p
}

// CreateAccount makes a Standard account.
func (p *Provider) CreateAccount(ctx context.Context, key string, n payments.NewAccount) (string, error) {
	in := &stripe.AccountParams{Params: params(ctx, "", key), Type: stripe.String(string(stripe.AccountTypeStandard))}
	in.AddMetadata("bureau_agency", n.AgencyID)
	if n.Email != "" {
		in.Email = stripe.String(n.Email)
	}
	if n.Name != "" {
		in.BusinessProfile = &stripe.AccountBusinessProfileParams{Name: stripe.String(n.Name)}
	}
	if n.Country != "" {
		in.Country = stripe.String(n.Country)
	}
	a, err := p.api.Accounts.New(in)
	if se := (*stripe.Error)(nil); errors.As(err, &se) && se.Param == "country" {
		return "", payments.ErrBadCountry.Because(err)
	}
	if err != nil {
		return "", failure(err)
	}
	return a.ID, nil
}

// Onboarding makes an account link.
func (p *Provider) Onboarding(ctx context.Context, accountID, againURL, returnURL string) (string, error) {
	l, err := p.api.AccountLinks.New(&stripe.AccountLinkParams{
		Params: params(ctx, "", ""), Account: stripe.String(accountID), RefreshURL: stripe.String(againURL), ReturnURL: stripe.String(returnURL), Type: stripe.String(string(stripe.AccountLinkTypeAccountOnboarding)),
	})
	if err != nil {
		return "", failure(err)
	}
	return l.URL, nil
}

// Account says what an account can do.
func (p *Provider) Account(ctx context.Context, accountID string) (payments.AccountState, error) {
	a, err := p.api.Accounts.GetByID(accountID, &stripe.AccountParams{Params: params(ctx, "", "")})
	if err != nil {
		err = failure(err)
		if errors.Is(err, payments.ErrGone) {
			err = payments.ErrNoAccess.Because(err)
		}
		return payments.AccountState{}, err
	}
	out := payments.AccountState{Country: a.Country, Submitted: a.DetailsSubmitted, Charges: a.ChargesEnabled, Payouts: a.PayoutsEnabled}
	if r := a.Requirements; r != nil {
		out.Due, out.Overdue, out.Disabled = r.CurrentlyDue, len(r.PastDue) > 0, string(r.DisabledReason)
	}
	return out, nil
}

// What travels with pages and payments. It says which attempt something claims to be of, never whose it is.
const (
	metaAttempt = "bureau_attempt"
	metaInvoice = "bureau_invoice"
	metaAgency  = "bureau_agency"
	metaRefund  = "bureau_refund"
)

// OpenCheckout makes a Checkout Session on the agency's account.
func (p *Provider) OpenCheckout(ctx context.Context, key, accountID string, n payments.NewCheckout) (payments.Checkout, error) {
	amount, ok := minor(n.Amount)
	if !ok {
		return payments.Checkout{}, payments.ErrRefused
	}
	meta := map[string]string{metaAttempt: n.AttemptID, metaInvoice: n.InvoiceID, metaAgency: n.AgencyID}
	in := &stripe.CheckoutSessionParams{
		Params: params(ctx, accountID, key), Mode: stripe.String(string(stripe.CheckoutSessionModePayment)), ClientReferenceID: stripe.String(n.AttemptID),
		LineItems: []*stripe.CheckoutSessionLineItemParams{{Quantity: stripe.Int64(1), PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
			Currency: stripe.String(strings.ToLower(n.Amount.Currency)), UnitAmount: stripe.Int64(amount), ProductData: &stripe.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripe.String(n.Text)},
		}}},
		PaymentIntentData: &stripe.CheckoutSessionPaymentIntentDataParams{Metadata: meta, Description: stripe.String(n.Text)},
		SuccessURL:        stripe.String(n.DoneURL), CancelURL: stripe.String(n.BackURL),
	}
	in.Metadata = meta
	if n.Email != "" {
		in.CustomerEmail = stripe.String(n.Email)
	}
	s, err := p.api.CheckoutSessions.New(in)
	if err != nil {
		return payments.Checkout{}, failure(err)
	}
	return checkoutOf(s), nil
}

// Checkout finds a page.
func (p *Provider) Checkout(ctx context.Context, accountID, id string) (payments.Checkout, error) {
	s, err := p.api.CheckoutSessions.Get(id, &stripe.CheckoutSessionParams{Params: params(ctx, accountID, "")})
	if err != nil {
		return payments.Checkout{}, failure(err)
	}
	return checkoutOf(s), nil
}

// CloseCheckout makes a page useless.
func (p *Provider) CloseCheckout(ctx context.Context, accountID, id string) error {
	_, err := p.api.CheckoutSessions.Expire(id, &stripe.CheckoutSessionExpireParams{Params: params(ctx, accountID, "")})
	return failure(err)
}

func checkoutOf(s *stripe.CheckoutSession) payments.Checkout {
	c := payments.Checkout{ID: s.ID, URL: s.URL, AttemptID: s.Metadata[metaAttempt], State: payments.CheckoutState(s.Status), ExpiresAt: time.Unix(s.ExpiresAt, 0).UTC()}
	if s.PaymentIntent != nil {
		c.ChargeID = s.PaymentIntent.ID
	}
	return c
}
