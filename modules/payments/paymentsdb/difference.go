package paymentsdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/tenancy"
)

const differenceColumns = `id::text, kind, subject, coalesce(attempt_id::text, ''), coalesce(invoice_id::text, ''), ours, theirs, found_at, settled_at, settled_by, note`

func scanDifference(row pgx.CollectableRow) (d payments.Difference, err error) {
	err = row.Scan(&d.ID, &d.Kind, &d.Subject, &d.AttemptID, &d.InvoiceID, &d.Ours, &d.Theirs, &d.FoundAt, &d.SettledAt, &d.SettledBy, &d.Note)
	return d, err
}

// AddDifference lists a difference. One of which somebody has said that it is settled is not found again while it is the same.
func (Store) AddDifference(ctx context.Context, tx *tenancy.Tx, d payments.Difference) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `INSERT INTO payment_differences (id, kind, subject, attempt_id, invoice_id, ours, theirs, found_at)
		SELECT $1, $2, $3, nullif($4, '')::uuid, nullif($5, '')::uuid, $6, $7, $8
		WHERE NOT EXISTS (SELECT FROM payment_differences WHERE kind = $2 AND subject = $3 AND ours = $6 AND theirs = $7) ON CONFLICT DO NOTHING`,
		d.ID, d.Kind, d.Subject, d.AttemptID, d.InvoiceID, d.Ours, d.Theirs, d.FoundAt)
	return tag.RowsAffected() == 1, err
}

// Differences reads one page and one row more.
func (Store) Differences(ctx context.Context, tx *tenancy.Tx, open bool, q page.Query) ([]payments.Difference, error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, err
	}
	var at *time.Time
	key := ""
	if after != nil {
		t, err := time.Parse(time.RFC3339Nano, after[0])
		if err != nil {
			return nil, page.ErrBadCursor.Because(err)
		}
		at, key = &t, after[1]
	}
	rows, err := tx.PGX().Query(ctx, `SELECT `+differenceColumns+` FROM payment_differences WHERE (settled_at IS NULL) = $1 AND ($2::timestamptz IS NULL OR (found_at, id::text) < ($2, $3))
		ORDER BY found_at DESC, id DESC LIMIT $4`, open, at, key, q.Size()+1)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanDifference)
}

// SettleDifference notes that somebody has looked.
func (Store) SettleDifference(ctx context.Context, tx *tenancy.Tx, d payments.Difference) (payments.Difference, error) {
	rows, err := tx.PGX().Query(ctx, `UPDATE payment_differences SET settled_at = $2, settled_by = $3, note = $4 WHERE id = $1 AND settled_at IS NULL RETURNING `+differenceColumns, d.ID, d.SettledAt, d.SettledBy, d.Note)
	if err != nil {
		return d, err
	}
	d, err = pgx.CollectExactlyOneRow(rows, scanDifference)
	if errors.Is(err, pgx.ErrNoRows) {
		err = payments.ErrDifferenceGone
	}
	return d, err
}

// CloseDifferences settles what is gone by itself.
func (Store) CloseDifferences(ctx context.Context, tx *tenancy.Tx, subject string, kinds []payments.Kind, at time.Time, note string) error {
	names := make([]string, len(kinds))
	for n, k := range kinds {
		names[n] = string(k)
	}
	_, err := tx.PGX().Exec(ctx, `UPDATE payment_differences SET settled_at = $3, note = $4 WHERE subject = $1 AND kind = ANY($2) AND settled_at IS NULL`, subject, names, at, note)
	return err
}
