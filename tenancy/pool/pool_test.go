package pool_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy/pool"
)

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	var trips *atomic.Int64
	p, db := w.open(t, func(c *pool.Config) { trips = tap(c, nil) })
	const five = 5
	read := func(who pool.Tenant) int64 {
		ctx, conn, _ := session(t, db, who)
		before := trips.Load()
		for range five {
			var n int
			if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM events`).Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		_ = conn.Close()
		return trips.Load() - before
	}
	read(w.tenants[0]) // prepares
	if n := read(w.tenants[0]); n != five {
		t.Errorf("a hit of %d statements took %d round trips", five, n)
	}
	before := trips.Load()
	read(w.tenants[1])
	if n := trips.Load() - before; n != five+1 {
		t.Errorf("a miss of %d statements took %d round trips, want one more", five, n)
	}
	write := func(statements int, end func(context.Context, *pool.Session)) int64 {
		ctx, conn, s := session(t, db, w.tenants[1])
		before := trips.Load()
		s.Begin(ctx)
		for range statements {
			if _, err := s.PGX().Exec(ctx, `UPDATE audit_heads SET seq = seq WHERE one`); err != nil {
				t.Fatal(err)
			}
		}
		end(ctx, s)
		_ = conn.Close()
		return trips.Load() - before
	}
	commit := func(ctx context.Context, s *pool.Session) {
		if err := s.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	write(1, commit)
	if n := write(3, commit); n != 4 {
		t.Errorf("three changes and a commit took %d round trips, want 4", n)
	}
	if n := write(0, commit); n != 0 {
		t.Errorf("an empty change took %d round trips", n)
	}
	asLogin := func(ctx context.Context, s *pool.Session) {
		for range 2 {
			err := s.AsLogin(ctx, func(ctx context.Context) error {
				var user string
				err := s.PGX().QueryRow(ctx, `SELECT current_user`).Scan(&user)
				if user != w.login {
					t.Errorf("inside AsLogin the role is %s", user)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var user string
		if err := s.PGX().QueryRow(ctx, `SELECT current_user`).Scan(&user); err != nil || user != w.tenants[1].Role {
			t.Errorf("after AsLogin the role is %s (%v)", user, err)
		}
		commit(ctx, s)
	}
	write(1, asLogin)
	if n := write(1, asLogin); n != 5 {
		t.Errorf("a change, three questions and a commit took %d round trips, want 5", n)
	}
	if s := p.Stats(); s.Opened != 1 || s.Hits == 0 || s.Cold != 1 || s.Open != 1 || s.Idle != 1 {
		t.Errorf("the counters say %+v", s)
	}
}

// What is put ahead and fails must keep what follows from running.
func TestFailureAheadRunsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	_, db := w.open(t, nil)
	ctx, _, s := session(t, db, w.tenants[0])
	if _, err := s.PGX().Exec(ctx, `SELECT 1`); err != nil { // now it is prepared
		t.Fatal(err)
	}
	for _, ahead := range []string{"BEGIN NONSENSE", "SET LOCAL ROLE nobody_of_this_name"} {
		pool.PutAhead(s, ahead)
		if _, err := s.PGX().Exec(ctx, `SELECT 1`); err == nil {
			t.Errorf("a statement ran behind %s", ahead)
		}
		var one int
		if err := s.PGX().QueryRow(ctx, `SELECT 1`).Scan(&one); err != nil || one != 1 {
			t.Errorf("after it: %d, %v", one, err)
		}
	}
}

func TestOutsideOfATransactionNothingChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	_, db := w.open(t, nil)
	ctx, conn, s := session(t, db, w.tenants[0])
	_, err := conn.ExecContext(ctx, `UPDATE audit_heads SET seq = 99 WHERE one`)
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Fatalf("got %v, want a refusal", err)
	}
	s.Begin(ctx)
	if _, err := conn.ExecContext(ctx, `UPDATE audit_heads SET seq = 99 WHERE one`); err != nil {
		t.Fatal(err)
	}
	s.Rollback(ctx)
	var seq int
	if err := conn.QueryRowContext(ctx, `SELECT seq FROM audit_heads`).Scan(&seq); err != nil || seq == 99 {
		t.Fatalf("after the rollback: %d, %v", seq, err)
	}
}

func TestNoTenantNoSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	_, db := w.open(t, nil)
	if _, err := db.Conn(t.Context()); !errors.Is(err, errNobody) {
		t.Errorf("without a tenant: %v", err)
	}
	for name, bad := range map[string]pool.Tenant{
		"empty":              {},
		"missing role":       {Schema: w.tenants[0].Schema, Role: "nobody_t99999"},
		"a way out":          {Schema: w.tenants[0].Schema, Role: "x; RESET ROLE"},
		"a role not allowed": {Schema: w.tenants[0].Schema, Role: "postgres"},
		"capitals":           {Schema: "T00001", Role: w.tenants[0].Role},
	} {
		if conn, err := db.Conn(as(t.Context(), bad)); err == nil {
			_ = conn.Close()
			t.Errorf("%s: a session was given", name)
		}
	}
	ctx, conn, _ := session(t, db, pool.Tenant{Schema: "t99999", Role: w.tenants[0].Role})
	var n int
	if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM events`).Scan(&n); err == nil {
		t.Error("a schema that is not there was read")
	}
	_ = conn.Close()
	ctx, conn, _ = session(t, db, w.tenants[0])
	if user, path := whoAmI(t, ctx, conn); user != w.tenants[0].Role || path != w.tenants[0].Schema {
		t.Errorf("after the failures: %s in %s", user, path)
	}
}

// The context of a statement names the tenant again; the session must be that tenant's.
func TestStatementOfAnotherTenantIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	p, db := w.open(t, nil)
	mine, other := w.tenants[0], as(t.Context(), w.tenants[1])
	const q = `SELECT count(*) FROM events`
	for name, try := range map[string]func(context.Context, *sql.Conn, *pool.Session) error{
		"query": func(ctx context.Context, c *sql.Conn, _ *pool.Session) error {
			r, err := c.QueryContext(ctx, q)
			closeRows(r)
			return err
		},
		"exec": func(ctx context.Context, c *sql.Conn, _ *pool.Session) error {
			_, err := c.ExecContext(ctx, q)
			return err
		},
		"prepare": func(ctx context.Context, c *sql.Conn, _ *pool.Session) error {
			st, err := c.PrepareContext(ctx, q)
			if err == nil {
				defer func() { _ = st.Close() }()
			}
			return err
		},
		"pgx exec": func(ctx context.Context, _ *sql.Conn, s *pool.Session) error {
			_, err := s.PGX().Exec(ctx, q)
			return err
		},
		"pgx query": func(ctx context.Context, _ *sql.Conn, s *pool.Session) error {
			r, err := s.PGX().Query(ctx, q)
			r.Close()
			return err
		},
		"pgx row": func(ctx context.Context, _ *sql.Conn, s *pool.Session) error {
			var n int
			return s.PGX().QueryRow(ctx, q).Scan(&n)
		},
		"pgx batch": func(ctx context.Context, _ *sql.Conn, s *pool.Session) error {
			b := &pgx.Batch{}
			b.Queue(q)
			return s.PGX().SendBatch(ctx, b).Close()
		},
		"pgx copy": func(ctx context.Context, _ *sql.Conn, s *pool.Session) error {
			_, err := s.PGX().CopyFrom(ctx, pgx.Identifier{"events"}, []string{"id"}, pgx.CopyFromRows(nil))
			return err
		},
	} {
		for _, ctx := range []context.Context{other, t.Context()} {
			_, conn, s := session(t, db, mine)
			if err := try(ctx, conn, s); !errors.Is(err, pool.ErrTenant) {
				t.Errorf("%s: got %v, want ErrTenant", name, err)
			}
			_ = conn.Close()
		}
	}
	if err := preparedHere(t, other, db, mine, q); !errors.Is(err, pool.ErrTenant) {
		t.Errorf("prepared: got %v, want ErrTenant", err)
	}
	if s := p.Stats(); s.Tainted != 17 {
		t.Errorf("%d sessions were closed for it, want 17", s.Tainted)
	}
}

// preparedHere prepares with the right context and runs with another.
func preparedHere(t *testing.T, other context.Context, db *sql.DB, mine pool.Tenant, q string) error {
	t.Helper()
	ctx, conn, _ := session(t, db, mine)
	defer func() { _ = conn.Close() }()
	stmt, err := conn.PrepareContext(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stmt.Close() }()
	_, err = stmt.ExecContext(other)
	return err
}

func closeRows(r *sql.Rows) {
	if r != nil {
		_ = r.Close()
	}
}

func TestKilledDuringTheSwitch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	var kill atomic.Bool
	var pid atomic.Uint32
	p, db := w.open(t, func(c *pool.Config) {
		tap(c, func(_ *wiretap, packet []byte) {
			if bytes.Contains(packet, []byte("SET ROLE "+w.tenants[1].Role)) && kill.Load() {
				terminate(t, w, pid.Load())
			}
		})
	})
	_, conn, s := session(t, db, w.tenants[0])
	pid.Store(pool.PID(s))
	_ = conn.Close()
	kill.Store(true)
	if _, err := db.Conn(as(t.Context(), w.tenants[1])); err == nil {
		t.Fatal("a killed connection was handed out")
	}
	kill.Store(false)
	for _, who := range w.tenants {
		ctx, conn, _ := session(t, db, who)
		if user, path := whoAmI(t, ctx, conn); user != who.Role || path != who.Schema {
			t.Errorf("after it: %s in %s, want %s", user, path, who.Schema)
		}
		_ = conn.Close()
	}
	if s := p.Stats(); s.Broken != 1 || s.Open != 1 {
		t.Errorf("the counters say %+v", s)
	}
}

func terminate(t *testing.T, w *world, pid uint32) {
	t.Helper()
	if _, err := w.owner.Exec(t.Context(), `SELECT pg_terminate_backend($1, 5000)`, pid); err != nil {
		t.Error(err)
	}
}

// A connection that died while it was idle costs its next user nothing but the time to open another.
func TestDeadWhileIdle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	p, db := w.open(t, nil)
	for range 3 {
		ctx, conn, s := session(t, db, w.tenants[0])
		whoAmI(t, ctx, conn)
		pid := pool.PID(s)
		_ = conn.Close()
		terminate(t, w, pid)
	}
	if s := p.Stats(); s.Opened != 3 || s.Broken != 2 {
		t.Errorf("the counters say %+v", s)
	}
}

// Under load pgx reads in the background when a write takes long, and its read may outlive the answer.
func TestSlowWriteBlocksNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	var slow atomic.Bool
	_, db := w.open(t, func(c *pool.Config) {
		tap(c, func(w *wiretap, _ []byte) {
			if !slow.Load() {
				return
			}
			select {
			case <-w.reading: // of before
			default:
			}
			if w.inRead.Load() == 0 { // else one is left over from before
				<-w.reading // pgx loses its patience and reads beside the write
			}
		})
	})
	for range 4 {
		ctx, conn, s := session(t, db, w.tenants[0])
		slow.Store(true)
		whoAmI(t, ctx, conn)
		slow.Store(false)
		s.Begin(ctx) // whose answer the read that is left over gets to see
		whoAmI(t, ctx, conn)
		s.Rollback(ctx)
		_ = conn.Close()
	}
}

func TestWaitHasALimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	p, db := w.open(t, func(c *pool.Config) { c.Wait = 10 * time.Millisecond })
	_, conn, _ := session(t, db, w.tenants[0])
	if _, err := db.Conn(as(t.Context(), w.tenants[0])); !errors.Is(err, pool.ErrBusy) {
		t.Fatalf("got %v, want ErrBusy", err)
	}
	_ = conn.Close()
	_, conn, _ = session(t, db, w.tenants[0])
	_ = conn.Close()
	if s := p.Stats(); s.Waits != 1 || s.TimedOut != 1 || s.Waited < 10*time.Millisecond || s.Queue != 0 {
		t.Errorf("the counters say %+v", s)
	}
}

func TestBudgetAndLifeEndASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	p, db := w.open(t, func(c *pool.Config) { c.Budget = 2 })
	for _, i := range []int{0, 1, 2, 1, 0, 2} { // two at a time are met
		_, conn, _ := session(t, db, w.tenants[i])
		_ = conn.Close()
	}
	if s := p.Stats(); s.Recycled != 3 || s.Opened != 3 || s.MostTenants > 2 {
		t.Errorf("the counters say %+v", s)
	}
	p, db = w.open(t, func(c *pool.Config) { c.Life = time.Nanosecond })
	for range 2 {
		_, conn, _ := session(t, db, w.tenants[0])
		_ = conn.Close()
	}
	if s := p.Stats(); s.Aged != 2 || s.Opened != 2 {
		t.Errorf("the counters say %+v", s)
	}
}
