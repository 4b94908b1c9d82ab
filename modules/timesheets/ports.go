package timesheets

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// Store keeps timers, entries and sheets. Its one implementation is timesheetsdb.
type Store interface {
	Settings(ctx context.Context, tx *tenancy.Tx, hold bool) (Settings, error)
	SaveSettings(ctx context.Context, tx *tenancy.Tx, s Settings) (bool, error) // false: the version is stale

	Timer(ctx context.Context, tx *tenancy.Tx, memberID string) (*Timer, error) // nil without one; locked
	PeekTimer(ctx context.Context, tx *tenancy.Tx, memberID string) (*Timer, error)
	PeekTimerByID(ctx context.Context, tx *tenancy.Tx, id string) (*Timer, error)
	TimerByID(ctx context.Context, tx *tenancy.Tx, id string) (*Timer, error) // nil without one; locked
	AddTimer(ctx context.Context, tx *tenancy.Tx, t Timer) error              // ErrTimerRunning
	SaveTimer(ctx context.Context, tx *tenancy.Tx, t Timer) error
	RemoveTimer(ctx context.Context, tx *tenancy.Tx, id string) error

	// OpenSheet returns the member's sheet of a day, locked for the rest of tx. Where there is none it makes the fresh one, of those of its days that no other one has.
	OpenSheet(ctx context.Context, tx *tenancy.Tx, d day.Date, fresh Sheet) (Sheet, error)
	Sheet(ctx context.Context, tx *tenancy.Tx, id string, hold bool) (Sheet, error) // ErrSheetNotFound
	Sheets(ctx context.Context, tx *tenancy.Tx, f SheetFilter) ([]Sheet, error)
	SaveSheet(ctx context.Context, tx *tenancy.Tx, s Sheet) error
	// MoveEntries gives the entries of a sheet that are in one of the states a new one.
	MoveEntries(ctx context.Context, tx *tenancy.Tx, m Move) (int, error)
	// ChangedSince lists the lines of a week that changed, came or went after one of its versions.
	ChangedSince(ctx context.Context, tx *tenancy.Tx, sheetID string, version int) ([]LineChange, error)

	// MissingSheets returns those of the ids that are of no week.
	MissingSheets(ctx context.Context, tx *tenancy.Tx, ids []string) ([]string, error)

	ApprovalStore
	RecutStore
	MissingStore
	ReminderStore

	AddEntry(ctx context.Context, tx *tenancy.Tx, e Entry) error
	SaveEntry(ctx context.Context, tx *tenancy.Tx, e Entry) error
	RemoveEntry(ctx context.Context, tx *tenancy.Tx, e Entry) error
	Entry(ctx context.Context, tx *tenancy.Tx, id string) (Entry, error) // ErrNotFound
	Entries(ctx context.Context, tx *tenancy.Tx, f Filter) ([]Entry, error)
	// Tallied lists the entries of tallies that are neither approved, billed nor deleted, and those with the ids of instead, by date; and the
	// places that all others have. With hold nobody else changes them before the end of tx.
	Tallied(ctx context.Context, tx *tenancy.Tx, of []Tally, instead []string, hold bool) ([]Entry, map[Tally]*rates.Taken, error)
	// Around tells what else a member has on a day and which entries meet a span.
	Around(ctx context.Context, tx *tenancy.Tx, q Around) (seconds int64, overlaps []string, err error)
	// SetBilledSeconds writes the derived seconds of entries, and what their parts make of them.
	SetBilledSeconds(ctx context.Context, tx *tenancy.Tx, entries []Entry) error
	// RoundBilled is the same for entries that are on an invoice, which alone may say so.
	RoundBilled(ctx context.Context, tx *tenancy.Tx, invoiceID string, entries []Entry) error
	// UnbilledDays lists the work dates from a day on that hold time which is on no invoice, and how many entries they have.
	UnbilledDays(ctx context.Context, tx *tenancy.Tx, from day.Date) ([]DayCount, error)
	// Opening tells what is settled between two work dates. Its invoices are the first ones.
	Opening(ctx context.Context, tx *tenancy.Tx, from, to day.Date, of Clientele, invoices int) (Opening, error)
	Recent(ctx context.Context, tx *tenancy.Tx, memberID string, since day.Date) ([]Entry, error)
	Sums(ctx context.Context, tx *tenancy.Tx, f Filter, group Group) ([]Sum, error)
	Logged(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) ([]Logged, error) // by month and project
	ScopeSums(ctx context.Context, tx *tenancy.Tx, scopes []Scope) ([]Sum, error)                     // one for each, in their order
	// SumsOff counts the kept sums that are not what the entries add up to; AddUpAgain mends them.
	SumsOff(ctx context.Context, tx *tenancy.Tx) (int, error)
	AddUpAgain(ctx context.Context, tx *tenancy.Tx) error
	SheetSums(ctx context.Context, tx *tenancy.Tx, sheetIDs []string) ([]Sum, error)

	MarkBilled(ctx context.Context, tx *tenancy.Tx, ids []string, invoiceID string, at time.Time) (int, error)
	ReleaseBilled(ctx context.Context, tx *tenancy.Tx, invoiceID string, at time.Time) (int, error)
	SaveRates(ctx context.Context, tx *tenancy.Tx, entries []Entry) error

	BulkStore

	// Pins are the rows that a member wants in every week.
	Pins(ctx context.Context, tx *tenancy.Tx, memberID string) ([]Row, error)
	SavePins(ctx context.Context, tx *tenancy.Tx, memberID string, rows []Row) error
}

// BulkStore is the part of Store that changes of many entries need. Each of its methods sends as many statements for many as for one.
type BulkStore interface {
	// SaveEntries writes entries over the versions before their own, all or none. ErrBulkStale.
	SaveEntries(ctx context.Context, tx *tenancy.Tx, entries []Entry) error
	// EntriesOn lists what people have on some days, by date.
	EntriesOn(ctx context.Context, tx *tenancy.Tx, on []MemberDay) ([]Entry, error)
	// SheetsIn returns the sheets that have days of some periods, always in one order, locked with hold.
	SheetsIn(ctx context.Context, tx *tenancy.Tx, periods []MemberPeriod, hold bool) ([]Sheet, error)
	// AddSheets makes sheets, but for those that somebody else makes at the same time.
	AddSheets(ctx context.Context, tx *tenancy.Tx, fresh []Sheet) error
	TouchSheets(ctx context.Context, tx *tenancy.Tx, ids []string) error

	AddBulk(ctx context.Context, tx *tenancy.Tx, k BulkKept, before time.Time) error // lets go of those before a moment
	Bulk(ctx context.Context, tx *tenancy.Tx, id string) (BulkKept, error)           // ErrNoBulk; locked
	LastBulk(ctx context.Context, tx *tenancy.Tx, memberID string, since time.Time) (*BulkKept, error)
	AddRepricing(ctx context.Context, tx *tenancy.Tx, r Repricing, before time.Time) error // lets go of those before a moment
	Repricing(ctx context.Context, tx *tenancy.Tx, id string) (Repricing, error)           // without lines when it is gone
	BulkUndone(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error
}

// ApprovalStore keeps who approves and what was decided.
type ApprovalStore interface {
	ProjectRoutes(ctx context.Context, tx *tenancy.Tx) (map[string]Route, error)
	SetProjectRoute(ctx context.Context, tx *tenancy.Tx, projectID string, r Route) error // none: that of the agency
	SetAwaits(ctx context.Context, tx *tenancy.Tx, entryIDs []string, steps []Step) error
	// StandsInFor returns those in whose place a member decides on a day.
	StandsInFor(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Date) ([]string, error)
	StandIns(ctx context.Context, tx *tenancy.Tx, memberID string, from day.Date) ([]StandIn, error) // all when memberID is empty
	AddStandIn(ctx context.Context, tx *tenancy.Tx, in StandIn) error
	RemoveStandIn(ctx context.Context, tx *tenancy.Tx, id string) (StandIn, error) // ErrNoStandIn
	AddDecision(ctx context.Context, tx *tenancy.Tx, d Decision) error
	SaveDecision(ctx context.Context, tx *tenancy.Tx, d Decision) error // that it was undone
	// Decisions returns those about a week, the latest first.
	Decisions(ctx context.Context, tx *tenancy.Tx, sheetID string, most int) ([]Decision, error)
	// DecidedBefore tells whether the same member decided the same of the same version.
	DecidedBefore(ctx context.Context, tx *tenancy.Tx, d Decision) (bool, error)
}

// DayCount is a work date and how many entries it has.
type DayCount struct {
	Day     day.Date
	Entries int
}

// Around asks for the surroundings of an entry that is about to be kept.
type Around struct {
	MemberID string
	Day      day.Date
	Except   string     // the entry itself, when it is there already
	From, To *time.Time // its span, if it has one
}

// Invoicers knows which legal entity invoices whom.
type Invoicers interface {
	InvoicedTx(ctx context.Context, tx *tenancy.Tx) (Invoiced, error)
}

// Invoiced is which legal entity invoices which client.
type Invoiced struct {
	Default string            // of clients that name none
	By      map[string]string // client: legal entity
	Names   map[string]string // of legal entities
}

// Projects tells what time may be logged on. ErrNoProject, ErrNoTask.
type Projects interface {
	WorkTx(ctx context.Context, tx *tenancy.Tx, projectID, taskID string) (Work, error)
	// NamesTx returns the work of each project and the name of each task.
	NamesTx(ctx context.Context, tx *tenancy.Tx, projectIDs, taskIDs []string) (map[string]Work, map[string]string, error)
	// BillableTx tells of each row whether its project and its task make new time billable.
	BillableTx(ctx context.Context, tx *tenancy.Tx, rows []Row) ([]bool, error)
	// LedTx returns the projects that any of the members leads.
	LedTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) ([]string, error)
}

// Work is a project, and maybe a task of it, as far as time is concerned.
type Work struct {
	ProjectID, ProjectCode, ProjectName string
	ClientID, ClientName                string
	TaskID, TaskName                    string
	LeadID                              string // who leads the project; empty for nobody
	ServiceID                           string // the task's, if it has one; in a grid, the row's
	Billable                            bool   // what new entries are unless they say otherwise
	Open                                bool   // takes new time
}

// Services tells what is sold and logged. ErrNoService.
type Services interface {
	// ServiceTx returns a service that new time may name.
	ServiceTx(ctx context.Context, tx *tenancy.Tx, id string) (Sale, error)
	// SalesTx returns services by their ids, those that were put away too.
	SalesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Sale, error)
}

// Sale is a service as far as time is concerned.
type Sale struct {
	ID, Name string
	Billable bool
}

// Rates finds the price of an hour and says why it is that one.
type Rates interface {
	// ResolveTx answers all questions in their order, with as many statements for many as for one.
	ResolveTx(ctx context.Context, tx *tenancy.Tx, qs []RateQuestion) ([]Rate, error)
}

// RateQuestion names the hour whose price is wanted. The work date decides.
type RateQuestion struct {
	MemberID, ProjectID, ClientID, TaskID, ServiceID string
	Day                                              day.Date
}

// Rate is the answer. Zero is a rate; Found false is none.
type Rate struct {
	Found                              bool
	PerHour                            decimal.Decimal
	Currency, RateID, CardID, CardName string
	Level, Why                         string
	Agreed                             *Agreed // what its contract says about when it is done; nil: nothing

	Tiers        *rates.Tiers // what further hours cost; nil: the same
	CountedSince day.Date     // from which day on hours are counted for them
}

// Schedules tells the hours that members are expected to work, per day.
type Schedules interface {
	TargetsTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, from, to day.Date) (map[string]map[day.Date]people.Target, error)
	// AwayTx names why a member does not work, or works less, on the days on which that is so.
	AwayTx(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) (map[day.Date][]string, error)
	// EmployedTx lists all people by name with the days on which they are employed, those who have left too.
	EmployedTx(ctx context.Context, tx *tenancy.Tx) ([]people.Employed, error)
	// OnLeaveTx tells who is on leave for the whole of a day.
	OnLeaveTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, on day.Date) (map[string]bool, error)
}

// Agency tells the agency's calendar.
type Agency interface {
	CalendarTx(ctx context.Context, tx *tenancy.Tx) (Calendar, error)
}

// Calendar is the part of the agency's settings that decides days and weeks.
type Calendar struct {
	Zone      string
	WeekStart time.Weekday
}

// Team knows the other members.
type Team interface {
	// OtherApproversTx counts the active members besides memberID who may approve time.
	OtherApproversTx(ctx context.Context, tx *tenancy.Tx, memberID string) (int, error)
	// ApproversTx returns the active members who may approve time.
	ApproversTx(ctx context.Context, tx *tenancy.Tx) ([]string, error)
	NamesTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error)
	// IsMemberTx tells whether there is such an active member of staff.
	IsMemberTx(ctx context.Context, tx *tenancy.Tx, memberID string) (bool, error)
}

// Lines knows who reports to whom.
type Lines interface {
	ManagersTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error)
	ReportsTx(ctx context.Context, tx *tenancy.Tx, managerIDs []string) ([]string, error)
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Jobs takes work that comes later.
type Jobs interface {
	Enqueue(ctx context.Context, tx job.Tx, jobs ...job.Args) error
	EnqueueAt(ctx context.Context, tx job.Tx, at time.Time, jobs ...job.Args) error
}

// Notices writes letters to members. A member who has left gets none.
type Notices interface {
	Tell(ctx context.Context, n Notice) error
}

// Notice is a letter to one member.
type Notice struct {
	Key        string // the same for a repeat of the same letter
	MemberID   string
	Subject    string
	Paragraphs []string
	Action     string // what its button says
	Path       string // and where it leads, in the agency
}
