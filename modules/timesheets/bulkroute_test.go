package timesheets_test

import (
	"testing"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// A submitted line that is moved to a project with another route waits for those whom that route names, by a change of many and by a
// change of one; undoing lets it wait as before.
func TestMovedLinesWaitForTheRouteOfTheirNewProject(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.ByLead)
	if err := c.svc.SetProjectRoute(c.Ctx, c.support, timesheets.LeadThenManager); err != nil {
		t.Fatal(err)
	}
	_, line, _ := c.week(t)
	waits := func(what, want string) timesheets.Entry {
		t.Helper()
		e := c.find(t, c.admin, line.ID)
		if got := timesheets.JoinSteps(e.Awaits); got != want || e.State != timesheets.Submitted {
			t.Errorf("%s: %s, waits for %q, want %q", what, e.State, got, want)
		}
		return e
	}
	waits("handed in", "lead")
	moved := c.bulk(t, c.admin, timesheets.Filter{IDs: []string{line.ID}}, timesheets.BulkChange{ProjectID: c.support})
	waits("moved", "lead manager")
	if _, err := c.svc.UndoBulk(c.admin, moved.ID); err != nil {
		t.Fatal(err)
	}
	e := waits("undone", "lead")
	e, _, err := c.svc.Change(c.admin, e.ID, e.Version, timesheets.EntryChange{ProjectID: &c.support})
	if err != nil {
		t.Fatal(err)
	}
	waits("moved alone", "lead manager")
	if err := c.svc.SetProjectRoute(c.Ctx, c.website, timesheets.Anyone); err != nil {
		t.Fatal(err)
	}
	c.bulk(t, c.admin, timesheets.Filter{IDs: []string{e.ID}}, timesheets.BulkChange{ProjectID: c.website})
	waits("moved to where anyone may", "")
}

// What budgets would refuse is said before, and nothing of the try stays.
func TestBulkPreviewForeseesBudgetsThatAreUsedUp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := w.member()
	e := w.log(t, me, "2026-03-02", 1)
	w.usedUp = fault.Define(fault.Conflict, "projects.budget_used_up", "The budget is used up.")
	got, err := w.svc.PreviewBulk(me, timesheets.Filter{}, timesheets.BulkChange{ProjectID: w.support})
	if err != nil || got.Changed != 1 || got.Stopped != "The budget is used up." {
		t.Errorf("%+v, %v", got, err)
	}
	if now := w.find(t, me, e.ID); now.ProjectID != w.website || now.Version != e.Version {
		t.Errorf("a preview changed %+v", now)
	}
	note := "only words"
	if got, err = w.svc.PreviewBulk(me, timesheets.Filter{}, timesheets.BulkChange{Note: &note}); err != nil || got.Stopped != "" {
		t.Errorf("words bring no time: %+v, %v", got, err)
	}
	w.usedUp = nil
	if got, err = w.svc.PreviewBulk(me, timesheets.Filter{}, timesheets.BulkChange{ProjectID: w.support}); err != nil || got.Stopped != "" {
		t.Errorf("there is room: %+v, %v", got, err)
	}
	if last, err := w.svc.LastBulk(me); err != nil || last != nil {
		t.Errorf("a preview can be undone: %+v, %v", last, err)
	}
	w.sumsHold(t, "previews")
}
