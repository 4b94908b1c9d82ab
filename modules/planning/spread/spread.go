// Package spread lays bookings on days and compares them with what people can do. Days are local dates: they have no clock that
// could change.
package spread

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
)

// Kind says what the amount of a booking means.
type Kind string

// The kinds: so much on each day, so much altogether, or a share of each day's capacity.
const (
	PerDay  Kind = "per_day"
	Total   Kind = "total"
	Percent Kind = "percent"
)

// Amount is how much is booked, as somebody said it.
type Amount struct {
	Kind    Kind
	Seconds int64           // of PerDay and Total
	Percent decimal.Decimal // of Percent
}

// Over lays an amount on the days of r that have capacity, in seconds (rule 71). The parts of a total are in proportion to the
// capacity of their days, whole seconds by largest remainder (rule 5), and add up to it. Without any capacity nothing is laid.
func (a Amount) Over(r day.Range, capacity func(day.Date) int64) map[day.Date]decimal.Decimal {
	out := map[day.Date]decimal.Decimal{}
	if a.Kind == Total {
		a.divide(r, capacity, out)
		return out
	}
	for d := range r.Days() {
		switch c := capacity(d); {
		case c <= 0:
		case a.Kind == PerDay:
			out[d] = decimal.NewFromInt(a.Seconds)
		default:
			out[d] = decimal.NewFromInt(c).Mul(a.Percent).Shift(-2)
		}
	}
	return out
}

func (a Amount) divide(r day.Range, capacity func(day.Date) int64, out map[day.Date]decimal.Decimal) {
	type part struct {
		day         day.Date
		whole, rest int64
	}
	var parts []part
	var sum, laid int64
	for d := range r.Days() {
		if c := capacity(d); c > 0 {
			parts, sum = append(parts, part{day: d, whole: c}), sum+c
		}
	}
	for i := range parts {
		exact := a.Seconds * parts[i].whole
		parts[i].whole, parts[i].rest = exact/sum, exact%sum
		laid += parts[i].whole
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.rest, a.rest) })
	for i, p := range parts {
		if int64(i) < a.Seconds-laid {
			p.whole++
		}
		out[p.day] = decimal.NewFromInt(p.whole)
	}
}

// Load is what is booked of somebody on a day, in seconds.
type Load struct{ Confirmed, Tentative decimal.Decimal }

// Overload says by what somebody is booked for more than they are there for.
type Overload string

// What there is of it: none, with what is tentative, or by what is confirmed alone.
const (
	Fits          Overload = "none"
	OverTentative Overload = "tentative"
	OverConfirmed Overload = "confirmed"
)

// Against tells whether a day is overloaded: its bookings are more than its availability (rule 72). Other days do not come into it.
func (l Load) Against(available int64) Overload {
	room := decimal.NewFromInt(available)
	switch {
	case l.Confirmed.GreaterThan(room):
		return OverConfirmed
	case l.Confirmed.Add(l.Tentative).GreaterThan(room):
		return OverTentative
	}
	return Fits
}

// Part is time of a day on a project, and maybe a task of it: booked, or logged.
type Part struct {
	ID, ProjectID, TaskID string
	Seconds               int64
}

// Left is what is booked on a day and not logged yet, by the booking, never less than nothing. Time on a task counts for the bookings
// of that task first; what is over, and all other time on the project, for those that name no task. The sum is at most room.
func Left(booked, logged []Part, room int64) map[string]int64 {
	type work struct{ project, task string }
	tasks, projects := map[work]int64{}, map[string]int64{}
	for _, l := range logged {
		tasks[work{l.ProjectID, l.TaskID}] += l.Seconds
		projects[l.ProjectID] += l.Seconds
		room -= l.Seconds
	}
	left := map[string]int64{}
	for _, named := range []bool{true, false} {
		for _, b := range booked {
			if (b.TaskID != "") != named {
				continue
			}
			have := projects[b.ProjectID]
			if named {
				have = tasks[work{b.ProjectID, b.TaskID}]
			}
			done := min(b.Seconds, have)
			tasks[work{b.ProjectID, b.TaskID}] -= done
			projects[b.ProjectID] -= done
			left[b.ID] = b.Seconds - done
		}
	}
	for _, b := range booked {
		left[b.ID] = max(0, min(left[b.ID], room))
		room -= left[b.ID]
	}
	return left
}
