package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/tenancy/pool"
)

// DB opens transactions in an agency's schema, with that agency's database
// role. Modules hold a *DB, never a *gorm.DB. Its Run and Read are the only
// doors to an agency's tables.
type DB struct {
	names  []string            // of the placements, in their order
	places map[string][]*shard // the shards of each placement
	where  Whereabouts         // nil where agencies stay where they are
}

type shard struct {
	pool *pool.Pool
	sql  *sql.DB
	gorm *gorm.DB
}

// Open makes the pools of all shards. No connection is made before the first use.
func Open(_ context.Context, cfg Config) (*DB, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	db := &DB{names: cfg.Names(), places: map[string][]*shard{}}
	for _, name := range db.names {
		here, err := cfg.at(name)
		if err != nil {
			return nil, err
		}
		reserve, gate := pool.NewReserve(cfg.reserve()), cfg.gate()
		for i := range cfg.Shards {
			s, err := openShard(here, i, reserve, gate)
			if err != nil {
				db.Close()
				return nil, err
			}
			db.places[name] = append(db.places[name], s)
		}
	}
	return db, nil
}

func openShard(cfg Config, i int, reserve *pool.Reserve, gate *pool.Gate) (*shard, error) {
	cc, err := cfg.sessionConfig(i)
	if err != nil {
		return nil, err
	}
	p := pool.New(pool.Config{
		Conn: cc, Tenant: tenantOf, Max: cfg.Conns, Reserve: reserve, Gate: gate, Budget: cfg.ConnAgencies, Life: cfg.ConnLife, Wait: cfg.Wait,
	})
	s := p.DB()
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: s}), &gorm.Config{
		QueryFields:            true, // name the columns: a plan cached in one schema must fit the next
		SkipDefaultTransaction: true, // we are always in one
		DisableAutomaticPing:   true, // start without the database; the first use says what is wrong
		Logger:                 logger.Discard,
	})
	if err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("tenancy: open gorm: %w", err)
	}
	return &shard{p, s, g}, nil
}

func tenantOf(ctx context.Context) (pool.Tenant, error) {
	a, err := From(ctx)
	return pool.Tenant{Schema: a.schema.name, Role: a.role}, err
}

// Close gives all connections back.
func (db *DB) Close() {
	for _, shards := range db.places {
		for _, s := range shards {
			_ = s.sql.Close() // and with it the pool
		}
	}
}

// PoolStats tells how the pool of a shard stands.
type PoolStats struct {
	Placement string
	Shard     int
	pool.Stats
}

// Pools tells how the pool of each shard stands.
func (db *DB) Pools() (out []PoolStats) {
	for _, name := range db.names {
		for i, s := range db.places[name] {
			out = append(out, PoolStats{name, i, s.pool.Stats()})
		}
	}
	return out
}

type openKey struct{}

var errNested = errors.New("tenancy: Run inside Run; hand the *Tx down instead")

// Run calls fn in a transaction on the agency of ctx and commits if fn returns
// nil. fn must use the context it is given. On an error or a panic nothing of
// it remains. ErrNoAgency, ErrDatabaseAway, ErrBusy, ErrCollided, ErrMoved.
func (db *DB) Run(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return db.run(ctx, changing, fn)
}

// Read is Run for work that changes nothing; the database refuses writes in
// it. There is no transaction around it, which would cost a round trip or two:
// each statement sees what was committed when it began, as in Run.
func (db *DB) Read(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return db.run(ctx, reading, fn)
}

// ReadAtOnce is Read where all statements see the same moment, that of the
// first, for what must fit together. It costs a round trip at the end.
func (db *DB) ReadAtOnce(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return db.run(ctx, frozen, fn)
}

// how a transaction looks at the tables.
type how int

const (
	reading how = iota
	frozen
	changing
)

func (db *DB) run(ctx context.Context, way how, fn func(context.Context, *Tx) error) error {
	a, err := From(ctx)
	if err != nil {
		return err
	}
	if ctx.Value(openKey{}) != nil {
		return errNested
	}
	err = db.in(context.WithValue(ctx, openKey{}, true), a, way, fn)
	if db.where != nil && isShut(err) {
		err = db.moved(ctx, a, err)
	}
	switch {
	case pg.Away(err):
		return ErrDatabaseAway.Because(err)
	case errors.Is(err, pool.ErrBusy):
		return ErrBusy.Because(err)
	case pg.Retryable(err):
		// It is not run again here: fn may have kept things of the first time.
		if known := (*fault.Error)(nil); !errors.As(err, &known) {
			return ErrCollided.Because(err)
		}
	}
	return err
}

func (db *DB) in(ctx context.Context, a Agency, way how, fn func(context.Context, *Tx) error) error {
	shards, ok := db.places[a.Placement]
	if !ok {
		return ErrNoPlacement.Because(fmt.Errorf("agency %s is on %q", a.ID, a.Placement))
	}
	if a.shard < 0 || a.shard >= len(shards) {
		return fmt.Errorf("tenancy: agency %s is in shard %d of %d", a.ID, a.shard, len(shards))
	}
	s := shards[a.shard]
	conn, err := s.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("take a connection for agency %s: %w", a.ID, err)
	}
	defer func() { _ = conn.Close() }()
	session, err := pool.Of(conn)
	if err != nil {
		return err
	}
	tx := &Tx{session: session, gorm: onConn(ctx, s.gorm, conn), agency: a, change: way == changing}
	switch way {
	case reading:
	case frozen:
		session.BeginSnapshot(ctx)
		defer session.Rollback(ctx)
	case changing:
		session.Begin(ctx)
		defer session.Rollback(ctx) // a no-op after Commit
		if err := firstRun(ctx, tx); err != nil {
			return err
		}
	}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	for i := 0; i < len(tx.before); i++ {
		if err := tx.before[i].fn(ctx); err != nil {
			return err
		}
	}
	if tx.change {
		if err := session.Commit(ctx); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		changed(ctx)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

func onConn(ctx context.Context, g *gorm.DB, conn *sql.Conn) *gorm.DB {
	s := g.Session(&gorm.Session{NewDB: true, Context: ctx})
	s.Statement.ConnPool = conn
	return s.Session(&gorm.Session{})
}

type firstRunKey struct{}

// OnFirstRun returns a context in which fn is called at the start of the next
// changing transaction, inside it, once. What it writes shares the change's fate.
func OnFirstRun(ctx context.Context, fn func(context.Context, *Tx) error) context.Context {
	return context.WithValue(ctx, firstRunKey{}, &fn)
}

func firstRun(ctx context.Context, tx *Tx) error {
	hook, _ := ctx.Value(firstRunKey{}).(*func(context.Context, *Tx) error)
	if hook == nil || *hook == nil {
		return nil
	}
	fn := *hook
	tx.AfterCommit(func() { *hook = nil })
	return fn(ctx, tx)
}

func hashed(s string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return int64(h.Sum64()) //nolint:gosec // only a key; the sign does not matter
}
