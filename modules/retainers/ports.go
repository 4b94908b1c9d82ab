package retainers

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// Filter says which retainers are wanted.
type Filter struct {
	ClientID, ProjectID string
	Search              string
	On                  day.Date // only those that hold on this day, or begin later
	Ended               bool     // with On: only those that ended before it
	Low                 bool     // only those whose balance fell to their alert
	ShownOnly           bool
}

// Row is a retainer in a list, with the period of today or the last one.
type Row struct {
	Retainer
	Current *Period
}

// Store keeps retainers and their ledger. Its one implementation is retainersdb.
type Store interface {
	Add(ctx context.Context, tx *tenancy.Tx, r Retainer) error                        // ErrOverlap
	Save(ctx context.Context, tx *tenancy.Tx, r Retainer) error                       // ErrOverlap
	ByID(ctx context.Context, tx *tenancy.Tx, id string, hold bool) (Retainer, error) // ErrNotFound
	Of(ctx context.Context, tx *tenancy.Tx, clientIDs []string) ([]Retainer, error)   // all of these clients
	// SetLow notes that the balance fell to its alert, or rose above it, and tells whether that is news.
	SetLow(ctx context.Context, tx *tenancy.Tx, id string, since *time.Time) (bool, error)
	SetLowLost(ctx context.Context, tx *tenancy.Tx, id string, lost *LowLost) error
	// LastGranted is what came by grants and blocks in the last period before a number in which something did.
	LastGranted(ctx context.Context, tx *tenancy.Tx, retainerID string, before int) (int64, error)
	Hold(ctx context.Context, tx *tenancy.Tx, ids []string) ([]Retainer, error) // locked, in the order of their ids
	List(ctx context.Context, tx *tenancy.Tx, f Filter, today day.Date, limit int, after []string) ([]Row, error)

	AddPeriod(ctx context.Context, tx *tenancy.Tx, p Period) error
	SavePeriod(ctx context.Context, tx *tenancy.Tx, p Period) error
	Period(ctx context.Context, tx *tenancy.Tx, id string) (Period, error) // ErrPeriodNotFound
	// LastPeriods returns those before a number, newest first.
	LastPeriods(ctx context.Context, tx *tenancy.Tx, retainerID string, before, limit int) ([]Period, error)
	// Standing returns the last closed period, if there is one, and all after it.
	Standing(ctx context.Context, tx *tenancy.Tx, retainerID string) (closed *Period, open []Period, err error)

	Write(ctx context.Context, tx *tenancy.Tx, lines []Line) error
	Lines(ctx context.Context, tx *tenancy.Tx, retainerID string, from int) ([]Line, error) // of periods from a number on, in the order of writing
	Nets(ctx context.Context, tx *tenancy.Tx, entryIDs []string) ([]Net, error)
	// Given returns what came in during a period: grants, blocks and adjustments.
	Given(ctx context.Context, tx *tenancy.Tx, p Period) ([]Line, error)
	Work(ctx context.Context, tx *tenancy.Tx, p Period, limit int, after []string) ([]Work, error)
	Overs(ctx context.Context, tx *tenancy.Tx, retainerIDs []string, numbers []int) ([]Period, error)

	// Fees returns the periods with a fee that begin on days from the first to the last, of some clients or of all.
	PeriodOfFee(ctx context.Context, tx *tenancy.Tx, invoiceID string) (*Period, error) // nil: it bills no fee
	Fees(ctx context.Context, tx *tenancy.Tx, clientIDs []string, days day.Range) ([]DueFee, error)

	AddBlock(ctx context.Context, tx *tenancy.Tx, b Block) error
	SaveBlock(ctx context.Context, tx *tenancy.Tx, b Block) error
	Blocks(ctx context.Context, tx *tenancy.Tx, retainerID string, limit int) ([]Block, error)
	TaskPlan(ctx context.Context, tx *tenancy.Tx, retainerID string) (*TaskPlan, error) // nil: none was ever kept
	PutTaskPlan(ctx context.Context, tx *tenancy.Tx, p TaskPlan) error
	TasksMade(ctx context.Context, tx *tenancy.Tx, retainerID string, limit int) ([]PeriodTasks, error) // newest first
	TasksOfPeriod(ctx context.Context, tx *tenancy.Tx, periodID string) (*PeriodTasks, error)           // nil: nothing was done yet
	PutTasksMade(ctx context.Context, tx *tenancy.Tx, m PeriodTasks) error
	BlockOfInvoice(ctx context.Context, tx *tenancy.Tx, invoiceID string) (*Block, error) // nil: it sells none
	Block(ctx context.Context, tx *tenancy.Tx, id string) (Block, error)                  // ErrBlockNotFound
	LastTurn(ctx context.Context, tx *tenancy.Tx, blockID string) (*Line, error)          // by which it last began to count; nil: it never did
}

// Clients tells about the agency's clients; *clients.Service answers it.
type Clients interface {
	ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (clients.Client, error)
	ClientsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]clients.Client, error)
}

// Projects tells whose project it is, and makes tasks; *projects.Service answers it.
type Projects interface {
	CreateTaskTx(ctx context.Context, tx *tenancy.Tx, n projects.NewTask) (projects.Task, error)
	ProjectsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]projects.Project, error)
}

// Time tells what was worked; *timesheets.Service answers it.
type Time interface {
	UnbilledTx(ctx context.Context, tx *tenancy.Tx, f timesheets.UnbilledFilter) ([]timesheets.Entry, error)
	EntriesTx(ctx context.Context, tx *tenancy.Tx, ids []string) ([]timesheets.Entry, error)
}

// Members tells how people are called, and which active ones may do something.
type Members interface {
	HoldersTx(ctx context.Context, tx *tenancy.Tx, p access.Permission) (memberIDs []string, err error)
	NamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error)
}

// Settings tells the agency's currency and time zone; *agency.Service answers it.
type Settings interface {
	SettingsTx(ctx context.Context, tx *tenancy.Tx) (agency.Settings, error)
}

// Bills makes drafts, and knows how papers look; *invoicing.Service answers it.
type Bills interface {
	LetterheadTx(ctx context.Context, tx *tenancy.Tx, clientID string) (invoicing.Letterhead, error)
	Drawing(ctx context.Context, h invoicing.Letterhead) []byte // its logo; nil: none
	DraftTx(ctx context.Context, tx *tenancy.Tx, of invoicing.DraftOf, lines []invoicing.Line) (invoicing.Invoice, error)
	StandingTx(ctx context.Context, tx *tenancy.Tx, invoiceID string) (invoicing.Standing, error)
}

// Renderer makes the PDF of a statement. The same statement gives the same bytes.
type Renderer interface {
	Render(p Print, logo []byte) ([]byte, error)
}

// Notices writes letters to members.
type Notices interface {
	Tell(ctx context.Context, n projects.Notice) error
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Jobs takes work that comes later.
type Jobs interface {
	EnqueueAt(ctx context.Context, tx job.Tx, at time.Time, jobs ...job.Args) error
}
