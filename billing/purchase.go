package billing

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
)

// Links are where the provider's pages lead back to.
type Links struct{ Success, Cancel string }

// checked is what is asked for, if it can be bought. ErrUnknownPlan, ErrBadSeats, ErrTooManySeats.
func (s *Service) checked(ctx context.Context, agencyID string, want Seats) (Seats, SeatChange, error) {
	p, ok := PlanOf(want.Plan)
	if !ok {
		return want, SeatChange{}, ErrUnknownPlan
	}
	last, err := s.lastSeat(ctx, agencyID)
	if err != nil {
		return want, last, err
	}
	switch {
	case p.MaxSeats > 0 && last.ActiveAfter+last.ReservedAfter > p.MaxSeats:
		return want, last, ErrTooManySeats.Saying("%s holds %d seats; %s and %s need more.", p.Name, p.MaxSeats, count(last.ActiveAfter, "1 person", "%d people"), count(last.ReservedAfter, "1 open invitation", "%d open invitations"))
	case want.Quantity < max(1, last.ActiveAfter), p.MaxSeats > 0 && want.Quantity > p.MaxSeats, want.Quantity > 5000:
		return want, last, ErrBadSeats
	}
	return want, last, nil
}

// Subscribe opens the page on which the agency buys want. A page that is open
// already is shown again, or closed if it offers something else: one subscription is all there can be.
// ErrSubscribed, ErrUnknownPlan, ErrBadSeats, ErrTooManySeats, ErrGatewayAway.
func (s *Service) Subscribe(ctx context.Context, agencyID string, want Seats, links Links) (Checkout, error) {
	want, last, err := s.checked(ctx, agencyID, want)
	if err != nil {
		return Checkout{}, err
	}
	if err := s.Refresh(ctx, agencyID); err != nil { // a purchase whose notice is still on its way
		return Checkout{}, err
	}
	if err := s.ensureCustomer(ctx, agencyID); err != nil {
		return Checkout{}, err
	}
	var page Checkout
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, _ Tx, a *Account) error {
		if a.Status.Live() && a.SubscriptionID != "" {
			return ErrSubscribed
		}
		if a.CheckoutID != "" {
			// Whoever may be paying on it this moment keeps the page: expiring fails, and Refresh finds the purchase.
			if err := s.d.Gateway.ExpireCheckout(ctx, a.CheckoutID); err != nil && !errors.Is(err, ErrGone) {
				return err
			}
		}
		n := NewCheckout{CustomerID: a.CustomerID, AgencyID: agencyID, Seats: want, SuccessURL: links.Success, CancelURL: links.Cancel}
		if a.Status == Trial && s.now().Before(a.TrialEndsAt) {
			n.TrialEnd = &a.TrialEndsAt
		}
		if page, err = s.d.Gateway.OpenCheckout(ctx, id.New(), n); err != nil {
			return err
		}
		a.CheckoutID, a.SeatFloor = page.ID, floorOf(want, last)
		return nil
	})
	return page, err
}

// floorOf is what is billed even if nobody sits on it: seats that were asked for beyond the people there are. Else the
// people alone decide, and whoever leaves is billed no more from the next period on.
func floorOf(want Seats, last SeatChange) int {
	if want.Quantity > last.ActiveAfter {
		return want.Quantity
	}
	return 0
}

// ensureCustomer makes the agency known to the provider, once: the key is the agency's own.
func (s *Service) ensureCustomer(ctx context.Context, agencyID string) error {
	in, err := s.inAgency(ctx, agencyID)
	if err != nil {
		return err
	}
	agency, err := s.d.Agencies.ByID(ctx, agencyID)
	if err != nil {
		return err
	}
	owner, err := s.d.Owners.BillingOwner(in)
	if err != nil {
		return err
	}
	return s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, _ Tx, a *Account) error {
		if a.CustomerID != "" {
			return nil
		}
		customer, err := s.d.Gateway.CreateCustomer(ctx, "cus:"+agencyID, NewCustomer{AgencyID: agencyID, Name: agency.Name, Email: owner.Email})
		if err != nil {
			return err
		}
		a.CustomerID = customer
		return nil
	})
}

// Effect is what a change does, before anybody agrees to it.
type Effect struct {
	Preview
	From, To Seats
	// AtOnce tells whether today's amount is charged now; otherwise it is on the next invoice.
	AtOnce bool
	// Lost is what stops at Ends, for a smaller plan.
	Lost []Feature
	Ends *time.Time
}

// PreviewChange tells what a change would cost and stop. ErrNoSubscription, ErrChanging and those of Subscribe.
func (s *Service) PreviewChange(ctx context.Context, agencyID string, want Seats) (Effect, error) {
	want, _, err := s.checked(ctx, agencyID, want)
	if err != nil {
		return Effect{}, err
	}
	a, _, err := s.Account(ctx, agencyID)
	if err != nil {
		return Effect{}, err
	}
	if err := s.mayChange(a); err != nil {
		return Effect{}, err
	}
	steps := Steps(a, want, s.caution(a, want))
	e := Effect{From: a.Held, To: want}
	if e.Preview, err = s.d.Gateway.Preview(ctx, a, steps, s.now().Truncate(time.Second)); err != nil {
		return e, err
	}
	for _, step := range steps {
		e.AtOnce = e.AtOnce || step.Proration == ChargeNow
	}
	from, to := mustPlan(planInForce(a, s.now())), mustPlan(want.Plan)
	if from.Above(to) {
		e.Lost, e.Ends = from.Lost(to), &a.PeriodEnd
	}
	return e, nil
}

func (s *Service) mayChange(a Account) error {
	switch {
	case a.SubscriptionID == "" || !a.Status.Live():
		return ErrNoSubscription
	case a.PendingUntil != nil:
		return ErrChanging
	case !s.changeable(a):
		return ErrClosedAccess
	}
	return nil
}

// Change gives the agency another plan or number of seats: a larger one when it is
// paid, a smaller one at the period's end. The answer says what is held then; a change that
// waits for its payment shows in the account's PendingUntil. ErrDeclined, ErrGatewayAway, ErrKept and those of PreviewChange.
func (s *Service) Change(ctx context.Context, agencyID string, want Seats) (Account, error) {
	want, last, err := s.checked(ctx, agencyID, want)
	if err != nil {
		return Account{}, err
	}
	if err := s.Refresh(ctx, agencyID); err != nil {
		return Account{}, err
	}
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		if err := s.mayChange(*a); err != nil {
			return err
		}
		open, err := t.OpenCommands(ctx)
		switch {
		case err != nil:
			return err
		case len(open) > 0:
			return ErrChanging
		}
		floor := floorOf(want, last)
		return keepSteps(ctx, t, a, Steps(*a, want, s.caution(*a, want)), &floor, access.From(ctx).MemberID, s.now())
	})
	if err != nil {
		return Account{}, err
	}
	return s.runKept(ctx, agencyID)
}

// runKept makes what was just written down, for somebody who waits for it. Who is told that the provider is away must not
// believe that nothing will happen. ErrKept.
func (s *Service) runKept(ctx context.Context, agencyID string) (Account, error) {
	switch err := s.RunCommands(ctx, agencyID); {
	case errors.Is(err, ErrGatewayAway):
		return Account{}, ErrKept.Because(err)
	case err != nil:
		return Account{}, err
	}
	a, _, err := s.Account(ctx, agencyID)
	return a, err
}

// SetCancel ends the subscription with its period, or takes that back. ErrNoSubscription, ErrGatewayAway, ErrKept.
func (s *Service) SetCancel(ctx context.Context, agencyID string, cancel bool) (Account, error) {
	// While the provider is away nothing is written down that would be done later, unasked.
	if err := s.Refresh(ctx, agencyID); err != nil {
		return Account{}, err
	}
	err := s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		if a.SubscriptionID == "" || !a.Status.Live() {
			return ErrNoSubscription
		}
		c, err := newCommand(a.AgencyID, SetCancel, cancel, 0, access.From(ctx).MemberID, s.now())
		if err != nil {
			return err
		}
		return t.AddCommands(ctx, c)
	})
	if err != nil {
		return Account{}, err
	}
	return s.runKept(ctx, agencyID)
}

// Portal makes a link to the provider's page of invoices, cards, addresses and tax ids. ErrGatewayAway.
func (s *Service) Portal(ctx context.Context, agencyID, returnURL string) (string, error) {
	if err := s.ensureCustomer(ctx, agencyID); err != nil {
		return "", err
	}
	a, _, err := s.Account(ctx, agencyID)
	if err != nil {
		return "", err
	}
	return s.d.Gateway.OpenPortal(ctx, a.CustomerID, returnURL)
}

// Invoices lists the platform's invoices to the agency, the newest first.
func (s *Service) Invoices(ctx context.Context, agencyID, after string) ([]Invoice, bool, error) {
	a, _, err := s.Account(ctx, agencyID)
	if err != nil || a.CustomerID == "" {
		return nil, false, err
	}
	return s.d.Gateway.Invoices(ctx, a.CustomerID, after)
}

// PayOpen tries to collect everything that is owed: open invoices, and the
// drafts of an unpaid time. ErrDeclined, ErrGatewayAway.
func (s *Service) PayOpen(ctx context.Context, agencyID string) error {
	all, _, err := s.Invoices(ctx, agencyID, "")
	if err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- { // the oldest first
		inv := all[i]
		if inv.SubscriptionID == "" || (inv.Status != "open" && inv.Status != "draft") {
			continue
		}
		// A declined card may be good the next time, so each try is a call of its own.
		if _, err := s.d.Gateway.PayInvoice(ctx, id.New(), inv.ID); err != nil {
			return err
		}
	}
	return s.Refresh(ctx, agencyID)
}
