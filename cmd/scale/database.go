package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// throwAway is a step that no release has: a column and its index.
var throwAway = migrations.Step{ID: "9999_scale", SQL: `
	ALTER TABLE tasks ADD COLUMN scale_note text NOT NULL DEFAULT '';
	CREATE INDEX tasks_scale_note_idx ON tasks (scale_note);`}

// checkpoint lets the server write and sync what was made, so that this does not go on beside what comes next.
func (r *run) checkpoint(ctx context.Context, owner, what string) error {
	r.say("letting the server sync its files")
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	began := time.Now()
	if _, err := conn.Exec(ctx, `CHECKPOINT`); err != nil {
		return err
	}
	r.sheet.Note(what, time.Since(began).Round(time.Second).String())
	return nil
}

// migrate runs that step in all agencies, as `bureau migrate` runs those of a release, and takes it back.
func (r *run) migrate(ctx context.Context, at devstack.Addresses) error {
	r.say("migrating: a column and its index in every agency")
	cfg := tenancyConfig(at)
	cfg.Steps = append(migrations.Tenant(), throwAway)
	m, err := tenancy.OpenMigrator(ctx, cfg)
	if err != nil {
		return err
	}
	defer m.Close()
	began := time.Now()
	out, err := m.Agencies(ctx, tenancy.Fleet{})
	took := time.Since(began)
	if err != nil {
		return err
	}
	r.sheet.Rate("agencies migrated by one step, a column and its index", out.Done, took, 150, fmt.Sprintf("(%d, %d workers)", out.Done, 2*runtime.NumCPU()))
	r.sheet.Count("agencies that failed in it", len(out.Failed), 0)
	return mend(ctx, at.DatabaseURL)
}

// mend takes the throw-away step back, also that of a run that broke off.
func mend(ctx context.Context, owner string) error {
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var there bool
	if err := conn.QueryRow(ctx, `SELECT to_regclass('platform.agencies') IS NOT NULL`).Scan(&there); err != nil || !there {
		return err
	}
	rows, err := conn.Query(ctx, `SELECT schema_name FROM platform.agencies WHERE schema_version = $1`, throwAway.ID)
	if err != nil {
		return err
	}
	schemas, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	newest := migrations.Newest(migrations.Tenant())
	for some := range slices.Chunk(schemas, 20) {
		var b strings.Builder
		b.WriteString(`SET LOCAL synchronous_commit = off;`) // one that a crash takes back is found again by the next run
		for _, s := range some {
			fmt.Fprintf(&b, `ALTER TABLE %[1]s.tasks DROP COLUMN IF EXISTS scale_note; DELETE FROM %[1]s.schema_migrations WHERE id = '%[2]s';
				UPDATE platform.agencies SET schema_version = '%[3]s' WHERE schema_name = '%[1]s';`, s, throwAway.ID, newest)
		}
		if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { _, err := tx.Exec(ctx, b.String()); return err }); err != nil {
			return err
		}
	}
	return nil
}

// sweep does to the catalogue what the server would do sooner or later, so that it does not do it beside what is compared:
// thousands of agencies that were made and migrated have left it with dead rows and old statistics.
func (r *run) sweep(ctx context.Context, owner string) error {
	r.say("letting the server sweep its catalogue")
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	rows, err := conn.Query(ctx, `SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := conn.Exec(ctx, `VACUUM (ANALYZE) `+strings.Join(tables, ", ")); err != nil {
		return err
	}
	r.sheet.Note("catalogue swept after that, with statistics", time.Since(began).Round(time.Second).String())
	return nil
}

// export writes archives of some agencies into nothing.
func (r *run) export(ctx context.Context, a *app.App, all []tenancy.Agency) error {
	const times = 40
	r.say("exporting agencies")
	dice := rand.New(rand.NewPCG(2026, 3))
	took := make([]time.Duration, times)
	for i := range took {
		began := time.Now()
		if _, _, err := a.Custody.Export(ctx, all[dice.IntN(len(all))], io.Discard, custody.Lock{}, nil); err != nil {
			return err
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	r.sheet.Time("export of a small agency, 95th percentile", took[times*95/100], 500*time.Millisecond,
		fmt.Sprintf("(median %s of %d)", took[times/2].Round(time.Millisecond), times))
	return nil
}

// logStatements has the server write down every statement of the application's database.
func logStatements(ctx context.Context, owner string, on bool) error {
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, `ALTER DATABASE bureau `+map[bool]string{true: `SET log_statement = 'all'`, false: `RESET log_statement`}[on])
	return err
}

// machine names what the figures were made on.
func machine() string {
	b, _ := os.ReadFile("/proc/meminfo")
	var kb int
	_, _ = fmt.Sscanf(string(b), "MemTotal: %d kB", &kb)
	return fmt.Sprintf("%d cores, %d GB, PostgreSQL 18 of `bureau dev` with fsync, all on one machine", runtime.NumCPU(), (kb+1<<19)>>20)
}

// conditions tells how busy the machine is.
func conditions() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load unknown"
	}
	one, _, _ := strings.Cut(string(b), " ")
	return "load " + one
}

// stalled is how long somebody has waited for a disk since the machine started, by Linux's account of its pressure. Nothing
// where that is not kept.
func stalled() time.Duration {
	b, err := os.ReadFile("/proc/pressure/io")
	if err != nil {
		return 0
	}
	some, _, _ := strings.Cut(string(b), "\n")
	_, total, _ := strings.Cut(some, "total=")
	us, err := strconv.ParseInt(total, 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(us) * time.Microsecond
}
