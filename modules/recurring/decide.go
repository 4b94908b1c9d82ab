package recurring

import (
	"context"
	"fmt"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Verdict is what is to become of periods.
type Verdict string

const (
	Bill    Verdict = "bill"    // those that were missed, refused, skipped or had nothing to bill
	Skip    Verdict = "skip"    // those, and ones that are still to come
	Restore Verdict = "restore" // ones that were skipped
)

// Decision is about periods of one schedule.
type Decision struct {
	Numbers []int
	Do      Verdict
	How     invoicing.How // of Bill; empty: as the schedule says
}

const (
	maxDecided = 60
	// farAhead is how many periods ahead one may be skipped.
	farAhead = 60
)

// Decide bills, skips or restores periods, all of them or none.
func (s *Service) Decide(ctx context.Context, scheduleID string, d Decision) (out Row, err error) {
	d.Numbers = slices.Clone(d.Numbers)
	slices.Sort(d.Numbers)
	d.Numbers = slices.Compact(d.Numbers)
	if len(d.Numbers) == 0 || len(d.Numbers) > maxDecided {
		return out, ErrBadDecision.At("body.numbers", fmt.Sprintf("must be 1 to %d", maxDecided))
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, scheduleID, true)
		if err != nil {
			return err
		}
		if d.How == "" {
			d.How = r.How
		}
		if d.Do == Bill {
			if err := mayIssue(ctx, d.How); err != nil {
				return err
			}
		}
		known, err := s.d.Store.Numbered(ctx, tx, r.ID, d.Numbers)
		if err != nil {
			return err
		}
		var done []Period
		for n, number := range d.Numbers {
			p, there := known[number]
			at := func(text string) error {
				return ErrBadDecision.At(fmt.Sprintf("body.numbers[%d]", n), text)
			}
			p, changed, err := s.decide(ctx, tx, r, d, number, p, there, at)
			if err != nil {
				return err
			}
			if changed {
				done = append(done, p)
			}
		}
		if len(done) > 0 {
			if err := s.decided(ctx, tx, &r, d.Do, done); err != nil {
				return err
			}
		}
		out, err = s.row(ctx, tx, r)
		return err
	})
	return out, err
}

func (s *Service) decide(ctx context.Context, tx *tenancy.Tx, r Schedule, d Decision, number int, p Period, there bool, at func(string) error) (Period, bool, error) {
	comes := number >= r.Next
	if !there {
		next, ok := r.period(number)
		if !ok || !comes || number > r.Next+farAhead {
			return p, false, at("is no period of this schedule")
		}
		p = next
		p.ScheduleID = r.ID
	}
	p.DecidedAt, p.DecidedBy = s.now(), access.From(ctx).MemberID
	switch {
	case d.Do == Skip && p.State == Skipped, d.Do == Restore && p.State == Planned:
		return p, false, nil
	case p.State == Billed:
		return p, false, at("is billed")
	case d.Do == Skip && comes:
		p.State = Skipped
		return p, true, s.d.Store.AddPeriods(ctx, tx, []Period{p})
	case d.Do == Skip:
		p.State, p.Code, p.Why = Skipped, "", ""
		return p, true, s.d.Store.SavePeriod(ctx, tx, p)
	case d.Do == Restore && p.State != Skipped:
		return p, false, at("was not skipped")
	case d.Do == Restore && comes:
		p.State = Planned
		return p, true, s.d.Store.DropPeriod(ctx, tx, r.ID, number)
	case d.Do == Restore:
		p.State = Missed
		return p, true, s.d.Store.SavePeriod(ctx, tx, p)
	case comes:
		return p, false, at("comes later and is billed by itself")
	}
	p, err := s.bill(ctx, tx, r, p, d.How)
	if err != nil {
		return p, false, err
	}
	return p, true, s.d.Store.SavePeriod(ctx, tx, p)
}

// decided writes down who decided what, and looks again what comes next.
func (s *Service) decided(ctx context.Context, tx *tenancy.Tx, r *Schedule, do Verdict, done []Period) error {
	if err := audit.Record(ctx, tx, audit.Change{Action: "recurring.periods_" + past[do], Entity: "recurring_invoice", EntityID: r.ID, After: done}); err != nil {
		return err
	}
	for _, p := range done {
		if err := s.d.Events.Publish(ctx, tx, r.told(p)); err != nil {
			return err
		}
	}
	return s.plan(ctx, tx, r)
}

var past = map[Verdict]string{Bill: "billed", Skip: "skipped", Restore: "restored"}
