package billing

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Proration is how Stripe treats the rest of the running period in a change.
type Proration string

const (
	// NoCharge changes what the next renewal bills and nothing else.
	NoCharge Proration = "none"
	// NextInvoice puts the remaining share of the period on the next invoice.
	NextInvoice Proration = "create_prorations"
	// ChargeNow bills the remaining share at once; the change waits until it is paid.
	ChargeNow Proration = "always_invoice"
)

// Step is one call that changes the subscription. Price and quantity always
// travel together: Stripe sets the quantity to 1 if only the price is given.
type Step struct {
	To        Seats
	Proration Proration
	// Paid is what counts as paid for the period once the step has taken effect.
	Paid Seats
}

// Caution says whether a charge must be collected before the seat counts.
type Caution struct {
	// Threshold is the prorated amount up to which a seat is put on the next invoice.
	Threshold money.Money
	// Prorated is what this change will cost for the rest of the period.
	Prorated money.Money
	// Young is a customer of less than 60 days; Failed one whose last payment did.
	Young, Failed bool
}

// YoungTime is how long a customer is new.
const YoungTime = 60 * day

func (c Caution) proration() Proration {
	if c.Young || c.Failed || c.Prorated.Minor > c.Threshold.Minor {
		return ChargeNow
	}
	return NextInvoice
}

// Steps are the calls that bring a subscription from what it holds to target,
// in order (billing reference A.3). What is inside Paid costs nothing; what is above it is
// charged from Paid, never from what happens to be held, so that a seat that was given
// back and filled again is not paid for twice.
func Steps(a Account, target Seats, c Caution) []Step {
	held, paid := a.Held, a.Paid
	var out []Step
	add := func(to Seats, how Proration, nowPaid Seats) {
		if to == held && how == NoCharge {
			return
		}
		out = append(out, Step{To: to, Proration: how, Paid: nowPaid})
		held, paid = to, nowPaid
	}
	wanted, paidPlan := mustPlan(target.Plan), mustPlan(paid.Plan)
	switch {
	case wanted.Above(paidPlan):
		add(paid, NoCharge, paid)
		add(target, ChargeNow, target)
	case target.Quantity > paid.Quantity:
		more := Seats{paid.Plan, target.Quantity}
		add(paid, NoCharge, paid)
		add(more, c.proration(), more)
	}
	add(target, NoCharge, paid)
	return out
}

func mustPlan(id PlanID) Plan {
	p, _ := PlanOf(id) // an unknown plan ranks below all
	return p
}

// Renewed is the account in the period that begins at start: what is held is
// what this period paid for. A change inside the period leaves the account as it is.
func (a Account) Renewed(start, end time.Time) Account {
	if start.After(a.PeriodStart) {
		a.Paid = a.Held
	}
	a.PeriodStart, a.PeriodEnd = start, end
	return a
}

// MonthlyPrice is what s costs for a whole month.
func (s Seats) MonthlyPrice() money.Money {
	return money.Of(mustPlan(s.Plan).Price.Minor*int64(s.Quantity), Currency)
}
