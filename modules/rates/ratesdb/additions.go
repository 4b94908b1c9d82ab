package ratesdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// AddAddition keeps how multipliers were added, so that it can be undone, and lets go of those before a moment.
func (Store) AddAddition(ctx context.Context, tx *tenancy.Tx, a rates.Addition, before time.Time) error {
	if _, err := tx.PGX().Exec(ctx, `DELETE FROM multiplier_additions WHERE created_at < $1`, before); err != nil {
		return err
	}
	_, err := tx.PGX().Exec(ctx, `INSERT INTO multiplier_additions (id, member_id, created_at, multipliers_id, valid_to, ended_id, ended_was, repricing_id, entries)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, a.ID, a.MemberID, a.At, a.MultipliersID, a.To, pg.Null(a.Ended), a.EndedWas, pg.Null(a.Repricing), a.Entries)
	return err
}

func additions(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]rates.Addition, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, member_id::text, created_at, undone_at, multipliers_id::text, valid_to, coalesce(ended_id::text, ''), ended_was,
		coalesce(repricing_id::text, ''), entries FROM multiplier_additions WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read additions of multipliers: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (a rates.Addition, err error) {
		var to, was day.Date
		err = r.Scan(&a.ID, &a.MemberID, &a.At, &a.UndoneAt, &a.MultipliersID, &to, &a.Ended, &was, &a.Repricing, &a.Entries)
		if !to.IsZero() {
			a.To = &to
		}
		if !was.IsZero() {
			a.EndedWas = &was
		}
		return a, err
	})
}

// Addition finds how multipliers were added, and locks it.
func (Store) Addition(ctx context.Context, tx *tenancy.Tx, id string) (rates.Addition, error) {
	found, err := additions(ctx, tx, `id = $1 FOR UPDATE`, id)
	if err == nil && len(found) == 0 {
		err = rates.ErrNoRevision
	}
	if err != nil {
		return rates.Addition{}, err
	}
	return found[0], nil
}

// LastAddition finds the latest since a moment that was not undone; nil without one.
func (Store) LastAddition(ctx context.Context, tx *tenancy.Tx, since time.Time) (*rates.Addition, error) {
	found, err := additions(ctx, tx, `created_at > $1 AND undone_at IS NULL ORDER BY created_at DESC LIMIT 1`, since)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// AdditionUndone marks it as undone.
func (Store) AdditionUndone(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE multiplier_additions SET undone_at = $2 WHERE id = $1`, id, at)
	return err
}
