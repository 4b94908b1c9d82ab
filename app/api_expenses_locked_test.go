package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
)

// Closed months hold expenses as they hold time (rule 39), whatever the door, and the refusal says up to when and by whom.
func TestRule39_AClosedPeriodHoldsExpenses(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	today := time.Now().UTC()
	day := func(ago int) string { return today.AddDate(0, 0, -ago).Format(time.DateOnly) }
	var category struct{ ID string }
	owner.POST(t, "/api/v1/expense-categories", map[string]any{"name": "Train", "billable": false}).Expect(t, http.StatusCreated).JSON(t, &category)
	expense := func(d string) map[string]any {
		return map[string]any{"kind": "receipt", "category_id": category.ID, "day": d, "gross": "12.00", "currency": "EUR"}
	}
	add := func(d string) (e expenseAnswer) {
		member.POST(t, "/api/v1/expenses", expense(d)).Expect(t, http.StatusCreated).JSON(t, &e)
		return e
	}
	old, fresh := add(day(40)), add(day(3))
	var s struct{ Version int }
	owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &s)
	owner.PATCH(t, "/api/v1/time-settings", etag(s.Version), map[string]any{"locked_through": day(30)}).Expect(t, http.StatusOK)

	const code = "timesheets.period_locked"
	refused := member.POST(t, "/api/v1/expenses", expense(day(30)))
	refused.Refused(t, http.StatusConflict, code, "body.day")
	if want := "Time up to " + today.AddDate(0, 0, -30).Format("2 January 2006") + " was closed by "; !strings.Contains(string(refused.Body), want) {
		t.Errorf("%s; want %q", refused.Body, want)
	}
	member.POST(t, "/api/v1/expenses", expense(day(29))).Expect(t, http.StatusCreated)
	member.With("If-Match", etag(old.Version)).PUT(t, "/api/v1/expenses/"+old.ID, expense(day(40))).Refused(t, http.StatusConflict, code, "body.day")
	member.With("If-Match", etag(old.Version)).PUT(t, "/api/v1/expenses/"+old.ID, expense(day(3))).Refused(t, http.StatusConflict, code, "body.day")
	member.With("If-Match", etag(fresh.Version)).PUT(t, "/api/v1/expenses/"+fresh.ID, expense(day(40))).Refused(t, http.StatusConflict, code, "body.day")
	member.DELETE(t, "/api/v1/expenses/"+old.ID).Refused(t, http.StatusConflict, code, "path.id")
	member.With("If-Match", etag(old.Version)).POST(t, "/api/v1/expenses/"+old.ID+"/submit", nil).Refused(t, http.StatusConflict, code, "path.id")
}
