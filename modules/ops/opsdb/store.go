// Package opsdb reads the platform's own tables for its operators. A list
// crosses the tables of registry, billing and queue, so that a page is one query.
package opsdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/ops"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements ops.Store.
type Store struct {
	control *tenancy.Control
	queue   *job.Queue
}

// New returns a store.
func New(c *tenancy.Control, q *job.Queue) Store { return Store{c, q} }

var _ ops.Store = Store{}

const jobs = tenancy.QueueSchema + `.river_job`

// failed are jobs that ended without having done their work, or that keep failing.
const failed = `(state IN ('discarded', 'cancelled') OR (state = 'retryable' AND attempt > 1))`

const agencyColumns = `a.id::text, a.slug, a.name, a.state, a.placement, a.schema_name, a.schema_version, a.migration_error, coalesce(a.claimed_at, a.created_at), a.deleted_at,
	m.staff, m.contacts, z.bytes, l.seen, coalesce(nullif(o.plan, ''), s.held_plan, ''), coalesce(s.status, ''), coalesce(j.failed, 0), b.taken`

// chosen comes first in the query, so that only the page's agencies are measured.
const agencyFrom = ` FROM chosen a
	LEFT JOIN subscriptions s ON s.agency_id = a.id
	LEFT JOIN failed j ON j.agency_id = a.id::text
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'staff')::int AS staff, count(*) FILTER (WHERE kind = 'contact')::int AS contacts
		FROM memberships WHERE agency_id = a.id AND state = 'active') m
	CROSS JOIN LATERAL (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM pg_class c
		WHERE a.placement = 'main' AND c.relnamespace = to_regnamespace(a.schema_name) AND c.relkind IN ('r', 'm')) z
	CROSS JOIN LATERAL (SELECT max(last_seen_at) AS seen FROM sessions WHERE agency_id = a.id AND act IS NULL) l
	CROSS JOIN LATERAL (SELECT max(taken_at) AS taken FROM backups WHERE agency_id = a.id AND state = 'good') b
	LEFT JOIN LATERAL (SELECT plan FROM plan_overrides WHERE agency_id = a.id AND revoked_at IS NULL AND expires_at > now() AND plan <> ''
		ORDER BY created_at DESC, id DESC LIMIT 1) o ON true`

const withFailed = `WITH failed AS (SELECT metadata ->> 'agency' AS agency_id, count(*)::int AS failed FROM ` + jobs + ` WHERE ` + failed + ` GROUP BY 1), `

// placed is an agency with the name of its schema, by which its size is asked where it is.
type placed struct {
	ops.Agency
	schema string
}

func scanAgency(r pgx.CollectableRow) (a placed, err error) {
	err = r.Scan(&a.ID, &a.Slug, &a.Name, &a.State, &a.Placement, &a.schema, &a.Version, &a.MigrationError, &a.CreatedAt, &a.DeletedAt,
		&a.Staff, &a.Contacts, &a.Bytes, &a.LastActivity, &a.Plan, &a.Billing, &a.FailedJobs, &a.LastBackup)
	return a, err
}

func collect[T any](ctx context.Context, s Store, scan pgx.RowToFunc[T], sql string, args ...any) (out []T, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scan)
		return err
	})
	return out, err
}

// Agencies lists agencies by slug.
func (s Store) Agencies(ctx context.Context, f ops.Filter) ([]ops.Agency, error) {
	found, err := collect(ctx, s, scanAgency, withFailed+`chosen AS (
		SELECT a.* FROM agencies a LEFT JOIN failed x ON x.agency_id = a.id::text LEFT JOIN subscriptions p ON p.agency_id = a.id
		WHERE a.slug > $1 AND a.state IN ('active', 'suspended', 'deleted', 'removing')
			AND ($2 = '' OR a.slug ILIKE $2 OR a.name ILIKE $2) AND ($3 = '' OR a.state = $3)
			AND ($4 = '' OR coalesce((SELECT v.plan FROM plan_overrides v WHERE v.agency_id = a.id AND v.revoked_at IS NULL AND v.expires_at > now() AND v.plan <> ''
				ORDER BY v.created_at DESC, v.id DESC LIMIT 1), p.held_plan) = $4)
			AND (NOT $5 OR a.migration_error <> '' OR x.failed > 0) AND ($7 = '' OR a.placement = $7)
		ORDER BY a.slug LIMIT $6)
		SELECT `+agencyColumns+agencyFrom+` ORDER BY a.slug`,
		f.After, like(f.Search), f.State, f.Plan, f.Trouble, f.Limit+1, f.Placement)
	if err != nil {
		return nil, err
	}
	return s.measured(ctx, found), nil
}

func like(s string) string {
	if s == "" {
		return ""
	}
	return pg.Contains(s)
}

// Agency finds one agency.
func (s Store) Agency(ctx context.Context, key string) (ops.Agency, error) {
	found, err := collect(ctx, s, scanAgency, withFailed+`chosen AS (SELECT * FROM agencies WHERE id = $1 AND state IN ('active', 'suspended', 'deleted', 'removing'))
		SELECT `+agencyColumns+agencyFrom, key)
	if err == nil && len(found) == 0 {
		err = tenancy.ErrNoAgency
	}
	if err != nil {
		return ops.Agency{}, err
	}
	return s.measured(ctx, found)[0], nil
}

// History lists what operators did.
func (s Store) History(ctx context.Context, agencyID string, before int64, limit int) ([]ops.Event, error) {
	scan := func(r pgx.CollectableRow) (e ops.Event, err error) {
		err = r.Scan(append(e.Fields(), &e.Slug)...)
		return e, err
	}
	return collect(ctx, s, scan, `SELECT e.*, coalesce((SELECT a.slug FROM agencies a WHERE a.id = CASE e.entity WHEN 'agency' THEN e.entity_id::uuid END), '')
		FROM (SELECT `+audit.Columns+` FROM audit_events
			WHERE ($1 = '' OR (entity = 'agency' AND entity_id = $1)) AND ($2 = 0 OR seq < $2) ORDER BY seq DESC LIMIT $3) e
		ORDER BY e.seq DESC`, agencyID, before, limit+1)
}

// Log writes down what an operator did, in the transaction of also.
func (s Store) Log(ctx context.Context, c audit.Change, also func(context.Context, pgx.Tx) error) error {
	return s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		return audit.RecordNow(ctx, tx, c)
	})
}

// Queue counts background work. Letters are sent by jobs whose kinds are named here.
func (s Store) Queue(ctx context.Context) (q ops.Queue, err error) {
	const letters = `kind IN ('identity.send_invitation', 'identity.tell_old_address', 'identity.tell_of_support', 'invoicing.send_mail')`
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE state IN ('available', 'pending', 'scheduled')), count(*) FILTER (WHERE state = 'running'),
				count(*) FILTER (WHERE state = 'retryable'), count(*) FILTER (WHERE state IN ('discarded', 'cancelled')),
				min(scheduled_at) FILTER (WHERE state = 'available'),
				count(*) FILTER (WHERE `+letters+` AND state IN ('available', 'retryable', 'running')), count(*) FILTER (WHERE `+letters+` AND state IN ('discarded', 'cancelled'))
			FROM `+jobs+` WHERE state <> 'completed'`).
			Scan(&q.Waiting, &q.Running, &q.Retrying, &q.Failed, &q.OldestWaiting, &q.MailWaiting, &q.MailFailed)
	})
	return q, err
}

// FailedJobs lists what failed.
func (s Store) FailedJobs(ctx context.Context, agencyID string, before int64, limit int) ([]ops.Job, error) {
	return collect(ctx, s, func(r pgx.CollectableRow) (j ops.Job, err error) {
		err = r.Scan(&j.ID, &j.Kind, &j.State, &j.AgencyID, &j.Slug, &j.Attempt, &j.MaxAttempts, &j.Error, &j.CreatedAt, &j.FailedAt, &j.NextAt)
		return j, err
	}, `SELECT j.id, j.kind, j.state, coalesce(j.metadata ->> 'agency', ''), coalesce(a.slug, ''), j.attempt, j.max_attempts,
			coalesce(left(j.errors[array_upper(j.errors, 1)] ->> 'error', 500), ''), j.created_at, coalesce(j.finalized_at, j.attempted_at),
			CASE WHEN j.state = 'retryable' THEN j.scheduled_at END
		FROM (SELECT * FROM `+jobs+` WHERE `+failed+` AND ($1 = '' OR metadata ->> 'agency' = $1) AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3) j
		LEFT JOIN agencies a ON a.id::text = j.metadata ->> 'agency' ORDER BY j.id DESC`, agencyID, before, limit+1)
}

// Months counts from one first of a month to another.
func (s Store) Months(ctx context.Context, from, to time.Time) ([]ops.Month, error) {
	return collect(ctx, s, func(r pgx.CollectableRow) (m ops.Month, err error) {
		err = r.Scan(&m.Month, &m.ActivePeople, &m.ActiveAgencies, &m.Opened, &m.Deleted, &m.Agencies)
		return m, err
	}, `SELECT g.month::date, p.people, p.agencies, o.opened, o.deleted, o.there
		FROM generate_series($1::date, $2::date, interval '1 month') AS g (month)
		CROSS JOIN LATERAL (SELECT count(DISTINCT person_id)::int AS people, count(DISTINCT agency_id)::int AS agencies FROM active_people WHERE month = g.month::date) p
		CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE claimed_at >= g.month)::int AS opened,
				count(*) FILTER (WHERE deleted_at >= g.month AND deleted_at < g.month + interval '1 month')::int AS deleted,
				count(*) FILTER (WHERE deleted_at IS NULL OR deleted_at >= g.month + interval '1 month')::int AS there
			FROM agencies WHERE claimed_at < g.month + interval '1 month' AND state NOT IN ('making', 'spare')) o
		ORDER BY 1`, from, to)
}
