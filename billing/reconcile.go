package billing

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Drift is a difference between the provider's view and ours.
type Drift struct {
	AgencyID string    `json:"agency_id"`
	Subject  string    `json:"subject"` // the provider's object
	Field    string    `json:"field"`
	Ours     string    `json:"ours"`
	Theirs   string    `json:"theirs"`
	At       time.Time `json:"at"`
	Healed   bool      `json:"healed"`
}

// Report is what a comparison with the provider found.
type Report struct {
	Accounts      int         `json:"accounts"`
	Subscriptions int         `json:"subscriptions"`
	Drift         []Drift     `json:"drift"`
	Duplicates    int         `json:"duplicates"` // live subscriptions of one customer beyond the first
	AtRisk        money.Money `json:"at_risk"`    // by how much a month's bills differed from what they should be
}

// comparison is one comparison under way: what the provider has.
type comparison struct {
	*Service
	byID map[string]Subscription
	live map[string][]Subscription // by customer
}

// Reconcile compares everything the provider has with everything we have
// (rule 98). What differs is looked at again through the ordinary door, which heals it, and is reported;
// what only a person can put right is reported each time until somebody has.
func (s *Service) Reconcile(ctx context.Context) (Report, error) {
	r := Report{Drift: []Drift{}, AtRisk: money.Zero(Currency)}
	if err := s.beginMissing(ctx, &r); err != nil {
		return r, err
	}
	c, err := s.everything(ctx, &r)
	if err != nil {
		return r, err
	}
	for after := ""; ; {
		page, err := s.d.Store.Accounts(ctx, after, 500)
		if err != nil {
			return r, err
		}
		if err := c.compareAll(ctx, page, &r); err != nil {
			return r, err
		}
		for _, a := range page {
			after = a.AgencyID
			delete(c.live, a.CustomerID)
			delete(c.live, c.byID[a.SubscriptionID].CustomerID)
		}
		if len(page) < 500 {
			break
		}
	}
	c.strangers(ctx, &r)
	if err := s.comparePaid(ctx, &r); err != nil {
		return r, err
	}
	for i := range r.Drift {
		r.Drift[i].At = s.d.Now().UTC()
	}
	if err := s.sayAgain(ctx, r.Drift); err != nil {
		return r, err
	}
	return r, s.d.Store.AddDrift(ctx, r.Drift)
}

// compareAtOnce is how many accounts are compared side by side: most of the time goes by waiting for the database.
const compareAtOnce = 4

// compareAll compares a page of accounts and adds up what was found.
func (c comparison) compareAll(ctx context.Context, page []Account, r *Report) error {
	found := make([]Report, len(page))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(compareAtOnce)
	for i, a := range page {
		g.Go(func() error { return c.compare(ctx, a, &found[i]) })
	}
	err := g.Wait()
	for _, f := range found {
		r.Accounts++
		r.Duplicates += f.Duplicates
		r.AtRisk.Minor += f.AtRisk.Minor
		r.Drift = append(r.Drift, f.Drift...)
	}
	return err
}

// everything lists the provider's subscriptions.
func (s *Service) everything(ctx context.Context, r *Report) (comparison, error) {
	c := comparison{s, map[string]Subscription{}, map[string][]Subscription{}}
	for after := ""; ; {
		page, more, err := s.d.Gateway.Subscriptions(ctx, "", after)
		if err != nil {
			return c, err
		}
		for _, x := range page {
			after = x.ID
			r.Subscriptions++
			c.byID[x.ID] = x
			if x.Status.Live() {
				c.live[x.CustomerID] = append(c.live[x.CustomerID], x)
			}
		}
		if !more || len(page) == 0 {
			return c, nil
		}
	}
}

// beginMissing starts the trial of agencies whose sign-up was killed before it did.
func (s *Service) beginMissing(ctx context.Context, r *Report) error {
	ids, err := s.d.Store.WithoutAccount(ctx, 500)
	if err != nil {
		return err
	}
	for _, agencyID := range ids {
		if err := s.Begin(ctx, agencyID); err != nil {
			return err
		}
		r.Drift = append(r.Drift, Drift{AgencyID: agencyID, Subject: agencyID, Field: "account", Ours: "none", Theirs: string(Trial), Healed: true})
	}
	return nil
}

// strangers reports what is charged to customers that are no agency's. They are left alone: an operator looks whose they are.
func (c comparison) strangers(ctx context.Context, r *Report) {
	for customer, all := range c.live {
		for _, x := range all {
			c.d.Log.ErrorContext(ctx, "a subscription of an unknown customer", "customer", customer, "subscription", x.ID)
			r.Drift = append(r.Drift, Drift{Subject: x.ID, Field: "customer", Ours: "none", Theirs: customer})
			r.AtRisk.Minor += x.monthly().Minor
		}
	}
}

// comparePaid looks at the orders whose payment is awaited.
func (s *Service) comparePaid(ctx context.Context, r *Report) error {
	ids, err := s.d.Store.WithUnpaidOrders(ctx)
	if err != nil {
		return err
	}
	for _, agencyID := range ids {
		changed, err := s.refreshOrders(ctx, agencyID)
		if err != nil {
			return err
		}
		for _, o := range changed {
			r.Drift = append(r.Drift, Drift{AgencyID: agencyID, Subject: o.InvoiceID, Field: "order", Ours: string(OrderInvoiced), Theirs: string(o.State), Healed: true})
		}
	}
	return nil
}

// againTime is within which a drift must not come back once it was healed.
const againTime = 7 * day

// sayAgain asks an operator to look at what heals and comes back.
func (s *Service) sayAgain(ctx context.Context, found []Drift) error {
	if len(found) == 0 {
		return nil
	}
	before, err := s.d.Store.DriftSince(ctx, s.d.Now().Add(-againTime), 10_000)
	if err != nil {
		return err
	}
	type what struct{ agency, field string }
	seen := map[what]bool{}
	for _, d := range before {
		seen[what{d.AgencyID, d.Field}] = d.AgencyID != ""
	}
	for _, d := range found {
		if seen[what{d.AgencyID, d.Field}] {
			s.d.Log.ErrorContext(ctx, "billing drift that came back within a week", "agency", d.AgencyID, "field", d.Field, "ours", d.Ours, "theirs", d.Theirs)
		}
	}
	return nil
}

// endDuplicates cancels what a customer has beyond one subscription. The one that
// we know stays; an operator gives back what the others charged.
func (s *Service) endDuplicates(ctx context.Context, a Account, live []Subscription) (ended []Drift, err error) {
	if len(live) < 2 {
		return nil, nil
	}
	keep := live[len(live)-1].ID // the oldest: lists begin with the newest
	for _, x := range live {
		if x.ID == a.SubscriptionID {
			keep = x.ID
		}
	}
	for _, x := range live {
		if x.ID == keep {
			continue
		}
		s.d.Log.ErrorContext(ctx, "a second subscription is ended", "agency", a.AgencyID, "subscription", x.ID, "kept", keep)
		if _, err = s.d.Gateway.CancelNow(ctx, "duplicate:"+x.ID, x.ID); err != nil {
			return ended, err
		}
		ended = append(ended, Drift{Subject: x.ID, Field: "duplicate", Ours: keep, Theirs: x.ID})
	}
	return ended, nil
}

// take gives an account the subscription that its customer has.
func (s *Service) take(ctx context.Context, agencyID string, x Subscription) error {
	return s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		a.SubscriptionID, a.PeriodStart, a.Paid = x.ID, time.Time{}, Seats{}
		return s.look(ctx, t, a)
	})
}
