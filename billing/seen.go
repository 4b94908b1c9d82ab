package billing

import "time"

// Seen is the account after a look at the provider's subscription. It depends
// on what was seen alone, not on when or how often, so that notices may come in any order and number.
func (a Account) Seen(s Subscription) Account {
	a.SubscriptionID, a.CustomerID, a.ItemID, a.CheckoutID = s.ID, s.CustomerID, s.ItemID, ""
	a.Status, a.CancelAtPeriodEnd, a.CollectionPaused, a.PendingUntil, a.EndedAt = s.Status, s.CancelAtPeriodEnd, s.CollectionPaused, s.PendingUntil, s.EndedAt
	if a.CustomerSince.IsZero() {
		a.CustomerSince = s.CreatedAt
	}
	if p, ok := PlanOfKey(s.LookupKey); ok {
		a.Held = Seats{p.ID, s.Quantity}
	}
	a = a.Renewed(s.PeriodStart, s.PeriodEnd)
	a.Paid = covering(a.Paid, a.Held)
	a.PastDueSince, a.UnpaidSince, a.PausedSince = nil, nil, nil
	switch s.Status {
	case PastDue:
		a.PastDueSince = s.owingSince()
	case Unpaid:
		t := s.owingSince().Add(retryTime)
		a.UnpaidSince = &t
	case Paused:
		t := s.PeriodEnd
		if s.TrialEnd != nil {
			t = *s.TrialEnd
		}
		a.PausedSince = &t
	case Canceled:
		if a.EndedAt == nil {
			a.EndedAt = s.CanceledAt
		}
	}
	inv := s.LatestInvoice
	a.LastPaymentFailed = inv != nil && inv.Status == "open" && inv.Attempts > 0
	return a
}

// retryTime is how long Stripe tries a card before it calls a subscription unpaid.
const retryTime = 14 * day

// owingSince is when the invoice that is not paid was made.
func (s Subscription) owingSince() *time.Time {
	t := s.PeriodStart
	if inv := s.LatestInvoice; inv != nil && inv.Status == "open" && inv.Reason == "subscription_cycle" {
		t = inv.CreatedAt
	}
	return &t
}

// covering is paid, or more where more is held: what the provider charged for
// without our asking counts as paid too.
func covering(paid, held Seats) Seats {
	h, p := mustPlan(held.Plan), mustPlan(paid.Plan)
	switch {
	case h.Above(p):
		return held
	case held.Quantity > paid.Quantity:
		return Seats{paid.Plan, held.Quantity}
	}
	return paid
}
