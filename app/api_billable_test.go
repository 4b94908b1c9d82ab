package app_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/people"
)

// Who may say whether time is billable: everybody at first; when the agency keeps it for those who hold the permission, by their role
// and their token. It holds for entries, for what is suggested, and for tasks, which decide for the time on them.
func TestSettingBillableIsAPermission(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	today := day.Of(time.Now(), time.UTC)
	log := func(c *apptest.Client) *apptest.Reply {
		return c.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": today.String(), "seconds": 60, "billable": false})
	}
	log(member).Expect(t, http.StatusCreated)
	setting := func(c *apptest.Client, may bool) *apptest.Reply {
		etag := c.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).Header.Get("ETag")
		return c.PATCH(t, "/api/v1/time-settings", etag, map[string]any{"members_set_billable": may})
	}
	setting(member, false).Expect(t, http.StatusForbidden)
	var settings struct {
		SetBillable bool `json:"members_set_billable"`
	}
	if setting(owner, false).Expect(t, http.StatusOK).JSON(t, &settings); settings.SetBillable {
		t.Fatal("the setting was not kept")
	}

	const refused, at = "timesheets.billable_not_yours", "body.billable"
	for _, role := range []string{"owner", "admin", "manager", "finance"} {
		log(env.As(t, role)).Expect(t, http.StatusCreated)
	}
	log(member).Refused(t, http.StatusForbidden, refused, at)
	log(env.Fresh(t, "owner", "timesheets.entries.write")).Refused(t, http.StatusForbidden, refused, at)
	log(env.Fresh(t, "owner", "timesheets.entries.write", "timesheets.entries.set_billable")).Expect(t, http.StatusCreated)
	log(env.Fresh(t, "member", "timesheets.entries.write", "timesheets.entries.set_billable")).Refused(t, http.StatusForbidden, refused, at)
	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project, "billable": false}).Refused(t, http.StatusForbidden, refused, at)

	// A task says what the time on it is.
	task := func(c *apptest.Client, body map[string]any) *apptest.Reply {
		body["project_id"], body["name"] = project, "Calls"
		return c.POST(t, "/api/v1/tasks", body)
	}
	task(member, map[string]any{"billable": false}).Refused(t, http.StatusForbidden, "projects.billable_not_yours", at)
	var plain, free struct{ ID string }
	made := task(member, map[string]any{"billable": true}).Expect(t, http.StatusCreated)
	made.JSON(t, &plain)
	member.PATCH(t, "/api/v1/tasks/"+plain.ID, made.Header.Get("ETag"), map[string]any{"billable": false}).Refused(t, http.StatusForbidden, "projects.billable_not_yours", at)
	member.PATCH(t, "/api/v1/tasks/"+plain.ID, made.Header.Get("ETag"), map[string]any{"billable": true, "name": "Long calls"}).Expect(t, http.StatusOK)
	task(env.As(t, "manager"), map[string]any{"billable": false}).Expect(t, http.StatusCreated).JSON(t, &free)

	var e struct {
		ID       string
		TaskID   *string `json:"task_id"`
		Billable bool
	}
	reply := member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "task_id": plain.ID, "day": today.String(), "seconds": 60}).Expect(t, http.StatusCreated)
	if reply.JSON(t, &e); !e.Billable {
		t.Errorf("as the task says: %+v", e)
	}
	entry := "/api/v1/time-entries/" + e.ID
	member.PATCH(t, entry, reply.Header.Get("ETag"), map[string]any{"billable": false}).Refused(t, http.StatusForbidden, refused, at)
	bulk := map[string]any{"entry_ids": []string{e.ID}, "change": map[string]any{"billable": false}}
	member.POST(t, "/api/v1/time-entries/bulk", bulk).Refused(t, http.StatusForbidden, refused, "body.change.billable")
	if member.PATCH(t, entry, reply.Header.Get("ETag"), map[string]any{"task_id": free.ID}).Expect(t, http.StatusOK).JSON(t, &e); e.Billable {
		t.Errorf("moved to a task that is not billable: %+v", e)
	}

	// What was booked is suggested.
	var all [7]int
	for i := range all {
		all[i] = 28800
	}
	must(t, env.App.Services.People.PutSchedule(env.Ctx, people.Schedule{MemberID: member.Member.ID, StartsOn: today.AddDays(-100), Seconds: all}))
	var b booking
	owner.POST(t, "/api/v1/bookings", map[string]any{
		"member_id": member.Member.ID, "project_id": project, "task_id": plain.ID, "starts_on": today.AddDays(-1).String(), "ends_on": today.AddDays(-1).String(), "kind": "per_day", "seconds": 3600,
	}).Expect(t, http.StatusCreated).JSON(t, &b)
	take := map[string]any{"ids": []string{fmt.Sprintf("%s.%s", b.ID, today.AddDays(-1))}, "zone": "UTC", "billable": false}
	member.POST(t, "/api/v1/time-suggestions/take", take).Refused(t, http.StatusForbidden, refused, at)
	delete(take, "billable")
	member.POST(t, "/api/v1/time-suggestions/take", take).Expect(t, http.StatusCreated)

	setting(owner, true).Expect(t, http.StatusOK)
	log(member).Expect(t, http.StatusCreated)
}
