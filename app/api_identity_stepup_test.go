package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/modules/identity"
)

// What can open the agency to others needs a person who has just shown who
// they are; everything else goes on, and so do API tokens.
func TestStepUp(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b, slug, email := tw.signUp(t)
	post := func(path string, body map[string]any) func() answer {
		return func() answer { return b.call(http.MethodPost, slug, path, body) }
	}
	guest := func(role string) map[string]any {
		return map[string]any{"email": fresh(role) + "@example.test", "role": role}
	}
	guarded := map[string]func() answer{
		"an API token":   post("/api/v1/api-tokens", map[string]any{"name": "Import", "scopes": []string{"*"}}),
		"an owner":       post("/api/v1/invitations", guest("owner")),
		"an admin":       post("/api/v1/invitations", guest("admin")),
		"a legal entity": post("/api/v1/legal-entities", map[string]any{"name": "Acme GmbH"}),
	}
	a := post("/api/v1/api-tokens", map[string]any{"name": "Fresh", "scopes": []string{"*"}})()
	var made struct{ Token string }
	if err := json.Unmarshal(a.body, &made); err != nil || a.status != http.StatusCreated {
		t.Fatalf("just signed in: %s", a)
	}
	tw.clock.advance(access.StepUpTime + time.Minute)
	for what, do := range guarded {
		a := do()
		var p struct{ URL string }
		if err := json.Unmarshal(a.body, &p); err != nil || a.status != http.StatusForbidden || a.code() != "access.step_up_required" || p.URL != "/auth/step-up" {
			t.Errorf("%s: %s", what, a)
		}
	}
	if a := post("/api/v1/invitations", guest("member"))(); a.status != http.StatusCreated {
		t.Errorf("what harms nobody: %s", a)
	}
	program := tw.browser(t)
	if a := program.send(http.MethodPost, tw.at(slug)+"/api/v1/invitations", guest("admin"), map[string]string{"Authorization": "Bearer " + made.Token}); a.status != http.StatusCreated {
		t.Errorf("a token: %s", a)
	}
	// Kratos knows the real time only, so whoever goes to it must too.
	tw.clock.advance(-access.StepUpTime - time.Minute)
	if page := b.open(tw.at(slug) + "/auth/start?return=%2Fback"); page != tw.at(slug)+"/back" {
		t.Fatalf("a sign-in without a question ends at %s", page)
	}
	tw.clock.advance(access.StepUpTime + time.Minute)
	if a := guarded["an admin"](); a.code() != "access.step_up_required" {
		t.Fatalf("after a sign-in without a question: %s", a)
	}
	// Five seconds of difference between the clocks are forgiven; the sign-up was before them.
	tw.clock.advance(-access.StepUpTime - time.Minute + 5*time.Second)
	page := b.open(tw.at(slug) + "/auth/step-up?return=%2Fback")
	if !strings.HasPrefix(page, tw.at("auth")+"/login?flow=") {
		t.Fatalf("the step-up leads to %s", page)
	}
	tw.clock.advance(-5 * time.Second)
	if page := b.login(email, password); page != tw.at(slug)+"/back" {
		t.Fatalf("confirmed, the browser comes to %s", page)
	}
	for what, do := range guarded {
		if a := do(); a.status != http.StatusCreated {
			t.Errorf("%s, confirmed: %s", what, a)
		}
	}
}

// A role is raised by somebody who has just shown who they are; lowering one
// is not held up.
func TestStepUpForARole(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	owner, member := e.As(t, identity.Owner).Member, e.As(t, identity.Employee).Member
	long, now := e.SessionSince(t, owner, time.Now().Add(-access.StepUpTime-time.Minute)), e.Session(t, owner)
	path := "/api/v1/members/" + member.ID
	give := func(c *apptest.Client, role string) *apptest.Reply {
		return c.PATCH(t, path, now.GET(t, path).Header.Get("ETag"), map[string]any{"role": role})
	}
	for _, role := range []string{"manager", "admin", "owner"} {
		give(long, role).Refused(t, http.StatusForbidden, "access.step_up_required")
	}
	give(now, "admin").Expect(t, http.StatusOK)
	give(long, "member").Expect(t, http.StatusOK)
	long.POST(t, "/api/v1/exports", nil).Refused(t, http.StatusForbidden, "access.step_up_required")
}
