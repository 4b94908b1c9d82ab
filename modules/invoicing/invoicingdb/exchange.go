package invoicingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// rateOf reads a frozen rate; older records have none.
func rateOf(currency string, base *string, value *decimal.Decimal, direction string, on day.Date, source string) *calc.Rate {
	if base == nil || value == nil {
		return nil
	}
	return &calc.Rate{Currency: currency, Base: *base, Value: *value, Direction: calc.Direction(direction), On: on, Source: source}
}

const rateColumns = `id::text, currency, base, rate::text, direction, on_day, source, created_by, created_at`

func scanRate(row pgx.CollectableRow) (r invoicing.ExchangeRate, err error) {
	var on time.Time
	var value string
	if err = row.Scan(&r.ID, &r.Currency, &r.Base, &value, &r.Direction, &on, &r.Source, &r.CreatedBy, &r.CreatedAt); err != nil {
		return r, err
	}
	r.On = day.Of(on, time.UTC)
	r.Value, err = decimal.NewFromString(value)
	return r, err
}

// Rates reads one page of kept rates and one row more.
func (Store) Rates(ctx context.Context, tx *tenancy.Tx, f invoicing.RateFilter) ([]invoicing.ExchangeRate, error) {
	w := &where{}
	if f.Currency != "" {
		w.add(`currency = ?`, f.Currency)
	}
	if f.Base != "" {
		w.add(`base = ?`, f.Base)
	}
	after, err := page.Decode(f.Page.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		w.add(`(on_day, id) < (?::text::date, ?::text::uuid)`, after[0], after[1])
	}
	w.args = append(w.args, f.Page.Size()+1)
	rows, err := tx.PGX().Query(ctx, `SELECT `+rateColumns+` FROM exchange_rates WHERE `+w.String()+` ORDER BY on_day DESC, id DESC LIMIT `+w.last(), w.args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanRate)
	if err != nil && after != nil && isBadText(err) {
		return nil, page.ErrBadCursor.Because(err)
	}
	return all, err
}

// RateOn finds the rate that holds on a day.
func (Store) RateOn(ctx context.Context, tx *tenancy.Tx, currency, base string, on day.Date, maxAge int) (*calc.Rate, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT `+rateColumns+` FROM exchange_rates
		WHERE currency = $1 AND base = $2 AND on_day <= $3 AND on_day >= $4 ORDER BY on_day DESC LIMIT 1`, currency, base, on, on.AddDays(-maxAge))
	if err != nil {
		return nil, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRate)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is kept, which is no fault here
	}
	return &r.Rate, err
}

// PutRate keeps the rate of a day in the place of the one that was there.
func (Store) PutRate(ctx context.Context, tx *tenancy.Tx, r invoicing.ExchangeRate) (invoicing.ExchangeRate, error) {
	rows, err := tx.PGX().Query(ctx, `
		INSERT INTO exchange_rates (id, currency, base, on_day, rate, direction, source, created_by, created_at) VALUES ($1, $2, $3, $4, $5::text::numeric, $6, $7, $8, $9)
		ON CONFLICT (currency, base, on_day) DO UPDATE
		SET rate = excluded.rate, direction = excluded.direction, source = excluded.source, created_by = excluded.created_by, created_at = excluded.created_at
		RETURNING `+rateColumns, r.ID, r.Currency, r.Base, r.On, r.Value.String(), string(r.Direction), r.Source, r.CreatedBy, r.CreatedAt)
	if err != nil {
		return r, err
	}
	return pgx.CollectExactlyOneRow(rows, scanRate)
}

// DropRate forgets a rate.
func (Store) DropRate(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.ExchangeRate, error) {
	rows, err := tx.PGX().Query(ctx, `DELETE FROM exchange_rates WHERE id = $1 RETURNING `+rateColumns, id)
	if err != nil {
		return invoicing.ExchangeRate{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRate)
	if errors.Is(err, pgx.ErrNoRows) {
		err = invoicing.ErrRateNotFound
	}
	return r, err
}

// CreditedBase adds up what credit notes took back of an invoice, in both currencies.
func (Store) CreditedBase(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) (invoicing.Sums, error) {
	var net, tax, baseNet, baseTax int64
	err := tx.PGX().QueryRow(ctx, `
		SELECT coalesce(sum(net_minor), 0)::bigint, coalesce(sum(tax_minor), 0)::bigint, coalesce(sum(base_net_minor), 0)::bigint, coalesce(sum(base_tax_minor), 0)::bigint
		FROM invoices WHERE credits_id = $1`, i.ID).Scan(&net, &tax, &baseNet, &baseTax)
	return invoicing.Sums{
		Net: money.Of(net, i.Currency), Tax: money.Of(tax, i.Currency), BaseNet: money.Of(baseNet, i.BaseNet.Currency), BaseTax: money.Of(baseTax, i.BaseNet.Currency),
	}, err
}
