package invoicingdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// where collects conditions and their arguments.
type where struct {
	conds []string
	args  []any
}

// add appends a condition in which ? stands for the next argument.
func (w *where) add(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.conds = append(w.conds, cond)
}

// last is the place of the last argument.
func (w *where) last() string { return fmt.Sprintf("$%d", len(w.args)) }

func (w *where) String() string {
	if len(w.conds) == 0 {
		return "true"
	}
	return strings.Join(w.conds, " AND ")
}

// statusSQL derives the status as invoicing.StatusOf does.
const statusSQL = `CASE WHEN state = 'draft' AND review IN ('in_review', 'ready') AND review_version = version THEN review WHEN state = 'draft' THEN 'draft' WHEN state = 'void' THEN 'void'
	WHEN kind = 'credit_note' THEN 'credit_note'
	WHEN open_minor = 0 AND written_off_minor > 0 THEN 'written_off' WHEN open_minor = 0 AND paid_minor = 0 AND credited_minor > 0 THEN 'credited' WHEN open_minor = 0 THEN 'paid' WHEN due_on < ? THEN 'overdue'
	WHEN paid_minor + credited_minor + written_off_minor > 0 THEN 'partly_paid' ELSE 'open' END`

func filter(f invoicing.Filter) *where {
	w := &where{}
	if f.Query != "" {
		like := pg.Contains(f.Query)
		w.add(`(number ILIKE ? OR client_name ILIKE ? OR reference ILIKE ?)`, like, like, like)
	}
	if f.ClientID != "" {
		w.add(`client_id = ?`, f.ClientID)
	}
	if !f.From.IsZero() {
		w.add(`issue_on >= ?`, f.From)
	}
	if !f.To.IsZero() {
		w.add(`issue_on <= ?`, f.To)
	}
	if f.IssuedOnly {
		w.add(`state <> 'draft'`)
	}
	if f.CreditsID != "" {
		w.add(`credits_id = ?`, f.CreditsID)
	}
	if len(f.IDs) > 0 {
		w.add(`id = ANY ((?::text[])::uuid[])`, f.IDs)
	}
	switch f.Status {
	case "":
	case invoicing.StatusOpen: // open in the wide sense: something is still to be paid
		w.add(`state = 'issued' AND open_minor > 0`)
	case invoicing.StatusDraft: // whatever its review
		w.add(`state = 'draft'`)
	default:
		w.add(`(`+statusSQL+`) = ?`, f.Today, string(f.Status))
	}
	return w
}

// sorts are the orders of the list; the expression is never null and its text
// form is what the cursor holds.
var sorts = map[string]struct{ expr, cast string }{
	"created":  {`created_at`, `timestamptz`},
	"issue_on": {`coalesce(issue_on, '2999-12-31'::date)`, `date`},
	"due_on":   {`coalesce(due_on, '2999-12-31'::date)`, `date`},
	"client":   {`lower(client_name)`, `text`},
	"total":    {`total_minor`, `bigint`},
	"number":   {`coalesce(number, '')`, `text`},
}

// List reads one page and one row more.
func (Store) List(ctx context.Context, tx *tenancy.Tx, f invoicing.Filter) ([]invoicing.Summary, error) {
	w := filter(f)
	name, direction, than := strings.TrimPrefix(f.Sort, "-"), "ASC", ">"
	if strings.HasPrefix(f.Sort, "-") || f.Sort == "" {
		direction, than = "DESC", "<"
	}
	sort, known := sorts[name]
	if !known {
		sort = sorts["created"]
	}
	after, err := page.Decode(f.Page.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		w.add(fmt.Sprintf(`(%s, id) %s (?::text::%s, ?::text::uuid)`, sort.expr, than, sort.cast), after[0], after[1])
	}
	rows, err := tx.PGX().Query(ctx, fmt.Sprintf(`
		SELECT id::text, kind, coalesce(number, ''), client_id::text, client_name, state, issue_on, due_on, currency, total_minor, paid_minor, withheld_minor, credited_minor, written_off_minor, deducted_minor, cash_minor,
		       sent_at, created_at, CASE WHEN review_version = version OR review = 'back' THEN review ELSE '' END, (%[1]s)::text AS sort_key
		FROM invoices WHERE %[2]s ORDER BY %[1]s %[3]s, id %[3]s LIMIT %[4]d`, sort.expr, w, direction, f.Page.Size()+1), w.args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (invoicing.Summary, error) {
		var r invoicing.Summary
		var currency string
		var issue, due *time.Time
		err := row.Scan(&r.ID, &r.Kind, &r.Number, &r.ClientID, &r.ClientName, &r.State, &issue, &due, &currency, &r.Total.Minor, &r.Paid.Minor, &r.Withheld.Minor, &r.Credited.Minor, &r.WrittenOff.Minor, &r.Deducted.Minor, &r.Cash.Minor,
			&r.SentAt, &r.CreatedAt, &r.Reviewed, &r.SortKey)
		r.Total.Currency, r.Paid.Currency, r.Withheld.Currency, r.Credited.Currency, r.WrittenOff.Currency = currency, currency, currency, currency, currency
		r.Deducted.Currency, r.Cash.Currency = currency, currency
		r.IssueOn, r.DueOn = dayOf(issue), dayOf(due)
		return r, err
	})
	if err != nil && after != nil && isBadText(err) {
		return nil, page.ErrBadCursor.Because(err)
	}
	return all, err
}

func dayOf(t *time.Time) day.Date {
	if t == nil {
		return day.Date{}
	}
	return day.Of(*t, time.UTC)
}

// ofDeposit tells deposits and their credit notes from what is revenue.
const ofDeposit = `(kind = 'deposit' OR coalesce(credits_id IN (SELECT d.id FROM invoices d WHERE d.kind = 'deposit'), false))`

// Overview counts by status and adds up by currency, in one pass over what
// the filter finds.
func (Store) Overview(ctx context.Context, tx *tenancy.Tx, f invoicing.Filter) (invoicing.Overview, error) {
	w := filter(f)
	w.args = append(w.args, f.Today)
	today := fmt.Sprintf("$%d", len(w.args))
	rows, err := tx.PGX().Query(ctx, `
		SELECT `+strings.ReplaceAll(statusSQL, "?", today+"::date")+` AS status, currency,
		       CASE WHEN state <> 'issued' OR open_minor = 0 OR due_on >= `+today+`::date THEN 0
		            WHEN `+today+`::date - due_on <= 30 THEN 1 WHEN `+today+`::date - due_on <= 60 THEN 2
		            WHEN `+today+`::date - due_on <= 90 THEN 3 ELSE 4 END AS bucket,
		       count(*), (sum(CASE WHEN NOT `+ofDeposit+` THEN total_minor END))::bigint,
		       (sum(CASE WHEN state <> 'issued' OR NOT `+ofDeposit+` THEN 0 WHEN kind = 'credit_note' THEN -total_minor
		                 ELSE total_minor - (SELECT coalesce(sum(d.net_minor + d.tax_minor), 0) FROM deductions d WHERE d.deposit_id = invoices.id AND d.released_at IS NULL) END))::bigint,
		       (sum(open_minor) FILTER (WHERE state = 'issued'))::bigint
		FROM invoices WHERE `+w.String()+` GROUP BY 1, 2, 3 ORDER BY 2`, w.args...)
	if err != nil {
		return invoicing.Overview{}, err
	}
	defer rows.Close()
	o := invoicing.Overview{Counts: map[invoicing.Status]int{}}
	for rows.Next() {
		var status invoicing.Status
		var currency string
		var bucket, count int
		var total, open *int64
		var deposits int64
		if err := rows.Scan(&status, &currency, &bucket, &count, &total, &deposits, &open); err != nil {
			return o, err
		}
		o.Counts[status] += count
		if n := len(o.Totals); n == 0 || o.Totals[n-1].Currency != currency {
			o.Totals = append(o.Totals, emptyTotals(currency))
		}
		t := &o.Totals[len(o.Totals)-1]
		t.Count += count
		t.Deposits.Minor += deposits
		switch {
		case total == nil || status == invoicing.StatusVoided || status == invoicing.StatusDraft || status == invoicing.StatusInReview || status == invoicing.StatusReady:
		case status == invoicing.StatusCredit:
			t.Total.Minor -= *total
		default:
			t.Total.Minor += *total
		}
		if open != nil {
			t.Open.Minor += *open
			t.Buckets[bucket].Minor += *open
			if bucket > 0 {
				t.Overdue.Minor += *open
			}
		}
	}
	return o, rows.Err()
}

func emptyTotals(currency string) invoicing.CurrencyTotals {
	t := invoicing.CurrencyTotals{Currency: currency, Total: money.Zero(currency), Deposits: money.Zero(currency), Open: money.Zero(currency), Overdue: money.Zero(currency)}
	for n := range t.Buckets {
		t.Buckets[n] = money.Zero(currency)
	}
	return t
}
