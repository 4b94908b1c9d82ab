package invoicingdb

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// SetReview writes what was said about the version of a draft. ErrStale.
func (Store) SetReview(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	r := i.Review
	tag, err := tx.PGX().Exec(ctx, `
		UPDATE invoices SET review = $3, review_version = $4, review_sent_by = $5, review_sent_at = $6, reviewed_by = $7, reviewed_at = $8, review_reason = $9
		WHERE id = $1 AND version = $2 AND state = 'draft'`, i.ID, i.Version, string(r.State), r.Version, r.SentBy, r.SentAt, r.By, r.At, r.Reason)
	if err == nil && tag.RowsAffected() == 0 {
		err = invoicing.ErrStale
	}
	return err
}

// ReviewSettings reads them; without any they are the usual ones.
func (Store) ReviewSettings(ctx context.Context, tx *tenancy.Tx, hold bool) (invoicing.ReviewSettings, error) {
	lock := ""
	if hold {
		lock = " FOR UPDATE"
	}
	r := invoicing.NewReviewSettings()
	err := tx.PGX().QueryRow(ctx, `SELECT required, reasons, version, updated_at FROM review_settings`+lock).Scan(&r.Required, &r.Reasons, &r.Version, &r.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return invoicing.NewReviewSettings(), nil
	}
	return r, err
}

// PutReviewSettings writes them.
func (Store) PutReviewSettings(ctx context.Context, tx *tenancy.Tx, r invoicing.ReviewSettings) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO review_settings (required, reasons, version, updated_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET required = excluded.required, reasons = excluded.reasons, version = excluded.version, updated_at = excluded.updated_at`,
		r.Required, r.Reasons, r.Version, r.UpdatedAt)
	return err
}
