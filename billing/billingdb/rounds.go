package billingdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/billing"
)

// Removals compares what subscriptions know with what agencies are.
func (s Store) Removals(ctx context.Context, limit int) (leaving, staying []string, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT s.agency_id::text, a.state = 'deleted' FROM subscriptions s JOIN agencies a ON a.id = s.agency_id
			WHERE s.subscription_id IS NOT NULL AND s.status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused', 'incomplete')
			AND a.state IN ('active', 'suspended', 'deleted') AND (a.state = 'deleted') <> (s.leaving <> '') LIMIT $1`, limit)
		if err != nil {
			return err
		}
		var id string
		var going bool
		_, err = pgx.ForEachRow(rows, []any{&id, &going}, func() error {
			if going {
				leaving = append(leaving, id)
			} else {
				staying = append(staying, id)
			}
			return nil
		})
		return err
	})
	return leaving, staying, err
}

// Due claims a round: of several processes one is told to make it.
func (s Store) Due(ctx context.Context, round string, every time.Duration, now time.Time) (due bool, err error) {
	err = s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO billing_rounds AS r (kind, ran_at) VALUES ($1, $2) ON CONFLICT (kind) DO UPDATE SET ran_at = EXCLUDED.ran_at WHERE r.ran_at <= $3`, round, now, now.Add(-every))
		due = tag.RowsAffected() == 1
		return err
	})
	return due && err == nil, err
}

// Again gives a round back that could not be made.
func (s Store) Again(ctx context.Context, round string) error {
	return s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM billing_rounds WHERE kind = $1`, round)
		return err
	})
}

// Letter keeps that a letter is sent, and its job.
func (s Store) Letter(ctx context.Context, agencyID string, kind billing.LetterKind, since, at time.Time, jobs ...job.Args) (isNew bool, err error) {
	err = s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO billing_letters (agency_id, kind, since, sent_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, agencyID, kind, since, at)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		isNew = true
		return held{job.Platform{Tx: tx}, agencyID, s.queue}.Enqueue(ctx, jobs...)
	})
	return isNew && err == nil, err
}
