package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/id"
)

// Command is a call to the provider that changes something. It is kept before
// it is made, and its key makes the provider do it once however often it is sent.
type Command struct {
	ID        string // the idempotency key
	AgencyID  string
	Kind      CommandKind
	Place     int // among the commands kept together: they are made in order
	Params    json.RawMessage
	State     CommandState
	Error     string
	By        string // a member, or an operator
	CreatedAt time.Time
	TriedAt   *time.Time
	DoneAt    *time.Time
}

// CommandKind says what a command asks for.
type CommandKind string

const (
	ChangeSeats CommandKind = "change"     // Step
	SetCancel   CommandKind = "set_cancel" // bool
)

// CommandState is how far a command is.
type CommandState string

const (
	CommandOpen    CommandState = "open"    // to be made; perhaps made, with an answer that nobody heard
	CommandWaiting CommandState = "waiting" // made, and waits for a payment
	CommandDone    CommandState = "done"
	CommandFailed  CommandState = "failed"
)

// keyTime is how long the provider remembers a key, with an hour to spare.
const keyTime = 23 * time.Hour

func newCommand(agencyID string, kind CommandKind, params any, place int, by string, now time.Time) (Command, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return Command{}, fmt.Errorf("billing: command: %w", err)
	}
	return Command{ID: id.New(), AgencyID: agencyID, Kind: kind, Place: place, Params: raw, State: CommandOpen, By: by, CreatedAt: now}, nil
}

// planned is a step with the period it was planned for: what is paid in one
// period is not in the next.
type planned struct {
	Step
	Period time.Time
	// Floor is the account's SeatFloor once the step has taken effect: seats of a change that is refused, or lapses, are not
	// billed. nil leaves it.
	Floor *int `json:",omitempty"`
}

func (c Command) planned() (planned, error) {
	var p planned
	if err := json.Unmarshal(c.Params, &p); err != nil {
		return p, fmt.Errorf("billing: command %s: %w", c.ID, err)
	}
	return p, nil
}

func (c Command) cancels() (bool, error) {
	var cancel bool
	if err := json.Unmarshal(c.Params, &cancel); err != nil {
		return false, fmt.Errorf("billing: command %s: %w", c.ID, err)
	}
	return cancel, nil
}

// keepSteps writes down the commands that bring the account to its target, and to its floor with the last of them.
func keepSteps(ctx context.Context, t Tx, a *Account, steps []Step, floor *int, by string, now time.Time) error {
	if len(steps) == 0 && floor != nil {
		a.SeatFloor = *floor
	}
	all := make([]Command, len(steps))
	for i, s := range steps {
		p := planned{Step: s, Period: a.PeriodStart}
		if i == len(steps)-1 {
			p.Floor = floor
		}
		c, err := newCommand(a.AgencyID, ChangeSeats, p, i, by, now)
		if err != nil {
			return err
		}
		all[i] = c
	}
	return t.AddCommands(ctx, all...)
}

// RunCommands makes the agency's open commands in order, each in a transaction
// of its own that holds the account: whoever is killed between two of them, or between
// the call and the commit, leaves a command that is made again with the same key.
// The first that is refused ends the row: those behind it were made for a state that did not come. One that has to wait
// for a payment holds it up.
func (s *Service) RunCommands(ctx context.Context, agencyID string) error {
	for {
		more, err := s.runNext(ctx, agencyID)
		if err != nil || !more {
			return err
		}
	}
}

func (s *Service) runNext(ctx context.Context, agencyID string) (more bool, err error) {
	var refused error
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		open, err := t.OpenCommands(ctx)
		c, ok := nextCommand(open)
		if err != nil || !ok {
			return err
		}
		now := s.now()
		sub, err := s.carryOut(ctx, a, c)
		switch {
		case errors.Is(err, errOtherPeriod):
			if err := s.giveUp(ctx, t, changes(open), err, now); err != nil {
				return err
			}
			return t.Enqueue(ctx, SyncSeats{AgencyID: a.AgencyID})
		case errors.Is(err, ErrDeclined), errors.Is(err, ErrGone):
			refused = err
			if c.Kind != ChangeSeats {
				return s.giveUp(ctx, t, []Command{c}, err, now)
			}
			return s.giveUp(ctx, t, changes(open), err, now)
		case err != nil:
			return err
		}
		*a = a.Seen(sub)
		more = len(open) > 1
		return s.settle(ctx, t, a, c, now)
	})
	if err == nil {
		err = refused
	}
	return more && err == nil, err
}

// nextCommand is what is to be made first. Changes of seats stand behind one that waits for its payment, whose end comes with a
// notice; a cancellation does not.
func nextCommand(open []Command) (c Command, ok bool) {
	waits := slices.ContainsFunc(open, func(c Command) bool { return c.State == CommandWaiting })
	i := slices.IndexFunc(open, func(c Command) bool {
		return c.State == CommandOpen && (!waits || c.Kind != ChangeSeats)
	})
	if i < 0 {
		return c, false
	}
	return open[i], true
}

// changes are the commands that change seats: one that is given up takes those along, and no cancellation.
func changes(all []Command) []Command {
	return slices.DeleteFunc(slices.Clone(all), func(c Command) bool { return c.Kind != ChangeSeats })
}

var errOtherPeriod = errors.New("billing: the period that this was planned for is over")

// carryOut makes the call. The subscription is looked at first: a new period
// makes the plan worthless, and a command whose key the provider may have forgotten is
// not made again if it looks as if it had been.
func (s *Service) carryOut(ctx context.Context, a *Account, c Command) (Subscription, error) {
	sub, err := s.d.Gateway.Subscription(ctx, a.SubscriptionID)
	if err != nil {
		return sub, err
	}
	*a = a.Seen(sub)
	old := s.d.Now().Sub(c.CreatedAt) > keyTime
	switch c.Kind {
	case ChangeSeats:
		p, err := c.planned()
		switch {
		case err != nil:
			return sub, err
		case !p.Period.Equal(a.PeriodStart):
			return sub, errOtherPeriod
		case old && p.reached(sub):
			return sub, nil
		}
		return s.d.Gateway.Change(ctx, c.ID, a.SubscriptionID, a.ItemID, p.Step)
	case SetCancel:
		cancel, err := c.cancels()
		if err != nil || (old && cancel == sub.CancelAtPeriodEnd) {
			return sub, err
		}
		return s.d.Gateway.SetCancelAtPeriodEnd(ctx, c.ID, a.SubscriptionID, cancel)
	}
	return sub, fmt.Errorf("billing: command %s is of an unknown kind %q", c.ID, c.Kind)
}

// reached tells whether the subscription holds what the step asked for.
func (s Step) reached(sub Subscription) bool {
	p, ok := PlanOfKey(sub.LookupKey)
	return ok && p.ID == s.To.Plan && sub.Quantity == s.To.Quantity
}

// done is what follows from a step that has taken effect.
func (p planned) done(a *Account) {
	a.Paid = p.Paid
	if p.Floor != nil {
		a.SeatFloor = *p.Floor
	}
}

// settle notes what became of a command that was made.
func (s *Service) settle(ctx context.Context, t Tx, a *Account, c Command, now time.Time) error {
	if c.Kind == ChangeSeats {
		p, err := c.planned()
		if err != nil {
			return err
		}
		if p.Proration == ChargeNow && a.PendingUntil != nil {
			c.State, c.TriedAt = CommandWaiting, &now
			return t.SaveCommand(ctx, c) // those behind are planned anew when the wait ends
		}
		p.done(a)
	}
	c.State, c.TriedAt, c.DoneAt = CommandDone, &now, &now
	return t.SaveCommand(ctx, c)
}

// giveUp ends commands that will not be made.
func (s *Service) giveUp(ctx context.Context, t Tx, all []Command, why error, now time.Time) error {
	for _, c := range all {
		c.State, c.Error, c.DoneAt = CommandFailed, why.Error(), &now
		if err := t.SaveCommand(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// ended looks whether a change that waited for its payment was paid, or lapsed.
func (s *Service) ended(ctx context.Context, t Tx, a *Account, sub Subscription, now time.Time) error {
	if sub.PendingUntil != nil {
		return nil
	}
	open, err := t.OpenCommands(ctx)
	if err != nil {
		return err
	}
	for i, c := range open {
		if c.State != CommandWaiting {
			continue
		}
		p, err := c.planned()
		if err != nil {
			return err
		}
		c.State, c.DoneAt = CommandDone, &now
		if !p.reached(sub) {
			c.State, c.Error = CommandFailed, "the payment did not come in time"
		} else if p.Period.Equal(a.PeriodStart) {
			p.done(a)
		}
		if err := t.SaveCommand(ctx, c); err != nil {
			return err
		}
		if err := s.replan(ctx, t, a, open[i+1:], now); err != nil {
			return err
		}
	}
	return nil
}

// errPlannedAnew ends commands that stood behind one that waited for its payment.
var errPlannedAnew = errors.New("billing: planned anew once the payment before it came, or did not")

// replan leads the account to the plan that the commands behind a wait were to end at, such as the smaller one of the next
// period, from what is held and paid now.
func (s *Service) replan(ctx context.Context, t Tx, a *Account, behind []Command, now time.Time) error {
	behind = changes(behind)
	if len(behind) == 0 {
		return nil
	}
	last := behind[len(behind)-1]
	p, err := last.planned()
	if err != nil {
		return err
	}
	if err := s.giveUp(ctx, t, behind, errPlannedAnew, now); err != nil {
		return err
	}
	target := Seats{p.To.Plan, a.Held.Quantity}
	if err := keepSteps(ctx, t, a, Steps(*a, target, s.caution(*a, target)), p.Floor, last.By, now); err != nil {
		return err
	}
	return t.Enqueue(ctx, SyncSeats{AgencyID: a.AgencyID})
}
