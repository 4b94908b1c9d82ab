package invoicingdb

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// payableMinor is what a document asks for.
const payableMinor = `(i.total_minor - i.withheld_minor - i.deducted_minor + i.cash_minor)`

// openAt is what was open of a document at the end of the day $3 by the zone $2; knownAt says whether it was there then.
const (
	openAt = payableMinor + `
		- (SELECT coalesce(sum(a.amount_minor), 0) FROM allocations a WHERE a.invoice_id = i.id AND a.applied_on <= $3 AND (a.undone_at IS NULL OR (a.undone_at AT TIME ZONE $2)::date > $3))
		- (SELECT coalesce(sum(w.amount_minor), 0) FROM write_offs w WHERE w.invoice_id = i.id AND w.written_on <= $3 AND (w.undone_at IS NULL OR (w.undone_at AT TIME ZONE $2)::date > $3))`
	knownAt = `i.kind <> 'credit_note' AND i.issue_on <= $3 AND (i.state = 'issued' OR i.state = 'void' AND (i.voided_at AT TIME ZONE $2)::date > $3)`
)

// lateOnly tells whether a document charges late payment and nothing else.
const lateOnly = `EXISTS (SELECT 1 FROM invoice_lines l WHERE l.invoice_id = i.id AND l.kind = 'late') AND NOT EXISTS (SELECT 1 FROM invoice_lines l WHERE l.invoice_id = i.id AND l.kind <> 'late')`

// movements are all that ever changed what clients owe; what was undone has a
// movement of its own, on the day by the zone $2. Who reads them names the client, which reaches the indexes below.
const movements = `
	SELECT i.client_id, i.currency, i.issue_on AS moved_on, CASE WHEN ` + lateOnly + ` THEN 'late_fee' ELSE i.kind END AS kind, i.id::text AS invoice_id, coalesce(i.number, '') AS number, ` + payableMinor + ` AS minor
		FROM invoices i WHERE i.state <> 'draft' AND i.kind <> 'credit_note'
	UNION ALL
	SELECT i.client_id, i.currency, (i.voided_at AT TIME ZONE $2)::date, 'void', i.id::text, i.number, -` + payableMinor + `
		FROM invoices i WHERE i.state = 'void'
	UNION ALL
	SELECT p.client_id, p.currency, p.received_on, CASE WHEN p.credit_note_id IS NULL THEN 'payment' ELSE 'credit_note' END, coalesce(p.credit_note_id::text, ''), p.reference, -p.amount_minor
		FROM payments p
	UNION ALL
	SELECT p.client_id, p.currency, (p.voided_at AT TIME ZONE $2)::date, 'payment_void', '', p.reference, p.amount_minor
		FROM payments p WHERE p.voided_at IS NOT NULL
	UNION ALL
	SELECT p.client_id, p.currency, r.refunded_on, 'refund', '', r.reference, r.amount_minor
		FROM refunds r JOIN payments p ON p.id = r.payment_id
	UNION ALL
	SELECT p.client_id, p.currency, (r.undone_at AT TIME ZONE $2)::date, 'refund_undone', '', r.reference, -r.amount_minor
		FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.undone_at IS NOT NULL
	UNION ALL
	SELECT i.client_id, i.currency, w.written_on, 'write_off', i.id::text, i.number, -w.amount_minor
		FROM write_offs w JOIN invoices i ON i.id = w.invoice_id
	UNION ALL
	SELECT i.client_id, i.currency, (w.undone_at AT TIME ZONE $2)::date, 'write_off_undone', i.id::text, i.number, w.amount_minor
		FROM write_offs w JOIN invoices i ON i.id = w.invoice_id WHERE w.undone_at IS NOT NULL`

// Statement reads what a client owed at the end of a day, and how it came to that.
func (s Store) Statement(ctx context.Context, tx *tenancy.Tx, clientID string, from, to day.Date, zone string) ([]invoicing.StatementOf, error) {
	all := map[string]*invoicing.StatementOf{}
	of := func(currency string) *invoicing.StatementOf {
		if all[currency] == nil {
			zero := money.Zero(currency)
			all[currency] = &invoicing.StatementOf{Currency: currency, Opening: zero, Credit: zero}
		}
		return all[currency]
	}
	for _, read := range []func(context.Context, *tenancy.Tx, func(string) *invoicing.StatementOf, string, day.Date, day.Date, string) error{s.opening, s.moved, s.items, s.credit} {
		if err := read(ctx, tx, of, clientID, from, to, zone); err != nil {
			return nil, err
		}
	}
	currencies := make([]string, 0, len(all))
	for c := range all {
		currencies = append(currencies, c)
	}
	slices.Sort(currencies)
	out := make([]invoicing.StatementOf, len(currencies))
	for n, c := range currencies {
		out[n] = *all[c]
	}
	return out, nil
}

func (Store) opening(ctx context.Context, tx *tenancy.Tx, of func(string) *invoicing.StatementOf, clientID string, from, _ day.Date, zone string) error {
	rows, err := tx.PGX().Query(ctx, `SELECT currency, sum(minor)::bigint FROM (`+movements+`) m WHERE client_id = $1 AND moved_on < $3 GROUP BY 1 HAVING sum(minor) <> 0`, clientID, zone, from)
	if err != nil {
		return err
	}
	var currency string
	var minor int64
	_, err = pgx.ForEachRow(rows, []any{&currency, &minor}, func() error {
		of(currency).Opening.Minor = minor
		return nil
	})
	return err
}

func (Store) moved(ctx context.Context, tx *tenancy.Tx, of func(string) *invoicing.StatementOf, clientID string, from, to day.Date, zone string) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT currency, moved_on, kind, invoice_id, number, minor FROM (`+movements+`) m WHERE client_id = $1 AND moved_on BETWEEN $3 AND $4 ORDER BY moved_on, minor < 0, number, kind`,
		clientID, zone, from, to)
	if err != nil {
		return err
	}
	var currency string
	var on time.Time
	var m invoicing.Movement
	_, err = pgx.ForEachRow(rows, []any{&currency, &on, &m.Kind, &m.InvoiceID, &m.Number, &m.Amount.Minor}, func() error {
		m.On, m.Amount.Currency = day.Of(on, time.UTC), currency
		of(currency).Movements = append(of(currency).Movements, m)
		return nil
	})
	return err
}

// items are the documents of which something was open at the end of the day.
func (Store) items(ctx context.Context, tx *tenancy.Tx, of func(string) *invoicing.StatementOf, clientID string, _, to day.Date, zone string) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT currency, id, kind, number, issue_on, due_on, payable, open FROM (
			SELECT i.currency, i.id::text AS id, i.kind, i.number, i.issue_on, i.due_on, `+payableMinor+` AS payable, `+openAt+` AS open
			FROM invoices i
			WHERE i.client_id = $1 AND `+knownAt+`
		) open WHERE open > 0 ORDER BY due_on, number`, clientID, zone, to)
	if err != nil {
		return err
	}
	var issue, due time.Time
	var currency string
	var o invoicing.OpenItem
	_, err = pgx.ForEachRow(rows, []any{&currency, &o.InvoiceID, &o.Kind, &o.Number, &issue, &due, &o.Total.Minor, &o.Open.Minor}, func() error {
		o.IssueOn, o.DueOn, o.Total.Currency, o.Open.Currency = day.Of(issue, time.UTC), day.Of(due, time.UTC), currency, currency
		of(currency).Items = append(of(currency).Items, o)
		return nil
	})
	return err
}

// credit is what was received by the end of the day and applied to nothing by then.
func (Store) credit(ctx context.Context, tx *tenancy.Tx, of func(string) *invoicing.StatementOf, clientID string, _, to day.Date, zone string) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT p.currency, sum(p.amount_minor
			- (SELECT coalesce(sum(a.amount_minor), 0) FROM allocations a WHERE a.payment_id = p.id AND a.applied_on <= $3 AND (a.undone_at IS NULL OR (a.undone_at AT TIME ZONE $2)::date > $3))
			- (SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = p.id AND r.refunded_on <= $3 AND (r.undone_at IS NULL OR (r.undone_at AT TIME ZONE $2)::date > $3)))::bigint
		FROM payments p WHERE p.client_id = $1 AND p.received_on <= $3 AND (p.voided_at IS NULL OR (p.voided_at AT TIME ZONE $2)::date > $3) GROUP BY 1`, clientID, zone, to)
	if err != nil {
		return err
	}
	var currency string
	var minor int64
	_, err = pgx.ForEachRow(rows, []any{&currency, &minor}, func() error {
		if minor != 0 {
			of(currency).Credit.Minor = minor
		}
		return nil
	})
	return err
}

// ofClients narrows records to the clients $1, or to none of them.
const ofClients = `(cardinality($1::uuid[]) = 0 OR client_id = ANY ($1))`

// Balances are what clients owed at the end of a day, and whether anything moved. An invoice that is settled now was open then only
// if something settled it later, or if it was voided since.
func (Store) Balances(ctx context.Context, tx *tenancy.Tx, days day.Range, clientIDs []string, zone string) (out []invoicing.Balance, err error) {
	if clientIDs == nil {
		clientIDs = []string{}
	}
	rows, err := tx.PGX().Query(ctx, `
		WITH owed AS (
			SELECT client_id, currency, sum(open)::bigint AS open, coalesce(sum(open) FILTER (WHERE due_on < $3), 0)::bigint AS late FROM (
				SELECT i.client_id, i.currency, i.due_on, `+openAt+` AS open FROM invoices i
				WHERE `+ofClients+` AND `+knownAt+` AND (i.open_minor > 0 OR i.state = 'void'
					OR i.id IN (SELECT invoice_id FROM allocations WHERE applied_on > $3) OR i.id IN (SELECT invoice_id FROM write_offs WHERE written_on > $3))
			) items WHERE open > 0 GROUP BY 1, 2
		), moved AS (
			SELECT DISTINCT client_id FROM (`+movements+`) m WHERE `+ofClients+` AND moved_on BETWEEN $4 AND $3
		)
		SELECT coalesce(o.client_id, m.client_id)::text, coalesce(o.currency::text, ''), coalesce(o.open, 0), coalesce(o.late, 0), m.client_id IS NOT NULL
		FROM owed o FULL JOIN moved m ON m.client_id = o.client_id ORDER BY 1, 2`, clientIDs, zone, days.To, days.From)
	if err != nil {
		return nil, err
	}
	var b invoicing.Balance
	_, err = pgx.ForEachRow(rows, []any{&b.ClientID, &b.Currency, &b.Open.Minor, &b.Late.Minor, &b.Moved}, func() error {
		b.Open.Currency, b.Late.Currency = b.Currency, b.Currency
		out = append(out, b)
		return nil
	})
	return out, err
}
