package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
)

// A salary is spread over the hours of the year after holidays, and before leave (rule 46); the figures of docs/guide/rates.md.
func TestRule46CapacityComesFromScheduleAndHolidays(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	// 2026 has 261 weekdays; three of them are holidays: 258 days of eight hours.
	var set struct {
		ID      string
		Version int
	}
	owner.POST(t, "/api/v1/holiday-sets", map[string]any{"name": "Short", "region": ""}).Expect(t, http.StatusCreated).JSON(t, &set)
	owner.PATCH(t, "/api/v1/holiday-sets/"+set.ID, etag(set.Version), map[string]any{"is_default": true, "days": []map[string]any{
		{"day": "2026-01-01", "name": "New Year"}, {"day": "2026-05-01", "name": "May Day"}, {"day": "2026-12-25", "name": "Christmas"},
	}}).Expect(t, http.StatusOK)
	type cost struct {
		ID            string
		ValidTo       *string `json:"valid_to"`
		CapacityHours *string `json:"capacity_hours"`
		Cost          struct {
			Hour    string
			Rounded amount
		}
	}
	var c cost
	body := map[string]any{"member_id": member.Member.ID, "valid_from": "2026-01-01", "salary": "60000", "currency": "USD"}
	owner.POST(t, "/api/v1/cost-rates/figure", body).Expect(t, http.StatusOK).JSON(t, &c)
	if c.Cost.Rounded.Amount != "29.07" || c.Cost.Hour != "29.0698" || *c.CapacityHours != "2064" {
		t.Errorf("60,000 a year: %+v, %s h", c, *c.CapacityHours)
	}
	owner.POST(t, "/api/v1/cost-rates", body).Expect(t, http.StatusCreated).JSON(t, &c)
	owner.POST(t, "/api/v1/cost-rates", body).Refused(t, http.StatusUnprocessableEntity, "rates.bad_cost", "body.valid_from")

	var card struct{ ID string }
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", map[string]any{"kind": "member", "target_id": member.Member.ID, "per_hour": "100", "valid_from": "2020-01-01"}).Expect(t, http.StatusCreated)
	e := func(c *apptest.Client, on string, hours int, billable bool) {
		t.Helper()
		c.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": on, "seconds": hours * 3600, "billable": billable}).Expect(t, http.StatusCreated)
	}
	e(member, "2026-03-02", 8, true)
	e(member, "2026-03-03", 2, false)
	e(member, "2025-12-30", 1, false) // nobody said what that cost
	e(owner, "2026-03-03", 3, false)
	var m struct {
		Cost struct {
			Worth, Costs       []amount
			Margin             *amount
			Percent            int
			SecondsWithoutCost int64 `json:"seconds_without_cost"`
		}
	}
	env.As(t, "finance").GET(t, "/api/v1/projects/"+project+"/margin").Expect(t, http.StatusOK).JSON(t, &m)
	if m.Cost.Worth[0].Amount != "800.00" || m.Cost.Costs[0].Amount != "290.70" || m.Cost.Margin.Amount != "509.30" || m.Cost.Percent != 64 || m.Cost.SecondsWithoutCost != 4*3600 {
		t.Errorf("the margin: %+v", m)
	}
	for _, role := range []string{"manager", "member"} {
		env.As(t, role).GET(t, "/api/v1/projects/"+project+"/margin").Expect(t, http.StatusForbidden)
		env.As(t, role).GET(t, "/api/v1/cost-rates").Expect(t, http.StatusForbidden)
	}
	owner.DELETE(t, "/api/v1/cost-rates/"+c.ID).Expect(t, http.StatusNoContent)
}

// Rule 45 by API: once a month is closed, what another cost makes of it is posted in the open one, and the margin says so beside overhead.
func TestRule45ClosedMonthsPostADifference(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": "2026-03-02", "seconds": 8 * 3600}).Expect(t, http.StatusCreated)
	member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": "2026-04-02", "seconds": 3600}).Expect(t, http.StatusCreated)
	cost := func(from, perHour string) {
		t.Helper()
		owner.POST(t, "/api/v1/cost-rates", map[string]any{"member_id": member.Member.ID, "valid_from": from, "per_hour": perHour, "currency": "USD"}).Expect(t, http.StatusCreated)
	}
	cost("2026-01-01", "30")
	var set struct{ Version int }
	owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &set)
	owner.PATCH(t, "/api/v1/time-settings", etag(set.Version), map[string]any{"locked_through": "2026-03-31"}).Expect(t, http.StatusOK)
	cost("2026-03-01", "32.5")
	type difference struct {
		MemberID  string `json:"member_id"`
		ProjectID string `json:"project_id"`
		Month     string
		PostedIn  string `json:"posted_in"`
		Seconds   int64
		Cost      struct{ Difference amount }
	}
	var all struct{ Items []difference }
	owner.GET(t, "/api/v1/cost-differences").Expect(t, http.StatusOK).JSON(t, &all)
	want := difference{MemberID: member.Member.ID, ProjectID: project, Month: "2026-03-01", PostedIn: "2026-04-01", Seconds: 8 * 3600}
	want.Cost.Difference = amount{Amount: "20.00", Currency: "USD"}
	if len(all.Items) != 1 || all.Items[0] != want {
		t.Errorf("posted: %+v", all)
	}
	owner.POST(t, "/api/v1/overheads", map[string]any{"percent": "20", "valid_from": "2026-01-01"}).Expect(t, http.StatusCreated)
	owner.POST(t, "/api/v1/overheads", map[string]any{"percent": "30", "valid_from": "2026-01-01"}).Refused(t, http.StatusUnprocessableEntity, "rates.bad_overhead", "body.valid_from")
	var m struct {
		Cost struct {
			Costs, Posted []amount
			Loaded        []amount `json:"loaded_costs"`
		}
	}
	owner.GET(t, "/api/v1/projects/"+project+"/margin").Expect(t, http.StatusOK).JSON(t, &m)
	if m.Cost.Costs[0].Amount != "292.50" || m.Cost.Loaded[0].Amount != "351.00" || m.Cost.Posted[0].Amount != "20.00" {
		t.Errorf("the margin: %+v", m)
	}
	for _, path := range []string{"/api/v1/cost-differences", "/api/v1/overheads"} {
		env.As(t, "manager").GET(t, path).Expect(t, http.StatusForbidden)
	}
}
