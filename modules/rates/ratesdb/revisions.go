package ratesdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// AddRevision keeps a change of a price, so that it can be undone, and lets go of those before a moment.
func (Store) AddRevision(ctx context.Context, tx *tenancy.Tx, k rates.Kept, before time.Time) error {
	rate, err := json.Marshal(k.Before)
	if err != nil {
		return err
	}
	if _, err := tx.PGX().Exec(ctx, `DELETE FROM rate_revisions WHERE created_at < $1`, before); err != nil {
		return err
	}
	_, err = tx.PGX().Exec(ctx, `INSERT INTO rate_revisions (id, member_id, created_at, rate_before, after_version, added_rate_id, repricing_id, entries)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, k.ID, k.MemberID, k.At, string(rate), k.AfterVersion, pg.Null(k.Added), pg.Null(k.Repricing), k.Entries)
	return err
}

func revisions(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]rates.Kept, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, member_id::text, created_at, undone_at, rate_before::text, after_version,
		coalesce(added_rate_id::text, ''), coalesce(repricing_id::text, ''), entries FROM rate_revisions WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (k rates.Kept, err error) {
		var rate string
		if err = r.Scan(&k.ID, &k.MemberID, &k.At, &k.UndoneAt, &rate, &k.AfterVersion, &k.Added, &k.Repricing, &k.Entries); err != nil {
			return k, err
		}
		k.At = k.At.UTC()
		return k, json.Unmarshal([]byte(rate), &k.Before)
	})
}

// Revision finds a change of a price, and locks it.
func (Store) Revision(ctx context.Context, tx *tenancy.Tx, id string) (rates.Kept, error) {
	found, err := revisions(ctx, tx, `id = $1 FOR UPDATE`, id)
	if err == nil && len(found) == 0 {
		err = rates.ErrNoRevision
	}
	if err != nil {
		return rates.Kept{}, err
	}
	return found[0], nil
}

// LastRevision finds the latest change since a moment that was not undone; nil without one.
func (Store) LastRevision(ctx context.Context, tx *tenancy.Tx, since time.Time) (*rates.Kept, error) {
	found, err := revisions(ctx, tx, `created_at > $1 AND undone_at IS NULL ORDER BY created_at DESC LIMIT 1`, since)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// RevisionUndone marks a change as undone.
func (Store) RevisionUndone(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE rate_revisions SET undone_at = $2 WHERE id = $1`, id, at)
	return err
}
