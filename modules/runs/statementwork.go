package runs

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// workStatements writes to the clients of a run of statements until none is left; as work, it may run twice and twice at once.
type workStatements struct {
	Run string `json:"run"`
}

// Kind names the job.
func (workStatements) Kind() string { return "runs.work_statements" }

// watchStatements is the watch of such a run.
type watchStatements struct {
	Run string `json:"run"`
}

// Kind names the job.
func (watchStatements) Kind() string { return "runs.watch_statements" }

func (s *Service) workStatements(ctx context.Context, j workStatements) error {
	return untilNone(ctx, func(ctx context.Context, told *time.Time) (bool, error) { return s.nextStatement(ctx, j.Run, told) })
}

func (s *Service) watchStatements(ctx context.Context, j watchStatements) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.StatementRun(ctx, tx, j.Run, true)
		if err != nil || r.State != Running {
			return err
		}
		last, err := s.d.Store.LastStatementMove(ctx, tx, j.Run)
		if err != nil {
			return err
		}
		return s.goOn(ctx, tx, last, workStatements(j), j)
	})
}

// nextStatement writes to one client, all or nothing. False: there is none left.
func (s *Service) nextStatement(ctx context.Context, runID string, told *time.Time) (more bool, err error) {
	var i StatementItem
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.StatementRun(ctx, tx, runID, false)
		if err != nil || r.State != Running {
			return err
		}
		if i, more, err = s.d.Store.TakeStatement(ctx, tx, runID); err != nil {
			return err
		}
		if !more {
			return s.finishStatements(ctx, tx, runID)
		}
		if r.CreatedBy != "" {
			ctx = access.OnBehalf(ctx, r.CreatedBy)
		}
		if i, err = s.mail(ctx, tx, r, i); err != nil {
			return err
		}
		return s.settleStatement(ctx, tx, r, i, told)
	})
	why, refused := fault.Refusal(err)
	if !more || !refused {
		return more, err
	}
	i.State, i.Code, i.Why = Refused, why.Code, why.Said()
	return true, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.StatementRun(ctx, tx, runID, false)
		if err != nil {
			return err
		}
		return s.settleStatement(ctx, tx, r, i, told)
	})
}

// mail looks at a client once more, because days may have passed since the run was asked for, and asks for its mail.
func (s *Service) mail(ctx context.Context, tx *tenancy.Tx, r StatementRun, i StatementItem) (StatementItem, error) {
	byID, err := s.d.Clients.ClientsByIDsTx(ctx, tx, []string{i.ClientID})
	if err != nil {
		return i, err
	}
	ahead, err := s.d.Bills.StatementsAheadTx(ctx, tx, r.days(), []string{i.ClientID})
	if err != nil {
		return i, err
	}
	a := ahead[i.ClientID]
	c, known := byID[i.ClientID]
	if i.Open, i.Reason = a.Open, r.skips(a, !known || c.ArchivedAt != nil); i.Reason != "" {
		i.State = LeftOut
		return i, nil
	}
	out, err := s.d.Bills.MailStatementTx(ctx, tx, i.ClientID, r.days())
	switch {
	case errors.Is(err, invoicing.ErrStatementMailed): // another run was faster
		i.State, i.Reason = LeftOut, SentBefore
		return i, nil
	case err != nil:
		return i, err
	}
	i.State, i.SendingID = Mailed, out.ID
	return i, nil
}

func (s *Service) settleStatement(ctx context.Context, tx *tenancy.Tx, r StatementRun, i StatementItem, told *time.Time) error {
	now := s.now()
	i.DecidedAt = &now
	if ok, err := s.d.Store.SettleStatement(ctx, tx, i); err != nil || !ok {
		return err
	}
	return s.tell(ctx, tx, told, StatementsMoved{r.ref()})
}

// finishStatements ends a run of which no client is left. One that another worker holds is left.
func (s *Service) finishStatements(ctx context.Context, tx *tenancy.Tx, runID string) error {
	r, err := s.d.Store.StatementRun(ctx, tx, runID, true)
	if err != nil || r.State != Running || r.Left() > 0 {
		return err
	}
	_, err = s.endStatements(ctx, tx, r, Done)
	return err
}
