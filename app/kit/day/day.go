// Package day holds calendar days: no clock, no time zone, no time of day.
//
// A work date, a due date or the date on an invoice is decided once, in a named
// zone, and never moves when somebody travels.
package day

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Date is a day of the Gregorian calendar. It is comparable and usable as a map
// key. The zero value is no day; it is written as null.
type Date struct {
	year       int16
	month, day uint8
}

// Years outside of these are typing mistakes.
const (
	minYear = 1970
	maxYear = 2200
)

// ErrNotADay refuses text that names no day between 1970 and 2200.
var ErrNotADay = errors.New("must be a day such as 2026-03-31, between 1970 and 2200")

const layout = "2006-01-02"

// New is a day by its parts. Overflowing parts carry as in time.Date: the 31st
// of April is the 1st of May.
func New(year int, month time.Month, day int) Date {
	return fromUTC(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// Parse reads "2026-03-31".
func Parse(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < minYear || t.Year() > maxYear {
		return Date{}, ErrNotADay
	}
	return fromUTC(t), nil
}

// MustParse is Parse for literals in tests and seeds.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic("day: " + s)
	}
	return d
}

// Of is the day on the wall calendar of loc at instant t.
func Of(t time.Time, loc *time.Location) Date { return fromUTC(t.In(loc)) }

func fromUTC(t time.Time) Date {
	y, m, d := t.Date()
	return Date{year: int16(y), month: uint8(m), day: uint8(d)} //nolint:gosec // a year of a calendar fits
}

func (d Date) utc() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

// IsZero reports that there is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Year, Month and Day are the parts.
func (d Date) Year() int         { return int(d.year) }
func (d Date) Month() time.Month { return time.Month(d.month) }
func (d Date) Day() int          { return int(d.day) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String is "2026-03-31", and empty for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// Format writes the day by a layout of package time.
func (d Date) Format(layout string) string { return d.utc().Format(layout) }

// AddDays counts calendar days on, or back when n is negative.
func (d Date) AddDays(n int) Date { return fromUTC(d.utc().AddDate(0, 0, n)) }

// AddMonths goes to the same day n months on, or the last one of a shorter
// month: January 31st and one month is the end of February.
func (d Date) AddMonths(n int) Date {
	first := New(d.Year(), d.Month()+time.Month(n), 1)
	return first.AddDays(min(d.Day(), first.EndOfMonth().Day()) - 1)
}

// Sub counts the days from o to d.
func (d Date) Sub(o Date) int { return int(d.utc().Sub(o.utc()) / (24 * time.Hour)) }

// Compare is -1, 0 or 1 as d is before, the same as or after o.
func (d Date) Compare(o Date) int { return d.utc().Compare(o.utc()) }

// Before, After and Equal compare days.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }
func (d Date) After(o Date) bool  { return d.Compare(o) > 0 }
func (d Date) Equal(o Date) bool  { return d == o }

// StartOfMonth and EndOfMonth are the first and last day of d's month.
func (d Date) StartOfMonth() Date { return New(d.Year(), d.Month(), 1) }
func (d Date) EndOfMonth() Date   { return New(d.Year(), d.Month()+1, 0) }

// WeekStart is the last day on or before d that is a first weekday: the start of
// the week d belongs to.
func (d Date) WeekStart(first time.Weekday) Date {
	return d.AddDays(-(int(d.Weekday()-first) + 7) % 7)
}

// WeekStart is the start of the week that d belongs to.
func WeekStart(d Date, first time.Weekday) Date { return d.WeekStart(first) }

// Week is the seven days of d's week.
func (d Date) Week(first time.Weekday) Range {
	start := d.WeekStart(first)
	return Range{From: start, To: start.AddDays(6)}
}

// In is the first instant of the day in loc. Where clocks skip midnight it is
// the first instant after the gap; where they repeat it, the first of the two.
func (d Date) In(loc *time.Location) time.Time {
	t := time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, loc)
	// Whatever side of a change time.Date picked, the change is within hours.
	if change, _ := t.ZoneBounds(); near(change, t) {
		t = firstOf(d, change, t, loc)
	}
	if _, change := t.ZoneBounds(); near(change, t) {
		t = firstOf(d, change, t, loc)
	}
	return t
}

func near(change, t time.Time) bool {
	gap := t.Sub(change).Abs()
	return !change.IsZero() && gap <= 4*time.Hour
}

// firstOf is the earliest instant of d among the ways to read midnight around a
// change of the clocks.
func firstOf(d Date, change, t time.Time, loc *time.Location) time.Time {
	_, before := change.Add(-time.Nanosecond).Zone()
	_, after := change.Zone()
	midnight := d.utc()
	first := time.Time{}
	for _, c := range []time.Time{
		midnight.Add(-time.Duration(before) * time.Second),
		midnight.Add(-time.Duration(after) * time.Second),
		change, t,
	} {
		if Of(c, loc) == d && (first.IsZero() || c.Before(first)) {
			first = c
		}
	}
	return first.In(loc)
}

// Range is the days From to To, both included.
type Range struct {
	From Date `json:"from"`
	To   Date `json:"to"`
}

// Valid reports that the range does not end before it begins.
func (r Range) Valid() bool { return !r.From.IsZero() && !r.To.Before(r.From) }

// Len counts the days.
func (r Range) Len() int { return r.To.Sub(r.From) + 1 }

// Contains reports whether d is one of the days.
func (r Range) Contains(d Date) bool { return !d.Before(r.From) && !d.After(r.To) }

// Days walks the days in order.
func (r Range) Days() iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for d := r.From; !d.After(r.To); d = d.AddDays(1) {
			if !yield(d) {
				return
			}
		}
	}
}

// Terms say when a payment falls due, in calendar days.
type Terms struct {
	Days       int  // after the date of issue, or after the end of its month
	EndOfMonth bool // count from the last day of the month of issue
}

// Due is the due date of something issued on d.
func (t Terms) Due(issued Date) Date {
	if t.EndOfMonth {
		issued = issued.EndOfMonth()
	}
	return issued.AddDays(t.Days)
}

// MarshalJSON writes "2026-03-31", or null for no day.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// UnmarshalJSON reads the same.
func (d *Date) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*d = Date{}
		return nil
	}
	return d.UnmarshalText([]byte(strings.Trim(string(b), `"`)))
}

// MarshalText lets a day be a key of a JSON object.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads path and query parameters. Empty is no day.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	read, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = read
	return nil
}

// Value stores the day; no day is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // this is how a driver.Valuer says NULL
	}
	return d.String(), nil
}

// Scan reads a stored day.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = fromUTC(v)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("day: cannot read %T", src)
}

// Schema describes the wire form for the API document. The pattern refuses the
// year 9999 together with the path of the field.
func (Date) Schema(huma.Registry) *huma.Schema {
	length := len(layout)
	s := &huma.Schema{
		Type: huma.TypeString, Format: "date", MaxLength: &length,
		Pattern:            `^(19[7-9][0-9]|20[0-9]{2}|21[0-9]{2}|2200)-[0-9]{2}-[0-9]{2}$`,
		PatternDescription: "a day between 1970-01-01 and 2200-12-31",
		Examples:           []any{"2026-03-31"},
	}
	s.PrecomputeMessages()
	return s
}

var _ huma.SchemaProvider = Date{}
