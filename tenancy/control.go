package tenancy

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bureauhq/bureau/app/kit/pg"
)

// Control is the door to the platform's own tables (schema platform) and the
// job queue. Its login can enter no agency's schema.
type Control struct{ pool *pgxpool.Pool }

// controlConns is enough for the registry, the sessions' look-ups and the job runner.
const controlConns = 8

// OpenControl connects the control pool. No connection is made before the first use.
func OpenControl(ctx context.Context, cfg Config) (*Control, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	pc, err := pgxpool.ParseConfig(cfg.OwnerURL)
	if err != nil {
		return nil, fmt.Errorf("tenancy: database URL: %w", err)
	}
	if pc.ConnConfig, err = cfg.connConfig(cfg.controlLogin()); err != nil {
		return nil, err
	}
	pc.ConnConfig.RuntimeParams["search_path"] = "platform"
	pc.MaxConns = int32(max(cfg.Conns, controlConns)) //nolint:gosec // a handful
	pc.MaxConnLifetime, pc.MaxConnLifetimeJitter = cfg.ConnLife, cfg.ConnLife/10
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("tenancy: control pool: %w", err)
	}
	return &Control{pool}, nil
}

// Pool is for the job runner and for LISTEN.
func (c *Control) Pool() *pgxpool.Pool { return c.pool }

// Close gives all connections back.
func (c *Control) Close() { c.pool.Close() }

// Connect opens a connection outside of the pool, for LISTEN.
func (c *Control) Connect(ctx context.Context) (*pgx.Conn, error) {
	return pgx.ConnectConfig(ctx, c.pool.Config().ConnConfig)
}

// Ping tells whether the database answers.
func (c *Control) Ping(ctx context.Context) error { return c.pool.Ping(ctx) }

// Run calls fn in a transaction on the platform's tables. ErrDatabaseAway.
func (c *Control) Run(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
	return c.run(ctx, pgx.TxOptions{}, fn)
}

// Read is Run for work that changes nothing.
func (c *Control) Read(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
	return c.run(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly}, fn)
}

func (c *Control) run(ctx context.Context, o pgx.TxOptions, fn func(context.Context, pgx.Tx) error) error {
	err := pgx.BeginTxFunc(ctx, c.pool, o, func(tx pgx.Tx) error { return fn(ctx, tx) })
	if pg.Away(err) {
		return ErrDatabaseAway.Because(err)
	}
	return err
}
