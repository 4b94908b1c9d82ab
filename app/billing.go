package app

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// paidFor refuses what the agency's access does not allow. The access is kept
// in memory: this adds no query to a call.
func (a *App) paidFor(ctx context.Context, op httpapi.Op) error {
	if op.Whenever {
		return nil
	}
	agency, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	acc, err := a.Gate.Access(ctx, agency.ID)
	if err != nil {
		return err
	}
	contact := access.From(ctx).Kind == access.Contact
	switch {
	case contact && !acc.PortalReads:
		return billing.ErrPortalClosed
	case contact && op.Changes() && !op.Intake && !acc.MayChange():
		return billing.ErrPortalStopped
	case !contact && !acc.MayRead():
		return billing.ErrClosedAccess
	case op.Changes() && !op.Intake && !acc.MayChange():
		return billing.ErrChangesStopped
	case op.Holds != "" && !acc.Has(billing.Feature(op.Holds)):
		return notInPlan(billing.Feature(op.Holds))
	}
	return nil
}

// notInPlan says which plan holds the function, and what it costs.
func notInPlan(f billing.Feature) *fault.Error {
	p, ok := billing.Holding(f)
	if !ok {
		return billing.ErrNotInPlan
	}
	return billing.ErrNotInPlan.Saying("This is part of %s, at $%s a person and month.", p.Name, p.Price.Amount())
}

// jobsRun tells whether an agency's background work goes on.
func (a *App) jobsRun(ctx context.Context, agencyID string) (bool, error) {
	acc, err := a.Gate.Access(ctx, agencyID)
	return acc.JobsRun, err
}

// billingChanged is told that an agency's account is another one: what was kept of it is forgotten, and work that
// stood still goes on if it may.
func (a *App) billingChanged(ctx context.Context, agencyID string) {
	a.Gate.Forget(agencyID)
	if agencyID == "" {
		return
	}
	runs, err := a.jobsRun(ctx, agencyID)
	if err == nil && runs {
		err = a.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
			_, err := a.Queue.Wake(ctx, tx, agencyID)
			return err
		})
	}
	if err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "parked work was not woken; it looks again by itself", "agency", agencyID, "err", err)
	}
}

// plans answers the modules' questions whether the agency's plan holds a function.
type plans struct{ gate *billing.Gate }

func (p plans) CustomRates(ctx context.Context) error { return p.hold(ctx, billing.FeatureCustomRates) }

func (p plans) SeveralEntities(ctx context.Context) error {
	return p.hold(ctx, billing.FeatureLegalEntities)
}

func (p plans) hold(ctx context.Context, f billing.Feature) error {
	agency, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	acc, err := p.gate.Access(ctx, agency.ID)
	if err != nil || acc.Has(f) {
		return err
	}
	return notInPlan(f)
}

// claimer gives a sign-up its agency, and the agency its trial.
type claimer struct {
	agencies *tenancy.Provisioner
	billing  *billing.Service
}

func (c claimer) Claim(ctx context.Context, slug, name string) (tenancy.Agency, error) {
	a, err := c.agencies.Claim(ctx, slug, name)
	if err != nil {
		return a, err
	}
	// An agency that is left without an account is in its trial all the same, and the nightly comparison begins it.
	if err := c.billing.Begin(ctx, a.ID); err != nil {
		return a, err
	}
	return a, nil
}

// owners answers billing.Owners and billing.Invitations: whom the platform writes to, and who was asked to come.
type owners struct{ s *Services }

func (o owners) BillingOwner(ctx context.Context) (billing.Owner, error) {
	found, err := o.s.Identity.Members(ctx, identity.MemberFilter{Role: identity.Owner, State: identity.Active, Kind: access.Staff, Limit: 1})
	if err != nil || len(found) == 0 {
		return billing.Owner{}, err
	}
	return billing.Owner{Name: found[0].Name, Email: found[0].Email}, nil
}

// Invited answers billing.Invitations.
func (o owners) Invited(ctx context.Context, tx *tenancy.Tx) (int, error) {
	return o.s.Identity.Invited(ctx, tx)
}

// gateway is the payment provider. A process that knows none works on, but nothing can be bought at it.
func (a *App) gateway() billing.Gateway {
	if a.cfg.Gateway == nil {
		return billing.Away{}
	}
	return a.cfg.Gateway
}

// PricesAgree refuses to go on where the provider would charge other prices than the plans say (billing.CatalogueError).
// A provider that is away keeps nobody from working, and prices that are not made yet are asked for in the log.
func (a *App) PricesAgree(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	missing, err := a.Services.Billing.CheckCatalogue(ctx)
	var differs billing.CatalogueError
	switch {
	case errors.As(err, &differs):
		return err
	case err != nil:
		a.log.WarnContext(ctx, "the provider's prices could not be compared with the plans", "err", err)
	case len(missing) > 0:
		a.log.ErrorContext(ctx, "prices are missing at the payment provider: run bureau billing bootstrap", "prices", missing)
	}
	return nil
}

func (a *App) billingClock() func() time.Time {
	if a.cfg.BillingClock == nil {
		return a.cfg.Now
	}
	return a.cfg.BillingClock
}

// listenToBilling forgets what is kept of an agency's access when another process changes it.
func (a *App) listenToBilling(ctx context.Context) {
	for ctx.Err() == nil {
		heard := func(agencyID string) { a.billingChanged(ctx, agencyID) }
		if err := a.hear(ctx, billing.Channel, heard); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "changes of billing are not heard", "err", err)
		}
		a.Gate.Forget("") // what changed while nobody listened
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// hear calls fn with each note on a channel of the database.
func (a *App) hear(ctx context.Context, channel string, fn func(string)) error {
	conn, err := a.Control.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	fn("") // what changed before
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		fn(n.Payload)
	}
}

// addresses answers billinghttp.Agency.
type addresses struct{ places identity.Places }

func (addresses) AgencyID(ctx context.Context) (string, error) {
	a, err := tenancy.From(ctx)
	return a.ID, err
}

func (p addresses) PageURL(ctx context.Context, path string) (string, error) {
	a, err := tenancy.From(ctx)
	return p.places.Agency(a.Slug) + path, err
}
