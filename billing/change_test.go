package billing_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

var calm = billing.Caution{Threshold: money.Of(20000, "USD"), Prorated: money.Of(4900, "USD")}

// The table of billing reference A.3.
func TestStepsOfAChange(t *testing.T) {
	t.Parallel()
	pro := func(n int) billing.Seats { return billing.Seats{Plan: billing.Professional, Quantity: n} }
	start := func(n int) billing.Seats { return billing.Seats{Plan: billing.Starter, Quantity: n} }
	ent := func(n int) billing.Seats { return billing.Seats{Plan: billing.Enterprise, Quantity: n} }
	risky := calm
	risky.Failed = true
	dear := calm
	dear.Prorated = money.Of(20001, "USD")
	young := calm
	young.Young = true
	for _, c := range []struct {
		name       string
		held, paid billing.Seats
		target     billing.Seats
		caution    billing.Caution
		want       []billing.Step
	}{
		{"nothing to do", pro(5), pro(5), pro(5), calm, nil},
		{"a seat more", pro(5), pro(5), pro(6), calm, []billing.Step{{To: pro(6), Proration: billing.NextInvoice, Paid: pro(6)}}},
		{"many seats, more than the threshold", pro(5), pro(5), pro(30), dear, []billing.Step{{To: pro(30), Proration: billing.ChargeNow, Paid: pro(30)}}},
		{"a seat more of a new customer", pro(5), pro(5), pro(6), young, []billing.Step{{To: pro(6), Proration: billing.ChargeNow, Paid: pro(6)}}},
		{"a seat more after a failed payment", pro(5), pro(5), pro(6), risky, []billing.Step{{To: pro(6), Proration: billing.ChargeNow, Paid: pro(6)}}},
		{"a seat less", pro(5), pro(5), pro(4), calm, []billing.Step{{To: pro(4), Proration: billing.NoCharge, Paid: pro(5)}}},
		{"a paid seat filled again", pro(4), pro(5), pro(5), calm, []billing.Step{{To: pro(5), Proration: billing.NoCharge, Paid: pro(5)}}},
		{"refilled and one more", pro(4), pro(5), pro(6), calm, []billing.Step{
			{To: pro(5), Proration: billing.NoCharge, Paid: pro(5)}, {To: pro(6), Proration: billing.NextInvoice, Paid: pro(6)},
		}},
		{"a larger plan", start(5), start(5), pro(5), calm, []billing.Step{{To: pro(5), Proration: billing.ChargeNow, Paid: pro(5)}}},
		{"a larger plan while a paid seat is free", start(4), start(5), pro(4), calm, []billing.Step{
			{To: start(5), Proration: billing.NoCharge, Paid: start(5)}, {To: pro(4), Proration: billing.ChargeNow, Paid: pro(4)},
		}},
		{"a smaller plan", ent(5), ent(5), start(5), calm, []billing.Step{{To: start(5), Proration: billing.NoCharge, Paid: ent(5)}}},
		{"a smaller plan, taken back", start(5), ent(5), ent(5), calm, []billing.Step{{To: ent(5), Proration: billing.NoCharge, Paid: ent(5)}}},
		{"a seat more while a smaller plan waits", start(5), ent(5), start(6), calm, []billing.Step{
			{To: ent(5), Proration: billing.NoCharge, Paid: ent(5)},
			{To: ent(6), Proration: billing.NextInvoice, Paid: ent(6)},
			{To: start(6), Proration: billing.NoCharge, Paid: ent(6)},
		}},
		{"a middle plan from a paid larger one", start(5), ent(5), pro(5), calm, []billing.Step{{To: pro(5), Proration: billing.NoCharge, Paid: ent(5)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := billing.Steps(billing.Account{Held: c.held, Paid: c.paid}, c.target, c.caution)
			if !reflect.DeepEqual(got, c.want) {
				t.Fatalf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// Whatever is done in whatever order, the period is charged for what it had at
// most, once: the steps that charge start from what was paid, and end above it.
func TestNothingIsPaidTwice(t *testing.T) {
	t.Parallel()
	ids := []billing.PlanID{billing.Starter, billing.Professional, billing.Enterprise}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		a := billing.Account{Held: billing.Seats{Plan: ids[r.IntN(3)], Quantity: 1 + r.IntN(9)}}
		a.Paid = a.Held
		for range 40 {
			target := billing.Seats{Plan: ids[r.IntN(3)], Quantity: 1 + r.IntN(12)}
			for _, s := range billing.Steps(a, target, calm) {
				if s.Proration != billing.NoCharge {
					if a.Held != a.Paid {
						t.Fatalf("seed %d: a charge begins at %v though %v was paid", seed, a.Held, a.Paid)
					}
					if s.To.MonthlyPrice().Minor <= 0 {
						t.Fatalf("seed %d: a charge for nothing: %+v", seed, s)
					}
				}
				a.Held, a.Paid = s.To, s.Paid
			}
			if a.Held != target {
				t.Fatalf("seed %d: ended at %v, not %v", seed, a.Held, target)
			}
		}
	}
}

func TestPaidBeginsAnewWithThePeriodOnly(t *testing.T) {
	t.Parallel()
	begin := noon.Add(-24 * time.Hour)
	a := billing.Account{
		Held: billing.Seats{Plan: billing.Professional, Quantity: 3}, Paid: billing.Seats{Plan: billing.Professional, Quantity: 7},
		PeriodStart: begin, PeriodEnd: noon,
	}
	// An invoice for a change inside the period begins no new one (billing reference A.3).
	if got := a.Renewed(begin, noon); got.Paid.Quantity != 7 {
		t.Fatalf("inside the period: %+v", got.Paid)
	}
	if got := a.Renewed(noon, noon.Add(30*24*time.Hour)); got.Paid.Quantity != 3 {
		t.Fatalf("in the next period: %+v", got.Paid)
	}
}

func TestThePriceList(t *testing.T) {
	t.Parallel()
	want := map[billing.PlanID]string{billing.Starter: "29.00 USD", billing.Professional: "49.00 USD", billing.Enterprise: "79.00 USD"}
	for _, p := range billing.Plans() {
		if p.Price.String() != want[p.ID] {
			t.Errorf("%s costs %s", p.Name, p.Price)
		}
	}
	if p, _ := billing.PlanOf(billing.Starter); p.MaxSeats != 10 {
		t.Errorf("Starter holds %d", p.MaxSeats)
	}
}
