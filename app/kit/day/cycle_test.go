package day_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/day"
)

func TestPeriodsThatBeginOnThe31st(t *testing.T) {
	t.Parallel()
	c := day.Cycle{Months: 1, Anchor: day.New(2026, 1, 1), Day: 31, Starts: day.New(2026, 1, 31), Ends: day.New(2026, 6, 15)}
	for n, want := range []string{"2026-01-31 to 2026-02-27", "2026-02-28 to 2026-03-30", "2026-03-31 to 2026-04-29", "2026-04-30 to 2026-05-30", "2026-05-31 to 2026-06-15"} {
		r, ok := c.Period(n + 1)
		if got := r.From.String() + " to " + r.To.String(); !ok || got != want {
			t.Errorf("period %d is %s, %v; want %s", n+1, got, ok, want)
		}
	}
	if r, ok := c.Period(6); ok {
		t.Errorf("after the end comes %v", r)
	}
	if whole := c.Whole(5); whole.To != day.New(2026, 6, 29) {
		t.Errorf("the last one is a part of %v", whole)
	}
}

// Periods follow one another without gap or overlap, and a day is in the period that Number says.
func TestPeriodsCoverTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := day.Cycle{Starts: day.New(2026, 1, 1).AddDays(rapid.IntRange(-800, 800).Draw(t, "start"))}
		c.Anchor = c.Starts.AddDays(rapid.IntRange(-500, 500).Draw(t, "anchor"))
		if rapid.Bool().Draw(t, "weeks") {
			c.Weeks = rapid.IntRange(1, 9).Draw(t, "n")
		} else {
			c.Months, c.Day = rapid.IntRange(1, 25).Draw(t, "n"), rapid.IntRange(0, 31).Draw(t, "day")
		}
		next := c.Starts
		for n := 1; n < 30; n++ {
			r, ok := c.Period(n)
			if !ok || r.From != next || !r.Valid() {
				t.Fatalf("period %d of %+v is %v, %v; want from %v", n, c, r, ok, next)
			}
			if whole := c.Whole(n); whole.To != r.To || n > 1 && whole != r || whole.From.After(r.From) {
				t.Fatalf("period %d of %+v is %v of %v", n, c, r, whole)
			}
			if c.Number(r.From) != n || c.Number(r.To) != n {
				t.Fatalf("%v of %+v is said to be in %d and %d, not %d", r, c, c.Number(r.From), c.Number(r.To), n)
			}
			next = r.To.AddDays(1)
		}
	})
}
