package timesheets_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := timesheets.ParseZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestRule32_DurationIsTheDifferenceOfInstants(t *testing.T) {
	t.Parallel()
	// From 00:00 to 24:00 on the clock of the place.
	for _, c := range []struct {
		zone, day string
		want      time.Duration
	}{
		{"America/New_York", "2026-03-08", 23 * time.Hour},
		{"America/New_York", "2026-11-01", 25 * time.Hour},
		{"Europe/Berlin", "2026-03-29", 23 * time.Hour},
		{"Europe/Berlin", "2026-10-25", 25 * time.Hour},
		{"Australia/Lord_Howe", "2026-10-04", 23*time.Hour + 30*time.Minute},
		{"Australia/Lord_Howe", "2026-04-05", 24*time.Hour + 30*time.Minute},
		{"Asia/Kathmandu", "2026-03-29", 24 * time.Hour},
		{"Pacific/Apia", "2011-12-29", 24 * time.Hour}, // the 30th did not happen there
	} {
		loc := zone(t, c.zone)
		d := day.MustParse(c.day)
		to := d.AddDays(1).In(loc)
		if c.zone == "Pacific/Apia" {
			to = d.AddDays(2).In(loc)
		}
		span, err := timesheets.NewSpan(d.In(loc), to, loc)
		if err != nil {
			t.Errorf("%s %s: %v", c.zone, c.day, err)
			continue
		}
		if span.Length() != c.want {
			t.Errorf("%s %s lasts %v, want %v", c.zone, c.day, span.Length(), c.want)
		}
		if span.Day() != d {
			t.Errorf("%s %s counts on %s", c.zone, c.day, span.Day())
		}
	}
}

func TestRule33_AnEntryAcrossMidnightCountsOnItsStartDate(t *testing.T) {
	t.Parallel()
	loc := zone(t, "Europe/Berlin")
	span, err := timesheets.NewSpan(time.Date(2026, 3, 2, 22, 0, 0, 0, loc), time.Date(2026, 3, 3, 2, 0, 0, 0, loc), loc)
	if err != nil {
		t.Fatal(err)
	}
	if span.Day() != day.MustParse("2026-03-02") || span.Seconds() != 4*3600 {
		t.Errorf("22:00 to 02:00 is %d s on %s, want 14400 s on 2026-03-02", span.Seconds(), span.Day())
	}
}

func TestRule34_AWeekIsSevenDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		day   string
		first time.Weekday
		want  string
	}{
		{"2026-03-29", time.Monday, "2026-03-23"}, // the day the clocks change in Europe
		{"2026-03-30", time.Monday, "2026-03-30"},
		{"2026-03-29", time.Sunday, "2026-03-29"},
		{"2026-01-01", time.Monday, "2025-12-29"},
		{"2026-03-06", time.Saturday, "2026-02-28"},
	} {
		got := timesheets.WeekOf(day.MustParse(c.day), c.first)
		if got.String() != c.want {
			t.Errorf("the week of %s from %s starts on %s, want %s", c.day, c.first, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := day.New(2020, 1, 1).AddDays(rapid.IntRange(0, 20000).Draw(t, "day"))
		first := time.Weekday(rapid.IntRange(0, 6).Draw(t, "first"))
		week := timesheets.WeekOf(d, first)
		if n := d.Sub(week); n < 0 || n > 6 || week.Weekday() != first || timesheets.WeekOf(week.AddDays(7), first) != week.AddDays(7) {
			t.Fatalf("the week of %s starts on %s", d, week)
		}
	})
}

func TestRule35_TouchingSpansDoNotOverlap(t *testing.T) {
	t.Parallel()
	at := func(h, m int) time.Time { return time.Date(2026, 3, 2, h, m, 0, 0, time.UTC) }
	span := func(a, b time.Time) timesheets.Span { return timesheets.Span{From: a, To: b, Zone: time.UTC} }
	morning, afternoon := span(at(9, 0), at(13, 0)), span(at(13, 0), at(17, 0))
	if morning.Overlaps(afternoon) || afternoon.Overlaps(morning) {
		t.Error("09:00-13:00 and 13:00-17:00 overlap")
	}
	if late := span(at(12, 59), at(17, 0)); !late.Overlaps(morning) || !morning.Overlaps(late) {
		t.Error("09:00-13:00 and 12:59-17:00 do not overlap")
	}
}

func TestRule37_Rounding(t *testing.T) {
	t.Parallel()
	seven := func(id string) timesheets.Entry {
		return timesheets.Entry{ID: id, RawSeconds: 7 * 60, Billable: true, State: timesheets.Draft}
	}
	three := []timesheets.Entry{seven("a"), seven("b"), seven("c")}
	up := timesheets.Rounding{Mode: timesheets.RoundUp, Step: 15 * 60, Scope: timesheets.ScopeEntry}
	total := func(r timesheets.Rounding, es []timesheets.Entry) (sum int64) {
		for _, s := range r.Derive(es) {
			sum += s
		}
		return sum
	}
	if got := total(up, three); got != 45*60 {
		t.Errorf("three entries of 7 minutes, up to 15 each, are %d min, want 45", got/60)
	}
	up.Scope = timesheets.ScopeDay
	if got := total(up, three); got != 30*60 {
		t.Errorf("three entries of 7 minutes, up to 15 a day, are %d min, want 30", got/60)
	}
	for _, scope := range []string{timesheets.ScopeTask, timesheets.ScopeInvoice} {
		up.Scope = scope
		if got := total(up, three); got != 21*60 {
			t.Errorf("by %s they are %d s before there is an invoice, want them as they were worked", scope, got)
		}
	}
	for _, c := range []struct{ raw, want []int64 }{
		{[]int64{420, 420, 420}, []int64{600, 600, 600}},
		{[]int64{60, 120}, []int64{300, 600}},
		{[]int64{1, 1, 1, 1, 1, 1, 1}, []int64{129, 129, 129, 129, 128, 128, 128}},
		{[]int64{900}, []int64{900}},
		{nil, []int64{}},
	} {
		if got := up.Together(c.raw); !slices.Equal(got, c.want) {
			t.Errorf("%v together are %v, want %v", c.raw, got, c.want)
		}
	}
	up.Scope = timesheets.ScopeDay
	frozen := append([]timesheets.Entry{}, three...)
	frozen[0].State, frozen[0].BilledSeconds = timesheets.Billed, 15*60
	if got := up.Derive(frozen)["a"]; got != 15*60 {
		t.Errorf("billed seconds moved to %d", got)
	}
	for _, c := range []struct {
		r         timesheets.Rounding
		raw, want int64
	}{
		{timesheets.Rounding{Mode: "none", Step: 900, Minimum: 900}, 421, 421},
		{timesheets.Rounding{Mode: "up", Step: 900}, 900, 900},
		{timesheets.Rounding{Mode: "up", Step: 900}, 901, 1800},
		{timesheets.Rounding{Mode: "down", Step: 900}, 1799, 900},
		{timesheets.Rounding{Mode: "down", Step: 900, Minimum: 600}, 100, 600},
		{timesheets.Rounding{Mode: "nearest", Step: 900}, 449, 0},
		{timesheets.Rounding{Mode: "nearest", Step: 900}, 450, 900},
		{timesheets.Rounding{Mode: "up", Step: 360, Minimum: 1800}, 400, 1800},
		{timesheets.Rounding{Mode: "up", Step: 900}, 0, 0},
	} {
		if got := c.r.Round(c.raw); got != c.want {
			t.Errorf("%+v of %d is %d, want %d", c.r, c.raw, got, c.want)
		}
	}
}

func TestRoundingByDayAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := timesheets.Rounding{Mode: rapid.SampledFrom([]string{"none", "up", "down", "nearest"}).Draw(t, "mode"), Step: 900, Scope: timesheets.ScopeDay}
		var es []timesheets.Entry
		var raw, got int64
		for i := range rapid.IntRange(1, 9).Draw(t, "n") {
			s := rapid.Int64Range(1, 30000).Draw(t, "seconds")
			es = append(es, timesheets.Entry{ID: string(rune('a' + i)), RawSeconds: s, Billable: true})
			raw += s
		}
		for _, s := range r.Derive(es) {
			if s < 0 {
				t.Fatalf("a share of %d", s)
			}
			got += s
		}
		if got != r.Round(raw) {
			t.Fatalf("shares add up to %d, want %d", got, r.Round(raw))
		}
	})
}

func TestRule41_MissingIsExpectedLessLoggedPerDay(t *testing.T) {
	t.Parallel()
	monday, tuesday, wednesday := day.MustParse("2026-03-02"), day.MustParse("2026-03-03"), day.MustParse("2026-03-04")
	got := timesheets.Targets{monday: {Expected: 8 * 3600}, tuesday: {Expected: 8 * 3600}, wednesday: {}}.Missing(
		map[day.Date]int64{monday: 10 * 3600, tuesday: 5 * 3600, wednesday: 3600},
	)
	if len(got) != 1 || got[tuesday] != 3*3600 {
		t.Errorf("missing is %v, want 3 hours on Tuesday only", got)
	}
}

func TestSpansThatCannotBe(t *testing.T) {
	t.Parallel()
	at := func(y int, h int) time.Time { return time.Date(y, 3, 2, h, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		from, to time.Time
		field    string
	}{
		"an end before its start": {at(2026, 10), at(2026, 9), "body.ended_at"},
		"nothing":                 {at(2026, 10), at(2026, 10), "body.ended_at"},
		"25 hours":                {at(2026, 0), at(2026, 25), "body.ended_at"},
		"the year 9999":           {at(9999, 9), at(9999, 10), "body.started_at"},
		"an end in 9999":          {at(2026, 9), at(9999, 10), "body.ended_at"},
		"the year 1":              {at(1, 9), at(1, 10), "body.started_at"},
	} {
		_, err := timesheets.NewSpan(c.from, c.to, time.UTC)
		f := fault.From(err)
		if !errors.Is(err, timesheets.ErrBadTime) || len(f.Fields) != 1 || f.Fields[0].Path != c.field {
			t.Errorf("%s: %v at %v, want it refused at %s", name, err, f.Fields, c.field)
		}
	}
}

func TestZonesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "local", "Mars/Olympus", "../etc/passwd", strings.Repeat("a", 300)} {
		if _, err := timesheets.ParseZone(name); !errors.Is(err, timesheets.ErrBadTime) {
			t.Errorf("zone %q: %v", name, err)
		}
	}
}
