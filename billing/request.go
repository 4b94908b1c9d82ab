package billing

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Request is what an operator asks for about an agency's money, an Order or a Payback. Up to a limit it
// is approved by being asked for; above it a second operator has to agree (ASVS 2.3.5).
type Request struct {
	ID, AgencyID string
	Amount       money.Money
	State        RequestState
	RequestedBy  string // an operator
	RequestedAt  time.Time
	ApprovedBy   string // another one, above the limit
	ApprovedAt   *time.Time
}

// RequestState is how far a request is. Orders and paybacks have ends of their own.
type RequestState string

const (
	RequestWaiting  RequestState = "waiting"  // for a second operator
	RequestApproved RequestState = "approved" // is being carried out
	RequestCanceled RequestState = "canceled"
)

// ErrSecondPerson keeps an operator from agreeing to what they asked for.
var ErrSecondPerson = fault.Define(fault.Forbidden, "billing.second_person", "An order of this size needs the agreement of a second operator.")

// asked is a request as what it asks for.
type asked interface {
	request() *Request
	kind() requestKind
	add(context.Context, Tx) error
	save(context.Context, Tx) error
	// told is what the logs say of it.
	told() audit.Change
	// work carries it out once it is approved.
	work() job.Args
}

// requestKind is what differs between the kinds of requests.
type requestKind struct {
	action   string // begins the names of its entries in the logs
	twoEyes  money.Money
	wrong    *fault.Error // its state does not allow this
	selfMade *fault.Error // approved by whoever asked
}

func (r *Request) request() *Request { return r }

func (r *Request) approve(by string, now time.Time) {
	r.State, r.ApprovedBy, r.ApprovedAt = RequestApproved, by, &now
}

// ask keeps a new request that check, under the account's lock, lets pass.
func (s *Service) ask(ctx context.Context, x asked, check func(context.Context, Tx, *Account) error) error {
	r, now := x.request(), s.d.Now().UTC()
	r.ID, r.State, r.RequestedAt = id.New(), RequestWaiting, now
	if r.Amount.Minor <= x.kind().twoEyes.Minor {
		r.approve("", now)
	}
	return s.recorded(ctx, r.AgencyID, func(ctx context.Context, t Tx, a *Account) (audit.Change, error) {
		if err := check(ctx, t, a); err != nil {
			return audit.Change{}, err
		}
		if err := x.add(ctx, t); err != nil {
			return audit.Change{}, err
		}
		return begun(ctx, t, x, "_requested")
	})
}

// approve agrees to a request that another operator made.
func (s *Service) approve(ctx context.Context, agencyID string, find func(context.Context, Tx) (asked, error), by string) error {
	return s.decide(ctx, agencyID, find, "_approved", func(x asked) error {
		r := x.request()
		if r.RequestedBy == by {
			return x.kind().selfMade
		}
		r.approve(by, s.d.Now().UTC())
		return nil
	})
}

// cancel takes back a request that was not approved.
func (s *Service) cancel(ctx context.Context, agencyID string, find func(context.Context, Tx) (asked, error)) error {
	return s.decide(ctx, agencyID, find, "_canceled", func(x asked) error {
		x.request().State = RequestCanceled
		return nil
	})
}

// decide changes a request that waits.
func (s *Service) decide(ctx context.Context, agencyID string, find func(context.Context, Tx) (asked, error), action string, fn func(asked) error) error {
	return s.recorded(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) (audit.Change, error) {
		x, err := find(ctx, t)
		if err == nil && x.request().State != RequestWaiting {
			err = x.kind().wrong
		}
		if err == nil {
			err = fn(x)
		}
		if err == nil {
			err = x.save(ctx, t)
		}
		if err != nil {
			return audit.Change{}, err
		}
		return begun(ctx, t, x, action)
	})
}

// begun has an approved request carried out, and says what became of it.
func begun(ctx context.Context, t Tx, x asked, action string) (audit.Change, error) {
	c := x.told()
	c.Action = x.kind().action + action
	if x.request().State != RequestApproved {
		return c, nil
	}
	return c, t.Enqueue(ctx, x.work())
}
