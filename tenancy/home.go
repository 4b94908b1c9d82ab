package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// home is one placement as the owner of its schemas reaches it.
type home struct {
	name string
	cfg  Config
	pool *pgxpool.Pool
	sql  *sql.DB
}

func openHome(ctx context.Context, cfg Config, name string) (*home, error) {
	cfg, err := cfg.at(name)
	if err != nil {
		return nil, err
	}
	pc, err := pgxpool.ParseConfig(cfg.OwnerURL)
	if err != nil {
		return nil, fmt.Errorf("tenancy: owner's database URL of placement %s: %w", name, err)
	}
	pc.MaxConns = int32(max(4, 2*runtime.NumCPU()+2)) //nolint:gosec // a handful
	pc.ConnConfig.RuntimeParams["application_name"] = cfg.Prefix + "_owner"
	pc.ConnConfig.Tracer = cfg.Tracer
	pc.AfterRelease = usedSeldom
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("tenancy: owner's pool of placement %s: %w", name, err)
	}
	return &home{name, cfg, pool, stdlib.OpenDBFromPool(pool)}, nil
}

func (h *home) close() {
	_ = h.sql.Close()
	h.pool.Close()
}

// at is one of the placements. ErrNoPlacement.
func (m *Migrator) at(placement string) (*home, error) {
	i := slices.IndexFunc(m.homes, func(h *home) bool { return h.name == placement })
	if i < 0 {
		return nil, ErrNoPlacement.Because(fmt.Errorf("placement %q is not configured", placement))
	}
	return m.homes[i], nil
}

// Placements lists the placements, the main one first.
func (m *Migrator) Placements() []string { return m.cfg.Names() }

// Has tells whether there is such a placement.
func (m *Migrator) Has(placement string) bool {
	_, err := m.at(placement)
	return err == nil
}

// Alone takes the named lock, which ends with the process that holds it. free
// gives it back; it is nil where somebody else has it.
func (m *Migrator) Alone(ctx context.Context, name string) (free func(), err error) {
	conn, err := pgx.ConnectConfig(ctx, m.pool.Config().ConnConfig)
	if err != nil {
		return nil, away(fmt.Errorf("connect for a lock: %w", err))
	}
	release := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		// The server may take its time to see that the connection is gone, and who comes next comes at once.
		_, _ = conn.Exec(ctx, `SELECT pg_advisory_unlock_all()`)
		_ = conn.Close(ctx)
	}
	var got bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, hashed(name)).Scan(&got); err != nil || !got {
		release()
		return nil, away(err)
	}
	return release, nil
}

// NewAt is the placement of new agencies.
func (m *Migrator) NewAt() string { return m.cfg.NewAt }

// onBoth calls fn with a transaction on the placement's database and one on the
// platform's: the same one where both are one database. Where they are two, the
// agency's is committed first; what then is left without its row on the
// platform is nobody's, and what was announced there clears it away.
func (m *Migrator) onBoth(ctx context.Context, h *home, fn func(ctx context.Context, agency, platform pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, m.pool, func(platform pgx.Tx) error {
		if h == m.home {
			return fn(ctx, platform, platform)
		}
		return pgx.BeginFunc(ctx, h.pool, func(agency pgx.Tx) error { return fn(ctx, agency, platform) })
	})
}
