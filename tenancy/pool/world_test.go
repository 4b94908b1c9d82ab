package pool_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy/pool"
)

var errNobody = errors.New("no tenant in this context")

type tenantKey struct{}

func as(ctx context.Context, t pool.Tenant) context.Context {
	return context.WithValue(ctx, tenantKey{}, t)
}

// world is a few agencies of one shard, as a pool sees them, and the owner of the database.
type world struct {
	login   string
	url     string
	tenants []pool.Tenant
	owner   *pgx.Conn
}

func newWorld(t *testing.T, n int) *world {
	t.Helper()
	p := testkit.NewPlatform(t)
	owner, err := pgx.Connect(t.Context(), p.Config.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(context.WithoutCancel(t.Context())) })
	w := &world{login: p.Config.Prefix + "_app_0", url: p.Config.OwnerURL, owner: owner}
	for len(w.tenants) < n {
		a := testkit.NewAgency(t)
		var one pool.Tenant
		var shard int
		err := owner.QueryRow(t.Context(), `SELECT schema_name, role_name, shard FROM platform.agencies WHERE id = $1`, a.Tenancy.ID).Scan(&one.Schema, &one.Role, &shard)
		if err != nil {
			t.Fatal(err)
		}
		if shard == 0 {
			w.tenants = append(w.tenants, one)
		}
	}
	return w
}

// open makes a pool; change may alter its configuration.
func (w *world) open(t *testing.T, change func(*pool.Config)) (*pool.Pool, *sql.DB) {
	t.Helper()
	cc, err := pgx.ParseConfig(w.url)
	if err != nil {
		t.Fatal(err)
	}
	cc.User, cc.RuntimeParams["search_path"] = w.login, ""
	cfg := pool.Config{Conn: cc, Max: 1, Budget: 100, Life: time.Hour, Wait: 10 * time.Second, Tenant: func(ctx context.Context) (pool.Tenant, error) {
		if t, ok := ctx.Value(tenantKey{}).(pool.Tenant); ok {
			return t, nil
		}
		return pool.Tenant{}, errNobody
	}}
	if change != nil {
		change(&cfg)
	}
	p := pool.New(cfg)
	db := p.DB()
	t.Cleanup(func() { _ = db.Close() })
	return p, db
}

// session checks one out; the test's end gives it back.
func session(t *testing.T, db *sql.DB, tenant pool.Tenant) (context.Context, *sql.Conn, *pool.Session) {
	t.Helper()
	ctx := as(t.Context(), tenant)
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s, err := pool.Of(conn)
	if err != nil {
		t.Fatal(err)
	}
	return ctx, conn, s
}

// wiretap counts round trips: something is written, then something is read. It may act before a packet leaves.
type wiretap struct {
	net.Conn
	trips   *atomic.Int64
	before  func(w *wiretap, packet []byte)
	wrote   atomic.Bool
	inRead  atomic.Int32
	reading chan struct{} // told when a read begins
}

func (w *wiretap) Write(b []byte) (int, error) {
	if w.before != nil {
		w.before(w, b)
	}
	w.wrote.Store(true)
	return w.Conn.Write(b)
}

func (w *wiretap) Read(b []byte) (int, error) {
	if w.wrote.Swap(false) {
		w.trips.Add(1)
	}
	w.inRead.Add(1)
	defer w.inRead.Add(-1)
	select {
	case w.reading <- struct{}{}:
	default:
	}
	return w.Conn.Read(b)
}

func (w *wiretap) SyscallConn() (syscall.RawConn, error) { return w.Conn.(syscall.Conn).SyscallConn() }

func tap(cfg *pool.Config, before func(*wiretap, []byte)) *atomic.Int64 {
	trips := new(atomic.Int64)
	cfg.Conn.AfterNetConnect = func(_ context.Context, _ *pgconn.Config, conn net.Conn) (net.Conn, error) {
		return &wiretap{Conn: conn, trips: trips, before: before, reading: make(chan struct{}, 1)}, nil
	}
	return trips
}

func whoAmI(t *testing.T, ctx context.Context, conn *sql.Conn) (user, path string) {
	t.Helper()
	if err := conn.QueryRowContext(ctx, `SELECT current_user, current_setting('search_path')`).Scan(&user, &path); err != nil {
		t.Fatal(err)
	}
	return user, path
}
