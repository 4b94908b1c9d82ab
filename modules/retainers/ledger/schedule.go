package ledger

import (
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
)

// Every says how long a period is.
type Every string

const (
	Month   Every = "month"
	Quarter Every = "quarter"
	Year    Every = "year"
)

// months is how many a period has; none for what is no length.
func (e Every) months() int {
	return map[Every]int{Month: 1, Quarter: 3, Year: 12}[e]
}

// Valid tells whether e is a length of periods.
func (e Every) Valid() bool { return e.months() > 0 }

// Schedule lays periods on the calendar.
type Schedule struct {
	Every  Every
	Anchor day.Date // a day on which a period begins; the others do so many months from it
	Starts day.Date // the first day of the first period, which is shorter when it is no anchored one
	Ends   day.Date // the last day of the last one; none: goes on
}

func (s Schedule) cycle() day.Cycle {
	return day.Cycle{Months: s.Every.months(), Anchor: s.Anchor, Starts: s.Starts, Ends: s.Ends}
}

// Period returns the days of the n-th period, counted from 1. False: it ended before.
func (s Schedule) Period(n int) (day.Range, bool) { return s.cycle().Period(n) }

// Number is the period that a day is in; 0 before the first.
func (s Schedule) Number(d day.Date) int { return s.cycle().Number(d) }

// Share is the part of whole that the first period gets by its days, rounded
// half up to a multiple of step. A full period gets the whole.
func (s Schedule) Share(whole, step int64) int64 {
	full := s.cycle().Whole(1)
	days := day.Range{From: s.Starts, To: full.To}
	if days.Len() == full.Len() {
		return whole
	}
	part := decimal.NewFromInt(whole).Mul(decimal.NewFromInt(int64(days.Len())))
	return part.DivRound(decimal.NewFromInt(int64(full.Len())).Mul(decimal.NewFromInt(step)), 0).IntPart() * step
}
