package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/modules/identity"
)

// Every limit of the way in by the answer that a browser or program gets.
func TestLimitsOfTheWayIn(t *testing.T) {
	t.Parallel()
	one := func(change func(*identity.Limits)) *browser {
		return newTown(t, func(c *app.Config) {
			l := *c.Limits
			change(&l)
			c.Limits = &l
		}).browser(t)
	}
	refused := func(t *testing.T, a answer) {
		t.Helper()
		if a.status != http.StatusTooManyRequests || a.code() != "identity.too_many_tries" || a.header.Get("Retry-After") == "" {
			t.Fatalf("got %s, Retry-After %q", a, a.header.Get("Retry-After"))
		}
	}
	t.Run("sign-in", func(t *testing.T) {
		t.Parallel()
		b := one(func(*identity.Limits) {})
		b.t = t
		b.open(b.town.at("auth") + "/.ory/self-service/login/browser")
		f, email := b.flow("login"), fresh("x")+"@example.test"
		for i := range 5 {
			if a, _ := b.submit(f, map[string]any{"method": "password", "identifier": email, "password": "wrong"}); a.status != http.StatusBadRequest {
				t.Fatalf("try %d: %s", i+1, a)
			}
		}
		a, _ := b.submit(f, map[string]any{"method": "password", "identifier": " " + strings.ToUpper(email), "password": "wrong"})
		refused(t, a)
	})
	t.Run("recovery", func(t *testing.T) {
		t.Parallel()
		b := one(func(*identity.Limits) {})
		b.t = t
		email := fresh("x") + "@example.test"
		for range 3 {
			b.open(b.town.at("auth") + "/.ory/self-service/recovery/browser")
			if a, _ := b.submit(b.flow("recovery"), map[string]any{"method": "code", "email": email}); a.status != http.StatusOK {
				t.Fatalf("got %s", a)
			}
		}
		b.open(b.town.at("auth") + "/.ory/self-service/recovery/browser")
		a, _ := b.submit(b.flow("recovery"), map[string]any{"method": "code", "email": email})
		refused(t, a)
	})
	t.Run("sign-up", func(t *testing.T) {
		t.Parallel()
		b := one(func(l *identity.Limits) { l.SignUp = identity.DefaultLimits().SignUp })
		b.t = t
		for i := range 10 {
			a := b.send(http.MethodPost, b.town.at("")+"/api/v1/sign-ups", map[string]any{"agency_name": "Acme", "slug": fresh("s")}, nil)
			if a.status != http.StatusCreated {
				t.Fatalf("sign-up %d: %s", i+1, a)
			}
		}
		refused(t, b.send(http.MethodPost, b.town.at("")+"/api/v1/sign-ups", map[string]any{"agency_name": "Acme", "slug": fresh("s")}, nil))
	})
	t.Run("registration", func(t *testing.T) {
		t.Parallel()
		b := one(func(l *identity.Limits) { l.Registration = identity.DefaultLimits().Registration })
		b.t = t
		b.open(b.town.at("auth") + "/.ory/self-service/registration/browser")
		f := b.flow("registration")
		for range 10 {
			b.submit(f, map[string]any{"method": "password", "password": "x", "traits": map[string]any{"email": "nonsense"}})
		}
		a, _ := b.submit(f, map[string]any{"method": "password", "password": "x", "traits": map[string]any{"email": "nonsense"}})
		refused(t, a)
	})
	t.Run("pages", func(t *testing.T) {
		t.Parallel()
		b := one(func(l *identity.Limits) { l.Flow = ratelimit.Rule{Count: 2, In: time.Minute} })
		b.t = t
		for range 2 {
			b.open(b.town.at("auth") + "/.ory/self-service/login/browser")
		}
		refused(t, b.send(http.MethodGet, b.town.at("auth")+"/.ory/self-service/login/browser", nil, nil))
	})
	t.Run("sign-in from many names at one address", func(t *testing.T) {
		t.Parallel()
		b := one(func(l *identity.Limits) { l.SignInPerIP = ratelimit.Rule{Count: 3, In: time.Minute} })
		b.t = t
		b.open(b.town.at("auth") + "/.ory/self-service/login/browser")
		f := b.flow("login")
		wrong := func() answer {
			a, _ := b.submit(f, map[string]any{"method": "password", "identifier": fresh("x") + "@example.test", "password": "wrong"})
			return a
		}
		for i := range 3 {
			if a := wrong(); a.status != http.StatusBadRequest {
				t.Fatalf("try %d: %s", i+1, a)
			}
		}
		refused(t, wrong())
	})
	t.Run("sign-in under one name from anywhere", func(t *testing.T) {
		t.Parallel()
		b := one(func(l *identity.Limits) { l.SignInPerName = ratelimit.Rule{Count: 2, In: time.Hour} })
		b.t = t
		b.open(b.town.at("auth") + "/.ory/self-service/login/browser")
		f, email := b.flow("login"), fresh("x")+"@example.test"
		for range 2 {
			b.submit(f, map[string]any{"method": "password", "identifier": email, "password": "wrong"})
		}
		a, _ := b.submit(f, map[string]any{"method": "password", "identifier": email, "password": "wrong"})
		refused(t, a)
	})
	t.Run("recovery of many names from one address", func(t *testing.T) {
		t.Parallel()
		b := one(func(l *identity.Limits) { l.SignInPerIP = ratelimit.Rule{Count: 2, In: time.Minute} })
		b.t = t
		ask := func() answer {
			b.open(b.town.at("auth") + "/.ory/self-service/recovery/browser")
			a, _ := b.submit(b.flow("recovery"), map[string]any{"method": "code", "email": fresh("x") + "@example.test"})
			return a
		}
		for range 2 {
			if a := ask(); a.status != http.StatusOK {
				t.Fatalf("got %s", a)
			}
		}
		refused(t, ask())
	})
	t.Run("checks of a slug", func(t *testing.T) {
		t.Parallel()
		b := one(func(l *identity.Limits) { l.Slug = ratelimit.Rule{Count: 2, In: time.Minute} })
		b.t = t
		check := func() answer { return b.send(http.MethodGet, b.town.at("")+"/api/v1/slugs/"+fresh("s"), nil, nil) }
		for range 2 {
			if a := check(); a.status != http.StatusOK {
				t.Fatalf("got %s", a)
			}
		}
		refused(t, check())
	})
	t.Run("invitations and calls with a token", func(t *testing.T) {
		t.Parallel()
		tw := newTown(t, func(c *app.Config) {
			l := *c.Limits
			l.InvitesPerHour, l.Token = 2, ratelimit.Rule{Count: 3, In: time.Minute}
			c.Limits = &l
		})
		b, slug, _ := tw.signUp(t)
		invite := func() answer {
			return b.call(http.MethodPost, slug, "/api/v1/invitations", map[string]any{"email": fresh("x") + "@example.test", "role": "member"})
		}
		for range 2 {
			if a := invite(); a.status != http.StatusCreated {
				t.Fatalf("invite: %s", a)
			}
		}
		if a := invite(); a.status != http.StatusTooManyRequests || a.code() != "identity.too_many_invitations" || a.header.Get("Retry-After") == "" {
			t.Fatalf("got %s, Retry-After %q", a, a.header.Get("Retry-After"))
		}
		var made struct{ Token string }
		a := b.call(http.MethodPost, slug, "/api/v1/api-tokens", map[string]any{"name": "CI", "scopes": []string{"*"}})
		if err := json.Unmarshal(a.body, &made); err != nil || made.Token == "" {
			t.Fatalf("make a token: %s", a)
		}
		call := func() answer {
			return tw.browser(t).send(http.MethodGet, tw.at(slug)+"/api/v1/me", nil, map[string]string{"Authorization": "Bearer " + made.Token})
		}
		for range 3 {
			if a := call(); a.status != http.StatusOK {
				t.Fatalf("call: %s", a)
			}
		}
		if a := call(); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
			t.Fatalf("got %s, Retry-After %q", a, a.header.Get("Retry-After"))
		}
	})
}
