package invoicingdb

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// CreditedLines adds up what credit notes took back of each line, and of a
// deposit what invoices deduct of it.
func (Store) CreditedLines(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) (map[string]money.Money, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT line, sum(minor)::bigint FROM (
			SELECT l.credits_line_id::text AS line, CASE WHEN n.prices_include_tax THEN l.gross_minor ELSE l.net_minor END AS minor
			FROM invoices n JOIN invoice_lines l ON l.invoice_id = n.id WHERE n.credits_id = $1
			UNION ALL
			SELECT x ->> 'line_id', (x ->> 'minor')::bigint FROM deductions d, jsonb_array_elements(d.lines) x WHERE d.deposit_id = $1 AND d.released_at IS NULL
		) gone GROUP BY 1`, i.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	gone := make(map[string]money.Money, len(i.Lines))
	for _, l := range i.Lines {
		gone[l.ID] = money.Zero(i.Currency)
	}
	for rows.Next() {
		var line string
		var minor int64
		if err := rows.Scan(&line, &minor); err != nil {
			return nil, err
		}
		gone[line] = money.Of(minor, i.Currency)
	}
	return gone, rows.Err()
}

// CreditedTotal adds up the credit notes for an invoice, and what is deducted of a deposit.
func (Store) CreditedTotal(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) (money.Money, error) {
	var minor int64
	err := tx.PGX().QueryRow(ctx, `
		SELECT coalesce(sum(minor), 0)::bigint FROM (
			SELECT total_minor AS minor FROM invoices WHERE credits_id = $1
			UNION ALL
			SELECT net_minor + tax_minor FROM deductions WHERE deposit_id = $1 AND released_at IS NULL
		) gone`, i.ID).Scan(&minor)
	return money.Of(minor, i.Currency), err
}

// TakenTaxes are the taxes of the credit notes for an invoice, and of what is deducted of a deposit.
func (Store) TakenTaxes(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) ([]calc.TaxAmount, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT taxes FROM invoices WHERE credits_id = $1
		UNION ALL
		SELECT taxes FROM deductions WHERE deposit_id = $1 AND released_at IS NULL`, i.ID)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[[]calc.TaxAmount])
	return slices.Concat([]calc.TaxAmount{}, slices.Concat(all...)), err
}

// FreeLines lets the sources of lines be billed again.
func (Store) FreeLines(ctx context.Context, tx *tenancy.Tx, lineIDs []string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM line_sources WHERE line_id = ANY($1::uuid[])`, lineIDs)
	return err
}
