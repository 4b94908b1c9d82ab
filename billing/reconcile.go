package billing

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// Report is what a comparison with the provider found.
type Report struct {
	Accounts      int
	Subscriptions int
	Drift         []Drift
	Duplicates    int // live subscriptions of one customer beyond the first
}

// Reconcile compares everything the provider has with everything we have
// (rule 98). What differs is looked at again through the ordinary door, which heals it, and is reported.
func (s *Service) Reconcile(ctx context.Context) (Report, error) {
	var r Report
	theirs, live, err := s.allSubscriptions(ctx, &r)
	if err != nil {
		return r, err
	}
	for after := ""; ; {
		page, err := s.d.Store.Accounts(ctx, after, 500)
		if err != nil {
			return r, err
		}
		if err := s.compareAll(ctx, page, theirs, live, &r); err != nil {
			return r, err
		}
		if len(page) > 0 {
			after = page[len(page)-1].AgencyID
		}
		if len(page) < 500 {
			break
		}
	}
	return r, s.d.Store.AddDrift(ctx, r.Drift)
}

// compareAtOnce is how many accounts are compared side by side: most of the time goes by waiting for the database.
const compareAtOnce = 4

// compareAll compares a page of accounts and adds up what was found.
func (s *Service) compareAll(ctx context.Context, page []Account, theirs map[string]Subscription, live map[string][]Subscription, r *Report) error {
	found := make([]Report, len(page))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(compareAtOnce)
	for i, a := range page {
		g.Go(func() error { return s.compare(ctx, a, theirs, live, &found[i]) })
	}
	err := g.Wait()
	for _, f := range found {
		r.Accounts++
		r.Duplicates += f.Duplicates
		r.Drift = append(r.Drift, f.Drift...)
	}
	return err
}

func (s *Service) allSubscriptions(ctx context.Context, r *Report) (byID map[string]Subscription, live map[string][]Subscription, err error) {
	byID, live = map[string]Subscription{}, map[string][]Subscription{}
	for after := ""; ; {
		page, more, err := s.d.Gateway.Subscriptions(ctx, "", after)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range page {
			after = x.ID
			r.Subscriptions++
			byID[x.ID] = x
			if x.Status.Live() {
				live[x.CustomerID] = append(live[x.CustomerID], x)
			}
		}
		if !more || len(page) == 0 {
			return byID, live, nil
		}
	}
}

func (s *Service) compare(ctx context.Context, a Account, theirs map[string]Subscription, live map[string][]Subscription, r *Report) error {
	found := s.differences(a, theirs)
	if a.CustomerID != "" {
		n, err := s.endDuplicates(ctx, a, live[a.CustomerID])
		r.Duplicates += n
		if err != nil {
			return err
		}
		if mine := live[a.CustomerID]; a.SubscriptionID == "" && a.CheckoutID == "" && len(mine) > 0 {
			found = append(found, Drift{Subject: mine[0].ID, Field: "subscription", Ours: "none", Theirs: mine[0].ID})
			if err := s.take(ctx, a.AgencyID, mine[0]); err != nil {
				return err
			}
		}
	}
	last, err := s.lastSeat(ctx, a.AgencyID)
	if err != nil {
		s.d.Log.WarnContext(ctx, "the seats of an agency could not be counted", "agency", a.AgencyID, "err", err)
	} else if want := a.wanted(last.ActiveAfter); s.changeable(a) && a.Collection == Auto && a.Held.Quantity != want {
		found = append(found, Drift{Subject: a.SubscriptionID, Field: "seats", Ours: strconv.Itoa(want), Theirs: strconv.Itoa(a.Held.Quantity)})
		if err := s.SyncSeats(ctx, a.AgencyID); err != nil && !errors.Is(err, ErrDeclined) {
			return err
		}
	}
	if len(found) == 0 {
		return nil
	}
	err = s.Refresh(ctx, a.AgencyID)
	if err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	now, _, accErr := s.Account(ctx, a.AgencyID)
	for i := range found {
		found[i].AgencyID, found[i].At = a.AgencyID, s.d.Now().UTC()
		found[i].Healed = err == nil && accErr == nil && len(s.differences(now, theirs)) == 0
		if !found[i].Healed {
			s.d.Log.ErrorContext(ctx, "billing drift that did not heal", "agency", a.AgencyID, "field", found[i].Field, "ours", found[i].Ours, "theirs", found[i].Theirs)
		}
	}
	r.Drift = append(r.Drift, found...)
	return nil
}

// differences are the fields in which an account does not say what the provider says.
func (s *Service) differences(a Account, theirs map[string]Subscription) []Drift {
	if a.SubscriptionID == "" {
		return nil
	}
	x, ok := theirs[a.SubscriptionID]
	if !ok {
		return []Drift{{Subject: a.SubscriptionID, Field: "subscription", Ours: a.SubscriptionID, Theirs: "none"}}
	}
	seen := a.Seen(x)
	var out []Drift
	differ := func(field string, ours, theirs any) {
		if o, t := fmt.Sprint(ours), fmt.Sprint(theirs); o != t {
			out = append(out, Drift{Subject: x.ID, Field: field, Ours: o, Theirs: t})
		}
	}
	differ("status", a.Status, seen.Status)
	differ("plan", a.Held.Plan, seen.Held.Plan)
	differ("quantity", a.Held.Quantity, seen.Held.Quantity)
	differ("customer", a.CustomerID, seen.CustomerID)
	differ("period_end", a.PeriodEnd.UTC().Format(time.RFC3339), seen.PeriodEnd.UTC().Format(time.RFC3339))
	differ("cancel_at_period_end", a.CancelAtPeriodEnd, seen.CancelAtPeriodEnd)
	if x.Items != 1 {
		out = append(out, Drift{Subject: x.ID, Field: "items", Ours: "1", Theirs: strconv.Itoa(x.Items)})
	}
	return out
}

// endDuplicates cancels what a customer has beyond one subscription. The one that
// we know stays; an operator gives back what the others charged.
func (s *Service) endDuplicates(ctx context.Context, a Account, live []Subscription) (int, error) {
	if len(live) < 2 {
		return 0, nil
	}
	keep := live[len(live)-1].ID // the oldest: lists begin with the newest
	for _, x := range live {
		if x.ID == a.SubscriptionID {
			keep = x.ID
		}
	}
	n := 0
	for _, x := range live {
		if x.ID == keep {
			continue
		}
		s.d.Log.ErrorContext(ctx, "a second subscription is ended", "agency", a.AgencyID, "subscription", x.ID, "kept", keep)
		if _, err := s.d.Gateway.CancelNow(ctx, "duplicate:"+x.ID, x.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// take gives an account the subscription that its customer has.
func (s *Service) take(ctx context.Context, agencyID string, x Subscription) error {
	return s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		a.SubscriptionID, a.PeriodStart, a.Paid = x.ID, time.Time{}, Seats{}
		return s.look(ctx, t, a)
	})
}

// CatalogueError answers a price at the provider that is not the plan's.
type CatalogueError struct{ Key, Want, Got string }

func (e CatalogueError) Error() string {
	return fmt.Sprintf("billing: the price %s is %s at the payment provider, and %s here", e.Key, e.Got, e.Want)
}

// portalVersion changes with what the portal allows.
const portalVersion = "1"

// Bootstrap makes the prices that are missing, refuses ones that differ from the plans, and says what the
// customer portal allows.
func (s *Service) Bootstrap(ctx context.Context) (made []string, err error) {
	missing, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range missing {
		if _, err := s.d.Gateway.CreatePrice(ctx, "price:"+p.LookupKey, p); err != nil {
			return made, err
		}
		made = append(made, p.LookupKey)
	}
	portal, err := s.d.Gateway.EnsurePortal(ctx, "portal:"+portalVersion)
	if portal {
		made = append(made, "the customer portal's configuration")
	}
	return made, err
}

// CheckCatalogue refuses to go on when a price is missing or differs from its plan.
func (s *Service) CheckCatalogue(ctx context.Context) error {
	missing, err := s.catalogue(ctx)
	if err == nil && len(missing) > 0 {
		return CatalogueError{missing[0].LookupKey, missing[0].Price.String(), "missing"}
	}
	return err
}

func (s *Service) catalogue(ctx context.Context) (missing []Plan, err error) {
	var keys []string
	for _, p := range plans {
		keys = append(keys, p.LookupKey)
	}
	there, err := s.d.Gateway.Catalogue(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		x, ok := there[p.LookupKey]
		switch {
		case !ok:
			missing = append(missing, p)
		case x.Amount != p.Price || x.Interval != "month" || !x.Active:
			return nil, CatalogueError{p.LookupKey, p.Price.String() + " a month", x.Amount.String() + " a " + x.Interval}
		}
	}
	return missing, nil
}
