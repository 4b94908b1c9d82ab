package people_test

import (
	"context"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// Wednesday is a holiday, Thursday half of one. What leave costs, and what it and the holidays leave of each day.
func TestRule69_HalfLeaveOnHalfAHolidayLeavesNothing(t *testing.T) {
	t.Parallel()
	monday, wednesday, thursday := day.New(2026, 3, 9), day.New(2026, 3, 11), day.New(2026, 3, 12)
	type on struct {
		day           day.Date
		work, holiday float64 // hours
	}
	for name, tt := range map[string]struct {
		first, last      day.Date
		halfFirst, halfL bool
		seconds          [7]int
		cost             string // empty: no leave
		want             []on
	}{
		"no leave":                           {seconds: people.FullTime, want: []on{{monday, 8, 0}, {wednesday, 0, 8}, {thursday, 4, 4}}},
		"six hours a day":                    {seconds: [7]int{0, 21600, 21600, 21600, 21600, 21600, 0}, want: []on{{monday, 6, 0}, {wednesday, 0, 6}, {thursday, 3, 3}}},
		"Thursdays are free":                 {seconds: [7]int{0, 28800, 28800, 28800, 0, 28800, 0}, want: []on{{thursday, 0, 0}}},
		"half a day on half a holiday":       {first: thursday, last: thursday, halfFirst: true, seconds: people.FullTime, cost: "0.5", want: []on{{thursday, 0, 4}}},
		"a whole day on half a holiday":      {first: thursday, last: thursday, seconds: people.FullTime, cost: "0.5", want: []on{{thursday, 0, 4}}},
		"half a day on a day":                {first: monday, last: monday, halfL: true, seconds: people.FullTime, cost: "0.5", want: []on{{monday, 4, 0}}},
		"a whole day on a day":               {first: monday, last: monday, seconds: people.FullTime, cost: "1", want: []on{{monday, 0, 0}}},
		"the week up to Thursday":            {first: monday, last: thursday, seconds: people.FullTime, cost: "2.5", want: []on{{monday, 0, 0}, {wednesday, 0, 8}, {thursday, 0, 4}}},
		"the week up to the noon of it":      {first: monday, last: thursday, halfL: true, seconds: people.FullTime, cost: "2.5", want: []on{{thursday, 0, 4}}},
		"from the noon of the whole holiday": {first: wednesday, last: thursday, halfFirst: true, seconds: people.FullTime, cost: "0.5", want: []on{{wednesday, 0, 8}, {thursday, 0, 4}}},
	} {
		a, svc, kind, me, boss := leaveWorld(t)
		member := access.From(me).MemberID
		set, err := svc.HolidaySets(a.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := svc.ChangeHolidaySet(a.Ctx, set[0].ID, set[0].Version, people.HolidaySetChange{Days: &[]people.Holiday{{Day: wednesday, Name: "Founders"}, {Day: thursday, Name: "Eve", Half: true}}}); err != nil {
			t.Fatal(err)
		}
		if err := svc.PutSchedule(a.Ctx, people.Schedule{MemberID: member, StartsOn: day.New(2025, 1, 1), Seconds: tt.seconds}); err != nil {
			t.Fatal(err)
		}
		if tt.cost != "" {
			r, err := svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: tt.first, Last: tt.last, HalfFirst: tt.halfFirst, HalfLast: tt.halfL})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, err := svc.DecideLeave(boss, r.ID, r.Version, true, "", ""); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			b, err := svc.LeaveBalances(me, "")
			if err != nil || !r.Cost.Equal(amount(tt.cost)) {
				t.Errorf("%s costs %s, want %s (%v, %v)", name, r.Cost, tt.cost, b, err)
			}
		}
		var got map[string]map[day.Date]people.Target
		if err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			got, err = svc.TargetsTx(ctx, tx, []string{member}, monday, day.New(2026, 3, 15))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		hours := func(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }
		for _, w := range tt.want {
			if g := got[member][w.day]; g.Work != hours(w.work) || g.Holiday != hours(w.holiday) {
				t.Errorf("%s: %s leaves %v of work and %v of holiday, want %v and %v h", name, w.day, g.Work, g.Holiday, w.work, w.holiday)
			}
		}
		if g := got[member][day.New(2026, 3, 14)]; g != (people.Target{}) {
			t.Errorf("%s: on Saturday %v", name, g)
		}
	}
}

// Half a holiday has one half that can be taken: nobody pays for it twice.
func TestHalfAHolidayIsTakenOnce(t *testing.T) {
	t.Parallel()
	a, svc, kind, me, _ := leaveWorld(t)
	eve := day.New(2026, 3, 12)
	set, err := svc.HolidaySets(a.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.ChangeHolidaySet(a.Ctx, set[0].ID, set[0].Version, people.HolidaySetChange{Days: &[]people.Holiday{{Day: eve, Name: "Eve", Half: true}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: eve, Last: eve, HalfFirst: true}); err != nil {
		t.Fatal(err)
	}
	_, err = svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: eve, Last: eve, HalfLast: true})
	want(t, "the other half", err, people.ErrLeaveOverlap)
	_, err = svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 3, 10), Last: eve, HalfLast: true})
	want(t, "up to the other half", err, people.ErrLeaveOverlap)
}
