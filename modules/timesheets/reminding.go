package timesheets

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadReminding refuses a time that is none.
var ErrBadReminding = fault.Define(fault.Invalid, "timesheets.bad_reminders", "These reminders cannot be kept.")

// What people are reminded of.
const (
	RemindMissing     = "missing"
	RemindUnsubmitted = "unsubmitted"
)

// Whose clock says when people are reminded.
const (
	AgencyClock = "agency"
	PersonClock = "person"
)

// Reminding is when people are reminded of the week that is over, and of what.
type Reminding struct {
	Missing, Unsubmitted bool
	Weekday              time.Weekday
	Minute               int        // of the day
	Clock                string     // the agency's, or each person's own
	Since                *time.Time // moments before this one are not caught up with
	RunsAt               *time.Time // when the next round is
	Version              int
}

func (r Reminding) on() bool { return r.Missing || r.Unsubmitted }

// last is the latest moment up to now at which people are reminded by a clock, and its date.
func (r Reminding) last(now time.Time, zone *time.Location) (time.Time, day.Date) {
	d := day.Of(now, zone).WeekStart(r.Weekday)
	if at := r.at(d, zone); !at.After(now) {
		return at, d
	}
	d = d.AddDays(-7)
	return r.at(d, zone), d
}

func (r Reminding) next(now time.Time, zone *time.Location) time.Time {
	_, d := r.last(now, zone)
	return r.at(d.AddDays(7), zone)
}

func (r Reminding) at(d day.Date, zone *time.Location) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), r.Minute/60, r.Minute%60, 0, 0, zone).UTC()
}

// ReminderChoice is what somebody does not want to be reminded of.
type ReminderChoice struct{ NoMissing, NoUnsubmitted bool }

// ReminderStore keeps when people are reminded, and who was.
type ReminderStore interface {
	Reminding(ctx context.Context, tx *tenancy.Tx, hold bool) (Reminding, error)
	SaveReminding(ctx context.Context, tx *tenancy.Tx, r Reminding) (bool, error) // false: the version is stale
	PlanReminding(ctx context.Context, tx *tenancy.Tx, at *time.Time) error
	// TakeReminder marks that a member was reminded of something of a period. False: they were already.
	TakeReminder(ctx context.Context, tx *tenancy.Tx, memberID, kind string, period day.Date, at time.Time) (bool, error)
	// Reminded returns who was reminded of what of a period.
	Reminded(ctx context.Context, tx *tenancy.Tx, period day.Date) (map[string][]string, error)
	ReminderChoices(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]ReminderChoice, error) // all when none is named
	SaveReminderChoice(ctx context.Context, tx *tenancy.Tx, memberID string, c ReminderChoice) error
	// LastZones returns the zone in which each of the members last logged time.
	LastZones(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error)
}

// Reminding tells when people are reminded.
func (s *Service) Reminding(ctx context.Context) (r Reminding, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.d.Store.Reminding(ctx, tx, false)
		return err
	})
	return r, err
}

// SetReminding says when people are reminded, and of what. What was before is not caught up with.
func (s *Service) SetReminding(ctx context.Context, r Reminding) (Reminding, error) {
	if r.Minute < 0 || r.Minute >= 24*60 {
		return r, ErrBadReminding.At("body.time", "is not a time of the day")
	}
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Reminding(ctx, tx, true)
		if err != nil {
			return err
		}
		now := s.d.Now().UTC()
		if r.Since, r.RunsAt = &now, nil; !r.on() {
			r.Since = nil
		}
		if saved, err := s.d.Store.SaveReminding(ctx, tx, r); err != nil || !saved {
			return orStale(err)
		}
		r.Version++
		if r.on() {
			if err := s.planRound(ctx, tx, &r); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, audit.Change{
			Action: "timesheets.reminders_changed", Entity: "time_reminders", EntityID: "time_reminders", Before: remindingOf(before), After: remindingOf(r),
		}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, RoutesChanged{})
	})
	return r, err
}

type remindingRecord struct {
	Missing     bool   `json:"missing"`
	Unsubmitted bool   `json:"unsubmitted"`
	Weekday     string `json:"weekday"`
	Minute      int    `json:"minute"`
	Clock       string `json:"zone"`
}

func remindingOf(r Reminding) remindingRecord {
	return remindingRecord{r.Missing, r.Unsubmitted, r.Weekday.String(), r.Minute, r.Clock}
}

// MyReminders tells what the caller is not reminded of.
func (s *Service) MyReminders(ctx context.Context) (c ReminderChoice, err error) {
	me := access.From(ctx).MemberID
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.d.Store.ReminderChoices(ctx, tx, []string{me})
		c = all[me]
		return err
	})
	return c, err
}

// SetMyReminders says what the caller does not want to be reminded of.
func (s *Service) SetMyReminders(ctx context.Context, c ReminderChoice) error {
	me := access.From(ctx).MemberID
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ReminderChoices(ctx, tx, []string{me})
		if err != nil {
			return err
		}
		if err := s.d.Store.SaveReminderChoice(ctx, tx, me, c); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "timesheets.reminders_chosen", Entity: "member", EntityID: me, Before: before[me], After: c})
	})
}
