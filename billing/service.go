package billing

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps is what billing needs. All of it is required.
type Deps struct {
	DB          *tenancy.DB
	Store       Store
	Seats       SeatStore
	Gateway     Gateway
	Agencies    Agencies
	Owners      Owners
	Invitations Invitations
	Mail        mail.Sender
	// PageURL is where an agency's pages begin.
	PageURL func(slug string) string
	// Clock is the provider's clock: real time but where a stand-in moves it.
	Clock func() time.Time
	Now   func() time.Time
	// Threshold is the prorated amount up to which a new seat waits for the next invoice.
	Threshold money.Money
	// Unbilled installations count seats and refuse none.
	Unbilled bool
	Log      *slog.Logger
}

// Service is the rules of billing.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service {
	switch {
	case d.DB == nil, d.Store == nil, d.Seats == nil, d.Gateway == nil, d.Agencies == nil, d.Owners == nil, d.Invitations == nil, d.Mail == nil, d.PageURL == nil, d.Clock == nil, d.Now == nil, d.Log == nil:
		panic("billing: a dependency is missing")
	}
	return &Service{d}
}

// now is the provider's time: trials and dunning are measured by it.
func (s *Service) now() time.Time { return s.d.Clock().UTC() }

// RegisterJobs says which functions do billing's background work.
func (s *Service) RegisterJobs(r *job.Registry) {
	job.Handle(r, func(ctx context.Context, j SyncSeats) error { return s.SyncSeats(ctx, j.AgencyID) })
	job.Handle(r, s.process)
	job.Handle(r, s.bill)
	job.Handle(r, s.payBack)
	job.Handle(r, s.write)
}

// Begin starts an agency's trial: Professional, five seats, no card.
func (s *Service) Begin(ctx context.Context, agencyID string) error {
	return s.d.Store.Begin(ctx, s.trial(agencyID))
}

func (s *Service) trial(agencyID string) Account {
	return Account{
		AgencyID: agencyID, Status: Trial, Held: Seats{Plan: Professional}, Paid: Seats{Plan: Professional}, Collection: Auto, TrialEndsAt: s.now().Add(TrialTime),
	}
}

// Account returns what is known of an agency's bill, and what follows from it.
func (s *Service) Account(ctx context.Context, agencyID string) (Account, Access, error) {
	a, overrides, err := s.d.Store.Account(ctx, agencyID, s.now())
	if errors.Is(err, ErrNoAccount) { // made this moment, or where nobody is billed
		a, err = s.trial(agencyID), nil
	}
	if err != nil {
		return a, Access{}, err
	}
	if s.d.Unbilled {
		return a, Everything(), nil
	}
	return a, Derive(a, overrides, s.now()), nil
}

// Refresh looks at the provider's subscription and takes down what it says.
// Whoever calls it, however often and in whatever order, comes to the same result.
func (s *Service) Refresh(ctx context.Context, agencyID string) error {
	return s.d.Store.Locked(ctx, agencyID, s.look)
}

func (s *Service) look(ctx context.Context, t Tx, a *Account) error {
	if a.CheckoutID != "" {
		if err := s.adopt(ctx, a); err != nil {
			return err
		}
	}
	if a.SubscriptionID == "" {
		return nil
	}
	sub, err := s.d.Gateway.Subscription(ctx, a.SubscriptionID)
	if err != nil {
		return err
	}
	if sub.Items != 1 {
		s.d.Log.ErrorContext(ctx, "a subscription does not have exactly one item", "agency", a.AgencyID, "subscription", sub.ID, "items", sub.Items)
	}
	was, watched := a.Status, Derive(*a, nil, s.now()).Alert
	checkout := a.CheckoutID
	*a = a.Seen(sub)
	a.CheckoutID = checkout
	if acc := Derive(*a, nil, s.now()); acc.Alert && !watched {
		s.d.Log.ErrorContext(ctx, "a subscription is in a state that an operator should look at", "agency", a.AgencyID, "subscription", sub.ID, "state", a.oddity(), "level", acc.Level)
	}
	if err := s.ended(ctx, t, a, sub, s.now()); err != nil {
		return err
	}
	if was != a.Status && a.Status == ActiveStatus {
		// People may have come or gone while it was bought, or while nothing could be changed.
		return t.Enqueue(ctx, SyncSeats{AgencyID: a.AgencyID})
	}
	return nil
}

// adopt takes over the subscription that a purchase page made.
func (s *Service) adopt(ctx context.Context, a *Account) error {
	c, err := s.d.Gateway.Checkout(ctx, a.CheckoutID)
	switch {
	case errors.Is(err, ErrGone):
		a.CheckoutID = ""
		return nil
	case err != nil:
		return err
	}
	switch c.State {
	case "complete":
		if c.CustomerID != a.CustomerID {
			s.d.Log.ErrorContext(ctx, "a purchase page belongs to another customer", "agency", a.AgencyID, "checkout", c.ID)
			return nil
		}
		if c.SubscriptionID != a.SubscriptionID {
			// A new subscription begins with what it holds, whatever an older one had paid.
			a.SubscriptionID, a.PeriodStart, a.Paid = c.SubscriptionID, time.Time{}, Seats{}
		}
		a.CheckoutID = ""
	case "expired":
		a.CheckoutID = ""
	}
	return nil
}

// inAgency is ctx with the agency of this key.
func (s *Service) inAgency(ctx context.Context, agencyID string) (context.Context, error) {
	a, err := s.d.Agencies.ByID(ctx, agencyID)
	if err != nil {
		return nil, err
	}
	return tenancy.With(ctx, a), nil
}

// lastSeat is Seats of the agency with this key.
func (s *Service) lastSeat(ctx context.Context, agencyID string) (SeatChange, error) {
	ctx, err := s.inAgency(ctx, agencyID)
	if err != nil {
		return SeatChange{}, err
	}
	return s.Seats(ctx)
}
