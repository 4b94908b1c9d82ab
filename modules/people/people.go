// Package people owns jobs of members (positions), their dated working
// schedules, public holidays and leave, and computes from them how long a
// member is expected to work.
//
// It asks nobody. Timesheets and rates ask it.
package people

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrNotFound  = fault.Define(fault.NotFound, "people.not_found", "This does not exist.")
	ErrNoMember  = fault.Define(fault.NotFound, "people.no_member", "There is no such member.")
	ErrNameTaken = fault.Define(fault.Conflict, "people.position_taken", "There is a position with this name.").At("body.name", "is taken")
	ErrInvalid   = fault.Define(fault.Invalid, "people.invalid", "Some values cannot be used.")
)

// Position is a job: developer, designer. Rates and bookings use it; it says
// nothing about what its holder may do in Bureau (that is the role).
type Position struct {
	ID         string
	Name       string
	ArchivedAt *time.Time
	Version    int
}

// Schedule is what a member works from a day on, until the next one.
type Schedule struct {
	MemberID   string
	StartsOn   day.Date
	PositionID string // may be empty
	// HolidaySetID names whose holidays are theirs; empty for the agency's default set.
	HolidaySetID string
	Seconds      [7]int // Sunday … Saturday
}

// FullTime is the schedule of who has none: 8 hours, Monday to Friday.
var FullTime = [7]int{0, 28800, 28800, 28800, 28800, 28800, 0}

// Off is a time in which nobody, or one member, does not work. Share is the
// part of each day that is free, at most 1; Seconds are free beside it.
type Off struct {
	From, To day.Date
	Share    decimal.Decimal
	Seconds  int
	Name     string // of the holiday or the kind of leave
}

// Expected is the time to work per day: the schedule valid that day, less
// holidays and leave (rule 41). Several on one day do not add up beyond the
// whole day (rule 69). Days before the first schedule follow FullTime.
func Expected(r day.Range, schedules []Schedule, off []Off) map[day.Date]time.Duration {
	out := make(map[day.Date]time.Duration, r.Len())
	for d := range r.Days() {
		seconds := FullTime
		for _, s := range schedules { // in order of their start
			if !s.StartsOn.After(d) {
				seconds = s.Seconds
			}
		}
		left, less := decimal.NewFromInt(1), int64(0)
		for _, o := range off {
			if (day.Range{From: o.From, To: o.To}).Contains(d) {
				left, less = left.Sub(o.Share), less+int64(o.Seconds)
			}
		}
		if left.IsNegative() {
			left = decimal.Zero
		}
		s := decimal.NewFromInt(int64(seconds[d.Weekday()])).Mul(left).IntPart() - less
		out[d] = time.Duration(max(0, s)) * time.Second
	}
	return out
}

// Store keeps people's records. Its one implementation is peopledb.
type Store interface {
	Positions(ctx context.Context, tx *tenancy.Tx, archived bool) ([]Position, error)
	AddPosition(context.Context, *tenancy.Tx, Position, time.Time) error // ErrNameTaken
	Position(ctx context.Context, tx *tenancy.Tx, id string) (Position, error)
	SavePosition(context.Context, *tenancy.Tx, Position) error // ErrNameTaken, httpapi.ErrStale
	Schedules(ctx context.Context, tx *tenancy.Tx, memberID string) ([]Schedule, error)
	PutSchedule(context.Context, *tenancy.Tx, Schedule, time.Time) error
	// PositionsOn returns the position of every member who has one on that day.
	PositionsOn(ctx context.Context, tx *tenancy.Tx, memberIDs []string, days []day.Date) (map[day.Date]map[string]string, error)
	Holidays(context.Context, *tenancy.Tx, day.Range) ([]Off, error)
	// SchedulesOf and LeaveOf answer for many members at once.
	SchedulesOf(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string][]Schedule, error)
	LeaveOf(ctx context.Context, tx *tenancy.Tx, memberIDs []string, r day.Range) (map[string][]Off, error)

	HolidaySets(context.Context, *tenancy.Tx) ([]HolidaySet, error)
	HolidaySet(ctx context.Context, tx *tenancy.Tx, id string) (HolidaySet, error) // ErrNoSet
	AddHolidaySet(context.Context, *tenancy.Tx, HolidaySet, time.Time) error       // ErrSetTaken
	SaveHolidaySet(context.Context, *tenancy.Tx, HolidaySet) error                 // ErrSetTaken, httpapi.ErrStale
	RemoveHolidaySet(ctx context.Context, tx *tenancy.Tx, id string) error         // ErrSetInUse

	EmploymentStore
	LeaveStore
	LineStore
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(context.Context, job.Tx, event.Event) error
}

// Deps are what the service cannot work without.
type Deps struct {
	DB      *tenancy.DB
	Store   Store
	Members Members
	Regions Regions
	Events  Publisher
	Now     func() time.Time
	NewID   func() string
}

// Members tells who works at the agency.
type Members interface {
	IsMemberTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error)
	// OthersTx returns the active members of staff besides one whose roles give them a permission.
	OthersTx(ctx context.Context, tx *tenancy.Tx, memberID string, p access.Permission) ([]string, error)
	// StaffTx returns the active members of staff.
	StaffTx(ctx context.Context, tx *tenancy.Tx) ([]string, error)
	// RosterTx returns the staff by name, those who have left too.
	RosterTx(ctx context.Context, tx *tenancy.Tx) ([]Person, error)
	// TodayTx is the date where the agency is.
	TodayTx(ctx context.Context, tx *tenancy.Tx) (day.Date, error)
}

// Service has one method per thing one can do with people's records.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service { return &Service{d} }

// Changed is published when positions or schedules change.
type Changed struct {
	What  string `json:"what"`
	ID    string `json:"id"`
	Label string `json:"label"`
}

// EventName implements event.Event.
func (Changed) EventName() string { return "people.record_changed.v1" }

// Trace implements event.Traced.
func (e Changed) Trace() event.Trace {
	return event.Trace{Entity: e.What, EntityID: e.ID, Label: e.Label}
}

// Positions lists the positions, by name.
func (s *Service) Positions(ctx context.Context, archived bool) (out []Position, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Positions(ctx, tx, archived)
		return err
	})
	return out, err
}

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n < 1 || n > 80 {
		return "", ErrInvalid.At("body.name", "must have 1 to 80 letters")
	}
	return name, nil
}

// AddPosition makes a position. ErrInvalid, ErrNameTaken.
func (s *Service) AddPosition(ctx context.Context, name string) (Position, error) {
	name, err := checkName(name)
	if err != nil {
		return Position{}, err
	}
	p := Position{ID: s.d.NewID(), Name: name, Version: 1}
	return p, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.d.Store.AddPosition(ctx, tx, p, s.d.Now()); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.position_added", "position", p.ID, p.Name, nil, p)
	})
}

// ChangePosition renames, archives or brings back a position. ErrNotFound, ErrNameTaken, httpapi.ErrStale.
func (s *Service) ChangePosition(ctx context.Context, id string, version int, name *string, archived *bool) (p Position, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Position(ctx, tx, id)
		if err != nil {
			return err
		}
		p = before
		p.Version = version
		if name != nil {
			if p.Name, err = checkName(*name); err != nil {
				return err
			}
		}
		if archived != nil {
			p.ArchivedAt = nil
			if *archived {
				now := s.d.Now()
				p.ArchivedAt = &now
			}
		}
		if err := s.d.Store.SavePosition(ctx, tx, p); err != nil {
			return err
		}
		p.Version++
		return s.note(ctx, tx, "people.position_changed", "position", p.ID, p.Name, before, p)
	})
	return p, err
}

// Schedules lists a member's dated schedules, oldest first. ErrNoMember.
func (s *Service) Schedules(ctx context.Context, memberID string) (out []Schedule, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if out, err = s.d.Store.Schedules(ctx, tx, memberID); err != nil || len(out) > 0 {
			return err
		}
		is, err := s.d.Members.IsMemberTx(ctx, tx, memberID)
		if err != nil || !is {
			return cmp.Or(err, error(ErrNoMember))
		}
		return nil
	})
	return out, err
}

// PutSchedule sets what a member works, and as what, from a day on. ErrInvalid, ErrNotFound.
func (s *Service) PutSchedule(ctx context.Context, sc Schedule) error {
	for _, seconds := range sc.Seconds {
		if seconds < 0 || seconds > 24*3600 {
			return ErrInvalid.At("body.hours", "a day has 0 to 24 hours")
		}
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if is, err := s.d.Members.IsMemberTx(ctx, tx, sc.MemberID); err != nil || !is {
			return cmp.Or(err, error(ErrNoMember))
		}
		if sc.PositionID != "" {
			if _, err := s.d.Store.Position(ctx, tx, sc.PositionID); err != nil {
				return ErrNotFound.At("body.position_id", "there is no such position")
			}
		}
		if sc.HolidaySetID != "" {
			if _, err := s.d.Store.HolidaySet(ctx, tx, sc.HolidaySetID); err != nil {
				return ErrNoSet.At("body.holiday_set_id", "there is no such set of holidays")
			}
		}
		if err := s.d.Store.PutSchedule(ctx, tx, sc, s.d.Now()); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.schedule_set", "schedule", sc.MemberID, sc.StartsOn.String(), nil, sc)
	})
}

// PositionOfTx returns the member's position on a day, empty for none.
func (s *Service) PositionOfTx(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Date) (string, error) {
	all, err := s.d.Store.Schedules(ctx, tx, memberID)
	position := ""
	for _, sc := range all {
		if !sc.StartsOn.After(on) {
			position = sc.PositionID
		}
	}
	return position, err
}

// PositionsOnTx returns, for each of the days, the position of those of the members who have one.
func (s *Service) PositionsOnTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, days []day.Date) (map[day.Date]map[string]string, error) {
	return s.d.Store.PositionsOn(ctx, tx, memberIDs, days)
}

func (s *Service) note(ctx context.Context, tx *tenancy.Tx, action, entity, id, label string, before, after any) error {
	if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: entity, EntityID: id, Before: before, After: after}); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, Changed{What: entity, ID: id, Label: label})
}
