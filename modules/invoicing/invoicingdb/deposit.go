package invoicingdb

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// DepositIDs lists a client's issued deposits, the oldest first.
func (Store) DepositIDs(ctx context.Context, tx *tenancy.Tx, clientID string) ([]string, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT id::text FROM invoices WHERE kind = 'deposit' AND client_id = $1 AND state = 'issued'
			AND total_minor - withheld_minor > (SELECT coalesce(sum(d.total_minor), 0) FROM deductions d WHERE d.deposit_id = invoices.id AND d.released_at IS NULL)
		ORDER BY issue_on, id LIMIT 200`, clientID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// DropDeductions forgets what a draft deducts.
func (Store) DropDeductions(ctx context.Context, tx *tenancy.Tx, invoiceID string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM deductions WHERE invoice_id = $1`, invoiceID)
	return err
}

// AddDeductions inserts what a draft deducts.
func (Store) AddDeductions(ctx context.Context, tx *tenancy.Tx, invoiceID string, all []invoicing.Deduction) error {
	for n, d := range all {
		lines, err := json.Marshal(d.Lines)
		if err != nil {
			return err
		}
		taxes, err := json.Marshal(d.Taxes)
		if err != nil {
			return err
		}
		if _, err := tx.PGX().Exec(ctx, `
			INSERT INTO deductions (id, invoice_id, position, deposit_id, lines, net_minor, tax_minor, total_minor, taxes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			d.ID, invoiceID, n, d.DepositID, lines, d.Net.Minor, d.Tax.Minor, d.Total.Minor, taxes); err != nil {
			return err
		}
	}
	return nil
}

// ReleaseDeductions lets what an invoice deducted be deducted again.
func (Store) ReleaseDeductions(ctx context.Context, tx *tenancy.Tx, invoiceID string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE deductions SET released_at = $2 WHERE invoice_id = $1 AND released_at IS NULL`, invoiceID, at)
	return err
}

// deductions reads what an invoice deducts, or did before it was taken back.
func (Store) deductions(ctx context.Context, tx *tenancy.Tx, i *invoicing.Invoice) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT d.id::text, d.deposit_id::text, coalesce(p.number, ''), p.issue_on, d.lines, d.net_minor, d.tax_minor, d.total_minor, d.taxes
		FROM deductions d JOIN invoices p ON p.id = d.deposit_id WHERE d.invoice_id = $1 ORDER BY d.position`, i.ID)
	if err != nil {
		return err
	}
	i.Deductions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d invoicing.Deduction, err error) {
		var on time.Time
		err = row.Scan(&d.ID, &d.DepositID, &d.Number, &on, &d.Lines, &d.Net.Minor, &d.Tax.Minor, &d.Total.Minor, &d.Taxes)
		d.On = day.Of(on, time.UTC)
		d.Net.Currency, d.Tax.Currency, d.Total.Currency = i.Currency, i.Currency, i.Currency
		return d, err
	})
	return err
}
