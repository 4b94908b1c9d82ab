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

// Overdue reads open invoices that were due before a day, the oldest first, with the sums of their late fees as their lines.
func (Store) Overdue(ctx context.Context, tx *tenancy.Tx, f invoicing.LateFilter) ([]invoicing.Overdue, error) {
	var w where
	w.add(`state = 'issued' AND open_minor > 0 AND kind <> 'credit_note' AND due_on < ?`, f.Before)
	if f.ClientID != "" {
		w.add(`client_id = ?`, f.ClientID)
	}
	if f.Search != "" {
		w.add(`(client_name ILIKE ? OR number ILIKE ?)`, pg.Contains(f.Search), pg.Contains(f.Search))
	}
	if f.After != nil {
		w.add(`(due_on, id) > (?::text::date, ?::text::uuid)`, f.After[0], f.After[1])
	}
	w.args = append(w.args, f.Limit)
	rows, err := tx.PGX().Query(ctx, `
		SELECT id::text, kind, number, client_id::text, client_name, state, issue_on, due_on, currency, rounding, total_minor, withheld_minor, deducted_minor, cash_minor, paid_minor, credited_minor,
			written_off_minor, reminders_paused_at, reminders_pause_reason,
			coalesce((SELECT sum(l.gross_minor)::bigint FROM invoice_lines l WHERE l.invoice_id = invoices.id AND l.kind = 'late'), 0)
		FROM invoices WHERE `+w.String()+` ORDER BY due_on, id LIMIT `+w.last(), w.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanOverdue)
}

func scanOverdue(row pgx.CollectableRow) (o invoicing.Overdue, err error) {
	i := &o.Invoice
	var issue, due *time.Time
	var late int64
	err = row.Scan(&i.ID, &i.Kind, &i.Number, &i.ClientID, &i.ClientName, &i.State, &issue, &due, &i.Currency, &i.Rounding, &i.Total.Minor, &i.Withheld.Minor, &i.Deducted.Minor, &i.Cash.Minor,
		&i.Paid.Minor, &i.Credited.Minor, &i.WrittenOff.Minor, &o.PausedAt, &o.Reason, &late)
	for _, m := range []*money.Money{&i.Total, &i.Withheld, &i.Deducted, &i.Cash, &i.Paid, &i.Credited, &i.WrittenOff} {
		m.Currency = i.Currency
	}
	i.IssueOn, i.DueOn = dayOf(issue), dayOf(due)
	if late != 0 {
		i.Lines = []invoicing.Line{{Kind: invoicing.LateLine, Gross: money.Of(late, i.Currency)}}
	}
	return o, err
}

// Letters are the steps of the ladder that were taken, by invoice.
func (Store) Letters(ctx context.Context, tx *tenancy.Tx, invoiceIDs []string) (map[string][]invoicing.Reminder, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT invoice_id::text, days, outcome, created_at FROM reminders WHERE invoice_id = ANY($1::uuid[]) ORDER BY invoice_id, days`, invoiceIDs)
	if err != nil {
		return nil, err
	}
	out := map[string][]invoicing.Reminder{}
	var id string
	var r invoicing.Reminder
	_, err = pgx.ForEachRow(rows, []any{&id, &r.Days, &r.Outcome, &r.At}, func() error {
		out[id] = append(out[id], r)
		return nil
	})
	return out, err
}

// Unknown are those of the ids that no invoice has, in their order.
func (Store) Unknown(ctx context.Context, tx *tenancy.Tx, ids []string) ([]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, n) WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.id = asked.id) ORDER BY n`, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
