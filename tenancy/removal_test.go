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

func TestADeletedAgencyComesBackWithinItsTime(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	files, _ := folder(t)
	a := claimed(t, p)
	if err := p.Provisioner.Delete(t.Context(), a.Slug); err != nil {
		t.Fatal(err)
	}
	at, err := p.Provisioner.DeletedAt(t.Context(), a.ID)
	if err != nil || time.Since(at) > time.Minute {
		t.Fatalf("deleted at %s, %v", at, err)
	}
	removed, err := p.Provisioner.Purge(t.Context(), time.Now().Add(-tenancy.Regret), files)
	if err != nil || len(removed) != 0 {
		t.Fatalf("removed %v too early, %v", removed, err)
	}
	if err := p.Provisioner.Resume(t.Context(), a.Slug); err != nil {
		t.Fatal(err)
	}
	if n := in[int](t, p, a, `SELECT count(*) FROM agency_settings`); n != 1 {
		t.Fatalf("%d rows of settings", n)
	}
	if err := p.Provisioner.Remove(t.Context(), a, files); !errors.Is(err, tenancy.ErrBadState) {
		t.Fatalf("an active agency: %v, want ErrBadState", err)
	}
}

func TestPurgeLeavesNothingOfAnAgencyButItsBareRow(t *testing.T) {
	t.Parallel()
	p := testkit.Alone(t, nil)
	files, dir := folder(t)
	gone, stays := claimed(t, p), claimed(t, p)
	schema := schemaOf(t, p, gone)
	role := p.Config.Prefix + "_" + schema
	for _, a := range []tenancy.Agency{gone, stays} {
		for _, name := range []string{"logo", "invoices/1.pdf"} {
			if err := files.Put(t.Context(), file.Key(a.ID, name), "text/plain", strings.NewReader("x"), 1); err != nil {
				t.Fatal(err)
			}
		}
		owner(t, p, `INSERT INTO platform.memberships (id, agency_id, email, kind, role, state, updated_at) VALUES ($1, $2, 'ann@example.test', 'staff', 'owner', 'active', now())`, id.New(), a.ID)
		owner(t, p, `INSERT INTO platform.sign_ups (id, slug, agency_name, token_hash, created_at, expires_at) VALUES ($1, $2, 'Acme', $3, now(), now())`, id.New(), a.Slug, []byte(a.ID))
		owner(t, p, `INSERT INTO queue.river_job (args, kind, max_attempts, metadata) VALUES ('{"to": "ann@example.test"}', 'test.letter', 1, jsonb_build_object('agency', $1::text))`, a.ID)
	}
	if err := p.Provisioner.Delete(t.Context(), gone.Slug); err != nil {
		t.Fatal(err)
	}
	owner(t, p, `UPDATE platform.agencies SET deleted_at = now() - interval '31 days' WHERE id = $1`, gone.ID)
	removed, err := p.Provisioner.Purge(t.Context(), time.Now().Add(-tenancy.Regret), files)
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
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
		if !d.IsDir() && strings.Contains(path, gone.ID) {
			t.Errorf("a file is left: %s", path)
		}
		return nil
	})
	row := ask[string](t, p, `SELECT to_jsonb(a)::text FROM agencies a WHERE id = $1`, gone.ID)
	if strings.Contains(row, gone.Slug) || strings.Contains(row, gone.Name) || !strings.Contains(row, `"removed"`) {
		t.Errorf("the row says too much: %s", row)
	}
	// The other one has all of its own.
	if ask[int](t, p, `SELECT count(*) FROM memberships WHERE agency_id = $1`, stays.ID) != 1 || in[int](t, p, stays, `SELECT count(*) FROM agency_settings`) != 1 {
		t.Error("the other agency lost something")
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
	if _, err := p.Provisioner.Purge(t.Context(), time.Now().Add(time.Hour), broken); !errors.Is(err, errPlanned) {
		t.Fatalf("got %v", err)
	}
	if err := p.Provisioner.Resume(t.Context(), a.Slug); !errors.Is(err, tenancy.ErrBadState) {
		t.Fatalf("half an agency came back: %v", err)
	}
	// Whatever its age: what has begun is ended.
	removed, err := p.Provisioner.Purge(t.Context(), time.Now().Add(-tenancy.Regret), broken)
	if err != nil || !slices.ContainsFunc(removed, func(r tenancy.Agency) bool { return r.ID == a.ID }) {
		t.Fatalf("%v %v", removed, err)
	}
}
