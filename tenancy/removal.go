package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/app/kit/pg"
)

// Regret is how long a deleted agency can be taken back.
const Regret = 30 * 24 * time.Hour

// Files are what a removal needs of the store of files.
type Files interface {
	List(ctx context.Context, prefix string, fn func(key string, size int64) error) error
	Delete(ctx context.Context, key string) error
}

// Elsewhere is what an agency has outside of the database.
type Elsewhere struct {
	// Stores hold its files, and the archives of it.
	Stores []Files
	// End ends what others charge it for; nil where nobody does.
	End func(ctx context.Context, agencyID string) error
}

func (e Elsewhere) end(ctx context.Context, agencyID string) error {
	if e.End == nil {
		return nil
	}
	return e.End(ctx, agencyID)
}

const (
	// dropTogether is how many tables go in one transaction: each takes locks on
	// itself, its indexes and what points to it, and all transactions share one
	// table of locks.
	dropTogether = 8
	// dropPause lets others breathe: each drop makes all backends forget what they knew of tables.
	dropPause = 20 * time.Millisecond
	// smallTries is how often a transaction that lost to another one is made.
	smallTries = 5
)

// Due lists the agencies that were deleted before the given time, and those whose removal broke off.
func (p *Provisioner) Due(ctx context.Context, before time.Time) (out []Agency, err error) {
	err = p.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectAgency+` WHERE a.state = 'removing' OR (a.state = 'deleted' AND a.deleted_at < $1) ORDER BY a.deleted_at`, before)
		if err != nil {
			return fmt.Errorf("list what is to be removed: %w", err)
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Agency, error) { return scanAgency(row) })
		return err
	})
	return out, err
}

// DeletedAt tells when an agency was marked for removal. ErrNoAgency when it is not.
func (p *Provisioner) DeletedAt(ctx context.Context, key string) (at time.Time, err error) {
	err = p.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT deleted_at FROM agencies WHERE id = $1 AND state = 'deleted'`, key).Scan(&at)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return at, ErrNoAgency
	}
	return at, err
}

// Purge removes for good what was deleted before the given time. One that
// fails holds up no other, and is taken up again by the next call.
func (p *Provisioner) Purge(ctx context.Context, before time.Time, out Elsewhere) (removed []Agency, err error) {
	due, err := p.Due(ctx, before)
	if err != nil {
		return nil, err
	}
	for _, a := range due {
		if ctx.Err() != nil {
			return removed, ctx.Err()
		}
		if e := p.Remove(ctx, a, out); e != nil {
			err = errors.Join(err, fmt.Errorf("remove agency %s: %w", a.ID, e))
			continue
		}
		removed = append(removed, a)
	}
	return removed, err
}

// KeepPurging purges what has been deleted for longer than Regret, now and again, until ctx ends.
func (p *Provisioner) KeepPurging(ctx context.Context, every time.Duration, now func() time.Time, out Elsewhere) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		removed, err := p.Purge(ctx, now().Add(-Regret), out)
		if err != nil && ctx.Err() == nil {
			p.log.ErrorContext(ctx, "a deleted agency could not be removed", "err", err)
		}
		for _, a := range removed {
			p.log.InfoContext(ctx, "a deleted agency was removed", "agency", a.ID)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Remove takes everything of a deleted agency away: tables, schema, role,
// files, archives, jobs, its subscription, and what the platform knew about it
// and its people. Its row in
// the registry stays, with nothing in it about anybody, so that neither its
// number nor its key is ever given again. Nothing is locked for long; what
// breaks off is done again from the start. ErrBadState.
func (p *Provisioner) Remove(ctx context.Context, a Agency, out Elsewhere) error {
	if p.owner == nil || a.schema.name == "" {
		return ErrNoAgency
	}
	tag, err := p.owner.pool.Exec(ctx, `UPDATE platform.agencies SET state = 'removing' WHERE id = $1 AND state IN ('deleted', 'removing')`, a.ID)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrBadState
	}
	if err := out.end(ctx, a.ID); err != nil {
		return fmt.Errorf("end its subscription: %w", err)
	}
	copies, err := p.copiesOf(ctx, a)
	if err != nil {
		return err
	}
	for _, c := range copies {
		if err := p.dropTables(ctx, c); err != nil {
			return err
		}
		if err := p.dropRole(ctx, c); err != nil {
			return err
		}
	}
	for _, files := range out.Stores {
		err := files.List(ctx, a.ID, func(key string, _ int64) error { return files.Delete(ctx, key) })
		if err != nil {
			return fmt.Errorf("remove the files: %w", err)
		}
	}
	// Jobs that were not carried into the platform's queue yet.
	err = p.small(ctx, a.Placement, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM `+QueueSchema+`.river_job WHERE metadata ->> 'agency' = $1`, a.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove its jobs: %w", err)
	}
	return p.forgetAgency(ctx, a)
}

// copiesOf are the agency's tables and those that a restore or a move left beside them.
func (p *Provisioner) copiesOf(ctx context.Context, a Agency) ([]Copy, error) {
	rows, err := p.owner.pool.Query(ctx, `SELECT schema_name, role_name, shard, schema_version, placement FROM platform.restores WHERE agency_id = $1 AND state <> 'dropped'
		UNION ALL SELECT schema_name, role_name, shard, schema_version, placement FROM platform.moves WHERE agency_id = $1 AND schema_name <> '' AND state NOT IN ('dropped', 'failed')`, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list its copies: %w", err)
	}
	others, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Copy])
	if err != nil {
		return nil, fmt.Errorf("list its copies: %w", err)
	}
	for _, c := range others {
		if err := c.check(); err != nil {
			return nil, err
		}
	}
	return append(others, CopyOf(a)), nil
}

func (p *Provisioner) dropTables(ctx context.Context, c Copy) error {
	for {
		var names []string
		err := p.small(ctx, c.Placement, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, `SELECT quote_ident($1) || '.' || quote_ident(relname) FROM pg_class
				WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY oid DESC LIMIT $2`, c.Schema, dropTogether)
			if err != nil {
				return err
			}
			// The youngest first: they point to older ones more than the reverse.
			if names, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(names) == 0 {
				return err
			}
			_, err = tx.Exec(ctx, `DROP TABLE `+strings.Join(names, ", ")+` CASCADE`)
			return err
		})
		if err != nil {
			return fmt.Errorf("drop tables of %s: %w", c.Schema, err)
		}
		if len(names) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(dropPause):
		}
	}
}

func (p *Provisioner) dropRole(ctx context.Context, c Copy) error {
	err := p.small(ctx, c.Placement, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DROP SCHEMA IF EXISTS `+c.Schema+` CASCADE`)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop schema %s: %w", c.Schema, err)
	}
	err = p.small(ctx, c.Placement, func(tx pgx.Tx) error {
		var there bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, c.Role).Scan(&there); err != nil || !there {
			return err
		}
		// Whoever may make roles needs the role's own rights to take away what it has.
		_, err := tx.Exec(ctx, `GRANT `+c.Role+` TO CURRENT_USER; DROP OWNED BY `+c.Role+`; DROP ROLE `+c.Role)
		return err
	})
	var e *pgconn.PgError
	if errors.As(err, &e) && e.Code == "2BP01" {
		// Roles belong to the cluster: another database has one of the same name in use. Here it has no right any more.
		p.log.WarnContext(ctx, "the role of a removed agency is used by another database and stays", "role", c.Role)
		return nil
	}
	if err != nil {
		return fmt.Errorf("drop role %s: %w", c.Role, err)
	}
	return nil
}

// forgetAgency removes what the platform knew, and leaves the bare row.
func (p *Provisioner) forgetAgency(ctx context.Context, a Agency) error {
	return p.small(ctx, Main, func(tx pgx.Tx) error {
		for _, q := range []string{
			`DELETE FROM platform.restores WHERE agency_id = $1`,
			`DELETE FROM platform.moves WHERE agency_id = $1`,
			`DELETE FROM platform.backups WHERE agency_id = $1`,
			// An event's number stays: events that are missing are asked for again.
			`UPDATE platform.stripe_events e SET agency_id = NULL, customer_id = '', subscription_id = '', object_id = '', payload = '{}', state = 'done'
				WHERE e.agency_id = $1 OR e.customer_id = (SELECT s.customer_id FROM platform.subscriptions s WHERE s.agency_id = $1)`,
			// Notices that come late are nobody's then.
			`DELETE FROM platform.payment_events WHERE agency_id = $1`,
			`DELETE FROM platform.connected_accounts WHERE agency_id = $1`,
			`DELETE FROM platform.billing_commands WHERE agency_id = $1`,
			`DELETE FROM platform.billing_drift WHERE agency_id = $1`,
			`DELETE FROM platform.plan_overrides WHERE agency_id = $1`,
			`DELETE FROM platform.service_orders WHERE agency_id = $1`,
			`DELETE FROM platform.seat_days WHERE agency_id = $1`,
			`DELETE FROM platform.subscriptions WHERE agency_id = $1`,
			`DELETE FROM platform.sessions WHERE agency_id = $1`,
			`DELETE FROM platform.support_grants WHERE agency_id = $1`,
			`DELETE FROM platform.active_people WHERE agency_id = $1`,
			`DELETE FROM platform.operator_tasks WHERE agency_id = $1`,
			`DELETE FROM platform.memberships WHERE agency_id = $1`,
			`DELETE FROM platform.broker_codes WHERE agency_id = $1`,
			`DELETE FROM platform.broker_states WHERE agency_id = $1`,
			`DELETE FROM platform.sign_ups s USING platform.agencies a WHERE a.id = $1 AND (s.agency_id = a.id OR s.slug = a.slug)`,
			`DELETE FROM ` + QueueSchema + `.river_job WHERE metadata ->> 'agency' = ($1::uuid)::text`,
			`UPDATE platform.agencies SET state = 'removed', removed_at = now(), slug = NULL, name = '', migration_error = '', migration_failed_at = NULL WHERE id = $1`,
		} {
			if _, err := tx.Exec(ctx, q, a.ID); err != nil {
				return fmt.Errorf("forget agency %s: %w", a.ID, err)
			}
		}
		return nil
	})
}

// small runs a transaction of the owner that gives up soon when somebody holds what it needs, and tries again a few times.
func (p *Provisioner) small(ctx context.Context, placement string, fn func(pgx.Tx) error) error {
	h, err := p.owner.at(placement)
	if err != nil {
		return err
	}
	for more := smallTries; ; more-- {
		err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '5s'`); err != nil {
				return err
			}
			return fn(tx)
		})
		// A job of the agency, or autovacuum, may hold what this needs and want what it has.
		if more == 1 || !pg.Retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(dropPause):
		}
	}
}
