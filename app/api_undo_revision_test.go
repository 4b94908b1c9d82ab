package app_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
)

// Undoing another price gives it back to exactly the entries that it changed; what was approved since stays (rule 44).
func TestRule44AnotherPriceIsUndone(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner := env.As(t, "owner")
	type rateAnswer struct {
		ID      string
		Version int
		PerHour string  `json:"per_hour"`
		ValidTo *string `json:"valid_to"`
	}
	var card struct {
		ID    string
		Rates []rateAnswer
	}
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", map[string]any{"kind": "member", "target_id": owner.Member.ID, "per_hour": "100", "valid_from": "2020-01-01"}).Expect(t, http.StatusCreated)
	monday := day.MustParse(thisMonday())
	entries := map[string]string{}
	for name, on := range map[string]day.Date{"approved since": monday.AddDays(-14), "before": monday.AddDays(-7), "since": monday} {
		var e entryAnswer
		owner.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": on.String(), "seconds": 3600, "billable": true}).Expect(t, http.StatusCreated).JSON(t, &e)
		entries[name] = e.ID
	}
	prices := func() string {
		t.Helper()
		out := ""
		for _, name := range []string{"approved since", "before", "since"} {
			var e entryAnswer
			owner.GET(t, "/api/v1/time-entries/"+entries[name]).Expect(t, http.StatusOK).JSON(t, &e)
			out += e.Rate.PerHour + " "
		}
		return out
	}
	rates := func() (out []rateAnswer) {
		t.Helper()
		card.Rates = nil
		owner.GET(t, "/api/v1/rate-cards/"+card.ID).Expect(t, http.StatusOK).JSON(t, &card)
		return card.Rates
	}
	type effect struct {
		Entries       int
		Before, After []amount
	}
	revise := func(body map[string]any) (undo string) {
		t.Helper()
		var done struct {
			UndoID string `json:"revision_id"`
		}
		r := rates()[0]
		owner.With("If-Match", etag(r.Version)).POST(t, "/api/v1/rates/"+r.ID+"/revise", body).Expect(t, http.StatusOK).JSON(t, &done)
		return "/api/v1/rates/revisions/" + done.UndoID + "/undo"
	}
	var undone struct {
		Effect effect
		Stayed []struct {
			Why     string
			Entries int
		}
	}
	is := func(what, wantPrices string, wantRates int, perHour string) {
		t.Helper()
		all := rates()
		if got := prices(); got != wantPrices || len(all) != wantRates || all[0].PerHour != perHour {
			t.Errorf("%s: %s, %+v", what, got, all)
		}
	}

	undo := revise(map[string]any{"per_hour": "110", "reach": "new"})
	is("new only", "100.00 100.00 100.00 ", 1, "110.00")
	env.As(t, "manager").POST(t, undo, nil).Expect(t, http.StatusForbidden)
	env.As(t, "admin").POST(t, undo, nil).Expect(t, http.StatusOK).JSON(t, &undone)
	is("new only, undone", "100.00 100.00 100.00 ", 1, "100.00")
	owner.POST(t, undo, nil).Refused(t, http.StatusConflict, "rates.revision_over")

	undo = revise(map[string]any{"per_hour": "120", "reach": "from", "from": monday.String()})
	is("from Monday", "100.00 100.00 120.00 ", 2, "100.00")
	owner.POST(t, undo, nil).Expect(t, http.StatusOK).JSON(t, &undone)
	is("from Monday, undone", "100.00 100.00 100.00 ", 1, "100.00")
	if rates()[0].ValidTo != nil || undone.Effect.Entries != 1 || undone.Effect.Before[0].Amount != "120.00" || undone.Effect.After[0].Amount != "100.00" {
		t.Errorf("from Monday, undone: %+v %+v", rates(), undone)
	}

	undo = revise(map[string]any{"per_hour": "130", "reach": "unbilled"})
	is("all unbilled", "130.00 130.00 130.00 ", 1, "130.00")
	var last struct {
		ID      string
		Entries int
	}
	owner.GET(t, "/api/v1/rates/revisions/last").Expect(t, http.StatusOK).JSON(t, &last)
	if last.Entries != 3 || undo != "/api/v1/rates/revisions/"+last.ID+"/undo" {
		t.Errorf("the last one: %+v", last)
	}
	var grid struct{ Timesheet sheetAnswer }
	owner.GET(t, "/api/v1/timesheets/grid?week="+monday.AddDays(-14).String()).Expect(t, http.StatusOK).JSON(t, &grid)
	sheet := "/api/v1/timesheets/" + grid.Timesheet.ID
	var s sheetAnswer
	owner.With("If-Match", etag(grid.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
	env.As(t, "admin").With("If-Match", etag(s.Version)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK)
	owner.POST(t, undo, nil).Expect(t, http.StatusOK).JSON(t, &undone)
	is("all unbilled, undone", "130.00 100.00 100.00 ", 1, "100.00")
	if undone.Effect.Entries != 2 || fmt.Sprint(undone.Stayed) != "[{approved 1}]" {
		t.Errorf("all unbilled, undone: %+v", undone)
	}

	undo = revise(map[string]any{"per_hour": "140", "reach": "unbilled"})
	revise(map[string]any{"per_hour": "150", "reach": "new"})
	owner.POST(t, undo, nil).Refused(t, http.StatusConflict, "rates.revised_since")
}
