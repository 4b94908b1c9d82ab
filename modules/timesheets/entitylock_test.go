package timesheets_test

import (
	"context"
	"errors"
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
	if _, _, err = w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website, StartedAt: &started}); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.ChangeTimer(ctx, timesheets.TimerChange{ProjectID: &w.support})
	wantErr(t, "move a timer in by project", err, timesheets.ErrLocked)
	if err := w.svc.DiscardTimer(ctx); err != nil {
		t.Fatal(err)
	}
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

// A legal entity closes by its own rule besides; the later day holds. What a rule has closed opens with a reason only, also when the rule goes.
func TestLegalEntitiesCloseByThemselves(t *testing.T) {
	t.Parallel()
	w, usual, other := twoEntities(t)
	month := func(days int) timesheets.Grace {
		return timesheets.Grace{On: true, Days: days, Every: timesheets.EveryMonth}
	}
	change := func(what string, ch timesheets.SettingsChange, want error) timesheets.Settings {
		t.Helper()
		s, err := w.svc.Settings(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = w.svc.ChangeSettings(w.Ctx, s.Version, ch); !errors.Is(err, want) {
			t.Fatalf("%s: %v, want %v", what, err, want)
		}
		return s
	}
	log := func(project, d string) error {
		_, _, err := w.svc.Log(w.member(), timesheets.NewEntry{ProjectID: project, Day: day.MustParse(d), Seconds: hours(1)})
		return err
	}
	w.Clock.Set(noon("2026-03-06"))
	agency := month(20)
	change("an agency and a legal entity", timesheets.SettingsChange{Grace: &agency, Graces: []timesheets.EntityGrace{{Grace: month(5), EntityID: other}}}, nil)
	if s, err := w.svc.Settings(w.Ctx); err != nil || s.Lock.Through.String() != "2026-01-31" || len(s.Entities) != 1 || s.Entities[0].Through.String() != "2026-02-28" || !s.Entities[0].Itself {
		t.Fatalf("%+v, %v", s, err)
	}
	err := log(w.support, "2026-02-20")
	wantErr(t, "of the one that has closed", err, timesheets.ErrLocked)
	if f := fault.From(err); !strings.Contains(f.Text, "closed by itself") || !strings.Contains(f.Text, "Time of ") {
		t.Errorf("the refusal: %q", f.Text)
	}
	if err := log(w.website, "2026-02-20"); err != nil {
		t.Errorf("of the other one: %v", err)
	}
	// A rule that goes opens nothing, neither that of everybody nor that of one.
	off := timesheets.Grace{Days: 5, Every: timesheets.EveryMonth}
	s := change("off", timesheets.SettingsChange{Grace: &off, Graces: []timesheets.EntityGrace{{Grace: off, EntityID: other}}}, nil)
	if s.Lock.Through.String() != "2026-01-31" || s.Lock.Itself || len(s.Entities) != 1 || s.Entities[0].Through.String() != "2026-02-28" || s.Entities[0].Itself {
		t.Errorf("closed after the rules are off: %+v", s)
	}
	change("on again", timesheets.SettingsChange{Graces: []timesheets.EntityGrace{{Grace: month(5), EntityID: other}}}, nil)
	open := []timesheets.EntityClosing{{EntityID: other, Through: day.MustParse("2026-02-10")}}
	change("opened without a reason", timesheets.SettingsChange{Entities: open}, timesheets.ErrNoReason)
	if s = change("opened", timesheets.SettingsChange{Entities: open, Reason: "A day was forgotten"}, nil); s.Entities[0].Through.String() != "2026-02-10" {
		t.Errorf("opened: %+v", s.Entities)
	}
	if err := log(w.support, "2026-02-20"); err != nil {
		t.Errorf("opened again: %v", err)
	}
	w.Clock.Set(noon("2026-04-06"))
	wantErr(t, "after the next month", log(w.support, "2026-03-31"), timesheets.ErrLocked)
	for field, bad := range map[string][]timesheets.EntityGrace{
		"body.entity_graces[0].entity_id":  {{Grace: month(5), EntityID: id.New()}},
		"body.entity_graces[1].entity_id":  {{Grace: month(5), EntityID: usual}, {Grace: month(6), EntityID: usual}},
		"body.entity_graces[0].grace.days": {{Grace: month(91), EntityID: usual}},
	} {
		s, err := w.svc.Settings(w.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Graces: bad}); fault.From(err) == nil || fault.From(err).Fields[0].Path != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
