package billing_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/bureauhq/bureau/billing"
)

var errKilled = errors.New("killed")

// mortal is a gateway whose process dies at the n-th call that changes
// something: before it is sent, or after it was carried out and before anybody heard of it.
// What the process knew goes with it; the transaction that was open is rolled back.
type mortal struct {
	billing.Gateway
	left  int
	after bool
}

func (m *mortal) Change(ctx context.Context, key, sub, item string, s billing.Step) (billing.Subscription, error) {
	m.left--
	if m.left == 0 && !m.after {
		return billing.Subscription{}, errKilled
	}
	out, err := m.Gateway.Change(ctx, key, sub, item, s)
	if m.left == 0 {
		return billing.Subscription{}, errKilled
	}
	return out, err
}

func TestKilledAnywhereChargesOnce(t *testing.T) {
	t.Parallel()
	calm := newWorld(t, deliveries[0])
	want := history(t, calm, func() *billing.Service { return calm.Service })
	r := rand.New(rand.NewPCG(3, 5))
	for range 50 {
		point, after := 1+r.IntN(7), r.IntN(2) == 0
		t.Run("", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, deliveries[0])
			dying := &mortal{w.gateway, point, after}
			if got := history(t, w, func() *billing.Service { return w.service(dying) }); got != want {
				t.Fatalf("killed at call %d (after it: %v):\ngot  %+v\nwant %+v", point, after, got, want)
			}
		})
	}
}

// history adds and removes people and changes plans; whoever dies is started again and goes on.
func history(t *testing.T, w *world, process func() *billing.Service) outcome {
	t.Helper()
	w.advance(15 * days)
	w.buy(billing.Starter, 1)
	a, _ := w.account()
	w.advance(a.PeriodEnd.Sub(a.PeriodStart) / 2)
	again := func(do func(*billing.Service) error) {
		t.Helper()
		for range 3 {
			err := do(process())
			if err == nil {
				return
			}
			if !errors.Is(err, errKilled) && !errors.Is(err, billing.ErrChanging) {
				t.Fatal(err)
			}
			check(t, w.service(w.gateway).RunCommands(t.Context(), w.key())) // what a restarted process does first
		}
	}
	sync := func(s *billing.Service) error { return s.SyncSeats(t.Context(), w.key()) }
	to := func(plan billing.PlanID, n int) func(*billing.Service) error {
		return func(s *billing.Service) error {
			_, err := s.Change(t.Context(), w.key(), billing.Seats{Plan: plan, Quantity: n})
			return err
		}
	}
	check(t, w.seat(1))
	again(sync)
	check(t, w.seat(-1))
	again(sync)
	check(t, w.seat(1))
	check(t, w.seat(1))
	again(sync)
	again(to(billing.Professional, 3))
	again(to(billing.Starter, 3))
	again(to(billing.Professional, 3))
	w.tell()
	a, acc := w.account()
	cents, live := w.invoiced()
	return outcome{a.Status, acc.Level, a.Held, a.Paid, cents, live}
}
