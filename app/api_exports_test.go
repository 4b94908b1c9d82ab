package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

type exportView struct {
	ID, State  string
	Encrypted  bool
	Progress   int
	Size, Rows int64
	Files      int
	AskedBy    string `json:"asked_by"`
}

func TestTheOwnerExportsEverything(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, identity.Owner)
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Initech", "currency": "EUR"}).Expect(t, http.StatusCreated)

	var asked exportView
	owner.POST(t, "/api/v1/exports", map[string]any{}).Expect(t, http.StatusCreated).JSON(t, &asked)
	if asked.State != "queued" || asked.AskedBy != owner.Member.Name {
		t.Errorf("asked: %+v", asked)
	}
	ready := finished(t, owner, asked.ID)
	if ready.State != "ready" || ready.Progress != 100 || ready.Size == 0 || ready.Rows < 3 || ready.Encrypted {
		t.Fatalf("made: %+v", ready)
	}
	raw := download(t, env, owner, asked.ID)
	got, err := env.App.Custody.Import(t.Context(), bytes.NewReader(raw), custody.Key{}, "x"+strings.ReplaceAll(id.New(), "-", ""), nil)
	must(t, err)
	if got.Rows != ready.Rows {
		t.Errorf("%d rows came back of %d", got.Rows, ready.Rows)
	}
	// Who asked and who fetched is in the log.
	var log struct{ Items []struct{ Action string } }
	owner.GET(t, "/api/v1/audit-events?entity=export").JSON(t, &log)
	if len(log.Items) != 2 || log.Items[0].Action != "agency.export_downloaded" || log.Items[1].Action != "agency.export_asked" {
		t.Errorf("the log says %+v", log.Items)
	}
	// Admins run the agency; its data as a whole are the owner's.
	// Nor do they depend on what the agency pays.
	for _, op := range env.App.API.Ops() {
		if op.Tag == "exports" && !op.Whenever {
			t.Errorf("%s is refused to who owes", op.ID)
		}
	}
	env.As(t, identity.Admin).GET(t, "/api/v1/exports").Refused(t, http.StatusForbidden, "access.forbidden")
	owner.POST(t, "/api/v1/exports/"+id.New()+"/link", nil).Refused(t, http.StatusNotFound, "agency.export_not_found")
}

func TestAnExportCanBeForOneReaderOnly(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, identity.Owner)
	owner.POST(t, "/api/v1/exports", map[string]any{"recipient": "bob"}).Refused(t, http.StatusUnprocessableEntity, "agency.invalid_settings", "body.recipient")
	identityKey, recipient, err := custody.NewIdentity()
	must(t, err)
	var asked exportView
	owner.POST(t, "/api/v1/exports", map[string]any{"recipient": recipient}).Expect(t, http.StatusCreated).JSON(t, &asked)
	if e := finished(t, owner, asked.ID); e.State != "ready" || !e.Encrypted {
		t.Fatalf("made: %+v", e)
	}
	raw := download(t, env, owner, asked.ID)
	if !bytes.HasPrefix(raw, []byte("age-encryption.org/v1")) {
		t.Error("it is open")
	}
	_, err = env.App.Custody.Import(t.Context(), bytes.NewReader(raw), custody.Key{Identity: identityKey}, "x"+strings.ReplaceAll(id.New(), "-", ""), nil)
	must(t, err)
}

func TestExportsOneAtATimeAndNotForEver(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, identity.Owner)
	run := func(q string, args ...any) {
		t.Helper()
		must(t, env.App.DB.Run(env.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, q, args...)
			return err
		}))
	}
	stuck := id.New()
	run(`INSERT INTO exports (id, state, asked_at, asked_name) VALUES ($1, 'running', now(), 'Ann')`, stuck)
	owner.POST(t, "/api/v1/exports", map[string]any{}).Refused(t, http.StatusConflict, "agency.export_running")
	owner.POST(t, "/api/v1/exports/"+stuck+"/link", nil).Refused(t, http.StatusConflict, "agency.export_not_ready")

	// Whoever made it died long ago: it is over, and another one may begin.
	run(`UPDATE exports SET asked_at = now() - interval '3 hours' WHERE id = $1`, stuck)
	var asked exportView
	owner.POST(t, "/api/v1/exports", map[string]any{}).Expect(t, http.StatusCreated).JSON(t, &asked)
	if e := finished(t, owner, stuck); e.State != "failed" {
		t.Errorf("the lost one is %s", e.State)
	}
	if e := finished(t, owner, asked.ID); e.State != "ready" {
		t.Fatalf("the new one is %s", e.State)
	}
	var key string
	must(t, env.App.DB.Read(env.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT object_key FROM exports WHERE id = $1`, asked.ID).Scan(&key)
	}))
	run(`UPDATE exports SET expires_at = now() - interval '1 second' WHERE id = $1`, asked.ID)
	if e := finished(t, owner, asked.ID); e.State != "expired" {
		t.Errorf("after its time it is %s", e.State)
	}
	owner.POST(t, "/api/v1/exports/"+asked.ID+"/link", nil).Refused(t, http.StatusConflict, "agency.export_not_ready")
	owner.POST(t, "/api/v1/exports", map[string]any{}).Expect(t, http.StatusCreated).JSON(t, &asked)
	if there, err := apptest.Files(t).Exists(t.Context(), key); there || err != nil {
		t.Errorf("its file is there: %v, %v", there, err)
	}
	finished(t, owner, asked.ID)
}

// finished asks until the export has ended.
func finished(t *testing.T, c *apptest.Client, key string) exportView {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		var list struct{ Items []exportView }
		c.GET(t, "/api/v1/exports").Expect(t, http.StatusOK).JSON(t, &list)
		for _, e := range list.Items {
			if e.ID == key && e.State != "queued" && e.State != "running" {
				return e
			}
		}
	}
	t.Fatal("the export does not end")
	return exportView{}
}

func download(t *testing.T, env *apptest.Env, owner *apptest.Client, key string) []byte {
	t.Helper()
	var link struct{ URL string }
	r := owner.POST(t, "/api/v1/exports/"+key+"/link", nil).Expect(t, http.StatusOK)
	must(t, json.Unmarshal(r.Body, &link))
	u, err := url.Parse(link.URL)
	must(t, err)
	anybody := env.Nobody()
	anybody.Host = u.Host
	got := anybody.GET(t, u.RequestURI()).Expect(t, http.StatusOK)
	if d := got.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, ".bureau") {
		t.Errorf("Content-Disposition %q", d)
	}
	return got.Body
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
