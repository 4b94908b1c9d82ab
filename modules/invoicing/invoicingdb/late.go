package invoicingdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// LateCharges reads what was charged or waived of invoices, but for what was given back.
func (Store) LateCharges(ctx context.Context, tx *tenancy.Tx, invoiceIDs ...string) ([]invoicing.LateCharge, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT c.id::text, c.invoice_id::text, c.kind, coalesce(c.step, 0), c.from_on, c.to_on, c.currency, c.amount_minor, coalesce(c.document_id::text, ''), c.reason, c.created_by, c.created_at,
			coalesce(d.number, ''), coalesce(d.state, '')
		FROM late_charges c LEFT JOIN invoices d ON d.id = c.document_id
		WHERE c.invoice_id = ANY($1::uuid[]) AND c.given_back_at IS NULL ORDER BY c.created_at, c.id`, invoiceIDs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c invoicing.LateCharge, err error) {
		var from, to *time.Time
		var currency string
		var minor int64
		err = row.Scan(&c.ID, &c.InvoiceID, &c.Kind, &c.Step, &from, &to, &currency, &minor, &c.DocumentID, &c.Reason, &c.By, &c.At, &c.Number, &c.State)
		c.From, c.To, c.Amount = dayOf(from), dayOf(to), money.Of(minor, currency)
		return c, err
	})
}

// Settlings are what lowered the balances of invoices. What a credit note took back was never owed.
func (Store) Settlings(ctx context.Context, tx *tenancy.Tx, invoiceIDs ...string) (map[string][]invoicing.Settling, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT s.invoice_id::text, s.day, i.currency, s.amount_minor
		FROM (SELECT a.invoice_id, CASE WHEN p.credit_note_id IS NULL THEN a.applied_on END AS day, a.amount_minor
			FROM allocations a JOIN payments p ON p.id = a.payment_id WHERE a.invoice_id = ANY($1::uuid[]) AND a.undone_at IS NULL
			UNION ALL
			SELECT w.invoice_id, w.written_on, w.amount_minor FROM write_offs w WHERE w.invoice_id = ANY($1::uuid[]) AND w.undone_at IS NULL) s
		JOIN invoices i ON i.id = s.invoice_id`, invoiceIDs)
	if err != nil {
		return nil, err
	}
	out := map[string][]invoicing.Settling{}
	var id, currency string
	var on *time.Time
	var minor int64
	_, err = pgx.ForEachRow(rows, []any{&id, &on, &currency, &minor}, func() error {
		out[id] = append(out[id], invoicing.Settling{On: dayOf(on), Amount: money.Of(minor, currency)})
		return nil
	})
	return out, err
}

// AddLateCharges writes down what is charged or waived. ErrNothingLate where somebody was faster.
func (Store) AddLateCharges(ctx context.Context, tx *tenancy.Tx, all []invoicing.LateCharge) error {
	for _, c := range all {
		var step *int
		if c.Step > 0 {
			step = &c.Step
		}
		_, err := tx.PGX().Exec(ctx, `
			INSERT INTO late_charges (id, invoice_id, kind, step, from_on, to_on, currency, amount_minor, document_id, reason, created_by, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::uuid, $10, $11, $12)`,
			c.ID, c.InvoiceID, string(c.Kind), step, c.From, c.To, c.Amount.Currency, c.Amount.Minor, key(c.DocumentID), c.Reason, c.By, c.At)
		if err != nil {
			return twice(err)
		}
	}
	return nil
}

func twice(err error) error {
	if pg.Violates(err, "late_charges_days_excl") || pg.Violates(err, "late_charges_step_key") {
		return invoicing.ErrNothingLate.Because(err)
	}
	return err
}

// FreeLate lets be charged again what a document charged and gives back.
func (Store) FreeLate(ctx context.Context, tx *tenancy.Tx, documentID string, ids []string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE late_charges SET given_back_at = $3 WHERE id = ANY($1::uuid[]) AND document_id = $2 AND given_back_at IS NULL`, ids, documentID, at)
	return err
}

// MoveLate hands charges to the document that takes the place of theirs.
func (Store) MoveLate(ctx context.Context, tx *tenancy.Tx, documentID string, ids []string) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE late_charges SET document_id = $2, given_back_at = NULL WHERE id = ANY($1::uuid[])`, ids, documentID)
	return twice(err)
}

// UnwaiveLate takes back what was waived of an invoice, and counts it.
func (Store) UnwaiveLate(ctx context.Context, tx *tenancy.Tx, invoiceID string, at time.Time) (int64, error) {
	tag, err := tx.PGX().Exec(ctx, `UPDATE late_charges SET given_back_at = $2 WHERE invoice_id = $1 AND document_id IS NULL AND given_back_at IS NULL`, invoiceID, at)
	return tag.RowsAffected(), err
}
