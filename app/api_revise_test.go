package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
)

// Re-rating is an act of its own, with a preview of count and amount; approved time keeps its price.
func TestRule44ChangingARateAsksWhichTimeItIsFor(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, blind := env.As(t, "owner"), env.Fresh(t, "owner", "rates.cards.read", "rates.cards.write")
	var card, rate struct {
		ID      string
		Version int
	}
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	newRate := map[string]any{"kind": "member", "target_id": owner.Member.ID, "per_hour": "100", "valid_from": "2020-01-01"}
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", newRate).Expect(t, http.StatusCreated).JSON(t, &rate)

	monday := day.MustParse(thisMonday())
	ids := map[string]string{}
	log := func(name string, on day.Date, hours int) {
		t.Helper()
		var e entryAnswer
		owner.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": on.String(), "seconds": hours * 3600, "billable": true}).Expect(t, http.StatusCreated).JSON(t, &e)
		ids[name] = e.ID
	}
	log("approved", monday.AddDays(-14), 1)
	var grid struct{ Timesheet sheetAnswer }
	owner.GET(t, "/api/v1/timesheets/grid?week="+monday.AddDays(-14).String()).Expect(t, http.StatusOK).JSON(t, &grid)
	sheet := "/api/v1/timesheets/" + grid.Timesheet.ID
	var s sheetAnswer
	owner.With("If-Match", etag(grid.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
	env.As(t, "admin").With("If-Match", etag(s.Version)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK)
	log("before", monday.AddDays(-7), 2)
	log("since", monday, 3)

	type effect struct {
		Entries       int
		Before, After []amount
	}
	preview := func(c *apptest.Client, reach string) (e effect) {
		t.Helper()
		body := map[string]any{"per_hour": "120", "reach": reach, "from": monday.String()}
		c.With("If-Match", etag(rate.Version)).POST(t, "/api/v1/rates/"+rate.ID+"/preview-revision", body).Expect(t, http.StatusOK).JSON(t, &e)
		return e
	}
	price := func(name, want string) {
		t.Helper()
		var e entryAnswer
		owner.GET(t, "/api/v1/time-entries/"+ids[name]).Expect(t, http.StatusOK).JSON(t, &e)
		if e.Rate == nil || e.Rate.PerHour != want {
			t.Errorf("%s: %+v, want %s", name, e.Rate, want)
		}
	}
	if e := preview(owner, "new"); e.Entries != 0 {
		t.Errorf("new only: %+v", e)
	}
	if e := preview(owner, "from"); e.Entries != 1 || e.Before[0].Amount != "300.00" || e.After[0].Amount != "360.00" {
		t.Errorf("from Monday: %+v", e)
	}
	if e := preview(owner, "unbilled"); e.Entries != 2 || e.Before[0].Amount != "500.00" || e.After[0].Amount != "600.00" {
		t.Errorf("all unbilled: %+v", e)
	}
	if e := preview(blind, "unbilled"); e.Entries != 2 || len(e.Before)+len(e.After) != 0 {
		t.Errorf("without the right to see amounts: %+v", e)
	}
	for name := range ids {
		price(name, "100.00") // a preview changes nothing
	}

	revise := func(body map[string]any) *apptest.Reply {
		t.Helper()
		return owner.With("If-Match", etag(rate.Version)).POST(t, "/api/v1/rates/"+rate.ID+"/revise", body)
	}
	revise(map[string]any{"per_hour": "120", "reach": "from"}).Refused(t, http.StatusUnprocessableEntity, "rates.bad_rate", "body.from")
	revise(map[string]any{"per_hour": "-1", "reach": "unbilled"}).Refused(t, http.StatusUnprocessableEntity, "rates.bad_rate", "body.per_hour")
	var done struct {
		Revised struct {
			ID        string
			ValidFrom string `json:"valid_from"`
		}
		Effect effect
	}
	revise(map[string]any{"per_hour": "120", "reach": "from", "from": monday.String()}).Expect(t, http.StatusOK).JSON(t, &done)
	if done.Revised.ID == rate.ID || done.Revised.ValidFrom != monday.String() || done.Effect.Entries != 1 {
		t.Errorf("from Monday: %+v", done)
	}
	revise(map[string]any{"per_hour": "130", "reach": "new"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	price("approved", "100.00")
	price("before", "100.00")
	price("since", "120.00")
	log("next", monday, 1)
	price("next", "120.00")
}
