package people_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/people"
)

// Rule 41: expected hours come from the dated schedule less holidays and leave.
func TestRule41_ExpectedHours(t *testing.T) {
	t.Parallel()
	one, half := decimal.NewFromInt(1), decimal.RequireFromString("0.5")
	week := day.Range{From: day.New(2026, 3, 2), To: day.New(2026, 3, 8)} // Monday to Sunday
	on := func(d int) day.Date { return day.New(2026, 3, d) }
	part := people.Schedule{StartsOn: on(4), Seconds: [7]int{0, 14400, 14400, 14400, 14400, 14400, 0}}
	for name, tt := range map[string]struct {
		schedules []people.Schedule
		off       []people.Off
		want      time.Duration
	}{
		"full time":                    {want: 40 * time.Hour},
		"half time from Wednesday":     {schedules: []people.Schedule{part}, want: 28 * time.Hour},
		"a holiday on Monday":          {off: []people.Off{{From: on(2), To: on(2), Share: one}}, want: 32 * time.Hour},
		"half a day of leave":          {off: []people.Off{{From: on(5), To: on(5), Share: half}}, want: 36 * time.Hour},
		"half leave on a half holiday": {off: []people.Off{{From: on(5), To: on(5), Share: half}, {From: on(5), To: on(5), Share: half}}, want: 32 * time.Hour},
		"leave on a holiday":           {off: []people.Off{{From: on(5), To: on(5), Share: one}, {From: on(2), To: on(8), Share: one}}, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sum time.Duration
			for _, d := range people.Expected(week, tt.schedules, tt.off) {
				sum += d
			}
			if sum != tt.want {
				t.Errorf("got %v, want %v", sum, tt.want)
			}
		})
	}
}
