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

// The letter that a milestone is ready again speaks the language of its client's documents.
func TestAMilestonesLetterSpeaksTheClientsLanguage(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	eur := map[string]any{"amount": "1000.00", "currency": "EUR"}
	for language, want := range map[string]struct{ subject, said, button string }{
		"en": {"“Design” is ready again", "says that the changes to “Design” are made.", "Look at the milestone"},
		"de": {"„Design“ ist wieder bereit", "hat die gewünschten Änderungen an „Design“ als erledigt gemeldet.", "Meilenstein ansehen"},
		"fr": {"« Design » vous est présenté de nouveau", "indique que les modifications de «\u00a0Design\u00a0» sont faites.", "Voir le jalon"},
		"es": {"«Design» está listo de nuevo", "indica que los cambios de «Design» están hechos.", "Ver el hito"},
	} {
		var client, contact, project struct{ ID string }
		owner.POST(t, "/api/v1/clients", map[string]any{"name": "Client " + language, "language": language}).Expect(t, http.StatusCreated).JSON(t, &client)
		address := "pia-" + id.New() + "@client.example"
		owner.POST(t, "/api/v1/clients/"+client.ID+"/contacts", map[string]any{"name": "Pia", "email": address}).Expect(t, http.StatusCreated).JSON(t, &contact)
		owner.POST(t, "/api/v1/projects", map[string]any{"client_id": client.ID, "name": "Site"}).Expect(t, http.StatusCreated).JSON(t, &project)
		var fee struct{ Parts []struct{ ID string } }
		owner.POST(t, "/api/v1/fees", map[string]any{
			"project_id": project.ID, "name": "App", "kind": "milestones", "amount": eur, "parts": []any{map[string]any{"name": "Design", "amount": eur}},
		}).Expect(t, http.StatusCreated).JSON(t, &fee)
		part := fee.Parts[0].ID
		env.Contact(t, contact.ID, client.ID).POST(t, "/api/v1/portal/milestones/"+part+"/changes", map[string]any{"text": "Bigger"}).Expect(t, http.StatusOK)
		owner.POST(t, "/api/v1/fee-parts/"+part+"/ready", map[string]any{"note": "Done"}).Expect(t, http.StatusOK)
		eventually(t, "the contact is told", func() bool { return len(env.Mails.To(address)) > 0 })
		m := env.Mails.To(address)[0]
		if m.Subject != want.subject || !strings.Contains(m.Text, want.said) || !strings.Contains(m.Text, want.button) || !strings.Contains(m.HTML, `<html lang="`+language+`"`) {
			t.Errorf("%s: %q\n%s\n%s", language, m.Subject, m.Text, m.HTML)
		}
	}
}

// A letter to a member that is refused marks the member, once, for who manages members and for the member; one that arrives takes
// the mark away. A letter to a client's contact that is refused is said at the milestone, told to who marked it as ready, and sent again.
func TestLettersThatDoNotArriveAreSaid(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, admin, finance := env.As(t, "owner"), env.As(t, "admin"), env.As(t, "finance")
	var p struct {
		ClientID string `json:"client_id"`
	}
	owner.GET(t, "/api/v1/projects/"+project).Expect(t, http.StatusOK).JSON(t, &p)
	var contact struct{ ID string }
	address := "pia-" + id.New() + "@client.example"
	owner.POST(t, "/api/v1/clients/"+p.ClientID+"/contacts", map[string]any{"name": "Pia", "email": address}).Expect(t, http.StatusCreated).JSON(t, &contact)
	pia := env.Contact(t, contact.ID, p.ClientID)
	eur := map[string]any{"amount": "1000.00", "currency": "EUR"}
	type round struct {
		FailedAt *string `json:"failed_at"`
		Failure  string
	}
	var fee struct {
		ID    string
		Parts []struct {
			ID     string
			Rounds []round
		}
	}
	owner.POST(t, "/api/v1/fees", map[string]any{
		"project_id": project, "name": "App", "kind": "milestones", "amount": eur, "parts": []any{map[string]any{"name": "Design", "amount": eur}},
	}).Expect(t, http.StatusCreated).JSON(t, &fee)
	milestone, staff := "/api/v1/portal/milestones/"+fee.Parts[0].ID, "/api/v1/fee-parts/"+fee.Parts[0].ID

	type marked struct {
		Email        string
		MailFailedAt *string `json:"mail_failed_at"`
		MailFailure  string  `json:"mail_failure"`
	}
	seen := func(by *apptest.Client) (m marked) {
		t.Helper()
		by.GET(t, "/api/v1/members/"+owner.Member.ID).Expect(t, http.StatusOK).JSON(t, &m)
		return m
	}
	env.Mails.Refuse(owner.Member.Email, "550 no such box")
	pia.POST(t, milestone+"/changes", map[string]any{"text": "Bigger"}).Expect(t, http.StatusOK)
	eventually(t, "the owner is marked", func() bool { return seen(admin).MailFailedAt != nil })
	first := seen(admin)
	if first.MailFailure != "The mail server refused it: 550 no such box" {
		t.Errorf("marked %+v", first)
	}
	var me struct{ Member marked }
	owner.GET(t, "/api/v1/me").Expect(t, http.StatusOK).JSON(t, &me)
	if me.Member.MailFailedAt == nil || me.Member.MailFailure != first.MailFailure {
		t.Errorf("the owner reads %+v", me.Member)
	}
	if other := seen(finance); other.MailFailedAt != nil || other.MailFailure != "" {
		t.Errorf("who does not manage members reads %+v", other)
	}

	// The contact's letter fails, and so does the one that tells the owner of it: that is one mark, of since when.
	env.Mails.Refuse(address, "550 box is full")
	env.Mails.Refuse(owner.Member.Email, "550 gone for good")
	owner.POST(t, staff+"/ready", map[string]any{"note": "Done"}).Expect(t, http.StatusOK)
	at := func() round {
		t.Helper()
		owner.GET(t, "/api/v1/fees/"+fee.ID).Expect(t, http.StatusOK).JSON(t, &fee)
		return fee.Parts[0].Rounds[0]
	}
	eventually(t, "the milestone says so", func() bool { return at().FailedAt != nil })
	if r := at(); r.Failure != "The mail server refused it: 550 box is full" {
		t.Errorf("the round says %+v", r)
	}
	eventually(t, "the latest reason is kept", func() bool { return seen(admin).MailFailure == "The mail server refused it: 550 gone for good" })
	if now := seen(admin); *now.MailFailedAt != *first.MailFailedAt {
		t.Errorf("since %s, was %s", *now.MailFailedAt, *first.MailFailedAt)
	}

	env.Mails.Refuse(owner.Member.Email, "")
	owner.POST(t, staff+"/tell-again", nil).Expect(t, http.StatusOK)
	eventually(t, "the owner is told and no longer marked", func() bool {
		return len(env.Mails.To(owner.Member.Email)) == 1 && seen(admin).MailFailedAt == nil && at().FailedAt != nil
	})
	if l := env.Mails.To(owner.Member.Email)[0]; l.Subject != "The mail that “Design” is ready again could not be delivered" || !strings.Contains(l.Text, "550 box is full") {
		t.Errorf("told %q\n%s", l.Subject, l.Text)
	}
	env.Mails.Refuse(address, "")
	env.As(t, "member").POST(t, staff+"/tell-again", nil).Expect(t, http.StatusForbidden)
	for range 2 { // a second click sends nothing more
		owner.POST(t, staff+"/tell-again", nil).Expect(t, http.StatusOK)
	}
	eventually(t, "the contact is told", func() bool { return len(env.Mails.To(address)) == 1 })
	if r := at(); r.FailedAt != nil || r.Failure != "" {
		t.Errorf("after that the round says %+v", r)
	}
}
