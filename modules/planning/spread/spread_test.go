package spread_test

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/planning/spread"
)

const hour = 3600

// monday is 30 March 2026: the clocks of Europe went forward the day before, which is nothing to local dates.
var monday = day.MustParse("2026-03-30")

// week is the capacity of seven days from Sunday 29 March on: full time.
var full = []float64{0, 8, 8, 8, 8, 8, 0}

func capacity(hours []float64) func(day.Date) int64 {
	return func(d day.Date) int64 {
		n := d.Sub(monday.AddDays(-1))
		if n < 0 || n >= len(hours) {
			return 0
		}
		return int64(hours[n] * hour)
	}
}

func spell(on map[day.Date]decimal.Decimal) string {
	var out []string
	for _, d := range slices.SortedFunc(maps.Keys(on), day.Date.Compare) {
		out = append(out, d.Format("Mon")+" "+on[d].Div(decimal.NewFromInt(hour)).String())
	}
	return strings.Join(out, ", ")
}

// Rule 71: a booking of a total or of hours per day is placed only on days with capacity; a percent booking is that share of each
// day's capacity and follows calendar changes.
func TestRule71_BookingsAreLaidOnDaysWithCapacity(t *testing.T) {
	t.Parallel()
	holiday, half, part := slices.Clone(full), slices.Clone(full), []float64{0, 8, 0, 4, 8, 0, 0}
	holiday[1], half[1] = 0, 4
	perDay := func(h float64) spread.Amount {
		return spread.Amount{Kind: spread.PerDay, Seconds: int64(h * hour)}
	}
	total := func(h float64) spread.Amount {
		return spread.Amount{Kind: spread.Total, Seconds: int64(h * hour)}
	}
	percent := func(s string) spread.Amount {
		return spread.Amount{Kind: spread.Percent, Percent: decimal.RequireFromString(s)}
	}
	for name, tt := range map[string]struct {
		amount spread.Amount
		hours  []float64
		want   string
	}{
		"hours per day":                {perDay(6), full, "Mon 6, Tue 6, Wed 6, Thu 6, Fri 6"},
		"hours per day, holiday":       {perDay(6), holiday, "Tue 6, Wed 6, Thu 6, Fri 6"},
		"hours per day, part time":     {perDay(6), part, "Mon 6, Wed 6, Thu 6"},
		"total":                        {total(20), full, "Mon 4, Tue 4, Wed 4, Thu 4, Fri 4"},
		"total, holiday":               {total(20), holiday, "Tue 5, Wed 5, Thu 5, Fri 5"},
		"total, half a holiday":        {total(18), half, "Mon 2, Tue 4, Wed 4, Thu 4, Fri 4"},
		"total, part time":             {total(10), part, "Mon 4, Wed 2, Thu 4"},
		"total without capacity":       {total(10), []float64{}, ""},
		"percent":                      {percent("50"), full, "Mon 4, Tue 4, Wed 4, Thu 4, Fri 4"},
		"percent, holiday":             {percent("50"), holiday, "Tue 4, Wed 4, Thu 4, Fri 4"},
		"percent, half a holiday":      {percent("50"), half, "Mon 2, Tue 4, Wed 4, Thu 4, Fri 4"},
		"percent, part time":           {percent("12.5"), part, "Mon 1, Wed 0.5, Thu 1"},
		"percent, all of it":           {percent("100"), part, "Mon 8, Wed 4, Thu 8"},
		"percent of a day to a second": {percent("33.3333"), []float64{0, 8}, "Mon 2.666664"},
	} {
		on := tt.amount.Over(day.Range{From: monday.AddDays(-1), To: monday.AddDays(5)}, capacity(tt.hours))
		if got := spell(on); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	// 100 seconds in three days are 34, 33 and 33: what was said is what is laid, in whole seconds.
	on := spread.Amount{Kind: spread.Total, Seconds: 100}.Over(day.Range{From: monday, To: monday.AddDays(2)}, capacity(full))
	if on[monday].IntPart() != 34 || on[monday.AddDays(1)].IntPart() != 33 || on[monday.AddDays(2)].IntPart() != 33 {
		t.Errorf("100 seconds are laid as %v", on)
	}
}

// Rule 72: overload is tested per day as sum of bookings > availability, on exact decimals, with tentative bookings shown apart;
// averages over a range may not create or hide overload.
func TestRule72_OverloadIsTestedPerDay(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	for name, tt := range map[string]struct {
		confirmed, tentative string
		available            int64
		want                 spread.Overload
	}{
		"full is not over":                     {"28800", "0", 28800, spread.Fits},
		"a thousandth of a second over":        {"28800.001", "0", 28800, spread.OverConfirmed},
		"tentative apart":                      {"20000", "9000", 28800, spread.OverTentative},
		"tentative fills":                      {"20000", "8800", 28800, spread.Fits},
		"confirmed before tentative":           {"30000", "9000", 28800, spread.OverConfirmed},
		"10 h on Monday are over, and 6 on":    {"36000", "0", 28800, spread.OverConfirmed},
		"Tuesday do not make up for it":        {"21600", "0", 28800, spread.Fits},
		"half a day of leave":                  {"28800", "0", 14400, spread.OverConfirmed},
		"booked on a day of leave":             {"1", "0", 0, spread.OverConfirmed},
		"nothing on a day off":                 {"0", "0", 0, spread.Fits},
		"three thirds of a day are not over":   {"28799.9712", "0", 28800, spread.Fits},
		"33.3334 % three times is more than 1": {"28800.0576", "0", 28800, spread.OverConfirmed},
	} {
		if got := (spread.Load{Confirmed: d(tt.confirmed), Tentative: d(tt.tentative)}).Against(tt.available); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// What is suggested of a day is what was booked less what is logged, and never less than nothing.
func TestLeftIsWhatIsNotLogged(t *testing.T) {
	t.Parallel()
	b := func(id, project, task string, hours float64) spread.Part {
		return spread.Part{ID: id, ProjectID: project, TaskID: task, Seconds: int64(hours * hour)}
	}
	for name, tt := range map[string]struct {
		booked, logged []spread.Part
		room           float64
		want           map[string]float64
	}{
		"nothing logged":                  {[]spread.Part{b("a", "p", "", 6)}, nil, 24, map[string]float64{"a": 6}},
		"some of it":                      {[]spread.Part{b("a", "p", "", 6)}, []spread.Part{b("", "p", "", 1), b("", "p", "t", 1.5)}, 24, map[string]float64{"a": 3.5}},
		"more than booked":                {[]spread.Part{b("a", "p", "", 6)}, []spread.Part{b("", "p", "", 7)}, 24, map[string]float64{"a": 0}},
		"another project":                 {[]spread.Part{b("a", "p", "", 6)}, []spread.Part{b("", "q", "", 7)}, 24, map[string]float64{"a": 6}},
		"another task":                    {[]spread.Part{b("a", "p", "t", 6)}, []spread.Part{b("", "p", "u", 2), b("", "p", "", 1)}, 24, map[string]float64{"a": 6}},
		"its task":                        {[]spread.Part{b("a", "p", "t", 6)}, []spread.Part{b("", "p", "t", 2)}, 24, map[string]float64{"a": 4}},
		"two of one project, one after":   {[]spread.Part{b("a", "p", "", 2), b("b", "p", "", 3)}, []spread.Part{b("", "p", "", 4)}, 24, map[string]float64{"a": 0, "b": 1}},
		"a task first, then the project":  {[]spread.Part{b("a", "p", "", 2), b("b", "p", "t", 3)}, []spread.Part{b("", "p", "t", 4)}, 24, map[string]float64{"a": 1, "b": 0}},
		"half a day of leave":             {[]spread.Part{b("a", "p", "", 8)}, nil, 4, map[string]float64{"a": 4}},
		"half a day of leave, some of it": {[]spread.Part{b("a", "p", "", 3), b("b", "q", "", 5)}, []spread.Part{b("", "r", "", 0.5)}, 4, map[string]float64{"a": 3, "b": 0.5}},
	} {
		got := spread.Left(tt.booked, tt.logged, int64(tt.room*hour))
		for id, hours := range tt.want {
			if got[id] != int64(hours*hour) {
				t.Errorf("%s: %s has %d seconds left, want %v hours", name, id, got[id], hours)
			}
		}
	}
}

// The example of the guide is worked out here, and must stand there as it is.
func TestGuideExample(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../docs/guide/planning.md")
	if err != nil {
		t.Fatal(err)
	}
	week := day.Range{From: monday, To: monday.AddDays(4)}
	hours, available := []float64{0, 8, 8, 0, 4, 0, 0}, []int64{4, 8, 0, 4, 0}
	line := func(what string, on func(day.Date) string) {
		t.Helper()
		row := "| " + what + " |"
		for d := range week.Days() {
			row += strings.TrimRight(" "+on(d), " ") + " |"
		}
		if !strings.Contains(string(guide), "\n"+row+"\n") {
			t.Errorf("the guide has no line\n%s", row)
		}
	}
	h := func(d decimal.Decimal) string { return d.Div(decimal.NewFromInt(hour)).String() }
	load := map[day.Date]spread.Load{}
	for _, b := range []struct {
		what      string
		amount    spread.Amount
		tentative bool
	}{
		{"4 hours per day", spread.Amount{Kind: spread.PerDay, Seconds: 4 * hour}, false},
		{"25 percent", spread.Amount{Kind: spread.Percent, Percent: decimal.NewFromInt(25)}, false},
		{"6 hours in total, tentative", spread.Amount{Kind: spread.Total, Seconds: 6 * hour}, true},
	} {
		on := b.amount.Over(week, capacity(hours))
		line(b.what, func(d day.Date) string {
			if on[d].IsZero() {
				return ""
			}
			return h(on[d])
		})
		for d, seconds := range on {
			l := load[d]
			if b.tentative {
				l.Tentative = l.Tentative.Add(seconds)
			} else {
				l.Confirmed = l.Confirmed.Add(seconds)
			}
			load[d] = l
		}
	}
	line("capacity", func(d day.Date) string { return h(decimal.NewFromInt(capacity(hours)(d))) })
	line("available", func(d day.Date) string { return strconv.FormatInt(available[d.Sub(monday)], 10) })
	line("confirmed", func(d day.Date) string { return h(load[d].Confirmed) })
	line("too much", func(d day.Date) string {
		room := available[d.Sub(monday)] * hour
		switch load[d].Against(room) {
		case spread.OverConfirmed:
			return "by " + h(load[d].Confirmed.Sub(decimal.NewFromInt(room)))
		case spread.OverTentative:
			return "with what is tentative"
		}
		return ""
	})
}
