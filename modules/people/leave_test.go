package people_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

func amount(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func limit(s string) *decimal.Decimal { d := amount(s); return &d }

// vacation is 24 days a year, of which 5 go over and are there until the end of March.
func vacation() people.LeaveType {
	return people.LeaveType{
		Name: "Vacation", Paid: true, Unit: "days", Approval: true, Accrual: people.Yearly, Allowance: amount("24"), YearStart: 1,
		StartsOn: day.New(2025, 1, 1), CarryCap: limit("5"), CarryMonths: 3,
	}
}

func TestStatementOfLeave(t *testing.T) {
	t.Parallel()
	took := func(d string, n string) people.LeaveFact {
		return people.LeaveFact{Day: day.MustParse(d), Kind: people.LineTaken, Amount: amount(n).Neg()}
	}
	monthly := vacation()
	monthly.Accrual, monthly.Allowance = people.Monthly, amount("25")
	all := vacation()
	all.CarryCap, all.CarryMonths = nil, 0
	for name, tt := range map[string]struct {
		kind   people.LeaveType
		begins string
		facts  []people.LeaveFact
		on     string
		want   string
	}{
		"the year's allowance at once":              {vacation(), "2025-01-01", nil, "2025-01-01", "24"},
		"before the first day nothing":              {vacation(), "2025-01-01", nil, "2024-12-31", "0"},
		"a twelfth for each month that is left":     {vacation(), "2025-07-15", nil, "2025-07-15", "12"},
		"a month that begins after the 15th is not": {vacation(), "2025-07-16", nil, "2025-12-31", "10"},
		"five of nine go over":                      {vacation(), "2025-01-01", []people.LeaveFact{took("2025-06-02", "15")}, "2026-01-01", "29"},
		"what went over is used first":              {vacation(), "2025-01-01", []people.LeaveFact{took("2025-06-02", "15"), took("2026-02-02", "4")}, "2026-04-01", "24"},
		"and lapses in April":                       {vacation(), "2025-01-01", []people.LeaveFact{took("2025-06-02", "15")}, "2026-04-01", "24"},
		"not in March":                              {vacation(), "2025-01-01", []people.LeaveFact{took("2025-06-02", "15")}, "2026-03-31", "29"},
		"what was taken too much is owed":           {vacation(), "2025-01-01", []people.LeaveFact{took("2025-06-02", "26")}, "2026-01-01", "22"},
		"all goes over without a cap":               {all, "2025-01-01", []people.LeaveFact{took("2025-06-02", "15")}, "2026-12-31", "33"},
		"twelfths add up to the year":               {monthly, "2025-01-01", nil, "2025-12-31", "25"},
		"a month has a twelfth":                     {monthly, "2025-01-01", nil, "2025-02-28", "4.17"},
		"retroactive leave changes what went over": {
			vacation(), "2025-01-01", []people.LeaveFact{took("2026-02-02", "3"), took("2025-12-29", "22")}, "2026-02-02", "23",
		},
	} {
		lines := tt.kind.Statement(day.MustParse(tt.begins), tt.facts, day.MustParse(tt.on))
		got := decimal.Zero
		for _, l := range lines {
			if got = got.Add(l.Amount); !got.Equal(l.Balance) {
				t.Errorf("%s: %s on %s leaves %s, the lines add up to %s", name, l.Kind, l.Day, l.Balance, got)
			}
		}
		if !got.Equal(amount(tt.want)) {
			t.Errorf("%s: %s, want %s (%v)", name, got, tt.want, lines)
		}
	}
}

// walked is the balance of a slow clerk, who walks every day with a heap of single hundredths, each with the day on which it lapses.
func walked(kind people.LeaveType, facts []people.LeaveFact, on day.Date) decimal.Decimal {
	type heap struct {
		n       int64
		carried bool
	}
	var old, fresh heap
	old.carried = true
	hundredths := func(d decimal.Decimal) int64 { return d.Shift(2).IntPart() }
	first := true
	for d := kind.StartsOn; !d.After(on); d = d.AddDays(1) {
		if int(d.Month()) == kind.YearStart && d.Day() == 1 && !first {
			left := old.n + fresh.n
			if kind.CarryCap != nil {
				left = min(left, hundredths(*kind.CarryCap))
			}
			if left < 0 {
				old.n, fresh.n = 0, left
			} else {
				old.n, fresh.n = left, 0
			}
		}
		start := day.New(d.Year(), time.Month(kind.YearStart), 1)
		if start.After(d) {
			start = day.New(d.Year()-1, time.Month(kind.YearStart), 1)
		}
		if kind.CarryMonths > 0 && d == start.AddMonths(kind.CarryMonths) && kind.CarryMonths < 12 {
			old.n = 0
		}
		if d.Day() == 1 {
			month := int64((int(d.Month())-kind.YearStart+12)%12) + 1
			part := func(k int64) int64 {
				return hundredths(kind.Allowance.Mul(decimal.NewFromInt(k)).DivRound(decimal.NewFromInt(12), 2))
			}
			switch {
			case kind.Accrual == people.Monthly:
				fresh.n += part(month) - part(month-1)
			case month == 1:
				fresh.n += hundredths(kind.Allowance)
			}
		}
		for _, wanted := range []string{people.LineAdjusted, people.LineTaken} {
			for _, f := range facts {
				if f.Day != d || f.Kind != wanted {
					continue
				}
				n := hundredths(f.Amount)
				for ; n < 0 && old.n > 0; n++ {
					old.n--
				}
				fresh.n += n
			}
		}
		first = false
	}
	return decimal.New(old.n+fresh.n, -2)
}

// Whatever was granted, taken and corrected, replaying it gives the balance that a clerk who walks day by day finds.
func TestReplayingLeaveGivesTheBalance(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 9))
	for range 150 {
		kind := vacation()
		kind.Accrual = []string{people.Yearly, people.Monthly}[random.IntN(2)]
		kind.Allowance = decimal.New(int64(random.IntN(4000)), -2)
		kind.YearStart, kind.CarryMonths = 1+random.IntN(12), random.IntN(12)
		kind.StartsOn = day.New(2024, time.Month(kind.YearStart), 1)
		if random.IntN(3) == 0 {
			kind.CarryCap = nil
		} else {
			kind.CarryCap = limit(decimal.NewFromInt(int64(random.IntN(8))).String())
		}
		var facts []people.LeaveFact
		for range random.IntN(25) {
			f := people.LeaveFact{Day: kind.StartsOn.AddDays(random.IntN(900)), Kind: people.LineTaken, Amount: decimal.New(-int64(random.IntN(9)*50), -2)}
			if random.IntN(5) == 0 {
				f.Kind, f.Amount = people.LineAdjusted, decimal.New(int64(random.IntN(1000)-500), -2)
			}
			facts = append(facts, f)
		}
		on := kind.StartsOn.AddDays(random.IntN(1100))
		got := decimal.Zero
		for _, l := range kind.Statement(day.New(2020, 1, 1), facts, on) {
			got = l.Balance
		}
		if want := walked(kind, facts, on); !got.Equal(want) {
			t.Fatalf("%+v with %v on %s: %s, the clerk has %s", kind, facts, on, got, want)
		}
	}
}

func leaveWorld(t *testing.T) (a *testkit.Agency, svc *people.Service, kind people.LeaveType, me, boss context.Context) {
	t.Helper()
	a, svc = setup(t)
	kind, err := svc.AddLeaveType(a.Ctx, vacation())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.AddHolidaySet(a.Ctx, "Berlin", "DE-BE", []int{2026}); err != nil {
		t.Fatal(err)
	}
	return a, svc, kind, a.As(access.Actor{Name: "Mia"}, people.AskLeave), a.As(access.Actor{Name: "Max"}, people.AskLeave, people.ApproveLeave)
}

// Public holidays and the working schedule of the days decide what leave costs; approved, it lowers the hours that are expected.
func TestRule69_LeaveCostsWorkingDaysAndLowersWhatIsExpected(t *testing.T) {
	t.Parallel()
	a, svc, kind, me, boss := leaveWorld(t)
	member := access.From(me).MemberID
	// Four days a week from May on.
	if err := svc.PutSchedule(a.Ctx, people.Schedule{MemberID: member, StartsOn: day.New(2025, 1, 1), Seconds: people.FullTime}); err != nil {
		t.Fatal(err)
	}
	if err := svc.PutSchedule(a.Ctx, people.Schedule{MemberID: member, StartsOn: day.New(2026, 5, 4), Seconds: [7]int{0, 28800, 28800, 28800, 28800, 0, 0}}); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		ask  people.LeaveAsk
		want string
	}{
		"a week": {people.LeaveAsk{First: day.New(2026, 3, 9), Last: day.New(2026, 3, 15)}, "5"},
		"Easter: Good Friday and Monday are free":      {people.LeaveAsk{First: day.New(2026, 3, 30), Last: day.New(2026, 4, 10)}, "8"},
		"from Tuesday noon to Thursday noon":           {people.LeaveAsk{First: day.New(2026, 3, 10), Last: day.New(2026, 3, 12), HalfFirst: true, HalfLast: true}, "2"},
		"half a day":                                   {people.LeaveAsk{First: day.New(2026, 3, 10), Last: day.New(2026, 3, 10), HalfFirst: true}, "0.5"},
		"four days a week, across the change and over": {people.LeaveAsk{First: day.New(2026, 4, 27), Last: day.New(2026, 5, 10)}, "8"},
	} {
		tt.ask.TypeID = kind.ID
		q, err := svc.QuoteLeave(me, tt.ask)
		if err != nil || !q.Cost.Equal(amount(tt.want)) {
			t.Errorf("%s: %s, %v, want %s", name, q.Cost, err, tt.want)
		}
	}
	_, err := svc.QuoteLeave(me, people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 3, 14), Last: day.New(2026, 3, 15)})
	want(t, "a weekend", err, people.ErrLeaveCostsNone)

	r, err := svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 3, 9), Last: day.New(2026, 3, 10), HalfLast: true, Note: "sun"})
	if err != nil || r.State != people.LeaveRequested {
		t.Fatal(r, err)
	}
	if _, sum := expected(t, a, svc, member, "2026-03-09", "2026-03-13"); sum != 40*time.Hour {
		t.Errorf("what nobody has approved changes what is expected: %v", sum)
	}
	_, err = svc.DecideLeave(me, r.ID, r.Version, true, "", "")
	want(t, "one's own", err, people.ErrOwnLeave)
	_, err = svc.DecideLeave(boss, r.ID, r.Version+1, true, "", "")
	want(t, "another version", err, people.ErrLeaveStale)
	_, err = svc.DecideLeave(boss, r.ID, r.Version, false, " ", "")
	want(t, "no without a reason", err, people.ErrLeaveReason)
	if r, err = svc.DecideLeave(boss, r.ID, r.Version, true, "", ""); err != nil {
		t.Fatal(err)
	}
	if again, err := svc.DecideLeave(boss, r.ID, r.Version-1, true, "", ""); err != nil || again.Version != r.Version {
		t.Errorf("the same once more: %+v, %v", again, err)
	}
	if _, sum := expected(t, a, svc, member, "2026-03-09", "2026-03-13"); sum != 28*time.Hour {
		t.Errorf("a day and a half away: %v, want 28h", sum)
	}
	var names map[day.Date][]string
	err = a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		names, err = svc.AwayTx(ctx, tx, member, day.New(2026, 3, 8), day.New(2026, 3, 10))
		return err
	})
	if err != nil || !slices.Equal(names[day.New(2026, 3, 9)], []string{"Vacation"}) || len(names[day.New(2026, 3, 8)]) == 0 {
		t.Errorf("why away: %v, %v", names, err)
	}
	b, err := svc.LeaveBalances(me, "")
	// 24 of 2025, of which 5 went over, and 24 of 2026. What is planned in March is of what went over; the other 3.5 lapse in April.
	if err != nil || len(b) != 1 || !b[0].Balance.Equal(amount("29")) || !b[0].Planned.Equal(amount("1.5")) || !b[0].AtEnd.Equal(amount("24")) {
		t.Errorf("balance: %+v, %v", b, err)
	}
	if _, err = svc.CancelLeave(me, r.ID, r.Version, ""); err != nil {
		t.Fatal(err)
	}
	if _, sum := expected(t, a, svc, member, "2026-03-09", "2026-03-13"); sum != 40*time.Hour {
		t.Errorf("taken back, all is expected again: %v", sum)
	}
}

func TestLeaveThatCannotBe(t *testing.T) {
	t.Parallel()
	a, svc, kind, me, boss := leaveWorld(t)
	ask := people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 3, 9), Last: day.New(2026, 3, 13)}
	if _, err := svc.AskLeave(me, ask); err != nil {
		t.Fatal(err)
	}
	_, err := svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 3, 13), Last: day.New(2026, 3, 13), HalfFirst: true})
	want(t, "leave on leave", err, people.ErrLeaveOverlap)
	_, err = svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 7, 1), Last: day.New(2026, 8, 31)})
	want(t, "more than there is", err, people.ErrLeaveBalance)
	_, err = svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 7, 2), Last: day.New(2026, 7, 1)})
	want(t, "backwards", err, people.ErrBadLeave)
	_, err = svc.AskLeave(me, people.LeaveAsk{TypeID: kind.ID, First: day.New(2026, 7, 2), Last: day.New(2026, 7, 2), Seconds: 60})
	want(t, "hours of days", err, people.ErrBadLeave)
	_, err = svc.AskLeave(me, people.LeaveAsk{MemberID: access.From(boss).MemberID, TypeID: kind.ID, First: day.New(2026, 7, 2), Last: day.New(2026, 7, 2)})
	want(t, "somebody else's", err, people.ErrNotYourself)
	_, err = svc.LeaveBalances(me, access.From(boss).MemberID)
	want(t, "somebody else's balance", err, people.ErrNoMember)

	// Two half days of one day are a whole one.
	for _, half := range []people.LeaveAsk{{HalfFirst: true}, {HalfLast: true}} {
		half.TypeID, half.First, half.Last = kind.ID, day.New(2026, 6, 2), day.New(2026, 6, 2)
		if _, err := svc.AskLeave(me, half); err != nil {
			t.Errorf("half a day beside another: %v", err)
		}
	}
	// Sickness: nobody has to agree, and there is no balance. Others see that, not why.
	sick, err := svc.AddLeaveType(a.Ctx, people.LeaveType{Name: "Sick", Paid: true, Unit: "hours", Accrual: people.NoAccrual, YearStart: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := svc.AskLeave(me, people.LeaveAsk{TypeID: sick.ID, First: day.New(2026, 3, 3), Last: day.New(2026, 3, 3), Seconds: 9000})
	if err != nil || r.State != people.LeaveApproved || !r.Cost.Equal(amount("2.5")) {
		t.Errorf("sick for two hours and a half: %+v, %v", r, err)
	}
	if _, sum := expected(t, a, svc, access.From(me).MemberID, "2026-03-03", "2026-03-03"); sum != 5*time.Hour+30*time.Minute {
		t.Errorf("expected on that day: %v", sum)
	}
	sickFor := func(seconds int, half bool) people.LeaveAsk {
		return people.LeaveAsk{TypeID: sick.ID, First: day.New(2026, 3, 3), Last: day.New(2026, 3, 3), Seconds: seconds, HalfLast: half}
	}
	says := func(what string, err error, path, text string) {
		t.Helper()
		want(t, what, err, people.ErrLeaveOverlap)
		if f := fault.From(err); len(f.Fields) != 1 || f.Fields[0].Path != path || !strings.Contains(f.Fields[0].Text, text) {
			t.Errorf("%s: %+v, want %s to say %q", what, f.Fields, path, text)
		}
	}
	// Of eight hours five and a half are left, of which half the day takes four.
	_, err = svc.QuoteLeave(me, sickFor(5*3600+1800+60, false))
	says("more hours than are left of the day", err, "body.seconds", "2026-03-03, which leaves 5:30 of 8:00 hours")
	if _, err := svc.QuoteLeave(me, sickFor(5*3600+1800, false)); err != nil {
		t.Errorf("all that is left of the day: %v", err)
	}
	if _, err := svc.AskLeave(me, sickFor(0, true)); err != nil {
		t.Errorf("half the day beside two hours and a half: %v", err)
	}
	_, err = svc.QuoteLeave(me, sickFor(0, true))
	says("the other half, of which only a part is left", err, "body.first_day", "2026-03-03, which leaves 1:30 of 8:00 hours")
	_, err = svc.QuoteLeave(me, sickFor(5460, false))
	says("more than three together leave", err, "body.seconds", "1:30 of 8:00")
	if _, err := svc.AskLeave(me, sickFor(5400, false)); err != nil {
		t.Errorf("the rest of the day: %v", err)
	}
	_, err = svc.QuoteLeave(me, sickFor(60, false))
	says("a minute of a day that is full", err, "body.seconds", "already on 2026-03-03")
	_, err = svc.CancelLeave(me, r.ID, r.Version, "")
	want(t, "leave that has begun", err, people.ErrLeaveState)
	if err := svc.AdjustLeave(a.Ctx, access.From(me).MemberID, kind.ID, people.LeaveFact{Day: day.New(2026, 1, 1), Amount: amount("2.5"), Note: "brought along"}); err != nil {
		t.Fatal(err)
	}
	_, lines, err := svc.LeaveStatement(boss, kind.ID, access.From(me).MemberID)
	if err != nil || !slices.ContainsFunc(lines, func(l people.LeaveLine) bool { return l.Kind == people.LineAdjusted && l.Amount.Equal(amount("2.5")) }) {
		t.Errorf("the correction is on the statement: %v, %v", lines, err)
	}
}
