package timesheets_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/modules/timesheets/timesheetsdb"
	"github.com/bureauhq/bureau/tenancy"
)

func (w *world) bulk(t *testing.T, ctx context.Context, f timesheets.Filter, ch timesheets.BulkChange) timesheets.BulkResult {
	t.Helper()
	seen, err := w.svc.PreviewBulk(ctx, f, ch)
	if err != nil {
		t.Fatalf("preview: %v", err)
	}
	got, err := w.svc.Bulk(ctx, f, ch, seen.Seen)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	if fmt.Sprint(got.Changed, got.Unchanged, got.Refused, got.Before, got.After) != fmt.Sprint(seen.Changed, seen.Unchanged, seen.Refused, seen.Before, seen.After) {
		t.Errorf("the preview said %+v, but it was %+v", seen, got)
	}
	w.sumsHold(t, "bulk")
	return got
}

func amounts(ms []money.Money) string {
	if len(ms) == 0 {
		return "nothing"
	}
	return ms[0].Amount() + " " + ms[0].Currency
}

func (w *world) find(t *testing.T, ctx context.Context, id string) timesheets.Entry {
	t.Helper()
	e, err := w.svc.Find(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Three hours at 95 become two that are billable at 120, and undoing gives all of it back.
func TestBulkChangesPreviewsAndUndoes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mine, boss := w.member(), w.manager()
	a, b, c := w.log(t, mine, "2026-03-02", 1), w.log(t, mine, "2026-03-03", 1), w.log(t, mine, "2026-03-04", 1)
	all := timesheets.Filter{From: day.MustParse("2026-03-01"), To: day.MustParse("2026-03-31")}
	price := decimal.RequireFromString("120")
	w.price = &price
	note := "one note for all"
	got := w.bulk(t, boss, all, timesheets.BulkChange{ProjectID: w.support, ServiceID: &w.consulting.ID, Note: &note})
	if got.Changed != 3 || got.Refused != nil || amounts(got.Before) != "285.00 EUR" || amounts(got.After) != "360.00 EUR" {
		t.Fatalf("%+v", got)
	}
	e := w.find(t, boss, a.ID)
	if e.ProjectID != w.support || e.ServiceID != w.consulting.ID || e.Note != note || !e.Rate.Equal(price) || e.Version != a.Version+1 || e.Day != a.Day {
		t.Errorf("changed to %+v", e)
	}
	no := false
	if _, _, err := w.svc.Change(boss, b.ID, b.Version+1, timesheets.EntryChange{Billable: &no}); err != nil {
		t.Fatal(err)
	}
	if err := w.svc.Delete(boss, c.ID); err != nil {
		t.Fatal(err)
	}
	last, err := w.svc.LastBulk(boss)
	if err != nil || last == nil || last.ID != got.ID || len(last.Lines) != 3 {
		t.Fatalf("the last change is %+v, %v", last, err)
	}
	_, err = w.svc.UndoBulk(w.manager(), got.ID)
	wantErr(t, "somebody else's change", err, timesheets.ErrNoBulk)
	back, err := w.svc.UndoBulk(boss, got.ID)
	if err != nil || back.Changed != 1 || fmt.Sprint(back.Refused) != "[{gone 1} {changed 1}]" || amounts(back.Before) != "120.00 EUR" || amounts(back.After) != "95.00 EUR" {
		t.Fatalf("undone: %+v, %v", back, err)
	}
	e = w.find(t, boss, a.ID)
	if e.ProjectID != w.website || e.ServiceID != "" || e.Note != "" || e.Rate.String() != "95" || e.Version != a.Version+2 {
		t.Errorf("undone to %+v", e)
	}
	if e := w.find(t, boss, b.ID); e.ProjectID != w.support || e.Billable {
		t.Errorf("what was changed since is %+v", e)
	}
	w.sumsHold(t, "undo")
	_, err = w.svc.UndoBulk(boss, got.ID)
	wantErr(t, "undo twice", err, timesheets.ErrBulkOver)
	if last, err := w.svc.LastBulk(boss); err != nil || last != nil {
		t.Errorf("there is still %+v to undo, %v", last, err)
	}
}

// A change is undone within an hour, and not when all of its entries were changed since.
func TestBulkUndoHasItsTime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := w.member()
	e := w.log(t, me, "2026-03-02", 1)
	note := "a"
	got := w.bulk(t, me, timesheets.Filter{}, timesheets.BulkChange{Note: &note})
	w.Clock.Advance(61 * time.Minute)
	_, err := w.svc.UndoBulk(me, got.ID)
	wantErr(t, "after an hour", err, timesheets.ErrBulkOver)
	other := "b"
	got = w.bulk(t, me, timesheets.Filter{}, timesheets.BulkChange{Note: &other})
	if _, _, err := w.svc.Change(me, e.ID, e.Version+2, timesheets.EntryChange{Note: &note}); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.UndoBulk(me, got.ID)
	wantErr(t, "all changed since", err, timesheets.ErrBulkAfter)
}

// Rule 39: no door leads into a closed period, this one neither; nor to what is approved, billed or handed in.
func TestRule39_LockedPeriodsRefuseBulkChanges(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me, boss := w.member(), w.manager()
	closed, edge, free := w.log(t, me, "2026-02-27", 1), w.log(t, me, "2026-03-09", 1), w.log(t, me, "2026-03-17", 1)
	approved := w.log(t, me, "2026-03-23", 1)
	w.approve(t, me, boss, approved.SheetID)
	handedIn := w.log(t, me, "2026-03-30", 1)
	sheet := w.sheet(t, me, handedIn.SheetID)
	if _, err := w.svc.Submit(me, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	through := day.MustParse("2026-03-01")
	if _, err := w.svc.ChangeSettings(w.Ctx, 1, timesheets.SettingsChange{LockedThrough: &through}); err != nil {
		t.Fatal(err)
	}
	got := w.bulk(t, me, timesheets.Filter{}, timesheets.BulkChange{MoveDays: -9})
	if got.Changed != 1 || fmt.Sprint(got.Refused) != "[{approved 1} {submitted 1} {locked 2}]" {
		t.Fatalf("%+v", got)
	}
	for id, want := range map[string]string{closed.ID: "2026-02-27", edge.ID: "2026-03-09", free.ID: "2026-03-08", approved.ID: "2026-03-23", handedIn.ID: "2026-03-30"} {
		if e := w.find(t, me, id); e.Day.String() != want {
			t.Errorf("an entry is on %s, want %s", e.Day, want)
		}
	}
	// Undoing is a change as well.
	through = day.MustParse("2026-03-15")
	if _, err := w.svc.ChangeSettings(w.Ctx, 2, timesheets.SettingsChange{LockedThrough: &through}); err != nil {
		t.Fatal(err)
	}
	_, err := w.svc.UndoBulk(me, got.ID)
	wantErr(t, "undo in a closed period", err, timesheets.ErrBulkAfter)
}

func (w *world) approve(t *testing.T, me, boss context.Context, sheetID string) {
	t.Helper()
	sheet := w.sheet(t, me, sheetID)
	sheet, err := w.svc.Submit(me, sheet.ID, sheet.Version)
	if err == nil {
		_, err = w.svc.ApproveSheet(boss, sheet.ID, sheet.Version, "")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Moved time keeps its hours on the clock where the clocks change, finds its week, and goes nowhere where it has no room.
func TestBulkMovesDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := w.member()
	span := func(at string, hours int) timesheets.Entry {
		from, err := time.ParseInLocation("2006-01-02 15:04", at, zone(t, "Europe/Berlin"))
		if err != nil {
			t.Fatal(err)
		}
		to := from.Add(time.Duration(hours) * time.Hour)
		e, _, err := w.svc.Log(me, timesheets.NewEntry{ProjectID: w.website, StartedAt: &from, EndedAt: &to})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := span("2026-03-28 09:00", 2)
	got := w.bulk(t, me, timesheets.Filter{IDs: []string{e.ID}}, timesheets.BulkChange{MoveDays: 2})
	after := w.find(t, me, e.ID)
	if at := after.StartedAt.In(zone(t, "Europe/Berlin")).Format("2006-01-02 15:04"); got.Changed != 1 || at != "2026-03-30 09:00" || after.RawSeconds != 7200 || after.SheetID == e.SheetID {
		t.Errorf("moved over the change of the clocks to %s with %d s, %+v", at, after.RawSeconds, got)
	}
	w.log(t, me, "2026-04-06", 20)
	long, short := w.log(t, me, "2026-04-07", 5), w.log(t, me, "2026-04-07", 3)
	got = w.bulk(t, me, timesheets.Filter{IDs: []string{long.ID, short.ID}}, timesheets.BulkChange{MoveDays: -1})
	if got.Changed != 1 || fmt.Sprint(got.Refused) != "[{day_full 1}]" {
		t.Errorf("onto a day with 20 hours: %+v", got)
	}
	refuse := timesheets.OverlapRefuse
	if _, err := w.svc.ChangeSettings(w.Ctx, 1, timesheets.SettingsChange{Overlap: &refuse}); err != nil {
		t.Fatal(err)
	}
	span("2026-05-04 09:00", 2)
	touching, over := span("2026-05-05 11:00", 1), span("2026-05-05 10:00", 1)
	got = w.bulk(t, me, timesheets.Filter{IDs: []string{touching.ID, over.ID}}, timesheets.BulkChange{MoveDays: -1})
	if got.Changed != 1 || fmt.Sprint(got.Refused) != "[{overlap 1}]" || w.find(t, me, touching.ID).Day.String() != "2026-05-04" {
		t.Errorf("onto other time: %+v", got)
	}
}

// Where a day is rounded as one, what stays is billed as other seconds when something leaves it: rule 37's three times 7 minutes.
func TestRule37_BulkRoundsTheDaysItTouches(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me, boss := w.member(), w.manager()
	rule := timesheets.Rounding{Mode: "up", Step: 900, Scope: timesheets.ScopeDay}
	if _, err := w.svc.ChangeSettings(w.Ctx, 1, timesheets.SettingsChange{Rounding: &rule}); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range 3 {
		ids = append(ids, w.log(t, me, "2026-03-02", 7.0/60).ID)
	}
	got := w.bulk(t, boss, timesheets.Filter{IDs: ids[:1]}, timesheets.BulkChange{ProjectID: w.support})
	total, _, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByNothing)
	if err != nil || total.BilledSeconds != 30*60 || amounts(got.Before) != "47.49 EUR" || amounts(got.After) != "47.51 EUR" {
		t.Errorf("%d s are billed, %+v, %v", total.BilledSeconds, got, err)
	}
	back, err := w.svc.UndoBulk(boss, got.ID)
	total, _, err2 := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByNothing)
	if err != nil || err2 != nil || back.Changed != 1 || total.BilledSeconds != 30*60 {
		t.Errorf("undone: %d s are billed, %+v, %v %v", total.BilledSeconds, back, err, err2)
	}
	w.sumsHold(t, "undo")
}

func TestBulkRefusesBadInput(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me, boss := w.member(), w.manager()
	e := w.log(t, me, "2026-03-10", 1)
	note, nothing := "x", ""
	closed := w.works[w.support]
	closed.Open = false
	w.works[w.support] = closed
	for name, c := range map[string]struct {
		ch   timesheets.BulkChange
		want error
	}{
		"nothing":             {timesheets.BulkChange{}, timesheets.ErrBulkNothing},
		"a task alone":        {timesheets.BulkChange{TaskID: w.website}, timesheets.ErrBulkTask},
		"no project":          {timesheets.BulkChange{ProjectID: w.client}, timesheets.ErrNoProject},
		"a closed project":    {timesheets.BulkChange{ProjectID: w.support}, timesheets.ErrClosed},
		"no service":          {timesheets.BulkChange{ServiceID: &w.client}, timesheets.ErrNoService},
		"years":               {timesheets.BulkChange{MoveDays: 367}, timesheets.ErrBulkMove},
		"rates of others":     {timesheets.BulkChange{Reprice: true}, timesheets.ErrRateNotYours},
		"what is so already":  {timesheets.BulkChange{Note: &nothing}, timesheets.ErrBulkNone},
		"a day too far ahead": {timesheets.BulkChange{MoveDays: 366, Note: &note}, timesheets.ErrBulkNone},
	} {
		_, err := w.svc.Bulk(me, timesheets.Filter{}, c.ch, "")
		wantErr(t, name, err, c.want)
	}
	seen, err := w.svc.PreviewBulk(me, timesheets.Filter{}, timesheets.BulkChange{Note: &note})
	if err != nil || !seen.MoneyHidden || seen.Before != nil {
		t.Fatalf("%+v, %v", seen, err)
	}
	w.log(t, me, "2026-03-03", 1)
	_, err = w.svc.Bulk(me, timesheets.Filter{}, timesheets.BulkChange{Note: &note}, seen.Seen)
	wantErr(t, "more than was seen", err, timesheets.ErrBulkStale)
	// Nobody changes what they may not see, and who sees all does not therefore change all.
	other := w.member()
	_, err = w.svc.Bulk(other, timesheets.Filter{IDs: []string{e.ID}}, timesheets.BulkChange{Note: &note}, "")
	wantErr(t, "somebody else's", err, timesheets.ErrBulkUnknown)
	reader := w.As(access.Actor{Name: "Rita Reader"}, timesheets.WriteOwn, timesheets.ReadAll)
	seen, err = w.svc.PreviewBulk(reader, timesheets.Filter{}, timesheets.BulkChange{Note: &note})
	if err != nil || seen.Changed != 0 || fmt.Sprint(seen.Refused) != "[{not_yours 2}]" {
		t.Errorf("who only reads: %+v, %v", seen, err)
	}
	if got := w.bulk(t, boss, timesheets.Filter{}, timesheets.BulkChange{Note: &note}); got.Changed != 2 {
		t.Errorf("who approves: %+v", got)
	}
}

// Forty entries take as many statements as four.
func TestBulkAsksNothingOnceARow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	count := &counter{}
	counted := timesheets.New(timesheets.Deps{
		DB: w.Another(t, func(c *tenancy.Config) { c.Tracer = count }).DB, Store: timesheetsdb.Store{}, Projects: w, Services: w, Rates: w, Schedules: w,
		Agency: w, Team: team{w}, Lines: w, Bus: w.Bus, Jobs: w.Queue, Notices: w, Ledgers: w, Now: w.Clock.Now,
	})
	rule := timesheets.Rounding{Mode: "up", Step: 900, Scope: timesheets.ScopeDay}
	if _, err := w.svc.ChangeSettings(w.Ctx, 1, timesheets.SettingsChange{Rounding: &rule}); err != nil {
		t.Fatal(err)
	}
	boss := w.manager()
	measure := func(members, days int, from string) (preview, apply, undo int64) {
		for range members {
			me := w.member()
			for i := range days {
				w.log(t, me, day.MustParse(from).AddDays(3*i).String(), 0.2)
			}
		}
		f := timesheets.Filter{From: day.MustParse(from), To: day.MustParse(from).AddDays(60)}
		ch := timesheets.BulkChange{ProjectID: w.support, MoveDays: 1}
		before := count.n.Load()
		seen, err := counted.PreviewBulk(boss, f, ch)
		if err != nil || seen.Changed != members*days {
			t.Fatalf("%+v, %v", seen, err)
		}
		preview, before = count.n.Load()-before, count.n.Load()
		got, err := counted.Bulk(boss, f, ch, seen.Seen)
		if err != nil {
			t.Fatal(err)
		}
		apply, before = count.n.Load()-before, count.n.Load()
		if _, err := counted.UndoBulk(boss, got.ID); err != nil {
			t.Fatal(err)
		}
		return preview, apply, count.n.Load() - before
	}
	measure(1, 1, "2026-01-05") // connections and what they prepare
	p, a, u := measure(2, 2, "2026-04-06")
	pp, aa, uu := measure(5, 8, "2026-07-06")
	if p == 0 || pp > p || aa > a || uu > u {
		t.Errorf("4 entries take %d, %d and %d statements, 40 take %d, %d and %d", p, a, u, pp, aa, uu)
	}
}
