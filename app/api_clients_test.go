package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

type clientAnswer struct {
	ID, Name, Code string
	Version        int
	Archived       *string `json:"archived_at"`
	Tags           []string
	Similar        []struct{ ID, Reason string }
}

type listAnswer[T any] struct {
	Items []T
	Next  *string
}

func TestClientsThroughTheAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner, member := env.As(t, "owner"), env.As(t, "member")

	var c clientAnswer
	made := owner.POST(t, "/api/v1/clients", map[string]any{"name": "Northwind GmbH", "tags": []string{"VIP"}, "owner_id": owner.Member.ID}).Expect(t, http.StatusCreated).JSON(t, &c)
	if c.Code != "NOR" || c.Tags[0] != "vip" || made.Header.Get("ETag") != `"1"` {
		t.Fatalf("made %s", made.Body)
	}
	var twin clientAnswer
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "northwind"}).Expect(t, http.StatusCreated).JSON(t, &twin)
	if len(twin.Similar) != 1 || twin.Similar[0].ID != c.ID || twin.Similar[0].Reason != "name" {
		t.Errorf("a twin is not told: %+v", twin.Similar)
	}
	owner.PATCH(t, "/api/v1/clients/"+c.ID, `"1"`, map[string]any{"name": "Northwind"}).Expect(t, http.StatusOK)
	owner.PATCH(t, "/api/v1/clients/"+c.ID, `"1"`, map[string]any{"name": "Late"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	owner.Do(t, http.MethodPatch, "/api/v1/clients/"+c.ID, map[string]any{"name": "x"}).Refused(t, http.StatusPreconditionRequired, "request.version_required")

	var list listAnswer[clientAnswer]
	owner.GET(t, "/api/v1/clients?q=northw&sort=-name&limit=1").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Next == nil {
		t.Fatalf("list %+v", list)
	}
	owner.GET(t, "/api/v1/clients?q=northw&sort=-name&limit=1&cursor="+*list.Next).Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Next != nil {
		t.Errorf("second page %+v", list)
	}
	owner.POST(t, "/api/v1/clients/"+twin.ID+"/archive", nil).Expect(t, http.StatusOK)
	owner.GET(t, "/api/v1/clients?state=archived").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != twin.ID {
		t.Errorf("archived %+v", list)
	}
	owner.POST(t, "/api/v1/clients/"+twin.ID+"/restore", nil).Expect(t, http.StatusOK)

	member.GET(t, "/api/v1/clients/"+c.ID).Expect(t, http.StatusOK)
	member.POST(t, "/api/v1/clients", map[string]any{"name": "No"}).Refused(t, http.StatusForbidden, "access.forbidden")
	env.Nobody().GET(t, "/api/v1/clients").Expect(t, http.StatusUnauthorized)
	apptest.New(t).As(t, "owner").GET(t, "/api/v1/clients/"+c.ID).Refused(t, http.StatusNotFound, "clients.not_found")
}

func TestClientsNameWhatTheyRefuse(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	for name, c := range map[string]struct {
		body     string
		location string
	}{
		"unknown field":  {`{"name":"A","colour":"red"}`, "body.colour"},
		"wrong type":     {`{"name":7}`, "body.name"},
		"too long":       {`{"name":"` + strings.Repeat("x", 121) + `"}`, "body.name"},
		"bad currency":   {`{"name":"A","currency":"XXY"}`, "body.currency"},
		"bad country":    {`{"name":"A","addresses":[{"line1":"x","country":"ZZ"}]}`, "body.addresses[0].country"},
		"no member":      {`{"name":"A","owner_id":"` + id.New() + `"}`, "body.owner_id"},
		"owner no id":    {`{"name":"A","owner_id":"me"}`, "body.owner_id"},
		"negative terms": {`{"name":"A","payment_terms_days":-3}`, "body.payment_terms_days"},
		"script address": {`{"name":"A","website":"javascript:alert(1)//x.y"}`, "body.website"},
	} {
		r := owner.POST(t, "/api/v1/clients", c.body).Expect(t, http.StatusUnprocessableEntity)
		if !strings.Contains(string(r.Body), `"location":"`+c.location+`"`) {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
	owner.POST(t, "/api/v1/clients", `{"name":`).Expect(t, http.StatusBadRequest)
	owner.GET(t, "/api/v1/clients?cursor=abc").Refused(t, http.StatusUnprocessableEntity, "request.bad_cursor")
	owner.GET(t, "/api/v1/clients?owner_id=me").Expect(t, http.StatusUnprocessableEntity)
	owner.GET(t, "/api/v1/clients/nonsense").Expect(t, http.StatusUnprocessableEntity)
}

func TestContactsTimelineAndFiles(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	manager := env.As(t, "manager")
	var c clientAnswer
	manager.POST(t, "/api/v1/clients", map[string]any{"name": "Acme"}).Expect(t, http.StatusCreated).JSON(t, &c)
	var p struct {
		ID, Email string
		Primary   bool
	}
	manager.POST(t, "/api/v1/clients/"+c.ID+"/contacts", map[string]any{"name": "Pia", "email": "PIA@acme.example"}).Expect(t, http.StatusCreated).JSON(t, &p)
	if !p.Primary || p.Email != "pia@acme.example" {
		t.Errorf("contact %+v", p)
	}
	manager.POST(t, "/api/v1/clients/"+c.ID+"/contacts", map[string]any{"name": "Copy", "email": "pia@acme.example"}).Refused(t, http.StatusConflict, "clients.contact_email_taken")
	manager.PATCH(t, "/api/v1/contacts/"+p.ID, `"1"`, map[string]any{"billing": true}).Expect(t, http.StatusOK)
	var i struct{ ID string }
	manager.POST(t, "/api/v1/clients/"+c.ID+"/interactions", map[string]any{"kind": "call", "subject": "Kick-off", "contact_id": p.ID, "minutes": 30}).Expect(t, http.StatusCreated).JSON(t, &i)
	var timeline listAnswer[struct{ Kind, Label string }]
	manager.GET(t, "/api/v1/clients/"+c.ID+"/timeline?kind=call,clients").Expect(t, http.StatusOK).JSON(t, &timeline)
	if len(timeline.Items) != 4 || timeline.Items[0].Label != "Kick-off" {
		t.Errorf("timeline %+v", timeline)
	}
	manager.PATCH(t, "/api/v1/interactions/"+i.ID, `"1"`, map[string]any{"minutes": 0}).Expect(t, http.StatusOK)
	manager.DELETE(t, "/api/v1/interactions/"+i.ID).Expect(t, http.StatusNoContent)

	csv := manager.GET(t, "/api/v1/clients/export").Expect(t, http.StatusOK)
	if !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") || !strings.Contains(string(csv.Body), "Acme,ACM") {
		t.Errorf("export %s: %s", csv.Header.Get("Content-Type"), csv.Body)
	}
	var r struct {
		ClientsCreated int `json:"clients_created"`
		Unchanged      int
	}
	manager.POST(t, "/api/v1/clients/import", map[string]any{"csv": string(csv.Body) + "New One,NEW,EUR\n", "dry_run": true}).Expect(t, http.StatusOK).JSON(t, &r)
	if r.ClientsCreated != 1 || r.Unchanged != 1 {
		t.Errorf("dry run %+v", r)
	}
}

func TestRatesThroughTheAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner, manager, member := env.As(t, "owner"), env.As(t, "manager"), env.As(t, "member")
	var card struct{ ID, Currency string }
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency"}).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Again", "level": "agency"}).Refused(t, http.StatusConflict, "rates.card_taken")
	rate := map[string]any{"kind": "member", "target_id": member.Member.ID, "per_hour": "4711.5", "valid_from": "2026-01-01"}
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", rate).Expect(t, http.StatusCreated)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", rate).Refused(t, http.StatusConflict, "rates.overlap")
	rate["valid_from"] = "9999-01-01"
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", rate).Expect(t, http.StatusUnprocessableEntity)
	manager.POST(t, "/api/v1/rate-cards", map[string]any{"name": "x", "level": "agency"}).Refused(t, http.StatusForbidden, "access.forbidden")
	member.GET(t, "/api/v1/rate-cards/"+card.ID).Refused(t, http.StatusForbidden, "access.forbidden")

	ask := "/api/v1/rates/resolve?day=2026-03-02&member_id=" + member.Member.ID
	var got listAnswer[struct {
		Found   bool
		PerHour *string `json:"per_hour"`
		Why     string
		Steps   []struct{ Taken bool }
	}]
	manager.GET(t, ask).Expect(t, http.StatusOK).JSON(t, &got)
	if len(got.Items) != 1 || got.Items[0].PerHour == nil || *got.Items[0].PerHour != "4711.50" || len(got.Items[0].Steps) != 10 {
		t.Errorf("resolve %+v", got)
	}
	// With the cards but without the amounts: no answer may hold one.
	blind := env.Fresh(t, "admin", "rates.cards.read", "rates.cards.write")
	for _, path := range []string{"/api/v1/rate-cards", "/api/v1/rate-cards/" + card.ID, ask} {
		if r := blind.GET(t, path).Expect(t, http.StatusOK); strings.Contains(string(r.Body), "4711") {
			t.Errorf("%s shows an amount: %s", path, r.Body)
		}
	}
}

func TestPortalThroughTheAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	company := func(name string) (client, contact, project string) {
		var c, p, j struct{ ID string }
		owner.POST(t, "/api/v1/clients", map[string]any{"name": name}).Expect(t, http.StatusCreated).JSON(t, &c)
		owner.POST(t, "/api/v1/clients/"+c.ID+"/contacts", map[string]any{"name": "Pia", "email": "pia@" + strings.ToLower(name) + ".example"}).Expect(t, http.StatusCreated).JSON(t, &p)
		owner.POST(t, "/api/v1/projects", map[string]any{"client_id": c.ID, "name": name + " site"}).Expect(t, http.StatusCreated).JSON(t, &j)
		return c.ID, p.ID, j.ID
	}
	mine, pia, project := company("Mine")
	_, _, others := company("Other")
	contact := env.Contact(t, pia, mine)

	var o struct {
		Client   string
		Preview  bool
		Projects []struct{ ID string }
	}
	contact.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusOK).JSON(t, &o)
	if o.Client != "Mine" || o.Preview || len(o.Projects) != 1 || o.Projects[0].ID != project {
		t.Errorf("overview %+v", o)
	}
	contact.GET(t, "/api/v1/portal/projects/"+project).Expect(t, http.StatusOK)
	contact.GET(t, "/api/v1/portal/projects/"+others).Refused(t, http.StatusNotFound, "portal.not_found")
	contact.GET(t, "/api/v1/portal/time").Expect(t, http.StatusOK)
	contact.GET(t, "/api/v1/portal/invoices").Expect(t, http.StatusOK)
	for _, path := range []string{"/api/v1/clients", "/api/v1/clients/" + mine, "/api/v1/projects", "/api/v1/rate-cards", "/api/v1/members"} {
		contact.GET(t, path).Refused(t, http.StatusForbidden, "access.forbidden")
	}
	owner.GET(t, "/api/v1/portal/overview").Refused(t, http.StatusForbidden, "access.forbidden")

	staff := env.Session(t, owner.Member)
	staff.GET(t, "/api/v1/portal/overview?preview="+pia).Expect(t, http.StatusOK).JSON(t, &o)
	if o.Client != "Mine" || !o.Preview {
		t.Errorf("preview %+v", o)
	}
	staff.POST(t, "/api/v1/portal/tasks/"+id.New()+"/comments?preview="+pia, map[string]any{"body": "x"}).Refused(t, http.StatusForbidden, "access.read_only")
	staff.GET(t, "/api/v1/portal/overview?preview="+id.New()).Refused(t, http.StatusNotFound, "portal.no_such_contact")
	env.Session(t, env.As(t, "member").Member).GET(t, "/api/v1/portal/overview?preview="+pia).Expect(t, http.StatusForbidden)
	contact.GET(t, "/api/v1/portal/overview?preview="+pia).Expect(t, http.StatusForbidden)
}

// Who is put away is shut out of the portal, with what invites them, and let in again with the contact.
func TestAContactWhoIsPutAwayIsShutOut(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	var c struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Mine"}).Expect(t, http.StatusCreated).JSON(t, &c)
	person := func(name string) string {
		var p struct{ ID string }
		owner.POST(t, "/api/v1/clients/"+c.ID+"/contacts", map[string]any{"name": name, "email": strings.ToLower(name) + "@mine.example"}).Expect(t, http.StatusCreated).JSON(t, &p)
		return p.ID
	}
	invitation := func(contact, email string) *apptest.Reply {
		return owner.POST(t, "/api/v1/invitations", map[string]any{"email": email, "name": "Somebody", "role": "contact", "contact_id": contact, "client_id": c.ID})
	}
	becomes := func(contact, want string) {
		t.Helper()
		eventually(t, "the portal is "+want+" to the contact", func() bool {
			var got struct{ Portal string }
			owner.GET(t, "/api/v1/contacts/"+contact).Expect(t, http.StatusOK).JSON(t, &got)
			return got.Portal == want
		})
	}
	pia, ben := person("Pia"), person("Ben")
	in := env.Contact(t, pia, c.ID)
	in.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusOK)
	becomes(pia, "active")
	owner.POST(t, "/api/v1/contacts/"+pia+"/archive", nil).Expect(t, http.StatusOK)
	becomes(pia, "ended")
	in.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusUnauthorized)
	invitation(pia, "other@mine.example").Refused(t, http.StatusUnprocessableEntity, "identity.bad_role", "body.contact_id")
	owner.POST(t, "/api/v1/contacts/"+pia+"/restore", nil).Expect(t, http.StatusOK)
	becomes(pia, "active")
	env.Session(t, in.Member).GET(t, "/api/v1/portal/overview").Expect(t, http.StatusOK)

	invitation(ben, "ben@mine.example").Expect(t, http.StatusCreated)
	becomes(ben, "invited")
	owner.POST(t, "/api/v1/contacts/"+ben+"/archive", nil).Expect(t, http.StatusOK)
	becomes(ben, "none")
}

// An access that ended by name stays ended whatever is restored, until it is given back by name.
func TestAccessOfOneContactEndsAndIsGivenBack(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner, manager, member := env.As(t, "owner"), env.As(t, "manager"), env.As(t, "member")
	var c struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Mine"}).Expect(t, http.StatusCreated).JSON(t, &c)
	var people []string
	for _, name := range []string{"pia", "ben", "cem", "dora"} {
		var p struct{ ID string }
		owner.POST(t, "/api/v1/clients/"+c.ID+"/contacts", map[string]any{"name": name, "email": name + "@mine.example"}).Expect(t, http.StatusCreated).JSON(t, &p)
		people = append(people, p.ID)
	}
	pia, ben, cem, dora := people[0], people[1], people[2], people[3]
	invite := func(contact, email string) *apptest.Reply {
		return owner.POST(t, "/api/v1/invitations", map[string]any{"email": email, "role": "contact", "contact_id": contact, "client_id": c.ID})
	}
	type view struct {
		Portal string
		Ended  *struct {
			By   string
			Away bool `json:"while_archived"`
		} `json:"access_ended"`
	}
	look := func(contact string) (v view) {
		owner.GET(t, "/api/v1/contacts/"+contact).Expect(t, http.StatusOK).JSON(t, &v)
		return v
	}
	becomes := func(contact, want string, away bool) {
		t.Helper()
		eventually(t, "the portal is "+want+" to the contact", func() bool {
			v := look(contact)
			return v.Portal == want && (v.Ended == nil) == (want != "ended") && (v.Ended == nil || v.Ended.Away == away)
		})
	}
	post := func(path string) *apptest.Reply { return owner.POST(t, "/api/v1/"+path, nil) }
	inPia, inBen := env.Contact(t, pia, c.ID), env.Contact(t, ben, c.ID)
	becomes(pia, "active", false)
	becomes(ben, "active", false)
	invite(dora, "dora@mine.example").Expect(t, http.StatusCreated)
	becomes(dora, "invited", false)
	var counted struct {
		People struct{ Active, Invited int } `json:"portal_people"`
	}
	owner.GET(t, "/api/v1/clients/"+c.ID).Expect(t, http.StatusOK).JSON(t, &counted)
	if counted.People.Active != 2 || counted.People.Invited != 1 {
		t.Errorf("counted %+v", counted.People)
	}

	// Who may: ending as editing contacts, giving back as inviting them.
	member.POST(t, "/api/v1/contacts/"+pia+"/end-access", nil).Expect(t, http.StatusForbidden)
	for range 2 { // ending twice is ending once
		var v view
		manager.POST(t, "/api/v1/contacts/"+pia+"/end-access", nil).Expect(t, http.StatusOK).JSON(t, &v)
		if v.Portal != "ended" || v.Ended == nil || v.Ended.By != manager.Member.Name || v.Ended.Away {
			t.Fatalf("answered %+v %+v", v, v.Ended)
		}
	}
	inPia.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusUnauthorized)
	manager.POST(t, "/api/v1/contacts/"+pia+"/give-access-back", nil).Expect(t, http.StatusForbidden)
	post("contacts/"+cem+"/give-access-back").Refused(t, http.StatusConflict, "identity.nothing_ended")

	// The client is put away: all are out; who was out by name is so afterwards.
	post("clients/"+c.ID+"/archive").Expect(t, http.StatusOK)
	becomes(ben, "ended", true)
	becomes(dora, "none", false)
	inBen.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusUnauthorized)
	post("contacts/"+pia+"/give-access-back").Refused(t, http.StatusConflict, "clients.archived")
	invite(cem, "cem@mine.example").Refused(t, http.StatusUnprocessableEntity, "identity.bad_role", "body.client_id")
	// A contact who is taken back meanwhile waits for the client.
	post("contacts/"+ben+"/archive").Expect(t, http.StatusOK)
	post("contacts/"+ben+"/give-access-back").Refused(t, http.StatusConflict, "clients.contact_archived")
	post("contacts/"+ben+"/restore").Expect(t, http.StatusOK)
	becomes(ben, "ended", true)
	post("clients/"+c.ID+"/restore").Expect(t, http.StatusOK)
	becomes(ben, "active", false)
	inBen = env.Session(t, inBen.Member)
	inBen.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusOK)
	becomes(pia, "ended", false)

	// What ended while the client was away can be ended for good.
	post("clients/"+c.ID+"/archive").Expect(t, http.StatusOK)
	becomes(ben, "ended", true)
	post("contacts/"+ben+"/end-access").Expect(t, http.StatusOK)
	post("clients/"+c.ID+"/restore").Expect(t, http.StatusOK)
	becomes(ben, "ended", false)

	post("contacts/"+pia+"/give-access-back").Expect(t, http.StatusOK)
	becomes(pia, "active", false)
	inPia.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusUnauthorized) // the old session is over
	env.Session(t, inPia.Member).GET(t, "/api/v1/portal/overview").Expect(t, http.StatusOK)

	// An invitation is taken back by the same act.
	invite(dora, "dora@mine.example").Expect(t, http.StatusCreated)
	becomes(dora, "invited", false)
	post("contacts/"+dora+"/end-access").Expect(t, http.StatusOK)
	becomes(dora, "none", false)
}
