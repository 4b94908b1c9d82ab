package planning

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/planning/spread"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// What people need to hold for the operations of this module.
const (
	Read    access.Permission = "planning.bookings.read"     // their own, and those of projects whose team they are of
	ReadAll access.Permission = "planning.bookings.read_all" // everybody's
	Write   access.Permission = "planning.bookings.write"
)

// State says how sure a booking is.
type State string

// The states of a booking.
const (
	Tentative State = "tentative"
	Confirmed State = "confirmed"
)

const (
	maxSpan = 366 // days of a booking
	maxNote = 500
	daily   = 24 * 3600
)

var firstDay, lastDay = day.New(2000, time.January, 1), day.New(2100, time.December, 31)

var (
	ErrNotFound  = fault.Define(fault.NotFound, "planning.not_found", "This booking does not exist.")
	ErrStale     = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	ErrBad       = fault.Define(fault.Invalid, "planning.bad_booking", "Nobody can be booked like that.")
	ErrNoMember  = fault.Define(fault.Invalid, "planning.no_member", "There is no such person.").At("body.member_id", "is not a person of the staff, or has left")
	ErrNoProject = fault.Define(fault.Invalid, "planning.no_project", "There is no such project.").At("body.project_id", "is not a project")
	ErrNoTask    = fault.Define(fault.Invalid, "planning.no_task", "There is no such task in this project.").At("body.task_id", "is not an open task of this project")
	ErrClosed    = fault.Define(fault.Conflict, "planning.project_closed", "Nobody is booked on this project any more.").At("body.project_id", "is completed or archived")
	ErrNoRoom    = fault.Define(fault.Invalid, "planning.no_capacity", "Nothing would be booked: this person works on none of these days.").At("body.ends_on", "has no working day before it")
	ErrBadDays   = fault.Define(fault.Invalid, "planning.bad_days", "These days cannot be shown.").At("query.to", "must be within 93 days of the first one, and not before it")
)

// Wish is what somebody says of a booking.
type Wish struct {
	MemberID, ProjectID, TaskID string
	First, Last                 day.Date
	Amount                      spread.Amount
	State                       State
	Note                        string
}

// Days are those of the booking, both ends included.
func (w Wish) Days() day.Range { return day.Range{From: w.First, To: w.Last} }

// Booking is planned time of a member on a project.
type Booking struct {
	ID string
	Wish
	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	RemovedAt *time.Time
	Version   int
}

// Row is a booking with the names of what it is about.
type Row struct {
	Booking
	Work timesheets.Work
}

// check finds what can be said of a wish without looking at anything else.
func (w *Wish) check() error {
	w.Note = strings.TrimSpace(w.Note)
	switch {
	case w.First.Before(firstDay) || w.First.After(lastDay):
		return ErrBad.At("body.starts_on", "must be between 2000 and 2100")
	case w.Last.Before(w.First):
		return ErrBad.At("body.ends_on", "is before the first day")
	case w.Days().Len() > maxSpan:
		return ErrBad.At("body.ends_on", "is more than a year after the first day: book again from there")
	case utf8.RuneCountInString(w.Note) > maxNote:
		return ErrBad.At("body.note", "must not have more than 500 letters")
	case w.State != Tentative && w.State != Confirmed:
		return ErrBad.At("body.state", "is not tentative or confirmed")
	}
	return w.checkAmount()
}

func (w *Wish) checkAmount() error {
	a := w.Amount
	switch {
	case a.Kind == spread.Percent && (a.Percent.Sign() <= 0 || a.Percent.GreaterThan(decimal.NewFromInt(100))):
		return ErrBad.At("body.percent", "must be above 0 and at most 100")
	case a.Kind == spread.Percent && !a.Percent.Equal(a.Percent.Truncate(4)):
		return ErrBad.At("body.percent", "has more than four decimals")
	case a.Kind == spread.Percent && a.Seconds != 0:
		return ErrBad.At("body.seconds", "does not go with a percentage")
	case a.Kind == spread.Percent:
		return nil
	case !a.Percent.IsZero():
		return ErrBad.At("body.percent", "goes with the kind percent only")
	case a.Kind == spread.PerDay && (a.Seconds < 1 || a.Seconds > daily):
		return ErrBad.At("body.seconds", "must be between a second and 24 hours")
	case a.Kind == spread.Total && (a.Seconds < 1 || a.Seconds > int64(w.Days().Len())*daily):
		return ErrBad.At("body.seconds", "must be more than nothing, and at most 24 hours for each day")
	case a.Kind != spread.PerDay && a.Kind != spread.Total:
		return ErrBad.At("body.kind", "is not per_day, total or percent")
	}
	return nil
}
