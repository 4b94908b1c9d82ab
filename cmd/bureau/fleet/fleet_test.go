package fleet_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/app/sample"
	"github.com/bureauhq/bureau/cmd/bureau/fleet"
	"github.com/bureauhq/bureau/tenancy"
)

func seed(t *testing.T, a *app.App, agencies int) int {
	t.Helper()
	made, err := fleet.Seed{App: a, Agencies: agencies, Size: "tiny", Say: func(string) {}, Tell: func(int, int) {}}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestSeedMakesAgenciesThatWork(t *testing.T) {
	fleet.Sizes["tiny"] = []sample.Size{{People: 2, Clients: 2, Projects: 2, Weeks: 3}}
	a := apptest.App(t)
	if n := seed(t, a, 3); n != 3 {
		t.Fatalf("made %d, want 3", n)
	}
	if n := seed(t, a, 5); n != 2 {
		t.Fatalf("the second run made %d, want 2", n)
	}
	all, err := fleet.Existing(t.Context(), a)
	if err != nil || len(all) != 5 {
		t.Fatalf("%d agencies, %v", len(all), err)
	}
	keys := map[string]string{}
	for _, one := range all {
		holdsItsKeys(t, one)
		ctx := access.With(tenancy.With(t.Context(), one), access.Actor{Kind: access.System, Name: "Test"})
		var members, indexed int
		err := a.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.PGX().QueryRow(ctx, `SELECT count(*) FROM members`).Scan(&members)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = a.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM platform.memberships WHERE agency_id = $1`, one.ID).Scan(&indexed)
		if err != nil || members != 3 || indexed != members {
			t.Errorf("%s: %d members, %d of them in the platform's index, %v", one.Slug, members, indexed, err)
		}
		v, err := a.Services.Audit.Verify(ctx)
		if err != nil || !v.Intact || v.Entries < 20 {
			t.Errorf("%s: audit log %+v, %v", one.Slug, v, err)
		}
		err = a.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			rows, err := tx.PGX().Query(ctx, `SELECT e.id::text FROM time_entries e JOIN projects p ON p.id = e.project_id JOIN clients c ON c.id = p.client_id`)
			if err != nil {
				return err
			}
			defer rows.Close()
			n := 0
			for rows.Next() {
				var key string
				if err := rows.Scan(&key); err != nil {
					return err
				}
				if had := keys[key]; had != "" {
					t.Fatalf("%s and %s share the key %s", had, one.Slug, key)
				}
				keys[key] = one.Slug
				n++
			}
			if n < 10 {
				t.Errorf("%s has %d entries", one.Slug, n)
			}
			return rows.Err()
		})
		if err != nil {
			t.Error(err)
		}
	}
	traffic := &fleet.Traffic{App: a, Agencies: all, Concurrency: 4, Skew: 1.1, For: time.Minute, Requests: 120}
	tally, err := traffic.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := tally.Lines()
	if last := lines[len(lines)-1]; last.Failed != 0 || last.Requests != 120 || len(lines) < 6 {
		t.Fatalf("%+v, first failure %v", lines, tally.Error())
	}
	sitsOnce(t, a, all)
	// What they were made from is gone.
	var left int
	err = a.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM platform.agencies WHERE slug LIKE 'seed-template-%'`).Scan(&left)
	if err != nil || left != 0 {
		t.Fatalf("%d templates are left, %v", left, err)
	}
}

// sitsOnce looks that whoever sat down works on, and makes no second token for it.
func sitsOnce(t *testing.T, a *app.App, all []tenancy.Agency) {
	t.Helper()
	at, stop, err := fleet.Serve(a)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	tokens := func() (sum int) {
		for _, one := range all {
			ctx := access.With(tenancy.With(t.Context(), one), access.Actor{Kind: access.System, Name: "Test"})
			err := a.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
				var n int
				defer func() { sum += n }()
				return tx.PGX().QueryRow(ctx, `SELECT count(*) FROM api_tokens`).Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return sum
	}
	before := tokens()
	work := &fleet.Traffic{App: a, At: at, Agencies: all, Concurrency: 4, Skew: 1.1, For: time.Minute, Requests: 40, Seats: &fleet.Seats{}}
	if err := work.SitDown(t.Context()); err != nil || work.Called() != len(all) {
		t.Fatalf("%d of %d sat down: %v", work.Called(), len(all), err)
	}
	if _, err := work.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := tokens() - before; got != len(all) {
		t.Errorf("%d tokens were made for %d who sat down", got, len(all))
	}
	work.Seats = nil
	if err := work.SitDown(t.Context()); err == nil {
		t.Error("they sat down where nobody finds them")
	}
}

// holdsItsKeys lays every foreign key of an agency once more, which looks at all rows: they are copied without that.
func holdsItsKeys(t *testing.T, one tenancy.Agency) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), testkit.Config(t).OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	rows, err := tx.Query(t.Context(), `SELECT format('ALTER TABLE %s ADD CONSTRAINT proof_%s %s', conrelid::regclass, oid, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE contype = 'f' AND connamespace = (SELECT schema_name FROM platform.agencies WHERE id = $1)::regnamespace`, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(again) < 50 {
		t.Fatalf("%s has %d foreign keys, %v", one.Slug, len(again), err)
	}
	if _, err := tx.Exec(t.Context(), strings.Join(again, ";")); err != nil {
		t.Errorf("%s: %v", one.Slug, err)
	}
}

func TestTallyCountsWhatItIsTold(t *testing.T) {
	t.Parallel()
	tally := fleet.NewTally()
	for n := range 100 {
		tally.Note("GET", time.Duration(n+1)*time.Millisecond, nil)
	}
	tally.Note("GET", time.Second, context.DeadlineExceeded)
	tally.Took = 10 * time.Second
	got := tally.Lines()[0]
	if got.Requests != 100 || got.Failed != 1 || got.P50 != 51*time.Millisecond || got.P95 != 96*time.Millisecond || got.P99 != 100*time.Millisecond {
		t.Fatalf("%+v", got)
	}
	var b strings.Builder
	tally.Print(&b)
	if !strings.Contains(b.String(), "10.0") || !strings.Contains(b.String(), "deadline") {
		t.Fatal(b.String())
	}
}
