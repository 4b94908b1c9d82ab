// Package apptest runs the whole application over a real agency and talks to
// it by HTTP, as a program with an API token does. Only tests import it.
package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// Domain is the site's host in tests.
const Domain = "bureau.localhost:8080"

var house struct {
	sync.Once
	app   *app.App
	mails *Mails
	logs  *Logs
	files string
	store file.Store
	cal   *Calendars
	err   error
}

// App returns the application of this test process. Its jobs run.
func App(t testing.TB) *app.App {
	t.Helper()
	p := testkit.NewPlatform(t)
	house.Do(func() { house.err = start(context.Background(), p.Config) })
	if house.err != nil {
		t.Fatalf("start the application: %v", house.err)
	}
	return house.app
}

func start(ctx context.Context, cfg tenancy.Config) error {
	dir, err := os.MkdirTemp("", "bureau-files-*")
	if err != nil {
		return err
	}
	files, err := file.NewFolder(file.FolderConfig{Dir: dir, BaseURL: "http://" + Domain + "/files", Secret: []byte("a secret of this test process only")})
	if err != nil {
		return err
	}
	house.mails, house.logs, house.files, house.store, house.cal = &Mails{}, &Logs{}, dir, files, newCalendars()
	house.app, err = app.New(ctx, app.Config{
		Origin: &url.URL{Scheme: "http", Host: Domain}, Dev: true, Tenancy: cfg, Mail: house.mails, Files: files,
		MailFrom: "bureau@example.test", Log: slog.New(house.logs), Now: time.Now,
		DenialLog: ratelimit.Rule{Count: 1_000_000, In: time.Minute}, Secret: "a secret of this test process only", Calendars: house.cal,
	})
	if err != nil {
		return err
	}
	return house.app.StartWorker(ctx)
}

// Files is where the application keeps files.
func Files(t testing.TB) file.Store {
	t.Helper()
	App(t)
	return house.store
}

// CalendarServer answers for the calendars of tests.
func CalendarServer(t testing.TB) *Calendars {
	t.Helper()
	App(t)
	return house.cal
}

// Mails keeps the letters that were sent.
type Mails struct {
	mu      sync.Mutex
	all     []mail.Message
	refused map[string]string // by address: why
}

// Refuse refuses mails to an address for good from now on; without a reason it takes them again.
func (m *Mails) Refuse(address, why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refused == nil {
		m.refused = map[string]string{}
	}
	m.refused[strings.ToLower(address)] = why
}

// Send implements mail.Sender.
func (m *Mails) Send(_ context.Context, msg mail.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, to := range msg.To {
		if why := m.refused[strings.ToLower(to.Email)]; why != "" {
			return mail.ErrRejected.Saying("The mail server refused it: %s", why)
		}
	}
	m.all = append(m.all, msg)
	return nil
}

// To returns the letters to an address.
func (m *Mails) To(address string) (out []mail.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, msg := range m.all {
		for _, to := range msg.To {
			if strings.EqualFold(to.Email, address) {
				out = append(out, msg)
			}
		}
	}
	return out
}

// All returns every letter that was sent.
func (m *Mails) All() []mail.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.all)
}

// Env is one agency and its people.
type Env struct {
	App     *app.App
	Mails   *Mails
	Logs    *Logs
	Files   string // the directory with the files of all agencies
	Agency  tenancy.Agency
	Ctx     context.Context // the agency, as the system
	members map[string]*Client
	mu      sync.Mutex
}

// New claims a fresh agency.
func New(t testing.TB) *Env {
	t.Helper()
	return newEnv(t, App(t))
}

func newEnv(t testing.TB, a *app.App) *Env {
	t.Helper()
	agency, err := a.Provisioner.Claim(t.Context(), "x"+strings.ReplaceAll(id.New(), "-", ""), "Test Agency")
	if err != nil {
		t.Fatalf("claim an agency: %v", err)
	}
	if a == house.app {
		p := testkit.NewPlatform(t)
		p.Again(t, agency, func(ctx context.Context) bool { return quiet(ctx, t, p.Control, agency.ID) })
	}
	ctx := access.With(tenancy.With(t.Context(), agency), access.Actor{Kind: access.System, Name: "System"})
	return &Env{App: a, Mails: house.mails, Logs: house.logs, Files: house.files, Agency: agency, Ctx: ctx, members: map[string]*Client{}}
}

// quiet waits until no job of an agency is being done or about to be, and takes back those that wait for a time.
func quiet(ctx context.Context, t testing.TB, control *tenancy.Control, agencyID string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var now, later int
		err := control.Pool().QueryRow(ctx, `WITH later AS (
				DELETE FROM queue.river_job WHERE metadata->>'agency' = $1 AND state IN ('scheduled', 'retryable', 'pending') RETURNING 1
			) SELECT (SELECT count(*) FROM queue.river_job WHERE metadata->>'agency' = $1 AND state IN ('available', 'running')), (SELECT count(*) FROM later)`,
			agencyID).Scan(&now, &later)
		switch {
		case ctx.Err() != nil:
			return false // the agency stays with what still works for it
		case err != nil:
			t.Errorf("count the agency's jobs: %v", err)
			return false
		case now == 0 && later == 0:
			return true
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Client calls the API as one actor.
type Client struct {
	env    *Env
	Host   string
	Token  string
	Member identity.Member
	header http.Header
}

// Nobody calls without any sign of who it is.
func (e *Env) Nobody() *Client { return &Client{env: e, Host: e.Agency.Slug + "." + Domain} }

// As returns the client of the one member with this role, made at the first call.
func (e *Env) As(t testing.TB, role string) *Client {
	t.Helper()
	e.mu.Lock()
	c := e.members[role]
	e.mu.Unlock()
	if c == nil {
		c = e.Fresh(t, role, "*")
		e.mu.Lock()
		e.members[role] = c
		e.mu.Unlock()
	}
	return c
}

// Fresh makes a new member of a role with an API token of the given scopes.
func (e *Env) Fresh(t testing.TB, role string, scopes ...string) *Client {
	t.Helper()
	key := id.New()
	n := identity.NewMember{PersonID: id.New(), Name: "Test " + role, Email: role + "-" + key + "@example.test", Role: role}
	if role == identity.Client {
		t.Fatal("contacts have no API tokens; use Session")
	}
	who := e.App.Services.Identity
	m, err := who.CreateMember(e.Ctx, n)
	if err != nil {
		t.Fatalf("make a %s: %v", role, err)
	}
	_, token, err := who.TokenCreateFor(e.Ctx, m.ID, identity.NewToken{Name: "test", Scopes: scopes})
	if err != nil {
		t.Fatalf("make a token: %v", err)
	}
	return &Client{env: e, Host: e.Agency.Slug + "." + Domain, Token: token, Member: m}
}

// Contact makes a person at a client and returns the client of their session.
func (e *Env) Contact(t testing.TB, contactID, clientID string) *Client {
	t.Helper()
	m, err := e.App.Services.Identity.CreateMember(e.Ctx, identity.NewMember{
		PersonID: id.New(), Name: "Test contact", Email: "contact-" + id.New() + "@example.test", Role: identity.Client, ContactID: contactID, ClientID: clientID,
	})
	if err != nil {
		t.Fatalf("make a contact: %v", err)
	}
	return e.Session(t, m)
}

// Session signs a member in, as a browser on the agency's own pages.
func (e *Env) Session(t testing.TB, m identity.Member) *Client {
	t.Helper()
	return e.SessionSince(t, m, time.Now())
}

// SessionSince is a session of somebody who last showed who they are at that time.
func (e *Env) SessionSince(t testing.TB, m identity.Member, at time.Time) *Client {
	t.Helper()
	token, sess, err := e.App.Services.Identity.OpenSession(e.Ctx, m, identity.SignIn{
		SID: id.New(), PersonID: m.PersonID, AAL: "aal1", AMR: []string{"password"}, AuthenticatedAt: at, ExpiresAt: time.Now().Add(time.Hour),
	}, identity.Credentials{IP: "192.0.2.1", UserAgent: "apptest"})
	if err == nil {
		// No identity server stands behind it that could be asked a minute later, and a test may take longer.
		_, err = e.App.Control.Pool().Exec(e.Ctx, `UPDATE platform.sessions SET revalidated_at = now() + interval '1 hour' WHERE id = $1`, sess.ID)
	}
	if err != nil {
		t.Fatalf("sign in: %v", err)
	}
	host := e.Agency.Slug + "." + Domain
	return &Client{env: e, Host: host, Member: m, header: http.Header{
		"Cookie": {"bureau_session=" + token}, "Origin": {"http://" + host}, "X-Bureau-Csrf": {"1"},
	}}
}

// With returns a client that sends one more header.
func (c *Client) With(key, value string) *Client {
	out := *c
	out.header = c.header.Clone()
	if out.header == nil {
		out.header = http.Header{}
	}
	out.header.Set(key, value)
	return &out
}

// Sign adds to a request what says who calls, and where.
func (c *Client) Sign(req *http.Request) {
	req.Host = c.Host
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for k, v := range c.header {
		req.Header[k] = v
	}
}

// Reply is what the API answered.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	call   string
}

// Do sends a request. A body that is no []byte, string or nil is sent as JSON.
func (c *Client) Do(t testing.TB, method, path string, body any) *Reply {
	t.Helper()
	var r io.Reader
	contentType := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+c.Host+path, r)
	if err != nil {
		t.Fatal(err)
	}
	if r != nil {
		req.Header.Set("Content-Type", contentType)
	}
	c.Sign(req)
	res, err := c.env.App.Fiber.Test(req, -1)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &Reply{Status: res.StatusCode, Header: res.Header, Body: raw, call: method + " " + path}
}

// GET, POST, PATCH, PUT and DELETE are Do with that method.
func (c *Client) GET(t testing.TB, path string) *Reply { t.Helper(); return c.Do(t, "GET", path, nil) }

// POST sends body as JSON.
func (c *Client) POST(t testing.TB, path string, body any) *Reply {
	t.Helper()
	return c.Do(t, "POST", path, body)
}

// PATCH sends body as JSON for the given ETag.
func (c *Client) PATCH(t testing.TB, path, etag string, body any) *Reply {
	t.Helper()
	return c.With("If-Match", etag).Do(t, "PATCH", path, body)
}

// PUT sends body as JSON.
func (c *Client) PUT(t testing.TB, path string, body any) *Reply {
	t.Helper()
	return c.Do(t, "PUT", path, body)
}

// DELETE sends no body.
func (c *Client) DELETE(t testing.TB, path string) *Reply {
	t.Helper()
	return c.Do(t, "DELETE", path, nil)
}

// Expect fails the test unless the answer has this status.
func (r *Reply) Expect(t testing.TB, status int) *Reply {
	t.Helper()
	if r.Status != status {
		t.Fatalf("%s: got %d, want %d: %s", r.call, r.Status, status, r.Body)
	}
	return r
}

// JSON decodes the answer.
func (r *Reply) JSON(t testing.TB, into any) *Reply {
	t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		t.Fatalf("%s: %v: %s", r.call, err, r.Body)
	}
	return r
}

// Problem is the part of an RFC 9457 answer that tests look at.
type Problem struct {
	Code   string
	Detail string
	Errors []struct{ Location, Message string }
}

// Refused fails the test unless the answer is a problem with this status, code and, if given, these bad fields.
func (r *Reply) Refused(t testing.TB, status int, code string, fields ...string) *Problem {
	t.Helper()
	r.Expect(t, status)
	var p Problem
	r.JSON(t, &p)
	if ct := r.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Fatalf("%s: content type %q", r.call, ct)
	}
	if code != "" && p.Code != code {
		t.Fatalf("%s: got code %q, want %q: %s", r.call, p.Code, code, r.Body)
	}
	for _, f := range fields {
		found := false
		for _, e := range p.Errors {
			found = found || e.Location == f
		}
		if !found {
			t.Fatalf("%s: %s is not named: %s", r.call, f, r.Body)
		}
	}
	return &p
}

// String shows the call and its outcome.
func (r *Reply) String() string { return fmt.Sprintf("%s: %d %s", r.call, r.Status, r.Body) }
