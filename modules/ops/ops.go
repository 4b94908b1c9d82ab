// Package ops is how the platform is run: which agencies there are and how
// they do, what is done to them, and how the platform itself does. It reads
// the platform's own tables and never an agency's.
package ops

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

var (
	ErrReason    = fault.Define(fault.Invalid, "ops.reason", "Say why: it is kept in the agency's audit log and in ours.").At("body.reason", "must have 3 to 500 letters")
	ErrBusy      = fault.Define(fault.Conflict, "ops.task_running", "Something is being done to this agency already. Please wait until it has ended.")
	ErrBrokenOff = fault.Define(fault.Conflict, "ops.task_broken_off", "The worker that did this ended before it was done. Look at the agency, and ask for it again.")
	ErrNoTask    = fault.Define(fault.NotFound, "ops.task_not_found", "This task does not exist.")
	ErrNoJob     = fault.Define(fault.NotFound, "ops.job_not_found", "There is no such failed job. It may have been retried already.")
	ErrNoPlace   = fault.Define(fault.Invalid, "ops.placement", "The agency cannot be moved there.").At("body.placement", "must be another database of the configuration")
	ErrNoBackup  = fault.Define(fault.NotFound, "ops.backup_not_found", "This agency has no such backup that can be restored.").At("body.backup_id", "is no good backup of this agency")
)

// Agency is one agency as the list of all shows it.
type Agency struct {
	ID, Slug, Name string
	State          tenancy.State
	Placement      string // the database that holds it
	Version        string
	MigrationError string
	CreatedAt      time.Time
	DeletedAt      *time.Time
	Staff          int
	Contacts       int
	Bytes          int64 // its tables, with their indexes
	LastActivity   *time.Time
	Plan           string // held, or granted by an operator
	Billing        string // the subscription's status
	FailedJobs     int
	LastBackup     *time.Time
}

// Filter says which agencies are wanted; empty fields do not count.
type Filter struct {
	Search string // in slug and name
	State  string // of tenancy.State
	// Placement is the database that holds them.
	Placement string
	Plan      string
	Trouble   bool // a failed migration or failed jobs
	Limit     int
	After     string // a slug
}

// Job is a piece of background work that failed. Its arguments stay out: they hold an agency's data.
type Job struct {
	ID          int64
	Kind        string
	State       string
	AgencyID    string
	Slug        string
	Attempt     int
	MaxAttempts int
	Error       string
	CreatedAt   time.Time
	FailedAt    *time.Time
	NextAt      *time.Time // when it is tried again by itself
}

// Queue is how background work stands.
type Queue struct {
	Waiting, Running, Retrying, Failed int
	OldestWaiting                      *time.Time
	MailWaiting, MailFailed            int
}

// Month is one month of the platform's life.
type Month struct {
	Month          time.Time
	ActivePeople   int
	ActiveAgencies int
	Opened         int
	Deleted        int
	Agencies       int // open at its end
}

// Event is one thing that an operator did. Slug is that of the agency it was done to, and empty when that is gone.
type Event struct {
	audit.Entry
	Slug string
}

// Store reads the platform's tables. Its one implementation is opsdb.
type Store interface {
	// Agencies lists agencies by slug, up to one more than the limit.
	Agencies(context.Context, Filter) ([]Agency, error)
	Agency(ctx context.Context, id string) (Agency, error) // tenancy.ErrNoAgency
	// History lists what operators did, to one agency or all, newest first; before is a sequence number, 0 for the newest.
	History(ctx context.Context, agencyID string, before int64, limit int) ([]Event, error)
	// Log writes down what an operator did, in the transaction of also; also may be nil.
	Log(ctx context.Context, c audit.Change, also func(context.Context, pgx.Tx) error) error
	Queue(context.Context) (Queue, error)
	// FailedJobs lists what failed, the newest first, up to one more than the limit; before is a job's number.
	FailedJobs(ctx context.Context, agencyID string, before int64, limit int) ([]Job, error)
	// DatabaseBytes is the size of a placement's whole database.
	DatabaseBytes(ctx context.Context, placement string) (int64, error)
	// Placements lists all, the main one first, with their agencies.
	Placements(context.Context) ([]Placement, error)
	Months(ctx context.Context, from, to time.Time) ([]Month, error)

	// AddTask keeps a task with its job, and ends those of the agency that broke off. ErrBusy.
	AddTask(ctx context.Context, t Task, c audit.Change, over BrokenOff) error
	SaveTask(ctx context.Context, t Task) error
	Task(ctx context.Context, id string) (Task, error) // ErrNoTask
	Tasks(ctx context.Context, agencyID string, limit int) ([]Task, error)
}

// Registry changes what an agency is.
type Registry interface {
	ByID(ctx context.Context, id string) (tenancy.Agency, error)
	Change(ctx context.Context, id string, to tenancy.State, also func(context.Context, pgx.Tx) error) error
	Forget(id string)
}

// Opener opens an agency with its first owner.
type Opener interface {
	OpenAgency(ctx context.Context, slug, name, ownerEmail, ownerName string) (tenancy.Agency, error)
}

// Custody holds an agency as a whole.
type Custody interface {
	Backup(ctx context.Context, a tenancy.Agency, reason string, say custody.Progress) (custody.Backup, error)
	Backups(ctx context.Context, agencyID string, limit int) ([]custody.Backup, error)
	BackupByID(ctx context.Context, id string) (custody.Backup, error)
	Prepare(ctx context.Context, a tenancy.Agency, b custody.Backup, say custody.Progress) (custody.Restore, error)
	Swap(ctx context.Context, a tenancy.Agency, say custody.Progress) (custody.Restore, error)
	Rollback(ctx context.Context, a tenancy.Agency, say custody.Progress) (custody.Restore, error)
	DropOld(ctx context.Context, a tenancy.Agency) (custody.Restore, error)
	OpenRestore(ctx context.Context, agencyID string) (custody.Restore, error)
	Move(ctx context.Context, a tenancy.Agency, to string, say custody.Progress) (custody.Move, error)
	DropMoved(ctx context.Context, agencyID string) (custody.Move, error)
	OpenMove(ctx context.Context, agencyID string) (custody.Move, error)
	Parked(ctx context.Context, agencyID string) (int, error)
	Unpark(ctx context.Context, agencyID string, run bool, note func(int64) (audit.Change, error)) (int64, error)
	Health(ctx context.Context) (custody.Health, error)
}

// Migrator brings one agency to the newest step.
type Migrator interface {
	Agency(ctx context.Context, id string) error
	Newest() string
}

// Retrier tries a job again, if the transaction comes to its end. ErrNoJob.
type Retrier interface {
	Retry(ctx context.Context, tx pgx.Tx, jobID int64) error
}

// Probes look at what the platform stands on.
type Probes interface {
	Pools() []Pool
	Kratos(context.Context) error
	Mail(context.Context) error
	// Disk tells how much of the disk that is written to is free; ok is false where that cannot be told.
	Disk() (free, total int64, ok bool)
}

// Placement is a database for agencies.
type Placement struct {
	Name     string
	Agencies int
	Bytes    int64
	Error    string // empty while it answers
	Took     time.Duration
}

// Pool is one pool of database connections.
type Pool struct {
	Name             string
	Placement        string
	InUse, Idle, Max int
	Waited           int64 // how often somebody had to wait for one
}

// Deps are what the service works with.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Registry Registry
	Opener   Opener
	Custody  Custody
	Migrator Migrator
	Jobs     Retrier
	Probes   Probes
	Now      func() time.Time
}

// Service is what operators can do.
type Service struct{ d Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }
