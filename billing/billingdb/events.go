package billingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/billing"
)

// agencyOf finds an agency by its customer ($6) or its subscription ($7).
const agencyOf = `SELECT agency_id FROM subscriptions WHERE customer_id = nullif($6::text, '') OR subscription_id = nullif($7::text, '') LIMIT 1`

// Receive keeps an event and its jobs in one transaction; one that is there already adds nothing. Whose it is, is asked in
// the same statement: the provider waits for the answer, and each look at the database is part of it.
func (s Store) Receive(ctx context.Context, e billing.Event, source string, at time.Time, jobs ...job.Args) (isNew bool, err error) {
	err = s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO stripe_events (id, account, type, object_type, object_id, customer_id, subscription_id, agency_id, happened_at, received_at, source, state, payload)
			VALUES ($1, $2, $3, $4, $5, $6, $7, (`+agencyOf+`), $8, $9, $10, 'received', $11) ON CONFLICT (id) DO NOTHING`,
			e.ID, e.Account, e.Type, e.ObjectType, e.ObjectID, e.CustomerID, e.SubscriptionID, e.CreatedAt, at, source, e.Raw)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		isNew = true
		return s.queue.Enqueue(ctx, job.Platform{Tx: tx}, jobs...)
	})
	return isNew && err == nil, err
}

// Processed marks an event.
func (s Store) Processed(ctx context.Context, eventID, state, agencyID string, at time.Time) error {
	return s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE stripe_events SET state = $2, agency_id = coalesce(nullif($3, '')::uuid, agency_id), processed_at = $4 WHERE id = $1`, eventID, state, agencyID, at)
		return err
	})
}

// EventBefore is where catching up begins.
func (s Store) EventBefore(ctx context.Context, overlap time.Duration) (eventID string, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT id FROM stripe_events WHERE happened_at <= (SELECT max(happened_at) FROM stripe_events) - make_interval(secs => $1)
			ORDER BY happened_at DESC, id DESC LIMIT 1`, overlap.Seconds()).Scan(&eventID)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return eventID, err
}

// WithOpenCommands lists agencies whose commands are waiting to be made.
func (s Store) WithOpenCommands(ctx context.Context, before time.Time, limit int) ([]string, error) {
	return s.keys(ctx, `SELECT DISTINCT agency_id::text FROM billing_commands WHERE state = 'open' AND created_at <= $1 LIMIT $2`, before, limit)
}

// WithoutAccount lists agencies that have none.
func (s Store) WithoutAccount(ctx context.Context, limit int) ([]string, error) {
	return s.keys(ctx, `SELECT a.id::text FROM agencies a LEFT JOIN subscriptions s ON s.agency_id = a.id WHERE s.agency_id IS NULL AND a.state IN ('active', 'suspended') ORDER BY a.id LIMIT $1`, limit)
}

// WithUnpaidOrders lists agencies whose orders wait for their payment.
func (s Store) WithUnpaidOrders(ctx context.Context) ([]string, error) {
	return s.keys(ctx, `SELECT DISTINCT agency_id::text FROM service_orders WHERE state = 'invoiced'`)
}

func (s Store) keys(ctx context.Context, sql string, args ...any) (ids []string, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return ids, err
}

// History lists an agency's commands.
func (s Store) History(ctx context.Context, agencyID string, limit int) (out []billing.Command, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+commandColumns+` FROM billing_commands WHERE agency_id = $1 ORDER BY created_at DESC, place DESC LIMIT $2`, agencyID, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scanCommand)
		return err
	})
	return out, err
}

// AddDrift keeps what a comparison found.
func (s Store) AddDrift(ctx context.Context, found []billing.Drift) error {
	if len(found) == 0 {
		return nil
	}
	return s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		for _, d := range found {
			b.Queue(`INSERT INTO billing_drift (id, agency_id, run_at, subject, field, ours, theirs, healed) VALUES ($1, nullif($2, '')::uuid, $3, $4, $5, $6, $7, $8)`,
				id.New(), d.AgencyID, d.At, d.Subject, d.Field, d.Ours, d.Theirs, d.Healed)
		}
		return tx.SendBatch(ctx, b).Close()
	})
}

// DriftSince lists what comparisons found.
func (s Store) DriftSince(ctx context.Context, from time.Time, limit int) (out []billing.Drift, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT coalesce(agency_id::text, ''), subject, field, ours, theirs, run_at, healed FROM billing_drift WHERE run_at >= $1 ORDER BY run_at DESC, id DESC LIMIT $2`, from, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (d billing.Drift, err error) {
			err = r.Scan(&d.AgencyID, &d.Subject, &d.Field, &d.Ours, &d.Theirs, &d.At, &d.Healed)
			return d, err
		})
		return err
	})
	return out, err
}
