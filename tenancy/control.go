package tenancy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Control is the door to the platform's own tables (schema platform) and the
// job queue. Its login can enter no agency's schema.
type Control struct {
	pool   *pgxpool.Pool
	others map[string]*Control // of the other placements, which have the queue only
}

// controlConns is enough for the registry, the sessions' look-ups and the job runner.
const (
	controlConns = 8
	carrierConns = 3 // carrying jobs, and looking
)

// OpenControl connects the control pool. No connection is made before the first use.
func OpenControl(ctx context.Context, cfg Config) (*Control, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	c, err := openControl(ctx, cfg, max(cfg.Conns, controlConns))
	if err != nil {
		return nil, err
	}
	c.others = map[string]*Control{}
	for _, p := range cfg.Placements {
		there, err := cfg.at(p.Name)
		if err == nil {
			c.others[p.Name], err = openControl(ctx, there, carrierConns)
		}
		if err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// At is the door to another placement's queue; to the platform's tables for the main one. ErrNoPlacement.
func (c *Control) At(placement string) (*Control, error) {
	if placement == Main {
		return c, nil
	}
	there, ok := c.others[placement]
	if !ok {
		return nil, ErrNoPlacement
	}
	return there, nil
}

// Others lists the placements besides the main one.
func (c *Control) Others() []string { return slices.Sorted(maps.Keys(c.others)) }

func openControl(ctx context.Context, cfg Config, conns int) (*Control, error) {
	pc, err := pgxpool.ParseConfig(cfg.OwnerURL)
	if err != nil {
		return nil, fmt.Errorf("tenancy: database URL: %w", err)
	}
	if pc.ConnConfig, err = cfg.connConfig(cfg.controlLogin()); err != nil {
		return nil, err
	}
	pc.ConnConfig.RuntimeParams["search_path"] = "platform"
	pc.MaxConns = int32(conns) //nolint:gosec // a handful
	pc.MaxConnLifetime, pc.MaxConnLifetimeJitter = cfg.ConnLife, cfg.ConnLife/10
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("tenancy: control pool: %w", err)
	}
	return &Control{pool: pool}, nil
}

// Pool is for the job runner and for LISTEN.
func (c *Control) Pool() *pgxpool.Pool { return c.pool }

// Close gives all connections back.
func (c *Control) Close() {
	for _, o := range c.others {
		o.Close()
	}
	c.pool.Close()
}

// Connect opens a connection outside of the pool, for LISTEN.
func (c *Control) Connect(ctx context.Context) (*pgx.Conn, error) {
	return pgx.ConnectConfig(ctx, c.pool.Config().ConnConfig)
}

// Ping tells whether the database answers.
func (c *Control) Ping(ctx context.Context) error { return c.pool.Ping(ctx) }

// Run calls fn in a transaction on the platform's tables. ErrDatabaseAway.
func (c *Control) Run(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
	return noted(ctx, c.run(ctx, pgx.TxOptions{}, fn))
}

// Querier sends a statement, or several together.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// RunOne is Run for a single statement or batch, which is a transaction by itself: one way to the database and back instead of
// three.
func (c *Control) RunOne(ctx context.Context, fn func(context.Context, Querier) error) error {
	return noted(ctx, away(fn(ctx, c.pool)))
}

// ReadOne is RunOne for what changes nothing; the database refuses writes in it.
func (c *Control) ReadOne(ctx context.Context, fn func(context.Context, Querier) error) error {
	return away(fn(ctx, onlyReads{c.pool}))
}

// ExecUnsynced is a single statement that does not wait for the disk: what a crash of the database may lose as a whole, because
// whoever asked for it asks again. What Run commits after it takes it along, since the log is written in order.
func (c *Control) ExecUnsynced(ctx context.Context, sql string, args ...any) error {
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(`SET LOCAL synchronous_commit = off`)
	b.Queue(sql, args...)
	b.Queue(`COMMIT`)
	return noted(ctx, away(c.pool.SendBatch(ctx, b).Close()))
}

// noted tells the attempt that ctx is part of that something was changed.
func noted(ctx context.Context, err error) error {
	if err == nil && ctx.Value(repeatableKey{}) == nil {
		changed(ctx)
	}
	return err
}

// Read is Run for work that changes nothing.
func (c *Control) Read(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
	return c.run(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly}, fn)
}

func (c *Control) run(ctx context.Context, o pgx.TxOptions, fn func(context.Context, pgx.Tx) error) error {
	return away(pgx.BeginTxFunc(ctx, c.pool, o, func(tx pgx.Tx) error { return fn(ctx, tx) }))
}
