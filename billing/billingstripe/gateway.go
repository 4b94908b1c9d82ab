// Package billingstripe speaks to Stripe for billing. No type of Stripe's
// leaves it, so that another version of their library is a change of this package alone.
package billingstripe

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripeapi"
)

// Config says how Stripe is reached.
type Config struct {
	Key string
	// URL is the API's address; empty is Stripe's own.
	URL string
	// WebhookSecrets verify notices; two of them while one is being replaced.
	WebhookSecrets []string
	// Live tells whether real money moves: notices of the other mode are refused.
	Live bool
	// Clock is the provider's clock where it can be moved, as a stand-in's can; nil is real time.
	Clock func(context.Context) (time.Time, error)
	Now   func() time.Time
	// PerSecond is how many calls are made in a second at most; 0 is any number.
	PerSecond int
	Log       *slog.Logger
}

// Gateway is Stripe as billing sees it.
type Gateway struct {
	cfg Config
	api *client.API

	mu     sync.Mutex
	prices map[string]billing.Price // by lookup key
	portal string                   // the key of the portal's configuration
}

var _ billing.Gateway = (*Gateway)(nil)

// New returns a gateway. It asks Stripe nothing yet.
func New(cfg Config) *Gateway {
	api := stripeapi.Client(stripeapi.Way{Key: cfg.Key, URL: cfg.URL, Now: cfg.Now, PerSecond: cfg.PerSecond})
	return &Gateway{cfg: cfg, api: api}
}

// failure says what an error of Stripe's means to us.
func failure(err error) error {
	if err == nil {
		return nil
	}
	switch stripeapi.TroubleOf(err) {
	case stripeapi.Away:
		return billing.ErrGatewayAway.Because(err) // nothing is known
	case stripeapi.Declined:
		return billing.ErrDeclined.Because(err)
	case stripeapi.Gone:
		return billing.ErrGone.Because(err)
	}
	return fmt.Errorf("stripe: %w", err)
}

// params are what all calls carry: the context, and the key of those that change something.
func params(ctx context.Context, key string) stripe.Params {
	p := stripe.Params{Context: ctx}
	if key != "" {
		p.IdempotencyKey = stripe.String(key)
	}
	return p
}

func page(ctx context.Context, after string) stripe.ListParams {
	p := stripe.ListParams{Context: ctx, Single: true, Limit: stripe.Int64(100)}
	if after != "" {
		p.StartingAfter = stripe.String(after)
	}
	return p
}

// priceID finds Stripe's key of a plan's price.
func (g *Gateway) priceID(ctx context.Context, plan billing.PlanID) (string, error) {
	p, ok := billing.PlanOf(plan)
	if !ok {
		return "", billing.ErrUnknownPlan
	}
	g.mu.Lock()
	known, ok := g.prices[p.LookupKey]
	g.mu.Unlock()
	if ok {
		return known.ID, nil
	}
	var keys []string
	for _, p := range billing.Plans() {
		keys = append(keys, p.LookupKey)
	}
	all, err := g.Catalogue(ctx, keys)
	if err != nil {
		return "", err
	}
	g.mu.Lock()
	g.prices = all
	g.mu.Unlock()
	if known, ok = all[p.LookupKey]; !ok {
		return "", fmt.Errorf("stripe: there is no price %s: run bureau billing bootstrap", p.LookupKey)
	}
	return known.ID, nil
}

// Catalogue finds prices by their lookup keys.
func (g *Gateway) Catalogue(ctx context.Context, lookupKeys []string) (map[string]billing.Price, error) {
	p := &stripe.PriceListParams{ListParams: page(ctx, ""), LookupKeys: stripe.StringSlice(lookupKeys)}
	out := map[string]billing.Price{}
	it := g.api.Prices.List(p)
	for it.Next() {
		x := priceOf(it.Price())
		out[x.LookupKey] = x
	}
	return out, failure(it.Err())
}

func priceOf(x *stripe.Price) billing.Price {
	p := billing.Price{ID: x.ID, LookupKey: x.LookupKey, Amount: amount(x.UnitAmount, x.Currency), Active: x.Active}
	if x.Product != nil {
		p.ProductID = x.Product.ID
	}
	if x.Recurring != nil {
		p.Interval = string(x.Recurring.Interval)
	}
	return p
}

// CreatePrice makes the product and price of a plan.
func (g *Gateway) CreatePrice(ctx context.Context, key string, plan billing.Plan) (billing.Price, error) {
	x, err := g.api.Prices.New(&stripe.PriceParams{
		Params: params(ctx, key), Currency: stripe.String(strings.ToLower(plan.Price.Currency)), UnitAmount: stripe.Int64(plan.Price.Minor), LookupKey: stripe.String(plan.LookupKey),
		Recurring:   &stripe.PriceRecurringParams{Interval: stripe.String(string(stripe.PriceRecurringIntervalMonth)), UsageType: stripe.String(string(stripe.PriceRecurringUsageTypeLicensed))},
		ProductData: &stripe.PriceProductDataParams{Name: stripe.String("Bureau " + plan.Name)},
	})
	if err != nil {
		return billing.Price{}, failure(err)
	}
	return priceOf(x), nil
}

// CreateCustomer makes an agency known.
func (g *Gateway) CreateCustomer(ctx context.Context, key string, c billing.NewCustomer) (string, error) {
	x, err := g.api.Customers.New(&stripe.CustomerParams{
		Params: params(ctx, key), Name: stripe.String(c.Name), Email: stripe.String(c.Email), Metadata: map[string]string{"agency_id": c.AgencyID},
	})
	if err != nil {
		return "", failure(err)
	}
	return x.ID, nil
}

// OpenCheckout makes a purchase page.
func (g *Gateway) OpenCheckout(ctx context.Context, key string, c billing.NewCheckout) (billing.Checkout, error) {
	price, err := g.priceID(ctx, c.Seats.Plan)
	if err != nil {
		return billing.Checkout{}, err
	}
	p := &stripe.CheckoutSessionParams{
		Params: params(ctx, key), Mode: stripe.String(string(stripe.CheckoutSessionModeSubscription)), Customer: stripe.String(c.CustomerID), ClientReferenceID: stripe.String(c.AgencyID),
		LineItems:  []*stripe.CheckoutSessionLineItemParams{{Price: stripe.String(price), Quantity: stripe.Int64(int64(c.Seats.Quantity))}},
		SuccessURL: stripe.String(c.SuccessURL), CancelURL: stripe.String(c.CancelURL),
		SubscriptionData: &stripe.CheckoutSessionSubscriptionDataParams{Metadata: map[string]string{"agency_id": c.AgencyID}},
	}
	// Stripe takes a trial's end only if it is at least two days away.
	if c.TrialEnd != nil && c.TrialEnd.After(g.cfg.Now().Add(49*time.Hour)) {
		p.SubscriptionData.TrialEnd = stripe.Int64(c.TrialEnd.Unix())
	}
	x, err := g.api.CheckoutSessions.New(p)
	if err != nil {
		return billing.Checkout{}, failure(err)
	}
	return checkoutOf(x), nil
}

// Checkout finds a purchase page.
func (g *Gateway) Checkout(ctx context.Context, id string) (billing.Checkout, error) {
	x, err := g.api.CheckoutSessions.Get(id, &stripe.CheckoutSessionParams{Params: params(ctx, "")})
	if err != nil {
		return billing.Checkout{}, failure(err)
	}
	return checkoutOf(x), nil
}

// ExpireCheckout closes a purchase page.
func (g *Gateway) ExpireCheckout(ctx context.Context, id string) error {
	_, err := g.api.CheckoutSessions.Expire(id, &stripe.CheckoutSessionExpireParams{Params: params(ctx, "")})
	return failure(err)
}

func checkoutOf(x *stripe.CheckoutSession) billing.Checkout {
	c := billing.Checkout{ID: x.ID, URL: x.URL, State: string(x.Status), ExpiresAt: time.Unix(x.ExpiresAt, 0).UTC()}
	if x.Customer != nil {
		c.CustomerID = x.Customer.ID
	}
	if x.Subscription != nil {
		c.SubscriptionID = x.Subscription.ID
	}
	return c
}

// Now is the provider's clock.
func (g *Gateway) Now(ctx context.Context) (time.Time, error) {
	if g.cfg.Clock != nil {
		return g.cfg.Clock(ctx)
	}
	return g.cfg.Now().UTC(), nil
}

func amount(minor int64, cur stripe.Currency) money.Money {
	return money.Of(minor, strings.ToUpper(string(cur)))
}

func at(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

func maybe(unix int64) *time.Time {
	if unix == 0 {
		return nil
	}
	t := at(unix)
	return &t
}
