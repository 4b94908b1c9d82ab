package identity_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/identity/identitydb"
	"github.com/bureauhq/bureau/tenancy"
)

// house is an agency with this module in it.
type house struct {
	*testkit.Agency
	s      *identity.Service
	kratos *fakeKratos
	post   *postbox
	deps   identity.Deps
	owner  identity.Member
}

// fakeKratos knows sign-ins by their cookie.
type fakeKratos struct {
	mu      sync.Mutex
	cookies map[string]identity.SignIn
	ended   map[string]bool
	away    bool
	asked   int
}

func (k *fakeKratos) WhoAmI(_ context.Context, cookie string) (identity.SignIn, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.away {
		return identity.SignIn{}, identity.ErrUnavailable
	}
	who, ok := k.cookies[cookie]
	if !ok || k.ended[who.SID] {
		return identity.SignIn{}, identity.ErrSignInRequired
	}
	return who, nil
}

func (k *fakeKratos) Alive(_ context.Context, sid string) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked++
	if k.away {
		return false, identity.ErrUnavailable
	}
	return !k.ended[sid], nil
}

func (k *fakeKratos) People(context.Context, string) ([]identity.Person, string, error) {
	return nil, "", identity.ErrUnavailable
}

func (k *fakeKratos) End(_ context.Context, sid string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.away {
		return identity.ErrUnavailable
	}
	k.ended[sid] = true
	return nil
}

func (k *fakeKratos) set(fn func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	fn()
}

type postbox struct {
	mu      sync.Mutex
	letters []mail.Message
	refuses string // an address that does not exist
}

func (p *postbox) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.To[0].Email == p.refuses {
		return mail.ErrRejected.Saying("The mail server refused it: 550 no such box")
	}
	p.letters = append(p.letters, m)
	return nil
}

func (p *postbox) last(t *testing.T) mail.Message {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.letters) == 0 {
		t.Fatal("no letter was sent")
	}
	return p.letters[len(p.letters)-1]
}

func limits() identity.Limits {
	l := identity.DefaultLimits()
	l.SignUp = ratelimit.Rule{Count: 1000, In: time.Hour}
	return l
}

func newHouse(t *testing.T, change ...func(*identity.Deps)) *house {
	t.Helper()
	h := &house{Agency: testkit.NewAgency(t), kratos: &fakeKratos{cookies: map[string]identity.SignIn{}, ended: map[string]bool{}}, post: &postbox{}}
	places, err := identity.NewPlaces("http://bureau.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	d := identity.Deps{
		DB: h.DB, Store: identitydb.Store{}, Directory: identitydb.NewDirectory(h.Control, h.Queue), Provider: h.kratos, Agencies: h.Platform.Registry,
		Claimer: h.Provisioner, Events: h.Bus, Jobs: h.Queue, Mail: h.post, Places: places, Limits: limits(), Now: h.Clock.Now,
	}
	for _, fn := range change {
		fn(&d)
	}
	h.deps = d
	h.s = identity.New(d)
	h.s.RegisterJobs(h.Registry)
	h.owner = h.add(t, "Olive Owner", identity.Owner)
	return h
}

func (h *house) add(t *testing.T, name, role string) identity.Member {
	t.Helper()
	n := identity.NewMember{PersonID: id.New(), Name: name, Email: id.New() + "@example.test", Role: role}
	if role == identity.Client {
		n.ContactID, n.ClientID = id.New(), id.New()
	}
	m, err := h.s.CreateMember(h.Ctx, n)
	if err != nil {
		t.Fatalf("add %s: %v", name, err)
	}
	return m
}

// as is the agency's context with m as the actor.
func (h *house) as(m identity.Member) context.Context {
	return access.With(h.Ctx, access.Actor{MemberID: m.ID, PersonID: m.PersonID, Name: m.Name, Email: m.Email, Kind: m.Kind, Role: m.Role, Perms: identity.Permissions(m.Role)})
}

func wantFault(t *testing.T, err error, want *fault.Error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %s", err, want.Code)
	}
}

func TestRolesAreTheHousesMap(t *testing.T) {
	t.Parallel()
	everything := identity.AllPermissions()
	for role, want := range map[string]map[access.Permission]bool{
		identity.Owner:    {"agency.settings.write": true, "rates.cost.see": true},
		identity.Admin:    {"identity.members.write": true, "audit.events.read": true},
		identity.Finance:  {"invoicing.invoices.issue": true, "rates.cost.see": true, "projects.projects.write": false, "identity.members.write": false, "timesheets.sheets.approve": false},
		identity.Manager:  {"timesheets.sheets.approve": true, "rates.bill.see": true, "rates.cost.see": false, "invoicing.invoices.write": false, "agency.settings.write": false},
		identity.Employee: {"timesheets.entries.write": true, "rates.bill.see": false, "projects.budget.see": false, "timesheets.entries.read_all": false, "invoicing.invoices.read": false},
		identity.Client:   {"portal.view": true, "clients.clients.read": false, "identity.members.read": false},
	} {
		set := identity.Permissions(role)
		for p, has := range want {
			if set.Has(p) != has {
				t.Errorf("%s has %s: %v, want %v", role, p, set.Has(p), has)
			}
		}
		if role == identity.Client {
			continue
		}
		if set.Has("portal.view") {
			t.Errorf("%s sees the portal as a contact does", role)
		}
		for p := range set {
			if !slices.Contains(everything, p) {
				t.Errorf("%s has %s, which is not on the list", role, p)
			}
		}
	}
	if identity.Permissions("nobody").Has("projects.projects.read") {
		t.Error("an unknown role may do something")
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := h.as(h.owner)
	admin, finance := h.add(t, "Adam Admin", identity.Admin), h.add(t, "Fay Finance", identity.Finance)

	t.Run("the last owner stays", func(t *testing.T) {
		_, err := h.s.ChangeRole(ctx, h.owner.ID, h.owner.Version, identity.Admin)
		wantFault(t, err, identity.ErrLastOwner)
		_, err = h.s.Deactivate(ctx, h.owner.ID)
		wantFault(t, err, identity.ErrLastOwner)
		wantFault(t, h.s.Leave(ctx), identity.ErrLastOwner)
	})
	t.Run("nobody raises themselves", func(t *testing.T) {
		_, err := h.s.ChangeRole(h.as(finance), finance.ID, finance.Version, identity.Admin)
		wantFault(t, err, identity.ErrOwnRole)
	})
	t.Run("only owners touch owners", func(t *testing.T) {
		_, err := h.s.ChangeRole(h.as(admin), h.owner.ID, h.owner.Version, identity.Admin)
		wantFault(t, err, identity.ErrOwnersOnly)
		_, err = h.s.ChangeRole(h.as(admin), finance.ID, finance.Version, identity.Owner)
		wantFault(t, err, identity.ErrOwnersOnly)
		_, err = h.s.Deactivate(h.as(admin), h.owner.ID)
		wantFault(t, err, identity.ErrOwnersOnly)
	})
	t.Run("a stale change is refused", func(t *testing.T) {
		_, err := h.s.ChangeRole(ctx, finance.ID, finance.Version+1, identity.Manager)
		wantFault(t, err, identity.ErrStale)
	})
	t.Run("roles that are none", func(t *testing.T) {
		for _, role := range []string{"", "king", identity.Client} {
			_, err := h.s.ChangeRole(ctx, finance.ID, finance.Version, role)
			wantFault(t, err, identity.ErrBadRole)
		}
	})
	t.Run("a role changes", func(t *testing.T) {
		m, err := h.s.ChangeRole(h.as(admin), finance.ID, finance.Version, identity.Manager)
		if err != nil || m.Role != identity.Manager || m.Version != finance.Version+1 {
			t.Fatalf("got %+v, %v", m, err)
		}
	})
	t.Run("the same address twice", func(t *testing.T) {
		_, err := h.s.CreateMember(ctx, identity.NewMember{Name: "Twin", Email: " " + admin.Email + " ", Role: identity.Employee})
		wantFault(t, err, identity.ErrAlreadyMember)
	})
	t.Run("out and in again", func(t *testing.T) {
		m, err := h.s.Deactivate(ctx, finance.ID)
		if err != nil || m.State != identity.Deactivated || m.DeactivatedAt == nil {
			t.Fatalf("got %+v, %v", m, err)
		}
		_, err = h.s.Deactivate(ctx, finance.ID)
		wantFault(t, err, identity.ErrMemberState)
		if m, err = h.s.Reactivate(ctx, finance.ID); err != nil || m.State != identity.Active || m.DeactivatedAt != nil {
			t.Fatalf("got %+v, %v", m, err)
		}
	})
	t.Run("lists", func(t *testing.T) {
		got, err := h.s.Members(ctx, identity.MemberFilter{Search: "ADAM", Limit: 10})
		if err != nil || len(got) != 1 || got[0].ID != admin.ID {
			t.Fatalf("got %v, %v", got, err)
		}
		if got, err = h.s.Members(ctx, identity.MemberFilter{Search: "%", Limit: 10}); err != nil || len(got) != 0 {
			t.Fatalf("a percent sign found %v, %v", got, err)
		}
		if got, err = h.s.Members(ctx, identity.MemberFilter{Limit: 1}); err != nil || len(got) != 2 || got[0].Name != "Adam Admin" {
			t.Fatalf("got %v, %v", got, err)
		}
		rest, err := h.s.Members(ctx, identity.MemberFilter{Limit: 10, After: []string{"adam admin", admin.ID}})
		if err != nil || len(rest) != 2 || rest[0].ID != finance.ID {
			t.Fatalf("got %v, %v", rest, err)
		}
	})
	t.Run("a contact is put away and back", func(t *testing.T) {
		contact := id.New()
		m, err := h.s.CreateMember(ctx, identity.NewMember{Name: "Pia", Email: "pia@client.example", Role: identity.Client, ContactID: contact, ClientID: id.New()})
		if err != nil {
			t.Fatal(err)
		}
		is := func(want identity.MemberState) {
			t.Helper()
			if m, err = h.s.Member(ctx, m.ID); err != nil || m.State != want {
				t.Fatalf("%s, want %s (%v)", m.State, want, err)
			}
		}
		for range 2 { // news may come twice
			if err := h.s.EndContact(ctx, contact); err != nil {
				t.Fatal(err)
			}
			is(identity.Deactivated)
		}
		// Ended because they were put away: back with the contact, whatever the time says.
		if err := h.s.ResumeContact(ctx, time.Time{}, contact); err != nil {
			t.Fatal(err)
		}
		is(identity.Active)
		// Ended by name: nothing but a name gives it back.
		if _, err := h.s.Deactivate(ctx, m.ID); err != nil {
			t.Fatal(err)
		}
		is(identity.Deactivated)
		for _, since := range []time.Time{*m.DeactivatedAt, m.DeactivatedAt.Add(-time.Hour), {}} {
			if err := h.s.ResumeContact(ctx, since, contact); err != nil {
				t.Fatal(err)
			}
			is(identity.Deactivated)
		}
		// Ended before it was kept why: the time tells. Somebody ended it before the contact was put away, and meant it.
		err = h.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, `UPDATE members SET ended_why = NULL WHERE id = $1`, m.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, since := range []time.Time{m.DeactivatedAt.Add(time.Second), {}} {
			if err := h.s.ResumeContact(ctx, since, contact); err != nil {
				t.Fatal(err)
			}
			is(identity.Deactivated)
		}
		for range 2 {
			if err := h.s.ResumeContact(ctx, *m.DeactivatedAt, contact); err != nil {
				t.Fatal(err)
			}
			is(identity.Active)
			m.DeactivatedAt = new(h.Clock.Now())
		}
		if err := h.s.EndContact(ctx, id.New()); err != nil {
			t.Fatal(err)
		}
	})
}

// Two owners who demote each other at the same moment: one of them fails.
func TestLastOwnerUnderLock(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 5 {
		other := h.add(t, "Second", identity.Owner)
		first, err := h.s.Member(h.Ctx, h.owner.ID)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		wg.Go(func() { _, errs[0] = h.s.ChangeRole(h.as(first), other.ID, other.Version, identity.Employee) })
		wg.Go(func() { _, errs[1] = h.s.ChangeRole(h.as(other), first.ID, first.Version, identity.Employee) })
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("want exactly one to succeed: %v", errs)
		}
		if errs[1] == nil { // put the first owner back
			m, err := h.s.Member(h.Ctx, first.ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.s.ChangeRole(h.as(other), m.ID, m.Version, identity.Owner); err != nil {
				t.Fatal(err)
			}
			o, _ := h.s.Member(h.Ctx, other.ID)
			if _, err := h.s.ChangeRole(h.as(first), o.ID, o.Version, identity.Employee); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.add(t, "Max Member", identity.Manager)
	ctx := h.as(m)
	who := func(plain string) (access.Actor, error) {
		return h.s.Authenticate(h.Ctx, identity.Credentials{Bearer: plain})
	}
	past := h.Clock.Now().Add(-time.Second)
	for name, n := range map[string]identity.NewToken{
		"no name": {Scopes: []string{"*"}}, "no scope": {Name: "x"}, "unknown scope": {Name: "x", Scopes: []string{"projects.*.read"}},
		"over before it began": {Name: "x", Scopes: []string{"*"}, ExpiresAt: &past},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := h.s.TokenCreate(ctx, n)
			wantFault(t, err, identity.ErrBadTokenInput)
		})
	}
	until := h.Clock.Now().Add(time.Hour)
	tok, plain, err := h.s.TokenCreate(ctx, identity.NewToken{Name: "CI", Scopes: []string{"*:read"}, ExpiresAt: &until})
	if err != nil {
		t.Fatal(err)
	}
	a, err := who(plain)
	if err != nil || a.Kind != access.Token || a.MemberID != m.ID || a.TokenID != tok.ID {
		t.Fatalf("got %+v, %v", a, err)
	}
	if !a.Can("projects.projects.read") || a.Can("projects.projects.write") || a.Can("rates.cost.see") {
		t.Fatalf("a reading token of a manager holds %v", a.Perms.Names())
	}
	for name, bad := range map[string]string{"empty": "bur_", "foreign": "xyz", "other": plain[:len(plain)-1] + "!", "long": plain + plain + plain} {
		if _, err := who(bad); !errors.Is(err, identity.ErrBadToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Run("another agency does not know it", func(t *testing.T) {
		other := newHouse(t)
		_, err := other.s.Authenticate(other.Ctx, identity.Credentials{Bearer: plain})
		wantFault(t, err, identity.ErrBadToken)
	})
	t.Run("a deactivated member's token stops at once", func(t *testing.T) {
		if _, err := h.s.Deactivate(h.as(h.owner), m.ID); err != nil {
			t.Fatal(err)
		}
		_, err := who(plain)
		wantFault(t, err, identity.ErrBadToken)
		if _, err := h.s.Reactivate(h.as(h.owner), m.ID); err != nil {
			t.Fatal(err)
		}
		if _, err = who(plain); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("it expires", func(t *testing.T) {
		now := h.Clock.Now()
		h.Clock.Set(until)
		_, err := who(plain)
		wantFault(t, err, identity.ErrBadToken)
		h.Clock.Set(now)
	})
	t.Run("nobody else may revoke it", func(t *testing.T) {
		stranger := h.add(t, "Stan Stranger", identity.Employee)
		wantFault(t, h.s.TokenRevoke(h.as(stranger), tok.ID), identity.ErrTokenNotFound)
	})
	t.Run("revoked it stops at once", func(t *testing.T) {
		if err := h.s.TokenRevoke(ctx, tok.ID); err != nil {
			t.Fatal(err)
		}
		_, err := who(plain)
		wantFault(t, err, identity.ErrBadToken)
		left, err := h.s.Tokens(ctx, 10, nil)
		if err != nil || len(left) != 0 {
			t.Fatalf("still listed: %v, %v", left, err)
		}
	})
}

func TestTokenRateLimit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(d *identity.Deps) { d.Limits.Token = ratelimit.Rule{Count: 3, In: time.Minute} })
	_, plain, err := h.s.TokenCreate(h.as(h.owner), identity.NewToken{Name: "busy", Scopes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := h.s.Authenticate(h.Ctx, identity.Credentials{Bearer: plain}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.s.Authenticate(h.Ctx, identity.Credentials{Bearer: plain})
	wantFault(t, err, identity.ErrTooManyCalls)
	if f := fault.From(err); f.RetryAfter <= 0 || f.RetryAfter > 20*time.Second {
		t.Fatalf("Retry-After %v", f.RetryAfter)
	}
}
