package billing_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/billing"
)

// intruder is a gateway during whose first look at a subscription somebody joins.
type intruder struct {
	billing.Gateway
	joins func()
}

func (g *intruder) Subscription(ctx context.Context, id string) (billing.Subscription, error) {
	if g.joins != nil {
		join := g.joins
		g.joins = nil
		join()
	}
	return g.Gateway.Subscription(ctx, id)
}

func starter(n int) billing.Seats { return billing.Seats{Plan: billing.Starter, Quantity: n} }

// What Starter does not hold cannot be brought into it while the larger plan's period is used up.
func TestASmallerPlanThatWaitsHoldsNoEleventh(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.advance(15 * days)
	w.buy(billing.Professional, 1)
	for range 8 {
		w.join()
	}
	_, err := w.Change(t.Context(), w.key(), starter(9))
	check(t, err)
	w.join()
	err = w.seat(1)
	var no *fault.Error
	if !errors.Is(err, billing.ErrNoSeat) || !errors.As(err, &no) || !strings.Contains(no.Text, "your plan is Starter, which holds 10 seats: 10 people have one and 0 are kept for open invitations") {
		t.Fatalf("the eleventh while Starter waits: %v", err)
	}
	a, acc := w.account()
	if acc.Plan != billing.Professional || a.Held != starter(10) {
		t.Fatalf("%+v %+v", acc, a.Held)
	}

	// Whoever takes it back has room again.
	_, err = w.Change(t.Context(), w.key(), pro(10))
	check(t, err)
	w.join()
}

// Between the question whether ten fit and the change itself an eleventh may join: then the larger plan stays.
func TestWhoJoinsDuringTheChangeKeepsTheLargerPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.advance(15 * days)
	w.buy(billing.Professional, 1)
	for range 9 {
		w.join()
	}
	late := w.service(&intruder{Gateway: w.gateway, joins: func() { check(t, w.seat(1)) }})
	if _, err := late.Change(t.Context(), w.key(), starter(10)); err != nil && !errors.Is(err, billing.ErrTooManySeats) {
		t.Fatal(err)
	}
	check(t, w.SyncSeats(t.Context(), w.key())) // the job of whoever joined
	if a, _ := w.account(); a.Held != pro(11) {
		t.Fatalf("eleven people are billed as %+v", a.Held)
	}
}
