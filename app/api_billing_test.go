package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripestand"
	"github.com/bureauhq/bureau/modules/identity"
)

const days = 24 * time.Hour

// Each function that not every plan holds is refused where the plan lacks it, and says which plan has it and for how much.
func TestPlansHoldTheirFunctions(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	owner := b.As(t, identity.Owner) // with a token made in the trial, which holds them
	var client, project, card, starters struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Initech"}).Expect(t, http.StatusCreated).JSON(t, &client)
	owner.POST(t, "/api/v1/projects", map[string]any{"client_id": client.ID, "name": "Works"}).Expect(t, http.StatusCreated).JSON(t, &project)
	ofClient := map[string]any{"name": "Initech", "level": "client", "client_id": client.ID}
	ofProject := map[string]any{"name": "Works", "level": "project", "project_id": project.ID}
	second := map[string]any{"name": "Second Ltd", "number_format": "B-{YYYY}-{NNNN}"}

	owner.POST(t, "/api/v1/rate-cards", ofClient).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/legal-entities", map[string]any{"name": "First Ltd"}).Expect(t, http.StatusCreated)
	p := owner.POST(t, "/api/v1/legal-entities", second).Refused(t, http.StatusPaymentRequired, "billing.not_in_plan")
	if p.Detail != "This is part of Enterprise, at $79.00 a person and month." {
		t.Errorf("the trial is Professional: %q", p.Detail)
	}

	b.Pass(t, 15*days)
	b.Buy(t, billing.Starter, 1)
	rate := map[string]any{"kind": "member", "target_id": owner.Member.ID, "per_hour": "100.00", "valid_from": "2026-01-01"}
	for _, c := range []struct {
		what, method, path string
		body               any
	}{
		{"a card of a client", "POST", "/api/v1/rate-cards", ofClient},
		{"a card of a project", "POST", "/api/v1/rate-cards", ofProject},
		{"a rate on such a card", "POST", "/api/v1/rate-cards/" + card.ID + "/rates", rate},
		{"the audit log", "GET", "/api/v1/audit-events", nil},
		{"an API token", "POST", "/api/v1/api-tokens", map[string]any{"name": "t", "scopes": []string{"*:read"}}},
	} {
		who := owner
		if strings.HasPrefix(c.path, "/api/v1/api-tokens") {
			who = b.Session(t, owner.Member) // tokens make no tokens
		}
		p := who.Do(t, c.method, c.path, c.body).Refused(t, http.StatusPaymentRequired, "billing.not_in_plan")
		if p.Detail != "This is part of Professional, at $49.00 a person and month." {
			t.Errorf("%s: %q", c.what, p.Detail)
		}
	}
	// What is there can be read and taken away, and came to no harm; what Starter holds goes on.
	owner.GET(t, "/api/v1/rate-cards/"+card.ID).Expect(t, http.StatusOK)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/archive", nil).Expect(t, http.StatusOK)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/restore", nil).Refused(t, http.StatusPaymentRequired, "billing.not_in_plan")
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "All", "level": "agency"}).Expect(t, http.StatusCreated).JSON(t, &starters)
	owner.POST(t, "/api/v1/legal-entities", second).Refused(t, http.StatusPaymentRequired, "billing.not_in_plan")

	change := func(plan billing.PlanID) {
		t.Helper()
		_, err := b.App.Services.Billing.Change(t.Context(), b.Agency.ID, billing.Seats{Plan: plan, Quantity: 1})
		must(t, err)
		b.Tell(t)
	}
	change(billing.Professional)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/restore", nil).Expect(t, http.StatusOK)
	owner.GET(t, "/api/v1/audit-events").Expect(t, http.StatusOK)
	owner.POST(t, "/api/v1/legal-entities", second).Refused(t, http.StatusPaymentRequired, "billing.not_in_plan")
	change(billing.Enterprise)
	owner.POST(t, "/api/v1/legal-entities", second).Expect(t, http.StatusCreated)
}

// An agency's data are its own on every plan, and whatever it owes.
func TestTheExportWorksAtEveryLevel(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	must(t, b.App.StartWorker(t.Context()))
	owner := b.As(t, identity.Owner)
	export := func(level billing.Level, plan billing.PlanID) {
		t.Helper()
		b.Level(t, level)
		if acc, err := b.App.Gate.Access(t.Context(), b.Agency.ID); err != nil || acc.Plan != plan {
			t.Fatalf("the plan is %s, not %s: %v", acc.Plan, plan, err)
		}
		var asked exportView
		owner.POST(t, "/api/v1/exports", map[string]any{}).Expect(t, http.StatusCreated).JSON(t, &asked)
		if got := finished(t, owner, asked.ID); got.State != "ready" {
			t.Fatalf("at %s: %+v", level, got)
		}
		download(t, b.Env, owner, asked.ID)
	}
	export(billing.Full, billing.Professional) // in the trial
	b.Pass(t, 15*days)
	export(billing.ReadOnly, billing.Professional)
	b.Pass(t, 14*days)
	export(billing.Suspended, billing.Professional)
	b.Buy(t, billing.Starter, 1)
	export(billing.Full, billing.Starter)
	_, err := b.App.Services.Billing.Change(t.Context(), b.Agency.ID, billing.Seats{Plan: billing.Enterprise, Quantity: 1})
	must(t, err)
	b.Tell(t)
	export(billing.Full, billing.Enterprise)
	_, err = b.App.Services.Billing.SetCancel(t.Context(), b.Agency.ID, true)
	must(t, err)
	b.Pass(t, 32*days)
	export(billing.ReadOnly, billing.Enterprise)
	b.Pass(t, 31*days)
	export(billing.Closed, billing.Enterprise)
}

// Work that reaches outside stands still while the agency may not act, and goes on when it has paid. Nothing is lost.
func TestWorkStandsStillUntilThePayment(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	b.App.StartListening(t.Context())
	owner := b.As(t, identity.Owner)
	b.Pass(t, 15*days)
	b.Buy(t, billing.Professional, 2)
	to := "guest-" + strings.ToLower(b.Agency.Slug) + "@example.test"
	// Asked for while all is well; the process that would do it starts when it is not any more.
	b.Session(t, owner.Member).POST(t, "/api/v1/invitations", map[string]any{"email": to, "name": "Guest", "role": identity.Employee}).Expect(t, http.StatusCreated)
	b.Card(t, stripestand.CardDeclines)
	b.Pass(t, 31*days+2*time.Hour)
	b.Level(t, billing.Grace)
	b.Pass(t, 9*days)
	b.Level(t, billing.ReadOnly)

	must(t, b.App.StartWorker(t.Context()))
	var state string
	eventually(t, "the letter is put off", func() bool {
		must(t, b.App.Control.Pool().QueryRow(t.Context(), `SELECT state FROM queue.river_job WHERE kind = 'identity.send_invitation' AND metadata ->> 'agency' = $1`, b.Agency.ID).Scan(&state))
		return state == "scheduled"
	})
	if n := len(b.Mails.To(to)); n != 0 {
		t.Fatalf("%d letters while the agency is read only", n)
	}

	b.Card(t, stripestand.CardGood)
	must(t, b.App.Services.Billing.PayOpen(t.Context(), b.Agency.ID))
	eventually(t, "the letter is sent", func() bool { return len(b.Mails.To(to)) == 1 })
}

// The job that tells the provider is there when the change is, and not when it is not.
func TestWhoComesAndGoesIsFollowedByTheSeats(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	owner := b.Session(t, b.As(t, identity.Owner).Member)
	b.Pass(t, 15*days)
	b.Buy(t, billing.Professional, 1)
	leaver := b.As(t, identity.Employee).Member
	must(t, b.App.Services.Billing.SyncSeats(t.Context(), b.Agency.ID))
	held := func() int {
		t.Helper()
		a, _, err := b.App.Services.Billing.Account(t.Context(), b.Agency.ID)
		must(t, err)
		return a.Held.Quantity
	}
	jobs := func() (n int) {
		t.Helper()
		must(t, b.App.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM queue.river_job WHERE kind = 'billing.sync_seats' AND args ->> 'agency_id' = $1`, b.Agency.ID).Scan(&n))
		return n
	}
	people, before := held(), jobs()
	owner.POST(t, "/api/v1/members/"+owner.Member.ID+"/deactivate", nil).Refused(t, http.StatusConflict, "identity.last_owner")
	if n := jobs(); n != before {
		t.Fatalf("%d jobs follow from what was refused", n-before)
	}
	owner.POST(t, "/api/v1/members/"+leaver.ID+"/deactivate", nil).Expect(t, http.StatusOK)
	if n := jobs(); n != before+1 {
		t.Fatalf("%d jobs follow from the change", n-before)
	}
	must(t, b.App.StartWorker(t.Context()))
	eventually(t, "the seat is given back", func() bool { return held() == people-1 })
}

// While the provider is away people are told so at once, and nobody's access changes.
func TestBillingIsAwayWithItsProvider(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	owner := b.Session(t, b.As(t, identity.Owner).Member)
	b.Pass(t, 15*days)
	b.Buy(t, billing.Professional, 1)
	b.Stand.Fail(http.StatusInternalServerError, -1)
	want := map[string]any{"plan": "enterprise", "seats": 1}
	for _, c := range []struct {
		path string
		body any
	}{{"/preview", want}, {"/change", want}, {"/cancel", nil}, {"/portal", nil}, {"/pay", nil}, {"/refresh", nil}} {
		r := owner.POST(t, "/api/v1/billing"+c.path, c.body)
		p := r.Refused(t, http.StatusServiceUnavailable, "billing.away")
		if !strings.Contains(p.Detail, "Nothing was changed") || r.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %q, again after %q", c.path, p.Detail, r.Header.Get("Retry-After"))
		}
	}
	var bill struct {
		Plan   string
		Access struct{ Level string }
	}
	owner.GET(t, "/api/v1/billing").Expect(t, http.StatusOK).JSON(t, &bill)
	if bill.Plan != "professional" || bill.Access.Level != "full" {
		t.Fatalf("%+v", bill)
	}
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Initech"}).Expect(t, http.StatusCreated)
}

func TestTheBillIsForThoseWhoMayPay(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	employee := b.As(t, identity.Employee)
	worker := b.Session(t, employee.Member)
	for _, c := range []struct{ method, path string }{
		{"POST", "/portal"}, {"POST", "/pay"}, {"POST", "/cancel"}, {"POST", "/resume"}, {"POST", "/refresh"}, {"GET", ""}, {"GET", "/invoices"}, {"GET", "/seats"},
	} {
		p := worker.Do(t, c.method, "/api/v1/billing"+c.path, nil).Refused(t, http.StatusForbidden, "access.forbidden")
		if !strings.Contains(p.Detail, "An owner or admin of your agency can grant it.") {
			t.Errorf("%s: %q", c.path, p.Detail)
		}
	}
	want := map[string]any{"plan": "starter", "seats": 2}
	for _, path := range []string{"/checkout", "/preview", "/change"} {
		worker.POST(t, "/api/v1/billing"+path, want).Refused(t, http.StatusForbidden, "access.forbidden")
	}
	// A program may not move money even for an owner.
	b.As(t, identity.Owner).POST(t, "/api/v1/billing/portal", nil).Refused(t, http.StatusForbidden, "access.forbidden")
	var link struct{ URL string }
	b.Session(t, b.As(t, identity.Owner).Member).POST(t, "/api/v1/billing/portal", nil).Expect(t, http.StatusOK).JSON(t, &link)
	if !strings.Contains(link.URL, "/pages/portal/") {
		t.Errorf("the owner is led to %q", link.URL)
	}
}

// A client's contact is told that the portal is closed, and not what the agency owes.
func TestContactsAreNotToldWhatTheAgencyOwes(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	owner := b.As(t, identity.Owner)
	var client, contact struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Initech"}).Expect(t, http.StatusCreated).JSON(t, &client)
	owner.POST(t, "/api/v1/clients/"+client.ID+"/contacts", map[string]any{"name": "Pia"}).Expect(t, http.StatusCreated).JSON(t, &contact)
	pia := b.Contact(t, contact.ID, client.ID)
	pia.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusOK)
	b.Pass(t, 15*days)
	pia.GET(t, "/api/v1/portal/overview").Expect(t, http.StatusOK) // for two weeks more
	b.Pass(t, 14*days)
	p := pia.GET(t, "/api/v1/portal/overview").Refused(t, http.StatusPaymentRequired, "billing.portal_closed")
	if strings.Contains(p.Detail, "subscription") || !strings.Contains(p.Detail, "ask the agency") {
		t.Fatalf("%q", p.Detail)
	}
}
