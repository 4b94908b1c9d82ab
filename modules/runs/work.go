package runs

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// work bills the clients of a run until none is left. It may run twice, and
// twice at once: a client is held while it is billed.
type work struct {
	Run string `json:"run"`
}

// Kind names the job.
func (work) Kind() string { return "runs.work" }

// watch lets a run go on whose worker was killed: the queue itself would wait
// an hour before it believed that.
type watch struct {
	Run string `json:"run"`
}

// Kind names the job.
func (watch) Kind() string { return "runs.watch" }

const (
	// hands is how many work on a run at once; other jobs want to be done too.
	hands = 3
	// patience is how long a run may stand still before somebody else goes on with it.
	patience = 30 * time.Second
	// mostTime is how long a run may take in one go.
	mostTime = time.Hour
	// beat is how often pages are told how far a run is.
	beat = time.Second
)

// RegisterJobs says how the work is done that comes by itself.
func RegisterJobs(r *job.Registry, s *Service) {
	job.HandleWithin(r, mostTime, s.work)
	job.Handle(r, s.watch)
	job.HandleWithin(r, mostTime, s.workStatements)
	job.Handle(r, s.watchStatements)
	job.Handle(r, s.mailMonth)
}

func (s *Service) work(ctx context.Context, j work) error {
	return untilNone(ctx, func(ctx context.Context, told *time.Time) (bool, error) { return s.next(ctx, j.Run, told) })
}

// untilNone does one client after the other; next remembers when pages were told last.
func untilNone(ctx context.Context, next func(ctx context.Context, told *time.Time) (more bool, err error)) error {
	var told time.Time
	for {
		if more, err := next(ctx, &told); err != nil || !more {
			return err
		}
	}
}

func (s *Service) watch(ctx context.Context, j watch) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.HoldRun(ctx, tx, j.Run)
		if err != nil || r.State != Running {
			return err
		}
		last, err := s.d.Store.LastMove(ctx, tx, j.Run)
		if err != nil {
			return err
		}
		return s.goOn(ctx, tx, last, work(j), j)
	})
}

// goOn lets somebody else work on a run that has not moved for long, and watches that one in turn.
func (s *Service) goOn(ctx context.Context, tx *tenancy.Tx, last time.Time, work, watch job.Args) error {
	now := s.now()
	if rest := last.Add(patience).Sub(now); rest > 0 {
		return job.NotYet(rest)
	}
	if err := s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, work); err != nil {
		return err
	}
	return s.d.Jobs.EnqueueAt(ctx, tx, now.Add(patience), watch)
}

// next bills one client, all or nothing. False: there is none left.
func (s *Service) next(ctx context.Context, runID string, told *time.Time) (more bool, err error) {
	var i Item
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.Run(ctx, tx, runID)
		if err != nil || r.State != Running {
			return err
		}
		i, more, err = s.d.Store.Take(ctx, tx, runID)
		if err != nil {
			return err
		}
		if !more {
			return s.finish(ctx, tx, runID)
		}
		b := r.bill(i.ClientID)
		b.Edit = func(i *invoicing.Invoice) { i.CreatedBy = r.CreatedBy }
		ctx = access.OnBehalf(ctx, r.CreatedBy)
		if i.Fees, err = s.bring(ctx, tx, r, i.ClientID); err != nil { // retainers are held before time is
			return err
		}
		i.State = Drafted
		if r.How != invoicing.AsDraft {
			i.State = Issued
		}
		made, left, err := s.d.Bills.BillTx(ctx, tx, b)
		switch {
		case errors.Is(err, invoicing.ErrNothingToBill) && len(i.Fees) > 0:
		case err != nil:
			return err
		default:
			i.InvoiceID, i.Number, i.Total, i.LeftOut = made.ID, made.Number, &made.Total, len(left)
		}
		return s.settle(ctx, tx, r, i, told)
	})
	why, refused := fault.Refusal(err)
	if !more || !refused {
		return more, err
	}
	i.State, i.Code, i.Why, i.Fees = Refused, why.Code, why.Said(), nil
	if errors.Is(err, invoicing.ErrNothingToBill) {
		i.State = Nothing
	}
	return true, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.Run(ctx, tx, runID)
		if err != nil {
			return err
		}
		return s.settle(ctx, tx, r, i, told)
	})
}

func (s *Service) settle(ctx context.Context, tx *tenancy.Tx, r Run, i Item, told *time.Time) error {
	now := s.now()
	i.DecidedAt = &now
	if ok, err := s.d.Store.Settle(ctx, tx, i); err != nil || !ok {
		return err
	}
	return s.tell(ctx, tx, told, Moved{r.ref()})
}

// tell lets pages know that a run moved, now and then.
func (s *Service) tell(ctx context.Context, tx *tenancy.Tx, told *time.Time, moved event.Event) error {
	now := s.now()
	if now.Sub(*told) < beat {
		return nil
	}
	*told = now
	return s.d.Events.Publish(ctx, tx, moved)
}

// finish ends a run of which no client is left. One that another worker holds is left.
func (s *Service) finish(ctx context.Context, tx *tenancy.Tx, runID string) error {
	r, err := s.d.Store.HoldRun(ctx, tx, runID)
	if err != nil || r.State != Running || r.Left() > 0 {
		return err
	}
	_, err = s.end(ctx, tx, r, Done)
	return err
}

func byName(a, b clients.Client) int {
	return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
}
