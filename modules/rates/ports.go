package rates

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// CardFilter says which cards are wanted.
type CardFilter struct {
	Level     Level
	ClientID  string
	ProjectID string
	Archived  bool
}

// Dated is a rate with what the resolver must know of its card.
type Dated struct {
	Rate
	Card Card
}

// Store keeps cards and rates. Its one implementation is ratesdb.
type Store interface {
	AddCard(context.Context, *tenancy.Tx, Card) error                 // ErrCardTaken
	SaveCard(context.Context, *tenancy.Tx, Card) error                // ErrCardTaken
	Card(context.Context, *tenancy.Tx, string) (Card, error)          // ErrNotFound
	CardForUpdate(context.Context, *tenancy.Tx, string) (Card, error) // ErrNotFound; locks the row
	Cards(ctx context.Context, tx *tenancy.Tx, f CardFilter, limit int, after []string) ([]Card, error)
	RatesOf(context.Context, *tenancy.Tx, string) ([]Rate, error)
	AddRate(ctx context.Context, tx *tenancy.Tx, r Rate, by string, at time.Time) error // ErrOverlap
	SaveRate(ctx context.Context, tx *tenancy.Tx, r Rate, at time.Time) error           // ErrOverlap
	RemoveRate(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error
	RateCard(context.Context, *tenancy.Tx, string) (cardID string, err error) // ErrRateNotFound
	// Candidates returns the rates of all cards that may answer for these
	// clients and projects on some of these days, the agency's included.
	Candidates(ctx context.Context, tx *tenancy.Tx, clientIDs, projectIDs []string, from, to day.Date) ([]Dated, error)

	Costs(ctx context.Context, tx *tenancy.Tx, memberID string) ([]Cost, error) // of all where no member is named; by member and day
	CostsOf(ctx context.Context, tx *tenancy.Tx, memberIDs []string) ([]Cost, error)
	Cost(ctx context.Context, tx *tenancy.Tx, id string) (Cost, error) // ErrCostNotFound
	AddCost(context.Context, *tenancy.Tx, Cost) error
	EndCost(ctx context.Context, tx *tenancy.Tx, id string, to *day.Date) error
	RemoveCost(ctx context.Context, tx *tenancy.Tx, id string) error

	Overheads(context.Context, *tenancy.Tx) ([]Overhead, error) // by day
	AddOverhead(context.Context, *tenancy.Tx, Overhead) error
	EndOverhead(ctx context.Context, tx *tenancy.Tx, id string, to *day.Date) error
	RemoveOverhead(ctx context.Context, tx *tenancy.Tx, id string) error
	AddCostDifferences(ctx context.Context, tx *tenancy.Tx, all []CostDifference) error
	CostDifferences(ctx context.Context, tx *tenancy.Tx, memberID string, limit int, after []string) ([]CostDifference, error)
	PostedOf(ctx context.Context, tx *tenancy.Tx, projectID string) ([]money.Money, error) // of a project, by currency

	AddRevision(ctx context.Context, tx *tenancy.Tx, k Kept, before time.Time) error // lets go of those before a moment
	Revision(ctx context.Context, tx *tenancy.Tx, id string) (Kept, error)           // ErrNoRevision; locked
	LastRevision(ctx context.Context, tx *tenancy.Tx, since time.Time) (*Kept, error)
	RevisionUndone(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error

	AddAddition(ctx context.Context, tx *tenancy.Tx, a Addition, before time.Time) error // lets go of those before a moment
	Addition(ctx context.Context, tx *tenancy.Tx, id string) (Addition, error)           // ErrNoRevision; locked
	LastAddition(ctx context.Context, tx *tenancy.Tx, since time.Time) (*Addition, error)
	AdditionUndone(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error

	// Multipliers lists those that are not removed, by level, owner and day.
	Multipliers(ctx context.Context, tx *tenancy.Tx, f MultiplierFilter) ([]Multipliers, error)
	MultipliersByID(ctx context.Context, tx *tenancy.Tx, id string) (Multipliers, error) // ErrMultipliersNotFound
	AddMultipliers(context.Context, *tenancy.Tx, Multipliers) error
	EndMultipliers(ctx context.Context, tx *tenancy.Tx, id string, to *day.Date) error
	RemoveMultipliers(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error
	// Agreed returns those that may answer for these clients and projects on some of these days, the agency's included.
	Agreed(ctx context.Context, tx *tenancy.Tx, clientIDs, projectIDs []string, from, to day.Date) ([]Multipliers, error)

	AddSold(context.Context, *tenancy.Tx, Sold) error                 // ErrServiceTaken
	SaveSold(context.Context, *tenancy.Tx, Sold) error                // ErrServiceTaken
	SoldForUpdate(context.Context, *tenancy.Tx, string) (Sold, error) // ErrServiceNotFound; locks the row
	SoldByIDs(context.Context, *tenancy.Tx, []string) ([]Sold, error) // those that exist
	ListSold(ctx context.Context, tx *tenancy.Tx, f SoldFilter, limit int, after []string) ([]Sold, error)
}

// Taxes tells which taxes there are. Invoicing answers it.
type Taxes interface {
	IsTaxRateTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error)
}

// Targets tells whether what a rate is for exists. The modules that own it answer.
type Targets interface {
	// MembersTx returns those of the ids that are, or were, people of the agency.
	MembersTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]bool, error)
	IsPositionTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error)
	// ProjectOfTaskTx returns the project of a task, empty when there is no such task.
	ProjectOfTaskTx(ctx context.Context, tx *tenancy.Tx, taskID string) (string, error)
}

// Clients tells about the agency's clients; *clients.Service answers it.
type Clients interface {
	ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (clients.Client, error)
}

// Projects tells whose project it is. Projects answers it.
type Projects interface {
	// ClientsOfTx returns the client of each project that exists.
	ClientsOfTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]string, error)
}

// Regions knows the public holidays of countries and their parts; people's data answer it.
type Regions interface {
	Days(region string, year int) ([]people.Holiday, bool)
}

// Positions tells who has which position on a day; *people.Service answers it.
type Positions interface {
	PositionsOnTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, days []day.Date) (map[day.Date]map[string]string, error)
}

// Capacity tells how much somebody can work between two days, both included: their
// schedule less holidays, before leave; *people.Service answers it.
type Capacity interface {
	CapacityTx(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) (time.Duration, error)
}

// Worked is what was logged on a project.
type Worked struct {
	MemberIDs []string
	Seconds   int64
	Worth     []money.Money // of what is billable, one for each currency
}

// Time is the time that was logged; timesheets answer it.
type Time interface {
	Repricer
	WorkedTx(ctx context.Context, tx *tenancy.Tx, projectID string) (Worked, error)
	// SecondsTx tells, for each cost, how long its member worked on the project while it held.
	SecondsTx(ctx context.Context, tx *tenancy.Tx, projectID string, costs []Cost) ([]int64, error)
	// ClosedThroughTx is the last day on which time can no longer change; none: all can.
	ClosedThroughTx(ctx context.Context, tx *tenancy.Tx) (day.Date, error)
	// LoggedTx tells how long a member worked between two days, both included, by project and month.
	LoggedTx(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) ([]Logged, error)
}

// Settings tells the agency's own currency; *agency.Service answers it.
type Settings interface {
	SettingsTx(ctx context.Context, tx *tenancy.Tx) (agency.Settings, error)
}

// Plan tells whether what the agency pays for holds cards of single clients and projects; app answers it.
type Plan interface {
	CustomRates(ctx context.Context) error
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(context.Context, job.Tx, event.Event) error
}
