package app_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/identity"
)

// operator makes somebody with a second factor an operator and signs them in at the operators' host.
func (tw *town) operator(t *testing.T) (b *browser, email, key string) {
	t.Helper()
	email = fresh("op") + "@example.test"
	if _, err := tw.app.Services.Identity.OperatorCreate(t.Context(), email, "Opal Operator"); err != nil {
		t.Fatal(err)
	}
	b = tw.browser(t)
	b.open(tw.at("auth") + "/.ory/self-service/registration/browser")
	b.register("Opal Operator", email, password)
	key = b.enrol(t)
	if page := b.open(tw.at("ops") + "/auth/start"); page != tw.at("ops")+"/" {
		t.Fatalf("the operator's sign-in ends at %s", page)
	}
	return b, email, key
}

func TestOperatorsSignInWithASecondFactorOnly(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	email := fresh("op") + "@example.test"
	if _, err := tw.app.Services.Identity.OperatorCreate(t.Context(), email, "Opal Operator"); err != nil {
		t.Fatal(err)
	}
	b := tw.browser(t)
	if a := b.call(http.MethodGet, "ops", "/api/v1/ops/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("nobody: %s", a)
	}
	b.open(tw.at("auth") + "/.ory/self-service/registration/browser")
	b.register("Opal Operator", email, password)
	// Without a second factor the way leads to where one is set up, and not in.
	if page := b.open(tw.at("ops") + "/auth/start"); !strings.HasPrefix(page, tw.at("auth")+"/settings?flow=") {
		t.Fatalf("with the password alone the browser comes to %s", page)
	}
	if a := b.call(http.MethodGet, "ops", "/api/v1/ops/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("with the password alone: %s", a)
	}
	b.enrol(t)
	if page := b.open(tw.at("ops") + "/auth/start"); page != tw.at("ops")+"/" {
		t.Fatalf("with both the browser comes to %s", page)
	}
	if a := b.call(http.MethodGet, "ops", "/api/v1/ops/me", nil); a.status != http.StatusOK || !strings.Contains(string(a.body), email) {
		t.Fatalf("an operator: %s", a)
	}
	// Half an hour without a call ends the session.
	tw.clock.advance(31 * time.Minute)
	if a := b.call(http.MethodGet, "ops", "/api/v1/ops/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("after half an hour: %s", a)
	}
}

func TestOthersAreNoOperators(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	owner, slug, _ := tw.signUp(t)
	owner.enrol(t)
	owner.open(tw.at("ops") + "/auth/start")
	for _, op := range tw.app.API.Ops() {
		if !strings.HasPrefix(op.Path, "/api/v1/ops/") {
			continue
		}
		if string(op.Host) != "ops" || len(op.Kinds) != 1 || op.Kinds[0] != access.Operator || op.Need == access.Public {
			t.Errorf("%s may be called by others: %+v", op.ID, op)
		}
		path := withKeys(op.Path, "01890000-0000-7000-8000-000000000000")
		if a := owner.call(op.Method, "ops", path, map[string]any{}); a.status != http.StatusUnauthorized {
			t.Errorf("%s: an agency's owner at the operators' host: %s", op.ID, a)
		}
		if a := owner.call(op.Method, slug, path, map[string]any{}); a.status != http.StatusNotFound {
			t.Errorf("%s: on an agency's host: %s", op.ID, a)
		}
	}
}

func TestARemovedOperatorIsOut(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b, email, _ := tw.operator(t)
	for _, op := range tw.agencyOps() {
		if op.Need == access.Public {
			continue
		}
		if a := b.call(op.Method, "ops", withKeys(op.Path, "01890000-0000-7000-8000-000000000000"), map[string]any{}); a.status != http.StatusNotFound {
			t.Errorf("%s: an operator at their own host: %s", op.ID, a)
		}
	}
	if _, err := tw.app.Services.Identity.OperatorRemove(t.Context(), email); err != nil {
		t.Fatal(err)
	}
	if a := b.call(http.MethodGet, "ops", "/api/v1/ops/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("a removed operator: %s", a)
	}
	if page := b.open(tw.at("ops") + "/auth/start"); strings.HasPrefix(page, tw.at("ops")) {
		t.Fatalf("a removed operator comes to %s", page)
	}
}

func TestSupportLooksOnly(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	owner, slug, email := tw.signUp(t)
	b, _, _ := tw.operator(t)
	agency, err := tw.app.Registry.BySlug(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/ops/agencies/" + agency.ID + "/support"
	if a := b.call(http.MethodPost, "ops", path, map[string]any{"reason": "why not"}); a.code() != "identity.support_reason" {
		t.Fatalf("without a reason: %s", a)
	}
	if a := b.call(http.MethodGet, slug, "/api/v1/clients", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("an operator without support access: %s", a)
	}
	enter := func() {
		t.Helper()
		a := b.call(http.MethodPost, "ops", path, map[string]any{"reason": "Ticket 4711: the invoice list stays empty"})
		var made struct{ URL string }
		if err := json.Unmarshal(a.body, &made); err != nil || a.status != http.StatusCreated {
			t.Fatalf("open: %s", a)
		}
		if page := b.open(made.URL); page != tw.at(slug)+"/" {
			t.Fatalf("support comes to %s", page)
		}
		// Nobody else gets in by the same address.
		if page := owner.open(made.URL); page == tw.at(slug)+"/" {
			t.Fatal("the owner came in by an operator's access")
		}
	}
	enter()
	if letter := tw.letter(t, email, "support looks into"); !strings.Contains(letter, "Ticket 4711") {
		t.Errorf("the owner's letter: %s", letter)
	}
	a := b.call(http.MethodGet, slug, "/api/v1/me", nil)
	var me struct {
		Kind    string
		Support *struct{ Reason, Operator string }
	}
	if err := json.Unmarshal(a.body, &me); err != nil || me.Kind != "support" || me.Support == nil || me.Support.Operator != "Opal Operator" {
		t.Fatalf("who support is: %s", a)
	}
	if a := b.call(http.MethodGet, slug, "/api/v1/clients", nil); a.status != http.StatusOK {
		t.Errorf("support looks: %s", a)
	}
	// Every operation of the agency, without knowing one by name: nothing changes, leaves or unlocks.
	for _, op := range tw.agencyOps() {
		if op.Need == access.Public || (!op.Changes() && !op.StepUp && !op.Exports) {
			continue
		}
		a := b.call(op.Method, slug, withKeys(op.Path, "01890000-0000-7000-8000-000000000000"), map[string]any{})
		if a.status != http.StatusForbidden || (a.code() != "access.support" && a.code() != "access.forbidden") {
			t.Errorf("%s: support: %s", op.ID, a)
		}
	}
	for _, p := range []string{"/api/v1/clients/export", "/api/v1/api-tokens"} {
		if a := b.call(http.MethodGet, slug, p, nil); a.status != http.StatusForbidden {
			t.Errorf("support at %s: %s", p, a)
		}
	}
	owner.wantAudit(slug, "identity.support_opened")
	owner.wantAudit(slug, "identity.support_entered")
	// The owner sees it and ends it at once.
	a = owner.call(http.MethodGet, slug, "/api/v1/support-access", nil)
	var list struct {
		Items []struct {
			ID   string
			Open bool
		}
	}
	if err := json.Unmarshal(a.body, &list); err != nil || len(list.Items) != 1 || !list.Items[0].Open {
		t.Fatalf("what the owner sees: %s", a)
	}
	if a := owner.call(http.MethodPost, slug, "/api/v1/support-access/"+list.Items[0].ID+"/end", nil); a.status != http.StatusNoContent {
		t.Fatalf("end: %s", a)
	}
	if a := b.call(http.MethodGet, slug, "/api/v1/clients", nil); a.status != http.StatusUnauthorized {
		t.Errorf("after the owner ended it: %s", a)
	}
	owner.wantAudit(slug, "identity.support_ended")
	// Half an hour ends it, too.
	enter()
	tw.clock.advance(identity.SupportTime + time.Second)
	if a := b.call(http.MethodGet, slug, "/api/v1/clients", nil); a.status != http.StatusUnauthorized {
		t.Errorf("after half an hour: %s", a)
	}
}

var pathParam = regexp.MustCompile(`\{[^}]+\}`)

// withKeys fills every parameter of a path with key.
func withKeys(path, key string) string { return pathParam.ReplaceAllString(path, key) }

// agencyOps are the operations on an agency's host.
func (tw *town) agencyOps() (ops []httpapi.Op) {
	for _, op := range tw.app.API.Ops() {
		if op.Host == httpapi.HostAgency {
			ops = append(ops, op)
		}
	}
	return ops
}
