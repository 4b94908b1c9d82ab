package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
)

// Three times 7 minutes of one task come to half an hour on an invoice; before it and after it was voided they are as they were worked.
func TestRule37_TimeIsRoundedOnTheInvoiceByAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member, manager := env.As(t, "owner"), env.As(t, "member"), env.As(t, "manager")
	var set struct{ Version int }
	owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &set)
	rule := func(scope string) map[string]any {
		return map[string]any{"rounding": map[string]any{"mode": "up", "step_seconds": 900, "minimum_seconds": 0, "scope": scope}}
	}
	owner.PATCH(t, "/api/v1/time-settings", etag(set.Version), rule("week")).Refused(t, http.StatusUnprocessableEntity, "request.invalid", "body.rounding.scope")
	member.PATCH(t, "/api/v1/time-settings", etag(set.Version), rule("task")).Expect(t, http.StatusForbidden)

	var card struct{ ID string }
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", map[string]any{"kind": "member", "target_id": member.Member.ID, "per_hour": "120", "valid_from": "2020-01-01"}).Expect(t, http.StatusCreated)
	monday := thisMonday()
	var ids []string
	for range 3 {
		var e struct{ ID string }
		member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": monday, "seconds": 420}).Expect(t, http.StatusCreated).JSON(t, &e)
		ids = append(ids, e.ID)
	}
	billed := func(what string, want int64) {
		t.Helper()
		for _, id := range ids {
			var e struct {
				Seconds int64
				Billed  int64 `json:"billed_seconds"`
			}
			member.GET(t, "/api/v1/time-entries/"+id).Expect(t, http.StatusOK).JSON(t, &e)
			if e.Seconds != 420 || e.Billed != want {
				t.Errorf("%s: %d s, billed %d, want %d", what, e.Seconds, e.Billed, want)
			}
		}
	}
	change := func(scope string) {
		t.Helper()
		owner.PATCH(t, "/api/v1/time-settings", etag(set.Version), rule(scope)).Expect(t, http.StatusOK).JSON(t, &set)
	}
	change("entry")
	billed("each by itself", 900)
	change("task")
	billed("before the invoice", 420)

	var grid struct{ Timesheet sheetAnswer }
	member.GET(t, "/api/v1/timesheets/grid?week="+monday).Expect(t, http.StatusOK).JSON(t, &grid)
	var s sheetAnswer
	sheet := "/api/v1/timesheets/" + grid.Timesheet.ID
	member.With("If-Match", etag(grid.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
	manager.With("If-Match", etag(s.Version)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK)

	type invoice struct {
		invoiceAnswer
		Lines []struct {
			Quantity   string
			Seconds    int64
			RawSeconds int64 `json:"raw_seconds"`
		}
	}
	var plan, made struct{ Invoice invoice }
	from := map[string]any{"project_ids": []string{project}, "from": monday, "to": monday, "group_by": "task"}
	owner.POST(t, "/api/v1/invoices/from-time/preview", from).Expect(t, http.StatusOK).JSON(t, &plan)
	billed("previewed", 420)
	owner.POST(t, "/api/v1/invoices/from-time", from).Expect(t, http.StatusCreated).JSON(t, &made)
	for view, i := range map[string]invoice{"preview": plan.Invoice, "draft": made.Invoice} {
		if i.Total.Amount != "60.00" || len(i.Lines) != 1 || i.Lines[0].Quantity != "0.5" || i.Lines[0].RawSeconds != 1260 || i.Lines[0].Seconds != 1800 {
			t.Errorf("%s: %+v", view, i)
		}
	}
	billed("drafted", 600)
	change("invoice") // what is on an invoice keeps what it was billed by
	billed("after another rule", 600)
	path := "/api/v1/invoices/" + made.Invoice.ID
	var issued invoice
	owner.POST(t, path+"/issue", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &issued)
	if issued.Total != plan.Invoice.Total {
		t.Errorf("issued over %+v", issued.Total)
	}
	owner.POST(t, path+"/void", map[string]any{"time": "release", "reason": "Wrong client"}).Expect(t, http.StatusOK)
	billed("voided", 420)
	owner.POST(t, "/api/v1/invoices/from-time", from).Expect(t, http.StatusCreated).JSON(t, &made)
	billed("drafted again", 600)
	owner.DELETE(t, "/api/v1/invoices/"+made.Invoice.ID).Expect(t, http.StatusNoContent)
	billed("thrown away", 420)
	change("entry")
	billed("each by itself again", 900)
}
