package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

type sheetAnswer struct {
	ID, State string
	Version   int
	Own       bool
	Seconds   int64
	Reason    string
}

type entryAnswer struct {
	ID          string
	TimesheetID string `json:"timesheet_id"`
	Day         string
	Seconds     int64
	Note, State string
	Editable    bool
	Version     int
	Rate        *struct {
		PerHour string `json:"per_hour"`
		Why     string
	}
	Warnings []struct{ Code string }
}

// newProject makes a client with one project and returns the project's id.
func newProject(t *testing.T, env *apptest.Env) string {
	t.Helper()
	owner := env.As(t, "owner")
	var client, project struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Acme " + id.New()}).Expect(t, http.StatusCreated).JSON(t, &client)
	owner.POST(t, "/api/v1/projects", map[string]any{"client_id": client.ID, "name": "Website"}).Expect(t, http.StatusCreated).JSON(t, &project)
	return project.ID
}

func TestTimeFromEntryToApproval(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	member, manager := env.As(t, "member"), env.As(t, "manager")
	monday := thisMonday()

	var e entryAnswer
	made := member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": monday, "seconds": 5400, "note": "design"}).Expect(t, http.StatusCreated).JSON(t, &e)
	if e.Seconds != 5400 || e.State != "draft" || !e.Editable || e.Rate != nil {
		t.Fatalf("logged: %s", made.Body)
	}
	member.PATCH(t, "/api/v1/time-entries/"+e.ID, `"99"`, map[string]any{"note": "x"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	member.Do(t, http.MethodPatch, "/api/v1/time-entries/"+e.ID, map[string]any{"note": "x"}).Refused(t, 428, "request.version_required")
	member.PATCH(t, "/api/v1/time-entries/"+e.ID, made.Header.Get("ETag"), map[string]any{"seconds": 7200}).Expect(t, http.StatusOK).JSON(t, &e)

	var grid struct {
		Seconds, Expected, Missing int64
		Timesheet                  sheetAnswer
		Rows                       []struct{ Cells []struct{ Seconds int64 } }
	}
	member.PUT(t, "/api/v1/timesheets/grid", map[string]any{"day": monday, "project_id": project, "seconds": 10800, "expected_seconds": 7200}).Expect(t, http.StatusOK).JSON(t, &grid)
	if grid.Seconds != 10800 || len(grid.Rows) != 1 || grid.Rows[0].Cells[0].Seconds != 10800 {
		t.Errorf("the grid has %+v", grid)
	}
	member.PUT(t, "/api/v1/timesheets/grid", map[string]any{"day": monday, "project_id": project, "seconds": 60, "expected_seconds": 7200}).Refused(t, http.StatusPreconditionFailed, "timesheets.cell_stale", "body.expected_seconds")
	member.GET(t, "/api/v1/timesheets/grid?week="+monday).Expect(t, http.StatusOK).JSON(t, &grid)
	sheet := "/api/v1/timesheets/" + grid.Timesheet.ID
	var s sheetAnswer
	member.With("If-Match", etag(grid.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
	member.POST(t, sheet+"/approve", nil).Refused(t, http.StatusForbidden, "")

	var list struct{ Items []sheetAnswer }
	manager.GET(t, "/api/v1/approvals").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].Seconds != 10800 || list.Items[0].Own {
		t.Fatalf("to approve: %+v", list)
	}
	manager.With("If-Match", etag(s.Version)).POST(t, sheet+"/reject", map[string]any{"reason": ""}).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_reason", "body.reason")
	manager.With("If-Match", etag(s.Version)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK).JSON(t, &s)
	manager.With("If-Match", etag(s.Version-1)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK) // once more is the same
	if s.State != "approved" {
		t.Errorf("the week is %s", s.State)
	}
	member.DELETE(t, "/api/v1/time-entries/"+e.ID).Refused(t, http.StatusConflict, "timesheets.entry_frozen")
	var detail struct{ Entries []entryAnswer }
	member.GET(t, sheet).Expect(t, http.StatusOK).JSON(t, &detail)
	if len(detail.Entries) != 1 || detail.Entries[0].State != "approved" {
		t.Errorf("lines: %+v", detail.Entries)
	}
}

func TestTimerByAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	member := env.As(t, "member")
	member.POST(t, "/api/v1/timer/stop", nil).Refused(t, http.StatusNotFound, "timesheets.no_timer")
	var started struct {
		Timer   struct{ ID, Note string }
		Stopped *entryAnswer
	}
	start := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project, "note": "one", "started_at": start, "zone": "Europe/Berlin"}).Expect(t, http.StatusOK).JSON(t, &started)
	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project, "note": "two"}).Expect(t, http.StatusOK).JSON(t, &started)
	if started.Timer.Note != "two" || started.Stopped == nil || started.Stopped.Note != "one" || started.Stopped.Seconds < 60 {
		t.Fatalf("switching: %+v", started)
	}
	var running struct{ Timer *struct{ ID, Note string } }
	member.Do(t, http.MethodPatch, "/api/v1/timer", map[string]any{"note": "three"}).Expect(t, http.StatusOK)
	member.GET(t, "/api/v1/timer").Expect(t, http.StatusOK).JSON(t, &running)
	if running.Timer == nil || running.Timer.Note != "three" {
		t.Fatalf("running: %+v", running)
	}
	env.As(t, "manager").GET(t, "/api/v1/timer").Expect(t, http.StatusOK).JSON(t, &running)
	var e entryAnswer
	member.POST(t, "/api/v1/timer/stop", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &e)
	if e.Note != "three" {
		t.Errorf("stopped: %+v", e)
	}
	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project}).Expect(t, http.StatusOK)
	member.POST(t, "/api/v1/timer/discard", nil).Expect(t, http.StatusNoContent)
	var recent struct{ Items []entryAnswer }
	member.GET(t, "/api/v1/time-entries/recent").Expect(t, http.StatusOK).JSON(t, &recent)
	if len(recent.Items) != 2 {
		t.Errorf("recent: %+v", recent)
	}
}

func TestBadTimeIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	member := env.As(t, "member")
	day := thisMonday()
	at := func(h int) string { return fmt.Sprintf("%sT%02d:00:00Z", day, h) }
	for name, c := range map[string]struct {
		body  map[string]any
		field string
	}{
		"negative hours":   {map[string]any{"day": day, "seconds": -3600}, "body.seconds"},
		"a 25-hour day":    {map[string]any{"day": day, "seconds": 25 * 3600}, "body.seconds"},
		"end before start": {map[string]any{"started_at": at(10), "ended_at": at(9)}, "body.ended_at"},
		"the year 9999":    {map[string]any{"day": "9999-01-01", "seconds": 60}, "body.day"},
		"start in 9999":    {map[string]any{"started_at": "9999-01-01T09:00:00Z", "ended_at": "9999-01-01T10:00:00Z"}, "body.started_at"},
		"no such project":  {map[string]any{"day": day, "seconds": 60, "project_id": id.New()}, "body.project_id"},
		"a long note":      {map[string]any{"day": day, "seconds": 60, "note": strings.Repeat("x", 2001)}, "body.note"},
		"an unknown field": {map[string]any{"day": day, "seconds": 60, "hours": 1}, "body.hours"},
		"a wrong type":     {map[string]any{"day": day, "seconds": "an hour"}, "body.seconds"},
		"no zone":          {map[string]any{"day": day, "seconds": 60, "zone": "Mars"}, "body.zone"},
	} {
		if c.body["project_id"] == nil {
			c.body["project_id"] = project
		}
		t.Run(name, func(t *testing.T) {
			member.POST(t, "/api/v1/time-entries", c.body).Refused(t, http.StatusUnprocessableEntity, "", c.field)
		})
	}
	key := member.With("Idempotency-Key", id.New())
	body := map[string]any{"project_id": project, "day": day, "seconds": 60}
	var one, two entryAnswer
	key.POST(t, "/api/v1/time-entries", body).Expect(t, http.StatusCreated).JSON(t, &one)
	key.POST(t, "/api/v1/time-entries", body).Expect(t, http.StatusCreated).JSON(t, &two)
	if one.ID != two.ID {
		t.Error("a repeated call logged twice")
	}
	var list struct{ Items []entryAnswer }
	env.Fresh(t, "member", "*").GET(t, "/api/v1/time-entries").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 0 {
		t.Errorf("a colleague sees %+v", list.Items)
	}
	env.Fresh(t, "member", "*").GET(t, "/api/v1/time-entries/"+one.ID).Refused(t, http.StatusNotFound, "timesheets.entry_not_found")
}

func TestListsOfTimeArePaged(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	member := env.As(t, "member")
	for i := range 5 {
		member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": thisMonday(), "seconds": 60 * (i + 1), "note": fmt.Sprintf("n%%%d", i)}).Expect(t, http.StatusCreated)
	}
	seen, cursor := map[string]bool{}, ""
	for range 3 {
		var page struct {
			Items []entryAnswer
			Next  *string
		}
		member.GET(t, "/api/v1/time-entries?limit=2&cursor="+cursor).Expect(t, http.StatusOK).JSON(t, &page)
		for _, e := range page.Items {
			seen[e.ID] = true
		}
		if page.Next == nil {
			break
		}
		cursor = *page.Next
	}
	if len(seen) != 5 {
		t.Errorf("pages showed %d entries, want 5", len(seen))
	}
	member.GET(t, "/api/v1/time-entries?cursor=abc").Refused(t, http.StatusUnprocessableEntity, "request.bad_cursor")
	var sum struct{ Total map[string]any }
	member.GET(t, "/api/v1/time-entries/summary?group=project&q=n%25").Expect(t, http.StatusOK).JSON(t, &sum)
	if sum.Total["seconds"] != float64(900) || sum.Total["amounts"] != nil {
		t.Errorf("summary: %v", sum.Total)
	}
	member.GET(t, "/api/v1/time-entries/summary?q=n%253").Expect(t, http.StatusOK).JSON(t, &sum)
	if sum.Total["seconds"] != float64(240) {
		t.Errorf("summary of what has n%%3 in its note: %v", sum.Total)
	}
	csv := member.GET(t, "/api/v1/time-entries/export.csv").Expect(t, http.StatusOK)
	if !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") || strings.Count(string(csv.Body), "\n") != 6 || strings.Contains(string(csv.Body), "rate") {
		t.Errorf("export: %s", csv.Body)
	}
}

func TestAPeriodIsLockedByAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	got := owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK)
	owner.PATCH(t, "/api/v1/time-settings", got.Header.Get("ETag"), map[string]any{"locked_through": "9999-01-01"}).Refused(t, http.StatusUnprocessableEntity, "", "body.locked_through")
	owner.PATCH(t, "/api/v1/time-settings", got.Header.Get("ETag"), map[string]any{"locked_through": thisMonday()}).Expect(t, http.StatusOK)
	member.PATCH(t, "/api/v1/time-settings", got.Header.Get("ETag"), map[string]any{"overlap": "allow"}).Refused(t, http.StatusForbidden, "")
	member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": thisMonday(), "seconds": 60}).Refused(t, http.StatusConflict, "timesheets.period_locked", "body.day")
}

func etag(version int) string { return fmt.Sprintf("%q", fmt.Sprint(version)) }

func thisMonday() string {
	now := time.Now().UTC()
	return now.AddDate(0, 0, -(int(now.Weekday())+6)%7).Format(time.DateOnly)
}
