package invoicingdb

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// CreditedLines adds up what credit notes took back of each line.
func (Store) CreditedLines(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) (map[string]money.Money, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT l.credits_line_id::text, sum(CASE WHEN n.prices_include_tax THEN l.gross_minor ELSE l.net_minor END)::bigint
		FROM invoices n JOIN invoice_lines l ON l.invoice_id = n.id WHERE n.credits_id = $1 GROUP BY 1`, i.ID)
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

// CreditedTotal adds up the credit notes for an invoice.
func (Store) CreditedTotal(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) (money.Money, error) {
	var minor int64
	err := tx.PGX().QueryRow(ctx, `SELECT coalesce(sum(total_minor), 0)::bigint FROM invoices WHERE credits_id = $1`, i.ID).Scan(&minor)
	return money.Of(minor, i.Currency), err
}

// FreeLines lets the sources of lines be billed again.
func (Store) FreeLines(ctx context.Context, tx *tenancy.Tx, lineIDs []string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM line_sources WHERE line_id = ANY($1::uuid[])`, lineIDs)
	return err
}
