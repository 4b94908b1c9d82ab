package planning

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// Store keeps bookings. Its one implementation is planningdb.
type Store interface {
	Add(ctx context.Context, tx *tenancy.Tx, b Booking) error
	Save(ctx context.Context, tx *tenancy.Tx, b Booking) error
	ByID(ctx context.Context, tx *tenancy.Tx, id string, hold bool) (Booking, error) // ErrNotFound
	List(ctx context.Context, tx *tenancy.Tx, f Filter) ([]Booking, error)           // by first day

	Marks(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Range) (map[Spot]Mark, error)
	SaveMarks(ctx context.Context, tx *tenancy.Tx, memberID string, marks map[Spot]Mark) error
	RemoveMarks(ctx context.Context, tx *tenancy.Tx, memberID string, spots []Spot) error // of hidden ones only
}

// Filter narrows a list of bookings. Those that were removed are in none.
type Filter struct {
	MemberIDs         []string
	ProjectID, TaskID string
	On                day.Range // those that have some of these days
	State             State
	Seen              *Sight
	Limit             int      // 0 for all
	After             []string // first day and id of the one before
}

// Sight is what somebody sees who does not see everything: what is theirs, and what is on some projects.
type Sight struct {
	MemberID   string
	ProjectIDs []string
}

// Spot is a day of a booking.
type Spot struct {
	BookingID string
	Day       day.Date
}

// Mark is what became of a suggested spot: the entry that it was made, or hidden when there is none.
type Mark struct{ EntryID string }

// Projects knows what people can be booked on. Projects answers it.
type Projects interface {
	ProjectTx(ctx context.Context, tx *tenancy.Tx, id string) (projects.Project, error) // projects.ErrNotFound
	TaskTx(ctx context.Context, tx *tenancy.Tx, id string) (projects.Task, error)       // projects.ErrTaskNotFound
	OnTx(ctx context.Context, tx *tenancy.Tx, memberID string) ([]string, error)
}

// Works names what people are booked on.
type Works interface {
	NamesTx(ctx context.Context, tx *tenancy.Tx, projectIDs, taskIDs []string) (map[string]timesheets.Work, map[string]string, error)
}

// People knows who works here, and how much they can do. People answers it.
type People interface {
	RoomsTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, from, to day.Date) (map[string]map[day.Date]people.Room, error)
	EmployedTx(ctx context.Context, tx *tenancy.Tx) ([]people.Employed, error)
}

// Members tells who may be booked.
type Members interface {
	IsMemberTx(ctx context.Context, tx *tenancy.Tx, memberID string) (bool, error)
}

// Time knows what has been logged.
type Time interface {
	ThereTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]bool, error)
	OnDaysTx(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Range) ([]timesheets.Entry, error)
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}
