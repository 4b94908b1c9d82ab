package ops

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// Task is long work on an agency that an operator asked for.
type Task struct {
	ID          string
	AgencyID    string
	Kind        TaskKind
	BackupID    string // to restore from
	Placement   string // to move to
	State       string // waiting, running, done, failed
	What        string // which part is under way
	Done, Total int
	Error       string
	By          string
	CreatedAt   time.Time
	ChangedAt   time.Time
	FinishedAt  *time.Time
}

// TaskKind says what is done.
type TaskKind string

const (
	Migrate TaskKind = "migrate" // to the newest step
	Export  TaskKind = "export"  // into the store of backups, verified
	Restore TaskKind = "restore" // to a backup; what is there now is kept beside it
	Move    TaskKind = "move"    // to another placement; the old copy is kept

	DropMoved    TaskKind = "drop_moved"    // the copy that a move has left
	DropRestored TaskKind = "drop_restored" // the copy that a restore has left, or that was only prepared
	UndoRestore  TaskKind = "undo_restore"  // what was there before is the agency again
)

// Wish is what an operator asks for.
type Wish struct {
	Kind      TaskKind
	BackupID  string // with Restore
	Placement string // with Move
	Reason    string
}

// longest is how long a task may take.
const longest = time.Hour

// RunTask is the job that does a task.
type RunTask struct {
	TaskID string `json:"task_id"`
}

// Kind is the job's stable name.
func (RunTask) Kind() string { return "ops.task" }

// RegisterJobs says which functions do this module's background work.
func (s *Service) RegisterJobs(r *job.Registry) { job.HandleWithin(r, longest, s.run) }

// Begin asks for long work on an agency. ErrBusy, ErrNoBackup, ErrNoPlace, ErrReason, tenancy.ErrNoAgency,
// custody.ErrNoMove, custody.ErrMoving, custody.ErrNoRestore.
func (s *Service) Begin(ctx context.Context, agencyID string, w Wish, by string) (Task, error) {
	reason, err := reasonOf(w.Reason)
	if err != nil {
		return Task{}, err
	}
	if w, err = s.possible(ctx, agencyID, w); err != nil {
		return Task{}, err
	}
	now := s.now()
	t := Task{ID: id.New(), AgencyID: agencyID, Kind: w.Kind, BackupID: w.BackupID, Placement: w.Placement, State: "waiting", By: by, CreatedAt: now, ChangedAt: now}
	c := audit.Change{Action: "ops.agency_" + string(w.Kind) + "_begun", Entity: "agency", EntityID: agencyID, Reason: reason, After: map[string]string{"task": t.ID, "backup": w.BackupID, "placement": w.Placement}}
	return t, s.within(ctx, agencyID, func(note noter) error {
		if err := note(c); err != nil {
			return err
		}
		return s.d.Store.AddTask(ctx, t, c, BrokenOff{Before: now.Add(-silent), Error: ErrBrokenOff.Text})
	})
}

// possible refuses what must fail, and leaves out what does not belong to the kind.
func (s *Service) possible(ctx context.Context, agencyID string, w Wish) (Wish, error) {
	switch w.Kind {
	case Restore:
		w.Placement = ""
		b, err := s.d.Custody.BackupByID(ctx, w.BackupID)
		if err != nil || b.AgencyID != agencyID || b.State != "good" {
			return w, ErrNoBackup
		}
	case Move:
		w.BackupID = ""
		a, err := s.d.Store.Agency(ctx, agencyID)
		if err != nil {
			return w, err
		}
		all, err := s.d.Store.Placements(ctx)
		if err != nil {
			return w, err
		}
		if a.Placement == w.Placement || !slices.ContainsFunc(all, func(p Placement) bool { return p.Name == w.Placement }) {
			return w, ErrNoPlace
		}
	case DropMoved:
		// The log and the list of long work say what it was that went.
		m, err := s.d.Custody.OpenMove(ctx, agencyID)
		if err != nil {
			return w, err
		}
		if m.State != "moved" {
			return w, custody.ErrMoving
		}
		w.BackupID, w.Placement = "", m.From
	case DropRestored, UndoRestore:
		r, err := s.d.Custody.OpenRestore(ctx, agencyID)
		if err != nil {
			return w, err
		}
		if w.Kind == UndoRestore && r.State != "swapped" {
			return w, custody.ErrNoRestore
		}
		w.BackupID, w.Placement = r.BackupID, ""
	default:
		w.BackupID, w.Placement = "", ""
	}
	return w, nil
}

// Task tells how far a task is. ErrNoTask.
func (s *Service) Task(ctx context.Context, id string) (Task, error) {
	t, err := s.d.Store.Task(ctx, id)
	return s.heard(t), err
}

// Tasks lists what was done to an agency, the newest first.
func (s *Service) Tasks(ctx context.Context, agencyID string) ([]Task, error) {
	all, err := s.d.Store.Tasks(ctx, agencyID, 50)
	for i := range all {
		all[i] = s.heard(all[i])
	}
	return all, err
}

const (
	said   = 300 * time.Millisecond // how often progress is written down
	sign   = 20 * time.Second       // how often a task shows that its worker lives
	silent = 2 * time.Minute        // after which it does not
)

// BrokenOff says which running tasks nobody works at any more: those not heard of since, and what becomes of them.
type BrokenOff struct {
	Before time.Time
	Error  string
}

// heard takes a task that nobody works at any more for what it is.
func (s *Service) heard(t Task) Task {
	if t.State == "running" && s.now().Sub(t.ChangedAt) > silent {
		end := t.ChangedAt
		t.State, t.Error, t.FinishedAt = "failed", ErrBrokenOff.Text, &end
	}
	return t
}

func (s *Service) run(ctx context.Context, j RunTask) error {
	t, err := s.d.Store.Task(ctx, j.TaskID)
	if err != nil {
		return err
	}
	k := keeper{s: s, t: t}
	if t.State == "running" {
		// A task is begun once: what broke off half-way is looked at by the operator and asked for anew.
		return k.end(ctx, ErrBrokenOff)
	}
	if t.State != "waiting" {
		return nil
	}
	if err := k.save(ctx, func(t *Task) { t.State = "running" }); err != nil {
		return err
	}
	alive := k.keepAlive(ctx)
	err = s.carryOut(ctx, t, k.step(ctx))
	alive()
	// What went wrong is the task's outcome, for the operator to read: the job itself is done.
	return k.end(context.WithoutCancel(ctx), err)
}

func (s *Service) carryOut(ctx context.Context, t Task, say custody.Progress) error {
	a, err := s.d.Registry.ByID(ctx, t.AgencyID)
	if err != nil {
		return err
	}
	switch t.Kind {
	case Migrate:
		return s.d.Migrator.Agency(ctx, t.AgencyID)
	case Export:
		_, err := s.d.Custody.Backup(ctx, a, custody.Asked, say)
		return err
	case Restore:
		b, err := s.d.Custody.BackupByID(ctx, t.BackupID)
		if err != nil {
			return err
		}
		if _, err := s.d.Custody.Prepare(ctx, a, b, say); err != nil {
			return err
		}
		_, err = s.d.Custody.Swap(ctx, a, say)
		return err
	case Move:
		_, err := s.d.Custody.Move(ctx, a, t.Placement, say)
		return err
	case DropMoved:
		_, err := s.d.Custody.DropMoved(ctx, t.AgencyID)
		return err
	case DropRestored:
		_, err := s.d.Custody.DropOld(ctx, a)
		return err
	case UndoRestore:
		_, err := s.d.Custody.Rollback(ctx, a, say)
		return err
	}
	return ErrNoTask
}

// plain is what an operator is shown of an error.
func plain(err error) string {
	f := fault.From(err)
	if f.Kind == fault.Internal {
		return err.Error()
	}
	return f.Text
}
