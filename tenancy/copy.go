package tenancy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/migrations"
)

// Copy is one set of an agency's tables: the live one, or one beside it that
// is being filled or kept for a while.
type Copy struct {
	Schema  string
	Role    string
	Shard   int
	Version string // the newest step it has
	// Placement is the database that it is in.
	Placement string
}

// ErrNewer answers steps that this binary does not know.
var ErrNewer = fault.Define(fault.Invalid, "tenancy.newer", "This was made by a newer Bureau than this one.")

// CopyOf is the agency's live copy.
func CopyOf(a Agency) Copy {
	return Copy{Schema: a.schema.name, Role: a.role, Shard: a.shard, Version: a.Version, Placement: a.Placement}
}

func (c Copy) check() error {
	var a Agency
	return a.bind(c.Placement, c.Schema, c.Role, c.Shard)
}

// Form makes values look the same wherever they are written and read.
const Form = `; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1`

// Snapshot calls fn in a read-only transaction that sees c as it is at one
// moment, however long fn takes. It has the rights of the agency's role and a
// connection of its own, so that it takes none from the pools.
func (m *Migrator) Snapshot(ctx context.Context, c Copy, fn func(context.Context, pgx.Tx) error) error {
	if err := c.check(); err != nil {
		return err
	}
	h, err := m.at(c.Placement)
	if err != nil {
		return err
	}
	if c.Shard >= h.cfg.Shards {
		return fmt.Errorf("tenancy: schema %s is in shard %d of %d", c.Schema, c.Shard, h.cfg.Shards)
	}
	conf, err := h.cfg.connConfig(h.cfg.appLogin(c.Shard))
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return away(fmt.Errorf("connect for a snapshot: %w", err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	begin := `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE ` + c.Role + `; SET LOCAL search_path TO ` + c.Schema + Form
	return away(pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error { return fn(ctx, tx) }))
}

func away(err error) error {
	if pg.Away(err) {
		return ErrDatabaseAway.Because(err)
	}
	return err
}

// Building is a copy that is being filled. All of it is one transaction of the
// owner of the schemas: nobody sees it before its end, and a failure leaves nothing.
type Building struct {
	Copy
	tx       pgx.Tx
	platform pgx.Tx
	has      map[string]bool
}

// Steps are the migrations whose ids are given, in their order. ErrNewer.
func Steps(ids []string) ([]migrations.Step, error) {
	wanted := make(map[string]bool, len(ids))
	for _, key := range ids {
		wanted[key] = true
	}
	var out []migrations.Step
	for _, s := range migrations.Tenant() {
		if wanted[s.ID] {
			out = append(out, s)
			delete(wanted, s.ID)
		}
	}
	for key := range wanted {
		return nil, ErrNewer.Because(fmt.Errorf("step %s is unknown", key))
	}
	return out, nil
}

// Build makes the schema of an agency with these steps in a placement and calls fn to fill
// it. What fn returns decides whether it stays. newAgency is the key of the
// agency when its files are new too, or empty: see SweepArrivals. ErrNoPlacement.
func (m *Migrator) Build(ctx context.Context, placement string, steps []migrations.Step, newAgency string, fn func(context.Context, *Building) error) error {
	h, err := m.at(placement)
	if err != nil {
		return err
	}
	arr := arrival{ID: id.New(), Agency: newAgency, Placement: placement}
	c, err := m.announce(ctx, h, &arr)
	if err != nil {
		return away(err)
	}
	err = m.onBoth(ctx, h, func(ctx context.Context, tx, platform pgx.Tx) error {
		if _, err := platform.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, hashed(arr.ID)); err != nil {
			return fmt.Errorf("lock of the arrival: %w", err)
		}
		if _, err := tx.Exec(ctx, opening(c.Schema, c.Role, h.cfg.appLogin(c.Shard))+Form); err != nil {
			return fmt.Errorf("make schema %s: %w", c.Schema, err)
		}
		b := &Building{Copy: c, tx: tx, platform: platform, has: map[string]bool{}}
		if err := b.run(ctx, steps); err != nil {
			return err
		}
		if err := fn(ctx, b); err != nil {
			return err
		}
		_, err := platform.Exec(ctx, `DELETE FROM platform.arrivals WHERE id = $1`, arr.ID)
		return err
	})
	if err != nil {
		err = errors.Join(err, m.forget(context.WithoutCancel(ctx), arr))
	}
	return away(err)
}

// arrival is a copy that is being made, as it was written down before.
type arrival struct{ ID, Role, Agency, Placement, Schema string }

// announce makes the role, which belongs to the cluster, and writes down that
// it did: a transaction that is open for minutes must not hold up other roles.
func (m *Migrator) announce(ctx context.Context, h *home, a *arrival) (c Copy, err error) {
	err = pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT nextval('platform.agency_numbers')`).Scan(&n); err != nil {
			return fmt.Errorf("number of the copy: %w", err)
		}
		c.Placement, c.Schema = h.name, fmt.Sprintf("t%05d", n)
		if c.Shard, err = emptiest(ctx, tx, h.name, h.cfg.Shards); err != nil {
			return err
		}
		c.Role = m.cfg.Prefix + "_" + c.Schema
		a.Role, a.Schema = c.Role, c.Schema
		_, err := tx.Exec(ctx, `INSERT INTO platform.arrivals (id, role_name, agency_id, placement, schema_name) VALUES ($1, $2, nullif($3, '')::uuid, $4, $5)`,
			a.ID, a.Role, a.Agency, a.Placement, a.Schema)
		if err != nil {
			return fmt.Errorf("announce the copy: %w", err)
		}
		if h != m.home {
			return nil
		}
		return makeRole(ctx, tx, c.Role, "NOLOGIN NOINHERIT")
	})
	if err != nil || h == m.home {
		return c, err
	}
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error { return makeRole(ctx, tx, c.Role, "NOLOGIN NOINHERIT") })
	if err != nil {
		err = errors.Join(err, m.forget(context.WithoutCancel(ctx), *a))
	}
	return c, err
}

// forget removes what announce made, and a schema that came to be without the
// platform hearing of it. Where the arrival is gone the copy is there, and stays.
func (m *Migrator) forget(ctx context.Context, a arrival) error {
	h, err := m.at(a.Placement)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return m.onBoth(ctx, h, func(ctx context.Context, agency, platform pgx.Tx) error {
		tag, err := platform.Exec(ctx, `DELETE FROM platform.arrivals WHERE id = $1`, a.ID)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if h != m.home && schemaName.MatchString(a.Schema) {
			if _, err := agency.Exec(ctx, `DROP SCHEMA IF EXISTS `+a.Schema+` CASCADE`); err != nil {
				return err
			}
		}
		return dropUnusedRole(ctx, agency, a.Role)
	})
}

// dropUnusedRole drops a role that nothing in this database depends on. Roles
// belong to the cluster: where another database uses the same name, it is not ours to drop, and stays.
func dropUnusedRole(ctx context.Context, tx pgx.Tx, role string) error {
	if _, err := tx.Exec(ctx, `SAVEPOINT drop_role; DROP ROLE IF EXISTS `+role); err != nil {
		_, err := tx.Exec(ctx, `ROLLBACK TO drop_role`)
		return err
	}
	return nil
}

// SweepArrivals clears away after builds whose process died. removeFiles is
// called with each agency that never came to be.
func (m *Migrator) SweepArrivals(ctx context.Context, removeFiles func(ctx context.Context, agencyID string) error) error {
	rows, err := m.pool.Query(ctx, `SELECT id::text, role_name, coalesce(agency_id::text, ''), placement, schema_name FROM platform.arrivals ORDER BY started_at`)
	if err != nil {
		return away(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[arrival])
	if err != nil {
		return err
	}
	for _, a := range all {
		var dead bool
		err := pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
			// Whoever works holds the lock; between announcing and locking lie moments, hence the minute.
			return tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1) AND EXISTS
				(SELECT FROM platform.arrivals WHERE id = $2 AND started_at < now() - interval '1 minute')`, hashed(a.ID), a.ID).Scan(&dead)
		})
		if err == nil && dead && a.Agency != "" {
			err = removeFiles(ctx, a.Agency)
		}
		if err == nil && dead {
			err = m.forget(ctx, a)
		}
		if err != nil {
			return fmt.Errorf("clear away after %s: %w", a.ID, err)
		}
	}
	return nil
}

// Tx is the transaction; its search path is the new schema.
func (b *Building) Tx() pgx.Tx { return b.tx }

// Platform is the transaction on the platform's tables that shares its fate.
func (b *Building) Platform() pgx.Tx { return b.platform }

// Upgrade runs the steps that are missing.
func (b *Building) Upgrade(ctx context.Context) error { return b.run(ctx, migrations.Tenant()) }

func (b *Building) run(ctx context.Context, steps []migrations.Step) error {
	if made, since := migrations.Baseline(steps); made != "" && len(b.has) == 0 {
		if _, err := b.tx.Exec(ctx, begun(made, b.Schema, b.Role)); err != nil {
			return fmt.Errorf("baseline: %w", err)
		}
		for _, s := range steps[:len(steps)-len(since)] {
			b.has[s.ID], b.Version = true, s.ID
		}
	}
	for _, s := range steps {
		if b.has[s.ID] {
			continue
		}
		if _, err := b.tx.Exec(ctx, fill(s.SQL, b.Schema, b.Role)); err != nil {
			return fmt.Errorf("step %s: %w", s.ID, err)
		}
		if _, err := b.tx.Exec(ctx, `INSERT INTO `+versions+` (id) VALUES ($1)`, s.ID); err != nil {
			return fmt.Errorf("step %s: %w", s.ID, err)
		}
		b.has[s.ID], b.Version = true, s.ID
	}
	return nil
}

// Register makes the copy an agency, active or a spare. ErrSlugTaken.
func (b *Building) Register(ctx context.Context, key, slug, name string, state State) error {
	_, err := b.platform.Exec(ctx, `INSERT INTO platform.agencies (id, slug, name, placement, schema_name, role_name, shard, schema_version, state, claimed_at)
		VALUES ($1, nullif($2, ''), $3, $4, $5, $6, $7, $8, $9, CASE WHEN $9 <> 'spare' THEN now() END)`,
		key, slug, name, b.Placement, b.Schema, b.Role, b.Shard, b.Version, string(state))
	if pg.Violates(err, "agencies_slug_key") {
		return ErrSlugTaken.Because(err)
	}
	if err != nil {
		return fmt.Errorf("register %s: %w", slug, err)
	}
	return nil
}

// Drop removes a copy that is no agency's live one. ErrBadState, ErrNoPlacement.
func (m *Migrator) Drop(ctx context.Context, c Copy) error {
	if err := c.check(); err != nil {
		return err
	}
	return m.Both(ctx, c.Placement, func(ctx context.Context, agency, platform pgx.Tx) error {
		var live bool
		err := platform.QueryRow(ctx, `SELECT EXISTS (SELECT FROM platform.agencies WHERE schema_name = $1 AND placement = $2)`, c.Schema, c.Placement).Scan(&live)
		if err != nil {
			return err
		}
		if live {
			return ErrBadState
		}
		if _, err := agency.Exec(ctx, `DROP SCHEMA IF EXISTS `+c.Schema+` CASCADE`); err != nil {
			return err
		}
		return dropUnusedRole(ctx, agency, c.Role)
	})
}

// Doors lets an agency's role into the copy, or shuts it out: statements that
// begin after that are refused, whatever connection they come on.
func (m *Migrator) Doors(ctx context.Context, c Copy, open bool) error {
	return m.Owner(ctx, c.Placement, func(ctx context.Context, tx pgx.Tx) error { return SetDoors(ctx, tx, c, open) })
}

// SetDoors is Doors within a transaction of the owner.
func SetDoors(ctx context.Context, tx pgx.Tx, c Copy, open bool) error {
	if err := c.check(); err != nil {
		return err
	}
	q := `REVOKE USAGE ON SCHEMA ` + c.Schema + ` FROM ` + c.Role
	if open {
		q = `GRANT USAGE ON SCHEMA ` + c.Schema + ` TO ` + c.Role
	}
	_, err := tx.Exec(ctx, q)
	return err
}

// Owner runs fn in a transaction of the owner of a placement's schemas. ErrNoPlacement.
func (m *Migrator) Owner(ctx context.Context, placement string, fn func(context.Context, pgx.Tx) error) error {
	h, err := m.at(placement)
	if err != nil {
		return err
	}
	return away(pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, ownerSetting); err != nil {
			return err
		}
		return fn(ctx, tx)
	}))
}

// Both is Owner with a second transaction, on the platform's tables, that ends
// after the first; the same one where both are in one database. ErrNoPlacement.
func (m *Migrator) Both(ctx context.Context, placement string, fn func(ctx context.Context, agency, platform pgx.Tx) error) error {
	h, err := m.at(placement)
	if err != nil {
		return err
	}
	return away(m.onBoth(ctx, h, func(ctx context.Context, agency, platform pgx.Tx) error {
		for _, tx := range []pgx.Tx{agency, platform} {
			if _, err := tx.Exec(ctx, ownerSetting); err != nil {
				return err
			}
		}
		return fn(ctx, agency, platform)
	}))
}

const ownerSetting = `SET LOCAL search_path TO platform; SET LOCAL lock_timeout = '10s'`
