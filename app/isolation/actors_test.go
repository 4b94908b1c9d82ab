package isolation

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
)

const (
	nobody    = "nobody"
	forbidden = "access.forbidden"
)

// actor is one way to call. Exactly one of refused and role is set: the status
// that all operations refuse with, or the role whose line in access.yaml counts.
type actor struct {
	name    string
	c       *apptest.Client
	refused int
	role    string
	kind    string // staff, token or contact
	scope   string // a token with this permission only
	ownSite bool   // false: a browser that another site makes call
	again   func() *apptest.Client
}

// client is who makes the call. What acts without being told on what, such as
// leaving the agency, is done by somebody who is not needed any more.
func (a actor) client(op operation) *apptest.Client {
	if a.again != nil && op.changes() && op.json == nil && len(pathParam.FindString(op.path)) == 0 {
		return a.again()
	}
	return a.c
}

// actors are all who may come to the host of agency a.
func (w *sweep) actors(t *testing.T) (all []actor) {
	t.Helper()
	a, b := w.a, w.b
	refused := func(name string, status int, c *apptest.Client) {
		all = append(all, actor{name: name, c: c, refused: status, ownSite: true})
	}
	atA := func(c *apptest.Client) *apptest.Client {
		out := *c
		out.Host = a.Nobody().Host
		if h := "http://" + out.Host; out.Token == "" {
			return out.With("Origin", h)
		}
		return &out
	}
	refused(nobody, http.StatusUnauthorized, a.Nobody())
	refused("a broken cookie", http.StatusUnauthorized, a.Nobody().With("Cookie", "bureau_session=%00%zz").With("Origin", "http://"+a.Nobody().Host).With("X-Bureau-Csrf", "1"))
	refused("an expired session", http.StatusUnauthorized, expired(t, a))
	refused("an ended session", http.StatusUnauthorized, ended(t, a))
	bad := *a.Nobody()
	bad.Token = madeUp()
	refused("a made-up token", http.StatusUnauthorized, &bad)

	// Each has just been at home: what a process remembers of them must not count elsewhere.
	theirOwner := b.Fresh(t, identity.Owner, "*")
	contactOfB := b.Contact(t, id.New(), id.New())
	dualA, dualB := dual(t, a, b)
	for _, c := range []*apptest.Client{theirOwner, w.bBoss, contactOfB, dualA, dualB} {
		c.GET(t, "/api/v1/me").Expect(t, http.StatusOK)
		if c != dualA {
			atA(c).GET(t, "/api/v1/me").Expect(t, http.StatusUnauthorized)
		}
	}
	refused("another agency's owner by token", http.StatusUnauthorized, atA(theirOwner))
	refused("another agency's owner by session", http.StatusUnauthorized, atA(w.bBoss))
	refused("another agency's contact", http.StatusUnauthorized, atA(contactOfB))
	refused("a member of both with the other session", http.StatusUnauthorized, atA(dualB))
	all = append(all, actor{
		name: "a member of both", c: dualA, role: identity.Admin, kind: "staff", ownSite: true,
		again: func() *apptest.Client { return person(t, a, identity.Admin) },
	})

	goneToken, goneSession := gone(t, a)
	refused("a deactivated person by token", http.StatusUnauthorized, goneToken)
	refused("a deactivated person by session", http.StatusUnauthorized, goneSession)
	token, session := demoted(t, w.a, w.owner())
	all = append(all,
		actor{name: "a demoted person's token", c: token, role: identity.Employee, kind: "token", ownSite: true},
		actor{
			name: "a demoted person's session", c: session, role: identity.Employee, kind: "staff", ownSite: true,
			again: func() *apptest.Client { return person(t, a, identity.Employee) },
		})

	for _, role := range staffRoles {
		m := a.Fresh(t, role, "*")
		all = append(all,
			actor{name: role + " by token", c: m, role: role, kind: "token", ownSite: true, again: func() *apptest.Client { return a.Fresh(t, role, "*") }},
			actor{name: role + " by session", c: a.Session(t, m.Member), role: role, kind: "staff", ownSite: true, again: func() *apptest.Client { return person(t, a, role) }})
	}
	all = append(all,
		actor{
			name: "a contact", c: a.Contact(t, id.New(), id.New()), role: identity.Client, kind: "contact", ownSite: true,
			again: func() *apptest.Client { return a.Contact(t, id.New(), id.New()) },
		},
		actor{name: "an owner with one scope", c: a.Fresh(t, identity.Owner, "people.positions.read"), role: identity.Owner, kind: "token", scope: "people.positions.read", ownSite: true},
		actor{name: "an owner on another agency's page", c: person(t, a, identity.Owner).With("Origin", "http://"+b.Nobody().Host), role: identity.Owner, kind: "staff"},
		actor{
			name: "an owner with a forged host", role: identity.Owner, kind: "token", ownSite: true,
			c: a.Fresh(t, identity.Owner, "*").With("X-Forwarded-Host", b.Nobody().Host).With("Forwarded", "host="+b.Nobody().Host).With("X-Host", b.Nobody().Host),
		})
	return all
}

func expired(t *testing.T, env *apptest.Env) *apptest.Client {
	t.Helper()
	m := env.Fresh(t, identity.Owner, "*").Member
	then := time.Now().Add(-time.Hour)
	token, _, err := env.App.Services.Identity.OpenSession(env.Ctx, m, identity.SignIn{
		SID: id.New(), PersonID: m.PersonID, AAL: "aal1", AMR: []string{"password"}, AuthenticatedAt: then, ExpiresAt: then.Add(time.Minute),
	}, identity.Credentials{IP: "192.0.2.1", UserAgent: "apptest"})
	must(t, err)
	host := env.Nobody().Host
	return env.Nobody().With("Cookie", "bureau_session="+token).With("Origin", "http://"+host).With("X-Bureau-Csrf", "1")
}

func ended(t *testing.T, env *apptest.Env) *apptest.Client {
	t.Helper()
	c := person(t, env, identity.Owner)
	var list struct{ Items []struct{ ID string } }
	c.GET(t, "/api/v1/sessions").Expect(t, http.StatusOK).JSON(t, &list)
	if r := c.DELETE(t, "/api/v1/sessions/"+list.Items[0].ID); r.Status >= 300 {
		t.Fatalf("end a session: %s", r)
	}
	return c
}

// dual is one person at both agencies, signed in at each.
func dual(t *testing.T, a, b *apptest.Env) (atA, atB *apptest.Client) {
	t.Helper()
	n := identity.NewMember{PersonID: id.New(), Name: "Dora Dual", Email: "dora-" + id.New() + "@example.test", Role: identity.Admin}
	one, err := a.App.Services.Identity.CreateMember(a.Ctx, n)
	must(t, err)
	two, err := b.App.Services.Identity.CreateMember(b.Ctx, n)
	must(t, err)
	return a.Session(t, one), b.Session(t, two)
}

func gone(t *testing.T, env *apptest.Env) (token, session *apptest.Client) {
	t.Helper()
	token = env.Fresh(t, identity.Admin, "*")
	session = env.Session(t, token.Member)
	token.GET(t, "/api/v1/me").Expect(t, http.StatusOK)
	_, err := env.App.Services.Identity.Deactivate(env.Ctx, token.Member.ID)
	must(t, err)
	return token, session
}

func demoted(t *testing.T, env *apptest.Env, boss *apptest.Client) (token, session *apptest.Client) {
	t.Helper()
	token = env.Fresh(t, identity.Admin, "*")
	session = env.Session(t, token.Member)
	for _, c := range []*apptest.Client{token, session} {
		c.GET(t, "/api/v1/settings").Expect(t, http.StatusOK)
	}
	at := "/api/v1/members/" + token.Member.ID
	boss.PATCH(t, at, boss.GET(t, at).Header.Get("ETag"), map[string]any{"role": identity.Employee}).Expect(t, http.StatusOK)
	return token, session
}

// expect compares one answer with what access.yaml says.
func (w *world) expect(t *testing.T, who actor, op operation, r *apptest.Reply) {
	t.Helper()
	var p apptest.Problem
	_ = json.Unmarshal(r.Body, &p)
	guarded := r.Status == http.StatusForbidden && p.Code == forbidden
	may := who.refused == 0 && w.rules.may(op, who.role, who.kind) && (who.scope == "" || op.need == "signed_in" || op.need == who.scope)
	switch {
	case op.need == "public" && who.name != "a made-up token" && who.kind != "token":
		if guarded {
			t.Errorf("%s: %s; it is open to everybody", who.name, r)
		}
	case op.need == "public": // a bad token is refused before anybody asks what for
	case who.refused != 0:
		if r.Status != who.refused {
			t.Errorf("%s: %s; want %d", who.name, r, who.refused)
		}
	case !who.ownSite && op.changes():
		if r.Status != http.StatusForbidden || p.Code != "identity.cross_site" {
			t.Errorf("%s: %s; want identity.cross_site", who.name, r)
		}
	case may && (guarded || r.Status == http.StatusUnauthorized):
		t.Errorf("%s: %s; want to be let through", who.name, r)
	case !may && !guarded:
		t.Errorf("%s: %s; want %s", who.name, r, forbidden)
	}
}

// theActors calls every operation as everybody, with keys that are nobody's.
func (w *sweep) theActors(t *testing.T, seen *watch) {
	t.Helper()
	all := w.actors(t)
	t.Run("group", func(t *testing.T) {
		for part := range slices.Chunk(w.ops, (len(w.ops)+3)/4) {
			t.Run(part[0].id, func(t *testing.T) {
				t.Parallel()
				for _, op := range part {
					d, candidates := newDrafter(t, newPools()).draft(op)
					for place := range candidates {
						d = d.with(place, id.New())
					}
					if op.json != nil {
						d.body = map[string]any{}
					}
					for _, who := range all {
						name := who.name
						if who.refused != 0 {
							name = nobody // to what is open to everybody
						}
						w.expect(t, who, op, seen.see(t, name, d.once(t, who.client(op))))
					}
				}
			})
		}
	})
}
