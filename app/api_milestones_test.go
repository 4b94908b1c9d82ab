package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

// A contact asks for changes in the portal: staff and the contact get letters, both sides read what was said, and a stranger finds nothing.
func TestAMilestoneGoesBackToWorkAndIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	var p struct {
		ClientID string `json:"client_id"`
	}
	owner.GET(t, "/api/v1/projects/"+project).Expect(t, http.StatusOK).JSON(t, &p)
	var contact struct{ ID string }
	address := "pia-" + id.New() + "@client.example"
	owner.POST(t, "/api/v1/clients/"+p.ClientID+"/contacts", map[string]any{"name": "Pia", "email": address}).Expect(t, http.StatusCreated).JSON(t, &contact)
	pia, stranger := env.Contact(t, contact.ID, p.ClientID), env.Contact(t, id.New(), id.New())
	eur := func(a string) map[string]any { return map[string]any{"amount": a, "currency": "EUR"} }
	var fee struct {
		ID    string
		Parts []struct {
			ID           string
			ChangesAsked bool `json:"changes_asked"`
			Rounds       []struct {
				Text, Note string
				AskedBy    string `json:"asked_by"`
			}
		}
	}
	owner.POST(t, "/api/v1/fees", map[string]any{
		"project_id": project, "name": "App", "kind": "milestones", "amount": eur("1000.00"), "parts": []any{map[string]any{"name": "Design", "amount": eur("1000.00")}},
	}).Expect(t, http.StatusCreated).JSON(t, &fee)
	part := fee.Parts[0].ID
	milestone, staff := "/api/v1/portal/milestones/"+part, "/api/v1/fee-parts/"+part

	stranger.POST(t, milestone+"/changes", map[string]any{"text": "Mine"}).Expect(t, http.StatusNotFound)
	owner.POST(t, milestone+"/changes", map[string]any{"text": "Mine"}).Expect(t, http.StatusForbidden)
	pia.POST(t, milestone+"/changes", map[string]any{"text": "  "}).Refused(t, http.StatusUnprocessableEntity, "fees.bad_request_for_changes", "body.text")
	pia.POST(t, milestone+"/changes", map[string]any{"text": "Bigger", "version": 9}).Refused(t, http.StatusConflict, "fees.milestone_moved")
	var m struct {
		State   string
		Version int
		Rounds  []struct{ Text, Note string }
	}
	pia.POST(t, milestone+"/changes", map[string]any{"text": "The logo is too small", "version": 1}).Expect(t, http.StatusOK).JSON(t, &m)
	if m.State != "changes_asked" || len(m.Rounds) != 1 {
		t.Errorf("asked: %+v", m)
	}
	pia.POST(t, milestone+"/accept", nil).Refused(t, http.StatusConflict, "fees.changes_asked")
	owner.POST(t, staff+"/accept", nil).Refused(t, http.StatusConflict, "fees.changes_asked")
	owner.GET(t, "/api/v1/fees/"+fee.ID).Expect(t, http.StatusOK).JSON(t, &fee)
	if f := fee.Parts[0]; !f.ChangesAsked || len(f.Rounds) != 1 || f.Rounds[0].Text != "The logo is too small" {
		t.Errorf("staff read %+v", f)
	}
	mailed := func(to, text string) func() bool {
		return func() bool {
			for _, m := range env.Mails.To(to) {
				if strings.Contains(m.Text, text) {
					return true
				}
			}
			return false
		}
	}
	eventually(t, "staff are told", mailed(owner.Member.Email, "The logo is too small"))

	member.POST(t, staff+"/ready", map[string]any{}).Expect(t, http.StatusForbidden)
	owner.POST(t, staff+"/ready", map[string]any{"note": "It is twice as big"}).Expect(t, http.StatusOK)
	owner.POST(t, staff+"/ready", map[string]any{}).Refused(t, http.StatusConflict, "fees.no_changes_asked")
	eventually(t, "the contact is told", mailed(address, "It is twice as big"))
	pia.POST(t, milestone+"/accept", map[string]any{"version": m.Version}).Refused(t, http.StatusConflict, "fees.milestone_moved")
	pia.POST(t, milestone+"/accept", map[string]any{"version": m.Version + 1}).Expect(t, http.StatusOK).JSON(t, &m)
	if m.State != "accepted" || len(m.Rounds) != 1 || m.Rounds[0].Note != "It is twice as big" {
		t.Errorf("accepted: %+v", m)
	}
	pia.POST(t, milestone+"/changes", map[string]any{"text": "Too late", "version": m.Version}).Refused(t, http.StatusConflict, "fees.accepted")
}
