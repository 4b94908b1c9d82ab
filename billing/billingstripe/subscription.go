package billingstripe

import (
	"context"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

const withInvoice = "latest_invoice"

// Subscription finds a subscription as it is now.
func (g *Gateway) Subscription(ctx context.Context, id string) (billing.Subscription, error) {
	p := &stripe.SubscriptionParams{Params: params(ctx, "")}
	p.AddExpand(withInvoice)
	return subscription(g.api.Subscriptions.Get(id, p))
}

// Subscriptions pages through subscriptions of any state.
func (g *Gateway) Subscriptions(ctx context.Context, customerID, after string) ([]billing.Subscription, bool, error) {
	p := &stripe.SubscriptionListParams{ListParams: page(ctx, after), Status: stripe.String("all")}
	if customerID != "" {
		p.Customer = stripe.String(customerID)
	}
	p.AddExpand("data." + withInvoice)
	it := g.api.Subscriptions.List(p)
	var out []billing.Subscription
	for it.Next() {
		out = append(out, subscriptionOf(it.Subscription()))
	}
	if it.Err() != nil {
		return nil, false, failure(it.Err())
	}
	return out, it.Meta().HasMore, nil
}

// Change carries out one step. Price and quantity always go together: a price
// alone would set the quantity to 1 (the library's note on SubscriptionItem).
func (g *Gateway) Change(ctx context.Context, key, subscriptionID, itemID string, s billing.Step) (billing.Subscription, error) {
	price, err := g.priceID(ctx, s.To.Plan)
	if err != nil {
		return billing.Subscription{}, err
	}
	p := &stripe.SubscriptionParams{
		Params:            params(ctx, key),
		Items:             []*stripe.SubscriptionItemsParams{{ID: stripe.String(itemID), Price: stripe.String(price), Quantity: stripe.Int64(int64(s.To.Quantity))}},
		ProrationBehavior: stripe.String(string(s.Proration)),
	}
	if s.Proration == billing.ChargeNow {
		p.PaymentBehavior = stripe.String("pending_if_incomplete")
	}
	p.AddExpand(withInvoice)
	return subscription(g.api.Subscriptions.Update(subscriptionID, p))
}

// SetCancelAtPeriodEnd ends a subscription with its period, or takes that back.
func (g *Gateway) SetCancelAtPeriodEnd(ctx context.Context, key, subscriptionID string, cancel bool) (billing.Subscription, error) {
	p := &stripe.SubscriptionParams{Params: params(ctx, key), CancelAtPeriodEnd: stripe.Bool(cancel)}
	p.AddExpand(withInvoice)
	return subscription(g.api.Subscriptions.Update(subscriptionID, p))
}

// CancelNow ends a subscription at once, without a refund.
func (g *Gateway) CancelNow(ctx context.Context, key, subscriptionID string) (billing.Subscription, error) {
	p := &stripe.SubscriptionCancelParams{Params: params(ctx, key), Prorate: stripe.Bool(false), InvoiceNow: stripe.Bool(false)}
	p.AddExpand(withInvoice)
	return subscription(g.api.Subscriptions.Cancel(subscriptionID, p))
}

// Resume wakes a paused subscription; its period begins anew and is billed.
func (g *Gateway) Resume(ctx context.Context, key, subscriptionID string) (billing.Subscription, error) {
	p := &stripe.SubscriptionResumeParams{Params: params(ctx, key), BillingCycleAnchor: stripe.String("now")}
	p.AddExpand(withInvoice)
	return subscription(g.api.Subscriptions.Resume(subscriptionID, p))
}

func subscription(x *stripe.Subscription, err error) (billing.Subscription, error) {
	if err != nil {
		return billing.Subscription{}, failure(err)
	}
	return subscriptionOf(x), nil
}

func subscriptionOf(x *stripe.Subscription) billing.Subscription {
	s := billing.Subscription{
		ID: x.ID, Status: billing.Status(x.Status), PeriodStart: at(x.CurrentPeriodStart), PeriodEnd: at(x.CurrentPeriodEnd), CreatedAt: at(x.Created), TrialEnd: maybe(x.TrialEnd),
		CancelAtPeriodEnd: x.CancelAtPeriodEnd, CanceledAt: maybe(x.CanceledAt), EndedAt: maybe(x.EndedAt), CollectionPaused: x.PauseCollection != nil,
	}
	if x.Customer != nil {
		s.CustomerID = x.Customer.ID
	}
	if x.Items != nil && len(x.Items.Data) > 0 {
		item := x.Items.Data[0]
		s.Items, s.ItemID, s.Quantity = len(x.Items.Data), item.ID, int(item.Quantity)
		if item.Price != nil {
			s.LookupKey, s.UnitAmount = item.Price.LookupKey, amount(item.Price.UnitAmount, item.Price.Currency)
		}
	}
	if x.PendingUpdate != nil {
		s.PendingUntil = maybe(x.PendingUpdate.ExpiresAt)
	}
	if x.LatestInvoice != nil && x.LatestInvoice.Status != "" {
		inv := invoiceOf(x.LatestInvoice)
		s.LatestInvoice = &inv
	}
	return s
}

// Preview asks Stripe what the steps will cost. Each line of a proration is
// rounded by itself, so what lies between paid and target is the difference of two answers, to the cent.
func (g *Gateway) Preview(ctx context.Context, a billing.Account, steps []billing.Step, when time.Time) (billing.Preview, error) {
	target := a.Held
	var charged *billing.Step
	for i, s := range steps {
		target = s.To
		if s.Proration != billing.NoCharge {
			charged = &steps[i]
		}
	}
	out := billing.Preview{Today: money.Zero(billing.Currency), At: a.PeriodEnd}
	next, err := g.upcoming(ctx, a, target, when)
	if err != nil {
		return out, err
	}
	out.Renewal = money.Zero(billing.Currency)
	for _, l := range next {
		if !l.Proration {
			out.Renewal = out.Renewal.Add(l.Amount)
			out.Lines = append(out.Lines, l)
		}
	}
	if charged == nil {
		return out, nil
	}
	if charged.To != target {
		if next, err = g.upcoming(ctx, a, charged.To, when); err != nil {
			return out, err
		}
	}
	out.Today = prorated(next, when)
	if a.Paid != a.Held {
		paid, err := g.upcoming(ctx, a, a.Paid, when)
		if err != nil {
			return out, err
		}
		out.Today = out.Today.Sub(prorated(paid, when))
	}
	return out, nil
}

func prorated(lines []billing.InvoiceLine, when time.Time) money.Money {
	sum := money.Zero(billing.Currency)
	for _, l := range lines {
		if l.Proration && l.PeriodFrom.Equal(when) {
			sum = sum.Add(l.Amount)
		}
	}
	return sum
}

func (g *Gateway) upcoming(ctx context.Context, a billing.Account, to billing.Seats, when time.Time) ([]billing.InvoiceLine, error) {
	price, err := g.priceID(ctx, to.Plan)
	if err != nil {
		return nil, err
	}
	x, err := g.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{
		Params: params(ctx, ""), Customer: stripe.String(a.CustomerID), Subscription: stripe.String(a.SubscriptionID),
		SubscriptionItems:             []*stripe.SubscriptionItemsParams{{ID: stripe.String(a.ItemID), Price: stripe.String(price), Quantity: stripe.Int64(int64(to.Quantity))}},
		SubscriptionProrationBehavior: stripe.String(string(billing.NextInvoice)), SubscriptionProrationDate: stripe.Int64(when.Unix()),
	})
	if err != nil {
		return nil, failure(err)
	}
	return invoiceOf(x).Lines, nil
}
