package identitykratos

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/modules/identity"
)

const sid, who = "0190f3a4-0000-7000-8000-000000000001", "0190f3a4-0000-7000-8000-000000000002"

func fake(t *testing.T, answer http.HandlerFunc) (*Provider, signer) {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	s := newSigner(t, "one")
	p, err := New(Config{
		PublicURL: srv.URL, AdminURL: srv.URL, AuthURL: "https://auth.bureau.example", Cookie: "kratos", TokenKeys: set(t, s.jwk(t)), Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

func session(token, sid, who, email string) string {
	return `{"id":"` + sid + `","active":true,"expires_at":"2026-03-16T12:00:00Z","tokenized":"` + token + `","something_new":{"a":1},
		"identity":{"id":"` + who + `","schema_id":"person","schema_url":"","state":"active","traits":{"email":"` + email + `","name":"Ann"},
		"verifiable_addresses":[{"value":"ann@example.test","verified":true,"via":"email","status":"completed"}]}}`
}

// A Kratos that misbehaves must look away, never like "not signed in": that would sign everybody out.
func TestFaultsOfKratos(t *testing.T) {
	t.Parallel()
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}
	}
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "500")
		_, _ = w.Write([]byte(`{"id":"x"`))
	}
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = c.Close()
		}
	}
	for _, c := range []struct {
		name        string
		h           http.HandlerFunc
		whoami      error
		alive       bool
		unreachable bool
	}{
		{name: "500", h: status(500, `{}`), whoami: identity.ErrUnavailable, unreachable: true},
		{name: "502 with a page", h: status(502, `<html>`), whoami: identity.ErrUnavailable, unreachable: true},
		{name: "429", h: status(429, `{}`), whoami: identity.ErrUnavailable, unreachable: true},
		{name: "half an answer", h: half, whoami: identity.ErrUnavailable, unreachable: true},
		{name: "hung up", h: hangUp, whoami: identity.ErrUnavailable, unreachable: true},
		{name: "no JSON", h: status(200, `hello`), whoami: identity.ErrUnavailable, unreachable: true},
		{name: "401", h: status(401, `{}`), whoami: identity.ErrSignInRequired, unreachable: true},
		{name: "403 for the second factor", h: status(403, `{"error":{"id":"session_aal2_required"}}`), whoami: identity.ErrSecondFactor, unreachable: true},
		{name: "403 for another reason", h: status(403, `{"error":{"id":"something"}}`), whoami: identity.ErrUnavailable, unreachable: true},
		{name: "404", h: status(404, `{}`), whoami: identity.ErrUnavailable},
		{name: "without a token", h: status(200, session("", sid, who, "ann@example.test")), whoami: identity.ErrUnavailable, alive: true},
		{name: "with a bad token", h: status(200, session("a.b.c", sid, who, "ann@example.test")), whoami: identity.ErrUnavailable, alive: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, _ := fake(t, c.h)
			if _, err := p.WhoAmI(t.Context(), "cookie"); !errors.Is(err, c.whoami) {
				t.Errorf("WhoAmI: %v, want %v", err, c.whoami)
			}
			alive, err := p.Alive(t.Context(), sid)
			if alive != c.alive || errors.Is(err, identity.ErrUnavailable) != c.unreachable {
				t.Errorf("Alive: %v, %v", alive, err)
			}
		})
	}
}

func TestWhoAmI(t *testing.T) {
	t.Parallel()
	var cookies string
	var body func() string
	p, s := fake(t, func(w http.ResponseWriter, r *http.Request) {
		cookies = r.Header.Get("Cookie")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body()))
	})
	token := func(sub, session string) string {
		return s.sign(t, header, claims(func(c map[string]any) { c["sub"], c["sid"] = sub, session }))
	}
	body = func() string { return session(token(who, sid), sid, who, " Ann@Example.test ") }
	got, err := p.WhoAmI(t.Context(), "value")
	if err != nil || got.Email != "ann@example.test" || !got.Verified || got.PersonID != who || got.SID != sid || got.Name != "Ann" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if cookies != "kratos=value" {
		t.Errorf("Kratos got the cookies %q", cookies)
	}
	for _, bad := range []string{"", "a; other=1", "a\r\nX: y", strings.Repeat("x", 5000)} {
		cookies = ""
		if _, err := p.WhoAmI(t.Context(), bad); !errors.Is(err, identity.ErrSignInRequired) || cookies != "" {
			t.Errorf("%.10q: %v, Kratos got %q", bad, err, cookies)
		}
	}
	body = func() string { return session(token("somebody else", sid), sid, who, "ann@example.test") }
	if _, err := p.WhoAmI(t.Context(), "value"); !errors.Is(err, identity.ErrUnavailable) {
		t.Errorf("another person's token: %v", err)
	}
	body = func() string { return session(token(who, "another"), sid, who, "ann@example.test") }
	if _, err := p.WhoAmI(t.Context(), "value"); !errors.Is(err, identity.ErrUnavailable) {
		t.Errorf("another session's token: %v", err)
	}
	body = func() string {
		return strings.Replace(session(token(who, sid), sid, who, "ann@example.test"), `"state":"active"`, `"state":"inactive"`, 1)
	}
	if _, err := p.WhoAmI(t.Context(), "value"); !errors.Is(err, identity.ErrSignInRequired) {
		t.Errorf("a blocked person: %v", err)
	}
	body = func() string { return session(token(who, sid), sid, who, "bob@example.test") }
	if got, err := p.WhoAmI(t.Context(), "value"); err != nil || got.Verified {
		t.Errorf("an address that was not confirmed: %+v, %v", got, err)
	}
}
