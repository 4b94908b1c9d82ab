package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
)

// An issue date is in no closed period, be it closed for everybody or for the legal entity that issues. Nothing is half done: the draft stays, and
// its number goes to the next one.
func TestRule19_AnIssueDateIsInNoClosedPeriod(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.Fresh(t, "owner", "*")
	day := func(ago int) string { return time.Now().UTC().AddDate(0, 0, -ago).Format(time.DateOnly) }
	type made struct {
		ID     string
		Number string
		State  string
	}
	var entity, client made
	owner.POST(t, "/api/v1/legal-entities", map[string]any{"name": "Acme Ltd", "number_reset": "never", "number_format": "INV-{NNNN}"}).Expect(t, http.StatusCreated).JSON(t, &entity)
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Initech"}).Expect(t, http.StatusCreated).JSON(t, &client)
	draft := func() (d made) {
		owner.POST(t, "/api/v1/invoices", map[string]any{
			"client_id": client.ID, "entity_id": entity.ID, "lines": []any{map[string]any{"description": "Advice", "quantity": "1", "unit_price": "10"}},
		}).Expect(t, http.StatusCreated).JSON(t, &d)
		return d
	}
	issue := func(d made, on string) *apptest.Reply {
		return owner.POST(t, "/api/v1/invoices/"+d.ID+"/issue", map[string]any{"issue_on": on})
	}
	settings := func(change map[string]any) {
		change["reason"] = "for the test"
		owner.PATCH(t, "/api/v1/time-settings", owner.GET(t, "/api/v1/time-settings").Header.Get("ETag"), change).Expect(t, http.StatusOK)
	}
	const code = "timesheets.period_locked"

	first, second := draft(), draft()
	issue(first, day(40)).Expect(t, http.StatusOK)
	settings(map[string]any{"locked_through": day(30)})
	issue(second, day(30)).Refused(t, http.StatusConflict, code, "body.issue_on")
	credit := func(on string) *apptest.Reply {
		return owner.POST(t, "/api/v1/invoices/"+first.ID+"/credits", map[string]any{"issue_on": on, "reason": "Agreed"})
	}
	credit(day(31)).Refused(t, http.StatusConflict, code, "body.issue_on")

	settings(map[string]any{"entity_locks": []any{map[string]any{"entity_id": entity.ID, "through": day(20)}}})
	refused := issue(second, day(20))
	refused.Refused(t, http.StatusConflict, code, "body.issue_on")
	if !strings.Contains(string(refused.Body), "Acme Ltd") {
		t.Errorf("it does not say whose period is closed: %s", refused.Body)
	}
	var got made
	issue(second, day(19)).Expect(t, http.StatusOK).JSON(t, &got)
	if got.State != "issued" || !strings.HasSuffix(got.Number, "0002") {
		t.Errorf("%+v", got)
	}
	credit(day(19)).Expect(t, http.StatusCreated)
}
