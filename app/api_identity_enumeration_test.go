package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a visitor gets must not tell whether an address has an account. Each
// test below does the same with one that has and one that has not, and
// compares all there is to see.

var (
	uuidText   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	timeText   = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)
	csrfText   = regexp.MustCompile(`[A-Za-z0-9+/]{86}==`)
	cookieText = regexp.MustCompile(`=[^;]*`)
)

// seen is an answer without what differs between any two of them: ids, times, secrets and the address that was typed.
func (a answer) seen(email string) string {
	var s strings.Builder
	fmt.Fprintln(&s, a.status)
	var names []string
	for k := range a.header {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		for _, v := range a.header[k] {
			switch k {
			case "Date", "X-Request-Id", "Content-Length": // the length follows the times in the body, which is compared itself
				v = "…"
			case "Set-Cookie":
				v = cookieText.ReplaceAllString(v, "=…")
			}
			fmt.Fprintln(&s, k+":", v)
		}
	}
	body := strings.ReplaceAll(string(a.body), email, "EMAIL")
	for _, r := range []*regexp.Regexp{uuidText, timeText, csrfText} {
		body = r.ReplaceAllString(body, "…")
	}
	s.WriteString(body)
	return uuidText.ReplaceAllString(s.String(), "…")
}

// same fails when two answers can be told apart.
func same(t *testing.T, what string, known, unknown string) {
	t.Helper()
	if known != unknown {
		t.Errorf("%s: a known address shows\n%s\n\nand an unknown one\n%s", what, known, unknown)
	}
}

// knownAndNot is an address with an account, and one without, equally long.
func (tw *town) knownAndNot(t *testing.T) (known, unknown string) {
	t.Helper()
	_, _, known = tw.signUp(t)
	return known, fresh("nobod") + "@example.test"
}

func TestRegistrationDoesNotTellWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	known, unknown := tw.knownAndNot(t)
	type visit struct {
		b     *browser
		first kratosFlow
		next  kratosFlow
	}
	// trace registers and goes on as far as one gets without the mail, and tells all that there was to see.
	trace := func(email string, weakFirst, resend bool) (steps []string, v visit) {
		t.Helper()
		b := tw.browser(t)
		see := func(a answer) {
			t.Helper()
			steps = append(steps, a.seen(email))
		}
		b.open(tw.at("auth") + "/.ory/self-service/registration/browser")
		v.b, v.first = b, b.flow("registration")
		fields := func(pw string) map[string]any {
			return map[string]any{"method": "password", "password": pw, "traits": map[string]any{"email": email, "name": "Vera Visitor"}}
		}
		if weakFirst {
			a, _ := b.submit(v.first, fields("short"))
			see(a)
		}
		a, next := b.submit(v.first, fields(password))
		see(a)
		if a.status != http.StatusOK || len(next.ContinueWith) != 1 {
			t.Fatalf("register: %s", a)
		}
		see(b.send(http.MethodGet, tw.at("auth")+"/.ory/self-service/registration/flows?id="+v.first.ID, nil, nil))
		a, _ = b.submit(v.first, fields(password))
		see(a)
		see(b.send(http.MethodGet, tw.at("auth")+"/.ory/sessions/whoami", nil, nil))
		a = b.send(http.MethodGet, tw.at("auth")+"/api/v1/sign-in-context", nil, nil)
		see(a)
		flow, _ := next.ContinueWith[0]["flow"].(map[string]any)
		b.at = tw.at("auth") + "/verification?flow=" + flow["id"].(string)
		v.next = b.flow("verification")
		raw, _ := json.Marshal(v.next)
		steps = append(steps, answer{body: raw}.seen(email))
		for range 2 {
			a, _ = b.submit(v.next, map[string]any{"method": "code", "code": "000000"})
			see(a)
		}
		if resend {
			a, _ = b.submit(v.next, map[string]any{"email": email})
			see(a)
		}
		host, _ := url.Parse(tw.at("auth"))
		return append(steps, slices.Sorted(maps.Keys(b.jars[host.Host]))...), v
	}
	k, knownVisit := trace(known, true, true)
	u, unknownVisit := trace(unknown, true, true)
	if len(k) != len(u) {
		t.Fatalf("%d steps and %d", len(k), len(u))
	}
	for i := range k {
		same(t, fmt.Sprintf("step %d", i+1), k[i], u[i])
	}
	t.Run("without an error before", func(t *testing.T) {
		email := fresh("nobod") + "@example.test"
		k, _ := trace(known, false, false)
		u, _ := trace(email, false, false)
		same(t, "all steps", strings.Join(k, "\n"), strings.Join(u, "\n"))
	})
	t.Run("the owner of the address is told how to go on", func(t *testing.T) {
		letter := tw.letter(t, known, "already have an account")
		for _, link := range []string{"login", "recovery"} {
			if !strings.Contains(letter, tw.at("auth")+"/.ory/self-service/"+link+"/browser") {
				t.Errorf("the letter does not lead to %s:\n%s", link, letter)
			}
		}
	})
	t.Run("another browser cannot go on", func(t *testing.T) {
		thief := tw.browser(t)
		a := thief.send(http.MethodGet, tw.at("auth")+"/.ory/self-service/verification/flows?id="+unknownVisit.next.ID, nil, nil)
		if a.status != http.StatusNotFound && a.status != http.StatusForbidden {
			t.Errorf("look: %s", a)
		}
	})
	t.Run("another site cannot enter a code", func(t *testing.T) {
		a := unknownVisit.b.send(http.MethodPost, unknownVisit.next.UI.Action, map[string]any{"code": "1"}, map[string]string{"Origin": tw.at("acme")})
		if a.status != http.StatusForbidden || a.code() != "identity.cross_site" {
			t.Errorf("got %s", a)
		}
	})
	t.Run("the code lets the new one in", func(t *testing.T) {
		email := fresh("third") + "@example.test"
		_, v := trace(email, false, false)
		b := v.b
		a, done := b.submit(v.next, map[string]any{"method": "code", "code": tw.code(t, email, "verif")})
		if a.status != http.StatusOK || done.State != "passed_challenge" {
			t.Fatalf("got %s", a)
		}
		a = b.send(http.MethodGet, tw.at("auth")+"/.ory/sessions/whoami", nil, nil)
		if a.status != http.StatusOK || !strings.Contains(string(a.body), email) {
			t.Fatalf("after the code: %s", a)
		}
		if f := b.flow("verification"); f.State != "passed_challenge" {
			t.Fatalf("the page loaded again: %v", f.State)
		}
	})
	t.Run("the tries are counted alike", func(t *testing.T) {
		// two codes were tried by each above
		var last answer
		for range 4 {
			last, _ = knownVisit.b.submit(knownVisit.next, map[string]any{"method": "code", "code": "000000"})
		}
		if !strings.Contains(string(last.body), "4079001") {
			t.Errorf("the sixth code: %s", last)
		}
		_, v := trace(fresh("other")+"@example.test", false, true)
		for range 4 {
			last, _ = v.b.submit(v.next, map[string]any{"method": "code", "code": "000000"})
		}
		if !strings.Contains(string(last.body), "4079001") {
			t.Errorf("the sixth code of a new account: %s", last)
		}
	})
	t.Run("a code is good for half an hour", func(t *testing.T) {
		tw := newTown(t)
		b := tw.browser(t)
		b.open(tw.at("auth") + "/.ory/self-service/registration/browser")
		_, next := b.submit(b.flow("registration"), map[string]any{"method": "password", "password": password, "traits": map[string]any{"email": fresh("late") + "@example.test", "name": "Late"}})
		flow, _ := next.ContinueWith[0]["flow"].(map[string]any)
		tw.clock.advance(30 * time.Minute)
		a := b.send(http.MethodGet, tw.at("auth")+"/.ory/self-service/verification/flows?id="+flow["id"].(string), nil, nil)
		if a.status != http.StatusGone {
			t.Errorf("got %s", a)
		}
	})
}

// An account with which somebody signs up again gets a letter, but not as many as somebody likes.
func TestLettersAboutAnAccountAreLimited(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	_, _, known := tw.signUp(t)
	for range 4 {
		b := tw.browser(t)
		b.open(tw.at("auth") + "/.ory/self-service/registration/browser")
		a, _ := b.submit(b.flow("registration"), map[string]any{"method": "password", "password": password, "traits": map[string]any{"email": known, "name": "Vera"}})
		if a.status != http.StatusOK {
			t.Fatalf("register: %s", a)
		}
	}
	tw.letter(t, known, "already have an account")
	n := 0
	err := tw.app.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM queue.river_job WHERE kind = 'identity.tell_account_exists' AND args->>'email' = $1`, known).Scan(&n)
	if err != nil || n != 3 {
		t.Errorf("%d letters, %v", n, err)
	}
}

func TestSignInAndRecoveryDoNotTellWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	known, unknown := tw.knownAndNot(t)
	try := func(kind string, fields func(email string) map[string]any, email string) string {
		t.Helper()
		b := tw.browser(t)
		b.open(tw.at("auth") + "/.ory/self-service/" + kind + "/browser")
		f := b.flow(kind)
		first, next := b.submit(f, fields(email))
		again := b.send(http.MethodGet, tw.at("auth")+"/.ory/self-service/"+kind+"/flows?id="+f.ID, nil, nil)
		out := first.seen(email) + "\n" + again.seen(email)
		if kind == "recovery" {
			wrong, _ := b.submit(next, map[string]any{"method": "code", "code": "000000"})
			out += "\n" + wrong.seen(email)
		}
		return out
	}
	for kind, fields := range map[string]func(string) map[string]any{
		"login": func(email string) map[string]any {
			return map[string]any{"method": "password", "identifier": email, "password": "not the password"}
		},
		"recovery": func(email string) map[string]any { return map[string]any{"method": "code", "email": email} },
		"verification": func(email string) map[string]any {
			return map[string]any{"method": "code", "email": email}
		},
	} {
		same(t, kind, try(kind, fields, known), try(kind, fields, unknown))
	}
}
