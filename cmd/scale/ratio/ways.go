package ratio

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/pool"
)

// way is one way to serve requests of many agencies.
type way struct {
	name  string
	ask   func(context.Context, *target) error
	close func()
}

// ours is the product: its pools, its doors, GORM.
func ours(ctx context.Context, cfg tenancy.Config) (*way, error) {
	db, err := tenancy.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &way{name: "agencies' pool", close: db.Close, ask: func(ctx context.Context, t *target) error {
		return db.Read(tenancy.With(ctx, t.agency), func(_ context.Context, tx *tenancy.Tx) error { return viaGorm(tx.Gorm(), t) })
	}}, nil
}

// ordinary is pgx's own pool, of the login that owns everything: no check of a membership is in its way.
func ordinary(ctx context.Context, owner string, conns int, path string) (*pgxpool.Pool, error) {
	pc, err := pgxpool.ParseConfig(owner)
	if err != nil {
		return nil, err
	}
	pc.MaxConns = int32(conns)
	pc.ConnConfig.RuntimeParams["application_name"] = "bureau_ratio"
	if path != "" {
		pc.ConnConfig.RuntimeParams["search_path"] = path
	}
	return pgxpool.NewWithConfig(ctx, pc)
}

func gormOver(db *sql.DB) (*gorm.DB, error) {
	return gorm.Open(postgres.New(postgres.Config{Conn: db}), &gorm.Config{
		QueryFields: true, SkipDefaultTransaction: true, DisableAutomaticPing: true, Logger: logger.Discard,
	})
}

// raw is pgx with the schema in each statement, on one connection for a request.
func raw(ctx context.Context, owner string, conns int, all []*target) (*way, error) {
	p, err := ordinary(ctx, owner, conns, "")
	if err != nil {
		return nil, err
	}
	text := make(map[string]*[5]string, len(all))
	for _, t := range all {
		q := qualified(t.schema)
		text[t.schema] = &q
	}
	return &way{name: "raw pgx", close: p.Close, ask: func(ctx context.Context, t *target) error {
		return p.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return viaPgx(ctx, c, text[t.schema], t) })
	}}, nil
}

// setLocal is GORM in a transaction that begins, takes the agency's role and enters its schema in one round trip.
func setLocal(ctx context.Context, owner string, conns int) (*way, error) {
	p, err := ordinary(ctx, owner, conns, "")
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(p)
	g, err := gormOver(db)
	if err != nil {
		p.Close()
		return nil, err
	}
	return &way{name: "SET LOCAL", close: func() { _ = db.Close(); p.Close() }, ask: func(ctx context.Context, t *target) error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		var c *pgx.Conn
		if err := conn.Raw(func(x any) error { c = x.(*stdlib.Conn).Conn(); return nil }); err != nil {
			return err
		}
		tx, err := c.BeginTx(ctx, pgx.TxOptions{BeginQuery: "BEGIN READ ONLY; SET LOCAL ROLE " + t.role + "; SET LOCAL search_path = " + t.schema})
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // a no-op after Commit
		if err := viaGorm(on(ctx, g, conn), t); err != nil {
			return err
		}
		return tx.Commit(ctx)
	}}, nil
}

// alone is GORM for one agency, as a program without tenancy has it.
func alone(ctx context.Context, owner string, conns int, t *target) (*way, error) {
	p, err := ordinary(ctx, owner, conns, t.schema)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(p)
	db.SetMaxIdleConns(conns)
	g, err := gormOver(db)
	if err != nil {
		p.Close()
		return nil, err
	}
	return &way{name: "GORM without tenancy", close: func() { _ = db.Close(); p.Close() }, ask: func(ctx context.Context, t *target) error {
		return viaGorm(g.WithContext(ctx), t)
	}}, nil
}

type tenantKey struct{}

// unsharded is the agencies' pool as one, with all connections in it.
func unsharded(cfg tenancy.Config, conns int) (*way, error) {
	cc, err := pgx.ParseConfig(cfg.OwnerURL)
	if err != nil {
		return nil, err
	}
	cc.RuntimeParams["application_name"] = "bureau_ratio"
	p := pool.New(pool.Config{
		Conn: cc, Max: conns, Budget: cfg.ConnAgencies, Life: cfg.ConnLife, Wait: cfg.Wait,
		Tenant: func(ctx context.Context) (pool.Tenant, error) {
			t, ok := ctx.Value(tenantKey{}).(*target)
			if !ok {
				return pool.Tenant{}, fmt.Errorf("no agency")
			}
			return pool.Tenant{Schema: t.schema, Role: t.role}, nil
		},
	})
	db := p.DB()
	g, err := gormOver(db)
	if err != nil {
		_ = p.Close()
		return nil, err
	}
	return &way{name: "one pool", close: func() { _ = db.Close() }, ask: func(ctx context.Context, t *target) error {
		ctx = context.WithValue(ctx, tenantKey{}, t)
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		return viaGorm(on(ctx, g, conn), t)
	}}, nil
}

func on(ctx context.Context, g *gorm.DB, conn *sql.Conn) *gorm.DB {
	s := g.Session(&gorm.Session{NewDB: true, Context: ctx})
	s.Statement.ConnPool = conn
	return s.Session(&gorm.Session{})
}
