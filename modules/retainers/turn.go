package retainers

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

// turn is the renewal of a retainer: it makes the periods that are due and
// closes those whose days of grace are over.
type turn struct {
	Retainer string    `json:"retainer"`
	At       time.Time `json:"at"`
}

// Kind names the job.
func (turn) Kind() string { return "retainers.turn" }

// draftFee makes the draft of a period's fee.
type draftFee struct {
	Period string `json:"period"`
}

// Kind names the job.
func (draftFee) Kind() string { return "retainers.draft_fee" }

// RegisterJobs says how the work is done that comes by itself.
func RegisterJobs(r *job.Registry, s *Service) {
	job.Handle(r, s.turn)
	job.Handle(r, func(ctx context.Context, j draftFee) error {
		_, err := s.DraftFee(ctx, j.Period)
		return err
	})
	job.Handle(r, s.makeTasksJob)
	job.HandleOr(r, s.tellLow, func(ctx context.Context, j tellLow, why error) error {
		if err := r.LetterLost(ctx, j.Member, why); err != nil {
			return err
		}
		return s.lowLost(ctx, j, why)
	})
	job.HandleLetter(r, s.tellLowLost)
}

func (s *Service) turn(ctx context.Context, j turn) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, j.Retainer, true)
		if err != nil {
			return err
		}
		if r.TurnsAt == nil || !r.TurnsAt.Equal(j.At) {
			return nil // another turn is waiting in the place of this one
		}
		if now := s.d.Now(); now.Before(j.At) {
			return job.NotYet(j.At.Sub(now))
		}
		return s.turnTx(ctx, tx, &r)
	})
}

// turnTx makes and closes what is due today, however much that is and however
// often it is asked, and says when it is due again. The caller holds r.
func (s *Service) turnTx(ctx context.Context, tx *tenancy.Tx, r *Retainer) error {
	today, zone, _, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.openThrough(ctx, tx, *r, today.AddDays(r.LeadDays)); err != nil {
		return err
	}
	next, err := s.closeThrough(ctx, tx, *r, today, day.Of(r.CreatedAt, zone))
	if err != nil {
		return err
	}
	moves, err := s.noticeLow(ctx, tx, *r)
	if err != nil {
		return err
	}
	if !moves.IsZero() && (next.IsZero() || moves.Before(next)) {
		next = moves
	}
	var at *time.Time
	if !next.IsZero() {
		midnight := next.In(zone).UTC()
		at = &midnight
	}
	if at == nil && r.TurnsAt == nil || at != nil && r.TurnsAt != nil && at.Equal(*r.TurnsAt) {
		return nil // nothing is due any more, or the job for it waits already
	}
	r.TurnsAt = at
	if err := s.d.Store.Save(ctx, tx, *r); err != nil || at == nil {
		return err
	}
	return s.d.Jobs.EnqueueAt(ctx, tx, *at, turn{r.ID, *at})
}

// openThrough makes every period that begins on a day or before it, the first one always.
func (s *Service) openThrough(ctx context.Context, tx *tenancy.Tx, r Retainer, on day.Date) error {
	last, err := s.d.Store.LastPeriods(ctx, tx, r.ID, 1<<30, 1)
	if err != nil {
		return err
	}
	n := 1
	if len(last) > 0 {
		n = last[0].Number() + 1
	}
	made := false
	for ; ; n++ {
		days, ok := r.Period(n)
		if !ok || (n > 1 && days.From.After(on)) {
			break
		}
		if err := s.open(ctx, tx, r, n, days); err != nil {
			return err
		}
		made = true
	}
	if !made {
		return nil
	}
	return s.count(ctx, tx, r)
}

func (s *Service) open(ctx context.Context, tx *tenancy.Tx, r Retainer, n int, days day.Range) error {
	p := Period{ID: id.New(), RetainerID: r.ID, OverageRule: r.Overage, OverageRate: r.OverageRate, Fee: r.fee(n), CreatedAt: s.now()}
	p.Period = ledger.Period{Number: n, Days: days, Terms: r.terms()}
	if err := s.d.Store.AddPeriod(ctx, tx, p); err != nil {
		return err
	}
	grant := ledger.Event{ID: id.New(), Period: n, Kind: ledger.Grant, Day: days.From, Until: r.until(n), Amount: r.granted(n)}
	if err := s.d.Store.Write(ctx, tx, []Line{{Event: grant, RetainerID: r.ID, CreatedAt: s.now()}}); err != nil {
		return err
	}
	if p.Fee != nil && !p.Fee.IsZero() {
		if err := s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, draftFee{p.ID}); err != nil {
			return err
		}
	}
	if err := s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, makeTasks{p.ID}); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, PeriodOpened{r.ref(), p.ID, days.From})
}

// closeThrough closes the periods whose days of grace are over and tells the
// day on which something is due next. What was over already when the retainer
// was made has its days of grace from then on: its time is yet to be approved.
func (s *Service) closeThrough(ctx context.Context, tx *tenancy.Tx, r Retainer, today, made day.Date) (next day.Date, err error) {
	_, open, err := s.d.Store.Standing(ctx, tx, r.ID)
	if err != nil {
		return next, err
	}
	n := 1
	for _, p := range open {
		n = p.Number() + 1
		end := p.Days().To
		if end.Before(made) {
			end = made
		}
		due := end.AddDays(r.GraceDays + 1)
		if due.After(today) || !next.IsZero() {
			if next.IsZero() {
				next = due
			}
			continue
		}
		if err := s.close(ctx, tx, r, p); err != nil {
			return next, err
		}
	}
	if len(open) == 0 {
		return next, nil
	}
	if days, ok := r.Period(n); ok {
		if begins := days.From.AddDays(-r.LeadDays); next.IsZero() || begins.Before(next) {
			next = begins
		}
	}
	if next.Before(today.AddDays(1)) && !next.IsZero() {
		next = today.AddDays(1)
	}
	return next, nil
}

// close makes the figures of a period final. That a period closes by itself is
// what was agreed and has an event; only who closes one by hand stands in the audit log.
func (s *Service) close(ctx context.Context, tx *tenancy.Tx, r Retainer, p Period) error {
	now := s.now()
	p.ClosedAt = &now
	if err := s.d.Store.SavePeriod(ctx, tx, p); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, PeriodClosed{r.ref(), p.ID, p.Days().From})
}

// periodRecord is what the audit log keeps of a period.
type periodRecord struct {
	Period  string   `json:"period_id"`
	From    day.Date `json:"from"`
	To      day.Date `json:"to"`
	Opening int64    `json:"opening"`
	Granted int64    `json:"granted"`
	Adjust  int64    `json:"adjusted"`
	Used    int64    `json:"used"`
	Overage int64    `json:"overage"`
	Expired int64    `json:"expired"`
	Closing int64    `json:"closing"`
}

func record(p Period) periodRecord {
	return periodRecord{p.ID, p.Days().From, p.Days().To, p.Opening, p.Granted, p.Adjusted, p.Used, p.Overage, p.Expired, p.Closing}
}

// Close closes the oldest open period once it is over, before its days of grace are.
func (s *Service) Close(ctx context.Context, periodID string) (out Period, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if out, err = s.d.Store.Period(ctx, tx, periodID); err != nil || out.ClosedAt != nil {
			return err
		}
		r, err := s.d.Store.ByID(ctx, tx, out.RetainerID, true)
		if err != nil {
			return err
		}
		today, _, _, err := s.calendar(ctx, tx)
		if err != nil {
			return err
		}
		_, open, err := s.d.Store.Standing(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if len(open) == 0 || open[0].ID != periodID || !open[0].Days().To.Before(today) {
			return ErrNotOver
		}
		if err := s.openThrough(ctx, tx, r, today); err != nil { // what is late needs a period to be in
			return err
		}
		if err := s.close(ctx, tx, r, open[0]); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "retainers.period_closed", Entity: "retainer", EntityID: r.ID, After: record(open[0])}); err != nil {
			return err
		}
		out, err = s.d.Store.Period(ctx, tx, periodID)
		out.On = today
		return err
	})
	return out, err
}
