package custody_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// there is everything that custody could leave behind: schemas and roles of all placements, files and archives.
func (h house) there(t *testing.T) (all []string) {
	t.Helper()
	for _, placement := range h.Owner.Placements() {
		must(t, h.Owner.Owner(t.Context(), placement, func(ctx context.Context, tx pgx.Tx) error {
			rows, err := tx.Query(ctx, `SELECT $1 || ' schema ' || nspname FROM pg_namespace WHERE nspname ~ '^t[0-9]+$'
				UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE starts_with(rolname, $2 || '_t') AND $1 = 'main' AND EXISTS
					(SELECT FROM pg_database d JOIN pg_shdepend s ON s.refobjid = pg_roles.oid AND s.dbid = d.oid WHERE d.datname = current_database())`, placement, h.Config.Prefix)
			if err != nil {
				return err
			}
			found, err := pgx.CollectRows(rows, pgx.RowTo[string])
			all = append(all, found...)
			return err
		}))
	}
	for what, dir := range map[string]string{"file ": h.filesDir, "archive ": h.backupsDir} {
		must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				all = append(all, what+strings.TrimPrefix(path, dir+"/"))
			}
			return err
		}))
	}
	slices.Sort(all)
	return all
}

// later is the time after which what is nobody's may be cleared away.
func (h house) later(t *testing.T) {
	t.Helper()
	must(t, h.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE arrivals SET started_at = started_at - interval '2 minutes'`)
		return err
	}))
	// The server may take a moment to notice that a program is gone.
	for deadline, tick := time.Now().Add(30*time.Second), time.NewTicker(20*time.Millisecond); ; <-tick.C {
		must(t, h.Sweep(t.Context()))
		must(t, h.SettleRestores(t.Context()))
		var open int
		must(t, h.Control.Pool().QueryRow(t.Context(), `SELECT (SELECT count(*) FROM platform.arrivals) + (SELECT count(*) FROM platform.restores WHERE exchange IS NOT NULL)`).Scan(&open))
		if open == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("it is not cleared away")
		}
	}
}

func (h house) mover(do string) mover {
	m := moverOn(h.Platform)
	m.Do, m.Files, m.Backups = do, h.filesDir, h.backupsDir
	return m
}

// A restore that is killed leaves an agency that works, with all that was in it, and nothing beside it that nobody knows.
func TestRestoreIsKilledAnywhere(t *testing.T) {
	t.Parallel()
	// Each has a database of its own: what is left over is counted.
	t.Run("second", func(t *testing.T) {
		t.Parallel()
		killedRestores(t, newHouseOn(t, secondPlatform(t), nil), kills{
			prepare: []string{"tables 20", "files 0", "verify 0"}, swap: []string{"verify 0", "stop 0", "stop 1", "swap 0"}, back: []string{"stop 1", "swap 0"},
		})
	})
	t.Run("main", func(t *testing.T) {
		t.Parallel()
		killedRestores(t, newHouseOn(t, testkit.Own(t, nil), nil), kills{prepare: []string{"verify 0"}, swap: []string{"stop 1", "swap 0"}, back: []string{"swap 0"}})
	})
}

// kills are the steps at which each part is killed.
type kills struct{ prepare, swap, back []string }

func killedRestores(t *testing.T, h house, at kills) {
	t.Helper()
	a := h.agency(t)
	key := a.Tenancy.ID
	b, err := h.Backup(t.Context(), h.fresh(t, key), custody.Asked, nil)
	must(t, err)
	h.exec(t, a, `DELETE FROM clients WHERE code > 'C2'`)
	must(t, h.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return a.Queue.Enqueue(ctx, tx, letter{}) }))
	must(t, tenancy.NewCarrier(h.Control, h.Queue(t), testkit.Quiet()).Drain(t.Context()))
	clients := h.value(t, key, `SELECT count(*)::text FROM clients`)

	// works tells whether the agency is what it was: open, written in, with its job waiting to run.
	works := func(die, want string) {
		t.Helper()
		now := h.fresh(t, key)
		if now.State != tenancy.Active {
			t.Errorf("killed at %q the agency is %s", die, now.State)
		}
		must(t, h.DB.Run(tenancy.With(a.Ctx, now), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, `UPDATE clients SET notes = 'later'`)
			return err
		}))
		if n := h.value(t, key, `SELECT count(*)::text FROM clients`); n != want {
			t.Errorf("killed at %q there are %s clients, want %s", die, n, want)
		}
	}
	waits := func(die string) {
		t.Helper()
		var state string
		must(t, h.Control.Pool().QueryRow(t.Context(), `SELECT state || coalesce(metadata ->> 'parked', '') FROM queue.river_job WHERE kind = 'test.letter' AND metadata ->> 'agency' = $1`, key).Scan(&state))
		if state != "available" && state != "scheduled" {
			t.Errorf("killed at %q the job is %s", die, state)
		}
	}

	before := h.there(t)
	for _, die := range at.prepare {
		m := h.mover("prepare")
		m.Agency, m.To, m.Die = key, b.ID, die
		m.dies(t)
		h.later(t)
		if now := h.there(t); !slices.Equal(now, before) {
			t.Errorf("killed at %q there is\n%v\nwhere there was\n%v", die, now, before)
		}
		if _, err := h.OpenRestore(t.Context(), key); !errors.Is(err, custody.ErrNoRestore) {
			t.Errorf("killed at %q a restore is open: %v", die, err)
		}
		works(die, clients)
	}
	_, err = h.Prepare(t.Context(), h.fresh(t, key), b, nil)
	must(t, err)
	swaps := func(do, state string, dies []string, want string) {
		t.Helper()
		for _, die := range dies {
			m := h.mover(do)
			m.Agency, m.Die = key, die
			m.dies(t)
			h.later(t)
			if r, err := h.OpenRestore(t.Context(), key); err != nil || r.State != state {
				t.Errorf("%s killed at %q: %+v, %v", do, die, r, err)
			}
			works(die, want)
			waits(die)
		}
	}
	swaps("swap", "ready", at.swap, clients)
	_, err = h.Swap(t.Context(), h.fresh(t, key), nil)
	must(t, err)
	works("nothing", "300")
	_, err = h.Unpark(t.Context(), key, true, nil)
	must(t, err)
	swaps("rollback", "swapped", at.back, "300")
	// Killed after the swap it is done, and the other copy is known.
	m := h.mover("rollback")
	m.Agency, m.Die = key, "swap 1"
	m.dies(t)
	h.later(t)
	if r, err := h.OpenRestore(t.Context(), key); err != nil || r.State != "rolled_back" {
		t.Errorf("killed when it was over: %+v, %v", r, err)
	}
	works("swap 1", clients)
	_, err = h.DropOld(t.Context(), h.fresh(t, key))
	must(t, err)
	// Archives whose maker died are told as failed, and go with their time. So do the good ones that no restore needs any more.
	h.now.Set(time.Now().Add(10 * time.Minute))
	must(t, h.Due(t.Context(), func(context.Context, string) (tenancy.Agency, error) { return tenancy.Agency{}, tenancy.ErrNoAgency }))
	all, err := h.Backups(t.Context(), key, 100)
	must(t, err)
	for _, one := range all {
		there := false
		if one.Key != "" {
			there, err = h.backups.Exists(t.Context(), one.Key)
			must(t, err)
		}
		if one.State == "running" || one.State == "good" && !there {
			t.Errorf("a backup is left as %+v, its archive: %v", one, there)
		}
	}
	schemas := func(all []string) (n int) {
		for _, one := range all {
			if strings.Contains(one, " schema ") {
				n++
			}
		}
		return n
	}
	left := h.there(t)
	for _, one := range left {
		if strings.HasPrefix(one, "archive ") && !slices.ContainsFunc(all, func(b custody.Backup) bool { return b.Key != "" && strings.Contains(one, b.Key) }) {
			t.Errorf("nobody knows of %s", one)
		}
	}
	if now, was := schemas(left), schemas(before); now != was {
		t.Errorf("%d schemas are there, %d were", now, was)
	}
}

// An import that is killed leaves nothing, and its slug is free.
func TestImportIsKilledAnywhere(t *testing.T) {
	t.Parallel()
	h := newHouseOn(t, secondPlatform(t), nil)
	raw, _, _ := h.archive(t, h.agency(t))
	archive, slug := filepath.Join(t.TempDir(), "a.bureau"), newSlug()
	must(t, os.WriteFile(archive, raw, 0o600))
	some := h.agency(t).Tenancy.ID
	before := h.there(t)
	for _, die := range []string{"tables 20", "files 1", "verify 0", "register 0"} {
		m := h.mover("import")
		m.Agency, m.To, m.Archive, m.Die = some, slug, archive, die
		m.dies(t)
		h.later(t)
		if now := h.there(t); !slices.Equal(now, before) {
			t.Errorf("killed at %q there is\n%v\nwhere there was\n%v", die, now, before)
		}
		if _, err := h.Registry.BySlug(t.Context(), slug); !errors.Is(err, tenancy.ErrNoAgency) {
			t.Errorf("killed at %q there is an agency: %v", die, err)
		}
	}
	f, err := os.Open(archive)
	must(t, err)
	defer func() { _ = f.Close() }()
	got, err := h.Import(t.Context(), f, custody.Key{}, slug, nil)
	must(t, err)
	if made, err := h.Registry.ByID(t.Context(), got.AgencyID); err != nil || made.Placement != testkit.Second {
		t.Errorf("at last: %+v, %v", made, err)
	}
}
