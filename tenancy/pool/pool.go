// Package pool hands out Postgres sessions by warm affinity.
//
// A session that was the tenant's last is used as it is: no SET, no round trip.
// Else one is preferred that has served the tenant before, because its backend
// still knows the tenant's tables; what costs is a backend meeting a tenant for
// the first time, and remembering it for the rest of its life.
//
// Pool is a driver.Connector: each checkout of a sql.DB is one Connect with the
// caller's own context, each release one Close. Limit, queue and idle sessions
// are here, so the sql.DB over it has no limit and keeps nothing idle.
package pool

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tenant is a schema and the role that may enter it.
type Tenant struct{ Schema, Role string }

// Config says how a pool reaches its database.
type Config struct {
	Conn *pgx.ConnConfig
	// Tenant finds the tenant of a context. Its error refuses the checkout: there is no default tenant.
	Tenant func(context.Context) (Tenant, error)
	// Max is the most sessions that are open at once, beside those of the reserve.
	Max int
	// Reserve is what the pool has in common with others; it is asked when all
	// sessions are in use. Nil for none.
	Reserve *Reserve
	// Gate bounds the checkouts of this pool and of others together. Nil for no bound.
	Gate *Gate
	// Budget is how many tenants a session may meet before it is closed: its
	// backend never forgets the tables it has seen.
	Budget int
	// Life is how long a session lives, give or take a tenth.
	Life time.Duration
	// Wait is how long a checkout may wait, before the gate and for a session. ErrBusy.
	Wait time.Duration
}

// Pool is one shard's sessions, all of one login.
type Pool struct {
	cfg  Config
	base driver.Connector
	pass pass
	desk *desk
	done chan struct{}
	busy sync.WaitGroup // what runs beside the callers
	counts
}

// New returns a pool. No session is opened before the first use.
func New(cfg Config) *Pool {
	cc := cfg.Conn.Copy()
	// What is not in a transaction that says otherwise changes nothing.
	cc.RuntimeParams["default_transaction_read_only"] = "on"
	cc.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement // never the simple protocol, whatever the URL says
	throughWire(&cc.Config)
	p := &Pool{cfg: cfg, base: stdlib.GetConnector(*cc), pass: pass{gate: cfg.Gate}, desk: newDesk(cfg.Max, cfg.Reserve), done: make(chan struct{})}
	p.busy.Go(p.sweep)
	return p
}

// DB returns a database handle over p.
func (p *Pool) DB() *sql.DB {
	db := sql.OpenDB(p)
	db.SetMaxIdleConns(-1)
	return db
}

// Driver is pgx's.
func (p *Pool) Driver() driver.Driver { return p.base.Driver() }

// Close ends all sessions: idle ones now, those in use when they come back.
func (p *Pool) Close() error {
	p.desk.close()
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	for _, s := range p.desk.retire(func(*seat) bool { return true }) {
		p.end(s, &p.ended)
	}
	p.busy.Wait()
	return nil
}

// Connect checks out a session of the tenant of ctx.
func (p *Pool) Connect(ctx context.Context) (driver.Conn, error) {
	t, err := p.cfg.Tenant(ctx)
	if err != nil {
		return nil, err
	}
	if !plain(t.Schema) || !plain(t.Role) {
		return nil, fmt.Errorf("pool: malformed tenant %q", t)
	}
	s, err := p.wait(ctx, t)
	if err != nil {
		return nil, err
	}
	l, err := p.ready(ctx, s, t)
	if err != nil {
		p.pass.leave()
		return nil, err
	}
	return l, nil
}

// wait passes the gate and takes a seat.
func (p *Pool) wait(ctx context.Context, t Tenant) (*seat, error) {
	until := now().Add(p.cfg.Wait)
	if err := p.pass.enter(ctx, until); err != nil {
		return nil, err
	}
	s, err := p.desk.take(ctx, t, until)
	if err != nil {
		p.pass.leave()
	}
	return s, err
}

// ready makes the seat a session of t's.
func (p *Pool) ready(ctx context.Context, s *seat, t Tenant) (*lease, error) {
	if s.open && !alive(ctx, s) {
		p.hangUp(s.conn, &p.broken)
		p.desk.renew(s, t)
	}
	switch {
	case !s.open:
		if err := p.dial(ctx, s); err != nil {
			p.desk.drop(s)
			return nil, err
		}
	case theirs(s, t):
		p.hits.Add(1)
		return &lease{pool: p, seat: s, tenant: t}, nil
	case s.new:
		p.cold.Add(1)
	default:
		p.warm.Add(1)
	}
	if err := enter(ctx, s, t); err != nil {
		p.end(s, &p.broken)
		return nil, err
	}
	return &lease{pool: p, seat: s, tenant: t}, nil
}

// plain tells whether name can stand in a statement as it is.
func plain(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" && (name[0] < '0' || name[0] > '9')
}

func (p *Pool) dial(ctx context.Context, s *seat) error {
	c, err := p.base.Connect(ctx)
	if err != nil {
		return fmt.Errorf("pool: open a session: %w", err)
	}
	conn, ok := c.(*stdlib.Conn)
	if !ok {
		_ = c.Close()
		return fmt.Errorf("pool: unexpected driver connection %T", c)
	}
	p.opened.Add(1)
	tenth := p.cfg.Life / 10
	s.open, s.conn = true, conn
	s.dies = now().Add(p.cfg.Life - tenth + rand.N(2*tenth+1)) //nolint:gosec // spreads the ends, keeps no secret
	return nil
}

// theirs tells whether s is a session of t as it stands.
func theirs(s *seat, t Tenant) bool { return s.tenant == t }

// switchTo makes a session t's. SET takes no parameters; plain has looked at the names.
func switchTo(t Tenant) string { return "SET ROLE " + t.Role + "; SET search_path = " + t.Schema }

// enter makes s a session of t, in one round trip. The old tenant is forgotten
// first: a failure can never leave a session that is believed to be somebody's.
func enter(ctx context.Context, s *seat, t Tenant) error {
	s.tenant = Tenant{}
	if err := s.pg().Exec(ctx, switchTo(t)).Close(); err != nil {
		return fmt.Errorf("pool: enter %s: %w", t.Schema, err)
	}
	s.tenant = t
	return nil
}

// alive tells whether the server is still at the other end. It costs no round
// trip, unless the server has said something meanwhile.
func alive(ctx context.Context, s *seat) bool {
	news, gone := peek(s.wire().socket)
	if gone || !news {
		return !gone
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return s.pg().Ping(ctx) == nil
}

// back takes a session from its user. Only one that is beyond doubt serves others.
func (p *Pool) back(s *seat) {
	s.wire().takeAllBack()
	switch pc := s.pg(); {
	case s.tainted:
		p.end(s, &p.tainted)
	case pc.IsClosed() || pc.IsBusy() || pc.TxStatus() != 'I' || s.tenant == (Tenant{}) || !s.wire().settled():
		p.end(s, &p.broken)
	case len(s.met) >= p.cfg.Budget:
		p.end(s, &p.recycled)
	case now().After(s.dies):
		p.end(s, &p.aged)
	case !p.desk.give(s):
		p.end(s, &p.ended)
	}
}

// end closes the session of s and then gives its place away.
func (p *Pool) end(s *seat, why *counter) {
	conn := s.conn
	why.Add(1)
	p.busy.Go(func() {
		hangUp(conn)
		p.desk.drop(s)
	})
}

func (p *Pool) hangUp(conn *stdlib.Conn, why *counter) {
	why.Add(1)
	p.busy.Go(func() { hangUp(conn) })
}

// hangUp waits until the socket is closed, so that no more sessions are open
// than there are places; but not for ever.
func hangUp(conn *stdlib.Conn) {
	_ = conn.Close()
	select {
	case <-conn.Conn().PgConn().CleanupDone():
	case <-time.After(15 * time.Second):
	}
}

// lent is how long a session of the reserve is kept without need: what comes in bursts finds it open.
const lent = time.Minute

// sweep ends idle sessions that are too old, and gives back what is not needed of the reserve.
func (p *Pool) sweep() {
	tick := time.NewTicker(max(p.cfg.Life/20, time.Second))
	defer tick.Stop()
	back := time.NewTicker(lent)
	defer back.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-back.C:
			for _, s := range p.desk.surplus() {
				p.end(s, &p.ended)
			}
		case <-tick.C:
			for _, s := range p.desk.retire(func(s *seat) bool { return now().After(s.dies) }) {
				p.end(s, &p.aged)
			}
		}
	}
}

// now tells how old sockets are, which is no business of the product's clock.
func now() time.Time { return time.Now() }
