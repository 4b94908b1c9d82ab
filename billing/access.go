package billing

import (
	"slices"
	"time"
)

// Level is how much an agency may do.
type Level string

const (
	Full      Level = "full"      // everything
	Grace     Level = "grace"     // everything, and the owner is told that something is wrong
	ReadOnly  Level = "read_only" // look, export, pay; no change
	Suspended Level = "suspended" // pay, export, leave; clients may look for a while
	Closed    Level = "closed"    // pay to come back, export, leave
	Setup     Level = "setup"     // the first payment is not made: the billing page only
)

// Reason is why the level is what it is: a stable code for screens to translate.
type Reason string

const (
	InTrial         Reason = "trial"
	TrialOver       Reason = "trial_over"
	InOrder         Reason = "in_order"
	EndsAtPeriodEnd Reason = "ends_at_period_end"
	CollectPaused   Reason = "collection_paused"
	PaymentPastDue  Reason = "payment_past_due"
	PaymentFailed   Reason = "payment_failed"
	FirstPayment    Reason = "first_payment_open"
	FirstFailed     Reason = "first_payment_failed"
	SubscriptionEnd Reason = "subscription_ended"
	UnknownState    Reason = "unknown_state"
	ByOperator      Reason = "operator"
)

// How long an agency keeps what it has when money does not come. These are
// the platform's terms (billing reference A.5); days are full days from the
// moment the state began.
const (
	day            = 24 * time.Hour
	TrialTime      = 14 * day
	TrialSeats     = 5
	graceTime      = 8 * day  // past due, day 0 to 7
	afterTrialTime = 14 * day // read only, then suspended
	portalTime     = 14 * day // suspended for want of payment: clients may still look
	exportTime     = 30 * day // after the end of a subscription
)

// Access is what an agency may do now, and until when that holds by itself.
type Access struct {
	Level    Level
	Plan     PlanID
	MaxSeats int // staff, active and invited; 0 is no limit
	// SeatLimit is MaxSeats, or less where a smaller plan comes with the next period: whoever does not fit there is not let in before.
	SeatLimit int
	Features  []Feature
	Reasons   []Reason
	// Until is when time alone changes this; nil if it does not.
	Until *time.Time
	// Next is the level after Until.
	Next Level
	// PortalReads tells whether contacts of clients may look.
	PortalReads bool
	// JobsRun tells whether work that reaches outside (mail, recurring invoices) goes on.
	JobsRun bool
	// Alert asks an operator to look: the state is none that we know.
	Alert bool
}

// Has tells whether the agency's plan holds f.
func (a Access) Has(f Feature) bool { return slices.Contains(a.Features, f) }

// MayChange tells whether staff may change anything but the bill.
func (a Access) MayChange() bool { return a.Level == Full || a.Level == Grace }

// MayRead tells whether staff may look.
func (a Access) MayRead() bool { return a.MayChange() || a.Level == ReadOnly }

// Everything is the access of an agency that nobody bills.
func Everything() Access {
	p, _ := PlanOf(Enterprise)
	return Access{Level: Full, Plan: p.ID, Features: p.Features, Reasons: []Reason{InOrder}, PortalReads: true, JobsRun: true}
}

// Derive is the access of an account at now. It is a pure function of what is
// known: nobody is locked out because Stripe cannot be reached, and a state
// that Stripe invents tomorrow is answered by grace and an alert.
func Derive(a Account, overrides []Override, now time.Time) Access {
	acc := derive(a, now)
	plan, ok := PlanOf(planInForce(a, now))
	if !ok {
		plan, _ = PlanOf(Professional)
	}
	acc.Plan, acc.Features, acc.MaxSeats = plan.ID, plan.Features, plan.MaxSeats
	if a.Status == Trial {
		acc.MaxSeats = TrialSeats
	}
	if a.Collection == TrueUp && a.SeatCeiling > 0 {
		acc.MaxSeats = a.SeatCeiling
	}
	acc.SeatLimit = acc.MaxSeats
	if held, ok := PlanOf(a.Held.Plan); ok && held.ID != plan.ID && a.Status != Trial {
		acc.SeatLimit = stricter(acc.SeatLimit, held.MaxSeats)
	}
	for _, o := range overrides {
		if o.InForce(now) {
			acc = acc.with(o)
			acc.SeatLimit = acc.MaxSeats // what an operator granted counts
		}
	}
	switch acc.Level {
	case Full, Grace:
		acc.PortalReads, acc.JobsRun = true, true
	case ReadOnly:
		acc.PortalReads = true
	}
	return acc
}

// stricter is the lower of two limits, of which 0 is none.
func stricter(a, b int) int {
	if a == 0 || (b > 0 && b < a) {
		return b
	}
	return a
}

// planInForce is the larger of what was paid for this period and what is held:
// a downgrade takes its features at the period's end, not before.
func planInForce(a Account, now time.Time) PlanID {
	if a.Status == Trial {
		return Professional
	}
	held, _ := PlanOf(a.Held.Plan)
	paid, ok := PlanOf(a.Paid.Plan)
	if ok && paid.Above(held) && (a.PeriodEnd.IsZero() || now.Before(a.PeriodEnd)) {
		return paid.ID
	}
	return a.Held.Plan
}

func derive(a Account, now time.Time) Access {
	switch a.Status {
	case Trial:
		if now.Before(a.TrialEndsAt) {
			return Access{Level: Full, Reasons: []Reason{InTrial}}.until(a.TrialEndsAt, ReadOnly)
		}
		return readOnlyThenSuspended(a.TrialEndsAt, now, TrialOver)
	case Paused:
		return readOnlyThenSuspended(since(a.PausedSince, now), now, TrialOver)
	case Trialing:
		return Access{Level: Full, Reasons: []Reason{InTrial}}
	case ActiveStatus:
		return activeAccess(a)
	case PastDue:
		return pastDueAccess(since(a.PastDueSince, now), now)
	case Unpaid:
		from := since(a.UnpaidSince, now)
		acc := Access{Level: Suspended, Reasons: []Reason{PaymentFailed}}
		if now.Before(from.Add(portalTime)) {
			acc.PortalReads = true
			return acc.until(from.Add(portalTime), Suspended)
		}
		return acc
	case Incomplete:
		return Access{Level: Setup, Reasons: []Reason{FirstPayment}}
	case IncompleteExpired:
		return Access{Level: Setup, Reasons: []Reason{FirstFailed}}
	case Canceled:
		end := since(a.EndedAt, now).Add(exportTime)
		if now.Before(end) {
			return Access{Level: ReadOnly, Reasons: []Reason{SubscriptionEnd}}.until(end, Closed)
		}
		return Access{Level: Closed, Reasons: []Reason{SubscriptionEnd}}
	}
	return Access{Level: Grace, Reasons: []Reason{UnknownState}, Alert: true}
}

func activeAccess(a Account) Access {
	acc := Access{Level: Full, Reasons: []Reason{InOrder}}
	if a.CollectionPaused {
		acc.Reasons, acc.Alert = []Reason{CollectPaused}, true
	}
	if a.CancelAtPeriodEnd {
		acc.Reasons = []Reason{EndsAtPeriodEnd}
		return acc.until(a.PeriodEnd, ReadOnly)
	}
	return acc
}

func pastDueAccess(from, now time.Time) Access {
	if end := from.Add(graceTime); now.Before(end) {
		return Access{Level: Grace, Reasons: []Reason{PaymentPastDue}}.until(end, ReadOnly)
	}
	// What comes next is Stripe's word: it tries the card for two weeks.
	return Access{Level: ReadOnly, Reasons: []Reason{PaymentPastDue}}
}

func readOnlyThenSuspended(from, now time.Time, why Reason) Access {
	if end := from.Add(afterTrialTime); now.Before(end) {
		return Access{Level: ReadOnly, Reasons: []Reason{why}}.until(end, Suspended)
	}
	return Access{Level: Suspended, Reasons: []Reason{why}}
}

// since is when a state began; a state whose beginning nobody noted begins now,
// so that a gap in what we know never shortens anybody's time.
func since(t *time.Time, now time.Time) time.Time {
	if t == nil {
		return now
	}
	return *t
}

// oddity is what an alert is about.
func (a Account) oddity() string {
	if a.CollectionPaused && a.Status == ActiveStatus {
		return string(CollectPaused)
	}
	return string(a.Status)
}

func (a Access) until(t time.Time, next Level) Access {
	a.Until, a.Next = &t, next
	return a
}

func (a Access) with(o Override) Access {
	if p, ok := PlanOf(o.Plan); ok {
		a.Plan, a.Features, a.MaxSeats = p.ID, p.Features, p.MaxSeats
	}
	if o.MaxSeats > 0 {
		a.MaxSeats = o.MaxSeats
	}
	if o.Level != "" {
		a.Level = o.Level
	}
	a.Reasons = append(slices.Clone(a.Reasons), ByOperator)
	if a.Until == nil || o.ExpiresAt.Before(*a.Until) || o.Level != "" {
		a.Until, a.Next = &o.ExpiresAt, ""
	}
	return a
}
