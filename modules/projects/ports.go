package projects

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/tenancy"
)

// What people need to hold for the operations of this module.
const (
	ReadProjects  access.Permission = "projects.projects.read"
	WriteProjects access.Permission = "projects.projects.write"
	ReadTasks     access.Permission = "projects.tasks.read"
	WriteTasks    access.Permission = "projects.tasks.write"
	WriteComments access.Permission = "projects.comments.write"
	SeeBudget     access.Permission = "projects.budget.see"

	// seeBillRates is asked for besides SeeBudget where worked value is shown.
	seeBillRates access.Permission = "rates.bill.see"
	// seeAllTime is asked for where a figure tells what one person worked.
	seeAllTime access.Permission = "timesheets.entries.read_all"
)

// Store keeps projects, tasks and comments. Its one implementation is projectsdb.
type Store interface {
	Add(context.Context, *tenancy.Tx, Project) error                 // ErrCodeTaken
	ByID(context.Context, *tenancy.Tx, string) (Project, error)      // ErrNotFound
	ForUpdate(context.Context, *tenancy.Tx, string) (Project, error) // ErrNotFound; locks the row
	ByIDs(context.Context, *tenancy.Tx, []string) ([]Project, error) // those that exist
	// LedBy returns the projects that any of the members leads.
	LedBy(ctx context.Context, tx *tenancy.Tx, memberIDs []string) ([]string, error)
	// TeamsOf returns the projects that a member leads or is on the team of.
	TeamsOf(ctx context.Context, tx *tenancy.Tx, memberID string) ([]string, error)
	Save(context.Context, *tenancy.Tx, Project) error                // ErrCodeTaken, ErrStale; the version that was read goes in
	List(context.Context, *tenancy.Tx, ProjectFilter) ([]Row, error) // limit+1 rows
	LastNumber(ctx context.Context, tx *tenancy.Tx, prefix string) (int, error)
	AddMember(ctx context.Context, tx *tenancy.Tx, projectID, memberID string, at time.Time) (bool, error) // false: was there
	RemoveMember(ctx context.Context, tx *tenancy.Tx, projectID, memberID string) (bool, error)            // false: was not there
	Progress(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]Progress, error)
	Timeline(context.Context, *tenancy.Tx, TimelineFilter) ([]Moment, error) // limit+1 rows

	AddLimit(context.Context, *tenancy.Tx, Limit) error  // ErrLimitTaken
	SaveLimit(context.Context, *tenancy.Tx, Limit) error // ErrStale; the version that was read goes in
	RemoveLimit(ctx context.Context, tx *tenancy.Tx, id string) error
	AgreeLimit(context.Context, *tenancy.Tx, Limit) error                                // the project's own, made, changed or (below nothing) taken away
	Limit(ctx context.Context, tx *tenancy.Tx, id string) (Limit, error)                 // ErrLimitNotFound
	LimitsOf(ctx context.Context, tx *tenancy.Tx, projectIDs []string) ([]Limit, error)  // the projects' own first
	HoldLimits(ctx context.Context, tx *tenancy.Tx, projectID string) ([]Limit, error)   // those with alerts, locked
	HoldStops(ctx context.Context, tx *tenancy.Tx, projectIDs []string) ([]Limit, error) // those with a hard stop, locked
	Stops(ctx context.Context, tx *tenancy.Tx, projectID string) ([]Limit, error)        // those with a hard stop
	Watched(ctx context.Context, tx *tenancy.Tx, projectIDs []string) ([]string, error)  // those that have budgets with alerts
	SetTold(ctx context.Context, tx *tenancy.Tx, id string, level int) error             // no edit: the version stays
	AddAlerts(ctx context.Context, tx *tenancy.Tx, alertID, limitID string, levels []int, at time.Time) error
	LimitAlerts(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string][]Reached, error)

	AddTask(context.Context, *tenancy.Tx, Task) error
	TaskByID(context.Context, *tenancy.Tx, string) (Task, error)                                     // ErrTaskNotFound
	TaskForUpdate(context.Context, *tenancy.Tx, string) (Task, error)                                // ErrTaskNotFound; locks the row
	TasksByIDs(context.Context, *tenancy.Tx, []string) ([]Task, error)                               // those that exist
	SaveTask(context.Context, *tenancy.Tx, Task) error                                               // ErrStale; the version that was read goes in
	RemoveTasks(ctx context.Context, tx *tenancy.Tx, ids []string) error                             // ErrTaskHasTime
	Tasks(context.Context, *tenancy.Tx, TaskFilter) ([]TaskRow, error)                               // limit+1 rows
	TasksIn(ctx context.Context, tx *tenancy.Tx, projectID string, columns []string) ([]Task, error) // by rank, archived ones too
	PhaseNames(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]string, error)     // by task: of the topmost one above it
	Above(ctx context.Context, tx *tenancy.Tx, taskID string) ([]Task, error)                        // the task and its ancestors, nearest first
	Below(ctx context.Context, tx *tenancy.Tx, taskID string) ([]string, int, error)                 // ids of all below, and how many levels
	Trees(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string][]string, error)        // each task with all below it
	Neighbours(ctx context.Context, tx *tenancy.Tx, p Place) (before, after string, err error)       // ErrBadNeighbour

	AddComment(context.Context, *tenancy.Tx, Comment) error
	CommentForUpdate(context.Context, *tenancy.Tx, string) (Comment, error) // ErrCommentNotFound
	SaveComment(context.Context, *tenancy.Tx, Comment) error                // ErrStale
	RemoveComment(ctx context.Context, tx *tenancy.Tx, id string) error
	Comments(ctx context.Context, tx *tenancy.Tx, taskID string, clientOnly bool, after []string, limit int) ([]Comment, error)
	ClientComments(ctx context.Context, tx *tenancy.Tx, projectID string) ([]ClientComment, error)
}

// Clients is the part of the clients module that projects ask.
type Clients interface {
	ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (clients.Client, error) // clients.ErrNotFound
	ClientsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]clients.Client, error)
}

// Members tells who works here. Identity answers it.
type Members interface {
	IsMemberTx(ctx context.Context, tx *tenancy.Tx, memberID string) (bool, error)
	NamesTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error)
}

// Settings tells the agency's time zone and currency.
type Settings interface {
	SettingsTx(ctx context.Context, tx *tenancy.Tx) (agency.Settings, error)
}

// Holidays tells on which days nobody works. People answers it.
type Holidays interface {
	HolidaysTx(ctx context.Context, tx *tenancy.Tx, from, to day.Date) (map[day.Date]bool, error)
}

// Usage is the time that was logged on a project, and its value at the rates of its entries.
type Usage struct {
	Seconds         int64
	BillableSeconds int64
	Amount          []money.Money // one for each currency
}

// Scope is the part of the work on a project that a budget counts.
type Scope struct {
	ProjectID          string
	TaskIDs            []string // empty: all of it
	MemberID           string   // empty: everybody's
	Approved, Billable bool
	Currency           string
	From, To           day.Date // both open for all of it
}

// Spent is what a scope comes to: the time that it counts, and the worth of what is billable in its currency.
type Spent struct{ Seconds, Minor int64 }

// Logged tells what was logged, whatever its state. It stands above projects in
// the house, so it is asked by port; the timesheets answer.
type Logged interface {
	UsageTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]Usage, error)
	TaskSecondsTx(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]int64, error)
	SpentTx(ctx context.Context, tx *tenancy.Tx, scopes []Scope) ([]Spent, error) // in the order of the scopes
}

// Jobs takes work that comes later.
type Jobs interface {
	Enqueue(ctx context.Context, tx job.Tx, jobs ...job.Args) error
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

// Services tells what the agency sells. It stands above projects in the house,
// so it is asked by port; rates answer.
type Services interface {
	// IsServiceTx tells whether there is such a service and new work may name it.
	IsServiceTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error)
}

// Billing tells whether the caller may say that time, and so a task, is billable
// or not. It stands above projects in the house too; timesheets answer.
type Billing interface {
	MaySetBillableTx(ctx context.Context, tx *tenancy.Tx) (bool, error)
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}
