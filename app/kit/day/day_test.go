package day_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/day"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"1970-01-01", "2026-03-31", "2024-02-29", "2200-12-31"} {
		d, err := day.Parse(in)
		if err != nil || d.String() != in {
			t.Errorf("%s: %v %v", in, d, err)
		}
	}
	for _, in := range []string{"", "1969-12-31", "2201-01-01", "9999-12-31", "2026-02-29", "2026-13-01", "31.03.2026", "2026-3-1", "2026-03-31T00:00:00Z"} {
		if d, err := day.Parse(in); err == nil {
			t.Errorf("%q was read as %v", in, d)
		}
	}
}

func TestDaysAgreeWithTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := day.New(1970, 1, 1).AddDays(rapid.IntRange(0, 80000).Draw(t, "start"))
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		there := start.AddDays(n)
		if there.Sub(start) != n || there.AddDays(-n) != start {
			t.Fatalf("%v %+d = %v", start, n, there)
		}
		if there.Before(start) != (n < 0) || there.After(start) != (n > 0) || there.Equal(start) != (n == 0) {
			t.Fatal("wrong order")
		}
		back, err := day.Parse(start.String())
		if err != nil || back != start {
			t.Fatalf("%v read back as %v, %v", start, back, err)
		}
	})
}

func TestAddMonthsStaysInTheMonth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-11-15", 3, "2027-02-15"},
		{"2026-01-15", -1, "2025-12-15"},
	} {
		if got := day.MustParse(c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestRule30_DueDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		issued string
		terms  day.Terms
		want   string
	}{
		{"2026-01-31", day.Terms{Days: 30}, "2026-03-02"},
		{"2026-02-10", day.Terms{}, "2026-02-10"},
		{"2026-02-10", day.Terms{Days: 14}, "2026-02-24"},
		{"2026-02-10", day.Terms{EndOfMonth: true}, "2026-02-28"},
		{"2024-02-29", day.Terms{EndOfMonth: true, Days: 30}, "2024-03-30"},
		{"2026-01-01", day.Terms{EndOfMonth: true, Days: 10}, "2026-02-10"},
		{"2026-12-24", day.Terms{EndOfMonth: true, Days: 15}, "2027-01-15"},
		{"2026-04-30", day.Terms{Days: 1}, "2026-05-01"}, // a holiday counts: calendar days
	} {
		if got := c.terms.Due(day.MustParse(c.issued)).String(); got != c.want {
			t.Errorf("issued %s under %+v is due %s, want %s", c.issued, c.terms, got, c.want)
		}
	}
}

func TestRule34_AWeekIsSevenLocalDates(t *testing.T) {
	t.Parallel()
	// Sunday 2026-03-29 has 23 hours in Berlin, Sunday 2026-10-25 has 25.
	for _, c := range []struct {
		in    string
		first time.Weekday
		want  string
	}{
		{"2026-03-29", time.Monday, "2026-03-23"},
		{"2026-03-29", time.Sunday, "2026-03-29"},
		{"2026-03-30", time.Monday, "2026-03-30"},
		{"2026-10-25", time.Monday, "2026-10-19"},
		{"2026-01-01", time.Saturday, "2025-12-27"},
	} {
		d := day.MustParse(c.in)
		if got := day.WeekStart(d, c.first).String(); got != c.want {
			t.Errorf("week of %s from %s starts %s, want %s", c.in, c.first, got, c.want)
		}
	}
	berlin := zone(t, "Europe/Berlin")
	monday := day.MustParse("2026-03-23")
	next := monday.AddDays(7)
	if next.String() != "2026-03-30" {
		t.Fatalf("next week starts %s", next)
	}
	if hours := next.In(berlin).Sub(monday.In(berlin)).Hours(); hours != 167 {
		t.Errorf("the week of the change has %v hours, want 167", hours)
	}
	if wrong := day.Of(monday.AddDays(210).In(berlin).Add(604800*time.Second), berlin); wrong == monday.AddDays(217) {
		t.Errorf("adding 604,800 seconds over October 25th should show why it is wrong, got %v", wrong)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := day.New(2000, 1, 1).AddDays(rapid.IntRange(0, 40000).Draw(t, "d"))
		first := time.Weekday(rapid.IntRange(0, 6).Draw(t, "first"))
		w := d.Week(first)
		if w.Len() != 7 || w.From.Weekday() != first || !w.Contains(d) || w.Contains(w.To.AddDays(1)) {
			t.Fatalf("week of %v: %v", d, w)
		}
	})
}

func TestRange(t *testing.T) {
	t.Parallel()
	r := day.Range{From: day.MustParse("2026-02-27"), To: day.MustParse("2026-03-01")}
	var got []string
	for d := range r.Days() {
		got = append(got, d.String())
	}
	if want := []string{"2026-02-27", "2026-02-28", "2026-03-01"}; !slices.Equal(got, want) || r.Len() != 3 {
		t.Errorf("%v", got)
	}
	if (day.Range{From: r.To, To: r.From}).Valid() || !r.Valid() {
		t.Error("Valid is wrong")
	}
}

func TestADayStartsOnce(t *testing.T) {
	t.Parallel()
	// Zones that change their clocks at or around midnight, both ways.
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Atlantic/Azores", "America/Havana", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		d := day.New(1990, 1, 1).AddDays(rapid.IntRange(0, 14000).Draw(t, "d"))
		start := d.In(loc)
		if day.Of(start, loc) != d {
			if loc.String() == "Pacific/Apia" && d.String() == "2011-12-30" {
				return // the day Samoa left out
			}
			t.Fatalf("%v starts at %v", d, start)
		}
		if day.Of(start.Add(-time.Nanosecond), loc) == d {
			t.Fatalf("%v already runs before %v", d, start)
		}
	})
}

func TestStartsOfOddDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, day, want string }{
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"}, // midnight was skipped
		{"Atlantic/Azores", "2025-10-26", "2025-10-26T00:00:00Z"},        // midnight came twice
		{"America/Havana", "2025-11-02", "2025-11-02T00:00:00-04:00"},
		{"Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00"},
	} {
		if got := day.MustParse(c.day).In(zone(t, c.zone)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s starts %s, want %s", c.day, c.zone, got, c.want)
		}
	}
}

func TestJSONAndSQL(t *testing.T) {
	t.Parallel()
	type both struct {
		A day.Date  `json:"a"`
		B *day.Date `json:"b"`
	}
	b, err := json.Marshal(both{A: day.MustParse("2026-03-31")})
	if err != nil || string(b) != `{"a":"2026-03-31","b":null}` {
		t.Fatalf("%s %v", b, err)
	}
	var back both
	if err := json.Unmarshal([]byte(`{"a":"2026-03-31","b":"2026-04-01"}`), &back); err != nil || back.B.String() != "2026-04-01" {
		t.Fatalf("%+v %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"a":"9999-12-31"}`), &back); err == nil {
		t.Error("the year 9999 went through")
	}
	var d day.Date
	for _, src := range []any{"2026-03-31", []byte("2026-03-31"), time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)} {
		if err := d.Scan(src); err != nil || d.String() != "2026-03-31" {
			t.Errorf("%T: %v %v", src, d, err)
		}
	}
	if v, err := d.Value(); v != "2026-03-31" || err != nil {
		t.Errorf("%v %v", v, err)
	}
	if v, err := (day.Date{}).Value(); v != nil || err != nil {
		t.Errorf("no day is stored as %v %v", v, err)
	}
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("%v %v", d, err)
	}
}

func TestSchemaRefusesFarYearsAtTheirField(t *testing.T) {
	t.Parallel()
	r := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	type period struct {
		From day.Date  `json:"from"`
		To   *day.Date `json:"to,omitempty"`
	}
	s := r.Schema(reflect.TypeFor[period](), false, "period")
	res := &huma.ValidateResult{}
	huma.Validate(r, s, huma.NewPathBuffer([]byte("body"), 0), huma.ModeWriteToServer,
		map[string]any{"from": "9999-12-31", "to": "2026-02-30"}, res)
	if len(res.Errors) != 2 {
		t.Fatalf("%v", res.Errors)
	}
}
