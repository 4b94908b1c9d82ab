package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

// A client is invoiced by a legal entity; what that one has closed is closed for the client's time and expenses, and stays so (rule 39).
func TestRule39_ALegalEntityClosesTheTimeOfItsClients(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.Fresh(t, "owner", "*")
	entity := func(name string) (e struct {
		ID      string
		Version int
	},
	) {
		owner.POST(t, "/api/v1/legal-entities", map[string]any{"name": name}).Expect(t, http.StatusCreated).JSON(t, &e)
		return e
	}
	usual, other := entity("Acme GmbH"), entity("Acme Ltd")
	var client struct {
		ID            string
		Version       int
		LegalEntityID *string `json:"legal_entity_id"`
	}
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Initech", "legal_entity_id": id.New()}).Refused(t, http.StatusUnprocessableEntity, "clients.no_entity", "body.legal_entity_id")
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Initech", "legal_entity_id": other.ID}).Expect(t, http.StatusCreated).JSON(t, &client)
	if client.LegalEntityID == nil || *client.LegalEntityID != other.ID {
		t.Fatalf("%+v", client)
	}
	var draft struct {
		EntityID string `json:"entity_id"`
	}
	owner.POST(t, "/api/v1/invoices", map[string]any{"client_id": client.ID}).Expect(t, http.StatusCreated).JSON(t, &draft)
	if draft.EntityID != other.ID {
		t.Errorf("a draft is of %s, want the client's own", draft.EntityID)
	}
	var project, category struct{ ID string }
	owner.POST(t, "/api/v1/projects", map[string]any{"name": "Website", "client_id": client.ID}).Expect(t, http.StatusCreated).JSON(t, &project)
	owner.POST(t, "/api/v1/expense-categories", map[string]any{"name": "Train", "billable": false}).Expect(t, http.StatusCreated).JSON(t, &category)

	day := func(ago int) string { return time.Now().UTC().AddDate(0, 0, -ago).Format(time.DateOnly) }
	var s struct{ Version int }
	owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &s)
	closing := func(entityID, through string) map[string]any {
		return map[string]any{"entity_locks": []any{map[string]any{"entity_id": entityID, "through": through}}}
	}
	owner.PATCH(t, "/api/v1/time-settings", etag(s.Version), closing(id.New(), day(30))).Refused(t, http.StatusUnprocessableEntity, "timesheets.bad_settings", "body.entity_locks[0].entity_id")
	owner.PATCH(t, "/api/v1/time-settings", etag(s.Version), closing(other.ID, "soon")).Refused(t, http.StatusUnprocessableEntity, "timesheets.bad_settings", "body.entity_locks[0].through")
	owner.PATCH(t, "/api/v1/time-settings", etag(s.Version), closing(other.ID, day(30))).Expect(t, http.StatusOK)

	const code = "timesheets.period_locked"
	refused := owner.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project.ID, "day": day(40), "seconds": 3600})
	refused.Refused(t, http.StatusConflict, code, "body.day")
	if !strings.Contains(string(refused.Body), "Time of Acme Ltd up to ") {
		t.Errorf("%s", refused.Body)
	}
	owner.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project.ID, "day": day(3), "seconds": 3600}).Expect(t, http.StatusCreated)
	expense := map[string]any{"kind": "receipt", "category_id": category.ID, "day": day(40), "gross": "12.00", "currency": "EUR"}
	owner.POST(t, "/api/v1/expenses", expense).Expect(t, http.StatusCreated) // for nobody's project
	expense["project_id"] = project.ID
	owner.POST(t, "/api/v1/expenses", expense).Refused(t, http.StatusConflict, code, "body.day")

	owner.PATCH(t, "/api/v1/clients/"+client.ID, etag(client.Version), map[string]any{"legal_entity_id": ""}).Refused(t, http.StatusConflict, code, "body.legal_entity_id")
	owner.PATCH(t, "/api/v1/legal-entities/"+other.ID, etag(other.Version), map[string]any{"default": true}).Expect(t, http.StatusOK)
	owner.PATCH(t, "/api/v1/legal-entities/"+usual.ID, etag(usual.Version), map[string]any{"default": true}).Refused(t, http.StatusPreconditionFailed, "request.stale")
}
