package app_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// nickname is the example of docs/migrations.md: what the next release expands every agency's clients by.
var nickname = migrations.Step{ID: "9001_nickname", SQL: `
	ALTER TABLE clients ADD COLUMN nickname text NOT NULL DEFAULT '';
	CREATE INDEX clients_nickname_idx ON clients (nickname) WHERE nickname <> '';`}

// release is one version of the program over a database that others use too.
func release(t *testing.T, cfg tenancy.Config) *app.App {
	t.Helper()
	return releaseWith(t, cfg, &apptest.Mails{})
}

func releaseWith(t *testing.T, cfg tenancy.Config, mails *apptest.Mails) *app.App {
	t.Helper()
	files, err := file.NewFolder(file.FolderConfig{Dir: t.TempDir(), BaseURL: "http://" + apptest.Domain + "/files", Secret: []byte(strings.Repeat("s", 32))})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Config{
		Origin: &url.URL{Scheme: "http", Host: apptest.Domain}, Dev: true, Tenancy: cfg, Mail: mails, Files: files,
		MailFrom: "bureau@example.test", Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

type desk struct{ host, token string }

// desksOf are places at which an owner of the agency calls.
func desksOf(t *testing.T, a *app.App, agency tenancy.Agency, n int) (out []desk) {
	t.Helper()
	ctx := access.With(tenancy.With(t.Context(), agency), access.Actor{Kind: access.System, Name: "Test"})
	m, err := a.Services.Identity.CreateMember(ctx, identity.NewMember{PersonID: id.New(), Name: "Olive", Email: id.New() + "@example.test", Role: identity.Owner})
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		_, token, err := a.Services.Identity.TokenCreateFor(ctx, m.ID, identity.NewToken{Name: "test", Scopes: identity.Scopes()})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, desk{agency.Slug + "." + apptest.Domain, token})
	}
	return out
}

// ask sends one request to a release and tells what went wrong, if anything did.
func (d desk) ask(t *testing.T, a *app.App, method, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+d.host+"/api/v1/clients", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := a.Fiber.Test(req, -1)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	answer, _ := io.ReadAll(res.Body)
	if res.StatusCode >= http.StatusMultipleChoices {
		return res.Status + " " + string(answer)
	}
	return ""
}

// The releases before and after a migration serve the same agencies while it runs, and no call of either fails.
func TestOldAndNewReleaseServeWhileAMigrationRuns(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	next := p.Config
	next.Steps = append(migrations.Tenant(), nickname)
	before, after := release(t, p.Config), release(t, next)
	var desks []desk
	for range 8 {
		agency, err := before.Provisioner.Claim(t.Context(), "r"+strings.ReplaceAll(id.New(), "-", ""), "Served")
		if err != nil {
			t.Fatal(err)
		}
		desks = append(desks, desksOf(t, before, agency, 1)...)
	}
	var over atomic.Bool
	var served [2]atomic.Int64
	var wg sync.WaitGroup
	for i, a := range []*app.App{before, after} {
		for w := range 2 {
			wg.Go(func() {
				// A round after the end: the old release has to work on what the new one made.
				for last := false; !last; {
					last = over.Load()
					for n := range desks {
						d := desks[(n+w*len(desks)/2)%len(desks)]
						for _, call := range []struct{ method, body string }{{http.MethodPost, `{"name":"Acme"}`}, {http.MethodGet, ""}} {
							if wrong := d.ask(t, a, call.method, call.body); wrong != "" {
								t.Errorf("release %d, %s: %s", i, call.method, wrong)
								return
							}
							served[i].Add(1)
						}
					}
				}
			})
		}
	}
	out, err := after.Migrator().Agencies(t.Context(), tenancy.Fleet{})
	over.Store(true)
	wg.Wait()
	if err != nil || len(out.Failed) > 0 {
		t.Fatalf("%+v %v", out, err)
	}
	s, err := after.Migrator().Status(t.Context())
	if err != nil || len(s.Behind) > 0 {
		t.Fatalf("%+v %v", s, err)
	}
	t.Logf("the old release served %d calls, the new one %d", served[0].Load(), served[1].Load())
}
