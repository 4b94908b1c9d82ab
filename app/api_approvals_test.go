package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

type decidedAnswer struct {
	Done, Failed int
	Items        []struct {
		ID        string
		Timesheet *sheetAnswer
		Problem   *struct {
			Status int
			Code   string
		}
	}
}

// One call decides about many weeks: each stands for itself, and one that is refused stops no other.
func TestManyWeeksAreDecidedInOneCall(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	manager := env.As(t, "manager")
	week := func(role string) (s sheetAnswer) {
		who := env.As(t, role)
		var e struct {
			TimesheetID string `json:"timesheet_id"`
		}
		who.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": thisMonday(), "seconds": 3600}).Expect(t, http.StatusCreated).JSON(t, &e)
		var d struct{ Timesheet sheetAnswer }
		who.GET(t, "/api/v1/timesheets/"+e.TimesheetID).Expect(t, http.StatusOK).JSON(t, &d)
		who.With("If-Match", etag(d.Timesheet.Version)).POST(t, "/api/v1/timesheets/"+e.TimesheetID+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
		return s
	}
	good, stale, own := week("member"), week("finance"), week("manager")
	ask := map[string]any{"decision": "approve", "items": []map[string]any{
		{"id": stale.ID, "version": stale.Version - 1}, {"id": own.ID, "version": own.Version}, {"id": good.ID, "version": good.Version},
	}}
	var got decidedAnswer
	manager.POST(t, "/api/v1/approvals/decide", ask).Expect(t, http.StatusOK).JSON(t, &got)
	if got.Done != 1 || got.Failed != 2 || got.Items[2].Timesheet == nil || got.Items[2].Timesheet.State != "approved" {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct {
		status int
		code   string
	}{{http.StatusPreconditionFailed, "timesheets.sheet_stale"}, {http.StatusForbidden, "timesheets.own_sheet"}} {
		if p := got.Items[i].Problem; p == nil || p.Status != want.status || p.Code != want.code {
			t.Errorf("%d: %+v, want %+v", i, p, want)
		}
	}
	manager.POST(t, "/api/v1/approvals/decide", ask).Expect(t, http.StatusOK).JSON(t, &got) // a second click
	if got.Done != 1 {
		t.Errorf("once more is the same: %+v", got)
	}
	manager.POST(t, "/api/v1/approvals/decide", map[string]any{"decision": "send_back", "items": ask["items"]}).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_reason", "body.reason")
	manager.POST(t, "/api/v1/approvals/decide", map[string]any{"decision": "approve", "items": []map[string]any{{"id": good.ID, "version": good.Version}, {"id": id.New(), "version": 1}}}).
		Refused(t, http.StatusNotFound, "timesheets.sheet_not_found", "body.items[1].id")
	env.As(t, "member").POST(t, "/api/v1/approvals/decide", ask).Refused(t, http.StatusForbidden, "")
	manager.POST(t, "/api/v1/timesheets/"+good.ID+"/undo", nil).Expect(t, http.StatusOK)
	manager.POST(t, "/api/v1/timesheets/"+good.ID+"/undo", nil).Refused(t, http.StatusConflict, "timesheets.no_undo")
}

// Who approves: the line manager by the agency's setting, whom an administrator names; a circle is refused.
func TestTheLineManagerApproves(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member, manager := env.As(t, "owner"), env.As(t, "member"), env.As(t, "manager")
	idOf := func(c *apptest.Client) string {
		var me struct{ Member struct{ ID string } }
		c.GET(t, "/api/v1/me").Expect(t, http.StatusOK).JSON(t, &me)
		return me.Member.ID
	}
	ms, mg := idOf(member), idOf(manager)
	owner.Do(t, http.MethodPut, "/api/v1/members/"+ms+"/line-manager", map[string]any{"manager_id": mg}).Expect(t, http.StatusNoContent)
	owner.Do(t, http.MethodPut, "/api/v1/members/"+mg+"/line-manager", map[string]any{"manager_id": ms}).Refused(t, http.StatusUnprocessableEntity, "people.bad_manager", "body.manager_id")
	owner.Do(t, http.MethodPut, "/api/v1/members/"+ms+"/line-manager", map[string]any{"manager_id": ms}).Refused(t, http.StatusUnprocessableEntity, "people.bad_manager", "body.manager_id")
	manager.Do(t, http.MethodPut, "/api/v1/members/"+ms+"/line-manager", map[string]any{}).Refused(t, http.StatusForbidden, "")
	owner.Do(t, http.MethodPut, "/api/v1/approval-routes/"+project, map[string]any{"route": "manager"}).Expect(t, http.StatusNoContent)
	manager.Do(t, http.MethodPut, "/api/v1/approval-routes/"+project, map[string]any{"route": "anyone"}).Refused(t, http.StatusForbidden, "")
	owner.Do(t, http.MethodPut, "/api/v1/approval-routes/"+id.New(), map[string]any{"route": "manager"}).Refused(t, http.StatusNotFound, "timesheets.no_route_project")

	var e struct {
		TimesheetID string `json:"timesheet_id"`
	}
	member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": thisMonday(), "seconds": 3600}).Expect(t, http.StatusCreated).JSON(t, &e)
	var d struct {
		Timesheet sheetAnswer
		Waiting   []struct {
			Step     string
			MemberID string `json:"member_id"`
			Lines    int
		}
		Yours []string
	}
	sheet := "/api/v1/timesheets/" + e.TimesheetID
	member.GET(t, sheet).Expect(t, http.StatusOK).JSON(t, &d)
	member.With("If-Match", etag(d.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK)
	manager.GET(t, sheet).Expect(t, http.StatusOK).JSON(t, &d)
	if len(d.Waiting) != 1 || d.Waiting[0].Step != "manager" || d.Waiting[0].MemberID != mg || len(d.Yours) != 1 {
		t.Fatalf("%+v", d)
	}
	var list struct{ Items []sheetAnswer }
	admin := env.As(t, "admin")
	admin.GET(t, "/api/v1/approvals").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 0 {
		t.Errorf("waits for an administrator: %+v", list)
	}
	admin.GET(t, "/api/v1/approvals?scope=all&project_id="+project).Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 {
		t.Errorf("all that waits: %+v", list)
	}
	var in struct{ ID string }
	manager.POST(t, "/api/v1/stand-ins", map[string]any{"stand_in_id": ms, "first_day": "2099-01-01", "last_day": "2099-01-05"}).Refused(t, http.StatusUnprocessableEntity, "timesheets.bad_stand_in", "body.stand_in_id")
	manager.POST(t, "/api/v1/stand-ins", map[string]any{"stand_in_id": idOf(admin), "first_day": "2099-01-01", "last_day": "2099-01-05"}).Expect(t, http.StatusCreated).JSON(t, &in)
	manager.DELETE(t, "/api/v1/stand-ins/"+in.ID).Expect(t, http.StatusNoContent)
	manager.With("If-Match", etag(d.Timesheet.Version)).POST(t, sheet+"/decide", map[string]any{"back": []map[string]any{{"entry_id": d.Yours[0]}}}).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_reason", "body.reason")
	manager.With("If-Match", etag(d.Timesheet.Version)).POST(t, sheet+"/decide", map[string]any{"approve": d.Yours}).Expect(t, http.StatusOK)
}
