package runs

import (
	"context"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Month says on which day of the month statements go out by themselves, with what was known at the end of the day before.
type Month struct {
	Enabled   bool
	Day       int // 29 to 31 are the last day of months that have no such day
	Who       Who
	RunsOn    day.Date   // the next of them; none: off
	RunsAt    *time.Time // by the clock of the agency when it was planned
	Version   int        // 0: not kept yet
	UpdatedAt time.Time
}

// hourOfMonth is when statements go out, by the agency's clock.
const hourOfMonth = 9

// NewMonth is what an agency begins with.
func NewMonth() Month { return Month{Day: 1, Who: WithOpen} }

// in is the day in the month of another.
func (m Month) in(d day.Date) day.Date {
	return day.New(d.Year(), d.Month(), min(m.Day, d.EndOfMonth().Day()))
}

// before and after are the days in the months beside that of another.
func (m Month) before(d day.Date) day.Date { return m.in(d.StartOfMonth().AddDays(-1)) }
func (m Month) after(d day.Date) day.Date  { return m.in(d.EndOfMonth().AddDays(1)) }

// Wish is what goes out on one of the days: from the day of the month before to the evening before.
func (m Month) Wish(on day.Date) StatementWish {
	return StatementWish{From: m.before(on), To: on.AddDays(-1), Who: m.Who}
}

// Next is the first time after another: the day, and the moment by a clock.
func (m Month) Next(now time.Time, zone *time.Location) (on day.Date, at time.Time) {
	moment := func(d day.Date) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day(), hourOfMonth, 0, 0, 0, zone).UTC()
	}
	today := day.Of(now, zone)
	if on = m.in(today); !moment(on).After(now) {
		on = m.after(today)
	}
	return on, moment(on)
}

// Due is the day whose statements go out when the work of RunsOn is done at last: that day, or the latest since.
func (m Month) Due(today day.Date) day.Date {
	on := m.in(today)
	if on.After(today) {
		on = m.before(today)
	}
	if on.Before(m.RunsOn) {
		return m.RunsOn
	}
	return on
}

// mailMonth is the job that is done on the day.
type mailMonth struct {
	At time.Time `json:"at"`
}

// Kind names the job.
func (mailMonth) Kind() string { return "runs.mail_month" }

// Month reads it.
func (s *Service) Month(ctx context.Context) (m Month, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.d.Store.Month(ctx, tx, false)
		return err
	})
	return m, err
}

// SaveMonth changes it. Its version is the one it was changed from; 0 where none was kept.
func (s *Service) SaveMonth(ctx context.Context, m Month) (Month, error) {
	bad := ErrBadRun
	if m.Day < 1 || m.Day > 31 {
		bad = bad.At("body.day", "must be 1 to 31")
	}
	if !m.Who.Valid() {
		bad = bad.At("body.who", "must be open or moved")
	}
	if len(bad.Fields) > 0 {
		return m, bad
	}
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "runs.month"); err != nil {
			return err
		}
		before, err := s.d.Store.Month(ctx, tx, true)
		if err != nil {
			return err
		}
		if before.Version != m.Version {
			return invoicing.ErrStale
		}
		m.Version, m.UpdatedAt = m.Version+1, s.now()
		if m.RunsOn, m.RunsAt = before.RunsOn, before.RunsAt; m.Enabled != before.Enabled || m.Day != before.Day {
			if err := s.planMonth(ctx, tx, &m); err != nil {
				return err
			}
		}
		if err := s.d.Store.PutMonth(ctx, tx, m); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "runs.statement_month_changed", Entity: "statement_month", EntityID: "statement_month", Before: before.shot(), After: m.shot()}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, MonthChanged{})
	})
	return m, err
}

type monthRecord struct {
	Enabled bool `json:"enabled"`
	Day     int  `json:"day"`
	Who     Who  `json:"who"`
}

func (m Month) shot() monthRecord { return monthRecord{m.Enabled, m.Day, m.Who} }

// planMonth plans the next time and lets a job wait for it.
func (s *Service) planMonth(ctx context.Context, tx *tenancy.Tx, m *Month) error {
	if m.RunsOn, m.RunsAt = (day.Date{}), nil; !m.Enabled {
		return nil
	}
	_, zone, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	on, at := m.Next(s.now(), zone)
	m.RunsOn, m.RunsAt = on, &at
	return s.d.Jobs.EnqueueAt(ctx, tx, at, mailMonth{at})
}

// mailMonth starts the run of the day and plans the next in one transaction. A
// day that was missed is made up when the job comes at last; of several the latest.
func (s *Service) mailMonth(ctx context.Context, j mailMonth) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := s.d.Store.Month(ctx, tx, true)
		if err != nil || m.RunsAt == nil || !m.RunsAt.Equal(j.At) { // another waits in the place of this one
			return err
		}
		if now := s.now(); now.Before(j.At) {
			return job.NotYet(j.At.Sub(now))
		}
		today, _, err := s.calendar(ctx, tx)
		if err != nil {
			return err
		}
		on := m.Due(today)
		if _, err := s.startStatements(ctx, tx, m.Wish(on), true); err != nil {
			return fmt.Errorf("the statements of %s: %w", on, err)
		}
		if err := s.planMonth(ctx, tx, &m); err != nil {
			return err
		}
		return s.d.Store.PutMonth(ctx, tx, m)
	})
}
