// Package job declares background work. A job is inserted in the same
// transaction as the change that asks for it, so it exists exactly when the
// change does. The agency rides along as metadata, never in the arguments.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Args are the data of one job. Kind is its stable name: "invoicing.send".
type Args interface{ Kind() string }

// Tried is a job that is tried so often (HandleOr). Others are for weeks: 25 times, each after a longer pause.
type Tried interface{ Tries() int }

// spare is how often beyond its tries a job may come to tell that it is lost.
const spare = 4

// TwoDays is how often a job is tried that is worth nothing after two days.
const TwoDays = 16

// Tx is the open transaction a job is inserted in.
type Tx interface {
	PGX() pgx.Tx
	AgencyID() string
	// AsLogin runs fn with the rights of the connection's own login, which
	// may write to the queue, and to no agency's tables.
	AsLogin(ctx context.Context, fn func(context.Context) error) error
}

// Registry collects the workers of all modules before the runner starts.
type Registry struct {
	Workers *river.Workers
	// Undelivered is told of a mail to a member that was given up (HandleLetter). nil: nobody is.
	Undelivered func(ctx context.Context, memberID string, why error) error
	always      map[string]bool
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry {
	return &Registry{Workers: river.NewWorkers(), always: map[string]bool{}}
}

// Always says that a kind of work is done even while the work of its agency stands still (Park): what keeps our own
// records right, what people may do whatever they owe, and warnings that somebody must get.
func (r *Registry) Always(all ...Args) {
	for _, a := range all {
		r.always[a.Kind()] = true
	}
}

// Handle says which function does the jobs whose arguments are T. A fault
// that cannot get better by waiting ends the job; all else is tried again.
func Handle[T Args](r *Registry, fn func(context.Context, T) error) { HandleWithin(r, 0, fn) }

// HandleOr is Handle for mails and other work that somebody waits for: lost is told, in the job's agency, when it has ended
// without success, because it was refused for good, because its tries are used up, or because its last try was cut off (ErrCut).
func HandleOr[T interface {
	Args
	Tried
}](r *Registry, fn func(context.Context, T) error, lost func(context.Context, T, error) error) {
	var of T
	river.AddWorker(r.Workers, &worker[T]{fn: fn, lost: lost, tries: of.Tries()})
}

// ErrCut is why a job is lost whose process ended in its last try.
var ErrCut = fault.Define(fault.Unavailable, "job.cut", "The server stopped while it was sent: it may have arrived all the same.")

// lostTime is what telling of a job that is lost may take.
const lostTime = time.Minute

// HandleWithin is Handle for jobs that may take longer than others.
func HandleWithin[T Args](r *Registry, limit time.Duration, fn func(context.Context, T) error) {
	river.AddWorker(r.Workers, &worker[T]{fn: fn, limit: limit})
}

type worker[T Args] struct {
	river.WorkerDefaults[T]
	fn    func(context.Context, T) error
	lost  func(context.Context, T, error) error // nil: nobody waits for it
	tries int                                   // after which it is lost
	limit time.Duration                         // 0 takes the runner's
}

func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.limit }

// NextRetry is at once for a job whose last try was cut off: there is only something to tell.
func (w *worker[T]) NextRetry(j *river.Job[T]) time.Time {
	if w.lost == nil || j.Attempt < w.tries {
		return time.Time{} // the runner's
	}
	return j.CreatedAt // long past
}

func (w *worker[T]) Work(ctx context.Context, j *river.Job[T]) error {
	var err error = ErrCut
	if w.lost == nil || j.Attempt <= w.tries || !rescued(j.JobRow) {
		err = w.fn(ctx, j.Args)
	}
	var early notYet
	if errors.As(err, &early) {
		return river.JobSnooze(time.Duration(early))
	}
	_, refused := fault.Refusal(err)
	given := refused || (w.lost != nil && j.Attempt >= w.tries)
	if err != nil && w.lost != nil && given {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), lostTime) // the last try may have ended because its time was up
		defer done()
		if untold := w.lost(ctx, j.Args, err); untold != nil {
			return river.JobSnooze(lostTime) // once more, or nobody would ever learn of it
		}
	}
	if err != nil && given {
		return river.JobCancel(err)
	}
	return err
}

// rescued tells whether the process of the try before ended, or hung, and the queue brought the job back.
func rescued(j *rivertype.JobRow) bool {
	return len(j.Errors) > 0 && j.Errors[len(j.Errors)-1].Error == "Stuck job rescued by JobRescuer"
}

type notYet time.Duration

func (n notYet) Error() string { return "job: not due for " + time.Duration(n).String() }

// NotYet is what a job returns that has come too early: it comes again after d, and has not failed.
func NotYet(d time.Duration) error { return notYet(max(d, time.Second)) }

// Queue inserts jobs. Client is set once the runner is built.
type Queue struct {
	Client *river.Client[pgx.Tx]
	Name   string // of River's queue; the default one when empty
}

type meta struct {
	Agency string `json:"agency"`
	// Parked says that a person decides when this goes on: the agency was taken back to a time before it.
	Parked string `json:"parked,omitempty"`
}

// Enqueue inserts jobs in tx.
func (q *Queue) Enqueue(ctx context.Context, tx Tx, all ...Args) error {
	return q.EnqueueAt(ctx, tx, time.Time{}, all...)
}

// EnqueueAt inserts jobs in tx that wait until at; the zero time is now. A clock
// may be wrong and a job late, so one asks for itself whether it is due (NotYet).
func (q *Queue) EnqueueAt(ctx context.Context, tx Tx, at time.Time, all ...Args) error {
	if len(all) == 0 {
		return nil
	}
	m, err := json.Marshal(meta{Agency: tx.AgencyID()})
	if err != nil {
		return fmt.Errorf("job metadata: %w", err)
	}
	params := make([]river.InsertManyParams, len(all))
	for i, a := range all {
		opts := &river.InsertOpts{Metadata: m, Queue: q.Name, ScheduledAt: at}
		if t, ok := a.(Tried); ok {
			opts.MaxAttempts = t.Tries() + spare
		}
		params[i] = river.InsertManyParams{Args: a, InsertOpts: opts}
	}
	return tx.AsLogin(ctx, func(ctx context.Context) error {
		if _, err := q.Client.InsertManyFastTx(ctx, tx.PGX(), params); err != nil {
			return fmt.Errorf("enqueue %s: %w", all[0].Kind(), err)
		}
		return nil
	})
}

// InAgency is the worker middleware that puts a job's agency back in the
// context. A job of no agency (the platform's own) runs without one.
func InAgency(restore func(ctx context.Context, agencyID string) (context.Context, error)) rivertype.WorkerMiddleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, j *rivertype.JobRow, do func(context.Context) error) error {
		var m meta
		if err := json.Unmarshal(j.Metadata, &m); err != nil {
			return fmt.Errorf("job %d metadata: %w", j.ID, err)
		}
		if m.Agency == "" {
			return do(ctx)
		}
		ctx, err := restore(ctx, m.Agency)
		if err != nil {
			return err
		}
		return do(ctx)
	})
}
