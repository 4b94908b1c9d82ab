package invoicingdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// books collects the sums of a report by currency of the books.
type books map[string]*invoicing.BookSums

func (b books) of(base string) *invoicing.BookSums {
	if b[base] == nil {
		zero := money.Zero(base)
		b[base] = &invoicing.BookSums{Base: base, Net: zero, Tax: zero, Total: zero, Realised: zero, Revalued: zero, TakenBack: zero}
	}
	return b[base]
}

func (b books) foreign(base, currency string) *invoicing.ForeignSums {
	of := b.of(base)
	for n := range of.Foreign {
		if of.Foreign[n].Currency == currency {
			return &of.Foreign[n]
		}
	}
	of.Foreign = append(of.Foreign, invoicing.ForeignSums{Currency: currency, Total: money.Zero(currency), BaseTotal: money.Zero(base), Realised: money.Zero(base)})
	return &of.Foreign[len(of.Foreign)-1]
}

// CurrencyReport adds up a period in three statements, whatever is in it.
func (s Store) CurrencyReport(ctx context.Context, tx *tenancy.Tx, from, to day.Date, zone string) (invoicing.CurrencyReport, error) {
	r := invoicing.CurrencyReport{From: from, To: to}
	all := books{}
	for _, read := range []func(context.Context, *tenancy.Tx, books, *invoicing.CurrencyReport, string) error{s.billed, s.realised, s.revalued} {
		if err := read(ctx, tx, all, &r, zone); err != nil {
			return r, err
		}
	}
	bases := make([]string, 0, len(all))
	for base := range all {
		bases = append(bases, base)
	}
	slices.Sort(bases)
	for _, base := range bases {
		r.Books = append(r.Books, *all[base])
	}
	return r, nil
}

// billed adds what was issued in the period and is not void: deposits are no part of it, as in the overview.
func (Store) billed(ctx context.Context, tx *tenancy.Tx, all books, r *invoicing.CurrencyReport, _ string) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT coalesce(base_currency, ''), currency, count(*),
		       sum(CASE kind WHEN 'credit_note' THEN -total_minor ELSE total_minor END)::bigint,
		       sum(CASE kind WHEN 'credit_note' THEN -base_net_minor ELSE base_net_minor END)::bigint,
		       sum(CASE kind WHEN 'credit_note' THEN -base_tax_minor ELSE base_tax_minor END)::bigint,
		       sum(CASE kind WHEN 'credit_note' THEN -base_total_minor ELSE base_total_minor END)::bigint
		FROM invoices WHERE state = 'issued' AND issue_on BETWEEN $1 AND $2 AND NOT `+ofDeposit+` GROUP BY 1, 2 ORDER BY 1, 2`, r.From, r.To)
	if err != nil {
		return err
	}
	var base, currency string
	var count int
	var total, baseNet, baseTax, baseTotal int64
	_, err = pgx.ForEachRow(rows, []any{&base, &currency, &count, &total, &baseNet, &baseTax, &baseTotal}, func() error {
		if base == "" {
			r.Unrated += count
			return nil
		}
		of := all.of(base)
		of.Net.Minor, of.Tax.Minor, of.Total.Minor = of.Net.Minor+baseNet, of.Tax.Minor+baseTax, of.Total.Minor+baseTotal
		if currency != base {
			f := all.foreign(base, currency)
			f.Count, f.Total.Minor, f.BaseTotal.Minor = count, total, baseTotal
		}
		return nil
	})
	return err
}

// realised adds the gains of money that was applied in the period, less those that were undone in it.
func (Store) realised(ctx context.Context, tx *tenancy.Tx, all books, r *invoicing.CurrencyReport, zone string) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT base, currency, sum(minor)::bigint FROM (
			SELECT a.gain_currency AS base, i.currency, a.gain_minor AS minor
				FROM allocations a JOIN invoices i ON i.id = a.invoice_id WHERE a.gain_minor <> 0 AND a.applied_on BETWEEN $1 AND $2
			UNION ALL
			SELECT a.gain_currency, i.currency, -a.gain_minor
				FROM allocations a JOIN invoices i ON i.id = a.invoice_id WHERE a.gain_minor <> 0 AND a.undone_at IS NOT NULL AND (a.undone_at AT TIME ZONE $3)::date BETWEEN $1 AND $2
		) g GROUP BY 1, 2 ORDER BY 1, 2`, r.From, r.To, zone)
	if err != nil {
		return err
	}
	var base, currency string
	var minor int64
	_, err = pgx.ForEachRow(rows, []any{&base, &currency, &minor}, func() error {
		of := all.of(base)
		of.Realised.Minor += minor
		all.foreign(base, currency).Realised.Minor = minor
		return nil
	})
	return err
}

// revalued adds what ends of periods valued, and what the days after them took back.
func (Store) revalued(ctx context.Context, tx *tenancy.Tx, all books, r *invoicing.CurrencyReport, _ string) error {
	rows, err := tx.PGX().Query(ctx, `
		SELECT l.base_currency, coalesce(sum(l.gain_minor) FILTER (WHERE v.closing_on BETWEEN $1 AND $2), 0)::bigint,
		       coalesce(-sum(l.gain_minor) FILTER (WHERE v.closing_on + 1 BETWEEN $1 AND $2), 0)::bigint
		FROM revaluations v JOIN revaluation_lines l ON l.revaluation_id = v.id WHERE v.closing_on BETWEEN $1::date - 1 AND $2 GROUP BY 1`, r.From, r.To)
	if err != nil {
		return err
	}
	var base string
	var gained, back int64
	_, err = pgx.ForEachRow(rows, []any{&base, &gained, &back}, func() error {
		of := all.of(base)
		of.Revalued.Minor, of.TakenBack.Minor = gained, back
		return nil
	})
	return err
}

// OpenForeign reads what was open in other currencies at the end of a day.
func (Store) OpenForeign(ctx context.Context, tx *tenancy.Tx, on day.Date, zone string, limit int) ([]invoicing.OpenForeign, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT id, number, currency, open, base_currency, rate, rate_direction, rate_on, rate_source, rounding FROM (
			SELECT i.id::text AS id, i.number, i.currency, `+openAt+` AS open, i.base_currency, i.rate::text AS rate, i.rate_direction, i.rate_on, i.rate_source, i.rounding
			FROM invoices i WHERE i.base_currency <> i.currency AND i.state <> 'draft' AND `+knownAt+`
		) x WHERE open > 0 ORDER BY number, id LIMIT $1`, limit, zone, on)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o invoicing.OpenForeign, err error) {
		var issued time.Time
		var value string
		if err = row.Scan(&o.InvoiceID, &o.Number, &o.Open.Currency, &o.Open.Minor, &o.Rate.Base, &value, &o.Rate.Direction, &issued, &o.Rate.Source, &o.Rounding); err != nil {
			return o, err
		}
		o.Rate.Currency, o.Rate.On = o.Open.Currency, day.Of(issued, time.UTC)
		o.Rate.Value, err = decimal.NewFromString(value)
		return o, err
	})
}

// AddRevaluation writes a revaluation with its lines.
func (Store) AddRevaluation(ctx context.Context, tx *tenancy.Tx, r invoicing.Revaluation) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO revaluations (id, closing_on, created_by, created_at) VALUES ($1, $2, $3, $4)`, r.ID, r.ClosingOn, r.CreatedBy, r.CreatedAt)
	if pg.Violates(err, "revaluations_closing_key") {
		return invoicing.ErrRevalued.Because(err).At("body.closing_on", "is revalued already")
	}
	if err != nil {
		return err
	}
	rows := make([]revaluedRow, len(r.Lines))
	for n, l := range r.Lines {
		rows[n] = revaluedRow{r.ID, l.InvoiceID, l.Open.Currency, l.Open.Minor, l.Rate.Base, l.Rate.Value, string(l.Rate.Direction), l.Rate.On, l.Rate.Source, l.Gain.Minor}
	}
	return tx.Gorm().CreateInBatches(&rows, 500).Error
}

type revaluedRow struct {
	RevaluationID string
	InvoiceID     string
	Currency      string
	OpenMinor     int64
	BaseCurrency  string
	Rate          decimal.Decimal
	RateDirection string
	RateOn        day.Date
	RateSource    string
	GainMinor     int64
}

func (revaluedRow) TableName() string { return "revaluation_lines" }

// Revaluations reads one page and one row more, with their sums.
func (s Store) Revaluations(ctx context.Context, tx *tenancy.Tx, p page.Query) ([]invoicing.Revaluation, error) {
	w := &where{}
	after, err := page.Decode(p.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		w.add(`(closing_on, id) < (?::text::date, ?::text::uuid)`, after[0], after[1])
	}
	w.args = append(w.args, p.Size()+1)
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, closing_on, created_by, created_at FROM revaluations WHERE `+w.String()+` ORDER BY closing_on DESC, id DESC LIMIT `+w.last(), w.args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanRevaluation)
	if err != nil && after != nil && isBadText(err) {
		return nil, page.ErrBadCursor.Because(err)
	}
	if err != nil {
		return nil, err
	}
	return all, s.gains(ctx, tx, all)
}

func scanRevaluation(row pgx.CollectableRow) (r invoicing.Revaluation, err error) {
	var on time.Time
	err = row.Scan(&r.ID, &on, &r.CreatedBy, &r.CreatedAt)
	r.ClosingOn = day.Of(on, time.UTC)
	return r, err
}

func (Store) gains(ctx context.Context, tx *tenancy.Tx, all []invoicing.Revaluation) error {
	at, ids := map[string]int{}, make([]string, len(all))
	for n, r := range all {
		at[r.ID], ids[n] = n, r.ID
	}
	rows, err := tx.PGX().Query(ctx, `
		SELECT revaluation_id::text, base_currency, sum(gain_minor)::bigint FROM revaluation_lines WHERE revaluation_id = ANY($1::uuid[]) GROUP BY 1, 2 ORDER BY 2`, ids)
	if err != nil {
		return err
	}
	var of string
	var gain money.Money
	_, err = pgx.ForEachRow(rows, []any{&of, &gain.Currency, &gain.Minor}, func() error {
		all[at[of]].Gains = append(all[at[of]].Gains, gain)
		return nil
	})
	return err
}

// DropRevaluation deletes a revaluation with its lines.
func (s Store) DropRevaluation(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Revaluation, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, closing_on, created_by, created_at FROM revaluations WHERE id = $1 FOR UPDATE`, id)
	if err != nil {
		return invoicing.Revaluation{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRevaluation)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, invoicing.ErrRevaluationNotFound
	}
	if err != nil {
		return r, err
	}
	one := []invoicing.Revaluation{r}
	if err := s.gains(ctx, tx, one); err != nil {
		return r, err
	}
	_, err = tx.PGX().Exec(ctx, `DELETE FROM revaluations WHERE id = $1`, id)
	return one[0], err
}
