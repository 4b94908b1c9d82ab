package pool_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/bureauhq/bureau/tenancy/pool"
)

// lose kills the server behind conn and lets database/sql notice, which then gives the session back by itself.
func lose(t *testing.T, ctx context.Context, w *world, conn *sql.Conn, s *pool.Session) {
	t.Helper()
	if _, err := w.owner.Exec(t.Context(), `SELECT pg_terminate_backend($1, 5000)`, pool.PID(s)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var one int
		if err := conn.QueryRowContext(ctx, `SELECT 1`).Scan(&one); errors.Is(err, sql.ErrConnDone) {
			return
		}
	}
	t.Fatal("database/sql still holds the connection")
}

// A session that was lost is somebody else's place by now: what its old holder still does must not reach it.
func TestALostSessionTouchesNobodyElses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	_, db := w.open(t, nil) // one place only
	for what, act := range map[string]func(context.Context, *pool.Session) error{
		"Rollback": func(ctx context.Context, s *pool.Session) error { s.Rollback(ctx); return driver.ErrBadConn },
		"Begin":    func(ctx context.Context, s *pool.Session) error { s.Begin(ctx); return driver.ErrBadConn },
		"Commit":   func(ctx context.Context, s *pool.Session) error { return s.Commit(ctx) },
		"AsLogin": func(ctx context.Context, s *pool.Session) error {
			return s.AsLogin(ctx, func(context.Context) error { return nil })
		},
	} {
		ctx, conn, lost := session(t, db, w.tenants[0])
		lost.Begin(ctx)
		lose(t, ctx, w, conn, lost)
		others, next, s := session(t, db, w.tenants[1])
		s.Begin(others)
		var before, after int64
		if err := s.PGX().QueryRow(others, `UPDATE audit_heads SET seq = seq WHERE one RETURNING txid_current()`).Scan(&before); err != nil {
			t.Fatal(err)
		}
		if err := act(ctx, lost); !errors.Is(err, driver.ErrBadConn) {
			t.Errorf("%s of a lost session says %v", what, err)
		}
		if err := s.PGX().QueryRow(others, `SELECT txid_current()`).Scan(&after); err != nil || before != after {
			t.Errorf("%s of a lost session reached another's: %v", what, err)
		}
		if err := s.Commit(others); err != nil {
			t.Error(err)
		}
		_ = next.Close()
	}
}
