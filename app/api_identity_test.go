package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
)

type memberJSON struct {
	ID, Name, Email, Role, State, Kind string
	Version                            int
}

func TestMembersByAPI(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	owner, admin, member := e.As(t, identity.Owner), e.As(t, identity.Admin), e.As(t, identity.Employee)
	path := "/api/v1/members/" + member.Member.ID

	var list struct {
		Items []memberJSON
		Next  *string
	}
	member.GET(t, "/api/v1/members?limit=2").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 2 || list.Next == nil {
		t.Fatalf("got %+v", list)
	}
	first := slices.Clone(list.Items)
	member.GET(t, "/api/v1/members?limit=2&cursor="+*list.Next).Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Next != nil || slices.Contains(first, list.Items[0]) {
		t.Fatalf("second page: %+v", list)
	}
	member.GET(t, "/api/v1/members?cursor=nonsense").Refused(t, http.StatusUnprocessableEntity, "request.bad_cursor", "query.cursor")
	member.GET(t, "/api/v1/members?role=king").Refused(t, http.StatusUnprocessableEntity, "", "query.role")

	got := member.GET(t, path).Expect(t, http.StatusOK)
	etag := got.Header.Get("ETag")
	member.PATCH(t, path, etag, map[string]any{"role": "admin"}).Refused(t, http.StatusForbidden, "access.forbidden")
	admin.Do(t, "PATCH", path, map[string]any{"role": "manager"}).Refused(t, http.StatusPreconditionRequired, "request.version_required")
	admin.PATCH(t, path, `"77"`, map[string]any{"role": "manager"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	admin.PATCH(t, path, etag, map[string]any{"role": "king"}).Refused(t, http.StatusUnprocessableEntity, "", "body.role")
	admin.PATCH(t, path, etag, map[string]any{"role": "manager", "owner": true}).Refused(t, http.StatusUnprocessableEntity, "", "body.owner")
	admin.PATCH(t, path, etag, map[string]any{"role": "owner"}).Refused(t, http.StatusForbidden, "identity.owners_only")
	changed := admin.PATCH(t, path, etag, map[string]any{"role": "manager"}).Expect(t, http.StatusOK)
	if changed.Header.Get("ETag") == etag {
		t.Fatal("the ETag did not change")
	}
	owner.PATCH(t, "/api/v1/members/"+owner.Member.ID, owner.GET(t, "/api/v1/members/"+owner.Member.ID).Header.Get("ETag"), map[string]any{"role": "admin"}).
		Refused(t, http.StatusConflict, "identity.last_owner")
	owner.POST(t, "/api/v1/members/"+owner.Member.ID+"/deactivate", nil).Refused(t, http.StatusConflict, "identity.last_owner")
	admin.GET(t, "/api/v1/members/"+id.New()).Refused(t, http.StatusNotFound, "identity.member_not_found")

	admin.POST(t, path+"/deactivate", nil).Expect(t, http.StatusOK)
	member.GET(t, "/api/v1/me").Refused(t, http.StatusUnauthorized, "identity.bad_token")
	admin.POST(t, path+"/reactivate", nil).Expect(t, http.StatusOK)
	member.GET(t, "/api/v1/me").Expect(t, http.StatusOK)
}

func TestAPITokensByAPI(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	e.As(t, identity.Owner)
	byToken := e.Fresh(t, identity.Manager, "*")
	page := e.Session(t, byToken.Member)
	byToken.GET(t, "/api/v1/api-tokens").Refused(t, http.StatusForbidden, "access.forbidden") // a token makes no tokens
	page.POST(t, "/api/v1/api-tokens", map[string]any{"name": "x", "scopes": []string{"everything"}}).
		Refused(t, http.StatusUnprocessableEntity, "identity.bad_token_input", "body.scopes")
	page.POST(t, "/api/v1/api-tokens", map[string]any{"name": "x", "scopes": []string{"*"}, "expires_at": time.Now().Add(-time.Hour)}).
		Refused(t, http.StatusUnprocessableEntity, "identity.bad_token_input", "body.expires_at")
	var made struct{ ID, Token, Hint string }
	page.POST(t, "/api/v1/api-tokens", map[string]any{"name": "CI", "scopes": []string{"clients.*"}, "expires_at": time.Now().Add(time.Hour)}).Expect(t, http.StatusCreated).JSON(t, &made)
	if !strings.HasPrefix(made.Token, "bur_") || !strings.HasSuffix(made.Token, made.Hint) {
		t.Fatalf("got %+v", made)
	}
	if list := page.GET(t, "/api/v1/api-tokens").Expect(t, http.StatusOK); strings.Contains(string(list.Body), made.Token) {
		t.Fatal("the secret is shown again")
	}
	narrow := *e.Nobody()
	narrow.Token = made.Token
	narrow.GET(t, "/api/v1/clients").Expect(t, http.StatusOK)
	narrow.GET(t, "/api/v1/members").Refused(t, http.StatusForbidden, "access.forbidden")
	page.DELETE(t, "/api/v1/api-tokens/"+made.ID).Expect(t, http.StatusNoContent)
	narrow.GET(t, "/api/v1/clients").Refused(t, http.StatusUnauthorized, "identity.bad_token")
	page.DELETE(t, "/api/v1/api-tokens/"+made.ID).Refused(t, http.StatusNotFound, "identity.api_token_not_found")
}

func TestInvitationsByAPI(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	owner := e.As(t, identity.Owner)
	e.As(t, identity.Manager).POST(t, "/api/v1/invitations", map[string]any{"email": "a@example.test", "role": "member"}).Refused(t, http.StatusForbidden, "access.forbidden")
	owner.POST(t, "/api/v1/invitations", map[string]any{"email": "no address", "role": "member"}).Refused(t, http.StatusUnprocessableEntity, "identity.bad_email", "body.email")
	owner.POST(t, "/api/v1/invitations", map[string]any{"email": "a@example.test", "role": "contact", "contact_id": id.New(), "client_id": id.New()}).
		Refused(t, http.StatusUnprocessableEntity, "identity.bad_role", "body.contact_id")
	var inv struct{ ID, State string }
	known := e.As(t, identity.Admin).Member.Email
	owner.POST(t, "/api/v1/invitations", map[string]any{"email": known, "role": "member"}).Refused(t, http.StatusConflict, "identity.already_member", "body.email")
	owner.POST(t, "/api/v1/invitations", map[string]any{"email": "a@example.test", "role": "member"}).Expect(t, http.StatusCreated).JSON(t, &inv)
	owner.POST(t, "/api/v1/invitations", map[string]any{"email": "A@Example.test", "role": "member"}).Refused(t, http.StatusConflict, "identity.already_invited", "body.email")
	owner.POST(t, "/api/v1/invitations/"+inv.ID+"/resend", nil).Expect(t, http.StatusOK)
	owner.POST(t, "/api/v1/invitations/"+inv.ID+"/revoke", nil).Expect(t, http.StatusOK).JSON(t, &inv)
	if inv.State != "revoked" {
		t.Fatalf("got %+v", inv)
	}
	owner.POST(t, "/api/v1/invitations/"+inv.ID+"/resend", nil).Refused(t, http.StatusConflict, "identity.invitation_closed")
	var list struct{ Items []struct{ ID string } }
	owner.GET(t, "/api/v1/invitations?state=revoked").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != inv.ID {
		t.Fatalf("got %+v", list)
	}
}

func TestMeByAPI(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	m := e.As(t, identity.Owner).Member
	page := e.Session(t, m)
	var me struct {
		Role, Kind  string
		Permissions []string
		Agency      struct{ Slug string }
		Session     *struct{ Current bool }
		AuthURL     string `json:"auth_url"`
	}
	page.GET(t, "/api/v1/me").Expect(t, http.StatusOK).JSON(t, &me)
	if me.Role != "owner" || me.Kind != "staff" || me.Agency.Slug != e.Agency.Slug || me.Session == nil || !me.Session.Current || me.AuthURL != "http://auth."+apptest.Domain {
		t.Fatalf("got %+v", me)
	}
	if !slices.Contains(me.Permissions, "rates.cost.see") {
		t.Fatalf("an owner's permissions: %v", me.Permissions)
	}
	page.Do(t, "PATCH", "/api/v1/me", map[string]any{"name": "  Olive   O.  "}).Expect(t, http.StatusOK)
	page.Do(t, "PATCH", "/api/v1/me", map[string]any{"name": strings.Repeat("x", 121)}).Refused(t, http.StatusUnprocessableEntity, "", "body.name")
	for header, value := range map[string]string{"Origin": "http://other." + apptest.Domain, "X-Bureau-Csrf": ""} {
		page.With(header, value).Do(t, "PATCH", "/api/v1/me", map[string]any{"name": "Mallory"}).Refused(t, http.StatusForbidden, "identity.cross_site")
	}
	page.With("Origin", "").Do(t, "PATCH", "/api/v1/me", map[string]any{"name": "Mallory"}).Refused(t, http.StatusForbidden, "identity.cross_site")
	page.POST(t, "/api/v1/me/leave", nil).Refused(t, http.StatusConflict, "identity.last_owner")
	contact := e.Contact(t, id.New(), id.New())
	contact.GET(t, "/api/v1/me").Expect(t, http.StatusOK).JSON(t, &me)
	if me.Kind != "contact" || len(me.Permissions) != 1 || me.Permissions[0] != "portal.view" {
		t.Fatalf("got %+v", me)
	}
	contact.GET(t, "/api/v1/members").Refused(t, http.StatusForbidden, "access.forbidden")
}
