package tenancy_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

// On a second placement agencies are made, told apart by the database, migrated and removed as on the main one.
func TestAgenciesLiveOnASecondPlacement(t *testing.T) {
	t.Parallel()
	main := testkit.Placed(t, "", nil)
	p := main.Another(t, func(c *tenancy.Config) { c.NewAt, c.Spares = testkit.Second, 2 })
	if err := p.Provisioner.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Provisioner.Spares(t.Context()); n != 2 || err != nil {
		t.Fatalf("%d spares: %v", n, err)
	}
	var two [2]tenancy.Agency
	for i := range two {
		a, err := p.Provisioner.Claim(t.Context(), "a"+id.New()[24:], "Second")
		if err != nil || a.Placement != testkit.Second {
			t.Fatalf("claimed at %q: %v", a.Placement, err)
		}
		two[i] = a
	}
	home, err := main.Provisioner.Claim(t.Context(), "a"+id.New()[24:], "Main")
	if err != nil || home.Placement != tenancy.Main {
		t.Fatalf("claimed at %q: %v", home.Placement, err)
	}

	for name, q := range map[string]string{
		"a neighbour":        `SELECT count(*) FROM ` + tenancy.CopyOf(two[1]).Schema + `.clients`,
		"the queue":          `SELECT count(*) FROM queue.river_job`,
		"another's place":    `SELECT count(*) FROM ` + tenancy.CopyOf(home).Schema + `.clients`,
		"the platform":       `SELECT count(*) FROM platform.agencies`,
		"another role":       `SELECT set_config('role', '` + tenancy.CopyOf(two[1]).Role + `', false)`,
		"somebody's session": `SELECT count(*) FROM pg_authid`,
	} {
		err := p.DB.Read(tenancy.With(t.Context(), two[0]), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, q)
			return err
		})
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" && refused.Code != "42P01" {
			t.Errorf("%s: %v", name, err)
		}
	}

	next := p.Another(t, func(c *tenancy.Config) {
		c.Steps = append(migrations.Tenant(), migrations.Step{ID: "9001_more", SQL: `ALTER TABLE clients ADD COLUMN more text NOT NULL DEFAULT ''`})
	})
	out, err := next.Owner.Agencies(t.Context(), tenancy.Fleet{})
	if err != nil || len(out.Failed) > 0 {
		t.Fatalf("%+v %v", out, err)
	}
	s, err := next.Owner.Status(t.Context())
	if err != nil || len(s.Behind) > 0 || len(s.Mismatches) > 0 {
		t.Fatalf("%+v %v", s, err)
	}
	for _, a := range append(two[:], home) {
		err := next.DB.Run(tenancy.With(t.Context(), a), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, `UPDATE clients SET more = 'x'`)
			return err
		})
		if err != nil {
			t.Errorf("%s was not migrated: %v", a.Placement, err)
		}
	}

	if err := p.Provisioner.Delete(t.Context(), two[0].Slug); err != nil {
		t.Fatal(err)
	}
	if err := p.Provisioner.Remove(t.Context(), two[0], tenancy.Elsewhere{}); err != nil {
		t.Fatal(err)
	}
	err = p.Owner.Owner(t.Context(), testkit.Second, func(ctx context.Context, tx pgx.Tx) error {
		var left int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_namespace WHERE nspname = $1`, tenancy.CopyOf(two[0]).Schema).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d schemas are left of a removed agency: %v", left, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	// A program that does not know the placement says so, and does no harm.
	ignorant := p.Another(t, func(c *tenancy.Config) { c.Placements, c.NewAt = nil, "" })
	a, err := ignorant.Registry.ByID(t.Context(), two[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	err = ignorant.DB.Read(tenancy.With(t.Context(), a), func(context.Context, *tenancy.Tx) error { return nil })
	if !errors.Is(err, tenancy.ErrNoPlacement) {
		t.Errorf("at an unknown placement: %v", err)
	}
}

func TestPlacementsAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]tenancy.Config{
		"main twice":   {Placements: []tenancy.Placement{{Name: tenancy.Main, OwnerURL: "postgres://x"}}},
		"one twice":    {Placements: []tenancy.Placement{{Name: "b", OwnerURL: "postgres://x"}, {Name: "b", OwnerURL: "postgres://y"}}},
		"a bad name":   {Placements: []tenancy.Placement{{Name: "B;", OwnerURL: "postgres://x"}}},
		"no address":   {Placements: []tenancy.Placement{{Name: "b"}}},
		"new nowhere":  {NewAt: "b"},
		"a bad prefix": {Prefix: "x y"},
	} {
		c.OwnerURL = "postgres://x"
		if db, err := tenancy.Open(t.Context(), c); err == nil {
			db.Close()
			t.Errorf("%s was taken", name)
		}
	}
}

// Jobs come once, whoever dies in between.
func TestCarriedJobsComeOnce(t *testing.T) {
	t.Parallel()
	p := testkit.Placed(t, "", nil)
	second, err := p.Control.At(testkit.Second)
	if err != nil {
		t.Fatal(err)
	}
	const n = 700 // more than are carried at once
	if _, err := second.Pool().Exec(t.Context(), `INSERT INTO queue.river_job (args, kind, max_attempts, metadata, queue, state, priority, tags, scheduled_at)
		SELECT jsonb_build_object('n', n), 'test.carried', 7, '{"agency":"x"}', 'slow', CASE WHEN n = 1 THEN 'pending' ELSE 'available' END::queue.river_job_state, 2, '{later}', now()
		FROM generate_series(1, $1) n`, n); err != nil {
		t.Fatal(err)
	}
	// Somebody has died between arriving and taking away.
	if _, err := p.Control.Pool().Exec(t.Context(), `INSERT INTO carried_jobs SELECT 'second', generate_series(100, 109)`); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 3)
	for range cap(done) {
		c := tenancy.NewCarrier(p.Control, p.Queue(t), nil)
		go func() { done <- c.Drain(t.Context()) }()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	// Whoever was skipped over is looked at again.
	if err := tenancy.NewCarrier(p.Control, p.Queue(t), nil).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var here, different, pending, there, noted int
	if err := p.Control.Pool().QueryRow(t.Context(), `SELECT count(*), count(DISTINCT args ->> 'n'), count(*) FILTER (WHERE state = 'pending') FROM queue.river_job
		WHERE kind = 'test.carried' AND max_attempts = 7 AND queue = 'slow' AND priority = 2 AND tags = '{later}' AND metadata ->> 'agency' = 'x'`).Scan(&here, &different, &pending); err != nil {
		t.Fatal(err)
	}
	if err := second.Pool().QueryRow(t.Context(), `SELECT count(*) FROM queue.river_job`).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if err := p.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM carried_jobs`).Scan(&noted); err != nil {
		t.Fatal(err)
	}
	if here != n-10 || different != here || pending != 1 || there != 0 || noted != 0 {
		t.Errorf("%d came, %d different, %d pending; %d are left, %d notes", here, different, pending, there, noted)
	}
}

// A carrier that hears a job brings it at once.
func TestCarrierHears(t *testing.T) {
	t.Parallel()
	p := testkit.Placed(t, "", nil)
	second, err := p.Control.At(testkit.Second)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		tenancy.NewCarrier(p.Control, p.Queue(t), testkit.Quiet()).Keep(ctx)
		close(ended)
	}()
	if _, err := second.Pool().Exec(ctx, `INSERT INTO queue.river_job (args, kind, max_attempts, scheduled_at) VALUES ('{}', 'test.heard', 1, now())`); err != nil {
		t.Fatal(err)
	}
	for tick, end := time.NewTicker(10*time.Millisecond), time.Now().Add(30*time.Second); ; <-tick.C {
		var n int
		if err := p.Control.Pool().QueryRow(ctx, `SELECT count(*) FROM queue.river_job WHERE kind = 'test.heard'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the job did not come")
		}
	}
	stop()
	<-ended
}
