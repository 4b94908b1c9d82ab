package billing

import "time"

// Status is the state of an agency's subscription: Stripe's words, and Trial
// for an agency that has none yet.
type Status string

// The states there are. One that is not among them is dealt with as Unknown.
const (
	Trial             Status = "trial"    // ours: no subscription in Stripe yet
	Trialing          Status = "trialing" // Stripe's own trial
	ActiveStatus      Status = "active"
	PastDue           Status = "past_due"
	Unpaid            Status = "unpaid"
	Incomplete        Status = "incomplete"
	IncompleteExpired Status = "incomplete_expired"
	Paused            Status = "paused"
	Canceled          Status = "canceled"
)

// Live tells whether the subscription exists and may still be charged: there
// is at most one such for an agency.
func (s Status) Live() bool {
	switch s {
	case Trialing, ActiveStatus, PastDue, Unpaid, Paused, Incomplete:
		return true
	}
	return false
}

// Collection is how seats above the paid ones are collected.
type Collection string

const (
	// Auto charges a seat with the next invoice, or at once where there is doubt.
	Auto Collection = "auto"
	// TrueUp bills the quarter's peak afterwards, by invoice.
	TrueUp Collection = "true_up"
)

// Seats is a plan with a number of seats.
type Seats struct {
	Plan     PlanID
	Quantity int
}

// Account is what the platform knows of one agency's bill. What Stripe
// decides is a copy, taken anew whenever an event says that it changed.
type Account struct {
	AgencyID       string
	CustomerID     string // Stripe's; empty until the first purchase begins
	SubscriptionID string // Stripe's; empty until the first purchase ends
	ItemID         string // the subscription's one item
	Status         Status
	// Held is what Stripe's subscription has now, and will bill at the next renewal.
	Held Seats
	// Paid is the most that was paid, or is already on the next invoice, for the current
	// period. Inside it nothing costs anything again.
	Paid              Seats
	PeriodStart       time.Time
	PeriodEnd         time.Time
	TrialEndsAt       time.Time
	CancelAtPeriodEnd bool
	CollectionPaused  bool // by an operator, in Stripe
	Collection        Collection
	Leaving           Leaving    // while the agency is marked for removal
	TrueUpSince       time.Time  // since when it settles by the quarter
	SeatCeiling       int        // by contract, in true-up; 0 is none
	SeatFloor         int        // seats that are billed even if nobody sits on them
	PastDueSince      *time.Time // since when the present bad state lasts
	UnpaidSince       *time.Time
	PausedSince       *time.Time
	EndedAt           *time.Time
	LastPaymentFailed bool
	CustomerSince     time.Time  // when the first subscription began; the zero time before it
	PendingUntil      *time.Time // a change waits for its payment until then
	CheckoutID        string     // the one Checkout page that is open
	SyncedSeq         int64      // the seat ledger's entry up to which Stripe's quantity is right
	SyncedAt          time.Time
	Version           int
}

// Override is what an operator granted, with a reason and an end.
type Override struct {
	ID        string
	AgencyID  string
	Plan      PlanID // empty leaves the plan
	Level     Level  // empty leaves the level
	MaxSeats  int    // 0 leaves the limit
	Reason    string
	By        string
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
}

// InForce tells whether the override counts at now.
func (o Override) InForce(now time.Time) bool {
	return o.RevokedAt == nil && !now.Before(o.CreatedAt) && now.Before(o.ExpiresAt)
}
