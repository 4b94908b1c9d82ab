package identity_test

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// signIn makes Kratos know a person by a cookie.
func (h *house) signIn(m identity.Member, change ...func(*identity.SignIn)) (cookie string) {
	now := h.Clock.Now()
	who := identity.SignIn{
		SID: id.New(), PersonID: m.PersonID, Email: m.Email, Name: m.Name, Verified: true, AAL: "aal1", AMR: []string{"password"},
		AuthenticatedAt: now, ExpiresAt: now.Add(14 * 24 * time.Hour),
	}
	for _, fn := range change {
		fn(&who)
	}
	cookie = id.New()
	h.kratos.set(func() { h.kratos.cookies[cookie] = who })
	return cookie
}

// trip is one sign-in, half-way.
type trip struct{ state, challenge, verifier, code string }

func (h *house) begin(t *testing.T, returnPath string) trip {
	t.Helper()
	st, err := h.s.StartSignIn(h.Ctx, returnPath, identity.Plain)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(st.URL)
	if err != nil || u.Host != "auth.bureau.localhost:8080" || u.Query().Get("agency") != h.Tenancy.Slug {
		t.Fatalf("%s: %v", st.URL, err)
	}
	return trip{state: u.Query().Get("state"), challenge: u.Query().Get("challenge"), verifier: st.Verifier}
}

func (h *house) authorize(tr *trip, cookie string) error {
	to, err := h.s.Authorize(context.Background(), h.Tenancy.Slug, tr.state, tr.challenge, cookie, false)
	if err != nil {
		return err
	}
	u, err := url.Parse(to)
	tr.code = u.Query().Get("code")
	return err
}

func (h *house) redeem(tr trip, old string) (identity.Arrival, error) {
	return h.s.Redeem(h.Ctx, tr.code, tr.state, tr.verifier, identity.Credentials{Cookie: old, IP: "192.0.2.1", UserAgent: "Test"})
}

// arrive signs m in and returns the session's cookie.
func (h *house) arrive(t *testing.T, m identity.Member) (token, kratosCookie string) {
	t.Helper()
	cookie := h.signIn(m)
	tr := h.begin(t, "/")
	if err := h.authorize(&tr, cookie); err != nil {
		t.Fatal(err)
	}
	got, err := h.redeem(tr, "")
	if err != nil {
		t.Fatal(err)
	}
	return got.Token, cookie
}

func (h *house) who(token string) (access.Actor, error) {
	return h.s.Authenticate(h.Ctx, identity.Credentials{Cookie: token, IP: "192.0.2.1"})
}

func TestSignInOfAMember(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	cookie := h.signIn(h.owner)
	tr := h.begin(t, "/projects?tab=1")
	if err := h.authorize(&tr, cookie); err != nil {
		t.Fatal(err)
	}
	got, err := h.redeem(tr, "")
	if err != nil || got.ReturnPath != "/projects?tab=1" || got.Lasts != 14*24*time.Hour {
		t.Fatalf("got %+v, %v", got, err)
	}
	a, err := h.who(got.Token)
	if err != nil || a.MemberID != h.owner.ID || a.Kind != access.Staff || a.Role != identity.Owner || a.SessionID == "" {
		t.Fatalf("got %+v, %v", a, err)
	}
	t.Run("a new sign-in replaces the old session", func(t *testing.T) {
		tr := h.begin(t, "/")
		if err := h.authorize(&tr, cookie); err != nil {
			t.Fatal(err)
		}
		next, err := h.redeem(tr, got.Token)
		if err != nil || next.Token == got.Token {
			t.Fatalf("got %+v, %v", next, err)
		}
		_, err = h.who(got.Token)
		wantFault(t, err, identity.ErrSignInRequired)
	})
}

// The table of section B.13: everything that a sign-in can be bent with.
func TestBrokerRefuses(t *testing.T) {
	t.Parallel()
	h, other := newHouse(t), newHouse(t)
	cookie := h.signIn(h.owner)
	ready := func(t *testing.T) trip {
		t.Helper()
		tr := h.begin(t, "/")
		if err := h.authorize(&tr, cookie); err != nil {
			t.Fatal(err)
		}
		return tr
	}
	for name, bend := range map[string]func(*testing.T, *trip){
		"no code":         func(_ *testing.T, tr *trip) { tr.code = "" },
		"another code":    func(_ *testing.T, tr *trip) { tr.code += "x" },
		"no state":        func(_ *testing.T, tr *trip) { tr.state = "" },
		"no verifier":     func(_ *testing.T, tr *trip) { tr.verifier = "" },
		"another browser": func(t *testing.T, tr *trip) { t.Helper(); tr.verifier = h.begin(t, "/").verifier },
		"the challenge":   func(_ *testing.T, tr *trip) { tr.verifier = tr.challenge },
		"another state":   func(t *testing.T, tr *trip) { t.Helper(); tr.state = h.begin(t, "/").state },
		"another sign-in": func(t *testing.T, tr *trip) {
			t.Helper()
			n := h.begin(t, "/")
			tr.state, tr.verifier = n.state, n.verifier
		},
		"a code used before": func(_ *testing.T, tr *trip) { _, _ = h.redeem(*tr, "") },
		"a state used before": func(t *testing.T, tr *trip) {
			t.Helper()
			if err := h.authorize(tr, cookie); err != nil {
				t.Fatal(err)
			}
			first := *tr
			if err := h.authorize(tr, cookie); err != nil {
				t.Fatal(err)
			}
			_, _ = h.redeem(first, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := ready(t)
			bend(t, &tr)
			_, err := h.redeem(tr, "")
			wantFault(t, err, identity.ErrBadSignIn)
		})
	}
	t.Run("a code of another agency", func(t *testing.T) {
		tr := ready(t)
		_, err := other.s.Redeem(other.Ctx, tr.code, tr.state, tr.verifier, identity.Credentials{})
		wantFault(t, err, identity.ErrBadSignIn)
		if _, err := h.redeem(tr, ""); err != nil {
			t.Fatalf("the try elsewhere used it up: %v", err)
		}
	})
	t.Run("a code older than a minute", func(t *testing.T) {
		tr := ready(t)
		h.Clock.Advance(60 * time.Second)
		_, err := h.redeem(tr, "")
		wantFault(t, err, identity.ErrBadSignIn)
	})
	t.Run("a state older than ten minutes", func(t *testing.T) {
		tr := h.begin(t, "/")
		h.Clock.Advance(10 * time.Minute)
		wantFault(t, h.authorize(&tr, cookie), identity.ErrBadSignIn)
	})
	t.Run("another challenge", func(t *testing.T) {
		tr := h.begin(t, "/")
		tr.challenge = h.begin(t, "/").challenge
		wantFault(t, h.authorize(&tr, cookie), identity.ErrBadSignIn)
	})
	t.Run("a state at another agency", func(t *testing.T) {
		tr := h.begin(t, "/")
		_, err := h.s.Authorize(h.Ctx, other.Tenancy.Slug, tr.state, tr.challenge, cookie, false)
		wantFault(t, err, identity.ErrBadSignIn)
	})
	t.Run("one code, many at once", func(t *testing.T) {
		tr := ready(t)
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for range 8 {
			wg.Go(func() {
				if _, err := h.redeem(tr, ""); err == nil {
					mu.Lock()
					defer mu.Unlock()
					in++
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Fatalf("%d came in", in)
		}
	})

	m := h.add(t, "Max Member", identity.Employee)
	for name, c := range map[string]struct {
		change func(*identity.SignIn)
		want   *fault.Error
	}{
		"not a member":           {func(w *identity.SignIn) { w.PersonID, w.Email = id.New(), id.New()+"@example.test" }, identity.ErrNotAMember},
		"a member's address":     {func(w *identity.SignIn) { w.PersonID = id.New() }, identity.ErrNotAMember},
		"address not confirmed":  {func(w *identity.SignIn) { w.Verified = false }, identity.ErrNotVerified},
		"only a recovery code":   {func(w *identity.SignIn) { w.AMR = []string{"code_recovery"} }, identity.ErrRecoveryOnly},
		"only a recovery letter": {func(w *identity.SignIn) { w.AMR = []string{"link_recovery", "code_recovery"} }, identity.ErrRecoveryOnly},
	} {
		t.Run(name, func(t *testing.T) {
			tr := h.begin(t, "/")
			wantFault(t, h.authorize(&tr, h.signIn(m, c.change)), c.want)
		})
	}
	t.Run("nobody", func(t *testing.T) {
		tr := h.begin(t, "/")
		wantFault(t, h.authorize(&tr, "unknown"), identity.ErrSignInRequired)
	})
	t.Run("recovered and then signed in", func(t *testing.T) {
		tr := h.begin(t, "/")
		if err := h.authorize(&tr, h.signIn(m, func(w *identity.SignIn) { w.AMR = []string{"code_recovery", "password"} })); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("deactivated between code and callback", func(t *testing.T) {
		tr := h.begin(t, "/")
		if err := h.authorize(&tr, h.signIn(m)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Deactivate(h.as(h.owner), m.ID); err != nil {
			t.Fatal(err)
		}
		_, err := h.redeem(tr, "")
		wantFault(t, err, identity.ErrDeactivated)
		tr = h.begin(t, "/")
		wantFault(t, h.authorize(&tr, h.signIn(m)), identity.ErrDeactivated)
	})
	t.Run("a suspended agency", func(t *testing.T) {
		tr := other.begin(t, "/")
		if err := other.Provisioner.Suspend(other.Ctx, other.Tenancy.Slug); err != nil {
			t.Fatal(err)
		}
		other.Platform.Registry.Forget("")
		wantFault(t, other.authorize(&tr, other.signIn(other.owner)), tenancy.ErrSuspended)
	})
	t.Run("an agency that is none", func(t *testing.T) {
		_, err := h.s.Authorize(h.Ctx, "nobody-"+id.New()[:8], "x", "y", cookie, false)
		wantFault(t, err, tenancy.ErrNoAgency)
	})
}

func TestReturnPathStaysHere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/": "/", "/a/b?c=d#e": "/a/b?c=d#e", "": "/", "a": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "javascript:alert(1)": "/",
		"/\tevil": "/", "/a\r\nSet-Cookie: x=y": "/", "///evil": "/", "/auth/start?return=/": "/", "/" + strings.Repeat("a", 600): "/", "/%zz": "/",
	} {
		if got := identity.CleanPath(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestMemberEnteredAheadIsTiedByConfirmedAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	email := id.New() + "@example.test"
	if _, err := h.s.CreateMember(h.Ctx, identity.NewMember{Name: "Early Bird", Email: email, Role: identity.Admin}); err != nil {
		t.Fatal(err)
	}
	bird := identity.Member{PersonID: id.New(), Email: email, Name: "Early Bird"}
	tr := h.begin(t, "/")
	wantFault(t, h.authorize(&tr, h.signIn(bird, func(w *identity.SignIn) { w.Verified = false })), identity.ErrNotVerified)
	cookie := h.signIn(bird)
	list, err := h.s.MyAgencies(h.Ctx, cookie)
	if err != nil || len(list) != 1 || list[0].Slug != h.Tenancy.Slug {
		t.Fatalf("got %v, %v", list, err)
	}
	if err := h.authorize(&tr, cookie); err != nil {
		t.Fatal(err)
	}
	// Whoever has the address later is somebody else.
	tr = h.begin(t, "/")
	wantFault(t, h.authorize(&tr, h.signIn(identity.Member{PersonID: id.New(), Email: email})), identity.ErrNotAMember)
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.add(t, "Max Member", identity.Employee)
	c := h.add(t, "Cora Contact", identity.Client)
	t.Run("after eight idle hours; a contact's after a day", func(t *testing.T) {
		staff, _ := h.arrive(t, m)
		contact, _ := h.arrive(t, c)
		h.Clock.Advance(8*time.Hour - time.Second)
		if _, err := h.who(staff); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(8 * time.Hour)
		_, err := h.who(staff)
		wantFault(t, err, identity.ErrSignInRequired)
		a, err := h.who(contact)
		if err != nil || a.Kind != access.Contact || a.ClientID != c.ClientID || !a.Can("portal.view") || a.Can("clients.clients.read") {
			t.Fatalf("got %+v, %v", a, err)
		}
	})
	t.Run("after fourteen days, however busy", func(t *testing.T) {
		token, _ := h.arrive(t, m)
		for range 14 * 4 {
			h.Clock.Advance(6*time.Hour - time.Second)
			if _, err := h.who(token); err != nil {
				t.Fatal(err)
			}
		}
		h.Clock.Advance(time.Minute)
		_, err := h.who(token)
		wantFault(t, err, identity.ErrSignInRequired)
	})
	t.Run("at once when the member is deactivated", func(t *testing.T) {
		token, _ := h.arrive(t, m)
		if _, err := h.s.Deactivate(h.as(h.owner), m.ID); err != nil {
			t.Fatal(err)
		}
		_, err := h.who(token)
		wantFault(t, err, identity.ErrSignInRequired)
		if _, err := h.s.Reactivate(h.as(h.owner), m.ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.who(token)
		wantFault(t, err, identity.ErrSignInRequired)
	})
	t.Run("nobody ends another's", func(t *testing.T) {
		token, _ := h.arrive(t, m)
		a, err := h.who(token)
		if err != nil {
			t.Fatal(err)
		}
		wantFault(t, h.s.EndSession(h.as(h.owner), a.SessionID), identity.ErrSessionNotFound)
	})
	t.Run("a role changes under it", func(t *testing.T) {
		token, _ := h.arrive(t, m)
		now, err := h.s.Member(h.Ctx, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.ChangeRole(h.as(h.owner), m.ID, now.Version, identity.Finance); err != nil {
			t.Fatal(err)
		}
		a, err := h.who(token)
		if err != nil || a.Role != identity.Finance || !a.Can("invoicing.invoices.issue") {
			t.Fatalf("got %+v, %v", a, err)
		}
	})
}

// A session that another process ended is over within a second.
func TestSessionEndedElsewhereWithinASecond(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	elsewhere := identity.New(h.deps)
	token, _ := h.arrive(t, h.owner)
	a, err := h.who(token)
	if err != nil {
		t.Fatal(err)
	}
	if err := elsewhere.EndSession(h.as(h.owner), a.SessionID); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	// Only a look that begins after the second is up can fail, however late this machine gets round to it.
	for ended := time.Now(); ; <-tick.C {
		late := time.Since(ended) > time.Second
		if _, err := h.who(token); errors.Is(err, identity.ErrSignInRequired) {
			return
		}
		if late {
			t.Fatal("still good after a second")
		}
	}
}

func TestRevalidation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token, cookie := h.arrive(t, h.owner)
	asked := func() (n int) { h.kratos.set(func() { n = h.kratos.asked }); return n }
	sid := func() (s string) { h.kratos.set(func() { s = h.kratos.cookies[cookie].SID }); return s }()
	h.Clock.Advance(59 * time.Second)
	if _, err := h.who(token); err != nil || asked() != 0 {
		t.Fatalf("asked %d times within the minute, %v", asked(), err)
	}
	h.Clock.Advance(time.Second)
	for range 5 {
		if _, err := h.who(token); err != nil {
			t.Fatal(err)
		}
	}
	if asked() != 1 {
		t.Fatalf("asked %d times in one minute", asked())
	}
	t.Run("while Kratos is away people work on for five minutes", func(t *testing.T) {
		h.kratos.set(func() { h.kratos.away = true })
		h.Clock.Advance(6 * time.Minute)
		if _, err := h.who(token); err != nil {
			t.Fatal(err)
		}
		before := asked()
		if _, err := h.who(token); err != nil || asked() != before {
			t.Fatalf("asked again at once, %v", err)
		}
		h.Clock.Advance(11 * time.Second)
		_, err := h.who(token)
		wantFault(t, err, identity.ErrUnavailable)
		tr := h.begin(t, "/")
		wantFault(t, h.authorize(&tr, cookie), identity.ErrUnavailable)
		h.kratos.set(func() { h.kratos.away = false })
		h.Clock.Advance(11 * time.Second)
		if _, err := h.who(token); err != nil {
			t.Fatalf("not back with Kratos: %v", err)
		}
	})
	t.Run("a sign-in that Kratos ended is over within a minute", func(t *testing.T) {
		h.kratos.set(func() { h.kratos.ended[sid] = true })
		h.Clock.Advance(time.Minute)
		_, err := h.who(token)
		wantFault(t, err, identity.ErrSignInRequired)
	})
}

func TestSlugs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	free := "free-" + id.New()[24:]
	for in, want := range map[string]identity.SlugStatus{
		free: identity.SlugAvailable, strings.ToUpper(free): identity.SlugAvailable, h.Tenancy.Slug: identity.SlugTaken,
		"www": identity.SlugReserved, "auth": identity.SlugReserved, "ops": identity.SlugReserved, "bureau": identity.SlugReserved, "API": identity.SlugReserved,
		"": identity.SlugMalformed, "ab": identity.SlugMalformed, "1abc": identity.SlugMalformed, "-abc": identity.SlugMalformed, "abc-": identity.SlugMalformed,
		"a--b": identity.SlugMalformed, "a_b": identity.SlugMalformed, "a.b": identity.SlugMalformed, "xn--abc": identity.SlugMalformed, "äbc": identity.SlugMalformed,
		strings.Repeat("a", 41): identity.SlugMalformed, strings.Repeat("a", 64): identity.SlugMalformed, "a b": identity.SlugMalformed,
	} {
		_, got, message, err := h.s.CheckSlug(h.Ctx, in, "192.0.2.1")
		if err != nil || got != want || message == "" {
			t.Errorf("%q: got %s %q, %v; want %s", in, got, message, err, want)
		}
	}
	_, _, err := h.s.BeginSignUp(h.Ctx, "Acme", strings.Repeat("a", 64), "192.0.2.1")
	wantFault(t, err, identity.ErrBadSlug)
	if f := fault.From(err); len(f.Fields) != 1 || f.Fields[0].Path != "body.slug" {
		t.Fatalf("got %+v", f.Fields)
	}
}

// broken claims an agency and then fails, as a process that is killed does.
type broken struct {
	identity.Claimer
	after, before bool
}

func (b *broken) Claim(ctx context.Context, slug, name string) (tenancy.Agency, error) {
	if b.before {
		return tenancy.Agency{}, errors.New("broken before")
	}
	a, err := b.Claimer.Claim(ctx, slug, name)
	if err == nil && b.after {
		return tenancy.Agency{}, errors.New("broken after")
	}
	return a, err
}

func TestSignUp(t *testing.T) {
	t.Parallel()
	claim := &broken{}
	h := newHouse(t, func(d *identity.Deps) { claim.Claimer = d.Claimer; d.Claimer = claim })
	slug := "new-" + id.New()[24:]
	founder := identity.Member{PersonID: id.New(), Email: id.New() + "@example.test", Name: "Fran Founder"}
	_, token, err := h.s.BeginSignUp(h.Ctx, "  New   Works ", slug, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("it holds its slug for an hour", func(t *testing.T) {
		_, _, err := h.s.BeginSignUp(h.Ctx, "Other", slug, "192.0.2.2")
		wantFault(t, err, tenancy.ErrSlugTaken)
		if _, st, _, _ := h.s.CheckSlug(h.Ctx, slug, "192.0.2.2"); st != identity.SlugHeld {
			t.Fatalf("got %s", st)
		}
	})
	t.Run("nothing is made before the address is confirmed", func(t *testing.T) {
		_, err := h.s.CompleteSignUp(h.Ctx, token, "unknown")
		wantFault(t, err, identity.ErrSignInRequired)
		_, err = h.s.CompleteSignUp(h.Ctx, token, h.signIn(founder, func(w *identity.SignIn) { w.Verified = false }))
		wantFault(t, err, identity.ErrNotVerified)
		if _, err := h.Platform.Registry.BySlug(h.Ctx, slug); !errors.Is(err, tenancy.ErrNoAgency) {
			t.Fatalf("got %v", err)
		}
	})
	cookie := h.signIn(founder)
	t.Run("it can be broken off anywhere and taken up again", func(t *testing.T) {
		claim.before = true
		if _, err := h.s.CompleteSignUp(h.Ctx, token, cookie); err == nil {
			t.Fatal("no error")
		}
		claim.before, claim.after = false, true
		if _, err := h.s.CompleteSignUp(h.Ctx, token, cookie); err == nil {
			t.Fatal("no error")
		}
		claim.after = false
		_, err := h.s.CompleteSignUp(h.Ctx, token, h.signIn(identity.Member{PersonID: id.New(), Email: "m@example.test"}))
		wantFault(t, err, identity.ErrSignUpGone) // it belongs to the person who began to complete it
		to, err := h.s.CompleteSignUp(h.Ctx, token, cookie)
		if err != nil || to != "http://"+slug+".bureau.localhost:8080/auth/start?return=%2Fwelcome" {
			t.Fatalf("got %q, %v", to, err)
		}
		again, err := h.s.CompleteSignUp(h.Ctx, token, cookie)
		if err != nil || again != to {
			t.Fatalf("got %q, %v", again, err)
		}
	})
	a, err := h.Platform.Registry.BySlug(h.Ctx, slug)
	if err != nil || a.Name != "New Works" {
		t.Fatalf("got %+v, %v", a, err)
	}
	all, err := h.s.Members(tenancy.With(h.Ctx, a), identity.MemberFilter{Limit: 10})
	if err != nil || len(all) != 1 || all[0].Role != identity.Owner || all[0].PersonID != founder.PersonID {
		t.Fatalf("got %+v, %v", all, err)
	}
	t.Run("another's slug cannot be taken over", func(t *testing.T) {
		_, token, err := h.s.BeginSignUp(h.Ctx, "Late", "late-"+id.New()[24:], "192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.s.ChangeSignUp(h.Ctx, token, "Late", slug)
		wantFault(t, err, tenancy.ErrSlugTaken)
	})
	t.Run("it runs out and lets the slug go", func(t *testing.T) {
		slug := "gone-" + id.New()[24:]
		_, token, err := h.s.BeginSignUp(h.Ctx, "Gone", slug, "192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(time.Hour)
		_, err = h.s.CompleteSignUp(h.Ctx, token, cookie)
		wantFault(t, err, identity.ErrSignUpGone)
		if _, _, err := h.s.BeginSignUp(h.Ctx, "Next", slug, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	})
}

var link = regexp.MustCompile(`/invite#(\S+)`)

func (h *house) invite(t *testing.T, email, role string) (identity.Invitation, string) {
	t.Helper()
	inv, err := h.s.Invite(h.as(h.owner), identity.NewInvitation{Email: email, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	h.Work(t)
	return inv, link.FindStringSubmatch(h.post.last(t).Text)[1]
}

func TestInvite(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner := h.as(h.owner)
	admin := h.add(t, "Adam Admin", identity.Admin)
	for name, c := range map[string]struct {
		ctx  context.Context
		in   identity.NewInvitation
		want *fault.Error
	}{
		"no address":              {owner, identity.NewInvitation{Email: "x", Role: identity.Admin}, identity.ErrBadEmail},
		"a name in it":            {owner, identity.NewInvitation{Email: "A <a@example.test>", Role: identity.Admin}, identity.ErrBadEmail},
		"letters nobody sees":     {owner, identity.NewInvitation{Email: "a\u200bb@example.test", Role: identity.Admin}, identity.ErrBadEmail},
		"no role":                 {owner, identity.NewInvitation{Email: "a@example.test"}, identity.ErrBadRole},
		"a contact of nobody":     {owner, identity.NewInvitation{Email: "a@example.test", Role: identity.Client}, identity.ErrBadRole},
		"staff of a client":       {owner, identity.NewInvitation{Email: "a@example.test", Role: identity.Admin, ContactID: id.New(), ClientID: id.New()}, identity.ErrBadRole},
		"an owner by an admin":    {h.as(admin), identity.NewInvitation{Email: "a@example.test", Role: identity.Owner}, identity.ErrOwnersOnly},
		"who is a member already": {owner, identity.NewInvitation{Email: strings.ToUpper(admin.Email), Role: identity.Admin}, identity.ErrAlreadyMember},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.s.Invite(c.ctx, c.in)
			wantFault(t, err, c.want)
		})
	}
	inv, first := h.invite(t, "guest@example.test", identity.Manager)
	letter := h.post.last(t)
	if letter.To[0].Email != "guest@example.test" || !strings.Contains(letter.Text, "http://"+h.Tenancy.Slug+".bureau.localhost:8080/invite#") {
		t.Fatalf("got %+v", letter)
	}
	_, err := h.s.Invite(owner, identity.NewInvitation{Email: "guest@example.test", Role: identity.Manager})
	wantFault(t, err, identity.ErrAlreadyInvited)
	if _, err := h.s.Resend(owner, inv.ID); err != nil {
		t.Fatal(err)
	}
	h.Work(t)
	second := link.FindStringSubmatch(h.post.last(t).Text)[1]
	_, err = h.s.LookAtInvitation(h.Ctx, first, "")
	wantFault(t, err, identity.ErrInvitationNotFound) // the older letter is worthless
	if seen, err := h.s.LookAtInvitation(h.Ctx, second, ""); err != nil || seen.State(h.Clock.Now()) != identity.Open {
		t.Fatalf("got %+v, %v", seen, err)
	}
	guest := h.signIn(identity.Member{PersonID: id.New(), Email: "guest@example.test", Name: "Gus"})
	t.Run("many clicks, one member", func(t *testing.T) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for range 6 {
			wg.Go(func() {
				if _, err := h.s.AcceptInvitation(context.Background(), second, guest); err == nil {
					mu.Lock()
					defer mu.Unlock()
					in++
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Fatalf("%d were accepted", in)
		}
	})
	t.Run("closed ones stay closed", func(t *testing.T) {
		_, err := h.s.AcceptInvitation(h.Ctx, second, guest)
		wantFault(t, err, identity.ErrInvitationClosed)
		_, err = h.s.Resend(owner, inv.ID)
		wantFault(t, err, identity.ErrInvitationClosed)
		_, err = h.s.Revoke(owner, inv.ID)
		wantFault(t, err, identity.ErrInvitationClosed)
	})
	t.Run("revoked", func(t *testing.T) {
		inv, token := h.invite(t, "other@example.test", identity.Employee)
		if _, err := h.s.Revoke(owner, inv.ID); err != nil {
			t.Fatal(err)
		}
		_, err := h.s.AcceptInvitation(h.Ctx, token, h.signIn(identity.Member{PersonID: id.New(), Email: "other@example.test"}))
		wantFault(t, err, identity.ErrInvitationNotFound)
	})
	t.Run("after seven days", func(t *testing.T) {
		_, token := h.invite(t, "late@example.test", identity.Employee)
		h.Clock.Advance(7 * 24 * time.Hour)
		_, err := h.s.AcceptInvitation(h.Ctx, token, h.signIn(identity.Member{PersonID: id.New(), Email: "late@example.test"}))
		wantFault(t, err, identity.ErrInvitationClosed)
		if _, err := h.s.Invite(owner, identity.NewInvitation{Email: "late@example.test", Role: identity.Employee}); err != nil {
			t.Fatalf("an invitation that ran out is in the way: %v", err)
		}
	})
}

// A letter that cannot be delivered is said to be so, and who invited is told; sent again, it is on its way again.
func TestAnInvitationThatCannotBeDeliveredIsSaidToBeSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, wrong := h.as(h.owner), "nobody@example.test"
	h.post.refuses = wrong
	inv, err := h.s.Invite(owner, identity.NewInvitation{Email: wrong, Role: identity.Employee})
	if err != nil {
		t.Fatal(err)
	}
	now := func() identity.Invitation {
		t.Helper()
		h.Work(t)
		all, err := h.s.Invitations(owner, identity.InvitationFilter{Email: wrong, Limit: 5})
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	if i := now(); i.FailedAt == nil || i.SentAt != nil || i.Failure != "The mail server refused it: 550 no such box" || i.State(h.Clock.Now()) != identity.Open {
		t.Fatalf("%+v", i)
	}
	if l := h.post.last(t); l.To[0].Email != h.owner.Email || l.Subject != "The invitation of nobody@example.test could not be delivered" || !strings.Contains(l.Text, "550 no such box") {
		t.Errorf("who invited is told %+v", l)
	}
	h.post.refuses = ""
	if _, err := h.s.Resend(owner, inv.ID); err != nil {
		t.Fatal(err)
	}
	if i := now(); i.FailedAt != nil || i.Failure != "" || i.SentAt == nil || h.post.last(t).To[0].Email != wrong {
		t.Errorf("sent again: %+v", i)
	}
}

func TestInvitationsPerHour(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner := h.as(h.owner)
	var inv identity.Invitation
	for range 15 {
		var err error
		if inv, err = h.s.Invite(owner, identity.NewInvitation{Email: id.New() + "@example.test", Role: identity.Employee}); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(time.Minute)
	}
	for range 5 { // letters sent again count too
		if _, err := h.s.Resend(owner, inv.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.s.Invite(owner, identity.NewInvitation{Email: id.New() + "@example.test", Role: identity.Employee})
	wantFault(t, err, identity.ErrTooManyInvitations)
	wait := fault.From(err).RetryAfter
	if wait != 45*time.Minute {
		t.Fatalf("Retry-After %v", wait)
	}
	h.Clock.Advance(wait)
	if _, err := h.s.Invite(owner, identity.NewInvitation{Email: id.New() + "@example.test", Role: identity.Employee}); err != nil {
		t.Fatal(err)
	}
}

func TestSignUpsPerAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(d *identity.Deps) { d.Limits.SignUp = ratelimit.Rule{Count: 10, In: time.Hour} })
	for range 10 {
		if _, _, err := h.s.BeginSignUp(h.Ctx, "Acme", "s"+id.New()[24:], "192.0.2.9"); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := h.s.BeginSignUp(h.Ctx, "Acme", "s"+id.New()[24:], "192.0.2.9")
	wantFault(t, err, identity.ErrTooManyTries)
	if _, _, err := h.s.BeginSignUp(h.Ctx, "Acme", "s"+id.New()[24:], "192.0.2.10"); err != nil {
		t.Fatal(err)
	}
}
