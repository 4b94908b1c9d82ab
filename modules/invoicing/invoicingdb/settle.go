package invoicingdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// AddRefund inserts a refund.
func (Store) AddRefund(ctx context.Context, tx *tenancy.Tx, r invoicing.Refund) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO refunds (id, payment_id, amount_minor, refunded_on, method, reference, reason, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		r.ID, r.PaymentID, r.Amount.Minor, r.RefundedOn, r.Method, r.Reference, r.Reason, r.CreatedBy, r.CreatedAt)
	return err
}

// refunds reads what went back of all payments at once.
func (Store) refunds(ctx context.Context, tx *tenancy.Tx, all []invoicing.Payment, at map[string]int, ids []string) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT id::text, payment_id::text, amount_minor, refunded_on, method, reference, reason, created_by, created_at, undone_at, undo_reason
		FROM refunds WHERE payment_id = ANY($1::uuid[]) ORDER BY id`, ids)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r invoicing.Refund, err error) {
		var on time.Time
		err = row.Scan(&r.ID, &r.PaymentID, &r.Amount.Minor, &on, &r.Method, &r.Reference, &r.Reason, &r.CreatedBy, &r.CreatedAt, &r.UndoneAt, &r.UndoWhy)
		r.RefundedOn = day.Of(on, time.UTC)
		return r, err
	})
	for _, r := range found {
		p := &all[at[r.PaymentID]]
		r.Amount.Currency = p.Amount.Currency
		p.Refunds = append(p.Refunds, r)
	}
	return err
}

// UndoRefund notes that a refund did not arrive.
func (Store) UndoRefund(ctx context.Context, tx *tenancy.Tx, r invoicing.Refund) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE refunds SET undone_at = $2, undo_reason = $3 WHERE id = $1 AND undone_at IS NULL`, r.ID, r.UndoneAt, r.UndoWhy)
	return err
}

// AddWriteOff inserts a write-off.
func (Store) AddWriteOff(ctx context.Context, tx *tenancy.Tx, w invoicing.WriteOff) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO write_offs (id, invoice_id, amount_minor, written_on, reason, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		w.ID, w.InvoiceID, w.Amount.Minor, w.WrittenOn, w.Reason, w.CreatedBy, w.CreatedAt)
	return err
}

// WriteOffOn tells of which invoice a write-off is.
func (Store) WriteOffOn(ctx context.Context, tx *tenancy.Tx, id string) (invoiceID string, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT invoice_id::text FROM write_offs WHERE id = $1`, id).Scan(&invoiceID)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", invoicing.ErrWriteOffNotFound
	}
	return invoiceID, err
}

// WriteOff finds one write-off of an invoice.
func (s Store) WriteOff(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice, id string) (invoicing.WriteOff, error) {
	all, err := s.WriteOffs(ctx, tx, i)
	if err != nil {
		return invoicing.WriteOff{}, err
	}
	n := slices.IndexFunc(all, func(w invoicing.WriteOff) bool { return w.ID == id })
	if n < 0 {
		return invoicing.WriteOff{}, invoicing.ErrWriteOffNotFound
	}
	return all[n], nil
}

// WriteOffs lists what was written off an invoice.
func (Store) WriteOffs(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) ([]invoicing.WriteOff, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT id::text, amount_minor, written_on, reason, undone_at, undo_reason, created_by, created_at
		FROM write_offs WHERE invoice_id = $1 ORDER BY id`, i.ID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (w invoicing.WriteOff, err error) {
		var on time.Time
		err = row.Scan(&w.ID, &w.Amount.Minor, &on, &w.Reason, &w.UndoneAt, &w.UndoWhy, &w.CreatedBy, &w.CreatedAt)
		w.InvoiceID, w.Amount.Currency, w.WrittenOn = i.ID, i.Currency, day.Of(on, time.UTC)
		return w, err
	})
}

// UndoWriteOff notes that a write-off was taken back.
func (Store) UndoWriteOff(ctx context.Context, tx *tenancy.Tx, w invoicing.WriteOff) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE write_offs SET undone_at = $2, undo_reason = $3 WHERE id = $1 AND undone_at IS NULL`, w.ID, w.UndoneAt, w.UndoWhy)
	return err
}
