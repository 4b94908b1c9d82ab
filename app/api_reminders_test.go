package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
)

// The ladder over HTTP: who may, what is refused at which field, and where an invoice stands.
func TestRemindersOverHTTP(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, _ := newClient(t, env)
	finance, manager, member := env.As(t, "finance"), env.As(t, "manager"), env.As(t, "member")
	var p struct {
		Own     bool
		Version int
		Steps   []struct{ Days int }
	}
	finance.GET(t, "/api/v1/reminders/policy").Expect(t, http.StatusOK).JSON(t, &p)
	if !p.Own || p.Version != 0 || len(p.Steps) != 4 {
		t.Errorf("what is proposed: %+v", p)
	}
	manager.PUT(t, "/api/v1/reminders/policy", map[string]any{"enabled": false, "steps": []any{}}).Expect(t, http.StatusForbidden)
	member.GET(t, "/api/v1/reminders/policy").Expect(t, http.StatusForbidden)
	step := func(days int, more map[string]any) map[string]any {
		return map[string]any{"enabled": true, "steps": []map[string]any{{"days": 3}, {"days": days, "texts": more}}}
	}
	finance.PUT(t, "/api/v1/reminders/policy", step(3, nil)).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_reminders", "body.steps[1].days")
	finance.PUT(t, "/api/v1/reminders/policy", step(9, map[string]any{"de": map[string]any{"subject": "{betrag}"}})).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_reminders", "body.steps[1].texts.de.subject")
	finance.PUT(t, "/api/v1/reminders/policy", step(9, map[string]any{"xx": map[string]any{"subject": "?"}})).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_reminders", "body.steps[1].texts")
	finance.PUT(t, "/api/v1/reminders/policy", step(9, nil)).Expect(t, http.StatusOK).JSON(t, &p)
	finance.PUT(t, "/api/v1/reminders/policy", step(9, nil)).Refused(t, http.StatusPreconditionFailed, "request.stale")
	finance.GET(t, "/api/v1/reminders/policy?client_id="+client).Expect(t, http.StatusOK).JSON(t, &p)
	if p.Own || len(p.Steps) != 2 {
		t.Errorf("of a client without its own: %+v", p)
	}
	var letter struct{ Subject, Message string }
	finance.POST(t, "/api/v1/reminders/preview", map[string]any{"step": map[string]any{"days": 14}, "language": "fr"}).Expect(t, http.StatusOK).JSON(t, &letter)
	if letter.Subject != "Rappel : facture INV-2026-0042 impayée" {
		t.Errorf("preview %+v", letter)
	}

	var i invoiceAnswer
	lines := []map[string]any{{"description": "Work", "quantity": "1", "unit_price": "100"}}
	finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "lines": lines}).Expect(t, http.StatusCreated).JSON(t, &i)
	finance.POST(t, "/api/v1/invoices/"+i.ID+"/issue", map[string]any{}).Expect(t, http.StatusOK)
	path := "/api/v1/invoices/" + i.ID + "/reminders"
	var r struct {
		PausedAt *string `json:"paused_at"`
		Reason   string
		NextOn   *string `json:"next_on"`
		NextDays int     `json:"next_days"`
	}
	manager.GET(t, path).Expect(t, http.StatusOK).JSON(t, &r)
	if r.PausedAt != nil || r.NextOn == nil || r.NextDays != 3 {
		t.Errorf("next: %+v", r)
	}
	manager.POST(t, path+"/pause", map[string]any{"reason": "disputed"}).Expect(t, http.StatusForbidden)
	finance.POST(t, path+"/pause", map[string]any{}).Expect(t, http.StatusUnprocessableEntity)
	finance.POST(t, path+"/pause", map[string]any{"reason": "disputed"}).Expect(t, http.StatusOK).JSON(t, &r)
	if r.PausedAt == nil || r.Reason != "disputed" || r.NextOn != nil {
		t.Errorf("paused: %+v", r)
	}
	finance.POST(t, path+"/pause", map[string]any{"reason": "disputed"}).Refused(t, http.StatusConflict, "invoicing.reminders_paused")
	finance.POST(t, path+"/resume", nil).Expect(t, http.StatusOK)
	finance.POST(t, path+"/resume", nil).Refused(t, http.StatusConflict, "invoicing.reminders_not_paused")

	// Late fees go with the ladder; nothing of this invoice is late yet.
	costs := step(9, nil)
	costs["version"], costs["late"] = 1, map[string]any{"on": true, "percent": "9 %"}
	finance.PUT(t, "/api/v1/reminders/policy", costs).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_reminders", "body.late.percent")
	costs["late"] = map[string]any{"on": true, "percent": "9", "least": "1"}
	finance.PUT(t, "/api/v1/reminders/policy", costs).Expect(t, http.StatusOK)
	fees := "/api/v1/invoices/" + i.ID + "/late-fees"
	member.GET(t, fees).Expect(t, http.StatusForbidden)
	var l struct {
		On  bool
		Why string
	}
	manager.GET(t, fees).Expect(t, http.StatusOK).JSON(t, &l)
	if !l.On || l.Why != "nothing" {
		t.Errorf("late fees: %+v", l)
	}
	manager.POST(t, fees, map[string]any{}).Expect(t, http.StatusForbidden)
	finance.POST(t, fees, map[string]any{}).Refused(t, http.StatusConflict, "invoicing.nothing_late")
	finance.POST(t, fees, map[string]any{"until": "2199-01-01"}).Refused(t, http.StatusUnprocessableEntity, "invoicing.late_ahead", "body.until")
	finance.GET(t, fees+"?until=2199-01-01").Refused(t, http.StatusUnprocessableEntity, "invoicing.late_ahead", "query.until")
	finance.POST(t, fees+"/waive", map[string]any{"reason": "Goodwill"}).Refused(t, http.StatusConflict, "invoicing.nothing_late")
	finance.DELETE(t, fees+"/waive").Refused(t, http.StatusConflict, "invoicing.not_waived")
}
