package timesheets

import (
	"strings"
	"time"
	_ "time/tzdata" // the image has no zone files, and a zone must mean the same everywhere

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrBadTime refuses hours that cannot have been worked.
var ErrBadTime = fault.Define(fault.Invalid, "timesheets.bad_time", "These times cannot be kept.")

// MaxEntry is the longest entry there is.
const MaxEntry = 24 * time.Hour

// earliest is the oldest work date; what is before it is a typing mistake.
var earliest = day.New(2000, time.January, 1)

// maxAhead is how many days ahead time may be logged (leave, planned work).
const maxAhead = 366

// Span is when an entry was worked: from a first instant up to, not including, a last one.
type Span struct {
	From, To time.Time
	Zone     *time.Location
}

// ParseZone reads an IANA zone name.
func ParseZone(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		return nil, ErrBadTime.At("body.zone", "is not a time zone such as Europe/Berlin")
	}
	return loc, nil
}

// NewSpan checks a span. Its length is the difference of the instants: from
// 00:00 to 24:00 is 23 or 25 hours on the days the clocks change.
func NewSpan(from, to time.Time, zone *time.Location) (Span, error) {
	s := Span{From: from, To: to, Zone: zone}
	switch {
	case from.Year() < earliest.Year() || from.Year() > 2200:
		return Span{}, ErrBadTime.At("body.started_at", "is not a time that can have been worked")
	case to.Year() < earliest.Year() || to.Year() > 2200:
		return Span{}, ErrBadTime.At("body.ended_at", "is not a time that can have been worked")
	case !to.After(from):
		return Span{}, ErrBadTime.At("body.ended_at", "must be after the start")
	case s.Length() < time.Second:
		return Span{}, ErrBadTime.At("body.ended_at", "must be at least a second after the start")
	case s.Length() > DayLength(s.Day(), zone):
		return Span{}, ErrBadTime.At("body.ended_at", "is more than 24 hours after the start")
	}
	return s, nil
}

// Day is the work date: the local date on which the work began. It is decided
// once and then kept, so a later journey never moves an entry.
func (s Span) Day() day.Date { return day.Of(s.From, s.Zone) }

// Length is the time between the instants.
func (s Span) Length() time.Duration { return s.To.Sub(s.From) }

// Seconds is the length in whole seconds.
func (s Span) Seconds() int64 { return int64(s.Length() / time.Second) }

// Overlaps tells whether two spans share an instant. The end is not part of a
// span, so touching ones do not overlap.
func (s Span) Overlaps(o Span) bool { return s.From.Before(o.To) && o.From.Before(s.To) }

// DayLength is the most that fits on a work date: 24 hours, or 25 where the
// clocks go back. Days of 23 hours take 24 all the same, because work that began
// on them may end after midnight.
func DayLength(d day.Date, loc *time.Location) time.Duration {
	return max(MaxEntry, d.AddDays(1).In(loc).Sub(d.In(loc)))
}

// WeekOf is the first of the seven dates of d's week. Weeks are counted in
// dates, never in seconds, and begin where the agency says.
func WeekOf(d day.Date, first time.Weekday) day.Date { return d.WeekStart(first) }

func checkSeconds(seconds int64, field string) error {
	switch {
	case seconds < 0:
		return ErrBadTime.At(field, "must not be negative")
	case seconds == 0:
		return ErrBadTime.At(field, "must be more than nothing")
	case time.Duration(seconds)*time.Second > MaxEntry:
		return ErrBadTime.At(field, "must not be more than 24 hours")
	}
	return nil
}

func checkDay(d, today day.Date, field string) error {
	switch {
	case d.IsZero():
		return ErrBadTime.At(field, "is required")
	case d.Before(earliest):
		return ErrBadTime.At(field, "is too long ago")
	case d.After(today.AddDays(maxAhead)):
		return ErrBadTime.At(field, "is too far ahead")
	}
	return nil
}
