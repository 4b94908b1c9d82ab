package recurring

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// turn bills what is due of a schedule.
type turn struct {
	Schedule string    `json:"schedule"`
	At       time.Time `json:"at"`
}

// Kind names the job.
func (turn) Kind() string { return "recurring.turn" }

// lateness is how many days after its own a period is still billed by itself, when
// the program stood still. One that is older is asked about.
const lateness = 7

// RegisterJobs says how the work is done that comes by itself.
func RegisterJobs(r *job.Registry, s *Service) { job.Handle(r, s.turn) }

// Listen lets a period be decided about again whose draft was thrown away.
func Listen(b *event.Bus, s *Service) {
	event.On(b, "recurring.drafts", func(ctx context.Context, e invoicing.InvoiceDeleted) error { return s.thrown(ctx, e.InvoiceID) })
}

func (s *Service) turn(ctx context.Context, j turn) error {
	for {
		more, err := s.step(ctx, j)
		if err != nil || !more {
			return err
		}
	}
}

// step looks at one period, all or nothing. False: no more is due.
func (s *Service) step(ctx context.Context, j turn) (more bool, err error) {
	var p Period
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, today, due, err := s.due(ctx, tx, j)
		if more = due; err != nil || !due {
			return err
		}
		p, _ = r.period(r.Next)
		known, err := s.d.Store.Numbered(ctx, tx, r.ID, []int{r.Next})
		if err != nil {
			return err
		}
		if _, skipped := known[r.Next]; skipped {
			r.Next++
			return s.d.Store.Save(ctx, tx, r)
		}
		if p.IssueOn.AddDays(lateness).Before(today) {
			p.State = Missed
		} else if p, err = s.bill(access.OnBehalf(ctx, r.CreatedBy), tx, r, p, r.How); err != nil {
			return err
		}
		return s.pass(ctx, tx, r, p)
	})
	why, refused := fault.Refusal(err)
	if !more || !refused {
		return more, err
	}
	p.State, p.Code, p.Why = Refused, why.Code, why.Said()
	if errors.Is(err, invoicing.ErrNothingToBill) {
		p.State, p.Code, p.Why = Nothing, "", ""
	}
	return true, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, _, due, err := s.due(ctx, tx, j)
		if err != nil || !due || r.Next != p.Number {
			return err
		}
		return s.pass(ctx, tx, r, p)
	})
}

// due holds the schedule and tells whether its next period is due. If it is not, it says when it will be.
func (s *Service) due(ctx context.Context, tx *tenancy.Tx, j turn) (r Schedule, today day.Date, due bool, err error) {
	if r, err = s.d.Store.ByID(ctx, tx, j.Schedule, true); err != nil {
		return r, today, false, err
	}
	if r.State != Active || r.TurnsAt == nil || !r.TurnsAt.Equal(j.At) {
		return r, today, false, nil // another turn waits in the place of this one
	}
	if now := s.d.Now(); now.Before(j.At) {
		return r, today, false, job.NotYet(j.At.Sub(now))
	}
	if today, _, err = s.calendar(ctx, tx); err != nil {
		return r, today, false, err
	}
	p, ok := r.period(r.Next)
	if !ok || p.IssueOn.After(today) {
		return r, today, false, s.plan(ctx, tx, &r)
	}
	return r, today, true, nil
}

// bill makes the invoice of a period.
func (s *Service) bill(ctx context.Context, tx *tenancy.Tx, r Schedule, p Period, how invoicing.How) (Period, error) {
	i, _, err := s.d.Bills.BillTx(ctx, tx, r.bill(p, how))
	if err != nil {
		return p, err
	}
	p.State, p.InvoiceID, p.Code, p.Why = Billed, i.ID, "", ""
	return p, nil
}

// pass writes down what became of the next period and goes on to the one after it.
func (s *Service) pass(ctx context.Context, tx *tenancy.Tx, r Schedule, p Period) error {
	p.ScheduleID, p.DecidedAt = r.ID, s.now()
	if err := s.d.Store.AddPeriods(ctx, tx, []Period{p}); err != nil {
		return err
	}
	r.Next = p.Number + 1
	if err := s.d.Store.Save(ctx, tx, r); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "recurring.period_" + string(p.State), Entity: "recurring_invoice", EntityID: r.ID, After: p}); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, r.told(p))
}

// begin asks about all periods that should have been billed before today, and plans the next. The caller holds r.
func (s *Service) begin(ctx context.Context, tx *tenancy.Tx, r *Schedule) error {
	today, _, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	known, err := s.d.Store.From(ctx, tx, r.ID, r.Next)
	if err != nil {
		return err
	}
	var missed []Period
	for ; ; r.Next++ {
		p, ok := r.period(r.Next)
		if !ok || !p.IssueOn.Before(today) {
			break
		}
		if _, skipped := known[r.Next]; skipped {
			continue
		}
		p.ScheduleID, p.State, p.DecidedAt = r.ID, Missed, s.now()
		missed = append(missed, p)
		if err := s.d.Events.Publish(ctx, tx, r.told(p)); err != nil {
			return err
		}
	}
	if err := s.d.Store.AddPeriods(ctx, tx, missed); err != nil {
		return err
	}
	r.TurnsAt = nil
	return s.plan(ctx, tx, r)
}

// plan says when the next period is billed and queues the job for it; without one the
// schedule is over. It saves r, which the caller holds.
func (s *Service) plan(ctx context.Context, tx *tenancy.Tx, r *Schedule) error {
	before := r.TurnsAt
	r.TurnsAt, r.NextOn = nil, none
	if r.State == Active {
		_, zone, err := s.calendar(ctx, tx)
		if err != nil {
			return err
		}
		known, err := s.d.Store.From(ctx, tx, r.ID, r.Next)
		if err != nil {
			return err
		}
		n := r.Next
		for known[n].State == Skipped {
			n++
		}
		p, ok := r.period(n)
		if !ok {
			r.State = Ended
			if err := s.d.Events.Publish(ctx, tx, Over{r.ref()}); err != nil {
				return err
			}
		} else {
			at := p.IssueOn.In(zone).UTC()
			r.TurnsAt, r.NextOn = &at, p.IssueOn
		}
	}
	if err := s.d.Store.Save(ctx, tx, *r); err != nil {
		return err
	}
	if r.TurnsAt == nil || before != nil && before.Equal(*r.TurnsAt) {
		return nil // nothing is due any more, or the job for it waits already
	}
	return s.d.Jobs.EnqueueAt(ctx, tx, *r.TurnsAt, turn{r.ID, *r.TurnsAt})
}

// thrown may be told twice, and of drafts that have nothing to do with schedules.
func (s *Service) thrown(ctx context.Context, invoiceID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.d.Store.OfInvoice(ctx, tx, invoiceID)
		if err != nil || p == nil {
			return err
		}
		r, err := s.d.Store.ByID(ctx, tx, p.ScheduleID, true)
		if err != nil {
			return err
		}
		if p, err = s.d.Store.OfInvoice(ctx, tx, invoiceID); err != nil || p == nil { // as it is now that r is held
			return err
		}
		p.State, p.InvoiceID, p.DecidedAt = Missed, "", s.now()
		if err := s.d.Store.SavePeriod(ctx, tx, *p); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, r.told(*p))
	})
}
