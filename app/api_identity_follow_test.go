package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func (b *browser) me(slug string) (name, email string) {
	b.t.Helper()
	a := b.call(http.MethodGet, slug, "/api/v1/me", nil)
	var me struct{ Member struct{ Name, Email string } }
	if err := json.Unmarshal(a.body, &me); err != nil || a.status != http.StatusOK {
		b.t.Fatalf("me: %s", a)
	}
	return me.Member.Name, me.Member.Email
}

// newAddress gives the account another address and name by the settings page; it is not confirmed yet.
func (b *browser) newAddress(email, name string) kratosFlow {
	b.t.Helper()
	b.open(b.town.at("auth") + "/.ory/self-service/settings/browser")
	a, next := b.submit(b.flow("settings"), map[string]any{"method": "profile", "traits": map[string]any{"email": email, "name": name}})
	if a.status != http.StatusOK {
		b.t.Fatalf("change the address: %s", a)
	}
	return next
}

func (b *browser) wantAudit(slug, action string) {
	b.t.Helper()
	if a := b.call(http.MethodGet, slug, "/api/v1/audit-events", nil); !strings.Contains(string(a.body), action) {
		b.t.Errorf("no %s in the audit log: %s", action, a)
	}
}

// A member's address and name are those of the account: the change arrives
// with the confirmation, and the old address is told.
func TestMembersFollowTheirAccount(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b, slug, old := tw.signUp(t)
	next := fresh("moved") + "@example.test"
	changed := b.newAddress(next, "Olive Newname")
	if _, email := b.me(slug); email != old {
		t.Fatalf("an address that nobody confirmed is taken: %s", email)
	}
	b.verify(changed, next)
	if name, email := b.me(slug); email != next || name != "Olive Newname" {
		t.Fatalf("after the confirmation the member is %s %s", name, email)
	}
	b.wantAudit(slug, "identity.member_followed_account")
	if letter := tw.letter(t, old, "was changed"); strings.Contains(letter, next) || !strings.Contains(letter, "recover") {
		t.Errorf("the old address reads: %s", letter)
	}
	t.Run("a name of the agency's own stays", func(t *testing.T) {
		b.t = t
		if a := b.call(http.MethodPatch, slug, "/api/v1/me", map[string]any{"name": "The Boss"}); a.status != http.StatusOK {
			t.Fatalf("rename: %s", a)
		}
		b.newAddress(next, "Olive Third")
		if name, _ := b.me(slug); name != "The Boss" {
			t.Errorf("the member is called %s", name)
		}
	})
	t.Run("what was missed is found by the sweep", func(t *testing.T) {
		b.t = t
		if a := b.call(http.MethodPatch, slug, "/api/v1/me", map[string]any{"name": "Olive Third"}); a.status != http.StatusOK {
			t.Fatalf("rename: %s", a)
		}
		patchIdentity(t, next, `[{"op":"replace","path":"/traits/name","value":"Olive Swept"}]`)
		if err := tw.app.Services.Identity.FollowAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if name, _ := b.me(slug); name != "Olive Swept" {
			t.Errorf("after the sweep the member is %s", name)
		}
	})
}
