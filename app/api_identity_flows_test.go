package app_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/identity"
)

// The flows below run against a real Kratos and a real mail server, through
// the same door as a browser: the application's own handler, by host name.

// town is the application beside a real Kratos.
type town struct {
	app    *app.App
	site   *url.URL
	cookie string
	mails  string
	clock  *shiftedClock
}

// shiftedClock is the machine's clock, moved on by a test.
type shiftedClock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *shiftedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by)
}

func (c *shiftedClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
}

func env(t testing.TB, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run `make test`, or `go run ./cmd/teststack -- go test ./...`", name)
	}
	return v
}

func newTown(t *testing.T, change ...func(*app.Config)) *town {
	t.Helper()
	p := testkit.NewPlatform(t)
	site, err := url.Parse(env(t, "BUREAU_TEST_ORIGIN"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := os.ReadFile(env(t, "BUREAU_TEST_TOKEN_KEYS"))
	if err != nil {
		t.Fatal(err)
	}
	sender, err := mail.NewSMTP(mail.SMTP{URL: "smtp://" + env(t, "BUREAU_TEST_SMTP_ADDR") + "?tls=none", From: mail.Address{Name: "Bureau", Email: "no-reply@bureau.localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := file.NewFolder(file.FolderConfig{Dir: t.TempDir(), BaseURL: site.String() + "/files", Secret: []byte("a secret of this test process only")})
	if err != nil {
		t.Fatal(err)
	}
	tw := &town{site: site, cookie: env(t, "BUREAU_TEST_KRATOS_COOKIE"), mails: env(t, "BUREAU_TEST_MAIL_URL"), clock: &shiftedClock{}}
	// One address stands for many browsers here; the limits have tests of their own.
	limits := identity.DefaultLimits()
	for _, r := range []*ratelimit.Rule{&limits.SignUp, &limits.SignInPerIP, &limits.Registration, &limits.Flow, &limits.Slug} {
		*r = r.Times(100)
	}
	cfg := app.Config{
		Origin: site, Dev: true, Tenancy: p.Config, Mail: sender, Files: files, MailFrom: "no-reply@bureau.localhost", Limits: &limits, Queue: fresh("q"),
		KratosPublicURL: env(t, "BUREAU_TEST_KRATOS_PUBLIC_URL"), KratosAdminURL: env(t, "BUREAU_TEST_KRATOS_ADMIN_URL"), KratosCookie: tw.cookie, TokenKeys: keys,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Now: tw.clock.Now,
	}
	for _, fn := range change {
		fn(&cfg)
	}
	if tw.app, err = app.New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if err := tw.app.StartWorker(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = tw.app.Stop(context.WithoutCancel(t.Context()))
		tw.app.Close()
	})
	return tw
}

func (tw *town) at(label string) string {
	if label == "" {
		return tw.site.String()
	}
	return tw.site.Scheme + "://" + label + "." + tw.site.Host
}

// code waits for a mail to an address and returns the six digits in it.
func (tw *town) code(t *testing.T, to, about string) string {
	t.Helper()
	letter := tw.letter(t, to, about)
	m := regexp.MustCompile(`(?m)^\s*(\d{6})\s*$`).FindStringSubmatch(letter)
	if m == nil || !strings.Contains(letter, "where Bureau asks you for it") {
		t.Fatalf("no code in Bureau's own words in the mail to %s: %s", to, letter)
	}
	return m[1]
}

func (tw *town) letter(t *testing.T, to, about string) string {
	t.Helper()
	res, err := http.Get(tw.mails + "?wait=20s&to=" + url.QueryEscape(to) + "&q=" + url.QueryEscape(about))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var list struct {
		Items []struct{ Subject, Text string }
	}
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	if len(list.Items) == 0 {
		t.Fatalf("no mail to %s about %q", to, about)
	}
	return list.Items[0].Text
}

// browser keeps cookies by host, as the cookies have no domain, and follows redirects.
type browser struct {
	*town
	t    *testing.T
	jars map[string]map[string]string
	at   string // where the last page was
}

func (tw *town) browser(t *testing.T) *browser {
	t.Helper()
	return &browser{town: tw, t: t, jars: map[string]map[string]string{}}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p)
	return p.Code
}

func (b *browser) send(method, address string, body any, header map[string]string) answer {
	b.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, r)
	if err != nil {
		b.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range b.jars[u.Host] {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if method != http.MethodGet {
		req.Header.Set("Origin", u.Scheme+"://"+u.Host)
		req.Header.Set("X-Bureau-CSRF", "1")
	}
	for k, v := range header {
		if v == "" {
			req.Header.Del(k)
			continue
		}
		req.Header.Set(k, v)
	}
	res, err := b.app.Fiber.Test(req, -1)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, address, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.jars[u.Host] == nil {
		b.jars[u.Host] = map[string]string{}
	}
	for _, c := range res.Cookies() {
		if c.Domain != "" {
			b.t.Errorf("%s sets the cookie %s for all of %s", address, c.Name, c.Domain)
		}
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.jars[u.Host], c.Name)
			continue
		}
		b.jars[u.Host][c.Name] = c.Value
	}
	return answer{res.StatusCode, res.Header, raw}
}

var asPage = map[string]string{"Accept": "text/html"}

// open goes to an address and on, until a page is to be shown.
func (b *browser) open(address string) string {
	b.t.Helper()
	for range 15 {
		a := b.send(http.MethodGet, address, nil, asPage)
		if a.status < 300 || a.status >= 400 {
			b.at = address
			return address
		}
		next, err := url.Parse(a.header.Get("Location"))
		if err != nil {
			b.t.Fatal(err)
		}
		base, _ := url.Parse(address)
		address = base.ResolveReference(next).String()
	}
	b.t.Fatalf("the browser goes in circles at %s", address)
	return ""
}

type kratosFlow struct {
	ID       string `json:"id"`
	State    any    `json:"state"`
	ReturnTo string `json:"return_to"`
	UI       struct {
		Action string `json:"action"`
		Nodes  []struct {
			Group      string         `json:"group"`
			Attributes map[string]any `json:"attributes"`
		} `json:"nodes"`
		Messages []struct {
			ID   int    `json:"id"`
			Text string `json:"text"`
		} `json:"messages"`
	} `json:"ui"`
	ContinueWith []map[string]any `json:"continue_with"`
}

func (f kratosFlow) value(name string) string {
	for _, n := range f.UI.Nodes {
		if n.Attributes["name"] == name {
			v, _ := n.Attributes["value"].(string)
			return v
		}
	}
	return ""
}

func (f kratosFlow) messageIDs() (ids []int) {
	for _, m := range f.UI.Messages {
		ids = append(ids, m.ID)
	}
	return ids
}

// flow loads the flow that the page in front of the browser shows.
func (b *browser) flow(kind string) kratosFlow {
	b.t.Helper()
	u, _ := url.Parse(b.at)
	flowID := u.Query().Get("flow")
	if flowID == "" {
		b.t.Fatalf("%s shows no flow", b.at)
	}
	a := b.send(http.MethodGet, b.town.at("auth")+"/.ory/self-service/"+kind+"/flows?id="+flowID, nil, map[string]string{"Accept": "application/json"})
	if a.status != http.StatusOK {
		b.t.Fatalf("flow %s: %s", kind, a)
	}
	var f kratosFlow
	if err := json.Unmarshal(a.body, &f); err != nil {
		b.t.Fatal(err)
	}
	return f
}

func (b *browser) submit(f kratosFlow, fields map[string]any) (answer, kratosFlow) {
	b.t.Helper()
	fields["csrf_token"] = f.value("csrf_token")
	a := b.send(http.MethodPost, f.UI.Action, fields, map[string]string{"Accept": "application/json"})
	var next kratosFlow
	_ = json.Unmarshal(a.body, &next)
	return a, next
}

// register fills the registration page that is open and confirms the address.
func (b *browser) register(name, email, password string) {
	b.t.Helper()
	f := b.flow("registration")
	traits := map[string]any{"email": email, "name": name}
	a, next := b.submit(f, map[string]any{"method": "profile", "traits": traits})
	if a.status != http.StatusOK { // two steps, as Kratos draws them by default
		f = next
		a, next = b.submit(f, map[string]any{"method": "password", "password": password, "traits": traits})
	}
	if a.status != http.StatusOK {
		b.t.Fatalf("register: %s", a)
	}
	b.verify(next, email)
}

func (b *browser) verify(after kratosFlow, email string) {
	b.t.Helper()
	for _, c := range after.ContinueWith {
		if c["action"] != "show_verification_ui" {
			continue
		}
		flow, _ := c["flow"].(map[string]any)
		b.at = b.town.at("auth") + "/verification?flow=" + flow["id"].(string)
		f := b.flow("verification")
		a, done := b.submit(f, map[string]any{"method": "code", "code": b.code(b.t, email, "verif")})
		if a.status != http.StatusOK || done.State != "passed_challenge" {
			b.t.Fatalf("verify: %s", a)
		}
		return
	}
	b.t.Fatalf("registration did not lead to verification: %v", after.ContinueWith)
}

// login fills the sign-in page that is open and goes where Kratos says.
func (b *browser) login(email, password string) string {
	b.t.Helper()
	f := b.flow("login")
	a, _ := b.submit(f, map[string]any{"method": "password", "identifier": email, "password": password})
	var moved struct {
		To string `json:"redirect_browser_to"`
	}
	_ = json.Unmarshal(a.body, &moved)
	if a.status == http.StatusUnprocessableEntity && moved.To != "" {
		return b.open(moved.To)
	}
	if a.status != http.StatusOK {
		b.t.Fatalf("login: %s", a)
	}
	to := f.ReturnTo
	if to == "" {
		to = b.town.at("auth") + "/broker/"
	}
	return b.open(to)
}

const password = "a long & quiet passphrase"

func fresh(prefix string) string {
	return prefix + strings.ReplaceAll(id.New(), "-", "")[20:]
}

// signUp founds an agency in a new browser and returns both.
func (tw *town) signUp(t *testing.T) (b *browser, slug, email string) {
	t.Helper()
	b = tw.browser(t)
	slug, email = fresh("acme"), fresh("owner")+"@example.test"
	a := b.send(http.MethodPost, tw.at("")+"/api/v1/sign-ups", map[string]any{"agency_name": "Acme Works", "slug": slug}, nil)
	if a.status != http.StatusCreated {
		t.Fatalf("sign up: %s", a)
	}
	var begun struct {
		ContinueURL string `json:"continue_url"`
	}
	_ = json.Unmarshal(a.body, &begun)
	if page := b.open(begun.ContinueURL); !strings.HasPrefix(page, tw.at("auth")+"/registration?flow=") {
		t.Fatalf("the sign-up leads to %s", page)
	}
	b.register("Olive Owner", email, password)
	if page := b.open(tw.at("auth") + "/broker/"); page != tw.at("auth")+"/sign-up/finish" {
		t.Fatalf("after the code comes %s", page)
	}
	a = b.send(http.MethodPost, tw.at("auth")+"/api/v1/sign-ups/complete", map[string]any{}, nil)
	if a.status != http.StatusOK {
		t.Fatalf("complete: %s", a)
	}
	var done struct {
		RedirectTo string `json:"redirect_to"`
	}
	_ = json.Unmarshal(a.body, &done)
	if page := b.open(done.RedirectTo); page != tw.at(slug)+"/welcome" {
		t.Fatalf("the sign-up ends at %s", page)
	}
	return b, slug, email
}

func (b *browser) call(method, slug, path string, body any) answer {
	b.t.Helper()
	return b.send(method, b.town.at(slug)+path, body, nil)
}

func TestSignUpToFirstPage(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b, slug, email := tw.signUp(t)
	a := b.call(http.MethodGet, slug, "/api/v1/me", nil)
	var me struct {
		Role, Kind string
		Member     struct{ Name, Email string }
		Agency     struct{ Slug, Name string }
	}
	if err := json.Unmarshal(a.body, &me); err != nil || a.status != http.StatusOK {
		t.Fatalf("%s: %v", a, err)
	}
	if me.Role != "owner" || me.Member.Email != email || me.Member.Name != "Olive Owner" || me.Agency.Name != "Acme Works" {
		t.Fatalf("got %+v", me)
	}
	a = b.send(http.MethodGet, tw.at("")+"/api/v1/slugs/"+slug, nil, nil)
	if !strings.Contains(string(a.body), `"taken"`) {
		t.Fatalf("the slug of an agency: %s", a)
	}
	t.Run("the cookie is good on its own host only", func(t *testing.T) {
		_, other, _ := tw.signUp(t)
		thief := tw.browser(t)
		otherHost, _ := url.Parse(tw.at(other))
		ownHost, _ := url.Parse(tw.at(slug))
		thief.jars[otherHost.Host] = b.jars[ownHost.Host]
		if a := thief.call(http.MethodGet, other, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
			t.Fatalf("got %s", a)
		}
	})
	t.Run("forged forwarding headers count for nothing", func(t *testing.T) {
		a := b.send(http.MethodGet, tw.at(slug)+"/api/v1/me", nil, map[string]string{"X-Forwarded-Host": "auth.bureau.localhost", "X-Forwarded-Proto": "https"})
		if a.status != http.StatusOK {
			t.Fatalf("got %s", a)
		}
		a = b.send(http.MethodGet, tw.at("auth")+"/.ory/self-service/login/browser?refresh=true", nil, map[string]string{"X-Forwarded-Host": "evil.example", "Accept": "text/html"})
		if to := a.header.Get("Location"); !strings.HasPrefix(to, tw.at("auth")+"/login") {
			t.Fatalf("Kratos sends to %s", to)
		}
	})
	t.Run("changing calls come from the same origin", func(t *testing.T) {
		for name, header := range map[string]map[string]string{
			"a sibling agency": {"Origin": tw.at("sibling")}, "the sign-in host": {"Origin": tw.at("auth")}, "no origin": {"Origin": ""},
			"another port": {"Origin": tw.at(slug) + "1"}, "null": {"Origin": "null"}, "no header": {"X-Bureau-CSRF": ""},
		} {
			a := b.send(http.MethodPatch, tw.at(slug)+"/api/v1/me", map[string]any{"name": "Mallory"}, header)
			if a.status != http.StatusForbidden || a.code() != "identity.cross_site" {
				t.Errorf("%s: %s", name, a)
			}
		}
		if a := b.call(http.MethodPatch, slug, "/api/v1/me", map[string]any{"name": "Olive O."}); a.status != http.StatusOK {
			t.Fatalf("our own page: %s", a)
		}
	})
	t.Run("the sign-in pages show whose they are", func(t *testing.T) {
		a := b.send(http.MethodGet, tw.at("auth")+"/api/v1/sign-in-context", nil, nil)
		var v struct {
			Agency  *struct{ Slug, Name, Colour, URL string }
			Account *struct{ Email string }
			Kratos  string
		}
		if err := json.Unmarshal(a.body, &v); err != nil || v.Agency == nil || v.Agency.Name != "Acme Works" || v.Agency.Colour == "" || v.Account == nil || v.Account.Email != email || v.Kratos != "ok" {
			t.Fatalf("got %s", a)
		}
		if a := b.send(http.MethodGet, tw.at("auth")+"/broker/logo/"+slug, nil, nil); a.status != http.StatusNotFound {
			t.Fatalf("an agency without a logo: %s", a)
		}
	})
	t.Run("signing out ends it", func(t *testing.T) {
		if a := b.call(http.MethodPost, slug, "/auth/sign-out", nil); a.status != http.StatusOK {
			t.Fatalf("got %s", a)
		}
		if a := b.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
			t.Fatalf("got %s", a)
		}
		if page := b.open(tw.at(slug) + "/auth/start"); !strings.HasPrefix(page, tw.at("auth")+"/login?flow=") {
			t.Fatalf("signed out, the browser comes to %s", page)
		}
	})
}

func TestSignInAndSessions(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	first, slug, email := tw.signUp(t)
	second := tw.browser(t)
	second.open(tw.at(slug) + "/auth/start?return=%2Fprojects%3Fq%3Dx")
	t.Run("unknown e-mail and wrong password look the same", func(t *testing.T) {
		f := second.flow("login")
		wrong, a := second.submit(f, map[string]any{"method": "password", "identifier": email, "password": "not the password"})
		unknown, b := second.submit(f, map[string]any{"method": "password", "identifier": fresh("no") + "@example.test", "password": "not the password"})
		if wrong.status != unknown.status || fmt.Sprint(a.messageIDs()) != fmt.Sprint(b.messageIDs()) || len(a.messageIDs()) != 1 {
			t.Fatalf("%d %v and %d %v", wrong.status, a.messageIDs(), unknown.status, b.messageIDs())
		}
	})
	if page := second.login(email, password); page != tw.at(slug)+"/projects?q=x" {
		t.Fatalf("the sign-in ends at %s", page)
	}
	var list struct {
		Items []struct {
			ID      string
			Current bool
		}
	}
	a := first.call(http.MethodGet, slug, "/api/v1/sessions", nil)
	if err := json.Unmarshal(a.body, &list); err != nil || len(list.Items) != 2 {
		t.Fatalf("%s: %v", a, err)
	}
	for _, s := range list.Items {
		if !s.Current {
			if a := first.call(http.MethodDelete, slug, "/api/v1/sessions/"+s.ID, nil); a.status != http.StatusNoContent {
				t.Fatalf("end: %s", a)
			}
		}
	}
	if a := second.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("a session that was ended elsewhere: %s", a)
	}
	// The sign-in behind it is over too: the browser cannot come in again without the password.
	if page := second.open(tw.at(slug) + "/auth/start"); !strings.HasPrefix(page, tw.at("auth")+"/login?flow=") {
		t.Fatalf("the ended browser comes to %s", page)
	}
	second.login(email, password)
	if a := first.call(http.MethodDelete, slug, "/api/v1/sessions", nil); a.status != http.StatusNoContent {
		t.Fatalf("end all others: %s", a)
	}
	if a := second.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("after all others were ended: %s", a)
	}
	if a := first.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusOK {
		t.Fatalf("the session that ended the others: %s", a)
	}
}

func TestNewPasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	first, slug, email := tw.signUp(t)
	second := tw.browser(t)
	second.open(tw.at(slug) + "/auth/start")
	second.login(email, password)
	t.Run("changed", func(t *testing.T) {
		first.open(tw.at("auth") + "/.ory/self-service/settings/browser")
		a, _ := first.submit(first.flow("settings"), map[string]any{"method": "password", "password": password + " 2"})
		if a.status != http.StatusOK {
			t.Fatalf("change the password: %s", a)
		}
		if a := second.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
			t.Fatalf("the other browser: %s", a)
		}
		if a := first.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusOK {
			t.Fatalf("the browser that changed it: %s", a)
		}
	})
	t.Run("recovered", func(t *testing.T) {
		lost := tw.browser(t)
		lost.open(tw.at("auth") + "/.ory/self-service/recovery/browser")
		_, f := lost.submit(lost.flow("recovery"), map[string]any{"method": "code", "email": email})
		a, f := lost.submit(f, map[string]any{"method": "code", "code": tw.code(t, email, "recover")})
		if a.status != http.StatusOK && a.status != http.StatusUnprocessableEntity {
			t.Fatalf("recover: %s", a)
		}
		if a := first.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
			t.Fatalf("a session from before the recovery: %s", a)
		}
		// A code from the mailbox alone opens the settings, not the agency.
		page := lost.open(tw.at(slug) + "/auth/start")
		if !strings.HasPrefix(page, tw.at("auth")+"/login?flow=") {
			t.Fatalf("recovered, the browser comes to %s", page)
		}
		lost.open(tw.at("auth") + "/.ory/self-service/settings/browser")
		if a, _ := lost.submit(lost.flow("settings"), map[string]any{"method": "password", "password": password + " 3"}); a.status != http.StatusOK {
			t.Fatalf("set a new password: %s", a)
		}
		lost.open(tw.at(slug) + "/auth/start")
		if page := lost.login(email, password+" 3"); page != tw.at(slug)+"/" {
			t.Fatalf("with the new password the browser comes to %s", page)
		}
		_ = f
	})
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b, slug, email := tw.signUp(t)
	key := b.enrol(t)
	other := tw.browser(t)
	other.open(tw.at(slug) + "/auth/start")
	page := other.login(email, password)
	if !strings.HasPrefix(page, tw.at("auth")+"/login?flow=") {
		t.Fatalf("after the password comes %s", page)
	}
	if a := other.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("with the first factor alone: %s", a)
	}
	f := other.flow("login")
	if a, _ := other.submit(f, map[string]any{"method": "totp", "totp_code": totp(t, key, time.Now())}); a.status != http.StatusOK {
		t.Fatalf("second factor: %s", a)
	}
	if page := other.open(f.ReturnTo); page != tw.at(slug)+"/" {
		t.Fatalf("the sign-in ends at %s", page)
	}
}

// enrol gives the browser's person a second factor.
func (b *browser) enrol(t *testing.T) (key string) {
	t.Helper()
	b.open(b.town.at("auth") + "/.ory/self-service/settings/browser")
	f := b.flow("settings")
	for _, n := range f.UI.Nodes {
		if n.Attributes["id"] == "totp_secret_key" {
			text, _ := n.Attributes["text"].(map[string]any)
			key, _ = text["text"].(string)
		}
	}
	if a, _ := b.submit(f, map[string]any{"method": "totp", "totp_code": totp(t, key, time.Now())}); a.status != http.StatusOK {
		t.Fatalf("enrol: %s", a)
	}
	return key
}

// totp is RFC 6238 with its usual figures.
func totp(t *testing.T, key string, at time.Time) string {
	t.Helper()
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(key)
	if err != nil || len(raw) == 0 {
		t.Fatalf("key %q: %v", key, err)
	}
	mac := hmac.New(sha1.New, raw)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	at4 := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at4:])&0x7fffffff)%1_000_000)
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	owner, slug, _ := tw.signUp(t)
	invite := func(email string) string {
		t.Helper()
		if a := owner.call(http.MethodPost, slug, "/api/v1/invitations", map[string]any{"email": email, "role": "manager"}); a.status != http.StatusCreated {
			t.Fatalf("invite: %s", a)
		}
		link := regexp.MustCompile(regexp.QuoteMeta(tw.at(slug)) + `/invite#(\S+)`).FindStringSubmatch(tw.letter(t, email, "invited"))
		if link == nil {
			t.Fatal("the letter holds no link")
		}
		return link[1]
	}
	look := func(b *browser, token string) (v struct {
		State, Email string
		Account      *struct{ Verified, Matches bool }
	},
	) {
		t.Helper()
		a := b.send(http.MethodPost, tw.at("auth")+"/api/v1/invitations/look", map[string]any{"token": token}, nil)
		if a.status != http.StatusOK {
			t.Fatalf("look: %s", a)
		}
		_ = json.Unmarshal(a.body, &v)
		return v
	}
	accept := func(b *browser) answer {
		t.Helper()
		return b.send(http.MethodPost, tw.at("auth")+"/api/v1/invitations/accept", map[string]any{}, nil)
	}
	email := fresh("new") + "@example.test"
	token := invite(email)
	guest := tw.browser(t)
	t.Run("a new person", func(t *testing.T) {
		if page := guest.open(tw.at(slug) + "/invite"); page != tw.at("auth")+"/invite" {
			t.Fatalf("the link leads to %s", page)
		}
		if v := look(guest, token); v.State != "open" || v.Account != nil || strings.Contains(v.Email, email) {
			t.Fatalf("got %+v", v)
		}
		if a := accept(guest); a.status != http.StatusUnauthorized || a.code() != "identity.sign_in_required" {
			t.Fatalf("accept as nobody: %s", a)
		}
		var visit struct {
			Agency     *struct{ Slug, Name, Colour string }
			Invitation bool
		}
		a := guest.send(http.MethodGet, tw.at("auth")+"/api/v1/sign-in-context", nil, nil)
		if err := json.Unmarshal(a.body, &visit); err != nil || !visit.Invitation || visit.Agency == nil || visit.Agency.Slug != slug || visit.Agency.Colour == "" {
			t.Fatalf("the pages of registration show %s", a)
		}
		guest.open(tw.at("auth") + "/.ory/self-service/registration/browser?return_to=" + url.QueryEscape(tw.at("auth")+"/broker/"))
		guest.register("Gus Guest", email, password)
		if page := guest.open(tw.at("auth") + "/broker/"); page != tw.at("auth")+"/invite" {
			t.Fatalf("after registration comes %s", page)
		}
		if v := look(guest, ""); v.Account == nil || !v.Account.Matches || !v.Account.Verified {
			t.Fatalf("got %+v", v)
		}
		a = accept(guest)
		if a.status != http.StatusOK {
			t.Fatalf("accept: %s", a)
		}
		var to struct {
			RedirectTo string `json:"redirect_to"`
		}
		_ = json.Unmarshal(a.body, &to)
		if page := guest.open(to.RedirectTo); page != tw.at(slug)+"/" {
			t.Fatalf("accepting ends at %s", page)
		}
		a = guest.call(http.MethodGet, slug, "/api/v1/me", nil)
		if !strings.Contains(string(a.body), `"role":"manager"`) {
			t.Fatalf("got %s", a)
		}
	})
	t.Run("a letter works once", func(t *testing.T) {
		if v := look(guest, token); v.State != "accepted" {
			t.Fatalf("got %+v", v)
		}
		if a := accept(guest); a.status != http.StatusConflict || a.code() != "identity.invitation_closed" {
			t.Fatalf("got %s", a)
		}
	})
	t.Run("the wrong account", func(t *testing.T) {
		theirs := invite(fresh("third") + "@example.test")
		if v := look(guest, theirs); v.Account == nil || v.Account.Matches {
			t.Fatalf("got %+v", v)
		}
		if a := accept(guest); a.status != http.StatusForbidden || a.code() != "identity.wrong_account" {
			t.Fatalf("got %s", a)
		}
	})
	t.Run("an existing person", func(t *testing.T) {
		boss, second, bossEmail := tw.signUp(t)
		_ = second
		token := invite(bossEmail)
		if v := look(boss, token); v.Account == nil || !v.Account.Matches {
			t.Fatalf("got %+v", v)
		}
		if a := accept(boss); a.status != http.StatusOK {
			t.Fatalf("got %s", a)
		}
		a := boss.send(http.MethodGet, tw.at("auth")+"/api/v1/agencies", nil, nil)
		var list struct{ Items []struct{ Slug string } }
		if err := json.Unmarshal(a.body, &list); err != nil || len(list.Items) != 2 {
			t.Fatalf("one person, two agencies: %s", a)
		}
	})
	t.Run("it runs out", func(t *testing.T) {
		late := invite(fresh("late") + "@example.test")
		tw.clock.advance(7*24*time.Hour + time.Minute)
		if v := look(tw.browser(t), late); v.State != "expired" {
			t.Fatalf("got %+v", v)
		}
	})
	t.Run("nonsense", func(t *testing.T) {
		for _, bad := range []string{"x", id.New() + ".x", strings.Split(token, ".")[0] + ".x"} {
			a := guest.send(http.MethodPost, tw.at("auth")+"/api/v1/invitations/look", map[string]any{"token": bad}, nil)
			if a.status != http.StatusNotFound {
				t.Errorf("%q: %s", bad, a)
			}
		}
	})
}

func TestBlockedPersonIsOutWithinAMinute(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b, slug, email := tw.signUp(t)
	patchIdentity(t, email, `[{"op":"replace","path":"/state","value":"inactive"}]`)
	tw.clock.advance(61 * time.Second)
	if a := b.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusUnauthorized {
		t.Fatalf("a blocked person: %s", a)
	}
}

// patchIdentity changes an account as Kratos' own administrators do.
func patchIdentity(t *testing.T, email, patch string) {
	t.Helper()
	admin := env(t, "BUREAU_TEST_KRATOS_ADMIN_URL")
	res, err := http.Get(admin + "/admin/identities?credentials_identifier=" + url.QueryEscape(email))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var found []struct{ ID string }
	if err := json.NewDecoder(res.Body).Decode(&found); err != nil || len(found) != 1 {
		t.Fatalf("%v: %v", found, err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPatch, admin+"/admin/identities/"+found[0].ID, strings.NewReader(patch))
	req.Header.Set("Content-Type", "application/json")
	done, err := http.DefaultClient.Do(req)
	if err != nil || done.StatusCode != http.StatusOK {
		t.Fatalf("patch: %v %v", done, err)
	}
	_ = done.Body.Close()
}

func TestKratosAway(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b, slug, _ := tw.signUp(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://" + l.Addr().String()
	_ = l.Close()
	away := newTown(t, func(c *app.Config) { c.KratosPublicURL, c.KratosAdminURL = dead, dead })
	here := away.browser(t)
	here.jars = b.jars
	b = here
	away.clock.advance(2 * time.Minute)
	if a := b.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusOK {
		t.Fatalf("signed-in people work on: %s", a)
	}
	if a := b.call(http.MethodPatch, slug, "/api/v1/me", map[string]any{"name": "Still here"}); a.status != http.StatusOK {
		t.Fatalf("and change things: %s", a)
	}
	// What could do harm waits for Kratos, and nobody is told to sign in.
	a := b.call(http.MethodPost, slug, "/api/v1/api-tokens", map[string]any{"name": "Later", "scopes": []string{"*"}})
	if a.status != http.StatusServiceUnavailable || a.code() != "access.step_up_unavailable" || a.header.Get("Retry-After") == "" {
		t.Fatalf("a step-up while Kratos is away: %s", a)
	}
	away.clock.advance(20 * time.Second)
	if s := metric(t, away, "bureau_auth_stale_seconds"); s < 20 || s > 120 {
		t.Errorf("stale for %v s", s)
	}
	stranger := away.browser(t)
	for _, path := range []string{"/broker/authorize?agency=" + slug + "&state=x&challenge=y", "/.ory/self-service/login/browser", "/api/v1/agencies"} {
		a := stranger.send(http.MethodGet, away.at("auth")+path, nil, nil)
		if strings.HasPrefix(path, "/broker") || strings.HasPrefix(path, "/api") {
			stranger.jars[strings.TrimPrefix(away.at("auth"), "http://")] = map[string]string{away.cookie: "somebody"}
			a = stranger.send(http.MethodGet, away.at("auth")+path, nil, nil)
		}
		if a.status != http.StatusServiceUnavailable || a.code() != "identity.unavailable" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %s", path, a)
		}
	}
	if page := stranger.open(away.at(slug) + "/auth/start"); !strings.HasPrefix(page, away.at("auth")+"/problem?") || !strings.Contains(page, "identity.unavailable") {
		t.Errorf("a browser is shown %s", page)
	}
	away.clock.advance(10 * time.Minute)
	if a := b.call(http.MethodGet, slug, "/api/v1/me", nil); a.status != http.StatusServiceUnavailable {
		t.Fatalf("nobody is believed for ever: %s", a)
	}
}

// metric reads one figure of /metrics.
func metric(t *testing.T, tw *town, name string) (v float64) {
	t.Helper()
	w := httptest.NewRecorder()
	tw.app.Health().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(w.Body.String())
	if m == nil {
		t.Fatalf("there is no %s", name)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKratosStaysBehindItsDoor(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	b := tw.browser(t)
	for _, path := range []string{
		"/.ory/admin/identities", "/.ory/identities", "/.ory/self-service/../admin/identities", "/.ory/self-service/login/api", "/.ory/health/ready",
		"/.ory/schemas", "/.ory/self-service/%2e%2e/admin/identities",
	} {
		if a := b.send(http.MethodGet, tw.at("auth")+path, nil, nil); a.status != http.StatusNotFound {
			t.Errorf("%s: %s", path, a)
		}
	}
	_, slug, _ := tw.signUp(t)
	if a := b.send(http.MethodGet, tw.at(slug)+"/.ory/self-service/login/browser", nil, nil); a.status != http.StatusNotFound {
		t.Errorf("Kratos on an agency's host: %s", a)
	}
}
