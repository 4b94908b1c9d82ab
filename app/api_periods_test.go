package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
)

// Months are handed in from the next one on; the calls that speak of weeks go on to work.
func TestTimeIsHandedInByMonths(t *testing.T) {
	t.Parallel()
	owner := apptest.New(t).Fresh(t, "owner", "*")
	const path, code = "/api/v1/time-settings", "timesheets.bad_settings"
	type sheet struct{ ID, Week, From, Until, State string }
	var s struct {
		Version int
		Period  struct {
			Every string
			Next  *struct{ Every, From string }
		}
	}
	owner.GET(t, path).Expect(t, http.StatusOK).JSON(t, &s)
	if s.Period.Every != "week" || s.Period.Next != nil {
		t.Fatalf("unless something else is said: %+v", s.Period)
	}
	period := func(every, from string) map[string]any {
		p := map[string]any{"every": every}
		if from != "" {
			p["from"] = from
		}
		return map[string]any{"period": p}
	}
	owner.PATCH(t, path, etag(s.Version), period("month", "2020-01-01")).Refused(t, http.StatusUnprocessableEntity, code, "body.period.from")
	owner.PATCH(t, path, etag(s.Version), period("year", "")).Refused(t, http.StatusUnprocessableEntity, "request.invalid", "body.period.every")
	owner.PATCH(t, path, etag(s.Version), map[string]any{"entity_graces": []any{map[string]any{"entity_id": id.New(), "grace": map[string]any{"on": true, "days": 5, "every": "month"}}}}).
		Refused(t, http.StatusUnprocessableEntity, code, "body.entity_graces[0].entity_id")
	owner.PATCH(t, path, etag(s.Version), period("month", "")).Expect(t, http.StatusOK).JSON(t, &s)
	if s.Period.Every != "week" || s.Period.Next == nil || s.Period.Next.Every != "month" {
		t.Fatalf("%+v", s.Period)
	}
	first := day.MustParse(s.Period.Next.From)
	var month sheet
	owner.POST(t, "/api/v1/timesheets", map[string]any{"week": first.AddDays(20).String()}).Expect(t, http.StatusCreated).JSON(t, &month)
	if month.From != first.String() || month.Until != first.EndOfMonth().String() || month.Week != month.From {
		t.Errorf("the sheet of a month: %+v", month)
	}
	var grid struct {
		Timesheet  sheet
		Timesheets []sheet
		Days       []any
	}
	owner.GET(t, "/api/v1/timesheets/grid?week="+first.String()).Expect(t, http.StatusOK).JSON(t, &grid)
	if len(grid.Days) != 7 || grid.Timesheet.ID != month.ID || !slices.ContainsFunc(grid.Timesheets, func(s sheet) bool { return s.ID == month.ID }) {
		t.Errorf("the week in which it begins: %+v", grid)
	}
}
