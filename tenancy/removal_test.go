package tenancy_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

func folder(t *testing.T) (*file.Folder, string) {
	t.Helper()
	dir := t.TempDir()
	f, err := file.NewFolder(file.FolderConfig{Dir: dir, BaseURL: "http://files.test", Secret: []byte(strings.Repeat("s", 32))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, dir
}

func ask[T any](t *testing.T, p *testkit.Platform, query string, args ...any) (v T) {
	t.Helper()
	err := p.Control.Read(t.Context(), func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&v) })
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func elsewhere(stores ...tenancy.Files) tenancy.Elsewhere { return tenancy.Elsewhere{Stores: stores} }

func TestADeletedAgencyComesBackWithinItsTime(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	files, _ := folder(t)
	a := claimed(t, p)
	began := time.Now()
	if err := p.Provisioner.Delete(t.Context(), a.Slug); err != nil {
		t.Fatal(err)
	}
	at, err := p.Provisioner.DeletedAt(t.Context(), a.ID)
	if err != nil || at.Before(began.Add(-time.Second)) || at.After(time.Now().Add(time.Second)) {
		t.Fatalf("deleted at %s, %v", at, err)
	}
	removed, err := p.Provisioner.Purge(t.Context(), time.Now().Add(-tenancy.Regret), elsewhere(files))
	if err != nil || len(removed) != 0 {
		t.Fatalf("removed %v too early, %v", removed, err)
	}
	if err := p.Provisioner.Resume(t.Context(), a.Slug); err != nil {
		t.Fatal(err)
	}
	if n := in[int](t, p, a, `SELECT count(*) FROM agency_settings`); n != 1 {
		t.Fatalf("%d rows of settings", n)
	}
	if err := p.Provisioner.Remove(t.Context(), a, elsewhere(files)); !errors.Is(err, tenancy.ErrBadState) {
		t.Fatalf("an active agency: %v, want ErrBadState", err)
	}
}

func TestPurgeLeavesNothingOfAnAgencyButItsBareRow(t *testing.T) {
	t.Parallel()
	p := testkit.Alone(t, nil)
	files, dir := folder(t)
	archives, kept := folder(t)
	gone, stays := claimed(t, p), claimed(t, p)
	schema := schemaOf(t, p, gone)
	role := p.Config.Prefix + "_" + schema
	for _, a := range []tenancy.Agency{gone, stays} {
		for _, name := range []string{"logo", "invoices/1.pdf"} {
			if err := files.Put(t.Context(), file.Key(a.ID, name), "text/plain", strings.NewReader("x"), 1); err != nil {
				t.Fatal(err)
			}
		}
		archive := file.Key(a.ID, "20260101T000000Z.bureau")
		if err := archives.Put(t.Context(), archive, "text/plain", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		owner(t, p, `INSERT INTO platform.backups (id, agency_id, reason, started_at, object_key) VALUES ($1, $2, 'scheduled', now(), $3)`, id.New(), a.ID, archive)
		owner(t, p, `INSERT INTO platform.subscriptions (agency_id, customer_id, status, held_plan, held_quantity, paid_plan, paid_quantity, synced_at)
			VALUES ($1::uuid, 'cus_' || ($1::uuid)::text, 'canceled', 'professional', 5, 'professional', 5, now())`, a.ID)
		owner(t, p, `INSERT INTO platform.stripe_events (id, type, object_type, object_id, customer_id, happened_at, received_at, source, state, payload)
			VALUES ('evt_' || $1::text, 'customer.updated', 'customer', 'cus_' || $1::text, 'cus_' || $1::text, now(), now(), 'webhook', 'done', '{"email": "ann@example.test"}')`, a.ID)
		owner(t, p, `INSERT INTO platform.billing_commands (id, agency_id, kind, params, state, created_at) VALUES ($1, $2, 'change', '{}', 'done', now())`, id.New(), a.ID)
		owner(t, p, `INSERT INTO platform.plan_overrides (id, agency_id, reason, created_by, created_at, expires_at) VALUES ($1, $2, 'a gift', 'ann', now(), now() + interval '1 day')`, id.New(), a.ID)
		owner(t, p, `INSERT INTO platform.service_orders (id, agency_id, text, amount_minor, currency, due_days, state, requested_by, requested_at)
			VALUES ($1, $2, 'Set up', 500000, 'USD', 14, 'paid', 'ann', now())`, id.New(), a.ID)
		owner(t, p, `INSERT INTO platform.seat_days (agency_id, day, peak) VALUES ($1, now(), 5)`, a.ID)
		owner(t, p, `INSERT INTO platform.billing_drift (id, agency_id, run_at, subject, field, ours, theirs, healed) VALUES ($1, $2, now(), 'sub', 'seats', '5', '6', true)`, id.New(), a.ID)
		owner(t, p, `INSERT INTO platform.memberships (id, agency_id, email, kind, role, state, updated_at) VALUES ($1, $2, 'ann@example.test', 'staff', 'owner', 'active', now())`, id.New(), a.ID)
		owner(t, p, `INSERT INTO platform.sign_ups (id, slug, agency_name, token_hash, created_at, expires_at) VALUES ($1, $2, 'Acme', $3, now(), now())`, id.New(), a.Slug, []byte(a.ID))
		owner(t, p, `INSERT INTO queue.river_job (args, kind, max_attempts, metadata) VALUES ('{"to": "ann@example.test"}', 'test.letter', 1, jsonb_build_object('agency', $1::text))`, a.ID)
	}
	if err := p.Provisioner.Delete(t.Context(), gone.Slug); err != nil {
		t.Fatal(err)
	}
	owner(t, p, `UPDATE platform.agencies SET deleted_at = now() - interval '31 days' WHERE id = $1`, gone.ID)
	out := elsewhere(files, archives)
	var ended []string
	out.End = func(_ context.Context, agencyID string) error {
		ended = append(ended, agencyID)
		return nil
	}
	removed, err := p.Provisioner.Purge(t.Context(), time.Now().Add(-tenancy.Regret), out)
	if err != nil || len(removed) != 1 || removed[0].ID != gone.ID {
		t.Fatalf("removed %v, %v", removed, err)
	}
	for what, n := range map[string]int{
		"schema":      ask[int](t, p, `SELECT count(*) FROM pg_namespace WHERE nspname = $1`, schema),
		"role":        ask[int](t, p, `SELECT count(*) FROM pg_roles WHERE rolname = $1`, role),
		"memberships": ask[int](t, p, `SELECT count(*) FROM memberships WHERE agency_id = $1`, gone.ID),
		"sign-ups":    ask[int](t, p, `SELECT count(*) FROM sign_ups WHERE slug = $1`, gone.Slug),
		"jobs":        ask[int](t, p, `SELECT count(*) FROM queue.river_job WHERE metadata ->> 'agency' = $1`, gone.ID),
	} {
		if n != 0 {
			t.Errorf("%d left: %s", n, what)
		}
	}
	if !slices.Equal(ended, []string{gone.ID}) {
		t.Errorf("ended the subscriptions of %v", ended)
	}
	for _, table := range platformTables(t, p) {
		n := ask[int](t, p, `SELECT count(*) FROM `+table+` x WHERE to_jsonb(x)::text LIKE '%' || $1 || '%'`, gone.ID)
		// The bare row, and the number of an event so that it is not fetched again.
		want := map[string]int{"agencies": 1, "stripe_events": 1}[table]
		if n != want {
			t.Errorf("%s: %d rows name the agency, want %d", table, n, want)
		}
	}
	event := ask[string](t, p, `SELECT to_jsonb(e)::text FROM stripe_events e WHERE id = 'evt_' || $1`, gone.ID)
	if strings.Contains(event, "ann@") || strings.Contains(event, "cus_") {
		t.Errorf("the event says too much: %s", event)
	}
	for _, in := range []string{dir, kept} {
		_ = filepath.WalkDir(in, func(path string, d os.DirEntry, _ error) error {
			if !d.IsDir() && strings.Contains(path, gone.ID) {
				t.Errorf("a file is left: %s", path)
			}
			return nil
		})
	}
	row := ask[string](t, p, `SELECT to_jsonb(a)::text FROM agencies a WHERE id = $1`, gone.ID)
	if strings.Contains(row, gone.Slug) || strings.Contains(row, gone.Name) || !strings.Contains(row, `"removed"`) {
		t.Errorf("the row says too much: %s", row)
	}
	// The other one has all of its own.
	if ask[int](t, p, `SELECT count(*) FROM memberships WHERE agency_id = $1`, stays.ID) != 1 || in[int](t, p, stays, `SELECT count(*) FROM agency_settings`) != 1 {
		t.Error("the other agency lost something")
	}
	if ask[int](t, p, `SELECT count(*) FROM subscriptions WHERE agency_id = $1`, stays.ID) != 1 || ask[int](t, p, `SELECT count(*) FROM backups WHERE agency_id = $1`, stays.ID) != 1 ||
		!strings.Contains(ask[string](t, p, `SELECT payload::text FROM stripe_events WHERE id = 'evt_' || $1`, stays.ID), "ann@") {
		t.Error("the other agency lost what the platform knows of it")
	}
	if there, err := archives.Exists(t.Context(), file.Key(stays.ID, "20260101T000000Z.bureau")); err != nil || !there {
		t.Errorf("the other agency's archive: %v %v", there, err)
	}
	if there, err := files.Exists(t.Context(), file.Key(stays.ID, "logo")); err != nil || !there {
		t.Errorf("the other agency's logo: %v %v", there, err)
	}
	if _, err := p.Registry.ByID(t.Context(), gone.ID); !errors.Is(err, tenancy.ErrNoAgency) {
		t.Errorf("the registry gives out %v", err)
	}
	// The address is free again.
	if _, err := p.Provisioner.Claim(t.Context(), gone.Slug, "Another"); err != nil {
		t.Error(err)
	}
}

// platformTables are all, so that a table of tomorrow is not forgotten.
func platformTables(t *testing.T, p *testkit.Platform) (names []string) {
	t.Helper()
	err := p.Control.Read(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT relname::text FROM pg_class WHERE relnamespace = 'platform'::regnamespace AND relkind = 'r' ORDER BY relname`)
		if err != nil {
			return err
		}
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil || len(names) < 10 {
		t.Fatalf("tables of the platform: %v, %v", names, err)
	}
	return names
}

// failing refuses the first file.
type failing struct {
	*file.Folder
	tries int
}

func (f *failing) Delete(ctx context.Context, key string) error {
	if f.tries++; f.tries == 1 {
		return errPlanned
	}
	return f.Folder.Delete(ctx, key)
}

func TestARemovalThatBrokeOffIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	p := testkit.Alone(t, nil)
	files, _ := folder(t)
	a := claimed(t, p)
	if err := files.Put(t.Context(), file.Key(a.ID, "logo"), "text/plain", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	if err := p.Provisioner.Delete(t.Context(), a.Slug); err != nil {
		t.Fatal(err)
	}
	broken := &failing{Folder: files}
	if _, err := p.Provisioner.Purge(t.Context(), time.Now().Add(time.Hour), elsewhere(broken)); !errors.Is(err, errPlanned) {
		t.Fatalf("got %v", err)
	}
	if err := p.Provisioner.Resume(t.Context(), a.Slug); !errors.Is(err, tenancy.ErrBadState) {
		t.Fatalf("half an agency came back: %v", err)
	}
	// Whatever its age: what has begun is ended.
	removed, err := p.Provisioner.Purge(t.Context(), time.Now().Add(-tenancy.Regret), elsewhere(broken))
	if err != nil || !slices.ContainsFunc(removed, func(r tenancy.Agency) bool { return r.ID == a.ID }) {
		t.Fatalf("%v %v", removed, err)
	}
}
