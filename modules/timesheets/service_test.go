package timesheets_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/table"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/modules/timesheets/timesheetsdb"
	"github.com/bureauhq/bureau/tenancy"
)

// world is an agency with two projects and prices that a test can change.
type world struct {
	*testkit.Agency
	svc       *timesheets.Service
	works     map[string]timesheets.Work
	invoiced  timesheets.Invoiced
	price     *decimal.Decimal
	agreed    *timesheets.Agreed // by every contract
	tiers     *rates.Tiers       // of the one line that there is then
	line      string
	currency  string
	usedUp    error // what budgets with a hard stop say to more time
	calendar  timesheets.Calendar
	others    int
	leads     map[string]string // by project
	managers  map[string]string // by member
	approvers []string          // besides the owner
	roster    []people.Employed
	onLeave   map[string]bool
	off       map[day.Date]bool          // days on which nobody works
	holiday   map[day.Date]time.Duration // 1: half of the day is one, 2: all of it
	website   string
	support   string
	client    string

	consulting, courtesy timesheets.Sale

	mu   sync.Mutex
	told []timesheets.Notice

	counted []timesheets.Counted // since a test last looked
}

// Tell keeps the letters that members would get.
func (w *world) Tell(_ context.Context, n timesheets.Notice) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, n)
	return nil
}

func (w *world) WorkTx(_ context.Context, _ *tenancy.Tx, projectID, taskID string) (timesheets.Work, error) {
	work, ok := w.works[projectID]
	if !ok {
		return work, timesheets.ErrNoProject
	}
	work.TaskID = taskID
	return work, nil
}

func (w *world) NamesTx(context.Context, *tenancy.Tx, []string, []string) (map[string]timesheets.Work, map[string]string, error) {
	works := map[string]timesheets.Work{}
	for id, work := range w.works {
		work.LeadID = w.leads[id]
		works[id] = work
	}
	return works, map[string]string{}, nil
}

func (w *world) LedTx(_ context.Context, _ *tenancy.Tx, members []string) (out []string, err error) {
	for project, lead := range w.leads {
		if slices.Contains(members, lead) {
			out = append(out, project)
		}
	}
	return out, nil
}

func (w *world) ManagersTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return w.managers, nil
}

func (w *world) ReportsTx(_ context.Context, _ *tenancy.Tx, managers []string) (out []string, err error) {
	for member, manager := range w.managers {
		if slices.Contains(managers, manager) {
			out = append(out, member)
		}
	}
	return out, nil
}

func (w *world) ServiceTx(_ context.Context, _ *tenancy.Tx, serviceID string) (timesheets.Sale, error) {
	for _, s := range []timesheets.Sale{w.consulting, w.courtesy} {
		if s.ID == serviceID {
			return s, nil
		}
	}
	return timesheets.Sale{}, timesheets.ErrNoService
}

func (w *world) SalesTx(context.Context, *tenancy.Tx, []string) (map[string]timesheets.Sale, error) {
	return map[string]timesheets.Sale{w.consulting.ID: w.consulting, w.courtesy.ID: w.courtesy}, nil
}

func (w *world) BillableTx(_ context.Context, _ *tenancy.Tx, rows []timesheets.Row) ([]bool, error) {
	out := make([]bool, len(rows))
	for i, r := range rows {
		out[i] = w.works[r.ProjectID].Billable
	}
	return out, nil
}

func (w *world) ResolveTx(_ context.Context, _ *tenancy.Tx, qs []timesheets.RateQuestion) ([]timesheets.Rate, error) {
	out := make([]timesheets.Rate, len(qs))
	for i := range qs {
		out[i] = timesheets.Rate{Why: "No card has a rate for this."}
		if w.price != nil {
			out[i] = timesheets.Rate{Found: true, PerHour: *w.price, Currency: "EUR", RateID: id.New(), CardID: id.New(), CardName: "Agency 2026", Level: "agency", Why: "Agency card, developer", Agreed: w.agreed}
			if w.tiers != nil {
				out[i].RateID, out[i].Currency, out[i].Tiers, out[i].CountedSince = w.line, w.currency, w.tiers, w.tiers.Since(qs[i].Day, day.MustParse("2020-01-01"))
			}
		}
	}
	return out, nil
}

func (w *world) TargetsTx(_ context.Context, _ *tenancy.Tx, members []string, from, to day.Date) (map[string]map[day.Date]people.Target, error) {
	one := map[day.Date]people.Target{}
	for d := range (day.Range{From: from, To: to}).Days() {
		if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday && !w.off[d] {
			half := w.holiday[d] * 4 * time.Hour
			one[d] = people.Target{Work: 8*time.Hour - half, Holiday: half}
		}
	}
	out := map[string]map[day.Date]people.Target{}
	for _, m := range members {
		out[m] = one
	}
	return out, nil
}

func (w *world) AwayTx(context.Context, *tenancy.Tx, string, day.Date, day.Date) (map[day.Date][]string, error) {
	return map[day.Date][]string{day.MustParse("2026-03-08"): {"International Women’s Day"}}, nil
}

// EmployedTx lists who works here, as a test says.
func (w *world) EmployedTx(context.Context, *tenancy.Tx) ([]people.Employed, error) {
	return slices.Clone(w.roster), nil
}

func (w *world) OnLeaveTx(context.Context, *tenancy.Tx, []string, day.Date) (map[string]bool, error) {
	return w.onLeave, nil
}

// InvoicedTx tells which legal entity invoices whom, as a test says.
func (w *world) InvoicedTx(context.Context, *tenancy.Tx) (timesheets.Invoiced, error) {
	return w.invoiced, nil
}

func (w *world) CalendarTx(context.Context, *tenancy.Tx) (timesheets.Calendar, error) {
	return w.calendar, nil
}

type team struct{ w *world }

func (t team) OtherApproversTx(context.Context, *tenancy.Tx, string) (int, error) {
	return t.w.others, nil
}

func (t team) ApproversTx(context.Context, *tenancy.Tx) ([]string, error) {
	return append(slices.Clone(t.w.approvers), t.w.Owner.MemberID), nil
}

func (t team) NamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return map[string]string{t.w.Owner.MemberID: "=Olive"}, nil
}
func (t team) IsMemberTx(context.Context, *tenancy.Tx, string) (bool, error) { return true, nil }

// CountTx keeps what the ledgers would hear.
func (w *world) CountTx(_ context.Context, _ *tenancy.Tx, entries []timesheets.Counted) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counted = append(w.counted, entries...)
	return nil
}

// GuardTx and RoomTx have room for everything, unless the test says that budgets are used up.
func (w *world) GuardTx(context.Context, *tenancy.Tx, []string) (timesheets.Check, error) {
	return func(context.Context) error { return w.usedUp }, nil
}
func (w *world) RoomTx(context.Context, *tenancy.Tx, timesheets.Entry) error { return nil }

func setup(t testing.TB) *world {
	t.Helper()
	price := decimal.RequireFromString("95")
	w := &world{
		Agency: testkit.NewAgency(t), calendar: timesheets.Calendar{Zone: "Europe/Berlin", WeekStart: time.Monday}, price: &price, others: 1,
		line: id.New(), currency: "EUR",
		website: id.New(), support: id.New(), client: id.New(), leads: map[string]string{}, managers: map[string]string{},
	}
	w.consulting = timesheets.Sale{ID: id.New(), Name: "Consulting", Billable: true}
	w.courtesy = timesheets.Sale{ID: id.New(), Name: "Courtesy"}
	w.works = map[string]timesheets.Work{
		w.website: {ProjectID: w.website, ProjectCode: "ACM-001", ProjectName: "Website", ClientID: w.client, ClientName: "Acme", Billable: true, Open: true},
		w.support: {ProjectID: w.support, ProjectCode: "ACM-002", ProjectName: "Support", ClientID: w.client, ClientName: "Acme", Billable: true, Open: true},
	}
	w.svc = timesheets.New(timesheets.Deps{
		DB: w.DB, Store: timesheetsdb.Store{}, Projects: w, Services: w, Rates: w, Schedules: w, Agency: w, Team: team{w}, Lines: w, Bus: w.Bus, Jobs: w.Queue, Notices: w, Ledgers: w, Invoicers: w, Now: w.Clock.Now,
	})
	timesheets.RegisterJobs(w.Registry, w.svc)
	return w
}

// member is somebody who logs time and sees no rates.
func (w *world) member() context.Context {
	return w.As(access.Actor{Name: "Mia Member"}, timesheets.WriteOwn)
}

func (w *world) manager() context.Context {
	return w.As(access.Actor{Name: "Max Manager", Role: "manager"}, timesheets.WriteOwn, timesheets.ReadAll, timesheets.Approve, timesheets.SeeRates)
}

func hours(h float64) *int64 {
	s := int64(h * 3600)
	return &s
}

func (w *world) log(t testing.TB, ctx context.Context, d string, h float64) timesheets.Entry {
	t.Helper()
	e, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse(d), Seconds: hours(h)})
	if err != nil {
		t.Fatalf("log %s: %v", d, err)
	}
	return e
}

func (w *world) sheet(t testing.TB, ctx context.Context, sheetID string) timesheets.Sheet {
	t.Helper()
	line, _, _, err := w.svc.Sheet(ctx, sheetID)
	if err != nil {
		t.Fatal(err)
	}
	return line.Sheet
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestRule31_TheWorkDateIsDecidedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	// 23:30 in Kathmandu is 17:45 UTC; in Berlin the same evening is still young.
	from := time.Date(2026, 3, 2, 17, 45, 0, 0, time.UTC)
	to := from.Add(time.Hour)
	e, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, StartedAt: &from, EndedAt: &to, Zone: "Asia/Kathmandu"})
	if err != nil {
		t.Fatal(err)
	}
	w.calendar.Zone = "Pacific/Auckland" // the agency moves; its past does not
	note := "still the second"
	e, _, err = w.svc.Change(ctx, e.ID, e.Version, timesheets.EntryChange{Note: &note})
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.svc.Find(ctx, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Day != day.MustParse("2026-03-02") || got.Zone != "Asia/Kathmandu" || !got.StartedAt.Equal(from) || got.RawSeconds != 3600 {
		t.Errorf("the entry is on %s in %s from %s with %d s", got.Day, got.Zone, got.StartedAt, got.RawSeconds)
	}
}

func TestRule33_DayTotalsNeverCountTwice(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	berlin := zone(t, "Europe/Berlin")
	from, to := time.Date(2026, 3, 1, 22, 0, 0, 0, berlin), time.Date(2026, 3, 2, 2, 0, 0, 0, berlin)
	if _, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, StartedAt: &from, EndedAt: &to}); err != nil {
		t.Fatal(err)
	}
	before, err := w.svc.Week(ctx, "", day.MustParse("2026-03-01"))
	if err != nil {
		t.Fatal(err)
	}
	after, err := w.svc.Week(ctx, "", day.MustParse("2026-03-02"))
	if err != nil {
		t.Fatal(err)
	}
	if before.Totals[day.MustParse("2026-03-01")] != 4*3600 || after.Seconds != 0 {
		t.Errorf("Sunday has %d s, the next week %d s; want 14400 and 0", before.Totals[day.MustParse("2026-03-01")], after.Seconds)
	}
}

func TestRule35_TouchingEntriesDoNotOverlap(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	log := func(a, b int) ([]timesheets.Warning, error) {
		from, to := time.Date(2026, 3, 2, a, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, b, 0, 0, 0, time.UTC)
		_, ws, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, StartedAt: &from, EndedAt: &to})
		return ws, err
	}
	for _, c := range []struct{ a, b, warnings int }{{9, 13, 0}, {13, 17, 0}, {12, 14, 1}} {
		ws, err := log(c.a, c.b)
		if err != nil || len(ws) != c.warnings {
			t.Errorf("%d to %d: %v %v, want %d warnings", c.a, c.b, ws, err, c.warnings)
		}
	}
	refuse := timesheets.OverlapRefuse
	if _, err := w.svc.ChangeSettings(w.Ctx, 1, timesheets.SettingsChange{Overlap: &refuse}); err != nil {
		t.Fatal(err)
	}
	_, err := log(16, 18)
	wantErr(t, "overlap where it is refused", err, timesheets.ErrOverlap)
	if _, err := log(17, 18); err != nil {
		t.Errorf("touching where overlap is refused: %v", err)
	}
}

func TestRule36_OneTimerAMember(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	me := access.From(ctx).MemberID
	first, stopped, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website, Note: "design"})
	if err != nil || stopped != nil {
		t.Fatal(err, stopped)
	}
	w.Clock.Advance(90 * time.Minute)
	second, stopped, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.support})
	if err != nil {
		t.Fatal(err)
	}
	if stopped == nil || stopped.RawSeconds != 90*60 || stopped.Note != "design" || stopped.ProjectID != w.website || second.ID == first.ID {
		t.Errorf("starting the second left %+v of the first", stopped)
	}
	// The index decides, whatever the code does.
	err = w.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		third := second
		third.ID = id.New()
		return timesheetsdb.Store{}.AddTimer(ctx, tx, third)
	})
	wantErr(t, "a second row", err, timesheets.ErrTimerRunning)
	// Many devices at once end with one timer, and no time is counted twice.
	w.Clock.Advance(time.Hour)
	var all sync.WaitGroup
	for range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			_, _, _ = w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website})
		}()
	}
	all.Wait()
	var timers int
	err = w.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT count(*) FROM timers WHERE member_id = $1`, me).Scan(&timers)
	})
	if err != nil || timers != 1 {
		t.Errorf("%d timers run, %v", timers, err)
	}
}

func TestTimerIsKeptChangedAndDiscarded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	_, err := w.svc.StopTimer(ctx, nil, false)
	wantErr(t, "stop without a timer", err, timesheets.ErrNoTimer)
	if _, _, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website}); err != nil {
		t.Fatal(err)
	}
	earlier := w.Clock.Now().Add(-time.Hour)
	note := "since nine"
	got, err := w.svc.ChangeTimer(ctx, timesheets.TimerChange{Note: &note, StartedAt: &earlier, ProjectID: &w.support})
	if err != nil || !got.StartedAt.Equal(earlier) || got.ProjectName != "Support" {
		t.Fatalf("changed to %+v, %v", got, err)
	}
	future := w.Clock.Now().Add(time.Hour)
	_, err = w.svc.ChangeTimer(ctx, timesheets.TimerChange{StartedAt: &future})
	wantErr(t, "a start in the future", err, timesheets.ErrBadTime)
	w.Clock.Advance(30 * time.Hour)
	_, err = w.svc.StopTimer(ctx, nil, false)
	wantErr(t, "a forgotten timer", err, timesheets.ErrTimerForgotten)
	at := earlier.Add(2 * time.Hour)
	e, err := w.svc.StopTimer(ctx, &at, false)
	if err != nil || e.RawSeconds != 7200 || e.Source != timesheets.FromTimer {
		t.Fatalf("stopped as %+v, %v", e, err)
	}
	if _, _, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website}); err != nil {
		t.Fatal(err)
	}
	if err := w.svc.DiscardTimer(ctx); err != nil {
		t.Fatal(err)
	}
	if timer, err := w.svc.CurrentTimer(ctx); timer != nil || err != nil {
		t.Errorf("after discarding: %v %v", timer, err)
	}
}

func TestRule37_BilledSecondsFollowTheRuleUntilBilled(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	rule := timesheets.Rounding{Mode: timesheets.RoundUp, Step: 900, Scope: timesheets.ScopeDay}
	if _, err := w.svc.ChangeSettings(w.Ctx, 1, timesheets.SettingsChange{Rounding: &rule}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w.log(t, ctx, "2026-03-02", 7.0/60)
	}
	total, _, err := w.svc.Summary(ctx, timesheets.Filter{}, timesheets.ByNothing)
	if err != nil || total.Seconds != 21*60 || total.BilledSeconds != 30*60 {
		t.Errorf("by day: %d s billed %d, %v; want 1260 and 1800", total.Seconds, total.BilledSeconds, err)
	}
	rule.Scope = timesheets.ScopeEntry
	if _, err := w.svc.ChangeSettings(w.Ctx, 2, timesheets.SettingsChange{Rounding: &rule}); err != nil {
		t.Fatal(err)
	}
	total, _, err = w.svc.Summary(ctx, timesheets.Filter{}, timesheets.ByNothing)
	if err != nil || total.Seconds != 21*60 || total.BilledSeconds != 45*60 {
		t.Errorf("by entry: %d s billed %d, %v; want 1260 and 2700", total.Seconds, total.BilledSeconds, err)
	}
}

func TestRule38_WhoMayEditWhat(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss := w.member(), w.manager()
	e := w.log(t, ctx, "2026-03-02", 4)
	sheet := w.sheet(t, ctx, e.SheetID)
	if _, err := w.svc.Submit(ctx, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	edit := func(ctx context.Context) error {
		now, err := w.svc.Find(ctx, e.ID)
		if err != nil {
			return err
		}
		note := now.Note + "x"
		_, _, err = w.svc.Change(ctx, e.ID, now.Version, timesheets.EntryChange{Note: &note})
		return err
	}
	wantErr(t, "own, submitted", edit(ctx), timesheets.ErrFrozen)
	wantErr(t, "delete own, submitted", w.svc.Delete(ctx, e.ID), timesheets.ErrFrozen)
	_, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-03-03"), Seconds: hours(1)})
	wantErr(t, "add to a submitted week", err, timesheets.ErrSheetClosed)
	sheet = w.sheet(t, boss, sheet.ID)
	if _, err := w.svc.ApproveSheet(boss, sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "own, approved", edit(ctx), timesheets.ErrFrozen)
	wantErr(t, "another member", edit(w.member()), timesheets.ErrNotFound)
	if err := edit(boss); err != nil {
		t.Fatalf("correct by an approver: %v", err)
	}
	now, _ := w.svc.Find(ctx, e.ID)
	if got := w.sheet(t, ctx, sheet.ID); now.State != timesheets.Submitted || got.State != timesheets.Submitted {
		t.Errorf("after a change the line is %s in a week that is %s; the approval should be void", now.State, got.State)
	}
	invoice := id.New()
	sheet = w.sheet(t, boss, sheet.ID)
	if _, err := w.svc.ApproveSheet(boss, sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	w.run(t, func(ctx context.Context, tx *tenancy.Tx) error {
		return w.svc.MarkBilledTx(ctx, tx, []string{e.ID}, invoice)
	})
	wantErr(t, "an approver, billed", edit(boss), timesheets.ErrBilled)
	wantErr(t, "own, billed", edit(ctx), timesheets.ErrBilled)
}

func (w *world) run(t *testing.T, fn func(context.Context, *tenancy.Tx) error) {
	t.Helper()
	if err := w.DB.Run(w.Ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func TestRule39_ALockedPeriodRefusesEveryPath(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	inside, outside := w.log(t, ctx, "2026-02-20", 2), w.log(t, ctx, "2026-03-02", 2)
	if _, _, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website}); err != nil {
		t.Fatal(err)
	}
	w.lock(t, "2026-03-01")

	lastDay, firstOpen := day.MustParse("2026-03-01"), day.MustParse("2026-03-02")
	note := "x"
	_, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, Day: lastDay, Seconds: hours(1)})
	wantErr(t, "create on the last locked date", err, timesheets.ErrLocked)
	if _, _, err = w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, Day: firstOpen, Seconds: hours(1)}); err != nil {
		t.Errorf("create on the first open date: %v", err)
	}
	_, _, err = w.svc.Change(ctx, inside.ID, inside.Version, timesheets.EntryChange{Note: &note})
	wantErr(t, "edit", err, timesheets.ErrLocked)
	_, _, err = w.svc.Change(ctx, inside.ID, inside.Version, timesheets.EntryChange{Day: &firstOpen})
	wantErr(t, "move out", err, timesheets.ErrLocked)
	_, _, err = w.svc.Change(ctx, outside.ID, outside.Version, timesheets.EntryChange{Day: &lastDay})
	wantErr(t, "move in", err, timesheets.ErrLocked)
	wantErr(t, "delete", w.svc.Delete(ctx, inside.ID), timesheets.ErrLocked)
	_, err = w.svc.SetCell(ctx, timesheets.CellChange{Day: lastDay, ProjectID: w.website, Seconds: 3600})
	wantErr(t, "the grid", err, timesheets.ErrLocked)
	_, err = w.svc.SetCell(ctx, timesheets.CellChange{Day: day.MustParse("2026-02-20"), ProjectID: w.website, Seconds: 0})
	wantErr(t, "empty a cell", err, timesheets.ErrLocked)
	_, err = w.svc.CopyLastWeek(ctx, day.MustParse("2026-02-27"), true)
	wantErr(t, "copy last week", err, timesheets.ErrLocked)
	back := w.Clock.Now().Add(-20 * time.Hour)
	_, err = w.svc.ChangeTimer(ctx, timesheets.TimerChange{StartedAt: &back})
	wantErr(t, "move a timer in", err, timesheets.ErrLocked)
	_, _, err = w.svc.Log(w.Ctx, timesheets.NewEntry{MemberID: access.From(ctx).MemberID, ProjectID: w.website, Day: lastDay, Seconds: hours(1)})
	wantErr(t, "the owner", err, timesheets.ErrLocked)

	w.lock(t, "2026-03-02") // now the timer that runs has crossed it
	w.Clock.Advance(time.Hour)
	e, err := w.svc.StopTimer(ctx, nil, false)
	if err != nil || !e.CrossedLock || e.RawSeconds != 3600 {
		t.Errorf("stopping a timer that crosses the lock: %+v, %v; want it kept and flagged", e, err)
	}
}

func (w *world) lock(t *testing.T, d string) {
	t.Helper()
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	through := day.MustParse(d)
	if _, err := w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{LockedThrough: &through}); err != nil {
		t.Fatal(err)
	}
}

func TestRule40_OpeningAPeriodNeedsAReason(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.lock(t, "2026-02-28")
	earlier := day.MustParse("2026-01-31")
	_, err := w.svc.ChangeSettings(w.Ctx, 2, timesheets.SettingsChange{LockedThrough: &earlier})
	wantErr(t, "without a reason", err, timesheets.ErrNoReason)
	if _, err := w.svc.ChangeSettings(w.Ctx, 2, timesheets.SettingsChange{LockedThrough: &earlier, Reason: "The client disputed a day"}); err != nil {
		t.Error(err)
	}
	_, err = w.svc.ChangeSettings(w.Ctx, 2, timesheets.SettingsChange{LockedThrough: &earlier})
	wantErr(t, "an old version", err, timesheets.ErrStaleSettings)
}

func TestRule44_TheRateIsCopiedOntoTheEntry(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss := w.member(), w.manager()
	approved := w.log(t, ctx, "2026-02-24", 2)
	sheet := w.sheet(t, boss, approved.SheetID)
	sheet, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ApproveSheet(boss, sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	draft := w.log(t, ctx, "2026-03-02", 3)
	dearer := decimal.RequireFromString("120")
	w.price = &dearer // somebody edits the card
	for _, e := range []string{approved.ID, draft.ID} {
		got, err := w.svc.Find(boss, e)
		if err != nil || !got.Rate.Equal(decimal.RequireFromString("95")) || got.Currency != "EUR" || got.RateCardName != "Agency 2026" || got.RateWhy == "" {
			t.Errorf("after the card changed: %+v, %v; want 95 EUR and why", got.Rate, err)
		}
	}
	preview, err := w.svc.Rerate(w.Ctx, timesheets.Filter{}, false)
	if err != nil || preview.Entries != 1 || preview.Applied || preview.Before[0].String() != "285.00 EUR" || preview.After[0].String() != "360.00 EUR" {
		t.Errorf("preview: %+v, %v; want 1 entry from 285.00 to 360.00 EUR", preview, err)
	}
	if got, _ := w.svc.Find(boss, draft.ID); !got.Rate.Equal(decimal.RequireFromString("95")) {
		t.Error("the preview changed a rate")
	}
	if _, err := w.svc.Rerate(w.Ctx, timesheets.Filter{}, true); err != nil {
		t.Fatal(err)
	}
	d, _ := w.svc.Find(boss, draft.ID)
	a, _ := w.svc.Find(boss, approved.ID)
	if !d.Rate.Equal(dearer) || !a.Rate.Equal(decimal.RequireFromString("95")) {
		t.Errorf("after re-rating the draft has %s and the approved one %s; want 120 and 95", d.Rate, a.Rate)
	}
	w.price = nil
	if e := w.log(t, w.Ctx, "2026-03-02", 1); !e.NoRate() {
		t.Error("an entry without a rate is not marked")
	}
	zero := decimal.Zero
	w.price = &zero
	if e := w.log(t, w.Ctx, "2026-03-02", 1); e.NoRate() || e.Amount() == nil || !e.Amount().IsZero() {
		t.Error("a rate of zero counts as none")
	}
}

func TestRule89_AnApprovalBindsToTheVersionSeen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss := w.member(), w.manager()
	e := w.log(t, ctx, "2026-03-02", 4)
	sheet := w.sheet(t, ctx, e.SheetID)
	seen, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	back, err := w.svc.Recall(ctx, sheet.ID, seen.Version)
	if err != nil || back.State != timesheets.Draft {
		t.Fatal(err)
	}
	w.log(t, ctx, "2026-03-03", 9)
	again := w.sheet(t, ctx, sheet.ID)
	if _, err := w.svc.Submit(ctx, sheet.ID, again.Version); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.ApproveSheet(boss, sheet.ID, seen.Version, "")
	wantErr(t, "approve what is no longer there", err, timesheets.ErrStaleSheet)
	_, err = w.svc.Reject(boss, sheet.ID, seen.Version, "no", nil)
	wantErr(t, "reject what is no longer there", err, timesheets.ErrStaleSheet)
}

func TestRule90_NobodyApprovesTheirOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	submitted := func(ctx context.Context) timesheets.Sheet {
		e := w.log(t, ctx, "2026-03-02", 4)
		sheet := w.sheet(t, ctx, e.SheetID)
		sheet, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
		if err != nil {
			t.Fatal(err)
		}
		return sheet
	}
	sheet := submitted(w.Ctx) // the owner, who may do everything else
	_, err := w.svc.ApproveSheet(w.Ctx, sheet.ID, sheet.Version, "I am the owner")
	wantErr(t, "own, with colleagues", err, timesheets.ErrOwnSheet)

	w.others = 0 // an agency of one
	_, err = w.svc.ApproveSheet(w.Ctx, sheet.ID, sheet.Version, "  ")
	wantErr(t, "own, alone, without a reason", err, timesheets.ErrOwnReason)
	got, err := w.svc.ApproveSheet(w.Ctx, sheet.ID, sheet.Version, "There is nobody else yet")
	if err != nil || got.State != timesheets.Approved || got.ExceptionReason != "There is nobody else yet" {
		t.Fatalf("own, alone, with a reason: %+v, %v", got, err)
	}
	var action, reason string
	err = w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT action, reason FROM audit_events WHERE entity_id = $1 ORDER BY seq DESC LIMIT 1`, sheet.ID).Scan(&action, &reason)
	})
	if err != nil || action != "timesheets.sheet_self_approved" || reason != "There is nobody else yet" {
		t.Errorf("the log has %q because %q, %v", action, reason, err)
	}
}

func TestRule92_ADecisionIsIdempotent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss, other := w.member(), w.manager(), w.manager()
	e := w.log(t, ctx, "2026-03-02", 4)
	sheet := w.sheet(t, ctx, e.SheetID)
	sheet, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Add(1)
		go func() {
			defer all.Done()
			who := boss
			if i%2 == 1 {
				who = other
			}
			_, errs[i] = w.svc.ApproveSheet(who, sheet.ID, sheet.Version, "")
		}()
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Errorf("the same decision twice: %v", err)
	}
	_, err = w.svc.Reject(other, sheet.ID, sheet.Version, "too late", nil)
	wantErr(t, "another decision on the version that was decided", err, timesheets.ErrStaleSheet)
	var events int
	err = w.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT count(*) FROM events WHERE name = 'timesheets.sheet_approved.v1'`).Scan(&events)
	})
	if err != nil || events != 1 {
		t.Errorf("approved %d times, %v", events, err)
	}
}

func TestLinesAreSentBackOneByOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss := w.member(), w.manager()
	good, bad := w.log(t, ctx, "2026-03-02", 4), w.log(t, ctx, "2026-03-03", 12)
	sheet := w.sheet(t, ctx, good.SheetID)
	sheet, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Reject(boss, sheet.ID, sheet.Version, " ", nil)
	wantErr(t, "without a reason", err, timesheets.ErrNoReason)
	_, err = w.svc.Reject(boss, sheet.ID, sheet.Version, "Who?", []string{id.New()})
	wantErr(t, "a line of nobody", err, timesheets.ErrNoLine)
	sheet, err = w.svc.Reject(boss, sheet.ID, sheet.Version, "Twelve hours?", []string{bad.ID})
	if err != nil || sheet.State != timesheets.Rejected {
		t.Fatal(err)
	}
	g, _ := w.svc.Find(ctx, good.ID)
	b, _ := w.svc.Find(ctx, bad.ID)
	if g.State != timesheets.Submitted || b.State != timesheets.Rejected || b.RejectReason != "Twelve hours?" {
		t.Errorf("lines are %s and %s (%s)", g.State, b.State, b.RejectReason)
	}
	if _, _, err := w.svc.Change(ctx, b.ID, b.Version, timesheets.EntryChange{Seconds: hours(8)}); err != nil {
		t.Fatalf("mend what was sent back: %v", err)
	}
	sheet = w.sheet(t, ctx, sheet.ID)
	if _, err := w.svc.Submit(ctx, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if b, _ = w.svc.Find(ctx, bad.ID); b.State != timesheets.Submitted || b.RejectReason != "" {
		t.Errorf("handed in again it is %s (%s)", b.State, b.RejectReason)
	}
}

func TestG14_WithoutThePermissionThereIsNoMoneyAnywhere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss := w.member(), w.manager()
	e := w.log(t, ctx, "2026-03-02", 2)
	if e.Rate != nil || e.Currency != "" || e.RateWhy != "" || e.Amount() != nil || e.NoRate() {
		t.Errorf("the one who logs sees %v %s %q", e.Rate, e.Currency, e.RateWhy)
	}
	total, groups, err := w.svc.Summary(ctx, timesheets.Filter{}, timesheets.ByProject)
	if err != nil || len(total.Amounts) != 0 || len(groups) != 1 || len(groups[0].Amounts) != 0 {
		t.Errorf("totals show %v %v, %v", total.Amounts, groups, err)
	}
	lines, err := w.svc.Sheets(ctx, timesheets.SheetFilter{})
	if err != nil || len(lines) != 1 || len(lines[0].Amounts) != 0 {
		t.Errorf("weeks show %v, %v", lines, err)
	}
	sheet, err := w.svc.Export(ctx, timesheets.Filter{})
	priced := slices.ContainsFunc(sheet.Columns, func(c table.Column) bool { return strings.Contains(c.Name, "rate") || c.Name == "amount" })
	if err != nil || priced || len(sheet.Rows) != 1 || len(sheet.Rows[0]) != len(sheet.Columns) || strings.Contains(strings.Join(sheet.Rows[0], ","), "190") {
		t.Errorf("the export shows %v, %v", sheet, err)
	}
	total, _, err = w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByNothing)
	if err != nil || len(total.Amounts) != 1 || total.Amounts[0].String() != "190.00 EUR" {
		t.Errorf("a manager sees %v, %v; want 190.00 EUR", total.Amounts, err)
	}
	if others, err := w.svc.List(w.member(), timesheets.Filter{}); err != nil || len(others) != 0 {
		t.Errorf("a colleague sees %v, %v", others, err)
	}
}

func TestTimeThatCannotBeLogged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	monday := day.MustParse("2026-03-02")
	at := func(h int) *time.Time { x := time.Date(2026, 3, 2, h, 0, 0, 0, time.UTC); return &x }
	w.log(t, ctx, "2026-03-04", 20)
	for name, c := range map[string]struct {
		n     timesheets.NewEntry
		field string
	}{
		"negative":          {timesheets.NewEntry{Day: monday, Seconds: hours(-1)}, "body.seconds"},
		"nothing":           {timesheets.NewEntry{Day: monday, Seconds: hours(0)}, "body.seconds"},
		"25 hours":          {timesheets.NewEntry{Day: monday, Seconds: hours(25)}, "body.seconds"},
		"a full day":        {timesheets.NewEntry{Day: day.MustParse("2026-03-04"), Seconds: hours(5)}, "body.seconds"},
		"too far ahead":     {timesheets.NewEntry{Day: day.MustParse("2100-01-01"), Seconds: hours(1)}, "body.day"},
		"too long ago":      {timesheets.NewEntry{Day: day.MustParse("1990-01-01"), Seconds: hours(1)}, "body.day"},
		"no day":            {timesheets.NewEntry{Seconds: hours(1)}, "body.day"},
		"no length":         {timesheets.NewEntry{Day: monday}, "body.seconds"},
		"end before start":  {timesheets.NewEntry{StartedAt: at(10), EndedAt: at(9)}, "body.ended_at"},
		"no end":            {timesheets.NewEntry{StartedAt: at(10)}, "body.ended_at"},
		"no start":          {timesheets.NewEntry{EndedAt: at(10)}, "body.started_at"},
		"another day":       {timesheets.NewEntry{StartedAt: at(9), EndedAt: at(10), Day: day.MustParse("2026-03-05")}, "body.day"},
		"no zone":           {timesheets.NewEntry{Day: monday, Seconds: hours(1), Zone: "Mars/Olympus"}, "body.zone"},
		"span and duration": {timesheets.NewEntry{StartedAt: at(9), EndedAt: at(10), Seconds: hours(1)}, "body.seconds"},
		"a long note":       {timesheets.NewEntry{Day: monday, Seconds: hours(1), Note: strings.Repeat("é", 2001)}, "body.note"},
		"no project":        {timesheets.NewEntry{Day: monday, Seconds: hours(1), ProjectID: id.New()}, "body.project_id"},
	} {
		if c.n.ProjectID == "" {
			c.n.ProjectID = w.website
		}
		_, _, err := w.svc.Log(ctx, c.n)
		f := fault.From(err)
		if f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Path != c.field {
			t.Errorf("%s: %v at %v, want it refused at %s", name, err, f.Fields, c.field)
		}
	}
	_, _, err := w.svc.Log(ctx, timesheets.NewEntry{MemberID: id.New(), ProjectID: w.website, Day: monday, Seconds: hours(1)})
	wantErr(t, "for somebody else", err, timesheets.ErrNotYours)
	closed := w.works[w.support]
	closed.Open = false
	w.works[w.support] = closed
	_, _, err = w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.support, Day: monday, Seconds: hours(1)})
	wantErr(t, "on a closed project", err, timesheets.ErrClosed)
}

func TestGridSetsCellsByDuration(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	monday := day.MustParse("2026-03-02")
	set := func(seconds int64, expected *int64) (timesheets.Grid, error) {
		return w.svc.SetCell(ctx, timesheets.CellChange{Day: monday, ProjectID: w.website, Seconds: seconds, Expected: expected})
	}
	g, err := set(5400, hours(0))
	if err != nil || len(g.Rows) != 1 || g.Rows[0].Cells[monday].Seconds != 5400 || g.Seconds != 5400 {
		t.Fatalf("first: %+v, %v", g, err)
	}
	if _, err = set(7200, hours(1)); !errors.Is(err, timesheets.ErrCellStale) {
		t.Errorf("a stale cell: %v", err)
	}
	if g, err = set(7200, hours(1.5)); err != nil || g.Seconds != 7200 {
		t.Errorf("change: %d, %v", g.Seconds, err)
	}
	from, to := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC)
	if _, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, StartedAt: &from, EndedAt: &to}); err != nil {
		t.Fatal(err)
	}
	if g, err = set(4*3600, nil); err != nil || g.Seconds != 4*3600 {
		t.Errorf("above a span: %d, %v", g.Seconds, err)
	}
	if g, err = set(3600, nil); err != nil || g.Rows[0].Cells[monday].Entries != 1 {
		t.Errorf("down to the span: %+v, %v", g.Rows, err)
	}
	if _, err = set(1800, nil); !errors.Is(err, timesheets.ErrCellTimed) {
		t.Errorf("below the span: %v", err)
	}
	next, err := w.svc.CopyLastWeek(ctx, day.MustParse("2026-03-09"), false)
	if err != nil || len(next.Rows) != 1 || next.Seconds != 0 || next.Rows[0].ProjectName != "Website" {
		t.Errorf("rows of last week: %+v, %v", next.Rows, err)
	}
	next, err = w.svc.CopyLastWeek(ctx, day.MustParse("2026-03-09"), true)
	if err != nil || next.Seconds != 3600 {
		t.Errorf("hours of last week: %d, %v", next.Seconds, err)
	}
	next, err = w.svc.CopyLastWeek(ctx, day.MustParse("2026-03-09"), true)
	if err != nil || next.Seconds != 3600 {
		t.Errorf("hours of last week, once more: %d, %v", next.Seconds, err)
	}
}

func TestInvoicingTakesAndReturnsTime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, boss := w.member(), w.manager()
	e := w.log(t, ctx, "2026-03-02", 2)
	w.log(t, ctx, "2026-03-10", 1) // stays a draft
	sheet := w.sheet(t, boss, e.SheetID)
	sheet, err := w.svc.Submit(ctx, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.svc.ApproveSheet(boss, sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	unbilled := func() (out []timesheets.Entry) {
		w.run(t, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			out, err = w.svc.UnbilledTx(ctx, tx, timesheets.UnbilledFilter{ClientID: w.client})
			return err
		})
		return out
	}
	got := unbilled()
	if len(got) != 1 || got[0].ID != e.ID || got[0].ProjectName != "Website" || !got[0].Rate.Equal(decimal.RequireFromString("95")) {
		t.Fatalf("unbilled: %+v", got)
	}
	invoice := id.New()
	w.run(t, func(ctx context.Context, tx *tenancy.Tx) error {
		return w.svc.MarkBilledTx(ctx, tx, []string{e.ID}, invoice)
	})
	if len(unbilled()) != 0 {
		t.Error("billed time is still unbilled")
	}
	err = w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return w.svc.MarkBilledTx(ctx, tx, []string{e.ID}, id.New())
	})
	wantErr(t, "bill twice", err, timesheets.ErrNotBillable)
	w.run(t, func(ctx context.Context, tx *tenancy.Tx) error { return w.svc.ReleaseBilledTx(ctx, tx, invoice) })
	if len(unbilled()) != 1 {
		t.Error("the time of a voided invoice is not free again")
	}
	w.run(t, func(ctx context.Context, tx *tenancy.Tx) error {
		use, err := w.svc.UsageTx(ctx, tx, []string{w.website, w.support})
		if u := use[w.website]; err == nil && (u.Seconds != 3*3600 || u.ApprovedSeconds != 2*3600 || u.Amount[0].String() != "285.00 EUR") {
			t.Errorf("usage: %+v", u)
		}
		return err
	})
}
