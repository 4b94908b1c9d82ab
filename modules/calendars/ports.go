package calendars

import (
	"context"
	"net/url"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// Store keeps feeds, events and what became of them. Its one implementation is calendarsdb.
type Store interface {
	Feeds(ctx context.Context, tx *tenancy.Tx, memberID string) ([]Feed, error)
	Feed(ctx context.Context, tx *tenancy.Tx, id string, hold bool) (Feed, error) // ErrNoFeed
	AddFeed(ctx context.Context, tx *tenancy.Tx, f Feed) error
	SaveFeed(ctx context.Context, tx *tenancy.Tx, f Feed) error
	RemoveFeed(ctx context.Context, tx *tenancy.Tx, id string) error // with its events
	// Forget removes everything of a member.
	Forget(ctx context.Context, tx *tenancy.Tx, memberID string) error

	// ReplaceEvents puts events in the place of those that a feed had.
	ReplaceEvents(ctx context.Context, tx *tenancy.Tx, feedID string, events []Event) error
	Events(ctx context.Context, tx *tenancy.Tx, memberID string, from, to time.Time) ([]Event, error) // that begin in between
	EventsByIDs(ctx context.Context, tx *tenancy.Tx, memberID string, ids []string) ([]Event, error)

	Marks(ctx context.Context, tx *tenancy.Tx, memberID string, keys []string) (map[string]Mark, error)
	SaveMarks(ctx context.Context, tx *tenancy.Tx, memberID string, marks []Mark) error
	RemoveMarks(ctx context.Context, tx *tenancy.Tx, memberID string, keys []string) error // of hidden events only

	Choices(ctx context.Context, tx *tenancy.Tx, memberID string, subjects []string) (map[string]Choice, error)
	SaveChoices(ctx context.Context, tx *tenancy.Tx, memberID string, subjects []string, c Choice, at time.Time) error

	// Tidy lets go of marks of events before a moment, and of choices that were not made since another.
	Tidy(ctx context.Context, tx *tenancy.Tx, memberID string, marks, choices time.Time) error
}

// Feeds fetches calendars and reads them. Errors are those above; all others are ours.
type Feeds interface {
	Fetch(ctx context.Context, r Request) (Answer, error)
	Read(ctx context.Context, ics []byte, r Reading) (Contents, error)
}

// Request asks for a calendar, unless it is the one that we have.
type Request struct {
	Address        *url.URL
	ETag, Modified string
}

// Answer is what an address gave.
type Answer struct {
	Same           bool // as before
	ICS            []byte
	ETag, Modified string
}

// Reading says what is wanted of a calendar.
type Reading struct {
	From, To time.Time
	Email    string         // whose answers to invitations count
	Zone     *time.Location // of times that name none
}

// Contents are the events of a calendar in a window, one for each time they happen.
type Contents struct {
	Name    string
	Events  []Occurrence
	Skipped int // that could not be read
}

// Occurrence is an event at one time.
type Occurrence struct {
	UID      string
	Instance string // which of a series, by when it was planned; empty for one that is none
	Title    string
	From, To time.Time
}

// People knows whose calendars there are.
type People interface {
	PersonTx(ctx context.Context, tx *tenancy.Tx, memberID string) (Person, error)
}

// Person is a member, as far as their calendar goes.
type Person struct {
	Email  string
	Active bool
}

// Time knows what has been entered.
type Time interface {
	ThereTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]bool, error)
	TimedTx(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Range) ([]timesheets.Entry, error)
}

// Works names what time is logged on.
type Works interface {
	NamesTx(ctx context.Context, tx *tenancy.Tx, projectIDs, taskIDs []string) (map[string]timesheets.Work, map[string]string, error)
}

// Agency tells where the agency is.
type Agency interface {
	CalendarTx(ctx context.Context, tx *tenancy.Tx) (timesheets.Calendar, error)
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Jobs takes work that comes later.
type Jobs interface {
	EnqueueAt(ctx context.Context, tx job.Tx, at time.Time, jobs ...job.Args) error
}

// Event is an occurrence as it is kept.
type Event struct {
	ID, FeedID, MemberID string
	Key                  string // the same in every feed and after every fetch
	Series               string
	Title                string
	From, To             time.Time
}

// Mark is what became of an event: the entry that it was made, or hidden when there is none.
type Mark struct {
	Key, EntryID string
	EndsAt       time.Time
}

// Choice is the work that was chosen for a series or a title.
type Choice struct{ ProjectID, TaskID, ServiceID string }
