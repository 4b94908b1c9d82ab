package billing

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// Store keeps the platform's side of billing. Its one implementation is billingdb.
type Store interface {
	// Begin gives an agency its account, if it has none yet.
	Begin(ctx context.Context, a Account) error
	// Account returns an agency's account and the overrides that are not over. ErrNoAccount.
	Account(ctx context.Context, agencyID string, now time.Time) (Account, []Override, error)
	// Locked calls fn while nobody else may change the agency's account, and writes down
	// what fn changed in it. Nothing of it remains if fn fails. ErrNoAccount.
	Locked(ctx context.Context, agencyID string, fn func(ctx context.Context, t Tx, a *Account) error) error
	// AgencyOf finds whose customer or subscription this is: by our own rows alone. "" if nobody's.
	AgencyOf(ctx context.Context, customerID, subscriptionID string) (agencyID string, err error)

	// Receive keeps an event, whose it is, and the jobs that follow from it, once: it tells whether the event is new.
	Receive(ctx context.Context, e Event, source string, at time.Time, jobs ...job.Args) (isNew bool, err error)
	// Processed marks an event as done, or as nobody's.
	Processed(ctx context.Context, eventID, state, agencyID string, at time.Time) error
	// EventBefore is the newest event that happened at least overlap before the newest one of all; empty if there is none.
	EventBefore(ctx context.Context, overlap time.Duration) (eventID string, err error)

	// Accounts pages through all accounts by agency; after is the last agency seen.
	Accounts(ctx context.Context, after string, limit int) ([]Account, error)
	// WithoutAccount lists agencies that have none.
	WithoutAccount(ctx context.Context, limit int) (agencyIDs []string, err error)
	// WithUnpaidOrders lists agencies with invoices of orders that are not known to be paid.
	WithUnpaidOrders(ctx context.Context) (agencyIDs []string, err error)
	// WithOpenCommands lists agencies that have commands older than before.
	WithOpenCommands(ctx context.Context, before time.Time, limit int) (agencyIDs []string, err error)
	// History lists an agency's commands, the newest first.
	History(ctx context.Context, agencyID string, limit int) ([]Command, error)
	// AddDrift keeps what a comparison found.
	AddDrift(ctx context.Context, found []Drift) error
	// DriftSince lists what comparisons found, the newest first.
	DriftSince(ctx context.Context, from time.Time, limit int) ([]Drift, error)
	// SeatDay notes a day's peak.
	SeatDay(ctx context.Context, agencyID string, day time.Time, peak int) error
	SeatDays(ctx context.Context, agencyID string, from, to time.Time) (map[string]int, error)
	// Settlement finds an agency's quarter. ErrGone.
	Settlement(ctx context.Context, agencyID string, quarter time.Time) (Settlement, error)
	Settlements(ctx context.Context, agencyID string, limit int) ([]Settlement, error)
	// Removals lists agencies with a live subscription that does not know yet that they are marked for removal, and
	// those whose subscription thinks so and that are not.
	Removals(ctx context.Context, limit int) (leaving, staying []string, err error)
	// Due tells, to one process, whether every has passed since this round was last made.
	Due(ctx context.Context, round string, every time.Duration, now time.Time) (bool, error)
	// Again lets a round that failed be made soon.
	Again(ctx context.Context, round string) error
	// Letter keeps that a letter is sent, with the job that sends it, once: it tells whether the letter is new.
	Letter(ctx context.Context, agencyID string, kind LetterKind, since, at time.Time, jobs ...job.Args) (isNew bool, err error)
}

// Tx is a transaction that holds an agency's account.
type Tx interface {
	AddCommands(ctx context.Context, all ...Command) error
	// OpenCommands lists what is to be done, or waits for its payment, in order.
	OpenCommands(ctx context.Context) ([]Command, error)
	SaveCommand(ctx context.Context, c Command) error
	Enqueue(ctx context.Context, all ...job.Args) error
	// Record writes down, last of all, what an operator did: in the platform's own log.
	Record(ctx context.Context, c audit.Change) error
	AddOverride(ctx context.Context, o Override) error
	RevokeOverride(ctx context.Context, id, by string, at time.Time) error
	AddOrder(ctx context.Context, o Order) error
	SaveOrder(ctx context.Context, o Order) error
	Order(ctx context.Context, id string) (Order, error)
	Orders(ctx context.Context) ([]Order, error)
	AddSettlement(ctx context.Context, x Settlement) error
	SaveSettlement(ctx context.Context, x Settlement) error
	AddPayback(ctx context.Context, p Payback) error
	SavePayback(ctx context.Context, p Payback) error
	Payback(ctx context.Context, id string) (Payback, error) // ErrPaybackGone
	Paybacks(ctx context.Context) ([]Payback, error)
}

// Agencies tells which agency a key belongs to.
type Agencies interface {
	ByID(ctx context.Context, id string) (tenancy.Agency, error)
}

// Invitations knows who was asked to come.
type Invitations interface {
	// Invited counts an agency's open invitations of staff as they are now: each keeps a seat.
	Invited(ctx context.Context, tx *tenancy.Tx) (int, error)
}

// Owner is whom the platform writes to about an agency's bill.
type Owner struct{ Name, Email string }

// Owners knows an agency's owners; ctx carries the agency.
type Owners interface {
	BillingOwner(ctx context.Context) (Owner, error)
}
