package timesheets

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// EveryHalfMonth is from the 1st to the 15th, and from the 16th to the end of a month. EveryWeek and EveryMonth are the other lengths.
const EveryHalfMonth = "half_month"

// PeriodRule says that people hand in their time by the week, the half month or the month, from a day on.
type PeriodRule struct {
	From  day.Date `json:"from"`
	Every string   `json:"every"`
}

// Periods are the rules of an agency in the order of their days. Before the first one weeks are handed in.
type Periods []PeriodRule

// maxPeriodRules is how often the length may change. A change that has not begun is replaced and does not count.
const maxPeriodRules = 100

// Of is the period of a day; each day is in exactly one. One in which another rule begins is cut short on the day before.
func (p Periods) Of(d day.Date, first time.Weekday) day.Range {
	every, from, next := EveryWeek, day.Date{}, day.Date{}
	for _, r := range p {
		if r.From.After(d) {
			next = r.From
			break
		}
		every, from = r.Every, r.From
	}
	out := whole(every, d, first)
	if out.From.Before(from) {
		out.From = from
	}
	if !next.IsZero() && !out.To.Before(next) {
		out.To = next.AddDays(-1)
	}
	return out
}

// Every is how long the periods are on a day.
func (p Periods) Every(d day.Date) string {
	every := EveryWeek
	for _, r := range p {
		if !r.From.After(d) {
			every = r.Every
		}
	}
	return every
}

// whole is the week, half month or month of a day.
func whole(every string, d day.Date, first time.Weekday) day.Range {
	month := day.Range{From: d.StartOfMonth(), To: d.EndOfMonth()}
	const half = 15
	switch {
	case every == EveryMonth:
		return month
	case every == EveryHalfMonth && d.Day() <= half:
		return day.Range{From: month.From, To: month.From.AddDays(half - 1)}
	case every == EveryHalfMonth:
		return day.Range{From: month.From.AddDays(half), To: month.To}
	}
	return d.Week(first)
}

// with takes a change in. It replaces one that has not begun; without a day it begins with the next whole period.
func (p Periods) with(ch PeriodRule, today day.Date, first time.Weekday) (Periods, error) {
	running := whole(ch.Every, today, first)
	switch {
	case ch.From.IsZero():
		ch.From = running.To.AddDays(1)
	case ch.From.Before(running.From):
		return p, ErrBadSettings.At("body.period.from", "must not be before "+running.From.String()+", when the period of today begins")
	case ch.From.After(today.AddDays(maxAhead)):
		return p, ErrBadSettings.At("body.period.from", "must be within a year")
	}
	out := slices.DeleteFunc(slices.Clone(p), func(r PeriodRule) bool { return r.From.After(today) || !r.From.Before(ch.From) })
	if out.Every(ch.From) != ch.Every {
		out = append(out, ch)
	}
	if len(out) > maxPeriodRules {
		return p, ErrBadSettings.At("body.period", "has changed too often")
	}
	return out, nil
}

// differs is the first day on which two agencies' rules say something else; none where they are the same.
func (p Periods) differs(o Periods) day.Date {
	for i := range max(len(p), len(o)) {
		switch {
		case i >= len(p):
			return o[i].From
		case i >= len(o), p[i] != o[i] && p[i].From.Before(o[i].From):
			return p[i].From
		case p[i] != o[i]:
			return o[i].From
		}
	}
	return day.Date{}
}

// period is the one that the agency's rules make of a day.
func (c conditions) period(d day.Date) day.Range {
	return c.settings.Periods.Of(d, c.calendar.WeekStart)
}

// around widens days to whole periods.
func (c conditions) around(r day.Range) day.Range {
	return day.Range{From: c.period(r.From).From, To: c.period(r.To).To}
}

// part is the sheet of a member's day: the one that is there, or as it would be made, of those days of its period that no other one has.
// A sheet keeps its days whatever the rules become, so the rules alone do not say which it is.
func (c conditions) part(memberID string, d day.Date, there []Sheet) Sheet {
	days, found := c.period(d), Sheet{}
	for _, s := range there {
		switch {
		case s.MemberID != memberID:
		case s.Has(d) && s.Week.After(found.Week): // weeks of an agency that changed its first weekday may overlap: the later one holds
			found = s
		case s.Has(d):
		case s.Until.Before(d) && !s.Until.Before(days.From):
			days.From = s.Until.AddDays(1)
		case s.Week.After(d) && !s.Week.After(days.To):
			days.To = s.Week.AddDays(-1)
		}
	}
	if found.ID != "" {
		return found
	}
	return Sheet{MemberID: memberID, Week: days.From, Until: days.To, State: Draft, Version: 1}
}

// parts are a member's sheets of some days, in their order.
func (c conditions) parts(memberID string, r day.Range, there []Sheet) (out []Sheet) {
	for d := r.From; !d.After(r.To); {
		s := c.part(memberID, d, there)
		out = append(out, s)
		d = s.Until.AddDays(1)
	}
	return out
}

// sheetsOver reads what a member has of some days, and of the rest of their periods.
func (s *Service) sheetsOver(ctx context.Context, tx *tenancy.Tx, c conditions, memberIDs []string, r day.Range) ([]Sheet, error) {
	return s.d.Store.Sheets(ctx, tx, SheetFilter{MemberIDs: memberIDs, Over: c.around(r)})
}
