package timesheets_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// twoEntities has the default one invoice the website, and another one the support of another client.
func twoEntities(t *testing.T) (w *world, usual, other string) {
	t.Helper()
	w = setup(t)
	usual, other = id.New(), id.New()
	client := id.New()
	support := w.works[w.support]
	support.ClientID = client
	w.works[w.support] = support
	w.invoiced = timesheets.Invoiced{Default: usual, By: map[string]string{client: other}, Names: map[string]string{usual: "Acme GmbH", other: "Acme Ltd"}}
	return w, usual, other
}

func (w *world) close(t *testing.T, reason string, closings ...timesheets.EntityClosing) error {
	t.Helper()
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Entities: closings, Reason: reason})
	return err
}

func TestRule39_TheLockOfALegalEntityRefusesEveryPath(t *testing.T) {
	t.Parallel()
	w, _, other := twoEntities(t)
	ctx := w.member()
	on := day.MustParse("2026-02-25")
	log := func(project string, d day.Date) (timesheets.Entry, error) {
		e, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: project, Day: d, Seconds: hours(1)})
		return e, err
	}
	closed, err := log(w.support, on)
	if err != nil {
		t.Fatal(err)
	}
	open, err := log(w.website, on)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.close(t, "", timesheets.EntityClosing{EntityID: other, Through: day.MustParse("2026-02-28")}); err != nil {
		t.Fatal(err)
	}

	_, err = log(w.support, on)
	wantErr(t, "log", err, timesheets.ErrLocked)
	if f := fault.From(err); f == nil || !strings.HasPrefix(f.Text, "Time of Acme Ltd up to 28 February 2026 was closed by =Olive on ") || f.Fields[0].Path != "body.day" {
		t.Errorf("the refusal names the legal entity, the day and who closed it: %+v", f)
	}
	two, note := int64(7200), "x"
	_, _, err = w.svc.Change(ctx, closed.ID, closed.Version, timesheets.EntryChange{Seconds: &two})
	wantErr(t, "change", err, timesheets.ErrLocked)
	later := day.MustParse("2026-03-01")
	_, _, err = w.svc.Change(ctx, closed.ID, closed.Version, timesheets.EntryChange{Day: &later})
	wantErr(t, "move out by day", err, timesheets.ErrLocked)
	_, _, err = w.svc.Change(ctx, closed.ID, closed.Version, timesheets.EntryChange{ProjectID: &w.website})
	wantErr(t, "move out by project", err, timesheets.ErrLocked)
	_, _, err = w.svc.Change(ctx, open.ID, open.Version, timesheets.EntryChange{ProjectID: &w.support})
	wantErr(t, "move in by project", err, timesheets.ErrLocked)
	wantErr(t, "delete", w.svc.Delete(ctx, closed.ID), timesheets.ErrLocked)
	_, err = w.svc.SetCell(ctx, timesheets.CellChange{Day: on, ProjectID: w.support, Seconds: 60})
	wantErr(t, "the grid", err, timesheets.ErrLocked)
	started := time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)
	w.Clock.Set(started.Add(20 * time.Hour))
	_, _, err = w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.support, StartedAt: &started})
	wantErr(t, "a timer from a closed day", err, timesheets.ErrLocked)
	plan, err := w.svc.PreviewBulk(ctx, timesheets.Filter{IDs: []string{closed.ID, open.ID}}, timesheets.BulkChange{Note: &note})
	if err != nil || plan.Changed != 1 {
		t.Errorf("many at once: %+v, %v", plan, err)
	}
	expense := func(client string) error {
		return w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return w.svc.OpenTx(ctx, tx, "body.day", timesheets.Dated{Day: on, ClientID: client})
		})
	}
	wantErr(t, "an expense", expense(w.works[w.support].ClientID), timesheets.ErrLocked)
	if err := expense(""); err != nil {
		t.Errorf("an expense for nobody: %v", err)
	}
	g, err := w.svc.Week(ctx, "", on)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range g.Rows {
		if r.Locked.Locks(on) != (r.ProjectID == w.support) {
			t.Errorf("%s in the grid: closed %v", r.ProjectName, r.Locked.Locks(on))
		}
	}
	// What the other one invoices is open.
	if _, err := log(w.website, on); err != nil {
		t.Errorf("the other legal entity: %v", err)
	}
	dearer := w.price.Add(*w.price)
	w.price = &dearer
	if r, err := w.svc.Rerate(w.Ctx, timesheets.Filter{}, true); err != nil || r.Entries != 2 {
		t.Errorf("priced again: %+v, %v; want the two open ones", r, err)
	}
}

func TestRule39_OnlyTheOpenLinesOfAWeekAreHandedBack(t *testing.T) {
	t.Parallel()
	w, usual, other := twoEntities(t)
	ctx, boss := w.member(), w.manager()
	website := w.log(t, ctx, "2026-02-25", 2)
	support, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.support, Day: day.MustParse("2026-02-25"), Seconds: hours(1)})
	if err != nil {
		t.Fatal(err)
	}
	sheet := w.sheet(t, ctx, website.SheetID)
	if sheet, err = w.svc.Submit(ctx, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if err := w.close(t, "", timesheets.EntityClosing{EntityID: other, Through: day.MustParse("2026-03-01")}); err != nil {
		t.Fatal(err)
	}
	states := func(want map[string]string) {
		t.Helper()
		for entry, state := range want {
			if e, err := w.svc.Find(ctx, entry); err != nil || e.State != state {
				t.Errorf("%s is %s, %v; want %s", e.ProjectName, e.State, err, state)
			}
		}
	}
	if _, err := w.svc.Reject(boss, sheet.ID, sheet.Version, "why", []string{support.ID}); fault.From(err) == nil {
		t.Errorf("a closed line goes back: %v", err)
	}
	if sheet, err = w.svc.Reject(boss, sheet.ID, sheet.Version, "why", nil); err != nil {
		t.Fatal(err)
	}
	states(map[string]string{website.ID: timesheets.Rejected, support.ID: timesheets.Submitted})
	if sheet, err = w.svc.Submit(ctx, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if sheet, err = w.svc.Recall(ctx, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	states(map[string]string{website.ID: timesheets.Draft, support.ID: timesheets.Submitted})
	if sheet, err = w.svc.Submit(ctx, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if err := w.close(t, "", timesheets.EntityClosing{EntityID: usual, Through: day.MustParse("2026-03-01")}); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Recall(ctx, sheet.ID, sheet.Version)
	wantErr(t, "both are closed", err, timesheets.ErrLocked)
	_, err = w.svc.Reject(boss, sheet.ID, sheet.Version, "why", nil)
	wantErr(t, "both are closed", err, timesheets.ErrLocked)
}

func TestRule40_LegalEntitiesAreClosedTogetherAndOpenedWithAReason(t *testing.T) {
	t.Parallel()
	w, usual, other := twoEntities(t)
	ctx := w.member()
	w.log(t, ctx, "2026-02-20", 2)
	if _, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.support, Day: day.MustParse("2026-02-20"), Seconds: hours(3)}); err != nil {
		t.Fatal(err)
	}
	feb, jan := day.MustParse("2026-02-28"), day.MustParse("2026-01-31")
	if err := w.close(t, "", timesheets.EntityClosing{EntityID: usual, Through: feb}, timesheets.EntityClosing{EntityID: other, Through: feb}); err != nil {
		t.Fatal(err)
	}
	s, err := w.svc.Settings(w.Ctx)
	if err != nil || len(s.Entities) != 2 || s.Entities[0].By != w.Owner.MemberID || !s.Lock.Through.IsZero() {
		t.Fatalf("%+v, %v", s.Entities, err)
	}
	for entity, want := range map[string]int64{usual: 2 * 3600, other: 3 * 3600} {
		if o, err := w.svc.Opening(w.Ctx, jan, entity); err != nil || o.Entries != 1 || o.Seconds != want || o.To != feb {
			t.Errorf("what opening would contradict: %+v, %v; want %d", o, err, want)
		}
	}
	wantErr(t, "opened without a reason", w.close(t, " ", timesheets.EntityClosing{EntityID: other, Through: jan}), timesheets.ErrNoReason)
	move := func(from, to string) error {
		return w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return w.svc.MovesTx(ctx, tx, from, to, "body.legal_entity_id")
		})
	}
	if err := move("", other); err != nil {
		t.Errorf("both are closed up to the same day: %v", err)
	}
	if err := w.close(t, "A day was forgotten", timesheets.EntityClosing{EntityID: other, Through: jan}); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "to one that has it open", move("", other), timesheets.ErrLocked)
	if err := move(other, ""); err != nil {
		t.Errorf("to one that has more closed: %v", err)
	}
	for path, closings := range map[string][]timesheets.EntityClosing{
		"body.entity_locks[0].entity_id": {{EntityID: id.New(), Through: feb}},
		"body.entity_locks[1].entity_id": {{EntityID: usual, Through: feb}, {EntityID: usual, Through: jan}},
	} {
		if f := fault.From(w.close(t, "", closings...)); f == nil || f.Fields[0].Path != path {
			t.Errorf("%s: %v", path, f)
		}
	}
}
