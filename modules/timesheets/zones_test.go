package timesheets_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// Places whose clocks do what programs forget: an hour forward and back (New York, Berlin), half an hour (Lord Howe), a zone
// of 45 minutes that never changes (Kathmandu), and a place that skipped a day when it went over the date line (Apia).
var clocks = []struct {
	place, from, to string // on the clocks of the place; the second of an hour that comes twice is written with its offset
	day             string
	hours           float64
}{
	{"America/New_York", "2026-03-08 00:00 -0500", "2026-03-09 00:00 -0400", "2026-03-08", 23},
	{"America/New_York", "2026-11-01 00:00 -0400", "2026-11-02 00:00 -0500", "2026-11-01", 25},
	{"America/New_York", "2026-03-08 01:30 -0500", "2026-03-08 03:30 -0400", "2026-03-08", 1},
	{"America/New_York", "2026-11-01 01:30 -0400", "2026-11-01 01:30 -0500", "2026-11-01", 1},
	{"Europe/Berlin", "2026-03-29 00:00 +0100", "2026-03-30 00:00 +0200", "2026-03-29", 23},
	{"Europe/Berlin", "2026-10-25 00:00 +0200", "2026-10-26 00:00 +0100", "2026-10-25", 25},
	{"Europe/Berlin", "2026-10-25 02:30 +0200", "2026-10-25 02:15 +0100", "2026-10-25", 0.75},
	{"Europe/Berlin", "2026-03-28 22:00 +0100", "2026-03-29 06:00 +0200", "2026-03-28", 7},
	{"Australia/Lord_Howe", "2026-10-04 00:00 +1030", "2026-10-05 00:00 +1100", "2026-10-04", 23.5},
	{"Australia/Lord_Howe", "2026-04-05 00:00 +1100", "2026-04-06 00:00 +1030", "2026-04-05", 24.5},
	{"Australia/Lord_Howe", "2026-10-04 01:45 +1030", "2026-10-04 02:45 +1100", "2026-10-04", 0.5},
	{"Asia/Kathmandu", "2026-03-29 00:00 +0545", "2026-03-30 00:00 +0545", "2026-03-29", 24},
	{"Asia/Kathmandu", "2026-03-29 23:50 +0545", "2026-03-30 00:05 +0545", "2026-03-29", 0.25},
	{"Pacific/Apia", "2011-12-29 22:00 -1000", "2011-12-31 02:00 +1400", "2011-12-29", 4},
	{"Pacific/Apia", "2011-12-31 00:00 +1400", "2012-01-01 00:00 +1400", "2011-12-31", 24},
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Rule 32: what was worked is the difference of two instants, on the day whose date the place had when it began (31, 33).
func TestRule32_ClockChangesInFivePlaces(t *testing.T) {
	t.Parallel()
	for _, c := range clocks {
		s, err := timesheets.NewSpan(instant(t, c.from), instant(t, c.to), zone(t, c.place))
		if err != nil || s.Day() != day.MustParse(c.day) || s.Seconds() != int64(c.hours*3600) {
			t.Errorf("%s, %s to %s: %s with %d s, %v; want %s with %v h", c.place, c.from, c.to, s.Day(), s.Seconds(), err, c.day, c.hours)
		}
	}
}

// The same through the whole of it: a timer that ran over midnight or a change of the clocks leaves one entry, on the day it began, with every
// second of it; and no other day has any.
func TestRule32_TimersOverMidnightAndClockChanges(t *testing.T) {
	t.Parallel()
	for _, c := range clocks {
		t.Run(c.place+" "+c.from, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.calendar.Zone = c.place
			me := w.member()
			w.Clock.Set(instant(t, c.from))
			if _, _, err := w.svc.StartTimer(me, timesheets.NewTimer{ProjectID: w.website, Zone: c.place}); err != nil {
				t.Fatal(err)
			}
			w.Clock.Set(instant(t, c.to))
			e, err := w.svc.StopTimer(me, nil, true)
			if err != nil || e.Day != day.MustParse(c.day) || e.RawSeconds != int64(c.hours*3600) || e.OverDay {
				t.Fatalf("%s with %d s, %v; want %s with %v h", e.Day, e.RawSeconds, err, c.day, c.hours)
			}
			var total int64
			for _, d := range []day.Date{e.Day.AddDays(-7), e.Day, e.Day.AddDays(7)} {
				g, err := w.svc.Week(me, "", d)
				if err != nil {
					t.Fatal(err)
				}
				total += g.Seconds
				if g.Totals[e.Day] != 0 && g.Totals[e.Day] != e.RawSeconds {
					t.Errorf("the day has %d s", g.Totals[e.Day])
				}
			}
			if total != e.RawSeconds {
				t.Errorf("three weeks have %d s, want %d", total, e.RawSeconds)
			}
		})
	}
}

// Rule 31: Apia had no 30 December 2011. Nobody worked on it there, and a week with it has its seven dates all the same, since weeks are dates (34).
func TestRule31_ApiaHadNoThirtiethOfDecember2011(t *testing.T) {
	t.Parallel()
	apia := zone(t, "Pacific/Apia")
	for at := instant(t, "2011-12-28 00:00 +0000"); at.Before(instant(t, "2012-01-02 00:00 +0000")); at = at.Add(15 * time.Minute) {
		if d := day.Of(at, apia); d == day.MustParse("2011-12-30") {
			t.Fatalf("%s was on %s in Apia", at, d)
		}
	}
	s, err := timesheets.NewSpan(instant(t, "2011-12-29 23:00 -1000"), instant(t, "2011-12-31 01:00 +1400"), apia)
	if err != nil || s.Seconds() != 7200 || s.Day() != day.MustParse("2011-12-29") {
		t.Errorf("over the day that was not: %s with %d s, %v", s.Day(), s.Seconds(), err)
	}
	w := setup(t)
	w.calendar.Zone = "Pacific/Apia"
	me := w.member()
	from, to := instant(t, "2011-12-29 09:00 -1000"), instant(t, "2011-12-29 10:00 -1000")
	e, _, err := w.svc.Log(me, timesheets.NewEntry{ProjectID: w.website, StartedAt: &from, EndedAt: &to, Zone: "Pacific/Apia"})
	if err != nil {
		t.Fatal(err)
	}
	g, err := w.svc.Week(me, "", e.Day)
	if err != nil || len(g.Days) != 7 || g.Days[0] != day.MustParse("2011-12-26") || g.Totals[e.Day] != 3600 {
		t.Errorf("the week is %v with %v, %v", g.Days, g.Totals, err)
	}
	// Moved by a day there is nowhere to go; by two it keeps its hours on the clock.
	_, err = w.svc.Bulk(me, timesheets.Filter{IDs: []string{e.ID}}, timesheets.BulkChange{MoveDays: 1}, "")
	wantErr(t, "to the day that was not", err, timesheets.ErrBulkNone)
	w.bulk(t, me, timesheets.Filter{IDs: []string{e.ID}}, timesheets.BulkChange{MoveDays: 2})
	if got := w.find(t, me, e.ID); got.Day != day.MustParse("2011-12-31") || got.StartedAt.In(apia).Format("15:04 -0700") != "09:00 +1400" || got.RawSeconds != 3600 {
		t.Errorf("moved to %s at %s", got.Day, got.StartedAt.In(apia))
	}
}

// Rule 34: a week is seven dates from the agency's first weekday, in every place and over every change of the clocks; the next one begins seven dates on.
func TestRule34_WeeksFromMondaySundayAndSaturday(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first           time.Weekday
		on, week, after string
	}{
		{time.Monday, "2026-03-08", "2026-03-02", "2026-03-09"},
		{time.Sunday, "2026-03-08", "2026-03-08", "2026-03-15"},
		{time.Saturday, "2026-03-08", "2026-03-07", "2026-03-14"},
		{time.Monday, "2026-11-01", "2026-10-26", "2026-11-02"},
		{time.Sunday, "2026-11-01", "2026-11-01", "2026-11-08"},
		{time.Saturday, "2026-11-01", "2026-10-31", "2026-11-07"},
		{time.Monday, "2026-10-25", "2026-10-19", "2026-10-26"},
		{time.Sunday, "2026-10-25", "2026-10-25", "2026-11-01"},
		{time.Saturday, "2026-12-31", "2026-12-26", "2027-01-02"},
		{time.Saturday, "2011-12-30", "2011-12-24", "2011-12-31"},
	} {
		week := timesheets.WeekOf(day.MustParse(c.on), c.first)
		if week != day.MustParse(c.week) || week.AddDays(7) != day.MustParse(c.after) || timesheets.WeekOf(week.AddDays(6), c.first) != week {
			t.Errorf("the week of %s from %s begins %s, the next %s; want %s and %s", c.on, c.first, week, week.AddDays(7), c.week, c.after)
		}
	}
	for _, first := range []time.Weekday{time.Monday, time.Sunday, time.Saturday} {
		for _, place := range []string{"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"} {
			t.Run(fmt.Sprint(first, " ", place), func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				w.calendar = timesheets.Calendar{Zone: place, WeekStart: first}
				me := w.member()
				// One second before the last midnight of the week, and one after it.
				week := timesheets.WeekOf(day.MustParse("2026-03-18"), first)
				edge := week.AddDays(7).In(zone(t, place))
				for _, from := range []time.Time{edge.Add(-time.Second), edge} {
					to := from.Add(time.Hour)
					if _, _, err := w.svc.Log(me, timesheets.NewEntry{ProjectID: w.website, StartedAt: &from, EndedAt: &to, Zone: place}); err != nil {
						t.Fatal(err)
					}
				}
				for _, monday := range []day.Date{week, week.AddDays(7)} {
					g, err := w.svc.Week(me, "", monday.AddDays(3))
					if err != nil || g.Sheet.Week != monday || len(g.Days) != 7 || g.Seconds != 3600 {
						t.Errorf("the week from %s is that from %s with %d s, %v", monday, g.Sheet.Week, g.Seconds, err)
					}
				}
			})
		}
	}
}
