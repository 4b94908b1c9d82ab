package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/bureauhq/bureau/app/kit/pg"
)

// DB opens transactions in an agency's schema, with that agency's database
// role. Modules hold a *DB, never a *gorm.DB. Its Run and Read are the only
// doors to an agency's tables.
type DB struct {
	shards []*shard
}

type shard struct {
	pool *pgxpool.Pool
	sql  *sql.DB
	gorm *gorm.DB
}

// Open connects the pools of all shards. No connection is made before the first use.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	db := &DB{}
	for i := range cfg.Shards {
		s, err := openShard(ctx, cfg, i)
		if err != nil {
			db.Close()
			return nil, err
		}
		db.shards = append(db.shards, s)
	}
	return db, nil
}

func openShard(ctx context.Context, cfg Config, i int) (*shard, error) {
	pc, err := cfg.poolConfig(cfg.appLogin(i), cfg.Conns)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("tenancy: pool %d: %w", i, err)
	}
	s := stdlib.OpenDBFromPool(pool)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: s}), &gorm.Config{
		QueryFields:            true, // name the columns: a plan cached in one schema must fit the next
		SkipDefaultTransaction: true, // we are always in one
		DisableAutomaticPing:   true, // start without the database; the first use says what is wrong
		Logger:                 logger.Discard,
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("tenancy: open gorm: %w", err)
	}
	return &shard{pool, s, g}, nil
}

// Close gives all connections back.
func (db *DB) Close() {
	for _, s := range db.shards {
		_ = s.sql.Close()
		s.pool.Close()
	}
}

type openKey struct{}

var errNested = errors.New("tenancy: Run inside Run; hand the *Tx down instead")

// Run calls fn in a transaction on the agency of ctx and commits if fn returns
// nil. fn must use the context it is given. On an error or a panic nothing of
// it remains. ErrNoAgency, ErrDatabaseAway.
func (db *DB) Run(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return db.run(ctx, "BEGIN", fn)
}

// Read is Run for work that changes nothing; the database refuses writes in it.
func (db *DB) Read(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return db.run(ctx, "BEGIN READ ONLY", fn)
}

func (db *DB) run(ctx context.Context, begin string, fn func(context.Context, *Tx) error) error {
	a, err := From(ctx)
	if err != nil {
		return err
	}
	if ctx.Value(openKey{}) != nil {
		return errNested
	}
	err = db.in(context.WithValue(ctx, openKey{}, true), a, begin, fn)
	if pg.Away(err) {
		return ErrDatabaseAway.Because(err)
	}
	return err
}

func (db *DB) in(ctx context.Context, a Agency, begin string, fn func(context.Context, *Tx) error) error {
	s := db.shards[a.shard%len(db.shards)]
	conn, err := s.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("take a connection: %w", err)
	}
	defer func() { _ = conn.Close() }()
	raw, err := pgxConn(conn)
	if err != nil {
		return err
	}
	ptx, err := raw.BeginTx(ctx, pgx.TxOptions{BeginQuery: entry(begin, a)})
	if err != nil {
		leave(ctx, raw)
		return fmt.Errorf("enter agency %s: %w", a.ID, err)
	}
	defer func() { _ = ptx.Rollback(context.WithoutCancel(ctx)) }() // a no-op after Commit

	tx := &Tx{pgx: ptx, gorm: onConn(ctx, s.gorm, conn, raw), agency: a}
	if begin == "BEGIN" {
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
	if err := ptx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// entry begins a transaction in a's schema with a's role, in one round trip.
// SET takes no parameters; bind has checked the names.
func entry(begin string, a Agency) string {
	return begin + `; SET LOCAL ROLE ` + a.role + `; SET LOCAL search_path TO ` + a.schema.name +
		`; SET LOCAL statement_timeout = '15s'; SET LOCAL lock_timeout = '5s'`
}

// leave closes a connection whose entry failed half-way: the statements before
// the failing one may have opened a transaction.
func leave(ctx context.Context, raw *pgx.Conn) {
	if !raw.IsClosed() && raw.PgConn().TxStatus() != 'I' {
		_ = raw.Close(context.WithoutCancel(ctx))
	}
}

// pgxConn looks under a *sql.Conn. The pointer stays good while conn is held.
func pgxConn(conn *sql.Conn) (raw *pgx.Conn, err error) {
	err = conn.Raw(func(c any) error {
		std, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("tenancy: unexpected driver connection %T", c)
		}
		raw = std.Conn()
		return nil
	})
	return raw, err
}

func onConn(ctx context.Context, g *gorm.DB, conn *sql.Conn, raw *pgx.Conn) *gorm.DB {
	s := g.Session(&gorm.Session{NewDB: true, Context: ctx})
	s.Statement.ConnPool = oneConn{conn, raw}
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
