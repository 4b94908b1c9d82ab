package billing_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/tenancy"
)

// absolute is a gateway that notes the quantities that are asked for.
type absolute struct {
	billing.Gateway
	asked []int
}

func (g *absolute) Change(ctx context.Context, key, sub, item string, s billing.Step) (billing.Subscription, error) {
	g.asked = append(g.asked, s.To.Quantity)
	return g.Gateway.Change(ctx, key, sub, item, s)
}

// The four invariants of billing reference A.2, after each of many random changes.
func TestTheLedgerHoldsAfterAnyHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	spy := &absolute{Gateway: w.gateway}
	w.Service = w.service(spy)
	w.advance(15 * days)
	w.buy(billing.Starter, 1)
	r := rand.New(rand.NewPCG(11, 17))
	active, invited := 1, 0 // as an independent count
	refused := 0
	change := func(delta, reserved int) {
		t.Helper()
		err := w.agency.DB.Run(w.agency.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return w.Seat(ctx, tx, billing.SeatChange{MemberID: id.New(), Delta: delta, Reserved: reserved, Reason: "r"}, func(context.Context) (int, error) { return invited + reserved, nil })
		})
		switch {
		case err == nil:
			active, invited = active+delta, invited+reserved
		case errors.Is(err, billing.ErrNoSeat) && (delta > 0 || reserved > 0):
			refused++
		default:
			t.Fatal(err)
		}
	}
	for range 120 {
		switch n := r.IntN(10); {
		case n < 4:
			change(0, 1) // invited
		case n < 7 && invited > 0:
			change(1, -1) // accepted
		case n == 7 && invited > 0:
			change(0, -1) // taken back
		case n == 8:
			change(1, 0) // let in again
		case active > 1:
			change(-1, 0) // deactivated
		}
		if active+invited > 10 {
			t.Fatalf("Starter holds %d people and %d invitations", active, invited)
		}
		if r.IntN(3) == 0 { // the job runs when it runs: a burst is one call
			spy.asked = nil
			check(t, w.SyncSeats(t.Context(), w.key()))
			a, _ := w.account()
			if a.Held.Quantity != active || a.Paid.Quantity < active {
				t.Fatalf("%d people, %+v are held and %+v paid", active, a.Held, a.Paid)
			}
			if n := len(spy.asked); n > 0 && spy.asked[n-1] != active {
				t.Fatalf("the quantity was set to %v for %d people", spy.asked, active)
			}
		}
	}
	all, err := w.SeatHistory(w.agency.Ctx, w.agency.Clock.Now().AddDate(-10, 0, 0))
	check(t, err)
	sum := 0
	for i, c := range all {
		if sum += c.Delta; sum != c.ActiveAfter || c.Seq != int64(i+1) {
			t.Fatalf("entry %d: the deltas make %d: %+v", i, sum, c)
		}
	}
	if sum != active || refused == 0 {
		t.Fatalf("the ledger says %d, there are %d; %d were refused", sum, active, refused)
	}
}
