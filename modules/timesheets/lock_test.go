package timesheets_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// A timer that crosses the lock is kept and flagged; it rounds nothing again that is closed, and none is started in a closed period.
func TestRule39_ATimerInAClosedPeriod(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.setRounding(t, timesheets.Rounding{Mode: timesheets.RoundUp, Step: 900, Scope: timesheets.ScopeDay})
	ctx, today := w.member(), day.Of(w.Clock.Now(), time.UTC)
	var closed []string
	for range 3 {
		seven := int64(420)
		e, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, Day: today, Seconds: &seven})
		if err != nil {
			t.Fatal(err)
		}
		closed = append(closed, e.ID)
	}
	if _, _, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website}); err != nil {
		t.Fatal(err)
	}
	w.lock(t, today.String())
	w.Clock.Advance(70 * time.Minute)
	// 21 and 70 minutes are 91, rounded up 105, of which 30 are closed.
	e, err := w.svc.StopTimer(ctx, nil, false)
	if err != nil || !e.CrossedLock || e.RawSeconds != 4200 || e.BilledSeconds != 4500 {
		t.Errorf("the timer's entry: %+v, %v; want 4200 s, of which 4500 are billed", e, err)
	}
	for _, id := range closed {
		if got := w.find(t, ctx, id).BilledSeconds; got != 600 {
			t.Errorf("a closed entry is billed %d s now, want 600 as before", got)
		}
	}
	_, _, err = w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website})
	wantErr(t, "start in a closed period", err, timesheets.ErrLocked)
	if tm, err := w.svc.CurrentTimer(ctx); tm != nil || err != nil {
		t.Errorf("nothing runs: %+v, %v", tm, err)
	}
}

// The doors that are not among those of TestRule39_ALockedPeriodRefusesEveryPath: decisions and prices.
func TestRule39_AClosedWeekIsNotHandedBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss := w.member(), w.manager()
	monday, friday := w.log(t, ctx, "2026-02-23", 2), w.log(t, ctx, "2026-02-27", 2)
	sheet := w.sheet(t, ctx, monday.SheetID)
	sheet, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}

	w.lock(t, "2026-02-25") // the week is closed in part
	if _, err := w.svc.Reject(boss, sheet.ID, sheet.Version, "wrong task", []string{monday.ID}); !errors.Is(err, timesheets.ErrNoLine) {
		t.Errorf("send back a closed line: %v", err)
	}
	back, err := w.svc.Reject(boss, sheet.ID, sheet.Version, "wrong task", nil)
	if err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string]string{monday.ID: timesheets.Submitted, friday.ID: timesheets.Rejected} {
		if e, err := w.svc.Find(ctx, entry); err != nil || e.State != want {
			t.Errorf("%s is %s, %v; want %s", e.Day, e.State, err, want)
		}
	}
	again, err := w.svc.Submit(ctx, back.ID, back.Version)
	if err != nil {
		t.Fatal(err)
	}
	w.lock(t, "2026-03-01")
	_, err = w.svc.Recall(ctx, again.ID, again.Version)
	wantErr(t, "recall a closed week", err, timesheets.ErrLocked)
	_, err = w.svc.Reject(boss, again.ID, again.Version, "late", nil)
	wantErr(t, "send back a closed week", err, timesheets.ErrLocked)
	done, err := w.svc.ApproveSheet(boss, again.ID, again.Version, "")
	if err != nil || done.State != timesheets.Approved {
		t.Errorf("a closed week can still be approved: %+v, %v", done, err)
	}
	_, err = w.svc.Reject(boss, done.ID, done.Version, "reopen", nil)
	wantErr(t, "reopen a closed week", err, timesheets.ErrLocked)
}

func TestRule39_ClosedTimeKeepsItsPriceAndItsRounding(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	closed, open := w.log(t, ctx, "2026-02-27", 0.12), w.log(t, ctx, "2026-03-02", 0.12)
	w.lock(t, "2026-02-28")
	dearer := w.price.Add(*w.price)
	w.price = &dearer
	if r, err := w.svc.Rerate(w.Ctx, timesheets.Filter{}, true); err != nil || r.Entries != 1 {
		t.Errorf("priced again: %+v, %v; want the open entry only", r, err)
	}
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	rule := timesheets.Rounding{Mode: timesheets.RoundUp, Step: 900, Scope: timesheets.ScopeDay}
	if _, err := w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Rounding: &rule}); err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string]int64{closed.ID: 432, open.ID: 900} {
		if e, err := w.svc.Find(w.Ctx, entry); err != nil || e.BilledSeconds != want || e.RawSeconds != 432 {
			t.Errorf("%s: %d billed of %d, %v; want %d", e.Day, e.BilledSeconds, e.RawSeconds, err, want)
		}
	}
}

func TestRule39_TheRefusalNamesTheDayAndWhoClosedIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.lock(t, "2026-03-01")
	_, _, err := w.svc.Log(w.member(), timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-02-20"), Seconds: hours(1)})
	want := "Time up to 1 March 2026 was closed by =Olive on " + w.Clock.Now().Format("2 January 2006")
	if f := fault.From(err); !errors.Is(err, timesheets.ErrLocked) || !strings.HasPrefix(f.Text, want) || f.Fields[0].Path != "body.day" {
		t.Errorf("%+v; want %q", f, want)
	}
}

func TestPeriodsCloseByThemselvesAfterTheirGrace(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		grace timesheets.Grace
		now   string
		want  string // the last closed day
	}{
		"a month, on its last day of grace":      {timesheets.Grace{On: true, Days: 5, Every: timesheets.EveryMonth}, "2026-03-05", "2026-01-31"},
		"a month, after its grace":               {timesheets.Grace{On: true, Days: 5, Every: timesheets.EveryMonth}, "2026-03-06", "2026-02-28"},
		"a month without grace":                  {timesheets.Grace{On: true, Every: timesheets.EveryMonth}, "2026-03-01", "2026-02-28"},
		"a week, on its last day of grace":       {timesheets.Grace{On: true, Days: 2, Every: timesheets.EveryWeek}, "2026-03-03", "2026-02-22"},
		"a week, after its grace":                {timesheets.Grace{On: true, Days: 2, Every: timesheets.EveryWeek}, "2026-03-04", "2026-03-01"},
		"more grace than the period has days":    {timesheets.Grace{On: true, Days: 40, Every: timesheets.EveryWeek}, "2026-03-04", "2026-01-18"},
		"no rule":                                {timesheets.Grace{Days: 5, Every: timesheets.EveryMonth}, "2026-03-06", ""},
		"what was closed by hand, and is later":  {timesheets.Grace{On: true, Days: 5, Every: timesheets.EveryMonth}, "2026-03-04", "2026-02-10"},
		"what was closed by hand, and is sooner": {timesheets.Grace{On: true, Days: 5, Every: timesheets.EveryMonth}, "2026-03-07", "2026-02-28"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.Clock.Set(day.MustParse(tt.now).In(time.UTC).Add(9 * time.Hour))
			if strings.HasPrefix(name, "what was closed") {
				w.lock(t, "2026-02-10")
			}
			s, err := w.svc.Settings(w.Ctx)
			if err != nil {
				t.Fatal(err)
			}
			got, err := w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Grace: &tt.grace})
			if err != nil || got.Lock.Through.String() != tt.want {
				t.Fatalf("closed through %q, %v; want %q", got.Lock.Through, err, tt.want)
			}
			if tt.want == "" {
				return
			}
			_, _, err = w.svc.Log(w.member(), timesheets.NewEntry{ProjectID: w.website, Day: got.Lock.Through, Seconds: hours(1)})
			wantErr(t, "the last closed day", err, timesheets.ErrLocked)
			w.log(t, w.member(), got.Lock.Through.AddDays(1).String(), 1)
		})
	}
}

// Opened again, days stay open until the next period closes.
func TestRule40_WhatIsOpenedStaysOpenUntilTheNextPeriodCloses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Clock.Set(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, err = w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Grace: &timesheets.Grace{On: true, Days: 5, Every: timesheets.EveryMonth}})
	if err != nil || s.Lock.Through.String() != "2026-02-28" || !s.Lock.Itself {
		t.Fatalf("%+v, %v", s.Lock, err)
	}
	_, _, err = w.svc.Log(w.member(), timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-02-20"), Seconds: hours(1)})
	if f := fault.From(err); !strings.Contains(f.Text, "closed by itself") {
		t.Errorf("the refusal: %q", f.Text)
	}
	january := day.MustParse("2026-01-31")
	_, err = w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{LockedThrough: &january})
	wantErr(t, "opened without a reason", err, timesheets.ErrNoReason)
	if s, err = w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{LockedThrough: &january, Reason: "A day was forgotten"}); err != nil || s.Lock.Through != january {
		t.Fatalf("%+v, %v", s.Lock, err)
	}
	w.log(t, w.member(), "2026-02-20", 1)
	w.Clock.Set(time.Date(2026, 4, 6, 9, 0, 0, 0, time.UTC))
	if s, err = w.svc.Settings(w.Ctx); err != nil || s.Lock.Through.String() != "2026-03-31" {
		t.Errorf("after the next month's grace: %+v, %v", s.Lock, err)
	}
}

// Rule 40: reopening shows what it could contradict.
func TestRule40_OpeningShowsWhatItContradicts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	e := w.log(t, ctx, "2026-02-20", 2)
	w.log(t, ctx, "2026-01-20", 3)
	sheet := w.sheet(t, ctx, e.SheetID)
	sheet, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ApproveSheet(w.manager(), sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	invoice := id.New()
	w.run(t, func(ctx context.Context, tx *tenancy.Tx) error {
		return w.svc.MarkBilledTx(ctx, tx, []string{e.ID}, invoice)
	})
	w.lock(t, "2026-02-28")
	got, err := w.svc.Opening(w.Ctx, day.MustParse("2026-01-31"), "")
	if err != nil || got.From.String() != "2026-02-01" || got.To.String() != "2026-02-28" || got.Entries != 1 || got.Seconds != 7200 ||
		got.BilledEntries != 1 || got.ApprovedWeeks != 1 || len(got.Invoices) != 1 || got.Invoices[0] != invoice {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = w.svc.Opening(w.Ctx, day.Date{}, ""); err != nil || got.Entries != 2 {
		t.Errorf("all of it: %+v, %v", got, err)
	}
	if got, err = w.svc.Opening(w.Ctx, day.MustParse("2026-02-28"), ""); err != nil || !got.From.IsZero() || got.Entries != 0 {
		t.Errorf("nothing of it: %+v, %v", got, err)
	}
}

func TestBatchesOfDaysAreWholeDays(t *testing.T) {
	t.Parallel()
	on := func(d, entries int) timesheets.DayCount {
		return timesheets.DayCount{Day: day.New(2026, 3, d), Entries: entries}
	}
	got := timesheets.Batches([]timesheets.DayCount{on(1, 3), on(2, 1), on(3, 9), on(5, 2), on(6, 2), on(7, 1)}, 4)
	want := []day.Range{
		{From: day.New(2026, 3, 1), To: day.New(2026, 3, 2)},
		{From: day.New(2026, 3, 3), To: day.New(2026, 3, 3)},
		{From: day.New(2026, 3, 5), To: day.New(2026, 3, 6)},
		{From: day.New(2026, 3, 7), To: day.New(2026, 3, 7)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := timesheets.Batches(nil, 4); len(got) != 0 {
		t.Errorf("no days: %v", got)
	}
}

// A new rule reaches every day, those of one scope and the other.
func TestRoundingAgainReachesEveryDay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.As(access.Actor{Name: "Mia Member"}, timesheets.WriteOwn)
	var days []string
	for d := range (day.Range{From: day.MustParse("2026-01-05"), To: day.MustParse("2026-01-16")}).Days() {
		days = append(days, d.String())
		for range 3 {
			w.log(t, ctx, d.String(), 7.0/60)
		}
	}
	for scope, want := range map[string]int64{timesheets.ScopeEntry: 45 * 60, timesheets.ScopeDay: 30 * 60} {
		s, err := w.svc.Settings(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Rounding: &timesheets.Rounding{Mode: timesheets.RoundUp, Step: 900, Scope: scope}}); err != nil {
			t.Fatal(err)
		}
		_, groups, err := w.svc.Summary(w.Ctx, timesheets.Filter{}, timesheets.ByDay)
		if err != nil || len(groups) != len(days) {
			t.Fatalf("%+v, %v", groups, err)
		}
		for _, g := range groups {
			if g.BilledSeconds != want || g.Seconds != 21*60 {
				t.Errorf("%s by %s: %d billed of %d; want %d", g.Key, scope, g.BilledSeconds, g.Seconds, want)
			}
		}
	}
}
