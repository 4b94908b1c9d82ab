package day

// Cycle lays periods of one length on the calendar, one after the other.
type Cycle struct {
	Months, Weeks int  // how long a period is: one of the two
	Anchor        Date // a period begins on it; the others do so many months or weeks from it
	Day           int  // of the month on which periods begin, or the last of a shorter one; 0: the anchor's
	Starts        Date // the first day of the first period, which is shorter when none begins on it
	Ends          Date // the last day of the last one; none: goes on
}

// Period is the days of the n-th period, counted from 1. False: it ended before.
func (c Cycle) Period(n int) (Range, bool) {
	r := c.Whole(n)
	if n == 1 {
		r.From = c.Starts
	}
	if !c.Ends.IsZero() && c.Ends.Before(r.To) {
		r.To = c.Ends
	}
	return r, n > 0 && r.Valid()
}

// Whole is the period that the n-th is, or is a part of.
func (c Cycle) Whole(n int) Range {
	first := c.index(c.Starts)
	return Range{From: c.bound(first + n - 1), To: c.bound(first + n).AddDays(-1)}
}

// Number is the period that a day is in; 0 before the first.
func (c Cycle) Number(d Date) int {
	if d.Before(c.Starts) {
		return 0
	}
	return c.index(d) - c.index(c.Starts) + 1
}

// bound is where the k-th period from the anchor begins. It counts from the
// anchor, so that one on the 31st comes back to the 31st after February.
func (c Cycle) bound(k int) Date {
	if c.Weeks > 0 {
		return c.Anchor.AddDays(7 * c.Weeks * k)
	}
	first := c.Anchor.StartOfMonth().AddMonths(k * c.Months)
	day := c.Day
	if day == 0 {
		day = c.Anchor.Day()
	}
	return first.AddDays(min(day, first.EndOfMonth().Day()) - 1)
}

func (c Cycle) index(d Date) (k int) {
	if c.Weeks > 0 {
		k = d.Sub(c.Anchor) / (7 * c.Weeks)
	} else {
		k = ((d.Year()-c.Anchor.Year())*12 + int(d.Month()) - int(c.Anchor.Month())) / c.Months
	}
	for c.bound(k).After(d) {
		k--
	}
	for !c.bound(k + 1).After(d) {
		k++
	}
	return k
}
