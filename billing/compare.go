package billing

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// compare looks whether an account says what the provider says, and heals it.
func (c comparison) compare(ctx context.Context, a Account, r *Report) error {
	found := differences(a, c.byID)
	mine := c.live[a.CustomerID]
	if a.CustomerID == "" {
		mine = nil
	}
	ended, err := c.endDuplicates(ctx, a, mine)
	r.Duplicates, found = len(ended), append(found, ended...)
	if err != nil {
		return err
	}
	if a.SubscriptionID == "" && a.CheckoutID == "" && len(mine) > 0 {
		found = append(found, Drift{Subject: mine[0].ID, Field: "subscription", Ours: "none", Theirs: mine[0].ID})
		if err := c.take(ctx, a.AgencyID, mine[0]); err != nil {
			return err
		}
	}
	gone := false
	if len(found) > 0 { // what the provider says first: the seats are compared with that
		err := c.Refresh(ctx, a.AgencyID)
		if gone = errors.Is(err, ErrGone); err != nil && !gone {
			return err
		}
		r.AtRisk = c.atRisk(a)
		if a, _, err = c.d.Store.Account(ctx, a.AgencyID, c.now()); err != nil {
			return err
		}
	}
	seats, err := c.compareSeats(ctx, a)
	if err != nil {
		return err
	}
	found = append(found, seats...)
	if acc := Derive(a, nil, c.now()); acc.Alert { // nothing to heal: somebody has to look
		found = append(found, Drift{Subject: a.SubscriptionID, Field: "state", Ours: string(acc.Level), Theirs: a.oddity()})
	}
	if len(found) == 0 {
		return nil
	}
	r.Drift, err = c.healed(ctx, a.AgencyID, found, gone)
	return err
}

// compareSeats sets the quantity to the number of people where it is another.
func (c comparison) compareSeats(ctx context.Context, a Account) ([]Drift, error) {
	last, err := c.lastSeat(ctx, a.AgencyID)
	if err != nil {
		c.d.Log.WarnContext(ctx, "the seats of an agency could not be counted", "agency", a.AgencyID, "err", err)
		return nil, nil
	}
	want := a.wanted(last.ActiveAfter)
	if !c.changeable(a) || a.Collection != Auto || a.Held.Quantity == want {
		return nil, nil
	}
	if err := c.SyncSeats(ctx, a.AgencyID); err != nil && !errors.Is(err, ErrDeclined) {
		return nil, err
	}
	return []Drift{{Subject: a.SubscriptionID, Field: "seats", Ours: strconv.Itoa(want), Theirs: strconv.Itoa(a.Held.Quantity)}}, nil
}

// healed looks once more, at both sides, and says of what was found whether it is gone.
func (c comparison) healed(ctx context.Context, agencyID string, found []Drift, gone bool) ([]Drift, error) {
	a, _, err := c.d.Store.Account(ctx, agencyID, c.now())
	if err != nil {
		return nil, err
	}
	still := map[string]bool{"subscription": gone, "state": true}
	if a.SubscriptionID != "" && !gone {
		x, err := c.d.Gateway.Subscription(ctx, a.SubscriptionID)
		if err != nil {
			return nil, err
		}
		for _, d := range differences(a, map[string]Subscription{x.ID: x}) {
			still[d.Field] = true
		}
		if last, err := c.lastSeat(ctx, agencyID); err == nil {
			still["seats"] = a.Held.Quantity != a.wanted(last.ActiveAfter)
		}
	}
	for i := range found {
		d := &found[i]
		d.AgencyID, d.Healed = agencyID, !still[d.Field]
		if !d.Healed {
			c.d.Log.ErrorContext(ctx, "billing drift that did not heal", "agency", agencyID, "field", d.Field, "ours", d.Ours, "theirs", d.Theirs)
		}
	}
	return found, nil
}

// differences are the fields in which an account does not say what the provider says.
func differences(a Account, theirs map[string]Subscription) []Drift {
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
	differ("quantity", a.Held.Quantity, x.Quantity)
	differ("customer", a.CustomerID, seen.CustomerID)
	differ("period_end", a.PeriodEnd.UTC().Format(time.RFC3339), seen.PeriodEnd.UTC().Format(time.RFC3339))
	differ("cancel_at_period_end", a.CancelAtPeriodEnd, seen.CancelAtPeriodEnd)
	differ("payment_failed", a.LastPaymentFailed, seen.LastPaymentFailed)
	differ("items", 1, x.Items)
	if p, ok := PlanOfKey(x.LookupKey); x.Status.Live() && (!ok || p.Price != x.UnitAmount) {
		differ("price", mustPlan(a.Held.Plan).LookupKey, fmt.Sprintf("%s at %s", x.LookupKey, x.UnitAmount))
	}
	return out
}

// monthly is what the subscription costs for a whole month.
func (x Subscription) monthly() money.Money {
	return money.Of(x.UnitAmount.Minor*int64(x.Quantity), Currency)
}

// atRisk is by how much a month's bill differed.
func (c comparison) atRisk(a Account) money.Money {
	n := a.Held.MonthlyPrice().Minor
	if x, ok := c.byID[a.SubscriptionID]; ok {
		n -= x.monthly().Minor
	}
	return money.Of(max(n, -n), Currency)
}
