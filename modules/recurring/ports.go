package recurring

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// Filter says which schedules are wanted. Zero fields do not narrow.
type Filter struct {
	Search              string // part of its name or the client's
	ClientID, ProjectID string
	State               State
	Waits               bool // only those of which somebody has to decide about a period
}

// Row is a schedule in a list.
type Row struct {
	Schedule

	Open                    int // periods that somebody has to decide about
	ClientName, ProjectName string
}

// Store keeps schedules. Its one implementation is recurringdb.
type Store interface {
	Add(ctx context.Context, tx *tenancy.Tx, s Schedule) error
	Save(ctx context.Context, tx *tenancy.Tx, s Schedule) error
	ByID(ctx context.Context, tx *tenancy.Tx, id string, hold bool) (Schedule, error) // ErrNotFound
	List(ctx context.Context, tx *tenancy.Tx, f Filter, limit int, after []string) ([]Row, error)
	Open(ctx context.Context, tx *tenancy.Tx, id string) (int, error)

	AddPeriods(ctx context.Context, tx *tenancy.Tx, all []Period) error
	SavePeriod(ctx context.Context, tx *tenancy.Tx, p Period) error
	DropPeriod(ctx context.Context, tx *tenancy.Tx, scheduleID string, number int) error
	// Past lists those with a number below before, the latest first.
	Past(ctx context.Context, tx *tenancy.Tx, scheduleID string, before, limit int) ([]Period, error)
	// From finds those with a number of at least from, by number.
	From(ctx context.Context, tx *tenancy.Tx, scheduleID string, from int) (map[int]Period, error)
	Numbered(ctx context.Context, tx *tenancy.Tx, scheduleID string, numbers []int) (map[int]Period, error)
	OfInvoice(ctx context.Context, tx *tenancy.Tx, invoiceID string) (*Period, error)
}

// Clients tells about the agency's clients; *clients.Service answers it.
type Clients interface {
	ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (clients.Client, error)
	ClientsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]clients.Client, error)
}

// Projects tells whose project it is; *projects.Service answers it.
type Projects interface {
	ProjectsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]projects.Project, error)
}

// Settings tells the agency's time zone; *agency.Service answers it.
type Settings interface {
	SettingsTx(ctx context.Context, tx *tenancy.Tx) (agency.Settings, error)
}

// Bills calculates and makes invoices; *invoicing.Service answers it.
type Bills interface {
	SketchTx(ctx context.Context, tx *tenancy.Tx, of invoicing.DraftOf, all []invoicing.Sketch) ([]invoicing.Invoice, error)
	AheadTx(ctx context.Context, tx *tenancy.Tx, b invoicing.Bill, clientIDs []string) ([]invoicing.Ahead, error)
	BillTx(ctx context.Context, tx *tenancy.Tx, b invoicing.Bill) (invoicing.Invoice, []invoicing.LeftOut, error)
	ByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]invoicing.Listed, error)
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Jobs takes work that comes later.
type Jobs interface {
	EnqueueAt(ctx context.Context, tx job.Tx, at time.Time, jobs ...job.Args) error
}

// none is no day.
var none day.Date
