package custody_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// moving is a platform with two placements and an agency on the first.
type moving struct {
	*testkit.Platform
	*custody.Service
	agency tenancy.Agency
}

func newMoving(t testing.TB, cluster string) moving {
	t.Helper()
	m := moving{Platform: testkit.Placed(t, cluster, nil)}
	m.Service = moverOf(m.Platform)
	var err error
	m.agency, err = m.Provisioner.Claim(t.Context(), newSlug(), "On the way")
	must(t, err)
	m.fill(t, 200)
	return m
}

func moverOf(p *testkit.Platform) *custody.Service {
	return custody.New(custody.Deps{Owner: p.Owner, Control: p.Control, Program: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now})
}

func (m moving) fill(t testing.TB, n int) {
	t.Helper()
	must(t, m.DB.Run(tenancy.With(t.Context(), m.agency), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO clients (id, name, code, currency, notes, created_at, updated_at)
			SELECT gen_random_uuid(), 'Client ' || n, 'C' || n, 'EUR', repeat('ä', n % 50), now(), now() FROM generate_series(1, $1) n`, n)
		if err != nil {
			return err
		}
		_, err = tx.PGX().Exec(ctx, `INSERT INTO idempotency_keys (actor, operation, key, digest, created_at) VALUES ('a', 'b', 'c', 'd', now())`)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "test.done", Entity: "test", EntityID: id.New()})
	}))
}

// now is the agency as a program finds it that has heard of everything.
func (m moving) now(t testing.TB) tenancy.Agency {
	t.Helper()
	a, _, err := m.Registry.Whereabouts(t.Context(), m.agency.ID)
	must(t, err)
	return a
}

// tables holds all rows of a copy, read as its owner.
func (m moving) tables(t testing.TB, c tenancy.Copy) map[string]string {
	t.Helper()
	out := map[string]string{}
	must(t, m.Owner.Owner(t.Context(), c.Placement, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'`, c.Schema)
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, n := range names {
			var text string
			q := fmt.Sprintf(`SELECT coalesce(string_agg(x::text, E'\n' ORDER BY x::text COLLATE "C"), '') FROM %s.%s AS x`, c.Schema, n)
			if err := tx.QueryRow(ctx, q).Scan(&text); err != nil {
				return err
			}
			out[n] = text
		}
		return nil
	}))
	return out
}

func TestMoveTakesEverythingAlong(t *testing.T) {
	t.Parallel()
	m := newMoving(t, "")
	before := tenancy.CopyOf(m.agency)
	was := m.tables(t, before)
	got, err := m.Move(t.Context(), m.agency, testkit.Second, nil)
	must(t, err)
	now := m.now(t)
	if got.State != "moved" || now.Placement != testkit.Second || got.Rows == 0 {
		t.Fatalf("moved %+v to %s", got, now.Placement)
	}
	is := m.tables(t, tenancy.CopyOf(now))
	for name, rows := range was {
		if name == "audit_events" || name == "audit_heads" {
			continue // the move is written there
		}
		if is[name] != rows {
			t.Errorf("table %s differs after the move", name)
		}
	}
	if len(is) != len(was) {
		t.Errorf("%d tables after the move, %d before", len(is), len(was))
	}
	// Here the agency works on, and what it does is one chain with what it did.
	must(t, m.DB.Run(tenancy.With(t.Context(), now), func(ctx context.Context, tx *tenancy.Tx) error {
		return audit.Record(ctx, tx, audit.Change{Action: "test.done", Entity: "test", EntityID: id.New()})
	}))
	must(t, m.Owner.Owner(t.Context(), now.Placement, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL search_path TO `+tenancy.CopyOf(now).Schema); err != nil {
			return err
		}
		v, err := audit.Check(ctx, tx)
		if err == nil && !v.Intact {
			err = fmt.Errorf("the chain breaks at %d", v.FirstBad)
		}
		return err
	}))
	// Both sides hold it.
	for place, q := range map[string]string{now.Placement: `SELECT count(*) FROM ` + tenancy.CopyOf(now).Schema + `.audit_events WHERE action = 'agency.moved'`, tenancy.Main: `SELECT count(*) FROM platform.audit_events WHERE action = 'agency.moved'`} {
		must(t, m.Owner.Owner(t.Context(), place, func(ctx context.Context, tx pgx.Tx) error {
			var n int
			if err := tx.QueryRow(ctx, q).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d entries of the move at %s: %v", n, place, err)
			}
			return nil
		}))
	}
	if _, err := m.Move(t.Context(), now, tenancy.Main, nil); !errors.Is(err, custody.ErrOldCopy) {
		t.Errorf("moved on while the old copy is there: %v", err)
	}
	if _, err := m.DropMoved(t.Context(), now.ID); err != nil {
		t.Fatal(err)
	}
	if left := m.tables(t, before); len(left) != 0 {
		t.Errorf("%d tables are left of the old copy", len(left))
	}
	if _, err := m.Move(t.Context(), now, tenancy.Main, nil); err != nil {
		t.Errorf("it cannot go home: %v", err)
	}
	if home := m.now(t); home.Placement != tenancy.Main {
		t.Errorf("it is at %s", home.Placement)
	}
}

// ledger is what was acknowledged.
type ledger struct {
	sync.Mutex
	rows map[string]bool
}

// TestMoveLosesNoAcknowledgedWrite lets many write, through two programs of which one hears of nothing, while the
// agency goes to and fro.
func TestMoveLosesNoAcknowledgedWrite(t *testing.T) {
	t.Parallel()
	m := newMoving(t, "")
	deaf := m.Another(t, nil)
	deaf.DB.Follow(deaf.Registry)
	told := ledger{rows: map[string]bool{}}
	var writes, again atomic.Int64
	ctx, end := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range 8 {
		p := m.Platform
		if i%2 == 1 {
			p = deaf
		}
		all.Go(func() {
			for ctx.Err() == nil {
				key := id.New()
				a, err := p.Registry.ByID(t.Context(), m.agency.ID)
				if err != nil {
					t.Error(err)
					return
				}
				err = p.DB.Run(tenancy.With(t.Context(), a), func(ctx context.Context, tx *tenancy.Tx) error {
					if _, err := tx.PGX().Exec(ctx, `INSERT INTO clients (id, name, code, currency, created_at, updated_at) VALUES ($1, $2, $2, 'EUR', now(), now())`, key, key); err != nil {
						return err
					}
					if _, err := tx.PGX().Exec(ctx, `DELETE FROM clients WHERE id = (SELECT id FROM clients WHERE code LIKE 'C%' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)`); err != nil {
						return err
					}
					_, err := tx.PGX().Exec(ctx, `UPDATE clients SET notes = notes || 'x' WHERE id = $1`, key)
					return err
				})
				switch {
				case errors.Is(err, tenancy.ErrMoved):
					again.Add(1)
				case err != nil:
					t.Errorf("a write failed: %v", err)
					return
				default:
					writes.Add(1)
					told.Lock()
					told.rows[key] = true
					told.Unlock()
				}
			}
		})
	}
	var stops []int
	for _, to := range []string{testkit.Second, tenancy.Main, testkit.Second} {
		old := tenancy.CopyOf(m.now(t))
		got, err := m.Move(t.Context(), m.now(t), to, nil)
		must(t, err)
		stops = append(stops, got.StopMS)
		frozen := m.tables(t, old)
		n := writes.Load()
		for tick := time.NewTicker(5 * time.Millisecond); writes.Load() < n+50; <-tick.C {
			if t.Failed() {
				break
			}
		}
		for name, rows := range m.tables(t, old) {
			if frozen[name] != rows {
				t.Errorf("table %s of the old copy was written after the swap", name)
			}
		}
		_, err = m.DropMoved(t.Context(), m.agency.ID)
		must(t, err)
	}
	end()
	all.Wait()
	found := map[string]int{}
	must(t, m.DB.Read(tenancy.With(t.Context(), m.now(t)), func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := tx.PGX().Query(ctx, `SELECT code FROM clients WHERE code NOT LIKE 'C%' AND notes = 'x'`)
		if err != nil {
			return err
		}
		codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, c := range codes {
			found[c]++
		}
		return err
	}))
	for key := range told.rows {
		if found[key] != 1 {
			t.Errorf("acknowledged write %s is there %d times", key, found[key])
		}
	}
	if len(found) != len(told.rows) {
		t.Errorf("%d rows are there, %d were acknowledged", len(found), len(told.rows))
	}
	t.Logf("%d writes, %d met a move and would be made again; nobody could write for %v ms", writes.Load(), again.Load(), stops)
}
